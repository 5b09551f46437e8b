"""The page of a partner's list in a browser: read on a phone, entry by entry, and confirmed by the keyboard alone."""

from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from geo_offlimits.formats.reader import read_rows
from geo_offlimits.services import transcribing
from tests import proving
from tests.browser.test_pages import PHONE, is_clean

pytestmark = pytest.mark.browser
LIST = (
    "Name,Lat,Lon,Until\n"
    "Blue Lantern,-31.0,-16.0,\n"
    "{{ 7*7 }}</script><script>alert(1)</script>,-31.3,-16.1,2030-01-01\n"
    "Nowhere,95,-16.1,\n"
)


def entered(wiring: Any) -> None:
    """By the head, so that the deputy may confirm it."""
    with wiring.reading() as act:
        head = proving.actor(act, "p-head")
    with wiring.writing(head) as act:
        said = transcribing.Received(partner="OSCE", reference="HQ 12/26", received=date(2026, 3, 1))
        table = read_rows(("kfor.csv", LIST.encode()))
        transcribing.enter(act, transcribing.ready(act, "ISLE", table, said))


def press(page: Page, name: str) -> None:
    """Goes on by Tab until the thing of this name has the focus, and presses it."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.locator(":focus").inner_text() == name:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"the keyboard does not reach {name}")


def test_a_deputy_reads_a_partners_list_on_a_phone_and_confirms_it_by_the_keyboard_alone(reader: Any) -> None:
    entered(reader.site.wiring)
    page = reader.page(who="deputy", viewport=PHONE)
    page.goto("/register/ISLE/")
    press(page, "OSCE · HQ 12/26")
    expect(page.get_by_role("heading", level=1)).to_contain_text("OSCE Waits for a second person")
    expect(page.get_by_text("Somebody Head")).to_be_visible()
    expect(page.get_by_text("-31.30000, -16.10000 ±10 m")).to_be_visible()
    expect(page.get_by_text("{{ 7*7 }}</script><script>alert(1)</script>")).to_be_visible()
    expect(page.get_by_text("are not in it: 4")).to_be_visible()
    expect(page.locator(".folium-map[data-ready='2']")).to_be_visible()
    is_clean(page)
    press(page, "Confirm it as the partner’s word")
    expect(page.locator(".notice.done")).to_contain_text("It stands as the partner’s word.")
    expect(page.locator(".tag").get_by_text("Confirmed", exact=True).first).to_be_visible()
    is_clean(page)
    press(page, "Compare with another list")
    expect(page.locator("dl.sources")).to_contain_text("entered by Somebody Head, confirmed by Somebody Deputy")
    page.wait_for_selector(".folium-map[data-ready]")
