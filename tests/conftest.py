"""What every floor's tests may share: a browser and a PostgreSQL a process, invented lists.

Playwright allows one real browser at a time.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright
from shapely.geometry import Point

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.edition import Checkpoint, Edition, Entry
from geo_offlimits.domain.premises import Name, SubjectKind, VenueKind
from tests import counting, postgresql, sparing, typesetting
from tests.postgresql import Cluster

sparing.work_in_memory()
sparing.make_applications_fast()
sparing.compile_statements_once()

# The first is the quickest.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser")
# A browser that talks to nobody by itself, and finds nobody but this machine when a page asks it to. (To stop requests
# one by one would take each through this process, and a browser so watched keeps no file for the next page.)
QUIET = (
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)


@pytest.fixture(autouse=True)
def _typesetter(request: pytest.FixtureRequest) -> None:
    """What is asked of every format is asked of a PDF where one can be made and read."""
    asked = getattr(request.node, "callspec", None)
    if asked is not None and asked.params.get("form") == "pdf":
        typesetting.needed()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    counting.choose(items)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> None:
    counting.follow(item)


def pytest_collection_finish() -> None:
    sparing.pass_over_what_stays()


def chromium() -> str | None:
    """The browser of this machine that tests drive."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium. Without one the test is skipped with the reason, and fails where CI=true."""
    program = chromium()
    if not program:
        reason = f"no Chromium on this machine; install it (for instance: apt-get install {BROWSERS[0]})"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield started
        started.close()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL of this process. Without one the test is skipped with the reason, and fails where CI=true."""
    if not postgresql.at_hand():
        if os.environ.get("CI") == "true":
            pytest.fail(postgresql.MISSING)
        pytest.skip(postgresql.MISSING)
    with postgresql.private_cluster() as running:
        yield running


ISSUED_AT = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def make_entry() -> Callable[..., Entry]:
    """Makes one entry of an invented list: a bar in open ocean, unless told otherwise."""

    def made(number: int = 1, **facts: Any) -> Entry:
        name = facts.pop("name", "Blue Heron")
        known: dict[str, Any] = {
            "entry_id": f"DEMO-{number:04d}",
            "name": name,
            "names": (Name(text=name),),
            "subject": SubjectKind.PREMISES,
            "category": VenueKind.BAR,
            "restriction": Restriction.OFF_LIMITS,
            "since": ISSUED_AT - timedelta(days=200),
            "issuer": "DEMO",
            "directive": "HoM 7/2026",
            "geometry": Point(-41.5, 38.2),
        }
        return Entry(**known | facts)

    return made


@pytest.fixture(scope="session")
def make_edition() -> Callable[..., Edition]:
    """Makes an edition of the invented mission from entries; valid for 30 days from ISSUED_AT."""

    def made(*entries: Entry, **facts: Any) -> Edition:
        known: dict[str, Any] = {
            "mission": "DEMO",
            "mission_name": "Demonstration",
            "timezone": "Atlantic/Azores",
            "number": 1,
            "previous_sha256": None,
            "issued_at": ISSUED_AT,
            "expires_at": ISSUED_AT + timedelta(days=30),
            "statement": {"en": "I have read the list."},
            "contacts": (),
            "facilities": (),
            "boundaries": (),
            "checkpoint": Checkpoint(size=1, root_sha256="0" * 64),
            "entries": entries,
        }
        return Edition(**known | facts)

    return made
