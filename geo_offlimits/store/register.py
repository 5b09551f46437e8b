"""The register: subjects, designations and their steps. Restricted; only editions leave it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Row, bindparam, func, select

from geo_offlimits.domain.designation import (
    TRANSITIONS,
    Basis,
    Decision,
    Designation,
    Restriction,
    State,
    Step,
    StepKind,
    Terms,
)
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.premises import Name, Subject, SubjectKind, VenueKind
from geo_offlimits.errors import AbsentError
from geo_offlimits.store import tables
from geo_offlimits.store.history import History, Standing
from geo_offlimits.store.plain import (
    period,
    read_hours,
    read_names,
    read_part,
    words,
    write_hours,
    write_names,
    write_part,
    written,
)

_SUBJECT, _DESIGNATION, _STEP = tables.subject.c, tables.designation.c, tables.step.c
_MISSION: BindParameter[Any] = bindparam("mission")
_ID: BindParameter[Any] = bindparam("designation_id")
_KNOWN_AT: BindParameter[Any] = bindparam("known_at")
_LAST_STEP = Standing(tables.step, _STEP.designation_id == _ID)
_ONE_SUBJECT = Standing(tables.subject, _SUBJECT.subject_id == bindparam("subject_id"))
_ONE_DESIGNATION = Standing(tables.designation, _DESIGNATION.designation_id == _ID)
_SUBJECT_VERSIONS = select(tables.subject).where(_SUBJECT.subject_id == bindparam("subject_id")).order_by(_SUBJECT.id)


_A_FEW = 500
# What the enumerations would look up themselves, a call slower.
_KINDS = {kind.value: kind for kind in StepKind}
_RESTRICTIONS = {restriction.value: restriction for restriction in Restriction}
_BASES = {basis.value: basis for basis in Basis}


class _Pages:
    """The three reads that make designations: themselves, their subjects, their steps."""

    def __init__(self, chosen: ColumnElement[bool]) -> None:
        ids = select(_DESIGNATION.designation_id).where(chosen)
        subjects = select(_DESIGNATION.subject_id).where(chosen)
        facts = (_STEP.designation_id, _STEP.kind, _STEP.person_id, _STEP.recorded_at, _STEP.effective_at, _STEP.reason)
        steps = select(*facts).where(_STEP.designation_id.in_(ids)).order_by(_STEP.id)
        self.designations = Standing(tables.designation, chosen, order_by=_DESIGNATION.designation_id)
        self.subjects = Standing(tables.subject, _SUBJECT.subject_id.in_(subjects))
        self.steps, self.steps_known = steps, steps.where(_STEP.recorded_at <= _KNOWN_AT)


_OF_MISSION = _Pages(_DESIGNATION.mission == _MISSION)
_OF_ID = _Pages(_DESIGNATION.designation_id == _ID)
_NAMED = _Pages(
    _DESIGNATION.subject_id.in_(
        select(_SUBJECT.subject_id).where(_SUBJECT.mission == _MISSION, _SUBJECT.names == bindparam("names"))
    )
)


class Register:
    """Adds subjects, designations and steps; the database refuses steps that do not follow."""

    def __init__(self, connection: Connection, history: History) -> None:
        self._connection, self._history = connection, history

    def next_designation_id(self, mission: str) -> str:
        """`CODE-0001` and so on. It is free until the end of the writing transaction that asked."""
        return f"{mission}-{self._count(tables.designation, mission) + 1:04d}"

    def add_subject(self, mission: str, subject: Subject, at: datetime) -> str:
        subject_id = f"{mission}-S{self._count(tables.subject, mission) + 1:04d}"
        self._history.add(
            tables.subject, recorded_at=at, subject_id=subject_id, mission=mission, **_subject_columns(subject)
        )
        return subject_id

    def supersede_subject(self, subject_id: str, subject: Subject, at: datetime) -> None:
        """Raises AbsentError when there is no such subject."""
        standing = _ONE_SUBJECT.row(self._connection, subject_id=subject_id)
        if standing is None:
            raise AbsentError(f"There is no subject {subject_id}; add it first.")
        self._history.add(
            tables.subject,
            recorded_at=at,
            supersedes_id=standing.id,
            subject_id=subject_id,
            mission=standing.mission,
            **_subject_columns(subject),
        )

    def add_designation(self, designation_id: str, mission: str, subject_id: str, terms: Terms, at: datetime) -> None:
        self._history.add(
            tables.designation,
            recorded_at=at,
            designation_id=designation_id,
            mission=mission,
            subject_id=subject_id,
            **_terms_columns(terms),
        )

    def set_review(self, designation_id: str, review_by: date, at: datetime) -> None:
        """Moves the day of its review. Raises AbsentError when there is no such designation."""
        standing = _ONE_DESIGNATION.row(self._connection, designation_id=designation_id)
        if standing is None:
            raise AbsentError(f"There is no designation {designation_id}; add it first.")
        self._history.supersede(tables.designation, standing, recorded_at=at, review_by=review_by)

    def add_step(self, designation_id: str, step: Step) -> None:
        """Raises RefusedError when the step does not follow, or needs another person."""
        last = _LAST_STEP.row(self._connection, designation_id=designation_id)
        after = TRANSITIONS.get((State(last.state) if last else None, step.kind))
        self._history.add(
            tables.step,
            recorded_at=step.recorded_at,
            supersedes_id=last.id if last else None,
            designation_id=designation_id,
            kind=step.kind.value,
            # A step that leads nowhere is left to the database to refuse.
            state=after.value if after else "",
            person_id=step.person_id,
            effective_at=step.effective_at,
            reason=step.reason,
        )

    def get(self, designation_id: str, known_at: datetime | None = None) -> Designation | None:
        return next(iter(self._read(_OF_ID, known_at, designation_id=designation_id)), None)

    def all(self, mission: str, known_at: datetime | None = None) -> tuple[Designation, ...]:
        """Every designation of the mission in any state, by id, in three queries."""
        return self._read(_OF_MISSION, known_at, mission=mission)

    def named(self, mission: str, names: Sequence[Name]) -> tuple[Designation, ...]:
        """Those of the mission whose subject has, or had, exactly these names; () finds those without a name."""
        return self._read(_NAMED, None, mission=mission, names=write_names(tuple(names)))

    def subject_history(self, subject_id: str) -> tuple[tuple[datetime, Subject], ...]:
        """Every version with the moment it was recorded, oldest first."""
        rows = self._connection.execute(_SUBJECT_VERSIONS, {"subject_id": subject_id})
        return tuple((row.recorded_at, _subject(row)) for row in rows)

    def decisions(self, mission: str, known_at: datetime | None = None) -> tuple[Decision, ...]:
        """As `all`, in two queries, for who asks what held and not of what."""
        steps = self._steps(_OF_MISSION, known_at, mission=mission)
        return tuple(
            Decision(designation_id=row.designation_id, terms=_terms(row), steps=tuple(steps[row.designation_id]))
            for row in _OF_MISSION.designations.rows(self._connection, known_at, mission=mission)
            if row.designation_id in steps
        )

    def _read(self, pages: _Pages, known_at: datetime | None, **keys: Any) -> tuple[Designation, ...]:
        connection = self._connection
        subjects = {row.subject_id: _subject(row) for row in pages.subjects.rows(connection, known_at, **keys)}
        steps = self._steps(pages, known_at, **keys)
        return tuple(
            _designation(row, subjects[row.subject_id], steps[row.designation_id])
            for row in pages.designations.rows(connection, known_at, **keys)
            if row.designation_id in steps
        )

    def _steps(self, pages: _Pages, known_at: datetime | None, **keys: Any) -> dict[str, list[Step]]:
        query = pages.steps if known_at is None else pages.steps_known
        found = self._connection.execute(query, {**keys, "known_at": known_at})
        # A few at a time: rows by the ten thousand, alive at once, cost more to keep track of than to read.
        return _by_designation(chain.from_iterable(found.partitions(_A_FEW)))

    def _count(self, table: Any, mission: str) -> int:
        first = select(func.count()).select_from(table).where(table.c.mission == mission)
        return int(self._connection.execute(first.where(table.c.supersedes_id.is_(None))).scalar_one())


def _by_designation(rows: Iterable[Sequence[Any]]) -> dict[str, list[Step]]:
    steps = defaultdict[str, list[Step]](list)
    for designation_id, kind, person_id, recorded_at, effective_at, reason in rows:
        steps[designation_id].append(
            Step(
                kind=_KINDS[kind],
                person_id=person_id,
                recorded_at=recorded_at,
                effective_at=effective_at,
                reason=reason,
            )
        )
    return steps


def _subject_columns(subject: Subject) -> dict[str, Any]:
    return {
        "kind": subject.kind.value,
        "names": write_names(subject.names),
        "category": subject.category and subject.category.value,
        "geometry": subject.geometry,
        "uncertainty_m": subject.uncertainty_m,
        "address": subject.address,
        "locality": subject.locality,
        "part": write_part(subject.part),
    }


def _subject(row: Row[Any]) -> Subject:
    return Subject(
        kind=SubjectKind(row.kind),
        names=read_names(row.names),
        category=row.category and VenueKind(row.category),
        geometry=row.geometry,
        uncertainty_m=row.uncertainty_m,
        address=row.address,
        locality=row.locality,
        part=read_part(row.part),
    )


def _terms_columns(terms: Terms) -> dict[str, Any]:
    return {
        "restriction": terms.restriction.value,
        "basis": terms.basis.value,
        "authority": terms.authority,
        "directive": terms.directive,
        "valid_from": terms.valid.start,
        "valid_to": terms.valid.end,
        "review_by": terms.review_by,
        "applies_to": written(terms.applies_to),
        "hours": write_hours(terms.hours),
        "exceptions": written(terms.exceptions),
        "note": terms.note,
        "not_before": terms.not_before,
    }


def _terms(row: Row[Any]) -> Terms:
    return Terms(
        restriction=_RESTRICTIONS[row.restriction],
        basis=_BASES[row.basis],
        authority=row.authority,
        directive=row.directive,
        valid=period(row.valid_from, row.valid_to),
        review_by=row.review_by,
        applies_to=_categories(row.applies_to),
        hours=read_hours(row.hours),
        exceptions=words(row.exceptions),
        note=row.note,
        not_before=row.not_before,
    )


@lru_cache(maxsize=1024)
def _categories(text: str) -> tuple[PersonnelCategory, ...]:
    return tuple(map(PersonnelCategory, words(text)))


def _designation(row: Row[Any], subject: Subject, steps: Sequence[Step]) -> Designation:
    return Designation(
        designation_id=row.designation_id,
        mission=row.mission,
        subject_id=row.subject_id,
        subject=subject,
        terms=_terms(row),
        steps=tuple(steps),
    )
