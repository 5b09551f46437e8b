"""Columns of a stranger's list: matched by headings in six languages and, where these say nothing, by contents."""

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, box

from geo_offlimits.errors import InputError
from geo_offlimits.formats.columns import FIELDS, named_columns, normalised, resolved
from geo_offlimits.formats.contents import content_of, holds_facts
from geo_offlimits.formats.headings import HEADINGS, usual
from geo_offlimits.formats.matching import MatchedBy, Matching, headless, matched
from geo_offlimits.lookup.gazetteer import Gazetteer, Place, PlaceKind

NEAR = Gazetteer(
    [
        Place(
            kind=PlaceKind.TOWN, name="Ostrel", geometry=Point(-15.95, -31.49), radius_m=1500, other_names=("Острел",)
        ),
        Place(kind=PlaceKind.TOWN, name="Halvera", geometry=Point(-16.05, -31.56), radius_m=1000),
        Place(kind=PlaceKind.SECTOR, name="North", geometry=box(-16.2, -31.5, -15.8, -31.4)),
    ],
    territory=box(-16.5, -31.9, -15.5, -31.3),
)
NAMES = ["Blue Lantern", "Old Anchor", "Casa Verde", "The Parrot"]


def match(
    columns: Sequence[str], rows: Sequence[Sequence[str]], near: Gazetteer | None = NEAR, **told: str
) -> Matching:
    return matched(columns, list(zip(*rows, strict=True)), told, near=near)


def mapping(columns: Sequence[str], near: Gazetteer | None = NEAR, /, *cells: Sequence[str]) -> dict[str, str]:
    return matched(columns, cells, {}, near=near).mapping


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        ("Name;Latitude;Longitude;Town;Hours", "name latitude longitude locality hours"),
        ("Nom;Latitude;Longitude;Localité;Horaires", "name latitude longitude locality hours"),
        ("الاسم;خط العرض;خط الطول;المحلة;الساعات", "name latitude longitude locality hours"),
        ("Emri;Gjerësia gjeografike;Gjatësia gjeografike;Vendbanimi;Orari", "name latitude longitude locality hours"),
        ("Назив;Географска ширина;Географска дужина;Насеље;Радно време", "name latitude longitude locality hours"),
        ("Naziv;Geografska širina;Geografska dužina;Naselje;Radno vreme", "name latitude longitude locality hours"),
        ("NAZIV OBJEKTA;Geografska sirina;Geografska duzina;Opstina;Vreme", "name latitude longitude locality hours"),
        ("Premises (name);GPS;Opening hours;Valid from;Valid to", "name position hours since until"),
    ],
)
def test_headings_are_known_in_every_language_of_the_product(headings: str, fields: str) -> None:
    columns = headings.split(";")
    chosen, left_out = resolved(columns, {})
    assert [chosen[column] for column in columns] == fields.split()
    assert left_out == ()


def test_no_heading_means_two_fields() -> None:
    known = Counter(
        heading for field in HEADINGS for heading in {*map(normalised, usual(field)), field.replace("_", " ")}
    )
    assert [heading for heading, times in known.items() if times > 1] == []


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        (["28J BN 12345 67890", "28J BN 1234 6789", "28JBN1234567890"], "position"),
        (["-31.4877, -15.9529", "31°29′15″S 15°57′10″W"], "position"),
        (["-31,4877", "-31,5585", "-31,6169"], "degrees"),
        (["31°29'15\"S", "31°33'30\"S"], "degrees"),
        (["1700-0100", "Fri-Sat 20:00-02:00", "daily after 22h"], "hours"),
        (["04/03/2026", "2026-03-04", "4 March 2026"], "since"),
        (["Ostrel", "Острел", "halvera", "HALVERA"], "locality"),
        (["bar", "Boîte de nuit", "hotel"], "category"),
        (["off limits", "caution"], "restriction"),
        (["+381 64 123 456", "044 123 456"], None),
        (["1", "2", "3"], None),
        (["near the bridge", "1 Quay", "behind the church"], None),
        (["", " "], None),
        ([], None),
    ],
)
def test_a_column_is_known_by_its_cells(cells: list[str], field: str | None) -> None:
    found = content_of(cells, NEAR)
    assert (found and found.field) == field


def test_a_heading_that_says_nothing_is_matched_by_contents_and_told_how_sure_and_why() -> None:
    found = match(["Betrieb", "B", "L"], [[name, "-31,4877", "-15,9529"] for name in NAMES])
    assert found.mapping == {"Betrieb": "name", "B": "latitude", "L": "longitude"}
    assert [one.by for one in found.matches] == [MatchedBy.CONTENTS] * 3
    degrees = found.matches[1]
    assert degrees.sure == 1.0
    assert degrees.why == "4 of 4 cells are degrees; so they lie in the territory"
    assert found.matches[0].sure < degrees.sure
    assert [issue.row for issue in found.issues] == [None] * 3
    assert "map B=FIELD to change that, or B=ignore" in [issue.remedy for issue in found.issues]


@pytest.mark.parametrize(
    ("left", "right", "near", "fields"),
    [
        (["-31.4877"], ["-15.9529"], NEAR, ("latitude", "longitude")),
        (["-15.9529"], ["-31.4877"], NEAR, ("longitude", "latitude")),
        (["15.9529"], ["31.4877"], None, ("latitude", "longitude")),
        (["121.4737"], ["31.2304"], None, ("longitude", "latitude")),
        (["31.2304"], ["121.4737"], None, ("latitude", "longitude")),
        (["15°57'10\"W"], ["31°29'15\"S"], None, ("longitude", "latitude")),
    ],
)
def test_of_two_columns_of_degrees_letters_range_and_territory_tell_the_latitude(
    left: list[str], right: list[str], near: Gazetteer | None, fields: tuple[str, str]
) -> None:
    assert tuple(mapping(["a", "b"], near, left, right).values()) == fields


def test_what_a_person_says_and_what_a_heading_says_win_over_contents() -> None:
    rows = [[name, "-31.4877", "-15.9529", "2026-03-04"] for name in NAMES]
    found = match(["Name", "B", "L", "Z"], rows, B="ignore", L="note")
    # Days under a heading of their own are no beginning, where other headings are understood.
    assert found.mapping == {"Name": "name", "L": "note"}
    assert [one.by.value for one in found.matches] == ["heading", "told", "told", "nothing"]
    assert found.matches[1].field is None
    with pytest.raises(InputError, match="no column"):
        match(["Name", "B", "L", "Z"], rows, Q="note")


def test_a_second_column_of_days_is_the_end() -> None:
    assert list(mapping(["a", "b", "c"], NEAR, NAMES, ["2026-03-04"] * 4, ["2027-03-04"] * 4).values()) == [
        "name",
        "since",
        "until",
    ]


def test_telephone_numbers_are_no_positions_in_whatever_groups_they_are_written() -> None:
    phones = ["75 50 12 34", "049 12 34 56", "(049) 33 44 55", "0555 77 89 01"]
    assert mapping(["Nom", "Tél."], NEAR, NAMES, phones) == {"Nom": "name"}
    assert mapping(["Nom", "Tél."], NEAR, NAMES, ["-31 39 45, -15 54 33"] * 4)["Tél."] == "position"


def test_a_list_of_people_is_matched_by_headings_alone() -> None:
    found = matched(["Name", "x"], [NAMES, ["2026-03-04"] * 4], {}, {"name": ("name",)})
    assert found.mapping == {"Name": "name"}


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        (
            [["Blue Lantern", "-31.4877", "-15.9529"], ["Old Anchor", "-31.5", "-15.9"]],
            ("column 1", "column 2", "column 3"),
        ),
        ([["Betrieb", "B", "L"], ["Blue Lantern", "-31.4877", "-15.9529"]], ("Betrieb", "B", "L")),
        ([["Blue Lantern", "28J BN 12345 67890"]], ("column 1", "column 2")),
        ([["12.5111", "-40.2511"], ["12.6111", "-40.3111"]], None),
        ([["Blue Lantern", "Ostrel"], ["Old Anchor", "Halvera"]], ("column 1", "column 2")),
        ([["Betrieb", "Ort"], ["Old Anchor", "Halvera"]], ("Betrieb", "Ort")),
        ([["Blue Lantern"], ["Old Anchor"]], None),
        ([], None),
    ],
)
def test_a_list_without_a_header_names_its_columns_by_their_place(
    rows: list[list[str]], columns: tuple[str, ...] | None
) -> None:
    assert headless(rows, NEAR) == columns


def test_a_row_with_a_fact_in_it_is_no_header() -> None:
    assert holds_facts(["Street", "-31.4877"])
    assert holds_facts(["Club", "2026-03-04"])
    assert not holds_facts(["Name", "Lat", "Lon", "Hours 2026", ""])


CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["-31,4877", "28J BN 12345 67890", "20:00-02:00", "04/03/2026", "Ostrel", "bar", "Name", "lat", ""]
    ),
)
GRIDS = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=6)
)


def any_grid_is_matched(grid: list[list[str]]) -> None:
    columns = named_columns(grid[0])
    found = matched(columns, list(zip(*grid[1:], strict=True)), {}, near=NEAR)
    assert [one.column for one in found.matches] == list(columns)
    assert len(set(found.mapping.values())) == len(found.mapping)
    assert set(found.mapping.values()) <= set(FIELDS)
    assert {one.column: one.field for one in found.matches if one.field} == found.mapping
    assert all(0 <= one.sure <= 1 and one.why for one in found.matches)


@settings(max_examples=300, deadline=None)
@given(GRIDS)
def test_any_grid_gives_each_field_one_column_at_most_and_a_reason_for_each(grid: list[list[str]]) -> None:
    any_grid_is_matched(grid)


@pytest.mark.deep
@settings(max_examples=20_000, deadline=None)
@given(GRIDS)
def test_any_grid_gives_each_field_one_column_at_most_deep(grid: list[list[str]]) -> None:
    any_grid_is_matched(grid)
