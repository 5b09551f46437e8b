"""Sessions of either door: operational rows, changed and removed freely. Only the hash of a token is kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from geo_offlimits.domain.sessions import Door
from geo_offlimits.store.operational_tables import session
from geo_offlimits.store.prepared import Prepared
from geo_offlimits.store.tables import audit_leaf

_ONE = select(session).where(session.c.token_hash == bindparam("token_hash"))
_OF_PERSON = select(session).order_by(session.c.created_at, session.c.handle)
_LEAVES = select(func.coalesce(func.max(audit_leaf.c.position) + 1, 0)).scalar_subquery().label("leaves")
_ONE_WITH_LEAVES = Prepared(select(_LEAVES, session).where(session.c.token_hash == bindparam("token_hash")))


@dataclass(frozen=True, kw_only=True)
class Session:
    """`token_hash` is the SHA-256 of the session's token, `csrf` the secret of its forms.

    `handle` names it to its owner, who ends it by that; nothing else is opened by it.
    `passphrase_at` and `factor_at` say when each was last shown in it; `challenge` is what a key has yet to sign.
    """

    token_hash: str
    handle: str
    door: Door
    person_id: str
    csrf: str
    created_at: datetime
    seen_at: datetime
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

    def challenge(self, token_hash: str, challenge: str | None) -> None:
        """Keeps what a key is to sign in this session; None once it was answered."""
        self._connection.execute(session.update().where(session.c.token_hash == token_hash), {"challenge": challenge})

    def spend_challenge(self, token_hash: str, challenge: str | None) -> bool:
        """Whether this was still to be signed; then it is no more."""
        mine = (session.c.token_hash == token_hash, session.c.challenge == challenge)
        return self._connection.execute(session.update().where(*mine), {"challenge": None}).rowcount == 1

    def of_person(self, person_id: str) -> tuple[Session, ...]:
        """Oldest first, those that have ended unused among them."""
        rows = self._connection.execute(_OF_PERSON.where(session.c.person_id == person_id))
        return tuple(_session(row) for row in rows)

    def remove(self, token_hash: str) -> None:
        self._connection.execute(session.delete().where(session.c.token_hash == token_hash))

    def handles(self) -> frozenset[str]:
        """Those of all sessions that nobody has ended."""
        return frozenset(self._connection.scalars(select(session.c.handle)))

    def remove_of(self, person_id: str) -> int:
        """How many there were."""
        return self._connection.execute(session.delete().where(session.c.person_id == person_id)).rowcount

    def remove_all(self) -> int:
        """Everybody signs in again. How many there were."""
        return self._connection.execute(session.delete()).rowcount

    def remove_idle(self, seen_before: datetime) -> None:
        """Drops sessions that nobody has used since then."""
        self._connection.execute(session.delete().where(session.c.seen_at < seen_before))


def _session(facts: Iterable[Any]) -> Session:
    kept = dict(zip(session.columns.keys(), facts, strict=True))
    return Session(**kept | {"door": Door(kept["door"])})
