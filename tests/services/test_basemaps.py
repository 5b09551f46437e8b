"""Street detail and welfare places: what an operator adds, and what is refused before it does harm."""

import gzip
import importlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from shapely import Point

from geo_offlimits.domain.mission import Facility
from geo_offlimits.domain.people import NotPermittedError
from geo_offlimits.errors import AbsentError, InputError, RefusedError
from geo_offlimits.formats import tilesets
from geo_offlimits.formats.tilesets import TilesetError, TilesetKind, inspect, plain_text
from geo_offlimits.services import basemaps, facilities
from tests.services.conftest import MISSION, OTHER, World


@pytest.fixture
def backend() -> str:
    """These are about files and answers made of an edition; what the store does is shown elsewhere."""
    return "sqlite"


# Published without types.
Writer: Any = importlib.import_module("pmtiles.writer").Writer
TILE = gzip.compress(b"\x1a\x00", mtime=0)  # else its test would have another name each second
PNG = b"\x89PNG\r\n\x1a\n"
CREDIT = '<a href="https://example.test/"> &copy; Invented   Maps</a><script>alert(1)</script>'


def pmtiles(path: Path, tile_type: TileType = TileType.MVT) -> Path:
    with path.open("wb") as file:
        writer = Writer(file)
        writer.write_tile(zxy_to_tileid(12, 1700, 1900), TILE)
        writer.write_tile(zxy_to_tileid(14, 6800, 7600), TILE)
        header = {
            "tile_type": tile_type,
            "tile_compression": Compression.GZIP,
            "min_lon_e7": -305000000,
            "min_lat_e7": 95000000,
            "max_lon_e7": -295000000,
            "max_lat_e7": 105000000,
            "center_zoom": 12,
            "center_lon_e7": -300000000,
            "center_lat_e7": 100000000,
        }
        writer.finalize(header, {"attribution": CREDIT})
    return path


def mbtiles(path: Path, form: str = "png", tile: bytes | None = PNG, *, rows: int = 1, zoom: int = 13) -> Path:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
        connection.execute("CREATE TABLE tiles (zoom_level INT, tile_column INT, tile_row INT, tile_data BLOB)")
        connection.execute("INSERT INTO metadata VALUES ('format', ?), ('attribution', ?)", (form, CREDIT))
        connection.executemany("INSERT INTO tiles VALUES (?, ?, 1, ?)", [(zoom, n, tile) for n in range(rows)])
    return path


def added(world: World, path: Path, by: str = "100") -> basemaps.Basemap:
    meant = addition(world, path, by)
    with basemaps.copied(meant) as copy, world.acting(by) as act:
        return basemaps.add(act, meant, copy)


def addition(world: World, path: Path, by: str = "100") -> basemaps.Addition:
    with world.reading(by) as act:
        return basemaps.addition(act, world.wiring.settings.data_dir, MISSION, path)


def kept(world: World) -> list[str]:
    """Names of all files in the mission's folder."""
    folder = world.wiring.settings.data_dir / "basemaps" / MISSION
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def shown(world: World, by: str = "108", mission: str = MISSION) -> tuple[basemaps.Basemap, ...]:
    with world.reading(by) as act:
        return basemaps.all_of(act, world.wiring.settings.data_dir, mission)


def test_a_pmtiles_archive_is_kept_beside_its_mission(world: World, tmp_path: Path) -> None:
    made = added(world, pmtiles(tmp_path / "Port Pela 2026.pmtiles"))
    assert (made.name, made.kind, made.min_zoom, made.max_zoom) == ("port-pela-2026", TilesetKind.PMTILES, 12, 14)
    assert made.credit == "© Invented Mapsalert(1)"
    assert shown(world) == (made,)
    assert made.path.read_bytes() == (tmp_path / "Port Pela 2026.pmtiles").read_bytes()
    assert made.path.parent == (world.wiring.settings.data_dir / "basemaps" / MISSION).resolve()
    assert made.as_json()["kind"] == "pmtiles"
    assert world.leaves()[-1] | {"tag": "basemap:added", "subject": "port-pela-2026"} == world.leaves()[-1]


@pytest.mark.parametrize(
    ("form", "tile", "kind"),
    [
        ("png", PNG, TilesetKind.RASTER),
        ("jpg", b"\xff\xd8\xff\xe0", TilesetKind.RASTER),
        ("webp", b"RIFF0000WEBP", TilesetKind.RASTER),
        ("pbf", TILE, TilesetKind.VECTOR),
    ],
)
def test_an_mbtiles_file_says_what_its_tiles_are(tmp_path: Path, form: str, tile: bytes, kind: TilesetKind) -> None:
    found = inspect(mbtiles(tmp_path / "a.mbtiles", form, tile))
    assert (found.kind, found.min_zoom, found.max_zoom) == (kind, 13, 13)


def test_a_basemap_is_removed_by_name(world: World, tmp_path: Path) -> None:
    made = added(world, mbtiles(tmp_path / "north.mbtiles"))
    with world.acting("100") as act:
        basemaps.remove(act, world.wiring.settings.data_dir, MISSION, "north")
    assert not made.path.exists()
    assert shown(world) == ()
    assert world.tags()[-1] == "basemap:removed"
    with pytest.raises(AbsentError, match="basemap list"), world.acting("100") as act:
        basemaps.remove(act, world.wiring.settings.data_dir, MISSION, "../../store.db")


def test_a_name_is_used_once(world: World, tmp_path: Path) -> None:
    added(world, mbtiles(tmp_path / "north.mbtiles"))
    with pytest.raises(RefusedError, match="remove it first"):
        added(world, pmtiles(tmp_path / "North.pmtiles"))


def add_and_fail(world: World, meant: basemaps.Addition) -> None:
    with basemaps.copied(meant) as copy, world.acting("100") as act:
        basemaps.add(act, meant, copy)
        assert kept(world) == ["north.pmtiles"]
        raise RuntimeError


def test_a_copy_whose_transaction_fails_does_not_stay(world: World, tmp_path: Path) -> None:
    meant = addition(world, pmtiles(tmp_path / "north.pmtiles"))
    before = world.tags()
    with pytest.raises(RuntimeError):
        add_and_fail(world, meant)
    assert kept(world) == []
    assert world.tags() == before
    assert added(world, tmp_path / "north.pmtiles").name == "north"


def test_of_two_who_copy_one_name_at_once_the_first_stays(world: World, tmp_path: Path) -> None:
    first, second = mbtiles(tmp_path / "north.mbtiles"), mbtiles(tmp_path / "North.mbtiles", "jpg", b"\xff\xd8\xff\xe0")
    late = addition(world, second)
    with basemaps.copied(late) as copy:
        made = added(world, first)
        with pytest.raises(RefusedError, match="remove it first"), world.acting("100") as act:
            basemaps.add(act, late, copy)
    assert kept(world) == ["north.mbtiles"]
    assert made.path.read_bytes() == first.read_bytes()


@pytest.mark.parametrize("name", ["streets.pmtiles", "Ж.pmtiles", "---.pmtiles", f"{'n' * 60}.pmtiles"])
def test_a_name_that_cannot_be_served_is_refused(world: World, tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="rename"):
        added(world, pmtiles(tmp_path / name))


@pytest.mark.parametrize("number", ["101", "105", "108", "201"])
def test_only_an_administrator_adds_and_removes(world: World, tmp_path: Path, number: str) -> None:
    path = pmtiles(tmp_path / "north.pmtiles")
    with pytest.raises(NotPermittedError):
        added(world, path, by=number)
    added(world, path)
    with pytest.raises(NotPermittedError), world.acting(number) as act:
        basemaps.remove(act, world.wiring.settings.data_dir, MISSION, "north")
    assert len(shown(world)) == 1
    with pytest.raises(NotPermittedError):
        shown(world, by="108", mission=OTHER)


def test_a_file_spoilt_later_is_not_shown(world: World, tmp_path: Path) -> None:
    made = added(world, pmtiles(tmp_path / "north.pmtiles"))
    made.path.write_bytes(b"PMTiles but no more")
    assert shown(world) == ()


def bad_header(path: Path) -> Path:
    path.write_bytes(b"PMTiles\x03" + b"\xff" * 119)
    return path


def cut(path: Path) -> Path:
    whole = pmtiles(path).read_bytes()
    path.write_bytes(whole[:-10])
    return path


def too_deep(path: Path) -> Path:
    whole = bytearray(pmtiles(path).read_bytes())
    whole[101] = 40  # the header's byte for the deepest zoom
    path.write_bytes(bytes(whole))
    return path


def plain(content: bytes) -> Any:
    def write(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return write


def endless(path: Path) -> Path:
    """Views may compute; this one would for ever."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
        connection.execute(
            "CREATE VIEW tiles AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
            "SELECT x AS zoom_level, x AS tile_column, x AS tile_row, x AS tile_data FROM n"
        )
    return path


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("a.pmtiles", plain(b"")),
        ("a.pmtiles", plain(b"PMTiles\x02" + b"\x00" * 200)),
        ("a.pmtiles", plain(b"<html>" * 50)),
        ("a.pmtiles", bad_header),
        ("a.pmtiles", cut),
        ("a.pmtiles", lambda path: pmtiles(path, TileType.PNG)),
        ("a.pmtiles", too_deep),
        ("a.mbtiles", plain(b"no database")),
        ("a.mbtiles", plain(b"SQLite format 3\x00" + b"\x00" * 200)),
        ("a.mbtiles", lambda path: mbtiles(path, tile=b"<script>")),
        ("a.mbtiles", lambda path: mbtiles(path, form="pbf")),
        ("a.mbtiles", lambda path: mbtiles(path, tile=None)),
        ("a.mbtiles", lambda path: mbtiles(path, rows=0)),
        ("a.mbtiles", lambda path: mbtiles(path, zoom=77)),
        ("a.mbtiles", endless),
        ("a.zip", plain(b"PK")),
        ("missing.pmtiles", lambda path: path),
    ],
)
def test_what_a_map_could_not_show_is_refused_with_a_sentence(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, make: Any
) -> None:
    monkeypatch.setattr(tilesets, "_MAX_CALLS", 5)
    before = world.tags()
    with pytest.raises(TilesetError, match=name):
        added(world, make(tmp_path / name))
    assert shown(world) == ()
    assert world.tags() == before


def test_a_credit_is_plain_text_whatever_it_was() -> None:
    assert plain_text("<b>&copy; A</b> &amp; B\n\x00\u202e") == "© A & B"
    assert len(plain_text("x" * 10_000)) == 300


def facility(facility_id: str = "F-1", **facts: Any) -> Facility:
    given: dict[str, Any] = {"name": "Canteen", "kind": "club", "geometry": Point(-30, 10)} | facts
    return Facility(facility_id=facility_id, **given)


def test_a_facility_is_added_shown_and_retired(world: World) -> None:
    with world.acting("101") as act:
        facilities.add(act, MISSION, facility())
    with world.reading("108") as act:
        assert [one.name for one in facilities.all_of(act, MISSION)] == ["Canteen"]
    with world.acting("102") as act:
        facilities.retire(act, MISSION, "F-1")
    with world.reading("108") as act:
        assert facilities.all_of(act, MISSION) == ()
    assert world.tags()[-2:] == ["facility:added", "facility:retired"]
    with pytest.raises(AbsentError, match="facility list"), world.acting("101") as act:
        facilities.retire(act, MISSION, "F-1")


def test_a_facility_that_cannot_be_is_refused(world: World) -> None:
    for wrong in (facility(name=" "), facility(kind=""), facility(geometry=Point(0, 95))):
        with pytest.raises(InputError), world.acting("101") as act:
            facilities.add(act, MISSION, wrong)


@pytest.mark.parametrize("number", ["103", "105", "108", "100", "201"])
def test_only_heads_manage_facilities(world: World, number: str) -> None:
    with pytest.raises(NotPermittedError), world.acting(number) as act:
        facilities.add(act, MISSION, facility())
    with pytest.raises(NotPermittedError), world.acting(number) as act:
        facilities.retire(act, MISSION, "F-1")
