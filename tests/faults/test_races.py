"""Two to eight publishers at once: each number has one winner, and the others are told so in a sentence."""

import itertools
import random
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.nursery import Ended, Nursery
from tests.services.conftest import MISSION, World, backend, template, template_database, world

__all__ = ["backend", "template", "template_database", "world"]

HEADS = ("101", "102")


def raced(nursery: Nursery, world: World, racers: int, start: Path, *, looking: bool = True) -> list[Ended]:
    """All of them look at what would be published, then all of them publish."""
    settings = world.wiring.settings
    now = world.clock.later(minutes=1)
    children = [
        nursery.begin(
            "publish",
            store=settings.store,
            data_dir=settings.data_dir,
            who=HEADS[number % len(HEADS)],
            now=(now + timedelta(seconds=number)).isoformat(),
            ready=start.with_suffix(f".{number}"),
            start=start,
            looking=looking,
        )
        for number in range(racers)
    ]
    while not all(start.with_suffix(f".{number}").exists() for number in range(racers)):
        time.sleep(0.002)
    start.touch()
    return [child.end() for child in children]


def one_winner(ended: list[Ended], number: int) -> Counter[str]:
    """Raises AssertionError unless one has published this number and the others were refused. Returns why."""
    assert [one.err for one in ended if one.err] == []
    won = [one.reported["number"] for one in ended if one.code == 0]
    assert won == [number], [one.reported for one in ended]
    refused = [one.reported for one in ended if one.code == 1]
    assert len(refused) == len(ended) - 1
    assert all(told["sentence"].endswith(".") for told in refused)
    return Counter(told["refusal"] for told in refused)


@pytest.mark.parametrize("races", [pytest.param(4, id="quick"), pytest.param(250, id="deep", marks=pytest.mark.deep)])
def test_of_publishers_at_once_one_wins_and_numbers_have_no_gap(
    nursery: Nursery, world: World, races: int, tmp_path: Path
) -> None:
    world.listed()
    chance, why = random.Random(races), Counter[str]()
    for number in range(1, races + 1):
        why += one_winner(raced(nursery, world, chance.randint(2, 8), tmp_path / str(number)), number)
    with world.wiring.reading() as act:
        headers = act.tx.editions.headers(MISSION)
        assert act.tx.audit.verify() == ()
    assert [header.number for header in headers] == list(range(races, 0, -1))
    assert all(after.previous_sha256 == before.sha256 for after, before in itertools.pairwise(headers))
    sys.stdout.write(f"{races} races, {sum(why.values())} refused: {dict(why)}\n")


@pytest.mark.parametrize("backend", ["sqlite"])
def test_publishers_who_do_not_say_what_they_looked_at_would_be_found_out(
    nursery: Nursery, world: World, tmp_path: Path
) -> None:
    """The control: then each of them publishes what it finds, unless one whose clock is ahead was the first."""
    world.listed()
    rounds = (raced(nursery, world, 3, tmp_path / str(number), looking=False) for number in range(30))
    assert any(sum(one.code == 0 for one in ended) > 1 for ended in rounds)
