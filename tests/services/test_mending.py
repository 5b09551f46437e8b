"""What a row at fault may have meant is offered, never done: by one slip, by a reading, together with rows alike."""

import pytest

from geo_offlimits.formats.reader import read_rows
from geo_offlimits.lookup.misplaced import Slip
from geo_offlimits.services import gazetteer, imports, mending
from geo_offlimits.services.mending import Mends
from tests.services.conftest import MISSION, World

LIST = """Name;Grid / GPS;Hours
Harbour Cellar;10.1, -29.9;
Swapped One;-29.81, 10.11;
Swapped Two;-29.82, 10.12;
No Sign;10.13, 29.83;
Three Digits;110.14, -29.84;
Late One;10.15, -29.85;8-2
Late Two;10.16, -29.86;8-2
Fridays;10.17, -29.87;Fri 8-2
Minutes;-29°48' 10°06';
Far Away;55.5, 77.7;
Nonsense;by the mill;
"""
COLUMNS = "Name,Lat,Lon\nSwapped,-29.81,10.11\nBeside It,10.12,-29.82\nNo Degrees,1012345,-2984\nAnother,10.13,-29.83\n"
HOURS = ("08:00-02:00", "08:00-14:00", "20:00-02:00", "20:00-14:00")


@pytest.fixture
def backend() -> str:
    """These are about the report; what the store does is shown elsewhere."""
    return "sqlite"


def offered(world: World, text: str) -> Mends:
    with world.reading("103") as act:
        table = read_rows(("list.csv", text.encode()), near=gazetteer.places_of(act, MISSION))
        found = imports.report(act, MISSION, table)
        return mending.mends(act, MISSION, table, found.reports, {one.row for one in found.reports})


def test_a_slip_is_offered_without_it_and_a_doubt_with_each_of_its_readings(world: World) -> None:
    found = offered(world, LIST)
    told = {row: [one.told for one in mend.offers] for (row, _), mend in found.items()}
    assert told == {
        3: ["10.11, -29.81"],
        4: ["10.12, -29.82"],
        5: ["10.13, -29.83"],
        6: ["10.14, -29.84"],
        7: list(HOURS),
        8: list(HOURS),
        10: ["10.1, -29.8"],
    }
    slips = {row: mend.slip for (row, _), mend in found.items()}
    assert slips == {3: Slip.SWAPPED, 4: Slip.SWAPPED, 5: Slip.SIGN, 6: Slip.DIGIT, 7: None, 8: None, 10: Slip.SWAPPED}
    # Nothing is made surer than it was written.
    cells = found[10, "position"].offers[0].cells
    assert 1_000 < float(cells["uncertainty_m"]) < 1_500
    assert found[3, "position"].offers[0].cells == {"position": "10.11, -29.81"}


def test_rows_alike_are_named_and_each_takes_what_is_offered_for_itself(world: World) -> None:
    found = offered(world, LIST)
    assert {row: mend.alike for (row, _), mend in found.items() if mend.alike} == {3: (4, 10), 7: (8,)}
    both = mending.taken(found, 3, "10.11, -29.81", (4,))
    assert both == {3: {"position": "10.11, -29.81"}, 4: {"position": "10.12, -29.82"}}
    assert mending.taken(found, 7, HOURS[2], (8,)) == {7: {"hours": HOURS[2]}, 8: {"hours": HOURS[2]}}
    # What is not offered, and a row that is none of them, change nothing.
    assert mending.taken(found, 3, "10.12, -29.82") == {}
    assert mending.taken(found, 3, "10.11, -29.81", (4, 5)) == {}
    assert mending.taken(found, 2, "10.1, -29.9") == {}


def test_a_place_in_two_columns_is_offered_in_both(world: World) -> None:
    found = offered(world, COLUMNS)
    assert found[2, "position"].offers[0].cells == {"latitude": "10.11", "longitude": "-29.81"}
    lost = found[4, "latitude"]
    assert lost.slip is Slip.MARK
    assert [one.cells for one in lost.offers] == [{"latitude": "10.12345", "longitude": "-29.84"}]


def test_a_row_with_two_faults_takes_along_only_what_was_pressed(world: World) -> None:
    found = offered(world, "Name,Lat,Lon,Hours\nMark,1012345,-2984,\nBoth,1013345,-2985,8-2\nAnother,10.13,-29.83,\n")
    first = found[2, "latitude"]
    assert first.alike == (3,)
    taken = mending.taken(found, 2, first.offers[0].told, (3,))
    assert taken[3] == {"latitude": "10.13345", "longitude": "-29.85"}
    assert mending.taken(found, 3, HOURS[2], ()) == {3: {"hours": HOURS[2]}}


def test_a_number_beyond_all_numbers_is_offered_nothing_and_stops_no_other_row(world: World) -> None:
    for endless in ("9" * 400, "inf"):
        found = offered(world, f"Name,Lat,Lon\nEndless,{endless},-29.8\nSwapped,-29.81,10.11\nFine,10.12,-29.82\n")
        assert {row for row, _ in found} == {3}
    assert {row for row, _ in offered(world, f"Name;GPS\nEndless;{'9' * 400}, 10.1\nSwapped;-29.81, 10.11\n")} == {3}
