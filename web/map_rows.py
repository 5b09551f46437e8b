"""Which rows of a list the map of its page leaves out of view: a slip far away would make all others one point.

Where at least half of the rows that have a place lie in the mission's territory or around it, the map shows these, and
the page names the others. Else it shows all. What is shown of a list, such as its rows at fault, goes by all of it.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import shapely
from flask import Response, jsonify
from shapely.geometry.base import BaseGeometry

from geo_offlimits.services import missions
from web import door, paging

_AROUND = 0.25  # of the territory's width and height, on each side
_PLACES = 7
Spot = tuple[float, float] | None  # longitude and latitude in degrees
Placed = Sequence[tuple[int | str, Spot]]


class Bounds(NamedTuple):
    """In degrees."""

    west: float
    south: float
    east: float
    north: float

    def covers(self, lon: float, lat: float) -> bool:
        return self.west <= lon <= self.east and self.south <= lat <= self.north


def spot(place: BaseGeometry | None) -> Spot:
    """Where the sign of a place stands; None where the place is not known."""
    if place is None:
        return None
    point = shapely.point_on_surface(place)
    return round(point.x, _PLACES), round(point.y, _PLACES)


def feature(row: int | str, at: Spot, told: dict[str, Any]) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": list(at)} if at else None
    return {"type": "Feature", "id": row, "geometry": geometry, "properties": told}


def away(code: str, rows: Placed, whole: Placed | None = None) -> dict[int | str, int]:
    """The rows out of view, each with the page of the table that it is on. `whole` : the list they are a part of."""
    territory = missions.territory(door.act(), code)
    if territory is None:
        return {}
    around = _around(territory.geometry)
    of_all = [around.covers(*place) for _, place in whole or rows if place]
    if 2 * sum(of_all) < len(of_all):
        return {}
    numbered = enumerate(rows)
    return {row: paging.page_of(at) for at, (row, place) in numbered if place and not around.covers(*place)}


def _around(territory: BaseGeometry) -> Bounds:
    west, south, east, north = territory.bounds
    wide, high = (east - west) * _AROUND, (north - south) * _AROUND
    return Bounds(west - wide, south - high, east + wide, north + high)


def collection(code: str, features: Sequence[dict[str, Any]], whole: Placed | None = None) -> Response:
    """The features for the map, those out of view marked as `away`."""
    rows = [(one["id"], tuple(one["geometry"]["coordinates"]) if one["geometry"] else None) for one in features]
    far = away(code, rows, whole)
    for one in features:
        one["properties"]["away"] = one["id"] in far
    return jsonify({"type": "FeatureCollection", "features": features})
