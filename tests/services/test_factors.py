"""Second factors: what counts only once one was shown, codes that are taken once, and how one is set up and lost."""

import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from geo_offlimits.domain.people import SECOND_FACTOR, STEP_UP, Action, Actor, NotPermittedError, Role
from geo_offlimits.domain.proof import SecondFactorNeededError, Shown, StepUpNeededError
from geo_offlimits.errors import AbsentError, InputError, RefusedError
from geo_offlimits.services import factors, people, register, signing_in
from geo_offlimits.services.factors import CodeRefusedError, LastFactorError
from geo_offlimits.services.signing_in import StepUpError, TooManyAttemptsError, UnrecognisedError, WrongCodeError
from tests import proving
from tests.services.conftest import MISSION, PASSPHRASE, World, venue
from tests.services.test_signing_in import begun, kept


def with_passphrase(world: World, number: str) -> Actor:
    return world.wiring.recognise(number, PASSPHRASE)


def with_both(world: World, number: str) -> Actor:
    world.clock.later(seconds=factors.STEP_S)  # another code than the last
    return world.wiring.recognise(number, PASSPHRASE, code=proving.code(world.clock.now))


def proposed(world: World) -> str:
    with world.acting("103") as act:
        return register.propose(act, MISSION, *venue()).designation_id


def test_roles_that_see_or_settle_what_is_restricted_need_one() -> None:
    assert {Role.HEAD, Role.DEPUTY, Role.OFFICER, Role.CONDUCT, Role.ADMIN} <= SECOND_FACTOR
    assert not {Role.STAFF, Role.PATROL, Role.MANAGER} & SECOND_FACTOR


def test_with_the_passphrase_alone_a_head_is_like_any_of_the_staff(world: World) -> None:
    listed = proposed(world)
    head = with_passphrase(world, "101")
    assert head.roles(MISSION, world.clock.now) == {Role.STAFF}
    assert head.may(Action.LOOK_UP, MISSION, world.clock.now)
    with world.wiring.writing(head) as act, pytest.raises(SecondFactorNeededError):
        register.designate(act, listed)
    with world.wiring.reading(head) as act, pytest.raises(SecondFactorNeededError):
        register.worklist(act, MISSION)
    head = with_both(world, "101")
    assert head.roles(MISSION, world.clock.now) == {Role.HEAD}
    with world.wiring.writing(head) as act:
        register.designate(act, listed)


def test_of_a_role_that_somebody_does_not_hold_nothing_is_told(world: World) -> None:
    for number in ("108", "109"):
        with world.wiring.reading(with_passphrase(world, number)) as act, pytest.raises(NotPermittedError):
            register.worklist(act, MISSION)


def test_a_code_is_taken_once_and_none_before_the_last_that_was_taken(world: World) -> None:
    now = world.clock.later(seconds=45)
    shown = proving.code(now)
    world.wiring.recognise("101", PASSPHRASE, code=f" {shown[:3]} {shown[3:]} ")
    for spent in (shown, proving.code(now - timedelta(seconds=factors.STEP_S))):
        with pytest.raises(WrongCodeError):
            world.wiring.recognise("101", PASSPHRASE, code=spent)
    world.wiring.recognise("102", PASSPHRASE, code=shown)  # which is another person's
    later = world.clock.later(seconds=factors.STEP_S)
    assert world.wiring.recognise("101", PASSPHRASE, code=proving.code(later)).shown.factor_at == later


def test_of_those_who_send_one_code_at_the_same_time_one_is_taken(world: World) -> None:
    code, taken, ready = proving.code(world.clock.later(minutes=1)), [], threading.Barrier(4)

    def send(source: str) -> None:
        ready.wait()
        with suppress(WrongCodeError):
            taken.append(world.wiring.recognise("101", PASSPHRASE, source, code))

    threads = [threading.Thread(target=send, args=(f"192.0.2.{one}",)) for one in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 1


@pytest.mark.parametrize("aside_s", [-factors.STEP_S, 0, factors.STEP_S])
def test_a_clock_that_is_half_a_minute_off_does_no_harm(world: World, aside_s: int) -> None:
    now = world.clock.later(minutes=5)
    assert world.wiring.recognise("101", PASSPHRASE, code=proving.code(now + timedelta(seconds=aside_s)))


@pytest.mark.parametrize("code", ["", "000000", "12345", "abcdef", "１２３４５６", "1" * 5000])
def test_a_code_that_does_not_fit_is_refused_counted_and_on_record(world: World, code: str) -> None:
    before = len(world.tags())
    with pytest.raises(WrongCodeError):
        world.wiring.recognise("101", PASSPHRASE, code=code)
    assert world.tags()[before:] == ["login:refused"]
    assert world.leaves()[-1]["subject"] == "p_101"


def test_codes_cannot_be_guessed_and_nobody_else_is_kept_waiting_by_who_tries(world: World) -> None:
    looked_at = 0
    for attempt in range(300):
        try:
            world.wiring.recognise("101", PASSPHRASE, f"198.51.{attempt % 200}.7", "000000")
        except TooManyAttemptsError:
            world.clock.later(seconds=10)
        except WrongCodeError:
            looked_at += 1
    assert looked_at <= signing_in.MOST_CODES_AN_HOUR
    assert with_passphrase(world, "101")
    assert with_both(world, "102")
    world.clock.later(hours=1, minutes=1)
    assert with_both(world, "101")


def test_a_stranger_who_fails_at_the_passphrase_leaves_codes_alone(world: World) -> None:
    for source in range(40):
        with pytest.raises((UnrecognisedError, TooManyAttemptsError)):
            world.wiring.recognise("101", "not the passphrase", f"198.51.100.{source}", "000000")
    world.clock.later(minutes=2)
    assert with_both(world, "101")


def test_what_weighs_most_is_asked_again_after_ten_minutes(world: World) -> None:
    listed = proposed(world)
    head = with_both(world, "101")
    session = begun(world, head)
    world.clock.later(minutes=world.wiring.settings.step_up_minutes, seconds=1)
    with world.wiring.writing(head) as act, pytest.raises(StepUpNeededError):
        register.designate(act, listed)
    with world.wiring.reading(head) as act:
        assert register.worklist(act, MISSION)  # looking is not deciding
    token, shown = world.wiring.show(head, session, "prompt", passphrase=PASSPHRASE, code=proving.code(world.clock.now))
    assert kept(world, token).created_at == session.created_at
    with world.wiring.writing(replace(head, shown=shown)) as act:
        register.designate(act, listed)
    steps = [leaf for leaf in world.leaves() if leaf["tag"] == "login:stepped_up"]
    assert [(step["subject"], step["facts"]["passphrase"], step["facts"]["kind"]) for step in steps] == [
        ("p_101", True, "app")
    ]


@pytest.mark.parametrize("lacking", ["passphrase", "code"])
def test_one_of_the_two_is_not_enough(world: World, lacking: str) -> None:
    head = with_both(world, "101")
    session = begun(world, head)
    world.clock.later(minutes=11)
    both = {"passphrase": PASSPHRASE, "code": proving.code(world.clock.now)}
    both.pop(lacking)
    _, shown = world.wiring.show(head, session, "prompt", passphrase=both.get("passphrase"), code=both.get("code"))
    within = timedelta(minutes=world.wiring.settings.step_up_minutes)
    assert shown.missing(world.clock.now, within, with_factor=True) == (lacking,)


def test_every_action_that_weighs_most_is_refused_to_who_has_not_shown_it_lately(world: World) -> None:
    stale = Shown(passphrase_at=world.clock.now - timedelta(hours=1), factor_at=world.clock.now - timedelta(hours=1))
    others = {Action.MANAGE_PEOPLE: "100", Action.MANAGE_KEYS: "100", Action.GIVE_EVIDENCE: "106"}
    for action, number in (dict.fromkeys(STEP_UP, "101") | others).items():
        with world.wiring.reading(replace(world.actor(number), shown=stale)) as act:
            act.require(action, MISSION, to_look=True)
            with pytest.raises(StepUpNeededError):
                act.require(action, MISSION)


def newcomer(world: World) -> Actor:
    """An officer with a passphrase of their own and no second factor yet."""
    with world.acting("100") as act:
        one_time = people.reset_passphrase(act, "103")
        act.tx.factors.remove_of("p_103")
    return world.wiring.choose_passphrase("103", one_time, "a river runs behind the school")


def test_the_first_is_set_up_with_the_passphrase_and_counts_once_a_code_was_shown(world: World) -> None:
    officer = newcomer(world)
    with world.wiring.writing(officer) as act:
        made = factors.begin_app(act, "work phone")
        assert factors.mine(act) == ()
    assert made.secret in made.uri
    assert made.secret.encode() not in world_rows(world)
    with pytest.raises(CodeRefusedError), world.wiring.writing(officer) as act:
        factors.confirm_app(act, "000000")
    with world.wiring.writing(officer) as act:
        factors.confirm_app(act, factors.code_at(made.secret, world.clock.now))
    assert world.tags()[-1] == "factor:added"
    with world.wiring.reading() as act:
        again = proving.actor(act, "p_103")
        assert again.guarded
    with pytest.raises(WrongCodeError):  # the code that confirmed it was taken
        world.wiring.recognise(
            "103", "a river runs behind the school", code=factors.code_at(made.secret, world.clock.now)
        )


def world_rows(world: World) -> bytes:
    with world.wiring.store.reading() as tx:
        return b"".join(one.secret for one in tx.factors.of_person("p_103"))


def test_who_has_one_needs_it_to_add_another_or_to_take_one_away(world: World) -> None:
    head = with_passphrase(world, "101")
    for attempt in (factors.begin_app, lambda act: factors.remove(act, "f_1")):
        with world.wiring.writing(head) as act, pytest.raises(StepUpNeededError):
            attempt(act)
    head = with_both(world, "101")
    with world.wiring.writing(head) as act:
        (first,) = factors.mine(act)
        with pytest.raises(LastFactorError):
            factors.remove(act, first.factor_id)
        made = factors.begin_app(act)
        factors.confirm_app(act, factors.code_at(made.secret, world.clock.now))
        factors.remove(act, first.factor_id)
        assert [one.factor_id for one in factors.mine(act)] == [made.factor.factor_id]
    with pytest.raises(AbsentError), world.wiring.writing(head) as act:
        factors.remove(act, first.factor_id)


def test_who_needs_none_may_have_one_and_then_needs_it(world: World) -> None:
    manager = with_passphrase(world, "105")
    assert manager.may(Action.DISTRIBUTE, MISSION, world.clock.now)
    with world.wiring.writing(manager) as act:
        made = factors.begin_app(act)
        factors.confirm_app(act, factors.code_at(made.secret, world.clock.now))
    manager = with_passphrase(world, "105")
    assert not manager.may(Action.DISTRIBUTE, MISSION, world.clock.now)
    assert manager.may(Action.LOOK_UP, MISSION, world.clock.now)


def test_an_app_that_was_begun_and_forgotten_gives_way_to_the_next(world: World) -> None:
    officer = newcomer(world)
    with world.wiring.writing(officer) as act:
        first, second = factors.begin_app(act), factors.begin_app(act)
        with pytest.raises(CodeRefusedError):
            factors.confirm_app(act, factors.code_at(first.secret, act.now))
        assert factors.confirm_app(act, factors.code_at(second.secret, act.now)) == second.factor
    with pytest.raises(AbsentError), world.wiring.writing(with_passphrase_of_newcomer(world)) as act:
        factors.confirm_app(act, "000000")


def with_passphrase_of_newcomer(world: World) -> Actor:
    with world.wiring.reading() as act:
        return proving.actor(act, "p_103")


def test_a_secret_moved_to_another_row_does_not_open(world: World) -> None:
    with world.wiring.store.writing() as tx:
        (app,) = tx.factors.of_person("p_101")
        for one in (app, *tx.factors.of_person("p_102")):
            tx.factors.remove(one.factor_id)
        tx.factors.add(replace(app, person_id="p_102"))
    with pytest.raises(Exception, match="is not the key that sealed"):
        world.wiring.recognise("102", PASSPHRASE, code=proving.code(world.clock.later(minutes=1)))


def test_there_are_only_so_many_and_their_names_are_short_lines(world: World) -> None:
    officer = with_both(world, "103")
    with world.wiring.writing(officer) as act:
        for _ in range(factors.MOST - 1):
            made = factors.begin_app(act)
            factors.confirm_app(act, factors.code_at(made.secret, world.clock.now))
        with pytest.raises(RefusedError, match="second factors; take one away"):
            factors.begin_app(act)
    with pytest.raises(InputError), world.wiring.writing(with_both(world, "104")) as act:
        factors.begin_app(act, "a\nb")


def test_a_wrong_code_of_somebody_signed_in_names_the_field(world: World) -> None:
    head = with_both(world, "101")
    session = begun(world, head)
    with pytest.raises(StepUpError) as refusal:
        world.wiring.show(head, session, "prompt", passphrase=PASSPHRASE, code="000000")
    assert [issue.field for issue in refusal.value.issues] == ["code"]
    assert kept_as_it_was(world, session)


def kept_as_it_was(world: World, session: object) -> bool:
    with world.wiring.store.reading() as tx:
        return tx.sessions.get(session.token_hash) == session  # type: ignore[attr-defined]
