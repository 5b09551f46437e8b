"""A second factor on the pages: asked for at sign-in, set up the first time, shown again before what weighs most."""

import html
import re
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.designation import State
from geo_offlimits.domain.proof import Shown
from geo_offlimits.services import factors
from tests import proving
from tests.web.isle import PASSPHRASE, Browser, Clock, signed_in
from tests.web.test_register_pages import known

LISTING = "/register/ISLE/ISLE-0008"
DESIGNATE = f"{LISTING}/designate"


def with_passphrase(app: Flask, reference: str) -> Browser:
    """Signed in by the form, and nothing shown beside it."""
    browser = Browser(app)
    assert browser.post("/login", {"reference": reference, "passphrase": PASSPHRASE}).status_code == 303
    return browser


@pytest.fixture
def head(app: Flask, clock: Clock) -> Browser:
    """A head who has shown everything, and who did so a while ago."""
    browser = signed_in(app, "head")
    long_ago = clock.now - timedelta(minutes=11)
    browser.has_shown(Shown(passphrase_at=long_ago, factor_at=long_ago))
    return browser


def designate(head: Browser, **more: str) -> TestResponse:
    seen = re.findall(r'name="seen" value="([^"]+)"', head.get(LISTING).text)[0]
    return head.post(DESIGNATE, {"seen": seen, "reason": "seen <twice>", **more}, page=LISTING)


def fields(page: str) -> dict[str, str]:
    """The hidden ones of the form that asks for more."""
    form = page.partition('<form class="panel"')[2].partition("</form>")[0]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in found if name != "csrf_token"}


def cookie(browser: Browser) -> str:
    found = browser.client.get_cookie("session")
    assert found
    return str(found.value)


def test_a_head_who_signs_in_is_led_to_the_second_factor_and_then_to_where_they_were_going(
    app: Flask, clock: Clock
) -> None:
    browser = Browser(app)
    sent = {"reference": "head", "passphrase": PASSPHRASE, "next": "/register/ISLE/"}
    answer = browser.post("/login", sent)
    assert answer.location == "/step-up?next=/register/ISLE/"
    page = browser.get(answer.location).text
    assert "proof_code" in page
    assert "proof_passphrase" not in page  # just typed
    before = cookie(browser)
    answer = browser.post("/step-up", fields(page) | {"proof_code": proving.code(clock.now)}, page="/step-up")
    assert (answer.status_code, answer.location) == (303, "/register/ISLE/")
    assert cookie(browser) != before
    assert browser.get("/register/ISLE/").status_code == 200


def test_until_then_they_look_things_up_like_anybody_and_find_no_register(app: Flask) -> None:
    browser = with_passphrase(app, "head")
    page = browser.get("/list")
    assert page.status_code == 200
    assert "Your role waits for your second factor" in page.text
    assert "/register/" not in page.text
    answer = browser.get("/register/ISLE/")
    assert (answer.status_code, answer.location) == (303, "/step-up?next=/register/ISLE/")
    by_program = browser.get("/register/ISLE/", headers={"Accept": "application/json"})
    assert by_program.status_code == 401
    assert b"urn:geo-offlimits:problem:second-factor-needed" in by_program.data
    assert browser.post(DESIGNATE, {"reason": "x"}, page="/list").location == "/step-up?next=/"


def test_staff_are_never_asked_and_find_no_register_either(app: Flask) -> None:
    browser = Browser(app)
    answer = browser.post("/login", {"reference": "staff", "passphrase": PASSPHRASE})
    assert answer.location == "/"
    assert "second factor" not in browser.get("/list").text
    assert browser.get("/register/ISLE/").status_code == 404


def newcomer(app: Flask, wiring: Wiring) -> Browser:
    """An officer who has set nothing up, signed in by passphrase."""
    with wiring.store.writing() as tx:
        tx.factors.remove_of("p-officer")
    browser = Browser(app)
    answer = browser.post("/login", {"reference": "officer", "passphrase": PASSPHRASE, "next": "/register/ISLE/"})
    assert answer.location == "/second-factor?next=/register/ISLE/"
    return browser


def test_who_has_none_yet_sets_one_up_and_goes_on(app: Flask, wiring: Wiring, clock: Clock) -> None:
    browser = newcomer(app, wiring)
    page = browser.get("/second-factor?next=/register/ISLE/").text
    assert "Your role needs one" in page
    shown = browser.post("/second-factor/app", {"label": "phone", "next": "/register/ISLE/"}, page="/second-factor")
    assert shown.status_code == 200
    assert shown.headers["Cache-Control"] == "private, no-store"
    assert "data:image/svg+xml;base64," in shown.text
    secret = "".join(re.findall(r"<span>([A-Z2-7]{4})</span>", shown.text))
    wrong = browser.post("/second-factor/app/confirm", {"code": "000000"}, page="/second-factor")
    assert wrong.status_code == 422
    sent = fields(shown.text) | {"code": factors.code_at(secret, clock.now)}
    answer = browser.post("/second-factor/app/confirm", sent, page="/second-factor")
    assert (answer.status_code, answer.location) == (303, "/register/ISLE/")
    assert browser.get("/register/ISLE/").status_code == 200
    assert secret not in browser.get("/second-factor").text
    assert browser.post("/second-factor/app", page="/second-factor").status_code == 200  # another: just shown


def test_who_takes_long_to_set_one_up_shows_the_passphrase_once_more_and_goes_on(
    app: Flask, wiring: Wiring, clock: Clock
) -> None:
    browser = newcomer(app, wiring)
    clock.later(minutes=11)
    asked = browser.post("/second-factor/app", {"label": "phone", "next": "/register/ISLE/"}, page="/second-factor")
    assert asked.status_code == 401
    assert "proof_code" not in asked.text
    sent = fields(asked.text) | {"proof_passphrase": PASSPHRASE}
    shown = browser.post("/second-factor/app", sent, page="/second-factor")
    assert shown.status_code == 200
    assert "data:image/svg+xml;base64," in shown.text


def test_who_has_none_yet_finds_the_way_to_it_from_every_page(app: Flask, wiring: Wiring) -> None:
    browser = newcomer(app, wiring)
    (shown,) = re.findall(r'href="(/step-up[^"]+)">Show it', browser.get("/list").text)
    answer = browser.get(html.unescape(shown))
    assert (answer.status_code, answer.location) == (303, "/second-factor?next=/list")


def test_what_weighs_most_is_asked_again_and_nothing_that_was_typed_is_lost(
    wiring: Wiring, head: Browser, clock: Clock
) -> None:
    before = cookie(head)
    asked = designate(head)
    assert asked.status_code == 401
    assert "Nothing has been done yet" in asked.text
    assert f'action="{DESIGNATE}"' in asked.text
    assert known(wiring, "ISLE-0008").state is State.PROPOSED
    brought = fields(asked.text)
    assert brought["reason"] == "seen <twice>"
    sent = brought | {"proof_passphrase": PASSPHRASE, "proof_code": proving.code(clock.now)}
    answer = head.post(DESIGNATE, sent, page=LISTING)
    assert (answer.status_code, answer.location) == (303, LISTING)
    assert known(wiring, "ISLE-0008").state is State.IN_FORCE
    assert cookie(head) != before
    thief = Browser(head.client.application)
    thief.client.set_cookie("session", before)
    assert thief.get("/list").status_code == 303
    assert head.get(LISTING).status_code == 200


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ({"proof_passphrase": "not the passphrase", "proof_code": "000000"}, 422, "This is not your passphrase"),
        ({"proof_passphrase": PASSPHRASE, "proof_code": "000000"}, 422, "This code does not fit"),
        ({"proof_passphrase": PASSPHRASE, "proof_code": ""}, 422, "missing"),
        ({"proof_passphrase": "", "proof_code": "000000"}, 422, "missing"),
        ({"proof_passphrase": PASSPHRASE}, 401, "Nothing has been done yet"),
    ],
)
def test_what_does_not_show_that_it_is_they_decides_nothing(
    wiring: Wiring, head: Browser, typed: dict[str, str], status: int, said: str
) -> None:
    brought = fields(designate(head).text)
    answer = head.post(DESIGNATE, brought | typed, page=LISTING)
    assert answer.status_code == status
    assert said in answer.text
    assert fields(answer.text) == brought
    assert known(wiring, "ISLE-0008").state is State.PROPOSED


def test_a_code_that_was_taken_stays_taken_though_the_form_was_refused(head: Browser, clock: Clock) -> None:
    shown = {"proof_passphrase": PASSPHRASE, "proof_code": proving.code(clock.now)}
    refused = head.post(f"{LISTING}/reject", {"seen": "0", **shown}, page=LISTING)
    assert refused.status_code in (409, 422)
    assert designate(head).status_code == 303  # the session goes on, and has shown it
    again = head.post(DESIGNATE, {"seen": "0", **shown}, page=LISTING)
    assert "was used already" in again.text


def test_failures_are_counted_and_who_waits_is_asked_again(wiring: Wiring, head: Browser, clock: Clock) -> None:
    brought = fields(designate(head).text)
    wrong = brought | {"proof_passphrase": "not the passphrase", "proof_code": "000000"}
    for _ in range(5):
        assert head.post(DESIGNATE, wrong, page=LISTING).status_code == 422
    right = brought | {"proof_passphrase": PASSPHRASE, "proof_code": proving.code(clock.now)}
    late = head.post(DESIGNATE, right, page=LISTING)
    assert late.status_code == 401
    assert "wait" in late.text
    assert fields(late.text) == brought
    clock.later(minutes=2)
    right["proof_code"] = proving.code(clock.now)
    assert head.post(DESIGNATE, right, page=LISTING).status_code == 303
    assert known(wiring, "ISLE-0008").state is State.IN_FORCE


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/register/ISLE/ISLE-0001/suspend", {"reason": "wrong house"}),
        ("/register/ISLE/ISLE-0001/review", {"review_by": "2026-05-01", "reason": "looked"}),
        ("/register/ISLE/ISLE-0001/attachments/1", {}),
        ("/register/ISLE/publish", {"days": "30"}),
        ("/register/ISLE/propose", {"do": "add_alone"}),
        ("/register/ISLE/batch", {"step": "designated", "id": "ISLE-0008", "version": "1"}),
        ("/tokens", {"mission": "ISLE", "purpose": "sync", "expires_in": "30"}),
        ("/second-factor/app", {}),
    ],
)
def test_deciding_publishing_reading_evidence_and_handing_out_access_ask_for_it(
    wiring: Wiring, head: Browser, path: str, form: dict[str, str]
) -> None:
    page = head.get("/register/ISLE/ISLE-0001").text
    seen = dict(re.findall(r'name="(seen)" value="([^"]+)"', page))
    if form.get("do") == "add_alone":
        form = form | PROPOSAL
    with wiring.store.reading() as tx:
        before = tx.audit.size()
    answer = head.post(path, seen | form, page="/list")
    assert answer.status_code == 401
    assert "Show that it is you" in answer.text
    with wiring.store.reading() as tx:
        assert tx.audit.size() == before


PROPOSAL = {
    "kind": "premises",
    "name": "Wharf Ten",
    "position": "10.1, -30.15",
    "uncertainty_m": "5",
    "category": "bar",
    "restriction": "off_limits",
    "basis": "other",
    "authority": "Head of Mission",
    "directive": "ISLE/9",
}


def test_there_is_nothing_to_show_while_all_is_fresh(app: Flask) -> None:
    answer = signed_in(app, "head").get("/step-up?next=/register/ISLE/")
    assert (answer.status_code, answer.location) == (303, "/register/ISLE/")


@pytest.mark.parametrize("elsewhere", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:1"])
def test_nobody_is_led_to_another_site(app: Flask, head: Browser, clock: Clock, elsewhere: str) -> None:
    page = head.get("/step-up", query_string={"next": elsewhere}).text
    assert "evil.example" not in page
    typed = {"proof_passphrase": PASSPHRASE, "proof_code": proving.code(clock.now), "next": elsewhere}
    assert head.post("/step-up", typed, page="/step-up").location == "/"
    assert app


def test_over_plain_http_from_elsewhere_nothing_is_asked_or_taken(app: Flask) -> None:
    browser = signed_in(app, "head")
    browser.base_url = "http://lists.example"
    browser.client.set_cookie("session", cookie(browser), domain="lists.example")
    assert browser.get("/step-up").status_code in (403, 421)
    assert browser.get("/second-factor").status_code in (403, 421)
