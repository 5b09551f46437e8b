from html import unescape

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.people import Person, PersonnelCategory, Role, RoleGrant
from geo_offlimits.services import people
from geo_offlimits.store.backends import WriteFailedError
from tests import proving
from tests.web.isle import PASSPHRASE, Browser, Clock, signed_in

NEW = "eleven brass kettles whistle"


def session_cookie(answer: TestResponse, name: str = "session") -> str:
    return next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith(f"{name}="))


def signs_in(browser: Browser) -> bool:
    return browser.get("/list").status_code == 200


def test_over_https_the_cookie_is_bound_to_the_host_and_hidden_from_scripts(app: Flask) -> None:
    answer = Browser(app, "https://lists.example").sign_in("staff")
    cookie = session_cookie(answer, "__Host-session")
    for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert attribute in cookie
    assert "Domain" not in cookie
    assert "Max-Age" not in cookie
    assert "Expires" not in cookie


def test_on_plain_localhost_the_cookie_has_another_name_and_is_not_secure(app: Flask) -> None:
    cookie = session_cookie(Browser(app).sign_in("staff"))
    assert "HttpOnly" in cookie
    assert "Secure" not in cookie


def test_the_store_holds_only_the_hash_of_a_token(app: Flask, wiring: Wiring) -> None:
    token = session_cookie(Browser(app).sign_in("staff")).split(";")[0].removeprefix("session=")
    assert len(token) >= 43
    with wiring.store.reading() as tx:
        assert tx.sessions.get(token) is None


def test_each_signing_in_makes_a_new_token_and_ends_the_old_one(app: Flask) -> None:
    browser = signed_in(app, "staff")
    old = browser.client.get_cookie("session")
    assert old
    browser.sign_in("staff")
    new = browser.client.get_cookie("session")
    assert new
    assert new.value != old.value
    thief = Browser(app)
    thief.client.set_cookie("session", old.value)
    assert not signs_in(thief)


def test_a_token_chosen_by_somebody_else_is_never_taken_up(app: Flask) -> None:
    browser = Browser(app)
    browser.client.set_cookie("session", "fixed-by-an-attacker")
    browser.sign_in("staff")
    cookie = browser.client.get_cookie("session")
    assert cookie
    assert cookie.value != "fixed-by-an-attacker"


def test_a_copied_cookie_is_worth_nothing_after_signing_out(app: Flask) -> None:
    browser = signed_in(app, "staff")
    cookie = browser.client.get_cookie("session")
    assert cookie
    answer = browser.post("/logout", page="/list")
    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (303, '"cache"')
    thief = Browser(app)
    thief.client.set_cookie("session", cookie.value)
    assert not signs_in(thief)
    assert not signs_in(browser)


def test_a_session_ends_after_half_an_hour_without_a_request(app: Flask, clock: Clock) -> None:
    browser = signed_in(app, "staff")
    for _ in range(5):
        clock.later(minutes=29)
        assert signs_in(browser)
    clock.later(minutes=30)
    assert not signs_in(browser)


def test_a_session_ends_after_twelve_hours_in_any_case(app: Flask, clock: Clock) -> None:
    browser = signed_in(app, "staff")
    for _ in range(35):
        clock.later(minutes=20)
        assert signs_in(browser)
    clock.later(minutes=20)
    assert not signs_in(browser)


def test_looking_up_within_a_minute_writes_nothing(app: Flask, wiring: Wiring, clock: Clock) -> None:
    browser = signed_in(app, "staff")
    before = seen(wiring)
    clock.later(seconds=59)
    assert signs_in(browser)
    assert seen(wiring) == before
    clock.later(seconds=1)
    assert signs_in(browser)
    assert seen(wiring) > before


def test_a_look_up_is_answered_though_the_disk_takes_no_writes(app: Flask, wiring: Wiring, clock: Clock) -> None:
    browser = signed_in(app, "staff")
    before = seen(wiring)
    clock.later(minutes=2)
    wiring.store._fault = WriteFailedError("The disk did not take the write.")
    assert browser.get("/list").status_code == 200
    assert seen(wiring) == before
    assert "read-only since a write failed" in unescape(browser.post("/logout", page="/list").text)
    wiring.store._fault = None
    assert signs_in(browser)
    assert seen(wiring) > before


def seen(wiring: Wiring) -> str:
    with wiring.store.reading() as tx:
        return str(tx.connection.exec_driver_sql("SELECT max(seen_at) FROM session").scalar())


def test_a_wrong_passphrase_and_an_unknown_person_get_the_same_answer(app: Flask) -> None:
    answers = [Browser(app).sign_in(who, "not the passphrase at all") for who in ("staff", "nobody")]
    assert [one.status_code for one in answers] == [401, 401]
    pages = [one.text.replace("staff", "").replace("nobody", "") for one in answers]
    strip = [page[page.index("<main") : page.index("</main>")].split("csrf_token")[0] for page in pages]
    assert strip[0] == strip[1]
    assert "do not fit" in pages[0]


def test_the_typed_passphrase_is_never_sent_back(app: Flask) -> None:
    assert "wrong wrong wrong" not in Browser(app).sign_in("staff", "wrong wrong wrong").text


def test_a_one_time_passphrase_opens_only_the_page_that_replaces_it(app: Flask, wiring: Wiring) -> None:
    once = newcomer(wiring)
    browser = Browser(app)
    answer = browser.sign_in("new-1", once)
    assert answer.location == "/passphrase"
    assert not browser.client.get_cookie("session")
    form = {"reference": "new-1", "passphrase": once, "new": NEW, "repeated": NEW}
    assert browser.post("/passphrase", form, page="/passphrase").status_code == 303
    assert signs_in(browser)
    assert Browser(app).sign_in("new-1", once).status_code == 401
    assert signs_in(signed_in_with(app, "new-1", NEW))


def newcomer(wiring: Wiring) -> str:
    with wiring.reading() as act:
        root = proving.actor(act, "p-root")
    person = Person(
        person_id="p-new", number="new-1", name="New", unit="Harbour", category=PersonnelCategory.POLICE, mission="ISLE"
    )
    with wiring.writing(root) as act:
        return people.add_person(act, person, (RoleGrant(role=Role.STAFF, mission="ISLE"),))


def signed_in_with(app: Flask, reference: str, passphrase: str) -> Browser:
    browser = Browser(app)
    assert browser.sign_in(reference, passphrase).status_code == 303
    return browser


def test_a_new_passphrase_ends_every_other_session(app: Flask) -> None:
    elsewhere, here = signed_in(app, "staff"), signed_in(app, "staff")
    form = {"reference": "staff", "passphrase": PASSPHRASE, "new": NEW, "repeated": NEW}
    assert here.post("/passphrase", form, page="/passphrase").status_code == 303
    assert signs_in(here)
    assert not signs_in(elsewhere)


@pytest.mark.parametrize(
    ("new", "repeated", "sentence"),
    [("short", "short", "15 characters"), (NEW, NEW + "!", "differ"), (PASSPHRASE, PASSPHRASE, "present one")],
)
def test_a_passphrase_that_will_not_do_is_refused_with_a_sentence(
    app: Flask, new: str, repeated: str, sentence: str
) -> None:
    browser = signed_in(app, "staff")
    form = {"reference": "staff", "passphrase": PASSPHRASE, "new": new, "repeated": repeated}
    answer = browser.post("/passphrase", form, page="/passphrase")
    assert answer.status_code == 422
    assert sentence in answer.text
    assert signs_in(signed_in(app, "staff"))


def test_a_person_who_departs_is_out_at_the_next_request(app: Flask, wiring: Wiring, clock: Clock) -> None:
    browser = signed_in(app, "staff")
    assert signs_in(browser)
    with wiring.reading() as act:
        root = proving.actor(act, "p-root")
    clock.later(seconds=1)
    with wiring.writing(root) as act:
        people.depart(act, "staff")
    assert not signs_in(browser)


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [("/list", "/list"), ("//evil.example", "/"), ("https://evil.example/", "/"), ("/\\evil.example", "/"), ("", "/")],
)
def test_after_signing_in_nobody_is_led_to_another_site(app: Flask, asked: str, leads_to: str) -> None:
    browser = Browser(app)
    answer = browser.post("/login", {"reference": "staff", "passphrase": PASSPHRASE, "next": asked})
    assert answer.location == leads_to


@pytest.mark.parametrize(("asked", "leads_to"), [("/acknowledge/2", "/acknowledge/2"), ("//evil.example", "/")])
def test_who_chooses_a_passphrase_on_the_way_comes_to_the_page_they_asked_for(
    app: Flask, wiring: Wiring, asked: str, leads_to: str
) -> None:
    browser, once = Browser(app), newcomer(wiring)
    page = browser.post("/login", {"reference": "new-1", "passphrase": once, "next": asked}).location
    assert page == ("/passphrase" if leads_to == "/" else f"/passphrase?next={leads_to}")
    assert f'name="next" value="{leads_to}"' in browser.get(page).text
    form = {"reference": "new-1", "passphrase": once, "new": NEW, "repeated": NEW, "next": asked}
    assert browser.post("/passphrase", form, page=page).location == leads_to


def test_the_page_asked_for_is_shown_after_signing_in(app: Flask) -> None:
    assert Browser(app).get("/register/ISLE/").location == "/login?next=/register/ISLE/"
