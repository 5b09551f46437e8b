"""Off unless configured: then nothing is offered, found or fetched; and settings that cannot be."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from pytest_socket import SocketBlockedError, disable_socket, enable_socket

from geo_offlimits.bootstrap import Wiring, wire
from geo_offlimits.errors import InputError
from geo_offlimits.settings import Settings
from tests.identity_provider import IdentityProvider
from tests.web.isle import Browser, quick
from tests.web.oidc.steps import CALLBACK
from web import create_app


@pytest.fixture
def without(wiring: Wiring) -> Wiring:
    return replace(wiring, settings=replace(wiring.settings, oidc_issuer="", oidc_client_id=""))


@pytest.fixture
def no_network() -> Iterator[None]:
    disable_socket()
    yield
    enable_socket()


def test_where_none_is_configured_nothing_is_offered_found_or_fetched(without: Wiring, no_network: None) -> None:
    browser = Browser(create_app(wiring=without))
    assert "Sign in with" not in browser.get("/login").text
    assert browser.sign_in("staff").status_code == 303
    for path in ("/", "/list", "/second-factor", "/step-up"):
        assert "account of" not in browser.get(path).text
    assert browser.get(CALLBACK).status_code == 404
    for path in ("/oidc/sign-in", "/oidc/link", "/oidc/step-up", CALLBACK):
        assert browser.post(path, page="/list").status_code == 404
    assert no_network is None


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_where_one_is_nothing_is_fetched_before_somebody_asks(
    app: Flask, provider: IdentityProvider, no_network: None
) -> None:
    browser = Browser(app)
    assert browser.sign_in("staff").status_code == 303
    for path in ("/", "/list", "/second-factor"):
        assert browser.get(path).status_code == 200
    assert provider.asked == []
    with pytest.raises(SocketBlockedError):
        app.extensions["offlimits"].provider._about()
    assert no_network is None


@pytest.mark.parametrize(
    "issuer",
    [
        "http://idp.example",
        "ftp://idp.example",
        "idp.example",
        "https://",
        "https://idp.example/?tenant=1",
        "https://idp.example/#x",
        "https://somebody:secret@idp.example",
        "http://127.0.0.1.evil.example",
        "https://idp.example:x",
    ],
)
def test_an_issuer_that_cannot_be_one_stops_start_up(wiring: Wiring, issuer: str) -> None:
    with pytest.raises(InputError, match="oidc_issuer"):
        create_app(wiring=replace(wiring, settings=replace(wiring.settings, oidc_issuer=issuer)))


def test_an_issuer_without_a_client_s_name_stops_start_up(settings: Settings) -> None:
    with pytest.raises(InputError, match="oidc_client_id"):
        create_app(wiring=wire(replace(settings, oidc_client_id=""), passphrases=quick()))
