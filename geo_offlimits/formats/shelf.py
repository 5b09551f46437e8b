"""The rows of a list of any length in little memory: packed by some dozens, and unpacked when they are asked for.

A row takes some fifty bytes here, a fiftieth of what it takes as an object; the file itself is read only once.
"""

import marshal
import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, overload

import shapely

from geo_offlimits.formats.reader import Row

_TOGETHER = 64
_UNPACKED = 16
_QUICK = 1


class Shelf(Sequence[Row]):
    """Rows in their order; `add` puts one behind the others."""

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self._packed: list[bytes] = []
        self._open: list[tuple[Any, ...]] = []
        self._unpacked = lru_cache(_UNPACKED)(self._unpack)
        for row in rows:
            self.add(row)

    def add(self, row: Row) -> None:
        place = None if row.geometry is None else shapely.to_wkb(row.geometry)
        self._open.append((row.number, row.values, place))
        if len(self._open) == _TOGETHER:
            self._packed.append(zlib.compress(marshal.dumps(self._open), _QUICK))
            self._open = []

    def __len__(self) -> int:
        return _TOGETHER * len(self._packed) + len(self._open)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | list[Row]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        if not 0 <= at < len(self):
            raise IndexError(at)
        bundle = at // _TOGETHER
        unpacked = self._unpacked if bundle < len(self._packed) else self._unpack
        return unpacked(bundle)[at % _TOGETHER]

    def __iter__(self) -> Iterator[Row]:
        for bundle in range(len(self._packed) + 1):
            yield from self._unpack(bundle)

    def _unpack(self, bundle: int) -> list[Row]:
        told = self._open
        if bundle < len(self._packed):
            # Our own bytes, of this very process: nobody else can have written them.
            told = marshal.loads(zlib.decompress(self._packed[bundle]))  # noqa: S302
        return [
            Row(number=number, values=values, geometry=None if place is None else shapely.from_wkb(place))
            for number, values, place in told
        ]
