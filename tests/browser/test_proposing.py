"""While a proposal is written the register tells what is near and what is called like it."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import DESKTOP, PHONE, is_clean

pytestmark = pytest.mark.browser
AT_THE_LANTERN = "-31.0, -16.0"


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_what_looks_the_same_is_told_with_its_place_and_waits_for_a_yes(reader: Any, screen: dict[str, int]) -> None:
    page = reader.page(who="head", viewport=screen)
    page.goto("/register/ISLE/propose")
    beside, yes = page.locator("#beside"), page.get_by_label("Yes, this is another one.")
    expect(beside).to_be_hidden()
    page.fill("#name", "Unheard Of")
    expect(beside).to_contain_text("Nothing in the register is near this place")
    page.fill("#name", "Nowhere Bar")
    expect(beside.locator("li.alike")).to_contain_text("Nowhere Bar")
    page.fill("#position", AT_THE_LANTERN)
    expect(beside.locator("li.alike").first).to_contain_text("Blue Lantern")
    expect(beside.locator("li").first).to_contain_text("0 m")
    expect(beside.get_by_role("link", name="Blue Lantern")).to_have_attribute("href", "/register/ISLE/ISLE-0001")
    yes.check()
    is_clean(page)
    page.fill("#name", "Tern")
    expect(beside.locator("li")).to_have_count(1)
    expect(yes).not_to_be_checked()  # a yes is for what stood there
    page.fill("#position", "-31.2, -16.2")
    expect(beside).to_contain_text("Nothing in the register is near this place")
    expect(yes).to_be_disabled()


def test_a_place_touched_on_the_map_is_asked_about_and_half_a_position_is_not_complained_of(reader: Any) -> None:
    page = reader.page(who="head", viewport=DESKTOP)
    page.goto("/register/ISLE/propose")
    page.wait_for_selector(".folium-map[data-ready]")
    page.evaluate("Offlimits.look({lat: -31.001, lon: -16.0, zoom: 18})")
    page.locator(".folium-map").click()
    expect(page.locator("#position")).not_to_have_value("")
    expect(page.locator("#beside li").first).to_contain_text("Blue Lantern")
    with page.expect_console_message() as told:  # the browser tells of every refused answer
        page.fill("#position", "-31.0, ")
    assert "422" in told.value.text
    reader.watched.complaints.remove(told.value.text)
    expect(page.locator("#beside li").first).to_contain_text("Blue Lantern")
