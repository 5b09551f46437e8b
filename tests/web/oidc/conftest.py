"""The application with an identity provider of its own."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.settings import Settings
from tests.identity_provider import CLIENT, SECRET, IdentityProvider, serving
from tests.web.isle import Browser, Clock
from tests.web.oidc.steps import CALLBACK, SITE, own


@pytest.fixture
def provider(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[IdentityProvider]:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # the provider's: on loopback it speaks plain HTTP
    monkeypatch.setenv("GEO_OFFLIMITS_OIDC_CLIENT_SECRET", SECRET)
    with serving(clock, SITE + CALLBACK, f"http://localhost{CALLBACK}") as served:
        yield served


@pytest.fixture
def settings(settings: Settings, provider: IdentityProvider) -> Settings:
    return replace(settings, oidc_issuer=provider.url, oidc_client_id=CLIENT, oidc_name="Isle ID")


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app, SITE)


@pytest.fixture
def staff(wiring: Wiring) -> None:
    own(wiring, "staff")


@pytest.fixture
def head(wiring: Wiring) -> None:
    own(wiring, "head")
