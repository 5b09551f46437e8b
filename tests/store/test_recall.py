"""What a process remembers between two readings is what the history says, whatever was recorded in between."""

from datetime import datetime
from typing import Any

import pytest

from geo_offlimits.store import Transaction
from geo_offlimits.store.recall import Recall
from geo_offlimits.store.transaction import _LOOKED_THROUGH

Island = Any


class Reader:
    """Asks the store for the name of the officer, through what its process remembers, and counts how often it reads."""

    def __init__(self, island: Island) -> None:
        self.island, self.times = island, 0

    def name(self) -> str:
        with self.island.store.reading() as tx:
            return str(tx.recalled("name of the officer", lambda: self._read(tx)))

    def _read(self, tx: Transaction) -> str:
        self.times += 1
        found = tx.people.by_id("officer")
        assert found
        return found.name


def acknowledged(island: Island, edition: Any, person_id: str, day: int, *besides: Any) -> None:
    given = island.acknowledgement(edition, person_id, day)
    island.act(day, lambda tx, _at: tx.acknowledgements.add(given), *besides)


def test_who_acknowledges_makes_nobody_read_anew(either_island: Island) -> None:
    island = either_island.peopled()
    edition = island.publish(1)
    reader = Reader(island)
    assert reader.name() == "Name of officer"
    for person_id in ("officer", "head", "deputy"):
        acknowledged(island, edition, person_id, 2)
        assert reader.name() == "Name of officer"
    assert reader.times == 1


def renamed(island: Island, tx: Transaction, at: datetime) -> None:
    tx.people.replace(island.person("officer", name="Another name"), at)


@pytest.mark.parametrize("day_apart", [True, False], ids=["in a leaf of its own", "in the leaf of an acknowledgement"])
def test_what_was_recorded_among_acknowledgements_is_read_at_once(either_island: Island, *, day_apart: bool) -> None:
    island = either_island.peopled()
    edition = island.publish(1)
    reader = Reader(island)
    assert reader.name() == "Name of officer"
    acknowledged(island, edition, "head", 2)
    if day_apart:
        island.act(2, lambda tx, at: renamed(island, tx, at))
        acknowledged(island, edition, "deputy", 3)
    else:
        acknowledged(island, edition, "deputy", 3, lambda tx, at: renamed(island, tx, at))
    assert reader.name() == "Another name"
    assert reader.times == 2


def test_a_leaf_about_no_row_may_have_changed_anything(island: Island) -> None:
    island.peopled()
    reader = Reader(island)
    reader.name()
    island.act(1)
    reader.name()
    assert reader.times == 2


def test_a_reader_who_has_missed_much_looks_through_no_more_of_it_than_it_is_worth(
    island: Island, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geo_offlimits.store.transaction._LOOKED_THROUGH", 2)
    assert _LOOKED_THROUGH > 2
    island.peopled()
    edition = island.publish(1)
    reader = Reader(island)
    reader.name()
    for person_id in ("officer", "head", "deputy"):
        acknowledged(island, edition, person_id, 2)
    assert reader.name() == "Name of officer"
    assert reader.times == 2


def quiet(*leaves: int) -> Any:
    return lambda start, end: set(range(start, end)) <= set(leaves)


def test_an_older_snapshot_is_told_nothing_that_came_later() -> None:
    recall = Recall()
    assert recall.at(5, quiet(), "key", lambda: "five") == "five"
    assert recall.at(6, quiet(), "key", lambda: "six") == "six"
    assert recall.at(5, quiet(), "key", lambda: "five again") == "five again"
    assert recall.at(6, quiet(), "key", lambda: "six again") == "six again"


def test_facts_hold_for_every_version_between_which_nothing_was_recorded_of_them() -> None:
    recall = Recall()
    assert recall.at(5, quiet(), "key", lambda: "five") == "five"
    assert recall.at(8, quiet(5, 6, 7), "key", lambda: "eight") == "five"
    assert recall.at(6, quiet(), "key", lambda: "six") == "five"
    assert recall.at(9, quiet(5, 6, 7), "key", lambda: "nine") == "nine"


def test_what_is_remembered_stays_bounded() -> None:
    recall = Recall()
    for number in range(10_000):
        recall.at(number // 100, lambda _start, _end: True, number, str)
    *_, facts = recall._known
    assert len(facts) < 5_000
    assert recall.at(100, lambda _start, _end: True, 9_999, lambda: "anew") == ""
