import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.people import Action, Role
from tests.web.access_table import ANYBODY, TABLE
from tests.web.isle import Browser, signed_in
from web.policy import SAFE_METHODS, Permission, UndeclaredRouteError, declared_permissions, needs

NOT_THERE = "/missions/NOWHERE/editions/current"


def campaign_id(wiring: Wiring) -> str:
    with wiring.store.reading() as tx:
        return tx.campaigns.of_mission("ISLE")[0].campaign_id


def address(path: str, wiring: Wiring) -> str:
    return path.replace("CAMPAIGN", campaign_id(wiring))


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
    assert wrong == EXPECTED_OTHERWISE


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
    "GET /basemaps/ISLE/raster/0/0/0": 404,
}


def test_without_a_session_pages_lead_to_sign_in_and_the_api_answers_401(app: Flask, wiring: Wiring) -> None:
    browser = Browser(app)
    token = browser.token()
    for (method, path), roles in TABLE.items():
        if roles == ANYBODY:
            continue
        answer = request(browser, method, address(path, wiring), token)
        if path.startswith("/api/"):
            assert (answer.status_code, answer.mimetype) == (401, "application/problem+json"), path
        else:
            assert answer.status_code == 303, path
            assert answer.location.startswith("/login"), path


def test_what_is_forbidden_answers_exactly_like_what_is_absent(app: Flask) -> None:
    staff = signed_in(app, "staff")
    absent = staff.get(NOT_THERE)
    assert absent.status_code == 404
    for path in ("/register/ISLE/", "/missions/ROCK/editions/current", "/campaigns/ISLE/", "/register/ISLE/ISLE-0001"):
        forbidden = staff.get(path)
        assert forbidden.status_code == 404
        assert unmasked(forbidden.text, path) == unmasked(absent.text, NOT_THERE), path


def unmasked(page: str, path: str) -> str:
    """Without what differs in every answer: the masked token and the page's own address."""
    page = re.sub(r'(name="csrf-token" content|name="csrf_token" value)="[^"]+"', "", page)
    return page.replace(path, "").replace("ISLE", "").replace("ROCK", "").replace("NOWHERE", "")


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
