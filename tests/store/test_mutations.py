"""Whatever is changed in a store past the program is found by who holds one older checkpoint."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine, event, select

from geo_offlimits.store import Transaction, tables
from geo_offlimits.store.audit import AuditLog
from geo_offlimits.store.backends import driver_of
from geo_offlimits.store.history import row_digest
from tests.mutations import KINDS, Mutation, grown_tables, mutations

# Of these the store alone knows nothing: all of it still fits.
ONLY_BY_A_CHECKPOINT = {"cut", "rewrite"}


class Bench:
    """A store that was lived in, as its owner's other program opens it; after each look it is as before."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url, poolclass=NullPool)
        event.listen(self.engine, "connect", lambda driver, _record: setattr(driver, "isolation_level", None))
        event.listen(self.engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        self.connection = self.engine.connect()
        with self.changed(None):
            self.held = self.audit.checkpoint()

    @property
    def audit(self) -> AuditLog:
        return Transaction(self.connection, writable=False).audit

    @contextmanager
    def changed(self, mutation: Mutation | None) -> Iterator[str]:
        """Gives what was done, and takes it back at the end."""
        with self.connection.begin() as transaction:
            yield mutation.apply(driver_of(self.connection), self.digest) if mutation else "nothing"
            transaction.rollback()

    def digest(self, table: str, key: int) -> str:
        noun = tables.metadata.tables[table]
        return row_digest(noun, dict(self.connection.execute(select(noun).where(noun.c.id == key)).mappings().one()))


@pytest.fixture(scope="module")
def bench(new_island: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("mutations")
    new_island("sqlite", folder).lived_in().store.close()
    made = Bench(f"sqlite:///{folder / 'register.db'}")
    yield made
    made.connection.close()


@pytest.mark.parametrize(
    ("seed", "count"), [pytest.param(7, 36, id="quick"), pytest.param(2026, 5000, id="deep", marks=pytest.mark.deep)]
)
def test_every_mutation_is_found_by_who_holds_a_checkpoint(bench: Bench, seed: int, count: int) -> None:
    for mutation in mutations(seed, count):
        with bench.changed(mutation) as said:
            assert bench.audit.verify(bench.held), (mutation, said)
            if mutation.kind in ONLY_BY_A_CHECKPOINT:  # control: it takes the checkpoint
                assert bench.audit.verify() == (), (mutation, said)
    with bench.changed(None):  # control: it takes a mutation, and nothing of them stayed
        assert bench.audit.verify(bench.held) == ()


def test_mutations_touch_every_table_that_only_grows(bench: Bench) -> None:
    with bench.connection.begin():
        driver: sqlite3.Connection = driver_of(bench.connection)
        assert set(grown_tables(driver)) == {table.name for table in tables.APPEND_ONLY}
        assert all(driver.execute(f"SELECT 1 FROM {name}").fetchone() for name in grown_tables(driver))  # noqa: S608


def test_the_same_seed_draws_the_same_and_another_another(bench: Bench) -> None:
    drawn: dict[int, list[str]] = {1: [], 2: []}
    for seed in (1, 1, 2):
        for mutation in mutations(seed, 12):
            with bench.changed(mutation) as said:
                drawn[seed].append(said)
    assert drawn[1][:12] == drawn[1][12:] != drawn[2]
    assert {said.split(":")[0] for said in drawn[2]} == set(KINDS)
