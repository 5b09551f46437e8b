"""From a proposal to a listing in force to its end: who may, who may not, and what stays on record."""

from datetime import date, timedelta
from typing import Any

import pytest
from shapely import Polygon

from geo_offlimits.domain.designation import SamePersonError, State, StepKind, WrongStepError
from geo_offlimits.domain.instants import Period
from geo_offlimits.domain.people import NotPermittedError
from geo_offlimits.domain.premises import Name, NameKind
from geo_offlimits.errors import AbsentError, InputError, OfflimitsError, RefusedError
from geo_offlimits.services import changes, register
from geo_offlimits.services.history import history
from geo_offlimits.services.register import NotYoursError, UnknownDesignationError
from tests.services.conftest import MISSION, OTHER, START, World, venue


def proposed(world: World, number: str = "103", **facts: Any) -> str:
    with world.acting(number) as act:
        return register.propose(act, MISSION, *venue(**facts), reason="two reports").designation_id


def added_alone(world: World, number: str = "101", **facts: Any) -> str:
    with world.acting(number) as act:
        return register.add_alone(act, MISSION, *venue(**facts)).designation_id


def take(world: World, number: str, step: str, designation_id: str, reason: str | None = None) -> State:
    with world.acting(number) as act:
        found: State = getattr(register, step)(act, designation_id, reason=reason).state
        return found


def test_a_proposal_is_in_force_once_another_person_designates_it(world: World) -> None:
    made = proposed(world)
    with world.reading("101") as act:
        assert register.in_force(act, MISSION) == ()
    world.clock.later(hours=1)
    assert take(world, "101", "designate", made) is State.IN_FORCE
    with world.reading("101") as act:
        (found,) = register.in_force(act, MISSION)
    assert found.designation_id == "PELA-0001"
    assert found.in_force_since == START + timedelta(hours=1)
    assert [step.person_id for step in found.steps] == ["p_103", "p_101"]
    assert world.tags()[-2:] == ["premises:proposed", "premises:designated"]
    assert world.whole()


def test_who_proposed_cannot_designate_even_as_head(world: World) -> None:
    made = proposed(world, "101")
    with pytest.raises(SamePersonError, match="second head"):
        take(world, "101", "designate", made)
    assert world.leaves()[-1] | {"tag": "act:refused", "actor": "p_101", "subject": made} == world.leaves()[-1]
    assert take(world, "102", "designate", made) is State.IN_FORCE


def test_a_head_adds_alone_and_a_second_person_confirms(world: World) -> None:
    made = added_alone(world)
    with world.reading("101") as act:
        assert [one.designation_id for one in register.in_force(act, MISSION)] == [made]
        assert [one.designation_id for one in register.worklist(act, MISSION).to_confirm] == [made]
    with pytest.raises(SamePersonError):
        take(world, "101", "confirm", made)
    assert take(world, "102", "confirm", made) is State.IN_FORCE


def test_a_missing_second_signature_is_overdue_after_fourteen_days_and_stays_in_force(world: World) -> None:
    made = added_alone(world)
    for days, overdue in ((13, 0), (14, 1), (60, 1)):
        world.clock.now = START + timedelta(days=days)
        with world.reading("101") as act:
            assert len(register.worklist(act, MISSION).overdue) == overdue
            assert [one.designation_id for one in register.in_force(act, MISSION)] == [made]


def test_a_lift_needs_two_persons_and_ends_the_listing_then(world: World) -> None:
    made = world.listed().designation_id
    world.clock.later(days=1)
    take(world, "101", "propose_lift", made, "closed")
    with pytest.raises(SamePersonError):
        take(world, "101", "lift", made, "closed")
    with world.reading("101") as act:
        assert len(register.in_force(act, MISSION)) == 1
    lifted_at = world.clock.later(days=1)
    assert take(world, "102", "lift", made, "agreed") is State.LIFTED
    with world.reading("106") as act:
        for at, held in ((lifted_at - timedelta(seconds=1), True), (lifted_at, False)):
            assert register.status_at(act, MISSION, at) == {made: held}
        before_it_was_known = register.status_at(act, MISSION, lifted_at, known_at=lifted_at - timedelta(hours=1))
        assert before_it_was_known == {made: True}


def test_a_refused_lift_leaves_the_listing_in_force(world: World) -> None:
    made = world.listed().designation_id
    take(world, "103", "propose_lift", made, "said to be closed")
    assert take(world, "101", "refuse_lift", made, "seen open") is State.IN_FORCE


def test_who_added_alone_cannot_keep_alone_what_another_would_lift(world: World) -> None:
    made = added_alone(world)
    take(world, "103", "propose_lift", made, "a mistake")
    with pytest.raises(SamePersonError):
        take(world, "101", "refuse_lift", made, "no")
    assert take(world, "102", "refuse_lift", made, "looked at it too") is State.IN_FORCE


def test_what_a_person_could_decide_now_is_what_the_register_would_take_from_them(world: World) -> None:
    kept, asked = added_alone(world), proposed(world, name="Old Anchor", lat=10.2)
    take(world, "103", "propose_lift", kept, "a mistake")
    for number in ("101", "102", "103", "104", "107"):
        for made in (kept, asked):
            with world.reading(number) as act:
                offered = register.possible(act, register.show(act, made))
            for decision in register.DECISIONS:
                taken = decision.kind in offered
                assert taken is would_be_taken(world, number, decision.kind, made), (number, decision.verb)


def would_be_taken(world: World, number: str, kind: StepKind, made: str) -> bool:
    """Tried in a transaction that is rolled back."""
    try:
        with world.acting(number) as act:
            register.decide(act, made, kind, "seen")
            raise LookupError  # noqa: TRY301  (rolls the transaction back)
    except LookupError:
        return True
    except OfflimitsError:
        return False


def test_only_who_proposed_withdraws(world: World) -> None:
    made = proposed(world)
    with pytest.raises(NotYoursError, match="a head rejects"):
        take(world, "104", "withdraw", made)
    assert take(world, "103", "withdraw", made) is State.WITHDRAWN


@pytest.mark.parametrize("step", ["reject", "propose_lift", "refuse_lift", "lift"])
def test_what_goes_against_a_listing_needs_a_reason(world: World, step: str) -> None:
    made = proposed(world)
    if step != "reject":
        take(world, "102", "designate", made)
    if step in {"refuse_lift", "lift"}:
        take(world, "104", "propose_lift", made, "closed")
    for reason in (None, "  "):
        with pytest.raises(InputError, match="why"):
            take(world, "101", step, made, reason)


def test_a_step_that_does_not_follow_names_those_that_do(world: World) -> None:
    made = proposed(world)
    take(world, "101", "reject", made, "no ground")
    with pytest.raises(WrongStepError, match="propose anew"):
        take(world, "102", "designate", made)
    with pytest.raises(WrongStepError, match="designated"):
        take(world, "101", "confirm", proposed(world))


@pytest.mark.parametrize(
    ("number", "step"),
    [
        *((number, step) for number in ("103", "105", "106", "107", "108", "100") for step in ("designate", "reject")),
        *((number, "propose_lift") for number in ("105", "106", "107", "108", "109", "100")),
    ],
)
def test_roles_without_the_right_decide_nothing(world: World, number: str, step: str) -> None:
    made = proposed(world, "104")
    if step == "propose_lift":
        take(world, "101", "designate", made)
    with pytest.raises(AbsentError):
        take(world, number, step, made, "because")
    with world.reading("101") as act:
        assert register.show(act, made).state is (State.IN_FORCE if step == "propose_lift" else State.PROPOSED)


@pytest.mark.parametrize("number", ["105", "108", "109", "201", "100"])
def test_the_register_is_absent_for_those_who_may_not_read_it(world: World, number: str) -> None:
    made = proposed(world)
    with world.reading(number) as act:
        sentences = set()
        for designation_id in (made, "PELA-0999"):
            with pytest.raises(UnknownDesignationError) as refusal:
                register.show(act, designation_id)
            sentences.add(str(refusal.value).replace(designation_id, ""))
        assert len(sentences) == 1
        for listing in (register.worklist, register.in_force, register.all_of):
            with pytest.raises(NotPermittedError):
                listing(act, MISSION)


def test_a_head_of_another_mission_decides_nothing_here(world: World) -> None:
    with pytest.raises(NotPermittedError), world.acting("201") as act:
        register.add_alone(act, MISSION, *venue())
    with pytest.raises(NotPermittedError), world.acting("101") as act:
        register.propose(act, OTHER, *venue())


def test_a_rename_keeps_the_old_name_as_a_former_one_and_the_listing(world: World) -> None:
    made = world.listed("Blue Lantern").designation_id
    world.clock.later(days=3)
    with world.acting("103") as act:
        renamed = changes.rename(act, made, Name(text="Red Lantern", kind=NameKind.SIGN))
    assert [(name.text, name.kind) for name in renamed.subject.names] == [
        ("Red Lantern", NameKind.SIGN),
        ("Blue Lantern", NameKind.FORMER),
    ]
    assert renamed.state is State.IN_FORCE
    with world.reading("106") as act:
        assert register.show(act, made, known_at=START + timedelta(days=1)).subject.label == "Blue Lantern"
        assert [(item.text, item.detail) for item in history(act, made)] == [
            ("Described", "Blue Lantern"),
            ("Proposed", None),
            ("Designated", None),
            ("Described", "Red Lantern"),
        ]


def test_renaming_back_makes_one_name_of_it(world: World) -> None:
    made = world.listed("Blue Lantern").designation_id
    for text in ("Red Lantern", "Blue Lantern"):
        with world.acting("103") as act:
            renamed = changes.rename(act, made, Name(text=text, kind=NameKind.SIGN))
    assert {(name.text, name.kind) for name in renamed.subject.names} == {
        ("Blue Lantern", NameKind.SIGN),
        ("Red Lantern", NameKind.FORMER),
    }
    with pytest.raises(RefusedError, match="already"), world.acting("103") as act:
        changes.rename(act, made, Name(text="Blue Lantern", kind=NameKind.SIGN))


def test_a_name_in_another_script_does_not_make_the_first_a_former_one(world: World) -> None:
    made = world.listed("Modra Svetilka").designation_id
    with world.acting("103") as act:
        renamed = changes.rename(act, made, Name(text="Модра Светилка", lang="mk-Cyrl", kind=NameKind.SIGN))
    assert {name.kind for name in renamed.subject.names} == {NameKind.SIGN}


def test_past_its_review_date_a_listing_stays_in_force_and_stands_in_the_worklist(world: World) -> None:
    made = world.listed(terms={"review_by": date(2026, 3, 10)}).designation_id
    for day, waiting in ((10, 0), (11, 1)):
        world.clock.now = START.replace(day=day)
        with world.reading("101") as act:
            assert len(register.worklist(act, MISSION).to_review) == waiting
            assert [one.designation_id for one in register.in_force(act, MISSION)] == [made]


def test_what_ran_out_is_told_from_what_was_lifted_and_from_what_was_never_in_force(world: World) -> None:
    ends = START + timedelta(days=1)
    ending = {"valid": Period(end=ends)}
    running, lifted = world.listed("Runs Out", terms=ending), world.listed("Lifted", terms=ending)
    lifted = world.lifted(lifted.designation_id)
    with world.acting("103") as act:
        proposed = register.propose(act, MISSION, *venue("Proposed", terms=ending), confirm_alike=True)
    assert [running.ended_at(at) for at in (START, ends - timedelta(seconds=1), ends)] == [None, None, ends]
    assert lifted.ended_at(ends) is None
    assert proposed.ended_at(ends) is None
    assert world.listed("Open").ended_at(ends) is None


def test_what_is_decided_and_begins_later_says_when(world: World) -> None:
    begins = START + timedelta(days=1)
    later = world.listed("Later", terms={"valid": Period(start=begins)})
    with world.acting("103") as act:
        proposed = register.propose(act, MISSION, *venue("Proposed", lat=10.2, terms={"valid": Period(start=begins)}))
    assert [later.begins_at(at) for at in (START, begins - timedelta(seconds=1), begins)] == [begins, begins, None]
    assert proposed.begins_at(START) is None
    assert world.lifted(later.designation_id).begins_at(START) is None


def test_a_term_that_ends_ends_the_restriction(world: World) -> None:
    until = START + timedelta(days=5)
    world.listed(terms={"valid": Period(end=until)})
    with world.reading("101") as act:
        assert register.in_force(act, MISSION, valid_at=until - timedelta(seconds=1))
        assert not register.in_force(act, MISSION, valid_at=until)


def test_the_worklist_says_what_waits_in_words_and_json(world: World) -> None:
    with world.reading("101") as act:
        assert register.worklist(act, MISSION).as_text() == "Nothing waits."
        assert register.worklist(act, MISSION).empty
    made = proposed(world)
    with world.reading("101") as act:
        waiting = register.worklist(act, MISSION)
    assert waiting.as_json()["to_decide"][0]["id"] == made
    assert "Proposed, to be decided: 1" in waiting.as_text()


BOW_TIE = Polygon([(-30, 10), (-29.9, 10.1), (-29.9, 10), (-30, 10.1)])


@pytest.mark.parametrize(
    "facts",
    [
        {"terms": {"authority": " "}},
        {"terms": {"directive": ""}},
        {"terms": {"note": "n" * 2001}},
        {"address": "a\x00b"},
        {"locality": "\ud800"},
        {"name": "half \udfff"},
        {"geometry": BOW_TIE},
        {"lat": 95.0},
        {"lon": float("nan")},
    ],
    ids=str,
)
def test_what_could_never_be_published_is_not_proposed(world: World, facts: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        proposed(world, **facts)
    with world.reading("101") as act:
        assert register.all_of(act, MISSION) == ()


def test_a_reason_has_a_length(world: World) -> None:
    with pytest.raises(InputError, match="shorten"), world.acting("103") as act:
        register.propose(act, MISSION, *venue(), reason="r" * 2001)
