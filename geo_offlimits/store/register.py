"""The register: subjects, designations and their steps. Restricted; only editions leave it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Row, Select, bindparam, func, select, type_coerce
from sqlalchemy.types import NullType

from geo_offlimits.domain.designation import (
    BOUNDING,
    TRANSITIONS,
    Designation,
    Listing,
    State,
    Step,
    Terms,
    Validity,
)
from geo_offlimits.domain.premises import Name, Subject
from geo_offlimits.errors import AbsentError
from geo_offlimits.store import tables
from geo_offlimits.store.columns import geometries
from geo_offlimits.store.described import (
    SUBJECT_COLUMNS,
    steps_by_designation,
    subject_beside,
    subject_columns,
    subject_of,
    terms_columns,
    terms_of,
)
from geo_offlimits.store.history import History, Standing
from geo_offlimits.store.plain import period, write_names

_SUBJECT, _DESIGNATION, _STEP = tables.subject.c, tables.designation.c, tables.step.c
_MISSION: BindParameter[Any] = bindparam("mission")
_ID: BindParameter[Any] = bindparam("designation_id")
_KNOWN_AT: BindParameter[Any] = bindparam("known_at")
_LAST_STEP = Standing(tables.step, _STEP.designation_id == _ID)
_ONE_SUBJECT = Standing(tables.subject, _SUBJECT.subject_id == bindparam("subject_id"))
_ONE_DESIGNATION = Standing(tables.designation, _DESIGNATION.designation_id == _ID)
_SUBJECT_VERSIONS = select(tables.subject).where(_SUBJECT.subject_id == bindparam("subject_id")).order_by(_SUBJECT.id)


_STANDING_SUBJECT = Standing(tables.subject, _SUBJECT.mission == _MISSION)
# The geometry as it lies in the column: of thousands only a few are near, or all are made at once.
_AS_IT_LIES: dict[str, ColumnElement[Any]] = {"geometry": type_coerce(_SUBJECT.geometry, NullType())}
_OUTLINES = _STANDING_SUBJECT.only(_SUBJECT.subject_id, _AS_IT_LIES["geometry"])
_WORDS = _STANDING_SUBJECT.only(
    _SUBJECT.subject_id, _SUBJECT.kind, _SUBJECT.category, _SUBJECT.names, _SUBJECT.address, _SUBJECT.locality
)
_HAS_PLACE = _SUBJECT.geometry.is_not(None)

# Kind, category, names, address and locality as they are stored.
Words = tuple[str, str | None, str, str | None, str | None]

_A_FEW, _A_PART, _A_LARGE_PART = 500, 250, 2_500


class _Pages:
    """The two reads that make designations: themselves with their subjects, and their steps."""

    def __init__(self, chosen: ColumnElement[bool]) -> None:
        ids = select(_DESIGNATION.designation_id).where(chosen)
        facts = (_STEP.designation_id, _STEP.kind, _STEP.person_id, _STEP.recorded_at, _STEP.effective_at, _STEP.reason)
        steps = select(*facts).where(_STEP.designation_id.in_(ids)).order_by(_STEP.id)
        self.described, self.described_known = _described(chosen, known=False), _described(chosen, known=True)
        self.steps, self.steps_known = steps, steps.where(_STEP.recorded_at <= _KNOWN_AT)


def _described(chosen: ColumnElement[bool], *, known: bool) -> Select[Any]:
    """The standing version of each designation beside that of its subject, whose columns begin with `subject_`."""
    terms_next, subject_next = tables.designation.alias(), tables.subject.alias()
    terms_follow, subject_follows = (
        terms_next.c.supersedes_id == _DESIGNATION.id,
        subject_next.c.supersedes_id == _SUBJECT.id,
    )
    criteria = [chosen, terms_next.c.id.is_(None), subject_next.c.id.is_(None)]
    if known:
        terms_follow &= terms_next.c.recorded_at <= _KNOWN_AT
        subject_follows &= subject_next.c.recorded_at <= _KNOWN_AT
        criteria += [_DESIGNATION.recorded_at <= _KNOWN_AT, _SUBJECT.recorded_at <= _KNOWN_AT]
    described = (_AS_IT_LIES.get(column, _SUBJECT[column]).label(f"subject_{column}") for column in SUBJECT_COLUMNS)
    return (
        select(tables.designation, _SUBJECT.recorded_at.label("subject_recorded_at"), *described)
        .join(tables.subject, _SUBJECT.subject_id == _DESIGNATION.subject_id)
        .outerjoin(terms_next, terms_follow)
        .outerjoin(subject_next, subject_follows)
        .where(*criteria)
        .order_by(_DESIGNATION.designation_id)
    )


_OF_MISSION = _Pages(_DESIGNATION.mission == _MISSION)
# Of a mission's listings, only what begins and ends them.
_STANDING_TERMS = Standing(tables.designation, _DESIGNATION.mission == _MISSION)
_DATED = (_DESIGNATION.designation_id, _DESIGNATION.valid_from, _DESIGNATION.valid_to)
_DATES, _DATES_KNOWN = _STANDING_TERMS.only(*_DATED), _STANDING_TERMS.only(*_DATED, known=True)
_BOUNDS = _STEP.kind.in_([kind.value for kind in BOUNDING])
_BEGUN = _OF_MISSION.steps.where(_BOUNDS)
_BEGUN_KNOWN = _BEGUN.where(_STEP.recorded_at <= _KNOWN_AT)
# The database orders the ids and compares them: each knows its own order.
_IDS = select(_DESIGNATION.designation_id).where(_DESIGNATION.mission == _MISSION, _DESIGNATION.supersedes_id.is_(None))
_IDS = _IDS.order_by(_DESIGNATION.designation_id)
_OF_PART = _Pages(
    (_DESIGNATION.mission == _MISSION) & _DESIGNATION.designation_id.between(bindparam("first"), bindparam("last"))
)
_PART_BEGUN = _OF_PART.steps.where(_BOUNDS).execution_options(in_binary=True)
_UNLISTED = {"id", "recorded_at", "supersedes_id", "subject_id", "subject_recorded_at"}
_PART_LISTED = _OF_PART.described.with_only_columns(
    *(column for column in _OF_PART.described.selected_columns if column.key not in _UNLISTED),
    maintain_column_froms=True,
).execution_options(in_binary=True)
_OF_ID = _Pages(_DESIGNATION.designation_id == _ID)
_OF_SUBJECTS = _Pages(_DESIGNATION.subject_id.in_(bindparam("subject_ids", expanding=True)))
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
            tables.subject, recorded_at=at, subject_id=subject_id, mission=mission, **subject_columns(subject)
        )
        return subject_id

    def supersede_subject(self, subject_id: str, subject: Subject, at: datetime, change_id: str | None = None) -> None:
        """`change_id` names the change that two persons made; a rename has none.

        Raises AbsentError when there is no such subject, RefusedError when anything but a name changes without one.
        """
        standing = _ONE_SUBJECT.row(self._connection, subject_id=subject_id)
        if standing is None:
            raise AbsentError(f"There is no subject {subject_id}; add it first.")
        self._history.add(
            tables.subject,
            recorded_at=at,
            supersedes_id=standing.id,
            subject_id=subject_id,
            mission=standing.mission,
            change_id=change_id,
            **subject_columns(subject),
        )

    def add_designation(self, designation_id: str, mission: str, subject_id: str, terms: Terms, at: datetime) -> None:
        self._history.add(
            tables.designation,
            recorded_at=at,
            designation_id=designation_id,
            mission=mission,
            subject_id=subject_id,
            **terms_columns(terms),
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
        """Every designation of the mission in any state, by id, in two queries."""
        return self._read(_OF_MISSION, known_at, mission=mission)

    def in_parts(self, mission: str) -> Iterator[tuple[Designation, ...]]:
        """The same, some at a time: for who looks through all of them and keeps few."""
        for keys in self._parts(mission, _A_PART):
            yield self._read(_OF_PART, None, **keys)

    def listings(self, mission: str) -> Iterator[tuple[Listing, ...]]:
        """What was ever decided in the mission, by id, some at a time, with those steps that bound when it holds."""
        for keys in self._parts(mission, _A_LARGE_PART):
            steps = steps_by_designation(self._connection.execute(_PART_BEGUN, keys))
            yield tuple(_listings(self._connection.execute(_PART_LISTED, keys).all(), steps))

    def _parts(self, mission: str, size: int) -> Iterator[dict[str, Any]]:
        ids = self._connection.execute(_IDS, {"mission": mission}).scalars().all()
        for start in range(0, len(ids), size):
            part = ids[start : start + size]
            yield {"mission": mission, "first": part[0], "last": part[-1]}

    def of_subjects(self, subject_ids: Iterable[str]) -> tuple[Designation, ...]:
        """Those about these subjects, by id."""
        return self._read(_OF_SUBJECTS, None, subject_ids=list(subject_ids))

    def outlines(self, mission: str) -> Sequence[tuple[str, bytes | str]]:
        """(subject, WKB) of every subject of the mission that has a place."""
        return self._rows(_OUTLINES.where(_HAS_PLACE), mission)

    def words(self, mission: str, *, placeless: bool) -> Sequence[tuple[str, Words]]:
        """(subject, what its names are compared by) of every subject of the mission, or of those without a place."""
        rows = self._rows(_WORDS.where(~_HAS_PLACE) if placeless else _WORDS, mission)
        return [(row[0], row[1:]) for row in rows]

    def _rows(self, query: Select[Any], mission: str) -> Sequence[Any]:
        return self._connection.execute(query, {"mission": mission}).all()

    def named(self, mission: str, names: Sequence[Name]) -> tuple[Designation, ...]:
        """Those of the mission whose subject has, or had, exactly these names; () finds those without a name."""
        return self._read(_NAMED, None, mission=mission, names=write_names(tuple(names)))

    def subject_history(self, subject_id: str) -> tuple[tuple[datetime, Subject, str | None], ...]:
        """Every version with the moment it was recorded and the change that made it, oldest first."""
        rows = self._connection.execute(_SUBJECT_VERSIONS, {"subject_id": subject_id})
        return tuple((row.recorded_at, subject_of(row), row.change_id) for row in rows)

    def validities(self, mission: str, known_at: datetime | None = None) -> dict[str, Validity]:
        """When each designation of the mission holds, by id, in two queries, without what it is about."""
        dates, begun = (_DATES, _BEGUN) if known_at is None else (_DATES_KNOWN, _BEGUN_KNOWN)
        keys = {"mission": mission, "known_at": known_at}
        steps = steps_by_designation(self._connection.execute(begun, keys))
        return {
            designation_id: Validity(period(start, end), steps.get(designation_id, ()))
            for designation_id, start, end in self._connection.execute(dates, keys)
        }

    def _read(self, pages: _Pages, known_at: datetime | None, **keys: Any) -> tuple[Designation, ...]:
        steps = self._steps(pages, known_at, **keys)
        query = pages.described if known_at is None else pages.described_known
        found = self._connection.execute(query, {**keys, "known_at": known_at})
        # A few at a time: rows by the ten thousand, alive at once, cost more to keep track of than to read.
        return tuple(one for rows in found.partitions(_A_FEW) for one in _designations(rows, steps))

    def _steps(self, pages: _Pages, known_at: datetime | None, **keys: Any) -> dict[str, list[Step]]:
        query = pages.steps if known_at is None else pages.steps_known
        found = self._connection.execute(query, {**keys, "known_at": known_at})
        return steps_by_designation(chain.from_iterable(found.partitions(_A_FEW)))

    def _count(self, table: Any, mission: str) -> int:
        first = select(func.count()).select_from(table).where(table.c.mission == mission)
        return int(self._connection.execute(first.where(table.c.supersedes_id.is_(None))).scalar_one())


def _designations(rows: Sequence[Row[Any]], steps: dict[str, list[Step]]) -> Iterator[Designation]:
    """Of rows of `_described`, those of which a step is known."""
    places = geometries([row.subject_geometry for row in rows])
    for row, place in zip(rows, places, strict=True):
        if row.designation_id in steps:
            yield Designation(
                designation_id=row.designation_id,
                mission=row.mission,
                subject_id=row.subject_id,
                subject=subject_beside(row, place),
                described_at=row.subject_recorded_at,
                terms=terms_of(row),
                steps=tuple(steps[row.designation_id]),
            )


def _listings(rows: Sequence[Row[Any]], steps: dict[str, list[Step]]) -> Iterator[Listing]:
    """Of rows of `_described`, those of which such a step is known."""
    decided = [row for row in rows if row.designation_id in steps]
    for row, place in zip(decided, geometries([row.subject_geometry for row in decided]), strict=True):
        yield Listing(
            designation_id=row.designation_id,
            mission=row.mission,
            subject=subject_beside(row, place),
            terms=terms_of(row),
            validity=Validity(period(row.valid_from, row.valid_to), steps[row.designation_id]),
        )
