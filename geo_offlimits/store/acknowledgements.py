"""Acknowledgements: what a person said about one edition, by its hash. What they say anew supersedes what they said."""

import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, select

from geo_offlimits.domain.acknowledgement import Acknowledgement, AcknowledgementState, Channel, Strength
from geo_offlimits.domain.people import PersonnelCategory, Role
from geo_offlimits.store.distribution_tables import acknowledgement
from geo_offlimits.store.history import History, Standing, row_digest, row_facts
from geo_offlimits.store.plain import words, written

_C = acknowledgement.c
_COUNTS = _C.state == AcknowledgementState.ACKNOWLEDGED.value
_ONE_EDITION = and_(_C.mission == bindparam("mission"), _C.edition_number == bindparam("number"))
_OF_PERSON = _C.person_id == bindparam("person_id")
_STANDING = Standing(acknowledgement, _ONE_EDITION)
_ONE = Standing(acknowledgement, _ONE_EDITION, _OF_PERSON)
_OF_ONE_PERSON = select(acknowledgement).where(_OF_PERSON).order_by(_C.id.desc())
_ON_SHEET = select(acknowledgement).where(_C.sheet_sha256 == bindparam("sheet_sha256")).order_by(_C.id)
_IN_MISSION = select(acknowledgement).where(_OF_PERSON, _C.mission == bindparam("mission")).order_by(_C.id)
_SALT_BYTES = 16
# What counts as acknowledged in a mission; all that is counted is counted of these rows.
_GIVEN = Standing(acknowledgement, _C.mission == bindparam("mission"), _COUNTS)
COUNTING = _GIVEN.only(_C.person_id, _C.edition_number, _C.acknowledged_at)
_LATEST = _GIVEN.query.where(_OF_PERSON).order_by(None).order_by(_C.edition_number.desc()).limit(1)
_READ = COUNTING.with_only_columns(_C.person_id, func.max(_C.edition_number).label("number")).group_by(_C.person_id)


@dataclass(frozen=True, kw_only=True)
class ToldRow:
    """A row, and what a leaf tells of it."""

    row_id: int
    said: Acknowledgement
    cells: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{acknowledgement.name}/{self.row_id}"

    @property
    def facts(self) -> dict[str, Any]:
        """What its digest is made of."""
        return row_facts(acknowledgement, self.cells)

    @cached_property
    def sha256(self) -> str:
        return row_digest(acknowledgement, self.cells)


class Acknowledgements:
    def __init__(self, connection: Connection, history: History) -> None:
        self._connection, self._history = connection, history
        # A transaction reads one snapshot, and nobody writes beside it: what stands is asked for once.
        self._standing: dict[tuple[str, str, int], ToldRow | None] = {}

    def add(self, new: Acknowledgement) -> None:
        """In place of what the same person said about the same edition before.

        Raises RefusedError for a hash that is not the edition's, and for what does not follow from what was said.
        """
        whose = (new.person_id, new.mission, new.edition_number)
        standing = self.row_told(*whose)
        row = self._history.added(
            acknowledgement,
            **vars(new)
            | {
                "supersedes_id": standing.row_id if standing else None,
                "channel": new.channel.value,
                "strength": new.strength.value,
                "state": new.state.value,
                "category": new.category and new.category.value,
                "roles": None if new.roles is None else written([role.value for role in new.roles]),
                "salt": secrets.token_bytes(_SALT_BYTES),
            },
        )
        self._standing[whose] = _told(row, new)

    def standing(self, mission: str, number: int) -> tuple[Acknowledgement, ...]:
        """What each said last about an edition, refusals and withdrawals too, in the order of recording."""
        rows = _STANDING.rows(self._connection, mission=mission, number=number)
        return tuple(_acknowledgement(row) for row in rows)

    def one(self, person_id: str, mission: str, number: int) -> Acknowledgement | None:
        """What this person said last about an edition."""
        told = self.row_told(person_id, mission, number)
        return told.said if told else None

    def of_person(self, person_id: str) -> tuple[Acknowledgement, ...]:
        """All that they ever said, the newest first, what was superseded too."""
        rows = self._connection.execute(_OF_ONE_PERSON, {"person_id": person_id})
        return tuple(_acknowledgement(row) for row in rows)

    def on_sheet(self, sheet_sha256: str) -> tuple[Acknowledgement, ...]:
        """All that was ever entered from this sheet, in the order of recording."""
        rows = self._connection.execute(_ON_SHEET, {"sheet_sha256": sheet_sha256})
        return tuple(_acknowledgement(row) for row in rows)

    def read_by(self, mission: str) -> dict[str, int]:
        """Person -> number of the highest edition that they have acknowledged; whoever has none is left out."""
        rows = self._connection.execute(_READ, {"mission": mission})
        return {row.person_id: row.number for row in rows}

    def latest(self, person_id: str, mission: str) -> Acknowledgement | None:
        """Of the highest edition that stands as acknowledged; what stood then, `domain.acknowledgement` tells."""
        row = self._connection.execute(_LATEST, {"person_id": person_id, "mission": mission}).first()
        return _acknowledgement(row) if row else None

    def row_told(self, person_id: str, mission: str, number: int) -> ToldRow | None:
        """The row that stands, as the leaf that speaks of it tells it."""
        whose = (person_id, mission, number)
        if whose not in self._standing:
            row = _ONE.row(self._connection, person_id=person_id, mission=mission, number=number)
            self._standing[whose] = row and _told(_cells(row), _acknowledgement(row))
        return self._standing[whose]

    def rows_of(self, person_id: str, mission: str) -> tuple[ToldRow, ...]:
        """All that they ever said in a mission, oldest record first, each as the leaf that speaks of it tells it."""
        rows = self._connection.execute(_IN_MISSION, {"person_id": person_id, "mission": mission})
        return tuple(_told(_cells(row), _acknowledgement(row)) for row in rows)


def _cells(row: Row[Any]) -> dict[str, Any]:
    return dict(zip(acknowledgement.columns.keys(), row, strict=True))


def _told(cells: dict[str, Any], said: Acknowledgement) -> ToldRow:
    return ToldRow(row_id=cells["id"], said=said, cells=cells)


def _acknowledgement(row: Row[Any]) -> Acknowledgement:
    facts = row._asdict()
    for name in ("id", "supersedes_id", "salt"):
        del facts[name]
    read = {
        "channel": Channel(row.channel),
        "strength": Strength(row.strength),
        "state": AcknowledgementState(row.state),
        "category": row.category and PersonnelCategory(row.category),
        "roles": None if row.roles is None else tuple(map(Role, words(row.roles))),
    }
    return Acknowledgement(**facts | read)
