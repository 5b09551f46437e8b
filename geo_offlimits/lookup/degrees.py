"""Degrees as people write them: decimal, with minutes, with seconds; letters, words, labels, signs, decimal commas.

Every way to read a text is tried: a comma between digits is a decimal comma or parts two numbers, a dash is a minus or
a dash, a letter stands beside either number. What the grammar allows is a reading, and whoever asks gets all of them.
Three rules only are conventions: latitude comes first where nothing else says which is which; without degree signs both
coordinates have as many parts; and a break or else a blank, where there is one, is what parts them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from geo_offlimits.domain.position import PositionError
from geo_offlimits.errors import Sentence
from geo_offlimits.lookup.angles import Angle, angles, fits
from geo_offlimits.lookup.compass import LAT, LON, MARKS
from geo_offlimits.lookup.readings import (
    Doubt,
    Meaning,
    Reading,
    half_diagonal_m,
    is_on_earth,
    out_of_range,
    refused,
)
from geo_offlimits.lookup.signs import BREAK, COMMA, LABEL, NUMBER, SIDE, Token, Way, tokens_of, ways

# Two numbers as programs write very small ones: 1e-05, 21.2
_EXPONENTS = re.compile(r"([-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)[\s,;/]+([-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)", re.IGNORECASE)
_CONTRADICTION = Sentence("contradicts itself")
_LONGITUDE_FIRST = Sentence("begins with a latitude beyond 90")
_BRACKETS = Sentence("is in square brackets, in which many programs write longitude first")
_THIRD = Sentence("has a third number, which may be a height")
_HALF_COMMA = Sentence("can be two whole numbers, or one coordinate alone with a decimal comma")
_HALF = Sentence("can be two coordinates, or one alone in degrees and minutes")
_O = Sentence("has an O, which is east in German, and west in French and Spanish")
_DASH = Sentence("has signs that can be taken in two ways")
_RUN_TOGETHER = Sentence("has digits that can be degrees, or degrees and minutes run together")
_RUN = re.compile(r"\d{4,7}(?:\.|$)")
_EITHER_SIDE = Sentence("has a letter that can belong to either number")
_IN_FULL = Sentence("give both coordinates in full, such as 42.66, 21.16")
_LISTS = (3, 5)  # commas between the four or six numbers of degrees and minutes, and seconds
_SIGNS = {"N": 1, "S": -1, "E": 1, "W": -1}
_Group = Sequence[Token]


@dataclass(frozen=True)
class _Pair:
    """Latitude and longitude as one way of reading has them; `doubt` is what makes that way one to ask about."""

    lat: float
    lon: float
    steps_deg: tuple[float, float]
    by_order: bool = False
    doubt: Sentence | None = None

    @property
    def is_on_earth(self) -> bool:
        return is_on_earth(self.lat, self.lon)

    def reading(self) -> Reading:
        open_m = half_diagonal_m(self.lat, *self.steps_deg)
        return Reading(lat=self.lat, lon=self.lon, open_m=open_m, by_order=self.by_order)


def from_degrees(text: str) -> Meaning:
    """Every reading of a text in degrees. Raises PositionError, saying the nearest miss, where there is none."""
    exponents = _EXPONENTS.fullmatch(text) if "e" in text.lower() else None
    if exponents:
        return _exact(text, float(exponents[1]), float(exponents[2]))
    tried = list(ways(tokens_of(text)))
    found = [pair for way in tried for pair in _pairs(way)] or [pair for way in tried for pair in _without_third(way)]
    if text.startswith("["):
        found = [turned for pair in found for turned in _either_order(pair)]
    sound = [pair for pair in found if pair.doubt != _CONTRADICTION] or found
    on_earth = [pair for pair in sound if pair.is_on_earth]
    is_half = any(angles(way.tokens) for way in tried)
    if not on_earth:
        raise _miss(text, tried, sound, is_half=is_half)
    readings = tuple(pair.reading() for pair in on_earth)
    return Meaning(readings, _doubts(text, on_earth, is_half=is_half), _why_several(tried))


def _exact(text: str, lat: float, lon: float) -> Meaning:
    if not is_on_earth(lat, lon):
        raise out_of_range(text, lat, lon)
    return Meaning((Reading(lat=lat, lon=lon, by_order=True),))


def _doubts(text: str, pairs: list[_Pair], *, is_half: bool) -> tuple[Doubt, ...]:
    """What is doubtful of every way to come to a place; a place to which one way leads without doubt has none."""
    certain = {(pair.lat, pair.lon) for pair in pairs if not pair.doubt}
    doubts = [Doubt(pair.doubt) for pair in pairs if pair.doubt and (pair.lat, pair.lon) not in certain]
    half = [Doubt(_HALF_COMMA if "," in text else _HALF, _IN_FULL)] if is_half else []
    return (*doubts, *half)


def _why_several(tried: list[Way]) -> Sentence:
    if any(token.kind == SIDE and token.word == "O" for token in tried[0].tokens):
        return _O
    if any(token.kind == NUMBER and _RUN.match(token.word) for token in tried[0].tokens):
        return _RUN_TOGETHER
    return _DASH if len({way.tokens for way in tried}) > 1 else _EITHER_SIDE


def _pairs(way: Way) -> list[_Pair]:
    found: list[_Pair] = []
    for groups in _splits(way.tokens):
        halves = [(one, other) for left, right in groups for one in angles(left) for other in angles(right)]
        found = [pair for one, other in halves if _go_together(one, other) for pair in _placed(one, other)]
        if found:
            break
    return [replace(pair, doubt=pair.doubt or way.doubt) for pair in found]


def _splits(tokens: tuple[Token, ...]) -> Iterator[list[tuple[_Group, _Group]]]:
    """Two groups of tokens, in the order in which a parting is preferred: a break, else a blank, else anywhere."""
    bare = _trimmed(tokens)
    breaks = [at for at, token in enumerate(bare) if token.kind == BREAK]
    if breaks:
        yield [(left, right) for at in breaks if (left := _joined(bare[:at])) and (right := _joined(bare[at + 1 :]))]
        if _is_list(bare):
            numbers = bare[::2]
            yield [(numbers[: len(numbers) // 2], numbers[len(numbers) // 2 :])]
        return
    # Where a number begins the text, its letter follows.
    inner = range(1, len(bare)) if bare and bare[0].kind in (SIDE, LABEL) else range(len(bare) - 1, 0, -1)
    yield [(bare[:at], bare[at:]) for at in inner if not bare[at].tight]
    yield [(bare[:at], bare[at:]) for at in inner if not _is_hyphened(bare[at - 1], bare[at])]


def _is_list(tokens: tuple[Token, ...]) -> bool:
    """Four or six numbers, with a comma and the same room between each."""
    numbers, commas = tokens[::2], tokens[1::2]
    return (
        len(commas) in _LISTS
        and len(numbers) == len(commas) + 1
        and all(token.kind == NUMBER for token in numbers)
        and all(token.word == COMMA for token in commas)
        and len({token.tight for token in numbers[1:]}) == 1
    )


def _is_hyphened(one: Token, other: Token) -> bool:
    """In 42-39-36N the numbers belong together."""
    return one.kind == other.kind == NUMBER and other.tight and not other.sign


def _trimmed(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    while tokens and tokens[0].kind == BREAK:
        tokens = tokens[1:]
    while tokens and tokens[-1].kind == BREAK:
        tokens = tokens[:-1]
    return tokens


def _joined(group: tuple[Token, ...]) -> _Group:
    """The tokens of one coordinate. A break may stand between the number and its letter: 4239.60,N,02109.60,E."""
    bare = _trimmed(group)
    kept = [
        token
        for at, token in enumerate(bare)
        if token.kind != BREAK or not {bare[at - 1].kind, bare[at + 1].kind} & {SIDE, LABEL}
    ]
    return kept if all(token.kind != BREAK for token in kept) else ()


def _go_together(one: Angle, other: Angle) -> bool:
    return one.is_marked or other.is_marked or one.parts == other.parts


def _placed(one: Angle, other: Angle) -> list[_Pair]:
    """Two coordinates as latitude and longitude; several where letters leave it open, or contradict each other."""
    if "O" in (one.side, other.side):
        return [pair for side in "EW" for pair in _placed(_sided(one, side), _sided(other, side))]
    if one.axis and one.axis == other.axis:
        turned = [(one, other), (other, one)]
        return [_pair(lat, lon, _value(lat)[0], _value(lon)[0], _CONTRADICTION) for lat, lon in turned]
    lat, lon = (other, one) if one.axis == LON or other.axis == LAT else (one, other)
    doubt = _CONTRADICTION if one.contradicts or other.contradicts else None
    pairs = [_pair(lat, lon, lat_deg, lon_deg, doubt) for lat_deg in _value(lat) for lon_deg in _value(lon)]
    if one.axis or other.axis:
        return pairs
    return [_in_order(pair) for pair in pairs]


def _sided(angle: Angle, side: str) -> Angle:
    return replace(angle, side=side) if angle.side == "O" else angle


def _value(angle: Angle) -> list[float]:
    """Signed degrees; with both signs where a minus and a letter stand together."""
    if angle.side is None:
        return [-angle.degrees if angle.sign == "-" else angle.degrees]
    signed = _SIGNS[angle.side] * angle.degrees
    return [signed, -signed] if angle.sign == "-" else [signed]


def _pair(lat: Angle, lon: Angle, lat_deg: float, lon_deg: float, doubt: Sentence | None) -> _Pair:
    """Of two numbers of one kind, the finer tells how fine both are: programs drop zeros at the end."""
    steps_deg = lat.step_deg, lon.step_deg
    if lat.parts == lon.parts:
        steps_deg = (min(steps_deg), min(steps_deg))
    return _Pair(lat_deg, lon_deg, steps_deg, doubt=doubt)


def _in_order(pair: _Pair) -> _Pair:
    """Latitude first; where it cannot be, longitude first is asked about: it may as well be a slip."""
    turned = _turned(pair)
    if not pair.is_on_earth and turned.is_on_earth:
        return replace(turned, doubt=_LONGITUDE_FIRST)
    return replace(pair, by_order=True)


def _turned(pair: _Pair) -> _Pair:
    return replace(pair, lat=pair.lon, lon=pair.lat, steps_deg=pair.steps_deg[::-1])


def _either_order(pair: _Pair) -> list[_Pair]:
    return [replace(one, doubt=_BRACKETS) for one in (pair, _turned(pair))] if pair.by_order else [pair]


def _without_third(way: Way) -> list[_Pair]:
    """Latitude and longitude of three decimals, which a height may follow."""
    bare = [token for token in way.tokens if token.kind != BREAK]
    if [token.kind for token in bare] != [NUMBER] * 3 or "." not in bare[0].word:
        return []
    return [
        replace(pair, doubt=pair.doubt or _THIRD)
        for one in angles(bare[:1])
        for other in angles(bare[1:2])
        for pair in _placed(one, other)
    ]


def _miss(text: str, tried: list[Way], found: list[_Pair], *, is_half: bool) -> PositionError:
    """The refusal of a text without a reading, by what comes nearest to one."""
    if found:
        return out_of_range(text, found[0].lat, found[0].lon)
    groups = [pair for way in tried for split in _splits(way.tokens) for pair in split]
    marked = any(token.kind in MARKS or token.kind == SIDE for way in tried for token in way.tokens)
    if marked and any(fits(left) and fits(right) for left, right in groups):
        remedy = Sentence("they go from 0 to below 60, the last one in decimals")
        return refused(text, Sentence("has minutes or seconds that are none"), remedy)
    if is_half:
        return refused(text, Sentence("is one coordinate"), _IN_FULL)
    if any(token.kind in MARKS for way in tried for token in way.tokens):
        remedy = Sentence("write it as 42°39′36″N 21°09′36″E")
        return refused(text, Sentence("is not degrees, minutes and seconds in this order"), remedy)
    return refused(
        text, Sentence("is not two coordinates"), Sentence("give latitude and longitude, such as 42.66, 21.16")
    )
