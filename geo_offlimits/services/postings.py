"""Where people serve: units and sectors, who was in which when, and how somebody moves.

1. A move adds a version of the person; nothing that was written under the former unit is touched.
2. A move is told when it has happened: from a day that has come, at the earliest the first of the service. So the unit
   that stands is the one in which the person serves now.
3. What is told later counts: a move with an earlier day than one that was told before takes its place from that day on.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Self

from geo_offlimits.domain import texts
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.instants import Period, format_instant
from geo_offlimits.domain.mission import BoundaryKind
from geo_offlimits.domain.people import Action, Person
from geo_offlimits.errors import InputError, Issue, RefusedError, Sentence
from geo_offlimits.services import missions, people
from geo_offlimits.services.act import Act
from geo_offlimits.store.people import reference_key


@dataclass(frozen=True)
class Sectors:
    """The sectors of a mission as they hold now. Where it has none, any name of one is taken as it is written."""

    names: tuple[str, ...]

    @classmethod
    def of(cls, act: Act, mission: str) -> Self:
        found = act.tx.missions.boundaries(mission, valid_at=act.now)
        return cls(tuple(one.name for one in found if one.kind is BoundaryKind.SECTOR))

    def named(self, written: str | None) -> str | None:
        """The sector as the mission writes it, whatever its capitals. Raises InputError for one that there is not."""
        if written is None or not self.names:
            return written
        for name in self.names:
            if reference_key(name) == reference_key(written):
                return name
        reason = Sentence("no sector of this mission")
        remedy = Sentence("use one of {members}", members=", ".join(self.names))
        raise InputError.of(Issue(field="sector", value=written, reason=reason, remedy=remedy))


@dataclass(frozen=True, kw_only=True)
class Posting:
    """A unit and sector in which somebody served. `told_at` : when it was recorded."""

    unit: str
    sector: str | None
    period: Period
    told_at: datetime

    def as_json(self) -> dict[str, Any]:
        start, end = self.period.start, self.period.end
        return {
            "unit": self.unit,
            "sector": self.sector,
            "from": start and format_instant(start),
            "to": end and format_instant(end),
            "told_at": format_instant(self.told_at),
        }


@dataclass(frozen=True, kw_only=True)
class Served:
    """Somebody, and where they served, latest first."""

    person: Person
    postings: tuple[Posting, ...]


@dataclass(frozen=True, kw_only=True)
class Places:
    """The units in which somebody of a mission serves now, and its sectors."""

    units: tuple[str, ...]
    sectors: tuple[str, ...]


def places(act: Act, mission: str) -> Places:
    """Where somebody of the mission can move to; a unit that is not among them can be one nevertheless."""
    act.require(Action.MANAGE_PEOPLE, mission, to_look=True)
    return Places(units=act.tx.present(mission, act.now)["unit"], sectors=Sectors.of(act, mission).names)


def is_posted_as(one: Person, other: Person) -> bool:
    return (one.unit, one.sector) == (other.unit, other.sector)


def move(act: Act, reference: str, *, unit: str | None, sector: str | None, start: date | None = None) -> Person:
    """Somebody serves in another unit or sector since a day, today unless told; None leaves unit or sector as it is.

    Raises AbsentError, InputError for a day that has not come or lies before their service, RefusedError where they
    serve there already.
    """
    before = people.managed(act, reference)
    end = before.service.end
    if end and end <= act.now:
        raise RefusedError(Sentence("{person} has departed and moves no more.", person=reference))
    moved = replace(
        before,
        unit=unit or before.unit,
        sector=Sectors.of(act, before.mission).named(sector) or before.sector,
        posted_from=missions.days(act, before.mission, start, None).start or act.now,
    )
    if is_posted_as(before, moved):
        raise RefusedError(Sentence("{person} serves there already; give another unit or sector.", person=reference))
    texts.refuse(*people.unfit(moved), _wrong_day(before, moved.posted_from or act.now, act.now))
    changed(act, before, moved)
    return moved


def _wrong_day(person: Person, start: datetime, now: datetime) -> Issue | None:
    value = start.date().isoformat()
    if start > now:
        remedy = Sentence("tell it when it has happened")
        return Issue(field="from", value=value, reason=Sentence("has not come yet"), remedy=remedy)
    if person.service.start and start < person.service.start:
        remedy = Sentence("give a day of their service")
        return Issue(field="from", value=value, reason=Sentence("before their service"), remedy=remedy)
    return None


def changed(act: Act, before: Person, after: Person) -> None:
    """Writes what is known of somebody now; callers have asked for the permission."""
    act.tx.people.replace(after, act.now)
    tag = AuditTag.PERSON_CHANGED if is_posted_as(before, after) else AuditTag.PERSON_MOVED
    act.record(tag, subject=after.person_id, mission=after.mission)


def history(act: Act, reference: str) -> Served:
    """Where somebody served and when, departed or not, latest first. Raises AbsentError."""
    person = people.managed(act, reference, to_look=True)
    found = _postings(act.tx.people.versions(person.person_id), person)
    return Served(person=person, postings=tuple(reversed(found)))


def _postings(versions: Iterable[tuple[Person, datetime]], person: Person) -> list[Posting]:
    """In the order of their time; each ends where the next begins, the last with the service."""
    told: list[tuple[datetime | None, Person, datetime]] = []
    before: Person | None = None
    for version, recorded_at in versions:
        if before is None:
            told.append((version.posted_from or version.service.start, version, recorded_at))
        elif (version.posted_from, version.unit, version.sector) != (before.posted_from, before.unit, before.sector):
            start = version.posted_from or recorded_at
            told = [one for one in told if one[0] is None or one[0] < start]
            told.append((start, version, recorded_at))
        before = version
    ends = [start for start, *_ in told[1:]] + [person.service.end]
    return [
        Posting(unit=one.unit, sector=one.sector, period=_until(start, end), told_at=recorded_at)
        for (start, one, recorded_at), end in zip(told, ends, strict=True)
    ]


def _until(start: datetime | None, end: datetime | None) -> Period:
    """Of somebody who departed in the moment of a move, the posting has no length: it keeps its start."""
    return Period(start=start, end=end if end is None or start is None or start < end else None)
