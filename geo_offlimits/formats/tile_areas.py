"""The part of a street map that covers an area, as a PMTiles archive of its own for a device.

1. It is planned before it is written, from directories and lengths alone, so that its size is known at once.
2. Tiles stand in the order of the format (Hilbert's), each content once: what is written is clustered.
3. Nothing of the file is trusted: directories are unpacked within a limit, and lengths are held against its size.
"""

import hashlib
import json
import math
import sqlite3
import zlib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pmtiles.tile import Compression, Entry, TileType, deserialize_header, zxy_to_tileid
from pmtiles.writer import finalize_header

from geo_offlimits.errors import InputError, Issue, Sentence
from geo_offlimits.formats.tilesets import MBTILES, TilesetError, inspect, opened

MOST_TILES, MOST_BYTES = 60_000, 200_000_000
_HEADER_BYTES, _MOST_DIRECTORY_BYTES, _DEEPEST = 127, 32_000_000, 4
_EDGE_LAT = 85.0511287798066
_KINDS = ((b"\x89PNG", TileType.PNG), (b"\xff\xd8", TileType.JPEG), (b"RIFF", TileType.WEBP))
_GZIP = b"\x1f\x8b"


class AreaError(InputError):
    """An area of which no archive is made; the sentence says how large it is and what to do."""

    def __init__(self, fact: Sentence, remedy: Sentence) -> None:
        issue = Issue(field="bbox", reason=fact, remedy=remedy)
        super().__init__(Sentence("{fact}; {remedy}.", fact=fact, remedy=remedy), issue)


@dataclass(frozen=True, kw_only=True)
class Area:
    """Degrees on WGS 84; east of the antimeridian `east` is less than `west`. To `max_zoom`, or as deep as it goes."""

    west: float
    south: float
    east: float
    north: float
    max_zoom: int | None = None

    def tiles(self, zooms: range) -> Iterator[tuple[int, int, int]]:
        for zoom in zooms:
            rows = range(_row(self.north, zoom), _row(self.south, zoom) + 1)
            for columns in self._columns(zoom):
                yield from ((zoom, column, row) for column in columns for row in rows)

    def count(self, zooms: range) -> int:
        """Of its tiles, without making any."""
        return sum(
            len(columns) * (_row(self.south, zoom) - _row(self.north, zoom) + 1)
            for zoom in zooms
            for columns in self._columns(zoom)
        )

    def _columns(self, zoom: int) -> list[range]:
        first, last = _column(self.west, zoom), _column(self.east, zoom)
        if self.west <= self.east:
            return [range(first, last + 1)]
        return [range(last + 1), range(max(first, last + 1), 2**zoom)]


@dataclass(frozen=True)
class Plan:
    """An archive as it will be written: its beginning, and where the contents of its tiles are."""

    size: int
    sha256: str
    head: bytes
    _contents: Callable[[], Iterator[bytes]]

    def pieces(self) -> Iterator[bytes]:
        yield self.head
        yield from self._contents()


# One tile that was found: its id, what names its content, and how long that is.
_Found = tuple[int, Any, int]


def planned(path: Path, area: Area) -> Plan:
    """The plan for a PMTiles or MBTiles file that `inspect` has found good. Raises AreaError, TilesetError."""
    tileset = inspect(path)
    deepest = tileset.max_zoom if area.max_zoom is None else min(tileset.max_zoom, area.max_zoom)
    zooms = range(tileset.min_zoom, deepest + 1)
    wanted = area.count(zooms)
    if wanted > MOST_TILES:
        fact = Sentence(
            "This area has {count} tiles of streets, and {most} are given at once", count=wanted, most=MOST_TILES
        )
        raise AreaError(fact, Sentence("zoom in, and keep less at a time"))
    if path.suffix == MBTILES:
        return _of_mbtiles(path, area, zooms, tileset.credit)
    return _of_pmtiles(path, area, zooms)


def _column(lon: float, zoom: int) -> int:
    return min((1 << zoom) - 1, max(0, math.floor((lon + 180) / 360 * (1 << zoom))))


def _row(lat: float, zoom: int) -> int:
    bounded = math.radians(min(_EDGE_LAT, max(-_EDGE_LAT, lat)))
    down = (1 - math.asinh(math.tan(bounded)) / math.pi) / 2
    return min((1 << zoom) - 1, max(0, math.floor(down * (1 << zoom))))


def _ids(area: Area, zooms: range) -> dict[int, tuple[int, int, int]]:
    return {zxy_to_tileid(*tile): tile for tile in area.tiles(zooms)}


# ---- out of a PMTiles archive ----------------------------------------------------------------------------------------


def _of_pmtiles(path: Path, area: Area, zooms: range) -> Plan:
    with path.open("rb") as file:
        header: dict[str, Any] = dict(deserialize_header(file.read(_HEADER_BYTES)))
        walk = _Walk(path, file, header, sorted(_ids(area, zooms)))
        found = list(walk.within(header["root_offset"], header["root_length"], 0))
        metadata = walk.metadata()
    start = header["tile_data_offset"]

    def content(sources: Iterable[_Found]) -> Iterator[bytes]:
        with path.open("rb") as file:
            for _, offset, length in sources:
                file.seek(start + offset)
                yield file.read(length)

    kinds = {"tile_type": header["tile_type"], "tile_compression": header["tile_compression"]}
    return _plan(found, kinds | _extent(area), metadata, content)


class _Walk:
    """Through the directories of an archive, where the wanted tiles are."""

    def __init__(self, path: Path, file: Any, header: dict[str, Any], wanted: Sequence[int]) -> None:
        self.path, self.file, self.header, self.wanted = path, file, header, wanted

    def within(self, offset: int, length: int, depth: int) -> Iterator[_Found]:
        if depth == _DEEPEST:
            raise self._spoilt()
        entries = _entries(self._unpacked(offset, length))
        ends = [entry.tile_id for entry in entries[1:]] + [1 << 63]
        for entry, end in zip(entries, ends, strict=True):
            last = end if entry.run_length == 0 else entry.tile_id + entry.run_length
            asked = self.wanted[bisect_left(self.wanted, entry.tile_id) : bisect_left(self.wanted, last)]
            if asked and entry.run_length == 0:
                yield from self.within(self.header["leaf_directory_offset"] + entry.offset, entry.length, depth + 1)
            elif entry.offset + entry.length > self.header["tile_data_length"] and asked:
                raise self._spoilt()
            else:
                yield from ((tile_id, entry.offset, entry.length) for tile_id in asked)

    def metadata(self) -> dict[str, Any]:
        """Kept as it is, where it can be read: it names the layers and the credit."""
        try:
            told = json.loads(self._unpacked(self.header["metadata_offset"], self.header["metadata_length"]))
        except (ValueError, RecursionError):
            return {}
        return told if isinstance(told, dict) else {}

    def _unpacked(self, offset: int, length: int) -> bytes:
        self.file.seek(offset)
        packed = self.file.read(length)
        compression = self.header["internal_compression"]
        if compression is Compression.NONE:
            return bytes(packed)
        if compression is not Compression.GZIP:
            raise TilesetError(
                self.path, "has directories of a kind that is not read", "make it with `pmtiles convert`"
            )
        try:
            return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(packed, _MOST_DIRECTORY_BYTES)
        except zlib.error:
            raise self._spoilt() from None

    def _spoilt(self) -> TilesetError:
        return TilesetError(self.path, "has directories that cannot be read", "copy it again")


def _entries(packed: bytes) -> list[Entry]:
    """A directory: four columns of numbers, one after the other (PMTiles 3, section 4)."""
    numbers = _numbers(packed)
    count = next(numbers, 0)
    if count > len(packed):
        return []
    ids, at = [], 0
    for _ in range(count):
        at += next(numbers, 0)
        ids.append(at)
    runs, lengths = ([next(numbers, 0) for _ in range(count)] for _ in range(2))
    entries: list[Entry] = []
    for tile_id, run, length in zip(ids, runs, lengths, strict=True):
        told = next(numbers, 0)
        follows = told == 0 and entries
        offset = entries[-1].offset + entries[-1].length if follows else told - 1
        entries.append(Entry(tile_id, offset, length, run))
    return entries


def _numbers(packed: bytes) -> Iterator[int]:
    value = shift = 0
    for byte in packed:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:  # noqa: PLR2004  (the last byte of a number has no mark)
            yield value
            value = shift = 0


# ---- out of an MBTiles file ------------------------------------------------------------------------------------------

_ONE = "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?"
_LENGTH = _ONE.replace("tile_data", "length(tile_data)", 1)


def _of_mbtiles(path: Path, area: Area, zooms: range, credit: str) -> Plan:
    places = _ids(area, zooms)
    with opened(path) as database:
        told = (
            (one, _at(place), database.execute(_LENGTH, _at(place)).fetchone()) for one, place in sorted(places.items())
        )
        found = [(tile_id, place, row[0]) for tile_id, place, row in told if row and row[0]]
        sample = bytes(database.execute(_ONE, found[0][1]).fetchone()[0][:8]) if found else b""

    def content(sources: Iterable[_Found]) -> Iterator[bytes]:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            for _, place, _ in sources:
                yield bytes(database.execute(_ONE, place).fetchone()[0])

    kind = next((kind for mark, kind in _KINDS if sample.startswith(mark)), TileType.MVT)
    compression = Compression.GZIP if sample.startswith(_GZIP) else Compression.NONE
    kinds = {"tile_type": kind, "tile_compression": compression}
    return _plan(found, kinds | _extent(area), {"attribution": credit}, content)


def _at(place: tuple[int, int, int]) -> tuple[int, int, int]:
    """Rows of MBTiles count from the south."""
    zoom, column, row = place
    return zoom, column, 2**zoom - 1 - row


# ---- what is written -------------------------------------------------------------------------------------------------


def _extent(area: Area) -> dict[str, Any]:
    sides = {"min_lon_e7": area.west, "min_lat_e7": area.south, "max_lon_e7": area.east, "max_lat_e7": area.north}
    return {name: round(value * 10_000_000) for name, value in sides.items()}


def _plan(
    found: list[_Found],
    header: dict[str, Any],
    metadata: dict[str, Any],
    content: Callable[[Iterable[_Found]], Iterator[bytes]],
) -> Plan:
    if not found:
        raise AreaError(
            Sentence("There are no streets in this area"), Sentence("move the map to where streets are drawn")
        )
    entries, sources, size = _placed(found)
    if size > MOST_BYTES:
        fact = Sentence(
            "The streets of this area are {size} MB, and {most} MB are given at once",
            size=size // 10**6,
            most=MOST_BYTES // 10**6,
        )
        raise AreaError(fact, Sentence("zoom in, and keep less at a time"))
    # The library's order: header, tiles, entries, contents, metadata, whether clustered, bytes.
    parts = finalize_header(header, len(found), entries, len(sources), metadata, True, size)  # type: ignore[no-untyped-call]  # noqa: FBT003
    head = b"".join(parts)
    digest = hashlib.sha256(head + repr(sources).encode()).hexdigest()
    return Plan(len(head) + size, digest, head, lambda: content(sources))


def _placed(found: list[_Found]) -> tuple[list[Entry], list[_Found], int]:
    """Entries of the new archive, the contents in their order, and how long they are together."""
    entries: list[Entry] = []
    places: dict[Any, int] = {}
    sources, size = [], 0
    for tile_id, source, length in found:
        if source not in places:
            places[source] = size
            sources.append((tile_id, source, length))
            size += length
        last = entries[-1] if entries else None
        if last and last.offset == places[source] and tile_id == last.tile_id + last.run_length:
            last.run_length += 1
        else:
            entries.append(Entry(tile_id, places[source], length, 1))
    return entries, sources, size
