"""Positions are read and written as `mgrs`, PROJ and `openlocationcode` have them, all over the Earth and at its edges.

Each harness takes the reader or the writer that it judges, so that wrong ones show that it can fail.
"""

import math
import random
import re
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import mgrs
import pytest
from geographiclib.geodesic import Geodesic
from openlocationcode import openlocationcode
from pyproj import Transformer

from geo_offlimits.domain.position import Position
from geo_offlimits.lookup.compass import meant_by
from geo_offlimits.lookup.coordinates import AmbiguousPositionError, notations, parse_position

Place = tuple[float, float]
Read = Callable[[str], Position]
Write = Callable[[Position], dict[str, str]]
MGRS = mgrs.MGRS()
SLACK_M = 0.01
EDGES: tuple[Place, ...] = (
    *((lat, lon) for lat in (90.0, -90.0, 89.9999999, -89.9999999) for lon in (0.0, 77.0, 180.0, -180.0)),
    *((lat, lon) for lat in (84.0, 83.9999999, -80.0, -79.9999999, -80.0000001) for lon in (5.0, -179.9999, 179.9999)),
    *((lat, lon) for lat in (0.0, 1e-9, -1e-9, 1e-5, -1e-5) for lon in (180.0, -180.0, 179.9999999, -179.9999999)),
    *((lat, lon) for lat in (56.0, 55.9999999, 63.9999999, 64.0) for lon in (2.9999999, 3.0, 5.3, 6.0, 11.9999)),
    *((lat, lon) for lat in (72.0, 71.9999, 78.2, 83.99) for lon in (0.0, 8.9999, 9.0, 20.9999, 21.0, 33.0, 41.9999)),
    *((lat, lon) for lat in (36.5, -36.5) for lon in (20.1, 24.0, 35.9999999)),
)
# (places, seed): a quick size, and the deep one.
SIZES = [pytest.param(150, id="quick"), pytest.param(10_000, id="deep", marks=pytest.mark.deep)]


def places(count: int) -> Iterable[Place]:
    """The edges, and random places: as many on each part of the Earth, and again around the odd zones and the poles."""
    chance = random.Random(count)
    yield from EDGES
    for _ in range(count):
        yield math.degrees(math.asin(chance.uniform(-1, 1))), chance.uniform(-180, 180)
    for _ in range(count // 5):
        yield chance.uniform(56, 84), chance.uniform(0, 42)
        yield math.copysign(chance.uniform(79.5, 90), chance.uniform(-1, 1)), chance.uniform(-180, 180)


def off_m(position: Position, place: Place) -> float:
    return float(Geodesic.WGS84.Inverse(position.lat, position.lon, *place)["s12"])


@cache
def grid(code: int) -> Transformer:
    return Transformer.from_crs(4326, code, always_xy=True)


def utm_code(zone: int, *, north: bool) -> int:
    return (32600 if north else 32700) + zone


def sexagesimal(degrees: float, parts: int, places_: int) -> str:
    """Written in whole units of the last place, so that nothing rounds to 60."""
    units = 60 ** (parts - 1) * 10**places_
    rest, numbers = round(abs(degrees) * units), []
    for power in range(parts - 1, 0, -1):
        whole, rest = divmod(rest, 60**power * 10**places_)
        numbers.append(str(whole))
    return " ".join([*numbers, f"{rest / 10**places_:.{places_}f}"])


def by_libraries(place: Place) -> Iterable[tuple[str, float]]:
    """The place in every notation as the libraries write it, and how far that may be off: text, metres."""
    lat, lon = place
    degree_m = 111_700.0
    for digits in (3, 5, 7):
        yield f"{lat:.{digits}f}, {lon:.{digits}f}", 0.71 * degree_m * 10.0**-digits
    for parts, digits in ((2, 3), (2, 0), (3, 1), (3, 0)):
        texts = (sexagesimal(lat, parts, digits), sexagesimal(lon, parts, digits))
        unit_m = degree_m / 60 ** (parts - 1) * 10.0**-digits
        yield f"{texts[0]} {'SN'[lat >= 0]} {texts[1]} {'WE'[lon >= 0]}", 0.71 * unit_m
        yield f"{'WE'[lon >= 0]} {texts[1]} {'SN'[lat >= 0]} {texts[0]}", 0.71 * unit_m
    yield f"geo:{lat:.6f},{lon:.6f}", 0.71 * degree_m * 1e-6
    yield f"https://www.openstreetmap.org/?mlat={lat:.5f}&mlon={lon:.5f}#map=5/0/0", 0.71 * degree_m * 1e-5
    yield f"https://www.google.com/maps/place/X/@0,0,3z/data=!8m2!3d{lat:.7f}!4d{lon:.7f}", 0.71 * degree_m * 1e-7
    for length, cell_m in ((8, 396.0), (10, 19.8), (11, 4.5), (12, 1.1)):
        code = openlocationcode.encode(min(lat, 90 - 1e-9), lon - 360 if lon >= 180 else lon, length)
        yield code, cell_m / 2
    # Half a metre before the equator the library rounds to a square that does not exist.
    for digits in range(1, 6) if not -4.6e-6 < lat < 0 else ():
        text = MGRS.toMGRS(lat, lon, MGRSPrecision=digits)
        if not meant_by(re.sub(r"\d", "", text)):  # 52DEG76 can be a word between numbers, and is asked about
            yield text, 0.712 * 10.0 ** (5 - digits)
    zone = re.match(r"\d+", MGRS.toMGRS(lat, lon))
    if zone and -80 <= lat < 84:
        easting, northing = grid(utm_code(int(zone[0]), north=lat >= 0)).transform(lon, lat)
        yield f"{zone[0]} {'north' if lat >= 0 else 'south'} {easting:.1f} {northing:.1f}", 0.08
        yield f"{int(zone[0])}{'south' if lat < 0 else 'NORTH'} {easting:07.0f}mE {northing:07.0f}mN", 0.71


def misread(read: Read, where: Iterable[Place]) -> list[str]:
    """What is read somewhere else than the libraries wrote it for, or surer than it is."""
    faults = []
    for place in where:
        for text, within_m in by_libraries(place):
            position = read(text)
            off = off_m(position, place)
            if off > within_m + SLACK_M or off > position.uncertainty_m:
                faults.append(f"{text!r} of {place}: {position}, {off:.2f} m off")
    return faults


def read_by_libraries(notation: str, text: str) -> Place | None:
    """The place of a text in one of our notations; None where only a square holds it."""
    if notation == "plus":
        area = openlocationcode.decode(text)
        return area.latitudeCenter, area.longitudeCenter
    if notation == "mgrs":
        return tuple(MGRS.toLatLon(text.replace(" ", "")))
    if notation == "utm":
        zone, side, easting, northing = text.split()
        crs = utm_code(int(zone), north=side == "north")
        return grid(crs).transform(float(easting), float(northing), direction="INVERSE")[::-1]
    numbers = [float(number) for number in re.findall(r"-?\d+\.?\d*", text.partition(";")[0])]
    if notation in ("decimal", "geo"):
        return numbers[0], numbers[1]
    half = len(numbers) // 2
    lat, lon = (sum(n / 60**power for power, n in enumerate(part)) for part in (numbers[:half], numbers[half:]))
    return lat * (-1 if "S" in text else 1), lon * (-1 if "W" in text else 1)


# How far each notation may be off at its finest, in metres. A corner of a square of 1 m is 1.42 m from the other.
FINEST_M = {"decimal": 0.08, "dms": 0.22, "dm": 0.14, "mgrs": 1.42, "utm": 0.71, "plus": 0.55, "geo": 0.08}


def miswritten(write: Write, where: Iterable[Place]) -> list[str]:
    """What the libraries, or we ourselves, read somewhere else than it was written for."""
    faults = []
    for place in where:
        here = Position(lat=place[0], lon=place[1])
        for notation, text in write(here).items():
            theirs = read_by_libraries(notation, text)
            ours = parse_position(text)
            off = off_m(here, theirs) if theirs else 0.0
            if max(off, off_m(ours, place)) > FINEST_M[notation] + SLACK_M or ours.uncertainty_m != 10.0:
                faults.append(f"{notation} {text!r} of {place}: {off:.2f} m off for them, {ours} for us")
    return faults


@pytest.mark.parametrize("count", SIZES)
def test_what_the_libraries_write_is_read_to_its_own_precision_and_no_surer(count: int) -> None:
    assert misread(parse_position, places(count)) == []


@pytest.mark.parametrize("count", SIZES)
def test_what_is_written_is_read_to_its_own_precision_by_the_libraries_and_by_us(count: int) -> None:
    assert miswritten(notations, places(count)) == []


def next_zone(text: str) -> Position:
    found = re.fullmatch(r"(\d+)(\s*(?:north|south|NORTH|SOUTH).*)", text)
    return parse_position(f"{int(found[1]) % 60 + 1}{found[2]}" if found else text)


def swapped(text: str) -> Position:
    position = parse_position(text)
    return Position(lat=max(-90.0, min(90.0, position.lon)), lon=position.lat, uncertainty_m=position.uncertainty_m)


def drops_digits(text: str) -> Position:
    """The middle of an MGRS square that is ten times as large."""
    found = re.fullmatch(r"(\d*[A-Z]{3})(\d+)", text)
    position = parse_position(text)
    if not found or len(found[2]) == 2:
        return position
    easting, northing = (found[2][at : at + len(found[2]) // 2] for at in (0, len(found[2]) // 2))
    coarse = parse_position(f"{found[1]}{easting[:-1]}{northing[:-1]}")
    return Position(lat=coarse.lat, lon=coarse.lon, uncertainty_m=position.uncertainty_m)


def too_sure(text: str) -> Position:
    position = parse_position(text)
    return Position(lat=position.lat, lon=position.lon, uncertainty_m=min(position.uncertainty_m, 10.0))


@pytest.mark.parametrize("read", [next_zone, swapped, drops_digits, too_sure])
def test_a_wrong_reader_is_caught(read: Read) -> None:
    assert misread(read, list(places(20))[-30:])


def east_for_west(position: Position) -> dict[str, str]:
    return {"dms": notations(position)["dms"].replace("W", "E")}


def rounded_grid(position: Position) -> dict[str, str]:
    """MGRS digits rounded to the next metre but one instead of cut."""
    text = notations(position)["mgrs"]
    return {"mgrs": f"{text[:-5]}{min(int(text[-5:]) + 2, 99999):05d}"}


def northern(position: Position) -> dict[str, str]:
    return {"utm": notations(position).get("utm", "1 north 500000 0000000").replace("south", "north")}


@pytest.mark.parametrize("write", [east_for_west, rounded_grid, northern])
def test_a_wrong_writer_is_caught(write: Write) -> None:
    assert miswritten(write, list(places(20))[-30:])


def test_threads_do_not_disturb_each_other() -> None:
    """Before 1.6 `mgrs` kept the zone at work in one place for all threads, and gave wrong squares without a word."""
    there = [Position(lat=lat, lon=lon) for lat, lon in places(200)]
    alone = [notations(position)["mgrs"] for position in there]

    def work(_thread: int) -> list[str]:
        return [text for _ in range(4) for text in (notations(position)["mgrs"] for position in there)]

    with ThreadPoolExecutor(4) as threads:
        assert all(found == alone * 4 for found in threads.map(work, range(4)))


def test_a_reference_that_can_be_a_word_is_asked_about() -> None:
    with pytest.raises(AmbiguousPositionError) as refusal:
        parse_position("52DEG76")
    assert [round(one.lat) for one in refusal.value.readings] == [-71, 52]
    assert off_m(parse_position("52D EG 7 6"), (-70.608646, 131.024297)) < 1


@pytest.mark.parametrize("count", SIZES)
def test_a_position_that_is_less_sure_is_written_with_fewer_digits(count: int) -> None:
    """The last digit is worth less than the uncertainty; the next larger one would not be."""
    chance = random.Random(count)
    for place in list(places(count // 3))[len(EDGES) :]:
        unsure_m = 10 ** chance.uniform(1.001, 4.2)
        here = Position(lat=place[0], lon=place[1], uncertainty_m=unsure_m)
        for notation, text in notations(here).items():
            again = parse_position(text)
            assert off_m(again, place) < 0.8 * unsure_m + 1, (notation, text, here)
            if notation in ("decimal", "mgrs"):
                assert again.uncertainty_m >= unsure_m / 20, (notation, text, here)
        assert parse_position(notations(here)["geo"]).uncertainty_m == math.ceil(unsure_m)
