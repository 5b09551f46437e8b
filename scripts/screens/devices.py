"""What is done on a device before its picture is taken: it keeps the list first, where it does not yet."""

from playwright.sync_api import Page, expect

SEALED_BY = "eleven grey herons"
# What a device shows first: that there is no list, that it is sealed, or the list.
_FIRST = "#no-list:not([hidden]), #gate:not([hidden]), html[data-open] .folium-map[data-ready]"


def no_list(page: Page) -> None:
    page.wait_for_selector("#no-list")


def keep(page: Page) -> None:
    """The page on which a passphrase for a sealed device is chosen, or on from there where none is asked."""
    page.goto("/device/keep")
    page.locator("main form.panel button.primary").click()
    page.wait_for_selector("#passphrase, #no-list, html[data-open]")


def _kept(page: Page) -> None:
    page.wait_for_selector(_FIRST)
    if not page.locator("#no-list").is_visible():
        return
    keep(page)
    if page.locator("#passphrase").count():
        for field in ("#passphrase", "#again"):
            page.fill(field, SEALED_BY)
        page.click("#keeping button")
    page.wait_for_url("**/device")
    page.wait_for_selector(_FIRST)


def opened(page: Page) -> None:
    _kept(page)
    expect(page.locator("#standing")).to_contain_text("Up to date with the server")


def listed(page: Page) -> None:
    opened(page)
    page.fill("#search", "glass heron")
    page.locator("#results .hit").first.click()
    expect(page.locator("#answer .verdict.listed")).to_be_visible()


def watching(page: Page) -> None:
    opened(page)
    page.click("#watch")
    expect(page.locator("#watch[aria-pressed=true]")).to_be_visible()
    expect(page.locator("#answer .verdict")).to_be_visible()


def waiting(page: Page) -> None:
    """A claim that waits for its person."""
    opened(page)
    if not page.locator("#edition-drawer[open]").count():
        page.locator("#edition-drawer > summary").click()
    page.get_by_role("button", name="I have read this edition").click()
    expect(page.locator("#waiting li").first).to_be_visible()


def locked(page: Page) -> None:
    _kept(page)
    expect(page.locator("#gate")).to_be_visible()


def guessed(page: Page) -> None:
    locked(page)
    page.fill("#seal-passphrase", "not this one")
    page.click("#gate button")
    expect(page.locator("#gate [role=alert]")).to_contain_text("Tries left")
