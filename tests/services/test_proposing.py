"""What a proposal is asked before it enters the register: is it said already, does it lie outside, can it be read?"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from shapely import box

from geo_offlimits.domain.designation import NeverInForceError, State, StepKind
from geo_offlimits.domain.instants import Period
from geo_offlimits.domain.premises import Name, Part, SubjectKind
from geo_offlimits.errors import InputError
from geo_offlimits.services import changes, missions, register
from geo_offlimits.services.outside import OutsideTerritoryError
from geo_offlimits.services.register import SaidAlreadyError
from tests.services.conftest import MISSION, START, World, territory, venue


def proposed(world: World, number: str = "103", *, confirm_outside: bool = False, **facts: Any) -> str:
    with world.acting(number) as act:
        made = register.propose(act, MISSION, *venue(**facts), confirm_outside=confirm_outside, confirm_alike=True)
    return made.designation_id


def added_alone(world: World, number: str = "101", *, confirm_outside: bool = False, **facts: Any) -> str:
    with world.acting(number) as act:
        made = register.add_alone(act, MISSION, *venue(**facts), confirm_outside=confirm_outside, confirm_alike=True)
    return made.designation_id


def designate(world: World, designation_id: str) -> None:
    with world.acting("101") as act:
        register.designate(act, designation_id)


def reject(world: World, designation_id: str, reason: str) -> None:
    with world.acting("101") as act:
        register.reject(act, designation_id, reason)


def test_what_one_person_says_twice_is_proposed_once(world: World) -> None:
    made = proposed(world)
    before = world.tags()
    assert proposed(world) == made
    assert world.tags() == before
    assert proposed(world, name="Old Anchor") != made
    assert proposed(world, terms={"note": "another note"}) not in {made, "PELA-0002"}
    assert added_alone(world, name="Tern") == added_alone(world, name="Tern")


def test_an_area_and_a_rule_without_a_name_are_proposed_once_too(world: World) -> None:
    rule: dict[str, Any] = {"kind": SubjectKind.CATEGORY_RULE, "names": (), "placeless": True}
    outline: dict[str, Any] = {
        "geometry": box(-30, 10, -29.99, 10.01),
        "part": Part(floor="3"),
        "terms": {"exceptions": ("duty", "x")},
    }
    for facts in (rule, outline):
        assert proposed(world, **facts) == proposed(world, **facts)


def test_what_another_person_said_or_what_is_in_force_is_not_said_again(world: World) -> None:
    made = proposed(world)
    for again, number in ((proposed, "104"), (added_alone, "101")):
        with pytest.raises(SaidAlreadyError, match=f"{made} says this already, .* stands at “proposed”"):
            again(world, number)
    designate(world, made)
    with pytest.raises(SaidAlreadyError, match="stands at “in_force”"):
        proposed(world)
    with world.reading("101") as act:
        assert [one.designation_id for one in register.all_of(act, MISSION)] == [made]
    assert world.whole()


def test_what_was_turned_down_may_be_said_again(world: World) -> None:
    made = proposed(world)
    reject(world, made, "no ground")
    assert proposed(world) != made


@pytest.mark.parametrize("opening", [proposed, added_alone])
def test_a_place_outside_the_territory_needs_to_be_meant(world: World, opening: Callable[..., str]) -> None:
    for lon, lat, remedy in ((10.1, -29.9, "the other way round it lies inside"), (50.0, 10.0, "swapped?")):
        with pytest.raises(OutsideTerritoryError, match="outside the territory of PELA") as refusal:
            opening(world, lon=lon, lat=lat)
        (issue,) = refusal.value.issues
        assert (issue.field, issue.value) == ("position", f"{lat:.5f}, {lon:.5f}")
        assert remedy in issue.remedy
    with world.reading("101") as act:
        assert register.all_of(act, MISSION) == ()
    made = opening(world, lon=50.0, lat=10.0, confirm_outside=True)
    assert opening(world, lon=50.0, lat=10.0) == made  # said already, so nothing is asked again


def test_a_place_on_the_border_or_unknown_or_without_a_territory_is_not_outside(world: World) -> None:
    assert proposed(world, geometry=box(-29.51, 10.0, -29.49, 10.01))
    assert proposed(world, name="Somewhere", placeless=True)
    with pytest.raises(OutsideTerritoryError, match=r"swapped\? Correct it"):
        proposed(world, lon=170.0, lat=10.0)  # the other way round it would be no place on Earth
    later = replace(territory("Pela", -30.5), valid=Period(start=START + timedelta(days=9)))
    with world.acting("100") as act:
        missions.set_territory(act, MISSION, replace(later, valid=Period(start=START, end=START + timedelta(days=1))))
    world.clock.later(days=2)
    assert proposed(world, name="Nowhere", lon=170.0, lat=10.0)


@pytest.mark.parametrize("opening", [proposed, added_alone])
def test_what_would_end_before_it_begins_is_not_said(world: World, opening: Callable[..., str]) -> None:
    for end in (START, START - timedelta(days=1)):
        with pytest.raises(InputError, match="to: past already: it would never be in force") as refusal:
            opening(world, terms={"valid": Period(end=end)})
        assert [issue.field for issue in refusal.value.issues] == ["to"]
    with world.reading("101") as act:
        assert register.all_of(act, MISSION) == ()
    assert opening(world, terms={"valid": Period(end=START + timedelta(seconds=1))})


def test_a_proposal_whose_end_has_passed_meanwhile_is_rejected_and_not_designated(world: World) -> None:
    made = proposed(world, terms={"valid": Period(end=START + timedelta(days=1))})
    with world.reading("101") as act:
        assert StepKind.DESIGNATED in register.possible(act, register.show(act, made))
    world.clock.later(days=1)
    with pytest.raises(NeverInForceError, match=f"{made} was to hold until 2026-03-03T08:00:00Z, which is past"):
        designate(world, made)
    with world.reading("101") as act:
        found = register.show(act, made)
        assert (found.state, StepKind.DESIGNATED in register.possible(act, found)) == (State.PROPOSED, False)
    reject(world, made, "over")


def test_a_listing_whose_end_has_passed_is_still_confirmed(world: World) -> None:
    made = added_alone(world, terms={"valid": Period(end=START + timedelta(days=1))})
    world.clock.later(days=1)
    with world.acting("102") as act:
        assert register.confirm(act, made).state is State.IN_FORCE


def test_texts_that_nobody_can_read_are_not_written(world: World) -> None:
    made = proposed(world)
    with pytest.raises(InputError, match="nothing that can be seen"), world.acting("103") as act:
        changes.rename(act, made, Name(text="\u200b\u2060"))
    for facts in ({"name": "\u202eraB"}, {"address": "x" * 2001}, {"terms": {"exceptions": ("x" * 2001,)}}):
        with pytest.raises(InputError, match=r"type it again|shorten it"):
            proposed(world, **facts)
    with pytest.raises(InputError, match=r"U\+0007"):
        reject(world, made, "bell \x07")
    with world.reading("101") as act:
        assert [one.subject.label for one in register.all_of(act, MISSION)] == ["Blue Lantern"]


@pytest.mark.parametrize("opening", [proposed, added_alone])
def test_a_day_of_review_that_is_past_is_not_proposed(world: World, opening: Callable[..., str]) -> None:
    world.clock.now = datetime(2026, 3, 3, 0, 30, tzinfo=UTC)  # still 23:30 of the day before in the Azores
    with pytest.raises(InputError, match=r"review_by: past already \(give a later day, or none\)"):
        opening(world, terms={"review_by": date(2026, 3, 1)})
    with world.reading("101") as act:
        assert register.all_of(act, MISSION) == ()
    assert opening(world, terms={"review_by": date(2026, 3, 2)})


def test_a_review_is_due_when_its_day_has_passed_where_the_mission_is(world: World) -> None:
    made = proposed(world, terms={"review_by": date(2026, 3, 2)})
    designate(world, made)
    world.clock.now = datetime(2026, 3, 3, 0, 30, tzinfo=UTC)  # still 23:30 of the day before in the Azores
    with world.reading("101") as act:
        assert register.worklist(act, MISSION).to_review == ()
    world.clock.later(hours=1)
    with world.reading("101") as act:
        assert [one.designation_id for one in register.worklist(act, MISSION).to_review] == [made]
