"""Missions and their boundaries."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, Select, bindparam, select

from geo_offlimits.domain.mission import Boundary, BoundaryKind, Mission, Organisation
from geo_offlimits.errors import AbsentError
from geo_offlimits.store import tables
from geo_offlimits.store.history import History, Standing
from geo_offlimits.store.plain import period, read_contacts, words, write_contacts, written

_KNOWN_AT: BindParameter[Any] = bindparam("known_at")
_ALL = Standing(tables.mission, order_by=tables.mission.c.code)
_ONE = Standing(tables.mission, tables.mission.c.code == bindparam("code"))
_SETS = Standing(
    tables.boundary_set,
    tables.boundary_set.c.mission == bindparam("mission"),
    order_by=tables.boundary_set.c.kind.desc(),
)


def _parts(*, known: bool) -> Select[Any]:
    """The boundaries of the standing sets of a mission, in one question."""
    sets, successor = tables.boundary_set, tables.boundary_set.alias("successor")
    succeeds, criteria = successor.c.supersedes_id == sets.c.id, [sets.c.mission == bindparam("mission")]
    if known:
        succeeds &= successor.c.recorded_at <= _KNOWN_AT
        criteria.append(sets.c.recorded_at <= _KNOWN_AT)
    return (
        select(tables.boundary, sets.c.kind)
        .join(sets, tables.boundary.c.set_id == sets.c.id)
        .outerjoin(successor, succeeds)
        .where(successor.c.id.is_(None), *criteria)
        .order_by(sets.c.kind.desc(), tables.boundary.c.place)
    )


_PARTS, _PARTS_KNOWN = _parts(known=False), _parts(known=True)


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
        if known_at is None:
            rows = self._connection.execute(_PARTS, {"mission": code}).all()
        else:
            rows = self._connection.execute(_PARTS_KNOWN, {"mission": code, "known_at": known_at}).all()
        found = [_boundary(row, BoundaryKind(row.kind)) for row in rows]
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
