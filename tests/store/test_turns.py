"""Writers of one process take turns, and whoever waits for another process begins as soon as that one has ended."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest

from geo_offlimits.errors import StoreError
from geo_offlimits.store import Store, backends

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
