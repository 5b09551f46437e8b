"""`/recovery`: a lost second factor on the pages."""

import re

from flask import Flask

from geo_offlimits.bootstrap import Wiring
from tests.web.isle import PASSPHRASE, Browser, signed_in


def counting(wiring: Wiring) -> int:
    with wiring.store.reading() as tx:
        return len(tx.factors.of_person("p-officer"))


def asked(browser: Browser) -> str:
    sent = {"person": "officer", "reason": "<b>fell into the harbour</b>"}
    assert browser.post("/recovery", sent, page="/recovery").location == "/recovery"
    return str(re.findall(r'name="recovery_id" value="([^"]+)"', browser.get("/recovery").text)[0])


def test_one_asks_and_sees_it_wait_another_agrees_and_is_shown_the_passphrase_once(app: Flask, wiring: Wiring) -> None:
    head, deputy = signed_in(app, "head"), signed_in(app, "deputy")
    officer = signed_in(app, "officer")
    recovery_id = asked(head)
    own = head.get("/recovery").text
    assert "&lt;b&gt;fell" in own
    assert "/recovery/agree" not in own
    assert head.post("/recovery/agree", {"recovery_id": recovery_id}, page="/recovery").status_code == 409
    assert counting(wiring) == 1
    shown = deputy.post("/recovery/agree", {"recovery_id": recovery_id}, page="/recovery")
    assert shown.status_code == 200
    once = re.findall(r'<code class="hash whole">([^<]+)</code>', shown.text)[0]
    assert counting(wiring) == 0
    assert officer.get("/list").status_code == 303
    assert once not in deputy.get("/recovery").text
    assert Browser(app).sign_in("officer", PASSPHRASE).status_code == 401
    assert Browser(app).sign_in("officer", once).location == "/passphrase"


def test_it_is_refused_and_nothing_is_taken_away(app: Flask, wiring: Wiring) -> None:
    head = signed_in(app, "head")
    recovery_id = asked(head)
    sent = {"recovery_id": recovery_id}
    assert signed_in(app, "admin").post("/recovery/refuse", sent, page="/recovery").status_code == 303
    assert counting(wiring) == 1
    assert "Nobody waits" in head.get("/recovery").text


def test_what_cannot_be_asked_keeps_what_was_typed(app: Flask) -> None:
    head = signed_in(app, "head")
    for sent in ({"person": "officer", "reason": ""}, {"person": "head", "reason": "mine"}):
        answer = head.post("/recovery", sent, page="/recovery")
        assert answer.status_code in (409, 422)
        assert f'value="{sent["person"]}"' in answer.text
