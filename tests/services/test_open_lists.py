"""A server opens the lists that are asked first before anybody asks."""

import pytest

from geo_offlimits.services import editions
from geo_offlimits.services.shelf import DamagedEditionError, Shelf, open_current
from geo_offlimits.store.editions import Editions, StoredEdition
from tests.services.conftest import MISSION, World


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The editions whose bytes were read."""
    read: list[int] = []
    get = Editions.get

    def noted(self: Editions, mission: str, number: int) -> StoredEdition | None:
        read.append(number)
        return get(self, mission, number)

    monkeypatch.setattr(Editions, "get", noted)
    return read


def test_what_is_open_is_not_read_again_for_the_first_look_up(world: World, asked: list[int]) -> None:
    shelf = Shelf()
    with world.wiring.reading() as act:
        open_current(act, shelf)  # nothing is published yet, and nothing is wrong with that
    assert len(shelf) == 0
    world.listed()
    for _ in range(2):
        world.published(renew=True)
    asked.clear()
    with world.wiring.reading() as act:
        open_current(act, shelf)
    assert (len(shelf), asked) == (1, [2])
    with world.reading("109") as act:
        assert editions.read(act, shelf, MISSION).edition.number == 2
    assert asked == [2]


def test_a_damaged_list_stays_shut_and_whoever_asks_is_told(world: World) -> None:
    shelf = Shelf()
    world.listed()
    world.published()
    world.tamper(lambda row: row | {"content": row["content"] + b" "}, number=1)
    with world.wiring.reading() as act:
        open_current(act, shelf)
    assert len(shelf) == 0
    with pytest.raises(DamagedEditionError), world.reading("109") as act:
        editions.read(act, shelf, MISSION)
