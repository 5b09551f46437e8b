"""What a row at fault may have meant, so that one press sets it right. It is offered, never done.

1. A place outside the territory, or none on Earth: what one slip (`lookup.misplaced`) would bring inside. A text of a
   position that can be read in several ways: each of them, those inside the territory where there are any.
2. Hours that could be the morning or the evening, where nothing else stands in the text: each of them.
3. Rows are alike where a slip that is made with a whole column has one reading in each, or where they say the same.
   They can be set right together, each by what is offered for itself.
"""

import math
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.imports import RowReport, RowStatus
from geo_offlimits.domain.position import UNKNOWN_UNCERTAINTY_M, Position, PositionError
from geo_offlimits.errors import Issue
from geo_offlimits.formats.hours import HoursError, read_hours
from geo_offlimits.formats.reader import Row, Table
from geo_offlimits.lookup.coordinates import parse_position
from geo_offlimits.lookup.geodesy import inside
from geo_offlimits.lookup.misplaced import Slip, Suspicion, grid_readings, suspicion
from geo_offlimits.lookup.readings import AmbiguousPositionError, brief
from geo_offlimits.services.act import Act
from geo_offlimits.services.positions import territory_of

# Rows at fault that are looked at for others alike, and how many of these one press may set right: all are named.
_LOOKED_AT, _NAMED = 200, 50
_MOST_READINGS = 3
_OF_A_COLUMN = frozenset({Slip.SWAPPED, Slip.SIGN, Slip.MARK})
_PLACES = ("position", "latitude", "longitude")
_NUMBER = r"([+-]?\d+(?:[.,]\d+)?)"
_TWO_NUMBERS = re.compile(rf"{_NUMBER}(?:\s*[;/]\s*|\s*,\s+|\s+|,(?=[+-]?\d+\.)){_NUMBER}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What the row may have meant: `told` to a person, `cells` (field -> text) in place of what stands there."""

    told: str
    cells: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Mend:
    """What is offered for one row in place of what it says (`said`) in the field of an issue.

    slip : the slip of the pen that each offer takes back; None where the text itself has several readings.
    alike : numbers of the other rows that the same answer sets right, told at the first of them.
    """

    row: int
    field: str
    said: str
    offers: tuple[Offer, ...]
    slip: Slip | None = None
    alike: tuple[int, ...] = ()

    @property
    def likeness(self) -> tuple[str, ...]:
        return (self.slip,) if self.slip in _OF_A_COLUMN and len(self.offers) == 1 else (self.field, self.said)

    def offer(self, told: str) -> Offer | None:
        return next((one for one in self.offers if one.told == told), None)


Mends = Mapping[tuple[int, str], Mend]


def mends(act: Act, mission: str, table: Table, reports: Sequence[RowReport], shown: Collection[int]) -> Mends:
    """What is offered for rows at fault, by the row and the field of the issue that it settles.

    shown : numbers of the rows that a person sees; of the others so many are looked at as can be named.
    Raises what `positions.territory_of` does.
    """
    territory = territory_of(act, mission)
    rows = {row.number: row for row in table.rows}
    refused = [one for one in reports if one.status is RowStatus.REFUSED and one.row in rows]
    looked = [*refused[:_LOOKED_AT], *(one for one in refused[_LOOKED_AT:] if one.row in shown)]
    found = [made for one in looked for made in _of_row(rows[one.row], one.issues, territory)]
    return {(one.row, one.field): one for one in _beside_their_like(found)}


def taken(offered: Mends, row: int, told: str, also: Collection[int] = ()) -> dict[int, Mapping[str, str]]:
    """Row -> cells for the offer `told` of a row, and of its like those in `also`. Empty where it is not offered."""
    mend = next((one for one in offered.values() if one.row == row and one.offer(told)), None)
    offer = mend.offer(told) if mend else None
    if mend is None or offer is None:
        return {}
    cells = {row: offer.cells}
    like = {one.row: one for one in offered.values() if one.row in mend.alike and one.likeness == mend.likeness}
    for number in also:
        if number not in like:
            return {}
        other = like[number]
        cells[number] = (other.offer(told) or other.offers[0]).cells
    return cells


def _of_row(row: Row, issues: Sequence[Issue], territory: BaseGeometry | None) -> Iterator[Mend]:
    place = next((one.field for one in issues if one.field in _PLACES), None)
    if place and (said := _said(row)):
        slip, offers = _places(row, said, territory)
        if offers:
            yield Mend(row=row.number, field=place, said=said, offers=offers, slip=slip)
    if any(one.field == "hours" for one in issues):
        said = row.values.get("hours", "")
        offers = tuple(Offer(told=one, cells={"hours": one}) for one in _hours(said))
        if offers:
            yield Mend(row=row.number, field="hours", said=said, offers=offers)


def _beside_their_like(found: Sequence[Mend]) -> Iterator[Mend]:
    groups: defaultdict[tuple[str, ...], list[Mend]] = defaultdict(list)
    for one in found:
        groups[one.likeness].append(one)
    for first, *others in groups.values():
        yield replace(first, alike=tuple(one.row for one in others[:_NAMED]))
        yield from others


def _hours(text: str) -> tuple[str, ...]:
    try:
        read_hours(text)
    except HoursError as fault:
        return tuple(one for one in fault.choices if not _is_no_time(one))
    return ()


def _is_no_time(span: str) -> bool:
    """Whether it begins and ends at the same time, which is no schedule."""
    first, last = span.split("-")
    return first == last


def _said(row: Row) -> str:
    """The one text of where it is; '' where there is none, or two that may contradict each other."""
    lat, lon, text = (row.values.get(name, "") for name in ("latitude", "longitude", "position"))
    if isinstance(row.geometry, Point):
        return f"{brief(row.geometry.y)}, {brief(row.geometry.x)}"
    if row.geometry is not None or (text and (lat or lon)):
        return ""
    return f"{lat} {lon}" if lat and lon else text


def _places(row: Row, said: str, territory: BaseGeometry | None) -> tuple[Slip | None, tuple[Offer, ...]]:
    grids = grid_readings(said, territory) if territory is not None else ()
    if grids:
        return Slip.DIGIT, tuple(Offer(told=one, cells={"position": one}) for one in grids)
    slip, places = _readings(said, territory)
    offers = tuple(made for one in places if (made := _offer(row, one)))
    return (slip, offers) if len(offers) <= _MOST_READINGS else (None, ())


def _readings(text: str, territory: BaseGeometry | None) -> tuple[Slip | None, Sequence[Position]]:
    plain = _numbers(text)
    if plain and (found := _slip(*plain, territory)):
        return found.slip, [Position(lat=lat, lon=lon) for lat, lon in found.readings]
    try:
        meant = parse_position(text, territory=territory, asks_order=False)
    except AmbiguousPositionError as fault:
        return None, _likelier(fault.readings, territory)
    except PositionError:
        return None, ()
    elsewhere = _slip(meant.lat, meant.lon, territory)
    if plain or elsewhere is None:
        return None, ()
    return elsewhere.slip, [replace(meant, lat=lat, lon=lon) for lat, lon in elsewhere.readings]


def _numbers(text: str) -> tuple[float, float] | None:
    """Two numbers and nothing else, on Earth or not."""
    found = _TWO_NUMBERS.fullmatch(text.strip())
    return (float(found[1].replace(",", ".")), float(found[2].replace(",", "."))) if found else None


def _slip(lat: float, lon: float, territory: BaseGeometry | None) -> Suspicion | None:
    return None if territory is None else suspicion(lat, lon, territory)


def _likelier(readings: Sequence[Position], territory: BaseGeometry | None) -> Sequence[Position]:
    within = [one for one in readings if territory is not None and inside(territory, one.lat, one.lon)]
    return within or readings


def _offer(row: Row, place: Position) -> Offer | None:
    """In the columns in which the row says where it is; no surer than what stood there."""
    lat, lon = brief(place.lat), brief(place.lon)
    told = f"{lat}, {lon}"
    cells = {"latitude": lat, "longitude": lon} if row.values.get("latitude") else {"position": told}
    try:
        parse_position(told, asks_order=False)
    except PositionError:
        return None
    if place.uncertainty_m > UNKNOWN_UNCERTAINTY_M and not row.values.get("uncertainty_m"):
        cells["uncertainty_m"] = str(math.ceil(place.uncertainty_m))
    return Offer(told=told, cells=cells)
