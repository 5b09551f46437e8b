"""A morning on which everybody acknowledges: 50 acknowledgements and 100 look-ups a second, for two minutes.

20,000 staff are asked by one campaign; the server of `serve` with 2 workers answers them, on each store in turn. Every
acknowledgement is by another person in a session of their own, with the stamp of the page they were shown; signing in
is apart. Requests are due at fixed times, whether or not the ones before are answered, and each counts from when it was
due. The peer is a bare Flask application that reads the JSON and answers JSON, in the same server, at the same times.

- no answer of 5xx, and each acknowledgement is in the store once, with a receipt to its person
- p99: of ours by the bare application's, at most P99_BAR
- rate: answers a second of the same mixture with CONNECTIONS requests in flight all the time, by the bare
  application's, of all ROUNDS together, in turn and each over connections of its own: chance decides how many of them
  each worker takes, and an uneven share halves a round. At least RATE_BAR. Control: a Flask application that wastes
  time is found below it.

`--seconds N` shortens the morning.
"""

import argparse
import gc
import json
import os
import re
import selectors
import socket
import statistics
import tempfile
import time
from base64 import urlsafe_b64encode
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice, repeat
from pathlib import Path
from typing import Any

from http_lookup import WORKERS, environment, populated, served
from peers.postgresql import private_cluster

from geo_offlimits.bootstrap import Wiring, initialise, wire
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.people import Actor, Person, PersonnelCategory, Role, RoleGrant
from geo_offlimits.domain.proof import Shown
from geo_offlimits.domain.sessions import Door
from geo_offlimits.services import campaigns, people, sessions, stamps, statements
from geo_offlimits.settings import Settings

STAFF, MORNING_S = 20_000, 120
ACKNOWLEDGING, LOOKING_UP = 50, 100  # a second
P99_BAR, RATE_BAR = 10.0, 0.08
CONNECTIONS, ROUNDS, ROUND_S = 16, 20, 0.6
LINES = 48  # connections over which a morning's requests come
RESULTS = Path(__file__).resolve().parent / "results" / "acknowledging.json"
PLACE = b'{"mission":"BENCH","positions":[{"lat":9.8311,"lon":-30.1703,"uncertainty_m":10}]}'


@dataclass(frozen=True)
class Request:
    """`due`: seconds after the start."""

    kind: str
    content: bytes
    due: float = 0.0


# ---- twenty thousand people ------------------------------------------------------------------------------------------


def peopled(wiring: Wiring, head: Actor) -> list[str]:
    """Twenty thousand staff; gives their ids."""
    staff = [
        Person(
            person_id=f"bench-staff-{number:05d}",
            number=f"S-{number:05d}",
            name=f"Staff {number}",
            unit=f"Unit {number % 200}",
            category=PersonnelCategory.CIVILIAN,
            mission="BENCH",
        )
        for number in range(STAFF)
    ]
    with wiring.writing(head) as act:
        act.tx.expect_many()
        act.tx.people.add_all(staff, RoleGrant(role=Role.STAFF, mission="BENCH"), act.now)
        act.record(AuditTag.PEOPLE_LISTED, subject="BENCH", mission="BENCH", added=STAFF)
    return [person.person_id for person in staff]


def acknowledgements(wiring: Wiring, ids: Iterable[str]) -> Iterator[bytes]:
    """The request by which each of them acknowledges the current edition, in a session of their own."""
    with wiring.writing() as act:
        header = act.tx.editions.header("BENCH", act.now)
        if header is None:
            raise SystemExit("There is no edition, so nothing can be acknowledged.")
        shown = statements.statement(act, header, "en")
        told = {"edition": header.number, "sha256": header.sha256, "language": "en"}
        for person_id in ids:
            token = sessions.begin(act, person_id, Shown(passphrase_at=act.now), Door.PAGES)
            session = act.tx.session(sessions.hashed(token))
            if session is None:
                raise SystemExit("A session was not kept.")
            mine = act.by(people.actor(act, person_id))
            body = json.dumps(told | {"stamp": stamps.stamp(mine, session, header, shown)}).encode()
            yield _post("/api/v1/missions/BENCH/acknowledgements", token, session.csrf, body)


def looking_up(wiring: Wiring, person_id: str) -> bytes:
    with wiring.writing() as act:
        token = sessions.begin(act, person_id, Shown(passphrase_at=act.now), Door.PAGES)
        session = act.tx.session(sessions.hashed(token))
        return _post("/api/v1/check", token, session.csrf if session else "", PLACE)


def _post(path: str, token: str, csrf: str, body: bytes) -> bytes:
    secret, mask = bytes.fromhex(csrf), os.urandom(32)
    hidden = (int.from_bytes(mask) ^ int.from_bytes(secret)).to_bytes(32)
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        f"Cookie: session={token}",
        f"X-CSRF-Token: {urlsafe_b64encode(mask + hidden).decode()}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


# ---- requests over many connections ----------------------------------------------------------------------------------


@dataclass
class Line:
    """One keep-alive connection, with at most one request in flight."""

    address: tuple[str, int]
    asked: Request | None = None
    received: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        self.socket = socket.create_connection(self.address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        self.socket.close()

    def ask(self, request: Request) -> None:
        self.asked = request
        self.socket.sendall(request.content)

    def heard(self) -> int | None:
        """Takes what has arrived; the status of a whole answer."""
        piece = self.socket.recv(65536)
        if not piece:
            raise SystemExit("The server closed a connection; the figures would mean nothing.")
        self.received += piece
        head, mark, body = self.received.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE) if mark else None
        if length is None or len(body) < int(length.group(1)):
            return None
        self.received.clear()
        return int(head[9:12])


@dataclass
class Heard:
    """Seconds from when each was due to its answer by kind, and how often each status came."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)

    def count(self, request: Request, status: int, seconds: float) -> None:
        self.seconds.setdefault(request.kind, []).append(seconds)
        self.statuses[request.kind, status] += 1

    def p99(self) -> float:
        return statistics.quantiles([one for kind in self.seconds.values() for one in kind], n=100)[98]


def at_their_times(address: tuple[str, int], requests: Sequence[Request]) -> Heard:
    """Each request when it is due, or as soon as a connection is free after that."""
    heard, waiting = Heard(), deque(requests)
    lines = [Line(address) for _ in range(LINES)]
    idle = deque(lines)  # each in its turn: a server closes a connection that is idle for seconds
    with selectors.DefaultSelector() as selector:
        for line in lines:
            selector.register(line.socket, selectors.EVENT_READ, line)
        start, left = time.perf_counter(), len(waiting)
        while left:
            now = time.perf_counter() - start
            while idle and waiting and waiting[0].due <= now:
                idle.popleft().ask(waiting.popleft())
            pause = max(waiting[0].due - now, 0.0) if waiting and idle else 1.0
            for key, _ in selector.select(timeout=pause):
                left -= _answered(key.data, heard, start, idle)
    for line in lines:
        line.close()
    return heard


def _answered(line: Line, heard: Heard, start: float, idle: deque[Line]) -> int:
    status = line.heard()
    if status is None or line.asked is None:
        return 0
    heard.count(line.asked, status, time.perf_counter() - start - line.asked.due)
    idle.append(line)
    return 1


def always(address: tuple[str, int], requests: Iterator[Request], heard: Heard, seconds: float) -> float:
    """Takes answers with CONNECTIONS requests in flight all the time; how long it was, until the last."""
    lines = [Line(address) for _ in range(CONNECTIONS)]
    with selectors.DefaultSelector() as selector:
        for line in lines:
            selector.register(line.socket, selectors.EVENT_READ, line)
            line.ask(next(requests))
        start = time.perf_counter()
        flying = len(lines)
        while flying:
            for key, _ in selector.select(timeout=1):
                idle = deque[Line]()
                if _answered(key.data, heard, start, idle):
                    flying -= 1
                for line in idle:
                    if time.perf_counter() - start < seconds:
                        line.ask(next(requests))
                        flying += 1
        elapsed = time.perf_counter() - start
    for line in lines:
        line.close()
    return elapsed


def in_turn(
    asked: Mapping[str, tuple[tuple[str, int], Iterator[Request]]],
) -> tuple[dict[str, float], dict[str, Heard]]:
    """Answers a second of each, of all rounds together, and what was heard."""
    elapsed, heard = dict.fromkeys(asked, 0.0), {name: Heard() for name in asked}
    for _ in range(ROUNDS):
        for name, (address, requests) in asked.items():
            elapsed[name] += always(address, requests, heard[name], ROUND_S)
    rates = {name: sum(found.statuses.values()) / elapsed[name] for name, found in heard.items()}
    return rates, heard


def morning(acknowledging: Iterable[bytes], look: bytes, seconds: int) -> list[Request]:
    """Both kinds, evenly, in the order in which they are due."""
    due = [
        *(
            Request("acknowledge", one, at / ACKNOWLEDGING)
            for at, one in enumerate(islice(acknowledging, seconds * 50))
        ),
        *(Request("look up", look, (at + 0.5) / LOOKING_UP) for at in range(seconds * LOOKING_UP)),
    ]
    return sorted(due, key=lambda one: one.due)


def mixed(acknowledging: Iterator[bytes], look: bytes) -> Iterator[Request]:
    """One acknowledgement, two look-ups, and so on."""
    for one in acknowledging:
        yield Request("acknowledge", one)
        yield Request("look up", look)
        yield Request("look up", look)


# ---- the measure -----------------------------------------------------------------------------------------------------


def measured(settings: Settings, seconds: int) -> dict[str, Any]:
    initialise(settings)
    wiring = wire(settings)
    head = populated(wiring)
    ids = peopled(wiring, head)
    with wiring.writing(head) as act:
        opened = campaigns.distribute(act, "BENCH", "current")
    asked = acknowledgements(wiring, ids)
    everything = list(asked)
    look = looking_up(wiring, ids[-1])
    due, rest = morning(everything, look, seconds), iter(everything[seconds * ACKNOWLEDGING :])
    with served("bare", {}) as bare, served("ours", environment(settings)) as ours, served("very wasteful", {}) as slow:
        plain = [Request(one.kind, _to_bare(one.content), one.due) for one in due]
        bare_heard, heard = at_their_times(bare, plain), at_their_times(ours, due)
        everybody = {
            "ours": (ours, mixed(rest, look)),
            "bare": (bare, repeat(plain[0])),
            "control": (slow, repeat(plain[0])),
        }
        rates, at_once = in_turn(everybody)
    statuses = heard.statuses + at_once["ours"].statuses
    return {
        "answers": {f"{kind} {status}": count for (kind, status), count in sorted(statuses.items())},
        "recorded": recorded(wiring, opened.edition_number),
        "told": statuses["acknowledge", 201],
        "failed": sum(count for (_, status), count in statuses.items() if status not in {200, 201}),
        "p99_ms": {"ours": heard.p99() * 1000, "bare": bare_heard.p99() * 1000},
        "p99_ratio": heard.p99() / bare_heard.p99(),
        "median_ms": {kind: statistics.median(found) * 1000 for kind, found in heard.seconds.items()},
        "answers_a_second": rates,
        "rate_ratio": rates["ours"] / rates["bare"],
        "control_ratio": rates["control"] / rates["bare"],
    }


def _to_bare(content: bytes) -> bytes:
    """The same request for the bare application, which asks for nothing but a body with positions."""
    head, _, _ = content.partition(b"\r\n\r\n")
    first, _, fields = head.partition(b"\r\n")
    fields = re.sub(rb"Content-Length: \d+", b"Content-Length: %d" % len(PLACE), fields)
    return b"POST /check HTTP/1.1\r\n" + fields + b"\r\n\r\n" + PLACE if first else content


def recorded(wiring: Wiring, number: int) -> int:
    """How many people have acknowledged, each counted once; stops the run where somebody has twice."""
    with wiring.store.reading() as tx:
        people = [one.person_id for one in tx.acknowledgements.standing("BENCH", number)]
    if len(people) != len(set(people)):
        raise SystemExit("Somebody has acknowledged twice.")
    return len(people)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--seconds", type=int, default=MORNING_S)
    seconds = arguments.parse_args().seconds
    report: dict[str, Any] = {
        "measure": "acknowledgements and look-ups at fixed times, against a bare Flask application",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "workers": WORKERS,
        "staff": STAFF,
        "seconds": seconds,
        "a_second": {"acknowledgements": ACKNOWLEDGING, "look_ups": LOOKING_UP},
        "bars": {"p99": P99_BAR, "rate": RATE_BAR},
    }
    with private_cluster() as address, tempfile.TemporaryDirectory() as folder:
        host = dict(part.split("=") for part in address.split())["host"]
        stores = {
            "SQLite": f"sqlite:///{folder}/store.db",
            "PostgreSQL": f"postgresql+psycopg://owner@/postgres?host={host}",
        }
        for name, store in stores.items():
            settings = Settings(store=store, data_dir=Path(folder) / name, mission="BENCH")
            report[name] = measured(settings, seconds)
            gc.collect()
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    tell(report)


def tell(report: Mapping[str, Any]) -> None:
    missed = []
    for store in ("SQLite", "PostgreSQL"):
        found = report[store]
        p99, rates = found["p99_ms"], found["answers_a_second"]
        print(f"{store:11} {found['answers']}; {found['recorded']} in the store for {found['told']} told")
        print(
            f"{store:11} p99 {p99['ours']:.1f} ms, bare {p99['bare']:.1f} ms: {found['p99_ratio']:.1f} (bar {P99_BAR})"
        )
        print(
            f"{store:11} answers a second {rates['ours']:.0f}, bare {rates['bare']:.0f}: {found['rate_ratio']:.3f} "
            f"(bar {RATE_BAR}), control {found['control_ratio']:.3f}"
        )
        if found["failed"] or found["recorded"] != found["told"]:
            missed.append(f"what was told on {store}")
        if found["p99_ratio"] > P99_BAR:
            missed.append(f"p99 on {store}")
        if found["rate_ratio"] < RATE_BAR:
            missed.append(f"rate on {store}")
        if found["control_ratio"] >= RATE_BAR:
            raise SystemExit("The control was not found slow: this measures nothing.")
    if missed:
        raise SystemExit(f"Missed: {', '.join(missed)}.")


if __name__ == "__main__":
    main()
