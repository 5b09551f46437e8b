"""What a column of a stranger's list holds, told by its cells where its heading says nothing.

1. A column holds a field when most of its cells do, and it is said how many; a few cells are enough to look at.
2. A cell that could be two days or two positions is a day or a position: which one is a question for its row.
3. Two columns of plain degrees are latitude and longitude: by letters, else by what is beyond 90, else by the mission's
   territory; else the left one is the latitude, as people write it, and that is the least sure.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.position import PositionError
from geo_offlimits.domain.premises import VenueKind
from geo_offlimits.errors import InputError, Sentence
from geo_offlimits.formats.days import DayError, read_day
from geo_offlimits.formats.hours import HoursError, read_hours
from geo_offlimits.formats.vocabulary import member
from geo_offlimits.lookup.coordinates import AmbiguousPositionError, parse_position
from geo_offlimits.lookup.gazetteer import Gazetteer, PlaceKind

__all__ = ["Content", "content_of", "degree_fields", "degrees_of", "holds_facts", "is_name", "is_sum"]

LOOKED_AT = 60
ENOUGH = 0.8
_DEGREES = re.compile(r"[+-]?\d{1,3}[.,]\d+°?", re.ASCII)
_FINE_DEGREES = re.compile(r"[+-]?\d{1,3}[.,]\d{3,}°?", re.ASCII)
_LETTERED = re.compile(r"(?:[NSEWO]\s*)?\d{1,3}[\s°º:.,]\s*[\d\s.,:°'’′\"″“”]*(?:[NSEWO])?", re.IGNORECASE)
_NORTHING, _EASTING = re.compile(r"[NS]", re.IGNORECASE), re.compile(r"[EWO]", re.IGNORECASE)
_TWO_PARTS = re.compile(r"\d.*[\s,;/:°A-Z+]+.*\d", re.IGNORECASE | re.DOTALL)
# With its country in front, or in groups of two or three digits: 75 50 12 34 is dialled far more often than measured.
_PHONE = re.compile(
    r"(?:\+|00)\d[\d\s()/-]{6,}|\(?0\d{0,3}\)?[\s/-]*\d{2,3}(?:[\s-]\d{2,3}){1,3}|\d{2,3}(?:[\s-]\d{2,3}){2,3}",
    re.ASCII,
)
_SUM = re.compile(
    r"(?:grand |sub-?)?(?:total|sum|somme|ukupno|zbir|gjithsej|укупно|збир|المجموع)\b[\s:=\d.]*", re.IGNORECASE
)
_WORDS = re.compile(r"[^\W\d_]{2,}")
_LONGEST_NAME = 60
_MOST_ALIKE = 0.5
_POLE = 90.0


@dataclass(frozen=True, kw_only=True)
class Content:
    """What `fitting` of `of` cells are; `what` names it for people."""

    field: str
    fitting: int
    of: int
    what: Sentence

    @property
    def share(self) -> float:
        return self.fitting / self.of if self.of else 0.0

    @property
    def why(self) -> Sentence:
        return Sentence("{fitting} of {of} cells are {what}", fitting=self.fitting, of=self.of, what=self.what)


@lru_cache(maxsize=4096)
def is_hours(text: str) -> bool:
    try:
        read_hours(text)
    except HoursError:
        return False
    return True


@lru_cache(maxsize=4096)
def is_day(text: str) -> bool:
    try:
        read_day(text)
    except DayError as fault:
        return bool(fault.readings)
    return True


@lru_cache(maxsize=4096)
def is_position(text: str) -> bool:
    """Two numbers or a grid reference in any notation; not a telephone number, and neither hours nor a day."""
    if not _TWO_PARTS.search(text) or _PHONE.fullmatch(text.strip()) or is_day(text) or is_hours(text):
        return False
    try:
        parse_position(text)
    except AmbiguousPositionError:
        return True
    except PositionError:
        return False
    return True


def is_degrees(text: str) -> bool:
    """One angle."""
    return degrees_of(text) is not None


def is_surely_degrees(text: str) -> bool:
    """One angle, finer than a hundredth of a degree or with its letter: 3.5 can be anything."""
    found = degrees_of(text)
    return found is not None and bool(found[1] or _FINE_DEGREES.fullmatch(text.strip()))


@lru_cache(maxsize=4096)
def degrees_of(text: str) -> tuple[float, str] | None:
    """One angle in degrees with "lat", "lon" or "" for what its letter says; None where it is none."""
    bare = text.strip()
    if _DEGREES.fullmatch(bare):
        found = float(bare.rstrip("°").replace(",", "."))
        return (found, "") if abs(found) <= 2 * _POLE else None
    if not _LETTERED.fullmatch(bare):
        return None
    if _NORTHING.search(bare):
        return _angle(f"{bare} 0E", "lat")
    return _angle(f"0N {bare.upper().replace('O', 'W')}", "lon") if _EASTING.search(bare) else None


def _angle(text: str, axis: str) -> tuple[float, str] | None:
    try:
        position = parse_position(text)
    except PositionError:
        return None
    return (position.lat if axis == "lat" else position.lon), axis


def _is_member(vocabulary: type[VenueKind] | type[Restriction]) -> Callable[[str], bool]:
    @lru_cache(maxsize=4096)
    def known(text: str) -> bool:
        try:
            member(text, vocabulary, "category")
        except InputError:
            return False
        return True

    return known


_TESTS: tuple[tuple[str, Sentence, Callable[[str], bool]], ...] = (
    ("hours", Sentence("hours"), is_hours),
    ("since", Sentence("days"), is_day),
    ("position", Sentence("positions"), is_position),
    ("category", Sentence("kinds of venue"), _is_member(VenueKind)),
    ("restriction", Sentence("restrictions"), _is_member(Restriction)),
)


def fits(field: str, cell: str, near: Gazetteer | None = None) -> bool:
    """Whether one cell is what `content_of` calls by this field."""
    return any(name == field and test(cell.strip()) for name, _, test in _tests(near))


def _tests(near: Gazetteer | None) -> list[tuple[str, Sentence, Callable[[str], bool]]]:
    tests = [*_TESTS, ("degrees", Sentence("degrees"), is_degrees)]
    if near is not None:
        tests.append(("locality", Sentence("towns of the mission"), lambda text: bool(near.find(text, PlaceKind.TOWN))))
        tests.append(
            ("sector", Sentence("sectors of the mission"), lambda text: bool(near.find(text, PlaceKind.SECTOR)))
        )
    return tests


def content_of(cells: Sequence[str], near: Gazetteer | None = None) -> Content | None:
    """The field that most cells of a column are; `degrees` for plain degrees, which a pair of columns explains."""
    told = [cell.strip() for cell in cells if cell.strip()][:LOOKED_AT]
    if not told:
        return None
    found = [
        Content(field=field, fitting=sum(map(test, told)), of=len(told), what=what)
        for field, what, test in _tests(near)
    ]
    best = max(found, key=lambda one: one.fitting)
    if best.field == "degrees" and 2 * sum(map(is_surely_degrees, told)) < best.fitting:
        return None  # programs drop zeros at the end, but not from most of the cells
    return best if best.share >= ENOUGH else None


def degree_fields(left: Sequence[str], right: Sequence[str], near: Gazetteer | None) -> tuple[str, str, Sentence]:
    """Which of two columns of degrees is the latitude, and why: the fields of the left and of the right one."""
    straight, turned = ("latitude", "longitude"), ("longitude", "latitude")
    pairs = [(degrees_of(one), degrees_of(other)) for one, other in zip(left, right, strict=False)]
    both = [(one, other) for one, other in pairs if one and other]
    if any(one[1] or other[1] for one, other in both):
        is_turned = any(one[1] == "lon" or other[1] == "lat" for one, other in both)
        return (*(turned if is_turned else straight), Sentence("by their letters"))
    if any(abs(one[0]) > _POLE for one, _ in both):
        return (*turned, Sentence("beyond 90 there is no latitude"))
    if any(abs(other[0]) > _POLE for _, other in both):
        return (*straight, Sentence("beyond 90 there is no latitude"))
    if near is not None and near.territory is not None:
        west, south, east, north = near.territory.bounds
        lying = sum(south <= one[0] <= north and west <= other[0] <= east for one, other in both)
        crossed = sum(south <= other[0] <= north and west <= one[0] <= east for one, other in both)
        if lying != crossed:
            return (*(straight if lying > crossed else turned), Sentence("so they lie in the territory"))
    return (*straight, Sentence("the left one is usually the latitude; check it"))


def is_name(cells: Sequence[str]) -> bool:
    """Whether a column can be that of the names: short texts in words, most of them different."""
    told = [cell.strip() for cell in cells if cell.strip()][:LOOKED_AT]
    worded = [cell for cell in told if _WORDS.search(cell) and len(cell) <= _LONGEST_NAME]
    return bool(told) and len(worded) >= ENOUGH * len(told) and len(set(told)) > _MOST_ALIKE * len(told)


def holds_facts(cells: Sequence[str]) -> bool:
    """Whether a row has a cell that can be no heading: degrees, a position, a day or hours."""
    told = [cell for cell in cells if any(char.isdecimal() for char in cell)]
    return any(is_surely_degrees(cell) or is_day(cell) or is_position(cell) or is_hours(cell) for cell in told)


def is_sum(text: str) -> bool:
    """Whether a cell is what stands before the sum at the end of a list."""
    return bool(_SUM.fullmatch(text.strip()))
