"""What a sheet of a workbook shows beside the values of its cells, which who reads values alone does not see.

1. A merged cell stands in its first row alone: the rows below it that it covers are given its text.
2. One text across several columns and nothing else is a heading between entries.
3. A formula whose value was never saved reads as nothing; it becomes UNSAVED, which no field takes.
4. Hidden columns and rows, and rows struck through, are read like the others, and that is told.

It is found in the XML of the sheet by its letters, once that has been read whole as XML. Each pattern ends at the next
bracket, and what is done is counted, so that no sheet takes long: one that asks for more raises TooManyMarksError.
"""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from geo_offlimits.errors import Issue, Sentence

__all__ = ["NOTHING_SHOWN", "UNSAVED", "Block", "Marks", "Shown", "TooManyMarksError", "marks_of", "shown"]

UNSAVED = "#FORMULA!"
_MOST_MARKS, _MOST_COLUMNS = 50_000, 16_384
_WIDE = 3  # columns: two are merged for a long name, too
_NAMED = 12  # rows or columns that are told by name
_ROW = re.compile(rb"<(?:\w+:)?row\b([^<>]*)>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b([^<>]*)>")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^<>]*)>")
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\b[^<>]*\bref=["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']""")
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b([^<>]*)>\s*<(?:\w+:)?f\b[^<>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)\s*)?</(?:\w+:)?c>"
)
_HIDDEN = re.compile(rb"""\shidden=["'](?:1|true)["']""")
_FIRST, _LAST = re.compile(rb"""\smin=["'](\d{1,5})["']"""), re.compile(rb"""\smax=["'](\d{1,5})["']""")
_NUMBER = re.compile(rb"""\sr=["'](\d{1,7})["']""")
_PLACE = re.compile(rb"""\sr=["']([A-Z]{1,3})(\d{1,7})["']""")
_STYLE = re.compile(rb"""\ss=["'](\d{1,6})["']""")
# A formula that gave an empty text has it saved.
_TEXT_SAVED = re.compile(rb"""\st=["']str["']""")
_LEAVE_OUT = Sentence("leave out what is not meant to be on the list")


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """Cells that are shown as one. Rows and columns count from 1, here and below."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, kw_only=True)
class Marks:
    """What one sheet shows; `struck` and `unsaved` are cells as (row, column)."""

    merged: tuple[Block, ...] = ()
    hidden_columns: frozenset[int] = frozenset()
    hidden_rows: frozenset[int] = frozenset()
    struck: frozenset[tuple[int, int]] = frozenset()
    unsaved: frozenset[tuple[int, int]] = frozenset()


NOTHING_SHOWN = Marks()


class TooManyMarksError(Exception):
    """A sheet with more merged cells, or formulas without a value, than a list has cells."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The cells by row as they are shown, the rows that are headings between entries, and what is to be said."""

    cells: dict[int, tuple[str, ...]]
    across: frozenset[int] = frozenset()
    issues: tuple[Issue, ...] = ()
    notes: tuple[str, ...] = ()


def marks_of(xml: bytes, struck_styles: Collection[int]) -> Marks:
    """The marks of a sheet. `struck_styles` are the numbers of the styles whose text is struck through."""
    struck: frozenset[tuple[int, int]] = frozenset()
    if struck_styles:
        struck = frozenset(_cells(found[1] for found in _CELL.finditer(xml) if _style(found[1]) in struck_styles))
    hidden = [found[1] for found in _ROW.finditer(xml) if _HIDDEN.search(found[1])] if b"hidden" in xml else []
    return Marks(
        merged=tuple(_blocks(xml)),
        hidden_columns=frozenset(_hidden_columns(xml)),
        hidden_rows=frozenset(int(found[1]) for tag in hidden if (found := _NUMBER.search(tag))),
        struck=struck,
        unsaved=frozenset(_cells(found[1] for found in _FORMULA.finditer(xml) if not _TEXT_SAVED.search(found[1]))),
    )


def _blocks(xml: bytes) -> Iterator[Block]:
    for count, found in enumerate(_MERGED.finditer(xml)):
        if count >= _MOST_MARKS:
            raise TooManyMarksError
        left, top, right, bottom = _column(found[1]), int(found[2]), _column(found[3]), int(found[4])
        if top <= bottom and left <= right:
            yield Block(top=top, left=left, bottom=bottom, right=right)


def _hidden_columns(xml: bytes) -> Iterator[int]:
    tags = islice((found[1] for found in _COLUMN.finditer(xml) if _HIDDEN.search(found[1])), _MOST_COLUMNS)
    for tag in tags:
        first, last = _FIRST.search(tag), _LAST.search(tag)
        if first and last:
            # Often all to the right of the list are hidden: none of ours is beyond a thousand.
            yield from range(int(first[1]), min(int(last[1]), int(first[1]) + 1_000) + 1)


def _cells(tags: Iterator[bytes]) -> Iterator[tuple[int, int]]:
    for tag in tags:
        if found := _PLACE.search(tag):
            yield int(found[2]), _column(found[1])


def _style(tag: bytes) -> int:
    found = _STYLE.search(tag)
    return int(found[1]) if found else 0


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def letters_of(column: int) -> str:
    """As a spreadsheet calls a column: 28 is AB."""
    letters = ""
    while column > 0:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def shown(cells: Mapping[int, tuple[str, ...]], marks: Marks, most: int) -> Shown:
    """The cells of a sheet, by row, as they are shown.

    Raises TooManyMarksError where more than `most` are to be looked at.
    """
    if marks == NOTHING_SHOWN:
        return Shown(cells=dict(cells))
    rows = {number: list(texts) for number, texts in cells.items()}
    across = frozenset(_across(rows, marks.merged))
    _mark_unsaved(rows, marks.unsaved, most)
    filled = _fill(rows, marks.merged, most)
    notes = (Sentence("{count} cells are filled from the merged cell above them", count=filled),) if filled else ()
    return Shown(
        cells={number: tuple(rows[number]) for number in sorted(rows)},
        across=across,
        issues=tuple(_told(rows, marks)),
        notes=notes,
    )


def _across(rows: Mapping[int, list[str]], merged: tuple[Block, ...]) -> Iterator[int]:
    wide = {(one.top, one.left) for one in merged if one.right - one.left + 1 >= _WIDE}
    for number, left in wide:
        texts = rows.get(number, [])
        told = [at for at, text in enumerate(texts, start=1) if text.strip()]
        if told == [left]:
            yield number


def _mark_unsaved(rows: dict[int, list[str]], unsaved: Collection[tuple[int, int]], most: int) -> None:
    widest, room = max(map(len, rows.values()), default=0), most
    for number, column in sorted(unsaved):
        if column > widest:  # where nothing is read
            continue
        texts = rows.setdefault(number, [])
        room -= 1 + max(0, column - len(texts))
        if room < 0:
            raise TooManyMarksError
        texts += [""] * (column - len(texts))
        texts[column - 1] = texts[column - 1] or UNSAVED


def _fill(rows: Mapping[int, list[str]], merged: tuple[Block, ...], most: int) -> int:
    """Into the rows that a merged cell covers below its first; how many cells were filled."""
    numbers, filled, looked_at = sorted(rows), 0, 0
    for block in merged:
        first = rows.get(block.top, [])
        text = first[block.left - 1] if len(first) >= block.left else ""
        if block.top == block.bottom or not text.strip():
            continue
        for at in range(bisect_right(numbers, block.top), bisect_right(numbers, block.bottom)):
            texts = rows[numbers[at]]
            looked_at += 1 + max(0, block.left - len(texts))
            if looked_at > most:
                raise TooManyMarksError
            texts += [""] * (block.left - len(texts))
            if not texts[block.left - 1].strip():
                texts[block.left - 1] = text
                filled += 1
    return filled


def _told(rows: Mapping[int, list[str]], marks: Marks) -> Iterator[Issue]:
    used = {at for texts in rows.values() for at, text in enumerate(texts, start=1) if text.strip()}
    if columns := sorted(marks.hidden_columns & used):
        told = _named(map(letters_of, columns))
        yield _issue(told, Sentence("hidden in the workbook and read: columns {columns}", columns=told))
    if hidden := sorted(marks.hidden_rows & rows.keys()):
        told = _named(map(str, hidden))
        yield _issue(told, Sentence("hidden in the workbook and read: rows {rows}", rows=told))
    if struck := sorted(_struck(rows, marks.struck)):
        told = _named(map(str, struck))
        yield _issue(told, Sentence("struck through in the workbook and read: rows {rows}", rows=told))


def _struck(rows: Mapping[int, list[str]], struck: Collection[tuple[int, int]]) -> Iterator[int]:
    """The rows of whose texts most are struck through."""
    counts: dict[int, int] = {}
    for number, column in struck:
        texts = rows.get(number, [])
        if column <= len(texts) and texts[column - 1].strip():
            counts[number] = counts.get(number, 0) + 1
    for number, count in counts.items():
        if 2 * count > sum(1 for text in rows[number] if text.strip()):
            yield number


def _named(told: Iterable[str]) -> str:
    first = list(islice(told, _NAMED + 1))
    return ", ".join([*first[:_NAMED], *(["…"] if len(first) > _NAMED else [])])


def _issue(value: str, reason: Sentence) -> Issue:
    return Issue(field="row", value=value, reason=reason, remedy=_LEAVE_OUT)
