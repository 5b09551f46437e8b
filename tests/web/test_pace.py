"""How fast somebody may ask: by person, by token, by address; nothing of it in the store."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.tokens import Purpose
from tests.web.isle import Browser, signed_in
from tests.web.test_tokens import CURRENT, EXPORT, Device, issued
from web import create_app
from web.pace import PLACES, TooFastError, Turnstile

ASKED = 20


class Watch:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def turnstile(watch: Watch) -> Turnstile:
    return Turnstile(watch)


@pytest.fixture
def slow(wiring: Wiring, turnstile: Turnstile) -> Flask:
    """An application in which nobody may ask more than ASKED times a minute, or three times what costs much."""
    settings = replace(wiring.settings, rate_per_minute=ASKED, costly_per_minute=3)
    return create_app(wiring=replace(wiring, settings=settings), turnstile=turnstile)


def passed(turnstile: Turnstile, who: str, per_minute: int = 60, **how: Any) -> int:
    """How many pass until one is refused."""
    for count in range(10_000):
        try:
            turnstile.pass_through(who, per_minute, **how)
        except TooFastError:
            return count
    raise AssertionError(who)


def test_a_minute_s_worth_passes_at_once_and_then_one_for_each_share_of_a_minute(
    turnstile: Turnstile, watch: Watch
) -> None:
    assert passed(turnstile, "a") == 60
    watch.now += 0.9
    assert passed(turnstile, "a") == 0
    watch.now += 0.2
    assert passed(turnstile, "a") == 1
    watch.now += 3600
    assert passed(turnstile, "a") == 60


def test_the_wait_that_is_told_is_long_enough_and_not_a_second_longer(turnstile: Turnstile, watch: Watch) -> None:
    passed(turnstile, "a", 10)
    with pytest.raises(TooFastError) as refused:
        turnstile.pass_through("a", 10)
    assert refused.value.wait_s == 6
    watch.now += 5
    assert passed(turnstile, "a", 10) == 0
    watch.now += 1
    assert passed(turnstile, "a", 10) == 1


def test_a_long_body_counts_as_several_and_still_passes_once(turnstile: Turnstile) -> None:
    assert passed(turnstile, "a", body_bytes=16384) == 30
    assert passed(turnstile, "b", body_bytes=10**9) == 10
    assert passed(turnstile, "c", 1, body_bytes=10**9) == 1


def test_who_is_forgotten_where_the_memory_is_full_had_taken_least(watch: Watch) -> None:
    crowded = Turnstile(watch, places=1)
    assert passed(crowded, "busy") == 60
    for number in range(100):
        crowded.pass_through(f"other {number}", 60)
    assert passed(crowded, "busy") == 0
    assert PLACES * 16 < 2**20


def test_a_person_who_asks_too_fast_is_told_to_wait_and_nobody_else_is(slow: Flask, watch: Watch) -> None:
    staff, other = signed_in(slow, "staff"), signed_in(slow, "officer")
    statuses = [staff.get("/list").status_code for _ in range(ASKED + 1)]
    assert statuses == [200] * ASKED + [429]
    page = staff.get("/list")
    assert (page.mimetype, page.headers["Retry-After"]) == ("text/html", "3")
    assert "Wait 3 s" in page.text
    assert other.get("/list").status_code == 200
    watch.now += 3
    assert [staff.get("/list").status_code for _ in range(2)] == [200, 429]


def test_a_program_gets_a_problem_and_its_holder_is_not_held_up(slow: Flask, wiring: Wiring) -> None:
    patrol = signed_in(slow, "patrol")
    device, second = (Device(slow, issued(wiring, "patrol", Purpose.API)) for _ in range(2))
    assert {device(CURRENT).status_code for _ in range(ASKED)} == {200}
    refused = device(CURRENT)
    assert (refused.status_code, refused.mimetype) == (429, "application/problem+json")
    assert refused.get_json()["title"] == "Too Many Requests"
    assert int(refused.headers["Retry-After"]) == 3
    assert second(CURRENT).status_code == patrol.get("/list").status_code == 200


def test_without_a_session_the_address_counts_whatever_is_brought(slow: Flask) -> None:
    stranger = Browser(slow, "https://lists.example", "2001:db8:1::5")
    for number in range(ASKED):
        headers = {"Authorization": f"Bearer offlimits_{number}"}
        assert stranger.get(CURRENT, headers=headers).status_code == 401
    assert stranger.get("/login").status_code == 429
    assert Browser(slow, "https://lists.example", "2001:db8:1::6").get("/login").status_code == 429
    assert Browser(slow, "https://lists.example", "2001:db8:2::5").get("/login").status_code == 200


def test_what_costs_much_has_a_smaller_allowance_of_its_own(slow: Flask) -> None:
    staff = signed_in(slow, "staff")
    assert [staff.get(EXPORT).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert staff.get("/list").status_code == 200


def test_who_is_too_fast_changes_nothing_and_is_not_in_the_store(slow: Flask, wiring: Wiring) -> None:
    staff = signed_in(slow, "staff")
    token = staff.token("/list")
    for _ in range(ASKED):
        staff.get("/list")
    before = everything(wiring)
    form = {"csrf_token": token, "entry_id": "ISLE-0001", "kind": "closed"}
    assert staff.client.post("/flag", data=form).status_code == 429
    assert everything(wiring) == before


def everything(wiring: Wiring) -> str:
    with wiring.store.reading() as tx:
        raw = tx.connection.connection.dbapi_connection
        assert raw
        return "\n".join(raw.iterdump())


def test_files_and_the_sign_of_life_are_never_counted(slow: Flask) -> None:
    visitor = Browser(slow)
    for path in ("/static/app.css", "/healthz"):
        assert {visitor.get(path).status_code for _ in range(2 * ASKED)} == {200}
    assert visitor.get("/login").status_code == 200
