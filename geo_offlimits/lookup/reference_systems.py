"""The coordinate reference systems in which features are asked for and given, by their URIs (OGC API Features, part 2).

All of ours lie in WGS 84 degrees, longitude first; the two others are the same places in another order or projection.
"""

from collections.abc import Sequence
from enum import Enum

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

_RADIUS_M = 6_378_137.0
# The poles lie at infinity in Mercator's projection; a place there is shown a hair's breadth beside.
_NEAR_POLE_DEG = 89.999999
_LON, _LAT, _AROUND_DEG = 180.0, 90.0, 360.0
_AUTHORITY = "http://www.opengis.net/def/crs/"
Coordinates = NDArray[np.float64]


class ReferenceSystem(Enum):
    """Its value is its URI."""

    CRS84 = f"{_AUTHORITY}OGC/1.3/CRS84"
    WGS84 = f"{_AUTHORITY}EPSG/0/4326"
    WEB_MERCATOR = f"{_AUTHORITY}EPSG/0/3857"

    def given(self, geometry: BaseGeometry) -> BaseGeometry:
        """A geometry in WGS 84 degrees, longitude first, as one in this system."""
        return geometry if self is ReferenceSystem.CRS84 else shapely.transform(geometry, self._forth)

    def read(self, geometry: BaseGeometry) -> BaseGeometry:
        """A geometry of this system in WGS 84 degrees, longitude first."""
        return geometry if self is ReferenceSystem.CRS84 else shapely.transform(geometry, self._back)

    def window(self, corners: Sequence[float]) -> BaseGeometry:
        """The box between its lower and its upper corner, two numbers each in this system, in WGS 84 degrees.

        One whose west lies east of its east reaches across the antimeridian. What is beyond the earth is cut off, and
        a box without width or height is the line or the point that it is.
        """
        (west, south), (east, north) = self._in_degrees(np.array(corners, dtype=float).reshape(2, 2))
        if east - west >= _AROUND_DEG:
            west, east = -_LON, _LON
        spans = [(west, east)] if west <= east else [(west, _LON), (-_LON, east)]
        parts = [[(left, south), (right, south), (right, north), (left, north)] for left, right in spans]
        cut = np.clip(np.array(parts), (-_LON, -_LAT), (_LON, _LAT))
        return shapely.union_all([shapely.convex_hull(shapely.multipoints(part)) for part in cut])

    def _in_degrees(self, own: Coordinates) -> Coordinates:
        return own if self is ReferenceSystem.CRS84 else self._back(own)

    def _forth(self, lon_lat: Coordinates) -> Coordinates:
        if self is ReferenceSystem.WGS84:
            return lon_lat[:, ::-1]
        lat = np.radians(np.clip(lon_lat[:, 1], -_NEAR_POLE_DEG, _NEAR_POLE_DEG))
        return np.column_stack([np.radians(lon_lat[:, 0]), np.arcsinh(np.tan(lat))]) * _RADIUS_M

    def _back(self, own: Coordinates) -> Coordinates:
        if self is ReferenceSystem.WGS84:
            return own[:, ::-1]
        turned = own / _RADIUS_M
        with np.errstate(over="ignore"):  # what is beyond the projection comes out at a pole
            lat = np.arctan(np.sinh(turned[:, 1]))
        return np.asarray(np.degrees(np.column_stack([turned[:, 0], lat])), dtype=float)
