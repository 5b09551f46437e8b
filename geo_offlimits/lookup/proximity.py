"""Which footprints are near a position: exactly, whatever the longitude, and without looking at each one closely.

1. Every footprint lies in a ball in Earth-centred space. A straight line through the Earth is never longer than the
   geodesic, so a footprint whose ball is out of reach is out of reach: the filter never loses one, and no meridian
   and no pole is special.
2. What the filter leaves is measured by geodesy.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.position import Position
from geo_offlimits.errors import InputError, Issue, Sentence
from geo_offlimits.lookup.footprint import edge_bound_m
from geo_offlimits.lookup.geodesy import GEOD, Array, Outline, ecef_m, inside, order_slack_m, outline, place_m

MAX_RADIUS_M = 100_000.0
# Beyond this a ball no longer encloses the surface between a footprint's edges; such a footprint is always measured.
_WIDEST_BALL_M, _TALLEST_DEG = 1_500_000.0, 60.0
_ALWAYS_M = 1e9
_ROUNDING_M = 1.0  # of the squared distances below, with a wide margin
_PAIRS_AT_ONCE = 2_000_000


class RadiusError(InputError):
    """A radius that is none."""

    def __init__(self, radius_m: float) -> None:
        issue = Issue(
            field="radius_m",
            value=str(radius_m),
            reason=Sentence("not above 0 and up to 100000"),
            remedy=Sentence("in metres"),
        )
        sentence = Sentence(
            "The radius {radius} m is not above 0 and up to 100,000 metres; give another.", radius=radius_m
        )
        super().__init__(sentence, issue)


@dataclass(frozen=True, slots=True)
class Hit:
    """One footprint near a position. `entry` is its place in the sequence that the index was built from.

    distance_m is 0 inside; depth_m is the distance to its edge when inside, else None; bearing_deg is the initial
    bearing to its nearest point, None inside or on the spot.
    """

    entry: int
    distance_m: float
    depth_m: float | None
    bearing_deg: float | None


@dataclass(frozen=True)
class Hits:
    """Pairs of position and footprint, sorted by position, distance, then footprint; all arrays of shape (k,).

    NaN stands for no depth (outside) and no bearing (inside).
    """

    position: npt.NDArray[np.int64]
    entry: npt.NDArray[np.int64]
    distance_m: Array
    depth_m: Array
    bearing_deg: Array


class ProximityIndex:
    """An index over footprints: Points, Polygons and MultiPolygons in degrees, or None for a place not known.

    margins_m : for each footprint, how much farther than `reach_m` it is still found by `one`; zero when not given.
    Raises RadiusError for a margin that is no distance.
    """

    def __init__(self, geometries: Sequence[BaseGeometry | None], margins_m: Sequence[float] | None = None) -> None:
        margins = np.zeros(len(geometries)) if margins_m is None else np.asarray(margins_m, dtype=float)
        if not (np.isfinite(margins).all() and (margins >= 0).all()):
            raise RadiusError(float(margins[~(np.isfinite(margins) & (margins >= 0))][0]))
        self._entries = [at for at, geometry in enumerate(geometries) if geometry is not None]
        self._shapes = [geometry for geometry in geometries if geometry is not None]
        centres, radii = _balls(self._shapes)
        self._doubled = -2.0 * centres
        self._squares = np.einsum("ij,ij->i", centres, centres)
        self._radii = radii + _ROUNDING_M
        self._reaches = self._radii + margins[self._entries]
        self._points = [(shape.y, shape.x) if isinstance(shape, Point) else None for shape in self._shapes]
        self._outlines: dict[int, Outline] = {}

    def __len__(self) -> int:
        return len(self._shapes)

    def one(self, position: Position, radius_m: float, *, reach_m: float = 0.0) -> tuple[Hit, ...]:
        """Footprints within `radius_m`, or within `reach_m` plus their own margin, and always the nearest of all.

        Sorted by distance, then by their order. () only when no footprint has a place.
        Raises RadiusError unless 0 < radius_m <= 100,000 and 0 <= reach_m.
        """
        _refuse_no_radius(radius_m)
        # Compared with NaN nothing is near: an answer would read as clear.
        if not (math.isfinite(reach_m) and reach_m >= 0):
            raise RadiusError(reach_m)
        if not self._shapes:
            return ()
        here_m = place_m(position)
        gaps = self._gaps_m(here_m)
        nearest_m = float((gaps + self._radii).min())
        limit_m = max(radius_m, reach_m, nearest_m + order_slack_m(nearest_m))
        rows = np.flatnonzero(gaps - self._reaches <= limit_m).tolist()
        return tuple(sorted((self._measured(row, position, here_m) for row in rows), key=_order))

    def nearest(self, position: Position, count: int = 1) -> tuple[Hit, ...]:
        """The `count` nearest footprints, nearest first; fewer when there are fewer."""
        if not self._shapes:
            return ()
        here_m = place_m(position)
        gaps = self._gaps_m(here_m)
        last = min(count, len(gaps)) - 1
        far_m = float(np.partition(gaps + self._radii, last)[last])
        rows = np.flatnonzero(gaps - self._radii <= far_m + order_slack_m(far_m)).tolist()
        return tuple(sorted((self._measured(row, position, here_m) for row in rows), key=_order)[: last + 1])

    def near(self, lats: npt.ArrayLike, lons: npt.ArrayLike, radius_m: float) -> Hits:
        """Every footprint within `radius_m` of each position.

        lats, lons : degrees, shape (n,); (0,) gives empty hits.
        Raises PositionError for NaN or a position not on Earth, RadiusError unless 0 < radius_m <= 100,000.
        """
        _refuse_no_radius(radius_m)
        positions = [
            Position(lat=lat, lon=lon)
            for lat, lon in zip(np.asarray(lats, dtype=float), np.asarray(lons, dtype=float), strict=True)
        ]
        found = [
            (at, hit)
            for at, row, here_m in self._candidates(positions, radius_m)
            if (hit := self._measured(row, positions[at], here_m)).distance_m <= radius_m
        ]
        return _as_arrays(sorted(found, key=lambda pair: (pair[0], *_order(pair[1]))))

    def _gaps_m(self, here_m: Array) -> Array:
        """Straight metres from a place to the centre of each ball, within _ROUNDING_M."""
        squares = self._doubled @ here_m
        squares += self._squares
        squares += here_m @ here_m
        return np.asarray(np.sqrt(np.maximum(squares, 0.0, out=squares), out=squares))

    def _candidates(self, positions: list[Position], radius_m: float) -> list[tuple[int, int, Array]]:
        if not positions or not self._shapes:
            return []
        places_m = ecef_m([one.lat for one in positions], [one.lon for one in positions])
        step = max(1, _PAIRS_AT_ONCE // len(self._shapes))
        found = []
        for start in range(0, len(positions), step):
            part = places_m[start : start + step]
            squares = part @ self._doubled.T + self._squares + np.einsum("ij,ij->i", part, part)[:, None]
            pairs = np.argwhere(np.sqrt(np.maximum(squares, 0.0)) - self._radii <= radius_m)
            found += [(start + at, row, part[at]) for at, row in pairs.tolist()]
        return found

    def _measured(self, row: int, position: Position, here_m: Array) -> Hit:
        point = self._points[row]
        if point is not None:
            ahead, _, metres = GEOD.inv(position.lon, position.lat, point[1], point[0])
            return Hit(self._entries[row], metres, None, ahead % 360.0 if metres else None)
        shape = self._shapes[row]
        edges = self._outlines.get(row)
        if edges is None:
            edges = self._outlines[row] = outline(shape)
        metres, ahead = edges.nearest(position.lat, position.lon, here_m)
        if inside(shape, position.lat, position.lon):
            return Hit(self._entries[row], 0.0, metres, None)
        return Hit(self._entries[row], metres, None, ahead if metres else None)


def _refuse_no_radius(radius_m: float) -> None:
    if not (math.isfinite(radius_m) and 0 < radius_m <= MAX_RADIUS_M):
        raise RadiusError(radius_m)


def _order(hit: Hit) -> tuple[float, int]:
    return hit.distance_m, hit.entry


def _balls(shapes: Sequence[BaseGeometry]) -> tuple[Array, Array]:
    """Centre (n, 3) and radius (n,) in metres of a ball around each footprint."""
    if not shapes:
        return np.empty((0, 3)), np.empty(0)
    vertices, owner = shapely.get_coordinates(np.asarray(shapes, dtype=object), return_index=True)
    placed_m = ecef_m(vertices[:, 1], vertices[:, 0])
    counts = np.bincount(owner, minlength=len(shapes))
    centres = np.stack([np.bincount(owner, placed_m[:, axis]) / counts for axis in range(3)], -1)
    radii = np.zeros(len(shapes))
    np.maximum.at(radii, owner, np.linalg.norm(placed_m - centres[owner], axis=1))
    bounds = shapely.bounds(np.asarray(shapes, dtype=object))
    radii += _longest_edges_m(shapes) / 2
    radii[(radii > _WIDEST_BALL_M) | (bounds[:, 3] - bounds[:, 1] > _TALLEST_DEG)] = _ALWAYS_M
    return centres, radii


def _longest_edges_m(shapes: Sequence[BaseGeometry]) -> Array:
    """The longest edge of each footprint (n,), bounded from above: an edge in lon/lat may bulge out of its chord."""
    longest = np.zeros(len(shapes))
    areas = np.asarray([at for at, shape in enumerate(shapes) if shape.geom_type != "Point"], dtype=int)
    if not len(areas):
        return longest
    parts, part_owner = shapely.get_parts(np.asarray(shapes, dtype=object)[areas], return_index=True)
    rings, ring_owner = shapely.get_rings(parts, return_index=True)
    vertices, ring = shapely.get_coordinates(rings, return_index=True)
    same_ring = ring[:-1] == ring[1:]
    owners = areas[part_owner[ring_owner[ring[:-1][same_ring]]]]
    np.maximum.at(longest, owners, edge_bound_m(vertices[:-1][same_ring], vertices[1:][same_ring]))
    return longest


def _as_arrays(found: list[tuple[int, Hit]]) -> Hits:
    def column(values: list[float | None]) -> Array:
        return np.array([math.nan if value is None else value for value in values], dtype=float)

    return Hits(
        position=np.array([at for at, _ in found], dtype=np.int64),
        entry=np.array([hit.entry for _, hit in found], dtype=np.int64),
        distance_m=column([hit.distance_m for _, hit in found]),
        depth_m=column([hit.depth_m for _, hit in found]),
        bearing_deg=column([hit.bearing_deg for _, hit in found]),
    )
