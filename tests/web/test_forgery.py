from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from geo_offlimits.bootstrap import Wiring
from tests.web.access_table import TABLE
from tests.web.isle import Browser, signed_in

UNSAFE = sorted(path for method, path in TABLE if method == "POST")
CONFIRM = "/register/ISLE/ISLE-0003/confirm"


def send(browser: Browser, path: str, **headers: str) -> TestResponse:
    how: dict[str, Any] = {"json": {}} if path.startswith("/api/") else {"data": {}}
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return browser.client.post(path, headers=sent, base_url=browser.base_url, **how)


@pytest.mark.parametrize("path", UNSAFE)
def test_no_unsafe_route_answers_without_the_page_s_token(app: Flask, path: str) -> None:
    answer = send(signed_in(app, "head"), path)
    assert answer.status_code == 403
    assert "token" in answer.text


@pytest.mark.parametrize("token", ["", "x", "AAAA" * 30, "é", "=" * 88])
def test_a_token_that_is_none_is_refused(app: Flask, token: str) -> None:
    browser = signed_in(app, "head")
    answer = browser.client.post(CONFIRM, data={"csrf_token": token}, base_url=browser.base_url)
    assert answer.status_code == 403


def test_the_token_of_another_session_is_refused(app: Flask) -> None:
    other = signed_in(app, "head").token("/list")
    assert send(signed_in(app, "deputy"), CONFIRM, X_CSRF_Token=other).status_code == 403


def test_a_token_from_before_signing_in_is_refused_after_it(app: Flask) -> None:
    browser = Browser(app)
    before = browser.token()
    browser.sign_in("deputy")
    assert send(browser, CONFIRM, X_CSRF_Token=before).status_code == 403


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Origin", "https://evil.example"),
        ("Origin", "http://localhost:9"),
        ("Origin", "https://localhost"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
        ("Sec-Fetch-Site", "none"),
    ],
)
def test_a_request_that_another_site_started_is_refused_whatever_its_token(
    app: Flask, wiring: Wiring, name: str, value: str
) -> None:
    browser = signed_in(app, "deputy")
    headers = {"X-CSRF-Token": browser.token("/list"), name: value}
    answer = browser.client.post(CONFIRM, headers=headers, base_url=browser.base_url)
    assert answer.status_code == 403
    with wiring.store.reading() as tx:
        listing = tx.register.get("ISLE-0003")
    assert listing
    assert len(listing.steps) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},  # forms of pages that name no referrer
        {"Origin": "null"},  # the same from a browser without Sec-Fetch
        {},
    ],
)
def test_our_own_pages_forms_pass(app: Flask, headers: dict[str, str]) -> None:
    browser = signed_in(app, "deputy")
    sent = {"X-CSRF-Token": browser.token("/list")} | headers
    answer = browser.client.post(CONFIRM, headers=sent, base_url=browser.base_url)
    assert answer.status_code == 303


def test_the_token_is_masked_anew_in_each_answer(app: Flask) -> None:
    browser = signed_in(app, "staff")
    tokens = {browser.token("/list") for _ in range(5)}
    assert len(tokens) == 5
    assert all(send(browser, "/list", X_CSRF_Token=token).status_code != 403 for token in tokens)


def test_signing_in_needs_the_token_of_this_very_browser(app: Flask) -> None:
    token = Browser(app).token()
    browser = Browser(app)
    form = {"csrf_token": token, "reference": "staff", "passphrase": "x"}
    assert browser.client.post("/login", data=form, base_url=browser.base_url).status_code == 403
