"""From a spreadsheet that nobody prepared to proposals, in a browser: on a phone, at a desk, by the keyboard alone."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_pages import DESKTOP, PHONE, is_clean

pytestmark = pytest.mark.browser
PAGE = "/register/ISLE/import"
ROWS = [
    ("Name of premises", "GPS Lat", "GPS Long", "Town", "Seen by"),
    ("Harbour Cellar", "-31.2", "-16.2", "Port Sorrel", "R. N."),
    ("Old Mill", "-131.2", "-16.2", "Port Sorrel", ""),
    ("Blue Lantern", "-31.0", "-16.0", "Port Sorrel", "night shift"),
    ("{{ 7*7 }}</script><script>alert(1)</script>", "-31.3", "-16.1", "Port Sorrel", ""),
    ("Far Away", "-41.0", "-16.1", "", ""),
    ("Somewhere Bar", "", "", "Port Sorrel", "=1+1"),
]


def written(folder: Path, name: str = "Copy of OFF LIMITS (2) final.csv") -> Path:
    file = folder / name
    file.write_text("\n".join(";".join(row) for row in ROWS), encoding="cp1252")
    return file


def chosen(page: Page, file: Path) -> None:
    page.goto(PAGE)
    page.set_input_files("#file", file)
    page.get_by_role("button", name="Read the list").click()
    page.wait_for_selector(".folium-map[data-ready]")


def test_shots(reader: Any, tmp_path: Path) -> None:
    for name, screen in (("phone", PHONE), ("desktop", DESKTOP)):
        page = reader.page(who="head", viewport=screen)
        page.goto(PAGE)
        page.screenshot(path=f"/tmp/ip_{name}_1.png", full_page=True)
        chosen(page, written(tmp_path))
        page.wait_for_timeout(500)
        page.locator("#columns summary").click()
        page.screenshot(path=f"/tmp/ip_{name}_2.png", full_page=True)
        page.get_by_role("link", name="Set row 3 right").click()
        page.wait_for_selector(".mend")
        page.wait_for_selector(".folium-map[data-ready]")
        page.screenshot(path=f"/tmp/ip_{name}_3.png", full_page=True)
