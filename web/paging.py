"""Long lists, a page at a time: ten thousand rows are more than a phone shows and a worker should make at once."""

from collections.abc import Sequence
from math import ceil
from typing import TypeVar

from flask import request

A_PAGE = 100
Row = TypeVar("Row")


def page_of(at: int) -> int:
    """The page on which the row at this place of a list stands."""
    return at // A_PAGE + 1


def paged(*groups: Sequence[Row]) -> tuple[list[Sequence[Row]], int, int]:
    """What of each group stands on the page that was asked for, which page that is, and of how many."""
    total = sum(len(group) for group in groups)
    pages = max(1, ceil(total / A_PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    first, parts = (page - 1) * A_PAGE, []
    for group in groups:
        parts.append(group[max(first, 0) : max(first + A_PAGE, 0)])
        first -= len(group)
    return parts, page, pages
