"""Reads a position as people write it. Refuses rather than guesses.

Understood: decimal degrees (point or comma), degrees-minutes-seconds, degrees and decimal minutes, MGRS, UTM with zone
and hemisphere, Plus codes, `geo:` URIs, and links of the usual maps, as far as the position stands in the link itself.

1. A text is read in every way that a notation allows. One reading is a position; several are refused and named, the
   likelier first, and so is one that leaves a doubt.
2. Latitude comes first unless letters or labels say otherwise; that is asked about where it cannot be, in square
   brackets, and where only the other order lies in the mission's territory.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import partial

from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.position import Position, PositionError
from geo_offlimits.errors import Sentence
from geo_offlimits.lookup.degrees import from_degrees
from geo_offlimits.lookup.geodesy import inside
from geo_offlimits.lookup.grids import from_mgrs, from_plus_code, from_utm
from geo_offlimits.lookup.links import from_link, is_link
from geo_offlimits.lookup.readings import (
    EXAMPLE,
    AmbiguousPositionError,
    Doubt,
    Meaning,
    Reading,
    is_on_earth,
    refused,
    settled,
)
from geo_offlimits.lookup.uris import from_geo, is_geo
from geo_offlimits.lookup.writing import mgrs, notations

__all__ = ["AmbiguousPositionError", "PositionError", "is_meant_as_position", "mgrs", "notations", "parse_position"]

MAX_TEXT, _MAX_LINK = 200, 2000
# What is typed where a name or a position may stand: two numbers, or one with a sign of a notation. "Bar 24 12" is a
# name, although it is a square of MGRS at the South Pole; with a word in it, what cannot be read is a name too.
_TWO_NUMBERS = re.compile(r"\d.*(?:\D\d|[°+])|[°+].*\d")
_POLAR = re.compile(r"\s*[ABYZ][A-Z]{2}\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{3,}")
_COARSE_M = 10_000.0
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("º˚∘⁰度", "°"),
        **dict.fromkeys("′’‘ʹ´`ʼ＇分", "'"),
        **dict.fromkeys("″“”ʺ„＂〃秒", '"'),
        **dict.fromkeys("−–—‒－", "-"),
        **dict.fromkeys("，،、", ","),
        **dict.fromkeys("٫．", "."),
        **dict.fromkeys("；؛", ";"),
    }
)
# ², ① and Ⅳ are no digits of a number; these two signs show what follows in another order than it is read in.
_OTHER_NUMBERS, _TURNING = {"No", "Nl"}, "\u202d\u202e"
_TITLE = re.compile(
    r"(?:MGRS|USNG|UTM|GPS|WGS ?84|GRID|POSITION|COORDINATES?|LAT ?[/,] ?LON|PLUS ?CODE)(?![A-Z])[\s:=]*", re.IGNORECASE
)


def parse_position(
    text: str,
    *,
    uncertainty_m: float | None = None,
    territory: BaseGeometry | None = None,
    asks_order: bool = True,
) -> Position:
    """The position that a text names.

    uncertainty_m : the 95 % uncertainty where it is known. Otherwise it is what the text says (`u` of a `geo:` URI), or
    10 m, or more where the writing is coarser: half the diagonal of what the last digit leaves open, so 42.66, 21.16 is
    some 690 m. Of two decimals the finer counts, since programs drop zeros at the end; for the same reason what is
    stated wins over the digits of degrees. It never makes a grid reference or a code surer than its square.
    territory : the mission's, in longitude and latitude: a short Plus code is looked for there, and plain numbers that
    lie there only with longitude first are asked about.
    asks_order : not so where every place outside the territory is asked about, as of a proposal.
    Raises PositionError for a text that is no position on Earth, AmbiguousPositionError (with `.readings`) for one that
    can be several.
    """
    reading = settled(text, _meaning(text, territory), uncertainty_m)
    if asks_order and territory is not None and reading.by_order:
        _ask_if_turned(text, reading, territory, uncertainty_m)
    return reading.position(uncertainty_m)


def _meaning(text: str, territory: BaseGeometry | None) -> Meaning:
    written = text.strip()
    read = partial(_in_other_words, territory=territory)
    if is_geo(written) or is_link(written):
        if len(written) > _MAX_LINK:
            raise refused(
                text, Sentence("has more than {most} characters", most=_MAX_LINK), Sentence("give the position alone")
            )
        return from_geo(written, read) if is_geo(written) else from_link(written, read)
    return _in_any_notation(_plain(written), territory)


def _in_any_notation(plain: str, territory: BaseGeometry | None) -> Meaning:
    """Every reading of a text in every notation. Raises PositionError where no notation has one."""
    capitals = plain.upper()
    notations_read: tuple[Callable[[], Meaning | None], ...] = (
        partial(from_plus_code, capitals, territory),
        partial(from_utm, capitals),
        partial(from_mgrs, capitals),
        partial(from_degrees, plain),
    )
    found, faults = [], []
    for read in notations_read:
        try:
            found += [meaning for meaning in (read(),) if meaning]
        except PositionError as fault:
            faults.append(fault)
    if not found:
        raise faults[0]
    readings = tuple(reading for meaning in found for reading in meaning.readings)
    return Meaning(readings, tuple(doubt for meaning in found for doubt in meaning.doubts), found[0].why_several)


def is_meant_as_position(text: str) -> bool:
    """Whether a text typed where a name or a position may stand is a position: readable, ambiguous or with a slip."""
    if is_geo(text.strip()) or is_link(text.strip()):
        return True
    if not _TWO_NUMBERS.search(text) or _POLAR.match(text):
        return False
    try:
        position = parse_position(text)
        readings: tuple[Position, ...] = (position,)
    except AmbiguousPositionError as error:
        readings = error.readings
    except PositionError:
        return not _WORD.search(text)
    # 24/7 is also 24° N 7° E, but who asks that?
    return any(one.uncertainty_m < _COARSE_M for one in readings) or not {"°", ",", "+"}.isdisjoint(text)


def _in_other_words(text: str, *, territory: BaseGeometry | None) -> Meaning | None:
    """A part of a link that may be a position in words of its own; None where it is not."""
    try:
        return _in_any_notation(_plain(text), territory)
    except PositionError:
        return None


def _ask_if_turned(text: str, reading: Reading, territory: BaseGeometry, uncertainty_m: float | None) -> None:
    """Numbers that lie in the territory only with longitude first are nearly always in that order."""
    lat, lon = reading.lon, reading.lat
    if is_on_earth(lat, lon) and inside(territory, lat, lon) and not inside(territory, reading.lat, reading.lon):
        turned = Reading(lat=lat, lon=lon, open_m=reading.open_m)
        doubt = Doubt(Sentence("lies in the mission's territory only with longitude first"))
        raise AmbiguousPositionError(text, doubt, tuple(one.position(uncertainty_m) for one in (turned, reading)))


def _plain(text: str) -> str:
    """The text with one kind of sign each, ASCII digits, and without a title or invisible characters."""
    if len(text) > MAX_TEXT:
        raise refused(
            text, Sentence("has more than {most} characters", most=MAX_TEXT), Sentence("give the position alone")
        )
    translated = text.translate(_SIGNS)
    for character in translated:
        if unicodedata.category(character) in _OTHER_NUMBERS or character in _TURNING:
            raise refused(text, Sentence("has {sign} in it", sign=repr(character)), EXAMPLE)
    signs = unicodedata.normalize("NFKC", translated).translate(_SIGNS).replace("''", '"')
    visible = "".join(
        str(unicodedata.decimal(character)) if character.isdecimal() else character
        for character in signs
        if unicodedata.category(character) != "Cf"
    )
    plain = _TITLE.sub("", " ".join(visible.split()), count=1) if _TITLE.match(visible.strip()) else visible
    plain = " ".join(plain.split()).rstrip(".,;")
    if not plain:
        raise refused(text, Sentence("is empty"), EXAMPLE)
    return plain
