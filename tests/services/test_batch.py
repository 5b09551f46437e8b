"""Several decisions of one kind are signed once, each recorded by itself, or none."""

from collections.abc import Iterable
from datetime import date

import pytest

from geo_offlimits.domain.designation import State, StepKind
from geo_offlimits.domain.people import NotPermittedError
from geo_offlimits.domain.premises import Name
from geo_offlimits.errors import InputError
from geo_offlimits.services import batch, changes, register
from geo_offlimits.services.batch import BatchError
from geo_offlimits.services.register import UnknownDesignationError
from tests.services.conftest import MISSION, World, venue


def proposed(world: World, number: str = "103", *names: str) -> list[str]:
    with world.acting(number) as act:
        made = [register.propose(act, MISSION, *venue(name), f"of {name}", confirm_alike=True) for name in names]
    return [one.designation_id for one in made]


def seen(world: World, ids: Iterable[str], number: str = "101") -> dict[str, str]:
    with world.reading(number) as act:
        return {one.designation.designation_id: one.version for one in batch.items(act, MISSION, tuple(ids))}


def states(world: World) -> list[State]:
    with world.reading("101") as act:
        return [one.state for one in register.all_of(act, MISSION)]


def test_what_is_looked_at_says_who_asked_and_why(world: World) -> None:
    ids = proposed(world, "103", "Tern", "Heron")
    with world.reading("101") as act:
        found = batch.items(act, MISSION, (*ids, ids[0]))
    assert [(one.designation.designation_id, one.asked_by, one.asked.reason) for one in found] == [
        (ids[0], "Orla Venn", "of Tern"),
        (ids[1], "Orla Venn", "of Heron"),
    ]


def test_each_decision_of_several_has_its_own_step_and_its_own_leaf(world: World) -> None:
    ids = proposed(world, "103", "Tern", "Heron", "Gull")
    before = len(world.tags())
    with world.acting("101") as act:
        made = batch.decide(act, MISSION, StepKind.DESIGNATED, seen(world, ids), reason="seen together")
    assert [(one.state, one.steps[-1].reason) for one in made] == [(State.IN_FORCE, "seen together")] * 3
    assert world.tags()[before:] == ["premises:designated"] * 3
    assert [leaf["subject"] for leaf in world.leaves()[before:]] == ids
    assert world.whole()


def test_one_that_cannot_be_decided_refuses_all_and_is_named(world: World) -> None:
    ids = [*proposed(world, "103", "Tern"), *proposed(world, "101", "Heron")]
    looked_at = seen(world, ids)
    with (
        pytest.raises(BatchError, match=f"You signed .* on {ids[1]}.* Nothing was decided") as refusal,
        world.acting("101") as act,
    ):
        batch.decide(act, MISSION, StepKind.DESIGNATED, looked_at)
    assert refusal.value.designation_id == ids[1]
    assert states(world) == [State.PROPOSED, State.PROPOSED]
    assert world.tags()[-1] == "act:refused"


@pytest.mark.parametrize("change", ["step", "name"])
def test_what_has_changed_since_it_was_looked_at_refuses_all(world: World, change: str) -> None:
    ids = proposed(world, "103", "Tern", "Heron")
    looked_at = seen(world, ids)
    with world.acting("103") as act:
        if change == "step":
            register.decide(act, ids[1], StepKind.NOTICE_GIVEN)
        else:
            changes.rename(act, ids[1], Name(text="Egret"))
    before = states(world)
    with pytest.raises(BatchError, match=f"{ids[1]} has changed since you looked"), world.acting("101") as act:
        batch.decide(act, MISSION, StepKind.DESIGNATED, looked_at)
    assert states(world) == before
    with world.acting("101") as act:
        batch.decide(act, MISSION, StepKind.DESIGNATED, seen(world, ids))
    assert states(world) == [State.IN_FORCE, State.IN_FORCE]


def test_lifts_need_a_reason_and_reviews_a_day(world: World) -> None:
    ids = [world.listed(name).designation_id for name in ("Tern", "Heron")]
    with pytest.raises(InputError, match="by which day"), world.acting("101") as act:
        batch.decide(act, MISSION, StepKind.REVIEWED, seen(world, ids), reason="still")
    with world.acting("101") as act:
        kept = batch.decide(
            act, MISSION, StepKind.REVIEWED, seen(world, ids), reason="still", review_by=date(2026, 9, 1)
        )
    assert [one.terms.review_by for one in kept] == [date(2026, 9, 1)] * 2
    for designation_id in ids:
        with world.acting("103") as act:
            register.propose_lift(act, designation_id, "closed")
    with pytest.raises(InputError, match="Say why"), world.acting("101") as act:
        batch.decide(act, MISSION, StepKind.LIFTED, seen(world, ids))
    assert states(world) == [State.LIFT_PROPOSED] * 2
    with world.acting("101") as act:
        batch.decide(act, MISSION, StepKind.LIFTED, seen(world, ids), reason="seen closed")
    assert states(world) == [State.LIFTED] * 2


def test_the_worklist_says_which_of_it_a_person_may_decide(world: World) -> None:
    mine, theirs = proposed(world, "101", "Tern"), proposed(world, "103", "Heron")
    with world.acting("102") as act:
        alone = register.add_alone(act, MISSION, *venue("Gull", lat=10.3)).designation_id
    reviewed = world.listed("Egret", lat=10.4, terms={"review_by": date(2026, 3, 2)}).designation_id
    world.clock.later(days=2)

    def open_to(number: str) -> dict[str, frozenset[str]]:
        with world.reading(number) as act:
            found = batch.open_to(act, register.worklist(act, MISSION))
        return {part: ids for part, ids in found.items() if ids}

    assert open_to("101") == {
        "to_decide": frozenset(theirs),
        "to_confirm": frozenset({alone}),
        "to_review": frozenset({reviewed}),
    }
    assert open_to("102") == {"to_decide": frozenset(mine + theirs), "to_review": frozenset({reviewed})}
    assert open_to("103") == open_to("107") == {}


def test_none_too_many_and_another_mission_s_are_refused(world: World) -> None:
    (made,) = proposed(world, "103", "Tern")
    with world.reading("101") as act:
        for ids in ((), tuple(f"PELA-{at:04d}" for at in range(101))):
            with pytest.raises(InputError, match="tick 1 to 100"):
                batch.items(act, MISSION, ids)
        with pytest.raises(UnknownDesignationError):
            batch.items(act, MISSION, (made, "PELA-0099"))
    with pytest.raises(NotPermittedError), world.reading("103") as act:
        batch.items(act, MISSION, (made,))
