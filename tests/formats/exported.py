"""A list as hostile and as many-tongued as one can be, for what is exported; and the texts that a file holds."""

import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

from shapely import MultiPolygon, Point, Polygon, box

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.edition import Edition
from geo_offlimits.domain.premises import Name, SubjectKind, VenueKind
from geo_offlimits.formats.edition import encode
from geo_offlimits.formats.excerpt import Excerpt
from tests import typesetting
from tests.formats.conftest import edition_of, listed

SHA256 = "3f1c" * 16
FINGERPRINT = "9a0b" * 16
# Script -> a name in it; the last two stand in planes beyond the first.
NAMES = {
    "Latin": "Zoë’s Çayhane Łódź",
    "Cyrillic": "Плава лампа",
    "Arabic": "مقهى الميناء",
    "Hebrew": "בית קפה",
    "Ethiopic": "ሰማያዊ ፋኖስ",
    "Devanagari": "नीली लालटेन",
    "Han": "蓝灯酒吧",
    "emoji": "Star 🌟 Bar",
    "Han beyond": "𠮷野家",
}
HOSTILE = (
    "]]><b>x</b>",
    "</name><script>alert(1)</script>",
    "{{7*7}} ${7*7} $[name]",
    "=cmd|'/c calc'!A1",
    "@SUM(1+1)*cmd",
    "Bar; -1+1",
    "0017",
    'O\'Neil & "Sons"',
    "&amp; &lt;b&gt; &#x41;",
    "_x0041_ bar",
    "a\x00b\x07c\ufffe",
    "%s %(x)s {0} {x}",
)
RING = [(-40.01, 12.0), (-40.0, 12.0), (-40.0, 12.01), (-40.01, 12.01), (-40.01, 12.0)]
HOLE = [(-40.008, 12.002), (-40.002, 12.002), (-40.002, 12.008), (-40.008, 12.008), (-40.008, 12.002)]

ENTRIES = (
    *(
        # As an edition of an earlier rule may hold it: today a name with a control character is refused.
        replace(
            listed(at, "Bar", geometry=Point(round(-40.2 - at / 1000, 7), 12.5), names=(Name(text=f"Old {at}"),)),
            name=name,
        )
        for at, name in enumerate((*NAMES.values(), *HOSTILE), 1)
    ),
    listed(
        101, "Ring street", subject=SubjectKind.AREA, geometry=Polygon(RING, [HOLE]), restriction=Restriction.CAUTION
    ),
    listed(
        102,
        "Date line quarter",
        subject=SubjectKind.AREA,
        geometry=MultiPolygon([box(179.99, 10, 180, 10.01), box(-180, 10, -179.99, 10.01)]),
        sector=None,
    ),
    listed(103, "South end", geometry=Point(0, -90), uncertainty_m=75.5),
    listed(104, "Somewhere", geometry=None, mgrs=None),
    listed(
        105, "Parlours", subject=SubjectKind.CATEGORY_RULE, category=VenueKind.MASSAGE_PARLOUR, geometry=None, mgrs=None
    ),
    listed(
        106,
        "Casinos of the port",
        subject=SubjectKind.CATEGORY_RULE,
        category=VenueKind.CASINO,
        geometry=box(-40.3, 12.4, -40.2, 12.5),
    ),
)
PLACED = len(ENTRIES) - 3


def whole() -> Edition:
    return edition_of(*ENTRIES)


def excerpt(*kept: str, filtered: bool = False, language: str = "en") -> Excerpt:
    """Of the edition all, or what is named in `kept`."""
    edition = whole()
    entries = tuple(one for one in edition.entries if not filtered or one.entry_id in kept)
    told = {"sector": "North"} if filtered else {}
    return Excerpt(
        edition=edition,
        sha256=SHA256,
        fingerprint=FINGERPRINT,
        entries=entries,
        filtered=told,
        language=language,
        content=encode(edition),
    )


def text_of(content: bytes) -> str:
    """Everything in a file that can be read, also what it packs, keeps in cells or writes in escapes."""
    return "\n".join(map(_read, files_in(content)))


def files_in(content: bytes) -> list[bytes]:
    """The file itself, or those that an archive packs."""
    if not content.startswith(b"PK"):
        return [content]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [archive.read(name) for name in archive.namelist()]


def is_text(content: bytes) -> bool:
    return not is_database(content) and not typesetting.is_pdf(content)


def is_database(content: bytes) -> bool:
    return content.startswith(b"SQLite format 3\0")


def _read(content: bytes) -> str:
    if typesetting.is_pdf(content):
        return typesetting.told(content)
    if is_database(content):
        return "\n".join(_cells(content))
    text = content.decode("utf-8", errors="replace")
    return _ESCAPES.sub(lambda found: str(json.loads(f'"{found.group()}"')), text)


# Several together, because a sign beyond the first plane is written as two.
_ESCAPES = re.compile(r"(?:\\u[0-9a-f]{4})+")


def _cells(content: bytes) -> Iterator[str]:
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(content)
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            if not table.startswith("rtree_"):
                for row in database.execute(f'SELECT * FROM "{table}"'):  # noqa: S608  (the file's own tables)
                    yield from (cell for cell in row if isinstance(cell, str))
