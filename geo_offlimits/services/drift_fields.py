"""What two entries that are one say otherwise: only what both lists can mean alike.

A text that one list leaves open is no difference; hours, an end and whom it binds are, as leaving them open says
something: always, for everybody.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.hours import Hours
from geo_offlimits.domain.premises import Part

_DEGREE_M = 111_320.0
_DAY = timedelta(days=1)
_TEXTS = ("category", "address", "locality")


def differing(one: Entry, other: Entry, metres: float | None) -> tuple[str, ...]:
    """The names of the properties, in the order in which they are told; the same whichever entry comes first."""
    return tuple(_differing(one, other, metres))


def _differing(one: Entry, other: Entry, metres: float | None) -> Iterator[str]:
    if _bare(one.name) != _bare(other.name):
        yield "name"
    if _is_elsewhere(one, other, metres):
        yield "geometry"
    yield from _otherwise_described(one, other)
    for field, meant in _DECIDED.items():
        if meant(one) != meant(other):
            yield field
    for field in ("since", "until"):
        if _is_other_day(getattr(one, field), getattr(other, field)):
            yield field


def _otherwise_described(one: Entry, other: Entry) -> Iterator[str]:
    for field in _TEXTS:
        said, told = getattr(one, field), getattr(other, field)
        if said and told and _bare(str(said)) != _bare(str(told)):
            yield field
    if one.part and other.part and _words(one.part) != _words(other.part):
        yield "part"


def _is_other_day(one: datetime | None, other: datetime | None) -> bool:
    if one is None or other is None:
        return one is not other
    return abs(one - other) >= _DAY


def _is_elsewhere(one: Entry, other: Entry, metres: float | None) -> bool:
    if one.geometry is None or other.geometry is None or metres is None:
        return (one.geometry is None) != (other.geometry is None)
    unsure_m = one.unsure_m + other.unsure_m
    if "Point" in {one.geometry.geom_type, other.geometry.geom_type}:
        return metres > unsure_m
    return _apart_m(one.geometry, other.geometry) > unsure_m


def _apart_m(one: BaseGeometry, other: BaseGeometry) -> float:
    """How far two outlines part from one another, about: to tell two drawings of one street from two streets."""
    # Reckoned at the latitude of both together, so that it is the same whichever comes first.
    middle = shapely.get_coordinates([one, other])[:, 1].mean()
    scale = np.array([_DEGREE_M * np.cos(np.radians(middle)), _DEGREE_M])
    flat = [shapely.transform(shape, lambda degrees: degrees * scale) for shape in (one, other)]
    return float(shapely.hausdorff_distance(flat[0], flat[1]))


def _bare(text: str) -> str:
    return " ".join(text.split()).casefold()


def _words(part: Part) -> tuple[str, ...]:
    return tuple(_bare(text) for text in (part.floor, part.entrance, part.text) if text)


def _spans(hours: Hours | None) -> tuple[object, ...]:
    if hours is None:
        return ()
    days = {(day, one.start, one.end) for one in hours.weekly for day in one.days}
    return (hours.tz, *sorted(days))


_DECIDED: dict[str, Callable[[Entry], object]] = {
    "restriction": lambda entry: entry.restriction,
    "hours": lambda entry: _spans(entry.hours),
    "applies_to": lambda entry: frozenset(entry.applies_to),
    "exceptions": lambda entry: frozenset(map(_bare, entry.exceptions)),
}
