"""Setting up an installation, opening it, and what is left behind by an act that was refused."""

from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from geo_offlimits.bootstrap import initialise, system_clock, wire
from geo_offlimits.delivery.signing import KeyringError
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.mission import Mission, Organisation
from geo_offlimits.domain.people import NotPermittedError, Person, PersonnelCategory, Role, RoleGrant
from geo_offlimits.errors import InputError, RefusedError, StoreError
from geo_offlimits.services import audit, missions, people, register
from geo_offlimits.settings import Settings
from geo_offlimits.store import Store
from tests import proving
from tests.services.conftest import MISSION, OTHER, START, Clock, World, quick_passphrases, territory, venue


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(store=f"sqlite:///{tmp_path / 'new' / 'store.db'}", data_dir=tmp_path / "new" / "data")


def person(number: str) -> Person:
    return Person(
        person_id=f"p_{number}",
        number=number,
        name="First Person",
        unit="Office",
        category=PersonnelCategory.CIVILIAN,
        mission="ISLET",
    )


def test_an_empty_installation_grows_from_its_first_administrator(settings: Settings) -> None:
    clock = Clock()
    fingerprint = initialise(settings, clock)
    wiring = wire(settings, clock, passphrases=quick_passphrases())
    assert wiring.keyring.public_keys()[-1].fingerprint == fingerprint
    with wiring.writing() as act:
        with pytest.raises(RefusedError, match="--role admin"):
            people.add_person(act, person("1"))
        once = people.add_person(act, person("1"), (RoleGrant(role=Role.ADMIN, mission=None),))
    admin = proving.ready(wiring, wiring.choose_passphrase("1", once, "a long and quiet passphrase"))
    adding = Mission(
        code="ISLET", name="Mission on Islet", organisation=Organisation.EU, timezone="UTC", territory="own"
    )
    with wiring.writing(admin) as act:
        missions.add_mission(act, adding, territory("Islet", 3.0))
    with wiring.reading(admin) as act:
        assert [mission.code for mission in missions.visible(act)] == ["ISLET"]
        assert audit.verify(act) == ()
    wiring.store.close()


def test_a_second_initialisation_changes_nothing(settings: Settings) -> None:
    fingerprint = initialise(settings)
    with pytest.raises(StoreError):
        initialise(settings)
    assert wire(settings).keyring.public_keys()[-1].fingerprint == fingerprint


def test_keys_that_are_there_already_are_kept_for_a_new_store(settings: Settings, tmp_path: Path) -> None:
    fingerprint = initialise(settings)
    again = replace(settings, store=f"sqlite:///{tmp_path / 'other.db'}")
    assert initialise(again) == fingerprint


def test_an_initialisation_that_was_cut_before_it_made_the_keys_is_finished_by_the_next(settings: Settings) -> None:
    Store.create(settings.store).close()
    fingerprint = initialise(settings)
    assert wire(settings).keyring.public_keys()[-1].fingerprint == fingerprint


def test_a_store_that_was_used_gets_no_new_keys(world: World, tmp_path: Path) -> None:
    elsewhere = replace(world.wiring.settings, data_dir=tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="already"):
        initialise(elsewhere)
    assert not (tmp_path / "elsewhere" / "keys").exists()


def test_a_missing_store_names_the_remedy(settings: Settings) -> None:
    with pytest.raises(StoreError, match="init"):
        wire(settings)


def test_without_keys_nothing_is_signed(world: World, tmp_path: Path) -> None:
    lost = wire(replace(world.wiring.settings, data_dir=tmp_path / "nowhere"), world.clock)
    with pytest.raises(KeyringError, match="init"):
        lost.keyring.public_keys()
    lost.store.close()


def test_the_clock_of_the_system_knows_its_zone() -> None:
    assert system_clock().tzinfo is UTC


def test_the_time_of_an_act_is_read_once_its_transaction_is_open(world: World) -> None:
    with world.acting("101") as act:
        assert act.now == START
        world.clock.later(hours=1)
        made = register.add_alone(act, MISSION, *venue())
    assert made.steps[0].recorded_at == START


def test_an_act_that_is_refused_leaves_nothing_but_the_attempt(world: World) -> None:
    before = world.tags()
    with pytest.raises(RefusedError), world.acting("101") as act:  # noqa: PT012  (an act of two steps)
        register.add_alone(act, MISSION, *venue())
        raise RefusedError("The rest of the act is not possible; nothing of it stands.")
    assert world.tags()[len(before) :] == ["act:refused"]
    leaf = world.leaves()[-1]
    assert (leaf["actor"], leaf["facts"]) == ("p_101", {"refusal": "RefusedError"})
    with world.reading("101") as act:
        assert register.all_of(act, MISSION) == ()
    assert world.whole()


def test_a_forbidden_attempt_is_audited_when_reading_too(world: World) -> None:
    with pytest.raises(NotPermittedError), world.reading("108") as act:
        register.worklist(act, MISSION)
    leaf = world.leaves()[-1]
    assert (leaf["tag"], leaf["actor"], leaf["mission"], leaf["subject"]) == (
        "act:refused",
        "p_108",
        MISSION,
        "read_register",
    )


def test_what_cannot_be_understood_is_not_an_attempt(world: World) -> None:
    before = world.tags()
    with pytest.raises(InputError), world.acting("101") as act:
        register.add_alone(act, MISSION, *venue(lat=95.0))
    assert world.tags() == before


def test_no_audit_row_no_act(world: World) -> None:
    with pytest.raises(StoreError, match="leaf"), world.acting("101") as act:
        act.tx.register.add_subject(MISSION, venue()[0], act.now)


@pytest.mark.parametrize(
    ("number", "may"), [("100", True), ("106", True), ("107", True), ("101", False), ("108", False)]
)
def test_the_audit_tree_is_verified_by_those_who_may(world: World, number: str, may: bool) -> None:
    world.listed()
    if may:
        with world.reading(number) as act:
            assert audit.verify(act) == ()
    else:
        with pytest.raises(NotPermittedError), world.reading(number) as act:
            audit.verify(act)


def test_a_tail_cut_from_the_tree_is_found_by_who_kept_a_checkpoint(world: World) -> None:
    world.listed()
    with world.wiring.reading() as act:
        kept = act.tx.audit.checkpoint()
    with world.reading("107") as act:
        assert audit.verify(act, kept) == ()
        assert audit.verify(act, replace(kept, size=kept.size + 1))
        assert audit.verify(act, replace(kept, root_sha256="0" * 64))


def test_missions_show_themselves_to_their_people_only(world: World) -> None:
    with world.reading("108") as act:
        assert [mission.code for mission in missions.visible(act)] == [MISSION]
        with pytest.raises(missions.UnknownMissionError):
            missions.mission(act, OTHER)
    with world.reading("100") as act:
        assert [mission.code for mission in missions.visible(act)] == [OTHER, MISSION]


def test_a_mission_code_is_used_once(world: World) -> None:
    with world.reading("100") as act:
        pela = missions.mission(act, MISSION)
    with pytest.raises(RefusedError, match="already"), world.acting("100") as act:
        missions.add_mission(act, pela, territory("Again", 0.0))


@pytest.mark.parametrize("number", ["101", "105", "108", "201"])
def test_only_an_administrator_changes_missions(world: World, number: str) -> None:
    with world.reading("100") as act:
        pela = missions.mission(act, MISSION)
    with pytest.raises(NotPermittedError), world.acting(number) as act:
        missions.add_mission(act, replace(pela, code="NEW"), territory("New", 0.0))
    with pytest.raises(NotPermittedError), world.acting(number) as act:
        missions.set_territory(act, MISSION, territory("New", 0.0))
    with pytest.raises(NotPermittedError), world.acting(number) as act:
        missions.set_contacts(act, MISSION, ())


def test_a_new_territory_holds_from_its_date_and_the_old_one_until_then(world: World) -> None:
    from geo_offlimits.domain.instants import Period  # noqa: PLC0415

    change = START + timedelta(days=10)
    new = replace(territory("Greater Pela", -31.0), valid=Period(start=change))
    with world.acting("100") as act:
        missions.set_territory(act, MISSION, new)
        for at, name in ((change - timedelta(seconds=1), "Pela"), (change, "Greater Pela")):
            held = [one.name for one in act.tx.missions.boundaries(MISSION, valid_at=at) if one.kind == "territory"]
            assert held == [name]
    assert world.tags()[-1] == AuditTag.MISSION_TERRITORY


def test_boundaries_that_cannot_be_are_refused(world: World) -> None:
    from shapely import Point, Polygon  # noqa: PLC0415

    good = territory("Pela", -30.5)
    bow_tie = Polygon([(-30, 10), (-29.9, 10.1), (-29.9, 10), (-30, 10.1)])
    for geometry in (Point(0, 0), bow_tie):
        with pytest.raises(InputError), world.acting("100") as act:
            missions.set_territory(act, MISSION, replace(good, geometry=geometry))
    with pytest.raises(InputError, match="not a sector"), world.acting("100") as act:
        missions.set_sectors(act, MISSION, (good,))
    with world.acting("100") as act:
        sector = next(one for one in act.tx.missions.boundaries(MISSION) if one.kind == "sector")
    with pytest.raises(InputError, match="one name"), world.acting("100") as act:
        missions.set_sectors(act, MISSION, (sector, sector))
