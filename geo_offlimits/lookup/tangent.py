"""The plane that touches the ellipsoid at a position: east and north in metres, and what they are along the ground."""

import math
from dataclasses import dataclass

import numpy as np

from geo_offlimits.lookup.geodesy import ECCENTRICITY_2, EQUATOR_M, Array
from geo_offlimits.lookup.tiles import Whole

MEAN_RADIUS_M = 6_371_000.0


@dataclass(frozen=True, eq=False)
class TangentPlanes:
    """One plane for each of (n,) positions, and the positions themselves in ECEF metres."""

    x: Array
    y: Array
    z: Array
    sin_lon: Array
    cos_lon: Array
    sin_lat: Array
    cos_lat: Array
    normal_m: Array

    @classmethod
    def at(cls, lats: Array, lons: Array) -> "TangentPlanes":
        turn, height = np.radians(lons), np.radians(lats)
        sin_lon, cos_lon, sin_lat, cos_lat = np.sin(turn), np.cos(turn), np.sin(height), np.cos(height)
        normal_m = EQUATOR_M / np.sqrt(1.0 - ECCENTRICITY_2 * sin_lat * sin_lat)
        flat_m = normal_m * cos_lat
        z = normal_m * (1.0 - ECCENTRICITY_2) * sin_lat
        return cls(flat_m * cos_lon, flat_m * sin_lon, z, sin_lon, cos_lon, sin_lat, cos_lat, normal_m)

    def project(self, at: Whole, counts: Whole, x: Array, y: Array, z: Array) -> tuple[Array, Array]:
        """East and north (k,) of ECEF points (k,): the first counts[0] as seen from position at[0], and so on."""
        sin_lon, cos_lon, sin_lat, cos_lat, own_north = (
            np.repeat(of_position[at], counts)
            for of_position in (self.sin_lon, self.cos_lon, self.sin_lat, self.cos_lat, self._own_north_m)
        )
        outward = x * cos_lon
        outward += y * sin_lon
        outward *= sin_lat
        cos_lat *= z
        cos_lat -= outward
        cos_lat -= own_north
        cos_lon *= y
        sin_lon *= x
        cos_lon -= sin_lon
        return cos_lon, cos_lat

    @property
    def _own_north_m(self) -> Array:
        """What a position itself measures along its north: N (1-e²) sin cos - N cos sin."""
        return -ECCENTRICITY_2 * self.normal_m * self.cos_lat * self.sin_lat

    def along_ground_m(self, at: Whole, flat_m: Array, north_m: Array) -> Array:
        """Geodesic metres (k,) of lengths in the planes at[i] (k,) of which `north_m` points north; to 100 km."""
        meridian = (1.0 - ECCENTRICITY_2 * self.sin_lat**2) / (1.0 - ECCENTRICITY_2)
        northward = np.square(north_m / np.maximum(flat_m, 1e-9))
        curvature = (1.0 + northward * (meridian[at] - 1.0)) / self.normal_m[at]
        bent = np.square(curvature * flat_m)
        return flat_m * (1.0 + bent / 6.0 + 0.075 * np.square(bent))


def turn_of(lat: float, lon: float) -> tuple[tuple[float, float, float], tuple[float, float, float, float, float]]:
    """The place of one position in ECEF metres, and the turn of its plane: what `TangentPlanes` holds, in floats."""
    sin_lon, cos_lon = math.sin(math.radians(lon)), math.cos(math.radians(lon))
    sin_lat, cos_lat = math.sin(math.radians(lat)), math.cos(math.radians(lat))
    normal_m = EQUATOR_M / math.sqrt(1.0 - ECCENTRICITY_2 * sin_lat * sin_lat)
    flat_m, z = normal_m * cos_lat, normal_m * (1.0 - ECCENTRICITY_2) * sin_lat
    up = -ECCENTRICITY_2 * normal_m * cos_lat * sin_lat
    return (flat_m * cos_lon, flat_m * sin_lon, z), (sin_lon, cos_lon, sin_lat, cos_lat, up)
