"""What a provider, or the network on the way to it, can do wrong besides."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, Response
from werkzeug.test import TestResponse

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.delivery.provider import Provider
from geo_offlimits.services import people
from tests.identity_provider import CLIENT, SECRET, Facts, IdentityProvider, dripping, huge
from tests.web.isle import Browser
from tests.web.oidc.steps import SITE, is_signed_in, own, root, sign_in
from web import create_app


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize(
    ("told", "is_due", "status"),
    [(None, False, 303), (None, True, 401), ("ours", True, 303), ("https://evil.example", False, 401)],
)
def test_an_answer_that_names_another_issuer_is_refused(
    browser: Browser, provider: IdentityProvider, told: str | None, is_due: bool, status: int
) -> None:
    provider.answers_as = provider.url if told == "ours" else told
    provider.about["authorization_response_iss_parameter_supported"] = is_due
    assert sign_in(browser).status_code == status
    spent = provider.asked.count("/token")
    assert spent == (status == 303)  # nobody else is told the code


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"issuer": "https://evil.example"}, "oidc_issuer"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "address"),
        ({"authorization_endpoint": "http://evil.example/authorize"}, "https"),
        ({"token_endpoint": "http://evil.example/token"}, "https"),
        ({"jwks_uri": None}, "address"),
        ({"code_challenge_methods_supported": ["plain"]}, "S256"),
    ],
)
def test_a_provider_that_says_wrong_things_of_itself_is_not_used(
    browser: Browser, provider: IdentityProvider, wrong: Facts, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    provider.about |= wrong
    answer = browser.post("/oidc/sign-in")
    assert answer.status_code == 503
    assert "Isle ID does not answer as it should" in answer.text
    assert 'name="passphrase"' in answer.text
    assert said in caplog.text


def impatient(app: Flask, within_s: float = 0.5, **how: Any) -> Provider:
    """The application's provider, which is waited for so long."""
    wiring = app.extensions["offlimits"]
    made = Provider(wiring.settings.oidc_issuer, CLIENT, secret=SECRET, name="Isle ID", within_s=within_s, **how)
    wiring.__dict__["provider"] = made
    return made


@pytest.mark.parametrize("way", [huge, dripping])
@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/keys"])
def test_a_provider_that_is_slow_or_talks_too_much_holds_nobody_up(
    app: Flask, wiring: Wiring, provider: IdentityProvider, path: str, way: Callable[[], Any]
) -> None:
    own(wiring, "staff")
    impatient(app)
    browser = Browser(app, SITE)
    provider.instead[path] = way

    def go_there() -> TestResponse:
        return browser.post("/oidc/sign-in") if "well-known" in path else sign_in(browser)

    began = time.monotonic()
    answer = go_there()
    assert time.monotonic() - began < 3
    assert answer.status_code == 503
    assert "Isle ID does not answer as it should" in answer.text
    assert not is_signed_in(browser)
    asked = provider.asked.count(path)
    assert go_there().status_code == 503  # nor is it asked again at once
    assert provider.asked.count(path) == asked == 1
    assert browser.sign_in("staff").status_code == 303


def test_a_provider_that_is_not_there_leaves_the_passphrase(wiring: Wiring) -> None:
    gone = replace(wiring.settings, oidc_issuer="http://127.0.0.1:9", oidc_name="")
    browser = Browser(create_app(wiring=replace(wiring, settings=gone)), SITE)
    assert "Sign in with 127.0.0.1:9" in browser.get("/login").text
    answer = browser.post("/oidc/sign-in")
    assert (answer.status_code, "127.0.0.1:9 does not answer" in answer.text) == (503, True)
    assert browser.sign_in("staff").status_code == 303


def test_a_redirect_of_the_provider_s_is_not_followed(browser: Browser, provider: IdentityProvider) -> None:
    elsewhere = Response(status=302, headers={"Location": f"{provider.url}/keys"})
    provider.instead["/.well-known/openid-configuration"] = lambda: elsewhere
    assert browser.post("/oidc/sign-in").status_code == 503
    assert "/keys" not in provider.asked


def test_nobody_waits_for_a_writer_while_the_provider_is_asked(
    app: Flask, wiring: Wiring, provider: IdentityProvider
) -> None:
    impatient(app, within_s=3.0)
    provider.instead["/.well-known/openid-configuration"] = dripping
    asking = threading.Thread(target=lambda: Browser(app, SITE).post("/oidc/sign-in"))
    asking.start()
    while not provider.asked:
        time.sleep(0.01)
    with wiring.writing(root(wiring)) as act:
        people.depart(act, "patrol")
    assert asking.is_alive()
    asking.join()
