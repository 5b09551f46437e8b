"""Lists that people really have, in any of `kinds.Kind`, as rows: fields and issues out. Nothing lands here.

`read_rows` gives each row's texts by field; `described` turns one row into a subject with rough terms, or into issues.
One bad row never stops a file.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from sys import intern
from types import MappingProxyType

from shapely.geometry.base import BaseGeometry

from geo_offlimits.errors import Issue, Sentence
from geo_offlimits.formats.cells import restored
from geo_offlimits.formats.columns import FIELDS, named_columns
from geo_offlimits.formats.contents import LOOKED_AT, is_sum
from geo_offlimits.formats.files import LIMITS, TOO_LONG, ImportFileError, Limits, Source, part_of_archive, taken
from geo_offlimits.formats.geodata_rows import read_geodata
from geo_offlimits.formats.geojson_rows import FeatureRow, Features, read_features, read_lines
from geo_offlimits.formats.gpx_rows import read_gpx
from geo_offlimits.formats.grid import Grid, Line, read_grids
from geo_offlimits.formats.headers import HEADER_WITHIN, NO_HEADER, header_of
from geo_offlimits.formats.kinds import Kind, kind_of
from geo_offlimits.formats.kml_rows import read_kml, read_kmz
from geo_offlimits.formats.matching import Match, Matching, matched
from geo_offlimits.formats.own_exports import own_columns
from geo_offlimits.formats.sheet_marks import UNSAVED
from geo_offlimits.lookup.gazetteer import Gazetteer
from geo_offlimits.uncollected import uncollected

__all__ = ["FIELDS", "LIMITS", "ImportFileError", "Limits", "Row", "Table", "read_rows"]

_CALLED = frozenset({"name", "sign"})
_NUMBERS = ("latitude", "longitude", "uncertainty_m")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
_MARKED_UP = MappingProxyType({Kind.KML: read_kml, Kind.KMZ: read_kmz, Kind.GPX: read_gpx})
_REPEATED = frozenset({"category", "locality", "sector", "restriction", "basis", "authority", "directive", "hours"})
_NO_MAPPING: Mapping[str, str] = MappingProxyType({})
# What a spreadsheet saves where its formula failed; it must not become a name.
_FAILED = Sentence("the spreadsheet's formula failed")
_UNSAVED = Sentence("the spreadsheet did not save what its formula gives")
_FORMULA_ERRORS = frozenset({"#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#ERROR!", UNSAVED})


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One row of a list: its number as its spreadsheet shows it (of places: the feature, from 1), its texts by field.

    `values` holds only fields that are mapped and not empty. `geometry` comes from formats of places only.
    """

    number: int
    values: dict[str, str]
    geometry: BaseGeometry | None = None


@dataclass(frozen=True, kw_only=True)
class Table:
    """What was read: the file's columns, which of them holds which field, good rows, and every issue.

    An issue with a row says why that row is not among `rows`; one without is about the file and refuses nothing.
    """

    name: str
    columns: tuple[str, ...]
    mapping: dict[str, str]
    rows: Sequence[Row]
    issues: tuple[Issue, ...]
    # What the bytes turned out to be ("csv", "xlsx", "geojson", ...), and what was found in reading them, for people.
    source_format: str = ""
    notes: tuple[str, ...] = ()
    sha256: str = ""
    # How each column was understood, for correction.
    matches: tuple[Match, ...] = ()


@uncollected()
def read_rows(
    source: Source,
    mapping: Mapping[str, str] = _NO_MAPPING,
    *,
    fields: Mapping[str, tuple[str, ...]] = FIELDS,
    near: Gazetteer | None = None,
    limit_rows: int = LIMITS.rows,
    limit_bytes: int = LIMITS.bytes,
    limits: Limits | None = None,
) -> Table:
    """The rows of a file in any format of `kinds.Kind`.

    source  : a path, or (name, bytes) of an upload; the name's extension says what it should be.
    mapping : column -> field for columns that are not called as usual; it wins over every guess.
    fields  : field -> usual headings; those of premises unless told otherwise, as for a list of people.
    near    : the mission's places and territory, by which columns are known whose headings say nothing.
    limits  : what the file may hold in every respect, in place of rows and bytes alone.
    Raises ImportFileError for a file that cannot be read or has no header, InputError for a wrong mapping.
    """
    limits = limits or Limits(rows=limit_rows, bytes=limit_bytes)
    name, content = taken(source, limits)
    kind = kind_of(name, content)
    if kind in (Kind.CSV, Kind.XLSX):
        table = _from_grid(name, read_grids(name, content, limits), mapping, fields, limits=limits, near=near)
    else:
        table = _from_features(name, _features(kind, name, content, limits), mapping, fields, near=near)
    return replace(table, source_format=kind.value, sha256=sha256(content).hexdigest())


def _features(kind: Kind, name: str, content: bytes, limits: Limits) -> Features:
    match kind:
        case Kind.GEOJSON:
            return Features(rows=read_features(name, content, limits))
        case Kind.GEOJSON_LINES:
            return Features(rows=read_lines(name, content, limits))
        case Kind.PACKED_GEOPACKAGE:
            return read_geodata(name, part_of_archive(name, content, ".gpkg", limits), Kind.GEOPACKAGE.value, limits)
        case Kind.GEOPACKAGE | Kind.SHAPEFILE | Kind.FLATGEOBUF:
            return read_geodata(name, content, kind.value, limits)
        case _:
            return _MARKED_UP[kind](name, content, limits)


def columns_matched(
    columns: tuple[str, ...],
    contents: Sequence[Sequence[str]],
    mapping: Mapping[str, str],
    fields: Mapping[str, tuple[str, ...]] = FIELDS,
    near: Gazetteer | None = None,
) -> Matching:
    """As `matched`, where the columns of a list that we exported are known."""
    ours = own_columns(columns) if fields is FIELDS else {}
    return matched(columns, contents, mapping, fields, near=near, ours=ours)


def _from_features(
    name: str,
    features: Features,
    mapping: Mapping[str, str],
    fields: Mapping[str, tuple[str, ...]],
    *,
    near: Gazetteer | None,
) -> Table:
    columns = tuple(dict.fromkeys(key for feature in features.rows for key in feature.values))
    if len(columns) > LIMITS.columns:
        raise ImportFileError(
            name,
            Sentence("has more than {most} columns", most=LIMITS.columns),
            Sentence("keep the columns that are needed"),
        )
    looked_at = [feature.values for feature in features.rows[:LOOKED_AT]]
    contents = [[values.get(column, "") for values in looked_at] for column in columns]
    matching = columns_matched(columns, contents, mapping, fields, near)
    chosen = matching.mapping
    issues = [*features.issues, *nameless(chosen), *matching.issues]
    rows = []
    for feature in features.rows:
        values, broken = values_of_feature(feature, chosen)
        issues += broken
        if not broken and (values or feature.geometry is not None):
            rows.append(Row(number=feature.number, values=values, geometry=feature.geometry))
    table = Table(name=name, columns=columns, mapping=chosen, rows=tuple(rows), issues=tuple(issues))
    return replace(table, notes=features.notes, matches=matching.matches)


def _from_grid(
    name: str,
    grids: Sequence[Grid],
    mapping: Mapping[str, str],
    fields: Mapping[str, tuple[str, ...]],
    *,
    limits: Limits,
    near: Gazetteer | None,
) -> Table:
    grid, header = header_of(name, grids, mapping, fields, near)
    lines = [line for line in grid.lines if line.number > header.number]
    if len(lines) > limits.rows:
        raise ImportFileError(name, Sentence("has more than {most} rows", most=limits.rows), TOO_LONG)
    columns = named_columns(header.cells)
    contents = contents_of(lines, len(columns))
    matching = columns_matched(columns, contents, mapping, fields, near)
    chosen = matching.mapping
    unheaded = () if header in grid.lines[:HEADER_WITHIN] else (NO_HEADER,)
    issues = [*grid.issues, *_other_sheets(grid, grids), *unheaded, *nameless(chosen), *matching.issues]
    rows: list[Row] = []
    for line in lines:
        values, broken = values_of(line, columns, chosen)
        issues += broken
        if values and not broken:
            rows.append(Row(number=line.number, values=values))
    table = Table(name=name, columns=columns, mapping=chosen, rows=tuple(rows), issues=tuple(issues))
    return replace(table, notes=(*grid.notes, *_decimals(rows)), matches=matching.matches)


def _decimals(rows: Sequence[Row]) -> tuple[str, ...]:
    """That numbers have a comma before their decimals, where they do: who looks at them should know it was seen."""
    told = [row.values.get(field, "") for row in rows for field in _NUMBERS]
    with_comma = sum(1 for text in told if _DECIMAL_COMMA.fullmatch(text))
    return (Sentence("{count} numbers have a decimal comma", count=with_comma),) if with_comma else ()


def contents_of(lines: Sequence[Line], width: int) -> list[list[str]]:
    """The cells of each column, of as many rows as are looked at."""
    return [[line.cells[at] if at < len(line.cells) else "" for line in lines[:LOOKED_AT]] for at in range(width)]


def _other_sheets(grid: Grid, grids: Sequence[Grid]) -> tuple[Issue, ...]:
    return tuple(
        Issue(
            field="sheet",
            value=other.title,
            reason=_why_not_read(other, grid),
        )
        for other in grids
        if other is not grid and (other.lines or other.is_hidden)
    )


def _why_not_read(other: Grid, grid: Grid) -> Sentence:
    if other.is_hidden:
        return Sentence("hidden in the workbook and not read")
    return Sentence("not read; the list was found on the sheet {sheet}", sheet=repr(grid.title))


def values_of(
    line: Line, columns: Sequence[str], chosen: Mapping[str, str]
) -> tuple[dict[str, str], tuple[Issue, ...]]:
    """The texts of a row by field, and what is wrong with it; neither of a row that says the header again."""
    if broken := _no_entry(line, columns, chosen):
        return {}, (broken,)
    if _is_header_again(line.cells, columns):
        return {}, ()
    if len(line.cells) > len(columns):
        issue = Issue(
            row=line.number,
            field="row",
            value=line.cells[len(columns)].strip()[:40],
            reason=Sentence("{cells} cells under {columns} columns", cells=len(line.cells), columns=len(columns)),
            remedy=Sentence("is a text with a comma not in quotation marks?"),
        )
        return {}, (issue,)
    told = zip(columns, line.cells, strict=False)
    values = {
        field: _shared(field, restored(text) if "'" in text else text)
        for column, cell in told
        if (field := chosen.get(column)) and (text := cell.strip())
    }
    return values, _formula_errors(line.number, values)


def _no_entry(line: Line, columns: Sequence[str], chosen: Mapping[str, str]) -> Issue | None:
    """What is said of a heading between entries or that is said again, and of the sum at the end of a list."""
    at, first = next(((at, cell.strip()) for at, cell in enumerate(line.cells) if cell and not cell.isspace()), (0, ""))
    if line.is_across:
        reason = Sentence("one text across several columns: a heading between entries, not an entry")
    elif at >= len(columns):
        return None
    elif " ".join(first.split()) == columns[at] and _is_named_as_its_column(line, columns, chosen):
        reason = Sentence("says the heading again: not an entry")
    elif columns[at] not in chosen and is_sum(first) and not any(_names(line, columns, chosen)):
        reason = Sentence("looks like the sum of the list, not like an entry")
    else:
        return None
    return Issue(row=line.number, field="row", value=first[:40], reason=reason, remedy=Sentence("delete the row"))


def _names(line: Line, columns: Sequence[str], chosen: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What the row calls the place, and the heading above it."""
    for cell, column in zip(line.cells, columns, strict=False):
        if chosen.get(column) in _CALLED and any(map(str.isalpha, cell)):
            yield " ".join(cell.split()), column


def _is_named_as_its_column(line: Line, columns: Sequence[str], chosen: Mapping[str, str]) -> bool:
    """As the lower row of a header whose cells are merged with the upper ones. A whole one is passed over."""
    is_so = any(name == column for name, column in _names(line, columns, chosen))
    return is_so and not _is_header_again(line.cells, columns)


def _is_header_again(cells: Sequence[str], columns: Sequence[str]) -> bool:
    """Whether a row says what the header says, as lists do on each page."""
    same = 0
    for cell, column in zip(cells, columns, strict=False):
        if cell and not cell.isspace():
            if " ".join(cell.split()) != column:
                return False
            same += 1
    return same > 1


def values_of_feature(feature: FeatureRow, chosen: Mapping[str, str]) -> tuple[dict[str, str], tuple[Issue, ...]]:
    """The same of a place."""
    values = {
        field: _shared(field, text)
        for key, cell in feature.values.items()
        if (field := chosen.get(key)) and (text := cell.strip())
    }
    # A place has no number that its program shows: its name tells which one it is.
    issues = (one if one.value else replace(one, value=values.get("name", "")[:40]) for one in feature.issues)
    return values, (*issues, *_formula_errors(feature.number, values))


def _shared(field: str, text: str) -> str:
    """The same few words stand in a hundred thousand rows: once is enough."""
    return intern(text) if field in _REPEATED else text


def nameless(chosen: Mapping[str, str]) -> tuple[Issue, ...]:
    if {"name", "sign"} & set(chosen.values()):
        return ()
    reason = Sentence("no column is read as the name")
    remedy = Sentence("say which one is, by mapping COLUMN=name")
    return (Issue(field="columns", reason=reason, remedy=remedy),)


def _formula_errors(number: int, values: Mapping[str, str]) -> tuple[Issue, ...]:
    if _FORMULA_ERRORS.isdisjoint(values.values()):  # as in nearly every row
        return ()
    return tuple(
        Issue(
            row=number,
            field=field,
            value=text,
            reason=_UNSAVED if text == UNSAVED else _FAILED,
            remedy=Sentence("type the value"),
        )
        for field, text in values.items()
        if text in _FORMULA_ERRORS
    )
