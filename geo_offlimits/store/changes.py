"""Changes of subjects that wait for, or had, a second person's decision."""

from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from geo_offlimits.domain.changes import Change, ChangeKind, ChangeState
from geo_offlimits.errors import AbsentError
from geo_offlimits.store.described import subject_columns, subject_of
from geo_offlimits.store.history import History, Standing
from geo_offlimits.store.tables import change, subject

_ONE = Standing(change, change.c.change_id == bindparam("change_id"))
_ON_ONE = Standing(change, change.c.subject_id == bindparam("subject_id"))
_STANDING_SUBJECT = Standing(subject, subject.c.subject_id == bindparam("subject_id"))
_PROPOSED = select(func.count()).select_from(change).where(change.c.supersedes_id.is_(None))


class Changes:
    """A change is proposed, then made, refused or withdrawn."""

    def __init__(self, connection: Connection, history: History) -> None:
        self._connection, self._history = connection, history

    def next_id(self, mission: str) -> str:
        """`CODE-C0001` and so on; free until the end of the writing transaction that asked."""
        proposed = int(self._connection.execute(_PROPOSED.where(change.c.mission == mission)).scalar_one())
        return f"{mission}-C{proposed + 1:04d}"

    def propose(self, new: Change) -> None:
        """Raises RefusedError where another change of the subject waits, AbsentError where there is no subject."""
        standing = _STANDING_SUBJECT.row(self._connection, subject_id=new.subject_id)
        if standing is None:
            raise AbsentError(f"There is no subject {new.subject_id}; add it first.")
        self._history.add(
            change,
            recorded_at=new.recorded_at,
            change_id=new.change_id,
            mission=new.mission,
            subject_id=new.subject_id,
            kind=new.kind.value,
            state=new.state.value,
            base_id=standing.id,
            person_id=new.person_id,
            reason=new.reason,
            **{f"new_{column}": value for column, value in subject_columns(new.described).items()},
        )

    def decide(self, decided: Change) -> None:
        """`recorded_at` is when it was decided. Raises RefusedError for a change of what was described anew since."""
        standing = _ONE.row(self._connection, change_id=decided.change_id)
        if standing is None:
            raise AbsentError(f"There is no change {decided.change_id}; propose it first.")
        self._history.supersede(
            change,
            standing,
            recorded_at=decided.recorded_at,
            state=decided.state.value,
            decided_by=decided.decided_by,
            resolution=decided.resolution,
        )

    def is_stale(self, waiting: Change) -> bool:
        """Whether its subject has been described anew since it was proposed."""
        base = _ONE.row(self._connection, change_id=waiting.change_id)
        standing = _STANDING_SUBJECT.row(self._connection, subject_id=waiting.subject_id)
        return base is None or standing is None or base.base_id != standing.id

    def waiting(self, subject_id: str) -> Change | None:
        """The one that nobody has decided on."""
        return next((one for one in self.on(subject_id) if one.is_open), None)

    def on(self, subject_id: str) -> tuple[Change, ...]:
        """All changes of one subject, oldest decision first, each as it stands."""
        return tuple(_change(row) for row in _ON_ONE.rows(self._connection, subject_id=subject_id))

    def proposals(self, subject_id: str) -> tuple[Change, ...]:
        """All changes of one subject as they were proposed, oldest first."""
        first = (
            select(change)
            .where(change.c.subject_id == subject_id, change.c.supersedes_id.is_(None))
            .order_by(change.c.id)
        )
        return tuple(_change(row) for row in self._connection.execute(first))


def _change(row: Row[Any]) -> Change:
    return Change(
        change_id=row.change_id,
        mission=row.mission,
        subject_id=row.subject_id,
        kind=ChangeKind(row.kind),
        state=ChangeState(row.state),
        described=subject_of(row, "new_"),
        person_id=row.person_id,
        reason=row.reason,
        recorded_at=row.recorded_at,
        decided_by=row.decided_by,
        resolution=row.resolution,
    )
