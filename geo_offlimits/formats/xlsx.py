"""The list as a workbook (ECMA-376): a sheet with the entries, its header frozen and filtered, and one about the list.

Every cell is a text as it stands or a number; there is no formula, link, macro or date in it. Written here because a
library takes twice as long as GDAL, and reproducible: the parts carry no time.
"""

import io
import re
import string
import zipfile
from collections.abc import Iterable, Sequence

from geo_offlimits.formats.excerpt import Excerpt
from geo_offlimits.formats.markup import DECLARATION, encoded
from geo_offlimits.formats.table import NUMBERS, Table
from geo_offlimits.lookup.wording import Translate

_NO_TIME = (1980, 1, 1, 0, 0, 0)
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
_EMPTY = "<c/>"
_LETTERS = string.ascii_uppercase


def write(excerpt: Excerpt, translate: Translate = str) -> bytes:
    """The file; the same excerpt gives the same bytes."""
    table = Table(excerpt, translate)
    rows = list(table.rows())
    area = f"A1:{_letters(len(table.headings))}{len(rows) + 1}"
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _ROOT_LINKS,
        "xl/workbook.xml": _book(translate("The list"), translate("About the list"), area),
        "xl/_rels/workbook.xml.rels": _BOOK_LINKS,
        "xl/styles.xml": _STYLES,
        "xl/worksheets/sheet1.xml": _list_sheet(table, rows, area),
        "xl/worksheets/sheet2.xml": _about_sheet(table, excerpt.words_only(translate), translate),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _NO_TIME), DECLARATION + text, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


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


def _list_sheet(table: Table, rows: Iterable[Sequence[str]], area: str) -> str:
    writers = [_number if at in NUMBERS else _text for at in range(len(table.headings))]
    lines = (
        _row((write(cell) for write, cell in zip(writers, row, strict=True)), at) for at, row in enumerate(rows, 2)
    )
    return _sheet(
        _row(map(_heading, table.headings), 1) + "".join(lines), before=_FROZEN, after=f'<autoFilter ref="{area}"/>'
    )


def _about_sheet(table: Table, words_only: Iterable[str], translate: Translate) -> str:
    lines = [[_heading(heading), _text(text)] for heading, text in table.facts()]
    lines += [[_heading(translate("Not on the map:")), _text(line)] for line in words_only]
    return _sheet("".join(_row(line, at) for at, line in enumerate(lines, 1)))


def _sheet(rows: str, *, before: str = "", after: str = "") -> str:
    columns = f'<cols><col min="1" max="{len(_LETTERS)}" width="22" customWidth="1"/></cols>'
    return f'<worksheet xmlns="{_MAIN}">{before}{columns}<sheetData>{rows}</sheetData>{after}</worksheet>'


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
