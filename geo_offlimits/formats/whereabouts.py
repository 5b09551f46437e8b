"""Where one row of a list says that its entry is, and how sure that is.

1. A geometry of the file is the place; else latitude and longitude; else the text of a position, in any notation. An
   O for a side is west or east as the territory has it, and that is told.
2. Without any of them a town of the mission is the place, as large as the town is, and it is said that it was placed
   by its name. A sector is too large to be one: no check within it could tell anything. The entry is kept without.
3. A rule for a kind of venue holds in its sector or around its town; where it names a place that is not known it is
   refused, because without a place it would hold in the whole mission.
"""

import re
from collections.abc import Callable, Sequence
from functools import partial

import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.position import Position, PositionError
from geo_offlimits.errors import InputError, Issue, Sentence, either
from geo_offlimits.formats.reader import Row
from geo_offlimits.formats.told import Told
from geo_offlimits.lookup.coordinates import AmbiguousPositionError, parse_position
from geo_offlimits.lookup.gazetteer import Gazetteer, Place, PlaceKind
from geo_offlimits.lookup.geodesy import distance_m, inside
from geo_offlimits.lookup.misplaced import Slip, grid_readings, suspicion
from geo_offlimits.lookup.readings import EXAMPLE, brief

Where = tuple[BaseGeometry | None, float | None]

# Two columns that both say where are compared; beyond this they are not the same door.
_SAME_PLACE_M = 100.0
_DECIMAL = re.compile(r"[+-]?\d+(?:[.,]\d+)?", re.ASCII)
_MORE_OF_WHERE = frozenset({"position", "uncertainty_m"})
_POLE, _HALF_TURN = 90.0, 180.0
_BY_HAND = Sentence("draw its outline, name a sector or a town of the mission, or leave the place out")


def place(told: Told, territory: BaseGeometry | None) -> Where:
    """The place of premises or an area and its 95 % uncertainty; (None, None) where the row does not say."""
    if told.spot is not None:
        return told.spot, None
    uncertainty_m = told.read("uncertainty_m", _metres)
    if told.row.geometry is not None:
        return told.row.geometry, uncertainty_m
    pair = _pair(told, uncertainty_m, territory)
    parse = partial(parse_position, uncertainty_m=uncertainty_m, territory=territory, asks_order=False)
    spoken = told.read("position", lambda text: _east_or_west(told, "position", partial(parse, text), territory))
    if pair and spoken:
        _compare(told, pair, spoken)
    elif territory is not None:
        _suspect_grid(told, told.text("position") or "", territory)
    position = pair or spoken
    if position is None:
        return None, uncertainty_m
    if (position.lat, position.lon) == (0.0, 0.0):
        reason = Sentence("the position is 0, 0, in the open sea")
        told.issue("latitude", reason, Sentence("leave it empty where the place is unknown"))
    # A plain pair of decimals says nothing of its own accuracy; a coarse grid square does.
    said = uncertainty_m is not None or position is spoken
    # A third of the time that Point() takes, and a long list has a hundred thousand of them.
    return shapely.points([position.lon, position.lat]), position.uncertainty_m if said else None


def plain_spots(rows: Sequence[Row]) -> list[BaseGeometry | None]:
    """Of each row that has a plain pair of decimals on Earth, and nothing else of where it is, its point.

    They are made all at once, in a fraction of the time; `place` says the same of each, and what is wrong with others.
    """
    lats, lons, placed = [], [], []
    for at, row in enumerate(rows):
        values = row.values
        lat, lon = values.get("latitude"), values.get("longitude")
        if lat is None or lon is None or row.geometry is not None or not values.keys().isdisjoint(_MORE_OF_WHERE):
            continue
        if _DECIMAL.fullmatch(lat) and _DECIMAL.fullmatch(lon):
            north, east = float(lat.replace(",", ".")), float(lon.replace(",", "."))
            if abs(north) <= _POLE and abs(east) <= _HALF_TURN and (north, east) != (0.0, 0.0):
                lats.append(north)
                lons.append(east)
                placed.append(at)
    spots: list[BaseGeometry | None] = [None] * len(rows)
    for at, point in zip(placed, shapely.points(lons, lats), strict=True):
        spots[at] = point
    return spots


def _suspect_grid(told: Told, text: str, territory: BaseGeometry) -> None:
    """A grid reference that one other letter or digit brings inside; what is wrong with it is said elsewhere."""
    if found := grid_readings(text, territory):
        reason = Sentence("outside the territory; with one other letter or digit it lies inside")
        told.remark("position", reason, Sentence("write {choices} if that is meant", choices=either(*found)))


def says_where(told: Told) -> bool:
    """Whether the row has anything of coordinates in it, readable or not."""
    texts = told.text("latitude") or told.text("longitude") or told.text("position")
    return told.row.geometry is not None or bool(texts)


def town_of(told: Told, near: Gazetteer) -> Place | None:
    """The town that is the place of premises without coordinates. What was found, or not, is a remark."""
    town, sector = told.text("locality"), told.text("sector")
    found = near.find(town, PlaceKind.TOWN) if town else ()
    if len(found) == 1:
        facts = {"town": found[0].name, "radius_m": round(found[0].radius_m or 0)}
        reason = Sentence("no coordinates: placed by the name of its town, {town}, within {radius_m} m", **facts)
        told.remark("locality", reason, Sentence("give its coordinates as soon as they are known"))
        return found[0]
    named = town or sector
    if named:
        reason = Sentence(
            "no coordinates: kept without a place, {why}", why=_why_unplaced(near, town, sector, len(found))
        )
        told.remark("locality" if town else "sector", reason, Sentence("give its coordinates"))
    return None


def _why_unplaced(near: Gazetteer, town: str | None, sector: str | None, towns: int) -> Sentence:
    if towns > 1:
        return Sentence("as there are several towns of this name")
    if any(named and near.find(named, PlaceKind.SECTOR) for named in (town, sector)):
        return Sentence("as a sector is too large to be one")
    return Sentence("as no town or sector of this name is known")


def area_of_rule(told: Told, named: str | None, near: Gazetteer | None) -> BaseGeometry | None:
    """Where a rule for a kind of venue holds; None is the whole mission. What is named and not known is an issue."""
    wanted = [text for text in (named, told.text("sector"), told.text("locality")) if text]
    if told.row.geometry is not None or not wanted:
        return told.row.geometry
    found = near.find(wanted[0]) if near else ()
    if len(found) != 1:
        reason = Sentence("where {place} is, is not known, and the rule would hold everywhere", place=repr(wanted[0]))
        told.issue("locality" if wanted[0] == told.text("locality") else "sector", reason, _BY_HAND)
        return None
    if found[0].radius_m is not None:
        facts = {"town": found[0].name, "radius_m": round(found[0].radius_m)}
        reason = Sentence("the rule holds in a circle of {radius_m} m around {town}", **facts)
        told.remark("locality", reason, Sentence("draw the outline that is meant before it is decided"))
    return found[0].area()


def _pair(told: Told, uncertainty_m: float | None, territory: BaseGeometry | None) -> Position | None:
    lat, lon = told.text("latitude"), told.text("longitude")
    if (lat is None) != (lon is None):
        missing = "longitude" if lon is None else "latitude"
        reason = Sentence("longitude is missing") if lon is None else Sentence("latitude is missing")
        told.issue(missing, reason, Sentence("give both, or neither where the place is unknown"))
    if lat is None or lon is None:
        return None
    try:
        return _east_or_west(told, "longitude", partial(_position, lat, lon, uncertainty_m), territory)
    except PositionError as fault:
        if not _lost_mark(told, lat, lon, territory):
            told.refused(fault, "latitude", lat)
        return None


def _east_or_west(told: Told, field: str, read: Callable[[], Position], territory: BaseGeometry | None) -> Position:
    """What `read` gives. An O is west in French and east in German: where one of them alone lies in the territory, it.

    That is told. Elsewhere, and for any other doubt, raises what `read` does.
    """
    try:
        return read()
    except AmbiguousPositionError as fault:
        within = [one for one in fault.readings if territory is not None and inside(territory, one.lat, one.lon)]
        sides = {(one.lat, abs(one.lon)) for one in fault.readings}
        if len(fault.readings) != len("EW") or len(sides) > 1 or len(within) != 1:
            raise
        choice = f"{brief(within[0].lat)}, {brief(within[0].lon)}"
        told.remark(
            field,
            Sentence("read as {choice}, which of its readings alone lies in the territory", choice=choice),
            EXAMPLE,
        )
        return within[0]


def _lost_mark(told: Told, lat: str, lon: str, territory: BaseGeometry | None) -> bool:
    """Numbers beyond the Earth that lie in the territory once the decimal mark stands where a program lost it."""
    numbers = _decimal(lat), _decimal(lon)
    if territory is None or numbers[0] is None or numbers[1] is None:
        return False
    found = suspicion(numbers[0], numbers[1], territory)
    if found is None or found.slip is not Slip.MARK:
        return False
    readings = either(*(f"{brief(one[0])}, {brief(one[1])}" for one in found.readings))
    told.issue(
        "latitude",
        Sentence("{lat}, {lon} is no place on Earth: its decimal mark is lost", lat=lat, lon=lon),
        Sentence("write {choices} if that is meant", choices=readings),
    )
    return True


def _compare(told: Told, pair: Position, spoken: Position) -> None:
    apart_m = distance_m(pair, Point(spoken.lon, spoken.lat))
    if apart_m > _SAME_PLACE_M + pair.uncertainty_m + spoken.uncertainty_m:
        reason = Sentence("{apart_m} m from the row's latitude and longitude", apart_m=round(apart_m))
        told.issue("position", reason, Sentence("correct one of them"))


def _position(lat: str, lon: str, uncertainty_m: float | None) -> Position:
    """Two columns of decimals with a point or a comma (`nan` too, to be refused); else any notation in two parts."""
    numbers = [_decimal(text) for text in (lat, lon)]
    if None in numbers:
        return parse_position(f"{lat} {lon}", uncertainty_m=uncertainty_m)
    extra = {} if uncertainty_m is None else {"uncertainty_m": uncertainty_m}
    return Position(lat=float(numbers[0] or 0), lon=float(numbers[1] or 0), **extra)


def _decimal(text: str) -> float | None:
    if _DECIMAL.fullmatch(text) or text.casefold() in {"nan", "inf", "-inf", "infinity", "-infinity"}:
        return float(text.replace(",", "."))
    return None


def _metres(text: str) -> float:
    number = _decimal(text.casefold().removesuffix("m").strip())
    if number is None:
        reason, remedy = Sentence("not a number of metres"), Sentence("write 25")
        issue = Issue(field="uncertainty_m", value=text[:40], reason=reason, remedy=remedy)
        raise InputError(Sentence("{text} is not a number of metres; write 25.", text=repr(text[:40])), issue)
    return Position(lat=0.0, lon=0.0, uncertainty_m=number).uncertainty_m
