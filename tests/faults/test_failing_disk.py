"""A disk at fault, or full: an act is committed and reported, or refused with a sentence; never the half of it.

One thing nobody can know: whether a write that the disk was asked to make lasting, and would not, is kept. Then the
sentence says so, and what is there is whole all the same.
"""

import errno
import random
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from geo_offlimits.errors import OfflimitsError
from tests.faults.acts import ACTS, Cut, Installation, proposals
from tests.faults.cutting import done, once_more, requests_of
from tests.faults.nursery import Ended, Nursery
from tests.faults.shim import ANY, MOVE, NAME, SYNC, WRITE

IO, FULL = errno.EIO, errno.ENOSPC
# A request of these kinds fails, once or from then on.
FAULTS: dict[str, dict[str, Any]] = {
    "a write fails": {"kinds": WRITE, "error": IO},
    "a write is cut": {"kinds": WRITE, "error": FULL},
    "a sync fails": {"kinds": SYNC, "error": IO},
    "a name fails": {"kinds": NAME | MOVE, "error": IO},
    "the disk breaks": {"kinds": ANY, "error": IO, "lasting": True},
}
BY_NAME = {act.name: act for act in ACTS}
IMPORT = BY_NAME["import"]

# Of a restore whose names the disk would neither move nor move back, the next command makes the rest.
SAID = {"unknown": "nobody knows whether it is kept", "completed later": "the server's start, completes it"}


def refuse_half(nursery: Nursery, act: Cut, place: Installation, before: int, ended: Ended) -> str:
    """What must hold after an act whose disk was at fault. Returns how it ended."""
    assert ended.code in {0, 1}, ended
    assert "Traceback" not in ended.err, ended
    assert "fault of geo-offlimits itself" not in ended.err, ended
    landed = act.landed(place) - before
    assert landed in {0, act.step}, "a part of it is there"
    how = next((word for word, said in SAID.items() if said in ended.err), "refused" if ended.code else "done")
    if ended.code:
        assert ended.err.strip().endswith("."), ended
    if how != "unknown":
        assert bool(landed) == (how != "refused"), ended
    once_more(nursery, act, place, before + landed, landed=bool(landed))
    return how


COUNTS = [pytest.param(1, id="quick"), pytest.param(20, id="deep", marks=pytest.mark.deep)]


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("act", ACTS, ids=str)
def test_a_request_that_the_disk_refuses_leaves_the_act_whole_or_refused(
    nursery: Nursery, settled: dict[str, Installation], act: Cut, count: int, tmp_path: Path
) -> None:
    before, chance, ends = act.landed(settled[act.name]), random.Random(str(act)), Counter[str]()
    chosen = FAULTS if count > 1 else chance.sample(sorted(FAULTS), 2)
    for name in chosen:
        fault = FAULTS[name]
        kinds, place = fault["kinds"], settled[act.name].copied(tmp_path / name)
        requests = requests_of(nursery, act, place, kinds)
        for nth in sorted(chance.sample(range(1, requests + 1), min(count, requests))):
            place = settled[act.name].copied(tmp_path / f"{name} {nth}")
            ended = done(nursery, act, place, fault=fault | {"nth": nth})
            try:
                ends[refuse_half(nursery, act, place, before, ended)] += 1
            except AssertionError as fault_of_ours:
                raise AssertionError(f"{act}, {name} at {nth} of {requests}: {fault_of_ours}") from fault_of_ours
    sys.stdout.write(f"{act}: {dict(ends)}\n")


@pytest.mark.parametrize("name", ["backup", "init"])
def test_what_may_still_lose_its_name_when_it_is_refused_is_not_left_there(
    nursery: Nursery, settled: dict[str, Installation], name: str, tmp_path: Path
) -> None:
    act = BY_NAME[name]
    last = requests_of(nursery, act, settled[name].copied(tmp_path / "counted"), SYNC)
    place = settled[name].copied(tmp_path / "at fault")
    ended = done(nursery, act, place, fault=FAULTS["a sync fails"] | {"nth": last})
    assert refuse_half(nursery, act, place, act.landed(settled[name]), ended) == "refused"


@pytest.mark.parametrize("count", [pytest.param(2, id="quick"), pytest.param(34, id="deep", marks=pytest.mark.deep)])
@pytest.mark.parametrize("act", ACTS, ids=str)
def test_a_disk_that_is_full_leaves_the_act_whole_or_refused(
    nursery: Nursery, settled: dict[str, Installation], act: Cut, count: int, tmp_path: Path
) -> None:
    before, chance, ends = act.landed(settled[act.name]), random.Random(str(act)), Counter[str]()
    needed = grown_by(nursery, act, settled[act.name].copied(tmp_path / "whole"))
    for number in range(count):
        room = int(needed * (number + chance.random()) / count)
        place = settled[act.name].copied(tmp_path / str(number))
        ended = done(nursery, act, place, room=room)
        try:
            ends[refuse_half(nursery, act, place, before, ended)] += 1
        except AssertionError as fault_of_ours:
            raise AssertionError(f"{act}, room for {room} of {needed}: {fault_of_ours}") from fault_of_ours
    sys.stdout.write(f"{act}, which needs {needed}: {dict(ends)}\n")
    assert ends["refused"], "there was room"


def test_a_program_that_commits_each_statement_by_itself_is_found_out(
    nursery: Nursery, settled: dict[str, Installation], tmp_path: Path
) -> None:
    act, guard = BY_NAME["publish"], "transaction"
    before = act.landed(settled[act.name])
    syncs = requests_of(nursery, act, settled[act.name].copied(tmp_path / "whole"), SYNC, without=guard)
    for nth in range(syncs, 0, -1):
        place = settled[act.name].copied(tmp_path / str(nth))
        fault = {"kinds": SYNC, "nth": nth, "error": IO, "lasting": True}
        try:
            refuse_half(nursery, act, place, before, done(nursery, act, place, fault=fault, without=guard))
        except (AssertionError, OfflimitsError):
            return
    pytest.fail("it would pass without it")


def test_after_a_sync_that_failed_a_process_writes_nothing_more_and_the_next_one_does(
    nursery: Nursery, settled: dict[str, Installation], tmp_path: Path
) -> None:
    place = settled["publish"].copied(tmp_path / "isle")
    fault = {"kinds": SYNC, "nth": 1, "error": IO}
    ended = nursery.run("act_twice", watched=place.folder, env=place.env, fault=fault)
    first, second = ended.reported
    assert ended.killed
    assert "did not confirm the write" in first
    assert second.startswith("The store is read-only since a write failed: The disk did not confirm")
    # It died with the log of its last write as it was; whether that is kept nobody knew.
    before = proposals(place)
    assert before in {1, 2}
    assert IMPORT.told(nursery, place).code == 0
    assert proposals(place) == before + IMPORT.step


def grown_by(nursery: Nursery, act: Cut, place: Installation) -> int:
    """How many bytes the act, undisturbed, adds to files."""
    counted = place.folder.with_suffix(".grown")
    done(nursery, act, place, room=1 << 40, grown=counted).done()
    return int(counted.read_text())
