"""The power goes, and with it what was not synced: every act that was reported is there, and nothing is damaged."""

import random
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine
from sqlalchemy.exc import DatabaseError

from geo_offlimits.domain.edition import Checkpoint
from geo_offlimits.store import Transaction
from tests.faults.acts import ACTS, Cut, Installation
from tests.faults.cuts import Disk
from tests.faults.nursery import Nursery
from tests.faults.shim import Request, recorded

REPORTED = "reported"


def asked(nursery: Nursery, deed: str, place: Installation, **facts: object) -> tuple[Disk, list[Request]]:
    """The disk before, and what the deed then asked of it."""
    record = place.folder.with_suffix(".record")
    disk = Disk(place.folder)
    by = next((one.by for one in ACTS if one.command(place) == facts.get("words")), None)
    nursery.run(deed, watched=place.folder, record=record, env=place.env_of(by), **facts).done()
    return disk, list(recorded(record, place.folder))


def cut_anywhere(disk: Disk, requests: list[Request], count: int, folder: Path) -> Iterator[tuple[int, Path]]:
    """Some `count` times: how many requests had been carried out when the power went, and a folder as it was after."""
    chance = random.Random(len(requests))
    cuts = sorted(chance.randint(0, len(requests)) for _ in range(count))
    carried_out = 0
    for number, at in enumerate(cuts):
        for request in requests[carried_out:at]:
            disk.carry_out(request)
        carried_out = at
        place = folder / str(number)
        disk.cut(place, chance)
        yield at, place
        shutil.rmtree(place)
    for request in requests[carried_out:]:
        disk.carry_out(request)


def reports(requests: list[Request]) -> list[tuple[int, Checkpoint]]:
    """After which request which head of the tree was reported."""
    found = []
    for number, request in enumerate(requests, start=1):
        if (request.what, request.path) == ("W", REPORTED):
            size, root = request.data.decode().split()
            found.append((number, Checkpoint(size=int(size), root_sha256=root)))
    return found


class Looking:
    """Opens one store after another; what SQLAlchemy has once made of a question serves them all."""

    def __init__(self) -> None:
        self._store = Path()
        self._engine = create_engine("sqlite://", poolclass=NullPool, creator=lambda: sqlite3.connect(self._store))

    def refuse_lost(self, store: Path, reported: Checkpoint | None) -> None:
        """Raises AssertionError where the file is damaged, does not fit its log, or has forgotten what was reported."""
        self._store = store
        with self._engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            assert Transaction(connection, writable=False).audit.verify(reported) == ()


def lost(nursery: Nursery, place: Installation, count: int, folder: Path, without: str = "") -> Iterator[str]:
    """What was wrong after each of `count` cuts; nothing where nothing was."""
    place.backup.unlink()  # nothing is asked of it
    disk, requests = asked(nursery, "acts_of_a_day", place, without=without)
    told, looking = reports(requests), Looking()
    assert len(told) > 20
    for at, found in cut_anywhere(disk, requests, count, folder):
        reported = next((head for number, head in reversed(told) if number <= at), None)
        try:
            looking.refuse_lost(Installation(found).prompt.store, reported)
        except (AssertionError, DatabaseError) as fault:
            yield f"cut after {at} of {len(requests)}: {fault}"
        else:
            yield ""


COUNTS = [pytest.param(60, id="quick"), pytest.param(9_400, id="deep", marks=pytest.mark.deep)]


@pytest.mark.parametrize("count", COUNTS)
def test_nothing_that_was_reported_is_lost_when_the_power_goes(
    nursery: Nursery, settled: dict[str, Installation], count: int, tmp_path: Path
) -> None:
    place = settled["publish"].copied(tmp_path / "isle")
    assert [wrong for wrong in lost(nursery, place, count, tmp_path) if wrong] == []


def test_a_store_that_does_not_sync_each_act_is_found_out(
    nursery: Nursery, settled: dict[str, Installation], tmp_path: Path
) -> None:
    place = settled["publish"].copied(tmp_path / "isle")
    assert any(lost(nursery, place, 60, tmp_path, without="full_sync"))


@pytest.mark.parametrize("count", [pytest.param(8, id="quick"), pytest.param(100, id="deep", marks=pytest.mark.deep)])
@pytest.mark.parametrize("act", ACTS, ids=str)
def test_an_act_is_there_whole_or_not_at_all_when_the_power_goes_and_there_once_it_was_reported(
    nursery: Nursery, settled: dict[str, Installation], act: Cut, count: int, tmp_path: Path
) -> None:
    before = act.landed(settled[act.name])
    disk, requests = asked(
        nursery,
        "command",
        settled[act.name].copied(tmp_path / "isle"),
        words=act.command(Installation(tmp_path / "isle")),
    )
    for at, found in cut_anywhere(disk, requests, count, tmp_path):
        landed = act.landed(Installation(found)) - before
        assert landed in {0, act.step}, f"cut after {at} of {len(requests)}"
    for _ in range(3):
        disk.cut(tmp_path / "after", random.Random())
        assert act.landed(Installation(tmp_path / "after")) - before == act.step, "it was reported"
        shutil.rmtree(tmp_path / "after")


def test_a_backup_whose_name_is_not_synced_is_found_out(
    nursery: Nursery, settled: dict[str, Installation], tmp_path: Path
) -> None:
    act = next(act for act in ACTS if act.name == "backup")
    place = settled[act.name].copied(tmp_path / "isle")
    disk, requests = asked(nursery, "command", place, words=act.command(place), without="names")
    for request in requests:
        disk.carry_out(request)
    found = set()
    for number in range(12):
        disk.cut(tmp_path / str(number), random.Random(number))
        found.add(act.landed(Installation(tmp_path / str(number))))
    assert found == {0, 1}
