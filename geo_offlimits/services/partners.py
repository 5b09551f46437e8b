"""Lists of partners: what a mission holds of others beside its own register.

1. What was transcribed lies beside the register and never enters it: no proposal, no verdict, no edition comes of it.
2. Who entered a transcribed list cannot confirm it. Until another person who decides has, it is nobody's word.
3. The same bytes of the same partner under the same reference are entered once, unless they were refused. What would
   be read of them otherwise now is refused until the first reading is taken back.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from geo_offlimits.domain import texts
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.designation import Basis, Restriction
from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.instants import midnight, time_zone
from geo_offlimits.domain.mission import unfit_code
from geo_offlimits.domain.origins import Standing
from geo_offlimits.domain.partners import PartnerEdition, PartnerList, PartnerState, Settlement, arranged
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import AbsentError, InputError, Issue, RefusedError, Sentence
from geo_offlimits.formats import edition as edition_file
from geo_offlimits.formats import partner_list
from geo_offlimits.formats.described import Described
from geo_offlimits.formats.partner_list import Transcribed
from geo_offlimits.formats.reader import Table
from geo_offlimits.lookup.footprint import canonical_geometry
from geo_offlimits.services import gazetteer, missions
from geo_offlimits.services.act import Act
from geo_offlimits.services.history import name_of

_LONGEST_NAME = 200


class UnknownPartnerListError(AbsentError):
    """No such list, or none that this person may know of."""

    def __init__(self, edition_id: str) -> None:
        super().__init__(
            Sentence("There is no list {id} of a partner here for you; partner-list shows what is.", id=edition_id)
        )


class OwnListError(InputError):
    """A partner is somebody else."""

    def __init__(self, mission: str) -> None:
        super().__init__(
            Sentence("{mission} is the mission itself. Leave the partner out to import its own list.", mission=mission),
            Issue(field="partner", value=mission, reason=Sentence("the mission itself")),
        )


class EnteredByYourselfError(RefusedError):
    """Two persons, and this is the first."""

    def __init__(self, edition_id: str) -> None:
        super().__init__(
            Sentence(
                "{id} was entered by you. Another person who decides must hold it against the paper.", id=edition_id
            )
        )


class SettledError(RefusedError):
    """It does not wait."""

    def __init__(self, found: PartnerList) -> None:
        told = {"id": found.edition_id}
        super().__init__(Sentence("{id} does not wait for anybody any more, or is signed. Nothing is to do.", **told))


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


def all_of(act: Act, mission: str) -> tuple[PartnerEdition, ...]:
    """Every list as it stands, also what waits, was refused or superseded, in the order of entering; no entries."""
    act.require(Action.READ_REGISTER, mission)
    return _named(act, arranged(act.tx.partners.of_mission(mission)))


def _named(act: Act, found: Iterable[PartnerEdition]) -> tuple[PartnerEdition, ...]:
    """With who entered and who settled each: whoever reads the register is told who signed."""
    names: dict[str, str] = {}
    told = []
    for one in found:
        for person_id in one.kept.persons:
            if person_id not in names:
                names[person_id] = name_of(act, person_id)
        told.append(replace(one, names={person_id: names[person_id] for person_id in one.kept.persons}))
    return tuple(told)


def waiting(act: Act, mission: str) -> tuple[PartnerEdition, ...]:
    """The lists that wait for a second person; no entries."""
    return tuple(one for one in all_of(act, mission) if one.state is PartnerState.WAITING)


def held(act: Act, mission: str) -> tuple[PartnerEdition, ...]:
    """The lists that stand as their partner's word, by partner; nothing that waits, was refused or is superseded.

    A partner may have two: a signed one and a transcribed one.
    """
    found = (one for one in all_of(act, mission) if one.is_held)
    ordered = sorted(found, key=lambda one: (one.origin.code, one.origin.standing))
    return tuple(_with_entries(act, one) for one in ordered)


def get(act: Act, edition_id: str) -> PartnerEdition:
    """One list with its entries, wherever it stands. Raises UnknownPartnerListError."""
    kept = _known(act, edition_id)
    found = [one for one in arranged(act.tx.partners.of_mission(kept.mission)) if one.edition_id == edition_id]
    return _with_entries(act, _named(act, found)[0])


def of_mission(act: Act, mission: str, edition_id: str) -> PartnerEdition:
    """The same, where it is this mission's. Raises UnknownPartnerListError."""
    found = get(act, edition_id)
    if found.mission != mission:
        raise UnknownPartnerListError(edition_id)
    return found


def _known(act: Act, edition_id: str) -> PartnerList:
    kept = act.tx.partners.get(edition_id)
    if kept is None or not act.may_know(Action.READ_REGISTER, kept.mission):
        raise UnknownPartnerListError(edition_id)
    return kept


def _with_entries(act: Act, found: PartnerEdition) -> PartnerEdition:
    content, _ = act.tx.partners.bytes_of(found.edition_id)
    if found.origin.standing is Standing.SIGNED:
        edition = edition_file.decode(content)
        return replace(found, entries=edition.entries, boundaries=edition.boundaries)
    read = partner_list.read(content)
    return replace(found, entries=read.entries, rows=dict(read.rows), not_read=tuple(read.not_read))


def enter(act: Act, mission: str, table: Table, said: Received) -> PartnerEdition:
    """Keep the rows of a partner's list, transcribed, unsigned, as received. It waits for a second person.

    Raises as `ready`. The same again gives what is there.
    """
    found = ready(act, mission, table, said)
    if isinstance(found, PartnerEdition):
        return found
    said = said.checked()
    new = PartnerList(
        edition_id=act.tx.partners.next_id(mission),
        mission=mission,
        partner=said.partner,
        standing=Standing.TRANSCRIBED,
        dated=_dated(act, mission, said),
        sha256=table.sha256,
        file_name=table.name[:_LONGEST_NAME],
        person_id=act.person_id,
        recorded_at=act.now,
        entries=len(found.entries),
        reference=said.reference,
    )
    told = {"partner": said.partner, "reference": said.reference, "received": said.received.isoformat()}
    act.tx.partners.add(new, partner_list.write(found, **told, file_sha256=table.sha256))
    facts = {"entries": new.entries, "not_read": len(found.not_read), "sha256": new.sha256}
    act.record(AuditTag.PARTNER_ENTERED, subject=new.edition_id, mission=mission, **facts)
    return get(act, new.edition_id)


def ready(act: Act, mission: str, table: Table, said: Received) -> Transcribed | PartnerEdition:
    """What would be kept of a partner's list, or the list as it is here already; changes nothing.

    Raises InputError for what is said of it, NothingUnderstoodError, ReadOtherwiseError.
    """
    act.require(Action.PROPOSE, mission)
    said = said.checked()
    if said.partner == mission:
        raise OwnListError(mission)
    dated = _dated(act, mission, said)
    found = transcribed(act, mission, table, said, dated)
    if before := _before(act, mission, said, table.sha256):
        here = get(act, before.edition_id)
        as_kept = partner_list.read(partner_list.write(found)).entries
        if (here.entries, here.kept.dated) != (as_kept, dated):
            raise ReadOtherwiseError(before.edition_id)
        return here
    if not found.entries:
        raise NothingUnderstoodError(table.name)
    return found


def _dated(act: Act, mission: str, said: Received) -> datetime:
    """The day on which it came, as the mission's days begin. Raises InputError for one to come."""
    dated = midnight(said.received, time_zone(missions.mission(act, mission).timezone))
    if dated > act.now:
        reason = Sentence("still to come")
        raise InputError.of(Issue(field="received", value=said.received.isoformat(), reason=reason))
    return dated


def _before(act: Act, mission: str, said: Received, sha256: str) -> PartnerList | None:
    """The same list, entered already and not refused."""
    same = (said.partner, said.reference, sha256)
    return next(
        (
            one
            for one in act.tx.partners.of_mission(mission)
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


def confirm(act: Act, edition_id: str) -> PartnerEdition:
    """Another person has held the list against the paper: it is the partner's word from now on.

    Raises UnknownPartnerListError, SettledError, EnteredByYourselfError.
    """
    found = _waiting(act, edition_id)
    act.require(Action.DECIDE, found.mission)
    if found.person_id == act.person_id:
        raise EnteredByYourselfError(edition_id)
    return _settled(act, found, PartnerState.CONFIRMED, AuditTag.PARTNER_CONFIRMED)


def refuse(act: Act, edition_id: str, reason: str) -> PartnerEdition:
    """The list is not what the partner gave. Who entered it may take it back, too. Raises as `confirm`."""
    found = _waiting(act, edition_id)
    act.require(Action.PROPOSE if found.person_id == act.person_id else Action.DECIDE, found.mission)
    texts.refuse(texts.text("reason", reason, needed=True))
    return _settled(act, found, PartnerState.REFUSED, AuditTag.PARTNER_REFUSED, reason.strip())


def _waiting(act: Act, edition_id: str) -> PartnerList:
    found = _known(act, edition_id)
    if found.state is not PartnerState.WAITING:
        raise SettledError(found)
    return found


def _settled(
    act: Act, found: PartnerList, state: PartnerState, tag: AuditTag, reason: str | None = None
) -> PartnerEdition:
    said = Settlement(state=state, person_id=act.person_id, at=act.now, reason=reason)
    act.tx.partners.settle(found.edition_id, said)
    act.record(tag, subject=found.edition_id, mission=found.mission)
    return get(act, found.edition_id)
