"""Lists that this product wrote, read by the inverse of their writers, in whichever language they were written.

1. A table is known by the order of its columns, of which one is called alike in every language, and by nothing that
   somebody moved: a column more, or two exchanged, and it is read by its headings as any other list.
2. A feature of an edition, or of a part of one, says more than a list can hold in a cell: its hours, its part of a
   building and its names are turned into the words that the reader of lists knows.
3. KML, GPX and GeoPackage call some columns otherwise than people do; those are told here.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.domain.premises import NameKind
from geo_offlimits.formats.columns import FIELDS, IGNORE, normalised
from geo_offlimits.formats.edition_reading import entry_of
from geo_offlimits.formats.gpx import LISTED_NAME
from geo_offlimits.formats.table import COLUMNS_READ
from geo_offlimits.formats.words import hours_of

__all__ = ["as_listed", "own_columns"]

_MGRS, _MGRS_AT, _HASH, _HASH_BEHIND = "MGRS", 10, "SHA-256", 2
_ENTRY, _RESTRICTION = "entry_id", "restriction"
# By which columns a file of places is known as ours, and which of them are not called as people call them.
_OF_PLACES: tuple[tuple[frozenset[str], Mapping[str, str]], ...] = (
    (
        frozenset({_ENTRY, LISTED_NAME}),
        {LISTED_NAME: "name", _ENTRY: "entry", "type": _RESTRICTION, "time": "since"}
        | dict.fromkeys(("name", "cmt", "desc", "sym"), IGNORE),
    ),
    (
        frozenset({_ENTRY, _RESTRICTION, "begin", "folder"}),
        {"begin": "since", "folder": "sector", "description": IGNORE, "id": IGNORE},
    ),
    (frozenset({_ENTRY, _RESTRICTION, "names", "issuer"}), {"names": "other_names", "issuer": IGNORE}),
)


def own_columns(columns: Sequence[str]) -> dict[str, str]:
    """Column -> field, or `ignore`, for the columns of a list that we exported; {} for any other list."""
    if _is_own_table(columns):
        return dict(zip(columns, COLUMNS_READ, strict=False)) | dict.fromkeys(columns[len(COLUMNS_READ) :], IGNORE)
    for marks, fields in _OF_PLACES:
        if marks <= set(columns):
            return {column: field for column, field in fields.items() if column in columns}
    return {}


def _is_own_table(columns: Sequence[str]) -> bool:
    width = len(COLUMNS_READ)
    if len(columns) < width or columns[_MGRS_AT] != _MGRS:
        return False
    # A workbook ends with the last column of the list; a text of rows says behind it of which edition it is.
    ends = len(columns) == width or columns[width + _HASH_BEHIND : width + _HASH_BEHIND + 1] == (_HASH,)
    return ends and not any(_moved(columns[:width]))


def _moved(columns: Sequence[str]) -> Iterator[bool]:
    """Whether a heading that is known means the field of another column of ours."""
    known = {heading: field for field, headings in FIELDS.items() for heading in headings}
    for column, field in zip(columns, COLUMNS_READ, strict=True):
        found = known.get(normalised(column), field)
        yield field not in (IGNORE, found) and found in COLUMNS_READ


def as_listed(feature: Any) -> Any:
    """A feature of an edition with its properties as a list would have them; any other as it is."""
    entry = entry_of(feature) if isinstance(feature, dict) else feature
    if not isinstance(entry, Entry):
        return feature
    told = {key: text for key, text in _properties(entry).items() if text}
    return {"type": "Feature", "properties": told, "geometry": feature["geometry"]}


def _properties(entry: Entry) -> dict[str, str]:
    part = entry.part
    return _names(entry) | {
        "entry": entry.entry_id,
        "subject": entry.subject.value,
        "category": entry.category.value if entry.category else "",
        "restriction": entry.restriction.value,
        "applies_to": ", ".join(entry.applies_to),
        "hours": hours_of(entry.hours, "", "en") if entry.hours else "",
        "exceptions": "; ".join(entry.exceptions),
        "since": format_instant(entry.since),
        "until": format_instant(entry.until) if entry.until else "",
        "floor": (part and part.floor) or "",
        "entrance": (part and part.entrance) or "",
        "part": (part and part.text) or "",
        "address": entry.address or "",
        "locality": entry.locality or "",
        "sector": entry.sector or "",
        "uncertainty_m": "" if entry.uncertainty_m is None else f"{entry.uncertainty_m:g}",
        "directive": entry.directive,
    }


def _names(entry: Entry) -> dict[str, str]:
    """The one it is listed under and the first on the sign by their fields, the others beside them."""
    told = {"name": entry.name}
    more: dict[str, list[str]] = {"other_names": [], "former_names": []}
    for name in entry.names:
        if name.kind is NameKind.SIGN and "sign" not in told:
            told["sign"] = name.text
        elif name.kind is NameKind.FORMER:
            more["former_names"].append(name.text)
        elif name.text != entry.name:
            more["other_names"].append(name.text)
    return told | {field: "; ".join(texts) for field, texts in more.items()}
