"""What nobody sends by accident: answered with a refusal and a sentence, never with a fault, on every route.

In `make test` each route gets each of these things once, from one of the three who send; `make test-deep` has all three
send all of it.
"""

import io
import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import encode_multipart

from geo_offlimits.services import editions
from tests.web.access_table import TABLE
from tests.web.isle import signed_in
from tests.web.test_headers import POLICY

GETS = sorted({path.partition("?")[0] for method, path in TABLE if method == "GET" and "CAMPAIGN" not in path})
METHODS = ("HEAD", "OPTIONS", "TRACE", "CONNECT", "PUT", "PATCH", "DELETE", "BREW")
SEGMENTS = ("\x00", "%00", "\xff\xfe", "a" * 5000, "..", "-1", "9" * 30, "ISLE-0001\n", "{{7*7}}", "\xed\xa0\xbd", " ")
QUERIES = (
    "mission=ISLE&mission=ROCK", "mission=%00", "mission=%ff%fe", f"mission={'A' * 3000}", "v=%ff", "from=%00",
    "from=-1", "from=9999999999", "from=1&from=2", "from=%d9%a3", "bbox=nan,nan,nan,nan", "bbox=1e400,0,0,0",
    "bbox=1,2,3", "near=%ff&within_m=1", "near=1,1&within_m=nan", "near=1,1&within_m=1e999", "sector=%00",
    "next=%0d%0a", "=", "&&&", "%", "%zz",
)  # fmt: skip
HEADERS = (
    {"IF_NONE_MATCH": "*"}, {"IF_NONE_MATCH": 'W/"a", "b'}, {"IF_NONE_MATCH": "," * 3000}, {"IF_NONE_MATCH": "\xff"},
    {"IF_MODIFIED_SINCE": "Thu, 32 Foo 99999 99:99:99 GMT"}, {"RANGE": "bytes=5-1"}, {"RANGE": "bytes=0-9999999999999"},
    {"ACCEPT": "a/b;q=1e999,,;;"}, {"ACCEPT_LANGUAGE": "\xff;q=x, zz;q=-1, *"}, {"ACCEPT_LANGUAGE": "a" * 5000},
    {"ACCEPT_ENCODING": "gzip;q=nan"}, {"COOKIE": f"session={'A' * 60000}"}, {"COOKIE": "a=b;" * 3000},
    {"COOKIE": 'session="\\377\\000\\""; visitor="\\303"; language="\\'}, {"COOKIE": "visitor=\xff; message=\xff"},
    {"HOST": "l" * 300}, {"HOST": "[::1"}, {"HOST": "localhost:x"}, {"HOST": "xn--zz\x80"}, {"HOST": "a b"},
    {"HOST": "1.2.3.4:5:6"}, {"AUTHORIZATION": "Bearer \xff"},
)  # fmt: skip
POINT = [{"lat": 10, "lon": -30}]
NESTED = (b'{"positions":' + b"[" * 900 + b"]" * 900 + b"}", b'{"mission":' + b'{"a":' * 900 + b"1" + b"}" * 901)
DEEP = b'{"positions":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
BODIES = (
    *NESTED,
    b"", b"\xff\xfe", b"null", b"[]", b"{", b'{"a":NaN}', b'{"mission":"a","mission":"b"}', DEEP,
    b'{"mission":"\\ud800","positions":[]}', b'{"\\udfff":1}', b'{"position":{"\\ud800":1}}',
    b'{"x":' + b"9" * 6000 + b"}",
    *(
        json.dumps({"positions": POINT, **more}).encode()
        for more in (
            {"at": "0001-01-01T00:00:00+14:00"}, {"at": "9999-12-31T23:59:59-14:00"},
            {"known_at": "0001-01-01T00:00:00Z"}, {"known_at": "9999-12-31T23:59:59Z"}, {"radius_m": 1e308},
            {"radius_m": 10**400}, {"radius_m": -1},
            {"mission": "a\x00b"}, {"entry_id": "a\x00b"}, {"venue": "\x00"}, {"personnel": ["civilian"]},
            {"positions": [{"lat": 10, "lon": -30, "uncertainty_m": 1e400}]}, {"positions": [None]}, {"positions": "x"},
            {"positions": [{"text": "1" * 1900}]}, {"positions": [{"text": "a\x00b"}]}, {"positions": POINT * 20_000},
            {"name": "a\x00b"}, {"name": "\u0301" * 200}, {"name": "x", "limit": 10**30}, {"name": {"a": 1}},
        )
    ),
)  # fmt: skip
FORM = "application/x-www-form-urlencoded"
FORMS = (
    (FORM, b"reference=%00&passphrase=%00&name=%00&reason=%00&days=%00&sha256=%00&position=%00&q=%00&deadline=%00"),
    (FORM, b"reference=%ff%fe&passphrase=%ed%a0%80&name=%ff&reason=%ff&days=%d9%a3&position=%ff&deadline=%ff&next=%ff"),
    (FORM, b"&".join(b"a%d=1" % number for number in range(5000))),
    (FORM, b"name=" + b"x" * 70_000),
    ("multipart/form-data", b"x"),
    ("multipart/form-data; boundary=a", b'--a\r\nContent-Disposition: form-data; name="f"; filename="\xff"\r\n\r\n'),
    ("multipart/form-data; boundary=a", b"--a\r\nfoo"),
    ("x/y;" * 500, b"a=b"),
)  # fmt: skip


NONE: dict[str, str] = {}


@dataclass
class Wire:
    """Requests as bytes on the line make them, not as a well-meaning client does."""

    app: Flask
    cookie: str = ""
    token: str = ""

    def ask(
        self, method: str, path: str, query: str = "", *, body: bytes = b"", kind: str = "", headers: Any = NONE
    ) -> int:
        given: dict[str, Any] = {}
        environ = {
            "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": query,
            "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(body)), "HTTP_HOST": "localhost",
            "HTTP_COOKIE": self.cookie, "HTTP_X_CSRF_TOKEN": self.token,
            "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(), "wsgi.version": (1, 0), "wsgi.multithread": True, "wsgi.multiprocess": True,
            "wsgi.run_once": False, "wsgi.input_terminated": True,
        }  # fmt: skip
        environ |= {f"HTTP_{name}": value for name, value in headers.items()}
        start: Any = lambda status, fields: given.update(status=status, fields=dict(fields))  # noqa: E731
        answer: Any = self.app(environ, start)
        told = b"".join(answer)
        answer.close() if hasattr(answer, "close") else None
        status, fields = int(given["status"][:3]), given["fields"]
        assert status < 500, (method, path, query, body[:100], headers, told[:200])
        assert fields["Content-Security-Policy"] == POLICY
        if status >= 400 and method != "HEAD":
            kind = fields["Content-Type"]
            assert kind == "application/problem+json" or not path.startswith("/api/")
            assert sentence_in(told).rstrip().endswith("."), (method, path, told)
        return status


def sentence_in(told: bytes) -> str:
    """What an error says: of a problem its detail, of a page the last words in its main part that are a sentence."""
    if told.startswith(b"{"):
        return str(json.loads(told)["detail"])
    words = re.sub(r"<[^>]*>", "\n", told.decode().partition("<main")[2].partition("</main>")[0] or told.decode())
    return next((line for line in reversed(words.splitlines()) if line.rstrip().endswith(".")), words)


SENDERS = ("anonymous", "staff", "head")


@pytest.fixture(params=SENDERS)
def sender(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def wire(sender: str, app: Flask, caplog: pytest.LogCaptureFixture) -> Iterator[Wire]:
    """Somebody who sends what they like. Nothing of it may come up in the log as a fault."""
    sending = Wire(app)
    if sender != "anonymous":
        browser = signed_in(app, sender)
        cookie = browser.client.get_cookie("session")
        assert cookie
        sending = Wire(app, f"session={cookie.value}", browser.token("/list"))
    caplog.set_level(logging.WARNING)
    yield sending
    assert caplog.records == []


Share = Callable[[Iterable[Any]], list[Any]]


@pytest.fixture(params=[pytest.param(3, id="quick"), pytest.param(1, id="deep", marks=pytest.mark.deep)])
def share(request: pytest.FixtureRequest, sender: str) -> Share:
    """What of all these this sender sends to the next route: every third, so that the three together send all."""
    turn, every = count(SENDERS.index(sender)), request.param

    def share(things: Iterable[Any]) -> list[Any]:
        return list(things)[next(turn) % every :: every]

    return share


def test_any_method_on_any_route(wire: Wire, share: Share) -> None:
    for path in sorted({path.partition("?")[0] for _, path in TABLE}):
        for method in share(METHODS):
            assert wire.ask(method, path) != 200 or method in {"HEAD", "OPTIONS"}


def test_any_path(wire: Wire, share: Share) -> None:
    for path in GETS:
        parts = path.split("/")
        for segment in share(SEGMENTS):
            wire.ask("GET", "/".join([*parts[:-1], segment]))
            wire.ask("GET", "/".join([*parts, segment]))
            wire.ask("POST", "/".join([*parts[:2], segment, *parts[3:]]))


def test_any_query(wire: Wire, share: Share) -> None:
    for path in GETS:
        for query in share(QUERIES):
            wire.ask("GET", path, query)


def test_any_header(wire: Wire) -> None:
    for path in (
        "/",
        "/list",
        "/login",
        "/healthz",
        "/static/app.css",
        "/api/v1/missions/ISLE/editions/current",
        "/no",
    ):
        for headers in HEADERS:
            wire.ask("GET", path, headers=headers)


def test_any_json(wire: Wire) -> None:
    for path in ("/api/v1/check", "/api/v1/find", "/api/v1/missions/ISLE/premises"):
        for body in BODIES:
            wire.ask("POST", path, body=body, kind="application/json")


def test_any_form(wire: Wire, share: Share) -> None:
    for method, path in TABLE:
        if method == "POST" and not path.startswith("/api/") and path != "/logout":
            for kind, body in share(FORMS):
                wire.ask("POST", path, body=body, kind=kind)


def test_a_fault_while_a_refusal_is_shown_is_told_without_a_page_and_logged_without_its_text(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    browser = signed_in(app, "staff")
    told = str(42 + 0.66)  # not written out here, because the log shows the line of code

    def fail(*_arguments: object, **_more: object) -> None:
        raise ZeroDivisionError(told)

    monkeypatch.setattr(editions, "newest", fail)
    monkeypatch.setattr("web.errors.render_template", fail)
    answer = browser.get("/list")
    assert (answer.status_code, answer.mimetype) == (500, "text/plain")
    assert "Try again" in answer.text
    assert "ZeroDivisionError" in caplog.text
    assert told not in caplog.text + answer.text


def test_a_form_for_what_is_not_there_is_told_so(app: Flask) -> None:
    head = signed_in(app, "head")
    for number in ("0", "9", "9" * 30):
        answer = head.post(f"/acknowledge/{number}", {"sha256": "0" * 64, "language": "en"}, page="/list")
        assert answer.status_code in {404, 409}
        assert "edition" in answer.text


def test_two_positions_in_one_are_refused(app: Flask) -> None:
    place = {"lat": 10.0, "lon": -30.0, "text": "10.1, -30.1"}
    answer = signed_in(app, "staff").ask("/api/v1/check", {"mission": "ISLE", "positions": [place]})
    assert answer.status_code == 422
    assert "not one position" in answer.get_data(as_text=True)


def test_a_form_of_very_many_parts_or_of_a_very_long_field_is_refused(app: Flask) -> None:
    officer = signed_in(app, "officer")
    token = officer.token("/register/ISLE/ISLE-0001")
    path = "/register/ISLE/ISLE-0001/attachments"  # which takes the longest body
    for parts, length, status in ((10, 10, 422), (1001, 10, 413), (2, 600_000, 413)):
        fields = {f"f{number}": "x" * length for number in range(parts)}
        sent = {"csrf_token": token, **fields, "file": (io.BytesIO(b"x"), "a.pdf")}
        boundary, body = encode_multipart(sent)
        kind = f"multipart/form-data; boundary={boundary}"
        answer = officer.client.post(path, data=body, content_type=kind, headers={"X-CSRF-Token": token})
        assert answer.status_code == status, (parts, length)
