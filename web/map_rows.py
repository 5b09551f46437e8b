"""Which rows of a list the map of its page leaves out of view: a slip far away would make all others one point.

Where at least half of the rows that have a place lie in the mission's territory or around it, the map shows these, and
the page names the others. Else it shows all.
"""

from collections.abc import Sequence
from typing import Any

import shapely
from flask import Response, jsonify
from shapely.geometry.base import BaseGeometry

from geo_offlimits.services import missions
from web import door, paging

_AROUND = 0.25  # of the territory's width and height, on each side
_PLACES = 7
Spot = tuple[float, float] | None  # longitude and latitude in degrees
Placed = Sequence[tuple[int | str, Spot]]


def spot(place: BaseGeometry | None) -> Spot:
    """Where the sign of a place stands; None where the place is not known."""
    if place is None:
        return None
    point = shapely.point_on_surface(place)
    return round(point.x, _PLACES), round(point.y, _PLACES)


def feature(row: int | str, at: Spot, told: dict[str, Any]) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": list(at)} if at else None
    return {"type": "Feature", "id": row, "geometry": geometry, "properties": told}


def away(code: str, rows: Placed) -> dict[int | str, int]:
    """The rows out of view, each with the page of the table that it is on."""
    territory = missions.territory(door.act(), code)
    if territory is None:
        return {}
    west, south, east, north = territory.geometry.bounds
    wide, high = (east - west) * _AROUND, (north - south) * _AROUND
    placed = sum(1 for _, place in rows if place)
    found = {
        row: at // paging.A_PAGE + 1
        for at, (row, place) in enumerate(rows)
        if place and not (west - wide <= place[0] <= east + wide and south - high <= place[1] <= north + high)
    }
    return found if 2 * len(found) <= placed else {}


def collection(code: str, features: Sequence[dict[str, Any]]) -> Response:
    """The features for the map, those out of view marked as `away`."""
    rows = [(one["id"], tuple(one["geometry"]["coordinates"]) if one["geometry"] else None) for one in features]
    far = away(code, rows)
    for one in features:
        one["properties"]["away"] = one["id"] in far
    return jsonify({"type": "FeatureCollection", "features": features})
