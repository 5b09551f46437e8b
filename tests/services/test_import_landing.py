"""A list lands whole, with where it came from; the same again lands nothing; one act takes it back."""

from dataclasses import replace

import pytest

from geo_offlimits.domain.changes import ChangeState
from geo_offlimits.domain.designation import State
from geo_offlimits.domain.people import NotPermittedError
from geo_offlimits.errors import AbsentError, RefusedError
from geo_offlimits.services import changes, imports, register
from geo_offlimits.services.import_landing import ImportOfAnotherError, PartlyDecidedError, UndoneAlreadyError
from tests.services.conftest import MISSION, World
from tests.services.listing import dump, landed, reported, statuses

LIST = "name,lat,lon,kind\nBlue Lantern,10.1,-29.9,bar\nOld Anchor,10.2,-29.8,bar\nNowhere Yet,,,bar\n"


def states(world: World) -> list[State]:
    with world.reading("101") as act:
        return [one.state for one in register.all_of(act, MISSION)]


def test_what_landed_is_kept_with_its_source_its_hash_and_its_rows(world: World) -> None:
    found = reported(world, LIST, "Partner list 2026-03-01.csv")
    made = landed(world, found)
    with world.reading("101") as act:
        (kept,) = imports.landed(act, MISSION)
    assert kept == made
    assert (kept.import_id, kept.source, kept.file_name) == (
        "PELA-I0001",
        "Partner list",
        "Partner list 2026-03-01.csv",
    )
    assert kept.sha256 == found.sha256 != ""
    assert [(one.row, one.designation_id) for one in kept.landed] == [
        (2, "PELA-0001"),
        (3, "PELA-0002"),
        (4, "PELA-0003"),
    ]
    leaf = world.leaves()[-1]
    assert (leaf["tag"], leaf["subject"], leaf["facts"]["sha256"]) == ("import:committed", "PELA-I0001", kept.sha256)
    assert any(name.startswith("landing/") for name in leaf["rows"])
    assert world.whole()


def test_the_same_file_again_is_the_same_in_every_row_and_lands_nothing(world: World) -> None:
    landed(world, reported(world, LIST))
    before = dump(world)
    again = reported(world, LIST, by="104", confirm_duplicates=True, confirm_outside=True)
    assert {status.value for _, status in statuses(again)} == {"same"}
    assert again.landed_before == "PELA-I0001"
    assert (again.missing, again.proposals, again.corrections) == ((), (), ())
    with pytest.raises(RefusedError, match=r"No row of old list\.csv can land"):
        landed(world, again, by="104")
    after = dump(world)
    assert {name for name in before if before[name] != after[name]} == {"audit_leaf"}  # that it was refused


def test_what_a_row_says_otherwise_lands_as_a_change_that_another_person_makes(world: World) -> None:
    listed = world.listed("Blue Lantern", address="Quay 1").designation_id
    rows = "name,lat,lon,address\nBlue Lantern,10.1,-29.9,Quay 12\n"
    made = landed(world, reported(world, rows))
    assert [(one.row, one.designation_id, one.change_id) for one in made.landed] == [(2, listed, "PELA-C0001")]
    with world.reading("101") as act:
        assert register.show(act, listed).subject.address == "Quay 1"
    waits = reported(world, rows)
    assert not waits.corrections
    assert "a change of PELA-0001 waits already" in str(waits.reports[0].issues)
    with world.acting("101") as act:
        assert changes.make(act, listed).subject.address == "Quay 12"
    assert [status.value for _, status in statuses(reported(world, rows))] == ["same"]
    assert states(world) == [State.IN_FORCE]


def test_an_entry_described_anew_since_the_report_is_not_overwritten(world: World) -> None:
    listed = world.listed("Blue Lantern", address="Quay 1").designation_id
    found = reported(world, "name,lat,lon,address\nBlue Lantern,10.1,-29.9,Quay 12\nEel,10.3,-29.8,\n")
    other = landed(world, reported(world, "name,lat,lon,address\nBlue Lantern,10.1,-29.9,Quay 7\n"))
    with world.acting("101") as act:
        changes.make(act, listed)
    before = dump(world)
    with pytest.raises(RefusedError, match="PELA-0001, which row 2 changes, has changed since the report"):
        landed(world, found)
    after = dump(world)
    assert {name for name in before if before[name] != after[name]} == {"audit_leaf"}
    assert other.import_id == "PELA-I0001"


def test_an_import_is_undone_as_one_act(world: World) -> None:
    listed = world.listed("Golden Eel", lon=-29.7, address="Quay 1").designation_id
    made = landed(world, reported(world, f"{LIST}Golden Eel,10.1,-29.7,night club\n"))
    assert len(made.landed) == 4
    with world.acting("103") as act:
        undone = imports.undo(act, made.import_id)
    assert (undone.undone_by, undone.landed, undone.recorded_at) == ("p_103", made.landed, made.recorded_at)
    assert states(world) == [State.IN_FORCE, State.WITHDRAWN, State.WITHDRAWN, State.WITHDRAWN]
    with world.reading("101") as act:
        assert [one.state for one in act.tx.changes.on(register.show(act, listed).subject_id)] == [
            ChangeState.WITHDRAWN
        ]
        assert register.show(act, "PELA-0002").steps[-1].reason == "Import PELA-I0001 undone"
    assert world.tags()[-1] == "import:undone"
    assert world.whole()
    with world.acting("103") as act, pytest.raises(UndoneAlreadyError):
        imports.undo(act, made.import_id)
    # What was taken back is nothing that stands: the list may land again.
    assert [one.row for one in reported(world, LIST).proposals] == [2, 3, 4]


def test_once_somebody_has_decided_on_a_part_nothing_is_undone(world: World) -> None:
    made = landed(world, reported(world, LIST))
    with world.acting("101") as act:
        register.designate(act, "PELA-0002")
    with world.acting("101") as act:
        register.reject(act, "PELA-0003", "not ours")
    with world.acting("103") as act, pytest.raises(PartlyDecidedError) as refusal:
        imports.undo(act, made.import_id)
    assert refusal.value.decided == ("PELA-0002",)
    assert "PELA-0002" in str(refusal.value)
    assert states(world) == [State.PROPOSED, State.IN_FORCE, State.REJECTED]


def test_what_its_officer_has_withdrawn_already_does_not_stand_against_undoing(world: World) -> None:
    made = landed(world, reported(world, LIST))
    with world.acting("103") as act:
        register.withdraw(act, "PELA-0001")
    with world.acting("103") as act:
        imports.undo(act, made.import_id)
    assert set(states(world)) == {State.WITHDRAWN}


@pytest.mark.parametrize(
    ("number", "error"),
    [("104", ImportOfAnotherError), ("101", ImportOfAnotherError), ("108", AbsentError), ("201", AbsentError)],
)
def test_only_who_imported_undoes_and_strangers_learn_nothing(
    world: World, number: str, error: type[Exception]
) -> None:
    made = landed(world, reported(world, LIST))
    for wanted in (made.import_id, "PELA-I0099"):
        expected = error if wanted == made.import_id else AbsentError
        with pytest.raises(expected), world.acting(number) as act:
            imports.undo(act, wanted)
    assert set(states(world)) == {State.PROPOSED}


@pytest.mark.parametrize("number", ["108", "201"])
def test_only_who_reads_the_register_learns_what_was_imported(world: World, number: str) -> None:
    landed(world, reported(world, LIST))
    with world.reading(number) as act:
        with pytest.raises(NotPermittedError):
            imports.landed(act, MISSION)
        with pytest.raises(NotPermittedError):
            imports.remembered(act, MISSION, "old list")


def test_how_the_columns_of_a_source_were_read_is_remembered_and_can_be_overruled(world: World) -> None:
    found = reported(world, LIST, "old list.csv", source="KFOR")
    landed(world, replace(found, mapping={"Betrieb": "name", "B": "latitude", "L": "longitude"}))
    with world.reading("103") as act:
        known = imports.remembered(act, MISSION, "KFOR")
        assert imports.remembered(act, MISSION, "old list") == {}
    assert known == {"Betrieb": "name", "B": "latitude", "L": "longitude"}
    assert imports.applicable(known, ("Betrieb", "L", "Ort"), {}) == {"Betrieb": "name", "L": "longitude"}
    assert imports.applicable(known, ("Betrieb", "Ort", "L"), {"Ort": "name"}) == {"L": "longitude", "Ort": "name"}
    with world.acting("103") as act:
        imports.undo(act, "PELA-I0001")
        assert imports.remembered(act, MISSION, "KFOR") == {}


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("Partner list 2026-03-01.csv", "Partner list"),
        ("partner_list_20260301.xlsx", "partner_list"),
        ("list (2).csv", "list"),
        ("01.03.2026.csv", "01.03.2026"),
        ("C:\\lists\\Off limits 1.3.26.csv", "Off limits"),
        ("list.geojson", "list"),
    ],
)
def test_a_source_is_called_as_its_file_without_the_date(name: str, source: str) -> None:
    assert imports.source_of(name) == source
