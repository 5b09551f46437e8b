"""Whatever a process is doing when it is killed: what it reported is there, once, and what is there is whole."""

import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from geo_offlimits.errors import OfflimitsError
from tests.cli.served import Served
from tests.faults.acts import ACTS, Cut, Installation
from tests.faults.campaigning import CAMPAIGNS
from tests.faults.cutting import done, once_more, requests_of
from tests.faults.nursery import Ended, Nursery
from tests.faults.shim import ANY, KILLED, MOVE, SYNC

RESTORE = next(act for act in ACTS if act.name == "restore")
PUBLISH = next(act for act in ACTS if act.name == "publish")


def killed_in(nursery: Nursery, act: Cut, place: Installation, *, after_s: float) -> Ended:
    child = nursery.begin("command", words=act.command(place), env=place.env_of(act.by))
    time.sleep(after_s)
    child.kill()
    return child.end()


def killed_at(nursery: Nursery, act: Cut, place: Installation, nth: int, *, kinds: int = ANY, **how: Any) -> Ended:
    return done(nursery, act, place, fault={"kinds": kinds, "nth": nth, "error": KILLED}, **how)


def refuse_partial(nursery: Nursery, act: Cut, place: Installation, before: int, ended: Ended) -> float:
    """What must hold after a kill. Returns after how many seconds the installation answered again."""
    begun = time.monotonic()
    landed = act.landed(place) - before
    took = time.monotonic() - begun
    assert landed in {0, act.step}, "a part of it is there"
    if ended.code == 0 or ended.reported:
        assert landed == act.step, "what was reported is lost"
    once_more(nursery, act, place, before + landed, landed=bool(landed))
    return took


@pytest.mark.parametrize("count", [pytest.param(1, id="quick"), pytest.param(42, id="deep", marks=pytest.mark.deep)])
@pytest.mark.parametrize("act", [*ACTS, *CAMPAIGNS], ids=str)
def test_a_kill_at_a_random_moment_and_at_a_random_request_loses_nothing_and_leaves_nothing_half_done(
    nursery: Nursery, settled: dict[str, Installation], act: Cut, count: int, tmp_path: Path
) -> None:
    begun = time.monotonic()
    requests = requests_of(nursery, act, settled[act.name].copied(tmp_path / "whole"))
    lasts, kills, slowest = time.monotonic() - begun, 0, 0.0
    before = act.landed(settled[act.name])
    for number in range(count):
        chance = random.Random(f"{act} {number}")
        place = settled[act.name].copied(tmp_path / f"moment {number}")
        ended = [(place, killed_in(nursery, act, place, after_s=chance.uniform(0, lasts)))]
        place = settled[act.name].copied(tmp_path / f"request {number}")
        ended += [(place, killed_at(nursery, act, place, chance.randint(1, requests)))]
        kills += sum(one.killed for _, one in ended)
        slowest = max(slowest, *(refuse_partial(nursery, act, place, before, one) for place, one in ended))
    sys.stdout.write(f"{act}: {kills} of {2 * count} killed, {requests} requests; it answers within {slowest:.2f} s\n")
    assert kills >= count, "the act was over before anybody came"


def test_a_restore_killed_while_names_are_moved_is_completed_or_was_not_begun(
    nursery: Nursery, settled: dict[str, Installation], tmp_path: Path
) -> None:
    moves = requests_of(nursery, RESTORE, settled["restore"].copied(tmp_path / "whole"), MOVE)
    outcomes = []
    for nth in range(1, moves + 1):
        place = settled["restore"].copied(tmp_path / str(nth))
        assert killed_at(nursery, RESTORE, place, nth, kinds=MOVE).killed
        outcomes.append(RESTORE.landed(place))
    # The first move gives the plan its name; what comes after it is carried out.
    assert outcomes == [0, *[1] * (moves - 1)]
    assert moves > len(("plan", "store", "keys", "basemaps"))


def test_a_server_starts_on_what_a_killed_restore_left(
    nursery: Nursery, settled: dict[str, Installation], serve: Callable[..., Served], tmp_path: Path
) -> None:
    place = settled["restore"].copied(tmp_path / "isle")
    assert killed_at(nursery, RESTORE, place, 3, kinds=MOVE).killed
    assert not place.prompt.store.exists()
    begun = time.monotonic()
    assert serve(place.prompt).get("/readyz")[0] == 200
    sys.stdout.write(f"served again after {time.monotonic() - begun:.2f} s\n")
    assert RESTORE.landed(place) == 1


@pytest.mark.parametrize(("act", "kinds", "guard"), [(PUBLISH, SYNC, "transaction"), (RESTORE, MOVE, "plan")], ids=str)
def test_a_program_without_its_guard_is_found_out(  # noqa: PLR0917  (fixtures and what is given)
    nursery: Nursery, settled: dict[str, Installation], tmp_path: Path, act: Cut, kinds: int, guard: str
) -> None:
    before = act.landed(settled[act.name])
    requests = requests_of(nursery, act, settled[act.name].copied(tmp_path / "whole"), kinds, without=guard)
    for nth in range(requests, 0, -1):
        place = settled[act.name].copied(tmp_path / str(nth))
        ended = killed_at(nursery, act, place, nth, kinds=kinds, without=guard)
        try:
            refuse_partial(nursery, act, place, before, ended)
        except (AssertionError, OfflimitsError):
            return
    pytest.fail("it would pass without it")
