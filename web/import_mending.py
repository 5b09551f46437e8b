"""A row of a list that is set right on its page: by what is typed, by what was offered for it, or left out."""

from collections.abc import Sequence

from flask import request

from geo_offlimits.services import mending
from geo_offlimits.services.mending import Mends
from geo_offlimits.services.waiting_lists import Choices
from web import door, import_reading, paging
from web.import_reading import StalePageError
from web.import_rows import RowStanding, Seen, SeenRow

_DIGITS = 7  # of the number of a row


def offered(code: str, seen: Seen, shown: Sequence[SeenRow]) -> Mends:
    """What is offered for the rows at fault that are shown."""
    return mending.mends(door.act(), code, seen.table, seen.report.reports, {one.row for one in shown})


def told(code: str, seen: Seen) -> tuple[Choices, frozenset[int]]:
    """What is decided about the list with what this request says of a row, and the rows that it is about.

    Raises StalePageError for what is not offered any more, what `import_reading.row_told` does.
    """
    form = request.form
    number, cells, leave_out = import_reading.row_told(seen)
    if "use" not in form:
        return seen.choices.with_row(number, cells, leave_out=leave_out), frozenset({number})
    also = [int(one) for one in form.get("also", "").split(",") if one.isdecimal() and len(one) <= _DIGITS]
    offers = mending.mends(door.act(), code, seen.table, seen.report.reports, {number, *also})
    taken = mending.taken(offers, number, form["use"], also)
    if not taken:
        raise StalePageError
    choices = seen.choices
    for row, said in taken.items():
        choices = choices.with_row(row, {**choices.cells.get(row, {}), **said}, leave_out=False)
    return choices, frozenset(taken)


def next_place(seen: Seen, standing: RowStanding | None, settled: frozenset[int]) -> tuple[str, int | None, bool]:
    """Where the page opens once these rows are settled: a place, the page of the table, whether its filter still holds.

    Where rows of one standing are shown the next of them stands in their place; behind the last comes the landing.
    """
    if standing is None:
        return f"row-{min(settled)}", None, True
    left = [one.row for one in seen.of(standing) if one.row not in settled]
    if not left:
        return "land", None, False
    following = next((row for row in left if row > min(settled)), left[0])
    page = paging.page_of(left.index(following))
    return f"row-{following}", page if page > 1 else None, True
