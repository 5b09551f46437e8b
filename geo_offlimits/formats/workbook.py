"""Workbooks (.xlsx) as rows of text. Formulas are never evaluated: the value saved beside each is taken.

A workbook is a ZIP of XML from a stranger: its unpacked size is known before it is unpacked. A document type
declaration, which no spreadsheet program writes, is refused before any XML is parsed, and so are more cells than there
is time to parse.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from itertools import islice
from typing import Any

import openpyxl

from geo_offlimits.errors import Sentence
from geo_offlimits.formats.files import BROKEN_ARCHIVE, ImportFileError, Limits
from geo_offlimits.formats.sheet_marks import Marks, marks_of

MAX_BLANK_ROWS = 100_000
MAX_PARTS = 2_000
_CHUNK = 1 << 20
_LOOKED_AT = 100  # rows of a hidden sheet
_MARKS_A_CELL = 6  # <c><is><t></t></is></c>
_EXACT = 1e15  # a spreadsheet keeps 15 digits
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_CELL = re.compile(rb"<(?:[^\s<>/:]+:)?c[\s/>]")
_DOCTYPE = tuple("<!DOCTYPE".encode(codec) for codec in ("ascii", "utf-16-le", "utf-16-be"))


def is_zip(content: bytes) -> bool:
    return content.startswith(b"PK\x03\x04")


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One worksheet: its rows, read as they are asked, and then `marks`, which reads what else it shows.

    holds : of a hidden one, which is not read, whether anything stands in its first rows.
    """

    title: str
    rows: Iterator[list[str]]
    marks: Callable[[], Marks]
    is_hidden: bool = False
    holds: bool = True


def worksheets(name: str, content: bytes, limits: Limits) -> list[Sheet]:
    """The worksheets of a workbook in their order, but for those that no menu of a spreadsheet program unhides.

    Raises ImportFileError for what is not a workbook, is protected, shows no sheet, or unpacks beyond the limits.
    """
    _refuse_bomb(name, content, limits)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and validation, which are not read
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            struck = _struck_styles(book)
            told = [sheet for sheet in book.worksheets if sheet.sheet_state != "veryHidden"]
    except Exception:  # noqa: BLE001  (openpyxl lets out whatever a broken file makes its parts raise)
        raise _unreadable(name) from None
    if not any(sheet.sheet_state == "visible" for sheet in told):
        raise ImportFileError(name, Sentence("has no visible sheet"), Sentence("unhide the sheet with the list"))
    return [_sheet(name, sheet, struck, limits) for sheet in told]


def _sheet(name: str, sheet: Any, struck: frozenset[int], limits: Limits) -> Sheet:
    rows, marks = _rows(name, sheet, limits), partial(_marks, name, sheet, struck)
    if sheet.sheet_state == "visible":
        return Sheet(title=sheet.title, rows=rows, marks=marks)
    holds = any(any(row) for row in islice(rows, _LOOKED_AT))
    return Sheet(title=sheet.title, rows=iter(()), marks=Marks, is_hidden=True, holds=holds)


def _struck_styles(book: Any) -> frozenset[int]:
    """The numbers of the styles of cells whose text is struck through."""
    fonts = book._fonts  # noqa: SLF001  (openpyxl tells styles of single cells alone)
    styles = enumerate(book._cell_styles)  # noqa: SLF001
    return frozenset(number for number, style in styles if fonts[style.fontId].strike)


def _marks(name: str, sheet: Any, struck: frozenset[int]) -> Marks:
    try:
        with sheet._get_source() as part:  # noqa: SLF001  (the only way to the part of a sheet)
            return marks_of(part.read(), struck)
    except BROKEN_ARCHIVE:
        raise _unreadable(name) from None


def _unreadable(name: str) -> ImportFileError:
    return ImportFileError(
        name,
        Sentence("cannot be read as a workbook"),
        Sentence("open it and save it anew as .xlsx, without a password"),
    )


def _refuse_bomb(name: str, content: bytes, limits: Limits) -> None:
    """The sizes of the directory bound what reading can unpack: a part is never read beyond its declared size."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            _refuse_size(name, packed.infolist(), limits)
            for part in packed.infolist():
                with packed.open(part) as unpacked:
                    _refuse_content(name, unpacked, limits)
    except ImportFileError:
        raise
    except BROKEN_ARCHIVE:
        raise _unreadable(name) from None


def _refuse_size(name: str, parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > limits.unpacked_bytes:
        fact = Sentence("unpacks to more than {most} MB", most=limits.unpacked_bytes // 2**20)
        raise ImportFileError(name, fact, Sentence("keep only the list, without pictures"))


def _refuse_content(name: str, part: Any, limits: Limits) -> None:
    kept, cells, marks = b"", 0, 0
    while chunk := part.read(_CHUNK):
        window = kept + chunk
        # Without the zeros between them that UTF-16 has. One cut in two by a chunk is not counted, and need not be.
        cells += sum(1 for _ in _CELL.finditer(chunk.replace(b"\0", b"")))
        marks += chunk.count(b"<")
        if cells > limits.cells or marks > _MARKS_A_CELL * limits.cells:
            fact = Sentence("has more than {most} cells", most=limits.cells)
            raise ImportFileError(name, fact, Sentence("keep the columns that are needed"))
        if any(mark in window for mark in _DOCTYPE):
            raise ImportFileError(
                name, Sentence("holds a document type declaration"), Sentence("open it and save it anew as .xlsx")
            )
        kept = chunk[-2 * len(_DOCTYPE[1]) :]


def _rows(name: str, sheet: Any, limits: Limits) -> Iterator[list[str]]:
    # The size a file claims for its sheet may be wrong; cells beyond it would be lost in silence.
    sheet.reset_dimensions()
    last = limits.rows + MAX_BLANK_ROWS
    try:
        rows = sheet.iter_rows(max_col=limits.columns + 1, values_only=True)
        for row in islice(rows, last):
            yield [text_of(value) for value in row] if row.count(None) < len(row) else []
        is_longer = next(rows, None) is not None
    except Exception:  # noqa: BLE001  (see worksheets)
        raise _unreadable(name) from None
    if is_longer:
        raise ImportFileError(
            name, Sentence("goes on beyond row {row}", row=last), Sentence("delete the empty rows at its end")
        )


def text_of(value: object) -> str:
    """A cell's value as a person would type it: dates in ISO form, whole numbers without a point."""
    match value:
        case None:
            text = ""
        case bool():
            text = str(value).upper()
        case datetime() if value.time() == time():
            text = value.date().isoformat()
        case datetime():
            text = value.isoformat(sep=" ", timespec="seconds")
        case date() | time():
            text = value.isoformat()
        case float() if value.is_integer() and abs(value) < _EXACT:
            text = str(int(value))
        case _:
            text = _ESCAPED.sub(_unescaped, str(value))
    return text


def _unescaped(found: "re.Match[str]") -> str:
    """A sign that workbooks write by its number (ECMA-376, ST_Xstring); what is no sign of a text stays as it is."""
    sign = chr(int(found[1], 16))
    return sign if sign.isprintable() or sign in "\t\n" else "" if sign == "\r" else found[0]
