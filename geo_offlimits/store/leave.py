"""Leave and inductions: who is away from when to when, and who was told the standards of conduct."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam

from geo_offlimits.domain.leave import Induction, Leave
from geo_offlimits.store.history import History, Standing
from geo_offlimits.store.service_tables import induction, leave

_OF_MISSION = Standing(leave, leave.c.mission == bindparam("mission"), leave.c.away_to > leave.c.away_from)
_OF_PERSON = Standing(leave, leave.c.person_id == bindparam("person_id"), leave.c.away_to > leave.c.away_from)
_ONE = Standing(leave, leave.c.leave_id == bindparam("leave_id"))
_INDUCTION = Standing(
    induction, induction.c.person_id == bindparam("person_id"), induction.c.mission == bindparam("mission")
)
_INDUCTIONS = Standing(induction, induction.c.mission == bindparam("mission"))


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


class Inductions:
    """One a person and mission; entered anew, it is a new version."""

    def __init__(self, connection: Connection, history: History) -> None:
        self._connection, self._history = connection, history

    def add(self, new: Induction) -> None:
        standing = _INDUCTION.row(self._connection, person_id=new.person_id, mission=new.mission)
        self._history.add(induction, supersedes_id=standing.id if standing else None, **vars(new))

    def of_person(self, person_id: str, mission: str) -> Induction | None:
        row = _INDUCTION.row(self._connection, person_id=person_id, mission=mission)
        return _induction(row) if row else None

    def of_mission(self, mission: str) -> dict[str, Induction]:
        """By person."""
        rows = _INDUCTIONS.rows(self._connection, mission=mission)
        return {row.person_id: _induction(row) for row in rows}


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


def _induction(row: Row[Any]) -> Induction:
    return Induction(
        person_id=row.person_id,
        mission=row.mission,
        edition_number=row.edition_number,
        edition_sha256=row.edition_sha256,
        inducted_on=row.inducted_on,
        language=row.language,
        text_sha256=row.text_sha256,
        briefed_by=row.briefed_by,
        entered_by=row.entered_by,
        recorded_at=row.recorded_at,
    )
