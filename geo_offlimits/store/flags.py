"""Flags that people raised on entries."""

from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from geo_offlimits.domain.flags import Flag, FlagKind
from geo_offlimits.errors import AbsentError
from geo_offlimits.store.history import History, Standing
from geo_offlimits.store.tables import flag

_ONE = Standing(flag, flag.c.flag_id == bindparam("flag_id"))
_OPEN = Standing(flag, flag.c.mission == bindparam("mission"), flag.c.settled_by.is_(None))
_ON_ONE = Standing(flag, flag.c.designation_id == bindparam("designation_id"))
_RAISED = select(func.count()).select_from(flag).where(flag.c.supersedes_id.is_(None))


class Flags:
    """A flag is raised, then settled."""

    def __init__(self, connection: Connection, history: History) -> None:
        self._connection, self._history = connection, history

    def next_id(self, mission: str) -> str:
        """`CODE-F0001` and so on; free until the end of the writing transaction that asked."""
        raised = int(self._connection.execute(_RAISED.where(flag.c.mission == mission)).scalar_one())
        return f"{mission}-F{raised + 1:04d}"

    def add(self, new: Flag) -> None:
        self._history.add(
            flag,
            recorded_at=new.recorded_at,
            flag_id=new.flag_id,
            mission=new.mission,
            designation_id=new.designation_id,
            kind=new.kind.value,
            note=new.note,
            person_id=new.person_id,
            edition_number=new.edition,
            claimed_at=new.claimed_at,
        )

    def settle(self, settled: Flag) -> None:
        """`recorded_at` is when it was settled. Raises AbsentError where there is no such flag."""
        standing = _ONE.row(self._connection, flag_id=settled.flag_id)
        if standing is None:
            raise AbsentError(f"There is no flag {settled.flag_id}; `premises due` shows those that are open.")
        self._history.supersede(
            flag,
            standing,
            recorded_at=settled.recorded_at,
            settled_by=settled.settled_by,
            resolution=settled.resolution,
        )

    def get(self, flag_id: str) -> Flag | None:
        row = _ONE.row(self._connection, flag_id=flag_id)
        return _flag(row) if row else None

    def open(self, mission: str) -> tuple[Flag, ...]:
        """Those that nobody has settled, oldest first."""
        return tuple(_flag(row) for row in _OPEN.rows(self._connection, mission=mission))

    def on(self, designation_id: str) -> tuple[Flag, ...]:
        """All flags on one designation, oldest first, each as it stands."""
        return tuple(_flag(row) for row in _ON_ONE.rows(self._connection, designation_id=designation_id))


def _flag(row: Row[Any]) -> Flag:
    return Flag(
        flag_id=row.flag_id,
        mission=row.mission,
        designation_id=row.designation_id,
        kind=FlagKind(row.kind),
        note=row.note,
        person_id=row.person_id,
        recorded_at=row.recorded_at,
        edition=row.edition_number,
        settled_by=row.settled_by,
        resolution=row.resolution,
        claimed_at=row.claimed_at,
    )
