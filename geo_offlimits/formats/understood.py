"""All rows of a list understood together: what one row leaves open, the others may show, and that is told.

1. Days written with numbers alone are read in the order that the other days of their column show; without evidence, or
   with evidence for two orders, each of them is refused with its readings.
2. Where most rows lie in the territory only with latitude and longitude the other way round, the columns are swapped:
   it is told for the file, and nothing is swapped.
3. Hours are when a listing binds. Where a column is rather when a place is open, by its heading, it is said: outside of
   them the listing would not bind.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from geo_offlimits.errors import Issue, Sentence
from geo_offlimits.formats.columns import FIELDS, normalised
from geo_offlimits.formats.days import DayOrder, order_of
from geo_offlimits.formats.described import Described, described
from geo_offlimits.formats.headings import OPENING
from geo_offlimits.formats.reader import Row, Table
from geo_offlimits.formats.whereabouts import plain_spots
from geo_offlimits.lookup.gazetteer import Gazetteer
from geo_offlimits.lookup.misplaced import Slip, suspicion

__all__ = ["Reading", "Understood", "understood"]

_DAY_FIELDS = ("since", "until", "review_by")
_LOOKED_AT, _ENOUGH, _FEWEST = 200, 0.6, 3
_FIRST = {
    DayOrder.DAY_FIRST: Sentence("the day first"),
    DayOrder.MONTH_FIRST: Sentence("the month first"),
    DayOrder.YEAR_FIRST: Sentence("the year first"),
}


@dataclass(frozen=True, kw_only=True)
class Understood:
    """Every row in its order, and what is to be said of the file; such an issue has no row and refuses nothing."""

    rows: tuple[Described, ...]
    issues: tuple[Issue, ...]


def understood(
    table: Table,
    *,
    timezone: str = "UTC",
    territory: BaseGeometry | None = None,
    near: Gazetteer | None = None,
    by_name: bool = True,
) -> Understood:
    """What the rows of a list tell; the facts of the mission as `described` takes them."""
    reading = Reading(table, timezone=timezone, territory=territory, near=near, by_name=by_name)
    rows = reading.described(table.rows)
    return Understood(rows=rows, issues=(*reading.issues, *reading.swapped(rows)))


class Reading:
    """How the rows of a list are understood, by what all of them show; `issues` are what is to be said of that."""

    def __init__(
        self,
        table: Table,
        *,
        timezone: str,
        territory: BaseGeometry | None,
        near: Gazetteer | None,
        by_name: bool = True,
    ) -> None:
        self._mapping, self._territory = table.mapping, territory
        self._orders: dict[str, DayOrder] = {}
        self.issues = (*_orders(table, self._orders), *_opening(table))
        self._described = partial(
            described, timezone=timezone, territory=territory, near=near, by_name=by_name, orders=self._orders
        )

    def described(self, rows: Sequence[Row]) -> tuple[Described, ...]:
        spots = plain_spots(rows)
        return tuple(self._described(row, spot=spot) for row, spot in zip(rows, spots, strict=True))

    def swapped(self, first: Sequence[Described]) -> tuple[Issue, ...]:
        """Whether the columns are swapped, as the first rows show."""
        return tuple(_swapped(self._mapping, first, self._territory))


def _orders(table: Table, orders: dict[str, DayOrder]) -> Iterator[Issue]:
    """The order of the days of each column, into `orders`; what shows it is told."""
    for field in _DAY_FIELDS:
        if field not in table.mapping.values():
            continue
        evidence = order_of(row.values[field] for row in table.rows if field in row.values)
        if evidence.order:
            orders[field] = evidence.order
            yield _order_told(field, evidence.order, evidence.counts[evidence.order], evidence.example[evidence.order])
        elif evidence.counts:
            shown = tuple(evidence.example.values())
            reason = Sentence("its days are written in several orders, as {days} show", days=" · ".join(shown))
            yield Issue(field=field, reason=reason, remedy=Sentence("write each day as 2026-03-31"))


def _opening(table: Table) -> Iterator[Issue]:
    column = next((column for column, field in table.mapping.items() if field == "hours"), None)
    if column is None or not any("hours" in row.values for row in table.rows):
        return
    heading = normalised(column)
    if heading in OPENING or heading not in {"hours", *FIELDS["hours"]}:
        yield Issue(
            field="hours",
            value=column,
            reason=Sentence("read as when a listing binds; outside of these hours it would not"),
            remedy=Sentence("map {column}=note if it is only when the place is open", column=column),
        )


def _order_told(field: str, order: DayOrder, times: int, example: str) -> Issue:
    return Issue(
        field=field,
        value=example,
        reason=Sentence("its days are read with {first}, as {times} of them show", first=_FIRST[order], times=times),
        remedy=Sentence("write each day as 2026-03-31 if that is wrong"),
    )


def _swapped(mapping: Mapping[str, str], rows: Sequence[Described], territory: BaseGeometry | None) -> Iterator[Issue]:
    columns = {field: column for column, field in mapping.items()}
    if territory is None or not {"latitude", "longitude"} <= columns.keys():
        return
    points = [one.subject.geometry for one in rows[:_LOOKED_AT] if one.subject and one.placed_by is None]
    places = [(point.y, point.x) for point in points if isinstance(point, Point)]
    found = [suspicion(lat, lon, territory) for lat, lon in places]
    times = sum(one is not None and one.slip is Slip.SWAPPED for one in found)
    if times >= max(_FEWEST, _ENOUGH * len(places)):
        lat, lon = columns["latitude"], columns["longitude"]
        yield Issue(
            field="columns",
            value=lat,
            reason=Sentence(
                "{times} of {of} rows lie in the territory only with latitude and longitude swapped",
                times=times,
                of=len(places),
            ),
            remedy=Sentence("map {lat}=longitude and {lon}=latitude", lat=lat, lon=lon),
        )
