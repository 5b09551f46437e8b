"""Invented premises and positions in the Atlantic: towns of unlike size, some premises between them, and who drives by.

Nine in ten premises are points, one in ten a polygon of 4 to 12 corners and 6 to 200 m, one in twenty of those with a
hole. Everything comes from a seed.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod
from shapely.geometry import Polygon

Array = npt.NDArray[np.float64]
GEOD = Geod(ellps="WGS84")
# As large as Kosovo, in the middle of UTM zone 24, where there is only water.
WEST, SOUTH, EAST, NORTH = -39.85, 41.90, -38.15, 43.20
GRID = "EPSG:32624"


@dataclass(frozen=True)
class Country:
    """Premises as shapely geometries (n,), and the towns: longitudes, latitudes, how likely, and how wide in metres."""

    shapes: npt.NDArray[np.object_]
    lons: Array
    lats: Array
    weights: Array
    widths_m: Array


def country(premises: int, seed: int, *, worldwide: bool = False) -> Country:
    random = np.random.default_rng(seed)
    lons, lats, weights = _towns(random, worldwide=worldwide)
    widths_m = np.clip(4000.0 * np.sqrt(weights / weights[0]), 300.0, None)
    town = random.choice(len(lons), premises, p=weights)
    is_rural = random.random(premises) < 0.15
    gap_m = np.where(is_rural, random.uniform(0, 40_000, premises), np.abs(random.normal(0, widths_m[town])))
    east, north, _ = GEOD.fwd(lons[town], lats[town], random.uniform(0, 360, premises), gap_m)
    # No footprint here crosses the antimeridian; those are the business of the oracle in the tests.
    east = np.clip(east, -179.99, 179.99)
    shapes = shapely.points(east, north)
    polygons = np.flatnonzero(random.random(premises) < 0.10)
    for at in polygons.tolist():
        shapes[at] = _polygon(random, float(east[at]), float(north[at]))
    return Country(shapes, lons, lats, weights, widths_m)


def _towns(random: np.random.Generator, *, worldwide: bool) -> tuple[Array, Array, Array]:
    if worldwide:
        count, falling = 20_000, 0.8
        lons = random.uniform(-180, 180, count)
        lats = np.degrees(np.arcsin(random.uniform(np.sin(np.radians(-50)), np.sin(np.radians(68)), count)))
    else:
        count, falling = 40, 1.0
        lons, lats = random.uniform(WEST, EAST, count), random.uniform(SOUTH, NORTH, count)
    weights = np.arange(1, count + 1) ** -falling
    return lons, lats, weights / weights.sum()


def _polygon(random: np.random.Generator, lon: float, lat: float) -> Any:
    corners = int(random.integers(4, 13))
    radius_m = random.uniform(50, 200) if random.random() < 0.2 else random.uniform(6, 25)
    turns = (np.arange(corners) + random.uniform(0, 0.6, corners)) * 360 / corners
    ring = _around(lon, lat, turns, radius_m * random.uniform(0.6, 1, corners))
    hole = (
        [_around(lon, lat, np.array([20.0, 110, 200, 290]), np.full(4, radius_m / 4))] if random.random() < 0.05 else []
    )
    return Polygon(ring, hole)


def _around(lon: float, lat: float, turns: Array, gaps_m: Array) -> Array:
    lons, lats, _ = GEOD.fwd(np.full(len(turns), lon), np.full(len(turns), lat), turns, gaps_m)
    return np.column_stack([lons, lats])


def tracks(there: Country, positions: int, seed: int) -> tuple[Array, Array]:
    """Latitudes and longitudes of vehicles: 600 fixes each, 5 s apart, 8 to 25 m/s, out of a town and winding."""
    random = np.random.default_rng(seed)
    vehicles = positions // 600 + 1
    town = random.choice(len(there.lons), vehicles, p=there.weights)
    gap_m = np.abs(random.normal(0, there.widths_m[town]))
    lons, lats, _ = GEOD.fwd(there.lons[town], there.lats[town], random.uniform(0, 360, vehicles), gap_m)
    driven_m = np.arange(600) * 5.0 * random.uniform(8, 25, vehicles)[:, None]
    heading = random.uniform(0, 360, vehicles)[:, None] + np.cumsum(random.normal(0, 1.0, (vehicles, 600)), axis=1)
    east, north, _ = GEOD.fwd(np.repeat(lons, 600), np.repeat(lats, 600), heading.ravel(), driven_m.ravel())
    return np.ascontiguousarray(north[:positions]), np.ascontiguousarray(east[:positions])


def crowd(there: Country, positions: int, seed: int) -> tuple[Array, Array]:
    """Everybody in the largest town, among the premises: the worst case."""
    random = np.random.default_rng(seed)
    gap_m = np.abs(random.normal(0, there.widths_m[0] / 2, positions))
    lons, lats = np.full(positions, there.lons[0]), np.full(positions, there.lats[0])
    east, north, _ = GEOD.fwd(lons, lats, random.uniform(0, 360, positions), gap_m)
    return np.asarray(north), np.asarray(east)
