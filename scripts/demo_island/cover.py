"""What covers the ground: woods, heath, fields, beaches, quarters, the harbour, an airfield."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from demo_island.houses import Building
from demo_island.land import Land, heights_m
from demo_island.plane import Point2, blob, parts, rounded_ring, stream, towards, turned
from demo_island.towns import Street, Town
from shapely import MultiPoint, Point, Polygon
from shapely.geometry.base import BaseGeometry

_WOODS = 420
_HEATH_FROM_M = 300.0
_FIELD_REACH_M = {"capital": 2600.0, "town": 1500.0, "village": 900.0}
_BEACHES = 26
_FALLOW = 0.16
_QUARTER_REACH_M = 200.0  # houses further out are farms
# The smallest piece worth drawing of each, in square metres.
_WOOD_M2, _HEATH_M2, _FIELD_M2, _BEACH_M2 = 20_000, 60_000, 5_000, 4_000


@dataclass(frozen=True)
class Cover:
    kind: str
    name: str
    shape: BaseGeometry


def draw_cover(land: Land, towns: list[Town], roads: list[Street], houses: list[Building]) -> list[Cover]:
    """Large covers first, so that a map drawn in this order is right."""
    quarters = _quarters(towns, houses)
    built = shapely.union_all([cover.shape for cover in quarters])
    airfield = _airfield(towns[0])
    open_land = land.ground.difference(shapely.union_all([built, airfield[0].shape]).buffer(25)).buffer(-30)
    shapely.prepare(open_land)
    fields = list(_fields(towns, roads, open_land))
    farmed = shapely.union_all([field.shape for field in fields]).buffer(12)
    wild = open_land.difference(farmed)
    woods = list(_woods(wild, land))
    greens = [Cover(kind, name, shape) for town in towns for kind, name, shape in town.greens]
    heath = list(_heath(land, wild.difference(shapely.union_all([wood.shape for wood in woods]))))
    piers = [pier for town in towns for pier in _piers(town, land)]
    return [*heath, *woods, *fields, *_beaches(land, built), *airfield, *quarters, *greens, *piers]


def _quarters(towns: list[Town], houses: list[Building]) -> list[Cover]:
    """The built-up ground: the houses of a place with what lies between them."""
    quarters = []
    for town in towns:
        of_town = [house.footprint for house in houses if house.locality == town.place.name]
        near = [shape for shape in of_town if town.outline.distance(shape) < _QUARTER_REACH_M]
        together = shapely.union_all(shapely.buffer(near, 38, quad_segs=2)).buffer(-22, quad_segs=2).simplify(5)
        quarters.append(Cover("residential", town.place.name, together))
    return quarters


def _woods(wild: BaseGeometry, land: Land) -> Iterator[Cover]:
    rng = stream("woods")
    west, south, east, north = land.main.bounds
    shapes = []
    for _ in range(_WOODS):
        middle = (rng.uniform(west, east), rng.uniform(south, north))
        radius_m = rng.lognormvariate(6.05, 0.7)
        shape = blob(middle, (radius_m * rng.uniform(1, 1.8), radius_m), rng.uniform(0, math.pi), rng, roughness=0.3)
        shapes.append(shape.simplify(12))
    woodland = shapely.union_all(shapes).intersection(wild).buffer(-15).buffer(15, quad_segs=2).simplify(6)
    for part in parts(woodland, Polygon):
        if part.area > _WOOD_M2:
            yield Cover("forest", "", part)


def _heath(land: Land, wild: BaseGeometry) -> Iterator[Cover]:
    """The high ground, cell by cell, its steps rounded off."""
    step_m = 300.0
    west, south, east, north = land.main.bounds
    xs, ys = np.meshgrid(np.arange(west, east, step_m), np.arange(south, north, step_m))
    high = heights_m(xs, ys, land) > _HEATH_FROM_M
    cells = shapely.box(xs[high] - 151, ys[high] - 151, xs[high] + 151, ys[high] + 151)
    for part in parts(shapely.union_all(cells).buffer(140).buffer(-140).simplify(160), Polygon):
        smooth = Polygon(rounded_ring([(x, y) for x, y in part.exterior.coords[:-1]], times=3)).intersection(wild)
        for piece in parts(smooth.simplify(8), Polygon):
            if piece.area > _HEATH_M2:
                yield Cover("heath", "", piece)


def _fields(towns: list[Town], roads: list[Street], open_land: BaseGeometry) -> Iterator[Cover]:
    """Fields around each place: cells about scattered points, the lanes between them left open."""
    lanes = shapely.union_all([road.line for road in roads]).buffer(16, quad_segs=1)
    kinds = ("farmland", "farmland", "farmland", "orchard", "meadow")
    taken: BaseGeometry = Polygon()
    for town in towns:
        rng = stream(f"{town.place.name}/fields")
        reach_m = _FIELD_REACH_M[town.place.rank]
        around = blob(town.centre, (reach_m * 1.2, reach_m), rng.uniform(0, math.pi), rng, roughness=0.15)
        tilled = around.intersection(open_land).difference(lanes).difference(taken)
        taken = taken.union(around)
        for cell in _cells(town.centre, reach_m, rng.uniform(0, math.pi)):
            kind = kinds[rng.randrange(len(kinds))]
            if rng.random() < _FALLOW:
                continue
            for field in parts(cell.buffer(-5, join_style="mitre").intersection(tilled), Polygon):
                if field.area > _FIELD_M2:
                    yield Cover(kind, "", field.simplify(3))


def _cells(centre: Point2, reach_m: float, heading_rad: float) -> list[Polygon]:
    rng = stream(f"cells at {centre[0]:.0f}")
    points = []
    for column in range(-7, 8):
        for row in range(-7, 8):
            u, v = (column + rng.uniform(-0.3, 0.3)) / 5.2, (row + rng.uniform(-0.34, 0.34)) / 5.2
            points.append(turned(centre, heading_rad, u * reach_m * 1.5, v * reach_m))
    return parts(shapely.voronoi_polygons(MultiPoint(points), ordered=True), Polygon)


def _beaches(land: Land, built: BaseGeometry) -> Iterator[Cover]:
    rng = stream("beaches")
    coast = land.main.exterior
    inner = land.main.buffer(-38).buffer(14).union(built)
    for _ in range(_BEACHES):
        middle = coast.interpolate(rng.uniform(0, coast.length))
        strip = middle.buffer(rng.uniform(350, 900)).intersection(land.ground.difference(inner))
        for part in parts(strip.buffer(-4).buffer(4, quad_segs=2).simplify(2), Polygon):
            if part.area > _BEACH_M2:
                yield Cover("beach", "", part)


def _airfield(capital: Town) -> list[Cover]:
    """A runway of 1,500 m north-west of the capital, with its apron."""
    middle, heading = towards(capital.centre, math.radians(112), 4300), math.radians(168)

    def slab(length_m: float, width_m: float, aside_m: float = 0.0) -> Polygon:
        half, edge = length_m / 2, width_m / 2
        corners = ((-half, -edge), (half, -edge), (half, edge), (-half, edge))
        return Polygon([turned(middle, heading, u, v + aside_m) for u, v in corners])

    return [
        Cover("aerodrome", "Velano Airfield", slab(1900, 420, 90)),
        Cover("runway", "", slab(1500, 32)),
        Cover("runway", "", slab(260, 120, 180)),
        Cover("runway", "", slab(24, 130, 75)),
    ]


def _piers(town: Town, land: Land) -> Iterator[Cover]:
    """Moles and jetties on the seaside of a coastal place."""
    if town.place.shore_m is None:
        return
    coast = min(land.all.geoms, key=lambda body: body.distance(Point(town.centre))).exterior
    at_m = coast.project(Point(town.centre))
    length_m, offsets = {
        "capital": (230.0, (-420, -260, 40, 210, 380)),
        "town": (130.0, (-160, 30, 170)),
        "village": (70.0, (20,)),
    }[town.place.rank]
    for offset_m in offsets:
        foot = coast.interpolate(at_m + offset_m)
        out = math.atan2(foot.y - town.centre[1], foot.x - town.centre[0])
        yield Cover("pier", "", _jetty((foot.x, foot.y), out, length_m))


def _jetty(foot: Point2, out_rad: float, length_m: float) -> Polygon:
    half = 5.0 + length_m / 40
    corners = ((-40.0, -half), (length_m, -half), (length_m, half), (-40.0, half))
    return Polygon([turned(foot, out_rad, u, v) for u, v in corners])
