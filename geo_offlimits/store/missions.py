"""Missions and their boundaries."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from geo_offlimits.domain.mission import Boundary, BoundaryKind, Mission, Organisation
from geo_offlimits.errors import AbsentError
from geo_offlimits.store import tables
from geo_offlimits.store.history import History, Standing
from geo_offlimits.store.plain import period, read_contacts, words, write_contacts, written

_ALL = Standing(tables.mission, order_by=tables.mission.c.code)
_ONE = Standing(tables.mission, tables.mission.c.code == bindparam("code"))
_SETS = Standing(
    tables.boundary_set,
    tables.boundary_set.c.mission == bindparam("mission"),
    order_by=tables.boundary_set.c.kind.desc(),
)
_PARTS = (
    select(tables.boundary)
    .where(tables.boundary.c.set_id.in_(bindparam("sets", expanding=True)))
    .order_by(tables.boundary.c.set_id, tables.boundary.c.place)
)


class Missions:
    """Versions of missions; boundaries are replaced a kind at a time."""

    def __init__(self, connection: Connection, history: History) -> None:
        self._connection, self._history = connection, history

    def add(self, mission: Mission, at: datetime) -> None:
        self._history.add(tables.mission, recorded_at=at, **_columns(mission))

    def replace(self, mission: Mission, at: datetime) -> None:
        """Raises AbsentError when there is no mission of this code."""
        standing = _ONE.row(self._connection, code=mission.code)
        if standing is None:
            raise AbsentError(f"There is no mission {mission.code}; add it first.")
        self._history.add(tables.mission, recorded_at=at, supersedes_id=standing.id, **_columns(mission))

    def get(self, code: str, known_at: datetime | None = None) -> Mission | None:
        row = _ONE.row(self._connection, known_at, code=code)
        return _mission(row) if row else None

    def all(self, known_at: datetime | None = None) -> tuple[Mission, ...]:
        """By code."""
        return tuple(_mission(row) for row in _ALL.rows(self._connection, known_at))

    def set_boundaries(self, code: str, kind: BoundaryKind, boundaries: Iterable[Boundary], at: datetime) -> None:
        """Replaces all boundaries of this kind, those of the past and future too: the given ones carry their dates."""
        sets = _SETS.rows(self._connection, mission=code)
        standing = next((row.id for row in sets if row.kind == kind), None)
        set_id = self._history.add(
            tables.boundary_set, recorded_at=at, supersedes_id=standing, mission=code, kind=kind.value
        )
        for place, item in enumerate(boundaries):
            self._history.add(
                tables.boundary,
                set_id=set_id,
                place=place,
                name=item.name,
                geometry=item.geometry,
                valid_from=item.valid.start,
                valid_to=item.valid.end,
            )

    def boundaries(
        self, code: str, valid_at: datetime | None = None, known_at: datetime | None = None
    ) -> tuple[Boundary, ...]:
        """Territory first, then sectors as they were given; all dates, or those that hold at `valid_at`."""
        kinds = {row.id: BoundaryKind(row.kind) for row in _SETS.rows(self._connection, known_at, mission=code)}
        if not kinds:
            return ()
        rows = self._connection.execute(_PARTS, {"sets": list(kinds)}).all()
        found = [_boundary(row, kinds[row.set_id]) for set_id in kinds for row in rows if row.set_id == set_id]
        return tuple(item for item in found if valid_at is None or item.valid.holds(valid_at))


def _columns(mission: Mission) -> dict[str, Any]:
    return {
        "code": mission.code,
        "name": mission.name,
        "organisation": mission.organisation.value,
        "timezone": mission.timezone,
        "territory": mission.territory,
        "languages": written(mission.languages),
        "recognises": written(mission.recognises),
        "contacts": write_contacts(mission.contacts),
        "demonstration": mission.demonstration,
        "notice_days": mission.notice_days,
        "petition_address": mission.petition_address,
    }


def _mission(row: Row[Any]) -> Mission:
    return Mission(
        code=row.code,
        name=row.name,
        organisation=Organisation(row.organisation),
        timezone=row.timezone,
        territory=row.territory,
        languages=words(row.languages),
        recognises=words(row.recognises),
        contacts=read_contacts(row.contacts),
        demonstration=row.demonstration,
        notice_days=row.notice_days,
        petition_address=row.petition_address,
    )


def _boundary(row: Row[Any], kind: BoundaryKind) -> Boundary:
    return Boundary(kind=kind, name=row.name, geometry=row.geometry, valid=period(row.valid_from, row.valid_to))
