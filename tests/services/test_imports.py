"""From the list that a mission really has to proposals: seen first, landed only when a person says so."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from geo_offlimits.domain.designation import State
from geo_offlimits.domain.people import NotPermittedError
from geo_offlimits.errors import InputError, RefusedError
from geo_offlimits.formats.reader import read_rows
from geo_offlimits.services import imports, register
from geo_offlimits.services.imports import ImportReport
from tests.services.conftest import MISSION, World

SPREADSHEET = """Name,Latitude,Longitude,Town,Remarks
Blue Lantern,10.1,-29.9,Port Pela,seen twice
Old Anchor,95,-29.9,Port Pela,
Swapped,-29.9,110.1,Port Pela,
Nowhere Yet,,,Port Pela,
Blue Lantern Bar,10.10005,-29.90005,Port Pela,
,10.2,-29.8,,
"""


def report(world: World, source: Any, by: str = "103", confirmed: tuple[str, ...] = (), **mapping: str) -> ImportReport:
    table = read_rows(source, mapping)
    with world.reading(by) as act:
        confirming: dict[str, Any] = {f"confirm_{what}": True for what in confirmed}
        return imports.report(act, MISSION, table, **confirming)


def commit(world: World, found: ImportReport, by: str = "103") -> tuple[str, ...]:
    with world.acting(by) as act:
        return imports.commit(act, found)


def named(text: str = SPREADSHEET, name: str = "old list.csv") -> tuple[str, bytes]:
    return name, text.encode()


def everything(world: World) -> list[tuple[str, State]]:
    with world.reading("101") as act:
        return [(one.subject.label, one.state) for one in register.all_of(act, MISSION)]


def test_a_report_names_every_row_at_fault_and_changes_nothing(world: World) -> None:
    before = world.tags()
    found = report(world, named())
    assert found.rows == 6
    assert [one.subject.label for one in found.proposals] == ["Blue Lantern", "Nowhere Yet"]
    assert found.waiting == (6,)
    at_fault = {issue.row: issue for issue in found.issues}
    assert set(at_fault) == {3, 4, 7}
    assert "beyond 90" in at_fault[3].reason
    assert "swapped" in at_fault[3].remedy
    assert world.tags() == before
    assert everything(world) == []


def test_the_report_is_words_and_data(world: World) -> None:
    found = report(world, named())
    assert "old list.csv: 6 rows, 2 can land." in found.as_text()
    assert "1 look like others and wait: --confirm-duplicates" in found.as_text()
    assert "not read:" not in found.as_text()
    silent = report(world, named("name,lat,lon,Patrol,Seen by\nRed Anchor,10.1,-29.9,Two,R. N.\n"))
    assert "\nColumns not read: Patrol, Seen by\n" in silent.as_text()
    document = json.loads(json.dumps(found.as_json()))
    assert document["mapping"]["Town"] == "locality"
    assert {issue["row"] for issue in document["issues"]} == {3, 4, 7}
    assert document["likely_duplicates"][0]["distance_m"] > 0
    assert document["waiting"] == [6]


def test_committed_rows_are_proposals_and_nothing_more(world: World) -> None:
    landed = commit(world, report(world, named(), confirmed=("outside", "duplicates")))
    assert landed == ("PELA-0001", "PELA-0002", "PELA-0003", "PELA-0004")
    assert {state for _, state in everything(world)} == {State.PROPOSED}
    with world.reading("101") as act:
        made = register.show(act, "PELA-0001")
    assert (made.terms.authority, made.terms.directive, made.terms.note) == (
        "Mission on Pela",
        "old list.csv",
        "seen twice",
    )
    assert made.steps[0].person_id == "p_103"
    assert made.steps[0].reason == "Imported from old list.csv, row 2"
    assert world.tags()[-1] == "import:committed"
    assert world.whole()


def test_a_row_like_a_listing_near_it_is_reported_in_metres(world: World) -> None:
    listed = world.listed("Blue Lantern", lon=-29.9, lat=10.1).designation_id
    found = report(world, named("name,lat,lon\nThe Blue Lantern,10.1009,-29.9\nQuite Another,10.1009,-29.9005\n"))
    (like,) = found.likely_duplicates
    assert (like.row, like.other) == (2, listed)
    assert 95 < (like.distance_m or 0) < 105
    assert like.score >= 85
    assert "m apart" in str(like)


def test_another_name_at_the_same_door_is_reported_too(world: World) -> None:
    world.listed("Blue Lantern", lon=-29.9, lat=10.1)
    (like,) = report(world, named("name,lat,lon\nQuite Another,10.1001,-29.9\n")).likely_duplicates
    assert (like.distance_m or 0) < 25


def test_without_a_place_the_name_alone_tells(world: World) -> None:
    world.listed("Blue Lantern")
    found = report(world, named("name,town\nBlue Lantern,Port Pela\nRed Anchor,Port Pela\n"))
    assert [(like.row, like.distance_m) for like in found.likely_duplicates] == [(2, None)]


def test_two_rows_alike_name_the_later_one(world: World) -> None:
    (like,) = report(world, named()).likely_duplicates
    assert (like.row, like.other, like.other_name) == (6, "row 2", "Blue Lantern")


def test_what_was_lifted_or_rejected_is_no_duplicate(world: World) -> None:
    world.lifted(world.listed("Blue Lantern").designation_id)
    assert report(world, named("name,lat,lon\nBlue Lantern,10.1,-29.9\n")).likely_duplicates == ()


def test_columns_with_other_headings_are_mapped_by_a_person(world: World) -> None:
    text = "Betrieb,B,L\nBlue Lantern,10.1,-29.9\n"
    found = report(world, named(text), Betrieb="name", B="latitude", L="longitude")
    assert [one.subject.label for one in found.proposals] == ["Blue Lantern"]
    with pytest.raises(InputError, match="no field"):
        report(world, named(text), Betrieb="nonsense")


def test_a_workbook_and_geojson_are_read_like_csv(world: World, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Name", "Latitude", "Longitude"])
    sheet.append(["Blue Lantern", 10.1, -29.9])
    path = tmp_path / "list.xlsx"
    book.save(path)
    feature = {
        "type": "Feature",
        "properties": {"name": "Blue Lantern"},
        "geometry": {"type": "Point", "coordinates": [-29.9, 10.1]},
    }
    collection = json.dumps({"type": "FeatureCollection", "features": [feature]})
    for source in (path, named(collection, "list.geojson")):
        (made,) = report(world, source).proposals
        assert (made.subject.label, made.subject.geometry.x, made.subject.geometry.y) == ("Blue Lantern", -29.9, 10.1)  # type: ignore[union-attr]


def test_a_row_whose_end_is_past_is_an_issue(world: World) -> None:
    found = report(world, named("name,until\nOver,2026-03-01\nStill,2026-03-02\n"))
    assert [one.subject.label for one in found.proposals] == ["Still"]
    assert [(issue.row, issue.field, issue.reason) for issue in found.issues] == [
        (2, "to", "past already: it would never be in force")
    ]


def test_a_polygon_that_could_never_be_published_is_an_issue(world: World) -> None:
    ring = [[-30, 10], [-29.9, 10.1], [-29.9, 10], [-30, 10.1], [-30, 10]]
    feature = {
        "type": "Feature",
        "properties": {"name": "Bow Tie"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    found = report(world, named(json.dumps({"type": "FeatureCollection", "features": [feature]}), "x.geojson"))
    assert found.proposals == ()
    assert found.issues
    with pytest.raises(RefusedError, match="No row"):
        commit(world, found)


@pytest.mark.parametrize("number", ["105", "106", "108", "201", "100"])
def test_only_those_who_propose_import(world: World, number: str) -> None:
    with pytest.raises(NotPermittedError):
        report(world, named(), by=number)
    found = report(world, named())
    with pytest.raises(NotPermittedError):
        commit(world, found, by=number)
    assert everything(world) == []


def test_a_place_outside_the_territory_is_an_issue_until_it_is_meant(world: World) -> None:
    rows = "name,lat,lon\nSwapped,-29.9,10.1\nAcross,10.1,-25\nInside,10.1,-29.9\nUnknown,,\n"
    found = report(world, named(rows))
    away = {issue.row: issue for issue in found.issues}
    assert {row: issue.field for row, issue in away.items()} == {2: "position", 3: "position"}
    assert "the other way round it lies inside" in away[2].remedy
    assert "are latitude and longitude swapped?" in away[3].remedy
    assert all("outside the territory of PELA" in issue.reason for issue in away.values())
    assert [one.row for one in found.proposals] == [4, 5]
    meant = report(world, named(rows), confirmed=("outside",))
    assert (meant.issues, [one.row for one in meant.proposals]) == ((), [2, 3, 4, 5])
    assert commit(world, meant)[1:3] == ("PELA-0002", "PELA-0003")


TWICE = """name,lat,lon,kind,subject,notes
Blue Lantern,10.1,-29.9,bar,premises,seen twice
Old Anchor,,,bar,premises,
,,,massage parlour,category rule,
Blue Lantern,10.1,-29.9,bar,premises,the same again
"""


def test_a_list_that_is_read_in_twice_adds_nothing(world: World) -> None:
    first = report(world, named(TWICE))
    assert [(like.row, like.other, like.same) for like in first.likely_duplicates] == [(5, "row 2", True)]
    assert commit(world, first) == ("PELA-0001", "PELA-0002", "PELA-0003")
    before = everything(world), world.tags()
    # Under another name and confirmed: what is there already does not land.
    again = report(world, named(TWICE, "list (1).csv"), by="104", confirmed=("duplicates",))
    assert [(like.row, like.other) for like in again.likely_duplicates] == [
        (2, "PELA-0001"),
        (3, "PELA-0002"),
        (4, "PELA-0003"),
        (5, "PELA-0001"),
    ]
    assert all(like.same for like in again.likely_duplicates)
    assert "row 2 Blue Lantern: is PELA-0001 already and does not land" in again.as_text()
    assert (again.proposals, again.waiting) == ((), ())
    with pytest.raises(RefusedError, match=r"can land: row 2, Blue Lantern: Same \(PELA-0001\) \(and 3 more\)"):
        commit(world, again, by="104")
    assert everything(world) == before[0]
    assert world.tags() == [*before[1], "act:refused"]


def test_a_row_like_another_waits_until_it_is_meant(world: World) -> None:
    listed = world.listed("Blue Lantern").designation_id
    rows = named("name,lat,lon\nQuite Another,10.1001,-29.9\nFar Off,10.3,-29.9\n")
    found = report(world, rows)
    assert [(like.row, like.other, like.same) for like in found.likely_duplicates] == [(2, listed, False)]
    assert (found.waiting, [one.row for one in found.proposals]) == ((2,), [3])
    meant = report(world, rows, confirmed=("duplicates",))
    assert len(meant.likely_duplicates) == 1
    assert (meant.waiting, [one.row for one in meant.proposals]) == ((), [2, 3])


def test_what_landed_between_the_report_and_the_commit_does_not_land_twice(world: World) -> None:
    found, same = report(world, named(TWICE)), report(world, named(TWICE), by="104")
    commit(world, found)
    with pytest.raises(RefusedError, match="has become PELA-0001 since the report"):
        commit(world, same, by="104")
    assert len(everything(world)) == 3


def test_names_that_nobody_can_read_are_issues_of_their_rows(world: World) -> None:
    rows = 'name,town\n\u200b\u2060,Port\n\u202eraB,Port\n"Two\nlines",Port\nGood,Port\n' + f"Long,{'x' * 300}\n"
    found = report(world, named(rows))
    assert {(issue.row, issue.field) for issue in found.issues} == {
        (2, "name"),
        (3, "name"),
        (4, "name"),
        (6, "locality"),
    }
    assert [one.subject.label for one in found.proposals] == ["Good"]
