"""What somebody can do with an answer that is not theirs, or an address that leads here."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask

from geo_offlimits.bootstrap import Wiring
from tests.identity_provider import IdentityProvider
from tests.web.isle import Browser, Clock, signed_in
from tests.web.oidc.steps import CALLBACK, SITE, came_back, is_signed_in, led, refused, shown_there, sign_in


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
