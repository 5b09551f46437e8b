"""The whole island, drawn once: what every file is made from."""

from dataclasses import dataclass
from functools import cache

import shapely
from demo_island.cover import Cover, draw_cover
from demo_island.houses import Building, build_houses
from demo_island.land import Land, draw_land
from demo_island.names import SETTLEMENTS
from demo_island.plane import Point2, parts, rough, stream
from demo_island.roads import build_roads
from demo_island.towns import Street, Town, build_town, lanes, sites
from shapely import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import polygonize

COASTAL_WATERS_M = 5_556  # three nautical miles
_ROUNDED_BY_M = 9_000
# Where the three sectors meet, and the lines that run from there out to sea, in kilometres.
_HUB_KM = (-2.0, -2.5)
_RAYS_KM = (
    ((-12.0, -3.6), (-20.0, 0.2), (-27.0, 0.8), (-34.0, -0.6), (-60.0, -1.0)),
    ((3.0, 4.0), (8.0, 8.5), (8.4, 13.5), (8.0, 18.5), (8.5, 45.0)),
    ((1.5, -6.5), (5.5, -10.0), (9.0, -14.0), (16.0, -22.0), (22.0, -45.0)),
)
_SECTOR_OF_KM = (("North", (-8.0, 12.0)), ("East", (20.0, 0.0)), ("South", (-8.0, -14.0)))


@dataclass(frozen=True)
class Island:
    land: Land
    towns: list[Town]
    streets: list[Street]
    houses: list[Building]
    cover: list[Cover]
    territory: BaseGeometry
    sectors: list[tuple[str, BaseGeometry]]


@cache
def draw_island() -> Island:
    land = draw_land()
    towns = [build_town(place, centre, heading, land) for place, centre, heading in sites(land, SETTLEMENTS)]
    roads = build_roads(land, towns)
    houses = build_houses(land, towns, roads)
    cover = draw_cover(land, towns, roads, houses)
    streets = [*roads, *(street for town in towns for street in town.streets)]
    streets += [path for town in towns for path in lanes(town, stream(f"{town.place.name}/paths"))]
    territory = _territory(land)
    return Island(land, towns, streets, houses, cover, territory, _sectors(territory))


def _territory(land: Land) -> BaseGeometry:
    """Land and coastal waters: who stands on a pier or a ferry is inside."""
    # Out and back in again: the notches between headlands are rounded, as a baseline of straight lines would.
    waters = land.all.buffer(COASTAL_WATERS_M + _ROUNDED_BY_M, quad_segs=24).buffer(-_ROUNDED_BY_M, quad_segs=24)
    outlines = [Polygon(part.exterior) for part in parts(waters, Polygon)]
    return shapely.union_all(outlines).simplify(40)


def _sectors(territory: BaseGeometry) -> list[tuple[str, BaseGeometry]]:
    """The territory in three, cut along lines that share every point."""
    rng = stream("sectors")
    rays = []
    for ray in _RAYS_KM:
        points: list[Point2] = [(x * 1000, y * 1000) for x, y in (_HUB_KM, *ray)]
        rays.append(LineString(rough(points, rng, roughness=0.09, finest_m=700)))
    faces = list(polygonize(shapely.union_all([territory.boundary, *rays])))
    sectors: list[tuple[str, BaseGeometry]] = []
    for name, (x, y) in _SECTOR_OF_KM:
        main = next(face for face in faces if face.contains(Point(x * 1000, y * 1000)))
        sectors.append((name, main))
    if len(faces) != len(sectors) or not isinstance(territory, Polygon | MultiPolygon):
        raise RuntimeError(
            f"The rays cut the territory in {len(faces)} pieces; redraw them so that they cut it in three."
        )
    return sectors
