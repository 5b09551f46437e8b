"""Street detail that an operator adds, drawn in a real browser: raster and vector MBTiles, and the same as PMTiles."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Response
from pmtiles.reader import MemorySource, Reader

from geo_offlimits.services import basemaps
from tests import proving
from tests.browser.conftest import LISTINGS, Site, served
from tests.pixels import colour_at, named, png

pytestmark = pytest.mark.browser
STREETS = Path(__file__).parents[2] / "layers" / "demo" / "streets.pmtiles"
TOWN = (-31.6571, -15.9045)
SCREEN = {"width": 1000, "height": 700}
INK = (120, 60, 200)  # a colour that no theme has
SETTLED = """() => {
    const tiles = [...document.querySelectorAll('.leaflet-tile-pane .leaflet-tile')];
    const come = tiles.filter((tile) => tile.matches('.leaflet-tile-loaded'));
    return come.length > 0 && tiles.every((tile) => come.includes(tile) || tile.complete);
}"""
# Read from a copy: a canvas of the map that is read again and again makes the browser complain.
PAINTED = """(wanted) => [...document.querySelectorAll('canvas.leaflet-tile')].some((tile) => {
    const {width, height} = tile;
    if (!width || !height) return false;
    const copy = Object.assign(document.createElement('canvas'), {width, height});
    const pen = copy.getContext('2d', {willReadFrequently: true});
    pen.drawImage(tile, 0, 0);
    const {data} = pen.getImageData(0, 0, width, height);
    for (let i = 0; i < data.length; i += 4) {
        if (wanted.every((value, channel) => data[i + channel] === value)) return true;
    }
    return false;
})"""
WITHIN_S, LOOKS_A_SECOND = 20, 10

Tiles = dict[tuple[int, int, int], bytes]


def mbtiles(path: Path, form: str, tiles: Tiles) -> Path:
    """A file as operators get it: rows counted from the south."""
    rows = [(z, x, 2**z - 1 - y, content) for (z, x, y), content in tiles.items()]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
        connection.execute("CREATE TABLE tiles (zoom_level INT, tile_column INT, tile_row INT, tile_data BLOB)")
        connection.execute("INSERT INTO metadata VALUES ('format', ?), ('attribution', 'Surveyed by nobody')", (form,))
        connection.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)
    return path


def around_the_town(zooms: range) -> list[tuple[int, int, int]]:
    """The tiles of the demonstration's archive around its capital: 5 by 5 at zoom 15, and what holds those."""
    z, x, y = 15, 14936, 19424  # the capital's middle at zoom 15
    near = [(z, x + dx, y + dy) for dx in range(-2, 3) for dy in range(-2, 3)]
    return sorted({(zoom, column >> (z - zoom), row >> (z - zoom)) for zoom in zooms for _, column, row in near})


def raster(folder: Path) -> Path:
    return mbtiles(folder / "photo.mbtiles", "png", dict.fromkeys(around_the_town(range(12, 16)), png(INK)))


def vector(folder: Path) -> Path:
    read: Any = Reader(MemorySource(STREETS.read_bytes())).get  # type: ignore[no-untyped-call]  # pmtiles has no types
    return mbtiles(folder / "plan.mbtiles", "pbf", {tile: read(*tile) for tile in around_the_town(range(11, 16))})


@pytest.fixture(scope="module")
def isle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of its own: what is added here changes nobody else's map."""
    yield from served(tmp_path_factory.mktemp("streets"), LISTINGS[:2])


@pytest.fixture
def opened(reader: Any, isle: Site, tmp_path: Path) -> Iterator[Callable[..., tuple[Page, list[Response]]]]:
    """Adds the file that `make` writes as the administrator, and opens the map over the town."""
    data_dir = isle.wiring.settings.data_dir
    with isle.wiring.reading() as act:
        admin = proving.actor(act, "p-admin")
    reader.site = isle
    answers: list[Response] = []

    def shown(make: Callable[[Path], Path], zoom: int, **options: Any) -> tuple[Page, list[Response]]:
        with isle.wiring.writing(admin) as act:
            meant = basemaps.addition(act, data_dir, "ISLE", make(tmp_path))
            with basemaps.copied(meant) as copy:
                basemaps.add(act, meant, copy)
        page = reader.page(viewport=SCREEN, **options)
        page.on("response", lambda answer: answers.append(answer) if "/basemaps/" in answer.url else None)
        page.goto("/")
        reader.ready(page)
        look(page, zoom)
        return page, answers

    yield shown
    with isle.wiring.reading(admin) as act:
        names = [one.name for one in basemaps.all_of(act, data_dir, "ISLE")]
    for name in names:
        with isle.wiring.writing(admin) as act:
            basemaps.remove(act, data_dir, "ISLE", name)


def look(page: Page, zoom: int) -> None:
    page.evaluate("([lat, lon, zoom]) => Offlimits.look({lat, lon, zoom})", [*TOWN, zoom])
    page.wait_for_function(SETTLED)


def ink(page: Page, name: str) -> list[int]:
    return list(named(page.evaluate("(name) => Offlimits.colour(name)", name)))


def painted(page: Page, name: str) -> bool:
    """Whether a tile shows this ink of the theme of now, or comes to show it."""
    for _ in range(WITHIN_S * LOOKS_A_SECOND):
        if page.evaluate(PAINTED, ink(page, name)):
            return True
        page.wait_for_timeout(1000 / LOOKS_A_SECOND)
    return False


def middle(page: Page) -> tuple[int, int, int]:
    box = page.locator(".folium-map").bounding_box()
    assert box
    return colour_at(page, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_raster_tiles_are_drawn_and_enlarged_beyond_their_last_zoom(opened: Any) -> None:
    page, answers = opened(raster, 13)
    for zoom in (13, 15, 17):
        look(page, zoom)
        assert middle(page) == INK, f"zoom {zoom}"
    kinds = {answer.headers["content-type"] for answer in answers if answer.status == 200}
    assert kinds == {"image/png"}
    assert page.locator(".leaflet-control-attribution").inner_text().endswith("Surveyed by nobody")


def test_vector_tiles_are_unpacked_once_and_painted(opened: Any) -> None:
    page, answers = opened(vector, 14)
    for zoom, name in ((12, "road-main"), (14, "road"), (16, "building"), (17, "building")):
        look(page, zoom)
        assert painted(page, name), f"zoom {zoom}"
    drawn = [answer for answer in answers if answer.status == 200]
    assert {answer.headers.get("content-encoding") for answer in drawn} == {"gzip"}
    assert {answer.headers["content-type"] for answer in drawn} == {"application/vnd.mapbox-vector-tile"}
    assert all(answer.body()[:2] != b"\x1f\x8b" for answer in drawn), "packed once, not twice"


def test_beyond_the_file_there_is_the_ground_and_no_fault(opened: Any) -> None:
    page, _ = opened(raster, 13)
    with page.expect_response(lambda answer: answer.status == 204 and "/basemaps/" in answer.url):
        page.evaluate("Offlimits.look({lat: -31.0, lon: -16.0, zoom: 14})")
    page.wait_for_timeout(300)  # of what must not appear nothing tells that it has not
    assert middle(page) != INK


def test_vector_tiles_are_painted_in_the_dark(opened: Any) -> None:
    page, _ = opened(vector, 15, color_scheme="dark")
    assert painted(page, "road")
    page.emulate_media(color_scheme="light")
    assert painted(page, "road"), "the other theme repaints"


def test_a_pmtiles_archive_is_read_by_ranges(opened: Any) -> None:
    def copy(folder: Path) -> Path:
        target = folder / "plan.pmtiles"
        target.write_bytes(STREETS.read_bytes())
        return target

    page, answers = opened(copy, 16)
    assert painted(page, "building")
    assert {answer.status for answer in answers} == {206}
