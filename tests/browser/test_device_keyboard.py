"""A device by the keyboard alone, with the server gone: look up, flag an entry, and say that one has read the list."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from geo_offlimits.services import flags
from tests.browser.device_site import Field, in_the_field
from tests.browser.test_device import verdict

pytestmark = pytest.mark.browser
MOST = 40
FOCUS = """(wanted) => {
  const {activeElement: one} = document;
  return [one.matches(wanted), one === document.body || one.checkVisibility({visibilityProperty: true})];
}"""


@pytest.fixture
def out(browser: Browser, tmp_path: Path) -> Iterator[Field]:
    with in_the_field(browser, tmp_path) as found:
        yield found


def tabbed(page: Page, wanted: str, key: str = "Tab") -> None:
    """Goes on by the tabulator until `wanted` has the focus; all that has it on the way can be seen."""
    for _ in range(MOST):
        page.keyboard.press(key)
        is_there, is_seen = page.evaluate(FOCUS, wanted)
        assert is_seen
        if is_there:
            return
    pytest.fail(f"{wanted} cannot be reached by the keyboard")


def press(page: Page, wanted: str, key: str = "Tab") -> None:
    tabbed(page, wanted, key)
    page.keyboard.press("Enter")


def look_up_and_flag(page: Page) -> None:
    tabbed(page, "#search")
    page.keyboard.type("blue lan")
    page.wait_for_selector("#results .hit")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    verdict(page, "listed")
    expect(page.locator("#answer h2")).to_be_focused()
    press(page, "#answer .flag summary")
    press(page, "#answer .flag button")
    expect(page.locator("#answer .flag p")).to_contain_text("Kept on this device")
    expect(page.locator("#answer .flag p")).to_be_focused()  # the button is gone, and the place is not lost
    page.keyboard.press("Escape")
    expect(page.locator("#answer")).to_be_empty()
    expect(page.locator("#search")).to_be_focused()


def test_a_list_on_a_device_is_looked_up_flagged_and_acknowledged_by_the_keyboard_alone(out: Field) -> None:
    page = out.kept()
    waiting = page.locator("#waiting li")
    with out.gone():
        out.again(page)
        look_up_and_flag(page)
        press(page, "#edition-drawer > summary")
        press(page, ".facts-of-edition button")
        expect(page.locator("#waiting > summary")).to_be_focused()
        expect(waiting).to_have_count(2)
        # What is taken away by its own button leaves the focus above the others, not on one of theirs.
        press(page, "#waiting li:last-child button")
        expect(waiting).to_have_count(1)
        expect(page.locator("#waiting > summary")).to_be_focused()
        tabbed(page, ".facts-of-edition button", "Shift+Tab")
        out.online(page)  # nobody answers; what is told anew keeps the focus
        page.wait_for_timeout(300)
        expect(page.locator(".facts-of-edition button")).to_be_focused()
        page.keyboard.press("Enter")
        expect(waiting).to_have_count(2)
        tabbed(page, "#waiting li a")
        out.online(page)
        page.wait_for_timeout(300)
        expect(page.locator("#waiting li a")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/acknowledge/1")
    press(page, "#acknowledge button.primary")
    expect(page.get_by_role("heading", name="Receipt")).to_be_visible()
    out.again(page)
    expect(page.locator("#waiting")).to_be_hidden()
    with out.site.wiring.reading() as act:
        assert [one.designation_id for one in flags.open_flags(out.head(act), "ISLE")] == ["ISLE-0001"]
