"""A list of any length, a piece at a time: the rows of a million-line CSV or GeoJSON in the memory of a few thousand.

The head of the file tells its encoding, delimiter and header, as `reader.read_rows` would find them; a byte further
down that is not in that encoding ends the reading. A row is given as it comes, and so is its issue.
"""

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from geo_offlimits.errors import Issue, Sentence
from geo_offlimits.formats.columns import FIELDS, named_columns
from geo_offlimits.formats.contents import LOOKED_AT
from geo_offlimits.formats.feature_stream import PLACES, FeatureStream
from geo_offlimits.formats.files import LIMITS, ImportFileError, Limits, extension
from geo_offlimits.formats.geojson_rows import FeatureRow
from geo_offlimits.formats.grid import (
    MOST_UNCLOSED,
    SEPARATOR_LINE,
    Grid,
    Line,
    Tear,
    decoded,
    delimiter_of,
    found,
    records,
    refuse_beyond,
    torn_issue,
    unclosed_issue,
)
from geo_offlimits.formats.headers import HEADER_WITHIN, NO_HEADER, header_of
from geo_offlimits.formats.kinds import Kind, kind_of
from geo_offlimits.formats.matching import Matching
from geo_offlimits.formats.reader import (
    Row,
    columns_matched,
    contents_of,
    nameless,
    values_of,
    values_of_feature,
)
from geo_offlimits.lookup.gazetteer import Gazetteer

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
    kind: Kind


def stream_rows(
    path: Path,
    mapping: Mapping[str, str] = _NO_MAPPING,
    *,
    fields: Fields = FIELDS,
    near: Gazetteer | None = None,
    limits: Limits = LIMITS,
) -> Stream:
    """The rows of a CSV, TSV or GeoJSON on disk, of any number; of `limits` the number of rows and bytes is none.

    near : as for `read_rows`. Raises ImportFileError; so may the reading of `items`.
    """
    head = _head(path)
    kind = kind_of(path.name, head)
    if kind in PLACES:
        return _of_places(path, kind, mapping, near, limits)
    if kind is not Kind.CSV:
        raise ImportFileError(path.name, Sentence("is not a text of rows"), Sentence("save it as CSV UTF-8"))
    if len(head) == _HEAD_BYTES and b"\n" in head:
        head = head[: head.rindex(b"\n") + 1]
    text, codec, assumed = decoded(path.name, head)
    told = SEPARATOR_LINE.match(text)
    delimiter = told.group(1) if told else delimiter_of(text, extension(path.name))
    lines = _first_lines(text[told.end() :] if told else text, delimiter, 2 if told else 1)
    _, header = header_of(path.name, [Grid(title="", lines=lines)], mapping, fields, near)
    columns = named_columns(header.cells)
    below = [line for line in lines if line.number > header.number]
    matching = columns_matched(columns, contents_of(below, len(columns)), mapping, fields, near)
    chosen = matching.mapping
    unheaded = () if header in lines[:HEADER_WITHIN] else (NO_HEADER,)
    reading = _Reading(path, codec, delimiter, limits, header.number)
    items = _items(reading, columns, chosen, (*assumed, *unheaded, *nameless(chosen), *matching.issues))
    return Stream(columns=columns, mapping=chosen, notes=found(codec, delimiter), items=items, kind=kind)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as fault:
        raise ImportFileError(
            path.name, Sentence("cannot be opened ({why})", why=fault.strerror), Sentence("check the path")
        ) from None
    if not head.strip():
        raise ImportFileError(path.name, Sentence("is empty"), Sentence("was it saved?"))
    return head


def _of_places(path: Path, kind: Kind, mapping: Mapping[str, str], near: Gazetteer | None, limits: Limits) -> Stream:
    """GeoJSON is read twice: its last feature may have a column that no other has, and only its end says what it is."""
    features = FeatureStream(path, kind, limits)
    columns, looked_at = _columns_of(features)
    if features.says_own:
        features = FeatureStream(path, kind, limits, is_own=True)
        columns, looked_at = _columns_of(features)
    contents = [[values.get(column, "") for values in looked_at] for column in columns]
    matching = columns_matched(columns, contents, mapping, near=near)
    items = _of_features(features, matching)
    return Stream(columns=columns, mapping=matching.mapping, notes=(), items=items, kind=kind)


def _columns_of(features: FeatureStream) -> tuple[tuple[str, ...], list[dict[str, str]]]:
    """Every column of a file, and the first rows of it."""
    columns: dict[str, None] = {}
    looked_at: list[dict[str, str]] = []
    for feature in features:
        columns.update(dict.fromkeys(feature.values))
        if len(columns) > features.limits.columns:
            raise ImportFileError(
                features.path.name,
                Sentence("has more than {most} columns", most=features.limits.columns),
                Sentence("keep the columns that are needed"),
            )
        if len(looked_at) < LOOKED_AT:
            looked_at.append(feature.values)
    return tuple(columns), looked_at


def _of_features(features: Iterable[FeatureRow], matching: Matching) -> Iterator[Row | Issue]:
    yield from (*nameless(matching.mapping), *matching.issues)
    for feature in features:
        values, broken = values_of_feature(feature, matching.mapping)
        yield from broken
        if not broken and (values or feature.geometry is not None):
            yield Row(number=feature.number, values=values, geometry=feature.geometry)


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
    tear = Tear()
    for piece in _pieces(reading):
        for line, cells in tear.rows(piece, reading.delimiter):
            number += 1
            if cells is None:
                faults += 1
                _refuse_many(reading.path.name, faults)
                yield torn_issue(number) if tear.found else unclosed_issue(number, at + line - 1)
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
