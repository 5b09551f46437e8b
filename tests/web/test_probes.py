"""What probes and monitoring are told, and what a line of the log tells of a request: numbers, and nobody."""

import json
import logging
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from geo_offlimits.bootstrap import Wiring, wire
from geo_offlimits.domain.mail import Outcome, Result
from geo_offlimits.domain.people import Role
from geo_offlimits.domain.tokens import Purpose
from geo_offlimits.errors import AbsentError
from geo_offlimits.services import outbox
from geo_offlimits.settings import Settings
from geo_offlimits.store import revisions
from tests import proving
from tests.web.isle import ATTACHED, HOSTILE, PASSPHRASE, Browser, Clock, quick, signed_in
from tests.web.test_tokens import Device, issued
from web import create_app


def unready(browser: Browser) -> str:
    answer = browser.get("/readyz", headers={"Accept": "application/json"})
    assert answer.status_code == 503
    assert browser.get("/healthz").status_code == 200
    return str(answer.json and answer.json["detail"])


def test_what_serves_and_records_is_ready(visitor: Browser) -> None:
    answer = visitor.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"status": "ready"})


@pytest.mark.parametrize("spoilt", ["keys.json", "*.private.pem"])
def test_without_its_keys_it_is_not_ready(visitor: Browser, settings: Settings, spoilt: str) -> None:
    assert visitor.get("/readyz").status_code == 200
    for path in (settings.data_dir / "keys").glob(spoilt):
        path.write_text("spoilt")
    assert "key" in unready(visitor).lower()


def test_a_store_of_another_form_under_a_running_server_is_noticed(
    visitor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revisions, "revision", lambda *_facts: "9999")
    assert "form 9999" in unready(visitor)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [({"f_bavail": 1000}, "all but full"), ({"f_flag": os.ST_RDONLY}, "read-only")],
)
def test_a_disk_that_takes_no_more_is_not_ready(
    visitor: Browser, monkeypatch: pytest.MonkeyPatch, facts: dict[str, int], sentence: str, settings: Settings
) -> None:
    class Told:
        f_flag, f_bavail, f_frsize = 0, 10**9, 4096

    for name, value in facts.items():
        monkeypatch.setattr(Told, name, value)
    monkeypatch.setattr("geo_offlimits.services.readiness.os.statvfs", lambda _folder: Told)
    said = unready(visitor)
    assert sentence in said
    assert str(settings.data_dir.parent) not in said


def test_a_folder_that_is_gone_is_not_ready(visitor: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_folder: Path) -> None:
        raise FileNotFoundError

    monkeypatch.setattr("geo_offlimits.services.readiness.os.statvfs", gone)
    assert "mount it again" in unready(visitor)


def scraped(browser: Browser) -> dict[tuple[str, ...], float]:
    answer = browser.get("/metrics")
    assert (answer.status_code, answer.content_type) == (200, "text/plain; version=0.0.4; charset=utf-8")
    return {
        (
            sample.name.removeprefix("geo_offlimits_"),
            *(sample.labels[name] for name in sorted(sample.labels)),
        ): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_figures_say_how_old_a_list_is_who_has_not_read_it_and_what_waits(
    visitor: Browser, app: Flask, wiring: Wiring, clock: Clock
) -> None:
    found = scraped(visitor)
    with wiring.reading() as act:
        assert found["audit_leaves",] == act.tx.audit.size()
        current = act.tx.editions.header("ISLE")
    assert current
    assert found["edition_age_seconds", "ISLE"] == 23 * 3600
    assert found["edition_expires_in_seconds", "ISLE"] == (30 * 24 - 23) * 3600
    assert found["unacknowledged_ratio", "ISLE"] == 1.0
    assert ("unacknowledged_ratio", "ROCK") not in found
    assert (found["worklist_entries", "to_decide", "ISLE"], found["worklist_entries", "to_decide", "ROCK"]) == (1, 0)
    sent = {"sha256": current.sha256, "language": "en"}
    staff = Browser(app)
    staff.sign_in("staff")
    assert staff.post("/acknowledge/2", sent, page="/acknowledge/2").status_code == 303
    clock.later(days=40)
    later = scraped(visitor)
    assert later["unacknowledged_ratio", "ISLE"] == 0.75  # 9 of 10, told as 6 to 9
    assert later["edition_expires_in_seconds", "ISLE"] < 0
    # Signing in has a leaf, and acknowledging.
    assert later["audit_leaves",] == found["audit_leaves",] + 2
    # Since then the second signatures are overdue.
    assert later["worklist_entries", "overdue", "ISLE"] > found["worklist_entries", "overdue", "ISLE"]


def test_figures_say_how_much_mail_waits_since_when_and_who_was_given_up(
    visitor: Browser, wiring: Wiring, clock: Clock
) -> None:
    quiet = scraped(visitor)
    assert (quiet["mail_waiting", "ISLE"], quiet["mail_failed", "ISLE"]) == (0, 0)
    assert ("mail_oldest_waiting_seconds", "ISLE") not in quiet
    with wiring.reading() as act:
        manager = act.tx.people.find("manager")
        assert manager
        manager_acts = proving.actor(act, manager.person_id)
    with wiring.writing(manager_acts) as act:
        outbox.distribute(act, "ISLE")
        queued = act.tx.outbox.waiting("ISLE")[0]
    clock.later(minutes=7)
    with wiring.writing() as act:
        message = outbox.claim(act)
        assert message
        outbox.enter(act, message, Outcome(result=Result.REFUSED, answer="550"))
    found = scraped(visitor)
    assert (found["mail_waiting", "ISLE"], found["mail_failed", "ISLE"]) == (queued - 1, 1)
    assert found["mail_oldest_waiting_seconds", "ISLE"] == 7 * 60
    assert found["mail_waiting", "ROCK"] == 0


def test_every_process_gives_the_same_figures_whoever_asks(app: Flask, settings: Settings, clock: Clock) -> None:
    wired = wire(settings, clock, passphrases=quick())
    other = Browser(create_app(wiring=wired))
    assert scraped(other) == scraped(Browser(app))
    stranger = signed_in(app, "stranger")
    assert scraped(stranger) == scraped(other)
    wired.store.close()


def test_figures_hold_no_name_person_or_position(visitor: Browser) -> None:
    text = visitor.get("/metrics").text
    for restricted in ("Blue Lantern", "Wharf", "Somebody", "isle.example", "p-staff", "ISLE-0", ATTACHED, *HOSTILE):
        assert restricted not in text
    labels = set(re.findall(r'(\w+)="', text))
    assert labels == {"mission", "kind"}
    assert "python" not in text.replace("geo_offlimits", "")


@pytest.mark.parametrize(
    ("source", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("10.0.0.7", {}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "10.0.0.7"}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 404),
        ("127.0.0.1", {"Forwarded": "for=10.0.0.7"}, 404),
        ("127.0.0.1", {"Via": "1.1 proxy"}, 404),
    ],
)
def test_metrics_are_for_this_machine(app: Flask, source: str, headers: dict[str, str], status: int) -> None:
    browser = Browser(app, source=source)
    assert browser.get("/metrics", headers=headers).status_code == status


def test_a_token_reads_the_figures_of_its_mission_from_another_machine(app: Flask, wiring: Wiring) -> None:
    there = Device(app, issued(wiring, "root", Purpose.METRICS), source="10.0.0.7")
    here = Browser(app).get("/metrics").text
    answer = there("/metrics", base_url="https://lists.example")
    assert (answer.status_code, answer.content_type) == (200, "text/plain; version=0.0.4; charset=utf-8")
    shown = [line for line in answer.text.splitlines() if not line.startswith("#")]
    assert shown == [line for line in here.splitlines() if not line.startswith("#") and "ROCK" not in line]
    assert any("ISLE" in line for line in shown)
    assert there("/metrics").status_code == 403  # in clear


def test_no_other_token_reads_figures_and_none_for_them_reads_the_list(app: Flask, wiring: Wiring) -> None:
    for purpose in (Purpose.SYNC, Purpose.API):
        other = Device(app, issued(wiring, "root", purpose), source="10.0.0.7")
        assert other("/metrics", base_url="https://lists.example").status_code == 404
    figures = Device(app, issued(wiring, "root", Purpose.METRICS))
    for path in ("/api/v1/missions", "/api/v1/keys", "/api/v1/missions/ISLE/editions/current"):
        assert figures(path).status_code == 404
    assert Device(app, "offlimits_none")("/metrics").status_code == 401


@pytest.mark.parametrize("number", ["head", "staff", "manager"])
def test_who_does_not_run_the_machine_holds_no_token_for_its_figures(app: Flask, wiring: Wiring, number: str) -> None:
    with pytest.raises(AbsentError):
        issued(wiring, number, Purpose.METRICS)
    page = signed_in(app, number).get("/tokens").text
    assert ('value="sync"' in page, 'value="metrics"' in page) == (True, False)
    assert 'value="metrics"' in signed_in(app, "root").get("/tokens").text


def test_behind_a_proxy_the_visitor_counts_and_not_the_proxy(settings: Settings, clock: Clock) -> None:
    wired = wire(replace(settings, behind_proxy=True), clock, passphrases=quick())
    browser = Browser(create_app(wiring=wired))
    assert browser.get("/metrics", headers={"X-Forwarded-For": "10.0.0.7"}).status_code == 404
    assert browser.get("/metrics").status_code == 200
    wired.store.close()


@pytest.fixture
def logged(settings: Settings, clock: Clock) -> Iterator[tuple[Flask, list[str]]]:
    """The application with its request log, and the lines of it."""
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    log, kept = logging.getLogger("geo_offlimits.requests"), Kept()
    wired = wire(replace(settings, request_log=True), clock, passphrases=quick())
    log.addHandler(kept)
    yield create_app(wiring=wired), lines
    log.handlers.clear()
    wired.store.close()


CANARY = "CANARY7F3A"


def ask_everything(app: Flask) -> int:
    """Requests with a canary wherever one can put it. Returns how many there were."""
    browser = signed_in(app, Role.STAFF.value)
    token = browser.token("/list")
    how: dict[str, Any] = {"base_url": browser.base_url, "buffered": True}
    told = {"User-Agent": CANARY, "Referer": f"http://localhost/{CANARY}", "Authorization": f"Bearer {CANARY}"}
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", f"/list?q={CANARY}", {}),
        ("GET", f"/{CANARY}", {}),
        ("GET", f"/register/ISLE/{CANARY}", {}),
        ("GET", f"/missions/{CANARY}/editions/current", {}),
        ("POST", "/api/v1/find", {"json": {"mission": "ISLE", "name": CANARY}}),
        ("POST", "/api/v1/check", {"json": {"mission": "ISLE", "positions": [{"text": CANARY}]}}),
        ("POST", "/login", {"data": {"reference": CANARY, "passphrase": CANARY, "csrf_token": token}}),
        (CANARY, "/list", {}),
        ("GET", "/healthz", {"headers": {"Host": f"{CANARY}/{CANARY}"}}),
    ]
    for method, path, more in asked:
        headers = told | {"X-CSRF-Token": token} | more.pop("headers", {})
        browser.client.open(path, method=method, headers=headers, **how, **more)
    return len(asked)


def test_a_line_tells_the_pattern_the_status_and_the_time_and_nothing_else(
    logged: tuple[Flask, list[str]], clock: Clock
) -> None:
    app, lines = logged
    Browser(app).get("/readyz")
    assert len(lines) == 1
    line = json.loads(lines[0])
    assert list(line) == ["time", "method", "route", "status", "ms"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "/readyz", 200)
    assert line["time"] == clock().isoformat(timespec="milliseconds")
    assert 0 <= line["ms"] < 60_000


def test_no_name_position_token_or_person_is_logged_wherever_it_was_sent(logged: tuple[Flask, list[str]]) -> None:
    app, lines = logged
    count = ask_everything(app)
    told = [json.loads(line) for line in lines]
    assert len(told) >= count
    for secret in (CANARY, "staff@isle", PASSPHRASE, "127.0.0.1", "p-staff"):
        assert secret not in "\n".join(lines)
    routes = {one["route"] for one in told}
    assert {"/api/v1/find", "/api/v1/check", "/login", None} <= routes
    assert any(route and "<" in route for route in routes)
    assert {None, "GET", "POST"} == {one["method"] for one in told}


@pytest.fixture
def attacks() -> Iterator[list[str]]:
    """The lines about what looks like an attack."""
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    log, kept = logging.getLogger("geo_offlimits.attacks"), Kept()
    log.addHandler(kept)
    yield lines
    log.handlers.clear()


def test_a_request_that_is_forged_or_too_fast_is_told_by_kind_and_route_and_by_nothing_else(
    settings: Settings, clock: Clock, attacks: list[str]
) -> None:
    wired = wire(replace(settings, rate_per_minute=40), clock, passphrases=quick())
    app = create_app(wiring=wired)
    browser = signed_in(app, Role.STAFF.value)
    form = {"entry_id": CANARY, "csrf_token": CANARY}
    assert browser.client.post("/flag", data=form, headers={"User-Agent": CANARY}).status_code == 403
    there = "/missions/ISLE/editions/current"
    foreign = {"Origin": f"https://{CANARY}.example"}
    assert browser.client.post("/api/v1/find", json={"name": CANARY}, headers=foreign).status_code == 403
    assert browser.get("/healthz").status_code == 200
    assert [json.loads(one)["refused"] for one in attacks] == ["forged", "forged"]
    while browser.get(f"{there}?q={CANARY}").status_code != 429:
        pass
    *forged, fast = [json.loads(one) for one in attacks]
    assert [(one["method"], one["route"], one["status"]) for one in forged] == [
        ("POST", "/flag", 403),
        ("POST", "/api/v1/find", 403),
    ]
    assert fast == {
        "time": clock().isoformat(timespec="milliseconds"),
        "method": "GET",
        "route": "/missions/<code>/editions/<number>",
        "status": 429,
        "refused": "too_fast",
    }
    for secret in (CANARY, "staff@isle", "127.0.0.1", "p-staff"):
        assert secret not in "\n".join(attacks)
    wired.store.close()


def test_without_the_setting_nothing_is_logged(app: Flask, capfd: pytest.CaptureFixture[str]) -> None:
    Browser(app).get("/readyz")
    assert capfd.readouterr().err == ""


def test_a_server_logs_to_standard_error(settings: Settings, clock: Clock, capfd: pytest.CaptureFixture[str]) -> None:
    wired = wire(replace(settings, request_log=True), clock, passphrases=quick())
    Browser(create_app(wiring=wired)).get("/readyz")
    wired.store.close()
    logging.getLogger("geo_offlimits.requests").handlers.clear()
    assert json.loads(capfd.readouterr().err)["route"] == "/readyz"
