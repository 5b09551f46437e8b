"""One row of a stranger's list as a subject of the register with rough terms, or the issues that stand against it.

1. A row with any issue gives no subject: what is half understood is corrected by a person, not guessed. How a row was
   understood where that is not plain from what stands in it, is a remark, which refuses nothing.
2. Where it is: `whereabouts`. A row that names a kind of venue instead of a place is a rule: `rule_phrases`.
3. Dates are days in the mission's time zone. `until` is the last day on which the restriction holds.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.designation import Basis, Restriction, Terms
from geo_offlimits.domain.hours import Hours
from geo_offlimits.domain.instants import ALWAYS, Period, days, parse_instant, time_zone
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.premises import Name, NameKind, Part, Subject, SubjectKind, VenueKind
from geo_offlimits.errors import InputError, Issue, Sentence
from geo_offlimits.formats.contents import is_sum
from geo_offlimits.formats.days import DayError, DayOrder, read_day
from geo_offlimits.formats.hours import OPEN_END, HoursError, read_hours
from geo_offlimits.formats.reader import Row
from geo_offlimits.formats.rule_phrases import RulePhrase, rule_phrase
from geo_offlimits.formats.told import Told
from geo_offlimits.formats.vocabulary import member
from geo_offlimits.formats.whereabouts import Where, area_of_rule, place, says_where, town_of
from geo_offlimits.lookup.gazetteer import Gazetteer, Place

__all__ = ["Described", "TermsFacts", "described"]

_SEPARATORS = re.compile(r"\s*[;|\n]\s*")
_LIST = re.compile(r"\s*[,;|/\n]\s*")
_IN_UTC = re.compile(r"(?:\.\d+)?(?:Z|[+-]00:?00)\Z")
_EVERYBODY = frozenset({"all", "all personnel", "everybody", "everyone", "tous", "tout le personnel"})
# What a row may say of the decision, but for the note; most lists say nothing of it.
_DECIDED = frozenset(
    {
        "restriction",
        "basis",
        "authority",
        "directive",
        "since",
        "until",
        "review_by",
        "applies_to",
        "hours",
        "exceptions",
    }
)
_NAMES = (
    ("sign", NameKind.SIGN),
    ("name", NameKind.CURRENT),
    ("other_names", NameKind.ALIAS),
    ("former_names", NameKind.FORMER),
)
_PARTS = frozenset({"floor", "entrance", "part"})
_MORE_NAMES = frozenset({"sign", "other_names", "former_names"})
_NO_ORDERS: Mapping[str, DayOrder] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True, slots=True)
class TermsFacts:
    """What a row says of the decision; None where it is silent."""

    restriction: Restriction | None = None
    basis: Basis | None = None
    authority: str | None = None
    directive: str | None = None
    valid: Period = ALWAYS
    review_by: date | None = None
    applies_to: tuple[PersonnelCategory, ...] = ()
    hours: Hours | None = None
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
            hours=self.hours,
            exceptions=self.exceptions,
            note=self.note,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Described:
    """One row understood: `subject` is None exactly when there are issues.

    remarks : how it was understood, where that is not plain.
    placed_by : the town by whose name it was placed, as it had no coordinates.
    """

    row: int
    subject: Subject | None
    facts: TermsFacts
    issues: tuple[Issue, ...]
    remarks: tuple[Issue, ...] = ()
    placed_by: Place | None = None


def described(
    row: Row,
    *,
    timezone: str = "UTC",
    territory: BaseGeometry | None = None,
    near: Gazetteer | None = None,
    by_name: bool = True,
    orders: Mapping[str, DayOrder] = _NO_ORDERS,
    spot: BaseGeometry | None = None,
) -> Described:
    """The subject and the rough terms that a row tells, or every issue of it, each with the row's number.

    timezone : IANA name in which the row's days and hours are meant.
    territory : the mission's, in which a short Plus code is looked for.
    near : the mission's places, which rules for kinds of venue name, and by which premises without coordinates are
    placed where `by_name`.
    orders : field -> the order in which its column has shown that days are written (`understood`).
    spot : the place, where it has been read already (`whereabouts.plain_spots`).
    """
    told = _Told(row, timezone, territory=territory, near=near, orders=orders)
    told.places_by_name, told.spot = by_name and near is not None, spot
    facts = told.facts()
    subject = told.subject()
    if told.placed_by:
        facts = replace(facts, note=_noted(facts.note, told.placed_by))
    issues, remarks = tuple(told.issues), tuple(told.remarks)
    placed_by = told.placed_by if subject else None
    return Described(row=row.number, subject=subject, facts=facts, issues=issues, remarks=remarks, placed_by=placed_by)


class _Told(Told):
    """One row of premises, an area or a rule."""

    def __init__(
        self,
        row: Row,
        timezone: str,
        *,
        territory: BaseGeometry | None,
        near: Gazetteer | None,
        orders: Mapping[str, DayOrder],
    ) -> None:
        super().__init__(row)
        self.zone, self.territory, self.near, self.orders = time_zone(timezone), territory, near, orders
        self.places_by_name = False
        self.placed_by: Place | None = None

    def facts(self) -> TermsFacts:
        if self.row.values.keys().isdisjoint(_DECIDED):
            return TermsFacts(note=self.text("note"))
        return TermsFacts(
            restriction=self.word("restriction", Restriction),
            basis=self.word("basis", Basis),
            authority=self.text("authority"),
            directive=self.text("directive"),
            valid=self.valid(),
            review_by=self.day("review_by"),
            applies_to=self.read("applies_to", _personnel) or (),
            hours=self.hours(),
            exceptions=_several(self.text("exceptions")),
            note=self.text("note"),
        )

    def hours(self) -> Hours | None:
        text = self.text("hours")
        if text is None:
            return None
        try:
            read = read_hours(text, timezone=self.zone.key)
        except HoursError as fault:
            self.issue("hours", fault.reason, fault.remedy)
            return None
        if read.is_open:
            reason = Sentence("its end is not told: read as until {end}", end=f"{OPEN_END:%H:%M}")
            self.remark("hours", reason, Sentence("write until when, such as 22:00-04:00"))
        return read.hours

    def day(self, field: str) -> date | None:
        text = self.text(field)
        try:
            return read_day(text, self.orders.get(field)) if text else None
        except DayError as fault:
            self.issue(field, fault.reason, fault.remedy)
            return None

    def valid(self) -> Period:
        if moments := self.moments():
            return moments
        since, until = self.day("since"), self.day("until")
        if since and until and until < since:
            reason = Sentence("before its start on {since}", since=since)
            self.issue("until", reason, Sentence("are the columns swapped?"))
            return ALWAYS
        try:
            return days(since, until, self.zone)
        except InputError as fault:
            self.refused(fault, "until")
            return ALWAYS

    def moments(self) -> Period | None:
        """What an entry that is named as we export it says to the second; None where it says days, as people do."""
        since, until = self.text("since"), self.text("until")
        if not self.text("entry") or not until:
            return None
        try:
            return Period(start=parse_instant(_utc(since)) if since else None, end=parse_instant(_utc(until)))
        except InputError:
            return None

    def subject(self) -> Subject | None:
        """The subject, or None when anything in the row stands against it."""
        kind = self.word("subject", SubjectKind)
        phrase = self.phrase(kind)
        category = self.word("category", VenueKind) or (phrase.category if phrase else None)
        kind = kind or (SubjectKind.CATEGORY_RULE if phrase else SubjectKind.PREMISES)
        names = self.names()
        geometry, uncertainty_m = self.where(kind, phrase)
        if geometry is None and is_sum(self.text("name") or ""):
            self.issue(
                "name", Sentence("looks like the sum of the list, not like an entry"), Sentence("delete the row")
            )
        if not names and category and not self.text("address") and kind is SubjectKind.PREMISES:
            reason = Sentence("no name: is every place of this kind meant?")
            self.issue("name", reason, Sentence("write its name, or category rule in a column subject"))
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

    def phrase(self, kind: SubjectKind | None) -> RulePhrase | None:
        """The rule that the name is; none where the row says itself what it is, or says where it is."""
        name = self.text("name") or self.text("sign")
        if kind is not None or name is None or says_where(self):
            return None
        found = rule_phrase(name)
        if found:
            reason = Sentence("read as a rule for every place of this kind: {kind}", kind=found.category)
            self.remark("name", reason, Sentence("write premises in a column subject if it is a name"))
        return found

    def where(self, kind: SubjectKind, phrase: RulePhrase | None) -> Where:
        if kind is SubjectKind.CATEGORY_RULE and not self.text("position") and not self.text("latitude"):
            return area_of_rule(self, phrase.where if phrase else None, self.near), None
        geometry, uncertainty_m = place(self, self.territory)
        is_nowhere = geometry is None and kind is SubjectKind.PREMISES and not says_where(self)
        if is_nowhere and self.near and self.places_by_name:
            self.placed_by = town_of(self, self.near)
            if self.placed_by:
                return self.placed_by.geometry, self.placed_by.radius_m
        return geometry, uncertainty_m

    def names(self) -> tuple[Name, ...]:
        made: dict[str, Name] = {}
        only_one = self.row.values.keys().isdisjoint(_MORE_NAMES)
        for field, kind in _NAMES[1:2] if only_one else _NAMES:
            texts = _several(self.text(field)) if field.endswith("names") else filter(None, [self.text(field)])
            for text in texts:
                try:
                    made.setdefault(text, Name(text=text, kind=kind))
                except InputError as fault:
                    self.refused(fault, field, text)
        return tuple(made.values())

    def part(self) -> Part | None:
        if self.row.values.keys().isdisjoint(_PARTS):
            return None
        floor, entrance, text = self.text("floor"), self.text("entrance"), self.text("part")
        return Part(floor=floor, entrance=entrance, text=text) if floor or entrance or text else None


def _utc(moment: str) -> str:
    """A moment as GDAL writes it, as we do."""
    return _IN_UTC.sub("Z", moment)


def _noted(note: str | None, town: Place) -> str:
    """The restricted note, saying where the point comes from, so that nobody takes it for a door later."""
    placed = f"Placed by the name of its town, {town.name}, within {town.radius_m or 0:.0f} m."
    return f"{note}\n{placed}" if note else placed


def _personnel(text: str) -> tuple[PersonnelCategory, ...]:
    if text.strip().casefold() in _EVERYBODY:
        return ()
    told = [member(word, PersonnelCategory, "applies_to") for word in _LIST.split(text.strip()) if word]
    return tuple(dict.fromkeys(told))


def _several(text: str | None) -> tuple[str, ...]:
    return tuple(part for part in _SEPARATORS.split((text or "").strip()) if part)
