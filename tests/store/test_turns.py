"""Writers of one process take turns, and whoever waits for another process begins as soon as that one has ended."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest

from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.errors import StoreError
from geo_offlimits.store import Store, Transaction, backends
from tests.postgresql import Cluster
from tests.store.island import START

Island = Any


def test_threads_of_one_process_write_in_turn_and_each_gets_its_own(either_island: Island) -> None:
    island = either_island.peopled()
    before = leaves(island)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(island.act, range(40)))
    assert leaves(island) == before + 40
    with island.store.reading() as tx:
        assert tx.audit.verify() == ()


def leaves(island: Island) -> int:
    with island.store.reading() as tx:
        return int(tx.audit.size())


def test_whoever_waited_for_a_writer_writes_at_once_when_that_one_has_ended(
    island: Island, monkeypatch: pytest.MonkeyPatch
) -> None:
    island.peopled()
    other = Store.open(f"sqlite:///{island.store.shown}")
    steps: list[float] = []

    def passing(step_s: float) -> None:
        """Looks again and again; the writer ends while it waits."""
        steps.append(step_s)
        if len(steps) == 300:
            writer.close()

    monkeypatch.setattr(backends, "sleep", passing)
    writer = ExitStack()
    writer.enter_context(island.store.writing())
    with other.writing() as tx:
        assert tx.people.by_id("officer")
    assert len(steps) == 300
    assert max(steps) < 0.002
    other.close()


def test_a_turn_that_never_comes_is_said_like_a_busy_store(island: Island, monkeypatch: pytest.MonkeyPatch) -> None:
    island.peopled()
    monkeypatch.setitem(backends._PRAGMAS, "busy_timeout", 1)
    with island.store.writing(), ThreadPoolExecutor(1) as another, pytest.raises(StoreError, match="was busy"):
        another.submit(island.act, 2).result()
    island.act(3)  # and the next turn is free


def test_a_forked_child_does_not_wait_for_a_writer_of_its_parent(island: Island) -> None:
    engines = island.peopled().store._engines
    with island.store.writing():
        engines.forget()  # what a child does when it is forked
        assert not engines._turn.locked()


def test_a_connection_that_died_at_rest_is_replaced_before_anybody_notices(
    cluster: Cluster, empty_database: str
) -> None:
    store = Store.open(cluster.url(empty_database))
    for opened in (store.reading, store.writing):
        with opened() as tx:
            first = backend(tx)
        kill(cluster, first)
        with opened() as tx:
            assert backend(tx) != first
            assert tx.audit.verify() == ()
    store.close()


def test_a_database_that_stays_away_is_said(cluster: Cluster) -> None:
    database = cluster.new()
    store = Store.create(cluster.url(database))
    with store.reading() as tx:
        assert tx.people.nobody()
    cluster.drop(database)
    for opened in (store.reading, store.writing):
        with pytest.raises(StoreError, match="does not answer"), opened():
            raise AssertionError("there is no database any more")
    store.close()


def test_a_reading_on_postgresql_is_one_snapshot_that_cannot_be_written_to(
    cluster: Cluster, empty_database: str
) -> None:
    store = Store.open(cluster.url(empty_database))
    with store.reading() as tx:
        before = tx.audit.size()
        with store.writing() as other:
            other.audit.append(AuditTag.REFUSED, recorded_at=START, actor=None, mission=None, subject="act", facts={})
        assert tx.audit.size() == before
        with pytest.raises(StoreError, match="cannot be written to"):
            tx.connection.exec_driver_sql("DELETE FROM session")
    with store.reading() as tx:
        assert tx.audit.size() == before + 1
    store.close()


def backend(tx: Transaction) -> int:
    """The process of the database that serves this connection."""
    return int(tx.connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())


def kill(cluster: Cluster, process: int) -> None:
    cluster._tell(f"SELECT pg_terminate_backend({process}, 5000)")
