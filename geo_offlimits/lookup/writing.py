"""Writes a position in every notation, as finely as it is known."""

import math

from openlocationcode import openlocationcode

from geo_offlimits.domain.position import UNKNOWN_UNCERTAINTY_M, Position
from geo_offlimits.lookup.grids import CONVERTER, NORTHMOST, SOUTHMOST, utm
from geo_offlimits.lookup.readings import METRES_A_DEGREE

_HALF_METRE_NORTH_DEG, _HALF_METRE_EAST_DEG = 4.6e-6, 9.2e-6  # east: at 60° N
_NORWAY_WEST, _NORWAY_SOUTH, _NORWAY_NORTH = 3.0, 56.0, 64.0  # zone 32V reaches west over half of 31V
_CODE_LENGTHS = (12, 11, 10, 8, 6, 4)
_CODE_CELLS_DEG = (1 / 200_000, 1 / 40_000, 1 / 8_000, 1 / 400, 1 / 20, 1.0)
_MINUTE_DEG, _SECOND_DEG = 1 / 60, 1 / 3600
_HALF_TURN = 180.0


def notations(position: Position) -> dict[str, str]:
    """The position in each notation: `decimal`, `dms`, `dm`, `mgrs`, `utm` (not near the poles), `plus`, `geo`.

    One that is known to 10 m or better is written to a metre or finer. Of one that is less sure, the last digit is the
    largest that is worth less than the uncertainty, so that whoever reads it back is not much surer than the first
    reader. UTM has no coarser form; `geo` says the uncertainty itself, as `u`.
    """
    lat, lon, unsure_m = position.lat, position.lon, position.uncertainty_m
    written = {
        "decimal": f"{_decimal(lat, unsure_m)}, {_decimal(lon, unsure_m)}",
        "dms": f"{_dms(lat, 'NS', unsure_m)} {_dms(lon, 'EW', unsure_m)}",
        "dm": f"{_dm(lat, 'NS', unsure_m)} {_dm(lon, 'EW', unsure_m)}",
        "mgrs": _mgrs(lat, lon, unsure_m),
        "utm": _utm(lat, lon),
        "plus": _plus_code(lat, lon, unsure_m),
        "geo": f"geo:{_round(lat, 6)},{_round(lon, 6)}{_stated(unsure_m)}",
    }
    return {name: text for name, text in written.items() if text is not None}


def mgrs(position: Position) -> str:
    """The position's grid reference, as in `notations`."""
    return _mgrs(position.lat, position.lon, position.uncertainty_m)


def _places(most: int, unit_m: float, unsure_m: float) -> int:
    """How many decimals of a unit: `most` for what is sure to 10 m, else so many that the last is under the rest."""
    if unsure_m <= UNKNOWN_UNCERTAINTY_M:
        return most
    return next(places for places in range(most + 1) if unit_m * 10.0**-places < unsure_m or places == most)


def _round(degrees: float, places: int) -> str:
    return f"{round(degrees, places) + 0.0:.{places}f}"


def _decimal(degrees: float, unsure_m: float) -> str:
    return _round(degrees, _places(6, METRES_A_DEGREE, unsure_m))


def _stated(unsure_m: float) -> str:
    return f";u={math.ceil(unsure_m)}" if unsure_m > UNKNOWN_UNCERTAINTY_M else ""


def _dms(degrees: float, letters: str, unsure_m: float) -> str:
    """`42°39′36.00″N`, to a hundredth of a second, about 0.3 m, at the finest; whole minutes at the coarsest."""
    if unsure_m > METRES_A_DEGREE * _MINUTE_DEG:
        return _dm(degrees, letters, unsure_m)
    places = _places(2, METRES_A_DEGREE * _SECOND_DEG, unsure_m)
    whole, minutes, seconds = _sexagesimal(degrees, 3600, places)
    return f"{whole:02d}°{minutes:02d}′{seconds:0{3 + places if places else 2}.{places}f}″{letters[degrees < 0]}"


def _dm(degrees: float, letters: str, unsure_m: float) -> str:
    """`42°39.6000′N`, to a ten-thousandth of a minute, about 0.2 m, at the finest."""
    places = _places(4, METRES_A_DEGREE * _MINUTE_DEG, unsure_m)
    whole, _, minutes = _sexagesimal(degrees, 60, places)
    return f"{whole:02d}°{minutes:0{3 + places if places else 2}.{places}f}′{letters[degrees < 0]}"


def _sexagesimal(degrees: float, units: int, places: int) -> tuple[int, int, float]:
    """Whole degrees, whole minutes and the rest in the smallest unit, rounded once, so that none comes to 60."""
    scale = 10**places
    count = round(abs(degrees) * units * scale)
    whole, rest = divmod(count, units * scale)
    minutes, last = divmod(rest, 60 * scale)
    return whole, minutes, last / scale


def _mgrs(lat: float, lon: float, unsure_m: float) -> str:
    """`34T EN 13113 23071`, near the poles `ZAH 00000 00000`; fewer digits for a larger square."""
    # Half a metre before the equator and before Norway's zone the library rounds to squares that do not exist.
    lat = 0.0 if -_HALF_METRE_NORTH_DEG < lat < 0 else lat
    gap_deg = _NORWAY_WEST - lon
    is_before_norway = lat + _HALF_METRE_NORTH_DEG >= _NORWAY_SOUTH and lat < _NORWAY_NORTH
    lon = _NORWAY_WEST if is_before_norway and 0 < gap_deg < _HALF_METRE_EAST_DEG else lon
    reference = str(CONVERTER.toMGRS(lat, lon))
    head, easting, northing = reference[:-10].strip(), reference[-10:-5], reference[-5:]
    zone = f"{head[:-2]} " if head[0].isdigit() else head[:-2]
    digits = _places(5, 100_000.0, unsure_m)
    return f"{zone}{head[-2:]} {easting[:digits]} {northing[:digits]}".rstrip()


def _utm(lat: float, lon: float) -> str | None:
    """`34 north 513113 4723071`; None beyond 84° N and 80° S, where UTM ends."""
    if not SOUTHMOST <= lat < NORTHMOST:
        return None
    zone = int(_mgrs(lat, lon, 0.0).split()[0][:-1])
    easting_m, northing_m = utm(zone, north=lat >= 0)(lon, lat)
    return f"{zone} {'north' if lat >= 0 else 'south'} {easting_m:06.0f} {northing_m:07.0f}"


def _plus_code(lat: float, lon: float, unsure_m: float) -> str:
    """A code of a cell of under a metre, or the longest that is still wider than what is not known."""
    cells_m = [cell_deg * METRES_A_DEGREE for cell_deg in _CODE_CELLS_DEG]
    fit = [length for length, cell_m in zip(_CODE_LENGTHS, cells_m, strict=True) if cell_m < unsure_m]
    length = fit[-1] if fit and unsure_m > UNKNOWN_UNCERTAINTY_M else _CODE_LENGTHS[0]
    # The library writes no valid code for degrees that only rounding makes 90 or 180.
    lat, lon = round(lat, 9), round(lon, 9)
    return str(openlocationcode.encode(lat, lon - 360.0 if lon >= _HALF_TURN else lon, length))
