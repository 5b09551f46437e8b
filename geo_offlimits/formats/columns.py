"""Which column of a stranger's list holds which field: a closed list of fields, told, or guessed from headings.

1. What a person says (`mapping`, column to field) wins over every guess; the field `ignore` leaves a column out.
2. A heading is compared without case, accents, punctuation or what stands in brackets.
3. Where two columns could be one field, the heading that stands earlier in `headings` is taken and the other is
   reported; nothing is merged.
4. A column whose heading says nothing is matched by its contents (`matching`), and how sure that is stands beside it.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from geo_offlimits.errors import Field, InputError, Issue, Sentence
from geo_offlimits.formats.headings import HEADINGS, usual

IGNORE = "ignore"

_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_NOT_A_WORD = re.compile(r"[\W_]+")


@lru_cache(maxsize=4_096)
def normalised(heading: str) -> str:
    """A heading without case, accents, punctuation or brackets: `Latitude (WGS84)` is `latitude`."""
    bare = _IN_BRACKETS.sub(" ", heading).strip() or heading
    plain = "".join(char for char in unicodedata.normalize("NFKD", bare) if not unicodedata.combining(char))
    return _NOT_A_WORD.sub(" ", plain.casefold()).strip()


# field -> its usual headings, normalised; the field's own name is always one of them.
FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {field: tuple(dict.fromkeys(map(normalised, usual(field)))) for field in HEADINGS}
)


def named_columns(cells: Sequence[str]) -> tuple[str, ...]:
    """The names of the columns of a header row: unnamed ones by their place, repeated ones with a number."""
    names: list[str] = []
    for place, cell in enumerate(cells, start=1):
        name = " ".join(cell.split()) or f"column {place}"
        again = sum(1 for other in names if other == name or other.startswith(f"{name} #"))
        names.append(f"{name} #{again + 1}" if again else name)
    return tuple(names)


def recognised(cells: Sequence[str], fields: Mapping[str, tuple[str, ...]] = FIELDS) -> int:
    """How many different fields the cells of a row name: the measure of being a header."""
    return len({field for cell in cells if (field := _guess(cell, fields)[0])})


def _table(fields: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, int]]:
    """Heading -> its field and how far down the list it stands; the earlier field where two know it."""
    table: dict[str, tuple[str, int]] = {}
    for field, headings in fields.items():
        for rank, heading in enumerate((field.replace("_", " "), *headings)):
            table.setdefault(heading, (field, rank))
    return table


_TABLE = _table(FIELDS)


def _guess(heading: str, fields: Mapping[str, tuple[str, ...]]) -> tuple[str | None, int]:
    """The field that a heading usually means and how far down the list it stands."""
    table = _TABLE if fields is FIELDS else _table(fields)
    return table.get(normalised(heading), (None, 0))


def resolved(
    columns: Sequence[str], told: Mapping[str, str], fields: Mapping[str, tuple[str, ...]] = FIELDS
) -> tuple[dict[str, str], tuple[Issue, ...]]:
    """Column to field for the columns of one header, what was told winning over guesses.

    Returns the mapping in the order of the columns and an issue for each column that was left out for a better one.
    Raises InputError for an unknown column or field in `told` and for one field told twice.
    """
    chosen = told_columns(columns, told, fields)
    best: dict[str, tuple[int, str]] = {}
    guesses = [(column, *_guess(column, fields)) for column in columns if column not in chosen]
    for column, field, rank in guesses:
        if field and field not in chosen.values() and (field not in best or rank < best[field][0]):
            best[field] = (rank, column)
    chosen |= {column: field for field, (_, column) in best.items()}
    left_out = tuple(
        _left_out(column, field, next(taken for taken, known in chosen.items() if known == field))
        for column, field, _ in guesses
        if field and column not in chosen
    )
    return {column: chosen[column] for column in columns if chosen.get(column, IGNORE) != IGNORE}, left_out


def _left_out(column: str, field: str, taken: str) -> Issue:
    return Issue(
        field="columns",
        value=column,
        reason=Sentence("left out: {field} is read from the column {taken}", field=Field(field), taken=repr(taken)),
        remedy=Sentence("map {column}={field} to change that, or {column}=ignore", column=column, field=field),
    )


def told_columns(
    columns: Sequence[str], told: Mapping[str, str], fields: Mapping[str, tuple[str, ...]] = FIELDS
) -> dict[str, str]:
    """What a person says, by the columns as they are called here. Raises InputError for what is not there."""
    known = [*fields, IGNORE]
    unknown = [field for field in told.values() if field not in known]
    if unknown:
        raise InputError(
            Sentence(
                "There is no field {field}; the fields are {known}.", field=repr(unknown[0]), known=", ".join(known)
            ),
            *(Issue(field="mapping", value=field, reason=Sentence("unknown field")) for field in unknown),
        )
    chosen = {_column(columns, column): field for column, field in told.items()}
    for field in fields:
        columns_of_it = [column for column, taken in chosen.items() if taken == field]
        if len(columns_of_it) > 1:
            raise InputError(
                Sentence(
                    "The field {field} was given two columns, {one} and {other}; choose one.",
                    field=Field(field),
                    one=repr(columns_of_it[0]),
                    other=repr(columns_of_it[1]),
                ),
                Issue(field="mapping", value=field, reason=Sentence("given twice")),
            )
    return chosen


def _column(columns: Sequence[str], wanted: str) -> str:
    same = [column for column in columns if column == wanted]
    alike = same or [column for column in columns if normalised(column) == normalised(wanted)]
    if len(alike) != 1:
        facts = {"column": repr(wanted), "columns": ", ".join(map(repr, columns))}
        told = Sentence("There is no column {column}; the columns are {columns}.", **facts)
        reason = Sentence("unknown column")
        if alike:
            told = Sentence("More than one column is called {column}; the columns are {columns}.", **facts)
            reason = Sentence("ambiguous column")
        raise InputError(told, Issue(field="mapping", value=wanted, reason=reason))
    return alike[0]
