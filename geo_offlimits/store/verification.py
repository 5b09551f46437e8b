"""Recomputes the whole audit tree and holds every history row against the leaf that was written with it.

Nothing stored is trusted: leaf hashes, subtree hashes, checkpoints and row digests are computed anew. What this cannot
see alone is a tail cut whole (the last leaves together with their rows): that takes a checkpoint kept elsewhere, and
every edition carries one.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection, Table, select

from geo_offlimits.domain.audit import frontier_root, grow, leaf_hash
from geo_offlimits.domain.edition import Checkpoint
from geo_offlimits.store import tables
from geo_offlimits.store.guards import missing_guards
from geo_offlimits.store.history import row_digest
from geo_offlimits.store.plain import canonical


@dataclass
class _Tree:
    """What the leaves say, computed from their bytes alone."""

    roots: list[str] = field(default_factory=lambda: [frontier_root([]).hex()])  # by size
    digests: dict[str, str] = field(default_factory=dict)  # "table/id" -> digest
    problems: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        return len(self.roots) - 1


def problems(connection: Connection, against: Checkpoint | None) -> Iterator[str]:
    tree = _grown(connection)
    yield from tree.problems
    if against:
        yield from _against(tree, against)
    yield from _checkpoints(connection, tree)
    yield from _rows(connection, tree)
    yield from _editions(connection)
    yield from missing_guards(connection)


def _grown(connection: Connection) -> _Tree:
    tree, frontier = _Tree(), list[tuple[int, bytes]]()
    for row in connection.execute(select(tables.audit_leaf).order_by(tables.audit_leaf.c.position)):
        if row.position != tree.size:
            tree.problems.append(f"Leaf {tree.size} is missing: the next one stored is leaf {row.position}.")
        digest = leaf_hash(row.leaf)
        grow(frontier, digest)
        tree.roots.append(frontier_root(frontier).hex())
        if (digest, frontier[-1][1]) != (row.leaf_sha256, row.subtree_sha256):
            tree.problems.append(f"Leaf {row.position} does not fit the hashes stored with it: it was changed.")
        _take_digests(tree, row.position, row.leaf)
    return tree


def _take_digests(tree: _Tree, position: int, leaf: bytes) -> None:
    try:
        said = json.loads(leaf)
        if canonical(said) != leaf:
            tree.problems.append(f"Leaf {position} is not in canonical form.")
        rows = dict(said["rows"])
    except (ValueError, KeyError, TypeError):
        tree.problems.append(f"Leaf {position} cannot be read.")
        return
    for key, digest in rows.items():
        if tree.digests.setdefault(key, digest) != digest:
            tree.problems.append(f"Leaf {position} speaks of {key}, which an earlier leaf has already.")


def _against(tree: _Tree, held: Checkpoint) -> Iterator[str]:
    if held.size > tree.size:
        yield (
            f"The checkpoint you hold counts {held.size} leaves, this store only {tree.size}: "
            "its end was cut, or an older backup was restored."
        )
    elif tree.roots[held.size] != held.root_sha256:
        yield f"The first {held.size} leaves do not give the root you hold: what was before it was rewritten."


def _checkpoints(connection: Connection, tree: _Tree) -> Iterator[str]:
    for row in connection.execute(select(tables.audit_checkpoint).order_by(tables.audit_checkpoint.c.size)):
        if row.size > tree.size:
            yield f"The stored checkpoint of {row.size} leaves is beyond the {tree.size} stored: the end was cut."
        elif tree.roots[row.size] != row.root_sha256:
            yield f"The stored checkpoint of {row.size} leaves does not fit the leaves: history was rewritten."


def _rows(connection: Connection, tree: _Tree) -> Iterator[str]:
    found: set[str] = set()
    for table in tables.AUDITED:
        for row_id, digest in _digests(connection, table):
            key = f"{table.name}/{row_id}"
            found.add(key)
            yield from _row(tree, key, digest)
    for key in sorted(tree.digests.keys() - found):
        yield f"{key} is gone: its leaf is there, the row is not."


def _digests(connection: Connection, table: Table) -> list[tuple[int, str | None]]:
    """Each row's id and digest; None for a row that cannot even be read."""
    rows = select(table).order_by(table.c.id)
    try:
        return [(row["id"], row_digest(table, dict(row))) for row in connection.execute(rows).mappings()]
    except Exception:  # noqa: BLE001  (whatever a broken cell raises, the row that holds it must be named)
        ids = connection.execute(select(table.c.id).order_by(table.c.id)).scalars().all()
        return [(row_id, _digest(connection, table, row_id)) for row_id in ids]


def _digest(connection: Connection, table: Table, row_id: int) -> str | None:
    try:
        row = connection.execute(select(table).where(table.c.id == row_id)).mappings().one()
        return row_digest(table, dict(row))
    except Exception:  # noqa: BLE001  (see above)
        return None


def _row(tree: _Tree, key: str, digest: str | None) -> Iterable[str]:
    if key not in tree.digests:
        yield f"{key} has no leaf: it was put in past the program."
    elif tree.digests[key] != digest:
        yield f"{key} does not fit its leaf: it was changed after it was written."


def _editions(connection: Connection) -> Iterator[str]:
    """The chain of each mission's editions, from their bytes."""
    edition = tables.edition.c
    chain = select(edition.mission, edition.number, edition.sha256, edition.previous_sha256, edition.content)
    before: dict[str, tuple[int, str]] = {}
    for row in connection.execute(chain.order_by(edition.mission, edition.number)):
        name = f"Edition {row.number} of {row.mission}"
        number, sha256 = before.get(row.mission, (0, None))
        if hashlib.sha256(row.content).hexdigest() != row.sha256:
            yield f"{name} does not have the hash that is stored with it."
        if row.number != number + 1 or row.previous_sha256 != sha256:
            yield f"{name} does not follow edition {number}."
        before[row.mission] = (row.number, row.sha256)
