"""Recoveries of lost second factors: asked in one row of history, settled in the next."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam

from geo_offlimits.domain.factors import Recovery, RecoveryState
from geo_offlimits.errors import AbsentError
from geo_offlimits.store.history import History, Standing
from geo_offlimits.store.tables import recovery

_ONE = Standing(recovery, recovery.c.recovery_id == bindparam("recovery_id"))
_OF_PERSON = Standing(recovery, recovery.c.person_id == bindparam("person_id"))
_OPEN = Standing(recovery, recovery.c.state == "asked")


class Recoveries:
    def __init__(self, connection: Connection, history: History) -> None:
        self._connection, self._history = connection, history

    def ask(self, recovery_id: str, person_id: str, by: str, reason: str, at: datetime) -> None:
        self._history.add(
            recovery,
            recorded_at=at,
            recovery_id=recovery_id,
            person_id=person_id,
            asked_by=by,
            reason=reason,
            state=RecoveryState.ASKED.value,
        )

    def settle(self, recovery_id: str, state: RecoveryState, by: str, at: datetime) -> None:
        """Raises AbsentError where there is none, RefusedError for one that is settled already."""
        standing = _ONE.row(self._connection, recovery_id=recovery_id)
        if standing is None:
            raise AbsentError(f"Nobody asked for a recovery {recovery_id}; `recovery list` shows those there are.")
        self._history.supersede(recovery, standing, recorded_at=at, state=state.value, settled_by=by)

    def get(self, recovery_id: str) -> Recovery | None:
        row = _ONE.row(self._connection, recovery_id=recovery_id)
        return _recovery(row) if row else None

    def of_person(self, person_id: str) -> tuple[Recovery, ...]:
        return tuple(_recovery(row) for row in _OF_PERSON.rows(self._connection, person_id=person_id))

    def waiting(self) -> tuple[Recovery, ...]:
        """All that nobody has settled, oldest first."""
        found = [_recovery(row) for row in _OPEN.rows(self._connection)]
        return tuple(sorted(found, key=lambda one: (one.at, one.recovery_id)))


def _recovery(row: Row[Any]) -> Recovery:
    return Recovery(
        recovery_id=row.recovery_id,
        person_id=row.person_id,
        asked_by=row.asked_by,
        reason=row.reason,
        state=RecoveryState(row.state),
        settled_by=row.settled_by,
        at=row.recorded_at,
    )
