"""The installations that are photographed: the demonstration, one without a list, one whose list has expired.

Their clocks stand still, so that the same pages come out the same; who signs in does so by the form, like anybody.
"""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from geo_offlimits.bootstrap import Wiring, initialise, wire
from geo_offlimits.demonstration import begins_at, build, founding
from geo_offlimits.demonstration.cast import ACCOUNTS
from geo_offlimits.demonstration.island import Island
from geo_offlimits.demonstration.stage import Stage
from geo_offlimits.services.factors import code_at
from geo_offlimits.services.passphrases import Passphrases
from geo_offlimits.settings import Settings
from screens import partner
from web import create_app

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
PASSPHRASE = "seven quiet ferries at dawn"  # noqa: S105  (of invented people)
_EXPIRED_AFTER = timedelta(days=40)


@dataclass(frozen=True)
class Site:
    """An installation that answers at `url`, at `now`. `campaign` is the one that is open, where there is one."""

    name: str
    app: Flask
    wiring: Wiring
    now: datetime
    url: str
    campaign: str = ""

    def credentials(self, who: str) -> tuple[str, str, str]:
        """Address, passphrase and the code of the moment of a demonstration account; no code where none is asked."""
        (account,) = (one for one in ACCOUNTS if one.role.value == who)
        secret = account.secret(PASSPHRASE)
        return account.email, PASSPHRASE, code_at(secret, self.now) if secret else ""


class _Quiet(WSGIRequestHandler):
    """Tells the time that the installation's clock tells: a device believes it more than its own."""

    now = NOW

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string(self.now.timestamp() if timestamp is None else timestamp)

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002  (the name is werkzeug's)
        """Nothing: the pictures are what is read."""


@contextmanager
def sites(folder: Path) -> Iterator[dict[str, Site]]:
    """The installations by name: `demo`, `empty` and `expired`, which is `demo` much later."""
    built = _installed(folder / "demo")
    report = build(built, now=NOW, passphrase=PASSPHRASE)
    partner.listed(built)
    built.store.close()
    # A copy: what is served so much later would end the sessions of now.
    shutil.copytree(folder / "demo", folder / "expired")
    demo, later = _wired(folder / "demo", NOW), _wired(folder / "expired", NOW + _EXPIRED_AFTER)
    empty = _installed(folder / "empty")
    founding.found(Stage.set_up(empty, NOW, begins_at(NOW)), Island(), PASSPHRASE)
    campaign = report.campaign.campaign_id if report.campaign else ""
    with (
        _served("demo", demo, campaign) as first,
        _served("empty", empty) as second,
        _served("expired", later, campaign) as third,
    ):
        third.app.view_functions["health.ready"] = _fails  # what a fault of the server looks like
        yield {one.name: one for one in (first, second, third)}
    for wiring in (demo, empty, later):
        wiring.store.close()


@contextmanager
def demonstration(folder: Path) -> Iterator[Site]:
    """The demonstration alone, as it is on its first day."""
    built = _installed(folder / "demo")
    build(built, now=NOW, passphrase=PASSPHRASE)
    with _served("demo", built) as site:
        yield site
    built.store.close()


def _installed(folder: Path) -> Wiring:
    folder.mkdir(parents=True)
    initialise(_settings(folder), lambda: begins_at(NOW))
    return _wired(folder, NOW)


def _wired(folder: Path, now: datetime) -> Wiring:
    quick = Passphrases(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    return wire(_settings(folder), lambda: now, passphrases=quick)


def _settings(folder: Path) -> Settings:
    return Settings(
        store=f"sqlite:///{folder / 'register.db'}",
        data_dir=folder / "data",
        mission="DEMO",
        campaign_on_publish=True,
        rate_per_minute=10**6,
        costly_per_minute=10**6,
    )


@contextmanager
def _served(name: str, wiring: Wiring, campaign: str = "") -> Iterator[Site]:
    app = create_app(wiring=wiring)

    class Then(_Quiet):
        now = wiring.clock()

    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Then)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site = Site(name, app, wiring, wiring.clock(), f"http://127.0.0.1:{server.port}")
    yield replace(site, campaign=campaign)
    server.shutdown()
    server.server_close()


def _fails() -> str:
    raise RuntimeError
