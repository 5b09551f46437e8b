"""The rows of a list that cannot land, as a file to mend and to import again: CSV with the columns of the original.

The reasons stand in a last column, which an import reads as nothing. A place that a file of places has beside its
columns is told as latitude and longitude.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from geo_offlimits.formats.cells import neutralised
from geo_offlimits.formats.columns import named_columns
from geo_offlimits.formats.files import LIMITS, ImportFileError, Limits, Source, taken
from geo_offlimits.formats.grid import read_grids
from geo_offlimits.formats.reader import Row, Table
from geo_offlimits.lookup.wording import Translate

REASON = "Why it was refused"
_MARK = "\ufeff".encode()


def write(
    source: Source,
    table: Table,
    reasons: Mapping[int, Sequence[str]],
    *,
    limits: Limits = LIMITS,
    translate: Translate = str,
) -> bytes:
    """The file. `source` is what `table` was read from; `reasons` by the row's number."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\r\n")
    cells = _cells_of_grid(source, table, limits)
    placed = cells is None and any(row.geometry is not None for row in table.rows)
    if cells is None:
        cells = _cells_of_rows(table)
    columns = [*table.columns, *(("latitude", "longitude") if placed else ())]
    out.writerow([*map(neutralised, columns), translate(REASON)])
    for number, why in sorted(reasons.items()):
        told = [*cells.get(number, ()), *[""] * len(columns)][: len(columns)]
        out.writerow([*map(neutralised, told), neutralised("; ".join(why))])
    return _MARK + text.getvalue().encode("utf-8", "replace")


def _cells_of_grid(source: Source, table: Table, limits: Limits) -> dict[int, tuple[str, ...]] | None:
    """By row, of a file of rows and columns; None for one of places."""
    name, content = taken(source, limits)
    try:
        grids = read_grids(name, content, limits)
    except ImportFileError:
        return None
    for grid in grids:
        for header in grid.lines:
            if named_columns(header.cells) == table.columns:
                return {line.number: line.cells for line in grid.lines if line.number > header.number}
    return None


def _cells_of_rows(table: Table) -> dict[int, tuple[str, ...]]:
    return {row.number: tuple(_cells(table, row)) for row in table.rows}


def _cells(table: Table, row: Row) -> Iterator[str]:
    yield from (row.values.get(table.mapping.get(column, ""), "") for column in table.columns)
    if row.geometry is not None:
        middle = row.geometry.representative_point()
        yield from (f"{middle.y:.7f}", f"{middle.x:.7f}")
