"""A sealed device: nothing of the list lies on it in the clear, wrong tries are counted, and the last one wipes it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.device_site import Field, in_the_field, without_a_list
from tests.conftest import QUIET, chromium

pytestmark = pytest.mark.browser
HIDDEN = """() => {
  Object.defineProperty(document, 'hidden', {value: true});
  setTimeout(() => document.dispatchEvent(new Event('visibilitychange')));  // the page goes, this call ends before
}"""
SECRET, WRONG, TRIES = "eleven grey herons", "eleven grey harbours", 3
# What lies in the store but for the shell and would tell: names, an address, a token's mark, a contact.
TELLING = ("Blue Lantern", "Harbour Palace", "Плава лампа", "Sandpiper Quay", "offlimits_", "Conduct team")


@pytest.fixture
def sealed(browser: Browser, tmp_path: Path) -> Iterator[Field]:
    with in_the_field(browser, tmp_path, seal_devices="all", device_tries=TRIES) as found:
        yield found


def chosen(page: Page, passphrase: str = SECRET) -> None:
    page.fill("#passphrase", passphrase)
    page.fill("#again", passphrase)
    page.click("#keeping button")


def unlock(page: Page, passphrase: str) -> None:
    page.fill("#seal-passphrase", passphrase)
    page.click("#gate button")


def told_by(folder: Path) -> list[str]:
    """Which telling words a dump of the browser's profile holds, in UTF-8 or UTF-16."""
    dump = b"\0".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())
    return [word for word in TELLING if word.encode() in dump or word.encode("utf-16-le") in dump]


def profile(field: Field, folder: Path, act: Any) -> list[str]:
    """What the profile of a browser tells once `act` has used it and it was closed."""
    state = field.reader._session("staff")
    options: dict[str, Any] = {"base_url": field.site.url, "permissions": ["geolocation"], "reduced_motion": "reduce"}
    kind = field.reader.browser.browser_type
    context = kind.launch_persistent_context(folder, executable_path=chromium(), args=list(QUIET), **options)
    context.add_cookies(state["cookies"])  # type: ignore[arg-type]  # as they were read
    page = context.pages[0]
    page.goto("/device/keep")
    page.locator("main form.panel button.primary").click()
    act(page)
    page.fill("#search", "blue lantern")
    page.locator("#results .hit").first.click()
    expect(page.locator("#answer .verdict.listed")).to_be_visible()
    page.locator("#answer .flag summary").click()
    with field.gone():
        page.get_by_role("button", name="It is closed").click()
        expect(page.locator("#answer .flag")).to_contain_text("Kept on this device")
    context.close()
    return told_by(folder)


def test_a_dump_of_the_profile_holds_no_name_in_the_clear(sealed: Field, tmp_path: Path) -> None:
    def used(page: Page) -> None:
        chosen(page)
        page.wait_for_url("**/device")
        unlock(page, SECRET)
        sealed.opened(page)

    assert profile(sealed, tmp_path / "profile", used) == []


def test_an_unsealed_device_would_be_told_apart_by_the_same_dump(browser: Browser, tmp_path: Path) -> None:
    def used(page: Page) -> None:
        page.wait_for_url("**/device")
        unsealed.opened(page)

    with in_the_field(browser, tmp_path / "site", seal_devices="none") as unsealed:
        found = profile(unsealed, tmp_path / "profile", used)
    assert {"Blue Lantern", "Harbour Palace", "offlimits_"} <= set(found)


def test_a_passphrase_typed_before_the_script_is_there_goes_nowhere(sealed: Field) -> None:
    """On a slow line the form stands there first; a browser that sent it by itself would write it into an address."""
    held: list[Route] = []
    page = sealed.reader.page(standing=(6, 0))
    page.route("**/device/enrol.js*", lambda route: held.append(route))  # noqa: PLW0108  (Playwright marks it)
    page.goto("/device/keep")
    page.locator("main form.panel button.primary").click(no_wait_after=True)
    page.fill("#passphrase", SECRET)
    page.fill("#again", SECRET)
    page.on("request", lambda request: sealed.asked.append(request.url))
    page.press("#again", "Enter")
    expect(page.locator("#keeping button")).to_be_disabled()
    expect(page.locator("#again")).to_have_value(SECRET)
    assert sealed.asked == []
    (script,) = held
    script.continue_()
    page.locator("#keeping button").click()
    unlock(page, SECRET)
    sealed.opened(page)
    assert [one for one in sealed.asked if "grey" in one] == []


def test_the_list_opens_with_its_passphrase_and_is_gone_after_the_last_wrong_one(sealed: Field) -> None:
    page = sealed.enrolled()
    chosen(page, "short")
    expect(page.locator("#keeping")).to_be_visible()
    chosen(page)
    page.wait_for_url("**/device")
    unlock(page, WRONG)
    expect(page.locator("#gate [role=alert]")).to_contain_text("Tries left before the list is deleted: 2.")
    assert page.locator(".offlimits-pin").count() == 0
    unlock(page, SECRET)
    sealed.opened(page)
    page.click("#check-here")
    expect(page.locator("#answer .verdict.cannot_tell")).to_be_visible()
    page.reload()
    expect(page.locator("#gate")).to_be_visible()
    expect(page.locator("#answer")).to_be_empty()
    for left in range(TRIES - 1, 0, -1):
        unlock(page, WRONG)
        expect(page.locator("#gate [role=alert]")).to_contain_text(f"deleted: {left}.")
        page.reload()  # starting anew gives no try back
    unlock(page, WRONG)
    expect(page.locator("#gate [role=alert]")).to_contain_text("The list was deleted from this device.")
    page.reload()
    without_a_list(page)


def test_it_locks_when_nobody_touches_it_and_when_nobody_sees_it(sealed: Field) -> None:
    page = sealed.enrolled()
    chosen(page)
    page.wait_for_url("**/device")
    page.clock.install()
    page.reload()
    unlock(page, SECRET)
    sealed.opened(page)
    page.clock.fast_forward("04:00")
    expect(page.locator("#gate")).to_be_hidden()
    page.clock.fast_forward("02:00")
    expect(page.locator("#gate")).to_be_visible()
    unlock(page, SECRET)
    sealed.opened(page)
    page.clock.set_system_time(datetime.now(UTC) - timedelta(days=1))  # whoever sets the clock back gains no day
    page.clock.run_for(6_000)
    expect(page.locator("#gate")).to_be_visible()
    unlock(page, SECRET)
    sealed.opened(page)
    page.evaluate(HIDDEN)
    expect(page.locator("#gate")).to_be_visible()
