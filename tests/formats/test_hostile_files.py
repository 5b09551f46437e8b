"""Files made to hurt: each is refused with a sentence or read as the text it holds, quickly and within bounds."""

import io
import struct
import zipfile
from collections.abc import Mapping

import openpyxl
import pytest

from geo_offlimits.formats import strict_json
from geo_offlimits.formats.files import ImportFileError, Limits
from geo_offlimits.formats.reader import read_rows
from geo_offlimits.formats.workbook import worksheets

ROW = '<row r="{0}"><c r="A{0}" t="inlineStr"><is><t>{1}</t></is></c></row>'


def honest_parts() -> dict[str, bytes]:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["Name"])
    file = io.BytesIO()
    book.save(file)
    with zipfile.ZipFile(file) as packed:
        return {part: packed.read(part) for part in packed.namelist()}


def packed(parts: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def with_sheet(data: str, prologue: str = "") -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'{prologue}<worksheet xmlns="{space}"><sheetData>{data}</sheetData></worksheet>'
    return packed(honest_parts() | {"xl/worksheets/sheet1.xml": sheet.encode()})


def test_the_hand_made_workbook_is_read_when_it_is_honest() -> None:
    content = with_sheet(ROW.format(1, "Name") + ROW.format(2, "The Parrot"))
    assert read_rows(("list.xlsx", content)).rows[0].values == {"name": "The Parrot"}


def test_a_workbook_that_unpacks_beyond_the_limit_is_refused_before_it_is_unpacked() -> None:
    content = packed(honest_parts() | {"xl/media/picture.png": b"\x00" * 70_000_000})
    assert len(content) < 200_000
    with pytest.raises(ImportFileError, match="unpacks to more than 64 MB"):
        read_rows(("list.xlsx", content))


def test_a_workbook_that_lies_about_its_size_is_refused() -> None:
    content = packed({"xl/workbook.xml": b"\x00" * 1_000_000})
    directory = content.rindex(b"PK\x01\x02")
    lying = content[: directory + 24] + struct.pack("<I", 10) + content[directory + 28 :]
    with pytest.raises(ImportFileError, match="cannot be read as a workbook"):
        read_rows(("list.xlsx", lying))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_workbook_with_entities_is_refused_before_any_xml_is_parsed(encoding: str) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    with pytest.raises(ImportFileError, match="document type declaration"):
        read_rows(("list.xlsx", packed(honest_parts() | {"xl/sharedStrings.xml": bomb.encode(encoding)})))


def test_a_workbook_that_names_a_local_file_reads_none_of_it() -> None:
    content = with_sheet(ROW.format(1, "&secret;"), '<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/hostname">]>')
    with pytest.raises(ImportFileError, match="document type declaration"):
        read_rows(("list.xlsx", content))


@pytest.mark.parametrize("cell", ["<c/>", '<c r="A1" t="n"><v>1</v></c>', "<x:c/>", "<a/><b/><row/><d/>"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_workbook_of_more_cells_than_there_is_time_for_is_refused_before_any_is_parsed(
    cell: str, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parses(*_arguments: object, **_options: object) -> None:
        raise AssertionError("was parsed")

    monkeypatch.setattr(openpyxl, "load_workbook", parses)
    data = f'<?xml version="1.0"?><worksheet><sheetData><row>{cell * 300}</row></sheetData></worksheet>'
    parts = honest_parts() | {"xl/worksheets/sheet1.xml": data.encode(encoding)}
    with pytest.raises(ImportFileError, match="has more than 200 cells; keep the columns that are needed"):
        worksheets("list.xlsx", packed(parts), Limits(cells=200))


def test_a_row_far_down_is_refused_and_not_counted_to() -> None:
    content = with_sheet(ROW.format(1, "Name") + ROW.format(999_999_999_999, "far"))
    with pytest.raises(ImportFileError, match="goes on beyond row"):
        read_rows(("list.xlsx", content))


def test_a_workbook_whose_claimed_size_is_too_small_loses_no_row() -> None:
    data = "".join(ROW.format(number, "Name" if number == 1 else f"Bar {number}") for number in range(1, 6))
    parts = honest_parts()
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'<worksheet xmlns="{space}"><dimension ref="A1:A2"/><sheetData>{data}</sheetData></worksheet>'
    content = packed(parts | {"xl/worksheets/sheet1.xml": sheet.encode()})
    assert len(read_rows(("list.xlsx", content)).rows) == 4


def test_broken_xml_in_a_sheet_is_refused_with_a_sentence() -> None:
    with pytest.raises(ImportFileError, match="cannot be read as a workbook"):
        read_rows(("list.xlsx", with_sheet(ROW.format(1, "Name") + "<row><c")))


def test_a_hidden_sheet_is_not_read() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["Name"])
    book.create_sheet("Hidden").append(["Name", "Note"])
    book["Hidden"].sheet_state = "hidden"
    file = io.BytesIO()
    book.save(file)
    shown, hidden = worksheets("list.xlsx", file.getvalue(), Limits())
    assert [(one.title, len(list(one.rows))) for one in (shown, hidden)] == [("Sheet", 1), ("Hidden", 0)]
    table = read_rows(("list.xlsx", file.getvalue()))
    assert [(one.value, one.reason) for one in table.issues] == [("Hidden", "hidden in the workbook and not read")]


@pytest.mark.parametrize(
    "name",
    [
        "{{ cycler.__init__.__globals__.os.system('id') }}",
        "</script><script>alert(1)</script>",
        "${alert(1)}",
        "<img src=x onerror=alert(1)>",
        "=HYPERLINK(A1)",
        "\u202eraB ehT",
    ],
)
def test_a_hostile_name_is_only_a_name(name: str) -> None:
    table = read_rows(("list.csv", f'name,note\n"{name}",x\n'.encode()))
    assert table.rows[0].values["name"] == name


def test_a_ring_of_too_many_vertices_is_an_issue() -> None:
    ring = ",".join(f"[{place / 1e6},0]" for place in range(250_000))
    content = f'{{"type":"Feature","properties":{{}},"geometry":{{"type":"Polygon","coordinates":[[{ring}]]}}}}'
    (issue,) = [issue for issue in read_rows(("list.geojson", content.encode())).issues if issue.row]
    assert "more than 200000" in issue.reason


def test_half_of_a_surrogate_pair_is_no_text_and_a_whole_one_is_a_sign() -> None:
    assert strict_json.parsed(b'{"name": "\\ud83c\\udf19 bar"}') == {"name": "\U0001f319 bar"}
    assert strict_json.parsed(rb'{"name": "C:\\ud800"}') == {"name": "C:\\ud800"}  # a backslash, then letters
    for half in (b'"\\ud83c"', b'"\\udf19\\ud83c"', b'{"\\uDBFF": 1}', b'[[{"a": ["\\udfff"]}]]'):
        with pytest.raises(strict_json.NotJsonError, match="half of a surrogate pair"):
            strict_json.parsed(half)
