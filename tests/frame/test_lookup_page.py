"""The look-up map in a real browser, under the policy of the product's pages."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.frame.looking import look

pytestmark = pytest.mark.browser
HIDDEN_WORDS = """() => {
    const boxes = (query) =>
        [...document.querySelectorAll(query)].map((e) => [e.textContent, e.getBoundingClientRect()]);
    const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    const signs = boxes('.offlimits-cluster, .offlimits-pin svg .halo');
    const words = boxes('.offlimits-word');
    return words.filter(([, word]) => signs.some(([, sign]) => meet(word, sign))).map(([text]) => text);
}"""


def heard(page: Page, name: str) -> list[Any]:
    return [detail for told, detail in page.evaluate("window.heard || []") if told == name]


def test_the_page_is_told_what_has_no_place_on_the_map(shown: Any) -> None:
    (told,) = heard(shown(), "ready")
    assert told["mapped"] == 42
    assert [entry["id"] for entry in told["unmapped"]] == ["ISLE-0043", "ISLE-0044"]
    assert told["edition"]["offlimits"]["number"] == 4


def test_every_entry_with_a_place_is_counted_in_a_sign(shown: Any) -> None:
    page = shown()
    clusters = page.locator(".offlimits-cluster b").all_inner_texts()
    assert sum(map(int, clusters)) + page.locator(".offlimits-pin[data-entry]").count() == 42
    expect(page.locator(".offlimits-cluster").first).to_have_attribute(
        "aria-label", f"{clusters[0]} listed here; zoom in"
    )


def test_first_view_asks_only_this_server_and_not_for_streets(shown: Any, site: Any) -> None:
    page = shown()
    assert all(
        url.startswith(site.url) for url in page.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
    )
    paths = [path for path, _ in site.asked]
    assert "/static/vendor/protomaps-leaflet.js" not in paths
    assert paths.count("/edition") == 1, "three layers share one fetch"


def test_streets_are_fetched_and_painted_from_zoom_12_on(shown: Any, site: Any) -> None:
    page = shown()
    look(page, 38.13, -41.58, 15)
    expect(page.locator("canvas.leaflet-tile-loaded").first).to_be_visible()
    painted = "() => [...document.querySelectorAll('canvas.leaflet-tile-loaded')].some(tile => \
        tile.getContext('2d').getImageData(0, 0, tile.width, tile.height).data.some(Boolean))"
    for _ in range(50):
        if page.evaluate(painted):
            break
        page.wait_for_timeout(100)
    assert page.evaluate(painted)
    assert "/static/frame/street_theme.js" in [path for path, _ in site.asked]


def test_the_name_of_a_quarter_is_a_word_of_the_map_and_stands_once(shown: Any) -> None:
    page = shown()
    for zoom in (15, 16):
        look(page, 38.1262, -41.5840, zoom)
        expect(page.locator(".offlimits-word.quarter")).to_have_text(["Ropewalk"])


def test_choosing_a_sign_tells_the_page_and_marks_it(shown: Any) -> None:
    page = shown()
    assert page.evaluate("Offlimits.show('ISLE-0006')") is True
    sign = page.locator('[data-entry="ISLE-0006"]')
    expect(sign).to_be_visible()
    sign.click()
    assert heard(page, "pick")[-1]["entry"]["id"] == "ISLE-0006"
    assert "chosen" in (sign.get_attribute("class") or "")
    page.evaluate("Offlimits.clear()")
    assert "chosen" not in (sign.get_attribute("class") or "")


def test_a_sign_can_be_chosen_with_the_keyboard(shown: Any) -> None:
    page = shown()
    page.evaluate("Offlimits.show('ISLE-0004'); Offlimits.clear()")
    sign = page.locator('[data-entry="ISLE-0004"]')
    sign.focus()
    page.keyboard.press("Enter")
    assert heard(page, "pick")[-1]["entry"]["id"] == "ISLE-0004"
    assert (sign.get_attribute("aria-label") or "").endswith(": Off limits, Part of the building")


def test_an_entry_without_a_place_cannot_be_shown(shown: Any) -> None:
    assert shown().evaluate("Offlimits.show('ISLE-0043')") is False


def test_caution_and_off_limits_differ_in_shape_and_colour(shown: Any) -> None:
    page = shown()
    page.evaluate("Offlimits.show('ISLE-0008')")
    caution = page.locator('[data-entry="ISLE-0008"] svg.caution .warn')
    page.wait_for_timeout(400)
    assert caution.evaluate("path => getComputedStyle(path).fill") == "rgb(255, 176, 0)"
    page.evaluate("Offlimits.show('ISLE-0006')")
    ring = page.locator('[data-entry="ISLE-0006"] svg.premises .ring')
    assert ring.evaluate("path => getComputedStyle(path).stroke") == "rgb(192, 58, 0)"


def test_a_click_on_the_ground_gives_its_position(shown: Any) -> None:
    page = shown()
    look(page, 38.25, -41.65, 13)
    box = page.locator(".folium-map").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    (at,) = heard(page, "clicked")
    assert at["lat"] == pytest.approx(38.25, abs=1e-3)
    assert at["lon"] == pytest.approx(-41.65, abs=1e-3)


@pytest.mark.parametrize("view", [(360, 740), (1360, 850)])
def test_no_place_name_hides_under_a_sign(shown: Any, view: tuple[int, int]) -> None:
    page = shown(viewport={"width": view[0], "height": view[1]})
    expect(page.locator(".offlimits-word.city")).to_have_text("Port Amber")
    for zoom in (9, 10, 12, 14):
        look(page, 38.13, -41.58, zoom)
        hidden = page.evaluate(HIDDEN_WORDS)
        assert hidden == [], f"zoom {zoom}"


def test_a_list_without_entries_is_told_from_an_empty_sea(shown: Any, site: Any, edition: dict[str, Any]) -> None:
    site.put("/edition", "application/json", edition | {"features": []})
    page = shown(ready=False)
    expect(page.get_by_role("alert")).to_have_text("This edition lists no premises")
    assert heard(page, "failed") == []


def test_a_list_that_does_not_arrive_is_said_aloud(shown: Any, site: Any) -> None:
    del site.files["/edition"]
    page = shown(ready=False, complaints_expected=True)
    expect(page.get_by_role("alert")).to_contain_text("The list could not be loaded")
    assert heard(page, "failed")[0]["what"] == "edition"


def test_an_officer_draws_one_outline_at_a_time(shown: Any) -> None:
    page = shown(officer=True, viewport={"width": 1200, "height": 800})
    look(page, 38.25, -41.65, 14)
    for left in (300, 600):
        page.locator(".leaflet-draw-draw-polygon").click()
        for x, y in ((left, 300), (left + 150, 300), (left + 150, 450), (left, 300)):
            page.mouse.click(x, y)
            page.wait_for_timeout(60)
    told = heard(page, "drawn")
    assert [detail["geometry"]["type"] for detail in told] == ["Polygon", "Polygon"]
    assert len(told[-1]["geometry"]["coordinates"][0]) == 4
    assert page.locator("path.offlimits-drawing").count() == 1, "the former drawing is gone"
    assert heard(page, "clicked") == [], "drawing is not clicking"
    assert page.evaluate("Offlimits.drawn()") == told[-1]["geometry"]


def test_the_readers_position_is_shown_with_its_accuracy(shown: Any) -> None:
    place = {"latitude": 38.131, "longitude": -41.58, "accuracy": 40}
    page = shown(geolocation=place, permissions=["geolocation"])
    page.get_by_role("button", name="Show where I am").click()
    expect(page.locator(".offlimits-you")).to_be_visible()
    assert heard(page, "located")[0] == {"lat": 38.131, "lon": -41.58, "accuracy_m": 40}
    expect(page.locator("path.offlimits-accuracy")).to_have_count(1)


def test_dark_mode_needs_no_other_page(shown: Any) -> None:
    page = shown(color_scheme="dark")
    land = page.locator("path.offlimits-land-mission").first
    assert land.evaluate("path => getComputedStyle(path).fill") == "rgb(38, 51, 61)"
    page.emulate_media(color_scheme="light")
    assert land.evaluate("path => getComputedStyle(path).fill") == "rgb(250, 247, 239)"


def test_controls_are_big_enough_for_a_thumb(shown: Any) -> None:
    page = shown(officer=True, viewport={"width": 360, "height": 740}, has_touch=True)
    for control in page.locator(".leaflet-bar a, .leaflet-control-layers-toggle").all():
        box = control.bounding_box()
        assert min(box["width"], box["height"]) >= 44, control.get_attribute("class")


def test_the_list_cannot_be_switched_off(shown: Any) -> None:
    page = shown()
    page.locator(".leaflet-control-layers").hover()
    names = [text.strip() for text in page.locator(".leaflet-control-layers-overlays label").all_inner_texts()]
    assert names == ["Military grid", "Streets", "Territory and sectors", "Welfare facilities"]
