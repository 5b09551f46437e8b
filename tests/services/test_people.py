"""Who is recognised, who is not, and how little a stranger learns from it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from geo_offlimits.domain.instants import Period
from geo_offlimits.domain.people import Action, NotPermittedError, Person, PersonnelCategory, Role, RoleGrant
from geo_offlimits.errors import AbsentError, InputError, RefusedError
from geo_offlimits.services import people
from geo_offlimits.services.act import Act, ActorNeededError
from geo_offlimits.services.passphrases import WeakPassphraseError, one_time
from geo_offlimits.services.people import TooManyAttemptsError, UnrecognisedError
from tests.services.conftest import MISSION, OTHER, PASSPHRASE, START, World


def newcomer(number: str = "150", **facts: object) -> Person:
    person = Person(
        person_id=f"p_{number}",
        number=number,
        name="Nela Comer",
        unit="Engineers",
        category=PersonnelCategory.VOLUNTEER,
        mission=MISSION,
        email=f"n{number}@pela.example",
    )
    return replace(person, **facts)  # type: ignore[arg-type]


def fail(world: World, reference: str, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(UnrecognisedError), world.acting(None) as act:
            people.recognise(act, reference, "something else entirely")
        world.clock.later(minutes=2)


@pytest.mark.parametrize("reference", ["103", " 103 ", "p103@pela.example", "P103@PELA.example"])
def test_a_person_is_recognised_by_number_or_address_and_passphrase(world: World, reference: str) -> None:
    with world.acting(None) as act:
        found = people.recognise(act, reference, PASSPHRASE)
    assert found.person.number == "103"
    assert found.roles(MISSION, world.clock.now) == {Role.OFFICER}
    assert world.leaves()[-1]["tag"] == "login:accepted"
    assert world.leaves()[-1]["actor"] == "p_103"


def test_a_wrong_passphrase_and_an_unknown_person_get_the_same_sentence(world: World) -> None:
    sentences = set()
    for reference in ("103", "no such number", "x" * 5000):
        with pytest.raises(UnrecognisedError) as refusal, world.acting(None) as act:
            people.recognise(act, reference, "not the right passphrase")
        sentences.add(str(refusal.value))
    assert len(sentences) == 1
    assert "103" not in sentences.pop()


def test_an_unknown_person_costs_the_same_verification(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str | None] = []

    def counted(stored: str | None, _passphrase: str) -> bool:
        seen.append(stored)
        return False

    monkeypatch.setattr(world.wiring.passphrases, "fits", counted)
    fail(world, "103")
    fail(world, "nobody")
    assert [stored is None for stored in seen] == [False, True]


def test_without_a_stored_hash_nothing_fits(world: World) -> None:
    assert not world.wiring.passphrases.fits(None, "")
    assert not world.wiring.passphrases.fits("no argon2 hash", PASSPHRASE)


def test_a_refused_attempt_is_counted_and_audited_without_naming_anybody(world: World) -> None:
    fail(world, "103")
    fail(world, "guessed@elsewhere.example")
    refused = [leaf for leaf in world.leaves() if leaf["tag"] == "login:refused"]
    assert [leaf["subject"] for leaf in refused] == ["p_103", "unknown"]
    assert "guessed" not in str(world.leaves())
    assert world.whole()


def test_the_wait_grows_with_failures_but_never_beyond_a_minute(world: World) -> None:
    fail(world, "103", times=people.FREE_FAILURES + 20)
    world.clock.now -= timedelta(minutes=2)
    with pytest.raises(TooManyAttemptsError) as refusal, world.acting(None) as act:
        people.recognise(act, "103", PASSPHRASE)
    assert refusal.value.wait_s == people.LONGEST_WAIT_S
    world.clock.later(seconds=people.LONGEST_WAIT_S + 1)
    with world.acting(None) as act:
        assert people.recognise(act, "103", PASSPHRASE).person.number == "103"


def test_attempts_during_the_wait_do_not_prolong_it(world: World) -> None:
    fail(world, "103", times=people.FREE_FAILURES + 20)
    world.clock.now -= timedelta(minutes=2)
    for _ in range(7):
        world.clock.later(seconds=8)
        with pytest.raises(TooManyAttemptsError), world.acting(None) as act:
            people.recognise(act, "103", "a guess by somebody else")
    world.clock.later(seconds=8)
    with world.acting(None) as act:
        people.recognise(act, "103", PASSPHRASE)


def test_failures_of_one_person_do_not_slow_another(world: World) -> None:
    fail(world, "103", times=people.FREE_FAILURES + 2)
    with world.acting(None) as act:
        assert people.recognise(act, "104", PASSPHRASE)


def test_an_unknown_person_is_slowed_like_a_known_one(world: World) -> None:
    fail(world, "nobody", times=people.FREE_FAILURES + 20)
    world.clock.now -= timedelta(minutes=2)
    with pytest.raises(TooManyAttemptsError), world.acting(None) as act:
        people.recognise(act, "NOBODY ", "again")


@pytest.mark.parametrize("reference", ["１０３", "𝟏𝟎𝟑", "Ｐ103@pela.example"])
def test_another_spelling_of_a_reference_does_not_escape_the_wait(world: World, reference: str) -> None:
    fail(world, "p103@pela.example" if "@" in reference else "103", times=people.FREE_FAILURES + 20)
    world.clock.now -= timedelta(minutes=2)
    with pytest.raises(TooManyAttemptsError), world.acting(None) as act:
        people.recognise(act, reference, PASSPHRASE)


def test_a_one_time_passphrase_must_be_replaced_and_then_is_worth_nothing(world: World) -> None:
    with world.acting("100") as act:
        once = people.add_person(act, newcomer(), (RoleGrant(role=Role.STAFF, mission=MISSION),))
    with world.acting(None) as act:
        actor = people.recognise(act, "150", once)
        assert people.must_choose_passphrase(act, actor)
        with pytest.raises(people.OneTimePassphraseError, match="choose your own"):
            people.refuse_one_time(act, actor)
    with world.acting(None) as act:
        people.choose_passphrase(act, "150", once, "a river runs behind the school")
    with pytest.raises(UnrecognisedError), world.acting(None) as act:
        people.recognise(act, "150", once)
    with world.acting(None) as act:
        actor = people.recognise(act, "150", "a river runs behind the school")
        people.refuse_one_time(act, actor)


def test_the_same_passphrase_typed_on_another_keyboard_fits(world: World) -> None:
    with world.acting(None) as act:
        people.choose_passphrase(act, "103", PASSPHRASE, "quatre caf\u00e9s ferm\u00e9s")
    with world.acting(None) as act:
        assert people.recognise(act, "103", "quatre cafe\u0301s ferme\u0301s")


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        ("too short", "9 characters"),
        ("a" * 40, "repeats"),
        ("orla venn 103 orla venn", "repeats"),
        ("p103@pela.example", "repeats"),
        ("long " * 300, "1024 bytes"),
    ],
)
def test_a_weak_passphrase_is_refused_with_the_reason(world: World, new: str, reason: str) -> None:
    with pytest.raises(WeakPassphraseError, match=reason), world.acting(None) as act:
        people.choose_passphrase(act, "103", PASSPHRASE, new)
    with world.acting(None) as act:
        assert people.recognise(act, "103", PASSPHRASE)


def test_the_present_passphrase_is_not_a_new_one(world: World) -> None:
    with pytest.raises(InputError, match="another"), world.acting(None) as act:
        people.choose_passphrase(act, "103", PASSPHRASE, PASSPHRASE)


def test_choosing_a_passphrase_ends_every_session_of_the_person(world: World) -> None:
    from geo_offlimits.store import Session  # noqa: PLC0415

    with world.acting(None) as act:
        act.tx.sessions.add(
            Session(token_hash="ab" * 32, person_id="p_103", csrf="c", created_at=act.now, seen_at=act.now)
        )
        people.choose_passphrase(act, "103", PASSPHRASE, "a river runs behind the school")
        assert act.tx.sessions.get("ab" * 32) is None


def test_a_lost_passphrase_is_reset_by_an_administrator_and_by_nobody_else(world: World) -> None:
    with world.acting("100") as act:
        once = people.reset_passphrase(act, "103")
    with pytest.raises(UnrecognisedError), world.acting(None) as act:
        people.recognise(act, "103", PASSPHRASE)
    with world.acting(None) as act:
        assert people.must_choose_passphrase(act, people.recognise(act, "103", once))
    with pytest.raises(RefusedError, match="your own"), world.acting("100") as act:
        people.reset_passphrase(act, "100")
    for number in ("101", "201"):
        with pytest.raises(AbsentError), world.acting(number) as act:
            people.reset_passphrase(act, "103")


def test_failures_that_nobody_counts_any_more_are_forgotten(world: World) -> None:
    fail(world, "103", times=3)
    world.clock.later(hours=2)
    fail(world, "108")
    with world.reading(None) as act:
        assert act.tx.people.failures_since(people.reference_digest("103"), START - timedelta(days=1)) == 0


def test_one_time_passphrases_differ_and_are_long() -> None:
    made = {one_time() for _ in range(50)}
    assert len(made) == 50
    assert all(len(passphrase) == 24 and passphrase.count("-") == 4 for passphrase in made)


def test_who_has_departed_is_not_recognised_and_keeps_no_role(world: World) -> None:
    with world.acting("100") as act:
        people.depart(act, "103")
    with pytest.raises(UnrecognisedError), world.acting(None) as act:
        people.recognise(act, "103", PASSPHRASE)
    with pytest.raises(AbsentError), world.reading(None) as act:
        people.actor(act, "p_103")
    with pytest.raises(RefusedError, match="not in service"), world.acting("100") as act:
        people.depart(act, "103")


def test_a_role_holds_between_its_dates(world: World) -> None:
    period = Period(start=START + timedelta(days=1), end=START + timedelta(days=2))
    with world.acting("100") as act:
        people.grant_role(act, "103", RoleGrant(role=Role.HEAD, mission=MISSION, valid=period))
    for days, expected in ((0, False), (1, True), (2, False)):
        actor = world.actor("103")
        assert actor.may(Action.DECIDE, MISSION, START + timedelta(days=days)) is expected


def test_nobody_gives_themselves_a_role(world: World) -> None:
    with pytest.raises(RefusedError, match="another administrator"), world.acting("100") as act:
        people.grant_role(act, "100", RoleGrant(role=Role.HEAD, mission=MISSION))
    assert world.tags()[-1] == "act:refused"
    assert not world.actor("100").may(Action.DECIDE, MISSION, world.clock.now)


@pytest.mark.parametrize("number", ["101", "103", "105", "108", "201"])
def test_only_an_administrator_manages_people(world: World, number: str) -> None:
    before = world.tags()
    with pytest.raises(NotPermittedError), world.acting(number) as act:
        people.add_person(act, newcomer())
    with pytest.raises(AbsentError), world.acting(number) as act:
        people.depart(act, "104")
    with pytest.raises(NotPermittedError), world.reading(number) as act:
        people.of_mission(act, MISSION)
    assert set(world.tags()[len(before) :]) == {"act:refused"}


def test_an_administrator_of_one_mission_cannot_make_one_for_all(world: World) -> None:
    with world.acting("100") as act:
        people.grant_role(act, "108", RoleGrant(role=Role.ADMIN, mission=MISSION))
    with pytest.raises(NotPermittedError), world.acting("108") as act:
        people.add_person(act, newcomer(), (RoleGrant(role=Role.ADMIN, mission=None),))
    with pytest.raises(NotPermittedError), world.acting("108") as act:
        people.grant_role(act, "109", RoleGrant(role=Role.STAFF, mission=OTHER))


def test_only_an_empty_store_takes_a_person_from_nobody(world: World) -> None:
    with pytest.raises(NotPermittedError), world.acting(None) as act:
        people.add_person(act, newcomer(), (RoleGrant(role=Role.ADMIN, mission=None),))


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"number": " "}, "number"),
        ({"name": ""}, "name"),
        ({"unit": ""}, "unit"),
        ({"email": "no address"}, "email"),
        ({"number": "a@b"}, "number"),
        ({"number": "103"}, "number"),
        ({"email": "P103@pela.EXAMPLE"}, "email"),
    ],
)
def test_a_person_that_cannot_be_is_refused_field_by_field(world: World, facts: dict[str, str], field: str) -> None:
    with pytest.raises(InputError) as refusal, world.acting("100") as act:
        people.add_person(act, newcomer(**facts))
    assert field in {issue.field for issue in refusal.value.issues}


def test_names_numbers_and_addresses_never_reach_the_audit_tree(world: World) -> None:
    with world.acting("100") as act:
        people.add_person(act, newcomer("77-CANARY", name="Canary Person", unit="Canary unit"))
        people.depart(act, "77-CANARY")
    told = str(world.leaves()).replace("p_77-CANARY", "")
    assert "anary" not in told.casefold()
    assert world.whole()


def test_what_needs_somebody_refuses_nobody(world: World) -> None:
    with world.wiring.reading() as act, pytest.raises(ActorNeededError, match="--as"):
        Act(act.tx, None, act.now, world.keyring).require_actor()
