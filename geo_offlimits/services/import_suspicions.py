"""What looks like a slip between two rows, or a row and an entry: raised, never merged and never set right.

1. The same name with one digit otherwise in the coordinates, in the number of the house or in a telephone number.
2. Nearly the same address: the same street and number, and "12/1" beside "12".
3. One point for many names, as where a list has the town's middle for every bar.
4. A rule for a kind of venue beside premises of that kind: one of the two may be meant by the other.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from anyascii import anyascii
from shapely.geometry import Point

from geo_offlimits.domain.premises import Subject, SubjectKind, VenueKind
from geo_offlimits.errors import Issue, Sentence

MANY_NAMES = 3
COMPARED = 12
_STREET = frozenset(
    {"rr", "rruga", "rue", "r", "str", "street", "st", "ul", "ulica", "road", "rd", "avenue", "ave", "av", "bul"}
    | {"bulevardi", "boulevard", "bd", "blvd", "nr", "no", "n", "br"}
)
_WORD = re.compile(r"[^\W\d_]+|\d+")
_PHONE = re.compile(r"\+?\d(?:[\s()./-]?\d){6,14}")
_CONFIRM = Sentence("correct one of them, or confirm that both are meant (--confirm-duplicates)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """A row or an entry as it is looked at: how a report calls it, and what stands in its remarks."""

    reference: str
    subject: Subject
    remarks: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Suspicion:
    """`other`: the place in the list of what it contradicts. With `waits`, the row lands only when both are meant."""

    issue: Issue
    other: int
    waits: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class OfAll:
    """What a part of a list has to know of all of it: how many names stand on a point, and premises of each kind."""

    names_on: Callable[[str], int]
    kinds: Mapping[VenueKind | None, int]


def suspicions(looked: Sequence[Looked], first: int, of_all: OfAll | None = None) -> dict[int, list[Suspicion]]:
    """For the places from `first` on what is suspect against those before them.

    of_all : where `looked` is a part of a list and what its rows may be like.
    """
    found: defaultdict[int, list[Suspicion]] = defaultdict(list)
    points = _points(looked)
    of_all = of_all or OfAll(names_on=_names_on(looked, points), kinds=_kinds(looked))
    for raised in (
        _of_names(looked, first),
        _of_addresses(looked, first),
        _of_points(points, first, of_all),
        _of_rules(looked, first, of_all),
    ):
        for at, suspicion in raised:
            found[at].append(suspicion)
    return found


def label_key(subject: Subject) -> str:
    return " ".join(_words(subject.label))


def _of_names(looked: Sequence[Looked], first: int) -> Iterator[tuple[int, Suspicion]]:
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for at, one in enumerate(looked):
        if one.subject.kind is SubjectKind.CATEGORY_RULE:
            continue
        group = groups[label_key(one.subject)]
        for other in group if at >= first else ():
            if suspicion := _by_a_digit(one, looked[other], other):
                yield at, suspicion
                break
        if len(group) < COMPARED:
            group.append(at)


def _by_a_digit(one: Looked, other: Looked, place: int) -> Suspicion | None:
    """Of two of one name: the first fact that differs by a digit."""
    facts = (
        *_points_of(one.subject, other.subject),
        ("address", one.subject.address or "", other.subject.address or ""),
        *(("note", phone, known) for phone in _phones(one) for known in _phones(other)),
    )
    for field, told, known in facts:
        if _is_a_digit_apart(told, known):
            reason = Sentence(
                "one digit otherwise than {other} of the same name ({known})", other=other.reference, known=known
            )
            return Suspicion(issue=Issue(field=field, value=told, reason=reason, remedy=_CONFIRM), other=place)
    return None


def _of_addresses(looked: Sequence[Looked], first: int) -> Iterator[tuple[int, Suspicion]]:
    earliest: dict[tuple[object, ...], int] = {}
    for at, one in enumerate(looked):
        key = address_key(one.subject)
        if key is None:
            continue
        place = earliest.setdefault(key, at)
        if at >= first and place != at:
            other = looked[place]
            reason = Sentence(
                "nearly the address of {other} ({known})", other=other.reference, known=other.subject.address
            )
            issue = Issue(field="address", value=one.subject.address or "", reason=reason, remedy=_CONFIRM)
            yield at, Suspicion(issue=issue, other=place)


def address_key(subject: Subject) -> tuple[object, ...] | None:
    """Town, street and the first number; None where no number tells the house."""
    words = _words(subject.address or "")
    number = next((word for word in words if word.isdigit()), None)
    if number is None or not (street := _street(words)):
        return None
    # A letter behind the number belongs to it, as in 12 a.
    head = words[: words.index(number)] or words
    return (_town(subject.locality or ""), _street(head) or street, number)


def _street(words: Sequence[str]) -> tuple[str, ...]:
    return tuple([word for word in words if not word.isdigit() and word not in _STREET])


@lru_cache(maxsize=4_000)
def _town(locality: str) -> str:
    return " ".join(_words(locality))


def _names_on(looked: Sequence[Looked], points: Sequence[str]) -> Callable[[str], int]:
    counted = Counter(points)
    names: defaultdict[str, set[str]] = defaultdict(set)
    for point, one in zip(points, looked, strict=True):
        if point and counted[point] >= MANY_NAMES:
            names[point].add(label_key(one.subject))
    return lambda point: len(names[point]) if point in names else 0


def _kinds(looked: Sequence[Looked]) -> Counter[VenueKind | None]:
    return Counter(one.subject.category for one in looked if one.subject.kind is SubjectKind.PREMISES)


def _of_points(points: Sequence[str], first: int, of_all: OfAll) -> Iterator[tuple[int, Suspicion]]:
    seen: dict[str, int] = {}
    for at, point in enumerate(points):
        count = of_all.names_on(point)
        if count >= MANY_NAMES:
            other = seen.setdefault(point, at)
            if at >= first and other != at:
                reason = Sentence("one point for {count} names", count=count)
                remedy = Sentence("is it the middle of the town? Leave it empty where the place is unknown")
                yield (
                    at,
                    Suspicion(issue=Issue(field="position", value=point, reason=reason, remedy=remedy), other=other),
                )


def _of_rules(looked: Sequence[Looked], first: int, of_all: OfAll) -> Iterator[tuple[int, Suspicion]]:
    """A rule beside premises of its kind, and premises beside a rule; each told once, and nothing waits for it."""
    rules = {one.subject.category: at for at, one in enumerate(looked) if one.subject.kind is SubjectKind.CATEGORY_RULE}
    for category, at in rules.items():
        if at >= first and (count := of_all.kinds.get(category, 0)):
            reason = Sentence("a rule for a kind of venue of which {count} stand by name", count=count)
            remedy = Sentence("is every such venue meant? Else leave the rule out")
            issue = Issue(field="category", value=str(category), reason=reason, remedy=remedy)
            yield at, Suspicion(issue=issue, other=at, waits=False)


def point_key(subject: Subject) -> str:
    place = subject.geometry
    return f"{place.y:.5f}, {place.x:.5f}" if isinstance(place, Point) else ""


def _points(looked: Sequence[Looked]) -> list[str]:
    """`point_key` of each, their numbers taken out all at once."""
    places = np.array([one.subject.geometry for one in looked], dtype=object)
    points = np.flatnonzero(shapely.get_type_id(places) == 0)
    told = [""] * len(looked)
    for at, (lon, lat) in zip(points.tolist(), shapely.get_coordinates(places[points]).tolist(), strict=True):
        told[at] = f"{lat:.5f}, {lon:.5f}"
    return told


def _points_of(one: Subject, other: Subject) -> Iterator[tuple[str, str, str]]:
    """The points as they are told, and cut instead of rounded: of two with the same decimals one may be rounded up."""
    yield "position", point_key(one), point_key(other)
    if isinstance(one.geometry, Point) and isinstance(other.geometry, Point):
        yield "position", _cut(one.geometry), _cut(other.geometry)


def _cut(point: Point) -> str:
    return f"{f'{point.y:.7f}'[:-2]}, {f'{point.x:.7f}'[:-2]}"


def _phones(one: Looked) -> list[str]:
    found = _PHONE.findall(one.remarks)[:3]
    return ["".join(sign for sign in text if sign.isdigit()) for text in found]


def _words(text: str) -> list[str]:
    return _WORD.findall((text if text.isascii() else anyascii(text)).casefold())


def _is_a_digit_apart(one: str, other: str) -> bool:
    if len(one) != len(other) or one == other:
        return False
    apart = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    return len(apart) == 1 and apart[0][0].isdigit() and apart[0][1].isdigit()
