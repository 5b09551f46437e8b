"""The streets of the invented island as the map paints them: at every zoom, light and dark."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from geo_offlimits.frame import Streets, StreetsKind, lookup_map
from tests.pixels import Colour, colour_at, named

pytestmark = pytest.mark.browser
LAYERS = Path(__file__).parents[2] / "layers" / "demo"
SCREEN = {"width": 700, "height": 500}
DRAWN = """() => {
    const tiles = [...document.querySelectorAll('canvas.leaflet-tile')];
    return tiles.length > 0 && tiles.every((tile) => tile.matches('.leaflet-tile-loaded'));
}"""
COLOURS = """() => [...document.querySelectorAll('canvas.leaflet-tile')].map((tile) => {
    const {data} = tile.getContext('2d').getImageData(0, 0, tile.width, tile.height), found = new Set();
    for (let i = 0; i < data.length; i += 4) {
        const [r, g, b] = data.slice(i, i + 3);
        found.add(data[i + 3] ? `#${((r << 16) + (g << 8) + b).toString(16).padStart(6, '0')}` : 'nothing');
    }
    return [...found];
})"""


GREENERY = ("wood", "heath", "field", "meadow", "orchard", "park", "square")
GROUNDS = (*GREENERY, "town", "built", "sand", "marked", "runway", "pier", "mission", "sea")
CAPITAL, AIRFIELD, BEACH, HIGH_GROUND = (
    (-31.6571, -15.9045),
    (-31.6241, -15.9218),
    (-31.6958, -15.7441),
    (-31.62, -15.96),
)
VIEWS = ((CAPITAL, 14), (CAPITAL, 16), (AIRFIELD, 14), (BEACH, 14), (HIGH_GROUND, 12))


# The same again in other colours: a quarter of a minute that the long runs have.
IN_THE_DARK = pytest.param("dark", marks=pytest.mark.deep)


@pytest.fixture
def island(site: Any, edition: dict[str, Any], open_page: Any) -> Any:
    """Opens the map of the invented island state, with nothing on its list."""
    ground = json.loads((LAYERS / "basemap.json").read_text())
    site.put("/edition", "application/json", edition | {"features": []})
    site.put("/basemap", "application/json", ground)
    site.put("/streets.pmtiles", "application/octet-stream", (LAYERS / "streets.pmtiles").read_bytes())
    streets = Streets(url="/streets.pmtiles", kind=StreetsKind.PMTILES)
    site.page(lookup_map(edition_url="/edition", basemap_url="/basemap", streets=streets, centre=(-31.6, -16), zoom=9))

    def opened(mode: str) -> Page:
        page: Page = open_page(site.url, viewport=SCREEN, color_scheme=mode, reduced_motion="reduce")
        expect(page.locator(".folium-map")).to_have_attribute("data-ready", "0")
        page.evaluate("Offlimits.map.getPane('offlimits-words').hidden = true")
        return page

    return opened


def look(page: Page, spot: tuple[float, float], zoom: int) -> None:
    page.evaluate("([lat, lon, zoom]) => Offlimits.look({lat, lon, zoom})", [*spot, zoom])
    if zoom >= 12:
        page.wait_for_function(DRAWN)


def town(name: str) -> tuple[float, float]:
    features = json.loads((LAYERS / "basemap.json").read_text())["features"]
    lon, lat = next(one["geometry"]["coordinates"] for one in features if one["properties"].get("name") == name)
    return lat, lon


def palette(page: Page, *names: str) -> list[str]:
    return [str(page.evaluate("(name) => Offlimits.colour(name)", name)) for name in names]


def seen(page: Page) -> Colour:
    return colour_at(page, SCREEN["width"] / 2, SCREEN["height"] / 2)


@pytest.mark.parametrize("mode", ["light", IN_THE_DARK])
def test_land_is_land_and_sea_is_sea_at_every_zoom(island: Any, mode: str) -> None:
    page = island(mode)
    (sea,) = palette(page, "sea")
    for zoom in range(10, 19):
        look(page, town("Lumbra"), zoom)
        assert seen(page) != named(sea), f"zoom {zoom}"
        if zoom >= 12:
            for colours in page.evaluate(COLOURS):
                assert colours not in ([sea], ["nothing"]), f"a tile of zoom {zoom} inland is blank"
    for zoom in (10, 12, 15):
        look(page, (-31.72, -15.9), zoom)
        assert seen(page) == named(sea), f"zoom {zoom}"


@pytest.mark.parametrize("mode", ["light", IN_THE_DARK])
def test_streets_are_there_from_zoom_12_on(island: Any, mode: str) -> None:
    page = island(mode)
    main, small, building = palette(page, "road-main", "road", "building")
    for zoom, wanted in ((12, {main}), (13, {main, small}), (14, {main, small}), (15, {main, small, building})):
        look(page, CAPITAL, zoom)
        painted = {colour for colours in page.evaluate(COLOURS) for colour in colours}
        assert wanted <= painted, f"zoom {zoom}"


@pytest.mark.parametrize("mode", ["light", IN_THE_DARK])
def test_every_kind_of_ground_in_the_islands_tiles_has_a_tone_of_its_own(island: Any, mode: str) -> None:
    page = island(mode)
    tones = palette(page, *GROUNDS)
    assert len(set(tones)) == len(tones)
    painted: set[str] = set()
    for spot, zoom in VIEWS:
        look(page, spot, zoom)
        painted |= {colour for colours in page.evaluate(COLOURS) for colour in colours}
    assert set(tones) - painted == set()


def test_no_tone_of_the_ground_is_green(island: Any) -> None:
    for mode in ("light", "dark"):
        page = island(mode)
        for name in (
            "wood",
            "heath",
            "field",
            "meadow",
            "orchard",
            "orchard-tree",
            "park",
            "square",
            "pier",
            "mission",
        ):
            red, green, _blue = named(*palette(page, name))
            assert green - red <= (3 if mode == "light" else 16), name
