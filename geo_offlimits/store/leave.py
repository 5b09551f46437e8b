"""Leave: who is away from when to when."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam

from geo_offlimits.domain.leave import Leave
from geo_offlimits.store.history import History, Standing
from geo_offlimits.store.service_tables import leave

_OF_MISSION = Standing(leave, leave.c.mission == bindparam("mission"), leave.c.away_to > leave.c.away_from)
_OF_PERSON = Standing(leave, leave.c.person_id == bindparam("person_id"), leave.c.away_to > leave.c.away_from)
_ONE = Standing(leave, leave.c.leave_id == bindparam("leave_id"))


class Absences:
    """Leave is entered, and perhaps entered anew with other days."""

    def __init__(self, connection: Connection, history: History) -> None:
        self._connection, self._history = connection, history

    def add(self, new: Leave) -> None:
        """A version of the same leave where there is one of this identity."""
        standing = _ONE.row(self._connection, leave_id=new.leave_id)
        self._history.add(leave, supersedes_id=standing.id if standing else None, **vars(new))

    def of_mission(self, mission: str, since: datetime) -> dict[str, tuple[Leave, ...]]:
        """By person; that which ended before `since` is left out."""
        found: dict[str, tuple[Leave, ...]] = {}
        for row in _OF_MISSION.rows(self._connection, mission=mission):
            if row.away_to > since:
                one = _leave(row)
                found[one.person_id] = (*found.get(one.person_id, ()), one)
        return found

    def of_person(self, person_id: str) -> tuple[Leave, ...]:
        """As it was entered, all of it."""
        rows = _OF_PERSON.rows(self._connection, person_id=person_id)
        return tuple(_leave(row) for row in rows)


def _leave(row: Row[Any]) -> Leave:
    return Leave(
        leave_id=row.leave_id,
        person_id=row.person_id,
        mission=row.mission,
        away_from=row.away_from,
        away_to=row.away_to,
        entered_by=row.entered_by,
        recorded_at=row.recorded_at,
    )
