"""Backup and restore, over and over, while the installation is written to."""

import hashlib
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.errors import OfflimitsError
from geo_offlimits.services.backups import back_up
from geo_offlimits.settings import Settings
from geo_offlimits.store.tables import APPEND_ONLY, audit_leaf
from tests.postgresql import Cluster
from tests.services.backing import SECRET, put_back, reopened
from tests.services.conftest import MISSION, World

PACE_S = 0.02  # fifty acts a second


@contextmanager
def written_to(world: World) -> Iterator[None]:
    """Somebody records acts all the while; what goes wrong there is told at the end."""
    ended, faults, done = threading.Event(), list[BaseException](), list[int]()

    def write() -> None:
        try:
            while not ended.wait(PACE_S):
                with world.acting("101") as act:
                    done.append(act.record(AuditTag.LOGIN, subject="p_101", mission=MISSION))
        except BaseException as fault:  # noqa: BLE001  (raised below, where the test sees it)
            faults.append(fault)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        until = time.monotonic() + 10
        while not done and not faults and time.monotonic() < until:
            time.sleep(PACE_S)
        yield
    finally:
        ended.set()
        thread.join()
    assert faults == []
    assert done


def digests(connection: Connection, leaves: int) -> dict[str, str]:
    """Of every table of history, in the order of its rows; of the log, as many leaves."""
    found = {}
    for table in APPEND_ONLY:
        query = select(table).order_by(*table.primary_key)
        if table is audit_leaf:
            query = query.where(audit_leaf.c.position < leaves)
        digest = hashlib.sha256()
        for row in connection.execute(query):
            digest.update(repr(tuple(row)).encode())
        found[table.name] = digest.hexdigest()
    return found


def made(world: World, path: Path) -> tuple[int, dict[str, str]]:
    """How many leaves it holds, and the digests of the very moment that it is of."""
    with world.wiring.reading() as act:
        told = back_up(act, path, SECRET)
        return told.leaves, digests(act.tx.connection, told.leaves)


def digests_in(settings: Settings, world: World, leaves: int) -> dict[str, str]:
    restored = reopened(settings, world)
    try:
        assert restored.whole()
        with restored.wiring.reading() as act:
            return digests(act.tx.connection, leaves)
    finally:
        restored.wiring.store.close()


def cycled(world: World, folder: Path, cycles: int) -> None:
    world.listed()
    sizes = set()
    for number in range(cycles):
        place = folder / str(number)
        settings = Settings(store=f"sqlite:///{place / 'store.db'}", data_dir=place / "data")
        with written_to(world):
            leaves, before = made(world, folder / f"{number}.backup")
        put_back(settings, folder / f"{number}.backup")
        assert digests_in(settings, world, leaves) == before
        sizes.add(leaves)
        shutil.rmtree(place)
    assert len(sizes) == cycles, "nothing was written between two backups"


@pytest.mark.parametrize("backend", ["sqlite"])
def test_five_backups_of_a_busy_installation_are_each_of_one_moment(world: World, tmp_path: Path) -> None:
    cycled(world, tmp_path, 5)


@pytest.mark.deep
@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_hundred_backups_of_a_busy_installation_are_each_of_one_moment(world: World, tmp_path: Path) -> None:
    cycled(world, tmp_path, 100)


@pytest.mark.parametrize("backend", ["postgresql"])
def test_the_backup_of_a_busy_database_is_of_one_moment(world: World, cluster: Cluster, tmp_path: Path) -> None:
    world.listed()
    with written_to(world):
        leaves, before = made(world, tmp_path / "monday.backup")
    name = cluster.new()
    settings = Settings(store=cluster.url(name, "runtime"), owner_store=cluster.url(name), data_dir=tmp_path / "new")
    put_back(settings, tmp_path / "monday.backup")
    assert digests_in(settings, world, leaves) == before
    cluster.drop(name)


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_file_copied_while_it_is_written_to_is_noticed(world: World, tmp_path: Path) -> None:
    """The control: the same comparison, of a copy that was made past the program."""
    world.listed()
    settings = world.wiring.settings
    copy = Settings(store=f"sqlite:///{tmp_path / 'copied.db'}", data_dir=settings.data_dir)
    with written_to(world), world.wiring.reading() as act:
        leaves = act.tx.audit.size()
        before = digests(act.tx.connection, leaves)
        shutil.copy(settings.store.removeprefix("sqlite:///"), tmp_path / "copied.db")
    try:
        found = digests_in(copy, world, leaves)
    except (OfflimitsError, AssertionError):
        return
    assert found != before
