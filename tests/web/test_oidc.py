"""Signing in by an identity provider: the story, and what a provider, a stranger or a network can do wrong."""

import html
import re
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from http.client import HTTPConnection
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask, Response
from joserfc.jwk import OctKey, RSAKey
from pytest_socket import SocketBlockedError, disable_socket, enable_socket
from werkzeug.test import TestResponse

from geo_offlimits.bootstrap import Wiring, wire
from geo_offlimits.delivery.provider import Provider
from geo_offlimits.domain.accounts import Account
from geo_offlimits.domain.people import Actor, PersonnelCategory, Role, RoleGrant
from geo_offlimits.domain.proof import Shown
from geo_offlimits.errors import InputError
from geo_offlimits.services import accounts, people
from geo_offlimits.settings import Settings
from tests import proving
from tests.identity_provider import CLIENT, SECRET, Facts, IdentityProvider, dripping, huge, serving, signed
from tests.web.isle import PASSPHRASE, Browser, Clock, quick, signed_in, token_in
from tests.web.test_step_up import DESIGNATE, LISTING, designate, fields
from web import create_app

SITE = "https://lists.example"
CALLBACK = "/oidc/callback"


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


def root(wiring: Wiring) -> Actor:
    with wiring.reading() as act:
        return proving.actor(act, "p-root")


def own(wiring: Wiring, number: str, subject: str = "u-1") -> None:
    """Their account, linked by themselves."""
    with wiring.reading() as act:
        actor = proving.actor(act, f"p-{number}")
    with wiring.writing(actor) as act:
        accounts.link(act, Account(issuer=wiring.settings.oidc_issuer, subject=subject))


@pytest.fixture
def staff(wiring: Wiring) -> None:
    own(wiring, "staff")


def led(browser: Browser, path: str = "/oidc/sign-in", page: str = "/login", **form: str) -> str:
    """Where the browser is led."""
    return led_by(browser.post(path, form, page=page))


def led_by(answer: TestResponse) -> str:
    assert answer.status_code == 200, answer.text
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', answer.text)
    assert found
    return html.unescape(found.group(1))


def shown_there(address: str, subject: str = "u-1") -> str:
    """What the provider sends the browser to, once its owner has shown this account."""
    parts = urlsplit(address)
    connection = HTTPConnection(parts.netloc)
    body = urlencode({"subject": subject})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", f"{parts.path}?{parts.query}", body, headers)
    answer = connection.getresponse()
    assert answer.status == 302, answer.read()
    connection.close()
    return answer.headers["Location"]


def came_back(browser: Browser, address: str) -> TestResponse:
    """What the callback's form answers."""
    parts = urlsplit(address)
    page = browser.get(f"{parts.path}?{parts.query}")
    assert page.status_code == 200, page.text
    sent = fields(page.text) | {"csrf_token": token_in(page.text)}
    return browser.client.post(CALLBACK, data=sent, base_url=browser.base_url)


def sign_in(browser: Browser, subject: str = "u-1", **form: str) -> TestResponse:
    return came_back(browser, shown_there(led(browser, **form), subject))


def is_signed_in(browser: Browser) -> bool:
    return browser.get("/list").status_code == 200


def refused(browser: Browser, answer: TestResponse, said: str = "did not say who you are") -> bool:
    return answer.status_code == 401 and said in answer.text and not is_signed_in(browser)


def leaves(wiring: Wiring, tag: str) -> list[bytes]:
    with wiring.store.reading() as tx:
        return [leaf for leaf in tx.audit.leaves() if f'"{tag}"'.encode() in leaf]


# The story.


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


# What it shows of somebody.


@pytest.fixture
def head(wiring: Wiring) -> None:
    own(wiring, "head")


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


# Whom it does not sign in.


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


# What a provider can do wrong; RIGHTS shows that it is that which is refused.


def claimed(**changed: Any) -> Callable[[IdentityProvider], None]:
    """Claims as given: a function of the right value, None for none."""

    def spoil(_header: Facts, claims: Facts) -> None:
        for name, value in changed.items():
            claims[name] = value(claims[name]) if callable(value) else value
            if value is None:
                del claims[name]

    return lambda provider: setattr(provider, "spoil", spoil)


def headed(**changed: Any) -> Callable[[IdentityProvider], None]:
    return lambda provider: setattr(provider, "spoil", lambda header, _claims: header.update(changed))


def unsigned(provider: IdentityProvider) -> None:
    def sign(header: Facts, claims: Facts) -> str:
        right = signed(header | {"alg": "RS256"}, claims, provider.key)
        none = urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
        return f"{none}.{right.split('.')[1]}."

    provider.sign = sign


def with_public_key_as_secret(provider: IdentityProvider) -> None:
    public = OctKey.import_key(provider.key.as_pem(private=False).replace(b"-----", b"====="))

    def sign(header: Facts, claims: Facts) -> str:
        return signed(header | {"alg": "HS256"}, claims, public)

    provider.sign = sign


def by(key: RSAKey, alg: str = "RS256") -> Callable[[IdentityProvider], None]:
    return lambda provider: setattr(provider, "sign", lambda header, claims: signed(header | {"alg": alg}, claims, key))


def changed_afterwards(provider: IdentityProvider) -> None:
    def sign(header: Facts, claims: Facts) -> str:
        head, _, signature = signed(header, claims | {"sub": "u-2"}, provider.key).split(".")
        other = signed(header, claims, provider.key).split(".")[1]
        return f"{head}.{other}.{signature}"

    provider.sign = sign


ANOTHER_KEY = RSAKey.generate_key(2048)
WRONGS: dict[str, Callable[[IdentityProvider], None]] = {
    "nonce": claimed(nonce="another"),
    "no nonce": claimed(nonce=None),
    "audience": claimed(aud="another"),
    "audiences without azp": claimed(aud=[CLIENT, "another"]),
    "azp": claimed(aud=[CLIENT, "another"], azp="another"),
    "azp alone": claimed(azp="another"),
    "issuer": claimed(iss="https://evil.example"),
    "issuer but for a slash": claimed(iss=lambda right: right + "/"),
    "no issuer": claimed(iss=None),
    "expired": claimed(exp=lambda right: right - 361),
    "no expiry": claimed(exp=None),
    "expiry of a text": claimed(exp="2200"),
    "expiry not a number": claimed(exp=float("nan")),
    "issued tomorrow": claimed(iat=lambda right: right + 86400),
    "no subject": claimed(sub=None),
    "an empty subject": claimed(sub=""),
    "a subject that is no text": claimed(sub=1),
    "a long subject": claimed(sub="u" * 256),
    "of another access token": claimed(at_hash="A" * 22),
    "at_hash of a kind it cannot be": claimed(at_hash=["A"]),
    "shown tomorrow": claimed(auth_time=lambda right: right + 86400),
    "shown last week": claimed(auth_time=lambda right: right - 7 * 86400),
    "shown at a text": claimed(auth_time="now"),
    "methods that are none": claimed(amr=5),
    "none": unsigned,
    "the public key as a secret": with_public_key_as_secret,
    "PS256": lambda provider: by(provider.key, "PS256")(provider),
    "another key": by(ANOTHER_KEY),
    "another key by its own name": headed(kid="another"),
    "a header that must be understood": headed(crit=["x"], x="1"),
    "changed afterwards": changed_afterwards,
}


def test_an_id_token_that_is_not_right_signs_nobody_in(
    app: Flask, wiring: Wiring, provider: IdentityProvider, caplog: pytest.LogCaptureFixture
) -> None:
    own(wiring, "staff")
    before = len(leaves(wiring, "login:accepted"))
    taken = set()
    for name, wrong in WRONGS.items():
        provider.spoil, provider.sign = (lambda _header, _claims: None), None
        wrong(provider)
        caplog.clear()
        browser = Browser(app, SITE)
        if not refused(browser, sign_in(browser)) or "OpenID provider" not in caplog.text or "u-1" in caplog.text:
            taken.add(name)
    assert taken == set()
    assert len(leaves(wiring, "login:accepted")) == before


RIGHTS: dict[str, Callable[[IdentityProvider], None]] = {
    "as it should be": claimed(),
    "an audience in a list": claimed(aud=[CLIENT]),
    "audiences with azp": claimed(aud=[CLIENT, "another"], azp=CLIENT),
    "no hash of the access token": claimed(at_hash=None),
    "expired a moment ago by our clock": claimed(exp=lambda right: right - 350),
    "issued in a moment by our clock": claimed(iat=lambda right: right + 50),
    "a header that others understand": headed(x="1"),
}


def test_what_may_differ_signs_somebody_in(app: Flask, wiring: Wiring, provider: IdentityProvider) -> None:
    own(wiring, "staff")
    answers = {}
    for name, right in RIGHTS.items():
        right(provider)
        answers[name] = sign_in(Browser(app, SITE)).status_code
    assert answers == dict.fromkeys(RIGHTS, 303)


@pytest.mark.usefixtures("staff")
def test_a_new_key_of_the_provider_s_is_asked_for_at_once_and_a_false_one_not_time_and_again(
    app: Flask, browser: Browser, provider: IdentityProvider
) -> None:
    assert sign_in(browser).status_code == 303
    provider.rotate()
    assert sign_in(Browser(app, SITE)).status_code == 303
    assert provider.asked.count("/keys") == 2
    by(ANOTHER_KEY)(provider)
    headed(kid="another")(provider)
    for _ in range(3):
        assert sign_in(Browser(app, SITE)).status_code == 401
    assert provider.asked.count("/keys") == 2


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


# What a stranger can do.


@pytest.mark.usefixtures("staff")
def test_another_browser_s_answer_signs_nobody_in(app: Flask, browser: Browser, provider: IdentityProvider) -> None:
    location = shown_there(led(browser))
    victim = Browser(app, SITE)
    assert refused(victim, came_back(victim, location))
    led(victim)  # and not after a question of its own either
    assert refused(victim, came_back(victim, location))
    assert provider.asked.count("/token") == 0
    assert came_back(browser, location).status_code == 303  # the answer was right


@pytest.mark.usefixtures("staff")
def test_a_code_is_taken_once(app: Flask, browser: Browser, provider: IdentityProvider) -> None:
    led_to = led(browser)
    location = shown_there(led_to)
    cookie = browser.client.get_cookie("__Host-oidc", "lists.example")
    assert cookie
    assert came_back(browser, location).status_code == 303
    thief = Browser(app, SITE)
    thief.client.set_cookie("__Host-oidc", cookie.value, domain="lists.example", secure=True)
    assert refused(thief, came_back(thief, location))
    assert provider.asked.count("/token") == 2  # it was the provider that said no


@pytest.mark.usefixtures("staff")
def test_an_answer_that_comes_too_late_or_with_a_changed_cookie_is_none(browser: Browser, clock: Clock) -> None:
    location = shown_there(led(browser))
    clock.later(seconds=601)
    assert refused(browser, came_back(browser, location))
    location = shown_there(led(browser))
    cookie = browser.client.get_cookie("__Host-oidc", "lists.example")
    assert cookie
    for bad in ("", "AAAA", "x", cookie.value[:-8] + "AAAAAAA=", cookie.value[:30]):
        browser.client.set_cookie("__Host-oidc", bad, domain="lists.example", secure=True)
        assert refused(browser, came_back(browser, location))
    browser.client.set_cookie("__Host-oidc", cookie.value, domain="lists.example", secure=True)
    assert came_back(browser, location).status_code == 303


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize("changed", [{"state": "another"}, {"state": None}, {"code": "another"}, {"code": None}])
def test_a_changed_answer_is_none(browser: Browser, changed: dict[str, str | None]) -> None:
    parts = urlsplit(shown_there(led(browser)))
    brought = {name: value[0] for name, value in parse_qs(parts.query).items()} | changed
    kept = {name: value for name, value in brought.items() if value is not None}
    assert refused(browser, came_back(browser, f"{CALLBACK}?{urlencode(kept)}"))


def test_who_was_refused_there_reads_our_sentence_and_not_the_provider_s(browser: Browser) -> None:
    state = parse_qs(urlsplit(led(browser)).query)["state"][0]
    told = urlencode({"error": "access_denied", "error_description": "call +1 900 for <b>help</b>", "state": state})
    answer = came_back(browser, f"{CALLBACK}?{told}")
    assert refused(browser, answer)
    assert "900" not in answer.text


@pytest.mark.usefixtures("staff")
def test_a_get_changes_nothing_and_a_forged_form_neither(browser: Browser, provider: IdentityProvider) -> None:
    location = shown_there(led(browser))
    assert browser.get(location.removeprefix(SITE)).status_code == 200
    assert not is_signed_in(browser)
    brought = {name: value[0] for name, value in parse_qs(urlsplit(location).query).items()}
    assert browser.client.post(CALLBACK, data=brought, base_url=SITE).status_code == 403
    assert browser.client.post("/oidc/sign-in", base_url=SITE).status_code == 403
    assert provider.asked.count("/token") == 0
    assert came_back(browser, location).status_code == 303


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "/" + "a" * 5000],
)
def test_nobody_is_led_elsewhere_afterwards(browser: Browser, elsewhere: str) -> None:
    assert sign_in(browser, next=elsewhere).location == "/"


def test_what_was_begun_by_one_person_is_not_ended_by_another(app: Flask, wiring: Wiring) -> None:
    browser = signed_in(app, "staff")
    location = shown_there(led(browser, "/oidc/link", "/second-factor"))
    browser.post("/logout", page="/list")
    browser.sign_in("patrol")
    answer = came_back(browser, location)
    assert answer.status_code == 401
    with wiring.store.reading() as tx:
        assert tx.accounts.of_person("p-patrol") == tx.accounts.of_person("p-staff") == ()


def test_over_plain_http_from_elsewhere_nothing_is_begun(app: Flask, provider: IdentityProvider) -> None:
    browser = Browser(app, source="198.51.100.4")
    token = Browser(app).token()
    for path in ("/oidc/sign-in", CALLBACK):
        assert browser.client.post(path, data={"csrf_token": token}, base_url="http://localhost").status_code == 403
    assert browser.get(CALLBACK).status_code == 403
    assert provider.asked == []


def test_guesses_by_an_account_of_nobody_s_are_slowed(browser: Browser) -> None:
    for _ in range(5):
        assert refused(browser, sign_in(browser, "u-7"), "belongs to nobody here")
    assert refused(browser, sign_in(browser, "u-7"), "wait")


# What a network can do.


def impatient(app: Flask, **how: Any) -> Provider:
    """The application's provider, which waits half a second."""
    wiring = app.extensions["offlimits"]
    made = Provider(wiring.settings.oidc_issuer, CLIENT, secret=SECRET, name="Isle ID", within_s=0.5, **how)
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
    impatient(app)
    provider.instead["/.well-known/openid-configuration"] = dripping
    asking = threading.Thread(target=lambda: Browser(app, SITE).post("/oidc/sign-in"))
    asking.start()
    while not provider.asked:
        time.sleep(0.01)
    began = time.monotonic()
    with wiring.writing(root(wiring)) as act:
        people.depart(act, "patrol")
    assert time.monotonic() - began < 0.3
    assert asking.is_alive()
    asking.join()


# Off unless configured.


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
