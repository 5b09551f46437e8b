"""The application over a real store. The store is made once; each test gets a copy of it and a clock of its own."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from flask import Flask

from geo_offlimits.bootstrap import Wiring, initialise, wire
from geo_offlimits.formats import pdf
from geo_offlimits.settings import Settings
from tests.web.isle import START, Browser, Clock, populate, quick
from web import create_app

_typeset_once = cache(pdf.typeset)


@pytest.fixture(autouse=True)
def _typesetting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody's pages lead to the same sheets: one is typeset once. That it comes out the same is shown elsewhere."""
    monkeypatch.setattr(pdf, "typeset", _typeset_once)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the store that every test copies."""
    folder = tmp_path_factory.mktemp("isle")
    settings = Settings(store=f"sqlite:///{folder / 'store.db'}", data_dir=folder / "data")
    clock = Clock()
    initialise(settings, clock)
    wiring = wire(settings, clock, passphrases=quick())
    populate(wiring, clock)
    wiring.store.close()
    return folder


@pytest.fixture
def clock() -> Clock:
    return Clock(START + timedelta(days=1))


@pytest.fixture
def settings(made: Path, tmp_path: Path) -> Settings:
    shutil.copytree(made, tmp_path / "isle")
    return Settings(
        store=f"sqlite:///{tmp_path / 'isle' / 'store.db'}",
        data_dir=tmp_path / "isle" / "data",
        # A test asks in seconds what nobody asks in an hour; tests/web/test_pace.py is about the limits.
        rate_per_minute=10**6,
        costly_per_minute=10**6,
    )


@pytest.fixture
def wiring(settings: Settings, clock: Clock) -> Iterator[Wiring]:
    wired = wire(settings, clock, passphrases=quick())
    yield wired
    wired.store.close()


@pytest.fixture
def app(wiring: Wiring) -> Flask:
    return create_app(wiring=wiring)


@pytest.fixture
def visitor(app: Flask) -> Browser:
    return Browser(app)
