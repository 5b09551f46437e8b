"""Which slip of the pen may have put a position outside a territory: what would bring it back inside, never done here.

A slip is looked for only from outside, and told only where few readings of it lie inside: a digit that could be any of
five says nothing.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.position import PositionError
from geo_offlimits.lookup.coordinates import parse_position
from geo_offlimits.lookup.geodesy import inside

_MOST_READINGS = 3
_PLACES = 7
_DIGITS = "0123456789"
_SHIFTS = tuple(10.0**-places for places in range(1, 8))
_NO_DEGREES = 1000.0
_GRID = re.compile(r"(\d{1,2})([C-HJ-NP-X])([A-HJ-NP-Z])([A-HJ-NP-V])(\d{2,10})", re.ASCII)
_ZONES = 60
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


class Slip(StrEnum):
    SWAPPED = "swapped"
    SIGN = "sign"
    DIGIT = "digit"
    MARK = "decimal mark"


@dataclass(frozen=True, kw_only=True)
class Suspicion:
    """One slip and the positions, latitude first, that it may have been meant for."""

    slip: Slip
    readings: tuple[tuple[float, float], ...]


def suspicion(lat: float, lon: float, territory: BaseGeometry) -> Suspicion | None:
    """The likeliest slip by which this position, in degrees, lies outside; None where it lies inside, or none is known.

    Numbers beyond ±90/±180 are looked at too: a decimal mark that a program lost puts them there.
    """
    if territory.is_empty or not (math.isfinite(lat) and math.isfinite(lon)) or _lies_in(territory, lat, lon):
        return None
    for slip, readings in (
        (Slip.SWAPPED, [(lon, lat)]),
        (Slip.SIGN, [(-lat, lon), (lat, -lon), (-lat, -lon)]),
        (Slip.MARK, _shifted(lat, lon)),
        (Slip.DIGIT, _one_digit_off(lat, lon)),
    ):
        found = tuple(dict.fromkeys(one for one in readings if _lies_in(territory, *one)))
        if 0 < len(found) <= _MOST_READINGS:
            return Suspicion(slip=slip, readings=found)
    return None


def _lies_in(territory: BaseGeometry, lat: float, lon: float) -> bool:
    west, south, east, north = territory.bounds
    # Most readings are far off, and that costs no geometry to tell.
    return south <= lat <= north and west <= lon <= east and inside(territory, lat, lon)


def _shifted(lat: float, lon: float) -> Iterator[tuple[float, float]]:
    """Numbers that are none of degrees, with the mark put back."""
    lats = [lat] if abs(lat) < _NO_DEGREES else [lat * shift for shift in _SHIFTS]
    lons = [lon] if abs(lon) < _NO_DEGREES else [lon * shift for shift in _SHIFTS]
    if len(lats) + len(lons) > 2:  # noqa: PLR2004  (one of them is none of degrees)
        yield from ((round(one, _PLACES), round(other, _PLACES)) for one in lats for other in lons)


def _one_digit_off(lat: float, lon: float) -> Iterator[tuple[float, float]]:
    """Every position that differs in one digit of the whole degrees or of the first decimal.

    None for degrees that nobody typed: those of a grid reference have no end.
    """
    if (round(lat, _PLACES), round(lon, _PLACES)) != (lat, lon):
        return
    yield from ((other, lon) for other in _changed(lat))
    yield from ((lat, other) for other in _changed(lon))


def _changed(degrees: float) -> Iterator[float]:
    written = f"{degrees:.{_PLACES}f}"
    for at, digit in enumerate(written[: written.index(".") + 2]):
        if digit in _DIGITS:
            yield from (float(f"{written[:at]}{other}{written[at + 1 :]}") for other in _DIGITS if other != digit)


def grid_readings(text: str, territory: BaseGeometry) -> tuple[str, ...]:
    """Grid references that differ from a text of MGRS in one letter or leading digit and lie in a territory.

    () where the text is none, lies inside, or where more than three do.
    """
    found = _GRID.fullmatch("".join(text.split()).upper())
    if found is None or _grid_lies_in(found[0], territory):
        return ()
    inside_ones = tuple(one for one in _other_grids(*found.groups()) if _grid_lies_in(one, territory))
    return inside_ones if len(inside_ones) <= _MOST_READINGS else ()


def _other_grids(zone: str, band: str, column: str, row: str, digits: str) -> Iterator[str]:
    half = len(digits) // 2
    for at, digit in enumerate(zone):
        zones = (f"{zone[:at]}{other}{zone[at + 1 :]}" for other in _DIGITS if other != digit)
        yield from (f"{other}{band}{column}{row}{digits}" for other in zones if 0 < int(other) <= _ZONES)
    yield from (f"{zone}{other}{column}{row}{digits}" for other in _LETTERS[2:-2] if other != band)
    yield from (f"{zone}{band}{other}{row}{digits}" for other in _LETTERS if other != column)
    yield from (f"{zone}{band}{column}{other}{digits}" for other in _LETTERS[:-4] if other != row)
    for at in (0, half):
        yield from (
            f"{zone}{band}{column}{row}{digits[:at]}{other}{digits[at + 1 :]}"
            for other in _DIGITS
            if other != digits[at]
        )


def _grid_lies_in(text: str, territory: BaseGeometry) -> bool:
    try:
        position = parse_position(text)
    except PositionError:
        return False
    return _lies_in(territory, position.lat, position.lon)
