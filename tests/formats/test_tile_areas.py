"""The part of a street map that a device keeps: the same tiles, in their order, of a size that is known before."""

import gzip
import io
import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pmtiles.reader import MemorySource, Reader
from pmtiles.tile import (
    Compression,
    Entry,
    TileType,
    deserialize_directory,
    serialize_directory,
    tileid_to_zxy,
    zxy_to_tileid,
)
from pmtiles.writer import Writer

from geo_offlimits.formats import tile_areas, tilesets
from geo_offlimits.formats.tile_areas import Area, AreaError, Plan, planned
from geo_offlimits.formats.tilesets import TilesetError, TilesetKind

STREETS = Path(__file__).parents[2] / "layers" / "demo" / "streets.pmtiles"
TOWN = Area(west=-15.93, south=-31.67, east=-15.88, north=-31.64)
PNG = b"\x89PNG\r\n\x1a\n"


def written(plan: Plan) -> bytes:
    content = b"".join(plan.pieces())
    assert len(content) == plan.size
    return content


def reader(content: bytes) -> Any:
    return Reader(MemorySource(content))  # type: ignore[no-untyped-call]  # pmtiles has no types


def entries(content: bytes) -> list[Entry]:
    header = reader(content).header()
    start = header["root_offset"]
    return deserialize_directory(content[start : start + header["root_length"]])


def test_every_tile_of_the_area_is_the_archives_own_and_no_other_is_there() -> None:
    whole, part = reader(STREETS.read_bytes()), reader(written(planned(STREETS, TOWN)))
    zooms = range(whole.header()["min_zoom"], whole.header()["max_zoom"] + 1)
    inside = list(TOWN.tiles(zooms))
    assert len(inside) > 30
    assert [part.get(*tile) for tile in inside] == [whole.get(*tile) for tile in inside]
    held = {
        tileid_to_zxy(one.tile_id + i)
        for one in entries(written(planned(STREETS, TOWN)))
        for i in range(one.run_length)
    }
    assert held <= set(inside)
    assert part.metadata()["vector_layers"] == whole.metadata()["vector_layers"]


def test_what_is_written_is_clustered_and_small(tmp_path: Path) -> None:
    content = written(planned(STREETS, TOWN))
    header = reader(content).header()
    assert header["clustered"] is True
    assert len(content) < STREETS.stat().st_size
    found = entries(content)
    assert [one.tile_id for one in found] == sorted(one.tile_id for one in found)
    ends = 0
    for one in found:  # each content once, in the order of the tiles
        assert one.offset <= ends
        ends = max(ends, one.offset + one.length)
    assert ends == header["tile_data_length"]
    kept = tmp_path / "part.pmtiles"
    kept.write_bytes(content)
    assert tilesets.inspect(kept).kind is TilesetKind.PMTILES


def test_the_same_area_is_the_same_bytes_and_another_is_not() -> None:
    one, again = planned(STREETS, TOWN), planned(STREETS, TOWN)
    assert (one.sha256, written(one)) == (again.sha256, written(again))
    assert planned(STREETS, Area(west=-15.93, south=-31.67, east=-15.85, north=-31.64)).sha256 != one.sha256


def test_fewer_zooms_are_fewer_bytes() -> None:
    shallow = Area(west=-15.93, south=-31.67, east=-15.88, north=-31.64, max_zoom=13)
    part = reader(written(planned(STREETS, shallow)))
    assert part.header()["max_zoom"] == 13
    assert planned(STREETS, shallow).size < planned(STREETS, TOWN).size


def test_an_archive_with_leaves_gives_the_same_tiles(tmp_path: Path) -> None:
    """Large archives have directories below the root: each is read only where the area lies."""
    path, by = tmp_path / "large.pmtiles", random.Random(3)
    tiles = {zxy_to_tileid(10, x, y): (x, y) for x in range(400, 560) for y in range(400, 560)}
    with path.open("wb") as file:
        writer = Writer(file)  # type: ignore[no-untyped-call]  # see above
        for tile_id in sorted(tiles):
            content = repr(tiles[tile_id]).encode() + b" " + by.randbytes(by.randrange(400)).hex().encode()
            writer.write_tile(tile_id, gzip.compress(content, mtime=0))  # type: ignore[no-untyped-call]  # see above
        writer.finalize({"tile_type": TileType.MVT, "tile_compression": Compression.GZIP}, {})  # type: ignore[no-untyped-call]  # see above
    assert reader(path.read_bytes()).header()["leaf_directory_length"] > 0, "or this shows nothing"
    part = reader(written(planned(path, Area(west=-1, south=-1, east=1, north=1))))
    assert gzip.decompress(part.get(10, 511, 511)).startswith(b"(511, 511) ")
    assert part.get(10, 450, 450) is None


def test_an_area_over_the_antimeridian_has_both_its_sides() -> None:
    over = Area(west=179, south=-1, east=-179, north=1)
    assert {column for _, column, _ in over.tiles(range(4, 5))} == {0, 15}
    assert over.count(range(4, 5)) == len(list(over.tiles(range(4, 5))))


# ---- MBTiles ---------------------------------------------------------------------------------------------------------


def mbtiles(path: Path, form: str, content: bytes) -> Path:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
        database.execute("CREATE TABLE tiles (zoom_level INT, tile_column INT, tile_row INT, tile_data BLOB)")
        database.executemany("INSERT INTO metadata VALUES (?, ?)", {"format": form, "attribution": "Nobody"}.items())
        rows = [(4, x, 2**4 - 1 - y, content + bytes([x, y])) for x in range(16) for y in range(16)]
        database.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)
    return path


@pytest.mark.parametrize(
    ("form", "start", "kind", "compression"),
    [("png", PNG, TileType.PNG, Compression.NONE), ("pbf", b"\x1f\x8b", TileType.MVT, Compression.GZIP)],
)
def test_an_mbtiles_file_becomes_an_archive_with_rows_from_the_north(
    tmp_path: Path, form: str, start: bytes, kind: TileType, compression: Compression
) -> None:
    plan = planned(mbtiles(tmp_path / f"{form}.mbtiles", form, start), Area(west=1, south=1, east=40, north=40))
    part = reader(written(plan))
    header = part.header()
    assert (header["tile_type"], header["tile_compression"]) == (kind, compression)
    assert part.get(4, 8, 7) == start + bytes([8, 7])
    assert part.get(4, 3, 3) is None
    assert part.metadata() == {"attribution": "Nobody"}


# ---- refusals --------------------------------------------------------------------------------------------------------


def test_too_much_is_refused_with_its_size_and_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tile_areas, "MOST_TILES", 20)
    with pytest.raises(AreaError, match=r"has \d+ tiles of streets, and 20 are given at once; zoom in"):
        planned(STREETS, TOWN)
    monkeypatch.setattr(tile_areas, "MOST_TILES", 60_000)
    monkeypatch.setattr(tile_areas, "MOST_BYTES", 1_000)
    with pytest.raises(AreaError, match="MB are given at once"):
        planned(STREETS, TOWN)


def test_the_whole_world_is_counted_and_not_walked_through() -> None:
    with pytest.raises(AreaError, match="tiles of streets"):
        planned(STREETS, Area(west=-180, south=-90, east=180, north=90))


def test_where_there_are_no_streets_nothing_is_made() -> None:
    with pytest.raises(AreaError, match="no streets in this area; move the map"):
        planned(STREETS, Area(west=100, south=1, east=100.1, north=1.1))


@pytest.mark.parametrize("spoil", ["noise", "beyond"])
def test_a_spoilt_directory_is_said(tmp_path: Path, spoil: str) -> None:
    content = bytearray(STREETS.read_bytes())
    header = reader(bytes(content)).header()
    start, length = header["root_offset"], header["root_length"]
    if spoil == "noise":
        content[start : start + length] = bytes(length)
    else:
        packed = serialize_directory([Entry(0, header["tile_data_length"], 5_000, 1 << 40)])
        content[start : start + len(packed)] = packed
        content[16:24] = len(packed).to_bytes(8, "little")
    path = tmp_path / "spoilt.pmtiles"
    path.write_bytes(io.BytesIO(content).getvalue())
    with pytest.raises(TilesetError, match="cannot be read"):
        planned(path, TOWN)
