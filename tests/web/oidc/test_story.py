"""Signing in by an identity provider, from linking an account to signing out, and whom it does not sign in."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.accounts import Account
from geo_offlimits.domain.people import PersonnelCategory, Role, RoleGrant
from geo_offlimits.services import accounts, people
from tests import proving
from tests.identity_provider import CLIENT, SECRET, IdentityProvider
from tests.web.isle import Browser, signed_in
from tests.web.oidc.steps import (
    CALLBACK,
    SITE,
    came_back,
    is_signed_in,
    leaves,
    led,
    own,
    refused,
    root,
    shown_there,
    sign_in,
)


def test_somebody_links_their_account_and_signs_in_by_it_ever_after(
    app: Flask, wiring: Wiring, provider: IdentityProvider
) -> None:
    browser = signed_in(app, "staff")
    assert "Link your account of Isle ID" in browser.get("/second-factor").text
    answer = came_back(browser, shown_there(led(browser, "/oidc/link", "/second-factor")))
    assert (answer.status_code, answer.location) == (303, "/second-factor")
    assert provider.sought["prompt"] == "login"
    page = browser.get("/second-factor").text
    assert "The account is linked" in page
    assert "u-1" in page
    assert len(leaves(wiring, "account:linked")) == 1
    assert b"u-1" not in leaves(wiring, "account:linked")[0]
    another = Browser(app, SITE)
    assert "Sign in with Isle ID" in another.get("/login").text
    answer = sign_in(another, next="/register/ISLE/")
    assert (answer.status_code, answer.location) == (303, "/register/ISLE/")
    assert another.client.get_cookie("__Host-session", "lists.example")
    assert not another.client.get_cookie("__Host-oidc", "lists.example")
    assert "Somebody Staff" in another.get("/list").text
    assert leaves(wiring, "login:accepted")[-1].count(b'"account"') == 1
    unlinked = {"account_id": re.findall(r'name="account_id" value="([^"]+)"', page)[0]}
    assert browser.post("/oidc/unlink", unlinked, page="/second-factor").status_code == 303
    assert len(leaves(wiring, "account:unlinked")) == 1
    assert refused(Browser(app, SITE), sign_in(Browser(app, SITE)), "belongs to nobody here")


def test_the_question_has_what_it_takes_and_never_the_secret(browser: Browser, provider: IdentityProvider) -> None:
    asked = {name: value[0] for name, value in parse_qs(urlsplit(led(browser)).query).items()}
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == SITE + CALLBACK
    assert (asked["response_type"], asked["scope"], asked["client_id"]) == ("code", "openid", CLIENT)
    assert all(len(asked[name]) >= 43 for name in ("state", "nonce", "code_challenge"))
    assert SECRET not in str(asked)
    again = parse_qs(urlsplit(led(browser)).query)
    assert not {asked[name] for name in ("state", "nonce", "code_challenge")} & {
        one for many in again.values() for one in many
    }
    assert provider.asked == ["/.well-known/openid-configuration"]  # kept


@pytest.mark.usefixtures("staff")
def test_each_of_the_algorithms_signs_somebody_in(wiring: Wiring, browser: Browser, provider: IdentityProvider) -> None:
    for alg in ("RS256", "ES256", "EdDSA", "Ed25519"):
        vars(wiring).pop("provider", None)  # as if started anew: it would not ask for keys time and again
        provider.rotate(alg)
        assert sign_in(browser).status_code == 303, alg
        assert is_signed_in(browser)
        assert browser.post("/logout", page="/list").status_code == 303


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize("methods", [["client_secret_post"], None])
def test_the_client_shows_its_secret_as_the_provider_takes_it(
    browser: Browser, provider: IdentityProvider, methods: list[str] | None
) -> None:
    provider.about["token_endpoint_auth_methods_supported"] = methods
    assert sign_in(browser).status_code == 303


@pytest.mark.usefixtures("staff")
def test_a_public_client_has_no_secret(
    wiring: Wiring, browser: Browser, provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GEO_OFFLIMITS_OIDC_CLIENT_SECRET")
    del vars(wiring)["provider"]
    assert refused(browser, sign_in(browser))
    provider.client.secret = ""
    assert sign_in(browser).status_code == 303


def test_an_administrator_links_an_account_and_its_owner_needs_no_passphrase_of_their_own(
    app: Flask, wiring: Wiring, browser: Browser
) -> None:
    newcomer = people.new(
        number="new", name="New Comer", unit="Ports", category=PersonnelCategory.CIVILIAN, mission="ISLE"
    )
    with wiring.writing(root(wiring)) as act:
        people.add_person(act, newcomer, (RoleGrant(role=Role.STAFF, mission="ISLE"),))
        accounts.link_for(act, "new", Account(issuer=wiring.settings.oidc_issuer, subject="u-9"))
    assert sign_in(browser, "u-9").location == "/"
    assert "New Comer" in browser.get("/list").text
    page = browser.get("/second-factor").text
    assert "linked by an administrator" in page
    with wiring.writing(root(wiring)) as act:
        assert accounts.unlink_for(act, "new") == 1
    assert not is_signed_in(browser)
    assert app


def test_an_account_is_of_one_person_who_has_one(app: Flask, wiring: Wiring) -> None:
    own(wiring, "staff", "u-1")
    patrol, staff = signed_in(app, "patrol"), signed_in(app, "staff")
    for browser, subject in ((patrol, "u-1"), (staff, "u-2")):
        answer = came_back(browser, shown_there(led(browser, "/oidc/link", "/second-factor"), subject))
        assert answer.status_code == 409
        assert "linked" in answer.text
    with wiring.store.reading() as tx:
        assert [one.subject for one in tx.accounts.of_person("p-staff")] == ["u-1"]
        assert tx.accounts.of_person("p-patrol") == ()


def test_an_account_that_nobody_linked_is_nobody_and_on_record(
    wiring: Wiring, browser: Browser, provider: IdentityProvider
) -> None:
    own(wiring, "staff", "u-1")
    provider.email = "staff@isle.example"  # whose number and address a person here has
    before = len(leaves(wiring, "login:refused"))
    for subject in ("u-2", "staff", "staff@isle.example", "U-1", "u-1 "):
        assert refused(browser, sign_in(browser, subject), "belongs to nobody here")
    assert len(leaves(wiring, "login:refused")) == before + 5


def test_who_has_departed_is_refused_like_an_account_of_nobody_s(wiring: Wiring, browser: Browser) -> None:
    own(wiring, "staff", "u-1")
    with wiring.writing(root(wiring)) as act:
        people.depart(act, "staff")
    nobody, departed = sign_in(browser, "u-2"), sign_in(browser, "u-1")
    assert refused(browser, departed, "belongs to nobody here")
    unmasked = [re.sub(r'(content|value)="[A-Za-z0-9_=-]{80,}"', "", answer.text) for answer in (nobody, departed)]
    assert unmasked[0] == unmasked[1]


def test_another_issuer_s_account_of_the_same_subject_is_another(wiring: Wiring, browser: Browser) -> None:
    with wiring.reading() as act:
        actor = proving.actor(act, "p-staff")
    with wiring.writing(actor) as act:
        accounts.link(act, Account(issuer="https://other.example", subject="u-1"))
    assert refused(browser, sign_in(browser, "u-1"), "belongs to nobody here")
