"""A lost second factor is taken away by two persons, and neither is the one who lost it."""

import pytest

from geo_offlimits.domain.factors import RecoveryState
from geo_offlimits.errors import AbsentError, InputError, RefusedError
from geo_offlimits.services import recovery
from geo_offlimits.services.recovery import OwnRecoveryError
from geo_offlimits.services.signing_in import OneTimePassphraseError, UnrecognisedError, refuse_one_time
from tests.services.conftest import OTHER, PASSPHRASE, World


def asked(world: World, by: str = "100", person: str = "101") -> str:
    with world.acting(by) as act:
        return recovery.ask(act, person, "telephone fell into the harbour").recovery_id


def counting(world: World, person: str) -> int:
    with world.wiring.store.reading() as tx:
        return len(tx.factors.of_person(person))


def test_one_asks_another_agrees_and_the_person_begins_anew(world: World) -> None:
    recovery_id = asked(world)
    assert counting(world, "p_101") == 1
    with world.reading("102") as act:
        (waiting,) = recovery.waiting(act)
    assert (waiting.person.number, waiting.asked_by.number) == ("101", "100")
    with world.acting("102") as act:
        once = recovery.agree(act, recovery_id)
    assert counting(world, "p_101") == 0
    with pytest.raises(UnrecognisedError):
        world.wiring.recognise("101", PASSPHRASE)
    head = world.wiring.recognise("101", once)
    with world.wiring.reading(head) as act, pytest.raises(OneTimePassphraseError):
        refuse_one_time(act, head)
    assert counting(world, "p_102") == 1
    assert [tag for tag in world.tags() if tag.startswith("recovery")] == ["recovery:asked", "recovery:agreed"]
    with world.reading("102") as act:
        assert recovery.waiting(act) == ()
    assert world.whole()


def test_nobody_is_both_persons_and_nobody_recovers_themselves(world: World) -> None:
    recovery_id = asked(world)
    for alone in ("100", "101"):
        with pytest.raises(OwnRecoveryError), world.acting(alone) as act:
            recovery.agree(act, recovery_id)
    with pytest.raises(OwnRecoveryError), world.acting("101") as act:
        recovery.ask(act, "101", "lost")
    assert counting(world, "p_101") == 1


def test_the_database_holds_them_to_it(world: World) -> None:
    recovery_id = asked(world)
    for alone in ("p_100", "p_101"):
        with pytest.raises(RefusedError, match="needs two persons"), world.wiring.store.writing() as tx:
            tx.recoveries.settle(recovery_id, RecoveryState.AGREED, alone, world.clock.now)
    with pytest.raises(RefusedError, match="needs two persons"), world.wiring.store.writing() as tx:
        tx.recoveries.ask("r_alone", "p_101", "p_101", "lost", world.clock.now)


@pytest.mark.parametrize("number", ["103", "105", "106", "107", "108", "109"])
def test_who_neither_leads_nor_administers_neither_asks_nor_agrees(world: World, number: str) -> None:
    recovery_id = asked(world)
    for attempt in (
        lambda act: recovery.ask(act, "102", "lost"),
        lambda act: recovery.agree(act, recovery_id),
        lambda act: recovery.refuse(act, recovery_id),
    ):
        with pytest.raises(AbsentError), world.acting(number) as act:
            attempt(act)
    with world.reading(number) as act:
        assert recovery.waiting(act) == ()


def test_a_head_elsewhere_finds_nobody_here(world: World) -> None:
    recovery_id = asked(world)
    with pytest.raises(AbsentError), world.acting("201") as act:
        recovery.agree(act, recovery_id)
    with pytest.raises(AbsentError), world.acting("201") as act:
        recovery.ask(act, "101", "lost")
    with world.reading("201") as act:
        assert recovery.waiting(act) == ()
    assert OTHER


def test_it_is_settled_once_and_refused_without_harm(world: World) -> None:
    recovery_id = asked(world)
    with pytest.raises(RefusedError, match="waits for a second person"), world.acting("102") as act:
        recovery.ask(act, "101", "lost again")
    with world.acting("101") as act:
        recovery.refuse(act, recovery_id)  # the telephone was found
    assert counting(world, "p_101") == 1
    with pytest.raises(RefusedError, match="settled once"), world.acting("102") as act:
        recovery.agree(act, recovery_id)
    assert asked(world) != recovery_id


@pytest.mark.parametrize("reason", ["", "two\nlines", "x" * 2001])
def test_a_reason_is_one_line_of_words(world: World, reason: str) -> None:
    with pytest.raises(InputError), world.acting("100") as act:
        recovery.ask(act, "101", reason)


def test_what_there_is_not_is_absent(world: World) -> None:
    for attempt in (lambda act: recovery.agree(act, "r_none"), lambda act: recovery.ask(act, "999", "lost")):
        with pytest.raises(AbsentError), world.acting("100") as act:
            attempt(act)
