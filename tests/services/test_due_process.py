"""Due process: the owner is told and heard, may ask for a review at any time, and an error is taken back at once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from geo_offlimits.domain.designation import SamePersonError, State, StepKind, WrongStepError
from geo_offlimits.domain.instants import Period
from geo_offlimits.domain.people import NotPermittedError
from geo_offlimits.errors import InputError, RefusedError
from geo_offlimits.lookup.answers import Verdict
from geo_offlimits.services import editions, missions, register
from geo_offlimits.services.notice import NothingToDeferError, NoticeMissingError, NoticeRunningError
from geo_offlimits.services.register import NotYoursError
from geo_offlimits.services.worklist import Worklist
from tests.services.asking import ask
from tests.services.conftest import MISSION, START, World, venue

HEAD, DEPUTY, OFFICER, OTHER_OFFICER = "101", "102", "103", "104"


def proposed(world: World, **facts: Any) -> str:
    with world.acting(OFFICER) as act:
        return register.propose(act, MISSION, *venue(uncertainty_m=2.0, **facts)).designation_id


def alone(world: World) -> str:
    with world.acting(HEAD) as act:
        return register.add_alone(act, MISSION, *venue(uncertainty_m=2.0)).designation_id


def take(world: World, by: str, kind: StepKind, made: str, reason: str | None = "because") -> State:
    world.clock.later(minutes=1)
    with world.acting(by) as act:
        return register.decide(act, made, kind, reason).state


def with_notice(world: World, days: int = 10) -> None:
    with world.acting("100") as act:
        missions.set_notice(act, MISSION, days, "Conduct team, Port Pela")


def waiting(world: World) -> Worklist:
    with world.reading(HEAD) as act:
        return register.worklist(act, MISSION)


def ids(designations: Any) -> list[str]:
    return [one.designation_id for one in designations]


def listed_twice_signed(world: World) -> str:
    made = proposed(world)
    take(world, HEAD, StepKind.DESIGNATED, made)
    return made


# ---- notice and reply ------------------------------------------------------------------------------------------------


def test_without_a_rule_for_notice_a_proposal_is_decided_at_once(world: World) -> None:
    assert take(world, HEAD, StepKind.DESIGNATED, proposed(world)) is State.IN_FORCE
    assert waiting(world).to_notify == ()


def test_where_notice_comes_first_nothing_is_decided_before_it(world: World) -> None:
    with_notice(world)
    made = proposed(world)
    assert ids(waiting(world).to_notify) == [made]
    with pytest.raises(NoticeMissingError, match="an officer gives notice"):
        take(world, HEAD, StepKind.DESIGNATED, made)
    assert take(world, OFFICER, StepKind.NOTICE_GIVEN, made, None) is State.NOTICED
    with pytest.raises(NoticeRunningError, match="may answer until 2026-03-13T01:00:00Z"):
        take(world, HEAD, StepKind.DESIGNATED, made)
    assert ids(waiting(world).to_decide) == [made]
    assert waiting(world).to_notify == ()
    world.clock.now = datetime(2026, 3, 13, 0, 58, tzinfo=UTC)  # the last day has not ended in the mission
    with pytest.raises(NoticeRunningError):
        take(world, HEAD, StepKind.DESIGNATED, made)
    world.clock.later(minutes=1)
    assert take(world, HEAD, StepKind.DESIGNATED, made) is State.IN_FORCE


def test_an_answer_ends_the_waiting_and_is_kept(world: World) -> None:
    with_notice(world)
    made = proposed(world)
    with pytest.raises(WrongStepError):
        take(world, OFFICER, StepKind.REPLIED, made, "no such thing happens here")
    take(world, OFFICER, StepKind.NOTICE_GIVEN, made, None)
    with pytest.raises(InputError, match="Say why"):
        take(world, OFFICER, StepKind.REPLIED, made, "  ")
    assert take(world, OFFICER, StepKind.REPLIED, made, "no such thing happens here") is State.REPLIED
    assert take(world, HEAD, StepKind.REJECTED, made, "the answer convinces") is State.REJECTED


def test_notice_is_deferred_by_a_head_with_a_reason_and_looked_at_again_after_14_days(world: World) -> None:
    with_notice(world)
    made = proposed(world)
    with pytest.raises(NotPermittedError):
        take(world, OFFICER, StepKind.NOTICE_DEFERRED, made)
    with pytest.raises(InputError):
        take(world, HEAD, StepKind.NOTICE_DEFERRED, made, None)
    assert take(world, HEAD, StepKind.NOTICE_DEFERRED, made, "victims are held there") is State.PROPOSED
    assert waiting(world).to_notify == ()
    world.clock.later(days=14)
    assert ids(waiting(world).to_notify) == [made]
    with pytest.raises(NoticeMissingError):
        take(world, HEAD, StepKind.DESIGNATED, made)
    take(world, HEAD, StepKind.NOTICE_DEFERRED, made, "still held")
    assert take(world, HEAD, StepKind.DESIGNATED, made) is State.IN_FORCE
    world.clock.later(days=14)
    assert ids(waiting(world).to_notify) == [made]
    assert take(world, OFFICER, StepKind.NOTICE_GIVEN, made, None) is State.IN_FORCE
    assert waiting(world).to_notify == ()


def test_what_a_head_adds_alone_holds_at_once_and_its_notice_is_due(world: World) -> None:
    with_notice(world)
    made = alone(world)
    assert ids(waiting(world).to_notify) == [made]
    assert take(world, OFFICER, StepKind.NOTICE_GIVEN, made, None) is State.AWAITING_SECOND
    assert take(world, OFFICER, StepKind.REPLIED, made, "the owner objects") is State.AWAITING_SECOND
    world.clock.later(days=14)
    assert ids(waiting(world).overdue) == [made]
    assert take(world, DEPUTY, StepKind.CONFIRMED, made) is State.IN_FORCE


def test_the_rule_for_notice_is_an_administrators_and_has_bounds(world: World) -> None:
    with pytest.raises(NotPermittedError), world.acting(HEAD) as act:
        missions.set_notice(act, MISSION, 10, None)
    for days in (-1, 91):
        with pytest.raises(InputError), world.acting("100") as act:
            missions.set_notice(act, MISSION, days, None)
    with_notice(world, 5)
    with world.acting("100") as act:
        missions.set_notice(act, MISSION, 0, None)
        missions.set_notice(act, MISSION, 0, " \n")  # nothing that anybody could write to
    with world.reading("100") as act:
        assert missions.mission(act, MISSION).petition_address == "Conduct team, Port Pela"
    assert "mission:notice" in world.tags()


# ---- petition --------------------------------------------------------------------------------------------------------


def test_a_petition_leaves_the_listing_in_force_until_a_head_decides(world: World) -> None:
    made = listed_twice_signed(world)
    world.published()
    assert take(world, OFFICER, StepKind.PETITIONED, made, "the owner has changed") is State.PETITIONED
    assert ids(waiting(world).petitions) == [made]
    world.published(renew=True)
    assert ask(world).strictest is Verdict.LISTED
    assert take(world, HEAD, StepKind.PETITION_REFUSED, made, "nothing has changed") is State.IN_FORCE
    assert take(world, OTHER_OFFICER, StepKind.PETITIONED, made, "again") is State.PETITIONED
    assert take(world, HEAD, StepKind.LIFTED, made, "it is a bakery now") is State.LIFTED


def test_an_unanswered_petition_is_overdue_after_30_days_and_nothing_else_happens(world: World) -> None:
    made = listed_twice_signed(world)
    take(world, OFFICER, StepKind.PETITIONED, made)
    world.clock.later(days=29)
    assert waiting(world).petitions_overdue == ()
    take(world, OFFICER, StepKind.NOTICE_GIVEN, made)  # tells, and does not answer
    world.clock.later(days=1)
    assert ids(waiting(world).petitions_overdue) == [made]
    with world.reading(HEAD) as act:
        assert ids(register.in_force(act, MISSION)) == [made]


def test_who_recorded_the_petition_cannot_grant_it(world: World) -> None:
    made = listed_twice_signed(world)
    take(world, DEPUTY, StepKind.PETITIONED, made)
    with pytest.raises(SamePersonError, match="second head of mission or deputy"):
        take(world, DEPUTY, StepKind.LIFTED, made)
    assert take(world, HEAD, StepKind.LIFTED, made) is State.LIFTED


def test_a_petition_against_what_one_head_added_is_not_refused_by_that_head(world: World) -> None:
    made = alone(world)
    take(world, OFFICER, StepKind.PETITIONED, made)
    with pytest.raises(SamePersonError):
        take(world, HEAD, StepKind.PETITION_REFUSED, made)
    assert take(world, DEPUTY, StepKind.PETITION_REFUSED, made) is State.IN_FORCE


# ---- suspension ------------------------------------------------------------------------------------------------------


def test_a_head_suspends_a_manifest_error_alone_and_another_lifts_it(world: World) -> None:
    made = listed_twice_signed(world)
    world.published()
    assert take(world, HEAD, StepKind.SUSPENDED, made, "the wrong house") is State.SUSPENDED
    assert ids(waiting(world).suspended) == [made]
    assert ids(waiting(world).to_publish) == [made]
    with world.reading(HEAD) as act:
        assert register.in_force(act, MISSION) == ()
    world.published(confirm_removals=True, confirm_empty=True)
    assert ask(world).strictest is Verdict.NOT_LISTED
    assert waiting(world).to_publish == ()
    with pytest.raises(SamePersonError):
        take(world, HEAD, StepKind.LIFTED, made)
    world.clock.later(days=14)
    assert ids(waiting(world).overdue) == [made]
    assert take(world, DEPUTY, StepKind.LIFTED, made) is State.LIFTED
    assert waiting(world).empty


def test_a_suspension_leaves_a_gap_that_stays_known(world: World) -> None:
    made = listed_twice_signed(world)
    before = world.clock.now
    take(world, HEAD, StepKind.SUSPENDED, made)
    between = world.clock.later(minutes=1)
    assert take(world, DEPUTY, StepKind.REINSTATED, made, "it was the right house") is State.IN_FORCE
    after = world.clock.later(minutes=1)
    with world.reading(HEAD) as act:
        held = {at: register.status_at(act, MISSION, at)[made] for at in (before, between, after)}
        believed = register.status_at(act, MISSION, after, known_at=between)[made]
    assert held == {before: True, between: False, after: True}
    assert believed is False


@pytest.mark.parametrize("begin", [alone, listed_twice_signed])
def test_who_suspended_does_not_put_back(world: World, begin: Any) -> None:
    made = begin(world)
    take(world, HEAD, StepKind.SUSPENDED, made)
    with pytest.raises(SamePersonError):
        take(world, HEAD, StepKind.REINSTATED, made)
    assert take(world, OFFICER, StepKind.REPLIED, made, "the owner thanks") is State.SUSPENDED
    assert take(world, DEPUTY, StepKind.REINSTATED, made) is State.IN_FORCE


@pytest.mark.parametrize("kind", [StepKind.PETITIONED, StepKind.LIFT_PROPOSED])
def test_what_waits_for_a_decision_is_not_forgotten_over_a_suspension(world: World, kind: StepKind) -> None:
    made = listed_twice_signed(world)
    take(world, OFFICER, kind, made)
    with pytest.raises(WrongStepError):
        take(world, HEAD, StepKind.SUSPENDED, made)
    assert take(world, HEAD, StepKind.LIFTED, made, "the wrong house") is State.LIFTED


@pytest.mark.parametrize("kind", [StepKind.SUSPENDED, StepKind.REINSTATED, StepKind.PETITION_REFUSED])
def test_only_heads_suspend_put_back_and_refuse_petitions(world: World, kind: StepKind) -> None:
    made = listed_twice_signed(world)
    for person in (OFFICER, OTHER_OFFICER, "106"):
        with pytest.raises(NotPermittedError):
            take(world, person, kind, made)


# ---- publication -----------------------------------------------------------------------------------------------------


def test_a_listing_may_wait_for_its_day_and_then_stands_in_the_next_edition(world: World) -> None:
    day = world.clock.now + timedelta(days=3)
    world.listed("Open Lamp", lon=-29.7)
    made = proposed(world, terms={"not_before": day})
    take(world, HEAD, StepKind.DESIGNATED, made)
    world.published()
    with world.reading(HEAD) as act:
        assert made in ids(register.in_force(act, MISSION))
        assert made not in editions.content(act, MISSION).decode()
    take(world, HEAD, StepKind.SUSPENDED, made)
    assert waiting(world).to_publish == ()  # nobody has read it
    take(world, DEPUTY, StepKind.REINSTATED, made)
    world.clock.now = day
    assert ids(waiting(world).to_publish) == [made]
    world.published()
    assert waiting(world).to_publish == ()
    with world.reading(HEAD) as act:
        assert made in editions.content(act, MISSION).decode()
        assert str(day.date()) not in editions.content(act, MISSION).decode().split('"features"')[1].split("since")[0]


def test_a_listing_that_would_be_over_before_it_appears_is_refused(world: World) -> None:
    end = world.clock.now + timedelta(days=3)
    with pytest.raises(InputError, match="not before the end"):
        proposed(world, terms={"not_before": end, "valid": Period(end=end)})


def test_a_lift_asks_for_publication(world: World) -> None:
    made = listed_twice_signed(world)
    world.published()
    take(world, OFFICER, StepKind.LIFT_PROPOSED, made)
    assert waiting(world).to_publish == ()
    take(world, HEAD, StepKind.LIFTED, made)
    assert ids(waiting(world).to_publish) == [made]
    world.published(confirm_removals=True, confirm_empty=True)
    assert waiting(world).to_publish == ()


def test_a_withdrawn_proposal_is_over_also_after_notice(world: World) -> None:
    made = proposed(world)
    take(world, OFFICER, StepKind.NOTICE_GIVEN, made)
    with pytest.raises(NotYoursError):
        take(world, OTHER_OFFICER, StepKind.WITHDRAWN, made)
    assert take(world, OFFICER, StepKind.WITHDRAWN, made) is State.WITHDRAWN
    for kind in StepKind:
        if kind not in (StepKind.PROPOSED, StepKind.ADDED_ALONE, StepKind.REVIEWED):
            with pytest.raises((RefusedError, NotPermittedError)):
                take(world, HEAD, kind, made)


def test_where_no_notice_comes_first_there_is_nothing_to_defer(world: World) -> None:
    with pytest.raises(NothingToDeferError, match="nothing to defer"):
        take(world, HEAD, StepKind.NOTICE_DEFERRED, proposed(world))


# ---- review ----------------------------------------------------------------------------------------------------------


def test_a_review_keeps_the_listing_and_moves_its_day_only(world: World) -> None:
    made = proposed(world, terms={"review_by": START.date() + timedelta(days=30)})
    take(world, HEAD, StepKind.DESIGNATED, made)
    world.published()
    world.clock.later(days=31)
    assert ids(waiting(world).to_review) == [made]
    with world.reading(HEAD) as act:
        before = register.show(act, made)
    later = world.clock.now.date() + timedelta(days=90)
    with world.acting(HEAD) as act:
        after = register.review(act, made, later, "seen open, nothing has changed")
    assert after.terms == replace(before.terms, review_by=later)
    assert (after.state, after.subject, after.in_force_since) == (State.IN_FORCE, before.subject, before.in_force_since)
    assert waiting(world).to_review == ()
    with world.reading(HEAD) as act:
        assert register.show(act, made, known_at=before.steps[-1].recorded_at).terms == before.terms
        assert editions.preview(act, MISSION).unchanged


def test_a_review_needs_a_head_a_reason_and_a_day_to_come(world: World) -> None:
    made = listed_twice_signed(world)
    later = world.clock.now.date() + timedelta(days=1)
    never = world.clock.now.date() + timedelta(days=367)
    for day, reason in ((world.clock.now.date(), "looked"), (never, "looked"), (later, " "), (later, None)):
        with pytest.raises(InputError), world.acting(HEAD) as act:
            register.review(act, made, day, reason)
    with pytest.raises(NotPermittedError), world.acting(OFFICER) as act:
        register.review(act, made, later, "looked")
    with world.acting(HEAD) as act:
        alone_made = register.add_alone(act, MISSION, *venue("Other", lon=-29.7)).designation_id
    with pytest.raises(WrongStepError), world.acting(HEAD) as act:
        register.review(act, alone_made, later, "looked")
