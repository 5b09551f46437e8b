import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.web.access_table import TABLE
from tests.web.isle import Browser, signed_in

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PATHS = sorted({path for method, path in TABLE if method == "GET" and "CAMPAIGN" not in path})
PAGES = [
    path
    for path in PATHS
    if not (path.startswith(("/api", "/static", "/basemaps")) or path.endswith(".json") or "export" in path)
]


def assert_protected(answer: TestResponse) -> None:
    assert answer.headers.getlist("Content-Security-Policy") == [POLICY]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "geolocation=(self)" in answer.headers["Permissions-Policy"]
    assert answer.headers["Cache-Control"]
    assert "Server" not in answer.headers or "Python" not in answer.headers["Server"]


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
    page = signed_in(app, "head").get(path).text
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick=" not in page
    for script in page.split("<script")[1:]:
        tag = script.split(">")[0]
        assert "src=" in tag or "application/json" in tag, script[:80]
