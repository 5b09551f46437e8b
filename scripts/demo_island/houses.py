"""Buildings: set along the streets side by side, each with its number, none on another or on a street."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from random import Random

import shapely
from demo_island.land import Land
from demo_island.plane import Point2, along, parts, stream
from demo_island.towns import HALF_WIDTH_M, Street, Town
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

_INDEX_CELL_M = 60.0
_APART_M = 0.25
_METRES_A_NUMBER = 8.0
_LANDMARK_STREET_M = 90.0
_ROADSIDE_M = 60.0


@dataclass(frozen=True)
class Building:
    kind: str
    locality: str
    street: str
    number: int
    footprint: Polygon

    @property
    def address(self) -> str:
        return f"{self.number} {self.street}"


@dataclass(frozen=True)
class Spot:
    """A place on a street, so far along it, on its left (1) or right (-1)."""

    street: Street
    side: int
    at_m: float

    def stretch(self, width_m: float) -> tuple[Point2, Point2]:
        """The middle of that much of the street, and the direction it runs in as a unit vector."""
        line, half = self.street.line, width_m / 2
        piece = substring(line, max(0.0, self.at_m - half), min(line.length, self.at_m + half))
        (ax, ay), (bx, by) = piece.coords[0][:2], piece.coords[-1][:2]
        length = math.hypot(bx - ax, by - ay) or 1.0
        return along((ax, ay), (bx, by), 0.5), ((bx - ax) / length, (by - ay) / length)


@dataclass(frozen=True)
class Manner:
    """How a quarter is built, in metres: ranges of width, depth, gap to the next, distance from the street's edge."""

    width: tuple[float, float]
    depth: tuple[float, float]
    gap: tuple[float, float]
    setback: tuple[float, float]
    kinds: tuple[tuple[str, int], ...]
    angled: float = 0.15


_MANNERS = {
    "core": Manner(
        (9, 18), (11, 16), (0.4, 0.6), (2.0, 3.0),
        (("shop", 30), ("house", 34), ("restaurant", 9), ("apartments", 14), ("guest_house", 5), ("bar", 5),
         ("office", 10)), 0.3),
    "inner": Manner(
        (9, 16), (9, 13), (1.5, 9), (3.5, 6.5),
        (("house", 62), ("apartments", 14), ("shop", 12), ("workshop", 6), ("guest_house", 2),
         ("restaurant", 3)), 0.25),
    "outer": Manner(
        (9, 15), (8, 12), (6, 24), (5, 11), (("house", 84), ("workshop", 7), ("shop", 4), ("warehouse", 2)), 0.22),
    "village": Manner(
        (8, 14), (7, 11), (5, 26), (3, 9), (("house", 78), ("barn", 13), ("shop", 5), ("guest_house", 1)), 0.2),
    "country": Manner((9, 17), (8, 12), (140, 900), (9, 30), (("house", 55), ("barn", 45)), 0.2),
}  # fmt: skip

# Kind, width and depth in metres, how many, and how far from the middle (0 the middle, 1 the edge).
_LANDMARKS: dict[str, tuple[tuple[str, float, float, int, tuple[float, float]], ...]] = {
    "capital": (
        ("mall", 92, 58, 1, (0.3, 0.7)), ("town_hall", 46, 26, 1, (0.0, 0.3)), ("worship", 44, 22, 2, (0.0, 0.4)),
        ("hospital", 70, 34, 1, (0.4, 0.9)), ("market_hall", 54, 30, 1, (0.0, 0.4)), ("hotel", 38, 18, 8, (0.0, 0.7)),
        ("school", 52, 20, 5, (0.2, 0.9)), ("office", 34, 18, 8, (0.0, 0.5)), ("station", 60, 16, 1, (0.3, 0.8)),
        ("sports_hall", 48, 30, 1, (0.4, 0.9)), ("apartments", 44, 14, 26, (0.4, 1.0)),
        ("warehouse", 48, 24, 12, (0.5, 1.0)), ("worship", 24, 16, 3, (0.4, 0.9)),
    ),
    "town": (
        ("town_hall", 28, 18, 1, (0.0, 0.4)), ("worship", 30, 16, 2, (0.0, 0.6)), ("hotel", 30, 16, 3, (0.0, 0.6)),
        ("school", 40, 16, 2, (0.2, 0.9)), ("market_hall", 34, 20, 1, (0.0, 0.5)),
        ("warehouse", 40, 20, 4, (0.5, 1.0)), ("apartments", 36, 13, 4, (0.3, 1.0)), ("clinic", 30, 16, 1, (0.2, 0.8)),
    ),
    "village": (("worship", 20, 11, 1, (0.0, 1.0)), ("school", 24, 12, 1, (0.0, 1.0))),
}  # fmt: skip


@dataclass
class Ground:
    """What is taken already; `fits` answers whether one more building can stand."""

    free: BaseGeometry
    taken: dict[tuple[int, int], list[Polygon]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shapely.prepare(self.free)

    def take(self, shape: Polygon) -> None:
        for cell in _cells(shape):
            self.taken.setdefault(cell, []).append(shape)

    def fits(self, shape: Polygon) -> bool:
        near = (other for cell in _cells(shape) for other in self.taken.get(cell, ()))
        return self.free.contains(shape) and not any(shape.distance(other) < _APART_M for other in near)


def _cells(shape: Polygon) -> Iterator[tuple[int, int]]:
    west, south, east, north = (math.floor(edge / _INDEX_CELL_M) for edge in shape.bounds)
    for column in range(west, east + 1):
        for row in range(south, north + 1):
            yield column, row


def build_houses(land: Land, towns: list[Town], roads: list[Street]) -> list[Building]:
    """Every building of the island, town by town, then along the country roads."""
    houses: list[Building] = []
    for town in towns:
        ground = Ground(_free(land, town.outline.buffer(260), [*town.streets, *roads], _greens(town)))
        rng = stream(f"{town.place.name}/houses")
        houses += _landmarks(town, ground, rng)
        for street in _streets_of(town, roads):
            houses += _row(street, town, ground, rng)
    houses += _farms(land, towns, roads)
    return _numbered_once(houses)


def _greens(town: Town) -> list[Polygon]:
    return [shape for _, _, shape in town.greens]


def _free(land: Land, reach: BaseGeometry, streets: list[Street], greens: Iterable[Polygon]) -> BaseGeometry:
    """Ground that is dry, on the land side of the waterfront, and neither street nor park."""
    dry = land.shore.intersection(reach).difference(land.inland_water.intersection(reach).buffer(9))
    kerbs = [street.line.intersection(reach).buffer(HALF_WIDTH_M[street.kind] + 1.4) for street in streets]
    free: BaseGeometry = dry.difference(shapely.union_all([*kerbs, *greens]))
    return free


def _streets_of(town: Town, roads: list[Street]) -> list[Street]:
    """The town's streets, better ones first, then the country roads where they pass through."""
    order = {"highway": 0, "medium_road": 1, "minor_road": 2}
    streets = sorted((street for street in town.streets if street.kind != "path"), key=lambda one: order[one.kind])
    for road in roads:
        inside = road.line.intersection(town.outline.buffer(120))
        long_enough = [part for part in parts(inside, LineString) if part.length > _ROADSIDE_M]
        streets += [Street(road.kind, road.name, part) for part in long_enough]
    return streets


def _outwards(town: Town, point: Point2) -> float:
    return math.dist(town.centre, point) / town.place.half_length_m


def _manner(town: Town, point: Point2) -> Manner:
    if town.place.rank == "village":
        return _MANNERS["village"]
    outwards = _outwards(town, point)
    core, inner = (0.36, 0.72) if town.place.rank == "capital" else (0.3, 0.62)
    return _MANNERS["core" if outwards < core else "inner" if outwards < inner else "outer"]


def _row(street: Street, town: Town, ground: Ground, rng: Random) -> Iterator[Building]:
    for side in (1, -1):
        at_m = rng.uniform(3, 9)
        while at_m < street.line.length - 4:
            spot = street.line.interpolate(at_m)
            manner = _manner(town, (spot.x, spot.y))
            width_m = rng.uniform(*manner.width)
            shape = _house(Spot(street, side, at_m + width_m / 2), width_m, manner, rng)
            if not ground.fits(shape):
                at_m += 3.5
                continue
            ground.take(shape)
            kind = rng.choices([k for k, _ in manner.kinds], [weight for _, weight in manner.kinds])[0]
            yield Building(kind, town.place.name, street.name, _number(at_m, side), shape)
            at_m += width_m + rng.uniform(*manner.gap)


def _number(at_m: float, side: int) -> int:
    """Odd on the left, even on the right, rising along the street."""
    step = int(at_m / _METRES_A_NUMBER)
    return 2 * step + (1 if side > 0 else 2)


def _house(spot: Spot, width_m: float, manner: Manner, rng: Random) -> Polygon:
    setback_m = rng.uniform(*manner.setback)
    depth_m = rng.uniform(*manner.depth)
    notch = (rng.uniform(0.35, 0.6), rng.uniform(0.35, 0.6)) if rng.random() < manner.angled else None
    return footprint(spot, (width_m, depth_m), setback_m, notch)


def footprint(spot: Spot, size_m: Point2, setback_m: float, notch: Point2 | None = None) -> Polygon:
    """A rectangle facing the street, or an L where a back corner of these shares of width and depth is cut out."""
    (width_m, depth_m), half = size_m, size_m[0] / 2
    foot, (ux, uy) = spot.stretch(width_m)
    kerb_m = HALF_WIDTH_M[spot.street.kind] + setback_m

    def corner(u: float, v: float) -> Point2:
        across = (kerb_m + v) * spot.side
        return foot[0] + ux * u - uy * across, foot[1] + uy * u + ux * across

    ring = [corner(-half, 0), corner(half, 0), corner(half, depth_m)]
    if notch:
        cut_u, cut_v = half - width_m * notch[0], depth_m * (1 - notch[1])
        ring = [corner(-half, 0), corner(half, 0), corner(half, cut_v), corner(cut_u, cut_v), corner(cut_u, depth_m)]
    return Polygon([*ring, corner(-half, depth_m)])


def _landmarks(town: Town, ground: Ground, rng: Random) -> Iterator[Building]:
    """The large buildings, placed before the houses; one that finds no room is left out."""
    streets = [street for street in town.streets if street.kind != "path" and street.line.length > _LANDMARK_STREET_M]
    for kind, width_m, depth_m, count, ring in _LANDMARKS[town.place.rank]:
        for _ in range(count):
            size_m = (width_m * rng.uniform(0.9, 1.1), depth_m * rng.uniform(0.9, 1.1))
            spots = _spots(town, streets, size_m[0], ring, rng)
            notch = (0.45, 0.5) if kind in {"school", "hospital"} else None
            shapes = ((spot, footprint(spot, size_m, 5, notch)) for spot in spots)
            placed = next(((spot, shape) for spot, shape in shapes if ground.fits(shape)), None)
            if placed:
                spot, shape = placed
                ground.take(shape)
                number = _number(spot.at_m - size_m[0] / 2, spot.side)
                yield Building(kind, town.place.name, spot.street.name, number, shape)


def _spots(town: Town, streets: list[Street], width_m: float, ring: Point2, rng: Random) -> Iterator[Spot]:
    """Places to try for something that wide, between the inner and the outer ring of the town."""
    for _ in range(300):
        street, side = rng.choice(streets), rng.choice((1, -1))
        at_m = rng.uniform(width_m / 2, max(width_m / 2, street.line.length - width_m / 2))
        where = street.line.interpolate(at_m)
        if ring[0] <= _outwards(town, (where.x, where.y)) <= ring[1]:
            yield Spot(street, side, at_m)


def _farms(land: Land, towns: list[Town], roads: list[Street]) -> Iterator[Building]:
    rng = stream("farms")
    built_up = shapely.union_all([town.outline.buffer(200) for town in towns])
    ground = Ground(_free(land, land.main.envelope, roads, []).difference(built_up))
    manner = _MANNERS["country"]
    for road in roads:
        at_m = rng.uniform(*manner.gap)
        while at_m < road.line.length:
            side = rng.choice((1, -1))
            shape = _house(Spot(road, side, at_m), rng.uniform(*manner.width), manner, rng)
            if ground.fits(shape):
                ground.take(shape)
                near = min(towns, key=lambda town: Point(town.centre).distance(shape))
                kind = rng.choices(*zip(*manner.kinds, strict=True))[0]
                yield Building(kind, near.place.name, road.name, _number(at_m, side), shape)
            at_m += rng.uniform(*manner.gap)


def _numbered_once(houses: list[Building]) -> list[Building]:
    """The same houses, each with an address of its own: a number already given moves on by two."""
    given: set[tuple[str, str, int]] = set()
    numbered = []
    for house in houses:
        number = house.number
        while (house.locality, house.street, number) in given:
            number += 2
        given.add((house.locality, house.street, number))
        numbered.append(Building(house.kind, house.locality, house.street, number, house.footprint))
    return numbered
