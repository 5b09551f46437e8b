"""Rows of cells as text from a CSV file or a workbook, whatever program saved it.

1. Encodings: UTF-8 and UTF-16; else the code page of Windows that the text reads like (`encodings`), with an issue.
2. Delimiters: comma, semicolon, tab or vertical bar, found from the file; a first line `sep=;` is obeyed.
3. A row keeps the number that a spreadsheet shows beside it; blank rows are left out.
4. A row whose quotation mark is never closed, or is closed in the middle of a cell, would swallow those after it. It is
   an issue that names its line, and reading goes on with the next line.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType

from geo_offlimits.errors import Issue, Sentence, either
from geo_offlimits.formats.encodings import certain, named, ranked
from geo_offlimits.formats.files import LIMITS, TOO_LONG, ImportFileError, Limits, extension
from geo_offlimits.formats.sheet_marks import TooManyMarksError, shown
from geo_offlimits.formats.workbook import Sheet, is_zip, worksheets

DELIMITERS = ",;\t|"
WORKBOOKS = frozenset({".xlsx", ".xlsm"})
TEXTS = frozenset({".csv", ".tsv", ".txt"})
_CALLED: Mapping[str, str] = MappingProxyType(
    {",": Sentence("comma"), ";": Sentence("semicolon"), "\t": Sentence("tab"), "|": Sentence("vertical bar")}
)
_SNIFFED_ROWS, _SNIFFED_CHARACTERS = 50, 1 << 20
MOST_UNCLOSED = 1_000  # beyond them a file is not one with slips but none of ours
_MOST_LINES = 2_000_000  # blank ones too, which also take time
_HEADING_ROWS = 20  # a header and what stands above it are not counted against the rows
_BINARY_STARTS = (b"%PDF", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"SQLite format 3")
SEPARATOR_LINE = re.compile(r'\A"?sep=([,;\t|])"?\r?\n', re.IGNORECASE)
NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1f]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One row: the number a spreadsheet shows for it, and its cells as they are, trailing blank ones left out.

    is_across : whether it is one text across several columns: a title, or a heading between entries.
    """

    number: int
    cells: tuple[str, ...]
    is_across: bool = False


@dataclass(frozen=True, kw_only=True)
class Grid:
    """One sheet. `title` is the worksheet's, empty for a CSV file; `issues` say what was assumed in reading.

    is_hidden : a sheet with something in it that the workbook hides; it is told and not read.
    """

    title: str
    lines: tuple[Line, ...]
    is_hidden: bool = False
    issues: tuple[Issue, ...] = ()
    notes: tuple[str, ...] = ()


def read_grids(name: str, content: bytes, limits: Limits = LIMITS, *, kind: str = "") -> tuple[Grid, ...]:
    """The sheets of a workbook, or the one grid of a CSV file. What the bytes are decides, not the name alone.

    kind : the extension that counts in place of the name's.
    Raises ImportFileError for an unknown extension, for bytes that are neither, and beyond the limits.
    """
    kind = kind or extension(name)
    if kind not in WORKBOOKS | TEXTS:
        raise ImportFileError(
            name,
            Sentence("is of a kind that is not read ({kind})", kind=kind or Sentence("no extension")),
            _remedy(kind),
        )
    if is_zip(content):
        if kind not in WORKBOOKS:
            raise ImportFileError(
                name, Sentence("is a binary file, not a text of rows"), Sentence("save it as .xlsx or as CSV UTF-8")
            )
        return tuple(_sheet_grid(name, sheet, limits) for sheet in worksheets(name, content, limits))
    if kind in WORKBOOKS:
        raise ImportFileError(
            name, Sentence("is not a workbook, whatever its name says"), Sentence("open it and save it as .xlsx")
        )
    return (_csv_grid(name, content, limits),)


def _sheet_grid(name: str, sheet: Sheet, limits: Limits) -> Grid:
    """The cells of a sheet as it shows them."""
    lines = _lines(name, sheet.rows, limits)
    try:
        found = shown({line.number: line.cells for line in lines}, sheet.marks(), limits.cells)
    except TooManyMarksError:
        fact = Sentence("has more than {most} cells", most=limits.cells)
        raise ImportFileError(name, fact, Sentence("keep the columns that are needed")) from None
    return Grid(
        title=sheet.title,
        lines=tuple(Line(number=at, cells=cells, is_across=at in found.across) for at, cells in found.cells.items()),
        is_hidden=sheet.is_hidden and sheet.holds,
        issues=found.issues,
        notes=found.notes,
    )


def _remedy(kind: str) -> str:
    if kind in {".xls", ".ods", ".numbers", ".xlsb"}:
        return Sentence("open it and save it as .xlsx or as CSV UTF-8")
    return Sentence("give a .csv, .xlsx or .geojson file")


def _csv_grid(name: str, content: bytes, limits: Limits) -> Grid:
    text, codec, issues = decoded(name, content)
    told = SEPARATOR_LINE.match(text)
    first = 2 if told else 1
    body = text[told.end() :] if told else text
    delimiter = told.group(1) if told else delimiter_of(body, extension(name))
    unclosed: list[Issue] = []
    lines = _lines(name, _sound(body, delimiter, first, unclosed), limits, first)
    if len(unclosed) > MOST_UNCLOSED:
        raise ImportFileError(
            name, Sentence("has more than {most} rows with a fault", most=MOST_UNCLOSED), Sentence("export it anew")
        )
    return Grid(title="", lines=lines, issues=(*issues, *unclosed), notes=found(codec, delimiter))


def found(codec: str, delimiter: str) -> tuple[str, ...]:
    """What was found of a text of rows, for people."""
    return (
        Sentence("the encoding is {encoding}", encoding=named(codec)),
        Sentence("cells are separated by {delimiter}", delimiter=_CALLED[delimiter]),
    )


def _sound(text: str, delimiter: str, first: int, unclosed: list[Issue]) -> Iterator[list[str]]:
    """The rows in their order, empty where the quotation marks do not fit; `unclosed` is told of those, and ends it."""
    tear = Tear()
    for number, (line, cells) in enumerate(tear.rows(text, delimiter), start=first):
        if cells is None:
            unclosed.append(torn_issue(number) if tear.found else unclosed_issue(number, line + first - 1))
            if len(unclosed) > MOST_UNCLOSED:
                return
        yield cells or []


def records(text: str, delimiter: str) -> Iterator[tuple[int, list[str] | None]]:
    """Each row with the line, from 1, on which it begins; None for cells where its quotation marks do not fit."""
    lines, line = io.StringIO(text, newline=""), 1
    while True:
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        begins, read = lines.tell(), 0
        try:
            for row in reader:
                yield line + read, row
                begins, read = lines.tell(), reader.line_num
        except csv.Error:
            yield line + read, None
            lines.seek(begins)
            lines.readline()
            line += read + 1
        else:
            return


class Tear:
    """Finds where a text of rows was cut: no line end behind its last row, and fewer cells in it than in any before."""

    def __init__(self) -> None:
        self.found = False
        self._seen, self._fewest = 0, 0

    def rows(self, text: str, delimiter: str) -> Iterator[tuple[int, list[str] | None]]:
        """As `records`, of each part of a text in turn; None for the cells of a torn last row, too."""
        last: tuple[int, list[str] | None] | None = None
        for row in records(text, delimiter):
            if last is not None:
                yield last
                self._saw(last[1])
            last = row
        if last is not None:
            self.found = not text.endswith(("\n", "\r")) and self._is_torn(last[1])
            yield (last[0], None) if self.found else last
            self._saw(last[1])

    def _saw(self, cells: list[str] | None) -> None:
        if cells and any(map(str.strip, cells)):
            self._fewest = min(self._fewest, len(cells)) if self._seen else len(cells)
            self._seen += 1

    def _is_torn(self, cells: list[str] | None) -> bool:
        return bool(cells and any(map(str.strip, cells)) and self._seen > 1 and len(cells) < self._fewest)


def torn_issue(row: int) -> Issue:
    """What is said of the row in which a text ends."""
    return Issue(
        row=row,
        field="row",
        reason=Sentence("the list ends in the middle of this row"),
        remedy=Sentence("was it saved whole? Export it anew"),
    )


def unclosed_issue(row: int, line: int) -> Issue:
    """What is said of a row whose quotation marks do not fit."""
    return Issue(
        row=row,
        field="row",
        reason=Sentence("a quotation mark in line {line} is not closed, or stands in the middle of a cell", line=line),
        remedy=Sentence("close it, or write it twice where the text has one"),
    )


def decoded(name: str, content: bytes) -> tuple[str, str, tuple[Issue, ...]]:
    """The text of a file, its encoding, and an issue where that was found by evidence alone.

    Raises ImportFileError for binary bytes.
    """
    codec = certain(content)
    issues: tuple[Issue, ...] = ()
    if not codec:
        codec, issues = _by_evidence(name, content)
    try:
        text = content.decode("utf-8-sig" if codec == "utf-8" else codec)
    except UnicodeDecodeError:
        raise _unknown(name) from None
    if content.startswith(_BINARY_STARTS) or NOT_TEXT.search(text):
        raise ImportFileError(
            name, Sentence("is a binary file, not a text of rows"), Sentence("save it as CSV UTF-8 or as .xlsx")
        )
    return text, codec, issues


def _by_evidence(name: str, content: bytes) -> tuple[str, tuple[Issue, ...]]:
    pages = ranked(content)
    if not pages:
        raise _unknown(name)
    first, *others = pages
    reason = Sentence("not UTF-8; what stands in it reads like {encoding}", encoding=named(first))
    if others:
        like = either(*map(named, others))
        reason = Sentence("not UTF-8; it reads like {encoding}, or like {others}", encoding=named(first), others=like)
    remedy = Sentence("check that names with accents or in other scripts read rightly, else save it as CSV UTF-8")
    return first, (Issue(field="encoding", value=named(first).lower(), reason=reason, remedy=remedy),)


def _unknown(name: str) -> ImportFileError:
    return ImportFileError(
        name,
        Sentence("is in an encoding that is not recognised, neither UTF-8 nor Windows"),
        Sentence("save it as CSV UTF-8"),
    )


def delimiter_of(text: str, called: str = "") -> str:
    """The delimiter that cuts most of the first rows into the same number of cells, the widest winning.

    called : the extension; what is called .tsv has tabs, whatever else stands in its texts, if most of its rows have.
    """
    if called == ".tsv":
        first = [line for line in text[:_SNIFFED_CHARACTERS].splitlines()[:_SNIFFED_ROWS] if line.strip()]
        if 2 * sum("\t" in line for line in first) > len(first):
            return "\t"

    def fit(delimiter: str) -> tuple[int, int]:
        first = islice(records(text[:_SNIFFED_CHARACTERS], delimiter), _SNIFFED_ROWS)
        widths = [len(cells) for _, cells in first if cells]
        cut = [width for width in widths if width > 1]
        usual = max(set(cut), key=cut.count) if cut else 0
        return widths.count(usual) if usual else 0, usual

    return max(DELIMITERS, key=fit)


def _lines(name: str, rows: Iterable[Iterable[str]], limits: Limits, first: int = 1) -> tuple[Line, ...]:
    """Rows that hold something. Raises ImportFileError beyond the limits of rows, columns or characters in a cell."""
    lines: list[Line] = []
    for number, row in enumerate(rows, start=first):
        if number > _MOST_LINES:
            raise ImportFileError(
                name,
                Sentence("goes on beyond row {row}", row=_MOST_LINES),
                Sentence("delete the empty rows at its end"),
            )
        cells = list(row)
        while cells and not cells[-1].strip():
            cells.pop()
        if not cells:
            continue
        refuse_beyond(name, number, cells, limits)
        if len(lines) > limits.rows + _HEADING_ROWS:
            raise ImportFileError(name, Sentence("has more than {most} rows", most=limits.rows), TOO_LONG)
        lines.append(Line(number=number, cells=tuple(cells)))
    return tuple(lines)


def refuse_beyond(name: str, number: int, cells: Sequence[str], limits: Limits) -> None:
    """Raises ImportFileError for a row of too many columns or too long a text."""
    if len(cells) > limits.columns:
        raise ImportFileError(
            name,
            Sentence("has more than {most} columns in row {row}", most=limits.columns, row=number),
            Sentence("keep the columns that are needed"),
        )
    if max(map(len, cells), default=0) > limits.characters:
        raise ImportFileError(
            name,
            Sentence("has a cell of more than {most} characters in row {row}", most=limits.characters, row=number),
            Sentence("is a quotation mark not closed?"),
        )
