"""Who runs a subject, in a line of periods. Restricted; the salt keeps a name from being guessed from its digest."""

import secrets
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from geo_offlimits.domain.changes import Operator
from geo_offlimits.store.history import History, Standing
from geo_offlimits.store.tables import operator

_STANDING = Standing(operator, operator.c.subject_id == bindparam("subject_id"))
_ALL = select(operator).where(operator.c.subject_id == bindparam("subject_id")).order_by(operator.c.id)


class Operators:
    """Each record follows the one before it."""

    def __init__(self, connection: Connection, history: History) -> None:
        self._connection, self._history = connection, history

    def record(self, new: Operator) -> None:
        standing = _STANDING.row(self._connection, subject_id=new.subject_id)
        self._history.add(
            operator,
            recorded_at=new.recorded_at,
            supersedes_id=standing.id if standing else None,
            subject_id=new.subject_id,
            mission=new.mission,
            name=new.name,
            since=new.since,
            person_id=new.person_id,
            salt=secrets.token_bytes(16),
        )

    def on(self, subject_id: str) -> tuple[Operator, ...]:
        """Everybody recorded as running it, oldest record first."""
        return tuple(_operator(row) for row in self._connection.execute(_ALL, {"subject_id": subject_id}))


def _operator(row: Row[Any]) -> Operator:
    return Operator(
        subject_id=row.subject_id,
        mission=row.mission,
        name=row.name,
        since=row.since,
        person_id=row.person_id,
        recorded_at=row.recorded_at,
        follows=row.supersedes_id is not None,
    )
