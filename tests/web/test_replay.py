"""A session that is over is over everywhere at the next request; and a stranger learns from no answer who is here."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from geo_offlimits.bootstrap import Wiring, wire
from geo_offlimits.domain.instants import Period
from geo_offlimits.domain.people import Actor, Role, RoleGrant
from geo_offlimits.services import people, sessions
from geo_offlimits.settings import Settings
from tests import proving
from tests.web.isle import PASSPHRASE, Browser, Clock, quick, signed_in
from tests.web.test_headers import PAGES
from web import create_app

NEW = "eleven brass kettles whistle"


@pytest.fixture
def elsewhere(settings: Settings, clock: Clock) -> Iterator[Flask]:
    """Another process of the server: an application and a store of its own over the same file."""
    wiring = wire(settings, clock, passphrases=quick())
    yield create_app(wiring=wiring)
    wiring.store.close()


def root(wiring: Wiring) -> Actor:
    with wiring.reading() as act:
        return proving.actor(act, "p-root")


def sign_out(browser: Browser, _wiring: Wiring, _clock: Clock) -> None:
    assert browser.post("/logout", page="/list").status_code == 303


def take_a_new_passphrase(browser: Browser, _wiring: Wiring, _clock: Clock) -> None:
    form = {"reference": "officer", "passphrase": PASSPHRASE, "new": NEW, "repeated": NEW}
    assert browser.post("/passphrase", form, page="/passphrase").status_code == 303


def sign_in_again(browser: Browser, _wiring: Wiring, _clock: Clock) -> None:
    assert browser.sign_in("officer").status_code == 303


def show_once_more(browser: Browser, _wiring: Wiring, clock: Clock) -> None:
    """Which gives the session a new secret."""
    form = {"proof_passphrase": PASSPHRASE, "proof_code": proving.code(clock.now)}
    assert browser.post("/step-up", form, page="/list").status_code == 303


def be_reset(_browser: Browser, wiring: Wiring, _clock: Clock) -> None:
    with wiring.writing(root(wiring)) as act:
        people.reset_passphrase(act, "officer")


def depart(_browser: Browser, wiring: Wiring, clock: Clock) -> None:
    with wiring.writing(root(wiring)) as act:
        people.depart(act, "officer")
    clock.later(seconds=1)


def end_it_elsewhere(_browser: Browser, wiring: Wiring, _clock: Clock) -> None:
    with wiring.reading() as act:
        officer = proving.actor(act, "p-officer")
    with wiring.writing(officer) as act:
        for one in sessions.mine(act):
            sessions.end_mine(act, one.handle)


def end_all_the_others(browser: Browser, _wiring: Wiring, _clock: Clock) -> None:
    another = signed_in(browser.client.application, "officer")
    assert another.post("/sessions/end-others", page="/sessions").status_code == 303
    assert another.get("/sessions").status_code == 200


def be_signed_out_with_everybody(_browser: Browser, wiring: Wiring, _clock: Clock) -> None:
    with wiring.writing(root(wiring)) as act:
        sessions.end_everybodys(act, "ISLE")


def copied(browser: Browser, app: Flask) -> Browser:
    """Somebody with a copy of the cookie."""
    cookie = browser.client.get_cookie("session")
    assert cookie
    thief = Browser(app)
    thief.client.set_cookie("session", cookie.value)
    return thief


@pytest.mark.parametrize(
    "end",
    [
        sign_out,
        take_a_new_passphrase,
        sign_in_again,
        show_once_more,
        be_reset,
        depart,
        end_it_elsewhere,
        end_all_the_others,
        be_signed_out_with_everybody,
    ],
    ids=lambda end: end.__name__,
)
def test_a_session_that_has_ended_opens_nothing_at_the_next_request_in_any_process(
    app: Flask, elsewhere: Flask, wiring: Wiring, clock: Clock, end: Callable[[Browser, Wiring, Clock], None]
) -> None:
    clock.later(seconds=1)
    browser = signed_in(app, "officer")
    copies = [copied(browser, app), copied(browser, elsewhere)]
    asked = [(one, one.token("/list")) for one in copies]  # both processes have seen it
    end(browser, wiring, clock)
    for one, token in asked:
        assert one.get("/list").location == "/login?next=/list"
        assert one.get("/api/v1/missions").status_code == 401
        form = {"csrf_token": token, "entry_id": "ISLE-0001", "kind": "closed"}
        assert one.client.post("/flag", data=form).status_code == 303


def test_a_role_that_was_taken_back_opens_nothing_at_the_next_request_in_any_process(
    app: Flask, elsewhere: Flask, wiring: Wiring, clock: Clock
) -> None:
    browser = signed_in(app, "officer")
    here, there = copied(browser, app), copied(browser, elsewhere)
    assert {one.get("/register/ISLE/").status_code for one in (here, there)} == {200}
    ended = RoleGrant(role=Role.OFFICER, mission="ISLE", valid=Period(start=None, end=clock.now))
    with wiring.writing(root(wiring)) as act:
        people.grant_role(act, "officer", ended)
    assert {one.get("/register/ISLE/").status_code for one in (here, there)} == {404}
    assert {one.get("/tokens").status_code for one in (here, there)} == {200}  # they are still in service


def everything(browser: Browser, path: str, who: str, **more: str) -> tuple[int, str, list[tuple[str, str]]]:
    """The whole answer, without the masked token and without the name that was typed."""
    form = {"csrf_token": browser.token(), "reference": who, "passphrase": "wrong wrong wrong wrong", **more}
    answer = browser.client.post(path, data=form, headers={"Accept-Encoding": "identity"})
    page = re.sub(r'(name="csrf-token" content|name="csrf_token" value)="[^"]+"', "", answer.text)
    fields = [(name, value) for name, value in answer.headers if name not in {"Content-Length", "Set-Cookie"}]
    cookies = [one.partition("=")[0] for one in answer.headers.getlist("Set-Cookie")]
    return answer.status_code, page.replace(f'value="{who}"', "") + str(cookies), fields


@pytest.mark.parametrize("path", ["/login", "/passphrase"])
def test_known_and_unknown_and_departed_people_get_the_same_bytes_and_headers(
    app: Flask, wiring: Wiring, clock: Clock, path: str
) -> None:
    clock.later(seconds=1)
    with wiring.writing(root(wiring)) as act:
        people.depart(act, "patrol")
        people.reset_passphrase(act, "manager")
    clock.later(seconds=1)
    more = {"new": NEW, "repeated": NEW} if path == "/passphrase" else {}
    answers = [
        [everything(Browser(app), path, who, **more) for _ in range(7)]  # the last ones have to wait
        for who in ("staff", "nobody", "patrol", "manager", "staff@isle.example", "nobody@isle.example")
    ]
    assert all(one == answers[0] for one in answers)
    assert {status for status, _, _ in answers[0]} == {401}
    clock.later(hours=2)
    assert everything(Browser(app), path, "staff", **more) == answers[1][0]


@pytest.mark.parametrize(("path", "kinds"), [("/login", 1), ("/passphrase", 3)])
def test_a_field_for_a_passphrase_is_masked_and_can_be_filled_in_by_a_program(
    app: Flask, path: str, kinds: int
) -> None:
    page = Browser(app).get(path).text
    fields = re.findall(r'<input[^>]*type="password"[^>]*>', page)
    assert len(fields) == kinds
    assert all(re.search(r'autocomplete="(current|new)-password"', one) for one in fields)
    assert not any(word in page for word in ("onpaste", 'autocomplete="off"'))


NOBODYS = {"/login", "/passphrase", "/device"}  # pages that know no session


def test_the_way_out_stands_on_every_page(app: Flask) -> None:
    head, shown = signed_in(app, "head"), 0
    for path in PAGES:
        answer = head.get(path)
        if answer.mimetype == "text/html" and answer.status_code == 200 and path not in NOBODYS:
            assert 'action="/logout"' in answer.text, path
            shown += 1
    assert shown > 15
