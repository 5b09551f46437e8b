"""Tokens of devices and integrators: issued and revoked in history, their last use overwritten beside it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from geo_offlimits.domain.tokens import Purpose, Token
from geo_offlimits.errors import AbsentError
from geo_offlimits.store.history import History, Standing
from geo_offlimits.store.operational_tables import token_use
from geo_offlimits.store.tables import token

_ONE = Standing(token, token.c.token_id == bindparam("token_id"))
_BY_HASH = Standing(token, token.c.sha256 == bindparam("sha256"))
_OF_PERSON = Standing(token, token.c.person_id == bindparam("person_id"))
_OF_MISSION = Standing(token, token.c.mission == bindparam("mission"))
_ISSUED = select(func.count()).select_from(token).where(token.c.supersedes_id.is_(None))
_USES = select(token_use).where(token_use.c.token_id.in_(bindparam("ids", expanding=True)))


class Tokens:
    """Each as it stands, with its last use."""

    def __init__(self, connection: Connection, history: History) -> None:
        self._connection, self._history = connection, history

    def next_id(self, mission: str) -> str:
        """`CODE-T0001` and so on; free until the end of the writing transaction that asked."""
        issued = int(self._connection.execute(_ISSUED.where(token.c.mission == mission)).scalar_one())
        return f"{mission}-T{issued + 1:04d}"

    def add(self, new: Token) -> None:
        self._history.add(
            token,
            recorded_at=new.issued_at,
            token_id=new.token_id,
            mission=new.mission,
            purpose=new.purpose.value,
            person_id=new.person_id,
            sha256=new.sha256,
            issued_at=new.issued_at,
            expires_at=new.expires_at,
        )

    def revoke(self, token_id: str, by: str, at: datetime) -> None:
        """Raises AbsentError where there is no such token, RefusedError for one that is revoked already."""
        standing = _ONE.row(self._connection, token_id=token_id)
        if standing is None:
            raise AbsentError(f"There is no token {token_id}; `token list` shows those there are.")
        self._history.supersede(token, standing, recorded_at=at, revoked_by=by)

    def get(self, token_id: str) -> Token | None:
        return next(iter(self._with_use(_ONE.rows(self._connection, token_id=token_id))), None)

    def by_hash(self, sha256: str) -> Token | None:
        """The token whose text has this SHA-256."""
        return next(iter(self._with_use(_BY_HASH.rows(self._connection, sha256=sha256))), None)

    def of_person(self, person_id: str) -> tuple[Token, ...]:
        """All that a person ever issued, oldest first by their last version."""
        return self._with_use(_OF_PERSON.rows(self._connection, person_id=person_id))

    def of_mission(self, mission: str) -> tuple[Token, ...]:
        return self._with_use(_OF_MISSION.rows(self._connection, mission=mission))

    def note_use(self, token_id: str, on: date, edition: int | None) -> None:
        """Overwrites the day of the last use and, unless None, the number of the edition that was fetched."""
        seen = {"used_on": on} | ({} if edition is None else {"edition_number": edition})
        update = token_use.update().where(token_use.c.token_id == token_id)
        if self._connection.execute(update, seen).rowcount == 0:
            self._connection.execute(token_use.insert(), {"token_id": token_id} | seen)

    def _with_use(self, rows: Iterable[Row[Any]]) -> tuple[Token, ...]:
        found = tuple(rows)
        ids = [row.token_id for row in found]
        uses = {use.token_id: use for use in self._connection.execute(_USES, {"ids": ids})} if ids else {}
        return tuple(_token(row, uses.get(row.token_id)) for row in found)


def _token(row: Row[Any], use: Row[Any] | None) -> Token:
    return Token(
        token_id=row.token_id,
        mission=row.mission,
        purpose=Purpose(row.purpose),
        person_id=row.person_id,
        sha256=row.sha256,
        issued_at=row.issued_at,
        expires_at=row.expires_at,
        revoked_at=row.recorded_at if row.revoked_by else None,
        used_on=use.used_on if use else None,
        edition=use.edition_number if use else None,
    )
