"""An invented island, its list, and a small server with the strict policy that the pages of the product run under."""

import gzip
import json
import math
import threading
from collections.abc import Callable, Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from geo_offlimits.frame import PageParts, Streets, StreetsKind, lookup_map, served_files

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
BOUNDS = ((37.95, -41.9), (38.45, -41.1))
LISTEN = "for (const name of ['ready', 'failed', 'pick', 'clicked', 'drawn', 'located', 'facility']) \
document.addEventListener(`offlimits:${name}`, ({detail}) => (window.heard ??= []).push([name, detail]));"
LAT, LON = 38.2, -41.5  # open ocean: the island is invented


def ring(lat: float, lon: float, size_deg: float, corners: int = 4, turn: float = 0.785) -> list[list[float]]:
    angles = [turn + 2 * math.pi * corner / corners for corner in range(corners)]
    points = [
        [round(lon + size_deg * math.cos(a) / math.cos(math.radians(lat)), 7), round(lat + size_deg * math.sin(a), 7)]
        for a in angles
    ]
    return [*points, points[0]]


def coast(lat: float, lon: float, radius_deg: float) -> list[list[float]]:
    points = []
    for step in range(180):
        a = 2 * math.pi * step / 180
        wobble = 1 + 0.16 * math.sin(3 * a + 1) + 0.07 * math.sin(7 * a) + 0.03 * math.sin(17 * a + 2)
        points.append(
            [round(lon + radius_deg * 1.5 * wobble * math.cos(a), 5), round(lat + radius_deg * wobble * math.sin(a), 5)]
        )
    return [*points, points[0]]


def entry(number: int, name: str, geometry: dict[str, Any] | None, **properties: Any) -> dict[str, Any]:
    known: dict[str, Any] = {
        "name": name, "names": [{"text": name, "lang": "en", "kind": "sign"}], "subject": "premises", "category": "bar",
        "restriction": "off_limits", "applies_to": [], "hours": None, "exceptions": [], "since": "2026-03-01T00:00:00Z",
        "until": None, "part": None, "address": f"{number} Quay Street", "locality": "Port Amber", "sector": "South",
        "mgrs": None, "uncertainty_m": 10, "issuer": "ISLE", "directive": "HoM 7/2026",
    }  # fmt: skip
    return {"type": "Feature", "id": f"ISLE-{number:04d}", "geometry": geometry, "properties": known | properties}


def point(lat: float, lon: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [round(lon, 7), round(lat, 7)]}


def polygon(*rings: list[list[float]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def box(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


TOWNS = {
    "Port Amber": (38.13, -41.58, 142000),
    "Vell": (38.32, -41.31, 36000),
    "Sorrel Bay": (38.22, -41.75, 14000),
    "Hask": (38.08, -41.36, 4200),
    "Ninefold": (38.36, -41.52, 2100),
    "Low Ferry": (38.19, -41.47, 900),
}
WORDS = ["Lantern", "Blue Heron", "Cassava", "Tide", "Old Mill", "Juniper", "Comet", "Saffron", "Pilot", "Marigold"]


def _entries() -> list[dict[str, Any]]:
    made = []
    for number in range(1, 41):
        lat, lon, _ = list(TOWNS.values())[(number * number) % len(TOWNS)]
        spread = 0.004 + 0.0009 * (number % 7)
        at = (lat + spread * math.sin(number * 2.4), lon + spread * 1.3 * math.cos(number * 2.4))
        made.append(entry(number, f"{WORDS[number % 10]} {'Bar' if number % 3 else 'Club'} {number}", point(*at)))
    made[3]["properties"]["part"] = {"floor": "3", "entrance": "rear", "text": "club on the third floor"}
    made[7]["properties"]["restriction"] = "caution"
    made[12]["properties"] |= {"restriction": "caution", "uncertainty_m": 60}
    made[5]["geometry"] = polygon(ring(38.1312, -41.5785, 0.0004))
    street = polygon(
        [[-41.5835, 38.1275], [-41.5790, 38.1270], [-41.5786, 38.1285], [-41.5831, 38.1290], [-41.5835, 38.1275]]
    )
    made.append(entry(41, "Ropewalk Street", street, subject="area", category=None))
    made.append(
        entry(42, "Unlicensed massage parlours", polygon(ring(38.32, -41.31, 0.02, 7)), subject="category_rule")
    )
    made.append(entry(43, "Unlicensed massage parlours in Hask", None, subject="category_rule"))
    made.append(entry(44, "The Ferryman", None, address=None))
    return made


@pytest.fixture
def edition() -> dict[str, Any]:
    """The edition file of the invented island, with all kinds of entries."""
    about = {
        "format": "geo-offlimits/edition/1", "mission": "ISLE", "mission_name": "Mission in the Isle of Amber",
        "number": 4, "previous_sha256": "0" * 64,
        "issued_at": "2026-11-01T08:00:00Z", "expires_at": "2099-12-01T08:00:00Z",
        "statement": {"en": "I have read the list."}, "checkpoint": {"size": 9, "root_sha256": "0" * 64},
        "contacts": [
            {"kind": "conduct", "name": "Conduct team", "phone": "+000 111", "email": None, "hours": "day and night"},
        ],
        "facilities": [
            {"facility_id": "F-1", "name": "Harbour Canteen", "kind": "canteen", "address": None,
             "locality": "Port Amber", "geometry": point(38.1345, -41.5865)},
        ],
        "boundaries": [
            {"kind": "territory", "name": "Isle of Amber", "geometry": polygon(coast(LAT, LON, 0.24))},
            {"kind": "sector", "name": "South", "geometry": polygon(box(-42.0, 37.9, -41.0, 38.2))},
            {"kind": "sector", "name": "North", "geometry": polygon(box(-42.0, 38.2, -41.0, 38.5))},
        ],
    }  # fmt: skip
    return {
        "type": "FeatureCollection",
        "bbox": [-41.9, 37.93, -41.1, 38.46],
        "features": _entries(),
        "offlimits": about,
    }


@pytest.fixture
def basemap() -> dict[str, Any]:
    """Land and places of the invented island, in the form of the shipped basemaps."""

    def land(kind: str, name: str, outline: list[list[float]]) -> dict[str, Any]:
        return {"type": "Feature", "properties": {"kind": kind, "name": name}, "geometry": polygon(outline)}

    def place(name: str, lat: float, lon: float, population: int) -> dict[str, Any]:
        properties = {
            "kind": "place",
            "name": name,
            "population": population,
            "min_zoom": 7 if population > 9000 else 9,
        }
        return {"type": "Feature", "properties": properties, "geometry": point(lat, lon)}

    features = [
        land("mission", "Isle of Amber", coast(LAT, LON, 0.24)),
        land("neighbour", "Outer Cay", coast(38.55, -40.7, 0.12)),
        *(place(name, *facts) for name, facts in TOWNS.items()),
    ]
    return {"type": "FeatureCollection", "credit": "Invented for tests", "features": features}


def _lonlat_of(z: int, x: float, y: float) -> tuple[float, float]:
    n = 2**z
    return x / n * 360 - 180, math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / n))))


def _tile_of(z: int, lat: float, lon: float) -> tuple[int, int]:
    n = 2**z
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return int((lon + 180) / 360 * n), int(y * n)


def _street_tile(z: int, x: int, y: int) -> bytes:
    """A plan of crossing streets with blocks between them, in the layers of the Protomaps basemap."""
    west, north = _lonlat_of(z, x, y)
    east, south = _lonlat_of(z, x + 1, y + 1)
    step = 0.002
    columns = range(math.floor(west / step), math.ceil(east / step) + 1)
    rows = range(math.floor(south / step), math.ceil(north / step) + 1)

    def wkt(form: str, *points: list[float]) -> str:
        shown = [((lon - west) / (east - west) * 4096, (lat - south) / (north - south) * 4096) for lon, lat in points]
        return f"{form}{', '.join(f'{across:.0f} {up:.0f}' for across, up in shown)}{')' * form.count('(')}"

    def road(kind: str, name: str, *points: list[float]) -> dict[str, Any]:
        return {"geometry": wkt("LINESTRING(", *points), "properties": {"kind": kind, "name": name}}

    def building(lon: float, lat: float) -> dict[str, Any]:
        outline = box(lon + 0.0005, lat + 0.0005, lon + 0.0016, lat + 0.0013)
        return {"geometry": wkt("POLYGON((", *outline), "properties": {"kind": "building"}}

    streets = [("major_road" if c % 6 == 0 else "minor_road", f"Mast Street {c % 97}", c * step) for c in columns]
    avenues = [("highway" if r % 11 == 0 else "medium_road", f"Keel Road {r % 89}", r * step) for r in rows]
    roads = [road(kind, name, [lon, south], [lon, north]) for kind, name, lon in streets]
    roads += [road(kind, name, [west, lat], [east, lat]) for kind, name, lat in avenues]
    buildings = [building(column * step, row * step) for column in columns for row in rows]
    quarter = (38.1262, -41.5840)
    inside = south <= quarter[0] < north and west <= quarter[1] < east
    across, up = (quarter[1] - west) / (east - west) * 4096, (quarter[0] - south) / (north - south) * 4096
    named = {"kind": "neighbourhood", "name": "Ropewalk"}
    places = [{"geometry": f"POINT({across:.0f} {up:.0f})", "properties": named}] if inside else []
    layers = [
        {"name": "places", "features": places},
        {"name": "roads", "features": roads},
        {"name": "buildings", "features": buildings},
    ]
    return bytes(mapbox_vector_tile.encode(layers))


@pytest.fixture(scope="session")
def streets_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PMTiles file with the streets around Port Amber, zooms 12 to 14."""
    file = tmp_path_factory.mktemp("streets") / "streets.pmtiles"
    wanted = []
    for z in (12, 13, 14):
        (x0, y0), (x1, y1) = _tile_of(z, 38.145, -41.605), _tile_of(z, 38.115, -41.555)
        wanted += [(zxy_to_tileid(z, x, y), z, x, y) for x in range(x0, x1 + 1) for y in range(y0, y1 + 1)]
    with file.open("wb") as out:
        writer = Writer(out)  # type: ignore[no-untyped-call]  # pmtiles publishes no types
        for tile_id, z, x, y in sorted(wanted):
            tile = gzip.compress(_street_tile(z, x, y))
            writer.write_tile(tile_id, tile)  # type: ignore[no-untyped-call]  # see above
        header = {
            "tile_type": TileType.MVT, "tile_compression": Compression.GZIP, "min_zoom": 12, "max_zoom": 14,
            "min_lon_e7": -416100000, "min_lat_e7": 381100000, "max_lon_e7": -415500000, "max_lat_e7": 381500000,
            "center_zoom": 12, "center_lon_e7": -415800000, "center_lat_e7": 381300000,
        }  # fmt: skip
        writer.finalize(header, {})  # type: ignore[no-untyped-call]  # see above
    return file


class MapSite:
    """Serves one map page, its files, its data and nothing else; remembers what was asked for and sent."""

    def __init__(self) -> None:
        self.files: dict[str, tuple[str, bytes]] = {"/favicon.ico": ("image/x-icon", b"")}
        self.asked: list[tuple[str, int]] = []  # path, bytes over the wire
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.answer(self)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the name is the library's)
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def page(self, parts: PageParts) -> None:
        styles = "".join(f'<link rel="stylesheet" href="{url}">' for url in parts.stylesheets)
        scripts = "".join(f'<script defer src="{url}"></script>' for url in (*parts.scripts, "/map.js"))
        viewport = '<meta name="viewport" content="width=device-width, initial-scale=1">'
        head = f'<meta charset="utf-8">{viewport}<title>Map</title>{styles}{scripts}'
        self.put(
            "/", "text/html", f'<!doctype html><html lang="en"><head>{head}</head><body>{parts.html}</body></html>'
        )
        self.put("/map.js", "text/javascript", parts.script)

    def put(self, path: str, kind: str, body: str | bytes | dict[str, Any]) -> None:
        text = json.dumps(body) if isinstance(body, dict) else body
        self.files[path] = (kind, text.encode() if isinstance(text, str) else text)

    def _found(self, path: str) -> tuple[str, bytes] | None:
        if path in self.files:
            return self.files[path]
        asset = served_files().get(path.removeprefix("/static/"))
        kinds = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png"}
        return (kinds.get(asset.file.suffix, "text/plain"), asset.file.read_bytes()) if asset else None

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        path = handler.path.split("?")[0]
        found = self._found(path)
        kind, body = found or ("text/plain", b"")
        status = HTTPStatus.OK if found else HTTPStatus.NOT_FOUND
        headers = {"Content-Security-Policy": POLICY, "Content-Type": kind}
        if asked := handler.headers.get("Range"):
            first, last = (int(side) for side in asked.removeprefix("bytes=").split("-"))
            headers["Content-Range"] = f"bytes {first}-{min(last, len(body) - 1)}/{len(body)}"
            status, body = HTTPStatus.PARTIAL_CONTENT, body[first : last + 1]
        elif kind.startswith(("text/", "application/json")):
            body = gzip.compress(body)
            headers["Content-Encoding"] = "gzip"
        self.asked.append((path, len(body)))
        handler.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def site() -> Iterator[MapSite]:
    opened = MapSite()
    yield opened
    opened.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens a page at a URL and fails the test on any complaint of the browser: policy, script error, missing file."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(url: str, *, complaints_expected: bool = False, **options: Any) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        if not complaints_expected:
            page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(url)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def shown(site: Any, edition: dict[str, Any], basemap: dict[str, Any], streets_file: Path, open_page: Any) -> Any:
    """Serves the map and opens it; whatever it tells is kept in window.heard."""
    site.put("/edition", "application/json", edition)
    site.put("/basemap", "application/json", basemap)
    site.put("/streets.pmtiles", "application/octet-stream", streets_file.read_bytes())
    streets = Streets(url="/streets.pmtiles", kind=StreetsKind.PMTILES, min_zoom=12, max_zoom=14)

    def opened(*, officer: bool = False, ready: bool = True, **options: Any) -> Page:
        site.page(
            lookup_map(edition_url="/edition", basemap_url="/basemap", streets=streets, officer=officer, bounds=BOUNDS)
        )
        # A reader who asked for no motion: a click then never meets a map on the move.
        page: Page = open_page("about:blank", **({"reduced_motion": "reduce"} | options))
        page.add_init_script(LISTEN)
        page.goto(site.url)
        if ready:
            expect(page.locator(".folium-map")).to_have_attribute("data-ready", "42")
        return page

    return opened
