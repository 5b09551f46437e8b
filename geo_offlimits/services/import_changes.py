"""What a row says otherwise than the entry it is about: only in the fields that the row fills.

A description can be set right by a proposed change, which another person makes. What was decided (measure, basis,
dates, whom it binds) is not changed by a list: that is told, and a person decides.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.designation import Designation
from geo_offlimits.domain.hours import Hours
from geo_offlimits.domain.imports import FieldChange
from geo_offlimits.domain.position import Position
from geo_offlimits.domain.premises import Name, NameKind, Part, Subject
from geo_offlimits.formats.described import Described
from geo_offlimits.lookup.geodesy import distance_m

SAME_SPOT_M = 1.5
_SAME_OUTLINE_DEG = 2e-6
_NO_TAG = str.maketrans("<>", "‹›")
_SEVERAL = re.compile(r"\s*[;|\n]\s*|,\s+")


@dataclass(frozen=True, kw_only=True)
class Correction:
    """A row that sets the description of an entry right; `base` is what stood when the report was made."""

    row: int
    designation_id: str
    base: Subject
    described: Subject


def described_anew(entry: Subject, told: Subject) -> Subject:
    """The entry's description with what a row of it says otherwise; nothing that the row leaves open is taken away."""
    return replace(
        entry,
        names=(*entry.names, *(Name(text=text, kind=NameKind.ALIAS) for text in _new_names(entry, told))),
        category=told.category or entry.category,
        address=_told(entry.address, told.address),
        locality=_told(entry.locality, told.locality),
        part=_told_part(entry.part, told.part),
        geometry=told.geometry if _is_other_outline(entry.geometry, told.geometry) else entry.geometry,
    )


def of_description(entry: Subject, anew: Subject) -> Iterator[FieldChange]:
    """What `described_anew` says otherwise."""
    for field in ("names", "category", "address", "locality", "part", "geometry"):
        was, would_be = getattr(entry, field), getattr(anew, field)
        if was != would_be:
            yield FieldChange(field=field, was=_words(was), would_be=_words(would_be))


def of_decision(entry: Designation, told: Described, filled: frozenset[str]) -> Iterator[FieldChange]:
    """What the row says otherwise of the decision, of the fields that it fills."""
    facts, terms = told.facts, entry.terms
    pairs = {
        "restriction": (terms.restriction, facts.restriction),
        "basis": (terms.basis, facts.basis),
        "authority": (terms.authority, facts.authority),
        "directive": (terms.directive, facts.directive),
        "review_by": (terms.review_by, facts.review_by),
        "applies_to": (tuple(sorted(terms.applies_to)), tuple(sorted(facts.applies_to))),
        "exceptions": (terms.exceptions, facts.exceptions),
        "hours": (terms.hours, facts.hours),
    }
    for field, (was, would_be) in pairs.items():
        if field in filled and would_be is not None and _bare(_words(was)) != _bare(_words(would_be)):
            yield FieldChange(field=field, was=_words(was), would_be=_words(would_be))
    until, told_until = terms.valid.end, facts.valid.end
    if "until" in filled and told_until and (until is None or abs((until - told_until).total_seconds()) >= 1):
        yield FieldChange(field="until", was=_words(until), would_be=_words(told_until))
    if "since" in filled and not _is_since(entry, facts.valid.start):
        yield FieldChange(field="since", was=_words(_since(entry)), would_be=_words(facts.valid.start))


def _since(entry: Designation) -> datetime | None:
    return entry.terms.valid.start or entry.in_force_since


def _is_since(entry: Designation, told: datetime | None) -> bool:
    """A list tells a day, or the moment from which it is in force; a proposal is in force on no day yet."""
    known = [one for one in (entry.terms.valid.start, entry.in_force_since) if one]
    return told is None or not known or any(abs((one - told).total_seconds()) < 86_400 for one in known)  # noqa: PLR2004


def _new_names(entry: Subject, told: Subject) -> list[str]:
    known = {bare(name.text) for name in entry.names} | {bare(entry.label)}
    known |= {bare(part) for name in entry.names for part in _SEVERAL.split(name.text)}
    new: dict[str, str] = {}
    for name in told.names:
        parts = [part for part in _SEVERAL.split(name.text) if part]
        if bare(name.text) not in known and not {bare(part) for part in parts} <= known:
            new.setdefault(bare(name.text), name.text)
    return list(new.values())


def _told(was: str | None, told: str | None) -> str | None:
    return was if not told or _bare(told) == _bare(was or "") else told


def _told_part(was: Part | None, told: Part | None) -> Part | None:
    if told is None or _bare(_words(told)) in _ways_to_write(was):
        return was
    before = was or Part()
    return Part(
        floor=_told(before.floor, told.floor),
        entrance=_told(before.entrance, told.entrance),
        text=_told(before.text, told.text),
    )


def _ways_to_write(part: Part | None) -> set[str]:
    """A list has it in one cell or in three, and a GeoPackage of ours its text before its floor."""
    if part is None:
        return {""}
    orders = (part.floor, part.entrance, part.text), (part.text, part.floor, part.entrance)
    return {_bare(", ".join(filter(None, order))) for order in orders}


def _is_other_outline(was: BaseGeometry | None, told: BaseGeometry | None) -> bool:
    """A point says less than an outline, and a few decimals less than all of them."""
    if told is None or was is None:
        return told is not None
    if isinstance(told, Point):
        return isinstance(was, Point) and distance_m(Position(lat=told.y, lon=told.x), was) > SAME_SPOT_M
    return bool(shapely.hausdorff_distance(was, told) > _SAME_OUTLINE_DEG)


def bare(name: str) -> str:
    """A name as it is compared: KML holds ‹ for <, because its viewers would take that for a tag."""
    return _bare(name.translate(_NO_TAG))


def _bare(text: str) -> str:
    return " ".join(text.split()).casefold()


def _words(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, BaseGeometry):
        middle = value.representative_point()
        return f"{middle.y:.5f}, {middle.x:.5f}"
    if isinstance(value, Part):
        return ", ".join(filter(None, (value.floor, value.entrance, value.text)))
    if isinstance(value, Hours):
        spans = (f"{','.join(map(str, one.days))} {one.start:%H:%M}-{one.end:%H:%M}" for one in value.weekly)
        return f"{'; '.join(spans)} {value.tz}"
    if isinstance(value, tuple):
        return "; ".join(one.text if isinstance(one, Name) else str(one) for one in value)
    return value.isoformat() if isinstance(value, datetime) else str(value)
