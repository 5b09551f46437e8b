"""People, their roles, their passphrase hashes and failed attempts to sign in."""

import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from geo_offlimits.domain.people import Person, PersonnelCategory, Role, RoleGrant
from geo_offlimits.errors import AbsentError, RefusedError
from geo_offlimits.store import tables
from geo_offlimits.store.history import History, Standing
from geo_offlimits.store.operational_tables import credential, login_failure
from geo_offlimits.store.plain import period

_PERSON, _GRANT = tables.person.c, tables.role_grant.c
_BY_ID = Standing(tables.person, _PERSON.person_id == bindparam("person_id"))
_BY_REFERENCE = Standing(
    tables.person, (_PERSON.number_key == bindparam("key")) | (_PERSON.email_key == bindparam("key"))
)
_OF_MISSION = Standing(tables.person, _PERSON.mission == bindparam("mission"), order_by=_PERSON.number_key)
_ANYONE = select(tables.person.c.id).limit(1)
_EVERYBODY = Standing(tables.person, order_by=_PERSON.number_key)
_IDS = _EVERYBODY.only(_PERSON.id, _PERSON.person_id)
_VERSIONS = select(tables.person).where(_PERSON.person_id == bindparam("person_id")).order_by(_PERSON.id)
_ALL_GRANTS = Standing(tables.role_grant)
_GRANTS = Standing(tables.role_grant, _GRANT.person_id == bindparam("person_id"))
_CREDENTIAL = select(credential).where(credential.c.person_id == bindparam("person_id"))
_FAILURE = login_failure.c
_OF_PERSON = (
    select(func.count())
    .select_from(login_failure)
    .where(_FAILURE.reference_digest == bindparam("reference_digest"), _FAILURE.failed_at >= bindparam("since"))
)
_OF_SOURCE = _OF_PERSON.where(_FAILURE.source_digest == bindparam("source_digest"))


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What a failure is counted under: who was named and from where, both as digests."""

    reference_digest: str
    source_digest: str


@dataclass(frozen=True)
class Credential:
    """An Argon2 hash. `one_time` opens only the page on which it is replaced."""

    hash: str
    one_time: bool


class People:
    """Versions of persons and grants; passphrase hashes and failures are operational and are overwritten."""

    def __init__(self, connection: Connection, history: History) -> None:
        self._connection, self._history = connection, history

    def add(self, person: Person, at: datetime) -> None:
        """Raises RefusedError when the number or e-mail belongs to somebody else."""
        self._history.add(tables.person, recorded_at=at, **_columns(person))

    def replace(self, person: Person, at: datetime) -> None:
        """Raises AbsentError when there is no person of this identity."""
        standing = _BY_ID.row(self._connection, person_id=person.person_id)
        if standing is None:
            raise AbsentError("There is no such person in this store; add the person first.")
        self._history.add(tables.person, recorded_at=at, supersedes_id=standing.id, **_columns(person))

    def add_all(self, people: Iterable[Person], grant: RoleGrant, at: datetime) -> None:
        """Adds thousands of persons, each with this grant. Raises RefusedError as `add` does."""
        new = tuple(people)
        self._history.add_many(tables.person, [{"recorded_at": at, **_columns(one)} for one in new])
        self._history.add_many(
            tables.role_grant,
            [{"recorded_at": at, "person_id": one.person_id, **_grant_columns(grant)} for one in new],
        )

    def replace_all(self, people: Iterable[Person], at: datetime) -> None:
        """Replaces thousands of persons, who are here."""
        standing = {row.person_id: row.id for row in self._connection.execute(_IDS)}
        self._history.add_many(
            tables.person,
            [{"recorded_at": at, "supersedes_id": standing[one.person_id], **_columns(one)} for one in people],
        )

    def by_id(self, person_id: str, known_at: datetime | None = None) -> Person | None:
        row = _BY_ID.row(self._connection, known_at, person_id=person_id)
        return as_person(row) if row else None

    def find(self, reference: str) -> Person | None:
        """By staff or contract number, or by e-mail; capitals do not matter."""
        row = _BY_REFERENCE.row(self._connection, key=reference_key(reference))
        return as_person(row) if row else None

    def of_mission(self, code: str, known_at: datetime | None = None) -> tuple[Person, ...]:
        """By number."""
        return tuple(as_person(row) for row in _OF_MISSION.rows(self._connection, known_at, mission=code))

    def everybody(self) -> tuple[Person, ...]:
        """Of every mission, who has departed too."""
        return tuple(map(as_person, _EVERYBODY.rows(self._connection)))

    def versions(self, person_id: str) -> tuple[tuple[Person, datetime], ...]:
        """All that was ever recorded of a person, each with when, oldest first."""
        rows = self._connection.execute(_VERSIONS, {"person_id": person_id})
        return tuple((as_person(row), row.recorded_at) for row in rows)

    def without_passphrase(self, code: str) -> tuple[Person, ...]:
        """Those of a mission who have none, not even a one-time one; by number."""
        has_one = select(credential.c.person_id)
        rows = self._connection.execute(_OF_MISSION.query.where(_PERSON.person_id.not_in(has_one)), {"mission": code})
        return tuple(map(as_person, rows))

    def holding_more_than(self, role: Role, at: datetime) -> set[str]:
        """Ids of the persons who then or later hold, or will hold, a role beside this one, in whatever mission."""
        rows = _ALL_GRANTS.rows(self._connection)
        return {row.person_id for row in rows if row.role != role.value and (row.valid_to is None or at < row.valid_to)}

    def nobody(self) -> bool:
        """Whether the store has no person yet, so that the first administrator may be added."""
        return self._connection.execute(_ANYONE).first() is None

    def grant(self, person_id: str, grant: RoleGrant, at: datetime) -> None:
        """Adds a grant. It replaces an earlier grant of the same role and mission whose dates it touches.

        So a delegation is ended early by granting it again with an earlier end. Raises RefusedError when it touches
        several: they must be ended one by one.
        """
        touched = [
            row
            for row in _GRANTS.rows(self._connection, person_id=person_id)
            if (row.role, row.mission) == (grant.role, grant.mission) and _touches(row, grant)
        ]
        if len(touched) > 1:
            raise RefusedError(
                f"This person holds '{grant.role}' in {len(touched)} periods that the new one touches; change each."
            )
        self._history.add(
            tables.role_grant,
            recorded_at=at,
            supersedes_id=touched[0].id if touched else None,
            person_id=person_id,
            **_grant_columns(grant),
        )

    def grants(self, person_id: str, known_at: datetime | None = None) -> tuple[RoleGrant, ...]:
        """Of all dates; the actor asks which hold now."""
        rows = _GRANTS.rows(self._connection, known_at, person_id=person_id)
        return tuple(
            RoleGrant(role=Role(row.role), mission=row.mission, valid=period(row.valid_from, row.valid_to))
            for row in rows
        )

    def forget_passphrase(self, person_id: str) -> None:
        """Nobody signs in with it any more."""
        self._connection.execute(credential.delete().where(credential.c.person_id == person_id))

    def set_passphrase(self, person_id: str, argon2_hash: str, one_time: bool, at: datetime) -> None:
        self.forget_passphrase(person_id)
        self._connection.execute(
            credential.insert(), {"person_id": person_id, "hash": argon2_hash, "one_time": one_time, "set_at": at}
        )

    def credential(self, person_id: str) -> Credential | None:
        row = self._connection.execute(_CREDENTIAL, {"person_id": person_id}).first()
        return Credential(hash=row.hash, one_time=row.one_time) if row else None

    def record_failure(self, attempt: Attempt, at: datetime) -> None:
        self._connection.execute(login_failure.insert(), {**vars(attempt), "failed_at": at})

    def failures_of_person(self, attempt: Attempt, since: datetime) -> int:
        """How many attempts for this person failed at or after `since`, from wherever."""
        return int(self._connection.execute(_OF_PERSON, {**vars(attempt), "since": since}).scalar_one())

    def failures_of_source(self, attempt: Attempt, since: datetime) -> int:
        """How many attempts for this person from this source failed at or after `since`."""
        return int(self._connection.execute(_OF_SOURCE, {**vars(attempt), "since": since}).scalar_one())

    def forget_failures(self, before: datetime) -> None:
        """Drops failures of before that moment, which nobody counts any more."""
        table = login_failure
        self._connection.execute(table.delete().where(table.c.failed_at < before))


def reference_key(reference: str) -> str:
    """One spelling of a number or e-mail: compatible Unicode form, no outer blanks, no capitals."""
    return unicodedata.normalize("NFKC", reference).strip().casefold()


def _touches(row: Row[Any], grant: RoleGrant) -> bool:
    start, end = grant.valid.start, grant.valid.end
    return (row.valid_to is None or start is None or start < row.valid_to) and (
        row.valid_from is None or end is None or row.valid_from < end
    )


def _grant_columns(grant: RoleGrant) -> dict[str, Any]:
    return {
        "role": grant.role.value,
        "mission": grant.mission,
        "valid_from": grant.valid.start,
        "valid_to": grant.valid.end,
    }


def _columns(person: Person) -> dict[str, Any]:
    return {
        "person_id": person.person_id,
        "number": person.number,
        "number_key": reference_key(person.number),
        "name": person.name,
        "unit": person.unit,
        "category": person.category.value,
        "mission": person.mission,
        "email": person.email,
        "email_key": person.email and reference_key(person.email),
        "language": person.language,
        "service_from": person.service.start,
        "service_to": person.service.end,
        "sector": person.sector,
        "posted_from": person.posted_from,
        # Nobody can find a number or an address by trying, from the digest that stays in the audit tree.
        "salt": secrets.token_bytes(16),
    }


def as_person(row: Row[Any]) -> Person:
    """The person whom a row of the table describes."""
    return Person(
        person_id=row.person_id,
        number=row.number,
        name=row.name,
        unit=row.unit,
        category=PersonnelCategory(row.category),
        mission=row.mission,
        email=row.email,
        language=row.language,
        service=period(row.service_from, row.service_to),
        sector=row.sector,
        posted_from=row.posted_from,
    )
