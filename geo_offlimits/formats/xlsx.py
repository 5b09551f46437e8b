"""The list as a workbook (ECMA-376): a sheet with the entries, its header frozen and filtered, and one about the list.

Every cell is a text as it stands or a number; there is no formula, link, macro or date in it. Written here because a
library takes twice as long as GDAL, and reproducible: the parts carry no time.
"""

import re
import string
from collections.abc import Iterable, Iterator, Sequence

from geo_offlimits.formats.cells import neutralised
from geo_offlimits.formats.excerpt import Excerpt
from geo_offlimits.formats.markup import DECLARATION, encoded
from geo_offlimits.formats.packed import packed
from geo_offlimits.formats.table import NUMBERS, Table
from geo_offlimits.lookup.wording import Translate

_LONGEST_CELL = 32_767
# Spreadsheets read _x0041_ as the letter A.
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet2.xml" ContentType="{_KIND}.worksheet+xml"/></Types>'
)
_ROOT_LINKS = (
    f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
_BOOK_LINKS = (
    f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/worksheet" Target="worksheets/sheet2.xml"/>'
    f'<Relationship Id="rId3" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
)
# Two styles of cells: plain, and bold for headings.
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_FROZEN = (
    '<sheetViews><sheetView tabSelected="1" workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
)
_SHEET = f'{DECLARATION}<worksheet xmlns="{_MAIN}">'
_COLUMNS = '<cols><col min="1" max="26" width="22" customWidth="1"/></cols>'
_EMPTY = "<c/>"
_LETTERS = string.ascii_uppercase


def write(excerpt: Excerpt, translate: Translate = str) -> bytes:
    """The file; the same excerpt gives the same bytes."""
    table = Table(excerpt, translate)
    area = _area(len(table.headings), len(table))
    words_only = excerpt.off_map_lines(translate)
    sheets = (_list_sheet(table, area), _about_sheet(table, words_only, translate))
    return _packed((translate("The list"), translate("About the list")), area, sheets)


def workbook(
    title: str, about: str, headings: Sequence[str], rows: Sequence[Sequence[str | int]], facts: Iterable[str]
) -> bytes:
    """Any other table: its texts are neutralised already, but for those of `facts`, a line each on the second sheet."""
    area = _area(len(headings), len(rows))
    cells = [[_number(str(cell)) if isinstance(cell, int) else _text(cell) for cell in row] for row in rows]
    first = (_SHEET, _FROZEN, _COLUMNS, "<sheetData>", _row(map(_heading, headings), 1))
    listed = (
        *first,
        *(_row(row, at) for at, row in enumerate(cells, 2)),
        f'</sheetData><autoFilter ref="{area}"/></worksheet>',
    )
    lines = (_row([_text(neutralised(line))], at) for at, line in enumerate(facts, 1))
    return _packed(
        (title, about), area, (listed, (_SHEET, _COLUMNS, "<sheetData>", *lines, "</sheetData></worksheet>"))
    )


def _packed(titles: tuple[str, str], area: str, sheets: tuple[Iterable[str], Iterable[str]]) -> bytes:
    return packed(
        {
            "[Content_Types].xml": [DECLARATION, _TYPES],
            "_rels/.rels": [DECLARATION, _ROOT_LINKS],
            "xl/workbook.xml": [DECLARATION, _book(*titles, area)],
            "xl/_rels/workbook.xml.rels": [DECLARATION, _BOOK_LINKS],
            "xl/styles.xml": [DECLARATION, _STYLES],
            "xl/worksheets/sheet1.xml": sheets[0],
            "xl/worksheets/sheet2.xml": sheets[1],
        }
    )


def _area(columns: int, rows: int) -> str:
    return f"A1:{_letters(columns)}{rows + 1}"


def _book(title: str, about: str, area: str) -> str:
    """Spreadsheets remember what they filter under a name of their own."""
    quoted, corners = title.replace("'", "''"), re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", area)
    filtered = f"'{quoted}'!{corners}"
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><bookViews><workbookView/></bookViews><sheets>'
        f'<sheet name="{encoded(title)}" sheetId="1" r:id="rId1"/>'
        f'<sheet name="{encoded(about)}" sheetId="2" r:id="rId2"/></sheets><definedNames>'
        f'<definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">{encoded(filtered)}</definedName>'
        "</definedNames></workbook>"
    )


def _list_sheet(table: Table, area: str) -> Iterator[str]:
    writers = [_number if at in NUMBERS else _text for at in range(len(table.headings))]
    yield from (_SHEET, _FROZEN, _COLUMNS, "<sheetData>", _row(map(_heading, table.headings), 1))
    for at, row in enumerate(table.rows(), 2):
        yield _row((write(cell) for write, cell in zip(writers, row, strict=True)), at)
    yield f'</sheetData><autoFilter ref="{area}"/></worksheet>'


def _about_sheet(table: Table, off_map: Iterable[str], translate: Translate) -> Iterator[str]:
    lines = [[_heading(heading), _text(text)] for heading, text in table.facts()]
    lines += [[_heading(translate("Not on the map:")), _text(neutralised(line))] for line in off_map]
    yield from (_SHEET, _COLUMNS, "<sheetData>", *(_row(line, at) for at, line in enumerate(lines, 1)))
    yield "</sheetData></worksheet>"


def _row(cells: Iterable[str], number: int) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def _text(text: str) -> str:
    if not text:
        return _EMPTY
    return f'<c t="inlineStr"><is><t xml:space="preserve">{_cell(text)}</t></is></c>'


def _heading(text: str) -> str:
    return f'<c s="1" t="inlineStr"><is><t xml:space="preserve">{_cell(text)}</t></is></c>'


def _number(digits: str) -> str:
    return f"<c><v>{digits}</v></c>" if digits else _EMPTY


def _cell(text: str) -> str:
    if "_x" in text:
        text = _ESCAPE.sub("_x005F_", text)
    return encoded(text[:_LONGEST_CELL])


def _letters(column: int) -> str:
    """The name of a column, from 1: A to Z, then AA."""
    before, last = divmod(column - 1, len(_LETTERS))
    return (_letters(before) if before else "") + _LETTERS[last]
