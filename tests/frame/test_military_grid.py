"""The military grid: written in the browser with the server's digits, drawn on the map, read off it and copied."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from geo_offlimits.domain.position import Position
from geo_offlimits.frame import static_root
from geo_offlimits.lookup.writing import mgrs

pytestmark = pytest.mark.browser
WRITTEN = "(asked) => asked.map(([lat, lon, unsure]) => Offlimits.mgrs(lat, lon, unsure))"
BACK = """(asked) => asked.map(([lat, lon]) => {
    const zone = Offlimits.utm.zoneOf(lat, lon), north = lat >= 0;
    return Offlimits.utm.fromGrid(zone, north, ...Offlimits.utm.toGrid(zone, north, lat, lon));
})"""
INK = """() => {
    const canvas = document.querySelector('canvas.offlimits-grid');
    const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.reduce((sum, value, at) => sum + (at % 4 === 3 && value > 0), 0);
}"""
DRAWN = """(place) => {
    const pen = CanvasRenderingContext2D.prototype, told = [], before = pen.fillText;
    pen.fillText = function (text, ...rest) { told.push(text); return before.call(this, text, ...rest); };
    Offlimits.look(place);
    return new Promise((done) => setTimeout(() => { pen.fillText = before; done(told); }, 400));
}"""
UNSURE = (0, 5, 15, 60, 300, 2_000, 20_000)
Place = tuple[float, float, float]


@pytest.fixture(scope="module")
def grid(browser: Browser) -> Iterator[Page]:
    """An empty page with the grid alone: it needs no map."""
    context = browser.new_context()
    page = context.new_page()
    page.add_script_tag(path=static_root() / "utm.js")
    yield page
    context.close()


def places(seed: int) -> list[Place]:
    """All over the Earth, and many where zones are of another width or end."""
    by = random.Random(seed)
    found: list[Place] = [(by.uniform(-79.9, 83.9), by.uniform(-180, 180), by.choice(UNSURE)) for _ in range(6_000)]
    found += [(by.uniform(55, 65), by.uniform(-1, 13), 0) for _ in range(2_000)]
    found += [(by.uniform(71, 83.9), by.uniform(-1, 43), 0) for _ in range(2_000)]
    edges = (0, 8, -8, 56, 64, 72, -72), (-180, -6, 0, 3, 6, 9, 12, 21, 33, 42, 174)
    found += [
        (by.choice(edges[0]) + by.uniform(-2e-5, 2e-5), by.choice(edges[1]) + by.uniform(0, 2e-5), 0)
        for _ in range(1_000)
    ]
    return found


def test_a_place_is_written_with_the_servers_letters_and_digits(grid: Page) -> None:
    asked = places(8)
    wanted = [mgrs(Position(lat=lat, lon=lon, uncertainty_m=unsure)) for lat, lon, unsure in asked]
    found = grid.evaluate(WRITTEN, asked)
    missed = [(one, got, want) for one, got, want in zip(asked, found, wanted, strict=True) if got != want]
    assert missed == []
    assert {"32V", "31X", "33X", "35X", "37X"} <= {text.split(" ")[0] for text in found}


def test_the_measure_of_digits_sees_a_metre(grid: Page) -> None:
    here, beside = grid.evaluate(WRITTEN, [[42.66, 21.16, 0], [42.66 + 1 / 111_000, 21.16, 0]])
    assert here == mgrs(Position(lat=42.66, lon=21.16, uncertainty_m=0))
    assert here != beside


def test_near_the_poles_there_is_no_reference(grid: Page) -> None:
    assert grid.evaluate(WRITTEN, [[84.01, 10, 0], [-80.01, 10, 0], [90, 0, 0]]) == [None, None, None]


def test_there_and_back_is_the_same_place(grid: Page) -> None:
    asked = [(lat, lon) for lat, lon, _ in places(9)[:3_000]]
    for (lat, lon), back in zip(asked, grid.evaluate(BACK, asked), strict=True):
        assert back == pytest.approx([lat, lon], abs=1e-8)


# ---- on the map ------------------------------------------------------------------------------------------------------


def switched_on(page: Page) -> Page:
    page.locator(".leaflet-control-layers").hover()
    page.get_by_label("Military grid").check()
    page.mouse.move(300, 300)
    return page


def drawn(page: Page, lat: float, lon: float, zoom: int) -> set[str]:
    return set(page.evaluate(DRAWN, {"lat": lat, "lon": lon, "zoom": zoom}))


def test_the_grid_is_drawn_when_it_is_wanted_and_gone_when_not(shown: Any) -> None:
    page = shown()
    expect(page.locator("canvas.offlimits-grid")).to_have_count(0)
    switched_on(page)
    page.wait_for_timeout(300)
    assert page.evaluate(INK) > 2_000
    page.locator(".leaflet-control-layers").hover()
    page.get_by_label("Military grid").uncheck()
    expect(page.locator("canvas.offlimits-grid")).to_have_count(0)


def test_layers_are_switched_by_the_keyboard_alone(shown: Any) -> None:
    page = shown()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.leaflet-control-layers-toggle')"):
            break
    page.keyboard.press("Enter")
    for name in ("Military grid", "Streets", "Territory and sectors", "Welfare facilities"):
        box = page.get_by_label(name)
        box.focus()
        before = box.is_checked()
        page.keyboard.press("Space")
        assert box.is_checked() is not before, name
    expect(page.locator("canvas.offlimits-grid")).to_have_count(1)
    expect(page.locator("path.offlimits-sector")).to_have_count(0)
    expect(page.locator(".offlimits-sign.facility")).to_have_count(0)


@pytest.mark.parametrize(
    ("zoom", "seen", "never"),
    [
        (4, {"24S", "24R", "25S"}, {"TH"}),
        (11, {"TH"}, {"24S TH"}),
        (13, {"24S TH", "74", "23"}, {"739"}),
        (17, {"24S TH", "738", "233"}, {"74"}),
    ],
)
def test_lines_have_the_letters_and_digits_of_their_zoom(
    shown: Any, zoom: int, seen: set[str], never: set[str]
) -> None:
    page = switched_on(shown(viewport={"width": 1000, "height": 700}))
    told = drawn(page, 38.13, -41.58, zoom)
    assert seen <= told
    assert not never & told


def test_zones_of_another_width_are_drawn_as_they_are(shown: Any) -> None:
    page = switched_on(shown(viewport={"width": 1000, "height": 700}))
    assert {"32V", "31V", "33V"} <= drawn(page, 60, 6, 5)
    svalbard = drawn(page, 78, 20, 4)
    assert {"31X", "33X", "35X", "37X"} <= svalbard
    assert not {"32X", "34X", "36X"} & svalbard


def test_squares_cut_by_the_edge_of_a_zone_keep_to_their_own_side(shown: Any) -> None:
    page = switched_on(shown(viewport={"width": 1000, "height": 700}))
    told = drawn(page, 38.2, -42.0, 9)  # the meridian between 23S and 24S
    left, right = (mgrs(Position(lat=38.2, lon=lon, uncertainty_m=60_000)).split(" ")[1] for lon in (-42.3, -41.7))
    assert {left, right} <= told


def test_the_middle_of_the_map_is_read_off_and_copied_by_the_keyboard(shown: Any, site: Any) -> None:
    page = shown(permissions=["clipboard-read", "clipboard-write"])
    page.evaluate("Offlimits.look({lat: 38.13, lon: -41.58, zoom: 15})")
    row = page.locator(".offlimits-readout button:visible")
    wanted = mgrs(Position(lat=38.13, lon=-41.58, uncertainty_m=0))
    expect(row.locator("b")).to_have_text(
        page.evaluate("Offlimits.mgrs(Offlimits.map.getCenter().lat, Offlimits.map.getCenter().lng, 0)")
    )
    assert (row.locator("b").inner_text()[:12], site.asked.count("x")) == (wanted[:12], 0)
    row.focus()
    page.keyboard.press("Enter")
    expect(row.locator("small")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == row.locator("b").inner_text()


def test_the_pointer_and_the_reader_are_read_off_too_no_finer_than_known(shown: Any) -> None:
    page = shown(viewport={"width": 1000, "height": 700})
    page.mouse.move(500, 420)
    expect(page.locator(".offlimits-readout button:visible small")).to_have_text("Pointer")
    page.evaluate("Offlimits.here({lat: 38.131, lon: -41.58, accuracy_m: 60})")
    here = page.locator(".offlimits-readout button").first
    expect(here.locator("small")).to_have_text("Your position")
    expect(here.locator("b")).to_have_text(mgrs(Position(lat=38.131, lon=-41.58, uncertainty_m=60)))
    page.evaluate("Offlimits.here(null)")
    expect(here).to_be_hidden()


def test_near_a_pole_the_readout_says_degrees(shown: Any) -> None:
    page = shown(viewport={"width": 1000, "height": 700})
    page.evaluate("Offlimits.look({lat: 84.6, lon: 10, zoom: 6})")
    expect(page.locator(".offlimits-readout button:visible b")).to_contain_text("84.")
