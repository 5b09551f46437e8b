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


def rows(page: Page) -> Any:
    return page.locator("table.rows tbody tr:not(.mending)")


def refusing_dialogs(reader: Any, page: Page) -> None:
    page.on("dialog", lambda dialog: reader.watched.complaints.append(f"dialog: {dialog.message}"))


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_pages_can_be_read_and_pressed_by_everybody(
    reader: Any, tmp_path: Path, screen: dict[str, int], mode: str
) -> None:
    page = reader.page(who="head", viewport=screen, color_scheme=mode)
    refusing_dialogs(reader, page)
    page.goto(PAGE)
    is_clean(page)
    chosen(page, written(tmp_path))
    is_clean(page)
    page.locator("#columns summary").click()
    page.get_by_role("link", name="Set row 3 right").click()
    expect(page.locator(".mend")).to_be_visible()
    page.wait_for_selector(".folium-map[data-ready]")
    is_clean(page)
    expect(page.get_by_text(ROWS[4][0], exact=True).first).to_be_visible()


def test_from_a_file_to_proposals_at_a_desk(reader: Any, tmp_path: Path) -> None:
    page = reader.page(who="head", viewport=DESKTOP)
    page.goto("/register/ISLE/")
    page.get_by_role("link", name="Import", exact=True).click()
    page.set_input_files("#file", written(tmp_path, "Harbour list.csv"))
    page.get_by_role("button", name="Read the list").click()
    page.wait_for_url("**/import/report?**")
    expect(rows(page)).to_have_count(6)
    page.get_by_role("link", name="Set row 3 right").click()
    page.get_by_label("Latitude", exact=True).fill("-31.25")
    page.get_by_role("button", name="Set it right").click()
    expect(page.locator("#row-3")).to_contain_text("New")
    expect(page.locator("#row-3")).to_contain_text("set right by you")
    page.get_by_role("button", name="Land 4 proposals").click()
    expect(page.locator(".notice.done")).to_contain_text("Landed as proposals.")
    for name in ("Harbour Cellar", "Old Mill", "Somewhere Bar"):
        expect(page.get_by_role("link", name=name)).to_be_visible()
    expect(page.get_by_role("link", name="Far Away")).to_have_count(0)
    is_clean(page)
    page.get_by_role("button", name="Undo this import").click()
    expect(page.locator(".notice.note")).to_contain_text("This import was undone")
    is_clean(page)


def test_the_map_shows_the_rows_of_the_table_and_leads_to_them(reader: Any, tmp_path: Path) -> None:
    page = reader.page(who="head", viewport=DESKTOP)
    chosen(page, written(tmp_path))
    signs = page.locator(".offlimits-row")
    placed = int(page.locator(".folium-map").get_attribute("data-ready") or 0)
    unplaced = int((page.get_by_text("no place on the map").text_content() or "0").split()[0])
    assert placed + unplaced == rows(page).count() == 6
    # The one that is ten degrees away would make a ring of all others.
    expect(signs.and_(page.locator("[data-row='2']"))).to_be_visible()
    away = page.locator(".hint.away a")
    expect(away).to_have_text(["Row 6"])
    assert (away.get_attribute("href") or "").endswith("#row-6")
    sign = signs.first
    number = sign.get_attribute("data-row")
    sign.focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"#row-{number}.picked")).to_be_in_viewport()
    expect(page.locator(f"#row-{number} a").first).to_be_focused()


def test_on_a_phone_one_press_sets_right_what_was_offered_and_the_next_row_at_fault_is_there(
    reader: Any, tmp_path: Path
) -> None:
    page = reader.page(who="head", viewport=PHONE)
    chosen(page, written(tmp_path))
    page.locator("#land a").first.click()
    page.wait_for_url("**#row-3")
    page.get_by_role("button", name="Use -31.2, -16.2").click()
    page.wait_for_url("**#row-6")
    expect(page.locator("#row-6")).to_be_in_viewport()
    is_clean(page)
    page.get_by_role("button", name="Leave this row out").click()
    page.wait_for_url("**#land")
    expect(page.locator("#row-3")).to_contain_text("set right by you")
    expect(page.locator("#row-6")).to_contain_text("Left out")


def test_a_file_falls_onto_the_page(reader: Any) -> None:
    page = reader.page(who="head", viewport=DESKTOP)
    page.goto(PAGE)
    fallen = page.evaluate_handle(
        """text => { const fallen = new DataTransfer();
        fallen.items.add(new File([text], "fallen.csv", { type: "text/csv" })); return fallen; }""",
        "name,lat,lon\nFallen Bar,-31.4,-16.3\n",
    )
    page.dispatch_event("#send", "drop", {"dataTransfer": fallen})
    page.wait_for_url("**/import/report?**")
    expect(rows(page)).to_contain_text("Fallen Bar")


def test_what_is_refused_is_said_beside_the_field_and_the_page_stays(reader: Any, tmp_path: Path) -> None:
    page = reader.page(who="head", viewport=PHONE)
    page.goto(PAGE)
    (tmp_path / "empty.csv").write_text(" ", encoding="utf-8")
    page.set_input_files("#file", tmp_path / "empty.csv")
    with page.expect_console_message() as told:  # the browser tells of every refused answer
        page.get_by_role("button", name="Read the list").click()
    assert "422" in told.value.text
    reader.watched.complaints.remove(told.value.text)
    expect(page.locator("#file-issue")).to_contain_text("is empty")
    expect(page.locator("#file")).to_be_focused()
    is_clean(page)
    page.locator("#file").evaluate("one => { one.dataset.most = 10; }")
    page.set_input_files("#file", written(tmp_path))
    expect(page.locator("#file-issue")).to_contain_text("larger than")
    page.get_by_role("button", name="Read the list").click()
    assert page.url.endswith(PAGE)


def test_without_a_script_the_way_is_the_same(reader: Any, tmp_path: Path) -> None:
    page = reader.page(who="head", viewport=PHONE, java_script_enabled=False)
    page.goto(PAGE)
    page.set_input_files("#file", written(tmp_path))
    page.get_by_role("button", name="Read the list").click()
    expect(rows(page)).to_have_count(6)
    page.locator("#columns summary").click()
    page.get_by_label("Seen by").select_option(label="Note")
    page.get_by_role("button", name="Read it so").click()
    expect(page.locator(".notice.done")).to_contain_text("Read anew with these columns.")
    page.locator(".standings a.refused").click()
    expect(rows(page)).to_have_count(2)
    page.get_by_role("link", name="Set row 3 right").click()
    page.locator(".mend").get_by_label("Leave this row out").check()
    page.get_by_role("button", name="Set it right").click()
    expect(rows(page)).to_have_count(1)
    page.get_by_role("button", name="Give this list up").click()
    expect(page.locator(".notice.done")).to_contain_text("Given up.")


def test_by_the_keyboard_alone(reader: Any, tmp_path: Path) -> None:
    page = reader.page(who="head", viewport=DESKTOP)
    page.goto(PAGE)
    page.set_input_files("#file", written(tmp_path))  # the browser's own dialogue
    page.locator("#file").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/import/report?**")
    page.wait_for_selector(".folium-map[data-ready]")
    page.locator("#columns summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#columns select").first).to_be_visible()
    mend = page.get_by_role("link", name="Set row 3 right")
    mend.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#cell-latitude")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("-31.26")
    page.keyboard.press("Enter")
    expect(page.locator(".mend")).to_have_count(0, timeout=20_000)
    expect(page.locator("#row-3")).to_contain_text("New")
