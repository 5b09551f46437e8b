"""Landing a list, all of it in one transaction; what has landed; and undoing it as one act.

1. New rows become proposals, rows that say otherwise of an entry proposals of change. Nothing is lifted or withdrawn.
2. Of each list stay its source, the SHA-256 of its bytes, how its columns were read, and which row became what.
3. Whoever imported a list undoes it, whole, until the first of its proposals is decided on.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import PurePath

from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.changes import ChangeKind, ChangeState
from geo_offlimits.domain.designation import PROPOSED_STATES, STANDING, Designation, State
from geo_offlimits.domain.imports import Import, LandedRow
from geo_offlimits.domain.people import Action
from geo_offlimits.domain.premises import Subject
from geo_offlimits.errors import AbsentError, RefusedError, Sentence
from geo_offlimits.services import changes, register
from geo_offlimits.services.act import Act
from geo_offlimits.services.import_changes import Correction
from geo_offlimits.services.import_report import ImportReport

_LONGEST_NAME = 200
_TOLD = 5
_MANY = 500
_GONE = frozenset({State.WITHDRAWN, State.REJECTED})
_DATE = re.compile(r"[\s_.-]*(?:\d{4}[-_.]?\d{2}[-_.]?\d{2}|\d{1,2}[-_.]\d{1,2}[-_.]\d{2,4}|\(\d+\))[\s_.-]*")


class NothingToLandError(RefusedError):
    """No row of the list can become a proposal."""

    def __init__(self, found: ImportReport) -> None:
        of_rows = [issue.sentence for issue in found.issues if issue.row is not None]
        reasons = [*of_rows, *(one.sentence for one in found.likely_duplicates)]
        super().__init__(_why_none_lands(found.file, reasons) if reasons else _nothing_understood(found.file))


def _why_none_lands(file: str, reasons: Sequence[Sentence]) -> Sentence:
    return Sentence(
        "No row of {file} can land: {why}{more}. Import it without --commit to read the report.",
        file=file,
        why=reasons[0],
        more=Sentence(" (and {count} more)", count=len(reasons) - 1) if len(reasons) > 1 else "",
    )


def _nothing_understood(file: str) -> Sentence:
    return Sentence("No row of {file} could be understood. Import it without --commit to read the report.", file=file)


class UnknownImportError(AbsentError):
    """No such import, or none that this person may know of."""

    def __init__(self, import_id: str) -> None:
        super().__init__(Sentence("There is no import {id} here for you; import-list shows what is.", id=import_id))


class ImportOfAnotherError(RefusedError):
    """Only who proposed can withdraw."""

    def __init__(self, import_id: str) -> None:
        super().__init__(
            Sentence(
                "{id} was imported by another person; only they undo it, a head rejects what it proposed.", id=import_id
            )
        )


class UndoneAlreadyError(RefusedError):
    """It is undone once."""

    def __init__(self, import_id: str) -> None:
        super().__init__(Sentence("{id} is undone already; nothing of it stands.", id=import_id))


class PartlyDecidedError(RefusedError):
    """Somebody has decided on a part, and to take away the rest would hide which list it came from."""

    def __init__(self, import_id: str, decided: Sequence[str]) -> None:
        self.decided = tuple(decided)
        more = Sentence(" (and {count} more)", count=len(decided) - _TOLD) if len(decided) > _TOLD else ""
        super().__init__(
            Sentence(
                "{id} cannot be undone: somebody has decided on {decided}{more}. Nothing was undone; withdraw the "
                "other proposals one by one, or propose a lift.",
                id=import_id,
                decided=tuple(decided[:_TOLD]),
                more=more,
            )
        )


def source_of(file_name: str) -> str:
    """Whose list a file is, from its name: without extension, dates and the number of a copy."""
    stem = PurePath(file_name.replace("\\", "/")).stem
    return (_DATE.sub(" ", stem).strip() or stem).strip()[:_LONGEST_NAME]


def remembered(act: Act, mission: str, source: str) -> dict[str, str]:
    """Column -> field as the latest list of this source was read; {} where none has landed."""
    act.require(Action.PROPOSE, mission)
    known = act.tx.imports.of_source(mission, source)
    return dict(known[-1].mapping) if known else {}


def applicable(known: Mapping[str, str], columns: Sequence[str], told: Mapping[str, str]) -> dict[str, str]:
    """How to read a file of these columns: as the source's latest list was, but for what a person says now."""
    kept = {
        column: field
        for column, field in known.items()
        if column in columns and column not in told and field not in told.values()
    }
    return kept | dict(told)


def commit(act: Act, found: ImportReport) -> tuple[str, ...]:
    """As `land`; returns the ids of what was proposed anew."""
    return tuple(one.designation_id for one in land(act, found).landed if one.change_id is None)


def land(act: Act, found: ImportReport) -> Import:
    """Land the proposals and corrections of a report.

    Raises NothingToLandError when there are none, RefusedError when the register is no longer what the report saw.
    """
    act.require(Action.PROPOSE, found.mission)
    if not found.proposals and not found.corrections:
        raise NothingToLandError(found)
    standing = [one for one in act.tx.register.all(found.mission) if one.state in STANDING]
    _refuse_overtaken(found, standing)
    _refuse_described_anew(found, standing)
    if len(found.proposals) > _MANY:
        act.tx.expect_many()
    made = Import(
        import_id=act.tx.imports.next_id(found.mission),
        mission=found.mission,
        source=found.source,
        file_name=found.file[:_LONGEST_NAME],
        sha256=found.sha256,
        person_id=act.person_id,
        recorded_at=act.now,
        landed=(*_proposed(act, found), *_corrected(act, found)),
        mapping=found.mapping,
        confirmed=found.confirmed,
    )
    act.tx.imports.add(made)
    act.record(
        AuditTag.IMPORT_COMMITTED,
        subject=made.import_id,
        mission=found.mission,
        landed=[one.designation_id for one in made.landed],
        sha256=found.sha256,
    )
    return made


def _proposed(act: Act, found: ImportReport) -> Iterator[LandedRow]:
    for one in found.proposals:
        reason = _reason(found, one.row)
        made = register.proposed(act, found.mission, one.subject, one.terms, reason=reason)
        yield LandedRow(row=one.row, designation_id=made.designation_id)


def _corrected(act: Act, found: ImportReport) -> Iterator[LandedRow]:
    for one in found.corrections:
        made = changes.propose(
            act,
            one.designation_id,
            ChangeKind.CORRECTED,
            partial(_anew, one),
            _reason(found, one.row),
            confirm_outside="outside" in found.confirmed,
        )
        yield LandedRow(row=one.row, designation_id=one.designation_id, change_id=made.change_id)


def _anew(one: Correction, _standing: Subject) -> Subject:
    return one.described


def _reason(found: ImportReport, row: int) -> str:
    return f"Imported from {found.file[:_LONGEST_NAME]}, row {row}"


def _refuse_overtaken(found: ImportReport, standing: Sequence[Designation]) -> None:
    taken = {one.subject: one.designation_id for one in standing}
    here = next((one for one in found.proposals if one.subject in taken), None)
    if here:
        raise RefusedError(
            Sentence(
                "Row {row} of {file} has become {id} since the report, and nothing has landed; read the report again.",
                row=here.row,
                file=found.file,
                id=taken[here.subject],
            )
        )


def _refuse_described_anew(found: ImportReport, standing: Sequence[Designation]) -> None:
    described = {one.designation_id: one.subject for one in standing}

    def is_stale(one: Correction) -> bool:
        return described.get(one.designation_id) != one.base

    if here := next(filter(is_stale, found.corrections), None):
        raise RefusedError(
            Sentence(
                "{id}, which row {row} changes, has changed since the report, and nothing has landed; read the report "
                "again.",
                id=here.designation_id,
                row=here.row,
            )
        )


def landed(act: Act, mission: str) -> tuple[Import, ...]:
    """What was imported into the mission, oldest first, also what was undone."""
    act.require(Action.READ_REGISTER, mission)
    return act.tx.imports.of_mission(mission)


def undo(act: Act, import_id: str) -> Import:
    """Withdraw all that an import proposed, as one act.

    Raises UnknownImportError, ImportOfAnotherError, UndoneAlreadyError, and PartlyDecidedError once somebody has
    decided on any of it.
    """
    found = act.tx.imports.get(import_id)
    if found is None or not act.may_know(Action.READ_REGISTER, found.mission):
        raise UnknownImportError(import_id)
    act.require(Action.PROPOSE, found.mission)
    if found.undone_by:
        raise UndoneAlreadyError(import_id)
    if found.person_id != act.person_id:
        raise ImportOfAnotherError(import_id)
    if decided := [one.designation_id for one in found.landed if _is_decided(act, one)]:
        raise PartlyDecidedError(import_id, decided)
    for one in found.landed:
        _take_back(act, one, f"Import {import_id} undone")
    act.tx.imports.undo(import_id, act.person_id, act.now)
    act.record(AuditTag.IMPORT_UNDONE, subject=import_id, mission=found.mission)
    undone = act.tx.imports.get(import_id)
    assert undone is not None  # noqa: S101  (it has just been written)
    return undone


def _is_decided(act: Act, one: LandedRow) -> bool:
    entry = register.known(act, one.designation_id)
    if one.change_id is None:
        return entry.state not in PROPOSED_STATES | _GONE
    return _state_of_change(act, entry, one) is ChangeState.MADE


def _state_of_change(act: Act, entry: Designation, one: LandedRow) -> ChangeState | None:
    known = (change.state for change in act.tx.changes.on(entry.subject_id) if change.change_id == one.change_id)
    return next(known, None)


def _take_back(act: Act, one: LandedRow, reason: str) -> None:
    """What its proposer has withdrawn, or a head turned down, is gone already."""
    entry = register.known(act, one.designation_id)
    if one.change_id is None:
        if entry.state in PROPOSED_STATES:
            register.withdraw(act, one.designation_id, reason)
    elif _state_of_change(act, entry, one) is ChangeState.PROPOSED:
        changes.withdraw(act, one.designation_id, reason)
