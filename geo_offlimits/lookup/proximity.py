"""Which footprints are near a position: exactly, anywhere on Earth, for one position or for millions.

1. `tiles` says of most positions that nothing is near, `strips` which footprints may be, `runs` how far they are, and
   `areas` which large ones hold the position. None of them loses a footprint; the last two decide.
2. Cells and strips suit one reach. They are made for a few reaches (LEVELS_M), each when it is first asked for.
3. A batch goes through NumPy arrays, one position through plain floats: an array costs more than such a question.
4. The few that are told of one position are measured once more, with the bearing, by `geodesy`.

Distances are geodesic on WGS 84 (Karney 2013): within 1 mm to points and 1 cm to edges, up to 100 km.
"""

import math
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.position import Position
from geo_offlimits.errors import InputError, Issue, Sentence
from geo_offlimits.lookup.areas import Areas
from geo_offlimits.lookup.geodesy import GEOD, Array, Outline, ecef_m, inside, order_slack_m, outline, place_m
from geo_offlimits.lookup.hits import Hits, in_order
from geo_offlimits.lookup.runs import Runs
from geo_offlimits.lookup.strips import Balls, Strips
from geo_offlimits.lookup.tangent import MEAN_RADIUS_M, TangentPlanes, turn_of
from geo_offlimits.lookup.tiles import TileFilter, Whole

MAX_RADIUS_M = 100_000.0
LEVELS_M = (25.0, 100.0, 400.0, 1_600.0, 6_400.0, 25_600.0, MAX_RADIUS_M)
_NEAREST_M = (100.0, 1_600.0, MAX_RADIUS_M)  # how far the nearest is looked for, one after the other
_SINGLY_WITHIN_M = 400.0  # beyond, so many footprints are near that arrays pay for one position too
_CHORD_WITHIN_M = 20_000.0  # nearer, a straight line tells the geodesic within 0.1 mm
_CHORD_BEND = 24.0 * MEAN_RADIUS_M**2
_AT_ONCE = 32_768
_STRIP_SIZES = (0.5, 2.0, 8.0, 32.0, 128.0, 512.0)  # balls up to so many radii share strips
_CELLS_A_BALL = 40
_LEAST_CELL_M = 20.0
_FEW = 50_000
_FILTERS = 64
_ROUNDING_M = 1.0  # of the squares above, with a wide margin
_UNLIKE_M = 0.01  # by how much the two ways to measure may differ
_NO_PAIRS = (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0))


class RadiusError(InputError):
    """A radius that is none."""

    def __init__(self, radius_m: float) -> None:
        told = Sentence("The radius {radius} m is not above 0 and up to 100,000 metres; give another.", radius=radius_m)
        super().__init__(told, Issue(field="radius_m", value=str(radius_m), reason=Sentence("not 0 to 100000 metres")))


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
class _Layer:
    """Balls of not too unlike size: what passes the tiles of all is asked of the strips of each size it passes."""

    tiles: TileFilter
    strips: tuple[tuple[TileFilter | None, Strips], ...]

    @property
    def nbytes(self) -> int:
        own = sum(strips.nbytes + (tiles.nbytes if tiles else 0) for tiles, strips in self.strips)
        return self.tiles.nbytes + own


class ProximityIndex:
    """An index over footprints: Points, Polygons and MultiPolygons in degrees, or None for a place not known.

    margins_m : for each footprint, how much farther than `reach_m` it is still found by `one`, and than `radius_m` by
    `reached`; zero when not given.
    Raises RadiusError for a margin that is no distance.
    """

    def __init__(self, geometries: Sequence[BaseGeometry | None], margins_m: npt.ArrayLike | None = None) -> None:
        margins = np.zeros(len(geometries)) if margins_m is None else np.asarray(margins_m, dtype=float)
        if not (np.isfinite(margins).all() and (margins >= 0).all()):
            raise RadiusError(float(margins[~(np.isfinite(margins) & (margins >= 0))][0]))
        shapes = np.asarray(geometries, dtype=object)
        kinds = shapely.get_type_id(shapes)
        points, polygons = np.flatnonzero(kinds == 0), np.flatnonzero(kinds > 0)
        lonlat = shapely.get_coordinates(shapes[points])
        self._shapes, self._points = shapes, len(points)
        self._runs = Runs(shapes[polygons])
        # An item is a point or a run of a footprint's edge.
        self._entries = np.concatenate([points, polygons[self._runs.owner]]).astype(np.int32)
        self._margins = margins[self._entries] if margins.any() else np.broadcast_to(0.0, len(self._entries))
        self._balls = _together(Balls(lonlat[:, 1], lonlat[:, 0], np.zeros(len(points))), self._runs.balls)
        self._area_entries = np.unique(polygons[self._runs.owner[~self._runs.whole]])
        self._areas = Areas(shapes[self._area_entries])
        self._levels: list[tuple[_Layer, ...] | None] = [None] * len(LEVELS_M)
        self._outlines: dict[int, Outline] = {}
        self._filters: dict[float, Callable[[float, float], bool]] = {}

    def __len__(self) -> int:
        return sum(shape is not None for shape in self._shapes)

    @property
    def nbytes(self) -> int:
        """What the index holds beside the geometries, so far."""
        held = (self._entries, self._balls.lats, self._balls.lons, self._balls.radii_m)
        layers = [layer for level in self._levels if level for layer in level]
        return self._runs.nbytes + sum(array.nbytes for array in held) + sum(layer.nbytes for layer in layers)

    def near(self, lats: npt.ArrayLike, lons: npt.ArrayLike, radius_m: float) -> Hits:
        """Every footprint within `radius_m` of each position, with its geodesic distance, 0 inside.

        lats, lons : degrees, float64, shape (n,); (0,) gives empty hits.
        Raises PositionError for NaN or a position not on Earth, RadiusError unless 0 < radius_m <= 100,000.
        """
        _refuse_no_radius(radius_m)
        flat = np.ascontiguousarray(lats, dtype=float), np.ascontiguousarray(lons, dtype=float)
        _refuse_not_on_earth(*flat)
        return in_order(*self._joined(*flat, radius_m, with_margins=False), radius_m)

    def reached(self, lats: Array, lons: Array, radius_m: float) -> Hits:
        """As `near`, with every footprint within `radius_m` and its own margin; unsorted.

        Raises RadiusError unless 0 < radius_m <= 100,000.
        """
        _refuse_no_radius(radius_m)
        return Hits(*self._joined(lats, lons, radius_m, with_margins=True))

    def within(self, position: Position, radius_m: float) -> tuple[tuple[int, float], ...]:
        """Footprint and geodesic metres of everything within `radius_m` of one position, nearest first.

        Raises RadiusError unless 0 < radius_m <= 100,000.
        """
        passes = self._filters.get(radius_m)
        if passes is None:
            _refuse_no_radius(radius_m)
            self._remember_filter(radius_m)
        elif not passes(position.lat, position.lon):
            return ()
        found = self._near_one(position.lat, position.lon, radius_m, with_margins=False)
        return tuple(sorted(found.items(), key=lambda pair: (pair[1], pair[0]))) if found else ()

    def _remember_filter(self, radius_m: float) -> None:
        """A radius that was asked about is fit, and where one filter speaks for all, it is asked first from now on."""
        layers = self._level(radius_m)
        if len(layers) == 1 and not self._areas and len(self._filters) < _FILTERS:
            self._filters[radius_m] = layers[0].tiles.passes

    def one(self, position: Position, radius_m: float, *, reach_m: float = 0.0) -> tuple[Hit, ...]:
        """Footprints within `radius_m`, or within `reach_m` plus their own margin, and always the nearest of all.

        Sorted by distance, then by their order. () only when no footprint has a place.
        Raises RadiusError unless 0 < radius_m <= 100,000 and 0 <= reach_m <= 100,000.
        """
        _refuse_no_radius(radius_m)
        # Compared with NaN nothing is near: an answer would read as clear.
        if not (math.isfinite(reach_m) and 0 <= reach_m <= MAX_RADIUS_M):
            raise RadiusError(reach_m)
        limit_m = max(radius_m, reach_m)
        if limit_m > MAX_RADIUS_M:
            return self._measured(position, self._possible(position, limit_m, 1))
        found = self._near_one(position.lat, position.lon, limit_m, with_margins=True)
        # One that only its margin brought in may be farther than another that has none.
        nearest = [] if min(found.values(), default=math.inf) <= limit_m else self.nearest(position)
        return self._measured(position, {*found, *(hit.entry for hit in nearest)})

    def nearest(self, position: Position, count: int = 1) -> tuple[Hit, ...]:
        """The `count` nearest footprints, nearest first; fewer when there are fewer."""
        # Among a few, looking at each is quicker than making cells and strips for one reach after the other.
        for radius_m in _NEAREST_M if len(self._entries) > _FEW else ():
            found = self._near_one(position.lat, position.lon, radius_m, with_margins=False)
            if len(found) >= count:
                last_m = sorted(found.values())[count - 1] + _UNLIKE_M
                return self._measured(position, {one for one, metres in found.items() if metres <= last_m})[:count]
        return self._measured(position, self._possible(position, 0.0, count))[:count]

    def _measured(self, position: Position, entries: set[int]) -> tuple[Hit, ...]:
        """Each with depth and bearing, sorted."""
        here_m = place_m(position)
        hits = [self.measured(entry, position, here_m) for entry in entries]
        return tuple(sorted(hits, key=lambda hit: (hit.distance_m, hit.entry)))

    def measured(self, entry: int, position: Position, here_m: Array | None = None) -> Hit:
        """How far one footprint that has a place is, how deep inside the position, and in which direction."""
        shape = self._shapes[entry]
        if shape.geom_type == "Point":
            ahead, _, metres = GEOD.inv(position.lon, position.lat, shape.x, shape.y)
            return Hit(entry, metres, None, ahead % 360.0 if metres else None)
        edges = self._outlines.get(entry)
        if edges is None:
            edges = self._outlines[entry] = outline(shape)
        metres, ahead = edges.nearest(position.lat, position.lon, place_m(position) if here_m is None else here_m)
        if inside(shape, position.lat, position.lon):
            return Hit(entry, 0.0, metres, None)
        return Hit(entry, metres, None, ahead if metres else None)

    def _level(self, radius_m: float) -> tuple[_Layer, ...]:
        rank = bisect_left(LEVELS_M, radius_m)
        made = self._levels[rank]
        if made is None:
            made = self._levels[rank] = tuple(_layers(self._balls, self._margins, LEVELS_M[rank]))
        return made

    def _near_one(self, lat: float, lon: float, radius_m: float, *, with_margins: bool) -> dict[int, float]:
        """Metres to each footprint within `radius_m`, and its margin where those count."""
        if radius_m > _SINGLY_WITHIN_M:
            _, entries, metres = self._joined(np.array([lat]), np.array([lon]), radius_m, with_margins=with_margins)
            return dict(zip(entries.tolist(), metres.tolist(), strict=True))
        found = dict.fromkeys(self._areas_holding(lat, lon), 0.0)
        for layer in self._level(radius_m):
            if layer.tiles.passes(lat, lon):
                self._add_near_one(found, layer, lat, lon, radius_m, with_margins=with_margins)
        return found

    def _add_near_one(
        self, found: dict[int, float], layer: _Layer, lat: float, lon: float, radius_m: float, *, with_margins: bool
    ) -> None:
        here_m, turn = turn_of(lat, lon)
        entries, margins, wholes = self._singly
        for tiles, strips in layer.strips:
            if tiles and not tiles.passes(lat, lon):
                continue
            for item, chord_m in strips.near_one(lat, lon, here_m, radius_m):
                if item < self._points:
                    metres = chord_m + chord_m**3 / _CHORD_BEND
                else:
                    metres, is_inside = self._runs.distance_to_one_m(item - self._points, turn)
                    if is_inside and wholes[item - self._points]:
                        metres = 0.0
                if metres <= radius_m or (with_margins and metres <= radius_m + margins[item]):
                    entry = entries[item]
                    found[entry] = min(metres, found.get(entry, metres))

    def _areas_holding(self, lat: float, lon: float) -> list[int]:
        return self._area_entries[self._areas.holding_one(lat, lon)].tolist() if self._areas else []

    @cached_property
    def _singly(self) -> tuple[list[int], list[float], list[bool]]:
        return self._entries.tolist(), self._margins.tolist(), self._runs.whole.tolist()

    def _joined(self, lats: Array, lons: Array, radius_m: float, *, with_margins: bool) -> tuple[Whole, Whole, Array]:
        """Position, footprint and metres of each pair within `radius_m` (and margins), each pair once; unsorted."""
        parts = [
            part
            for layer in self._level(radius_m)
            for chosen in _in_parts(layer.tiles.passed(lats, lons))
            for part in self._measured_pairs(layer, lats, lons, chosen, radius_m)
        ]
        position, item, metres = (np.concatenate(column) for column in zip(*parts, _NO_PAIRS, strict=True))
        limit_m = radius_m + self._margins[item] if with_margins else radius_m
        near = np.flatnonzero(metres <= limit_m)
        position, item, metres = position[near], item[near], metres[near]
        entry = self._entries[item]
        return self._with_areas(position, item, entry, metres, self._areas.holding(lats, lons))

    def _measured_pairs(
        self, layer: _Layer, lats: Array, lons: Array, chosen: Whole, radius_m: float
    ) -> Iterator[tuple[Whole, Whole, Array]]:
        for tiles, strips in layer.strips:
            some = chosen[tiles.passed(lats[chosen], lons[chosen])] if tiles else chosen
            planes = TangentPlanes.at(lats[some], lons[some])
            at, item, metres = strips.pairs(lats[some], lons[some], (planes.x, planes.y, planes.z), radius_m)
            metres += metres**3 / _CHORD_BEND
            if radius_m > _CHORD_WITHIN_M:
                far = np.flatnonzero((metres > _CHORD_WITHIN_M) & (item < self._points))
                ends = self._balls.lons[item[far]], self._balls.lats[item[far]]
                metres[far] = GEOD.inv(lons[some[at[far]]], lats[some[at[far]]], *ends)[2]
            edged = np.flatnonzero(item >= self._points)
            run = item[edged] - self._points
            to_edge_m, is_inside = self._runs.distances_m(planes, at[edged], run, radius_m)
            to_edge_m[is_inside & self._runs.whole[run]] = 0.0
            metres[edged] = to_edge_m
            yield some[at], item, metres

    def _with_areas(
        self, position: Whole, item: Whole, entry: Whole, metres: Array, holding: tuple[Whole, Whole]
    ) -> tuple[Whole, Whole, Array]:
        """The pairs, those of large footprints made one: the nearest run counts, or 0 where the position is inside."""
        if not self._areas:
            return position, entry, metres
        of_area = np.zeros(len(item), dtype=np.bool_)
        edged = item >= self._points
        of_area[edged] = ~self._runs.whole[item[edged] - self._points]
        held_at, held_by = holding[0], self._area_entries[holding[1]]
        at = np.concatenate([held_at, position[of_area]])
        area = np.concatenate([held_by, entry[of_area]])
        gaps = np.concatenate([np.zeros(len(held_at)), metres[of_area]])
        order = np.lexsort((gaps, area, at))
        at, area, gaps = at[order], area[order], gaps[order]
        first = np.ones(len(at), dtype=np.bool_)
        first[1:] = (at[1:] != at[:-1]) | (area[1:] != area[:-1])
        return (
            np.concatenate([position[~of_area], at[first]]),
            np.concatenate([entry[~of_area], area[first]]),
            np.concatenate([metres[~of_area], gaps[first]]),
        )

    @cached_property
    def _centres_m(self) -> tuple[Array, Array]:
        """The centres of all balls and the squares of their distances from the Earth's."""
        centres_m = ecef_m(self._balls.lats, self._balls.lons)
        return centres_m, np.einsum("ij,ij->i", centres_m, centres_m)

    def _possible(self, position: Position, limit_m: float, count: int) -> set[int]:
        """Footprints that may be within `limit_m` and their margin, or among the `count` nearest, however far."""
        if not len(self._entries):
            return set()
        here_m = place_m(position)
        centres_m, squares = self._centres_m
        gaps_m = np.sqrt(np.maximum(squares - 2.0 * (centres_m @ here_m) + here_m @ here_m, 0.0))
        known = gaps_m + self._balls.radii_m + 2 * _ROUNDING_M
        if self._areas:  # of many runs the nearest counts
            at_most = np.full(len(self._shapes), np.inf)
            np.minimum.at(at_most, self._entries, known)
            known = at_most[np.isfinite(at_most)]
        last_m = float(np.partition(known, min(count, len(known)) - 1)[min(count, len(known)) - 1])
        reach_m = np.maximum(last_m + order_slack_m(last_m), limit_m + self._margins)
        near = self._entries[gaps_m - self._balls.radii_m - _ROUNDING_M <= reach_m]
        return {*near.tolist(), *self._areas_holding(position.lat, position.lon)}


def _layers(balls: Balls, margins: Array, level_m: float) -> Iterator[_Layer]:
    """Balls of like size together, margins included: a few wide ones must not widen the windows of all."""
    reaching = replace(balls, radii_m=balls.radii_m + margins)
    sizes = np.searchsorted(np.array(_STRIP_SIZES) * level_m, reaching.radii_m)
    for first in range(0, len(_STRIP_SIZES) + 1, 3):
        groups = [rows for size in range(first, first + 3) if len(rows := np.flatnonzero(sizes == size))]
        if not groups:
            continue
        rows = np.concatenate(groups)
        strips = (_own_tiles_and_strips(reaching, group, len(rows), level_m) for group in groups)
        yield _Layer(_tiles(reaching, rows, level_m), tuple(strips))


def _own_tiles_and_strips(balls: Balls, rows: Whole, of: int, level_m: float) -> tuple[TileFilter | None, Strips]:
    """Few among many have tiles of their own, so that what passes for the many is not looked for among the few."""
    return _tiles(balls, rows, level_m) if 2 * len(rows) < of else None, Strips(balls, rows, level_m)


def _tiles(balls: Balls, rows: Whole, level_m: float) -> TileFilter:
    reaches_m = (level_m + balls.radii_m[rows]) * 1.001 + 0.05
    cell_m = max(level_m, _LEAST_CELL_M)
    # Small cells tell more apart, but each ball marks all that it touches: not so many that marking takes long.
    while np.square(2.0 * reaches_m / cell_m + 2.0).sum() > _CELLS_A_BALL * len(rows):
        cell_m *= 2.0
    return TileFilter(balls.lats[rows], balls.lons[rows], reaches_m, cell_m)


def _together(some: Balls, more: Balls) -> Balls:
    return Balls(
        np.concatenate([some.lats, more.lats]),
        np.concatenate([some.lons, more.lons]),
        np.concatenate([some.radii_m, more.radii_m]),
    )


def _in_parts(chosen: Whole) -> Iterator[Whole]:
    for at in range(0, len(chosen), _AT_ONCE):
        yield chosen[at : at + _AT_ONCE]


def _refuse_no_radius(radius_m: float) -> None:
    if not (math.isfinite(radius_m) and 0 < radius_m <= MAX_RADIUS_M):
        raise RadiusError(radius_m)


def _refuse_not_on_earth(lats: Array, lons: Array) -> None:
    if lats.shape != lons.shape or lats.ndim != 1:
        raise InputError(
            f"There are {lats.size} latitudes and {lons.size} longitudes; give two rows of one length.",
            Issue(field="positions", reason="not two rows of one length"),
        )
    # Written so that NaN, of which nothing holds, is refused.
    if len(lats) and not (lats.min() >= -90 and lats.max() <= 90 and lons.min() >= -180 and lons.max() <= 180):  # noqa: PLR2004  (degrees)
        wrong = int(np.flatnonzero(~((np.abs(lats) <= 90) & (np.abs(lons) <= 180)))[0])  # noqa: PLR2004  (degrees)
        Position(lat=float(lats[wrong]), lon=float(lons[wrong]))
