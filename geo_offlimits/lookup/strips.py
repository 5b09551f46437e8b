"""Which footprints may be within reach of a position: centres of balls, sorted by strip of latitude, then longitude.

A straight line through the Earth is never longer than the geodesic, so a footprint whose ball is out of reach in a
straight line is out of reach: the filter never loses one, and no meridian and no pole is special.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from geo_offlimits.lookup.geodesy import ECCENTRICITY_2, Array, ecef_m
from geo_offlimits.lookup.tiles import (
    DEGREE_M,
    HALF_TURN,
    TURN,
    Whole,
    counted,
    half_window_deg,
    half_windows_deg,
    plain,
    spread,
)

_KEYS_A_DEGREE = 4_294_967_295.0 / 360.0
_LAST_KEY = 0xFFFFFFFF
_LEAST_STRIP_M = 20.0
_SLACK_M = 0.01  # of the straight lines' rounding, with a wide margin


@dataclass(frozen=True, eq=False)
class Balls:
    """A ball (n,) around each item: its centre on the ellipsoid in degrees, and its radius in metres."""

    lats: Array
    lons: Array
    radii_m: Array

    @classmethod
    def around(cls, centres_m: Array, radii_m: Array) -> "Balls":
        """Of centres in ECEF metres (n, 3), on the ellipsoid or a little below."""
        x, y, z = centres_m.T
        lats = np.degrees(np.arctan2(z, np.hypot(x, y) * (1.0 - ECCENTRICITY_2)))
        return cls(lats, np.degrees(np.arctan2(y, x)), radii_m)


class Strips:
    """Balls `rows` of `balls`, ready to be asked what is within up to `radius_m` of a position."""

    def __init__(self, balls: Balls, rows: Whole, radius_m: float) -> None:
        widest_m = float(balls.radii_m[rows].max())
        self._strips_a_degree = DEGREE_M / max(radius_m + widest_m, _LEAST_STRIP_M)
        self._widest_m = widest_m
        self._last_strip = int(180.0 * self._strips_a_degree)
        strips = ((balls.lats[rows] + 90.0) * self._strips_a_degree).astype(np.int64)
        keys = strips << 32 | ((balls.lons[rows] + HALF_TURN) * _KEYS_A_DEGREE).astype(np.int64)
        order = np.argsort(keys, kind="stable")
        self._keys, self._rows = keys[order], rows[order].astype(np.int32)
        self._x, self._y, self._z = (
            np.ascontiguousarray(axis) for axis in ecef_m(balls.lats[self._rows], balls.lons[self._rows]).T
        )
        self._radii = np.nextafter((balls.radii_m[self._rows] + _SLACK_M).astype(np.float32), np.float32(np.inf))
        self._stops = self._window_stops(radius_m)

    @property
    def nbytes(self) -> int:
        held = (self._keys, self._rows, self._x, self._y, self._z, self._radii, self._stops)
        return sum(array.nbytes for array in held)

    def pairs(
        self, lats: Array, lons: Array, places_m: tuple[Array, Array, Array], radius_m: float
    ) -> tuple[Whole, Whole, Array]:
        """Position, row and straight metres to the centre (k,) of each pair whose ball is within `radius_m`."""
        at, start, last = self._windows(lats, lons, radius_m)
        first = np.searchsorted(self._keys, start)
        held = first < len(self._keys)
        held[held] = self._keys[first[held]] <= last[held]
        at, item = spread(at[held], first[held], self._stops[first[held]] - first[held])
        squares = np.zeros(len(item))
        for axis, place in zip((self._x, self._y, self._z), places_m, strict=True):
            along = axis.take(item)
            along -= place.take(at)
            along *= along
            squares += along
        reach = self._radii.take(item)
        reach += np.float32(radius_m)
        reach *= reach
        near = np.flatnonzero(squares <= reach)
        return at[near], self._rows[item[near]].astype(np.int64), np.sqrt(squares[near])

    def _windows(self, lats: Array, lons: Array, radius_m: float) -> tuple[Whole, Whole, Whole]:
        """For each position and each strip that its reach touches: the position, and the first and last key."""
        high, wide = half_windows_deg(lats, np.full(len(lats), self._reach_m(radius_m)))
        lowest = (np.maximum(lats - high + 90.0, 0.0) * self._strips_a_degree).astype(np.int64)
        highest = np.minimum(((lats + high + 90.0) * self._strips_a_degree).astype(np.int64), self._last_strip)
        at, step = counted(highest - lowest + 1)
        strip = (lowest[at] + step) << 32
        west, east = lons - wide + HALF_TURN, lons + wide + HALF_TURN
        first, last = _key(west)[at] | strip, _key(east)[at] | strip
        over = (west < 0.0) | (east > TURN)
        if not over.any():
            return at, first, last
        # Behind the antimeridian the window goes on at the other end of the same strip.
        beyond = over[at] & (wide[at] < HALF_TURN)
        is_west = west[at][beyond] < 0.0
        more = strip[beyond]
        start = np.where(is_west, _key(west + TURN)[at][beyond], 0) | more
        stop = np.where(is_west, _LAST_KEY, _key(east - TURN)[at][beyond]) | more
        return (np.concatenate([at, at[beyond]]), np.concatenate([first, start]), np.concatenate([last, stop]))

    def _window_stops(self, radius_m: float) -> npt.NDArray[np.int32]:
        """For each item: behind the last item that a window which starts at it can hold."""
        strips = self._keys >> 32
        edges = np.stack([strips, strips + 1]) / self._strips_a_degree - 90.0
        outermost = np.minimum(np.abs(edges).max(axis=0) + self._reach_m(radius_m) / DEGREE_M, 90.0)
        _, wide = half_windows_deg(outermost, np.full(len(strips), self._reach_m(radius_m)))
        widths = np.minimum(np.ceil(2.0 * wide * _KEYS_A_DEGREE).astype(np.int64) + 2, _LAST_KEY)
        ends = np.minimum((self._keys & _LAST_KEY) + widths, _LAST_KEY) | strips << 32
        return np.asarray(np.searchsorted(self._keys, ends, side="right"), dtype=np.int32)

    def _reach_m(self, radius_m: float) -> float:
        return (radius_m + self._widest_m) * 1.0001 + 2 * _SLACK_M

    @cached_property
    def _singly(
        self,
    ) -> tuple[Sequence[int], Sequence[float], Sequence[float], Sequence[float], Sequence[float], Sequence[int]]:
        return tuple(plain(array) for array in (self._keys, self._x, self._y, self._z, self._radii, self._rows))

    def near_one(
        self, lat: float, lon: float, place_m: tuple[float, float, float], radius_m: float
    ) -> list[tuple[int, float]]:
        """Row and straight metres to the centre of each ball within `radius_m` of one position, without an array."""
        keys, xs, ys, zs, radii, rows = self._singly
        x, y, z = place_m
        found = []
        for first, last in self._windows_of_one(lat, lon, radius_m):
            for item in range(bisect_left(keys, first), bisect_right(keys, last)):
                dx, dy, dz = xs[item] - x, ys[item] - y, zs[item] - z
                square, reach_m = dx * dx + dy * dy + dz * dz, radius_m + radii[item]
                if square <= reach_m * reach_m:
                    found.append((rows[item], math.sqrt(square)))
        return found

    def _windows_of_one(self, lat: float, lon: float, radius_m: float) -> Sequence[tuple[int, int]]:
        reach_m = self._reach_m(radius_m)
        high, wide = half_window_deg(lat, reach_m)
        lowest = int(max(lat - high + 90.0, 0.0) * self._strips_a_degree)
        highest = min(int((lat + high + 90.0) * self._strips_a_degree), self._last_strip)
        west, east = lon - wide + HALF_TURN, lon + wide + HALF_TURN
        if west >= 0.0 and east <= TURN:  # away from the antimeridian, where all but few ask
            first, last = int(west * _KEYS_A_DEGREE), int(east * _KEYS_A_DEGREE)
            if lowest == highest:
                return ((lowest << 32 | first, lowest << 32 | last),)
            return [(strip << 32 | first, strip << 32 | last) for strip in range(lowest, highest + 1)]
        windows = [(_key_of_one(west), _key_of_one(east))]
        if wide < HALF_TURN:
            if west < 0.0:
                windows.append((_key_of_one(west + TURN), _LAST_KEY))
            elif east > TURN:
                windows.append((0, _key_of_one(east - TURN)))
        return [
            (strip << 32 | first, strip << 32 | last) for strip in range(lowest, highest + 1) for first, last in windows
        ]


def _key(lons_from_180: Array) -> Whole:
    return (np.clip(lons_from_180, 0.0, TURN) * _KEYS_A_DEGREE).astype(np.int64)


def _key_of_one(lon_from_180: float) -> int:
    return int(min(max(lon_from_180, 0.0), 360.0) * _KEYS_A_DEGREE)
