"""Sessions of the web: operational rows, changed and removed freely. Only the hash of a token is kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from geo_offlimits.store.operational_tables import session
from geo_offlimits.store.prepared import Prepared
from geo_offlimits.store.tables import audit_leaf

_ONE = select(session).where(session.c.token_hash == bindparam("token_hash"))
_LEAVES = select(func.coalesce(func.max(audit_leaf.c.position) + 1, 0)).scalar_subquery().label("leaves")
_ONE_WITH_LEAVES = Prepared(select(_LEAVES, session).where(session.c.token_hash == bindparam("token_hash")))


@dataclass(frozen=True, kw_only=True)
class Session:
    """`token_hash` is the SHA-256 of the session's token, `csrf` the secret of its forms.

    `passphrase_at` and `factor_at` say when each was last shown in it; `challenge` is what a key has yet to sign.
    """

    token_hash: str
    person_id: str
    csrf: str
    created_at: datetime
    seen_at: datetime
    language: str | None = None
    passphrase_at: datetime | None = None
    factor_at: datetime | None = None
    challenge: str | None = None


class Sessions:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Session) -> None:
        self._connection.execute(session.insert(), vars(new))

    def get(self, token_hash: str) -> Session | None:
        row = self._connection.execute(_ONE, {"token_hash": token_hash}).first()
        return _session(row) if row else None

    def with_leaves(self, token_hash: str) -> tuple[int, Session] | None:
        """As `get`, and in the same question how many leaves the audit tree has: asked on every request of the web."""
        row = _ONE_WITH_LEAVES.first(self._connection, {"token_hash": token_hash})
        if row is None:
            return None
        leaves, *facts = row
        return int(leaves), _session(facts)

    def touch(self, token_hash: str, at: datetime) -> None:
        self._connection.execute(session.update().where(session.c.token_hash == token_hash), {"seen_at": at})

    def speak(self, token_hash: str, language: str | None) -> None:
        """Keeps the language chosen in this session."""
        self._connection.execute(session.update().where(session.c.token_hash == token_hash), {"language": language})

    def challenge(self, token_hash: str, challenge: str | None) -> None:
        """Keeps what a key is to sign in this session; None once it was answered."""
        self._connection.execute(session.update().where(session.c.token_hash == token_hash), {"challenge": challenge})

    def spend_challenge(self, token_hash: str, challenge: str | None) -> bool:
        """Whether this was still to be signed; then it is no more."""
        mine = (session.c.token_hash == token_hash, session.c.challenge == challenge)
        return self._connection.execute(session.update().where(*mine), {"challenge": None}).rowcount == 1

    def remove(self, token_hash: str) -> None:
        self._connection.execute(session.delete().where(session.c.token_hash == token_hash))

    def remove_of(self, person_id: str) -> None:
        self._connection.execute(session.delete().where(session.c.person_id == person_id))

    def remove_all(self) -> None:
        """Everybody signs in again."""
        self._connection.execute(session.delete())

    def remove_idle(self, seen_before: datetime) -> None:
        """Drops sessions that nobody has used since then."""
        self._connection.execute(session.delete().where(session.c.seen_at < seen_before))


def _session(facts: Iterable[Any]) -> Session:
    return Session(**dict(zip(session.columns.keys(), facts, strict=True)))
