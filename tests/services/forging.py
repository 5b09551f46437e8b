"""What somebody who owns the store can do to what people said, in a transaction that is taken back at the end.

1. They know every table, may take every guard down, and know how the hashes of the audit tree are made.
2. They do not hold the edition that was published since, nor receipts that people have: those are out of the house.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DatabaseError

from geo_offlimits.domain.audit import AuditTag, leaf_hash
from geo_offlimits.errors import OfflimitsError
from geo_offlimits.services.act import Act
from geo_offlimits.store import Transaction
from geo_offlimits.store.backends import engines, parsed
from geo_offlimits.store.distribution_tables import acknowledgement
from geo_offlimits.store.history import row_digest
from geo_offlimits.store.plain import canonical
from geo_offlimits.store.tables import audit_checkpoint, audit_leaf
from tests.mutations import _root as root
from tests.services.conftest import World

TABLES = ("acknowledgement", "audit_leaf", "audit_checkpoint")
WORDS = acknowledgement.c


@dataclass
class Forger:
    """`touched`: rows that were written; those of before are told by their leaves still."""

    connection: Connection
    touched: set[int] = field(default_factory=set)

    def word(self, person: str, number: int = 1) -> dict[str, Any]:
        asked = select(acknowledgement).where(WORDS.person_id == person, WORDS.edition_number == number)
        return dict(self.connection.execute(asked.order_by(WORDS.id.desc())).mappings().first() or {})

    def rewrite(self, person: str, number: int = 1, **changed: Any) -> None:
        row_id = self.word(person, number)["id"]
        self.connection.execute(acknowledgement.update().where(WORDS.id == row_id), changed)
        self.touched.add(row_id)

    def add(self, **changed: Any) -> None:
        """A row like that of 108 about edition 1, but for what is said of it."""
        row = self.word("p_108") | {"supersedes_id": None} | changed
        del row["id"]
        given = self.connection.execute(acknowledgement.insert(), row).inserted_primary_key
        self.touched.add(int(given[0]) if given else 0)

    def remove(self, person: str, number: int = 1) -> None:
        self.connection.execute(acknowledgement.delete().where(WORDS.id == self.word(person, number)["id"]))

    def take_guards_down(self) -> None:
        if self.connection.dialect.name == "sqlite":
            self.connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for table in TABLES:
            if self.connection.dialect.name == "postgresql":
                self.connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
                continue
            guards = text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :name")
            for name in self.connection.execute(guards, {"name": table}).scalars().all():
                self.connection.exec_driver_sql(f'DROP TRIGGER "{name}"')

    # ---- who also knows the tree -------------------------------------------------------------------------------------

    def tell_leaves(self) -> None:
        """The leaves of the rows that were touched speak of them as they are now; only no hash knows of it."""
        for row_id in sorted(self.touched):
            row = dict(self.connection.execute(select(acknowledgement).where(WORDS.id == row_id)).mappings().one())
            leaf = self._leaf(row["leaf"])
            name = f"acknowledgement/{row_id}"
            if name not in leaf["rows"]:
                leaf |= {"rows": {}}
            leaf["rows"] |= {name: row_digest(acknowledgement, row)}
            leaf |= {"subject": row["person_id"], "actor": row["entered_by"], "at": _second(row["recorded_at"])}
            leaf["tag"] = AuditTag.ACKNOWLEDGED if row["state"] == "acknowledged" else AuditTag.ACKNOWLEDGEMENT_REFUSED
            leaf["facts"] |= {
                "edition": row["edition_number"],
                "sha256": row["edition_sha256"],
                "channel": row["channel"],
                "strength": row["strength"],
            }
            self._put(row["leaf"], leaf)

    def append_leaf(self, **changed: Any) -> None:
        """A word of its own with a leaf of its own at the end of the tree, every hash right: as the program writes."""
        end = self._size()
        model = self.word("p_108")["leaf"]
        self._put(end, self._leaf(model))
        self.add(leaf=end, **changed)
        self.tell_leaves()
        self.compute_tree()

    def compute_tree(self) -> None:
        """Every hash and every checkpoint anew, so that all fits."""
        hashes = list[bytes]()
        rows = self.connection.execute(select(audit_leaf.c.leaf).order_by(audit_leaf.c.position)).scalars().all()
        for position, leaf in enumerate(map(bytes, rows)):
            hashes.append(leaf_hash(leaf))
            whole = len(hashes) & -len(hashes)
            put = {"leaf_sha256": hashes[-1], "subtree_sha256": root(hashes[-whole:])}
            self.connection.execute(audit_leaf.update().where(audit_leaf.c.position == position), put)
        for size in self.connection.execute(select(audit_checkpoint.c.size)).scalars().all():
            put_root = {"root_sha256": root(hashes[:size]).hex()}
            self.connection.execute(audit_checkpoint.update().where(audit_checkpoint.c.size == size), put_root)

    def _size(self) -> int:
        return len(self.connection.execute(select(audit_leaf.c.position)).all())

    def _leaf(self, position: int) -> Any:
        asked = select(audit_leaf.c.leaf).where(audit_leaf.c.position == position)
        return json.loads(bytes(self.connection.execute(asked).scalar_one()))

    def _put(self, position: int, leaf: Any) -> None:
        content = canonical(leaf)
        row = {"leaf": content, "leaf_sha256": leaf_hash(content), "subtree_sha256": hashlib.sha256(b"").digest()}
        self.connection.execute(audit_leaf.delete().where(audit_leaf.c.position == position))
        self.connection.execute(audit_leaf.insert(), row | {"position": position})


def _second(moment: Any) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


Forgery = Callable[[Forger], None]


@contextmanager
def forging(world: World) -> Iterator[Forger]:
    """Nothing that is tried stays."""
    settings = world.wiring.settings
    pair = engines(parsed(settings.owner_store or settings.store))
    try:
        with pair.writer.connect() as connection:
            attempt = connection.begin()
            yield Forger(connection)
            attempt.rollback()
    finally:
        pair.dispose()


def lands(forger: Forger, forgery: Forgery) -> bool:
    """Whether the store takes it."""
    attempt = forger.connection.begin_nested()
    try:
        forgery(forger)
    except (DatabaseError, OfflimitsError):
        attempt.rollback()
        forger.touched.clear()
        return False
    attempt.commit()
    return True


def reading(world: World, forger: Forger, number: str | None) -> Act:
    """An act of the program on the store as the forger left it; one that writes is taken back with the rest."""
    tx, wiring = Transaction(forger.connection, writable=True), world.wiring
    actor = world.actor(number) if number else None
    return Act(tx, actor, world.clock.now, wiring.keyring, wiring.settings, wiring.passphrases)
