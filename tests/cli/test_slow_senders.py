"""`serve` before those who send slowly, never finish, take no answer or do not close: everybody else is answered."""

import shutil
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from tests.cli.prompt import Prompt
from tests.cli.served import PATIENCE_S, Served, certificate

MANY = 60  # more than all the threads that work, fewer than one process has to wait with, wherever they arrive
AT_ONCE_S = 2.0  # an answer that had to wait for one of them would take longer
RECEIVE_S = 2
HEAD = b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
HALF_SENT = {
    "nothing": b"",
    "half a head": b"GET /healthz HTTP/1.1\r\nHost: local",
    "half a body": HEAD + b"Content-Length: 1000\r\n\r\ncsrf_token=",
    "half a body in chunks": HEAD + b"Transfer-Encoding: chunked\r\n\r\n400\r\ncsrf_token=",
}
FOR_ONE = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@contextmanager
def crowd(served: Served, said: bytes, *, many: int = MANY, encrypted: bool = True) -> Iterator[list[socket.socket]]:
    """Many connections that have said this and no more."""
    with ExitStack() as everybody:
        them = []
        for _ in range(many):
            opened = served.connect() if encrypted else socket.create_connection(("127.0.0.1", served.port), PATIENCE_S)
            them.append(everybody.enter_context(opened))
            them[-1].sendall(said)
        time.sleep(0.2)
        yield them


def heard(opened: socket.socket) -> bytes:
    """All that comes until the server closes."""
    pieces = []
    while piece := opened.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


def assert_answers_at_once(served: Served) -> None:
    for _ in range(4):  # each process of the server
        assert served.get("/healthz", timeout=AT_ONCE_S)[0] == 200


@pytest.fixture(scope="module")
def own(deployed: Path, tmp_path_factory: pytest.TempPathFactory) -> Prompt:
    folder = tmp_path_factory.mktemp("slow") / "isle"
    shutil.copytree(deployed, folder)
    return Prompt(folder)


@pytest.fixture(scope="module")
def impatient(own: Prompt) -> Iterator[Served]:
    """One server for all of them: each leaves it as it was."""
    served = Served(own, GEO_OFFLIMITS_RECEIVE_SECONDS=str(RECEIVE_S))
    yield served
    served.stop()


@pytest.mark.parametrize("said", HALF_SENT.values(), ids=HALF_SENT)
def test_half_sent_requests_hold_up_nobody_and_are_closed(impatient: Served, said: bytes) -> None:
    began = time.monotonic()
    with crowd(impatient, said) as them:
        assert_answers_at_once(impatient)
        answers = {heard(one)[:12] for one in them}
        took_s = time.monotonic() - began
        assert_answers_at_once(impatient)
    assert answers <= {b"", b"HTTP/1.1 408", b"HTTP/1.1 400"}
    assert (b"HTTP/1.1 408" in answers) is (b"Content-Length" in said)
    assert RECEIVE_S - 0.5 <= took_s < RECEIVE_S + 10


def test_a_request_that_trickles_in_is_closed_when_its_time_is_up(impatient: Served) -> None:
    began = time.monotonic()
    with impatient.connect() as slow:
        slow.sendall(HEAD + b"Content-Length: 100000\r\n\r\n")
        ended = threading.Event()
        feeder = threading.Thread(target=trickle, args=(slow, ended))
        feeder.start()
        answer = heard(slow)
        ended.set()
        feeder.join()
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"Content-Security-Policy: default-src 'none'" in answer
    assert time.monotonic() - began < RECEIVE_S + 5


def trickle(slow: socket.socket, ended: threading.Event) -> None:
    while not ended.wait(0.1):
        try:
            slow.sendall(b"a")
        except OSError:
            return


def test_over_tls_neither_half_a_handshake_nor_half_a_body_holds_up_anybody(
    serve: Callable[..., Served], own: Prompt, tmp_path: Path
) -> None:
    cert, key = certificate(tmp_path)
    served = serve(own, "--tls-cert", str(cert), "--tls-key", str(key), GEO_OFFLIMITS_RECEIVE_SECONDS=str(RECEIVE_S))
    half = MANY // 2
    with (
        crowd(served, b"\x16\x03\x01", many=half, encrypted=False) as strangers,
        crowd(served, HALF_SENT["half a body"], many=half) as them,
    ):
        assert_answers_at_once(served)
        for one in them:
            with suppress(ssl.SSLError):  # it ends in the middle of a session
                assert heard(one) == b""
        assert {one.recv(1) for one in strangers} <= {b"", b"\x15"}  # an alert, or just the end
        assert_answers_at_once(served)


def test_who_leaves_the_connection_open_after_the_answer_holds_up_nobody(impatient: Served) -> None:
    with crowd(impatient, FOR_ONE) as them:
        assert_answers_at_once(impatient)
        assert {heard(one)[:12] for one in them} == {b"HTTP/1.1 200"}
        assert_answers_at_once(impatient)


def test_who_takes_no_answer_holds_up_nobody(impatient: Served) -> None:
    much = b"GET /static/vendor/leaflet.js HTTP/1.1\r\nHost: localhost\r\n\r\n" * 40
    with crowd(impatient, much):
        assert_answers_at_once(impatient)


@pytest.mark.parametrize(
    "kind",
    [b"Content-Length: 9\r\n\r\n", b"Content-Length: 9\r\nExpect: 100-continue\r\n\r\n"],
    ids=["plainly", "having asked whether to go on"],
)
def test_what_arrives_in_time_is_answered_however_it_is_sent(impatient: Served, kind: bytes) -> None:
    with impatient.connect() as unhurried:
        for piece in (HEAD[:20], HEAD[20:], kind, b"language", b"="):
            unhurried.sendall(piece)
            time.sleep(0.2)
        said = b""
        # What says "go on" may come in a piece of its own.
        while b"HTTP/1.1 403 FORBIDDEN" not in said and (piece := unhurried.recv(65536)):
            said += piece
        assert b"HTTP/1.1 403 FORBIDDEN" in said


def test_a_body_in_chunks_arrives_and_one_that_is_too_long_for_that_is_refused(impatient: Served) -> None:
    head = HEAD + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    with impatient.connect() as opened:
        opened.sendall(head + b"5\r\nlangu\r\n4\r\nage=\r\n0\r\n\r\n")
        assert heard(opened).startswith(b"HTTP/1.1 403 FORBIDDEN")
    with impatient.connect() as opened:
        opened.sendall(head + (b"10000\r\n" + b"a" * 65536 + b"\r\n") * 17)
        answer = heard(opened)
    assert answer.startswith(b"HTTP/1.1 411")
    assert b"Content-Security-Policy: default-src 'none'" in answer


def test_a_long_body_is_refused_before_it_is_read(impatient: Served) -> None:
    with impatient.connect() as opened:
        opened.sendall(HEAD + b"Content-Length: 9000000\r\n\r\na")
        assert b"HTTP/1.1 413" in opened.recv(65536)
