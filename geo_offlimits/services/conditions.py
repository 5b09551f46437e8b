"""Conditions answered over a layer, a whole column at a time.

1. What is missing is unknown, and so is what is compared with it; NOT of unknown is unknown; found is what is true.
2. Asked for are the columns with plain values only; a name that is no column's, or another kind of value, is refused.
3. No text of a filter becomes a program: a pattern is cut at its `%` into pieces of fixed length, so that no pattern
   takes longer than its length times the text's.
"""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.conditions import (
    All,
    AnyOf,
    Compared,
    Comparison,
    Condition,
    Folded,
    Interval,
    Like,
    Literal,
    Located,
    Missing,
    Not,
    OneOf,
    Predicate,
    Property,
    Scalar,
    SpatialRelation,
    TemporalRelation,
    Timed,
    When,
)
from geo_offlimits.domain.instants import parse_instant
from geo_offlimits.errors import InputError, Issue, QueryError, Sentence
from geo_offlimits.layer import Column, ColumnKind

Mask = NDArray[np.bool_]
GEOMETRY = "geometry"
_COMPARED: Mapping[Comparison, Callable[[Any, Any], Any]] = {
    Comparison.EQUAL: operator.eq,
    Comparison.UNEQUAL: operator.ne,
    Comparison.LESS: operator.lt,
    Comparison.AT_MOST: operator.le,
    Comparison.MORE: operator.gt,
    Comparison.AT_LEAST: operator.ge,
}
# s, e: start and end of the one; t, f: of the other.
_TIMED: Mapping[TemporalRelation, Callable[[Any, Any, Any, Any], Any]] = {
    TemporalRelation.AFTER: lambda s, _e, _t, f: s > f,
    TemporalRelation.BEFORE: lambda _s, e, t, _f: e < t,
    TemporalRelation.CONTAINS: lambda s, e, t, f: (s < t) & (e > f),
    TemporalRelation.DISJOINT: lambda s, e, t, f: (e < t) | (s > f),
    TemporalRelation.DURING: lambda s, e, t, f: (s > t) & (e < f),
    TemporalRelation.EQUALS: lambda s, e, t, f: (s == t) & (e == f),
    TemporalRelation.FINISHED_BY: lambda s, e, t, f: (s < t) & (e == f),
    TemporalRelation.FINISHES: lambda s, e, t, f: (s > t) & (e == f),
    TemporalRelation.INTERSECTS: lambda s, e, t, f: (s <= f) & (e >= t),
    TemporalRelation.MEETS: lambda _s, e, t, _f: e == t,
    TemporalRelation.MET_BY: lambda s, _e, _t, f: s == f,
    TemporalRelation.OVERLAPPED_BY: lambda s, e, t, f: (s > t) & (s < f) & (e > f),
    TemporalRelation.OVERLAPS: lambda s, e, t, f: (s < t) & (e > t) & (e < f),
    TemporalRelation.STARTED_BY: lambda s, e, t, f: (s == t) & (e > f),
    TemporalRelation.STARTS: lambda s, e, t, f: (s == t) & (e < f),
}
_LOCATED: Mapping[SpatialRelation, Callable[[Any, Any], Any]] = {
    SpatialRelation.INTERSECTS: shapely.intersects,
    SpatialRelation.DISJOINT: shapely.disjoint,
    SpatialRelation.CONTAINS: shapely.contains,
    SpatialRelation.WITHIN: shapely.within,
    SpatialRelation.TOUCHES: shapely.touches,
    SpatialRelation.CROSSES: shapely.crosses,
    SpatialRelation.OVERLAPS: shapely.overlaps,
    SpatialRelation.EQUALS: shapely.equals,
}
_BEGINNING, _END = np.datetime64("0001-01-01", "us"), np.datetime64("9999-12-31", "us")


@dataclass(frozen=True)
class Truth:
    """What is true and what is false of each row; where it is neither, it is unknown."""

    true: Mask
    false: Mask


@dataclass(frozen=True)
class _Values:
    """A value for each row, as `kind` has it, and where it is known."""

    kind: str
    held: Any
    known: Mask


_KINDS = {ColumnKind.TEXT: "text", ColumnKind.METRES: "number", ColumnKind.INSTANT: "moment"}


class Table:
    """A layer of which conditions are asked.

    queryable : name as filters write it -> column. fixed : what is the same text in every row, by name.
    """

    def __init__(self, layer: gpd.GeoDataFrame, queryable: Mapping[str, Column], fixed: Mapping[str, str]) -> None:
        self._layer, self._queryable, self._fixed = layer, queryable, fixed

    def holds(self, condition: Condition) -> Mask:
        """The rows of which the condition is true. Raises QueryError for what cannot be asked of this layer."""
        return self._truth(condition).true

    def _truth(self, condition: Condition) -> Truth:
        match condition:
            case Not(of):
                inner = self._truth(of)
                return Truth(inner.false, inner.true)
            case All(of):
                return reduce(_both, (self._truth(one) for one in of))
            case AnyOf(of):
                return reduce(_either, (self._truth(one) for one in of))
            case Literal(value):
                return _settled(np.full(len(self._layer), value is True), self._everywhere)
            case _:
                return self._answered(condition)

    def _answered(self, predicate: Predicate) -> Truth:
        match predicate:
            case Compared(how, left, right):
                return self._compared(how, left, right)
            case OneOf(value, options):
                return reduce(_either, (self._compared(Comparison.EQUAL, value, one) for one in options))
            case Like(text, pattern, folded):
                return self._like(text, pattern, folded=folded)
            case Missing(of):
                known = self._known(of)
                return Truth(~known, known)
            case Located(how, left, right):
                return self._located(how, self._place(left), self._place(right))
            case Timed(how, left, right):
                return self._timed(how, self._span(left), self._span(right))

    @property
    def _everywhere(self) -> Mask:
        return np.ones(len(self._layer), dtype=bool)

    def _compared(self, how: Comparison, left: Scalar, right: Scalar) -> Truth:
        one, other = self._values(self._beside(right, left)), self._values(self._beside(left, right))
        if one.kind != other.kind:
            raise _refused(Sentence("{one} beside {other}", one=one.kind, other=other.kind))
        known = one.known & other.known
        return _settled(np.asarray(_COMPARED[how](one.held, other.held), dtype=bool), known)

    def _beside(self, other: Scalar, scalar: Scalar) -> Scalar:
        """A text beside a property that is a moment, as one: programs write `since > '2026-03-01T00:00:00Z'`."""
        column = self._queryable.get(other.name) if isinstance(other, Property) else None
        if not (column and column.kind is ColumnKind.INSTANT):
            return scalar
        if not (isinstance(scalar, Literal) and isinstance(scalar.value, str)):
            return scalar
        try:
            return Literal(parse_instant(scalar.value))
        except InputError:
            remedy = Sentence("write TIMESTAMP('2026-03-01T00:00:00Z')")
            raise _refused(Sentence("not a time"), remedy) from None

    def _values(self, scalar: Scalar) -> _Values:
        if isinstance(scalar, Folded):
            inner = self._values(scalar.of)
            if inner.kind != "text":
                raise _refused(Sentence("CASEI of what is no text"))
            return _Values("text", _folded(inner.held), inner.known)
        if isinstance(scalar, Literal):
            return self._literal(scalar.value)
        if scalar.name in self._fixed:
            return self._literal(self._fixed[scalar.name])
        column = self._column(scalar.name)
        held = self._layer[column.name]
        known = held.notna().to_numpy(dtype=bool)
        if column.kind is ColumnKind.TEXT:
            return _Values("text", held.fillna("").to_numpy(dtype=object), known)
        return _Values(_KINDS[column.kind], _plain(held), known)

    def _column(self, name: str) -> Column:
        column = self._queryable.get(name)
        if column is None or column.kind not in _KINDS:
            known = ", ".join([*self._queryable, *self._fixed])
            raise _refused(Sentence("no property {name}", name=repr(name[:40])), Sentence("use {known}", known=known))
        return column

    def _literal(self, value: object) -> _Values:
        rows = len(self._layer)
        if isinstance(value, bool | BaseGeometry):
            raise _refused(Sentence("not a value that properties have"))
        if isinstance(value, datetime):
            return _Values("moment", np.full(rows, _moment(value)), self._everywhere)
        if isinstance(value, str):
            return _Values("text", np.full(rows, value, dtype=object), self._everywhere)
        return _Values("number", np.full(rows, value, dtype=float), self._everywhere)

    def _known(self, of: Property) -> Mask:
        if of.name == GEOMETRY:
            known: Mask = ~shapely.is_missing(np.asarray(self._layer.geometry, dtype=object))
            return known
        return self._values(of).known

    def _like(self, text: Scalar, pattern: str, *, folded: bool) -> Truth:
        values = self._values(text)
        if values.kind != "text":
            raise _refused(Sentence("LIKE of what is no text"))
        matches = _pattern(pattern.casefold() if folded else pattern)
        told = _folded(values.held) if folded else values.held
        return _settled(np.fromiter(map(matches, told), dtype=bool, count=len(told)), values.known)

    def _place(self, place: Property | Literal) -> Any:
        if isinstance(place, Literal):
            if not isinstance(place.value, BaseGeometry):
                raise _refused(Sentence("not a geometry"))
            shapely.prepare(place.value)
            return place.value
        if place.name != GEOMETRY:
            raise _refused(Sentence("{name} is no geometry", name=repr(place.name[:40])))
        return np.asarray(self._layer.geometry, dtype=object)

    def _located(self, how: SpatialRelation, left: Any, right: Any) -> Truth:
        known = self._everywhere & ~shapely.is_missing(left) & ~shapely.is_missing(right)
        return _settled(np.broadcast_to(_LOCATED[how](left, right), known.shape), known)

    def _span(self, when: When) -> tuple[Any, Any, Mask]:
        """Start and end of each row, and where they are known. In an interval what is missing is open."""
        if isinstance(when, Interval):
            start, end = (self._bound(when.start, _BEGINNING), self._bound(when.end, _END))
            return start, end, self._everywhere
        at = self._times(when)
        return at.held, at.held, at.known

    def _bound(self, bound: Property | Literal | None, otherwise: np.datetime64) -> Any:
        if bound is None:
            return np.full(len(self._layer), otherwise)
        at = self._times(bound)
        return np.where(at.known, at.held, otherwise)

    def _times(self, when: Property | Literal) -> _Values:
        at = self._values(when)
        if at.kind != "moment":
            raise _refused(Sentence("not a time"))
        return at

    def _timed(self, how: TemporalRelation, left: tuple[Any, Any, Mask], right: tuple[Any, Any, Mask]) -> Truth:
        known = left[2] & right[2]
        return _settled(_TIMED[how](left[0], left[1], right[0], right[1]), known)


def _refused(reason: str, remedy: str = "") -> QueryError:
    return QueryError(Issue(field="filter", reason=reason, remedy=remedy or Sentence("see the queryables")))


def _settled(found: Any, known: Mask) -> Truth:
    return Truth(found & known, ~found & known)


def _both(one: Truth, other: Truth) -> Truth:
    return Truth(one.true & other.true, one.false | other.false)


def _either(one: Truth, other: Truth) -> Truth:
    return Truth(one.true | other.true, one.false & other.false)


def _moment(moment: datetime) -> np.datetime64:
    return np.datetime64(moment.replace(tzinfo=None), "us")


def _plain(held: "pd.Series[Any]") -> Any:
    """Numbers as they are; moments without their zone, which is UTC."""
    return held.dt.tz_localize(None).to_numpy() if hasattr(held, "dt") else held.to_numpy(dtype=float)


def _folded(texts: Any) -> Any:
    return np.array([text.casefold() for text in texts], dtype=object)


def _pattern(pattern: str) -> Callable[[str], bool]:
    """Whether a text is like the pattern: its first piece stands at the start, its last at the end."""
    first, *rest = [re.compile(piece, re.DOTALL) for piece in _pieces(pattern)]
    if not rest:
        return lambda text: first.fullmatch(text) is not None
    *middle, last = rest
    length = sum(1 for _ in re.finditer(r"\\.|.", last.pattern, re.DOTALL))

    def matches(text: str) -> bool:
        found = first.match(text)
        for piece in middle:
            found = found and piece.search(text, found.end())
        at = len(text) - length
        return found is not None and at >= found.end() and last.fullmatch(text, at) is not None

    return matches


def _pieces(pattern: str) -> list[str]:
    """Regular expressions of the pieces between the `%`: each of fixed length, without repetition."""
    pieces = [""]
    for part in re.findall(r"\\.|.", pattern, re.DOTALL):
        if part == "%":
            pieces.append("")
        else:
            pieces[-1] += "." if part == "_" else re.escape(part[-1])
    return pieces
