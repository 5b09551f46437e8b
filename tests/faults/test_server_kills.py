"""A server killed while people acknowledge: whoever was answered is in the store, once, with a receipt that holds.

Real processes and real connections, on either store; one process of the server is killed, or all of them at once. Who
gets no answer sends the same form again, as a browser does.
"""

import http.client
import json
import os
import random
import signal
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.people import Person, PersonnelCategory, Role, RoleGrant
from geo_offlimits.services import acknowledged, people
from geo_offlimits.store.distribution_tables import acknowledgement
from tests import proving
from tests.cli.conftest import serve
from tests.cli.prompt import Prompt
from tests.cli.served import Served
from tests.services.conftest import MISSION, World, backend, template, template_database, world
from tests.web.isle import token_in
from tests.web.test_acknowledgement_pages import fields

__all__ = ["backend", "serve", "template", "template_database", "world"]

VISITORS = 6
PATIENCE_S = 60.0
DEEP = [pytest.mark.deep, pytest.mark.timeout(1800)]
PAGE, API = "/acknowledge/1", f"/api/v1/missions/{MISSION}/acknowledgements"
# A server that answers first, and commits a little later.
HASTY = """
import threading
from contextlib import contextmanager
from web import door

@contextmanager
def writing(visit):
    transaction = visit.wiring.writing(visit.actor)
    visit.act = transaction.__enter__()
    yield visit.act
    threading.Timer(0.05, transaction.__exit__, (None, None, None)).start()

door._writing = writing
door._told = lambda _permission, _given: door.make_response(({"receipt": None}, 201))
"""


def staffed(world: World, count: int) -> list[str]:
    """So many people in a session each; edition 1 came out an hour ago."""
    world.clock.now = datetime.now(UTC) - timedelta(hours=1)
    world.listed()
    world.published()
    ids = [f"c-{number}" for number in range(count)]
    with world.acting("100") as act:
        for number, person_id in enumerate(ids):
            person = Person(
                person_id=person_id,
                number=f"C-{number}",
                name=f"Crew {number}",
                unit="Ships",
                category=PersonnelCategory.MILITARY,
                mission=MISSION,
            )
            people.add_person(act, person, (RoleGrant(role=Role.STAFF, mission=MISSION),))
            proving.session(act.tx, person_id, f"of-{person_id}")
    return ids


@dataclass
class Crowd:
    """People who acknowledge, each until they are answered; every other one by the API, whose answer is the receipt."""

    port: int
    waiting: deque[str]
    answered: dict[str, Any] = field(default_factory=dict)
    unanswered: int = 0
    faults: list[str] = field(default_factory=list)
    closed: threading.Event = field(default_factory=threading.Event)
    forms: dict[str, dict[str, str]] = field(default_factory=dict)

    def visit(self) -> None:
        """One visitor, who lends a hand to one person after the other."""
        while not self.closed.is_set():
            with suppress(IndexError):
                person = self.waiting.popleft()
                try:
                    self.acknowledge(person)
                except (OSError, http.client.HTTPException) as fault:
                    self.unanswered += not isinstance(fault, ConnectionRefusedError)
                    self.waiting.append(person)
                    time.sleep(0.05)
                except Exception as fault:  # noqa: BLE001  (whatever it is, it is told)
                    self.faults.append(repr(fault))

    def acknowledge(self, person: str) -> None:
        if person not in self.forms:
            page = self.asked(person, "GET", PAGE)[1].decode()
            self.forms[person] = fields(page) | {"csrf_token": token_in(page)}
        form, by_api = self.forms[person], int(person.rpartition("-")[2]) % 2
        if by_api:
            told = json.dumps({name: form[name] for name in ("sha256", "language", "stamp")} | {"edition": 1})
            how = {"Content-Type": "application/json", "X-CSRF-Token": form["csrf_token"]}
            status, answer = self.asked(person, "POST", API, told, how)
        else:
            how = {"Content-Type": "application/x-www-form-urlencoded"}
            status, answer = self.asked(person, "POST", PAGE, urlencode(form), how)
        assert status == (201 if by_api else 303), (status, answer)
        self.answered[person] = json.loads(answer)["receipt"] if by_api else None

    def asked(
        self, person: str, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.request(method, path, body, {"Cookie": f"session=of-{person}"} | (headers or {}))
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def until(self, answered: int) -> None:
        ends = time.monotonic() + PATIENCE_S
        while len(self.answered) < answered and self.waiting:
            assert time.monotonic() < ends, (self.answered, self.faults)
            time.sleep(0.001)


Begin = Callable[..., Served]


def killed_under_load(begin: Begin, crowd: Crowd, kills: int, chance: random.Random) -> None:
    """Kills at random moments, in turn, one process of the server and the whole of it, which is then begun again.

    After the last kill it stays down, and who was not answered by then is not.
    """
    served, size = begin(), len(crowd.waiting)
    crowd.port = served.port
    visitors = [threading.Thread(target=crowd.visit, daemon=True) for _ in range(VISITORS)]
    for visitor in visitors:
        visitor.start()
    for number in range(kills):
        crowd.until(int((number + chance.random()) * size / kills * 0.9))
        time.sleep(chance.uniform(0, 0.02))
        if number % 2 == 0:
            with suppress(ProcessLookupError):
                os.kill(chance.choice(sorted(served.children())), signal.SIGKILL)
            continue
        os.killpg(served.process.pid, signal.SIGKILL)
        served.process.wait()
        if number < kills - 1:
            served = begin("--port", str(crowd.port))
    crowd.waiting.clear()
    crowd.closed.set()
    for visitor in visitors:
        visitor.join(PATIENCE_S)
    assert crowd.faults == []


@pytest.fixture
def verifier(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The stand-alone one, in this process."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "scripts"))
    yield import_module("verify_list")
    sys.modules.pop("verify_list")


def refuse_loss(world: World, crowd: Crowd, verifier: Any) -> int:
    """Who was answered is there once, row, leaf and receipt; and nobody is there twice. Returns how many are."""
    keys = [verifier.TrustedKey(world.keyring.signing.pem, {})]
    with world.wiring.reading() as act:
        assert act.tx.audit.verify() == ()
        rows = Counter(act.tx.connection.execute(select(acknowledgement.c.person_id)).scalars())
        leaves = Counter(
            leaf["subject"]
            for leaf in map(json.loads, act.tx.audit.leaves())
            if leaf["tag"] == AuditTag.ACKNOWLEDGED.value
        )
        assert rows == leaves, "a row without a leaf, or a leaf without a row"
        assert crowd.answered.keys() <= rows.keys(), "what was answered is lost"
        assert set(rows.values()) == {1}, "somebody is there twice"
        for person, given in crowd.answered.items():
            kept = acknowledged.receipt_of(act, person, MISSION, 1)
            found = verifier.proven(kept.envelope, keys)
            assert (found["person_id"], found["state"]) == (person, "acknowledged")
            if given:
                assert verifier.proven(json.dumps(given, separators=(",", ":")).encode(), keys) == found
    return len(rows)


@pytest.fixture
def crowd(world: World) -> Callable[[int], Crowd]:
    return lambda count: Crowd(0, deque(staffed(world, count)))


@pytest.fixture
def begin(world: World, serve: Begin, tmp_path: Path) -> Begin:
    settings = world.wiring.settings
    place = {"GEO_OFFLIMITS_STORE": settings.store, "GEO_OFFLIMITS_DATA_DIR": str(settings.data_dir)}
    return lambda *words, **how: serve(Prompt(tmp_path), *words, **place, **how)


@pytest.mark.parametrize(
    ("backend", "count", "kills"),
    [
        pytest.param("sqlite", 40, 2, id="sqlite-quick"),
        pytest.param("sqlite", 1000, 40, id="sqlite-deep", marks=DEEP),
        pytest.param("postgresql", 1000, 40, id="postgresql-deep", marks=DEEP),
    ],
)
def test_what_a_killed_server_had_answered_is_kept_once_and_its_receipt_holds(  # noqa: PLR0917  (fixtures and sizes)
    world: World, crowd: Callable[[int], Crowd], begin: Begin, verifier: Any, count: int, kills: int
) -> None:
    people_of = crowd(count)
    killed_under_load(begin, people_of, kills, random.Random(count))
    rows = refuse_loss(world, people_of, verifier)
    sys.stdout.write(
        f"{kills} kills: {len(people_of.answered)} of {count} people answered, {rows} there; "
        f"{people_of.unanswered} requests broke off\n"
    )
    assert people_of.unanswered >= kills / 4, "it was killed while nobody asked"
    assert len(people_of.answered) >= count / 3


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_server_that_answers_before_it_has_committed_is_found_out(
    world: World, crowd: Callable[[int], Crowd], begin: Begin, verifier: Any
) -> None:
    people_of = crowd(40)
    killed_under_load(lambda *words: begin(*words, altered=HASTY), people_of, 2, random.Random(1))
    with pytest.raises(AssertionError, match="what was answered is lost"):
        refuse_loss(world, people_of, verifier)
