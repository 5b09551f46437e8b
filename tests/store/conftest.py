"""Stores on real files, and on a private PostgreSQL with PostGIS where its programs are at hand."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from geo_offlimits.store import Store
from tests.postgresql import Cluster
from tests.store.island import Island


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One empty store for the session; tests get copies, because migrating takes longer than copying."""
    path = tmp_path_factory.mktemp("empty") / "register.db"
    Store.create(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def empty_database(cluster: Cluster) -> str:
    """The name of an empty store's database: its schema is the owner's, and the role `runtime` may use it."""
    name = cluster.new()
    Store.create(cluster.url(name, "runtime"), owner_url=cluster.url(name)).close()
    return name


Make = Callable[[str, Path], Island]


@pytest.fixture(scope="session")
def new_island(empty_file: Path, request: pytest.FixtureRequest) -> Make:
    """Makes an empty store in `sqlite` (a file register.db in the folder) or `postgresql`; who asks closes it.

    On PostgreSQL it is opened as the owner of its schema, who may take guards down to show what they are for.
    """

    def make(backend: str, folder: Path) -> Island:
        if backend == "sqlite":
            shutil.copy(empty_file, folder / "register.db")
            return Island(Store.open(f"sqlite:///{folder / 'register.db'}"))
        cluster, empty = request.getfixturevalue("cluster"), request.getfixturevalue("empty_database")
        return Island(Store.open(cluster.url(cluster.new(empty))))

    return make


@pytest.fixture
def island(new_island: Make, tmp_path: Path) -> Iterator[Island]:
    """An empty store in SQLite."""
    island = new_island("sqlite", tmp_path)
    yield island
    island.store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def either_island(request: pytest.FixtureRequest, new_island: Make, tmp_path: Path) -> Iterator[Island]:
    """An empty store in SQLite, then the same test on PostgreSQL."""
    island = new_island(request.param, tmp_path)
    cluster = request.getfixturevalue("cluster") if request.param == "postgresql" else None
    yield island
    island.store.close()
    if cluster:
        cluster.drop(island.store._engines.writer.url.database)
