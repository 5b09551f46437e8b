"""A server of lists that lies: what it says ends in a sentence or in the whole list, never in a fault of ours."""

import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from geo_offlimits.delivery.list_server import ListServer, NotGivenError, ServerError

Answer = tuple[int, dict[str, str], bytes]
Says = Callable[..., ListServer]
_PIECE = 1000


@pytest.fixture
def says() -> Iterator[Says]:
    """A server that gives the same answer to every question."""
    answers: list[Answer] = []
    pause_s = [0.0]

    class Lying(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = answers[0]
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            for at in range(0, len(body), _PIECE):
                self.wfile.write(body[at : at + _PIECE])
                time.sleep(pause_s[0])

        def log_message(self, *_words: object) -> None:
            """Nothing on standard error."""

    server = HTTPServer(("127.0.0.1", 0), Lying)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()

    def answering(status: int, body: bytes, *, every_s: float = 0.0, **headers: str) -> ListServer:
        answers[:], pause_s[:] = [(status, headers, body)], [every_s]
        return ListServer(address=f"http://127.0.0.1:{server.server_port}", token="t", mission="ISLE", query={})

    yield answering
    server.shutdown()
    server.server_close()


DEEP = b"[" * 60_000


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, b"[]"), (200, b"1"), (200, DEEP), (200, b'{"to"'), (200, b"\xff"), (503, b"{}"), (302, b""), (206, b"null")],
)
def test_a_delta_that_is_none_is_done_without(says: Says, status: int, body: bytes) -> None:
    assert says(status, body).delta(1) is None


@pytest.mark.parametrize(
    "body", [DEEP, b"[]", b"null", b'{"detail": "\\u001b[2J\\rGenuine."}', b'{"detail": "%s"}' % (b"x" * 9000), b"\xff"]
)
def test_a_refusal_cannot_rewrite_what_the_terminal_shows(says: Says, tmp_path: Path, body: bytes) -> None:
    with pytest.raises(ServerError, match=r"did not give the list \(status 500\)"):
        says(500, body).file("gpx", tmp_path / "gpx.part", print)
    assert list(tmp_path.iterdir()) == []


def test_a_refusal_in_plain_words_is_told(says: Says, tmp_path: Path) -> None:
    with pytest.raises(ServerError, match=r"\(Il n’y a pas de liste\.\)"):
        says(404, '{"detail": "Il n’y a pas de liste."}'.encode()).file("gpx", tmp_path / "gpx.part", print)


@pytest.mark.parametrize(("status", "is_no"), [(404, True), (409, True), (410, True), (429, False), (503, False)])
def test_a_no_to_one_file_is_told_from_a_server_that_cannot_answer_now(
    says: Says, tmp_path: Path, status: int, is_no: bool
) -> None:
    with pytest.raises(ServerError) as fault:
        says(status, b"{}").file("pdf", tmp_path / "pdf.part", print)
    assert isinstance(fault.value, NotGivenError) is is_no


def test_a_list_that_drips_is_given_up_and_what_came_is_kept(
    says: Says, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geo_offlimits.delivery.list_server.WITHIN_S", 0.5)
    part, started = tmp_path / "gpx.part", time.monotonic()
    with pytest.raises(ServerError, match="What has come is kept"):
        says(200, b"x" * 20_000, every_s=0.1).file("gpx", part, print)
    assert time.monotonic() - started < 1.5
    assert 0 < part.stat().st_size < 20_000
