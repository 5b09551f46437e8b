"""The audit tree on disk: leaves in canonical form, each carrying the digests of the rows written with it.

A leaf is `{tag, at, actor, mission, subject, facts, rows}`. `rows` binds every history row to the leaf of its act, so
that an edited, deleted, swapped or smuggled row no longer fits. Facts hold no name, number or e-mail of a person: they
could never be erased again. Persons are named by their opaque `person_id`.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, text

from geo_offlimits.domain.audit import AuditTag, frontier_root, grow, leaf_hash, path_ranges, subtrees
from geo_offlimits.domain.edition import Checkpoint
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.store.history import History
from geo_offlimits.store.plain import canonical
from geo_offlimits.store.tables import audit_checkpoint, audit_leaf
from geo_offlimits.store.verification import problems

_COUNT = select(func.max(audit_leaf.c.position))
_BITS = ", ".join(f"({bit})" for bit in range(62))
# The whole subtrees that make up the tree of `size` leaves, one for each bit of that number; NULL: of all leaves.
_FRONTIER = text(
    f"WITH bits(bit) AS (VALUES {_BITS}),"  # noqa: S608  (numbers, made here)
    " tree(leaves) AS (SELECT coalesce(CAST(:size AS BIGINT), (SELECT max(position) + 1 FROM audit_leaf), 0))"
    " SELECT bit, subtree_sha256 FROM tree JOIN bits ON (leaves >> bit) & 1 = 1"
    " LEFT JOIN audit_leaf ON position = ((leaves >> bit) << bit) - 1 ORDER BY bit DESC"
)
_HASHES = select(audit_leaf.c.position, audit_leaf.c.leaf_sha256, audit_leaf.c.subtree_sha256).where(
    audit_leaf.c.position.in_(bindparam("positions", expanding=True))
)
_ONE = select(audit_leaf.c.leaf).where(audit_leaf.c.position == bindparam("position"))
_LEAVES = select(audit_leaf.c.leaf).order_by(audit_leaf.c.position)
_BETWEEN = select(audit_leaf.c.leaf).where(
    audit_leaf.c.position >= bindparam("start"), audit_leaf.c.position < bindparam("end")
)

Frontier = list[tuple[int, bytes]]


@dataclass(frozen=True)
class Leaf:
    """One just written. `path` proves it in the tree that ends with it: the whole subtrees before, smallest first."""

    position: int
    content: bytes
    path: tuple[bytes, ...]


class AuditLog:
    """The one writer of leaves. The store's write lock keeps two transactions from growing the tree at once."""

    def __init__(self, connection: Connection, history: History, *, writable: bool) -> None:
        self._connection, self._history, self._writable = connection, history, writable
        self._frontier: Frontier | None = None
        self._newest: Leaf | None = None

    def append(
        self,
        tag: AuditTag,
        *,
        recorded_at: datetime,
        actor: str | None,
        mission: str | None,
        subject: str,
        facts: Mapping[str, Any],
    ) -> int:
        """Adds a leaf about the rows written since the last one. Returns its position, counted from 0."""
        leaf = canonical(
            {
                "tag": tag,
                "at": format_instant(recorded_at),
                "actor": actor,
                "mission": mission,
                "subject": subject,
                "facts": dict(facts),
                "rows": self._history.hand_to_leaf(),
            }
        )
        frontier = self._grown()
        position, digest = _size(frontier), leaf_hash(leaf)
        self._newest = Leaf(position, leaf, tuple(part for _, part in reversed(frontier)))
        grow(frontier, digest)
        row = {"position": position, "leaf": leaf, "leaf_sha256": digest}
        self._connection.execute(audit_leaf.insert(), row | {"subtree_sha256": frontier[-1][1]})
        return position

    def size(self) -> int:
        """How many leaves there are."""
        if self._frontier is not None:
            return _size(self._frontier)
        last = self._connection.execute(_COUNT).scalar()
        return 0 if last is None else int(last) + 1

    @property
    def next_position(self) -> int:
        """Where the next leaf will stand, if it is written in this transaction."""
        return _size(self._grown())

    def leaf(self, position: int) -> bytes | None:
        """The canonical bytes of one leaf."""
        if self._newest and self._newest.position == position:
            return self._newest.content
        row = self._connection.execute(_ONE, {"position": position}).first()
        return bytes(row.leaf) if row else None

    def position_of(self, row: str) -> int | None:
        """Where the leaf stands that speaks of a row, such as `acknowledgement/7`. Reads every leaf up to it."""
        key = canonical(row) + b":"
        return next((position for position, leaf in enumerate(self.leaves()) if key in leaf), None)

    def path(self, position: int, size: int) -> tuple[bytes, ...]:
        """The inclusion proof (RFC 6962) of a leaf in the tree of `size` leaves, from at most log2(size)² / 2 rows."""
        if self._newest and (self._newest.position, self._newest.position + 1) == (position, size):
            return self._newest.path
        parts = [subtrees(start, end) for start, end in path_ranges(position, size)]
        asked = {"positions": sorted({end for part in parts for end, _ in part})}
        stored = {row.position: row for row in self._connection.execute(_HASHES, asked)}

        def digest(end: int, *, alone: bool) -> bytes:
            return bytes(stored[end].leaf_sha256 if alone else stored[end].subtree_sha256)

        return tuple(frontier_root([(0, digest(end, alone=alone)) for end, alone in part]) for part in parts)

    def head(self) -> Checkpoint:
        """The head of the tree as it stands."""
        frontier = self._grown()
        return Checkpoint(size=_size(frontier), root_sha256=frontier_root(frontier).hex())

    def checkpoint(self) -> Checkpoint:
        """The head of the tree. While writing it is also kept, so that an edition can rest on it."""
        head = self.head()
        if self._writable:
            self._keep(head)
        return head

    def at(self, size: int) -> Checkpoint:
        """The head that the tree had when it was of this size, at most the present one; by the hashes stored."""
        return Checkpoint(size=size, root_sha256=frontier_root(self._read_frontier(size)).hex())

    def leaves(self) -> Iterator[bytes]:
        """The canonical bytes of every leaf, oldest first."""
        for row in self._connection.execute(_LEAVES):
            yield row.leaf

    def speaks_only_of(self, tables: frozenset[str], start: int, end: int) -> bool:
        """Whether each leaf from position `start` on, before `end`, is about rows of these tables and about no other.

        One that is about no row says nothing of what it changed.
        """
        leaves = self._connection.execute(_BETWEEN, {"start": start, "end": end}).scalars()
        about = [json.loads(leaf)["rows"] for leaf in leaves]
        return len(about) == end - start and all(
            rows and tables.issuperset(name.partition("/")[0] for name in rows) for rows in about
        )

    def verify(self, against: Checkpoint | None = None) -> tuple[str, ...]:
        """What does not fit, as sentences; empty when all does. Only an older checkpoint shows a tail cut whole."""
        return tuple(problems(self._connection, against))

    def _keep(self, head: Checkpoint) -> None:
        kept = select(audit_checkpoint.c.size).where(audit_checkpoint.c.size == head.size)
        if self._connection.execute(kept).first() is None:
            self._connection.execute(audit_checkpoint.insert(), {"size": head.size, "root_sha256": head.root_sha256})

    def _grown(self) -> Frontier:
        """The whole subtrees that make up the tree, largest first, read from at most log2(size) rows."""
        if self._frontier is None:
            self._frontier = self._read_frontier(None)
        return self._frontier

    def _read_frontier(self, size: int | None) -> Frontier:
        return [(1 << bit, bytes(digest)) for bit, digest in self._connection.execute(_FRONTIER, {"size": size})]


def _size(frontier: Frontier) -> int:
    return sum(size for size, _ in frontier)
