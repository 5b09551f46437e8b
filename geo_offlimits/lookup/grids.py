"""Grid references as readings: MGRS, UTM and Plus codes. What is not exactly one is refused.

A grid reference names a square: the reading is its middle, and leaves half its diagonal open. The grids themselves are
those of `mgrs`, PROJ and `openlocationcode`.
"""

import math
import re
import warnings
from functools import lru_cache

import mgrs
from openlocationcode import openlocationcode
from pyproj import Proj
from shapely.geometry.base import BaseGeometry

from geo_offlimits.errors import Sentence
from geo_offlimits.lookup.compass import meant_by
from geo_offlimits.lookup.geodesy import inside
from geo_offlimits.lookup.readings import METRES_A_DEGREE, Doubt, Meaning, Reading, half_diagonal_m, refused

BANDS = "CDEFGHJKLMNPQRSTUVWX"
SOUTHMOST, NORTHMOST = -80.0, 84.0
CONVERTER = mgrs.MGRS()
_BAND_DEG, _ZONES = 8.0, 60
_SQUARE_M, _MOST_DIGITS = 100_000, 5
_UPS_FALSE_M = 2_000_000.0
_UPS_SCALE, _UTM_SCALE = 0.994, 0.9996  # a metre of the grid is nowhere longer on the ground than by these
_FALSE_NORTHING_M = 10_000_000.0
_MGRS = re.compile(r"(?:(\d{1,2})\s*([A-Z])|([ABYZ]))\s*([A-Z]{2})(?![A-Z])(.*)", re.DOTALL)
_EASTING, _NORTHING = r"(?:E\s*)?(0?\d{6}(?:\.\d+)?)\s*M?\s*E?", r"(?:N\s*)?(\d{1,8}(?:\.\d+)?)\s*M?\s*N?"
_UTM = re.compile(rf"(?:ZONE\s*)?(\d{{1,2}})\s*([A-Z]|NORTH|SOUTH)?[\s,;]+{_EASTING}[\s,;]+{_NORTHING}")
_METRES_ALONE = re.compile(rf"{_EASTING}[\s,;]+{_NORTHING}")
_DIGITS = r"(?:\d{4,10}|\d{2,5}\s+\d{2,5})"
_NO_SQUARE, _NO_ZONE = re.compile(rf"\d{{1,2}}\s*[A-Z]\s*{_DIGITS}"), re.compile(rf"[A-HJ-NP-Z]{{2}}\s*{_DIGITS}")
_PLUS_ALPHABET = "23456789CFGHJMPQRVWX"
_PLUS = re.compile(rf"([{_PLUS_ALPHABET}0]{{2,8}}\+[{_PLUS_ALPHABET}]{{0,7}})(\s+\S.*)?", re.DOTALL)
_PLUS_PAIRS, _MOST_PLACES, _MOST_READINGS = 8, 900, 6
_IN_FULL = Sentence("give the full code")


def from_mgrs(text: str) -> Meaning | None:
    """The square of an MGRS reference, or None for a text that is none.

    Raises PositionError for letters I or O, digits that do not halve, words after it, missing square letters, and for a
    square that does not exist in its zone and band.
    """
    found = _MGRS.fullmatch(text)
    if not found:
        if _NO_SQUARE.fullmatch(text) and text.lstrip("0123456789 ")[0] not in "NSEW":
            raise refused(
                text, Sentence("has no square letters"), Sentence("write all of it, such as 34T EN 13113 23071")
            )
        if _NO_ZONE.fullmatch(text):
            raise refused(text, Sentence("has no grid zone"), Sentence("write all of it, such as 34T EN 13113 23071"))
        return None
    zone, band, polar, square, rest = found.groups()
    if not rest.strip() and (polar or meant_by(band + square)):
        return None  # a word, such as the name Bay, or 42 Sud
    if zone and not 1 <= int(zone) <= _ZONES:
        raise refused(text, Sentence("names zone {zone}", zone=zone), Sentence("zones go from 1 to 60"))
    if set((band or "") + square) & set("IO"):
        raise refused(
            text, Sentence("has a letter I or O, which MGRS does not use"), Sentence("is it a 1 or a 0, or J or Q?")
        )
    easting, northing = _halves(text, rest)
    cell_m = _SQUARE_M / 10 ** len(easting)
    corner = _corner(text, f"{zone or ''}{band or polar}{square}{easting}{northing}")
    grid = ups(north=polar in "YZ") if polar else utm(int(zone), north=band >= "N")
    lat, lon = _middle(grid, *corner, cell_m)
    if not polar:
        _refuse_elsewhere(text, int(zone), band, (lat, lon), cell_m)
    half_m = cell_m * math.sqrt(0.5) / (_UPS_SCALE if polar else _UTM_SCALE)
    return Meaning((Reading(lat=lat, lon=lon, open_m=half_m, is_square=True),))


def from_utm(text: str) -> Meaning | None:
    """The readings of UTM coordinates with zone and band or hemisphere, or None for a text that is none.

    Two where the hemisphere is missing, and where a letter S can be the southern hemisphere as well as the northern
    band S. Raises PositionError for a zone, easting or northing that does not exist.
    """
    found = _UTM.fullmatch(text)
    if not found:
        if _METRES_ALONE.fullmatch(text):
            raise refused(text, Sentence("has no zone"), Sentence("write it first, such as 34T 513113 4723072"))
        return None
    zone, letter, easting_m, northing_m = int(found[1]), found[2], float(found[3]), float(found[4])
    if not 1 <= zone <= _ZONES:
        raise refused(text, Sentence("names zone {zone}", zone=zone), Sentence("zones go from 1 to 60"))
    if letter and len(letter) == 1 and letter not in BANDS:
        remedy = Sentence("bands go from C to X without I and O")
        raise refused(text, Sentence("names band {band}, which does not exist", band=letter), remedy)
    readings = _utm_readings(zone, letter, easting_m, northing_m)
    if not readings:
        raise refused(
            text, Sentence("lies outside its zone or band"), Sentence("compare zone, easting and northing with the map")
        )
    either_s = Sentence("can be the northern band S or the southern hemisphere")
    return Meaning(readings, why_several=either_s if letter else Sentence("does not name its hemisphere"))


def from_plus_code(text: str, territory: BaseGeometry | None) -> Meaning | None:
    """The cell of a Plus code, or None for a text that is none. A short code is read inside the `territory` alone."""
    found = _PLUS.fullmatch(text)
    if not found:
        return None
    code, words = found.groups()
    if words:
        raise refused(text, Sentence("has words after the code"), Sentence("give the code alone, in full"))
    # Well formed but beyond the pole or the antimeridian, a code is neither short nor full.
    if not (openlocationcode.isShort(code) or openlocationcode.isFull(code)):
        raise refused(text, Sentence("is not a Plus code"), Sentence("copy it again, such as 8GJ4M566+XX"))
    if not openlocationcode.isShort(code):
        return Meaning((_cell(code),))
    if territory is None:
        return Meaning(doubts=(Doubt(Sentence("is a short code without a place to count from"), _IN_FULL),))
    within = _recovered(code, territory)
    if not 0 < len(within) <= _MOST_READINGS:
        none = Sentence("is a short code of no place in the mission's territory")
        many = Sentence("is a short code of too many places in the mission's territory")
        return Meaning(doubts=(Doubt(many if within else none, _IN_FULL),))
    return Meaning(within, why_several=Sentence("is a short code of several places in the mission's territory"))


@lru_cache(maxsize=120)
def utm(zone: int, *, north: bool) -> Proj:
    return Proj(proj="utm", zone=zone, south=not north, ellps="WGS84")


@lru_cache(maxsize=2)
def ups(*, north: bool) -> Proj:
    return Proj(
        proj="stere", lat_0=90 if north else -90, k=_UPS_SCALE, x_0=_UPS_FALSE_M, y_0=_UPS_FALSE_M, ellps="WGS84"
    )


def _cell(code: str) -> Reading:
    area = openlocationcode.decode(code)
    height_deg, width_deg = area.latitudeHi - area.latitudeLo, area.longitudeHi - area.longitudeLo
    lat, lon = area.latitudeCenter, area.longitudeCenter
    return Reading(lat=lat, lon=lon, open_m=half_diagonal_m(lat, height_deg, width_deg), is_square=True)


def _recovered(code: str, territory: BaseGeometry) -> tuple[Reading, ...]:
    """Every place of a short code in the territory: the nearest one to each point of a net as wide as the code counts.

    One more than can be told apart stands for too many.
    """
    missing = _PLUS_PAIRS - code.index("+")
    step_deg = 20.0 ** (2 - missing // 2)
    west, south, east, north = territory.bounds
    rows, columns = math.ceil((north - south) / step_deg) + 1, math.ceil((east - west) / step_deg) + 1
    places = [(south + row * step_deg, west + column * step_deg) for row in range(rows) for column in range(columns)]
    if rows * columns > _MOST_PLACES:
        return (Reading(lat=0.0, lon=0.0),) * (_MOST_READINGS + 1)
    codes = {openlocationcode.recoverNearest(code, min(lat, 90.0), lon) for lat, lon in places}
    cells = [_cell(each) for each in sorted(codes)]
    return tuple(cell for cell in cells if inside(territory, cell.lat, cell.lon))


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
            lat, lon = CONVERTER.toLatLon(reference)
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
    south = SOUTHMOST + _BAND_DEG * BANDS.index(band)
    north = NORTHMOST if band == "X" else south + _BAND_DEG
    slack = 0.01 + cell_m / METRES_A_DEGREE
    # Norway and Svalbard have zones of 9 and 12 degrees.
    half_width = 9.0 if band in "VX" else 3.0
    wide_slack = slack / max(math.cos(math.radians(lat)), 0.1)
    off_meridian = abs((lon - (6.0 * zone - 183.0) + 180.0) % 360.0 - 180.0)
    if not south - slack <= lat <= north + slack or off_meridian > half_width + wide_slack:
        fact = Sentence("names a square that zone {zone}{band} does not have", zone=zone, band=band)
        raise refused(text, fact, Sentence("compare its letters with the map"))


def _utm_readings(zone: int, letter: str | None, easting_m: float, northing_m: float) -> tuple[Reading, ...]:
    """Northern reading first. A letter is a band; N and S can also be the hemisphere."""
    readings = []
    if letter != "SOUTH" and northing_m < _FALSE_NORTHING_M:
        north = _on_grid(utm(zone, north=True), easting_m, northing_m)
        if north and (letter in (None, "NORTH", "N") or _in_band(north, letter)):
            readings.append(north)
    if letter != "NORTH" and northing_m <= _FALSE_NORTHING_M:
        south = _on_grid(utm(zone, north=False), easting_m, northing_m)
        if south and (letter in (None, "SOUTH", "S") or _in_band(south, letter)):
            readings.append(south)
    return tuple(readings)


def _in_band(reading: Reading, letter: str | None) -> bool:
    if letter is None or letter not in BANDS:
        return False
    south = SOUTHMOST + _BAND_DEG * BANDS.index(letter)
    north = NORTHMOST if letter == "X" else south + _BAND_DEG
    return south - 0.01 <= reading.lat <= north + 0.01


def _on_grid(grid: Proj, easting_m: float, northing_m: float) -> Reading | None:
    lon, lat = grid(easting_m, northing_m, inverse=True)
    if not (math.isfinite(lat) and math.isfinite(lon) and SOUTHMOST - 0.01 <= lat <= NORTHMOST + 0.01):
        return None
    return Reading(lat=lat, lon=lon)
