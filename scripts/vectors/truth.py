"""Geodesic metres from a position to a footprint, slowly, sharing nothing with the product's own engine.

Every place along an edge, straight in longitude/latitude, is measured by Karney's geodesic (pyproj.Geod): 33 places
along each edge that may be the nearest, then ever finer around the least. What is inside, GEOS says, in degrees.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

GEOD = Geod(ellps="WGS84")
HALF_TURN, POLE = 180.0, 90.0
_PLACES, _ROUNDS = 33, 6
_WIDEST_DEG = 2.0

Array = npt.NDArray[np.float64]
Json = dict[str, Any]


def there(lat: float, lon: float, bearing_deg: float, metres: float) -> tuple[float, float]:
    """Latitude and longitude so far away in a direction, to 7 decimals."""
    east, north, _ = GEOD.fwd(lon, lat, bearing_deg, metres)
    return round(float(north), 7), round(float(east), 7)


def apart_m(lat: float, lon: float, lats: Array, lons: Array) -> Array:
    count = len(lats)
    return np.asarray(GEOD.inv(np.full(count, lon), np.full(count, lat), lons, lats)[2], dtype=float)


def holds(shape: BaseGeometry, lat: float, lon: float) -> bool:
    """Whether a position is inside or on an edge; ±180 is one meridian and a pole has every longitude."""
    if abs(lat) == POLE:
        return bool(shapely.intersects(shape, shapely.LineString([(-HALF_TURN, lat), (HALF_TURN, lat)])))
    turns = {lon, -lon} if abs(lon) == HALF_TURN else {lon}
    return any(bool(shapely.intersects(shape, shapely.Point(turn, lat))) for turn in turns)


@dataclass(frozen=True)
class Footprint:
    """A GeoJSON geometry (Point, Polygon, MultiPolygon) that can be measured to."""

    geometry: Json

    @cached_property
    def shape(self) -> BaseGeometry:
        return shapely.geometry.shape(self.geometry)

    @property
    def is_point(self) -> bool:
        return bool(self.geometry["type"] == "Point")

    @cached_property
    def edges(self) -> tuple[Array, Array, Array]:
        """Starts and ends (n, 2) in degrees, and upper bounds of their lengths in metres (n,)."""
        starts, ends = _edges(self.geometry)
        metres = np.asarray(GEOD.inv(starts[:, 0], starts[:, 1], ends[:, 0], ends[:, 1])[2]) * 1.1 + 0.01
        return starts, ends, metres

    def holds(self, lat: float, lon: float) -> bool:
        return not self.is_point and holds(self.shape, lat, lon)

    def bounds_m(self, lat: float, lon: float) -> tuple[float, float]:
        """Between which distances the edge is, quickly."""
        starts, _, lengths_m = self.edges
        metres = apart_m(lat, lon, starts[:, 1], starts[:, 0])
        return float((metres - lengths_m).min()), float(metres.min())

    def edge_m(self, lat: float, lon: float) -> float:
        """Metres to the nearest place on the edge."""
        starts, ends, lengths_m = self.edges
        metres = apart_m(lat, lon, starts[:, 1], starts[:, 0])
        if self.is_point:
            return float(metres[0])
        near = metres - lengths_m <= metres.min()
        return _least_along_m(lat, lon, starts[near], ends[near])

    def measured(self, lat: float, lon: float) -> tuple[float, float | None]:
        """(distance_m, depth_m): 0 and the metres to the edge inside, else the metres to the edge and None."""
        metres = self.edge_m(lat, lon)
        return (0.0, metres) if self.holds(lat, lon) else (metres, None)


def rings_of(geometry: Json) -> list[Sequence[Sequence[float]]]:
    parts = {"Polygon": [geometry["coordinates"]], "MultiPolygon": geometry["coordinates"]}[geometry["type"]]
    return [ring for part in parts for ring in part]


def _edges(geometry: Json) -> tuple[Array, Array]:
    """The edges without the cuts along ±180 that both sides have, and without sides at a pole."""
    if geometry["type"] == "Point":
        spot = np.array([geometry["coordinates"]], dtype=float)
        return spot, spot
    rings = [np.asarray(ring, dtype=float) for ring in rings_of(geometry)]
    starts, ends = np.vstack([ring[:-1] for ring in rings]), np.vstack([ring[1:] for ring in rings])
    seam = (np.abs(starts[:, 0]) == HALF_TURN) & (starts[:, 0] == ends[:, 0])
    pole = (np.abs(starts[:, 1]) == POLE) & (np.abs(ends[:, 1]) == POLE)
    both = bool((starts[seam, 0] > 0).any() and (starts[seam, 0] < 0).any())
    kept = ~pole & ~(seam & both)
    return _in_parts(starts[kept], ends[kept])


def _in_parts(starts: Array, ends: Array) -> tuple[Array, Array]:
    """Edges cut to at most two degrees of longitude, so that the distance has one least along each."""
    counts = np.maximum(np.ceil(np.abs(ends[:, 0] - starts[:, 0]) / _WIDEST_DEG), 1).astype(int)
    edge = np.repeat(np.arange(len(counts)), counts)
    step = np.concatenate([np.arange(count) for count in counts.tolist()])
    ahead = (ends - starts)[edge] / counts[edge, None]
    return starts[edge] + step[:, None] * ahead, starts[edge] + (step + 1)[:, None] * ahead


def _least_along_m(lat: float, lon: float, starts: Array, ends: Array) -> float:
    low, high, row = np.zeros(len(starts)), np.ones(len(starts)), np.arange(len(starts))
    least = np.inf
    for _ in range(_ROUNDS):
        shares = low[:, None] + (high - low)[:, None] * np.linspace(0, 1, _PLACES)
        places = (starts[:, None, :] + (ends - starts)[:, None, :] * shares[:, :, None]).reshape(-1, 2)
        metres = apart_m(lat, lon, places[:, 1], places[:, 0]).reshape(shares.shape)
        best, least = metres.argmin(axis=1), float(metres.min())
        low, high = shares[row, np.maximum(best - 1, 0)], shares[row, np.minimum(best + 1, _PLACES - 1)]
    return least
