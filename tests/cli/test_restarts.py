"""Renewed and restarted under load: no request of a client that keeps to HTTP is lost."""

import http.client
import itertools
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from geo_offlimits.cli.server import BACKLOG
from tests.cli.prompt import MISSION, Prompt
from tests.cli.served import PATIENCE_S, Served, certificate

VISITORS = 16
CLOSED = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)


class Visitor(threading.Thread):
    """Asks one thing after the other over one connection that it keeps.

    Where that was closed between two answers, as HTTP allows at any time, it asks once more over a new one. Anything
    else is `failed`.
    """

    def __init__(self, open_connection: Callable[[], socket.socket], asked: dict[str, dict[str, str]]) -> None:
        super().__init__(daemon=True)
        self.open_connection, self.asked = open_connection, asked
        self.failed: list[str] = []
        self.answered, self.enough = 0, threading.Event()
        self.connection: http.client.HTTPConnection | None = None

    def run(self) -> None:
        for path in itertools.cycle(self.asked):
            if self.enough.is_set():
                break
            try:
                status = self.status(path)
            except Exception as fault:  # noqa: BLE001  (whatever it is, it is a request lost)
                self.failed.append(repr(fault))
                self.leave()
                time.sleep(0.1)
            else:
                self.answered += 1
                if status != 200:
                    self.failed.append(f"{path} {status}")
            time.sleep(0.005)
        self.leave()

    def leave(self) -> None:
        if self.connection:
            self.connection.close()
        self.connection = None

    def status(self, path: str) -> int:
        if self.connection and self.connection.sock:
            try:
                return self.ask(self.connection, path)
            except CLOSED:
                self.leave()
        self.connection = http.client.HTTPConnection("localhost", timeout=PATIENCE_S)
        self.connection.sock = self.open_connection()
        self.connection.auto_open = 0
        return self.ask(self.connection, path)

    def ask(self, connection: http.client.HTTPConnection, path: str) -> int:
        connection.request("GET", path, headers=self.asked[path])
        answer = connection.getresponse()
        answer.read()
        return answer.status


@contextmanager
def load(served: Served, prompt: Prompt) -> Iterator[list[Visitor]]:
    """Visitors that go on asking; on leaving, everything they asked was answered."""
    told = prompt("token", "issue", "--mission", MISSION, "--purpose", "sync", "--json", by="106").done().json
    asked: dict[str, dict[str, str]] = {
        "/readyz": {},
        f"/api/v1/missions/{MISSION}/editions/current": {"Authorization": f"Bearer {told['token']}"},
        "/login": {},
    }
    visitors = [Visitor(served.connect, asked) for _ in range(VISITORS)]
    for visitor in visitors:
        visitor.start()
    try:
        go_on(visitors)
        yield visitors
        go_on(visitors)
    finally:
        for visitor in visitors:
            visitor.enough.set()
        for visitor in visitors:
            visitor.join(PATIENCE_S)
    assert [fault for visitor in visitors for fault in visitor.failed] == []


def go_on(visitors: list[Visitor]) -> None:
    """Until each has been answered a few times more."""
    goal, ends = [visitor.answered + 3 for visitor in visitors], time.monotonic() + PATIENCE_S
    while any(visitor.answered < least for visitor, least in zip(visitors, goal, strict=True)):
        assert time.monotonic() < ends, [visitor.failed for visitor in visitors]
        time.sleep(0.02)


def renewed(served: Served) -> None:
    before, ends = served.children(), time.monotonic() + PATIENCE_S
    served.process.send_signal(signal.SIGHUP)
    while served.children() & before or len(served.children()) != 2:
        assert time.monotonic() < ends
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("encrypted", "times"),
    [
        pytest.param(True, 1, id="https-quick"),
        pytest.param(True, 20, id="https-deep", marks=pytest.mark.deep),
        pytest.param(False, 20, id="http-deep", marks=pytest.mark.deep),
    ],
)
def test_renewing_its_processes_loses_no_request(
    serve: Callable[..., Served], prompt: Prompt, tmp_path: Path, times: int, *, encrypted: bool
) -> None:
    cert, key = certificate(tmp_path)
    served = serve(prompt, *(("--tls-cert", str(cert), "--tls-key", str(key)) if encrypted else ()))
    with load(served, prompt) as visitors:
        for _ in range(times):
            renewed(served)
            go_on(visitors)
    assert served.stop() == (0, "")


@pytest.mark.parametrize("times", [pytest.param(1, id="quick"), pytest.param(20, id="deep", marks=pytest.mark.deep)])
def test_a_restart_on_a_socket_that_stays_open_loses_no_request(
    serve: Callable[..., Served], prompt: Prompt, times: int
) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=BACKLOG) as kept:
        served = serve(prompt, handed=kept)
        assert served.port == kept.getsockname()[1]
        with load(served, prompt) as visitors:
            for _ in range(times):
                assert served.stop() == (0, "")
                served = serve(prompt, handed=kept)
                go_on(visitors)
        assert served.stop() == (0, "")


def test_a_new_connection_that_is_closed_without_an_answer_is_a_request_lost() -> None:
    """The control: a visitor finds what is lost."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        visitor = Visitor(lambda: socket.create_connection(listening.getsockname()), {"/": {}})
        visitor.start()
        listening.accept()[0].close()
        visitor.enough.set()
    visitor.join(PATIENCE_S)
    assert visitor.answered == 0
    assert visitor.failed


@pytest.mark.deep
def test_without_such_a_socket_a_restart_loses_some(serve: Callable[..., Served], prompt: Prompt) -> None:
    """The control of the whole: this load finds what is lost."""

    def restarted_under_load() -> None:
        served = serve(prompt)
        with load(served, prompt):
            served.stop()
            serve(prompt, "--port", str(served.port))

    with pytest.raises(AssertionError, match=r"Connection(Refused|Reset)Error"):
        restarted_under_load()
