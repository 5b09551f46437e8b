"""Throughput of `POST /api/v1/check` through gunicorn, as a ratio to a bare Flask route in the same run.

Both applications run in the server of `serve`, with 2 workers, and are driven in turn, in short rounds, by the same
client with the same requests: 16 keep-alive connections on loopback, each with one request in flight. The bare route
reads the JSON and answers JSON, and that is all. The control is a Flask route that wastes time; the measure must find
it too slow, or it measures nothing. Each round opens its connections anew, because chance decides how many of them
each worker takes, and an uneven share halves a round: so what counts is the ratio of all rounds together.
"""

import json
import os
import re
import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import flask
from flask import Flask
from shapely.geometry import Point, box

from geo_offlimits.bootstrap import Wiring, initialise, wire
from geo_offlimits.cli.server import BACKLOG, Listening, Server
from geo_offlimits.cli.worker import WORKING
from geo_offlimits.domain.designation import Basis, Restriction, Terms
from geo_offlimits.domain.mission import Boundary, BoundaryKind, Mission, Organisation
from geo_offlimits.domain.people import Actor, Person, PersonnelCategory, Role, RoleGrant
from geo_offlimits.domain.premises import Name, Subject, SubjectKind
from geo_offlimits.domain.proof import Shown
from geo_offlimits.services import editions, factors, missions, people, register
from geo_offlimits.settings import Settings
from web import create_app, ready

BAR = 0.40
CONNECTIONS = 16
ROUNDS, ROUND_S, WARM_S = 51, 0.4, 2.0
WORKERS = 2
CONTROL_WASTES_S = 0.004
ENTRIES = 300
PASSPHRASE = "correct horse battery staple"  # noqa: S105  (of an invented person)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105  (of their apps)
HERE = Path(__file__).resolve().parent


def bare_app() -> Flask:
    app = Flask("bare")

    @app.post("/check")
    def check() -> dict[str, Any]:
        asked = flask.request.get_json()
        return {"edition": None, "answers": [{"verdict": "not_listed", "position": one} for one in asked["positions"]]}

    return app


def wasteful_app(wastes_s: float = CONTROL_WASTES_S) -> Flask:
    app = Flask("wasteful")

    @app.post("/check")
    def check() -> dict[str, Any]:
        until = time.thread_time() + wastes_s
        while time.thread_time() < until:
            pass
        return {"answers": []}

    return app


@dataclass
class Connection:
    """One keep-alive connection with one request in flight."""

    address: tuple[str, int]
    request: bytes
    received: bytearray = field(default_factory=bytearray)
    answered: int = 0

    def open(self) -> None:
        self.socket = socket.create_connection(self.address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self) -> None:
        self.socket.sendall(self.request)

    def hear(self) -> None:
        """Takes what has arrived; counts a whole answer and asks again. Anything but 200 stops the run."""
        piece = self.socket.recv(65536)
        if not piece:
            raise SystemExit("The server closed a connection; the figures would mean nothing.")
        self.received += piece
        head, mark, body = self.received.partition(b"\r\n\r\n")
        if not mark:
            return
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        if length is None or not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"The server answered {bytes(head[:200])!r}; the figures would mean nothing.")
        if len(body) >= int(length.group(1)):
            self.received.clear()
            self.answered += 1
            self.ask()


def answers_a_second(address: tuple[str, int], request: bytes, seconds: float) -> float:
    connections = [Connection(address, request) for _ in range(CONNECTIONS)]
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            connection.open()
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.ask()
        started = time.perf_counter()
        until = started + seconds
        while time.perf_counter() < until:
            for key, _ in selector.select(timeout=1):
                key.data.hear()
        elapsed = time.perf_counter() - started
    for connection in connections:
        connection.socket.close()
    return sum(connection.answered for connection in connections) / elapsed


APPLICATIONS: Mapping[str, Callable[[], Flask]] = {
    "bare": bare_app,
    "ours": lambda: ready(create_app()),
    "control": wasteful_app,
    "very wasteful": lambda: wasteful_app(5 * CONTROL_WASTES_S),
}


class Measured(Server):
    """The server of `serve` with one of the APPLICATIONS."""

    application = "ours"

    def load(self) -> Flask:
        return APPLICATIONS[self.application]()


def serve(application: str, descriptor: int) -> None:
    """In a process of its own, on a socket that is open already."""
    Measured.application = application
    settings = Settings(workers=WORKERS)
    Measured(settings, Listening(settings, socket.socket(fileno=descriptor), None).options()).run()


@contextmanager
def served(application: str, environment: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """The server with this application on a free port of loopback."""
    with socket.create_server(("127.0.0.1", 0), backlog=BACKLOG) as opened:
        command = [sys.executable, __file__, "serve", application, str(opened.fileno())]
        everything = {**os.environ, **environment, "PYTHONPATH": str(HERE.parent)}
        process = subprocess.Popen(command, env=everything, pass_fds=[opened.fileno()])
        address = opened.getsockname()
    try:
        _wait(address)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def _wait(address: tuple[str, int]) -> None:
    """Until it answers; the socket takes connections before that."""
    server = HTTPConnection(*address, timeout=30)
    server.request("GET", "/")
    server.getresponse().read()
    server.close()
    time.sleep(1)  # both workers answer


# ---- a mission of invented premises ----------------------------------------------------------------------------------


def prepared(folder: Path) -> dict[str, str]:
    """A new store with what `populated` gives; the server's environment."""
    settings = Settings(store=f"sqlite:///{folder / 'store.db'}", data_dir=folder / "data", mission="BENCH")
    initialise(settings)
    populated(wire(settings))
    return environment(settings)


def environment(settings: Settings) -> dict[str, str]:
    """Of a server with these settings, whose pace is counted like any other's and never too fast."""
    return {
        "GEO_OFFLIMITS_STORE": settings.store,
        "GEO_OFFLIMITS_DATA_DIR": str(settings.data_dir),
        "GEO_OFFLIMITS_MISSION": "BENCH",
        "GEO_OFFLIMITS_RATE_PER_MINUTE": "1000000",
    }


def populated(wiring: Wiring) -> Actor:
    """One mission, 300 invented premises in edition 1 and one of staff; gives the head of mission."""
    admin = person(wiring, None, "1", "admin", None)
    with wiring.writing(admin) as act:
        territory = Boundary(kind=BoundaryKind.TERRITORY, name="Bench", geometry=box(-30.5, 9.5, -29.5, 10.5))
        mission = Mission(
            code="BENCH",
            name="Bench",
            organisation=Organisation.UN,
            timezone="UTC",
            territory="iso:XX",
            demonstration=True,
        )
        missions.add_mission(act, mission, territory)
    head = person(wiring, admin, "2", "head", "BENCH")
    for at in range(0, ENTRIES, 50):
        with wiring.writing(head) as act:
            for number in range(at, at + 50):
                register.add_alone(act, "BENCH", *_listing(number), confirm_alike=True)
    with wiring.writing(head) as act:
        editions.publish(act, wiring.keyring, "BENCH", expires_in=timedelta(days=30))
    person(wiring, admin, "3", "staff", "BENCH")
    return head


def person(wiring: Wiring, by: Actor | None, number: str, role: str, mission: str | None) -> Actor:
    joined = Person(
        person_id=f"bench-{number}",
        number=number,
        name=f"Person {number}",
        unit="Bench",
        category=PersonnelCategory.CIVILIAN,
        mission="BENCH",
    )
    with wiring.writing(by) as act:
        once = people.add_person(act, joined, (RoleGrant(role=Role(role), mission=mission),))
    found = wiring.choose_passphrase(number, once, PASSPHRASE)
    if not found.needs_factor(wiring.clock()):
        return found
    with wiring.writing() as act:
        factors.enrol_app(act, found, SECRET)
    return replace(found, guarded=True, shown=Shown(passphrase_at=wiring.clock(), factor_at=wiring.clock()))


def _listing(number: int) -> tuple[Subject, Terms]:
    """Premises on a jittered grid, 400 m apart."""
    row, column = divmod(number, 20)
    place = Point(-30.2 + column * 0.004 + number % 7 * 0.0002, 9.8 + row * 0.004 + number % 5 * 0.0002)
    subject = Subject(
        kind=SubjectKind.PREMISES, names=(Name(text=f"Invented Bar {number}"),), geometry=place, uncertainty_m=5.0
    )
    terms = Terms(restriction=Restriction.OFF_LIMITS, basis=Basis.OTHER, authority="Head", directive="B-1")
    return subject, terms


# ---- requests --------------------------------------------------------------------------------------------------------


def signed_in(address: tuple[str, int]) -> dict[str, str]:
    """Signs in as a reader would; gives the headers of a look-up."""
    server = HTTPConnection(*address)
    server.request("GET", "/login")
    answer = server.getresponse()
    visitor, token = answer.headers["Set-Cookie"].split(";")[0], token_in(answer.read().decode())
    form = urllib.parse.urlencode({"csrf_token": token, "reference": "3", "passphrase": PASSPHRASE})
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": visitor}
    server.request("POST", "/login", form, kind)
    answer = server.getresponse()
    answer.read()
    cookies = [one.split(";")[0] for one in answer.headers.get_all("Set-Cookie") or []]
    session = next((one for one in cookies if one.startswith("session=")), "")
    if answer.status != 303 or not session:
        raise SystemExit(f"Signing in was answered with {answer.status}.")
    if answer.headers["Location"].startswith("/step-up"):
        session = _stepped_up(server, session)
    server.request("GET", "/list", headers={"Cookie": session})
    return {"Cookie": session, "X-CSRF-Token": token_in(server.getresponse().read().decode())}


def _stepped_up(server: HTTPConnection, session: str) -> str:
    server.request("GET", "/step-up", headers={"Cookie": session})
    code = factors.code_at(SECRET, datetime.now(UTC))
    form = {"csrf_token": token_in(server.getresponse().read().decode()), "proof_code": code}
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": session}
    server.request("POST", "/step-up", urllib.parse.urlencode(form), kind)
    answer = server.getresponse()
    answer.read()
    return next(one.split(";")[0] for one in answer.headers.get_all("Set-Cookie") or [] if "session=" in one)


def token_in(page: str) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', page)
    if found is None:
        raise SystemExit("The page holds no token.")
    return found.group(1)


def request(address: tuple[str, int], path: str, headers: Mapping[str, str]) -> bytes:
    body = json.dumps(
        {"mission": "BENCH", "positions": [{"lat": 9.8311, "lon": -30.1703, "uncertainty_m": 10}]}
    ).encode()
    fields = {"Host": f"127.0.0.1:{address[1]}", "Content-Type": "application/json", "Content-Length": str(len(body))}
    lines = [f"POST {path} HTTP/1.1"] + [f"{name}: {value}" for name, value in (fields | dict(headers)).items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


# ---- the measure -----------------------------------------------------------------------------------------------------


def measured(environment: Mapping[str, str]) -> dict[str, list[float]]:
    """Answers a second of each application, round by round, one application loaded at a time."""
    with (
        served("bare", {}) as bare,
        served("ours", environment) as ours,
        served("control", {}) as wasteful,
    ):
        headers = signed_in(ours)  # sent to all, so that all read the same request
        asked = {
            "bare": (bare, request(bare, "/check", headers)),
            "ours": (ours, request(ours, "/api/v1/check", headers)),
            "control": (wasteful, request(wasteful, "/check", headers)),
        }
        for address, question in asked.values():
            answers_a_second(address, question, WARM_S)
        rounds: dict[str, list[float]] = {name: [] for name in asked}
        for _ in range(ROUNDS):
            for name, (address, question) in asked.items():
                rounds[name].append(answers_a_second(address, question, ROUND_S))
    return rounds


def ratios(rounds: Mapping[str, list[float]], name: str) -> dict[str, float]:
    found = [one / bare for one, bare in zip(rounds[name], rounds["bare"], strict=True)]
    return {
        "min": min(found),
        "median": statistics.median(found),
        "max": max(found),
        "together": sum(rounds[name]) / sum(rounds["bare"]),
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        rounds = measured(prepared(Path(folder)))
    found, control = ratios(rounds, "ours"), ratios(rounds, "control")
    report: dict[str, Any] = {
        "measure": "POST /api/v1/check against a bare Flask route, in the server of `serve`, same run",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "workers": WORKERS,
        "threads": WORKING,
        "connections": CONNECTIONS,
        "entries": ENTRIES,
        "bar": BAR,
        "ratio": found,
        "control_ratio": control,
        "answers_a_second": {name: statistics.median(values) for name, values in rounds.items()},
    }
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    (results / "http_lookup.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    rates = ", ".join(f"{name} {rate:.0f}" for name, rate in report["answers_a_second"].items())
    print(f"answers a second: {rates}")
    print(
        f"ratio to bare Flask: min {found['min']:.2f}, median {found['median']:.2f}, max {found['max']:.2f}, "
        f"all rounds together {found['together']:.2f}; bar {BAR}"
    )
    print(f"control (wastes {CONTROL_WASTES_S * 1000:.0f} ms a request): together {control['together']:.2f}")
    if control["together"] >= BAR:
        raise SystemExit("The control was not found too slow, so this measure cannot fail; it says nothing.")
    if found["together"] < BAR:
        raise SystemExit("The look-up is slower than the bar.")


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(sys.argv[2], int(sys.argv[3]))
    else:
        main()
