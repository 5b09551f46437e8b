"""Texts of positions and what they mean: a position with its uncertainty, readings to choose from, or a refusal.

The texts of places are written by programs of others (mgrs, pyproj, openlocationcode) or by rules of our own; what the
product reads must lie where they were written for, or no vector is made. Texts with slips are the product's word alone.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import openlocationcode.openlocationcode as plus_codes
import shapely
from mgrs import MGRS
from pyproj import Transformer
from vectors.chance import stream
from vectors.document import Document, distinct
from vectors.truth import GEOD

from geo_offlimits.domain.position import Position
from geo_offlimits.errors import Sentence
from geo_offlimits.lookup.coordinates import AmbiguousPositionError, PositionError, parse_position

TERRITORY = (-42.0, 37.9, -41.0, 38.5)  # west, south, east, north
DEGREE_M = 111_700.0
_SLACK_M = 0.05
_FIRST_EVEN, _LAST_EVEN = -79.0, 56.0
_NO_SQUARE = -1e-5  # so little south of the equator the library rounds to a square that does not exist
_PLACES = 34
_SLIPS_A_TEXT, _SLIPPED = 2, 0.6
_EDGES = (
    (0.0, 0.0),
    (-0.0001, -179.9999),
    (83.9999, 5.5),
    (-79.9999, 20.1),
    (89.5, 30.0),
    (-85.25, -120.5),
    (60.2, 4.5),
)
_BY_HAND = (
    "", "   ", "nowhere", "42", "42.66", "95, 21", "42, 181", "91N 21E", "21.16E 42.66N", "[21.16, 42.66]", "42 21",
    "42.66, 21.16, 600", "42,66, 21,16", "42,21", "4,5 6,7", "42.66S -21.16", "N42 S21", "42 61 10 N 21 0 0 E",
    "42 10 60N 21 0 0E", "34T EN 13113 23071", "34T EN 1311 230", "EN 13113 23071", "34TEN", "34T EN 131 23071",
    "34I EN 13113 23071", "61T EN 13113 23071", "34T 500000 4700000", "34 N 500000 4700000", "34 S 500000 4700000",
    "34T 1 2", "8FJ7+X", "H5CG+2X", "8GH2H5CG+2X", "+8GH2", "geo:42.66,21.16;u=25", "geo:42.66", "geo:91,0",
    "geo:0,0;u=-1",
    "geo:42.66,21.16;crs=epsg4326", "42°39′36″N 21°09′36″E", "42°39′36″ 21°09′36″", "42 39 36 21 09 36", "4239N 02109E",
    "423936N0210936E", "N 42 39.6 E 21 09.6", "42.66 nord 21.16 ouest", "42.66 N 21.16 O", "с.ш. 42.66, в.д. 21.16",
    "٤٢٫٦٦، ٢١٫١٦", "４２．６６，２１．１６", "42², 21", "42.66;21.16", "42.66/21.16", "1e2, 3", "NaN, NaN",
    "inf, 0", "0, 0",
    "90, 0", "-90, 180", "38.2, -41.5", "-41.5, 38.2", "-41.6 38.3", "38.2 41.5", "Bar 24", "Bar 24 12", "24/7",
    "12-3-4",
    "38.2 -41.5 38.3 -41.6", "lat 38.2", "lon -41.5", "lat 38.2 lat 38.3", "52DEG76", "42 deg 21 deg", "a" * 201,
    "https://www.openstreetmap.org/?mlat=38.20000&mlon=-41.50000#map=5/0/0", "https://maps.google.com/?q=38.2,-41.5",
    "https://www.google.com/maps/@38.2,-41.5,17z", "https://maps.apple.com/?ll=38.2,-41.5",
    "https://example.org/38.2,-41.5",
    "https://maps.app.goo.gl/abcdef", "CHCV62+", "W2 38.2, -41.5", "38.2N 41.5W u=5", "S33 52.1 E151 12.6", "33S 151E",
)  # fmt: skip


@dataclass(frozen=True)
class _Written:
    """A text of a place, and how far off it may be read."""

    text: str
    within_m: float


def document() -> Document:
    chance = stream("notations")
    texts: dict[str, None] = {}
    rows = []
    for lat, lon in _places(chance):
        for written in _by_others(lat, lon):
            vector = _vector(written.text)
            if "lat" in vector and _off_m(vector, lat, lon) > written.within_m + _SLACK_M:
                raise AssertionError(f"{written.text!r} was written for {lat}, {lon} and is read as {vector}.")
            rows.append(vector)
            texts[written.text] = None
    slips = [_slip(chance, text) for text in texts for _ in range(_SLIPS_A_TEXT) if chance.random() < _SLIPPED]
    rows += [_vector(text) for text in (*_BY_HAND, *slips) if text not in texts]
    rows += [_vector(text, territory=True) for text in (*_BY_HAND, *chance.sample(slips, 150))]
    rows += [
        _vector(text, uncertainty_m=sure_m) for text in chance.sample(list(texts), 60) for sure_m in (0.0, 3.0, 400.0)
    ]
    about = {"territory": list(TERRITORY), "tolerance_deg": 3e-8, "tolerance_m": 0.02}
    return Document("notations", about, {}, distinct(rows))


def parsed(text: str, *, uncertainty_m: float | None = None, territory: bool = False) -> dict[str, object]:
    """What a text means, as a vector says it."""
    try:
        area = shapely.box(*TERRITORY) if territory else None
        return _place(parse_position(text, uncertainty_m=uncertainty_m, territory=area))
    except AmbiguousPositionError as error:
        return {"readings": [_place(one) for one in error.readings], "refused": _reason(error)}
    except PositionError as error:
        return {"refused": _reason(error)}


def _vector(text: str, *, uncertainty_m: float | None = None, territory: bool = False) -> dict[str, object]:
    asked: dict[str, object] = {"text": text}
    asked |= {} if uncertainty_m is None else {"asked_m": uncertainty_m}
    asked |= {"in_territory": True} if territory else {}
    return asked | parsed(text, uncertainty_m=uncertainty_m, territory=territory)


def _place(position: Position) -> dict[str, object]:
    lat, lon = (round(degrees, 8) + 0.0 for degrees in (position.lat, position.lon))
    return {"lat": lat, "lon": lon, "uncertainty_m": round(position.uncertainty_m, 2)}


def _reason(error: PositionError) -> str:
    """The sentence without its facts: the same in every language, so a code."""
    reason = error.issues[0].reason
    return reason.text if isinstance(reason, Sentence) else str(reason)


def _off_m(vector: dict[str, object], lat: float, lon: float) -> float:
    return float(GEOD.inv(vector["lon"], vector["lat"], lon, lat)[2])


def _places(chance: random.Random) -> Iterator[tuple[float, float]]:
    yield from _EDGES
    for _ in range(_PLACES):
        yield round(chance.uniform(-79, 83), 6), round(chance.uniform(-179.9, 179.9), 6)


def _by_others(lat: float, lon: float) -> Iterator[_Written]:
    yield from _in_degrees(lat, lon)
    for digits in range(1, 6) if not _NO_SQUARE < lat < 0 else ():
        yield _Written(MGRS().toMGRS(lat, lon, MGRSPrecision=digits), 0.712 * 10.0 ** (5 - digits))
    for length, cell_m in ((8, 396.0), (10, 19.8), (11, 4.5)):
        yield _Written(plus_codes.encode(lat, lon, length), cell_m / 2)
    if _FIRST_EVEN < lat < _LAST_EVEN:  # beyond, zones have other widths
        zone, north = int((lon + 180) // 6) + 1, lat >= 0
        to_grid = Transformer.from_crs(4326, (32600 if north else 32700) + zone, always_xy=True)
        easting, northing = to_grid.transform(lon, lat)
        yield _Written(f"{zone} {'north' if north else 'south'} {easting:.1f} {northing:.1f}", 0.08)


def _in_degrees(lat: float, lon: float) -> Iterator[_Written]:
    north, east = "SN"[lat >= 0], "WE"[lon >= 0]
    for digits in (2, 4, 6):
        off_m = 0.71 * DEGREE_M * 10.0**-digits
        yield _Written(f"{lat:.{digits}f}, {lon:.{digits}f}", off_m)
        yield _Written(f"{abs(lat):.{digits}f}°{north} {abs(lon):.{digits}f}°{east}".replace(".", ","), off_m)
        yield _Written(f"{east} {abs(lon):.{digits}f} {north} {abs(lat):.{digits}f}", off_m)
    for parts, digits in ((2, 3), (3, 0), (3, 2)):
        off_m = 0.71 * DEGREE_M / 60 ** (parts - 1) * 10.0**-digits
        one, other = (_sexagesimal(degrees, parts, digits) for degrees in (lat, lon))
        yield _Written(f"{_marked(one)}{north} {_marked(other)}{east}", off_m)
        yield _Written(f"{' '.join(one)} {north} {' '.join(other)} {east}", off_m)
    yield _Written(f"geo:{lat:.6f},{lon:.6f};u=7", 0.71 * DEGREE_M * 1e-6)
    yield _Written(f"lat {lat:.5f} lon {lon:.5f}", 0.71 * DEGREE_M * 1e-5)
    yield _Written(f"https://www.openstreetmap.org/?mlat={lat:.5f}&mlon={lon:.5f}#map=5/0/0", 0.71 * DEGREE_M * 1e-5)


def _sexagesimal(degrees: float, parts: int, digits: int) -> list[str]:
    """In whole units of the last place, so that nothing rounds to 60."""
    rest, numbers = round(abs(degrees) * 60 ** (parts - 1) * 10**digits), []
    for power in range(parts - 1, 0, -1):
        whole, rest = divmod(rest, 60**power * 10**digits)
        numbers.append(str(whole))
    return [*numbers, f"{rest / 10**digits:.{digits}f}"]


def _marked(numbers: list[str]) -> str:
    return "".join(number + mark for number, mark in zip(numbers, "°′″", strict=False))


def _slip(chance: random.Random, text: str) -> str:
    """One sign too few, one too many, or another one."""
    at, sign = chance.randrange(len(text)), chance.choice("0123456789 .,-NSEWO°'+")
    return chance.choice((text[:at] + text[at + 1 :], text[:at] + sign + text[at:], text[:at] + sign + text[at + 1 :]))
