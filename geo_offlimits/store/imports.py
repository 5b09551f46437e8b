"""Lists that have landed, and those of them that were undone."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from geo_offlimits.domain.imports import Import, LandedRow
from geo_offlimits.errors import AbsentError
from geo_offlimits.store.history import History, Standing
from geo_offlimits.store.import_tables import landing
from geo_offlimits.store.plain import written

_ONE = Standing(landing, landing.c.import_id == bindparam("import_id"))
_OF_MISSION = Standing(landing, landing.c.mission == bindparam("mission"))
_OF_SOURCE = Standing(
    landing,
    landing.c.mission == bindparam("mission"),
    landing.c.source == bindparam("source"),
    landing.c.undone_by.is_(None),
)
_LANDED = select(func.count()).select_from(landing).where(landing.c.supersedes_id.is_(None))
_LANDED_AT = select(landing.c.import_id, landing.c.recorded_at).where(landing.c.supersedes_id.is_(None))


class Imports:
    """An import lands, and may be undone."""

    def __init__(self, connection: Connection, history: History) -> None:
        self._connection, self._history = connection, history

    def next_id(self, mission: str) -> str:
        """`CODE-I0001` and so on; free until the end of the writing transaction that asked."""
        landed = int(self._connection.execute(_LANDED.where(landing.c.mission == mission)).scalar_one())
        return f"{mission}-I{landed + 1:04d}"

    def add(self, new: Import) -> None:
        self._history.add(
            landing,
            recorded_at=new.recorded_at,
            import_id=new.import_id,
            mission=new.mission,
            source=new.source,
            file_name=new.file_name,
            sha256=new.sha256,
            person_id=new.person_id,
            mapping=written(new.mapping),
            confirmed=written(new.confirmed),
            landed=written([(one.row, one.designation_id, one.change_id) for one in new.landed]),
        )

    def undo(self, import_id: str, by: str, at: datetime) -> None:
        """Raises AbsentError where there is none, RefusedError for one that is undone already."""
        standing = _ONE.row(self._connection, import_id=import_id)
        if standing is None:
            raise AbsentError(f"There is no import {import_id}; `import-list` shows those there are.")
        self._history.supersede(landing, standing, recorded_at=at, undone_by=by)

    def get(self, import_id: str) -> Import | None:
        row = _ONE.row(self._connection, import_id=import_id)
        return self._imported(row) if row else None

    def of_mission(self, mission: str) -> tuple[Import, ...]:
        """All of a mission in the order of their ids, each as it stands."""
        rows = _OF_MISSION.rows(self._connection, mission=mission)
        return tuple(sorted(map(self._imported, rows), key=lambda one: (len(one.import_id), one.import_id)))

    def of_source(self, mission: str, source: str) -> tuple[Import, ...]:
        """Those of one source that were not undone, oldest first."""
        return tuple(map(self._imported, _OF_SOURCE.rows(self._connection, mission=mission, source=source)))

    def _imported(self, row: Row[Any]) -> Import:
        first = _LANDED_AT.where(landing.c.import_id == row.import_id)
        landed_at = self._connection.execute(first).one().recorded_at if row.undone_by else row.recorded_at
        return Import(
            import_id=row.import_id,
            mission=row.mission,
            source=row.source,
            file_name=row.file_name,
            sha256=row.sha256,
            person_id=row.person_id,
            recorded_at=landed_at,
            landed=tuple(
                LandedRow(row=number, designation_id=designation_id, change_id=change_id)
                for number, designation_id, change_id in json.loads(row.landed)
            ),
            mapping=json.loads(row.mapping),
            confirmed=tuple(json.loads(row.confirmed)),
            undone_by=row.undone_by,
            undone_at=row.recorded_at if row.undone_by else None,
        )
