"""Flags: "closed", "renamed", "moved", "new tenant", said by anybody who may look up, settled by an officer.

1. A flag changes nothing: what is listed stays listed until a person decides.
2. Said twice by one person it is one flag, and nobody has more than MOST_OPEN open. What is not on the current edition
   cannot be flagged: who may not read the register learns nothing of it.
3. What a device sends later brings the time at which its person said it there. It is kept beside our own, unbelieved.
4. Who raised a flag is read by officers only; nothing of a flag reaches an edition.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from geo_offlimits.domain import texts
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.flags import Flag, FlagKind
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import AbsentError, InputError, Issue, RefusedError, Sentence
from geo_offlimits.services import editions
from geo_offlimits.services.act import Act
from geo_offlimits.services.shelf import Shelf

MOST_OPEN = 20


class NotListedError(AbsentError):
    """Only what stands on the current edition can be flagged."""

    def __init__(self, entry_id: str, mission: str) -> None:
        self.entry_id = entry_id
        super().__init__(f"There is no entry {entry_id} on the current list of {mission}; search for it again.")


class TooManyFlagsError(RefusedError):
    """One person's flags must not bury the others'."""

    def __init__(self) -> None:
        super().__init__(
            Sentence(
                "{most} flags of yours wait for officers; tell them in person until those are settled.", most=MOST_OPEN
            )
        )


class SettledError(RefusedError):
    """Somebody has settled it already."""

    def __init__(self, flag_id: str) -> None:
        super().__init__(Sentence("{id} is settled already; nothing is left to do on it.", id=flag_id))


def raise_flag(
    act: Act,
    shelf: Shelf,
    mission: str,
    entry_id: str,
    *,
    kind: FlagKind,
    note: str | None = None,
    claimed_at: datetime | None = None,
) -> Flag:
    """Say that an entry looks wrong. Raises NotListedError, NothingPublishedError."""
    act.require(Action.LOOK_UP, mission)
    read = editions.read(act, shelf, mission)
    if read.entry(entry_id) is None:
        raise NotListedError(entry_id, mission)
    said = (note or "").strip() or None
    mine = [one for one in act.tx.flags.open(mission) if one.person_id == act.person_id]
    if again := next((one for one in mine if (one.designation_id, one.kind) == (entry_id, kind)), None):
        return again
    if len(mine) >= MOST_OPEN:
        raise TooManyFlagsError
    made = Flag(
        flag_id=act.tx.flags.next_id(mission),
        mission=mission,
        designation_id=entry_id,
        kind=kind,
        person_id=act.person_id,
        recorded_at=act.now,
        edition=read.edition.number,
        note=said,
        claimed_at=claimed_at,
    )
    texts.refuse(*made.unfit())
    act.tx.flags.add(made)
    act.record(AuditTag.PREMISES_FLAGGED, subject=entry_id, mission=mission, kind=kind.value)
    return made


def settle(act: Act, flag_id: str, resolution: str) -> Flag:
    """Say what was done about a flag. Raises SettledError; AbsentError for one that is not there or not theirs."""
    found = act.tx.flags.get(flag_id)
    if found is None or not act.may_know(Action.READ_REGISTER, found.mission):
        raise AbsentError(f"There is no flag {flag_id} here for you; `premises due` shows those that are open.")
    act.require(Action.PROPOSE, found.mission)
    if not found.is_open:
        raise SettledError(flag_id)
    if not resolution.strip():
        raise InputError(
            Sentence("Say what was done about {id}; it stays in the register.", id=flag_id),
            Issue(field="resolution", reason=Sentence("empty")),
        )
    settled = replace(found, settled_by=act.person_id, resolution=resolution.strip(), recorded_at=act.now)
    texts.refuse(*settled.unfit())
    act.tx.flags.settle(settled)
    act.record(AuditTag.FLAG_SETTLED, subject=found.designation_id, mission=found.mission)
    return settled


def open_flags(act: Act, mission: str) -> tuple[Flag, ...]:
    """Those that wait for an officer, oldest first."""
    act.require(Action.READ_REGISTER, mission)
    return act.tx.flags.open(mission)


@dataclass(frozen=True, kw_only=True)
class Told:
    """A flag with the names of who raised it and who settled it."""

    flag: Flag
    raised_by: str
    settled_by: str | None


def on(act: Act, mission: str, designation_id: str) -> tuple[Told, ...]:
    """Every flag on one designation, settled ones too, oldest first."""
    act.require(Action.READ_REGISTER, mission)
    found = [one for one in act.tx.flags.on(designation_id) if one.mission == mission]
    return tuple(
        Told(
            flag=one,
            raised_by=_name(act, one.person_id),
            settled_by=_name(act, one.settled_by) if one.settled_by else None,
        )
        for one in found
    )


def _name(act: Act, person_id: str) -> str:
    person = act.tx.people.by_id(person_id)
    return person.name if person else person_id
