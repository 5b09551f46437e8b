"""Hostile footprints and positions, and a slow answer to what is within reach that shares nothing with the index.

A point is measured by Karney's geodesic. An edge, straight in longitude/latitude, is searched for its nearest point:
the distance is taken at some places along it, then ever finer around the least. What is inside, shapely says, in
degrees.
An edge is left out only where its start is farther than the reach by more than its length.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod
from shapely.geometry import Point, Polygon
from shapely.geometry.base import BaseGeometry

from geo_offlimits.lookup.footprint import FootprintError, canonical_geometry

GEOD = Geod(ellps="WGS84")
CENTRES = [
    (180.0, 0.0), (-180.0, 66.0), (0.0, 90.0), (77.0, -90.0),
    (179.999, 89.9), (-179.999, -89.99), (-41.5, 38.2), (0.0, 0.0),
]  # fmt: skip
POINT_TOLERANCE_M, EDGE_TOLERANCE_M = 0.001, 0.01
Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """Footprints around one place, positions among them, and a reach."""

    shapes: list[BaseGeometry]
    lats: Array
    lons: Array
    radius_m: float


def cases(seed: int, *, footprints: int = 60, positions: int = 40) -> Iterator[Case]:
    """One layer around each of the centres, asked with three radii."""
    random = np.random.default_rng(seed)
    for lon, lat in CENTRES:
        spread_m = float(10 ** random.uniform(2, 5))
        shapes = [_footprint(random, *_beside(random, lon, lat, spread_m)) for _ in range(footprints)]
        lons, lats = np.array([_beside(random, lon, lat, spread_m) for _ in range(positions)]).T
        lons[0], lats[0] = lon, lat
        lons[1], lats[1] = shapely.get_coordinates(shapes[0])[0]
        for radius_m in (10.0, 100.0, float(10 ** random.uniform(2, 5))):
            yield Case(shapes, lats, lons, radius_m)


def truth(case: Case) -> Iterator[tuple[int, int, float, float]]:
    """Position, footprint, metres and tolerance of each pair that may be within reach."""
    for entry, shape in enumerate(case.shapes):
        metres = _distances_m(shape, case.lats, case.lons, case.radius_m + 5.0)
        tolerance_m = POINT_TOLERANCE_M if shape.geom_type == "Point" else EDGE_TOLERANCE_M
        for at in np.flatnonzero(metres <= case.radius_m + 5.0).tolist():
            yield at, entry, float(metres[at]), tolerance_m


def _beside(random: np.random.Generator, lon: float, lat: float, spread_m: float) -> tuple[float, float]:
    east, north, _ = GEOD.fwd(lon, lat, random.uniform(0, 360), spread_m * np.sqrt(random.random()))
    return east, north


def _footprint(random: np.random.Generator, lon: float, lat: float) -> BaseGeometry:
    if random.random() < 0.4:
        return Point(lon, lat)
    radius_m = float(10 ** random.uniform(0.7, 4.3))
    corners = int(random.integers(3, 14))
    turns = np.sort(random.uniform(0, 360, corners))
    if np.diff(turns, append=turns[0] + 360).max() >= 175:
        return Point(lon, lat)
    lons, lats, _ = GEOD.fwd([lon] * corners, [lat] * corners, turns, radius_m * random.uniform(0.5, 1, corners))
    try:
        return canonical_geometry(Polygon(np.column_stack([lons, lats])), max_edge_m=None)
    except FootprintError:
        # Around a pole: a cap, closed there as RFC 7946 wants it.
        south, north = (89.9, 90.0) if lat > 0 else (-90.0, -89.9)
        return shapely.box(-180.0, south, 180.0, north)


def _distances_m(shape: BaseGeometry, lats: Array, lons: Array, reach_m: float) -> Array:
    if isinstance(shape, Point):
        return np.asarray(GEOD.inv(lons, lats, np.full(len(lons), shape.x), np.full(len(lats), shape.y))[2])
    starts, ends = _edges(shape)
    lengths_m = np.asarray(GEOD.inv(starts[:, 0], starts[:, 1], ends[:, 0], ends[:, 1])[2]) * 1.1 + 1.0
    made = np.full(len(lats), np.inf)
    for at, (lat, lon) in enumerate(zip(lats.tolist(), lons.tolist(), strict=True)):
        here = np.full(len(starts), lon), np.full(len(starts), lat)
        to_start_m = np.asarray(GEOD.inv(*here, starts[:, 0], starts[:, 1])[2])
        near = to_start_m <= reach_m + lengths_m
        if near.any():
            made[at] = _least_along_m(lat, lon, starts[near], ends[near])
        if _holds(shape, lat, lon):
            made[at] = 0.0
    return made


def _least_along_m(lat: float, lon: float, starts: Array, ends: Array) -> float:
    """The least distance to edges (n, 2), by 33 places along each and then ever finer around the least."""
    low, high = np.zeros(len(starts)), np.ones(len(starts))
    for _ in range(6):
        shares = low[:, None] + (high - low)[:, None] * np.linspace(0, 1, 33)
        places = starts[:, None, :] + (ends - starts)[:, None, :] * shares[:, :, None]
        flat = places.reshape(-1, 2)
        metres = np.asarray(GEOD.inv(np.full(len(flat), lon), np.full(len(flat), lat), flat[:, 0], flat[:, 1])[2])
        best = metres.reshape(shares.shape).argmin(axis=1)
        row = np.arange(len(starts))
        low, high = shares[row, np.maximum(best - 1, 0)], shares[row, np.minimum(best + 1, 32)]
    return float(metres.min())


def _edges(shape: BaseGeometry) -> tuple[Array, Array]:
    """The edges without the cuts along ±180 that both sides have, and without sides at a pole."""
    polygons = [part for part in shapely.get_parts(shape).tolist() if isinstance(part, Polygon)]
    rings = [np.asarray(ring.coords) for part in polygons for ring in (part.exterior, *part.interiors)]
    starts, ends = np.vstack([ring[:-1] for ring in rings]), np.vstack([ring[1:] for ring in rings])
    seam = (np.abs(starts[:, 0]) == 180) & (starts[:, 0] == ends[:, 0])
    pole = (np.abs(starts[:, 1]) == 90) & (np.abs(ends[:, 1]) == 90)
    both = bool((starts[seam, 0] > 0).any() and (starts[seam, 0] < 0).any())
    kept = ~pole & ~(seam & both)
    return _in_parts(starts[kept], ends[kept])


def _in_parts(starts: Array, ends: Array) -> tuple[Array, Array]:
    """Edges cut to at most two degrees of longitude, so that the distance has one least along each."""
    counts = np.maximum(np.ceil(np.abs(ends[:, 0] - starts[:, 0]) / 2.0), 1).astype(int)
    edge = np.repeat(np.arange(len(counts)), counts)
    step = np.concatenate([np.arange(count) for count in counts.tolist()])
    ahead = (ends - starts)[edge] / counts[edge, None]
    return starts[edge] + step[:, None] * ahead, starts[edge] + (step + 1)[:, None] * ahead


def _holds(shape: BaseGeometry, lat: float, lon: float) -> bool:
    """Whether a position is inside or on an edge; ±180 is one meridian and a pole has every longitude."""
    if abs(lat) == 90:
        return bool(shapely.intersects(shape, shapely.LineString([(-180, lat), (180, lat)])))
    return any(bool(shapely.intersects(shape, Point(x, lat))) for x in ({lon, -lon} if abs(lon) == 180 else {lon}))
