"""The application over a real store. The store is made once; each test gets a copy of it and a clock of its own."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from flask import Flask

from geo_offlimits.bootstrap import Wiring, initialise, wire
from geo_offlimits.formats import pdf
from geo_offlimits.services.made import Made
from geo_offlimits.settings import Settings
from tests.web.isle import START, Browser, Clock, populate, quick
from web import create_app, door
from web.pace import Turnstile

_typeset_once = cache(pdf.typeset)
# Every test's installation is a copy of the same, so the files made of its editions come out the same (services.made).
_MADE_ONCE = Made()


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
    wired.shelf.made = _MADE_ONCE
    yield wired
    wired.store.close()


@cache
def _built() -> tuple[Flask, dict[str, Any]]:
    """An application on no installation, and its views as they were made: a test may put others in their place."""
    app = create_app(wiring=cast("Wiring", SimpleNamespace(settings=Settings(), provider=None)))
    return app, dict(app.view_functions)


@pytest.fixture
def app(wiring: Wiring) -> Flask:
    """Made once a process, where no setting has a part in it; which installation it serves is asked at each request."""
    settings = wiring.settings
    if settings.request_log or settings.behind_proxy or settings.oidc_issuer:
        return create_app(wiring=wiring)
    app, views = _built()
    app.view_functions.update(views)
    app.extensions |= {door.EXTENSION: wiring, door.TURNSTILE: Turnstile()}
    return app


@pytest.fixture
def visitor(app: Flask) -> Browser:
    return Browser(app)
