"""Where each row of a list stands before anything lands, with the field, the value, the reason and the remedy."""

import json
from typing import Any

import pytest

from geo_offlimits.domain.designation import Basis, Restriction
from geo_offlimits.domain.imports import RowStatus
from geo_offlimits.domain.premises import SubjectKind, VenueKind
from tests.services.conftest import World
from tests.services.listing import dump, landed, reported, row, statuses

NEW, SAME, CHANGED = RowStatus.NEW, RowStatus.SAME, RowStatus.CHANGED
DUPLICATE, CONFLICT, REFUSED = RowStatus.DUPLICATE, RowStatus.CONFLICT, RowStatus.REFUSED
NAMED = (("Blue Lantern", -29.9), ("Old Anchor", -29.6), ("Red Heron", -29.7))
HEAD = "name,lat,lon,kind,address,town,notes\n"


@pytest.fixture
def backend() -> str:
    """These are about the report; what the store does is shown elsewhere."""
    return "sqlite"


def test_every_row_of_a_list_has_one_of_six_statuses(world: World) -> None:
    listed = world.listed("Blue Lantern").designation_id
    world.listed("Old Anchor", lon=-29.8, address="Quay 1", locality="Port Pela")
    before = dump(world)
    found = reported(
        world,
        HEAD + "Blue Lantern,10.1,-29.9,bar,,,\n"
        "Old Anchor,10.1,-29.8,bar,Quay 2,Port Pela,\n"
        "Lantern Blue,10.1002,-29.9,bar,,,\n"
        "Far Off,10.3,-29.7,bar,,,\n"
        "Nowhere,95,-29.7,bar,,,\n"
        "Green Door,10.31,-29.71,bar,,,\n"
        "Green Door,10.31,-29.74,bar,,,\n",
    )
    assert statuses(found) == [
        (2, SAME),
        (3, CHANGED),
        (4, DUPLICATE),
        (5, NEW),
        (6, REFUSED),
        (7, NEW),
        (8, CONFLICT),
    ]
    assert [(one.row, one.other) for one in found.reports if one.other] == [
        (2, listed),
        (3, "PELA-0002"),
        (4, listed),
        (8, "row 7"),
    ]
    assert [one.row for one in found.reports if one.lands] == [3, 5, 7]
    assert found.counts == {REFUSED: 1, CONFLICT: 1, DUPLICATE: 1, CHANGED: 1, NEW: 2, SAME: 1}
    assert dump(world) == before


def test_what_a_row_changes_is_told_field_by_field(world: World) -> None:
    world.listed("Blue Lantern", address="Quay 1", locality="Port Pela")
    found = reported(world, HEAD + "Blue Lantern,10.1,-29.9,night club,Quay 12,Port Pela,\n")
    (told,) = found.reports
    assert [(one.field, one.was, one.would_be) for one in told.changes] == [
        ("category", "bar", "night_club"),
        ("address", "Quay 1", "Quay 12"),
    ]
    assert told.lands
    assert found.proposals == ()
    assert "“Quay 1” would be “Quay 12”" in found.as_text()


def test_a_field_that_the_row_leaves_open_is_no_change(world: World) -> None:
    world.listed("Blue Lantern", address="Quay 1", locality="Port Pela", terms={"basis": Basis.DRUGS})
    assert statuses(reported(world, "name,lat,lon\nBlue Lantern,10.1,-29.9\n")) == [(2, SAME)]
    assert statuses(reported(world, "name,lat,lon,address\n blue  lantern,10.1,-29.9,QUAY 1\n")) == [(2, SAME)]


def test_what_was_decided_is_told_for_a_person_and_never_changed(world: World) -> None:
    listed = world.listed("Blue Lantern").designation_id
    found = reported(world, "name,lat,lon,measure,basis\nBlue Lantern,10.1,-29.9,caution,drugs\n")
    (told,) = found.reports
    assert told.status is CHANGED
    assert {one.field: one.would_be for one in told.changes} == {
        "restriction": Restriction.CAUTION.value,
        "basis": Basis.DRUGS.value,
    }
    assert not told.lands
    assert (found.proposals, found.corrections) == ((), ())
    assert [(one.field, listed in one.reason, "changes no decision" in one.remedy) for one in told.issues] == [
        ("restriction", True, True),
        ("basis", True, True),
    ]


def test_an_entry_whose_row_was_refused_is_not_told_as_gone_without_that_row(world: World) -> None:
    gone, mistyped, away = (world.listed(name, lon=lon) for name, lon in NAMED)
    found = reported(
        world,
        "entry,name,lat,lon\n"
        ",old  anchor,95,-29.6\n"  # a slip in the latitude
        f"{away.designation_id},Heron,60,5\n",  # outside the territory
    )
    assert [row.status for row in found.reports] == [REFUSED, REFUSED]
    told = {one.designation_id: one.refused_row for one in found.missing}
    assert told == {gone.designation_id: None, mistyped.designation_id: 2, away.designation_id: 3}
    text = found.as_text()
    assert f"{mistyped.designation_id} Old Anchor (in_force; row 2, which was refused, seems to be it)" in text
    assert f"{gone.designation_id} Blue Lantern (in_force)" in text
    assert [one["refused_row"] for one in found.as_json()["missing"]] == [None, 2, 3]


def test_entries_in_no_row_are_listed_and_stand_as_they_are(world: World) -> None:
    kept = world.listed("Blue Lantern").designation_id
    left = world.listed("Old Anchor", lon=-29.6).designation_id
    world.lifted(world.listed("Gone Long Since", lon=-29.7).designation_id)
    before = dump(world)
    found = reported(world, HEAD + "Blue Lantern,10.1,-29.9,bar,,,\nNew Door,10.3,-29.7,bar,,,\n")
    assert [(one.designation_id, one.name, one.state) for one in found.missing] == [(left, "Old Anchor", "in_force")]
    assert "Entries in no row: 1. They stand as they are" in found.as_text()
    assert dump(world) == before
    landed(world, found)
    assert [one.designation_id for one in reported(world, HEAD + "Blue Lantern,10.1,-29.9,bar,,,\n").missing] == [
        left,
        "PELA-0004",
    ]
    assert kept not in {one.designation_id for one in found.missing}


@pytest.mark.parametrize(
    ("earlier", "later", "field", "value"),
    [
        ("Eel,10.12345,-29.9,bar,,,", "Eel,10.42345,-29.9,bar,,,", "position", "10.42345, -29.90000"),
        ("Eel,,,bar,Rruga B 12,Port,", "Other Name,,,bar,Rr. B 12/1,Port,", "address", "Rr. B 12/1"),
        ("Eel,,,bar,Rruga B 12,Port,", "Other Name,,,bar,Rruga B 12,Port,", "address", "Rruga B 12"),
        ("Eel,10.2,-29.9,bar,,,tel +99 555 0123", "Eel,10.3,-29.8,bar,,,99 555 0124", "note", "995550124"),
    ],
)
def test_a_digit_otherwise_or_nearly_one_address_is_raised_and_never_merged(
    world: World, earlier: str, later: str, field: str, value: str
) -> None:
    rows = f"{HEAD}{earlier}\n{later}\n"
    found = reported(world, rows)
    told = row(found, 3)
    assert (told.status, told.other, told.lands) == (CONFLICT, "row 2", False)
    assert [(one.field, one.value) for one in told.issues] == [(field, value)]
    assert "--confirm-duplicates" in told.issues[0].remedy
    assert found.waiting == (3,)
    assert [one.row for one in found.proposals] == [2]
    meant = reported(world, rows, confirm_duplicates=True)
    assert [one.row for one in meant.proposals] == [2, 3]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("Eel,10.12345,-29.9,bar,,,", "Eel,10.78945,-29.9,bar,,,"),
        ("Eel,,,bar,Rruga B 12,Port,", "Other Name,,,bar,Rruga C 12,Port,"),
        ("Eel,,,bar,Rruga B 12,Port,", "Other Name,,,bar,Rruga B 14,Port,"),
        ("Eel,,,bar,Rruga B 12,Port,", "Other Name,,,bar,Rruga B 12,Harbour,"),
        ("Eel,10.2,-29.9,bar,,,tel +99 555 0123", "Eel,10.3,-29.8,bar,,,99 666 7124"),
    ],
)
def test_what_differs_plainly_raises_nothing(world: World, earlier: str, later: str) -> None:
    assert statuses(reported(world, f"{HEAD}{earlier}\n{later}\n", confirm_outside=True)) == [(2, NEW), (3, NEW)]


def test_one_point_for_many_names_is_raised(world: World) -> None:
    rows = "".join(f"{name},10.1,-29.9,bar,,,\n" for name in ("Eel", "Crown", "Gate", "Mill"))
    found = reported(world, HEAD + rows)
    assert statuses(found) == [(2, NEW), (3, CONFLICT), (4, CONFLICT), (5, CONFLICT)]
    assert [str(one.reason) for one in row(found, 5).issues] == ["one point for 4 names"]


def test_a_rule_beside_premises_of_its_kind_is_raised_and_lands(world: World) -> None:
    world.listed("Lotos", category=VenueKind.MASSAGE_PARLOUR)
    found = reported(world, "name,kind,subject\n,massage parlour,category rule\n")
    (told,) = found.reports
    assert (told.status, told.lands) == (NEW, True)
    assert [(one.field, "1 stand by name" in one.reason) for one in told.issues] == [("category", True)]
    assert found.proposals[0].subject.kind is SubjectKind.CATEGORY_RULE


def test_two_rows_that_describe_one_door_and_decide_otherwise_are_at_odds(world: World) -> None:
    rows = "name,lat,lon,measure\nEel,10.1,-29.9,off limits\nEel,10.1,-29.9,caution\nEel,10.1,-29.9,off limits\n"
    found = reported(world, rows, confirm_duplicates=True)
    assert statuses(found) == [(2, NEW), (3, CONFLICT), (4, SAME)]
    assert [(one.field, one.was, one.would_be) for one in row(found, 3).changes] == [
        ("restriction", "off_limits", "caution")
    ]
    assert [one.row for one in found.proposals] == [2]


def test_the_report_is_data_for_a_table_and_a_map(world: World) -> None:
    world.listed("Blue Lantern", address="Quay 1")
    found = reported(world, HEAD + "Blue Lantern,10.1,-29.9,bar,Quay 12,,\nNowhere,95,1,bar,,,\nEel,,,bar,,,\n")
    document: dict[str, Any] = json.loads(json.dumps(found.as_json()))
    assert document["counts"] == {"refused": 1, "changed": 1, "new": 1}
    first, second, third = document["row_reports"]
    assert first["changes"] == [{"field": "address", "was": "Quay 1", "would_be": "Quay 12"}]
    assert first["position"] == {"lon": -29.9, "lat": 10.1}
    assert (second["status"], second["issues"][0]["row"], second["position"]) == ("refused", 3, None)
    assert (third["status"], third["lands"], third["position"]) == ("new", True, None)
