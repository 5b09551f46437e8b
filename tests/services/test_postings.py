"""Who was in which unit when, and accounts that are opened when somebody asks."""

from datetime import date, timedelta

import pytest

from geo_offlimits.domain.people import NotPermittedError, Person, PersonnelCategory, Role, RoleGrant
from geo_offlimits.errors import AbsentError, InputError, RefusedError
from geo_offlimits.services import account_opening, campaigns, people, postings, signing_in
from tests.services.conftest import MISSION, START, World


def told(world: World, number: str) -> list[tuple[str, str | None, str | None, str | None]]:
    with world.reading("100") as act:
        found = [one.as_json() for one in postings.history(act, number).postings]
    return [(one["unit"], one["sector"], one["from"], one["to"]) for one in found]


def move(world: World, number: str, start: date | None = None, **place: str | None) -> Person:
    with world.acting("100") as act:
        return postings.move(act, number, unit=place.get("unit"), sector=place.get("sector"), start=start)


def test_a_move_keeps_where_somebody_was_and_what_was_written_under_the_former_unit(world: World) -> None:
    world.listed()
    world.published()
    with world.acting("105") as act:
        opened = campaigns.distribute(act, MISSION)
    world.clock.later(days=10)
    move(world, "108", unit="Police", sector="west")
    assert told(world, "108") == [
        ("Police", "West", "2026-03-12T08:01:00Z", None),
        ("Engineers", None, None, "2026-03-12T08:01:00Z"),
    ]
    with world.reading("105") as act:
        kept = act.tx.campaigns.get(opened.campaign_id)
    assert kept
    assert next(one.unit for one in kept.recipients if one.number == "108") == "Engineers"
    assert world.leaves()[-1]["tag"] == "person:moved"
    assert world.whole()


def test_a_move_may_be_told_late_and_an_earlier_day_takes_the_place_of_a_later_one(world: World) -> None:
    world.clock.later(days=30)
    move(world, "108", date(2026, 3, 20), unit="Police")
    move(world, "108", date(2026, 3, 10), unit="Harbour")
    assert told(world, "108") == [
        ("Harbour", None, "2026-03-10T01:00:00Z", None),
        ("Engineers", None, None, "2026-03-10T01:00:00Z"),
    ]
    with world.acting("100") as act:
        people.depart(act, "108")
    assert told(world, "108")[0][3] == "2026-04-01T08:00:00Z"


def test_a_move_that_cannot_be_is_refused_and_changes_nothing(world: World) -> None:
    before = told(world, "108")
    with pytest.raises(InputError, match="has not come yet"):
        move(world, "108", (START + timedelta(days=2)).date(), unit="Police")
    with pytest.raises(RefusedError, match="serves there already"):
        move(world, "108", unit="Engineers")
    with pytest.raises(InputError, match="no sector of this mission"):
        move(world, "108", sector="Wset")
    for number in ("101", "201"):
        with pytest.raises(AbsentError), world.acting(number) as act:
            postings.move(act, "108", unit="Police", sector=None)
        with pytest.raises(AbsentError), world.reading(number) as act:
            postings.history(act, "108")
    assert told(world, "108") == before


def unopened(world: World, *numbers: str) -> None:
    for number in numbers:
        person = people.new(
            number=number, name="Ada Mora", unit="Ports", category=PersonnelCategory.MILITARY, mission=MISSION
        )
        with world.acting("100") as act:
            people.add_person(act, person, (RoleGrant(role=Role.STAFF, mission=MISSION),))
            act.tx.people.forget_passphrase(person.person_id)


def test_nobody_signs_in_as_somebody_whose_account_is_not_open(world: World) -> None:
    unopened(world, "301")
    for tried in ("", "301", "Ada Mora", "None"):
        with pytest.raises(signing_in.UnrecognisedError):
            world.wiring.recognise("301", tried)


def test_accounts_are_opened_in_batches_and_nobody_is_shut_out(world: World) -> None:
    unopened(world, "301", "302", "303")
    with world.acting("100") as act:
        assert account_opening.issue(act, MISSION, "Engineers").passphrases == ()
        first = account_opening.issue(act, MISSION, "PORTS", most=2)
        second = account_opening.issue(act, MISSION)
        third = account_opening.issue(act, MISSION)
    assert [one.number for one, _ in first.passphrases] == ["301", "302"]
    assert (first.left, second.left, len(second.passphrases), third.passphrases) == (1, 0, 1, ())
    actor = world.wiring.recognise("301", first.passphrases[0][1])
    with world.reading(None) as act:
        assert signing_in.must_choose_passphrase(act, actor)
    assert first.passphrases[0][1] not in str(world.leaves())
    with pytest.raises(NotPermittedError), world.acting("101") as act:
        account_opening.issue(act, MISSION)
