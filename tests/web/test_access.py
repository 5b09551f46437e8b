import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.instants import Period
from geo_offlimits.domain.people import (
    POLICY,
    SECOND_FACTOR,
    STEP_UP,
    Action,
    Actor,
    Person,
    PersonnelCategory,
    Role,
    RoleGrant,
)
from geo_offlimits.domain.proof import Shown
from geo_offlimits.services import people
from geo_offlimits.services.act import Act
from tests import proving
from tests.web.access_table import (
    ANYBODY,
    EVERYONE,
    FEATURE,
    OWN,
    REGISTER,
    STEPPED_UP,
    TABLE,
    WITH_A_PROVIDER,
    WITHOUT_ROLE,
)
from tests.web.isle import PASSPHRASE, Browser, Clock, signed_in
from web.policy import SAFE_METHODS, Permission, UndeclaredRouteError, declared_permissions, needs


def campaign_id(wiring: Wiring) -> str:
    with wiring.store.reading() as tx:
        return tx.campaigns.headers("ISLE")[0].campaign_id


def address(path: str, wiring: Wiring) -> str:
    return path.replace("CAMPAIGN", campaign_id(wiring)) if "CAMPAIGN" in path else path


def request(browser: Browser, method: str, path: str, token: str) -> TestResponse:
    headers = {"X-CSRF-Token": token}
    how: dict[str, Any] = {"json": {}} if path.startswith("/api/") else {"data": {}}
    return browser.client.open(path, method=method, headers=headers, base_url=browser.base_url, **how)


def test_every_route_stands_in_the_access_table_and_every_row_is_a_route(app: Flask) -> None:
    routes = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    adapter = app.url_map.bind("localhost")
    covered = set()
    for method, path in TABLE:
        rule, _ = adapter.match(path.split("?")[0], method=method, return_rule=True)
        covered.add((method, rule.rule))
    assert covered == routes


@pytest.mark.parametrize("role", Role, ids=str)
def test_a_role_finds_the_routes_of_the_table_and_no_others(app: Flask, wiring: Wiring, role: Role) -> None:
    browser = signed_in(app, role.value)
    token = browser.token("/list")
    wrong = {}
    rows = sorted(TABLE.items(), key=lambda row: row[0][1] == "/logout")  # which ends the session: last
    for (method, path), roles in rows:
        answer = request(browser, method, address(path, wiring), token)
        open_to_role = roles == ANYBODY or role in roles
        if answer.status_code >= 500 or (answer.status_code in (401, 403, 404, 405)) == open_to_role:
            wrong[f"{method} {path}"] = answer.status_code
    assert wrong == EXPECTED_OTHERWISE | (NOT_HERE_YET if role in REGISTER else {})


# Streets are only there once an operator adds them (tests/web/test_tiles.py does), and so is an identity provider
# (test_oidc.py has one); empty forms recognise nobody.
EXPECTED_OTHERWISE = {
    "POST /login": 401,
    "POST /passphrase": 401,
    "POST /oidc/sign-in": 404,
    "GET /oidc/callback": 404,
    "POST /oidc/callback": 404,
    "POST /oidc/link": 404,
    "POST /oidc/step-up": 404,
    "GET /basemaps/ISLE/town.pmtiles": 404,
    "GET /basemaps/ISLE/town/area.pmtiles?bbox=-15.93,-31.67,-15.88,-31.64": 404,
    "GET /basemaps/ISLE/raster/0/0/0": 404,
}
# No partner has given a list (tests/web/test_partner_pages.py has one).
NOT_HERE_YET = {"GET /api/v1/missions/ISLE/partners/ISLE-P0001": 404}


def test_without_a_session_pages_lead_to_sign_in_and_the_api_answers_401(app: Flask, wiring: Wiring) -> None:
    browser = Browser(app)
    token = browser.token()
    for (method, path), roles in TABLE.items():
        if roles == ANYBODY:
            continue
        answer = request(browser, method, address(path, wiring), token)
        if path.startswith("/api/") or (path.startswith("/ogc/") and "f=html" not in path):
            assert (answer.status_code, answer.mimetype) == (401, "application/problem+json"), path
        else:
            assert answer.status_code == 303, path
            assert answer.location.startswith("/login"), path


def alike(answer: TestResponse, code: str) -> tuple[int, str, list[tuple[str, str]]]:
    """All of an answer but for what differs in every one: the masked token, the name that was asked for, the length."""
    page = re.sub(r'(name="csrf-token" content|name="csrf_token" value)="[^"]+"', "", answer.text)
    fields = [(name, value) for name, value in answer.headers if name not in ("Content-Length", "Set-Cookie")]
    return answer.status_code, page.replace(code, "CODE"), fields


ABSENT_MISSION = "VOID"
BELOW_A_MISSION = [row for row, roles in TABLE.items() if roles != ANYBODY and "/ISLE" in row[1]]


@pytest.mark.parametrize(
    ("who", "code"), [("stranger", "ISLE"), ("staff", "ISLE"), ("manager", "ROCK"), ("head", "ROCK")]
)
def test_what_is_forbidden_answers_byte_for_byte_like_what_is_absent(
    app: Flask, wiring: Wiring, who: str, code: str
) -> None:
    browser = signed_in(app, who)
    headers = {"Accept-Encoding": "identity", "X-CSRF-Token": browser.token("/list")}
    seen = set()
    for method, path in BELOW_A_MISSION:
        if code == "ISLE" and who in TABLE[method, path]:
            continue
        there = address(path, wiring)
        forbidden, absent = (
            browser.client.open(there.replace("ISLE", one), method=method, headers=headers, json={})
            for one in (code, ABSENT_MISSION)
        )
        assert alike(forbidden, code) == alike(absent, ABSENT_MISSION), (method, path)
        assert forbidden.status_code == 404, (method, path)
        seen.add(forbidden.mimetype)
    assert seen == {"text/html", "application/problem+json"}


def test_a_listing_that_there_is_answers_like_one_that_there_is_not(app: Flask) -> None:
    for who in ("staff", "stranger"):
        browser = signed_in(app, who)
        one, other = (browser.get(f"/register/ISLE/ISLE-{number}") for number in ("0001", "9999"))
        assert alike(one, "ISLE-0001") == alike(other, "ISLE-9999")
        assert one.status_code == 404


def test_a_head_of_another_mission_finds_nothing_here(app: Flask, wiring: Wiring) -> None:
    stranger = signed_in(app, "stranger")
    token = stranger.token("/list")
    for (method, path), roles in TABLE.items():
        if roles != ANYBODY and "/ISLE" in path:
            answer = request(stranger, method, address(path, wiring), token)
            assert answer.status_code == 404, (method, path)


def test_a_listing_is_not_reached_through_another_mission_s_address(app: Flask) -> None:
    stranger = signed_in(app, "stranger")
    assert stranger.get("/register/ROCK/ROCK-0001").status_code == 200
    assert stranger.get("/register/ROCK/ISLE-0001").status_code == 404


def test_an_attempt_at_what_is_forbidden_is_audited(app: Flask, wiring: Wiring) -> None:
    staff = signed_in(app, "staff")
    with wiring.store.reading() as tx:
        before = sum(b"act:refused" in leaf for leaf in tx.audit.leaves())
    staff.get("/register/ISLE/")
    with wiring.store.reading() as tx:
        assert sum(b"act:refused" in leaf for leaf in tx.audit.leaves()) == before + 1


def test_a_route_without_a_permission_stops_start_up() -> None:
    app = Flask("undeclared", static_folder=None)
    app.add_url_rule("/open", "open", lambda: "")
    with pytest.raises(UndeclaredRouteError, match="open declares no permission"):
        declared_permissions(app)


def test_a_get_that_would_write_stops_start_up(app: Flask) -> None:
    writing = Flask("writing", static_folder=None)
    view = needs(Action.DECIDE, writes=True)(lambda: "")
    writing.add_url_rule("/write", "write", view)
    with pytest.raises(UndeclaredRouteError, match="would write on GET"):
        declared_permissions(writing)
    assert all(isinstance(one, Permission) for one in declared_permissions(app).values())


def test_only_unsafe_routes_are_given_a_writing_transaction(app: Flask) -> None:
    permissions = declared_permissions(app)
    for rule in app.url_map.iter_rules():
        if permissions[rule.endpoint].writes:
            assert not (rule.methods or set()) & SAFE_METHODS - {"OPTIONS"}


def disagreements(app: Flask, permissions: Mapping[str, Permission]) -> list[str]:
    """The rows of the table that say another thing than what their route declares."""
    adapter, wrong = app.url_map.bind("localhost"), []
    for (method, path), roles in TABLE.items():
        rule, _ = adapter.match(path.split("?")[0], method=method, return_rule=True)
        declared = permissions[rule.endpoint]
        open_to = {role for role, actions in POLICY.items() if declared.action in actions}
        expected = ANYBODY if declared.public else open_to if declared.action else EVERYONE
        told = EVERYONE if (method, path) in OWN else roles
        if told != expected or (not declared.action and not declared.public) != ((method, path) in WITHOUT_ROLE | OWN):
            wrong.append(f"{method} {path}")
    return wrong


def test_every_route_declares_what_the_table_says(app: Flask) -> None:
    assert disagreements(app, declared_permissions(app)) == []


def test_a_declared_permission_that_is_taken_away_is_missed(app: Flask) -> None:
    declared = declared_permissions(app)
    asking = [endpoint for endpoint, permission in declared.items() if permission.action]
    assert len(asking) > 50
    for endpoint in asking:
        for less in (replace(declared[endpoint], action=None), replace(declared[endpoint], action=None, public=True)):
            assert disagreements(app, {**declared, endpoint: less}), endpoint


def opened_by_the_door(app: Flask, wiring: Wiring, monkeypatch: pytest.MonkeyPatch, role: Role) -> list[str]:
    """The rows that a role should not find and finds, where no service asks anything."""
    browser = signed_in(app, role.value)
    token = browser.token("/list")
    for name in ("may", "may_see"):
        monkeypatch.setattr(Act, name, lambda *_asked: True)
    forbidden = [row for row, roles in TABLE.items() if roles != ANYBODY and role not in roles]
    return [
        path
        for method, path in forbidden
        if request(browser, method, address(path, wiring), token).status_code not in (404, 500)
    ]


@pytest.mark.parametrize("role", Role, ids=str)
def test_the_door_keeps_out_by_itself_whom_the_services_would_let_in(
    app: Flask, wiring: Wiring, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    assert opened_by_the_door(app, wiring, monkeypatch, role) == []


def test_a_door_that_asks_nothing_would_be_noticed(app: Flask, wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Actor, "require", lambda *_asked: None)
    assert len(opened_by_the_door(app, wiring, monkeypatch, Role.STAFF)) > 30


def found_by(browser: Browser, wiring: Wiring, token: str) -> set[tuple[str, str]]:
    """The rows, beside those for anybody, that answer with anything but "sign in" and "not here"."""
    rows = sorted((row for row, roles in TABLE.items() if roles != ANYBODY), key=lambda row: row[1] == "/logout")
    answers = {row: request(browser, row[0], address(row[1], wiring), token) for row in rows}
    assert all(answer.status_code < 500 for answer in answers.values())
    return {
        row
        for row, answer in answers.items()
        if answer.status_code not in (401, 404) and not answer.headers.get("Location", "").startswith("/login?")
    }


# Who has a second factor shows it before another is set up or a session ends; the service asks, once the form says
# something.
ABOUT_ONESELF = {
    *(("POST", f"/second-factor/{path}") for path in ("app", "app/confirm", "key/question")),
    ("POST", "/sessions/end-others"),
    ("POST", "/device/keep"),  # issues tokens
}


def test_what_weighs_most_is_done_only_by_who_has_shown_lately_that_it_is_they(
    app: Flask, wiring: Wiring, clock: Clock
) -> None:
    long_ago = Shown(passphrase_at=clock.now - timedelta(minutes=11), factor_at=clock.now - timedelta(minutes=11))
    asked = set()
    for role in (Role.HEAD, Role.CONDUCT, Role.ADMIN):
        browser = signed_in(app, role.value)
        browser.has_shown(long_ago)
        token = browser.token("/list")
        for (method, path), roles in TABLE.items():
            if roles == ANYBODY or role not in roles or path == "/logout":
                continue
            answer = request(browser, method, address(path, wiring), token)
            if answer.status_code == 401 and b"Show that it is you" in answer.data:
                asked.add((method, path))
    assert asked - ABOUT_ONESELF == STEPPED_UP
    declared = {
        (method, path)
        for (method, path), roles in TABLE.items()
        if method == "POST" and (needed := permission_at(app, path)).action in STEP_UP and needed.writes
    }
    assert declared == STEPPED_UP


def permission_at(app: Flask, path: str) -> Permission:
    rule, _ = app.url_map.bind("localhost").match(path.split("?", maxsplit=1)[0], method="POST", return_rule=True)
    return declared_permissions(app)[rule.endpoint]


@pytest.mark.parametrize("role", sorted(SECOND_FACTOR), ids=str)
def test_until_a_second_factor_was_shown_every_role_finds_what_staff_find(
    app: Flask, wiring: Wiring, clock: Clock, role: Role
) -> None:
    browser = signed_in(app, role.value)
    browser.has_shown(Shown(passphrase_at=clock.now))
    token = browser.token("/list")
    found = set()
    for (method, path), roles in TABLE.items():
        if roles != ANYBODY and path != "/logout":
            answer = request(browser, method, address(path, wiring), token)
            led_on = answer.status_code == 303 and answer.location.startswith(("/step-up?", "/second-factor?"))
            if answer.status_code not in (401, 404) and not led_on:
                found.add((method, path))
    staff = {row for row, roles in TABLE.items() if roles != ANYBODY and Role.STAFF in roles}
    asking = {("POST", "/tokens"), *ABOUT_ONESELF}
    streets = {row for row in staff if row[1].startswith("/basemaps/")}
    assert found | asking == staff - streets - WITH_A_PROVIDER - {("POST", "/logout")} | asking


def joined(wiring: Wiring, grant: RoleGrant) -> None:
    """Somebody new with one role between two dates."""
    with wiring.reading() as act:
        root = proving.actor(act, "p-root")
    person = Person(
        person_id="p-new", number="new-1", name="New", unit="Harbour", category=PersonnelCategory.POLICE, mission="ISLE"
    )
    with wiring.writing(root) as act:
        once = people.add_person(act, person, (grant,))
    wiring.choose_passphrase("new-1", once, PASSPHRASE)


def test_a_delegation_opens_what_its_role_does_while_it_holds_and_nothing_before_or_after(
    app: Flask, wiring: Wiring, clock: Clock
) -> None:
    begins, ends = clock.now + timedelta(minutes=5), clock.now + timedelta(minutes=10)
    joined(wiring, RoleGrant(role=Role.DEPUTY, mission="ISLE", valid=Period(start=begins, end=ends)))
    deputies = {row for row, roles in TABLE.items() if roles != ANYBODY and Role.DEPUTY in roles}
    streets = {row for row in deputies if row[1].startswith("/basemaps/")}  # no operator has added any
    lists = {row for row in deputies if row[1].startswith("/api/") and "/partners/" in row[1]}  # nor entered any
    deputies_find = deputies - streets - lists
    for later, expected in ((0, WITHOUT_ROLE), (5, deputies_find), (5, WITHOUT_ROLE)):
        clock.later(minutes=later)
        browser = signed_in(app, "new-1")
        of_isle = set() if expected is deputies_find else {("GET", FEATURE)}  # without a mission, no feature
        assert found_by(browser, wiring, browser.token("/tokens")) == expected - WITH_A_PROVIDER - of_isle


def test_who_has_departed_is_nobody(app: Flask, wiring: Wiring, clock: Clock) -> None:
    browser = signed_in(app, "head")
    token = browser.token("/list")
    with wiring.reading() as act:
        root = proving.actor(act, "p-root")
    clock.later(seconds=1)
    with wiring.writing(root) as act:
        people.depart(act, "head")
    assert found_by(browser, wiring, token) == set()
