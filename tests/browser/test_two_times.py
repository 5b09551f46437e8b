"""Two times on one map: left of the divider only the first is seen and can be pressed, right of it only the second."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
PHONE, DESKTOP = {"width": 390, "height": 800}, {"width": 1280, "height": 900}
# Nothing was known then, so all that is in force now is on the second side only.
EARLIER = "2020-01-01T00:00"
# Which side answers a press at a place, or null.
SIDE_AT = """([lat, lon]) => {
    const box = Offlimits.map.getContainer().getBoundingClientRect();
    const { x, y } = Offlimits.map.latLngToContainerPoint([lat, lon]);
    const hit = document.elementFromPoint(box.x + x, box.y + y);
    return ["first", "second"].find((side) => hit.closest(`.leaflet-offlimits-${side}-pane`)) ?? null;
}"""


def compared(reader: Any, query: str, **options: Any) -> Page:
    page: Page = reader.page(who="head", **({"viewport": DESKTOP} | options))
    page.goto(f"/register/ISLE/compare?{query}")
    page.wait_for_selector(".folium-map[data-ready]")
    page.locator(".folium-map").scroll_into_view_if_needed()
    return page


def drag_divider_to(page: Page, share: float) -> None:
    """By the pointer, as a person would."""
    box = page.locator(".offlimits-divider-range").bounding_box()
    line = page.locator(".offlimits-divider").bounding_box()
    assert box
    assert line
    page.mouse.move(line["x"] + 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] / 2, steps=8)
    page.mouse.up()


def look_at_the_lantern(page: Page) -> list[float]:
    page.evaluate("Offlimits.look({lat: -31.0, lon: -16.0, zoom: 18})")
    page.wait_for_function("!Offlimits.map._animatingZoom")
    return [-31.0, -16.0]


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize(("first", "side"), [(True, "first"), (False, "second")])
def test_an_entry_of_one_time_is_seen_and_pressed_on_its_side_of_the_divider_only(
    reader: Any, screen: dict[str, int], first: bool, side: str
) -> None:
    earlier = f"at={EARLIER}&known_at={EARLIER}"
    page = compared(reader, f"and_{earlier.replace('&', '&and_')}" if first else earlier, viewport=screen)
    lantern = look_at_the_lantern(page)
    sides = {}
    for share in (0.9, 0.1):
        drag_divider_to(page, share)
        sides[share] = page.evaluate(SIDE_AT, lantern)
    assert sides == ({0.9: "first", 0.1: None} if first else {0.9: None, 0.1: side})
    assert page.evaluate("Offlimits.map.getCenter().lat") == pytest.approx(-31.0, abs=1e-4)  # the map has not moved


def test_what_is_in_force_both_times_is_seen_on_both_sides_and_a_drawn_outline_too(reader: Any) -> None:
    page = compared(reader, "at=2098-01-01T00:00")
    for place in (look_at_the_lantern(page), [-31.0 + 2000 / 111000, -16.0]):
        page.evaluate("([lat, lon]) => Offlimits.look({lat, lon, zoom: 18})", place)
        for share, side in ((0.9, "first"), (0.1, "second")):
            drag_divider_to(page, share)
            assert page.evaluate(SIDE_AT, place) == side
            page.evaluate("Offlimits.map.panBy([30, 20])")
            assert page.evaluate(SIDE_AT, place) == side


def test_the_divider_is_moved_by_keys_and_a_sign_beyond_it_comes_into_sight_with_the_focus(reader: Any) -> None:
    page = compared(reader, f"and_at={EARLIER}&and_known_at={EARLIER}")
    lantern = look_at_the_lantern(page)
    divider = page.get_by_role("slider", name="Divider between the two times")
    divider.focus()
    page.keyboard.press("Home")
    assert page.evaluate(SIDE_AT, lantern) is None
    assert page.evaluate("Offlimits.map.getCenter().lng") == pytest.approx(-16.0, abs=1e-4)
    page.locator(".offlimits-pin[aria-label^='Blue Lantern']").focus()
    assert page.evaluate(SIDE_AT, lantern) == "first"


def test_a_sign_leads_to_its_listing_in_the_table_even_where_that_is_folded(reader: Any) -> None:
    page = compared(reader, "at=2098-01-01T00:00")
    look_at_the_lantern(page)
    drag_divider_to(page, 0.9)
    page.locator(".leaflet-offlimits-first-pane .offlimits-pin[aria-label^='Blue Lantern']").click()
    expect(page.get_by_role("link", name="Blue Lantern")).to_be_focused()


def test_hostile_names_stand_on_both_sides_as_typed(reader: Any) -> None:
    page = compared(reader, "at=2098-01-01T00:00")
    page.on("dialog", lambda dialog: reader.watched.complaints.append(f"dialog: {dialog.message}"))
    page.evaluate("Offlimits.look({lat: -31.0 - 1000 / 111000, lon: -16.0 + 2500 / 111000 / 0.857, zoom: 14})")
    for side in ("first", "second"):
        for name in reader.hostile:
            found = page.locator(f".leaflet-offlimits-{side}-pane .offlimits-pin").evaluate_all(
                "(pins) => pins.map((pin) => pin.title)"
            )
            assert name in found
    assert page.locator("img[onerror]").count() == 0


def test_without_a_script_the_table_is_complete(reader: Any) -> None:
    page = reader.page(who="head", java_script_enabled=False)
    page.goto(f"/register/ISLE/compare?at={EARLIER}&known_at={EARLIER}")
    for name in ("Blue Lantern", "Nowhere Bar", *reader.hostile):
        expect(page.get_by_text(name, exact=True).first).to_be_visible()
