"""Invented footprints in open ocean and on the ice, in the form in which editions publish them."""

import random

import shapely
from shapely.geometry.base import BaseGeometry
from vectors.truth import GEOD, POLE, Json

from geo_offlimits.formats.edition import geometry_member
from geo_offlimits.lookup.footprint import MAX_EDGE_M, FootprintError, canonical_geometry

_CAP_DEG = 0.02


def point(lat: float, lon: float) -> Json:
    return published(shapely.Point(lon, lat))


def box(lat: float, lon: float, width_m: float, height_m: float, *, long_edges: bool = False) -> Json:
    """A house with its sides to north and east, around a place."""
    east, _, _ = GEOD.fwd(lon, lat, 90, width_m / 2)
    _, north, _ = GEOD.fwd(lon, lat, 0, height_m / 2)
    return published(shapely.box(2 * lon - east, 2 * lat - north, east, north), long_edges=long_edges)


def house(chance: random.Random, lat: float, lon: float) -> Json:
    return star(chance, lat, lon, chance.uniform(4, 40), corners=chance.randint(3, 8))


def star(
    chance: random.Random, lat: float, lon: float, radius_m: float, *, corners: int, long_edges: bool = False
) -> Json:
    """A polygon with so many corners around a place, none of them far from the circle; a cap where a pole is inside."""
    return published(shapely.Polygon(_ring(chance, lat, lon, radius_m, corners)), lat, long_edges=long_edges)


def courtyard(chance: random.Random, lat: float, lon: float, radius_m: float) -> Json:
    """A polygon with a hole around its middle."""
    outer, hole = (_ring(chance, lat, lon, size, 7) for size in (radius_m, radius_m * 0.35))
    return published(shapely.Polygon(outer, [hole]), lat)


def archipelago(chance: random.Random, lat: float, lon: float, radius_m: float) -> Json:
    """Two or three houses of one footprint, apart from one another."""
    turn, parts = chance.uniform(0, 360), chance.randint(2, 3)
    centres = [GEOD.fwd(lon, lat, turn + 360 / parts * at, radius_m) for at in range(parts)]
    rings = [_ring(chance, north, east, radius_m * 0.3, chance.randint(3, 6)) for east, north, _ in centres]
    return published(shapely.MultiPolygon([shapely.Polygon(ring) for ring in rings]), lat)


def street(chance: random.Random, lat: float, lon: float, length_m: float, width_m: float) -> Json:
    """A long thin area."""
    turn = chance.uniform(0, 180)
    ends = [GEOD.fwd(lon, lat, turn + half, length_m / 2)[:2] for half in (0, 180)]
    sides = [(end, turn + side) for end, side in zip((0, 0, 1, 1), (90, -90, -90, 90), strict=True)]
    ring = [GEOD.fwd(*ends[end], bearing, width_m / 2)[:2] for end, bearing in sides]
    return published(shapely.Polygon(ring), lat)


def published(shape: BaseGeometry, lat: float = 0.0, *, long_edges: bool = False) -> Json:
    """Cut at the antimeridian, wound, at 7 decimals; with short edges unless it is only asked "inside or outside".

    A cap in place of what holds a pole.
    """
    try:
        return geometry_member(canonical_geometry(shape, max_edge_m=None if long_edges else MAX_EDGE_M))
    except FootprintError:
        south, north = (POLE - _CAP_DEG, POLE) if lat > 0 else (-POLE, _CAP_DEG - POLE)
        return geometry_member(canonical_geometry(shapely.box(-180, south, 180, north), max_edge_m=None))


def _ring(chance: random.Random, lat: float, lon: float, radius_m: float, corners: int) -> list[tuple[float, float]]:
    """Longitude and latitude of each corner; the turns are shared out evenly but for a little chance."""
    start = chance.uniform(0, 360)
    turns = [start + 360 / corners * (at + chance.uniform(-0.3, 0.3)) for at in range(corners)]
    return [GEOD.fwd(lon, lat, turn, radius_m * chance.uniform(0.6, 1))[:2] for turn in turns]
