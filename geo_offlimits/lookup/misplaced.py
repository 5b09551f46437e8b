"""Which slip of the pen may have put a position outside a territory: what would bring it back inside, never done here.

A slip is looked for only from outside, and told only where few readings of it lie inside: a digit that could be any of
five says nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from shapely.geometry.base import BaseGeometry

from geo_offlimits.lookup.geodesy import inside
from geo_offlimits.lookup.readings import is_on_earth

_MOST_READINGS = 3
_PLACES = 7
_DIGITS = "0123456789"
_SHIFTS = tuple(10.0**-places for places in range(1, 8))
_NO_DEGREES = 1000.0


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
    if territory.is_empty or (is_on_earth(lat, lon) and inside(territory, lat, lon)):
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
    """Every position that differs in one digit of the whole degrees or of the first decimal."""
    yield from ((other, lon) for other in _changed(lat))
    yield from ((lat, other) for other in _changed(lon))


def _changed(degrees: float) -> Iterator[float]:
    written = f"{degrees:.{_PLACES}f}"
    for at, digit in enumerate(written[: written.index(".") + 2]):
        if digit in _DIGITS:
            yield from (float(f"{written[:at]}{other}{written[at + 1 :]}") for other in _DIGITS if other != digit)
