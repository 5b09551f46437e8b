"""Security keys and passkeys on the pages, with a key in software; tests/browser asks Chromium's own."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.factors import FactorKind
from geo_offlimits.domain.proof import Shown
from tests.authenticator import Key
from tests.web.isle import PASSPHRASE, Browser, Clock, signed_in
from tests.web.test_register_pages import known
from tests.web.test_step_up import DESIGNATE, LISTING, designate, fields, with_passphrase


def question(browser: Browser, address: str) -> str:
    answer = browser.client.post(
        address, json={}, headers={"X-CSRF-Token": browser.token("/list")}, base_url=browser.base_url
    )
    assert answer.status_code == 200, answer.text
    return answer.text


def set_up(browser: Browser, key: Key) -> TestResponse:
    answer = key.made(question(browser, "/second-factor/key/question"))
    return browser.post("/second-factor/key", {"key": answer, "label": "blue"}, page="/second-factor")


@pytest.fixture
def key() -> Key:
    return Key()


@pytest.fixture
def head(app: Flask, key: Key) -> Browser:
    """A head with a key beside the app."""
    browser = signed_in(app, "head")
    assert set_up(browser, key).status_code == 303
    return browser


def stale(browser: Browser, clock: Clock) -> None:
    long_ago = clock.now - timedelta(minutes=11)
    browser.has_shown(Shown(passphrase_at=long_ago, factor_at=long_ago))


def shown(browser: Browser, key: Key, **more: Any) -> TestResponse:
    return browser.post(
        "/step-up", {"proof_key": key.signed(question(browser, "/step-up/question")), **more}, page="/step-up"
    )


def test_a_key_is_set_up_and_stands_beside_the_app(wiring: Wiring, head: Browser) -> None:
    page = head.get("/second-factor").text
    assert "Security key" in page
    assert ">blue<" in page
    with wiring.store.reading() as tx:
        assert [one.kind for one in tx.factors.of_person("p-head")] == [FactorKind.APP, FactorKind.KEY]
        assert [json.loads(leaf)["tag"] for leaf in tx.audit.leaves()][-1] == "factor:added"


def test_after_the_passphrase_a_key_gives_the_role(app: Flask, head: Browser, key: Key) -> None:
    browser = with_passphrase(app, "head")
    assert "Use my key" in browser.get("/step-up").text
    assert shown(browser, key, next="/register/ISLE/").location == "/register/ISLE/"
    assert browser.get("/register/ISLE/").status_code == 200
    assert head


def test_a_key_that_makes_sure_of_its_owner_is_all_that_a_decision_asks(
    wiring: Wiring, clock: Clock, head: Browser, key: Key
) -> None:
    stale(head, clock)
    brought = fields(designate(head).text)
    brought.pop("proof_key", None)
    answer = key.signed(question(head, "/step-up/question"))
    assert head.post(DESIGNATE, brought | {"proof_key": answer}, page=LISTING).status_code == 303
    assert known(wiring, "ISLE-0008").state == "in_force"


def test_one_that_does_not_leaves_the_passphrase_to_be_asked(
    wiring: Wiring, clock: Clock, head: Browser, key: Key
) -> None:
    key.makes_sure = False
    stale(head, clock)
    brought = fields(designate(head).text)
    brought.pop("proof_key", None)
    asked = head.post(DESIGNATE, brought | {"proof_key": key.signed(question(head, "/step-up/question"))}, page=LISTING)
    assert asked.status_code == 401
    assert "proof_passphrase" in asked.text
    assert "proof_code" not in asked.text
    assert head.post(DESIGNATE, brought | {"proof_passphrase": PASSPHRASE}, page=LISTING).status_code == 303
    assert known(wiring, "ISLE-0008").state == "in_force"


@pytest.mark.parametrize(
    "changed",
    [
        {"origin": "https://localhost"},
        {"origin": "http://localhost.evil.example"},
        {"rp_id": "evil.example"},
        {"credential_id": b"another"},
        {"private": Key().private},
        {"counter": 1},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_no_other_key_answer_or_place_will_do(
    wiring: Wiring, clock: Clock, head: Browser, key: Key, changed: dict[str, Any]
) -> None:
    if changed.get("counter"):
        key.counter = 40
        stale(head, clock)
        assert shown(head, key).status_code == 303
    stale(head, clock)
    wrong = replace(key, **changed)
    answer = shown(head, wrong)
    assert answer.status_code == 422
    assert "does not fit" in answer.text
    with wiring.store.reading() as tx:
        assert [json.loads(leaf)["tag"] for leaf in tx.audit.leaves()][-1] == "login:refused"


@pytest.mark.parametrize("text", ["[" * 5_000, '{"id":' * 2_000, "x" * 20_000, "[]", '{"id": [], "rawId": 1}'])
def test_what_is_no_answer_of_a_key_is_refused_however_deep_it_is(head: Browser, clock: Clock, text: str) -> None:
    stale(head, clock)
    answer = head.post("/step-up", {"proof_key": text}, page="/step-up")
    assert (answer.status_code, "does not fit" in answer.text) == (422, True)
    answer = head.post("/second-factor/key", {"key": text, "label": "blue"}, page="/second-factor")
    assert answer.status_code in {401, 403, 422}


def test_an_answer_is_taken_once_in_its_session_and_within_five_minutes(
    app: Flask, clock: Clock, head: Browser, key: Key
) -> None:
    stale(head, clock)
    answer = key.signed(question(head, "/step-up/question"))
    other = with_passphrase(app, "head")
    question(other, "/step-up/question")
    assert other.post("/step-up", {"proof_key": answer}, page="/list").status_code == 422
    assert head.post("/step-up", {"proof_key": answer}, page="/list").status_code == 303
    assert head.post("/step-up", {"proof_key": answer}, page="/list").status_code == 422
    late = key.signed(question(head, "/step-up/question"))
    clock.later(minutes=6)
    assert head.post("/step-up", {"proof_key": late}, page="/list").status_code == 422


def test_somebody_else_s_key_is_not_theirs(app: Flask, head: Browser, key: Key) -> None:
    deputy = signed_in(app, "deputy")
    assert set_up(deputy, key).status_code == 422  # it is the head's
    own = Key(credential_id=b"the deputy's")
    assert set_up(deputy, own).status_code == 303
    answer = key.signed(question(deputy, "/step-up/question"))
    assert deputy.post("/step-up", {"proof_key": answer}, page="/list").status_code == 422
    assert head


@pytest.mark.parametrize("sent", ["", "{}", "nonsense", "[]", '{"id": 1}', "x" * 20_000])
def test_what_is_no_answer_is_refused(app: Flask, wiring: Wiring, sent: str) -> None:
    browser = signed_in(app, "officer")
    question(browser, "/second-factor/key/question")
    assert browser.post("/second-factor/key", {"key": sent}, page="/second-factor").status_code == 422
    with wiring.store.reading() as tx:
        assert len(tx.factors.of_person("p-officer")) == 1


def test_who_has_no_key_is_asked_for_none(app: Flask) -> None:
    browser = with_passphrase(app, "deputy")
    assert "Use my key" not in browser.get("/step-up").text
    asked = browser.client.post("/step-up/question", json={}, headers={"X-CSRF-Token": browser.token("/list")})
    assert asked.status_code == 422


def test_under_an_address_no_key_is_offered(app: Flask, wiring: Wiring, head: Browser) -> None:
    browser = Browser(app, "http://127.0.0.1")
    assert browser.post("/login", {"reference": "head", "passphrase": PASSPHRASE}).status_code == 303
    page = browser.get("/step-up").text
    assert "Use my key" not in page
    assert "proof_code" in page
    with wiring.store.writing() as tx:
        tx.factors.remove(tx.factors.of_person("p-head")[0].factor_id)
    page = browser.get("/step-up").text
    assert "Your key answers only under the name" in page
    assert "proof_code" not in page
    assert head


def test_another_key_asks_for_what_was_shown_lately(clock: Clock, head: Browser) -> None:
    stale(head, clock)
    asked = head.client.post("/second-factor/key/question", json={}, headers={"X-CSRF-Token": head.token("/list")})
    assert asked.status_code == 401
