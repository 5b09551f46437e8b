"""`geo:` URIs (RFC 5870), with the query that Android and map programs add."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, unquote

from geo_offlimits.errors import Sentence
from geo_offlimits.lookup.geodesy import GEOD
from geo_offlimits.lookup.readings import Meaning, Reading, half_diagonal_m, is_on_earth, out_of_range, refused

# Reads a text in any other notation; None for a text that is no position.
Read = Callable[[str], Meaning | None]
_SCHEME = "geo:"
_SAME_PLACE_M = 100.0
_NUMBER = re.compile(r"\s*-?\d{1,12}(?:\.\d{1,20})?\s*")
_LABEL = re.compile(r"\s*\([^()]*\)\s*$")
_IDLE_QUERIES = {"z", "zoom"}
SEVERAL_PLACES = Sentence("holds several positions")
_WRITE_IT = Sentence("write it as geo:42.66,21.16")


def is_geo(text: str) -> bool:
    return text[: len(_SCHEME)].lower() == _SCHEME


def from_geo(text: str, read: Read) -> Meaning:
    """`geo:lat,lon[,altitude][;crs=wgs84][;u=metres][?z=zoom][&q=position(label)]`. Raises PositionError."""
    before, _, query = text[len(_SCHEME) :].partition("?")
    path, *parameters = before.split(";")
    asked = parse_qs(query)
    if set(asked) - _IDLE_QUERIES - {"q"}:
        raise refused(
            text,
            Sentence("has a query, which can name another place"),
            Sentence("give the part before the question mark"),
        )
    stated_m = _stated_m(text, parameters)
    numbers = [number for number in unquote(_LABEL.sub("", path)).split(",") if number]
    wanted = _LABEL.sub("", ", ".join(asked.get("q", ())))
    if not wanted:
        return Meaning((_reading(text, numbers, stated_m),))
    there = read(wanted)
    if there is None:
        raise refused(text, Sentence("searches for words"), Sentence("give the position itself"))
    if not numbers or all(float(number) == 0.0 for number in numbers if _NUMBER.fullmatch(number)):
        return there
    here = _reading(text, numbers, stated_m)
    if any(is_same_place(reading, here) for reading in there.readings):
        return there
    return Meaning((*there.readings, here), there.doubts, SEVERAL_PLACES)


def is_same_place(one: Reading, other: Reading) -> bool:
    return bool(GEOD.inv(one.lon, one.lat, other.lon, other.lat)[2] <= _SAME_PLACE_M)


def _stated_m(text: str, parameters: list[str]) -> float | None:
    given: dict[str, str] = {}
    for parameter in parameters:
        name, _, value = (part.strip() for part in parameter.partition("="))
        if name.lower() in given:
            raise refused(text, Sentence("says {name} twice", name=name[:20]), Sentence("say it once"))
        given[name.lower()] = value
    system = given.get("crs", "wgs84")
    if system.lower() != "wgs84":
        raise refused(text, Sentence("is in {system}", system=system[:20]), Sentence("give it in WGS 84"))
    if "u" not in given:
        return None
    if not _NUMBER.fullmatch(given["u"]):
        raise refused(text, Sentence("has an uncertainty u that is no number"), Sentence("give metres, such as u=10"))
    return float(given["u"])


def _reading(text: str, numbers: list[str], stated_m: float | None) -> Reading:
    if len(numbers) not in (2, 3) or not all(_NUMBER.fullmatch(number) for number in numbers):
        raise refused(text, Sentence("is not geo:latitude,longitude"), _WRITE_IT)
    lat, lon = float(numbers[0]), float(numbers[1])
    if not is_on_earth(lat, lon):
        raise out_of_range(text, lat, lon)
    return decimals(numbers[0], numbers[1], stated_m)


def decimals(lat: str, lon: str, stated_m: float | None = None) -> Reading:
    """The reading of two plain decimals on Earth; the finer tells how fine both are."""
    step_deg = 10.0 ** -max(len(number.strip().partition(".")[2]) for number in (lat, lon))
    open_m = half_diagonal_m(float(lat), step_deg, step_deg)
    return Reading(lat=float(lat), lon=float(lon), open_m=open_m, stated_m=stated_m)
