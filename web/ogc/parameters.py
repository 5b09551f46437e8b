"""What an address below `/ogc/` asks for.

A parameter that is not known, or holds what cannot be, is refused with its name (400), as part 1 of the standard wants.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from math import isfinite
from typing import TypeVar

from flask import request
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.conditions import All, Compared, Comparison, Condition, Literal, Property
from geo_offlimits.domain.instants import parse_instant
from geo_offlimits.errors import InputError, Issue, QueryError, Sentence
from geo_offlimits.formats import cql2
from geo_offlimits.layer import Column, ColumnKind
from geo_offlimits.lookup.reference_systems import ReferenceSystem
from geo_offlimits.services.features import Kind, Question, queryables

DEFAULT_LIMIT, MAX_LIMIT = 100, 1_000
FORMATS = ("json", "html")
CQL2_TEXT = "cql2-text"
OF_ITEMS = ("bbox", "bbox-crs", "crs", "datetime", "limit", "offset", "filter", "filter-lang", "filter-crs")
OF_ITEM = ("crs",)
_WHOLE = Sentence("give a whole number")
_BOX = Sentence("write west,south,east,north in the order of bbox-crs")
_SYSTEMS = Sentence("use one of {members}", members=", ".join(system.value for system in ReferenceSystem))
# CRS84 is also named without the version of its registry, as QGIS does.
_NAMES = {"http://www.opengis.net/def/crs/OGC/0/CRS84": ReferenceSystem.CRS84} | {
    system.value: system for system in ReferenceSystem
}
Read = TypeVar("Read")


def is_for_people() -> bool:
    """Whether a page is wanted: by `f`, else as a browser asks."""
    asked = request.args.get("f")
    if asked in FORMATS:
        return asked == "html"
    accepts = request.accept_mimetypes
    return accepts["text/html"] > max(accepts["application/json"], accepts["application/geo+json"])


def refuse_unknown(*known: str) -> None:
    """Raises QueryError for a parameter that is not one of these, or `f`, or is there twice."""
    for name, values in request.args.lists():
        if name not in ("f", *known):
            remedy = Sentence("use one of {members}", members=", ".join(("f", *known)))
            raise _refused(name[:40], Sentence("unknown parameter"), remedy)
        if len(values) > 1:
            raise _refused(name, Sentence("given twice"), Sentence("give it once"))
    if request.args.get("f", "json") not in FORMATS:
        raise _refused("f", Sentence("no form that there is"), Sentence("use one of {members}", members="json, html"))


def crs() -> ReferenceSystem:
    """The reference system in which geometries are to be given."""
    return _read("crs", _system) or ReferenceSystem.CRS84


def question(kind: Kind) -> Question:
    """What of a collection of this kind is wanted. Raises QueryError naming the parameter at fault."""
    named = queryables(kind)
    refuse_unknown(*OF_ITEMS, "mission", *named)
    return Question(
        window=_read("bbox", partial(_window, _read("bbox-crs", _system) or ReferenceSystem.CRS84)),
        during=_read("datetime", _during),
        condition=_condition(named),
        limit=min(_read("limit", partial(_whole, least=1)) or DEFAULT_LIMIT, MAX_LIMIT),
        offset=_read("offset", partial(_whole, least=0)) or 0,
    )


def _read(name: str, reader: Callable[[str, str], Read]) -> Read | None:
    text = request.args.get(name)
    return None if text is None else reader(name, text)


def _refused(name: str, reason: str, remedy: str, value: str = "") -> QueryError:
    return QueryError(Issue(field=name, reason=reason, remedy=remedy, value=value[:40]))


def _whole(name: str, text: str, *, least: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10) or int(text) < least:  # noqa: PLR2004  (a billion)
        raise _refused(name, Sentence("not a whole number of {least} or more", least=least), _WHOLE, text)
    return int(text)


def _system(name: str, text: str) -> ReferenceSystem:
    if text not in _NAMES:
        raise _refused(name, Sentence("not a reference system that is known here"), _SYSTEMS, text)
    return _NAMES[text]


def _window(system: ReferenceSystem, name: str, text: str) -> BaseGeometry:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    corners = cql2.level(numbers) if len(numbers) in (4, 6) else ()
    # A third axis is not that of latitude in any system: what is north of itself is a slip.
    up = 0 if system is ReferenceSystem.WGS84 else 1
    if not corners or not all(map(isfinite, numbers)) or corners[up] > corners[up + 2]:
        raise _refused(name, Sentence("not a box"), _BOX, text)
    return system.window(corners)


def _during(name: str, text: str) -> tuple[datetime | None, datetime | None]:
    parts = text.split("/")
    if len(parts) == 1:
        at = _moment(name, text, parts[0])
        return at, at
    first, last = (None if part in ("", "..") else _moment(name, text, part) for part in (parts[0], parts[-1]))
    if len(parts) > 2 or (first and last and first > last):  # noqa: PLR2004  (from, to)
        raise _refused(name, Sentence("not a time or an interval"), _INTERVAL, text)
    return first, last


_INTERVAL = Sentence("write 2026-03-01T00:00:00Z, or two of them with / between, .. where it is open")


def _moment(name: str, whole: str, text: str) -> datetime:
    # A + in an address is a blank to whoever reads it, so an offset arrives with one.
    try:
        return parse_instant(text.replace(" ", "+"))
    except InputError:
        raise _refused(name, Sentence("not a time or an interval"), _INTERVAL, whole) from None


def _condition(named: Mapping[str, Column]) -> Condition | None:
    """The filter, and of each property that is a parameter of its own that it equals it."""
    conditions = [_equals(name, named.get(name)) for name in request.args if name in named or name == "mission"]
    if request.args.get("filter-lang", CQL2_TEXT) != CQL2_TEXT:
        raise _refused("filter-lang", Sentence("no language that is known here"), Sentence("use cql2-text"))
    system = _read("filter-crs", _system) or ReferenceSystem.CRS84
    if (text := request.args.get("filter")) is not None:
        conditions.append(cql2.condition(text, system))
    return All(tuple(conditions)) if conditions else None


def _equals(name: str, column: Column | None) -> Condition:
    text = request.args[name]
    kind = column.kind if column else ColumnKind.TEXT
    if kind is ColumnKind.INSTANT:
        return Compared(Comparison.EQUAL, Property(name), Literal(_moment(name, text, text)))
    if kind is ColumnKind.METRES:
        return Compared(Comparison.EQUAL, Property(name), Literal(_metres(name, text)))
    return Compared(Comparison.EQUAL, Property(name), Literal(text))


def _metres(name: str, text: str) -> float:
    try:
        metres = float(text)
    except ValueError:
        metres = float("nan")
    if not isfinite(metres):
        raise _refused(name, Sentence("not a number"), Sentence("give metres"), text)
    return metres
