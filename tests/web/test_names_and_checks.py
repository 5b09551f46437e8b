"""A name and a check lead to one answer: by API and on the list, with what is on the list and does not bar."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from flask import Flask

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.hours import Hours, WeeklySpan
from geo_offlimits.domain.people import Actor, PersonnelCategory
from geo_offlimits.domain.premises import SubjectKind, VenueKind
from geo_offlimits.services import editions, missions, register
from tests import proving
from tests.web.isle import Browser, Clock, listing, mission, signed_in, territory

DAY, NIGHT = "2026-03-03T13:00:00-01:00", "2026-03-03T23:00:00-01:00"
NIGHTS = Hours(tz="Atlantic/Azores", weekly=(WeeklySpan(days=(1, 2, 3, 4, 5, 6, 7), start=time(22), end=time(4)),))
LISTED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Quiet Tide", {"restriction": Restriction.CAUTION}),
    ("Night Heron", {"hours": NIGHTS}),
    ("Sailors Only", {"applies_to": (PersonnelCategory.MILITARY,)}),
)


def acting(wiring: Wiring, number: str) -> Actor:
    with wiring.reading() as act:
        return proving.actor(act, f"p-{number}")


def publish(wiring: Wiring, clock: Clock) -> None:
    """Edition 3 with the three LISTED, as ISLE-0009, 0010 and 0011."""
    with wiring.writing(acting(wiring, "head")) as act:
        for at, (name, terms) in enumerate(LISTED):
            subject, plain = listing(name, -30.2, 10.1 + at / 100)
            register.add_alone(act, "ISLE", subject, replace(plain, **terms))
        editions.publish(act, wiring.keyring, "ISLE", expires_in=timedelta(days=30))
    clock.later(minutes=1)


@pytest.fixture
def staff(app: Flask, wiring: Wiring, clock: Clock) -> Browser:
    publish(wiring, clock)
    return signed_in(app, "staff")


def both(staff: Browser, name: str, entry_id: str, **asked: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    found = staff.ask("/api/v1/find", {"mission": "ISLE", "name": name} | asked)
    checked = staff.ask("/api/v1/check", {"mission": "ISLE", "entry_id": entry_id} | asked)
    return found.get_json(), checked.get_json()["answers"][0]


@pytest.mark.parametrize(
    ("name", "asked", "verdict", "why_not"),
    [
        ("Blue Lantern", {}, "listed", None),
        ("Quiet Tide", {}, "not_listed", None),
        ("Night Heron", {"at": NIGHT}, "listed", None),
        ("Night Heron", {"at": DAY}, "not_listed", "not_in_hours"),
        ("Sailors Only", {}, "listed", None),
        ("Sailors Only", {"personnel": "police"}, "not_listed", "not_bound"),
    ],
)
def test_a_program_gets_one_answer_by_name_and_by_the_entry_s_id(
    staff: Browser, name: str, asked: dict[str, Any], verdict: str, why_not: str | None
) -> None:
    entry_id = staff.ask("/api/v1/find", {"mission": "ISLE", "name": name}).get_json()["matches"][0]["entry_id"]
    found, checked = both(staff, name, entry_id, **asked)
    for member in ("verdict", "headline", "reasons"):
        assert found[member] == checked[member]
    match = found["matches"][0]
    assert (found["verdict"], match["applies"], match["why_not"]) == (verdict, why_not is None, why_not)
    assert (found["headline"] == "On this list, but not barred now") is (verdict == "not_listed")


@pytest.mark.parametrize(
    ("name", "words"), [("quiet tide", ("Caution", "Advised against, not barred")), ("night heron", ("22:00–04:00",))]
)
def test_on_the_list_a_name_is_answered_with_its_restriction_and_why_it_does_not_bar(
    staff: Browser, name: str, words: tuple[str, ...]
) -> None:
    page = staff.post("/list", {"do": "find", "search": name}, page="/list").text
    answer = page[page.index('class="verdict') :]
    assert 'class="verdict not_listed"' in page
    assert "On this list, but not barred now" in answer
    assert "Not on this list" not in answer
    for word in words:
        assert word in answer


def test_a_surveyed_position_is_sure_to_the_metre(staff: Browser) -> None:
    surveyed = {"lat": 10.0, "lon": -30.0, "uncertainty_m": 0}
    (answer,) = staff.ask("/api/v1/check", {"mission": "ISLE", "positions": [surveyed]}).get_json()["answers"]
    assert (answer["verdict"], answer["position"]) == ("listed", surveyed)


def test_on_the_list_a_name_off_limits_is_headed_as_such_and_an_absent_one_is_not_on_it(staff: Browser) -> None:
    page = staff.post("/list", {"do": "find", "search": "blue lantern"}, page="/list").text
    assert 'class="verdict listed"' in page
    page = staff.post("/list", {"do": "find", "search": "Zzyzx Qwerty"}, page="/list").text
    assert 'class="verdict not_listed"' in page
    assert "Not on this list" in page


def test_a_missing_list_of_a_recognised_mission_is_named_on_the_page_and_to_programs(
    wiring: Wiring, staff: Browser
) -> None:
    with wiring.writing(acting(wiring, "root")) as act:
        missions.add_mission(act, mission("REEF"), territory(-30.5))
        missions.set_recognised(act, "ISLE", ("REEF", "ROCK"))
    away = {"do": "check", "position": "10.3, -30.3"}
    for form in (away, {"do": "find", "search": "Zzyzx Qwerty"}):
        page = staff.post("/list", form, page="/list").text
        assert 'class="verdict cannot_tell"' in page
        assert "REEF has published no list yet." in page
    answer = staff.ask("/api/v1/check", {"mission": "ISLE", "positions": [{"lat": 10.3, "lon": -30.3}]}).get_json()
    assert answer["answers"][0]["reasons"][0]["mission"] == "REEF"
    assert [one["mission"] for one in answer["recognised"]] == ["ROCK"]
    assert "ROCK: Edition 1" in staff.post("/list", away, page="/list").text


def test_a_rule_on_the_card_says_its_restriction(app: Flask, wiring: Wiring) -> None:
    with wiring.writing(acting(wiring, "head")) as act:
        subject, terms = listing("Parlours", 0, 0, kind=SubjectKind.CATEGORY_RULE, geometry=None, uncertainty_m=None)
        subject = replace(subject, category=VenueKind.MASSAGE_PARLOUR)
        register.add_alone(act, "ISLE", subject, replace(terms, restriction=Restriction.CAUTION))
        editions.publish(act, wiring.keyring, "ISLE", expires_in=timedelta(days=30))
    page = signed_in(app, "staff").post("/list", {"do": "check", "position": "10.3, -30.3"}, page="/list").text
    rules = page[page.index('data-slot="rules"') : page.index('class="precaution"')]
    assert "Parlours" in rules
    assert 'class="tag caution"' in rules
