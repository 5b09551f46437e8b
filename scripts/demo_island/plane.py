"""The drawing board: a flat sheet in metres, x to the east and y to the north, and its way to longitude/latitude.

The sheet is mapped linearly, so what is straight, shared or valid on it stays so in degrees.
"""

import math
import random
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TypeVar

import numpy as np
import shapely
from shapely import LinearRing, LineString, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import polygonize

Point2 = tuple[float, float]
G = TypeVar("G", bound=BaseGeometry)

CENTRE_LON_DEG, CENTRE_LAT_DEG = -16.0, -31.6
DECIMALS = 7
SEED = "demo-island-1"
_LAT = math.radians(CENTRE_LAT_DEG)
# Series for the length of a degree on WGS 84 (metres), good to a decimetre a degree.
METRES_PER_LAT_DEG = 111132.954 - 559.822 * math.cos(2 * _LAT) + 1.175 * math.cos(4 * _LAT)
METRES_PER_LON_DEG = 111412.84 * math.cos(_LAT) - 93.5 * math.cos(3 * _LAT) + 0.118 * math.cos(5 * _LAT)


def stream(purpose: str) -> random.Random:
    """Randomness of its own for each purpose, so that redrawing one town leaves the others as they were."""
    return random.Random(f"{SEED}/{purpose}")  # noqa: S311 - draws a map, keeps no secret


def degrees(geometry: G, decimals: int = DECIMALS) -> G:
    """The geometry in longitude/latitude degrees, rounded."""

    def move(xy: np.ndarray) -> np.ndarray:
        scale = np.array([METRES_PER_LON_DEG, METRES_PER_LAT_DEG])
        moved: np.ndarray = np.round(xy / scale + [CENTRE_LON_DEG, CENTRE_LAT_DEG], decimals)
        return moved

    return shapely.transform(geometry, move)


def along(a: Point2, b: Point2, share: float) -> Point2:
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def towards(start: Point2, angle_rad: float, distance_m: float) -> Point2:
    return start[0] + distance_m * math.cos(angle_rad), start[1] + distance_m * math.sin(angle_rad)


def rough(points: Sequence[Point2], rng: random.Random, roughness: float, finest_m: float) -> list[Point2]:
    """The line with every longer step broken in two and its middle pushed aside, again and again: a coast."""
    drawn = [points[0]]
    for a, b in pairwise(points):
        drawn.extend(_broken(a, b, rng, roughness, finest_m))
    return drawn


def _broken(a: Point2, b: Point2, rng: random.Random, roughness: float, finest_m: float) -> list[Point2]:
    length_m = math.dist(a, b)
    if length_m <= finest_m:
        return [b]
    wild = 1.0 if length_m > 16 * finest_m else 0.6
    push = max(-2.0, min(2.0, rng.gauss(0, 1))) * roughness * wild
    middle = along(a, b, rng.uniform(0.42, 0.58))
    middle = (middle[0] - (b[1] - a[1]) * push, middle[1] + (b[0] - a[0]) * push)
    return _broken(a, middle, rng, roughness, finest_m) + _broken(middle, b, rng, roughness, finest_m)


def rounded(points: Sequence[Point2], times: int = 2) -> list[Point2]:
    """Chaikin's corner cutting: each corner replaced by two points on its sides; the ends stay."""
    for _ in range(times):
        cut = [points[0]]
        for a, b in pairwise(points):
            cut += [along(a, b, 0.25), along(a, b, 0.75)]
        points = [*cut, points[-1]]
    return list(points)


def rounded_ring(points: Sequence[Point2], times: int = 2) -> list[Point2]:
    """`rounded` for a closed line, given and returned without its closing point repeated."""
    for _ in range(times):
        cut = []
        for a, b in pairwise([*points, points[0]]):
            cut += [along(a, b, 0.25), along(a, b, 0.75)]
        points = cut
    return list(points)


def simple_polygon(ring: Sequence[Point2]) -> Polygon:
    """The largest face of a ring that may cross itself; the small loops fall away."""
    faces = polygonize(shapely.node(LinearRing(ring)))
    return max(faces, key=lambda face: face.area)


def blob(centre: Point2, radii_m: Point2, heading_rad: float, rng: random.Random, roughness: float = 0.12) -> Polygon:
    """An uneven ellipse: the shape of a wood, a small isle, a town's edge."""
    ring = []
    for step in range(12):
        angle = math.tau * step / 12
        stretch = rng.uniform(0.82, 1.12)
        u, v = radii_m[0] * math.cos(angle) * stretch, radii_m[1] * math.sin(angle) * stretch
        ring.append(turned(centre, heading_rad, u, v))
    finest_m = max(12.0, min(radii_m) / 12)
    closed = rounded_ring(ring)
    return simple_polygon(rough([*closed, closed[0]], rng, roughness, finest_m))


def turned(centre: Point2, heading_rad: float, u: float, v: float) -> Point2:
    """The point `u` metres along the heading and `v` to its left."""
    cos, sin = math.cos(heading_rad), math.sin(heading_rad)
    return centre[0] + u * cos - v * sin, centre[1] + u * sin + v * cos


def parts(geometry: BaseGeometry, kind: type[G]) -> list[G]:
    """The members of that kind, in the order drawn; an empty geometry has none."""
    return [part for part in shapely.get_parts([geometry]) if isinstance(part, kind) and not part.is_empty]


def simpler(line: LineString, tolerance_m: float) -> LineString:
    fewer = line.simplify(tolerance_m)
    return fewer if isinstance(fewer, LineString) else line


def coordinates(line: LineString) -> list[Point2]:
    return [(float(x), float(y)) for x, y in shapely.get_coordinates(line)]


def union(shapes: Iterable[BaseGeometry]) -> BaseGeometry:
    joined: BaseGeometry = shapely.union_all(list(shapes))
    return joined
