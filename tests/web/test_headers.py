"""The headers of every answer: of each route, with each status, to anybody, in clear and over HTTPS."""

from typing import Any

import pytest
from flask import Flask, abort, redirect
from werkzeug.test import TestResponse

from geo_offlimits.bootstrap import Wiring
from tests.web.access_table import TABLE
from tests.web.isle import Browser, signed_in
from tests.web.test_access import address, request
from web import headers

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
PATHS = sorted({path for method, path in TABLE if method == "GET" and "CAMPAIGN" not in path})
PAGES = [
    path
    for path in PATHS
    if not (path.startswith(("/api", "/static", "/basemaps")) or path.endswith((".json", ".pdf")) or "export" in path)
]


SEALED = "default-src 'none'; sandbox"
EXPECTED = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HSTS = "max-age=31536000; includeSubDomains"
HTTPS = "https://lists.example"
STATUSES = (302, 304, 400, 401, 403, 404, 405, 408, 411, 413, 415, 422, 429, 500, 503)


def lacking(answer: TestResponse, *, secure: bool = False) -> list[str]:
    """The headers that an answer should carry and does not, or carries with another value or twice."""
    expected = EXPECTED | ({"Strict-Transport-Security": HSTS} if secure else {})
    found = {name: [one for one in answer.headers.getlist(name) if one != SEALED] for name in expected}
    wrong = [name for name, values in found.items() if values != [expected[name]]]
    if not secure and "Strict-Transport-Security" in answer.headers:
        wrong.append("Strict-Transport-Security")  # browsers take it from no answer in clear
    caching = answer.headers.get("Cache-Control", "")
    if not caching.startswith("private" if answer.status_code < 400 else ("private, no-store", "no-store")):
        wrong += [] if answer.request.path.startswith("/static/") and caching else ["Cache-Control"]
    return wrong


def assert_protected(answer: TestResponse) -> None:
    assert lacking(answer) == []
    assert "unsafe" not in str(answer.headers)
    assert "Server" not in answer.headers or "Python" not in answer.headers["Server"]


@pytest.mark.parametrize(
    ("base_url", "statuses", "every"),
    [
        pytest.param("http://localhost", (302, 500), 1, id="in clear"),
        pytest.param(HTTPS, STATUSES, 5, id="quick"),
        pytest.param(HTTPS, STATUSES, 1, id="deep", marks=pytest.mark.deep),
    ],
)
def test_every_route_carries_them_with_every_status(
    app: Flask, wiring: Wiring, base_url: str, statuses: tuple[int, ...], every: int
) -> None:
    """Over HTTPS, quick, three statuses on each route, three others on the next."""
    visitor = Browser(app, base_url)
    wrong = {}
    for turn, status in enumerate(statuses):
        for endpoint in app.view_functions:
            app.view_functions[endpoint] = lambda status=status, **_values: (
                redirect("/list") if status == 302 else ("", 304) if status == 304 else abort(status)
            )
        for method, path in list(TABLE)[turn % every :: every]:
            answer = request(visitor, method, address(path, wiring), "")
            assert answer.status_code == status, (method, path)
            if lack := lacking(answer, secure=base_url == HTTPS):
                wrong[method, path, status] = lack
    assert wrong == {}


@pytest.mark.parametrize(
    ("who", "base_url"),
    [("nobody", HTTPS), ("staff", "http://localhost"), ("head", HTTPS)],
    ids=["nobody", "staff", "head"],
)
def test_every_route_as_it_answers_carries_them(app: Flask, wiring: Wiring, who: str, base_url: str) -> None:
    visitor = Browser(app, base_url)
    if who != "nobody":
        visitor.sign_in(who)
    token = visitor.token("/login")
    wrong, statuses = {}, set()
    rows = [(method, path, sent) for method, path in TABLE for sent in ("", token)]
    rows += [(method, path, "") for path in {path for _, path in TABLE} for method in ("HEAD", "OPTIONS", "PUT")]
    for method, path, sent in sorted(rows, key=lambda row: row[1] == "/logout"):
        answer = request(visitor, method, address(path, wiring), sent)
        statuses.add(answer.status_code)
        if lack := lacking(answer, secure=base_url == HTTPS):
            wrong[method, path, answer.status_code] = lack
    assert wrong == {}
    assert statuses >= {200, 303, 403, 405, 401 if who == "nobody" else 404}


@pytest.mark.parametrize("path", ["/static/app.css", "/missions/ISLE/basemap.json"])
def test_what_has_not_changed_carries_them_too(app: Flask, path: str) -> None:
    reader = signed_in(app, "staff")
    first = reader.get(path)
    again = reader.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert_protected(again)


def test_what_is_refused_before_flask_carries_them_too(app: Flask) -> None:
    for base_url in ("http://localhost", HTTPS):
        answer = Browser(app, base_url).client.get("/", base_url=base_url, headers={"Host": "a b"})
        assert (answer.status_code, lacking(answer, secure=base_url == HTTPS)) == (400, [])


def test_an_answer_without_them_would_be_found(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headers, "_FIXED", headers._FIXED[1:])
    assert lacking(Browser(app).get("/login")) == ["Content-Security-Policy"]
    monkeypatch.setattr(headers, "_FIXED", headers._FIXED * 2)
    assert "Referrer-Policy" in lacking(Browser(app).get("/nowhere"))


def test_too_large_a_body_is_refused_with_them(app: Flask) -> None:
    head = signed_in(app, "head")
    how: dict[str, Any] = {"headers": {"X-CSRF-Token": head.token("/list")}, "base_url": head.base_url}
    answer = head.client.post("/api/v1/find", data=b"x" * 65 * 1024, **how)
    assert answer.status_code == 413
    assert_protected(answer)


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_headers(app: Flask, path: str) -> None:
    assert_protected(signed_in(app, "head").get(path))
    assert_protected(Browser(app).get(path))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("PUT", "/list", 405),
        ("GET", "/register/ISLE/ISLE-9999", 404),
        ("OPTIONS", "/list", 200),
        ("HEAD", "/list", 200),
        ("POST", "/list", 403),
        ("GET", "/register/ISLE", 308),
    ],
)
def test_errors_and_other_methods_carry_them_too(app: Flask, method: str, path: str, status: int) -> None:
    browser = signed_in(app, "head")
    answer = browser.client.open(path, method=method, base_url=browser.base_url)
    assert answer.status_code == status
    assert_protected(answer)


def test_a_fault_of_ours_carries_them_too_and_tells_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = signed_in(app, "staff")

    def fail(*_arguments: object) -> None:
        raise ZeroDivisionError("secret 42.66")

    monkeypatch.setattr("geo_offlimits.services.editions.newest", fail)
    answer = browser.get("/list")
    assert answer.status_code == 500
    assert_protected(answer)
    assert "secret" not in answer.text
    assert "ZeroDivision" not in answer.text


@pytest.mark.parametrize("path", ["/list", "/", "/login", "/api/v1/missions", "/missions/ISLE/editions/current"])
def test_personal_pages_are_never_kept(app: Flask, path: str) -> None:
    assert signed_in(app, "staff").get(path).headers["Cache-Control"] == "private, no-store"


def test_over_https_browsers_are_told_to_stay_there(app: Flask) -> None:
    assert "Strict-Transport-Security" in Browser(app, "https://lists.example").get("/login").headers
    assert "Strict-Transport-Security" not in Browser(app).get("/login").headers


@pytest.mark.parametrize("path", PAGES)
def test_no_page_holds_inline_script_or_style(app: Flask, path: str) -> None:
    page = signed_in(app, "head").get(path, headers={"Accept": "text/html"}).text
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick=" not in page
    for script in page.split("<script")[1:]:
        tag = script.split(">")[0]
        assert "src=" in tag or "application/json" in tag, script[:80]
