"""What a filter asks of a feature, as a tree of a few plain kinds of node. Nothing else can be asked.

`formats.cql2` reads it from text, `services.conditions` answers it over a layer.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shapely.geometry.base import BaseGeometry


class Comparison(StrEnum):
    EQUAL = "="
    UNEQUAL = "<>"
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="


class SpatialRelation(StrEnum):
    INTERSECTS = "s_intersects"
    DISJOINT = "s_disjoint"
    CONTAINS = "s_contains"
    WITHIN = "s_within"
    TOUCHES = "s_touches"
    CROSSES = "s_crosses"
    OVERLAPS = "s_overlaps"
    EQUALS = "s_equals"


class TemporalRelation(StrEnum):
    AFTER = "t_after"
    BEFORE = "t_before"
    CONTAINS = "t_contains"
    DISJOINT = "t_disjoint"
    DURING = "t_during"
    EQUALS = "t_equals"
    FINISHED_BY = "t_finishedby"
    FINISHES = "t_finishes"
    INTERSECTS = "t_intersects"
    MEETS = "t_meets"
    MET_BY = "t_metby"
    OVERLAPPED_BY = "t_overlappedby"
    OVERLAPS = "t_overlaps"
    STARTED_BY = "t_startedby"
    STARTS = "t_starts"


@dataclass(frozen=True)
class Property:
    name: str


@dataclass(frozen=True)
class Literal:
    """A text, a number, a truth value, a moment (UTC) or a geometry (WGS 84 degrees, longitude first)."""

    value: str | float | bool | datetime | BaseGeometry


@dataclass(frozen=True)
class Folded:
    """A text without regard to capitals."""

    of: Property | Literal


@dataclass(frozen=True)
class Interval:
    """From one moment to another; None is open."""

    start: Property | Literal | None
    end: Property | Literal | None


Scalar = Property | Literal | Folded
When = Property | Literal | Interval


@dataclass(frozen=True)
class Not:
    of: "Condition"


@dataclass(frozen=True)
class All:
    of: tuple["Condition", ...]


@dataclass(frozen=True)
class AnyOf:
    of: tuple["Condition", ...]


@dataclass(frozen=True)
class Compared:
    how: Comparison
    left: Scalar
    right: Scalar


@dataclass(frozen=True)
class Like:
    """`pattern`: `%` stands for any characters, `_` for one, a backslash takes the next as it is."""

    text: Scalar
    pattern: str
    folded: bool


@dataclass(frozen=True)
class OneOf:
    value: Scalar
    options: tuple[Scalar, ...]


@dataclass(frozen=True)
class Missing:
    of: Property


@dataclass(frozen=True)
class Located:
    how: SpatialRelation
    left: Property | Literal
    right: Property | Literal


@dataclass(frozen=True)
class Timed:
    how: TemporalRelation
    left: When
    right: When


Predicate = Compared | Like | OneOf | Missing | Located | Timed
Condition = Not | All | AnyOf | Literal | Predicate
