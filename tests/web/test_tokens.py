"""What a token opens at the door, how it is brought, and that it ends at once in every process."""

import base64
import logging
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from werkzeug.test import TestResponse

from geo_offlimits.bootstrap import Wiring, wire
from geo_offlimits.domain.tokens import Purpose
from geo_offlimits.services import people, tokens
from geo_offlimits.settings import Settings
from tests import proving
from tests.web.access_table import ANYBODY, BY_TOKEN, EDITION, TABLE
from tests.web.isle import Clock, quick, signed_in
from tests.web.test_access import address
from tests.web.test_api import AT_THE_LANTERN, CHECK, PREMISES, PROPOSAL
from web import create_app
from web.openapi import OPERATIONS, document
from web.policy import declared_permissions

CURRENT = f"/api/v1{EDITION}/current"
EXPORTS = f"{EDITION}/current/export."
EXPORT = f"{EXPORTS}geojson"
ASKED = {"positions": [AT_THE_LANTERN]}


def issued(wiring: Wiring, number: str = "patrol", purpose: Purpose = Purpose.SYNC, mission: str = "ISLE") -> str:
    with wiring.reading() as act:
        holder = proving.actor(act, f"p-{number}")
    with wiring.writing(holder) as act:
        return tokens.issue(act, mission, purpose).text


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def basic(text: str, user: str = "anybody") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{text}".encode()).decode()}


class Device:
    """A program that brings a token and keeps no cookie."""

    def __init__(self, app: Flask, text: str, source: str = "127.0.0.1") -> None:
        self.app, self.text, self.source = app, text, source

    def __call__(
        self, path: str, method: str = "GET", *, headers: dict[str, str] | None = None, **how: Any
    ) -> TestResponse:
        client = self.app.test_client(use_cookies=False)
        sent = bearer(self.text) | (headers or {})
        return client.open(
            path, method=method, headers=sent, environ_base={"REMOTE_ADDR": self.source}, buffered=True, **how
        )


@pytest.fixture
def device(app: Flask, wiring: Wiring) -> Device:
    return Device(app, issued(wiring))


# A device acknowledges for nobody, and no token reads the register, so these know no tokens.
_OF_PEOPLE = tuple(f"/api/v1/missions/ISLE/{what}" for what in ("acknowledgements", "partners", "drift"))
FOR_PEOPLE = frozenset(path for _, path in TABLE if path.startswith(_OF_PEOPLE))

KNOW_TOKENS = ("/api/", "/ogc/", EXPORTS, "/missions/ISLE/basemap.json")


@pytest.mark.parametrize("purpose", Purpose, ids=str)
def test_a_token_opens_the_routes_of_the_table_and_no_others(app: Flask, wiring: Wiring, purpose: Purpose) -> None:
    holder = Device(app, issued(wiring, "root" if purpose is Purpose.METRICS else "head", purpose))
    opened, pages = set(), set()
    for (method, path), roles in TABLE.items():
        if roles == ANYBODY:
            continue
        how: dict[str, Any] = {"json": {}} if path.startswith("/api/") else {}
        answer = holder(address(path, wiring), method, **how)
        assert answer.status_code < 500, path
        if answer.status_code in (200, 201, 422):
            opened.add((method, path))
        elif answer.status_code == 303:
            assert answer.location.startswith("/login"), path
            pages.add((method, path))
        elif path in FOR_PEOPLE:
            assert answer.status_code == 401, (method, path)
        else:
            assert answer.status_code == 404, (method, path)
    assert opened == BY_TOKEN[purpose]
    assert pages == {row for row, roles in TABLE.items() if roles != ANYBODY and not row[1].startswith(KNOW_TOKENS)}


def test_a_token_gives_nobody_what_their_role_does_not(app: Flask, wiring: Wiring) -> None:
    patrol = Device(app, issued(wiring, "patrol", Purpose.API))
    assert patrol(PREMISES, "POST", json=PROPOSAL).status_code == 404
    officer = Device(app, issued(wiring, "officer", Purpose.API))
    assert officer(PREMISES, "POST", json=PROPOSAL).status_code == 201


def test_a_token_is_for_one_mission(app: Flask, wiring: Wiring) -> None:
    root = Device(app, issued(wiring, "root", Purpose.API, "ROCK"))
    assert [one["code"] for one in root("/api/v1/missions").get_json()] == ["ROCK"]
    assert root(CURRENT.replace("ISLE", "ROCK")).status_code == 200
    assert root(CURRENT).status_code == root(EXPORT).status_code == 404
    assert root(CHECK, "POST", json=ASKED | {"mission": "ISLE"}).status_code == 404
    assert root(CHECK, "POST", json=ASKED | {"also": ["ISLE"]}).status_code == 404
    # Where none is named it is the token's own, not the home of its holder.
    assert root(CHECK, "POST", json=ASKED).get_json()["edition"]["mission"] == "ROCK"


@pytest.mark.parametrize("user", ["anybody", "", "patrol@isle.example"])
def test_basic_takes_it_as_the_password_of_any_user(app: Flask, device: Device, user: str) -> None:
    answer = app.test_client().get(CURRENT, headers=basic(device.text, user))
    assert (answer.status_code, answer.mimetype) == (200, "application/geo+json")


def test_what_it_asks_needs_no_token_of_a_page_but_comes_from_no_other_site(app: Flask, wiring: Wiring) -> None:
    asks = Device(app, issued(wiring, "staff", Purpose.API))
    assert asks(CHECK, "POST", json=ASKED).get_json()["answers"][0]["verdict"] == "listed"
    told = asks(CHECK, "POST", json=ASKED | {"receipt": True}).get_json()
    assert told["answers"][0]["receipt"]
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert asks(CHECK, "POST", json=ASKED, headers=headers).status_code == 403


def test_beside_a_cookie_the_token_alone_counts(app: Flask, wiring: Wiring) -> None:
    officer = signed_in(app, "officer")
    headers = {"X-CSRF-Token": officer.token("/list")}
    weaker = bearer(issued(wiring, "patrol", Purpose.API))
    assert officer.client.post(PREMISES, json=PROPOSAL, headers=headers | weaker).status_code == 404
    wrong = officer.client.get(CURRENT, headers=bearer("offlimits_none"))
    assert wrong.status_code == 401
    assert officer.client.post(PREMISES, json=PROPOSAL, headers=headers).status_code == 201


def test_a_page_knows_no_token_and_a_cookie_opens_it_as_ever(app: Flask, device: Device) -> None:
    assert device("/list").location == "/login?next=/list"
    assert signed_in(app, "staff").get("/list", headers=bearer("offlimits_none")).status_code == 200


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic !!!", "basic", "BEARER x=y", "Basic Og==", "Bearer é"])
def test_a_header_that_holds_no_token_is_refused_and_never_passed_over(app: Flask, header: str) -> None:
    staff = signed_in(app, "staff")
    answer = staff.get(CURRENT, headers={"Authorization": header})
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="geo_offlimits", error="invalid_token"'


def test_another_scheme_is_not_ours_to_judge(app: Flask) -> None:
    assert signed_in(app, "staff").get(CURRENT, headers={"Authorization": "Negotiate abc"}).status_code == 200
    alone = app.test_client().get(CURRENT, headers={"Authorization": "Negotiate abc"})
    assert (alone.status_code, alone.headers["WWW-Authenticate"]) == (401, 'Session realm="geo_offlimits"')


def refusals(device: Device) -> tuple[object, ...]:
    api, export = device(CURRENT), device(EXPORT)
    assert api.status_code == export.status_code == 401
    assert api.data == export.data
    headers = {name: value for name, value in api.headers if name != "Content-Length"}
    return api.data, tuple(sorted(headers.items()))


def test_unknown_over_revoked_departed_and_without_a_role_read_alike(app: Flask, wiring: Wiring, clock: Clock) -> None:
    revoked, departed, over = (issued(wiring, who) for who in ("patrol", "staff", "manager"))
    with wiring.reading() as act:
        root, patrol = proving.actor(act, "p-root"), proving.actor(act, "p-patrol")
    clock.later(seconds=1)
    with wiring.writing(patrol) as act:
        tokens.revoke(act, "ISLE-T0001")
    with wiring.writing(root) as act:
        people.depart(act, "staff")
    told = {refusals(Device(app, text)) for text in ("offlimits_none", revoked, departed)}
    assert Device(app, over)(CURRENT).status_code == 200
    clock.later(days=90)
    told.add(refusals(Device(app, over)))
    assert len(told) == 1


def test_what_is_revoked_in_one_process_is_refused_by_the_next_request_of_another(
    settings: Settings, clock: Clock, wiring: Wiring, app: Flask
) -> None:
    other = wire(settings, clock, passphrases=quick())
    text = issued(wiring)
    here, there = Device(app, text), Device(create_app(wiring=other), text)
    assert [one(CURRENT).status_code for one in (here, there)] == [200, 200]
    with wiring.reading() as act:
        patrol = proving.actor(act, "p-patrol")
    with wiring.writing(patrol) as act:
        tokens.revoke(act, "ISLE-T0001")
    assert [one(CURRENT).status_code for one in (here, there)] == [401, 401]
    other.store.close()


def test_a_device_keeps_the_edition_and_asks_each_time_whether_it_still_is_current(app: Flask, device: Device) -> None:
    for path in (CURRENT, EXPORT):
        answer = device(path)
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert {"Authorization", "Cookie"} <= set(answer.vary)
        again = device(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data, again.headers["Cache-Control"]) == (304, b"", "private, no-cache")
        assert again.headers["ETag"] == answer.headers["ETag"]
    for path in (f"{CURRENT}/envelope", f"/api/v1{EDITION}/2/delta?from=1", f"{EXPORT}.dsse"):
        assert device(path).headers["Cache-Control"] == "private, no-cache"
    assert device("/api/v1/missions").headers["Cache-Control"] == "private, no-store"
    assert signed_in(app, "staff").get(CURRENT).headers["Cache-Control"] == "private, no-store"


@pytest.fixture
def writers(wiring: Wiring) -> list[object]:
    """Every writing transaction from here on: SQLite does not tell a row overwritten by its like from no write."""
    begun: list[object] = []
    event.listen(wiring.store._engines.writer, "begin", begun.append)
    return begun


def test_its_use_is_noted_once_a_day_and_when_the_edition_is_another(
    wiring: Wiring, clock: Clock, device: Device, writers: list[object]
) -> None:
    def kept() -> tuple[date | None, int | None]:
        with wiring.store.reading() as tx:
            found = tx.tokens.get("ISLE-T0001")
            assert found
            return found.used_on, found.edition

    assert kept() == (None, None)
    device("/api/v1/keys")
    assert kept() == (date(2026, 3, 2), None)
    etag = device(CURRENT).headers["ETag"]
    assert kept() == (date(2026, 3, 2), 2)
    writers.clear()
    for path in (CURRENT, EXPORT, f"/api/v1{EDITION}/2/delta?from=1", "/api/v1/keys", f"{EXPORT}?bbox=-31,9,-29,11"):
        assert device(path).status_code == 200
    assert device(CURRENT, headers={"If-None-Match": etag}).status_code == 304
    assert writers == []
    clock.later(days=1)
    assert device(CURRENT, headers={"If-None-Match": etag}).status_code == 304
    assert kept() == (date(2026, 3, 3), 2)
    assert len(writers) == 1


def test_nothing_that_is_refused_and_no_link_to_the_list_counts_as_held(wiring: Wiring, device: Device) -> None:
    assert device(f"/api/v1{EDITION}/1").status_code == 404
    link = device(f"{EXPORTS}kml?link=1")
    assert (link.status_code, "NetworkLink" in link.text) == (200, True)
    with wiring.store.reading() as tx:
        found = tx.tokens.get("ISLE-T0001")
    assert found
    assert found.edition is None


def test_an_attempt_beyond_its_purpose_is_audited_and_one_with_an_unknown_token_is_not(
    app: Flask, wiring: Wiring, device: Device
) -> None:
    def leaves() -> list[bytes]:
        with wiring.store.reading() as tx:
            return list(tx.audit.leaves())

    before = len(leaves())
    Device(app, "offlimits_none")(CHECK, "POST", json=ASKED)
    assert len(leaves()) == before
    device(CHECK, "POST", json=ASKED)
    (leaf,) = leaves()[before:]
    assert b'"tag":"act:refused"' in leaf
    assert b'"by_token":"ISLE-T0001"' in leaf


def test_a_token_does_not_travel_over_a_network_in_clear(app: Flask, wiring: Wiring) -> None:
    text = issued(wiring)
    assert Device(app, text, source="192.0.2.7")(CURRENT).status_code == 403
    assert Device(app, text, source="192.0.2.7")(CURRENT, base_url="https://lists.example").status_code == 200


def test_no_token_is_logged_sent_back_or_kept(
    app: Flask, wiring: Wiring, device: Device, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = device.text.removeprefix("offlimits_")
    answers = [
        device(path) for path in (CURRENT, EXPORT, "/list", "/api/v1/nowhere", "/api/v1/missions/ISLE/editions/9")
    ]
    answers.append(device(CHECK, "POST", json=ASKED))
    answers.append(Device(app, f"{device.text}x")(CURRENT))

    def fail(*_arguments: object) -> None:
        raise ZeroDivisionError(device.text)

    monkeypatch.setattr("geo_offlimits.services.editions.headers", fail)
    answers.append(device(f"/api/v1{EDITION}"))
    assert answers[-1].status_code == 500
    assert not any(secret in answer.text + str(answer.headers) for answer in answers)
    assert secret not in caplog.text
    wiring.store.close()
    folder = wiring.settings.data_dir.parent
    assert not any(secret.encode() in file.read_bytes() for file in folder.rglob("*") if file.is_file())


# ---- the page --------------------------------------------------------------------------------------------------------

FORM = {"mission": "ISLE", "purpose": "sync", "expires_in": "30"}


def shown(page: str) -> str:
    return page.partition('<code class="hash whole">')[2].partition("<")[0]


def test_a_person_issues_a_token_sees_it_once_and_revokes_it(app: Flask) -> None:
    patrol = signed_in(app, "patrol")
    assert "/tokens" in patrol.get("/").text
    assert "No token of yours is in use" in patrol.get("/tokens").text
    answer = patrol.post("/tokens", FORM, page="/tokens")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")
    device = Device(app, shown(answer.text))
    assert device(CURRENT).status_code == 200
    listed = patrol.get("/tokens").text
    for words in ("ISLE-T0001", "Keep the list current", "2 Mar 2026", "1 Apr 2026", ">2</td>"):
        assert words in listed, words
    assert device.text not in listed
    assert "ISLE-T0001" not in signed_in(app, "staff").get("/tokens").text
    revoked = patrol.post("/tokens/revoke", {"token_id": "ISLE-T0001"}, page="/tokens")
    assert revoked.location == "/tokens"
    assert "The next request with this token is refused" in patrol.get("/tokens").text
    assert "ISLE-T0001" not in patrol.get("/tokens").text
    assert device(CURRENT).status_code == 401


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"expires_in": "367"}, "1 to 366 days"),
        ({"expires_in": "0"}, "1 to 366 days"),
        ({"expires_in": "soon"}, "not a number of days"),
        ({"purpose": "all"}, "unknown"),
        ({"mission": ""}, "missing"),
    ],
)
def test_what_cannot_be_issued_shows_the_form_again(
    app: Flask, wiring: Wiring, changed: dict[str, str], sentence: str
) -> None:
    patrol = signed_in(app, "patrol")
    answer = patrol.post("/tokens", FORM | changed, page="/tokens")
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Issue a token" in answer.text
    with wiring.store.reading() as tx:
        assert tx.tokens.of_mission("ISLE") == ()


def test_nobody_issues_for_a_mission_that_is_not_theirs_or_revokes_another_s(app: Flask, wiring: Wiring) -> None:
    text = issued(wiring, "staff")
    patrol = signed_in(app, "patrol")
    assert patrol.post("/tokens", FORM | {"mission": "ROCK"}, page="/tokens").status_code == 404
    assert patrol.post("/tokens/revoke", {"token_id": "ISLE-T0001"}, page="/tokens").status_code == 404
    assert Device(app, text)(CURRENT).status_code == 200


def test_a_token_that_is_over_leaves_the_page(app: Flask, wiring: Wiring, clock: Clock) -> None:
    issued(wiring, "staff")
    clock.later(days=90, seconds=-1)
    assert "ISLE-T0001" in signed_in(app, "staff").get("/tokens").text
    clock.later(seconds=1)
    assert "ISLE-T0001" not in signed_in(app, "staff").get("/tokens").text


# ---- the description -------------------------------------------------------------------------------------------------


def test_the_description_says_of_every_route_which_tokens_open_it(app: Flask) -> None:
    permissions = declared_permissions(app)
    said = {(one.method, one.path): one.token for one in OPERATIONS}
    true = {
        (method.lower(), rule.rule.translate(str.maketrans("<>", "{}"))): permissions[rule.endpoint].token
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/")
    }
    assert said == true
    others = {
        one for one, permission in permissions.items() if permission.token and not one.startswith(("api.", "ogc."))
    }
    assert others == {"editions.export", "editions.export_along", "health.metrics", "tiles.basemap"}


def test_the_description_names_the_ways_to_be_recognised() -> None:
    told = document()
    assert set(told["components"]["securitySchemes"]) == {"session", "csrf", "bearer", "basic"}
    assert told["security"] == [{"session": []}, {"bearer": []}, {"basic": []}]
    check = told["paths"]["/api/v1/check"]["post"]
    assert check["security"] == [{"session": [], "csrf": []}, {"bearer": []}, {"basic": []}]
    assert "parameters" not in check
