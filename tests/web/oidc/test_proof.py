"""What an identity provider's word shows of somebody, and for how long."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.accounts import Account
from geo_offlimits.domain.proof import Shown
from geo_offlimits.services import accounts
from tests import proving
from tests.identity_provider import IdentityProvider
from tests.web.isle import PASSPHRASE, Browser, Clock, signed_in
from tests.web.oidc.steps import CALLBACK, SITE, came_back, leaves, led, led_by, own, root, shown_there, sign_in
from tests.web.test_step_up import DESIGNATE, LISTING, designate, fields
from web import create_app


@pytest.mark.usefixtures("head")
def test_a_head_still_shows_our_second_factor(browser: Browser, provider: IdentityProvider, clock: Clock) -> None:
    provider.amr = ["pwd", "otp", "mfa"]
    provider.shown_before_s = 3600
    answer = sign_in(browser, next="/register/ISLE/")
    assert answer.location == "/step-up?next=/register/ISLE/"
    page = browser.get(answer.location).text
    assert "proof_passphrase" not in page
    sent = fields(page) | {"proof_code": proving.code(clock.now)}
    assert browser.post("/step-up", sent, page="/step-up").location == "/register/ISLE/"
    assert browser.get("/register/ISLE/").status_code == 200


@pytest.mark.usefixtures("head")
@pytest.mark.parametrize(
    ("amr", "counts"),
    [(["mfa"], True), (["pwd", "otp"], True), (["fido"], True), (["pwd"], False), (["sms"], False), (None, False)],
)
def test_where_it_is_trusted_what_it_says_of_a_factor_counts(
    wiring: Wiring, provider: IdentityProvider, amr: list[str] | None, counts: bool
) -> None:
    trusting = create_app(wiring=replace(wiring, settings=replace(wiring.settings, oidc_trust_mfa=True)))
    provider.amr = amr
    browser = Browser(trusting, SITE)
    answer = sign_in(browser, next="/register/ISLE/")
    assert (answer.location == "/register/ISLE/") == counts
    assert (browser.get("/register/ISLE/").status_code == 200) == counts


def test_an_administrator_s_word_for_an_account_is_no_second_factor(wiring: Wiring, provider: IdentityProvider) -> None:
    trusting = create_app(wiring=replace(wiring, settings=replace(wiring.settings, oidc_trust_mfa=True)))
    provider.amr = ["mfa"]
    with wiring.writing(root(wiring)) as act:
        accounts.link_for(act, "head", Account(issuer=provider.url, subject="u-1"))
    browser = Browser(trusting, SITE)
    assert sign_in(browser, next="/register/ISLE/").location == "/step-up?next=/register/ISLE/"
    assert browser.get("/register/ISLE/").status_code == 303


@pytest.mark.usefixtures("head")
@pytest.mark.parametrize("ago", [3600, None])
def test_what_was_shown_there_long_ago_or_nobody_knows_when_decides_nothing(
    wiring: Wiring, browser: Browser, provider: IdentityProvider, clock: Clock, ago: int | None
) -> None:
    provider.shown_before_s = ago
    sign_in(browser)
    browser.post("/step-up", {"proof_code": proving.code(clock.now)}, page="/step-up")
    asked = designate(browser)
    assert asked.status_code == 401
    assert "proof_passphrase" in asked.text
    assert b"ISLE-0008" not in b"".join(leaves(wiring, "premises:designated"))


@pytest.mark.usefixtures("head")
def test_somebody_shows_themselves_again_by_their_account_and_sends_the_form_once_more(
    wiring: Wiring, browser: Browser, provider: IdentityProvider, clock: Clock
) -> None:
    provider.shown_before_s = 3600
    sign_in(browser)
    browser.post("/step-up", {"proof_code": proving.code(clock.now)}, page="/step-up")
    asked = designate(browser)
    assert "send it again" in asked.text
    provider.shown_before_s = 0
    session = browser.client.get_cookie("__Host-session", "lists.example")
    address = led(browser, "/oidc/step-up", "/step-up", next=LISTING)
    answer = came_back(browser, shown_there(address))
    assert (provider.sought["prompt"], provider.sought["max_age"]) == ("login", "0")
    assert (answer.status_code, answer.location) == (303, LISTING)
    assert session != browser.client.get_cookie("__Host-session", "lists.example")
    assert browser.post(DESIGNATE, fields(asked.text), page=LISTING).location == LISTING
    assert leaves(wiring, "login:stepped_up")[-1].count(b'"account"') == 1


@pytest.mark.usefixtures("head")
@pytest.mark.parametrize("ago", [3600, None, -3600])
def test_a_provider_that_asked_nobody_again_shows_nothing_again(
    browser: Browser, provider: IdentityProvider, ago: int | None
) -> None:
    sign_in(browser)
    provider.shown_before_s = ago
    answer = came_back(browser, shown_there(led(browser, "/oidc/step-up", "/step-up")))
    assert answer.status_code == 401
    assert "did not say who you are" in answer.text


@pytest.mark.usefixtures("head")
def test_somebody_else_s_account_shows_nothing_of_oneself(wiring: Wiring, browser: Browser) -> None:
    own(wiring, "deputy", "u-2")
    sign_in(browser)
    answer = came_back(browser, shown_there(led(browser, "/oidc/step-up", "/step-up"), "u-2"))
    assert answer.status_code == 401
    assert "belongs to nobody here" in answer.text


def test_an_account_is_linked_only_by_who_has_just_shown_themselves(
    app: Flask, wiring: Wiring, provider: IdentityProvider, clock: Clock
) -> None:
    browser = signed_in(app, "staff")
    browser.has_shown(Shown(passphrase_at=clock.now - timedelta(minutes=11)))
    asked = browser.post("/oidc/link", page="/second-factor")
    assert asked.status_code == 401
    assert provider.asked == []
    assert "Sign in with Isle ID" not in asked.text  # nothing is linked yet
    address = led_by(browser.post("/oidc/link", {"proof_passphrase": PASSPHRASE}, page="/second-factor"))
    clock.later(minutes=9)
    location = shown_there(address)
    clock.later(seconds=50)
    browser.has_shown(Shown(passphrase_at=clock.now - timedelta(minutes=11)))
    late = came_back(browser, location)
    assert (late.status_code, "proof_passphrase" in late.text) == (401, True)
    assert not leaves(wiring, "account:linked")
    sent = fields(late.text) | {"proof_passphrase": PASSPHRASE}
    assert browser.post(CALLBACK, sent, page="/second-factor").location == "/second-factor"
    assert len(leaves(wiring, "account:linked")) == 1
