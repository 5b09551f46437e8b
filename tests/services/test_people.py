"""Who is who, which roles they hold and who may change that."""

from dataclasses import replace
from datetime import timedelta

import pytest

from geo_offlimits.domain.instants import Period
from geo_offlimits.domain.people import Action, NotPermittedError, Person, PersonnelCategory, Role, RoleGrant
from geo_offlimits.errors import AbsentError, InputError, RefusedError
from geo_offlimits.services import people, signing_in
from geo_offlimits.services.act import Act, ActorNeededError
from geo_offlimits.services.passphrases import one_time
from geo_offlimits.services.signing_in import UnrecognisedError
from tests import proving
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


def test_a_lost_passphrase_is_reset_by_an_administrator_and_by_nobody_else(world: World) -> None:
    with world.acting("100") as act:
        once = people.reset_passphrase(act, "103")
    with pytest.raises(UnrecognisedError):
        world.wiring.recognise("103", PASSPHRASE)
    actor = world.wiring.recognise("103", once)
    with world.reading(None) as act:
        assert signing_in.must_choose_passphrase(act, actor)
    with pytest.raises(RefusedError, match="your own"), world.acting("100") as act:
        people.reset_passphrase(act, "100")
    for number in ("101", "201"):
        with pytest.raises(AbsentError), world.acting(number) as act:
            people.reset_passphrase(act, "103")


def test_one_time_passphrases_differ_and_are_long() -> None:
    made = {one_time() for _ in range(50)}
    assert len(made) == 50
    assert all(len(passphrase) == 24 and passphrase.count("-") == 4 for passphrase in made)


def test_who_has_departed_is_not_recognised_and_keeps_no_role(world: World) -> None:
    with world.acting("100") as act:
        people.depart(act, "103")
    with pytest.raises(UnrecognisedError):
        world.wiring.recognise("103", PASSPHRASE)
    with pytest.raises(AbsentError), world.reading(None) as act:
        proving.actor(act, "p_103")
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
