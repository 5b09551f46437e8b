"""A workbook as people keep it: what is merged, hidden, struck through or never saved is seen, and told."""

import io
import re
import zipfile
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font

from geo_offlimits.formats.files import LIMITS, ImportFileError
from geo_offlimits.formats.reader import Table, read_rows
from geo_offlimits.formats.sheet_marks import Block, Marks, TooManyMarksError, letters_of, marks_of, shown

HEAD: list[Any] = ["N°", "Établissement", "Localisation", None, "Secret"]
BELOW: list[Any] = [None, None, "Coordonnées", "Ville", None]
ROWS: list[list[Any]] = [
    [1, "Blue Lantern", "-31.49, -15.95", "Ostrel", "x"],
    [2, "Old Anchor", "-31.48, -15.94", None, None],
    ["HALVERA", None, None, None, None],
    [3, '=B5&" annex"', "-31.47, -15.93", "Halvera", None],
    [4, '=UPPER("low tide")', "-31.46, -15.92", "Halvera", None],
    [5, "Struck Out", "-31.45, -15.91", "Halvera", None],
    ["Total", "5", None, None, None],
]


def sheet_of(book: openpyxl.Workbook) -> Any:
    sheet = book.worksheets[0]
    sheet.title = "List"
    sheet.append(["OFF LIMITS", None, None, None, None])
    for row in (HEAD, BELOW, *ROWS):
        sheet.append(row)
    for merged in ("A1:E1", "A2:A3", "B2:B3", "E2:E3", "C2:D2", "D4:D5", "A6:E6"):
        sheet.merge_cells(merged)
    return sheet


def saved(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_value(content: bytes, cell: str, value: str) -> bytes:
    """As a spreadsheet program keeps what a formula gave, which openpyxl does not."""
    file, keeps = io.BytesIO(), rf'<c r="{cell}"([^>]*)><f>([^<]*)</f><v ?/?>(?:</v>)?</c>'
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(file, "w") as anew:
        for name in archive.namelist():
            text = archive.read(name).decode()
            anew.writestr(name, re.sub(keeps, rf'<c r="{cell}"\1 t="str"><f>\2</f><v>{value}</v></c>', text))
    return file.getvalue()


@pytest.fixture
def table() -> Table:
    book = openpyxl.Workbook()
    sheet = sheet_of(book)
    for cell in sheet[9]:
        cell.font = Font(strike=True)
    sheet.column_dimensions["E"].hidden = True
    sheet.row_dimensions[8].hidden = True
    return read_rows(("list.xlsx", with_value(saved(book), "B8", "LOW TIDE")))


def test_a_header_of_two_rows_and_a_town_over_several_are_read_as_they_are_shown(table: Table) -> None:
    assert table.columns == ("N°", "Établissement", "Coordonnées", "Ville", "Secret")
    towns = {row.values["name"]: row.values["locality"] for row in table.rows}
    assert towns == {"Blue Lantern": "Ostrel", "Old Anchor": "Ostrel", "LOW TIDE": "Halvera", "Struck Out": "Halvera"}
    assert table.notes == ("4 cells are filled from the merged cell above them",)


def test_a_heading_between_entries_a_formula_without_its_value_and_a_sum_are_no_entries(table: Table) -> None:
    at_fault = {issue.row: (issue.value, issue.reason) for issue in table.issues if issue.row}
    assert at_fault == {
        6: ("HALVERA", "one text across several columns: a heading between entries, not an entry"),
        7: ("#FORMULA!", "the spreadsheet did not save what its formula gives"),
        10: ("Total", "looks like the sum of the list, not like an entry"),
    }


def test_what_is_hidden_or_struck_through_is_read_and_told(table: Table) -> None:
    assert [issue.reason for issue in table.issues if not issue.row] == [
        "hidden in the workbook and read: columns E",
        "hidden in the workbook and read: rows 8",
        "struck through in the workbook and read: rows 9",
    ]


def test_a_plain_workbook_is_read_as_before_and_nothing_is_told() -> None:
    book = openpyxl.Workbook()
    rows: list[list[Any]] = [["Name", "Town"], ["Blue Lantern", "Ostrel"], ["Name", "Town"], ["Old Anchor", None]]
    for row in rows:
        book.worksheets[0].append(row)
    found = read_rows(("list.xlsx", saved(book)))
    assert [row.values for row in found.rows] == [
        {"name": "Blue Lantern", "locality": "Ostrel"},
        {"name": "Old Anchor"},
    ]
    assert (found.issues, found.notes) == ((), ())


def test_marks_that_lie_cost_no_time_and_change_no_more_than_they_may() -> None:
    cells = {number: ("x" if number == 1 else "",) for number in range(1, 2_001)}
    block = b'<mergeCell ref="A1:A1048576"/>'
    marks = marks_of(b"<mergeCells>" + block * 50_000 + b"</mergeCells>", ())
    assert len(marks.merged) == 50_000
    with pytest.raises(TooManyMarksError):
        shown(cells, marks, 1_500)
    wide = marks_of(b'<cols><col min="3" max="16384" hidden="1"/></cols><row r="0" hidden="1"><c r="A0" s="1"/>', {1})
    assert shown({1: ("a", "b")}, wide, 10).issues == ()
    assert marks_of(b"<row hidden='1'><c><f>1</f></c><mergeCell ref='B2:A1'/>", ()) == Marks()


def test_columns_are_called_as_a_spreadsheet_calls_them() -> None:
    assert [letters_of(number) for number in (1, 26, 27, 702, 703)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_a_sheet_that_asks_for_more_than_a_list_has_is_refused_and_costs_no_more() -> None:
    far = {1: ("Name", "Town"), **dict.fromkeys(range(2, 40), ("A", "B"))}
    unsaved = frozenset((number, 18_278) for number in range(2, 400))
    found = shown(far, Marks(unsaved=unsaved), 1_000)
    assert (found.cells, found.issues) == (far, ())  # no column is read out there
    blank = frozenset((number, 2) for number in range(50, 2_000))
    with pytest.raises(TooManyMarksError):
        shown(far, Marks(unsaved=blank), 1_000)
    pairs = tuple(Block(top=at, left=1, bottom=at + 1, right=1) for at in range(2, 39))
    with pytest.raises(TooManyMarksError):
        shown(far, Marks(merged=pairs), 20)
    assert shown(far, Marks(merged=pairs), 1_000).cells == far
    merges = b'<mergeCell ref="A1:A2"/>' * 50_001
    with pytest.raises(TooManyMarksError):
        marks_of(merges, ())
    # Many spaces behind the value of a formula, which a pattern that tried each of them would not end with.
    assert marks_of(b'<c r="A1"><f>1</f>' + b" " * 1_000_000 + b"<v>1</v></c>", ()).unsaved == frozenset()


def test_a_sheet_with_too_many_merged_cells_is_refused_with_a_sentence() -> None:
    book = openpyxl.Workbook()
    for row in (["Name", "Town"], *(["A", "B"] for _ in range(40))):
        book.worksheets[0].append(row)
    for at in range(2, 40, 2):
        book.worksheets[0].merge_cells(f"B{at}:B{at + 1}")
    content = saved(book)
    assert len(read_rows(("list.xlsx", content)).rows) == 40
    with pytest.raises(ImportFileError, match="more than 90 cells"):
        read_rows(("list.xlsx", with_more_merges(content)), limits=replace(LIMITS, cells=90))


def with_more_merges(content: bytes) -> bytes:
    file, more = io.BytesIO(), "".join(f'<mergeCell ref="A{at}:A41"/>' for at in range(2, 41))
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(file, "w") as anew:
        for name in archive.namelist():
            anew.writestr(name, archive.read(name).decode().replace("</mergeCells>", f"{more}</mergeCells>"))
    return file.getvalue()


def test_a_heading_that_merged_cells_say_twice_is_no_entry_and_a_total_ban_is_no_sum() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (
        ["Name", "Town", "Contact", None, "Remarks"],
        [None, None, "Mobile", "Owner", None],
        ["Blue Lantern", "Ostrel", "1", "x", "y"],
    ):
        sheet.append(row)
    for merged in ("A1:A2", "B1:B2", "C1:D1", "E1:E2"):
        sheet.merge_cells(merged)
    table = read_rows(("list.xlsx", saved(book)))
    assert [row.values["name"] for row in table.rows] == ["Blue Lantern"]
    assert [(one.row, str(one.reason)) for one in table.issues if one.row] == [
        (2, "says the heading again: not an entry")
    ]
    table = read_rows(("list.csv", b"Scope,Name,Town\nTotal,Bar X,Quendra\nPartial,Bar Y,Quendra\nTotal,2,\n"))
    assert [row.values["name"] for row in table.rows] == ["Bar X", "Bar Y"]
    assert [one.row for one in table.issues] == [4]
