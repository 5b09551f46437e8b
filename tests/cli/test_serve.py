"""`serve` with real processes on free ports: it answers, reloads, stops, and says why it cannot start."""

import json
import os
import signal
import socket
import ssl
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import InvalidRequestLine, InvalidResponseHeader

from geo_offlimits.cli import worker
from geo_offlimits.cli.worker import Log, Worker, refusal_of
from tests.cli.prompt import Prompt
from tests.cli.served import PATIENCE_S, Served, certificate
from web.headers import SECURITY_HEADERS, STAY_ENCRYPTED


def until(true: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.05)


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_and_stops_quietly(serve: Callable[..., Served], prompt: Prompt, by: signal.Signals) -> None:
    served = serve(prompt)
    assert served.get("/healthz") == (200, b'{"status":"alive"}\n')
    assert served.get("/readyz")[0] == 200
    assert served.get("/api/v1/missions")[0] == 401
    code, said = served.stop(by)
    assert (code, "Traceback" in said) == (0, False)
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", served.port))


def test_sighup_renews_its_processes_and_keeps_the_port(serve: Callable[..., Served], prompt: Prompt) -> None:
    served = serve(prompt)
    served.get("/healthz")
    until(lambda: len(served.children()) == 2)
    before = served.children()
    served.process.send_signal(signal.SIGHUP)
    until(lambda: len(served.children()) == 2 and not served.children() & before)
    assert served.get("/readyz")[0] == 200
    assert served.stop()[0] == 0


def test_a_port_in_use_is_a_sentence_and_json(serve: Callable[..., Served], prompt: Prompt) -> None:
    served = serve(prompt)
    said = prompt("serve", "--port", served.port, "--json")
    assert (said.code, said.json["error"]) == (1, "RefusedError")
    assert f"Port {served.port} is in use" in said.err
    said = prompt("demo", "--serve", "--folder", prompt.folder / "demo", "--port", served.port)
    assert (said.code, "is in use" in said.err) == (1, True)
    assert not (prompt.folder / "demo").exists()


def test_of_several_sockets_that_are_handed_over_none_is_guessed(
    prompt: Prompt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LISTEN_PID", str(os.getpid()))
    monkeypatch.setenv("LISTEN_FDS", "2")
    said = prompt("serve", "--port", 0)
    assert (said.code, "Leave one ListenStream" in said.err) == (1, True)


def test_it_speaks_tls_with_a_certificate_of_its_own(
    serve: Callable[..., Served], prompt: Prompt, tmp_path: Path
) -> None:
    cert, key = certificate(tmp_path)
    served = serve(prompt, "--tls-cert", str(cert), "--tls-key", str(key))
    assert (served.scheme, served.get("/healthz")[0]) == ("https", 200)
    other = tmp_path / "other"
    other.mkdir()
    unfit = prompt("serve", "--port", 0, "--tls-cert", cert, "--tls-key", certificate(other)[1])
    assert (unfit.code, "belong together" in unfit.err) == (1, True)


def test_sighup_takes_a_renewed_certificate(serve: Callable[..., Served], prompt: Prompt, tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    served = serve(prompt, "--tls-cert", str(cert), "--tls-key", str(key))
    assert shown(served) == ssl.PEM_cert_to_DER_cert(cert.read_text())
    before = served.children()
    certificate(tmp_path)
    served.process.send_signal(signal.SIGHUP)
    until(lambda: len(served.children()) == 2 and not served.children() & before)
    assert shown(served) == ssl.PEM_cert_to_DER_cert(cert.read_text())
    assert served.get("/readyz")[0] == 200
    assert served.stop()[0] == 0


def shown(served: Served) -> bytes | None:
    connection = served.connect()
    assert isinstance(connection, ssl.SSLSocket)
    with connection:
        return connection.getpeercert(binary_form=True)


def test_its_address_is_one_json_document(serve: Callable[..., Served], prompt: Prompt) -> None:
    served = serve(prompt, "--json")
    assert served.get("/healthz")[0] == 200
    served.stop()
    document = json.loads(served.said)
    assert (document["address"], document["workers"]) == (f"http://localhost:{served.port}", 2)


def test_all_processes_count_together_how_fast_somebody_asks(serve: Callable[..., Served], prompt: Prompt) -> None:
    served = serve(prompt, GEO_OFFLIMITS_RATE_PER_MINUTE="10")
    statuses = [served.get("/login")[0] for _ in range(40)]
    assert set(statuses) == {200, 429}
    assert 10 <= statuses.count(200) <= 13  # some pass as time does; each process by itself would let ten pass
    until(lambda: len(served.children()) == 2)
    before = served.children()
    served.process.send_signal(signal.SIGHUP)
    until(lambda: len(served.children()) == 2 and not served.children() & before)
    assert [served.get("/login")[0] for _ in range(3)].count(429) >= 1


def test_memory_is_given_back_now_and_then_where_something_was_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[int] = []
    monkeypatch.setattr(worker, "give_back", lambda: given.append(1))
    one = Worker.__new__(Worker)
    one._given_back = (0, 0.0)
    told = []
    for answered, now in ((0, 100.0), (5, 100.0), (6, 105.0), (6, 120.0), (6, 140.0)):
        one.nr = answered
        one._give_back(now)
        told.append(len(given))
    assert told == [0, 1, 1, 2, 2]


CANARY = b"CANARY-42.66"
HOST = b"Host: localhost\r\n"
NOT_HTTP = (
    b"GET /" + CANARY + b"\r\n\r\n",
    b"GET /?near=" + CANARY + b" HTTP/9.9\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"Authorization " + CANARY + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"Expect: " + CANARY + b"\r\n\r\n",
    b"POST /login HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: " + CANARY + b"\r\n\r\n",
    b"POST /login HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\npassphrase=" + CANARY + b"\r\n",
    b"POST /login HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n1\r\n" + CANARY + b"\r\n",
)
HTTP = (
    b"GET /login?next=" + CANARY + b" HTTP/1.1\r\n" + HOST + b"Cookie: session=" + CANARY + b"\r\n\r\n",
    b"GET /" + CANARY + b" HTTP/1.1\r\n" + HOST + b"SCRIPT_NAME: /" + CANARY + b"\r\n\r\n",
    b"POST /login HTTP/1.1\r\n" + HOST + b"Content-Length: 23\r\n\r\npassphrase=" + CANARY,
)


def test_nothing_of_what_is_sent_reaches_the_log(serve: Callable[..., Served], prompt: Prompt) -> None:
    served = serve(prompt)
    for sent in (*NOT_HTTP, *HTTP):
        with served.connect() as connection:
            connection.sendall(sent)
            answer = connection.recv(65536)
        asked = b"Set-Cookie" in answer or b"<!doctype html>" in answer.lower()
        assert asked is (sent in HTTP), answer
        assert asked or CANARY not in answer
    code, said = served.stop()
    assert code == 0
    told = [json.loads(line) for line in said.splitlines()]
    assert {one["refused"] for one in told} == {"forged"}, "what was no form of ours is told by kind and route"
    assert CANARY.decode() not in said


LONG = b"x" * 9000
# Whoever stands in front might end the request where the other length says: smuggling.
TWO_LENGTHS = b"POST /login HTTP/1.1\r\n" + HOST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
UNFIT = {
    400: (*NOT_HTTP[:3], *NOT_HTTP[5:], TWO_LENGTHS),
    414: (b"GET /" + LONG + b" HTTP/1.1\r\n" + HOST + b"\r\n",),
    417: (NOT_HTTP[3],),
    431: (
        b"GET / HTTP/1.1\r\n" + HOST + b"A: " + LONG + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"A: b\r\n" * 200 + b"\r\n",
    ),
    501: (NOT_HTTP[4],),
}


def head_of(answer: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = answer.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    return int(first.split()[1]), dict(line.split(": ", 1) for line in lines)


@pytest.mark.parametrize("encrypted", [False, True], ids=["in clear", "over TLS"])
def test_what_the_server_says_itself_is_a_problem_with_the_application_s_headers(
    serve: Callable[..., Served], prompt: Prompt, tmp_path: Path, encrypted: bool
) -> None:
    files = [str(one) for one in certificate(tmp_path)]
    served = serve(prompt, *(("--tls-cert", files[0], "--tls-key", files[1]) if encrypted else ()))
    expected = SECURITY_HEADERS | (STAY_ENCRYPTED if encrypted else {})
    for status, requests in UNFIT.items():
        for sent in requests:
            with served.connect() as connection:
                connection.sendall(sent)
                answer = connection.recv(65536)
            told, fields = head_of(answer)
            assert told == status, (sent[:60], answer)
            assert expected.items() <= fields.items()
            assert ("Strict-Transport-Security" in fields) is encrypted
            assert (fields["Content-Type"], fields["Cache-Control"]) == ("application/problem+json", "no-store")
            problem = json.loads(answer.partition(b"\r\n\r\n")[2])
            assert (problem["status"], problem["detail"][-1], len(problem["type"].split(":"))) == (status, ".", 4)


@pytest.mark.parametrize(("newest", "spoken"), [(ssl.TLSVersion.TLSv1_1, None), (ssl.TLSVersion.TLSv1_2, "TLSv1.2")])
def test_only_what_is_current_of_tls_is_spoken(
    serve: Callable[..., Served], prompt: Prompt, tmp_path: Path, newest: ssl.TLSVersion, spoken: str | None
) -> None:
    cert, key = certificate(tmp_path)
    served = serve(prompt, "--tls-cert", str(cert), "--tls-key", str(key))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that a client may say less is what is tried here
        context = ssl._create_unverified_context()  # noqa: S323  (a certificate made for this test)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, newest
    with socket.create_connection(("127.0.0.1", served.port), PATIENCE_S) as opened:
        if spoken is None:
            with pytest.raises(OSError, match=r"(?i)alert|protocol|reset|eof"):
                context.wrap_socket(opened)
            return
        with context.wrap_socket(opened) as connection:
            assert connection.version() == spoken


def test_behind_a_declared_proxy_what_the_server_says_itself_asks_to_stay_encrypted(
    serve: Callable[..., Served], prompt: Prompt
) -> None:
    served = serve(prompt, GEO_OFFLIMITS_BEHIND_PROXY="1")
    with served.connect() as connection:
        connection.sendall(NOT_HTTP[0])
        assert STAY_ENCRYPTED.items() <= head_of(connection.recv(65536))[1].items()


def test_a_fault_of_the_server_s_own_is_no_fault_of_the_sender() -> None:
    assert refusal_of(InvalidResponseHeader("x")).status == refusal_of(ZeroDivisionError()).status == 500
    assert refusal_of(InvalidRequestLine("x")).status == 400


def test_a_fault_is_logged_by_its_kind_and_place(capsys: pytest.CaptureFixture[str]) -> None:
    log = Log(Config())
    try:
        int(CANARY)
    except ValueError:
        log.exception("Error handling request %s %s", "GET", CANARY.decode())
    log.warning("Worker was sent %s", "SIGTERM")
    said = capsys.readouterr().err
    assert CANARY.decode() not in said
    for told in ("ValueError", "test_serve.py", "SIGTERM"):
        assert told in said
