"""One row of a stranger's list as a subject of the register with rough terms, or the issues that stand against it.

1. A row with any issue gives no subject: what is half understood is corrected by a person, not guessed.
2. A geometry of the file is the place; else latitude and longitude; else the text of a position, in any notation.
3. Dates are days in the mission's time zone. `until` is the last day on which the restriction holds.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TypeVar

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.designation import Basis, Restriction, Terms
from geo_offlimits.domain.instants import ALWAYS, Period, days, time_zone
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.position import Position, PositionError
from geo_offlimits.domain.premises import Name, NameKind, Part, Subject, SubjectKind, VenueKind
from geo_offlimits.errors import InputError, Issue
from geo_offlimits.formats.columns import FIELDS
from geo_offlimits.formats.days import DayError, read_day
from geo_offlimits.formats.reader import Row
from geo_offlimits.formats.vocabulary import Member, member
from geo_offlimits.lookup.coordinates import parse_position
from geo_offlimits.lookup.geodesy import distance_m

__all__ = ["Described", "TermsFacts", "described"]

# Two columns that both say where are compared; beyond this they are not the same door.
_SAME_PLACE_M = 100.0
_SEPARATORS = re.compile(r"\s*[;|\n]\s*")
_LIST = re.compile(r"\s*[,;|/\n]\s*")
_EVERYBODY = frozenset({"all", "all personnel", "everybody", "everyone", "tous", "tout le personnel"})
_DECIMAL = re.compile(r"[+-]?\d+(?:[.,]\d+)?", re.ASCII)
Made = TypeVar("Made")


@dataclass(frozen=True, kw_only=True)
class TermsFacts:
    """What a row says of the decision; None where it is silent."""

    restriction: Restriction | None = None
    basis: Basis | None = None
    authority: str | None = None
    directive: str | None = None
    valid: Period = ALWAYS
    review_by: date | None = None
    applies_to: tuple[PersonnelCategory, ...] = ()
    exceptions: tuple[str, ...] = ()
    note: str | None = None

    def terms(self, *, authority: str, directive: str, basis: Basis) -> Terms:
        """Whole terms, with what is given here where the row is silent; a row that names no measure is off limits."""
        return Terms(
            restriction=self.restriction or Restriction.OFF_LIMITS,
            basis=self.basis or basis,
            authority=self.authority or authority,
            directive=self.directive or directive,
            valid=self.valid,
            review_by=self.review_by,
            applies_to=self.applies_to,
            exceptions=self.exceptions,
            note=self.note,
        )


@dataclass(frozen=True, kw_only=True)
class Described:
    """One row understood: `subject` is None exactly when there are issues."""

    row: int
    subject: Subject | None
    facts: TermsFacts
    issues: tuple[Issue, ...]


def described(row: Row, *, timezone: str = "UTC", territory: BaseGeometry | None = None) -> Described:
    """The subject and the rough terms that a row tells, or every issue of it, each with the row's number.

    timezone : IANA name in which the row's days are meant.
    territory : the mission's, in which a short Plus code is looked for.
    """
    told = _Told(row, timezone, territory)
    facts = told.facts()
    subject = told.subject()
    return Described(row=row.number, subject=subject, facts=facts, issues=tuple(told.issues))


class _Told:
    """The fields of one row; what cannot be read is collected, so that a person sees all of it at once."""

    def __init__(self, row: Row, timezone: str, territory: BaseGeometry | None) -> None:
        self.row, self.zone, self.territory = row, time_zone(timezone), territory
        self.issues: list[Issue] = []

    def text(self, field: str) -> str | None:
        return self.row.values.get(field)

    def read(self, field: str, reader: Callable[[str], Made]) -> Made | None:
        """What `reader` makes of a field, None where it is empty or cannot be read; that is an issue."""
        text = self.text(field)
        if text is None:
            return None
        try:
            return reader(text)
        except InputError as fault:
            self.refused(fault, field)
            return None

    def refused(self, fault: InputError, field: str, text: str | None = None) -> None:
        known = {"lat": "latitude", "lon": "longitude", "name": field if field in FIELDS else "name"}
        found = fault.issues or (Issue(field=field, value=text or "", reason=str(fault)),)
        self.issues += [
            replace(issue, row=self.row.number, field=known.get(issue.field, issue.field)) for issue in found
        ]

    def issue(self, field: str, reason: str, remedy: str) -> None:
        value = (self.text(field) or "")[:40]
        self.issues.append(Issue(row=self.row.number, field=field, value=value, reason=reason, remedy=remedy))

    def facts(self) -> TermsFacts:
        return TermsFacts(
            restriction=self.word("restriction", Restriction),
            basis=self.word("basis", Basis),
            authority=self.text("authority"),
            directive=self.text("directive"),
            valid=self.valid(),
            review_by=self.day("review_by"),
            applies_to=self.read("applies_to", _personnel) or (),
            exceptions=_several(self.text("exceptions")),
            note=self.text("note"),
        )

    def word(self, field: str, vocabulary: type[Member]) -> Member | None:
        return self.read(field, lambda text: member(text, vocabulary, field))

    def day(self, field: str) -> date | None:
        text = self.text(field)
        try:
            return read_day(text) if text else None
        except DayError as fault:
            self.issue(field, fault.reason, fault.remedy)
            return None

    def valid(self) -> Period:
        since, until = self.day("since"), self.day("until")
        if since and until and until < since:
            self.issue("until", f"before its start on {since}", "are the columns swapped?")
            return ALWAYS
        try:
            return days(since, until, self.zone)
        except InputError as fault:
            self.refused(fault, "until")
            return ALWAYS

    def subject(self) -> Subject | None:
        """The subject, or None when anything in the row stands against it."""
        kind = self.word("subject", SubjectKind) or SubjectKind.PREMISES
        category = self.word("category", VenueKind)
        names = self.names()
        geometry, uncertainty_m = self.place()
        if self.issues:
            return None
        try:
            return Subject(
                kind=kind,
                names=names,
                category=category,
                geometry=geometry,
                uncertainty_m=uncertainty_m,
                address=self.text("address"),
                locality=self.text("locality"),
                part=self.part(),
            )
        except InputError as fault:
            self.refused(fault, "row")
            return None

    def names(self) -> tuple[Name, ...]:
        kinds = (
            ("sign", NameKind.SIGN),
            ("name", NameKind.CURRENT),
            ("other_names", NameKind.ALIAS),
            ("former_names", NameKind.FORMER),
        )
        made: dict[str, Name] = {}
        for field, kind in kinds:
            texts = _several(self.text(field)) if field.endswith("names") else filter(None, [self.text(field)])
            for text in texts:
                try:
                    made.setdefault(text, Name(text=text, kind=kind))
                except InputError as fault:
                    self.refused(fault, field, text)
        return tuple(made.values())

    def part(self) -> Part | None:
        floor, entrance, text = self.text("floor"), self.text("entrance"), self.text("part")
        return Part(floor=floor, entrance=entrance, text=text) if floor or entrance or text else None

    def place(self) -> tuple[BaseGeometry | None, float | None]:
        """Where it is and how sure that is; (None, None) where the row does not say."""
        uncertainty_m = self.read("uncertainty_m", _metres)
        if self.row.geometry is not None:
            return self.row.geometry, uncertainty_m
        pair = self.pair(uncertainty_m)
        parse = partial(parse_position, uncertainty_m=uncertainty_m, territory=self.territory, asks_order=False)
        spoken = self.read("position", parse)
        if pair and spoken:
            self.compare(pair, spoken)
        position = pair or spoken
        if position is None:
            return None, uncertainty_m
        if (position.lat, position.lon) == (0.0, 0.0):
            self.issue("latitude", "the position is 0, 0, in the open sea", "leave it empty where the place is unknown")
        # A plain pair of decimals says nothing of its own accuracy; a coarse grid square does.
        said = uncertainty_m is not None or position is spoken
        return Point(position.lon, position.lat), position.uncertainty_m if said else None

    def pair(self, uncertainty_m: float | None) -> Position | None:
        lat, lon = self.text("latitude"), self.text("longitude")
        if (lat is None) != (lon is None):
            missing = "longitude" if lon is None else "latitude"
            self.issue(missing, f"{missing} is missing", "give both, or neither where the place is unknown")
        if lat is None or lon is None:
            return None
        try:
            return _position(lat, lon, uncertainty_m)
        except PositionError as fault:
            self.refused(fault, "latitude", lat)
            return None

    def compare(self, pair: Position, spoken: Position) -> None:
        apart_m = distance_m(pair, Point(spoken.lon, spoken.lat))
        if apart_m > _SAME_PLACE_M + pair.uncertainty_m + spoken.uncertainty_m:
            self.issue("position", f"{apart_m:.0f} m from the row's latitude and longitude", "correct one of them")


def _position(lat: str, lon: str, uncertainty_m: float | None) -> Position:
    """Two columns of decimals with a point or a comma (`nan` too, to be refused); else any notation in two parts."""
    numbers = [_decimal(text) for text in (lat, lon)]
    if None in numbers:
        return parse_position(f"{lat} {lon}", uncertainty_m=uncertainty_m)
    extra = {} if uncertainty_m is None else {"uncertainty_m": uncertainty_m}
    return Position(lat=float(numbers[0] or 0), lon=float(numbers[1] or 0), **extra)


def _decimal(text: str) -> float | None:
    if _DECIMAL.fullmatch(text) or text.casefold() in {"nan", "inf", "-inf", "infinity", "-infinity"}:
        return float(text.replace(",", "."))
    return None


def _metres(text: str) -> float:
    number = _decimal(text.casefold().removesuffix("m").strip())
    if number is None:
        issue = Issue(field="uncertainty_m", value=text[:40], reason="not a number of metres", remedy="write 25")
        raise InputError(f"{text[:40]!r} is not a number of metres; write 25.", issue)
    return Position(lat=0.0, lon=0.0, uncertainty_m=number).uncertainty_m


def _personnel(text: str) -> tuple[PersonnelCategory, ...]:
    if text.strip().casefold() in _EVERYBODY:
        return ()
    told = [member(word, PersonnelCategory, "applies_to") for word in _LIST.split(text.strip()) if word]
    return tuple(dict.fromkeys(told))


def _several(text: str | None) -> tuple[str, ...]:
    return tuple(part for part in _SEPARATORS.split((text or "").strip()) if part)
