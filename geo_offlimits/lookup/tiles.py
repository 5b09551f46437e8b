"""Which positions can be near any footprint at all: a map of the Earth in cells, kept as one bit a cell.

Most positions of a patrol are near nothing; this says so in some nanoseconds, and never says so wrongly.

1. Rows of cells have one height in latitude; in each band of eight rows the Earth is cut into so many columns that a
   cell is about as wide as high, at a pole into one.
2. Eight rows by eight columns are a tile, 64 bits, one word. The words are few: a tile's number is hashed to its word.
   Two tiles may share one, and a position then is looked at for nothing; it is never overlooked.
3. A footprint marks every cell that its reach touches, on both sides of the antimeridian.
"""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

DEGREE_M = 110_500.0  # no degree of latitude is shorter
_PARALLEL_DEGREE_M = 111_320.0  # nor one of longitude at the equator longer
_NARROWEST_M = 6_334_000.0  # no radius of curvature along a parallel's tangent is smaller
_TILE = 8
_GOLD = 0x9E3779B97F4A7C15
_WORD_MASK = 0xFFFFFFFFFFFFFFFF
_WORDS_A_TILE = 12
_BLOCK = 65_536
_MARKED_AT_ONCE = 50_000
NEAR_POLE_DEG = 89.99  # beyond, a window holds every longitude
HALF_TURN, TURN = 180.0, 360.0
_STEEPEST = 0.5  # where the series of the arcsine ends
_LISTED = 200_000


def half_windows_deg(lats: Array, reaches_m: Array) -> tuple[Array, Array]:
    """How far in latitude and in longitude, degrees, everything within `reaches_m` of latitude `lats` lies; (n,), (n,).

    360 in longitude where the reach holds a pole.
    """
    high = reaches_m / DEGREE_M
    outermost = np.abs(lats) + high
    share = reaches_m / (_NARROWEST_M * np.maximum(np.cos(np.radians(np.minimum(outermost, 90.0))), 1e-9))
    round_pole = (outermost > NEAR_POLE_DEG) | (share >= _STEEPEST)
    share = np.minimum(share, _STEEPEST)
    return high, np.where(round_pole, TURN, np.degrees(share + 0.2 * share**3))  # above arcsin everywhere


def half_window_deg(lat: float, reach_m: float) -> tuple[float, float]:
    """The same for one latitude, without an array."""
    high = reach_m / DEGREE_M
    outermost = abs(lat) + high
    if outermost > NEAR_POLE_DEG:
        return high, TURN
    share = reach_m / (_NARROWEST_M * math.cos(math.radians(outermost)))
    return high, TURN if share >= _STEEPEST else math.degrees(share + 0.2 * share**3)


class TileFilter:
    """Positions that may lie within `reaches_m` (n,) of the centres `lats`, `lons` (n,), in cells `cell_m` wide."""

    def __init__(self, lats: Array, lons: Array, reaches_m: Array, cell_m: float) -> None:
        self._rows_a_degree = DEGREE_M / cell_m
        self._scale, self._first_tile = _bands(self._rows_a_degree, cell_m)
        tiles = len(np.unique(self._tiles(lats, lons)))
        bits = math.ceil(math.log2(max(tiles, 64) * _WORDS_A_TILE))
        self._shift = 64 - bits
        self._words = np.zeros(1 << bits, dtype=np.uint64)
        for at in range(0, len(lats), _MARKED_AT_ONCE):
            part = slice(at, at + _MARKED_AT_ONCE)
            self._mark(lats[part], lons[part], reaches_m[part])
        self.passes = self._asker()

    @property
    def nbytes(self) -> int:
        return self._words.nbytes + self._scale.nbytes + self._first_tile.nbytes

    def passed(self, lats: Array, lons: Array) -> npt.NDArray[np.intp]:
        """The positions (n,), (n,) that may be near something, ascending."""
        blocks = [
            self._passed(lats[at : at + _BLOCK], lons[at : at + _BLOCK]) + at for at in range(0, len(lats), _BLOCK)
        ]
        return np.concatenate(blocks) if blocks else np.empty(0, dtype=np.intp)

    def _asker(self) -> Callable[[float, float], bool]:
        """`passed` for one position, without an array. Most questions end here, so it asks for nothing but its own."""
        words, scale, first_tile = plain(self._words), memoryview(self._scale.data), memoryview(self._first_tile.data)
        rows_a_degree, shift = self._rows_a_degree, self._shift

        def passes(lat: float, lon: float) -> bool:
            row = int((lat + 90.0) * rows_a_degree)
            column = int((lon + 180.0) * scale[row >> 3])
            word = words[((first_tile[row >> 3] + (column >> 3)) * _GOLD & _WORD_MASK) >> shift]
            return bool(word and word >> ((row & 7) << 3 | column & 7) & 1)

        return passes

    def _passed(self, lats: Array, lons: Array) -> npt.NDArray[np.intp]:
        rows, bands = self._rows(lats)
        columns = self._columns(lons, bands)
        words = self._words.take(self._slots(bands, columns))
        # An empty tile is the usual case: the bits of the others only are looked at.
        some = np.flatnonzero(words)
        bits = (rows[some] & 7) << 3 | columns[some] & 7
        return some[(words[some] >> bits.astype(np.uint64) & np.uint64(1)).astype(np.bool_)]

    def _rows(self, lats: Array) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        rows = ((lats + 90.0) * self._rows_a_degree).astype(np.int32)
        return rows, rows >> 3

    def _columns(self, lons: Array, bands: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        return ((lons + 180.0) * self._scale.take(bands)).astype(np.int32)

    def _slots(self, bands: npt.NDArray[np.int32], columns: npt.NDArray[np.int32]) -> Whole:
        hashed = (self._first_tile.take(bands) + (columns >> 3)).view(np.uint64)
        hashed *= np.uint64(_GOLD)
        hashed >>= np.uint64(self._shift)
        return hashed.view(np.int64)

    def _tiles(self, lats: Array, lons: Array) -> Whole:
        _, bands = self._rows(lats)
        return np.asarray(self._first_tile[bands] + (self._columns(lons, bands) >> 3))

    def _mark(self, lats: Array, lons: Array, reaches_m: Array) -> None:
        rows, columns = self._touched(lats, lons, reaches_m)
        keys = self._slots(rows >> 3, columns) << 6 | ((rows & 7) << 3 | columns & 7)
        keys.sort()  # np.unique hashes, which takes ten times as long here
        slots = keys >> 6
        first = np.flatnonzero(np.concatenate([[True], slots[1:] != slots[:-1]]))
        bits = np.uint64(1) << (keys & 63).astype(np.uint64)
        self._words[slots[first]] |= np.bitwise_or.reduceat(bits, first)

    def _touched(
        self, lats: Array, lons: Array, reaches_m: Array
    ) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """Rows and columns of the cells that the reach of each centre touches."""
        high, wide = half_windows_deg(lats, reaches_m)
        lowest, _ = self._rows(np.maximum(lats - high, -90.0))
        highest, _ = self._rows(np.minimum(lats + high, 90.0))
        owner, step = counted(highest - lowest + 1)
        rows = (lowest[owner] + step).astype(np.int32)
        scale = self._scale[rows >> 3]
        # The last column is the meridian 180 itself, beside the first: a window that touches one touches both.
        last = np.floor(360.0 * scale).astype(np.int64)
        wide, lons = np.minimum(wide, HALF_TURN)[owner], lons[owner]
        west = np.floor((lons - wide + 180.0) * scale).astype(np.int64)
        east = np.floor((lons + wide + 180.0) * scale).astype(np.int64)
        west -= west <= 0
        east += east >= last - 1
        cell, across = counted(np.minimum(east - west, last) + 1)
        columns = (west[cell] + across) % (last[cell] + 1)
        return rows[cell], columns.astype(np.int32)


def counted(counts: npt.NDArray[np.integer]) -> tuple[Whole, Whole]:
    """For counts (n,): the owner of each of all that are counted, and its place among its owner's; (sum,), (sum,)."""
    owner = np.repeat(np.arange(len(counts)), counts)
    first = np.cumsum(counts) - counts
    return owner, np.arange(len(owner)) - first[owner]


def spread(values: Whole, starts: Whole, counts: npt.NDArray[np.integer]) -> tuple[Whole, Whole]:
    """Each value (n,) counts[i] times over, and beside them starts[i], starts[i] + 1 and so on; (sum,), (sum,)."""
    along = np.repeat(starts - (np.cumsum(counts) - counts), counts)
    along += np.arange(len(along))
    return np.repeat(values, counts), along


def plain(array: npt.NDArray[Any]) -> Any:
    """An array as Python reads it quickest one by one: a list, or a view where a list would take much memory."""
    return array.tolist() if len(array) <= _LISTED else memoryview(array.data)


@lru_cache(maxsize=16)
def _bands(rows_a_degree: float, cell_m: float) -> tuple[Array, Whole]:
    """For each band of rows: columns a degree, and the number of its first tile."""
    bands = (int(180.0 * rows_a_degree) >> 3) + 1
    edges = np.arange(bands + 1) * _TILE / rows_a_degree - 90.0
    outermost = np.minimum(np.maximum(np.abs(edges[:-1]), np.abs(edges[1:])), 90.0)
    columns = np.maximum(1.0, np.floor(360.0 * _PARALLEL_DEGREE_M * np.cos(np.radians(outermost)) / cell_m))
    tiles = (columns.astype(np.int64) >> 3) + 2
    return columns / 360.0, np.cumsum(tiles) - tiles
