"""What stands below the list on the map (rules, welfare places, words), and readers who use keys or want no motion."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.frame.looking import look, stand

pytestmark = pytest.mark.browser
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
RULE = '[data-entry="ISLE-0042"]'
CUT_WORDS = """() => {
    const map = document.querySelector('.folium-map').getBoundingClientRect();
    const controls = [...document.querySelectorAll('.leaflet-control')].map((e) => e.getBoundingClientRect());
    const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    const words = [...document.querySelectorAll('.offlimits-word')];
    const outside = (a, b) => a.left < b.left || a.right > b.right || a.top < b.top || a.bottom > b.bottom;
    return words.map((e) => [e.textContent, e.getBoundingClientRect()])
        .filter(([, box]) => outside(box, map) || controls.some((one) => meet(one, box))).map(([text]) => text);
}"""
CROWDED = """() => {
    const middles = (query) => [...document.querySelectorAll(query)].map((e) => e.getBoundingClientRect())
        .map((box) => [box.x + box.width / 2, box.y + box.height / 2]);
    const listed = middles('.leaflet-marker-pane > *');
    return middles('.stands').filter(([x, y]) => listed.some(([u, v]) => Math.hypot(x - u, y - v) < 24)).length;
}"""
MOVES = """() => {
    window.moves = 0;
    Offlimits.map.on('move', () => { window.moves += 1; });
}"""


def style(page: Page, query: str, name: str) -> str:
    return str(page.locator(query).first.evaluate("(one, name) => getComputedStyle(one)[name]", name))


def test_the_reach_of_a_rule_is_an_outline_and_never_hatched(shown: Any) -> None:
    page = shown()
    assert page.locator(".offlimits-reach").count() == 1
    assert style(page, ".offlimits-reach", "fill") == "none"
    assert style(page, ".offlimits-reach", "stroke") == style(page, ".offlimits-sector", "stroke")
    assert "hatch" in str(page.locator(".offlimits-shape.area").first.get_attribute("fill")), "an area is"


def test_choosing_a_rule_shows_how_far_it_reaches_and_closing_hides_it(shown: Any) -> None:
    page = shown()
    assert page.evaluate("Offlimits.show('ISLE-0042')") is True
    assert style(page, ".offlimits-reach.chosen", "fill") == "rgb(107, 91, 115)"
    expect(page.locator(RULE)).to_be_visible()
    page.evaluate("Offlimits.clear()")
    assert style(page, ".offlimits-reach", "fill") == "none"


def test_a_rule_is_counted_with_no_premises_and_wears_the_ink_of_boundaries(shown: Any) -> None:
    page = shown()
    counted = sum(map(int, page.locator(".offlimits-cluster b").all_inner_texts()))
    assert counted + page.locator(".leaflet-marker-pane .offlimits-pin").count() == 41
    assert style(page, f"{RULE} .ring", "stroke") == "rgb(107, 91, 115)"


def test_a_click_within_the_reach_of_a_rule_is_a_click_on_the_ground(shown: Any) -> None:
    page = shown()
    look(page, 38.328, -41.295, 15)
    box = page.locator(".folium-map").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    told = [name for name, _ in page.evaluate("window.heard")]
    assert "clicked" in told
    assert "pick" not in told


def test_welfare_places_appear_from_zoom_12_on_and_give_way_to_the_list(
    shown: Any, site: Any, edition: dict[str, Any]
) -> None:
    beside = {"type": "Point", "coordinates": [-41.5787, 38.1313]}  # 20 m from the middle of a listed footprint
    (canteen,) = edition["offlimits"]["facilities"]
    edition["offlimits"]["facilities"].append(canteen | {"name": "Library", "geometry": beside})
    site.put("/edition", "application/json", edition)
    page = shown(viewport=PHONE)
    welfare = page.locator(".offlimits-sign.facility")
    for zoom in (9, 11):
        look(page, 38.1345, -41.5865, zoom)
        assert [sign.is_visible() for sign in welfare.all()] == [False, False], f"zoom {zoom}"
    for zoom in (13, 14, 15, 16):
        look(page, 38.1313, -41.5787, zoom)
        expect(page.get_by_title("Library")).to_be_hidden()
        assert page.evaluate(CROWDED) == 0, f"zoom {zoom}"
    look(page, 38.1313, -41.5787, 17)
    expect(page.get_by_role("button", name="Library: Welfare facility")).to_be_visible()
    assert page.evaluate("""() => {
        const depth = (pane) => Number(getComputedStyle(Offlimits.map.getPane(pane)).zIndex);
        return depth('offlimits-signs-low') < depth('markerPane');
    }""")


def test_footprints_of_houses_are_drawn_near_and_areas_from_everywhere(shown: Any) -> None:
    page = shown()
    houses, areas = page.locator("path.offlimits-shape.premises"), page.locator("path.offlimits-shape.area")
    for zoom, drawn in ((11, 0), (13, 0), (14, 1), (17, 1), (12, 0)):
        look(page, 38.1312, -41.5785, zoom)
        expect(houses).to_have_count(drawn)
        expect(areas).to_have_count(1)
    page.evaluate("Offlimits.show('ISLE-0006')")
    look(page, 38.1312, -41.5785, 12)
    expect(page.locator("path.offlimits-shape.premises.chosen")).to_have_count(1)  # the chosen one stays


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_no_word_is_cut_by_the_edge_of_the_map_or_by_a_control(shown: Any, screen: dict[str, int]) -> None:
    page = shown(viewport=screen)
    for lat, lon, zoom in ((38.2, -41.5, 9), (38.13, -41.4, 10), (38.2, -41.68, 11), (38.1262, -41.581, 15)):
        look(page, lat, lon, zoom)
        expect(page.locator(".offlimits-word").first).to_be_attached()
        stand(page)
        assert page.evaluate(CUT_WORDS) == [], f"zoom {zoom}"


def test_something_that_the_page_lays_over_the_map_hides_no_word(shown: Any) -> None:
    page = shown(viewport=PHONE)
    look(page, 38.13, -41.58, 10)
    word = page.locator(".offlimits-word.city").bounding_box()
    page.evaluate(
        """({x, y, width, height}) => {
            const lid = document.createElement('div');
            Object.assign(lid.style, {position: 'fixed', zIndex: 5000, left: `${x}px`, top: `${y}px`,
                width: `${width}px`, height: `${height}px`});
            document.body.append(lid);
        }""",
        word,
    )
    stand(page)
    moved = page.locator(".offlimits-word.city").bounding_box()
    assert abs(moved["x"] - word["x"]) + abs(moved["y"] - word["y"]) > 10


def test_scale_credit_and_buttons_of_a_phone_do_not_overlap(shown: Any) -> None:
    page = shown(viewport=PHONE)
    page.evaluate("Offlimits.map.attributionControl.addAttribution('Streets of the island, surveyed by nobody at all')")
    assert (
        page.evaluate("""() => {
        const boxes = [...document.querySelectorAll('.leaflet-control')].map((e) => [e, e.getBoundingClientRect()]);
        const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
        return boxes.flatMap(([one, a], i) => boxes.slice(i + 1).filter(([, b]) => meet(a, b))
            .map(([other]) => `${one.className} / ${other.className}`));
    }""")
        == []
    )


def test_whoever_asked_for_no_motion_gets_one_step_a_key(shown: Any) -> None:
    page = shown(reduced_motion="reduce")
    page.evaluate(MOVES)
    page.locator(".folium-map").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(400)
    assert page.evaluate("window.moves") == 1
    page.keyboard.press("+")
    page.wait_for_timeout(400)
    assert page.locator(".leaflet-zoom-anim").count() == 0
    # The control: without the wish the map glides.
    page = shown(reduced_motion="no-preference")
    page.evaluate(MOVES)
    page.locator(".folium-map").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(600)
    assert page.evaluate("window.moves") > 1


@pytest.mark.parametrize("key", ["Enter", " "])
def test_a_ring_opens_with_the_keyboard_and_the_next_tab_is_on_its_signs(shown: Any, key: str) -> None:
    page = shown()
    before = page.evaluate("Offlimits.map.getZoom()")
    page.locator(".offlimits-cluster").first.focus()
    page.keyboard.press(key)
    page.wait_for_timeout(600)
    assert page.evaluate("Offlimits.map.getZoom()") > before
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.leaflet-marker-icon')")


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_focus_is_seen_on_the_map_and_on_everything_on_it(shown: Any, mode: str) -> None:
    page = shown(officer=True, color_scheme=mode, viewport=DESKTOP)
    here = {"light": "rgb(0, 88, 140)", "dark": "rgb(110, 193, 255)"}[mode]
    page.locator("body").focus()
    page.keyboard.press("Tab")
    edge = "getComputedStyle(document.activeElement, '::after')"
    assert page.evaluate(f"[{edge}.borderTopColor, {edge}.borderTopWidth]") == [here, "3px"]
    seen = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        kind, inside, outline = page.evaluate("""() => {
            const one = document.activeElement, {outlineColor, outlineStyle, outlineWidth} = getComputedStyle(one);
            const inside = Boolean(one.closest('.leaflet-container')) && !one.matches('.leaflet-container');
            return [one.className, inside, `${outlineStyle} ${outlineWidth} ${outlineColor}`];
        }""")
        if not inside:
            break
        assert outline == f"solid 3px {here}", kind
        seen.add(kind.split(" ")[0])
    wanted = {
        "leaflet-marker-icon",
        "leaflet-control-layers-toggle",
        "leaflet-control-zoom-in",
        "leaflet-draw-draw-polygon",
    }
    assert wanted <= seen
