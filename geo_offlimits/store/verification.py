"""Recomputes the whole audit tree and holds every history row against the leaf that was written with it.

Nothing stored is trusted: leaf hashes, subtree hashes, checkpoints and row digests are computed anew. What this cannot
see alone is a tail cut whole (the last leaves together with their rows): that takes a checkpoint kept elsewhere, and
every edition carries one.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Label, Row, RowMapping, Select, Table, select, type_coerce
from sqlalchemy.types import NullType

from geo_offlimits.domain.audit import AuditTag, frontier_root, grow, leaf_hash
from geo_offlimits.domain.designation import KEEPING, OTHER_PERSON, SIGNATURES, TRANSITIONS, State, StepKind
from geo_offlimits.domain.edition import Checkpoint
from geo_offlimits.domain.erasure import ErasureState
from geo_offlimits.domain.origins import OriginStanding
from geo_offlimits.domain.partners import PartnerState
from geo_offlimits.errors import StoreError
from geo_offlimits.store import tables
from geo_offlimits.store.erasures import erased_values
from geo_offlimits.store.guards import missing_guards, missing_tables
from geo_offlimits.store.history import row_digest
from geo_offlimits.store.partner_tables import partner_edition, partner_settlement
from geo_offlimits.store.plain import canonical


@dataclass
class _Tree:
    """What the leaves say, computed from their bytes alone."""

    roots: list[str] = field(default_factory=lambda: [frontier_root([]).hex()])  # by size
    digests: dict[str, str] = field(default_factory=dict)  # "table/id" -> digest
    erased: dict[str, tuple[str, str]] = field(default_factory=dict)  # "table/id" -> digest since, person
    problems: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        return len(self.roots) - 1


def problems(connection: Connection, against: Checkpoint | None) -> Iterator[str]:
    missing = tuple(missing_tables(connection))
    if missing:
        yield from missing
        return
    tree = _grown(connection)
    yield from tree.problems
    if against:
        yield from _against(tree, against)
    yield from _checkpoints(connection, tree)
    yield from _rows(connection, tree)
    yield from _readable("erasures", _erasures(connection, tree))
    yield from _readable("editions", _editions(connection))
    yield from _readable("steps", _steps(connection))
    yield from _readable("lists of partners", _partners(connection))
    yield from missing_guards(connection)


def _readable(what: str, told: Iterator[str]) -> Iterator[str]:
    """Whatever a broken cell raises, the rest must still be told."""
    try:
        yield from told
    except StoreError:
        raise
    except Exception:  # noqa: BLE001  (see above)
        yield f"The {what} cannot be read as a whole: a cell of them was changed."


def _grown(connection: Connection) -> _Tree:
    tree, frontier = _Tree(), list[tuple[int, bytes]]()
    for position, stored, *hashes in connection.execute(_as_stored(tables.audit_leaf)):
        if position != tree.size:
            tree.problems.append(f"Leaf {tree.size} is missing: the next one stored is leaf {position}.")
        leaf = stored if isinstance(stored, bytes) else b""
        digest = leaf_hash(leaf)
        grow(frontier, digest)
        tree.roots.append(frontier_root(frontier).hex())
        if [digest, frontier[-1][1]] != hashes:
            tree.problems.append(f"Leaf {position} does not fit the hashes stored with it: it was changed.")
        _take_digests(tree, position, leaf)
    return tree


def _as_stored(table: Table) -> Select[Any]:
    """The cells of its rows as they lie there, whatever their columns' types would make of them."""
    cells: list[Label[Any]] = [
        type_coerce(column, NullType()).label(f"stored_{column.name}") for column in table.columns
    ]
    return select(*cells).order_by(*table.primary_key)


def _take_digests(tree: _Tree, position: int, leaf: bytes) -> None:
    try:
        said = json.loads(leaf)
        if canonical(said) != leaf:
            tree.problems.append(f"Leaf {position} is not in canonical form.")
        rows = dict(said["rows"])
        if said["tag"] == AuditTag.PERSON_ERASED:
            tree.erased |= {key: (digest, said["subject"]) for key, digest in dict(said["facts"]["erased"]).items()}
    except (ValueError, KeyError, TypeError):
        tree.problems.append(f"Leaf {position} cannot be read.")
        return
    for key, digest in rows.items():
        if key in tree.digests:
            tree.problems.append(f"Leaf {position} speaks of {key}, which an earlier leaf has already.")
        tree.digests.setdefault(key, digest)


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
        if not 0 <= row.size <= tree.size:
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
    """Each row's id and digest; None for a row that cannot even be read, or was not written by this program."""
    spelling = _spelling(connection, table)
    stored = connection.execute(_as_stored(table)).all()
    try:
        rows = connection.execute(select(table).order_by(table.c.id)).all()
        return [(row.id, _digest_of(table, row, cells, spelling)) for row, cells in zip(rows, stored, strict=True)]
    except Exception:  # noqa: BLE001  (whatever a broken cell raises, the row that holds it must be named)
        return [(cells.stored_id, _digest(connection, table, cells)) for cells in stored]


def _digest(connection: Connection, table: Table, cells: Row[Any]) -> str | None:
    try:
        row = connection.execute(select(table).where(table.c.id == cells.stored_id)).one()
        return _digest_of(table, row, cells, _spelling(connection, table))
    except Exception:  # noqa: BLE001  (see above)
        return None


Spelling = list[Callable[[Any], Any] | None]


def _spelling(connection: Connection, table: Table) -> Spelling:
    """How the cells of a row are written. PostgreSQL has one form for each value, SQLite as many as one likes."""
    dialect = connection.dialect
    if dialect.name != "sqlite":
        return []
    return [column.type.dialect_impl(dialect).bind_processor(dialect) for column in table.columns]


def _digest_of(table: Table, row: Row[Any], cells: Row[Any], spelling: Spelling) -> str | None:
    """None where a cell reads as it should and is spelled in another way: it would sort at another place."""
    written = (spell(value) if spell else value for spell, value in zip(spelling, row, strict=False))
    if any(cell != found for cell, found in zip(written, cells, strict=False)):
        return None
    return row_digest(table, dict(zip(table.columns.keys(), row, strict=True)))


def _row(tree: _Tree, key: str, digest: str | None) -> Iterable[str]:
    if key not in tree.digests:
        yield f"{key} has no leaf: it was put in past the program."
    elif (tree.erased[key][0] if key in tree.erased else tree.digests[key]) != digest:
        yield f"{key} does not fit its leaf: it was changed after it was written."


def _erasures(connection: Connection, tree: _Tree) -> Iterator[str]:
    """A leaf may give a row another digest for one reason alone, and then the row tells of nobody any more."""
    agreed = select(tables.erasure.c.person_id).where(tables.erasure.c.state == ErasureState.AGREED.value)
    persons = set(connection.execute(agreed).scalars())
    for key, (_, person_id) in tree.erased.items():
        name, _, row_id = key.partition("/")
        table = tables.metadata.tables[name]
        told = table.c.person_id == person_id
        row = connection.execute(select(table).where(table.c.id == int(row_id), told)).mappings().first()
        is_erased = row is not None and dict(row) == dict(row) | erased_values(table, person_id)
        if person_id not in persons or not is_erased:
            yield f"{key} is said to be erased, and nobody agreed to that, or it still tells who it is about."


def _editions(connection: Connection) -> Iterator[str]:
    """The chain of each mission's editions, from their bytes, and the checkpoints that they rest on."""
    edition, checkpoint = tables.edition.c, tables.audit_checkpoint.c
    chain = select(edition.mission, edition.number, edition.sha256, edition.previous_sha256, edition.content)
    rested = chain.add_columns(checkpoint.size).outerjoin(
        tables.audit_checkpoint, checkpoint.size == edition.checkpoint_size
    )
    before: dict[str, tuple[int, str]] = {}
    for row in connection.execute(rested.order_by(edition.mission, edition.number)):
        name = f"Edition {row.number} of {row.mission}"
        number, sha256 = before.get(row.mission, (0, None))
        if hashlib.sha256(row.content).hexdigest() != row.sha256:
            yield f"{name} does not have the hash that is stored with it."
        if row.number != number + 1 or row.previous_sha256 != sha256:
            yield f"{name} does not follow edition {number}."
        if row.size is None:
            yield f"The checkpoint that {name[0].lower()}{name[1:]} rests on is gone."
        before[row.mission] = (row.number, row.sha256)


def _steps(connection: Connection) -> Iterator[str]:
    """Each designation's steps, taken once more by the domain's rules: who forged one may have forged a leaf."""
    step = tables.step.c
    rows = connection.execute(select(tables.step).order_by(step.designation_id, step.id))
    for designation_id, taken in groupby(rows, key=lambda row: row.designation_id):
        before = list[Row[Any]]()
        for row in taken:
            if fault := _wrong(row, before):
                yield f"Step {row.id} of {designation_id} {fault}."
            before.append(row)


def _partners(connection: Connection) -> Iterator[str]:
    """What was said of partners' lists, reckoned once more, and the hashes of the signed ones, from their bytes."""
    listed, said = partner_edition.c, partner_settlement.c
    is_signed = listed.standing == OriginStanding.SIGNED.value
    signed = select(listed.edition_id, listed.sha256, listed.content).where(is_signed)
    for row in connection.execute(signed.order_by(listed.id)):
        if hashlib.sha256(row.content).hexdigest() != row.sha256:
            yield f"The partner's list {row.edition_id} does not have the hash that is stored with it."
    told = select(said.edition_id, said.state, said.person_id, listed.standing, listed.person_id.label("entered_by"))
    beside = partner_settlement.outerjoin(partner_edition, listed.edition_id == said.edition_id)
    settled = set[str]()
    for one in connection.execute(told.select_from(beside).order_by(said.id)).mappings():
        if fault := _wrongly_settled(one, settled):
            yield f"What was said of the partner's list {one['edition_id']} {fault}."
        settled.add(one["edition_id"])


def _wrongly_settled(row: RowMapping, before: set[str]) -> str | None:
    if row["standing"] != OriginStanding.TRANSCRIBED.value:
        return "is said of none that was transcribed"
    if row["state"] not in (PartnerState.CONFIRMED, PartnerState.REFUSED):
        return "neither confirms nor refuses it"
    if row["state"] == PartnerState.CONFIRMED and row["person_id"] == row["entered_by"]:
        return "was signed by the person who entered it"
    return "was said once more" if row["edition_id"] in before else None


def _wrong(row: Row[Any], before: Sequence[Row[Any]]) -> str | None:
    standing = State(before[-1].state) if before else None
    if TRANSITIONS.get((standing, StepKind(row.kind))) != row.state:
        return "does not follow from where the designation stood"
    earlier = [one.person_id for one in before if one.kind in OTHER_PERSON.get(StepKind(row.kind), ())]
    signed = {one.person_id for one in before if one.kind in SIGNATURES}
    if earlier[-1:] == [row.person_id] or (row.kind in KEEPING and signed == {row.person_id}):
        return "was signed by the person whose step it decides"
    return None
