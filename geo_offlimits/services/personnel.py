"""The personnel list: what a list of people would change, told before anything lands, and landed as it was told.

1. One bad row never stops a file; every issue is data with its row. A number names a person, whatever its capitals and
   width.
2. What lands is what was told: the report has a hash, of the file and of all that it would change. Where the file or
   the people are others by then, nothing lands.
3. A list gives nobody a role beyond staff, and no passphrase: accounts are opened when they are asked for
   (`services.account_opening`).
4. Nobody's category changes unless it is said that such changes are meant. An e-mail address that is somebody else's
   goes to nobody, and an empty cell takes nothing away.
5. Who is not in the list is told. They depart only where it is said that this is meant, every row could be read and the
   list names no fewer than depart; whoever acts, and whoever holds a role beyond staff, never does by a list.
6. Nothing of the file goes into the audit tree, not even its hash: of a list of one person that could be guessed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from geo_offlimits.domain import texts
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.people import Action, Person, PersonnelCategory, Role, RoleGrant
from geo_offlimits.errors import InputError, Issue, RefusedError, Sentence
from geo_offlimits.formats.edition import sha256
from geo_offlimits.formats.files import LIMITS, Source, taken
from geo_offlimits.formats.people import PERSON_FIELDS
from geo_offlimits.formats.reader import Row, Table, read_rows
from geo_offlimits.formats.vocabulary import member
from geo_offlimits.services import people
from geo_offlimits.services.act import Act
from geo_offlimits.services.personnel_report import Absent, Arrival, Likely, PersonnelReport, Update
from geo_offlimits.services.postings import Sectors, is_posted_as
from geo_offlimits.store.people import reference_key

_NO_MAPPING: Mapping[str, str] = {}
# What a list may set right in somebody who is here.
_TOLD = ("name", "unit", "sector", "category", "email", "language")


@dataclass(frozen=True, kw_only=True)
class PersonnelList:
    """A file with people, read, and the SHA-256 of its bytes."""

    table: Table
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Meant:
    """What happens only where it is said to be meant."""

    depart_absent: bool = False
    change_category: bool = False


_MOST_PEOPLE = 20_000


class StaleReportError(RefusedError):
    """The report that was confirmed is not the one of this file and of the people of this moment."""

    def __init__(self) -> None:
        super().__init__(
            Sentence("The list or the people are no longer those of the report, and nothing has landed; read it anew.")
        )


def read_list(source: Source, mapping: Mapping[str, str] = _NO_MAPPING) -> PersonnelList:
    """The rows of a CSV or XLSX with people, at most 20,000. Raises ImportFileError, InputError for a wrong mapping."""
    name, content = taken(source, LIMITS)
    table = read_rows((name, content), mapping, fields=PERSON_FIELDS, limit_rows=_MOST_PEOPLE)
    return PersonnelList(table=table, sha256=sha256(content))


def report(act: Act, mission: str, listed: PersonnelList, meant: Meant | None = None) -> PersonnelReport:
    """Hold the rows of a list against the people of a mission; changes nothing."""
    act.require(Action.MANAGE_PEOPLE, mission, to_look=True)
    meant, table = meant or Meant(), listed.table
    known = _Known(act.tx.people.everybody())
    reading = _Reading(act, mission, known, meant, Sectors.of(act, mission))
    for row in table.rows:
        reading.take(row)
    issues = (*table.issues, *reading.issues)
    refused = {issue.row for issue in issues if issue.row is not None}
    here = (person for person in known.people if person.mission == mission)
    absent = _absent(act, mission, reading, meant, whole=not refused)
    return PersonnelReport(
        mission=mission,
        file=table.name,
        sha256=listed.sha256,
        mapping=table.mapping,
        unread=tuple(column for column in table.columns if column and column not in table.mapping),
        rows=len({row.number for row in table.rows} | refused),
        arrivals=tuple(reading.arrivals),
        updates=tuple(reading.updates),
        unchanged=reading.unchanged,
        absent=absent,
        likely=_likely(reading.arrivals, here, reading.seen),
        issues=issues,
    )


def commit(act: Act, mission: str, listed: PersonnelList, meant: Meant, *, told: str) -> PersonnelReport:
    """Land what the report with the hash `told` tells. Raises StaleReportError."""
    act.require(Action.MANAGE_PEOPLE, mission)
    found = report(act, mission, listed, meant)
    if found.hash != told:
        raise StaleReportError
    act.tx.expect_many()
    staff = RoleGrant(role=Role.STAFF, mission=mission)
    act.tx.people.add_all((one.person for one in found.arrivals), staff, act.now)
    act.tx.people.replace_all((one.after for one in found.updates), act.now)
    counts = {name: count for name, count in found.counts.items() if count}
    act.record(AuditTag.PEOPLE_LISTED, subject=mission, mission=mission, **counts)
    for one in found.departing:
        people.end_service(act, one.person)
    return found


class _Known:
    """Everybody in the store, by number and by e-mail."""

    def __init__(self, everybody: tuple[Person, ...]) -> None:
        self.people = everybody
        self.by_number = {reference_key(one.number): one for one in everybody}
        self.by_email = {reference_key(one.email): one for one in everybody if one.email}

    def owner(self, key: str) -> Person | None:
        """Whose number or address this is."""
        return self.by_number.get(key) or self.by_email.get(key)


@dataclass
class _Reading:
    """What was understood of the rows so far. `seen`: the keys of all numbers and addresses, with the row of each."""

    act: Act
    mission: str
    known: _Known
    meant: Meant
    sectors: Sectors
    arrivals: list[Arrival] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    unchanged: int = 0
    seen: dict[str, int] = field(default_factory=dict)

    def take(self, row: Row) -> None:
        try:
            self._take(row)
        except InputError as fault:
            found = fault.issues or (Issue(field="row", reason=fault.sentence),)
            self.issues += [replace(issue, row=row.number) for issue in found]

    def _take(self, row: Row) -> None:
        number = row.values.get("number", "")
        texts.refuse(texts.line("number", number, needed=True))
        self._refuse_second(row, "number", number)
        person = self.known.by_number.get(reference_key(number))
        if person is None:
            self.arrivals.append(Arrival(row=row.number, person=self._checked(row, self._newcomer(row))))
            return
        self._refuse_foreign(person, number)
        after = self._checked(row, self._told(row, person))
        if after == person:
            self.unchanged += 1
        else:
            self.updates.append(Update(row=row.number, before=person, after=after))

    def _newcomer(self, row: Row) -> Person:
        told = row.values
        return people.new(
            number=told.get("number", ""),
            name=told.get("name", ""),
            unit=told.get("unit", ""),
            sector=self.sectors.named(told.get("sector")),
            category=member(told.get("category", ""), PersonnelCategory, "category"),
            mission=self.mission,
            email=told.get("email"),
            language=told.get("language", "en"),
        )

    def _told(self, row: Row, person: Person) -> Person:
        told: dict[str, Any] = {name: row.values[name] for name in _TOLD if name in row.values}
        if "category" in told:
            told["category"] = self._category(person, told["category"])
        if "sector" in told:
            told["sector"] = self.sectors.named(told["sector"])
        after = replace(person, **told)
        return after if is_posted_as(after, person) else replace(after, posted_from=None)

    def _category(self, person: Person, written: str) -> PersonnelCategory:
        told = member(written, PersonnelCategory, "category")
        if told is not person.category and not self.meant.change_category:
            reason = Sentence("is {category} here", category=person.category)
            remedy = Sentence("correct the list, or say that changed categories are meant")
            raise InputError.of(Issue(field="category", value=told, reason=reason, remedy=remedy))
        return told

    def _checked(self, row: Row, person: Person) -> Person:
        """Raises InputError for a person that cannot be, or whose address is somebody else's."""
        texts.refuse(*people.unfit(person))
        for name in ("number", "email"):
            reference = getattr(person, name)
            owner = self.known.owner(reference_key(reference)) if reference else None
            if owner and owner.person_id != person.person_id:
                raise InputError.of(people.taken(name, reference))
        if person.email:
            self._refuse_second(row, "email", person.email)
        return person

    def _refuse_second(self, row: Row, name: str, reference: str) -> None:
        first = self.seen.setdefault(reference_key(reference), row.number)
        if first != row.number:
            reason = Sentence("stands in row {row} already", row=first)
            remedy = Sentence("keep the row that is right")
            raise InputError.of(Issue(field=name, value=reference, reason=reason, remedy=remedy))

    def _refuse_foreign(self, person: Person, number: str) -> None:
        if person.mission != self.mission:
            raise InputError.of(people.taken("number", number))
        end = person.service.end
        if end and end <= self.act.now:
            reason = Sentence("departed on {day}", day=end.date())
            remedy = Sentence("a list brings nobody back; take the row out")
            raise InputError.of(Issue(field="number", value=number, reason=reason, remedy=remedy))


def _absent(act: Act, mission: str, reading: _Reading, meant: Meant, *, whole: bool) -> tuple[Absent, ...]:
    """Those in service whom the list does not name, by number. Of a row at fault nobody knows whom it names."""
    missing = [
        person
        for key, person in sorted(reading.known.by_number.items())
        if person.mission == mission and key not in reading.seen and people.serves(person, act.now)
    ]
    if meant.depart_absent and missing and not whole:
        reason = Sentence("rows at fault, so that nobody knows who is not in the list")
        remedy = Sentence("put them right first, or let nobody depart")
        raise InputError.of(Issue(field="file", value=reading.mission, reason=reason, remedy=remedy))
    keepers = act.tx.people.holding_more_than(Role.STAFF, act.now) | {act.person_id}
    found = tuple(
        Absent(person=one, departs=meant.depart_absent and one.person_id not in keepers, holds=one.person_id in keepers)
        for one in missing
    )
    _refuse_exodus(reading, sum(one.departs for one in found))
    return found


def _refuse_exodus(reading: _Reading, departing: int) -> None:
    """An empty list, or that of one unit, would let the mission depart."""
    named = len(reading.arrivals) + len(reading.updates) + reading.unchanged
    if departing > named:
        reason = Sentence("names {named} people, and {count} would depart", named=named, count=departing)
        remedy = Sentence("give the list of the whole mission, or let them depart one by one")
        raise InputError.of(Issue(field="file", value=reading.mission, reason=reason, remedy=remedy))


def _likely(arrivals: Iterable[Arrival], here: Iterable[Person], seen: Mapping[str, int]) -> tuple[Likely, ...]:
    """New numbers that bear the name of somebody of the mission whom the list does not name."""
    left = {_name_key(one.name): one for one in here if reference_key(one.number) not in seen}
    return tuple(
        Likely(row=one.row, person=one.person, other=other)
        for one in arrivals
        if (other := left.get(_name_key(one.person.name)))
    )


def _name_key(name: str) -> str:
    """A name without capitals, in whatever order its parts stand."""
    return " ".join(sorted(reference_key(name).replace(",", " ").split()))
