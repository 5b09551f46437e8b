"""Which footprints lie along a route: within so many geodesic metres of a line that is straight in longitude/latitude.

A piece of the line is nowhere farther from its middle than half its length, so a footprint farther from the middle
than the width and that half is not in reach of the piece, and one within the width is. Only between the two is a piece
halved, until it is shorter than SURE_M. What is within the width is therefore always found, and what is beyond it by
more than SURE_M and the error of distances (1 cm) never; no projection takes part.

No footprint is known to the metre: each may have a margin by which it reaches farther. So it is found, too, which of
those outside an area may in truth lie in it: those that reach its outline.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo_offlimits.errors import InputError, Issue, Sentence
from geo_offlimits.lookup.footprint import edge_bound_m, split_edges
from geo_offlimits.lookup.geodesy import Array, distances_m
from geo_offlimits.lookup.proximity import ProximityIndex

MAX_WIDTH_M = 50_000.0
SURE_M = 0.005
_MAX_PIECES = 200_000
_SHORTEST_M, _SHARE = 10.0, 8  # of the width
_AT_ONCE = 500  # pieces; so many times the footprints are held at once
_MANY = 0.25  # of those looked for; when so many were found, the others are looked for by themselves
_TURN = 360.0
_OUTLINE_PIECES = 5_000  # about so many, besides one an edge

Reached = npt.NDArray[np.bool_]
Pieces = tuple[Array, Array]


def along(
    lines: Sequence[Array],
    geometries: Sequence[BaseGeometry | None],
    within_m: float,
    margins_m: Sequence[float] | None = None,
) -> Reached:
    """Whether each footprint is reached, shape (k,); never one whose place is not known.

    lines : each (n, 2), longitude and latitude in degrees; from one point to the next the shorter way round.
    margins_m : by how much more than `within_m` each is still reached, (k,), 0 to 100,000; nothing when not given.
    Raises InputError unless 0 < within_m <= 50,000, and for lines too long to be looked along so narrowly.
    """
    if not 0 < within_m <= MAX_WIDTH_M:
        reason = Sentence("not between 0 and {most}", most=int(MAX_WIDTH_M))
        told = Sentence("Along a route, look for 0 to {most} metres.", most=int(MAX_WIDTH_M))
        raise InputError(told, Issue(field="within_m", value=str(within_m), reason=reason))
    starts, ends = _edges(lines)
    counts = _counts(starts, ends, max(within_m / _SHARE, _SHORTEST_M))
    if counts.sum() > _MAX_PIECES:
        reason, remedy = Sentence("too long for so narrow a corridor"), Sentence("cut the route, or widen it")
        told = Sentence("The route is too long for a corridor so narrow; cut it into several, or give more metres.")
        raise InputError(told, Issue(field="route", reason=reason, remedy=remedy))
    margins = np.zeros(len(geometries)) if margins_m is None else np.asarray(margins_m, dtype=float)
    return _reached(split_edges(starts, ends, counts), geometries, within_m, margins)


def beside(area: BaseGeometry, geometries: Sequence[BaseGeometry | None], margins_m: Sequence[float]) -> Reached:
    """Whether each footprint lies within its own margin of the outline of an area, shape (k,).

    area : Polygon or MultiPolygon in degrees, edges straight in longitude/latitude. One whose place is not known is
    beside nothing; one deep inside is not beside either.
    """
    # An edge of over half a turn goes the way it is drawn, not the shorter one.
    rings = shapely.get_rings(shapely.get_parts(shapely.segmentize(area, _TURN / 4)))
    starts, ends = _edges([shapely.get_coordinates(ring) for ring in rings])
    longest_m = max(float(edge_bound_m(starts, ends).sum()) / _OUTLINE_PIECES, _SHORTEST_M)
    pieces = split_edges(starts, ends, _counts(starts, ends, longest_m))
    return _reached(pieces, geometries, 0.0, np.asarray(margins_m, dtype=float))


def _reached(pieces: Pieces, geometries: Sequence[BaseGeometry | None], within_m: float, margins_m: Array) -> Reached:
    reached = np.zeros(len(geometries), dtype=bool)
    left = np.array([row for row, one in enumerate(geometries) if one is not None], dtype=np.int64)
    looked_for = _Footprints.of([geometries[row] for row in left], within_m, margins_m[left])
    for part in _in_parts(pieces):
        if not len(left):
            break
        looked_for.look_along(part)
        if looked_for.reached.mean() > _MANY:
            reached[left] = looked_for.reached
            left = left[~looked_for.reached]
            looked_for = _Footprints.of([geometries[row] for row in left], within_m, margins_m[left])
    reached[left] = looked_for.reached
    return reached


def _edges(lines: Sequence[Array]) -> Pieces:
    """Both ends (k, 2) of the edges of lines; longitudes go on beyond ±180 where a line does."""
    whole = [_unwound(line) for line in lines]
    starts = np.vstack([line[: max(len(line) - 1, 1)] for line in whole])
    ends = np.vstack([line[1:] if len(line) > 1 else line for line in whole])
    return starts, ends


def _counts(starts: Array, ends: Array, longest_m: float) -> npt.NDArray[np.int64]:
    """Into how many pieces of at most `longest_m` each edge is cut."""
    return np.maximum(np.ceil(edge_bound_m(starts, ends) / longest_m), 1.0).astype(np.int64)


def _unwound(line: Array) -> Array:
    steps = np.diff(line[:, 0])
    turns = np.concatenate([[0.0], np.cumsum(-np.round(steps / _TURN) * _TURN)])
    return np.column_stack([line[:, 0] + turns, line[:, 1]])


def _in_parts(pieces: Pieces) -> Iterator[Pieces]:
    for at in range(0, len(pieces[0]), _AT_ONCE):
        yield pieces[0][at : at + _AT_ONCE], pieces[1][at : at + _AT_ONCE]


def _middles(pieces: Pieces) -> tuple[Array, Array, Array]:
    """Latitude and longitude of each piece's middle, and how far its ends may be from there."""
    starts, ends = pieces
    middle = (starts + ends) / 2
    lons = middle[:, 0] - np.round(middle[:, 0] / _TURN) * _TURN
    return middle[:, 1], lons, edge_bound_m(starts, ends) / 2


@dataclass(frozen=True)
class _Footprints:
    """Those that are looked for, from how far each is reached, and which were."""

    shapes: Sequence[BaseGeometry | None]
    within_m: float
    margins_m: Array
    index: ProximityIndex
    reached: Reached

    @classmethod
    def of(cls, shapes: Sequence[BaseGeometry | None], within_m: float, margins_m: Array) -> "_Footprints":
        reached = np.zeros(len(shapes), dtype=bool)
        return cls(shapes, within_m, margins_m, ProximityIndex(shapes, margins_m), reached)

    def look_along(self, pieces: Pieces) -> None:
        lats, lons, halves_m = _middles(pieces)
        hits = self.index.reached(lats, lons, self.within_m + max(float(halves_m.max()), SURE_M))
        limits_m = self.within_m + self.margins_m
        self.reached[hits.entry[hits.distance_m <= limits_m[hits.entry]]] = True
        unsure = ~self.reached[hits.entry] & (hits.distance_m - halves_m[hits.position] <= limits_m[hits.entry])
        for row in np.unique(hits.entry[unsure]).tolist():
            near, shape = hits.position[unsure & (hits.entry == row)], self.shapes[row]
            limit_m = float(limits_m[row])
            self.reached[row] = shape is not None and _is_reached((pieces[0][near], pieces[1][near]), shape, limit_m)


def _is_reached(pieces: Pieces, footprint: BaseGeometry, within_m: float) -> bool:
    while len(pieces[0]):
        lats, lons, halves_m = _middles(pieces)
        far_m = distances_m(lats, lons, footprint)
        if (far_m <= within_m).any():
            return True
        unsure = far_m - halves_m <= within_m
        if unsure.any() and float(halves_m[unsure].max()) < SURE_M:
            return True
        starts, ends = pieces[0][unsure], pieces[1][unsure]
        pieces = split_edges(starts, ends, np.full(len(starts), 2)) if len(starts) else (starts, ends)
    return False
