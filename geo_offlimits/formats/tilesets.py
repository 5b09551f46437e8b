"""Street detail that an operator brings: PMTiles (vector) and MBTiles (vector or raster), looked at before it is used.

Nothing of the file is trusted: lengths are held against its size, texts are cut, SQL of an MBTiles file runs read-only
with a limit on its work.
"""

import json
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pmtiles.tile import Compression, TileType, deserialize_header

from geo_offlimits.errors import InputError, Issue

PMTILES, MBTILES = ".pmtiles", ".mbtiles"
DEEPEST_ZOOM = 22
_HEADER_BYTES = 127
_MAX_METADATA_BYTES = 4_000_000
_MAX_CREDIT = 300
_SQLITE = b"SQLite format 3\x00"
# About five seconds of work; a table of tiles answers from its index in a fraction of it.
_STEPS, _MAX_CALLS = 100_000, 1_000
_STARTS: Mapping[str, tuple[bytes, ...]] = {
    "vector": (b"\x1f\x8b", b"\x1a", b"\x78"),
    "raster": (b"\x89PNG", b"\xff\xd8\xff", b"RIFF"),
}


class TilesetKind(StrEnum):
    """What it is to a map: a PMTiles archive of vector tiles, or vector or raster tiles of an MBTiles file."""

    PMTILES = "pmtiles"
    VECTOR = "vector"
    RASTER = "raster"


class TilesetError(InputError):
    """A file that cannot be a basemap."""

    def __init__(self, path: Path, fact: str, remedy: str) -> None:
        self.path, self.fact, self.remedy = path, fact, remedy
        super().__init__(
            f"{path.name} {fact}; {remedy}.", Issue(field="file", value=path.name, reason=fact, remedy=remedy)
        )


@dataclass(frozen=True, kw_only=True)
class Tileset:
    """What a map needs to know. `credit` is plain text."""

    kind: TilesetKind
    min_zoom: int
    max_zoom: int
    credit: str


def inspect(path: Path) -> Tileset:
    """What the file holds. Raises TilesetError with the remedy for what a map could not show."""
    if not path.is_file():
        raise TilesetError(path, "is not there", "check the path")
    if path.suffix.lower() == PMTILES:
        return _pmtiles(path)
    if path.suffix.lower() == MBTILES:
        return _mbtiles(path)
    raise TilesetError(path, "is of a kind that is not read", f"give a {PMTILES} or {MBTILES} file")


def _pmtiles(path: Path) -> Tileset:
    with path.open("rb") as file:
        start = file.read(_HEADER_BYTES)
        try:
            header: dict[str, Any] = dict(deserialize_header(start))
        except (Exception, SystemExit):  # noqa: BLE001  (the library raises its own kinds, IndexError and ValueError)
            raise TilesetError(path, "is no PMTiles archive of version 3", "make it with `pmtiles convert`") from None
        _refuse_cut(path, header)
        if header["tile_type"] is not TileType.MVT:
            kind = header["tile_type"].name
            raise TilesetError(path, f"holds {kind} tiles", "give vector tiles (MVT), or raster tiles as MBTiles")
        file.seek(header["metadata_offset"])
        metadata = _metadata(file.read(header["metadata_length"]), header["internal_compression"])
    return _checked(
        path,
        TilesetKind.PMTILES,
        (header["min_zoom"], header["max_zoom"]),
        str(metadata.get("attribution") or ""),
    )


def _refuse_cut(path: Path, header: Mapping[str, Any]) -> None:
    size = path.stat().st_size
    for part in ("root", "metadata", "leaf_directory", "tile_data"):
        if header[f"{part}_offset"] + header[f"{part}_length"] > size:
            raise TilesetError(path, "is cut short", "copy it again")
    if header["metadata_length"] > _MAX_METADATA_BYTES or not header["tile_data_length"]:
        raise TilesetError(path, "has no tiles or far too much metadata", "make it again with `pmtiles convert`")


def _metadata(packed: bytes, compression: Compression) -> Mapping[str, Any]:
    """The JSON metadata, or {} where it cannot be read: only the credit is taken from it."""
    try:
        if compression is Compression.GZIP:
            packed = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(packed, _MAX_METADATA_BYTES)
        found = json.loads(packed)
    except (zlib.error, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _mbtiles(path: Path) -> Tileset:
    with path.open("rb") as file:
        if file.read(len(_SQLITE)) != _SQLITE:
            raise TilesetError(path, "is no MBTiles file", "MBTiles is a SQLite file; make it again")
    try:
        with opened(path) as connection:
            told = dict(connection.execute("SELECT name, value FROM metadata LIMIT 200").fetchall())
            zooms = connection.execute("SELECT min(zoom_level), max(zoom_level) FROM tiles").fetchone()
            sample = connection.execute("SELECT tile_data FROM tiles LIMIT 1").fetchone()
    except (sqlite3.Error, ValueError, TypeError):
        raise TilesetError(
            path, "has no readable tables `tiles` and `metadata`", "make it again as MBTiles 1.3"
        ) from None
    kind = _kind(path, str(told.get("format") or ""), sample[0] if sample else None)
    return _checked(path, kind, tuple(zooms), str(told.get("attribution") or ""))


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Read-only; views may compute, but not for long."""
    calls = iter(range(_MAX_CALLS))
    with closing(sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1", uri=True)) as connection:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA query_only = ON")
        connection.set_progress_handler(lambda: next(calls, None) is None, _STEPS)
        yield connection


def _kind(path: Path, written: str, sample: Any) -> TilesetKind:
    kind = TilesetKind.VECTOR if written.lower() in {"pbf", "mvt"} else TilesetKind.RASTER
    if not isinstance(sample, bytes) or not sample.startswith(_STARTS[kind.value]):
        raise TilesetError(
            path,
            f"says its tiles are {written[:20] or 'of no kind'}, but the first one is not",
            "make it again as MBTiles 1.3 with pbf, png, jpg or webp tiles",
        )
    return kind


def _checked(path: Path, kind: TilesetKind, zooms: tuple[Any, ...], credit: str) -> Tileset:
    least, most = zooms
    if not (isinstance(least, int) and isinstance(most, int) and 0 <= least <= most <= DEEPEST_ZOOM):
        raise TilesetError(path, f"has zooms {least} to {most}", f"zooms go from 0 to {DEEPEST_ZOOM}")
    return Tileset(kind=kind, min_zoom=least, max_zoom=most, credit=plain_text(credit))


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def plain_text(markup: str) -> str:
    """The words of a credit that is written as HTML; what it links to is dropped."""
    reader = _Text()
    reader.feed(markup[: _MAX_CREDIT * 10])
    reader.close()
    readable = "".join(char if char.isprintable() else " " for char in "".join(reader.found))
    return " ".join(readable.split())[:_MAX_CREDIT]
