"""The places that a mission's people name without coordinates: towns of the shipped background map, its own sectors."""

from shapely.geometry import Point

from geo_offlimits.delivery.towns import towns
from geo_offlimits.domain.mission import BoundaryKind
from geo_offlimits.formats.reader import Table
from geo_offlimits.formats.understood import Reading, Understood, understood
from geo_offlimits.lookup.gazetteer import Gazetteer, Place, PlaceKind, radius_of_town_m
from geo_offlimits.services import missions
from geo_offlimits.services.act import Act
from geo_offlimits.services.positions import territory_of


def places_of(act: Act, code: str) -> Gazetteer:
    """The towns, the sectors that hold now, and the territory of a mission.

    Raises what `missions.mission` and `territory_of` raise.
    """
    owner = missions.mission(act, code)
    known = [
        Place(
            kind=PlaceKind.TOWN,
            name=town.name,
            other_names=town.other_names,
            geometry=Point(town.position.lon, town.position.lat),
            radius_m=radius_of_town_m(town.people),
        )
        for town in towns(owner.territory)
    ]
    sectors = [
        Place(kind=PlaceKind.SECTOR, name=one.name, geometry=one.geometry)
        for one in act.tx.recalled(("boundaries", code), lambda: act.tx.missions.boundaries(code))
        if one.kind is BoundaryKind.SECTOR and one.valid.holds(act.now)
    ]
    return Gazetteer([*known, *sectors], territory_of(act, code))


def reading_in(act: Act, code: str, table: Table) -> Reading:
    """As `understood_in` reads them, for who has the rows a part at a time."""
    near = places_of(act, code)
    timezone = missions.mission(act, code).timezone
    return Reading(table, timezone=timezone, territory=near.territory, near=near)


def understood_in(act: Act, code: str, table: Table, *, by_name: bool = True) -> Understood:
    """The rows of a list as a mission means them: its time zone, its territory, its places.

    by_name : entries without coordinates are placed by the name of their town; else they are kept without a place.
    """
    near = places_of(act, code)
    timezone = missions.mission(act, code).timezone
    return understood(table, timezone=timezone, territory=near.territory, near=near, by_name=by_name)
