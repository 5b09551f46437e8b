"""Degrees as people write them: decimal, with minutes, with seconds; letters, labels, signs, commas for points."""

import re
from dataclasses import dataclass
from itertools import pairwise

from geo_offlimits.domain.position import UNKNOWN_UNCERTAINTY_M, Position
from geo_offlimits.errors import Sentence
from geo_offlimits.lookup.grids import METRES_A_DEGREE, AmbiguousPositionError, refused, square_position

# Two numbers as programs write very small ones: 1e-05, 21.2
_EXPONENTS = re.compile(r"([-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)[\s,;/]+([-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?\d{1,12}(?:\.\d{1,20})?")
_TOKEN = re.compile(
    r"""\s*(?:(?P<number>[-+]?\s?\d+(?:\.\d+)?)|(?P<mark>[°'"])|(?P<word>[A-Z]+)|(?P<break>[;/,]+))\s*"""
)
_SPELT = re.compile(
    r"(\d+)\s*d(?:eg)?\.?\s*(\d+(?:[.,]\d+)?)\s*m(?:in)?\.?(?:\s*(\d+(?:[.,]\d+)?)\s*s(?:ec)?\.?)?", re.IGNORECASE
)
_BARE_COMMAS = re.compile(r"[-+]?\d+(?:,[-+]?\d+)+")
_MARKS = "°'\""
_HEMISPHERES = {"N": ("lat", 1), "S": ("lat", -1), "E": ("lon", 1), "W": ("lon", -1)}
_WORDS = {
    "NORTH": "N", "SOUTH": "S", "EAST": "E", "WEST": "W", "LATITUDE": "LAT", "LONGITUDE": "LON", "LONG": "LON",
    "LNG": "LON", "DEG": "°", "DEGREES": "°",
}  # fmt: skip
_LABELS = {"LAT": "lat", "LON": "lon"}
_LETTERS = {*_HEMISPHERES, *_LABELS, "O"}
_PARTS, _SIXTY = 3, 60.0
_LIMITS = {"lat": 90.0, "lon": 180.0}


@dataclass(frozen=True)
class _Angle:
    """One of the two coordinates: its degrees, the letter or label beside it, and how fine it is written."""

    degrees: float
    letter: str | None
    step_deg: float
    signed: bool

    @property
    def axis(self) -> str | None:
        if self.letter in _LABELS:
            return _LABELS[self.letter]
        return _HEMISPHERES[self.letter][0] if self.letter in _HEMISPHERES else None


def is_number(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text.strip()))


def position_at(lat: float, lon: float, uncertainty_m: float | None) -> Position:
    return Position(lat=lat, lon=lon, uncertainty_m=UNKNOWN_UNCERTAINTY_M if uncertainty_m is None else uncertainty_m)


def to_dms(degrees: float, letters: str) -> str:
    """`42°39′36.00″N`, to a hundredth of a second, about 0.3 m."""
    hundredths = round(abs(degrees) * 360_000)
    minutes, seconds = divmod(hundredths, 6_000)
    whole, minutes = divmod(minutes, 60)
    return f"{whole:02d}°{minutes:02d}′{seconds / 100:05.2f}″{letters[degrees < 0]}"


def from_degrees(text: str, uncertainty_m: float | None) -> Position:
    """The position of a text in degrees. Raises PositionError and AmbiguousPositionError."""
    numbers = _EXPONENTS.fullmatch(text)
    if numbers and "e" in text.lower():
        return position_at(float(numbers[1]), float(numbers[2]), uncertainty_m)
    first, second = _two_angles(text, _tokens(text, _with_points(text, uncertainty_m)))
    readings = _readings(text, first, second)
    placed = tuple(dict.fromkeys(_placed(lat, lon, uncertainty_m) for lat, lon in readings if _is_on_earth(lat, lon)))
    if len(readings) > 1:
        raise AmbiguousPositionError(text, Sentence("contradicts itself"), placed)
    ((lat, lon),) = readings
    return _placed(lat, lon, uncertainty_m)


def _with_points(text: str, uncertainty_m: float | None) -> str:
    """The text with decimal points, and commas only as separators. Raises AmbiguousPositionError for bare commas."""
    text = _SPELT.sub(lambda part: f"{part[1]}°{part[2]}'" + (f'{part[3]}"' if part[3] else ""), text)
    if "." in text:
        return text
    if _BARE_COMMAS.fullmatch(text):
        numbers = text.split(",")
        if len(numbers) == 2 and numbers[1][0] in "+-":  # noqa: PLR2004  (a signed second number begins anew)
            return text
        whole = [float(number) for number in numbers]
        pairs = {2: lambda: (whole[0], whole[1]), 4: lambda: (_joined(numbers[:2]), _joined(numbers[2:]))}
        pair = pairs[len(numbers)]() if len(numbers) in pairs else None
        readings = (position_at(*pair, uncertainty_m),) if pair and _in_range(*pair) else ()
        raise AmbiguousPositionError(text, Sentence("uses commas both ways or without a space"), readings)
    return re.sub(r"(?<=\d),(?=\d)", ".", text)


def _joined(digits: list[str]) -> float:
    return float(".".join(digits))


def _tokens(text: str, pointed: str) -> list[tuple[str, str]]:
    """(kind, text) of every number, mark, letter, label and break. Raises PositionError at what is none of them."""
    tokens: list[tuple[str, str]] = []
    capitals, at = re.sub(r"[:=()\[\]]", " ", pointed.upper()), 0
    while at < len(capitals):
        found = _TOKEN.match(capitals, at)
        if not found or found.end() == at:
            raise refused(
                text,
                Sentence("has {sign} in it", sign=repr(capitals[at : at + 12])),
                Sentence("write it as 42.66, 21.16"),
            )
        kind = str(found.lastgroup)
        word = _WORDS.get(found[kind], found[kind])
        if kind == "word":
            kind = "mark" if word == "°" else "letter"
            if kind == "letter" and word not in _LETTERS:
                raise refused(
                    text,
                    Sentence("has the word {word} in it", word=repr(word[:20])),
                    Sentence("give the position alone, such as 42.66, 21.16"),
                )
        tokens.append((kind, word.replace(" ", "")))
        at = found.end()
    return _without_idle_labels(tokens)


def _without_idle_labels(tokens: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Beside N, S, E and W the words "lat" and "lon" say nothing more."""
    has_letters = any(kind == "letter" and word not in _LABELS for kind, word in tokens)
    return [token for token in tokens if not (has_letters and token[1] in _LABELS)]


def _two_angles(text: str, tokens: list[tuple[str, str]]) -> tuple[_Angle, _Angle]:
    groups = _by_letters(tokens) if any(kind == "letter" for kind, _ in tokens) else _by_numbers(tokens)
    if len(groups) != 2:  # noqa: PLR2004  (latitude and longitude)
        raise refused(
            text, Sentence("is not two coordinates"), Sentence("give latitude and longitude, such as 42.66, 21.16")
        )
    return _angle(text, groups[0]), _angle(text, groups[1])


def _by_letters(tokens: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """Groups that each begin with a letter, or each end with one, as the text itself begins."""
    leads = tokens[0][0] == "letter"
    groups: list[list[tuple[str, str]]] = [[]]
    for token in tokens:
        is_letter = token[0] == "letter"
        if leads and is_letter and groups[-1]:
            groups.append([])
        if token[0] != "break":
            groups[-1].append(token)
        if not leads and is_letter:
            groups.append([])
    return [group for group in groups if group]


def _by_numbers(tokens: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """Two groups: at the one break, at the second degree sign, or in the middle of 2, 4 or 6 numbers."""
    breaks = [at for at, (kind, _) in enumerate(tokens) if kind == "break"]
    if len(breaks) == 1:
        return [tokens[: breaks[0]], tokens[breaks[0] + 1 :]]
    whole = [at for at, ((kind, _), (_, after)) in enumerate(pairwise(tokens)) if kind == "number" and after == "°"]
    if not breaks and len(whole) == 2:  # noqa: PLR2004  (latitude and longitude)
        return [tokens[: whole[1]], tokens[whole[1] :]]
    if not breaks and all(kind == "number" for kind, _ in tokens) and len(tokens) in (2, 4, 6):
        return [tokens[: len(tokens) // 2], tokens[len(tokens) // 2 :]]
    return []


def _angle(text: str, group: list[tuple[str, str]]) -> _Angle:
    """Degrees of one coordinate from its numbers, marks and letter."""
    letters = [word for kind, word in group if kind == "letter"]
    body = [token for token in group if token[0] != "letter"]
    numbers = [word for kind, word in body if kind == "number"]
    if len(letters) > 1 or not 1 <= len(numbers) <= _PARTS or not _marks_in_order(body):
        raise refused(
            text,
            Sentence("is not degrees, minutes and seconds in this order"),
            Sentence("write it as 42°39′36″N 21°09′36″E"),
        )
    values = [abs(float(number)) for number in numbers]
    fractions = any("." in number for number in numbers[:-1])
    signs = any(number[0] in "+-" for number in numbers[1:])
    if fractions or signs or any(value >= _SIXTY for value in values[1:]):
        raise refused(
            text,
            Sentence("has minutes or seconds that are none"),
            Sentence("they go from 0 to below 60, the last one in decimals"),
        )
    degrees = sum(value / _SIXTY**power for power, value in enumerate(values))
    is_coarse = "." not in numbers[-1] and len(numbers) < _PARTS
    return _Angle(
        degrees=-degrees if numbers[0][0] == "-" else degrees,
        letter=letters[0] if letters else None,
        step_deg=_SIXTY ** (1 - len(numbers)) if is_coarse else 0.0,
        signed=numbers[0][0] == "-",
    )


def _marks_in_order(body: list[tuple[str, str]]) -> bool:
    """Whether each mark stands after its own number: ° after the first, ' after the second, " after the third."""
    count = 0
    for at, (kind, word) in enumerate(body):
        count += kind == "number"
        if kind == "mark" and (at == 0 or body[at - 1][0] != "number" or _MARKS.index(word) != count - 1):
            return False
    return True


def _readings(text: str, first: _Angle, second: _Angle) -> list[tuple[_Angle, _Angle]]:
    """The (latitude, longitude) pairs that the text can mean; one, unless it contradicts itself."""
    if "O" in (first.letter, second.letter):
        return _with_o(text, first, second)
    if first.axis and first.axis == second.axis:
        return [(_bare(first), _bare(second)), (_bare(second), _bare(first))]
    swapped = first.axis == "lon" or second.axis == "lat"
    if not first.axis and not second.axis and _in_range(second.degrees, first.degrees):
        _refuse_swapped(text, first, second)
    lat, lon = (second, first) if swapped else (first, second)
    lats, lons = _signed(lat), _signed(lon)
    return [(one, other) for one in lats for other in lons]


def _refuse_swapped(text: str, first: _Angle, second: _Angle) -> None:
    """Longitude first is not guessed from a number beyond 90: it may as well be a slip."""
    if not _in_range(first.degrees, second.degrees):
        raise AmbiguousPositionError(
            text, Sentence("begins with a latitude beyond 90"), (Position(lat=second.degrees, lon=first.degrees),)
        )


def _signed(angle: _Angle) -> list[_Angle]:
    """The angle with its letter's sign; both signs where a minus and a letter of the other kind stand together."""
    if angle.letter not in _HEMISPHERES:
        return [angle]
    size, sign = abs(angle.degrees), _HEMISPHERES[angle.letter][1]
    plain = _Angle(sign * size, None, angle.step_deg, signed=False)
    return [plain, _Angle(-sign * size, None, angle.step_deg, signed=False)] if angle.signed else [plain]


def _with_o(text: str, first: _Angle, second: _Angle) -> list[tuple[_Angle, _Angle]]:
    """O is east in German and west in French and Spanish."""
    readings = []
    for letter in "EW":
        one, other = (
            _Angle(a.degrees, letter if a.letter == "O" else a.letter, a.step_deg, a.signed) for a in (first, second)
        )
        readings += _readings(text, one, other)
    return readings


def _bare(angle: _Angle) -> _Angle:
    return _signed(angle)[0]


def _is_on_earth(lat: _Angle, lon: _Angle) -> bool:
    return _in_range(lat.degrees, lon.degrees)


def _in_range(lat: float, lon: float) -> bool:
    return abs(lat) <= _LIMITS["lat"] and abs(lon) <= _LIMITS["lon"]


def _placed(lat: _Angle, lon: _Angle, uncertainty_m: float | None) -> Position:
    """The position; whole degrees and whole minutes leave more open than 10 m, unless it is said how much."""
    step_m = max(lat.step_deg, lon.step_deg) * METRES_A_DEGREE
    if uncertainty_m is None and step_m:
        return square_position(lat.degrees, lon.degrees, step_m * 0.5**0.5, None)
    return position_at(lat.degrees, lon.degrees, uncertainty_m)
