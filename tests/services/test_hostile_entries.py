"""What a clerk of ill will, or of two minds, tries with what others are said to have said."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from geo_offlimits.domain.acknowledgement import AcknowledgementState
from geo_offlimits.errors import AbsentError, InputError, RefusedError
from geo_offlimits.services import inductions, leave, people
from tests.services.conftest import MISSION, START, World
from tests.services.saying import acknowledge
from tests.services.test_acknowledged import ORAL, PAPER, enter
from tests.services.test_campaigns import opened, package
from tests.services.test_sheets import ENGINEERS, filled, given, read_in

REFUSAL = replace(PAPER, state=AcknowledgementState.REFUSED, reason="they said so")


@pytest.fixture
def island(world: World) -> World:
    """With one edition."""
    world.listed()
    world.published()
    return world


def departed(world: World, number: str) -> None:
    with world.acting("100") as act:
        people.depart(act, number)


def test_a_clerk_puts_no_refusal_over_what_somebody_acknowledged(island: World) -> None:
    acknowledge(island)
    enter(island, PAPER, "110")
    before = island.tags()
    island.clock.later(minutes=5)
    for number in ("108", "110"):
        with pytest.raises(RefusedError, match="does not follow from what the person said before"):
            enter(island, REFUSAL, number)
    assert [tag for tag in island.tags()[len(before) :] if tag != "act:refused"] == []
    assert enter(island, REFUSAL, "109").state is AcknowledgementState.REFUSED
    assert island.whole()


def test_nobody_acknowledges_on_a_day_on_which_they_had_departed(world: World) -> None:
    campaign = opened(world)
    sheet = package(world, campaign)[ENGINEERS]
    world.clock.later(days=2)
    departed(world, "108")
    world.clock.later(days=2)
    after, last = START.date() + timedelta(days=3), START.date() + timedelta(days=2)
    report = read_in(world, filled(sheet, _108=(str(after), "", ""), _110=(str(after), "", "")))
    assert (report.recorded, [(one.field, one.value) for one in report.issues]) == (1, [("acknowledged", str(after))])
    with pytest.raises(RefusedError, match="not in service"):
        enter(world, replace(PAPER, on=after))
    with pytest.raises(RefusedError, match="not in service"):
        enter(world, PAPER)
    assert set(given(world)) == {"p_110"}
    assert enter(world, replace(PAPER, on=last - timedelta(days=1))).counts


def test_who_had_departed_explained_nothing(world: World) -> None:
    campaign = opened(world)
    sheet = package(world, campaign)[ENGINEERS]
    departed(world, "109")
    world.clock.later(days=2)
    day = str(world.clock.now.date())
    report = read_in(world, filled(sheet, _110=(day, "109", "dyu")))
    assert (report.recorded, [one.field for one in report.issues]) == (0, ["explained_by"])
    with pytest.raises(RefusedError, match="not in service"):
        enter(world, replace(ORAL, explained_by="109"))
    assert given(world) == {}


@pytest.mark.parametrize("day", [date(1900, 1, 1), START.date() - timedelta(days=400)])
def test_nobody_was_briefed_about_an_edition_before_it_came_out(island: World, day: date) -> None:
    with island.reading("105") as act:
        before = inductions.awaiting(act, MISSION)
    with pytest.raises(InputError), island.acting("105") as act:
        inductions.record_induction(act, MISSION, "108", day=day, language="en")
    with island.reading("105") as act:
        assert inductions.awaiting(act, MISSION) == before


def test_an_induction_is_about_the_edition_of_its_day_and_of_nobody_who_had_departed(island: World) -> None:
    island.clock.later(days=2)
    island.published(renew=True)
    with island.acting("105") as act:
        made = inductions.record_induction(act, MISSION, "108", day=START.date() + timedelta(days=1), language="en")
        assert made.edition_number == 1
        assert inductions.record_induction(act, MISSION, "108", day=None, language="en").edition_number == 2
    departed(island, "109")
    island.clock.later(days=1)
    for who, briefed_by in (("109", None), ("108", "109")):
        with pytest.raises(RefusedError, match="109 was not in service"), island.acting("105") as act:
            inductions.record_induction(act, MISSION, who, day=None, language="en", briefed_by=briefed_by)


def test_leave_tells_nobody_who_there_is_in_another_mission(world: World) -> None:
    told = []
    for number in ("201", "999"):
        with pytest.raises(AbsentError) as refused, world.acting("105") as act:
            leave.enter(act, number, START.date(), START.date())
        told.append(str(refused.value).replace(number, "NUMBER"))
    assert told[0] == told[1]
