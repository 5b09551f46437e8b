"""The edges of many footprints as runs of vertices, and how far positions are from them.

1. An edge is straight in longitude/latitude (RFC 7946). It is cut into pieces so short that edge, geodesic and the
   straight chord through the Earth agree within a millimetre (`geodesy.piece_counts`).
2. Seen along the vertical of a position, a chord is a straight line in the plane that touches the ellipsoid there. The
   nearest point of each chord is found in that plane, whatever the meridian or the pole.
3. A length h in that plane stands for h + k²h³/6 + 3k⁴h⁵/40 metres along the ground, where k is the curvature of the
   ellipsoid in that direction: within a millimetre of Karney's geodesic up to 100 km.
4. A footprint of at most 300 m is one run, and whether a position is inside is counted on the same lines. The edge of a
   larger one is many runs; what is inside of that, shapely says.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo_offlimits.lookup.footprint import split_edges
from geo_offlimits.lookup.geodesy import Array, ecef_m, edges_of, piece_counts
from geo_offlimits.lookup.strips import Balls
from geo_offlimits.lookup.tangent import MEAN_RADIUS_M, TangentPlanes
from geo_offlimits.lookup.tiles import Whole, counted, plain, spread

Truth = npt.NDArray[np.bool_]

_WHOLE_M = 300.0
_RUN_M = 400.0
_BULGE_M = 0.05  # by how much the ground inside a small footprint may leave the ball around its vertices
_ROUND_WITHIN_M = 10_000.0  # nearer than this the Earth is as good as a ball
_VERTICES_AT_ONCE = 1_000_000


@dataclass(frozen=True)
class _Vertices:
    """Vertices in degrees (v, 2), whether an edge leads on to the next (v,), and which shape each is of (v,)."""

    lonlat: Array
    joined: Truth
    shape: Whole


class Runs:
    """The edges of polygons and multipolygons in degrees within ±180/±90; possibly none.

    owner (n,) : which shape a run is of. whole (n,) : whether it is all of that shape's edge. balls : around each run.
    """

    def __init__(self, shapes: npt.NDArray[np.object_]) -> None:
        vertices = _vertices(shapes)
        placed_m = ecef_m(vertices.lonlat[:, 1], vertices.lonlat[:, 0])
        self._x, self._y, self._z = (np.ascontiguousarray(axis) for axis in placed_m.T)
        self._joined = vertices.joined
        self._starts, self._stops, self.whole = _cut(placed_m, vertices)
        self.owner = vertices.shape[self._starts]
        self.balls = _balls(placed_m, self._starts, self._stops)

    def __len__(self) -> int:
        return len(self._starts)

    @property
    def nbytes(self) -> int:
        held = (self._x, self._y, self._z, self._joined, self._starts, self._stops, self.owner, self.whole)
        return sum(array.nbytes for array in held)

    def distances_m(self, planes: TangentPlanes, at: Whole, run: Whole, radius_m: float) -> tuple[Array, Truth]:
        """Metres from position at[i] to run[i] (k,), and whether it is inside, for runs that are `whole` (k,)."""
        if not len(run):
            return np.empty(0), np.empty(0, dtype=np.bool_)
        parts = np.cumsum(self._stops[run] - self._starts[run]) // _VERTICES_AT_ONCE
        cuts = np.flatnonzero(np.diff(parts)) + 1
        made = [
            self._some_distances_m(planes, some_at, some_run, is_far=radius_m > _ROUND_WITHIN_M)
            for some_at, some_run in zip(np.split(at, cuts), np.split(run, cuts), strict=True)
        ]
        return np.concatenate([metres for metres, _ in made]), np.concatenate([inside for _, inside in made])

    def _some_distances_m(self, planes: TangentPlanes, at: Whole, run: Whole, *, is_far: bool) -> tuple[Array, Truth]:
        counts = self._stops[run] - self._starts[run]
        seen_from, vertex = spread(at, self._starts[run], counts)
        east, north = planes.project(at, counts, self._x.take(vertex), self._y.take(vertex), self._z.take(vertex))
        run_ends = np.cumsum(counts) - 1
        is_edge = self._joined.take(vertex)
        is_edge[run_ends] = False
        next_north = _next(north)
        along_e, along_n = _next(east) - east, next_north - north
        squares = np.maximum(along_e * along_e + along_n * along_n, 1e-30)
        share = np.clip(-(east * along_e + north * along_n) / squares, 0.0, 1.0)
        foot_e, foot_n = east + share * along_e, north + share * along_n
        flat = foot_e * foot_e + foot_n * foot_n
        if is_far:
            metres = planes.along_ground_m(seen_from, np.sqrt(flat), foot_n)
            metres[~is_edge] = np.inf
            least_m = np.minimum.reduceat(metres, run_ends - counts + 1)
        else:
            flat[~is_edge] = np.inf
            least_m = np.sqrt(np.minimum.reduceat(flat, run_ends - counts + 1))
            least_m += least_m**3 / (6.0 * MEAN_RADIUS_M**2)
        crossed = is_edge & ((north > 0.0) != (next_north > 0.0))
        maybe = np.flatnonzero(crossed)
        crossed[maybe] = east.take(maybe) > north.take(maybe) * along_e.take(maybe) / along_n.take(maybe)
        return least_m, np.add.reduceat(crossed, run_ends - counts + 1, dtype=np.int64) % 2 == 1

    @cached_property
    def _singly(self) -> tuple[Any, ...]:
        return tuple(plain(a) for a in (self._x, self._y, self._z, self._joined, self._starts, self._stops))

    def distance_to_one_m(self, run: int, turn: tuple[float, float, float, float, float]) -> tuple[float, bool]:
        """The same for one position within 10 km and one run, without an array; `turn` as from `tangent.turn_of`."""
        xs, ys, zs, joined, starts, stops = self._singly
        sin_lon, cos_lon, sin_lat, cos_lat, up = turn
        least, is_inside, is_edge = math.inf, False, False
        east = north = 0.0
        for vertex in range(starts[run], stops[run]):
            x, y = xs[vertex], ys[vertex]
            next_east = y * cos_lon - x * sin_lon
            next_north = zs[vertex] * cos_lat - (x * cos_lon + y * sin_lon) * sin_lat - up
            if is_edge:
                along_e, along_n = next_east - east, next_north - north
                square = along_e * along_e + along_n * along_n
                share = -(east * along_e + north * along_n) / square if square else 0.0
                share = 0.0 if share < 0.0 else min(share, 1.0)
                foot_e, foot_n = east + share * along_e, north + share * along_n
                least = min(least, foot_e * foot_e + foot_n * foot_n)
                if (north > 0.0) != (next_north > 0.0) and east > north * along_e / along_n:
                    is_inside = not is_inside
            east, north, is_edge = next_east, next_north, joined[vertex]
        flat = math.sqrt(least)
        return flat + flat**3 / (6.0 * MEAN_RADIUS_M**2), is_inside


def _next(values: Array) -> Array:
    """The value after each (v,); the last stays."""
    ahead = np.empty_like(values)
    ahead[:-1] = values[1:]
    ahead[-1:] = values[-1:]
    return ahead


def _vertices(shapes: npt.NDArray[np.object_]) -> _Vertices:
    """The vertices of all shapes, those of one side by side, close enough for rule 1."""
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    at_seam = (np.abs(bounds[:, [0, 2]]) == 180.0).any(axis=1) | (np.abs(bounds[:, [1, 3]]) == 90.0).any(axis=1)  # noqa: PLR2004  (degrees)
    made = [_along_rings(shapes, np.flatnonzero(~at_seam))]
    made += [_edge_by_edge(shapes[at], at) for at in np.flatnonzero(at_seam).tolist()]
    return _Vertices(
        np.concatenate([one.lonlat for one in made]),
        np.concatenate([one.joined for one in made]),
        np.concatenate([one.shape for one in made]),
    )


def _along_rings(shapes: npt.NDArray[np.object_], which: Whole) -> _Vertices:
    parts, part_shape = shapely.get_parts(shapes[which], return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    joined = np.zeros(len(corners), dtype=np.bool_)
    joined[:-1] = ring[:-1] == ring[1:]
    ahead = np.concatenate([corners[1:], corners[-1:]])
    counts = np.ones(len(corners), dtype=np.int64)
    counts[joined] = piece_counts(corners[joined], ahead[joined])
    lonlat = corners if counts.sum() == len(corners) else split_edges(corners, ahead, counts)[0]
    corner = np.repeat(np.arange(len(corners)), counts)
    return _Vertices(lonlat, joined[corner], which[part_shape[ring_part[ring[corner]]]])


def _edge_by_edge(shape: BaseGeometry, at: int) -> _Vertices:
    """A shape at the antimeridian or a pole, where not every side of a ring is an edge."""
    starts, ends = edges_of(shape)
    lonlat = np.stack([starts, ends], axis=1).reshape(-1, 2)
    return _Vertices(lonlat, np.arange(len(lonlat)) % 2 == 0, np.full(len(lonlat), at))


def _cut(placed_m: Array, vertices: _Vertices) -> tuple[Whole, Whole, Truth]:
    """Starts and stops of the runs, and which of them are a shape's whole edge (rule 4)."""
    new_shape = np.flatnonzero(np.diff(vertices.shape, prepend=-1))
    shape_stops = np.append(new_shape[1:], len(placed_m))
    if not len(new_shape):
        return new_shape, shape_stops[:0], np.empty(0, dtype=np.bool_)
    is_whole = _balls(placed_m, new_shape, shape_stops).radii_m <= _WHOLE_M
    whole_of_vertex = np.repeat(is_whole, shape_stops - new_shape)
    ahead_m = np.zeros(len(placed_m))
    ahead_m[1:] = np.linalg.norm(np.diff(placed_m, axis=0), axis=1)
    metre = (np.cumsum(ahead_m) // _RUN_M).astype(np.int64)
    is_start = np.zeros(len(placed_m), dtype=np.bool_)
    is_start[1:] = (metre[1:] != metre[:-1]) & ~whole_of_vertex[1:]
    is_start[new_shape] = True
    starts = np.flatnonzero(is_start)
    stops = np.append(starts[1:], len(placed_m))
    # The edge from one run to the next belongs to the first, which therefore ends where the next starts.
    stops += vertices.joined[stops - 1]
    return starts, stops, whole_of_vertex[starts]


def _balls(placed_m: Array, starts: Whole, stops: Whole) -> Balls:
    if not len(starts):
        return Balls.around(np.empty((0, 3)), np.empty(0))
    run, step = counted(stops - starts)
    vertex = starts[run] + step
    counts = stops - starts
    first = np.cumsum(counts) - counts
    centres_m = np.add.reduceat(placed_m[vertex], first, axis=0) / counts[:, None]
    gaps_m = np.linalg.norm(placed_m[vertex] - centres_m[run], axis=1)
    return Balls.around(centres_m, np.maximum.reduceat(gaps_m, first) + _BULGE_M)
