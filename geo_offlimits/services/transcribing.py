"""A partner's list that somebody types over or has as a spreadsheet: first understood, then kept as received.

1. A list is understood (`ready`) while everybody else may write; only then is it kept (`enter`), which takes no longer
   for a long one. What it was understood by must stand until then, and who entered the same meanwhile was first.
2. The same bytes of the same partner under the same reference are entered once, unless they were refused. What would
   be read of them otherwise now is refused until the first reading is taken back.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from geo_offlimits.domain import texts
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.designation import Basis, Restriction
from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.instants import midnight, time_zone
from geo_offlimits.domain.mission import unfit_code
from geo_offlimits.domain.origins import OriginStanding
from geo_offlimits.domain.partners import PartnerEdition, PartnerList, PartnerState
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import InputError, Issue, RefusedError, Sentence
from geo_offlimits.formats import partner_list
from geo_offlimits.formats.described import Described
from geo_offlimits.formats.partner_list import Transcribed
from geo_offlimits.formats.reader import Table
from geo_offlimits.lookup.footprint import canonical_geometry
from geo_offlimits.services import gazetteer, missions, partners
from geo_offlimits.services.act import Act

_LONGEST_NAME = 200


class OwnListError(InputError):
    """A partner is somebody else."""

    def __init__(self, mission: str) -> None:
        super().__init__(
            Sentence("{mission} is the mission itself. Leave the partner out to import its own list.", mission=mission),
            Issue(field="partner", value=mission, reason=Sentence("the mission itself")),
        )


class ReadOtherwiseError(RefusedError):
    """The same file is here, and what was made of it is not what would be made of it now: nobody should miss that."""

    def __init__(self, edition_id: str) -> None:
        super().__init__(
            Sentence(
                "This file is here as {id}, read otherwise or received on another day. Take that one back or refuse it "
                "first, or give this one another reference.",
                id=edition_id,
            )
        )


class MovedOnError(RefusedError):
    """By what the mission is now, the list would be understood otherwise."""

    def __init__(self, name: str) -> None:
        super().__init__(
            Sentence(
                "The mission’s places have changed since {file} was read, and nothing was kept. Import it again.",
                file=name,
            )
        )


class NothingUnderstoodError(RefusedError):
    """A list of which no row could be read is no list."""

    def __init__(self, name: str) -> None:
        super().__init__(
            Sentence("No row of {file} could be understood. Import it without --commit to read the report.", file=name)
        )


@dataclass(frozen=True, kw_only=True)
class Received:
    """What a person says of a partner's list: whose it is, its reference, and the day on which it came."""

    partner: str
    reference: str
    received: date

    def checked(self) -> "Received":
        """The same in its written form. Raises InputError."""
        said = replace(self, partner=self.partner.strip().upper(), reference=" ".join(self.reference.split()))
        texts.refuse(
            unfit_code("partner", said.partner),
            texts.line("reference", said.reference, needed=True),
        )
        return said


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A partner's list as it would be kept. `understood`: as it is read back; `grounds`: what it was understood by.

    here : the list as it is kept already, where it is.
    """

    mission: str
    said: Received
    dated: datetime
    file_name: str
    sha256: str
    content: bytes
    understood: Transcribed
    grounds: tuple[object, ...]
    here: PartnerEdition | None


def enter(act: Act, made: Ready) -> PartnerEdition:
    """Keep a partner's list, transcribed, unsigned, as received. It waits for a second person.

    The same again gives what is there. Raises MovedOnError, ReadOtherwiseError for what has changed since it was read.
    """
    act.require(Action.PROPOSE, made.mission)
    if _grounds(act, made.mission) != made.grounds:
        raise MovedOnError(made.file_name)
    if before := _before(act, made):
        return _same(act, made, before)
    new = PartnerList(
        edition_id=act.tx.partners.next_id(made.mission),
        mission=made.mission,
        partner=made.said.partner,
        standing=OriginStanding.TRANSCRIBED,
        dated=made.dated,
        sha256=made.sha256,
        file_name=made.file_name,
        person_id=act.person_id,
        recorded_at=act.now,
        entries=len(made.understood.entries),
        reference=made.said.reference,
    )
    act.tx.partners.add(new, made.content)
    facts = {"entries": new.entries, "not_read": len(made.understood.not_read), "sha256": new.sha256}
    act.record(AuditTag.PARTNER_ENTERED, subject=new.edition_id, mission=made.mission, **facts)
    return partners.as_read(act, new.edition_id, made.understood)


def _same(act: Act, made: Ready, before: PartnerList) -> PartnerEdition:
    """What is here already. Raises ReadOtherwiseError where another entered the file since, and read it otherwise."""
    was_known = made.here is not None and made.here.edition_id == before.edition_id
    if not was_known and act.tx.partners.bytes_of(before.edition_id)[0] != made.content:
        raise ReadOtherwiseError(before.edition_id)
    return partners.as_read(act, before.edition_id, made.understood)


def ready(act: Act, mission: str, table: Table, said: Received) -> Ready:
    """A partner's list, understood, as it would be kept; changes nothing.

    Raises InputError for what is said of it, NothingUnderstoodError, ReadOtherwiseError.
    """
    act.require(Action.PROPOSE, mission)
    said = said.checked()
    if said.partner == mission:
        raise OwnListError(mission)
    dated, grounds = _dated(act, mission, said), _grounds(act, mission)
    found = transcribed(act, mission, table, said, dated)
    told = {"partner": said.partner, "reference": said.reference, "received": said.received.isoformat()}
    content = partner_list.write(found, **told, file_sha256=table.sha256)
    made = Ready(
        mission=mission,
        said=said,
        dated=dated,
        file_name=table.name[:_LONGEST_NAME],
        sha256=table.sha256,
        content=content,
        understood=partner_list.read(content),
        grounds=grounds,
        here=None,
    )
    if before := _before(act, made):
        return replace(made, here=_read_alike(act, made, before))
    if not found.entries:
        raise NothingUnderstoodError(table.name)
    return made


def _read_alike(act: Act, made: Ready, before: PartnerList) -> PartnerEdition:
    here = partners.get(act, before.edition_id)
    if (here.entries, here.kept.dated) != (made.understood.entries, made.dated):
        raise ReadOtherwiseError(before.edition_id)
    return here


def _grounds(act: Act, mission: str) -> tuple[object, ...]:
    """What rows are understood by beside themselves: the mission's time zone, its towns, its territory and sectors."""
    owner = missions.mission(act, mission)
    return owner.timezone, owner.territory, *act.tx.missions.boundaries(mission)


def _dated(act: Act, mission: str, said: Received) -> datetime:
    """The day on which it came, as the mission's days begin. Raises InputError for one to come."""
    dated = midnight(said.received, time_zone(missions.mission(act, mission).timezone))
    if dated > act.now:
        reason = Sentence("still to come")
        raise InputError.of(Issue(field="received", value=said.received.isoformat(), reason=reason))
    return dated


def _before(act: Act, made: Ready) -> PartnerList | None:
    """The same list, entered already and not refused."""
    same = (made.said.partner, made.said.reference, made.sha256)
    return next(
        (
            one
            for one in act.tx.partners.of_mission(made.mission)
            if (one.partner, one.reference, one.sha256) == same and one.state is not PartnerState.REFUSED
        ),
        None,
    )


def transcribed(act: Act, mission: str, table: Table, said: Received, dated: datetime) -> Transcribed:
    """The rows as entries: no more of them is kept than an entry of an edition holds."""
    told = gazetteer.understood_in(act, mission, table)
    made = dict(_entries(told.rows, said, dated))
    faulty = {issue.row for issue in table.issues if issue.row is not None} | {one.row for one in told.rows}
    rows = {entry.entry_id: row for row, entry in made.items()}
    return Transcribed(entries=tuple(made.values()), rows=rows, not_read=sorted(faulty - made.keys()))


def _entries(rows: Sequence[Described], said: Received, dated: datetime) -> Iterator[tuple[int, Entry]]:
    for one in rows:
        try:
            if (entry := _entry(one, said, dated)) is not None:
                yield one.row, entry
        except InputError:  # what could not be published is told with its row, and kept by nobody
            continue


def _entry(one: Described, said: Received, dated: datetime) -> Entry | None:
    subject, facts = one.subject, one.facts
    if subject is None:
        return None
    terms = facts.terms(authority=said.partner, directive=said.reference, basis=Basis.OTHER)
    texts.refuse(*subject.unfit(), *terms.unfit(), terms.over(dated))
    return Entry(
        entry_id=f"{said.partner}-R{one.row:04d}",
        name=subject.label,
        names=subject.names,
        subject=subject.kind,
        category=subject.category,
        restriction=facts.restriction or Restriction.OFF_LIMITS,
        applies_to=facts.applies_to,
        hours=facts.hours,
        exceptions=facts.exceptions,
        since=facts.valid.start or dated,
        until=facts.valid.end,
        part=subject.part,
        address=subject.address,
        locality=subject.locality,
        uncertainty_m=subject.uncertainty_m,
        issuer=said.partner,
        directive=terms.directive,
        geometry=None if subject.geometry is None else canonical_geometry(subject.geometry),
    )
