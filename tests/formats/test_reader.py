"""Lists as people have them: what is read, what is said of the rest, and what no file can do."""

import io
import json
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_offlimits.errors import InputError
from geo_offlimits.formats.reader import ImportFileError, Table, read_rows

LIST = "Name,Latitude,Longitude,Kind\nBlue Lantern,12.5,-40.25,bar\nThe Parrot,12.6,-40.3,hotel\n"


def csv(text: str, encoding: str = "utf-8", **mapping: str) -> Table:
    return read_rows(("list.csv", text.encode(encoding)), mapping)


def workbook(*sheets: tuple[str, list[list[Any]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def refusal(name: str, content: bytes) -> str:
    with pytest.raises(ImportFileError) as refused:
        read_rows((name, content))
    return str(refused.value)


def test_a_plain_list_is_read_without_being_told_anything() -> None:
    table = csv(LIST)
    assert table.mapping == {"Name": "name", "Latitude": "latitude", "Longitude": "longitude", "Kind": "category"}
    assert [row.number for row in table.rows] == [2, 3]
    assert table.rows[0].values == {
        "name": "Blue Lantern",
        "latitude": "12.5",
        "longitude": "-40.25",
        "category": "bar",
    }
    assert table.issues == ()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiter_and_encoding_are_found(delimiter: str, encoding: str) -> None:
    text = LIST.replace("Blue Lantern", "Плава лампа").replace(",", delimiter)
    table = csv(text, encoding)
    assert [row.values["name"] for row in table.rows] == ["Плава лампа", "The Parrot"]
    assert table.issues == ()


def test_decimal_commas_do_not_pass_for_delimiters() -> None:
    table = csv("Nom;Lat;Long\nLe Phare;12,5;-40,25\nL'Ancre;12,6;-40,3\n")
    assert table.rows[0].values == {"name": "Le Phare", "latitude": "12,5", "longitude": "-40,25"}


def test_an_encoding_that_is_assumed_is_said() -> None:
    table = csv("Nom;Ville\nCafé Zoé;Azur\n", "cp1252")
    assert table.rows[0].values["name"] == "Café Zoé"
    assert [issue.field for issue in table.issues] == ["encoding"]


def test_a_separator_line_of_a_spreadsheet_is_obeyed_and_counted() -> None:
    table = csv("sep=;\nname;note\nThe Parrot;a,b,c\n")
    assert [(row.number, row.values["note"]) for row in table.rows] == [(3, "a,b,c")]


def test_titles_above_the_header_and_blank_rows_are_passed_over_with_rows_keeping_their_numbers() -> None:
    table = csv("LIST OF THE MISSION\n\n,Name,Grid\n\n1,Blue Lantern,20P LB 1 2\n,,\n2,The Parrot,\n")
    assert [(row.number, row.values["name"]) for row in table.rows] == [(5, "Blue Lantern"), (7, "The Parrot")]
    assert table.columns == ("column 1", "Name", "Grid")


def test_french_headings_with_accents_and_brackets_are_known() -> None:
    table = csv("Établissement;Adresse;Localité;Étage;Catégorie;Latitude (WGS84)\nLe Phare;1 quai;Azur;3;bar;1\n")
    assert set(table.mapping.values()) == {"name", "address", "locality", "floor", "category", "latitude"}


def test_what_a_person_says_wins_over_every_guess() -> None:
    table = read_rows(("l.csv", b"Name,Bezeichnung\nx,Blue Lantern\n"), {"Bezeichnung": "name", "name": "note"})
    assert table.rows[0].values == {"name": "Blue Lantern", "note": "x"}


def test_a_column_can_be_left_out_by_saying_so() -> None:
    assert csv(LIST, Kind="ignore").rows[0].values.keys() == {"name", "latitude", "longitude"}


def test_of_two_columns_for_one_field_the_better_known_is_taken_and_the_other_reported() -> None:
    table = csv("name,y,x,lat,lon\nBlue Lantern,5000,6000,12.5,-40.25\n")
    assert table.rows[0].values["latitude"] == "12.5"
    assert [(issue.field, issue.value) for issue in table.issues] == [("columns", "y"), ("columns", "x")]


def test_a_repeated_heading_is_read_once() -> None:
    table = csv("name,note,note\nBlue Lantern,a,b\n")
    assert table.columns == ("name", "note", "note #2")
    assert table.rows[0].values["note"] == "a"


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        ({"Name": "colour"}, "no field 'colour'; the fields are name, sign"),
        ({"Namen": "name"}, "no column 'Namen'; the columns are 'Name', 'Latitude'"),
        ({"Name": "name", "Kind": "name"}, "name was given two columns, 'Name' and 'Kind'"),
    ],
)
def test_a_wrong_mapping_is_refused_with_what_there_is(mapping: dict[str, str], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        csv(LIST, **mapping)


def test_a_list_without_a_name_column_says_so_once_for_the_file() -> None:
    assert "no column is read as the name" in [issue.reason for issue in csv("lat,lon\n1,2\n").issues]


def test_a_list_of_people_has_fields_of_its_own() -> None:
    content = "Matricule;Nom;Unité;Courriel\n007;Zoë;Patrouille;z@demo.example\n".encode()
    fields = {"number": ("matricule",), "name": ("nom",), "unit": ("unite",)}
    (row,) = read_rows(("people.csv", content), fields=fields).rows
    assert row.values == {"number": "007", "name": "Zoë", "unit": "Patrouille"}


def test_a_row_with_too_many_cells_does_not_stop_the_others() -> None:
    table = csv("name,address\nBlue Lantern,1 Quay, Port\nThe Parrot,2 Quay\n")
    assert [row.values["name"] for row in table.rows] == ["The Parrot"]
    assert [(issue.row, issue.reason) for issue in table.issues] == [(2, "3 cells under 2 columns")]


@pytest.mark.parametrize(
    ("rows", "at_fault", "names"),
    [
        ('"Open,1\nLost,2\nAlso,3\n', {2: 2}, ["Lost", "Also"]),
        ('One,"open\nLost,2\n"Two",3\n', {2: 2}, ["Lost", "Two"]),
        ('One,1\n"Two"x,2\nThree,3\n', {3: 3}, ["One", "Three"]),
        ('One,"two\nlines"\n"Open,2\nThree,3\n', {3: 4}, ["One", "Three"]),
        ('One,1\n\n"Open,2\n"Open,3\nFour,4\n', {4: 4, 5: 5}, ["One", "Four"]),
        ('Bar 12", Quay,1\n"The ""Old"" Bar",2\n', {2: None}, ['The "Old" Bar']),
        ('One,1\n"Open', {3: 3}, ["One"]),
    ],
)
def test_a_quotation_mark_that_is_not_closed_swallows_no_row(
    rows: str, at_fault: dict[int, int | None], names: list[str]
) -> None:
    table = csv(f"name,note\n{rows}")
    assert [row.values["name"] for row in table.rows] == names
    found = {issue.row: issue.reason for issue in table.issues}
    assert set(found) == set(at_fault)
    for row, line in at_fault.items():
        if line is not None:
            assert f"a quotation mark in line {line} is not closed" in found[row]


def test_lines_are_counted_from_the_files_first_one_below_a_separator_line_too() -> None:
    (issue,) = csv('sep=;\nname;note\n"Open;1\nTwo;2\n').issues
    assert (issue.row, "in line 3 " in issue.reason) == (3, True)


def test_a_header_with_an_open_quotation_mark_is_named_and_not_passed_over() -> None:
    assert "a quotation mark in line 1 is not closed" in refusal("list.csv", b'name,"note\nBlue Lantern,1\nParrot,2\n')
    assert "a quotation mark in line 1 is not closed" in refusal("list.csv", b'"name')


def test_a_file_of_open_quotation_marks_is_read_quickly_and_refused() -> None:
    with pytest.raises(ImportFileError, match="more than 1000 rows with a fault"):
        csv("name,note\n" + '"a"b\n' * 5_000)
    table = csv("name,note\n" + "\n" * 500_000 + '"open,1\n' + "\n" * 500_000)
    assert [issue.row for issue in table.issues] == [500_002]


def test_a_failed_formula_never_becomes_a_name() -> None:
    table = csv("name,note\n#REF!,x\nThe Parrot,\n")
    assert [row.values["name"] for row in table.rows] == ["The Parrot"]
    assert [(issue.row, issue.field, issue.value) for issue in table.issues] == [(2, "name", "#REF!")]


def test_a_workbook_is_read_from_the_sheet_with_the_header() -> None:
    content = workbook(
        ("Cover", [["Mission list"], ["Issued", date(2026, 3, 1)]]),
        ("List", [["Name", "Lat", "Lon", "Since", "Floor"], ["Blue Lantern", 12.5, -40.25, datetime(2026, 3, 4), 3.0]]),  # noqa: DTZ001  (spreadsheets know no zones)
    )
    table = read_rows(("list.xlsx", content))
    assert table.rows[0].values == {
        "name": "Blue Lantern",
        "latitude": "12.5",
        "longitude": "-40.25",
        "since": "2026-03-04",
        "floor": "3",
    }
    assert [(issue.field, issue.value) for issue in table.issues] == [("sheet", "Cover")]


def test_a_formula_is_never_evaluated() -> None:
    table = read_rows(("list.xlsx", workbook(("List", [["Name", "Note"], ["The Parrot", "=1+1"]]))))
    assert [(issue.row, issue.field, issue.value) for issue in table.issues] == [(2, "note", "#FORMULA!")]
    assert table.rows == ()


def test_a_file_on_disk_and_an_upload_read_the_same(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8")
    assert read_rows(tmp_path / "list.csv") == csv(LIST)
    with pytest.raises(ImportFileError, match="cannot be opened"):
        read_rows(tmp_path / "absent.csv")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("list.doc", b"x", r"kind that is not read \(.doc\); give a .csv"),
        ("list.xls", b"x", "save it as .xlsx"),
        ("list", b"x", "no extension"),
        ("list.csv", b" \r\n", "is empty"),
        ("list.csv", b"%PDF-1.7\nname", "is called .csv but is PDF, not a text of rows"),
        ("list.csv", b"name\n\x00\x01\x02", "is a binary file"),
        ("list.csv", b"name,\xd7\xf7\xa4\xa6\x98\xb1", "neither UTF-8 nor Windows"),
        ("list.csv", b"12.5,-40.25\n12.6,-40.3\n", "has no header that is recognised"),
        ("list.xlsx", b"name\nBlue Lantern", "is not a workbook"),
        ("list.xlsx", b"PK\x03\x04 broken", "cannot be read as a workbook"),
        ("list.csv", b'name,note\nThe Parrot,"' + b"x" * 20_000 + b'"', "quotation mark not closed"),
        ("list.csv", b",".join([b"name"] * 300), "more than 200 columns"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_remedy(name: str, content: bytes, sentence: str) -> None:
    with pytest.raises(ImportFileError, match=sentence):
        read_rows((name, content))


def test_a_workbook_called_csv_is_refused_with_both_facts() -> None:
    assert "is called .csv but is a workbook, not a text" in refusal("list.csv", workbook(("List", [["Name"], ["x"]])))


def test_rows_and_bytes_beyond_the_limit_are_refused() -> None:
    with pytest.raises(ImportFileError, match="more than 1 rows"):
        read_rows(("list.csv", LIST.encode()), limit_rows=1)
    assert len(read_rows(("list.csv", LIST.encode()), limit_rows=2).rows) == 2
    with pytest.raises(ImportFileError, match="larger than"):
        read_rows(("list.csv", LIST.encode()), limit_bytes=10)


def feature(geometry: object, **properties: object) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def geojson(*features: object, **members: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features, **members}).encode()


SQUARE = [[[-40.0, 12.0], [-39.9, 12.0], [-39.9, 12.1], [-40.0, 12.1], [-40.0, 12.0]]]


def test_geojson_features_are_rows_with_a_geometry_and_their_properties_columns() -> None:
    content = geojson(
        feature({"type": "Point", "coordinates": [-40.25, 12.5, 7.0]}, name="Blue Lantern", floor=3, tags=["a", "b"]),
        feature({"type": "Polygon", "coordinates": SQUARE}, name="Quay"),
        feature({"type": "MultiPolygon", "coordinates": [SQUARE]}, name="Docks"),
        feature(None, name="The Parrot"),
    )
    table = read_rows(("list.geojson", content), {"tags": "other_names"})
    assert [row.geometry and row.geometry.geom_type for row in table.rows] == [
        "Point",
        "Polygon",
        "MultiPolygon",
        None,
    ]
    assert table.rows[0].values == {"name": "Blue Lantern", "floor": "3", "other_names": "a; b"}
    assert table.issues == ()


@pytest.mark.parametrize(
    ("geometry", "reason"),
    [
        ({"type": "LineString", "coordinates": [[0, 0], [1, 1]]}, "LineString is not a point"),
        ({"type": "Point", "coordinates": [12.5, 95.0]}, "beyond latitude"),
        ({"type": "Point", "coordinates": ["12", 5]}, "not lists of numbers"),
        ({"type": "Point", "coordinates": []}, "not lists of numbers"),
        ({"type": "Point", "coordinates": [True, False]}, "not lists of numbers"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]]}, "no valid polygon"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}, "not lists of numbers"),
        ({"type": "GeometryCollection", "geometries": []}, "GeometryCollection is not"),
        ("POINT (1 2)", "is not a point"),
    ],
)
def test_a_feature_whose_geometry_cannot_be_used_is_an_issue_and_the_next_one_is_unharmed(
    geometry: object, reason: str
) -> None:
    table = read_rows(("list.geojson", geojson(feature(geometry, name="Bad"), feature(None, name="Good"))))
    assert [row.values["name"] for row in table.rows] == ["Good"]
    assert [(issue.row, issue.field) for issue in table.issues] == [(1, "geometry")]
    assert reason in table.issues[0].reason


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":NaN}}]}', "holds NaN"),
        (b'{"type":"Feature","properties":{"a":-Infinity}}', "holds -Infinity"),
        (b'{"type":"Feature","type":"Feature"}', "names a member twice"),
        (b'{"type":"Topology"}', "not a GeoJSON FeatureCollection"),
        (b"[1]", "not a GeoJSON FeatureCollection"),
        (b'{"type":"FeatureCollection","features":[]}', "holds no features"),
        (b'{"type":', r"is not JSON \(line 1\)"),
        (b'{"a":' * 100_000, "is not JSON"),
        (b'{"type":"Feature","properties":{"a":' + b"9" * 5000 + b"}}", "is not JSON"),
        (b'\xff\xfe{"a":1}', "is not UTF-8"),
        (geojson(feature(None), crs={"type": "name", "properties": {"name": "EPSG:3857"}}), "not in WGS 84"),
    ],
)
def test_geojson_that_is_none_is_refused_with_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(ImportFileError, match=sentence):
        read_rows(("list.geojson", content))


def test_a_thing_that_is_no_feature_is_an_issue() -> None:
    table = read_rows(("list.geojson", geojson("x", feature(None, name="Good"))))
    assert [(issue.row, issue.field) for issue in table.issues] == [(1, "feature")]


@given(st.binary(max_size=400), st.sampled_from(["l.csv", "l.tsv", "l.xlsx", "l.geojson", "l"]))
def test_any_bytes_are_a_table_or_a_refusal_and_nothing_else(content: bytes, name: str) -> None:
    with suppress(InputError):
        assert isinstance(read_rows((name, content)), Table)


@given(st.lists(st.lists(st.text(max_size=12), max_size=5), max_size=8), st.sampled_from([",", ";", "\t"]))
def test_any_cells_are_a_table_or_a_refusal_and_nothing_else(rows: list[list[str]], delimiter: str) -> None:
    text = "name,lat,lon\n".replace(",", delimiter) + "\n".join(delimiter.join(row) for row in rows)
    with suppress(InputError):
        assert csv(text, "utf-8").mapping["name"] == "name"


def test_a_tsv_is_cut_by_tabs_whatever_else_stands_in_its_texts() -> None:
    rows = [
        "Nom\tVille\tRemarques",
        "L’Œil\tOstrel\tfermé le lundi; rouvre à 18 h",
        "Café\t\tà l'étage; cour",
        "Bar\tAzur",
        "",
    ]
    table = read_rows(("list.tsv", "\r\n".join(rows).encode("cp1252")))
    assert [row.values["name"] for row in table.rows] == ["L’Œil", "Café", "Bar"]
    assert table.rows[0].values["note"] == "fermé le lundi; rouvre à 18 h"


def test_a_text_that_ends_in_the_middle_of_a_row_keeps_that_row_back_and_a_short_row_in_a_whole_one_does_not() -> None:
    assert [(issue.row, issue.reason) for issue in csv(LIST[:-9]).issues] == [
        (3, "the list ends in the middle of this row")
    ]
    assert [row.values["name"] for row in csv(LIST[:-9]).rows] == ["Blue Lantern"]
    for whole in (LIST, LIST.strip(), f"{LIST}Old Anchor,12.7\n", f"{LIST}Old Anchor\nThe Parrot"):
        assert csv(whole).issues == ()
