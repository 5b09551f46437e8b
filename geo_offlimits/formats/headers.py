"""Which row of a file is its header: the one that names the most columns; a title or a logo may stand above.

Where no row does, the contents may still say what the columns are (`matching.headless`): then the first row is a header
in other words, or the list has none and its columns are called by their place.
"""

from collections.abc import Mapping, Sequence

from geo_offlimits.errors import Issue, Sentence
from geo_offlimits.formats.columns import FIELDS, normalised, recognised
from geo_offlimits.formats.contents import LOOKED_AT, holds_facts
from geo_offlimits.formats.files import ImportFileError
from geo_offlimits.formats.grid import Grid, Line
from geo_offlimits.formats.matching import headless
from geo_offlimits.lookup.gazetteer import Gazetteer

HEADER_WITHIN = 20
NO_HEADER = Issue(
    field="columns",
    reason=Sentence("no header: the first row is read as the first entry, and columns are called by their place"),
    remedy=Sentence("write a header into the first row if one is missing"),
)


def header_of(
    name: str,
    grids: Sequence[Grid],
    mapping: Mapping[str, str],
    fields: Mapping[str, tuple[str, ...]] = FIELDS,
    near: Gazetteer | None = None,
) -> tuple[Grid, Line]:
    """The sheet with the list and its header; one whose number is that of no row where the list has none.

    Raises ImportFileError where there are no rows, and where neither headings nor contents say what is what.
    """
    wanted = {normalised(column) for column in mapping}

    def names(line: Line) -> int:
        found = recognised(line.cells, fields)
        if found == 1 and fields is FIELDS and holds_facts(line.cells):
            found = 0  # an entry that happens to hold a word such as `street`
        return found + 2 * len(wanted & {normalised(cell) for cell in line.cells})

    candidates = [(grid, line) for grid in grids for line in grid.lines[:HEADER_WITHIN]]
    if not candidates:
        _refuse_unclosed(name, grids)
        raise ImportFileError(name, Sentence("has no rows"), Sentence("was it saved?"))
    grid, line = max(candidates, key=lambda candidate: names(candidate[1]))
    if names(line):
        return grid, line
    _refuse_unclosed(name, grids)
    if fields is FIELDS and (found := _by_contents(grids, near)):
        return found
    first = ", ".join(repr(cell) for cell in candidates[0][1].cells[:5])
    raise ImportFileError(
        name,
        Sentence("has no header that is recognised (it starts with {first})", first=first),
        Sentence("name the columns in its first row, such as name, latitude, longitude, or say which column is which"),
    )


def _by_contents(grids: Sequence[Grid], near: Gazetteer | None) -> tuple[Grid, Line] | None:
    """The first sheet whose columns are known by their contents."""
    for grid in grids:
        lines = grid.lines[:LOOKED_AT]
        columns = headless([line.cells for line in lines], near)
        if columns is not None:
            is_header = columns[: len(lines[0].cells)] == lines[0].cells
            return grid, lines[0] if is_header else Line(number=lines[0].number - 1, cells=columns)
    return None


def _refuse_unclosed(name: str, grids: Sequence[Grid]) -> None:
    """Where there is no header, a row that could not be cut into cells may have been it."""
    for issue in (issue for grid in grids for issue in grid.issues if issue.row is not None):
        fact = Sentence("has no header that is recognised: {reason}", reason=issue.reason)
        raise ImportFileError(name, fact, issue.remedy)
