"""A text of rows of any length, a piece at a time: the rows of a million-line CSV in the memory of a few thousand.

The head of the file tells its encoding, delimiter and header, as `reader.read_rows` would find them; a byte further
down that is not in that encoding ends the reading. A row is given as it comes, and so is its issue.
"""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from geo_offlimits.errors import Issue, Sentence
from geo_offlimits.formats.columns import FIELDS, named_columns
from geo_offlimits.formats.files import LIMITS, ImportFileError, Limits
from geo_offlimits.formats.grid import (
    MOST_UNCLOSED,
    SEPARATOR_LINE,
    Grid,
    Line,
    decoded,
    delimiter_of,
    found,
    records,
    refuse_beyond,
    unclosed_issue,
)
from geo_offlimits.formats.headers import header_of
from geo_offlimits.formats.kinds import Kind, kind_of
from geo_offlimits.formats.matching import matched
from geo_offlimits.formats.reader import Row, contents_of, values_of

_HEAD_BYTES, _PIECE, _LONGEST_ROW = 256 * 1024, 1 << 20, 1 << 23
_HEAD_ROWS = 40
_NO_MAPPING: Mapping[str, str] = MappingProxyType({})
Fields = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Stream:
    """What the head of a file told, and its rows and issues, in their order, once."""

    columns: tuple[str, ...]
    mapping: dict[str, str]
    notes: tuple[str, ...]
    items: Iterator[Row | Issue]


def stream_rows(
    path: Path, mapping: Mapping[str, str] = _NO_MAPPING, *, fields: Fields = FIELDS, limits: Limits = LIMITS
) -> Stream:
    """The rows of a CSV or TSV on disk, of any number. Raises ImportFileError; so may the reading of `items`."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as fault:
        raise ImportFileError(
            path.name, Sentence("cannot be opened ({why})", why=fault.strerror), Sentence("check the path")
        ) from None
    if not head.strip():
        raise ImportFileError(path.name, Sentence("is empty"), Sentence("was it saved?"))
    if kind_of(path.name, head) is not Kind.CSV:
        raise ImportFileError(path.name, Sentence("is not a text of rows"), Sentence("save it as CSV UTF-8"))
    if len(head) == _HEAD_BYTES and b"\n" in head:
        head = head[: head.rindex(b"\n") + 1]
    text, codec, assumed = decoded(path.name, head)
    told = SEPARATOR_LINE.match(text)
    delimiter = told.group(1) if told else delimiter_of(text)
    lines = _first_lines(text[told.end() :] if told else text, delimiter, 2 if told else 1)
    _, header = header_of(path.name, [Grid(title="", lines=lines)], mapping, fields)
    columns = named_columns(header.cells)
    below = [line for line in lines if line.number > header.number]
    matching = matched(columns, contents_of(below, len(columns)), mapping, fields)
    chosen = matching.mapping
    reading = _Reading(path, codec, delimiter, limits, header.number)
    items = _items(reading, columns, chosen, (*assumed, *matching.issues))
    return Stream(columns=columns, mapping=chosen, notes=found(codec, delimiter), items=items)


def _first_lines(text: str, delimiter: str, first: int) -> tuple[Line, ...]:
    lines: list[Line] = []
    for number, (_, cells) in enumerate(records(text, delimiter), start=first):
        if cells and any(cell.strip() for cell in cells):
            lines.append(Line(number=number, cells=tuple(cells)))
        if len(lines) == _HEAD_ROWS:
            break
    return tuple(lines)


@dataclass(frozen=True)
class _Reading:
    path: Path
    codec: str
    delimiter: str
    limits: Limits
    header: int


def _items(
    reading: _Reading, columns: tuple[str, ...], chosen: dict[str, str], before: tuple[Issue, ...]
) -> Iterator[Row | Issue]:
    yield from before
    for line in _lines(reading):
        if isinstance(line, Issue):
            yield line
            continue
        values, broken = values_of(line, columns, chosen)
        yield from broken
        if values and not broken:
            yield Row(number=line.number, values=values)


def _lines(reading: _Reading) -> Iterator[Line | Issue]:
    """The rows below the header."""
    number, at, faults = 0, 1, 0
    for piece in _pieces(reading):
        for line, cells in records(piece, reading.delimiter):
            number += 1
            if cells is None:
                faults += 1
                _refuse_many(reading.path.name, faults)
                yield unclosed_issue(number, at + line - 1)
            elif number > reading.header and any(cell.strip() for cell in cells):
                refuse_beyond(reading.path.name, number, cells, reading.limits)
                yield Line(number=number, cells=_without_blank_ends(cells))
        at += piece.count("\n")


def _without_blank_ends(cells: list[str]) -> tuple[str, ...]:
    while cells and not cells[-1].strip():
        cells.pop()
    return tuple(cells)


def _refuse_many(name: str, faults: int) -> None:
    if faults > MOST_UNCLOSED:
        raise ImportFileError(
            name, Sentence("has more than {most} rows with a fault", most=MOST_UNCLOSED), Sentence("export it anew")
        )


def _pieces(reading: _Reading) -> Iterator[str]:
    """Texts that end where a row ends: at a line's end with an even number of quotation marks before it."""
    codec = "utf-8-sig" if reading.codec == "utf-8" else reading.codec
    kept = ""
    try:
        with reading.path.open("rb") as file, io.TextIOWrapper(file, encoding=codec, newline="") as text:
            while read := text.read(_PIECE):
                kept += read
                cut = _end_of_a_row(kept)
                if not cut and len(kept) > 2 * _LONGEST_ROW:
                    raise ImportFileError(
                        reading.path.name, Sentence("has a row without an end"), Sentence("save it as CSV UTF-8")
                    )
                yield kept[:cut]
                kept = kept[cut:]
    except UnicodeDecodeError:
        raise ImportFileError(
            reading.path.name, Sentence("changes its encoding further down"), Sentence("save it as CSV UTF-8")
        ) from None
    yield kept


def _end_of_a_row(text: str) -> int:
    open_marks = text.count('"') % 2
    cut = text.rfind("\n") + 1
    open_marks ^= text.count('"', cut) % 2
    while cut and open_marks:
        before = text.rfind("\n", 0, cut - 1) + 1
        open_marks ^= text.count('"', before, cut) % 2
        cut = before
    if not cut and len(text) > _LONGEST_ROW:  # a mark is not closed: what follows is read line by line
        return text.rfind("\n") + 1
    return cut
