"""Two lists beside each other on a phone, by the keyboard alone: table, map and file say the same."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from geo_offlimits.formats.reader import read_rows
from geo_offlimits.services import partners, transcribing
from tests import proving
from tests.browser.conftest import HOSTILE, Site
from tests.browser.test_pages import DESKTOP, PHONE, is_clean

pytestmark = pytest.mark.browser
PAGE = "/register/ISLE/drift"
THEIRS = (
    ("Name", "Latitude", "Longitude", "Town"),
    ("Blue Lantern", "-31.0005", "-16.0", "Port Sorrel"),
    ("Quiet Tide", "-30.964", "-16.0", "Port Sorrel"),
    ("Night Ferry", "", "", "Port Sorrel"),
    (HOSTILE[3], "-31.2", "-16.1", "Port Sorrel"),
)


@pytest.fixture(scope="module")
def partner(site: Site) -> str:
    """A list of KFOR, held as its word."""
    table = read_rows(("KFOR.csv", "\n".join(map(",".join, THEIRS)).encode()))
    said = transcribing.Received(partner="KFOR", reference="K 12/26", received=datetime.now(UTC).date())
    with site.wiring.reading() as act:
        head, deputy = (proving.actor(act, f"p-{one}") for one in ("head", "deputy"))
    with site.wiring.writing(head) as act:
        entered = transcribing.enter(act, transcribing.ready(act, "ISLE", table, said)).edition_id
    with site.wiring.writing(deputy) as act:
        partners.confirm(act, entered)
    return entered


def pressed(page: Page, name: str, key: str = "Enter") -> None:
    """Goes forward by the tabulator until what is called so has the focus, and presses it."""
    for _ in range(90):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip().startswith(name):
            page.keyboard.press(key)
            return
    pytest.fail(f"{name} cannot be reached by the keyboard")


def told(page: Page) -> list[int]:
    return [int(one) for one in page.locator("table.drift tbody td.number").all_inner_texts()]


def drawn(page: Page) -> int:
    """How many rows the map has, those in a cluster too."""
    page.wait_for_selector(".folium-map[data-ready]")
    return int(page.locator(".folium-map").get_attribute("data-ready") or 0)


def test_a_list_is_compared_filtered_and_saved_on_a_phone_by_the_keyboard(
    reader: Any, partner: str, tmp_path: Path
) -> None:
    page = reader.page(who="head", viewport=PHONE)
    page.goto(PAGE)
    expect(page.locator("#with")).to_have_value(partner)
    pressed(page, "Compare", "Space")
    page.wait_for_url(f"**{PAGE}?**")
    expect(page.get_by_text("KFOR: transcribed, unsigned, as received on").last).to_be_visible()
    placeless = len(told(page)) - drawn(page)
    assert placeless == 3
    expect(page.get_by_text(f"{placeless} rows of these have no place on the map.")).to_be_visible()
    expect(page.locator("table.drift")).to_contain_text(HOSTILE[3])
    is_clean(page)
    pressed(page, "Only there")
    page.wait_for_url("**status=only_there**")
    expect(page.locator("table.drift tbody tr")).to_have_count(2)
    assert (drawn(page), page.get_by_text("Blue Lantern").count()) == (1, 0)
    with page.expect_download() as saved:
        pressed(page, "CSV")
    saved.value.save_as(tmp_path / "saved.csv")
    filed = list(csv.reader(io.StringIO((tmp_path / "saved.csv").read_text(encoding="utf-8-sig"))))[1:]
    assert [int(row[0]) for row in filed] == told(page)
    assert {row[4] for row in filed} == {"Night Ferry", HOSTILE[3]}
    sign = page.locator(".offlimits-row").first
    number = sign.get_attribute("data-row")
    sign.focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"#row-{number}.picked")).to_be_in_viewport()


def test_the_page_can_be_read_in_the_dark_and_on_a_desk(reader: Any, partner: str) -> None:
    page = reader.page(who="head", viewport=DESKTOP, color_scheme="dark")
    page.goto(f"{PAGE}?with={partner}")
    drawn(page)
    is_clean(page)
