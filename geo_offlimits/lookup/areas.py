"""Which positions lie inside a footprint that is larger than a building, as shapely says, and first a coarse look."""

from collections.abc import Iterable
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo_offlimits.lookup.geodesy import Array, inside
from geo_offlimits.lookup.tiles import Whole

_CELLS = 128
_HALF_TURN, _POLE = 180.0, 90.0


class Areas:
    """Polygons and multipolygons in degrees, by their place in `shapes`; possibly none."""

    def __init__(self, shapes: Iterable[BaseGeometry]) -> None:
        self._shapes = list(shapes)
        for shape in self._shapes:
            shapely.prepare(shape)
        self._boxes = [shape.bounds for shape in self._shapes]

    def __len__(self) -> int:
        return len(self._shapes)

    def holding(self, lats: Array, lons: Array) -> tuple[Whole, Whole]:
        """Position and shape of each pair of which the one lies in the other; (k,), (k,)."""
        if not self._shapes:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        at_seam = (np.abs(lons) == _HALF_TURN) | (np.abs(lats) == _POLE)
        some = np.flatnonzero(self._touched(lats, lons) & ~at_seam)
        at, shape = self._tree.query(shapely.points(lons[some], lats[some]), predicate="intersects")
        seams = [
            (position, one)
            for position in np.flatnonzero(at_seam).tolist()
            for one in self.holding_one(float(lats[position]), float(lons[position]))
        ]
        more = np.array(seams, dtype=np.int64).reshape(-1, 2)
        return np.concatenate([some[at], more[:, 0]]), np.concatenate([shape, more[:, 1]])

    def holding_one(self, lat: float, lon: float) -> list[int]:
        """The shapes that hold one position."""
        is_seam = abs(lon) == _HALF_TURN or abs(lat) == _POLE
        return [
            at
            for at, (west, south, east, north) in enumerate(self._boxes)
            if south <= lat <= north and (is_seam or west <= lon <= east) and inside(self._shapes[at], lat, lon)
        ]

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self._shapes)

    @cached_property
    def _coarse(self) -> tuple[Array, Array, npt.NDArray[np.bool_]]:
        """South-west corner, cells a degree (both: latitude, longitude) and whether a cell touches any shape."""
        west, south, east, north = shapely.total_bounds(self._shapes)
        corner, scale = np.array([south, west]), _CELLS / np.maximum([north - south, east - west], 1e-9)
        row, column = np.divmod(np.arange(_CELLS * _CELLS), _CELLS)
        edge = 1e-6  # of a cell: rounding must not push a position out of its cell
        boxes = shapely.box(
            west + (column - edge) / scale[1],
            south + (row - edge) / scale[0],
            west + (column + 1 + edge) / scale[1],
            south + (row + 1 + edge) / scale[0],
        )
        touched = np.zeros(_CELLS * _CELLS, dtype=np.bool_)
        touched[self._tree.query(boxes, predicate="intersects")[0]] = True
        return corner, scale, touched

    def _touched(self, lats: Array, lons: Array) -> npt.NDArray[np.bool_]:
        corner, scale, touched = self._coarse
        rows, columns = (lats - corner[0]) * scale[0], (lons - corner[1]) * scale[1]
        held = (rows >= 0) & (rows <= _CELLS) & (columns >= 0) & (columns <= _CELLS)
        cells = np.minimum(rows, _CELLS - 1).astype(np.int64) * _CELLS + np.minimum(columns, _CELLS - 1).astype(
            np.int64
        )
        return np.asarray(held & touched[np.where(held, cells, 0)])
