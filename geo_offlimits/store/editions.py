"""Published editions: their bytes, their envelope, their chain."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from geo_offlimits.domain.edition import Checkpoint
from geo_offlimits.errors import RefusedError
from geo_offlimits.store.history import History
from geo_offlimits.store.tables import audit_checkpoint, edition

_HEAD = (
    edition.c.mission,
    edition.c.number,
    edition.c.sha256,
    edition.c.previous_sha256,
    edition.c.issued_at,
    edition.c.expires_at,
    edition.c.published_by,
)
_OF_MISSION = edition.c.mission == bindparam("mission")
_OF_NUMBER = edition.c.number == bindparam("number")
_ISSUED = edition.c.issued_at <= bindparam("known_at")
_HEADERS = select(*_HEAD).where(_OF_MISSION).order_by(edition.c.number.desc())
_HEADER = _HEADERS.limit(1)
_HEADER_KNOWN = _HEADERS.where(_ISSUED).limit(1)
_HEADER_NUMBERED = _HEADERS.where(_OF_NUMBER)
_WHOLE = (
    select(*_HEAD, edition.c.id, edition.c.content, edition.c.envelope, audit_checkpoint)
    .join(audit_checkpoint, audit_checkpoint.c.size == edition.c.checkpoint_size)
    .where(_OF_MISSION, _OF_NUMBER)
    .execution_options(in_binary=True)
)
# The checkpoint in an edition is the head of the tree before the leaf that says it was published.
_LEAF = select(edition.c.checkpoint_size).where(_OF_MISSION, _OF_NUMBER)
_WITNESS = (
    select(edition.c.number, edition.c.sha256, edition.c.issued_at, audit_checkpoint)
    .join(audit_checkpoint, audit_checkpoint.c.size == edition.c.checkpoint_size)
    .where(_OF_MISSION, edition.c.checkpoint_size > bindparam("position"))
    .order_by(edition.c.number)
    .limit(1)
)
_BEFORE = _HEADERS.where(edition.c.checkpoint_size < bindparam("position")).limit(1)
_LAST_ID = select(edition.c.id).where(_OF_MISSION).order_by(edition.c.number.desc()).limit(1)
_CHECKPOINT = select(audit_checkpoint).where(audit_checkpoint.c.size == bindparam("size"))


@dataclass(frozen=True, kw_only=True)
class EditionHeader:
    """An edition without its bytes."""

    mission: str
    number: int
    sha256: str
    previous_sha256: str | None
    issued_at: datetime
    expires_at: datetime
    published_by: str


@dataclass(frozen=True, kw_only=True)
class StoredEdition(EditionHeader):
    """`content` is the canonical bytes, `envelope` the DSSE JSON, `checkpoint` the one that `content` carries."""

    content: bytes
    envelope: bytes
    checkpoint: Checkpoint


@dataclass(frozen=True, kw_only=True)
class Witness:
    """An edition whose checkpoint, which everybody holds who holds the edition, covers some leaf of the audit tree."""

    number: int
    sha256: str
    issued_at: datetime
    checkpoint: Checkpoint


class Editions:
    """Each mission's editions, numbered from 1 without gaps."""

    def __init__(self, connection: Connection, history: History) -> None:
        self._connection, self._history = connection, history
        self._headers: dict[tuple[str, int], EditionHeader] = {}

    def append(self, new: StoredEdition) -> None:
        """Raises RefusedError for another hash, a gap, a wrong previous hash, an earlier issue or no checkpoint.

        The checkpoint must be one that `audit.checkpoint()` gave in a writing transaction.
        """
        if hashlib.sha256(new.content).hexdigest() != new.sha256:
            raise RefusedError(f"Edition {new.number} does not have the hash {new.sha256}; compute it from its bytes.")
        self._refuse_other_checkpoint(new.checkpoint)
        last = self._connection.execute(_LAST_ID, {"mission": new.mission}).scalar()
        self._history.add(
            edition,
            recorded_at=new.issued_at,
            supersedes_id=last,
            mission=new.mission,
            number=new.number,
            sha256=new.sha256,
            previous_sha256=new.previous_sha256,
            issued_at=new.issued_at,
            expires_at=new.expires_at,
            checkpoint_size=new.checkpoint.size,
            published_by=new.published_by,
            content=new.content,
            envelope=new.envelope,
        )

    def get(self, mission: str, number: int) -> StoredEdition | None:
        row = self._connection.execute(_WHOLE, {"mission": mission, "number": number}).first()
        if row is None:
            return None
        return StoredEdition(
            **_head(row),
            content=row.content,
            envelope=row.envelope,
            checkpoint=Checkpoint(size=row.size, root_sha256=row.root_sha256),
        )

    def header(self, mission: str, known_at: datetime | None = None) -> EditionHeader | None:
        """The highest number issued at or before `known_at`, or the latest."""
        if known_at is None:
            row = self._connection.execute(_HEADER, {"mission": mission}).first()
        else:
            row = self._connection.execute(_HEADER_KNOWN, {"mission": mission, "known_at": known_at}).first()
        header = EditionHeader(**_head(row)) if row else None
        if header:  # of what is published nothing ever changes
            self._headers[mission, header.number] = header
        return header

    def header_of(self, mission: str, number: int) -> EditionHeader | None:
        if known := self._headers.get((mission, number)):
            return known
        row = self._connection.execute(_HEADER_NUMBERED, {"mission": mission, "number": number}).first()
        return EditionHeader(**_head(row)) if row else None

    def headers(self, mission: str) -> tuple[EditionHeader, ...]:
        """Latest first."""
        rows = self._connection.execute(_HEADERS, {"mission": mission})
        return tuple(EditionHeader(**_head(row)) for row in rows)

    def leaf_of(self, mission: str, number: int) -> int | None:
        """Where in the audit tree the leaf stands that says it was published."""
        found: int | None = self._connection.execute(_LEAF, {"mission": mission, "number": number}).scalar()
        return found

    def witness(self, mission: str, position: int) -> Witness | None:
        """The first edition of the mission that was issued after the leaf at `position` was written."""
        row = self._connection.execute(_WITNESS, {"mission": mission, "position": position}).first()
        if row is None:
            return None
        head = Checkpoint(size=row.size, root_sha256=row.root_sha256)
        return Witness(number=row.number, sha256=row.sha256, issued_at=row.issued_at, checkpoint=head)

    def before(self, mission: str, position: int) -> EditionHeader | None:
        """The last edition of the mission that was published before the leaf at `position` was written."""
        row = self._connection.execute(_BEFORE, {"mission": mission, "position": position}).first()
        return EditionHeader(**_head(row)) if row else None

    def _refuse_other_checkpoint(self, checkpoint: Checkpoint) -> None:
        kept = self._connection.execute(_CHECKPOINT, {"size": checkpoint.size}).first()
        if kept is None or kept.root_sha256 != checkpoint.root_sha256:
            raise RefusedError(
                f"The audit tree has no checkpoint of {checkpoint.size} leaves with this root; "
                "take the checkpoint in the transaction that publishes."
            )


def _head(row: Any) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in _HEAD}
