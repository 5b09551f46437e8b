"""Static files and the ground of the map."""

import gzip
import re
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import brotli
import pytest
from flask import Flask

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.instants import Period
from geo_offlimits.frame import lookup_map
from geo_offlimits.services import missions
from geo_offlimits.settings import Settings
from tests import proving
from tests.web.isle import Browser, Clock, signed_in, territory
from web import assets
from web.assets import files, static

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


def test_every_static_file_is_served_for_a_year_under_its_hash(app: Flask) -> None:
    browser = Browser(app)
    assert {"app.css", "vendor/leaflet.js", "frame/frame.js"} <= set(files())
    for path in files():
        answer = browser.get(static(path))
        assert answer.status_code == 200
        assert answer.data == files()[path].content
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_without_its_hash_a_file_is_asked_for_again(app: Flask) -> None:
    browser = Browser(app)
    answer = browser.get("/static/app.css")
    assert answer.headers["Cache-Control"] == "public, no-cache"
    again = browser.get("/static/app.css", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert browser.get("/static/app.css?v=000000000000").headers["Cache-Control"] == "public, no-cache"


def test_text_travels_compressed_once(app: Flask) -> None:
    answer = Browser(app).get(static("vendor/leaflet.js"), headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(answer.data) == files()["vendor/leaflet.js"].content


@pytest.mark.parametrize("path", ["../session.py", "..%2fsession.py", "/etc/passwd", "vendor/../../figure.py", ".", ""])
def test_nothing_else_of_the_disk_is_reachable(app: Flask, path: str) -> None:
    assert Browser(app).get(f"/static/{path}").status_code in (404, 308)


def test_scripts_and_styles_have_their_type_on_every_machine(app: Flask) -> None:
    browser = Browser(app)
    assert browser.get("/static/app.css").content_type == "text/css; charset=utf-8"
    assert browser.get("/static/vendor/leaflet.js").content_type == "text/javascript; charset=utf-8"
    assert browser.get("/static/icons.svg").mimetype == "image/svg+xml"


# ---- the ground ------------------------------------------------------------------------------------------------------


@pytest.fixture
def streets(settings: Settings) -> bytes:
    """A PMTiles archive and an MBTiles file beside the mission, as `basemap add` leaves them."""
    folder = settings.data_dir / "basemaps" / "ISLE"
    folder.mkdir(parents=True)
    archive = Path(__file__).parents[2] / "layers" / "demo" / "streets.pmtiles"
    (folder / "town.pmtiles").write_bytes(archive.read_bytes())
    with sqlite3.connect(folder / "raster.mbtiles") as database:
        database.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
        database.execute("CREATE TABLE tiles (zoom_level INT, tile_column INT, tile_row INT, tile_data BLOB)")
        facts = {"name": "raster", "format": "png", "minzoom": "0", "maxzoom": "1"}
        database.executemany("INSERT INTO metadata VALUES (?, ?)", facts.items())
        for row in (0, 1):
            database.execute("INSERT INTO tiles VALUES (1, 0, ?, ?)", (row, PNG + bytes([row])))
    return archive.read_bytes()


def test_an_archive_answers_the_ranges_asked_for(app: Flask, streets: bytes) -> None:
    staff = signed_in(app, "staff")
    answer = staff.get("/basemaps/ISLE/town.pmtiles", headers={"Range": "bytes=0-126"})
    assert answer.status_code == 206
    assert answer.data == streets[:127]
    assert answer.headers["Content-Range"] == f"bytes 0-126/{len(streets)}"
    assert staff.get("/basemaps/ISLE/town.pmtiles").data == streets
    beyond = staff.get("/basemaps/ISLE/town.pmtiles", headers={"Range": f"bytes={len(streets)}-"})
    assert beyond.status_code == 416


def test_an_archive_answers_the_end_alone_and_pieces_only_of_the_file_that_was_begun(
    app: Flask, streets: bytes
) -> None:
    staff = signed_in(app, "staff")
    end = staff.get("/basemaps/ISLE/town.pmtiles", headers={"Range": "bytes=-100"})
    assert (end.status_code, end.data) == (206, streets[-100:])
    begun = {"Range": "bytes=127-1126", "If-Range": end.headers["ETag"]}
    assert staff.get("/basemaps/ISLE/town.pmtiles", headers=begun).data == streets[127:1127]
    other = staff.get("/basemaps/ISLE/town.pmtiles", headers=begun | {"If-Range": '"another"'})
    assert (other.status_code, other.data) == (200, streets)


AREA = "/basemaps/ISLE/town/area.pmtiles"
TOWN = "bbox=-15.93,-31.67,-15.88,-31.64"


@pytest.mark.usefixtures("streets")
def test_an_area_is_told_by_its_size_before_it_is_fetched(app: Flask) -> None:
    staff = signed_in(app, "staff")
    told = staff.client.head(f"{AREA}?{TOWN}", base_url=staff.base_url)
    answer = staff.get(f"{AREA}?{TOWN}")
    assert (told.status_code, told.data) == (200, b"")
    assert int(told.headers["Content-Length"]) == len(answer.data) == int(answer.headers["Content-Length"])
    assert told.headers["ETag"] == answer.headers["ETag"]
    assert answer.data.startswith(b"PMTiles\x03")
    assert answer.mimetype == "application/vnd.pmtiles"
    assert len(staff.get(f"{AREA}?{TOWN}&max_zoom=13").data) < len(answer.data)


@pytest.mark.usefixtures("streets")
@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("", 400, "is no area (give west, south, east and north in degrees)"),
        ("bbox=1,2,3", 400, "is no area"),
        ("bbox=1,nan,3,4", 400, "is no area"),
        ("bbox=-15.9,-31.6,-15.8,-31.7", 400, "is no area"),
        ("bbox=-15.93,-31.67,-15.88,91", 400, "is no area"),
        (f"{TOWN}&max_zoom=99", 400, "is no zoom (zooms go from 0 to 22)"),
        (f"{TOWN}&max_zoom=x", 400, "is no zoom"),
        ("bbox=-180,-90,180,90", 422, "tiles of streets, and 60000 are given at once; zoom in"),
        ("bbox=100,1,100.1,1.1", 422, "There are no streets in this area"),
    ],
)
def test_an_area_that_is_not_given_says_why_and_what_to_do(app: Flask, query: str, status: int, said: str) -> None:
    answer = signed_in(app, "staff").get(f"{AREA}?{query}", headers={"Accept": "application/json"})
    assert answer.status_code == status
    assert said in answer.get_json()["detail"]


@pytest.mark.usefixtures("streets")
def test_an_area_of_raster_tiles_is_an_archive_too(app: Flask) -> None:
    answer = signed_in(app, "staff").get("/basemaps/ISLE/raster/area.pmtiles?bbox=-170,-80,-10,80")
    assert answer.data.startswith(b"PMTiles\x03")
    assert answer.data.endswith(PNG + b"\x01" + PNG + b"\x00") or answer.data.endswith(PNG + b"\x00" + PNG + b"\x01")


@pytest.mark.parametrize(("accepts", "coding"), [("br, gzip", "br"), ("gzip", "gzip"), ("identity", None)])
def test_the_list_and_files_travel_in_the_tightest_coding_that_is_read(
    app: Flask, accepts: str, coding: str | None
) -> None:
    staff = signed_in(app, "staff")
    unpacked = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[coding]
    for path in ("/api/v1/missions/ISLE/editions/current", "/missions/ISLE/basemap.json", "/static/app.css"):
        plain = staff.get(path, headers={"Accept-Encoding": "identity"}).data
        answer = staff.get(path, headers={"Accept-Encoding": accepts})
        assert answer.headers.get("Content-Encoding") == coding, path
        assert unpacked(answer.data) == plain, path
        assert "Accept-Encoding" in answer.headers["Vary"], path


@pytest.mark.usefixtures("streets")
def test_a_tile_of_mbtiles_counts_its_rows_from_the_north(app: Flask) -> None:
    staff = signed_in(app, "staff")
    north, south = (staff.get(f"/basemaps/ISLE/raster/1/0/{row}") for row in (0, 1))
    assert (north.data, south.data) == (PNG + b"\x01", PNG + b"\x00")
    assert north.mimetype == "image/png"


@pytest.mark.usefixtures("streets")
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("raster/1/1/0", 204),
        ("raster/1/2/0", 404),
        ("raster/99/0/0", 404),
        ("nowhere/1/0/0", 404),
        ("..%2f..%2fstore/1/0/0", 404),
        ("nowhere.pmtiles", 404),
    ],
)
def test_a_tile_that_is_not_there(app: Flask, path: str, status: int) -> None:
    assert signed_in(app, "staff").get(f"/basemaps/ISLE/{path}").status_code == status


@pytest.mark.usefixtures("streets")
def test_the_map_of_the_mission_reads_its_streets_from_here(app: Flask) -> None:
    script = signed_in(app, "staff").get("/map.js").text
    assert "basemaps" in script
    assert "raster" in script or "town" in script


def test_the_ground_is_the_territory_and_its_neighbours(app: Flask) -> None:
    staff = signed_in(app, "staff")
    answer = staff.get("/missions/ISLE/basemap.json")
    assert answer.mimetype == "application/geo+json"
    assert answer.get_json(force=True)["type"] == "FeatureCollection"
    packed = staff.get("/missions/ISLE/basemap.json", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == answer.data
    again = staff.get("/missions/ISLE/basemap.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_a_mission_between_two_territories_has_its_page_and_no_ground(app: Flask, clock: Clock, wiring: Wiring) -> None:
    with wiring.reading() as act:
        root = proving.actor(act, "p-root")
    with wiring.writing(root) as act:
        ended = replace(territory(-30.5), valid=Period(end=clock.now - timedelta(hours=1)))
        missions.set_territory(act, "ISLE", ended)
    staff = signed_in(app, "staff")
    assert staff.get("/").status_code == 200
    assert staff.get("/missions/ISLE/basemap.json").status_code == 404


def test_the_map_s_script_is_kept_under_its_hash_and_is_the_same_each_time(app: Flask) -> None:
    staff = signed_in(app, "staff")
    page = staff.get("/").text
    address = page.split('src="/map.js')[1].split('"')[0].replace("&amp;", "&")
    answer = staff.get(f"/map.js{address}")
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer.data == staff.get("/map.js").data
    assert "Blue Lantern" not in answer.text


def test_only_who_may_propose_can_draw(app: Flask) -> None:
    assert "prepareDrawing" not in signed_in(app, "staff").get("/map.js").text
    assert "prepareDrawing" in signed_in(app, "officer").get("/map.js").text


def test_the_look_up_page_loads_the_map_s_scripts_as_one_file_in_their_order(app: Flask) -> None:
    head = signed_in(app, "head")
    loaded = re.findall(r'<script defer src="/static/([^"?]+)', head.get("/").text)
    assert loaded.count(assets.LOOK_UP) == 1
    assert set(loaded) & set(assets.LOOK_UP_SCRIPTS) == set()
    of_map = [one.address for one in lookup_map(edition_url="/e", basemap_url="/b").assets if one.is_script]
    ours = [address for address in of_map if address.startswith("frame/")]
    assert [address for address in assets.LOOK_UP_SCRIPTS if address in ours] == ours
    whole = head.get(f"/static/{assets.LOOK_UP}").text
    places = [whole.index(head.get(f"/static/{address}").text) for address in assets.LOOK_UP_SCRIPTS]
    assert places == sorted(places)
