"""Acknowledgements: one person, one edition, its hash."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from geo_offlimits.domain.acknowledgement import Acknowledgement, Channel, Strength
from geo_offlimits.store.history import History
from geo_offlimits.store.tables import acknowledgement

_OF_MISSION = acknowledgement.c.mission == bindparam("mission")
_OF_PERSON = acknowledgement.c.person_id == bindparam("person_id")
_OF_EDITION = (
    select(acknowledgement)
    .where(_OF_MISSION, acknowledgement.c.edition_number == bindparam("number"))
    .order_by(acknowledgement.c.id)
)
_LATEST = select(acknowledgement).where(_OF_MISSION, _OF_PERSON).order_by(acknowledgement.c.edition_number.desc())
# What counts as acknowledged in a mission; all that is counted is counted of these rows.
COUNTING = select(acknowledgement).where(_OF_MISSION)
_READ = COUNTING.with_only_columns(
    acknowledgement.c.person_id, func.max(acknowledgement.c.edition_number).label("number")
).group_by(acknowledgement.c.person_id)
_KNOWN = acknowledgement.c.recorded_at <= bindparam("known_at")


class Acknowledgements:
    """Never taken back: a person acknowledges an edition once."""

    def __init__(self, connection: Connection, history: History) -> None:
        self._connection, self._history = connection, history

    def add(self, new: Acknowledgement) -> None:
        """Raises RefusedError for a hash that is not the edition's, and for a second one of the same edition."""
        self._history.add(acknowledgement, **vars(new) | {"channel": new.channel.value, "strength": new.strength.value})

    def of_edition(self, mission: str, number: int, known_at: datetime | None = None) -> tuple[Acknowledgement, ...]:
        """In the order in which they were recorded."""
        keys: dict[str, Any] = {"mission": mission, "number": number}
        if known_at is None:
            rows = self._connection.execute(_OF_EDITION, keys)
        else:
            rows = self._connection.execute(_OF_EDITION.where(_KNOWN), keys | {"known_at": known_at})
        return tuple(_acknowledgement(row) for row in rows)

    def read_by(self, mission: str) -> dict[str, int]:
        """Person -> number of the highest edition that they have acknowledged; whoever has none is left out."""
        rows = self._connection.execute(_READ, {"mission": mission})
        return {row.person_id: row.number for row in rows}

    def latest(
        self, person_id: str, mission: str, at: datetime | None = None, known_at: datetime | None = None
    ) -> Acknowledgement | None:
        """Of the highest edition acknowledged at or before `at`, as recorded at `known_at`."""
        query, keys = _LATEST, {"person_id": person_id, "mission": mission}
        moments = {name: moment for name, moment in (("at", at), ("known_at", known_at)) if moment is not None}
        if at is not None:
            query = query.where(acknowledgement.c.acknowledged_at <= bindparam("at"))
        if known_at is not None:
            query = query.where(_KNOWN)
        row = self._connection.execute(query.limit(1), {**keys, **moments}).first()
        return _acknowledgement(row) if row else None


def _acknowledgement(row: Row[Any]) -> Acknowledgement:
    return Acknowledgement(
        person_id=row.person_id,
        mission=row.mission,
        edition_number=row.edition_number,
        edition_sha256=row.edition_sha256,
        statement_sha256=row.statement_sha256,
        language=row.language,
        acknowledged_at=row.acknowledged_at,
        recorded_at=row.recorded_at,
        channel=Channel(row.channel),
        strength=Strength(row.strength),
        entered_by=row.entered_by,
    )
