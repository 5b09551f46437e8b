"""Approved welfare and recreation places."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, false

from geo_offlimits.domain.mission import Facility
from geo_offlimits.errors import AbsentError
from geo_offlimits.store.history import History, Standing
from geo_offlimits.store.tables import facility

_ONE = Standing(facility, facility.c.facility_id == bindparam("facility_id"))
_OF_MISSION = Standing(
    facility,
    facility.c.mission == bindparam("mission"),
    facility.c.retired == false(),
    order_by=facility.c.facility_id,
)


class Facilities:
    """A facility is added, then perhaps retired."""

    def __init__(self, connection: Connection, history: History) -> None:
        self._connection, self._history = connection, history

    def add(self, mission: str, new: Facility, at: datetime) -> None:
        self._history.add(
            facility,
            recorded_at=at,
            facility_id=new.facility_id,
            mission=mission,
            name=new.name,
            kind=new.kind,
            geometry=new.geometry,
            address=new.address,
            locality=new.locality,
            retired=False,
        )

    def retire(self, facility_id: str, at: datetime) -> None:
        """Raises AbsentError when there is no such facility or it is retired already."""
        standing = _ONE.row(self._connection, facility_id=facility_id)
        if standing is None or standing.retired:
            raise AbsentError(f"There is no facility {facility_id} to retire; list the facilities.")
        self._history.supersede(facility, standing, recorded_at=at, retired=True)

    def get(self, facility_id: str) -> tuple[str, Facility] | None:
        """Its mission and itself, unless it is retired."""
        row = _ONE.row(self._connection, facility_id=facility_id)
        return (row.mission, _facility(row)) if row and not row.retired else None

    def all(self, mission: str, at: datetime | None = None) -> tuple[Facility, ...]:
        """Those not retired, now or as known at `at`, by id."""
        return tuple(_facility(row) for row in _OF_MISSION.rows(self._connection, at, mission=mission))


def _facility(row: Row[Any]) -> Facility:
    return Facility(
        facility_id=row.facility_id,
        name=row.name,
        kind=row.kind,
        geometry=row.geometry,
        address=row.address,
        locality=row.locality,
    )
