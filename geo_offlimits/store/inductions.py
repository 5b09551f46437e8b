"""Inductions: who was told the standards of conduct, when, in which language and by whom."""

from typing import Any

from sqlalchemy import Connection, Row, bindparam

from geo_offlimits.domain.induction import Induction
from geo_offlimits.store.history import History, Standing
from geo_offlimits.store.service_tables import induction

_ONE = Standing(induction, induction.c.person_id == bindparam("person_id"), induction.c.mission == bindparam("mission"))
_OF_MISSION = Standing(induction, induction.c.mission == bindparam("mission"))


class Inductions:
    """One a person and mission; entered anew, it is a new version."""

    def __init__(self, connection: Connection, history: History) -> None:
        self._connection, self._history = connection, history

    def add(self, new: Induction) -> None:
        standing = _ONE.row(self._connection, person_id=new.person_id, mission=new.mission)
        self._history.add(induction, supersedes_id=standing.id if standing else None, **vars(new))

    def of_person(self, person_id: str, mission: str) -> Induction | None:
        row = _ONE.row(self._connection, person_id=person_id, mission=mission)
        return _induction(row) if row else None

    def of_mission(self, mission: str) -> dict[str, Induction]:
        """By person."""
        rows = _OF_MISSION.rows(self._connection, mission=mission)
        return {row.person_id: _induction(row) for row in rows}


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
