"""Grid references as positions and back: MGRS, UTM and Plus codes. What is not exactly one is refused.

A grid reference names a square: the position is its middle, and its half diagonal the least uncertainty.
"""

import math
import re
import warnings
from functools import lru_cache

import mgrs
from openlocationcode import openlocationcode
from pyproj import Proj

from geo_offlimits.domain.position import MAX_UNCERTAINTY_M, UNKNOWN_UNCERTAINTY_M, Position, PositionError
from geo_offlimits.errors import Issue, Sentence, either

_BANDS = "CDEFGHJKLMNPQRSTUVWX"
_BAND_DEG, _SOUTHMOST, _NORTHMOST = 8.0, -80.0, 84.0
_SQUARE_M, _MOST_DIGITS = 100_000, 5
METRES_A_DEGREE = 111_000.0
_ZONES = 60
_HALF_METRE_NORTH_DEG, _HALF_METRE_EAST_DEG = 4.6e-6, 9.2e-6  # east: at 60° N
_NORWAY_WEST, _NORWAY_SOUTH, _NORWAY_NORTH = 3.0, 56.0, 64.0  # zone 32V reaches west over half of 31V
_UPS_FALSE_M, _UPS_SCALE = 2_000_000.0, 0.994
_FALSE_NORTHING_M = 10_000_000.0
_CODE_DIGITS = 12
_MGRS = re.compile(r"(?:(\d{1,2})\s*([A-Z])|([ABYZ]))\s*([A-Z]{2})(?![A-Z])(.*)", re.DOTALL)
_UTM = re.compile(
    r"(?:UTM\s*)?(?:ZONE\s*)?(\d{1,2})\s*([A-Z]|NORTH|SOUTH)?[\s,;]+(?:E\s*)?(\d{6}(?:\.\d+)?)\s*M?\s*E?"
    r"[\s,;]+(?:N\s*)?(\d{1,8}(?:\.\d+)?)\s*M?\s*N?"
)
_NO_SQUARE = re.compile(r"\d{1,2}\s*[A-Z]\s*(?:\d{4,10}|\d{2,5}\s+\d{2,5})")
_PLUS_ALPHABET = "23456789CFGHJMPQRVWX"
_PLUS = re.compile(rf"([{_PLUS_ALPHABET}0]{{2,8}}\+[{_PLUS_ALPHABET}]{{0,7}})(\s+\S.*)?", re.DOTALL)
_CONVERTER = mgrs.MGRS()


def refused(text: str, fact: str, remedy: str) -> PositionError:
    """The refusal of a position text: the text, what is wrong with it, what to do."""
    issue = Issue(field="position", value=text[:60], reason=fact, remedy=remedy)
    return PositionError(_sentence(text, fact, remedy), issue)


def _sentence(text: str, fact: str, remedy: str) -> Sentence:
    return Sentence("The position {position} {fact}; {remedy}.", position=repr(text[:60]), fact=fact, remedy=remedy)


class AmbiguousPositionError(PositionError):
    """A text that can be read as several positions. `readings` are the ones to choose from, the likelier first."""

    def __init__(self, text: str, fact: str, readings: tuple[Position, ...]) -> None:
        self.readings = readings
        choices = [f"{reading.lat:.6f}, {reading.lon:.6f}" for reading in readings] or ["42.66, 21.16"]
        remedy = Sentence("write {choices}", choices=either(*choices))
        issue = Issue(field="position", value=text[:60], reason=fact, remedy=remedy)
        super().__init__(_sentence(text, fact, remedy), issue)


def square_position(lat: float, lon: float, half_diagonal_m: float, uncertainty_m: float | None) -> Position:
    """The middle of a square of the grid, no surer than the square is small."""
    asked = UNKNOWN_UNCERTAINTY_M if uncertainty_m is None else uncertainty_m
    # NaN must reach Position, which refuses it; max() would lose it.
    least_m = asked if math.isnan(asked) else max(asked, min(half_diagonal_m, MAX_UNCERTAINTY_M))
    return Position(lat=lat, lon=lon, uncertainty_m=least_m)


def from_mgrs(text: str, uncertainty_m: float | None) -> Position | None:
    """The position of an MGRS reference, or None for a text that is none.

    Raises PositionError for letters I or O, digits that do not halve, words after it, missing square letters, and for a
    square that does not exist in its zone and band.
    """
    found = _MGRS.fullmatch(text)
    if not found:
        if _NO_SQUARE.fullmatch(text) and text.lstrip("0123456789 ")[0] not in "NSEW":
            raise refused(
                text, Sentence("has no square letters"), Sentence("write all of it, such as 34T EN 13113 23071")
            )
        return None
    zone, band, polar, square, rest = found.groups()
    if zone and not 1 <= int(zone) <= _ZONES:
        raise refused(text, Sentence("names zone {zone}", zone=zone), Sentence("zones go from 1 to 60"))
    if set((band or "") + square) & set("IO"):
        raise refused(
            text, Sentence("has a letter I or O, which MGRS does not use"), Sentence("is it a 1 or a 0, or J or Q?")
        )
    easting, northing = _halves(text, rest)
    cell_m = _SQUARE_M / 10 ** len(easting)
    reference = f"{zone or ''}{band or polar}{square}{easting}{northing}"
    lat, lon = _corner(text, reference)
    if polar:
        lat, lon = _middle(_ups(north=polar in "YZ"), lat, lon, cell_m)
    else:
        lat, lon = _middle(_utm(int(zone), north=band >= "N"), lat, lon, cell_m)
        _refuse_elsewhere(text, int(zone), band, (lat, lon), cell_m)
    return square_position(lat, lon, cell_m * math.sqrt(0.5), uncertainty_m)


def from_utm(text: str, uncertainty_m: float | None) -> Position | None:
    """The position of UTM coordinates with zone and band or hemisphere, or None for a text that is none.

    Raises PositionError for a zone, easting or northing that does not exist; AmbiguousPositionError for a missing
    hemisphere, and for a letter S that can be the southern hemisphere as well as the northern band S.
    """
    found = _UTM.fullmatch(text)
    if not found:
        return None
    zone, letter, easting_m, northing_m = int(found[1]), found[2], float(found[3]), float(found[4])
    if not 1 <= zone <= _ZONES:
        raise refused(text, Sentence("names zone {zone}", zone=zone), Sentence("zones go from 1 to 60"))
    if letter and len(letter) == 1 and letter not in _BANDS:
        raise refused(
            text,
            Sentence("names band {band}, which does not exist", band=letter),
            Sentence("bands go from C to X without I and O"),
        )
    readings = _utm_readings(zone, letter, easting_m, northing_m, uncertainty_m)
    if not readings:
        raise refused(
            text, Sentence("lies outside its zone or band"), Sentence("compare zone, easting and northing with the map")
        )
    if len(readings) > 1:
        either_s = Sentence("can be the northern band S or the southern hemisphere")
        fact = either_s if letter else Sentence("does not name its hemisphere")
        raise AmbiguousPositionError(text, fact, readings)
    return readings[0]


def from_plus_code(text: str, uncertainty_m: float | None, reference: Position | None) -> Position | None:
    """The position of a Plus code, or None for a text that is none. A short code needs a `reference` near it."""
    found = _PLUS.fullmatch(text)
    if not found:
        return None
    code, words = found.groups()
    if words:
        raise refused(text, Sentence("has words after the code"), Sentence("give the code alone, in full"))
    if not openlocationcode.isValid(code):
        raise refused(text, Sentence("is not a Plus code"), Sentence("copy it again, such as 8GJ4M566+XX"))
    if openlocationcode.isShort(code):
        if reference is None:
            raise refused(
                text, Sentence("is a short code without a place to count from"), Sentence("give the full code")
            )
        code = openlocationcode.recoverNearest(code, reference.lat, reference.lon)
    area = openlocationcode.decode(code)
    height_m = (area.latitudeHi - area.latitudeLo) * METRES_A_DEGREE
    width_m = (area.longitudeHi - area.longitudeLo) * METRES_A_DEGREE * math.cos(math.radians(area.latitudeCenter))
    half_diagonal_m = math.hypot(height_m, width_m) / 2
    return square_position(area.latitudeCenter, area.longitudeCenter, half_diagonal_m, uncertainty_m)


def to_mgrs(position: Position) -> str:
    """The reference of the 1 m square, in its groups: `34T EN 13113 23071`, near the poles `ZAH 00000 00000`."""
    # Half a metre before the equator and before Norway's zone the library rounds to squares that do not exist.
    lat = 0.0 if -_HALF_METRE_NORTH_DEG < position.lat < 0 else position.lat
    gap_deg = _NORWAY_WEST - position.lon
    is_before_norway = lat + _HALF_METRE_NORTH_DEG >= _NORWAY_SOUTH and lat < _NORWAY_NORTH
    lon = _NORWAY_WEST if is_before_norway and 0 < gap_deg < _HALF_METRE_EAST_DEG else position.lon
    reference = str(_CONVERTER.toMGRS(lat, lon))
    head, digits = reference[:-10].strip(), reference[-10:]
    zone = f"{head[:-2]} " if head[0].isdigit() else head[:-2]
    return f"{zone}{head[-2:]} {digits[:5]} {digits[5:]}"


def to_utm(position: Position) -> str | None:
    """`34 north 513113 4723071`; None beyond 84° N and 80° S, where UTM ends."""
    if not _SOUTHMOST <= position.lat < _NORTHMOST:
        return None
    zone = int(to_mgrs(position).split()[0][:-1])
    north = position.lat >= 0
    easting_m, northing_m = _utm(zone, north=north)(position.lon, position.lat)
    return f"{zone} {'north' if north else 'south'} {easting_m:06.0f} {northing_m:07.0f}"


def to_plus_code(position: Position) -> str:
    """A code of a square of under a metre."""
    # The library writes no valid code for degrees that only rounding makes 90 or 180.
    lat, lon = round(position.lat, 9), round(position.lon, 9)
    return str(openlocationcode.encode(lat, lon - 360.0 if lon >= 180.0 else lon, _CODE_DIGITS))  # noqa: PLR2004


def _halves(text: str, rest: str) -> tuple[str, str]:
    """Easting and northing digits of an MGRS reference, as many of the one as of the other."""
    groups = rest.split()
    if not all(re.fullmatch(r"[0-9]+", group) for group in groups):
        raise refused(
            text, Sentence("has something else than digits after the square"), Sentence("give the reference alone")
        )
    digits = "".join(groups)
    uneven = len(groups) > 2 or (len(groups) == 2 and len(groups[0]) != len(groups[1]))  # noqa: PLR2004  (two halves)
    if len(digits) % 2 or uneven:
        raise refused(
            text, Sentence("has an odd number of digits"), Sentence("give as many digits of easting as of northing")
        )
    if len(digits) > 2 * _MOST_DIGITS:
        raise refused(text, Sentence("has more than 10 digits"), Sentence("5 digits each are one metre"))
    return digits[: len(digits) // 2], digits[len(digits) // 2 :]


def _corner(text: str, reference: str) -> tuple[float, float]:
    try:
        with warnings.catch_warnings():
            # The library warns of a square outside its band; _refuse_elsewhere refuses it.
            warnings.simplefilter("ignore")
            lat, lon = _CONVERTER.toLatLon(reference)
    except Exception:  # noqa: BLE001  (the library raises kinds of its own, not all of them public)
        raise refused(
            text, Sentence("is not an MGRS reference"), Sentence("compare its letters with the map")
        ) from None
    return lat, lon


def _middle(grid: Proj, lat: float, lon: float, cell_m: float) -> tuple[float, float]:
    """The middle of the cell that holds or starts at a place, whichever of the two the library has given."""
    middle_m = [math.floor((metres + 1e-3) / cell_m) * cell_m + cell_m / 2 for metres in grid(lon, lat)]
    lon, lat = grid(middle_m[0], middle_m[1], inverse=True)
    return lat, lon


def _refuse_elsewhere(text: str, zone: int, band: str, place: tuple[float, float], cell_m: float) -> None:
    """A square far outside its zone or band is a slip in a letter or a digit."""
    lat, lon = place
    south = _SOUTHMOST + _BAND_DEG * _BANDS.index(band)
    north = _NORTHMOST if band == "X" else south + _BAND_DEG
    slack = 0.01 + cell_m / METRES_A_DEGREE
    # Norway and Svalbard have zones of 9 and 12 degrees.
    half_width = 9.0 if band in "VX" else 3.0
    wide_slack = slack / max(math.cos(math.radians(lat)), 0.1)
    off_meridian = abs((lon - (6.0 * zone - 183.0) + 180.0) % 360.0 - 180.0)
    if not south - slack <= lat <= north + slack or off_meridian > half_width + wide_slack:
        raise refused(
            text,
            Sentence("names a square that zone {zone} does not have", zone=f"{zone}{band}"),
            Sentence("compare its letters with the map"),
        )


def _utm_readings(
    zone: int, letter: str | None, easting_m: float, northing_m: float, uncertainty_m: float | None
) -> tuple[Position, ...]:
    """Northern reading first. A letter is a band; N and S can also be the hemisphere."""
    readings = []
    if letter != "SOUTH" and northing_m < _FALSE_NORTHING_M:
        north = _on_grid(_utm(zone, north=True), easting_m, northing_m, uncertainty_m)
        if north and (letter in (None, "NORTH", "N") or _in_band(north, letter)):
            readings.append(north)
    if letter != "NORTH" and northing_m <= _FALSE_NORTHING_M:
        south = _on_grid(_utm(zone, north=False), easting_m, northing_m, uncertainty_m)
        if south and (letter in (None, "SOUTH", "S") or _in_band(south, letter)):
            readings.append(south)
    return tuple(readings)


def _in_band(position: Position, letter: str | None) -> bool:
    if letter is None or letter not in _BANDS:
        return False
    south = _SOUTHMOST + _BAND_DEG * _BANDS.index(letter)
    north = _NORTHMOST if letter == "X" else south + _BAND_DEG
    return south - 0.01 <= position.lat <= north + 0.01


def _on_grid(grid: Proj, easting_m: float, northing_m: float, uncertainty_m: float | None) -> Position | None:
    lon, lat = grid(easting_m, northing_m, inverse=True)
    if not (math.isfinite(lat) and math.isfinite(lon) and _SOUTHMOST - 0.01 <= lat <= _NORTHMOST + 0.01):
        return None
    return Position(lat=lat, lon=lon, uncertainty_m=UNKNOWN_UNCERTAINTY_M if uncertainty_m is None else uncertainty_m)


@lru_cache(maxsize=120)
def _utm(zone: int, *, north: bool) -> Proj:
    return Proj(proj="utm", zone=zone, south=not north, ellps="WGS84")


@lru_cache(maxsize=2)
def _ups(*, north: bool) -> Proj:
    return Proj(
        proj="stere", lat_0=90 if north else -90, k=_UPS_SCALE, x_0=_UPS_FALSE_M, y_0=_UPS_FALSE_M, ellps="WGS84"
    )
