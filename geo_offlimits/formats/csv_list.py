"""The list as CSV (RFC 4180, UTF-8 with a byte order mark): the header first, then a row an entry.

What the list is stands in the last columns of every row, so that a row that is cut out still says what it is of.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import islice

from geo_offlimits.formats.excerpt import Excerpt
from geo_offlimits.formats.table import Table
from geo_offlimits.lookup.wording import Translate

_MARK = "\ufeff".encode()
_ROWS_AT_ONCE = 200
# RFC 4180 knows none in a text; a NUL ends the row for some readers.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def write(excerpt: Excerpt, translate: Translate = str) -> bytes:
    """The file; the same excerpt gives the same bytes. Commas in every language, as programs expect them."""
    return b"".join(_pieces(Table(excerpt, translate)))


def _pieces(table: Table) -> Iterator[bytes]:
    headings, facts = zip(*table.facts(), strict=True)
    rows = ([*row, *facts] for row in table.rows())
    yield _MARK + _written([[*table.headings, *headings]])
    while some := list(islice(rows, _ROWS_AT_ONCE)):
        yield _written(some)


def _written(rows: Iterable[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return _CONTROL.sub("\ufffd", text.getvalue()).encode()
