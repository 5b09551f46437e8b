"""The ground: coast, isles, a lake, rivers, and how high and steep it is."""

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import shapely
from demo_island.plane import Point2, blob, parts, rough, rounded, rounded_ring, simple_polygon, simpler, stream, union
from shapely import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

# The coast in kilometres from the middle of the sheet, counter-clockwise from the east cape.
_COAST_KM = (
    (38.0, 3.0), (34.5, 5.0), (35.0, 9.5), (29.0, 9.0), (27.5, 12.5), (23.0, 13.0), (21.5, 17.0), (17.0, 15.0),
    (15.5, 21.0), (12.5, 23.5), (9.5, 21.5), (9.5, 16.5), (5.5, 12.5), (2.0, 13.5), (0.5, 17.0), (-4.0, 18.0),
    (-6.5, 21.0), (-9.0, 16.0), (-13.5, 17.0), (-16.0, 22.0), (-20.5, 26.0), (-24.5, 23.0), (-22.0, 18.5),
    (-21.0, 13.5), (-26.0, 11.0), (-30.5, 13.5), (-35.0, 10.5), (-41.0, 9.0), (-38.0, 3.5), (-35.0, 0.5),
    (-31.0, 3.0), (-26.5, -0.5), (-26.5, -4.0), (-30.0, -6.5), (-34.0, -7.0), (-37.5, -12.0), (-33.5, -14.0),
    (-34.0, -18.5), (-28.0, -21.5), (-25.5, -18.0), (-21.0, -19.5), (-18.0, -15.0), (-17.5, -9.0), (-14.5, -8.5),
    (-13.5, -13.0), (-14.5, -17.5), (-11.0, -20.0), (-8.0, -25.5), (-4.0, -21.0), (0.5, -21.5), (1.0, -16.0),
    (5.0, -14.5), (3.8, -9.5), (6.8, -6.6), (11.5, -7.2), (12.0, -11.0), (15.5, -12.0), (15.0, -16.5), (19.0, -18.0),
    (22.0, -14.5), (25.0, -14.0), (24.0, -8.5), (27.5, -6.5), (31.5, -9.5), (36.5, -6.5), (34.0, -2.0),
)  # fmt: skip
_ISLES_KM = (
    ((31.0, -18.8), (4.4, 2.2), 0.5),
    ((38.5, -13.2), (0.9, 0.6), 1.1),
    ((25.0, -22.0), (0.7, 0.4), 0.2),
    ((-41.5, -4.0), (1.1, 0.7), 1.9),
    ((-42.6, -6.2), (0.45, 0.3), 0.4),
    ((3.0, 23.0), (0.9, 0.5), 2.4),
    ((-30.5, 18.5), (1.3, 0.6), 0.9),
    ((-32.4, 16.8), (0.4, 0.3), 0.1),
    ((8.5, -20.0), (0.6, 0.4), 1.4),
)
_RIVERS_KM = (
    ("River Velan", (-2.6, 1.4), (0.5, -1.5), (2.5, -3.6), (5.0, -4.4), (6.2, -5.6), (6.6, -8.6)),
    ("River Tess", (-17.5, 8.5), (-20.0, 5.5), (-22.0, 1.2), (-24.8, -1.6), (-27.2, -2.6)),
    ("River Ambry", (9.0, 5.0), (8.6, 8.5), (6.4, 10.5), (5.4, 14.0)),
    ("River Noll", (-13.5, 2.5), (-14.5, -2.5), (-13.6, -6.0), (-15.8, -10.4)),
    ("River Sedge", (18.0, 4.5), (20.0, -0.5), (23.0, -4.6), (25.0, -9.0)),
)
_CAPES_KM = (
    ("Cape Sorrel", (38.0, 3.0)),
    ("Point Avane", (12.5, 23.5)),
    ("Cape Merrow", (-20.5, 26.0)),
    ("Cape Listra", (-41.0, 9.0)),
    ("Point Dunmarel", (-8.0, -25.5)),
)
_BAYS_KM = (
    ("Velano Bay", (9.0, -11.0)),
    ("Bay of Ostrel", (5.2, 17.0)),
    ("Quendra Bay", (-31.5, -2.0)),
    ("Corvella Inlet", (-16.0, -14.0)),
    ("Gulf of Brisanne", (28.2, -11.0)),
)
HIGH_M = 700.0


@dataclass(frozen=True)
class River:
    name: str
    line: LineString
    bed: Polygon


@dataclass(frozen=True)
class Land:
    """`main` and `isles` are land with what lies on it; `ground` is where one can stand: no lake, no river."""

    main: Polygon
    isles: tuple[Polygon, ...]
    lake: Polygon
    rivers: tuple[River, ...]

    @cached_property
    def all(self) -> MultiPolygon:
        return MultiPolygon([self.main, *self.isles])

    @cached_property
    def inland_water(self) -> BaseGeometry:
        return union([self.lake, *(river.bed for river in self.rivers)])

    @cached_property
    def ground(self) -> BaseGeometry:
        return self.all.difference(self.inland_water)

    @cached_property
    def shore(self) -> BaseGeometry:
        """Where building begins: 45 m from sea and lake, without the spikes of the coast."""
        shore = self.all.difference(self.lake).buffer(-105).buffer(60).simplify(4)
        shapely.prepare(shore)
        return shore


def _metres(points_km: tuple[Point2, ...]) -> list[Point2]:
    return [(x * 1000, y * 1000) for x, y in points_km]


def _coast() -> Polygon:
    ring = rounded_ring(_metres(_COAST_KM), times=1)
    return simple_polygon(rough([*ring, ring[0]], stream("coast"), roughness=0.26, finest_m=60))


def _isles() -> tuple[Polygon, ...]:
    rng = stream("isles")
    shapes = []
    for (x, y), (length, depth), heading in _ISLES_KM:
        shapes.append(blob((x * 1000, y * 1000), (length * 1000, depth * 1000), heading, rng, roughness=0.24))
    return tuple(shapes)


def _river(name: str, points: list[Point2]) -> River:
    rng = stream(name)
    winding = rounded(rough(rounded(points, 1), rng, roughness=0.13, finest_m=260), times=3)
    line = simpler(LineString(winding), 1.5)
    steps = list(pairwise(line.coords))
    widths = [5 + 13 * (step / len(steps)) ** 1.3 for step in range(len(steps))]
    pieces = [LineString(step).buffer(width, quad_segs=3) for step, width in zip(steps, widths, strict=True)]
    bed = union(pieces).simplify(1.0)
    return River(name, line, max(parts(bed, Polygon), key=lambda part: part.area))


def draw_land() -> Land:
    main = _coast()
    lake = blob((-8200, 2300), (3400, 1350), 2.75, stream("lake"), roughness=0.22)
    rivers = tuple(_river(str(name), _metres(points)) for name, *points in _RIVERS_KM)  # type: ignore[arg-type]
    inside = tuple(
        River(river.name, river.line, max(parts(river.bed.intersection(main).difference(lake), Polygon), key=_area))
        for river in rivers
    )
    return Land(main, _isles(), lake, inside)


def _area(shape: Polygon) -> float:
    return float(shape.area)


def labels(land: Land) -> list[tuple[str, str, Point]]:
    """Kind, name and point of what the map names beside the settlements."""
    named = [("cape", name, Point(x * 1000, y * 1000)) for name, (x, y) in _CAPES_KM]
    named += [("bay", name, Point(x * 1000, y * 1000)) for name, (x, y) in _BAYS_KM]
    return [*named, ("lake", "Lake Orimonde", land.lake.point_on_surface())]


def heights_m(xs: np.ndarray, ys: np.ndarray, land: Land) -> np.ndarray:
    """Metres above the sea at each position: rolling near the coast, higher inland. Sea and lake are at 0."""
    rng = stream("hills")
    total = np.zeros_like(xs)
    for octave in range(5):
        wavelength_m = 14000 / 1.9**octave
        for _ in range(5):
            angle, phase = rng.uniform(0, math.tau), rng.uniform(0, math.tau)
            total += np.sin((xs * math.cos(angle) + ys * math.sin(angle)) * math.tau / wavelength_m + phase) / 2**octave
    inland_m = shapely.distance(land.main.boundary, shapely.points(xs, ys))
    rise = 1 - np.exp(-inland_m / 5000)
    heights = np.where(shapely.contains_xy(land.main, xs, ys), HIGH_M * rise * (0.45 + total / 9), 0.0)
    above: np.ndarray = np.maximum(heights, 0.0)
    return above
