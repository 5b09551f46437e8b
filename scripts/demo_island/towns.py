"""Streets: a lattice bent along the shore, tighter in the old middle, with many of its pieces left out."""

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

import shapely
from demo_island.land import Land
from demo_island.names import PARKS, SQUARES, WATERFRONTS, Settlement, street_names
from demo_island.plane import Point2, blob, coordinates, parts, simpler, stream, towards, turned
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import polygonize

# The kinds of road are those of the Protomaps basemap, so that any style made for it paints them.
HALF_WIDTH_M = {"highway": 5.5, "major_road": 5.0, "medium_road": 4.5, "minor_road": 3.2, "path": 1.2}
_SPACING_M = {"capital": (62.0, 52.0), "town": (66.0, 55.0), "village": (70.0, 62.0)}
_CLEAR_OF_SHORE_M = 140.0
_SHORTEST_STUB_M = 28.0
_GREEN_M2 = (1_800.0, 26_000.0)

Node = tuple[int, int]
Edge = tuple[Node, Node]


@dataclass(frozen=True)
class Street:
    kind: str
    name: str
    line: LineString


@dataclass
class Town:
    """A built place. `gates` are where country roads may enter; `greens` are parks and squares, kept free."""

    place: Settlement
    centre: Point2
    heading_rad: float
    outline: Polygon
    streets: list[Street] = field(default_factory=list)
    gates: list[Point2] = field(default_factory=list)
    greens: list[tuple[str, str, Polygon]] = field(default_factory=list)


def sites(land: Land, settlements: tuple[Settlement, ...]) -> list[tuple[Settlement, Point2, float]]:
    """Where each settlement stands and which way its streets run: along the shore where it has one."""
    return [(place, *_site(place, land)) for place in settlements]


def _site(place: Settlement, land: Land) -> tuple[Point2, float]:
    near = (place.near_km[0] * 1000, place.near_km[1] * 1000)
    if place.shore_m is None:
        return near, stream(f"{place.name}/heading").uniform(0, math.pi)
    body = min(land.all.geoms, key=lambda part: part.distance(Point(near)))
    bank = body.buffer(-place.shore_m)
    coast = max(parts(bank, Polygon), key=lambda part: -part.distance(Point(near))).exterior.simplify(150)
    at_m = coast.project(Point(near))
    spot = coast.interpolate(at_m)
    before, after = coast.interpolate(at_m - 700), coast.interpolate(at_m + 700)
    heading_rad = math.atan2(after.y - before.y, after.x - before.x)
    return (spot.x, spot.y), heading_rad if math.cos(heading_rad) >= 0 else heading_rad + math.pi


class Lattice:
    """Nodes of a bent grid around a town's middle. Line 0 of either direction runs through the middle."""

    def __init__(self, town: Town, rng: Random) -> None:
        self.town, self.rng = town, rng
        place = town.place
        across_m, deep_m = _SPACING_M[place.rank]
        self.us = _offsets(place.half_length_m, across_m, rng)
        self.vs = _offsets(place.half_depth_m, deep_m, rng)
        self.waves = [(rng.uniform(420, 900), rng.uniform(0, math.tau), rng.uniform(8, 24)) for _ in range(4)]
        self.nodes = {(i, j): self._node(i, j) for i in self.us for j in self.vs}

    def _node(self, i: int, j: int) -> Point2:
        u, v = self.us[i], self.vs[j]
        place = self.town.place
        old = max(0.0, 1 - math.hypot(u / place.half_length_m, v / place.half_depth_m) / 0.45)
        straight = 0.35 if 0 in {i, j} else 1.0  # the main streets were laid out with a line
        loose_m = straight * (3 + 9 * old) * (1.4 if place.rank == "village" else 1)
        bent_u = u + self._wave(0, v) + self._wave(1, u + v)
        bent_v = v + self._wave(2, u) + self._wave(3, u - v)
        return turned(
            self.town.centre,
            self.town.heading_rad,
            bent_u + self.rng.gauss(0, loose_m),
            bent_v + self.rng.gauss(0, loose_m),
        )

    def _wave(self, which: int, along_m: float) -> float:
        length_m, phase, height_m = self.waves[which]
        return height_m * math.sin(along_m * math.tau / length_m + phase)

    def edges(self) -> Iterator[Edge]:
        for i, j in self.nodes:
            for other in ((i + 1, j), (i, j + 1)):
                if other in self.nodes:
                    yield (i, j), other

    def line(self, edge: Edge) -> LineString:
        return LineString([self.nodes[edge[0]], self.nodes[edge[1]]])

    def runs(self, kept: set[Edge]) -> Iterator[list[Node]]:
        """Unbroken rows of kept edges along one line of the lattice: the streets."""
        rows = [[(i, j) for i in sorted(self.us)] for j in sorted(self.vs, key=abs)]
        rows += [[(i, j) for j in sorted(self.vs)] for i in sorted(self.us, key=abs)]
        for row in rows:
            run = [row[0]]
            for node in row[1:]:
                if (run[-1], node) in kept:
                    run.append(node)
                    continue
                if len(run) > 1:
                    yield run
                run = [node]
            if len(run) > 1:
                yield run


def _offsets(reach_m: float, spacing_m: float, rng: Random) -> dict[int, float]:
    """Line number → distance from the middle, in steps that widen outwards."""
    offsets = {0: 0.0}
    for side in (1, -1):
        number, at_m = 0, 0.0
        while at_m < reach_m * 1.05:
            number += 1
            at_m += spacing_m * (1 + 0.75 * at_m / reach_m) * rng.uniform(0.84, 1.2)
            offsets[side * number] = side * at_m
    return offsets


def build_town(place: Settlement, centre: Point2, heading_rad: float, land: Land) -> Town:
    rng = stream(f"{place.name}/streets")
    outline = blob(centre, (place.half_length_m, place.half_depth_m), heading_rad, rng, roughness=0.1)
    town = Town(place, centre, heading_rad, outline)
    lattice = Lattice(town, rng)
    kept = _kept(lattice, land, rng)
    stubs = _stubs(lattice, kept, land)
    town.streets = _named(lattice, kept, stubs, rng)
    town.streets += _waterfront(town, land, rng)
    town.gates = _gates(lattice, kept, land)
    town.greens = _greens(town, land, rng)
    return town


def _kept(lattice: Lattice, land: Land, rng: Random) -> set[Edge]:
    usable = lattice.town.outline.intersection(land.shore)
    shapely.prepare(usable)
    kept = set()
    for edge in lattice.edges():
        chance = rng.random()
        line = lattice.line(edge)
        if usable.contains(line) and chance > _left_out(lattice, edge, land, line):
            kept.add(edge)
    return _reachable(kept)


def _left_out(lattice: Lattice, edge: Edge, land: Land, line: LineString) -> float:
    """The chance that a piece of street was never built. The two main streets are whole, also over a river."""
    if _axis(edge):
        return 0.0
    if line.distance(land.inland_water) < 2 * HALF_WIDTH_M["minor_road"]:
        return 1.0
    town = lattice.town
    outwards = math.dist(lattice.nodes[edge[0]], town.centre) / town.place.half_length_m
    chance = 0.08 + 0.3 * min(1.0, outwards) + (0.2 if town.place.rank == "village" else 0.0)
    return chance * (0.2 if _kind([*edge], town.place.rank) == "medium_road" else 1.0)


def _axis(edge: Edge) -> bool:
    (i, j), (k, m) = edge
    return (i == k == 0) or (j == m == 0)


def _reachable(kept: set[Edge]) -> set[Edge]:
    """The pieces one can walk to from the middle."""
    beside: dict[Node, list[Node]] = {}
    for a, b in sorted(kept):
        beside.setdefault(a, []).append(b)
        beside.setdefault(b, []).append(a)
    seen: set[Node] = {(0, 0)}
    queue = deque(seen)
    while queue:
        for node in beside.get(queue.popleft(), []):
            if node not in seen:
                seen.add(node)
                queue.append(node)
    return {edge for edge in kept if edge[0] in seen}


def _stubs(lattice: Lattice, kept: set[Edge], land: Land) -> dict[Edge, LineString]:
    """Pieces from a built node down to the waterfront."""
    built = {node for edge in kept for node in edge}
    near = lattice.town.outline.buffer(80)
    stubs: dict[Edge, LineString] = {}
    for edge in lattice.edges():
        if edge in kept or not (edge[0] in built) ^ (edge[1] in built):
            continue
        line = lattice.line(edge)
        dry = line.intersection(land.shore)
        if not isinstance(dry, LineString) or not _SHORTEST_STUB_M < dry.length < line.length - 1:
            continue
        if near.contains(dry) and dry.distance(land.inland_water) > HALF_WIDTH_M["medium_road"]:
            stubs[edge] = dry
    return stubs


def _named(lattice: Lattice, kept: set[Edge], stubs: dict[Edge, LineString], rng: Random) -> list[Street]:
    pools = {
        kind: rng.sample(names := street_names(kind), len(names)) for kind in ("highway", "medium_road", "minor_road")
    }
    streets = []
    for run in lattice.runs(kept | set(stubs)):
        kind = _kind(run, lattice.town.place.rank)
        points = []
        for a, b in pairwise(run):
            piece = stubs.get((a, b)) or lattice.line((a, b))
            points += coordinates(piece)
        line = LineString(list(dict.fromkeys(points)))
        streets.append(Street(kind, pools[kind].pop(), line))
    return streets


def _kind(run: list[Node], rank: str) -> str:
    along_i, along_j = {i for i, _ in run}, {j for _, j in run}
    through_middle = along_i == {0} or along_j == {0}
    if through_middle:
        return "medium_road" if rank == "village" else "highway"
    every = {"capital": 4, "town": 5}.get(rank)
    number = along_j.pop() if len(along_j) == 1 else along_i.pop()
    return "medium_road" if every and number % every == 0 else "minor_road"


def _waterfront(town: Town, land: Land, rng: Random) -> list[Street]:
    """The road along the water, as far as the town reaches."""
    reach = town.outline.buffer(-25)
    runs = parts(shapely.line_merge(land.shore.boundary.intersection(reach)), LineString)
    long_runs = sorted((run for run in runs if run.length > _CLEAR_OF_SHORE_M), key=lambda run: -run.length)
    names = rng.sample(WATERFRONTS, len(WATERFRONTS))
    kind = "minor_road" if town.place.rank == "village" else "medium_road"
    return [Street(kind, name, simpler(run, 2)) for run, name in zip(long_runs, names, strict=False)]


def _gates(lattice: Lattice, kept: set[Edge], land: Land) -> list[Point2]:
    """The ends of the main streets that face the country."""
    if lattice.town.place.rank == "village":
        return [lattice.nodes[(0, 0)]]
    gates = []
    for di, dj in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        node = (0, 0)
        while any(edge in kept for edge in _steps(node, di, dj)):
            node = (node[0] + di, node[1] + dj)
        if land.shore.boundary.distance(Point(lattice.nodes[node])) > _CLEAR_OF_SHORE_M:
            gates.append(lattice.nodes[node])
    return gates


def _steps(node: Node, di: int, dj: int) -> tuple[Edge, Edge]:
    ahead = (node[0] + di, node[1] + dj)
    return (node, ahead), (ahead, node)


def _greens(town: Town, land: Land, rng: Random) -> list[tuple[str, str, Polygon]]:
    """A square near the middle and some blocks left as parks."""
    wanted = {"capital": 6, "town": 2, "village": 0}[town.place.rank]
    streets = shapely.union_all([street.line for street in town.streets])
    blocks = [block for block in polygonize(streets) if _GREEN_M2[0] < block.area < _GREEN_M2[1]]
    dry = [block for block in blocks if not block.intersects(land.inland_water)]
    from_middle = sorted(dry, key=lambda block: block.centroid.distance(Point(town.centre)))
    if not wanted or not from_middle:
        return []
    greens = [("square", rng.choice(SQUARES), _inset(from_middle.pop(0)))]
    names = rng.sample(PARKS, len(PARKS))
    chosen = rng.sample(from_middle, min(wanted, len(from_middle)))
    greens += [("park", names.pop(), _inset(block)) for block in chosen]
    return [green for green in greens if not green[2].is_empty]


def _inset(block: Polygon) -> Polygon:
    inner: BaseGeometry = block.buffer(-7, join_style="mitre").buffer(-4).buffer(4, quad_segs=3)
    return max(parts(inner, Polygon), key=lambda part: part.area, default=Polygon())


def lanes(town: Town, rng: Random) -> list[Street]:
    """Footpaths through the parks, from side to side by the middle."""
    paths = []
    for kind, name, green in town.greens:
        if kind != "park":
            continue
        middle = green.representative_point()
        for turn in range(2):
            angle = town.heading_rad + math.pi * (0.25 + 0.5 * turn) + rng.uniform(-0.3, 0.3)
            ends = (towards((middle.x, middle.y), angle, 400), towards((middle.x, middle.y), angle + math.pi, 400))
            paths += [Street("path", name, piece) for piece in parts(LineString(ends).intersection(green), LineString)]
    return paths
