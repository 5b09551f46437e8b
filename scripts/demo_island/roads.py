"""Country roads: each takes the least toilsome way over the hills, and joins a road that is already there."""

import heapq
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import shapely
from demo_island.land import Land, heights_m
from demo_island.names import COUNTRY_ROADS, HIGHWAYS
from demo_island.plane import Point2, coordinates, rounded, simpler, stream
from demo_island.towns import Street, Town
from shapely import LineString

CELL_M = 240.0
_HALF_SPAN_M = (45_000.0, 30_000.0)
_BLOCKED = 1e8
_SHARED_ROAD_DISCOUNT = 0.3

Cell = tuple[int, int]
Link = tuple[Cell, Cell]


@dataclass
class Country:
    """The sheet in cells: what a metre costs in each, the roads built so far, and where towns are entered."""

    cost: np.ndarray
    height_m: np.ndarray
    links: dict[Link, tuple[str, str]] = field(default_factory=dict)
    exact: dict[Cell, Point2] = field(default_factory=dict)

    def where(self, cell: Cell) -> Point2:
        return self.exact.get(cell) or _centre(cell)


def _centre(cell: Cell) -> Point2:
    return cell[0] * CELL_M - _HALF_SPAN_M[0], cell[1] * CELL_M - _HALF_SPAN_M[1]


def _cell(point: Point2) -> Cell:
    return round((point[0] + _HALF_SPAN_M[0]) / CELL_M), round((point[1] + _HALF_SPAN_M[1]) / CELL_M)


def survey(land: Land, towns: Iterable[Town]) -> Country:
    columns, rows = (round(2 * span / CELL_M) + 1 for span in _HALF_SPAN_M)
    xs = (np.arange(columns) * CELL_M - _HALF_SPAN_M[0])[:, None].repeat(rows, axis=1)
    ys = (np.arange(rows) * CELL_M - _HALF_SPAN_M[1])[None, :].repeat(columns, axis=0)
    dry = land.all.difference(land.lake.buffer(90)).buffer(-110)
    cost = np.where(shapely.contains_xy(dry, xs, ys), 1.0, 10 * _BLOCKED)
    wet = np.zeros_like(cost, dtype=bool)
    for river in land.rivers:
        wet |= shapely.contains_xy(river.bed.buffer(CELL_M * 0.7), xs, ys)
    cost = np.where(wet, cost * 3.0, cost)
    for town in towns:
        if town.place.rank != "village":
            cost = np.where(shapely.contains_xy(town.outline.buffer(-60), xs, ys), 10 * _BLOCKED, cost)
    rng = stream("countryside")
    cost *= np.array([rng.uniform(0.8, 1.7) for _ in range(cost.size)]).reshape(cost.shape)
    return Country(cost, heights_m(xs, ys, land))


def build_roads(land: Land, towns: list[Town]) -> list[Street]:
    by_name = {town.place.name: town for town in towns}
    country = survey(land, towns)
    for town in towns:
        for gate in town.gates:
            country.exact[_cell(gate)] = gate
            country.cost[_cell(gate)] = 1.0
    for kind, pairs in (("highway", HIGHWAYS), ("major_road", COUNTRY_ROADS)):
        for start, end in pairs:
            _build(country, by_name[start], by_name[end], kind)
    return [_street(country, chain) for chain in _chains(country)]


def _build(country: Country, start: Town, end: Town, kind: str) -> None:
    goals = {_cell(gate) for gate in end.gates}
    name = f"{min(start.place, end.place, key=lambda place: place.population).name} Road"
    way = _way(country, {_cell(gate) for gate in start.gates}, goals)
    for a, b in pairwise(way):
        country.links.setdefault(_link(a, b), (kind, name))


def _way(country: Country, starts: set[Cell], goals: set[Cell]) -> list[Cell]:
    """Dijkstra's cheapest way from any start to any goal, in eight directions."""
    queue = [(0.0, cell) for cell in sorted(starts)]
    best = dict.fromkeys(starts, 0.0)
    before: dict[Cell, Cell] = {}
    while queue:
        spent, cell = heapq.heappop(queue)
        if cell in goals:
            break
        if spent > best[cell]:
            continue
        for step, toil in _around(country, cell):
            if spent + toil < best.get(step, math.inf):
                best[step], before[step] = spent + toil, cell
                heapq.heappush(queue, (spent + toil, step))
    else:
        raise RuntimeError(f"No way over land from {sorted(starts)} to {sorted(goals)}; move a settlement.")
    way = [cell]
    while way[-1] in before:
        way.append(before[way[-1]])
    return way


def _around(country: Country, cell: Cell) -> Iterable[tuple[Cell, float]]:
    for di in (-1, 0, 1):
        for dj in (-1, 0, 1):
            step = (cell[0] + di, cell[1] + dj)
            if (di or dj) and country.cost[step] < _BLOCKED:
                yield step, _toil(country, cell, step)


def _toil(country: Country, cell: Cell, step: Cell) -> float:
    length_m = CELL_M * math.dist(cell, step)
    climb = abs(float(country.height_m[step] - country.height_m[cell])) / length_m
    share = _SHARED_ROAD_DISCOUNT if _link(cell, step) in country.links else 1.0
    return length_m * float(country.cost[step]) * (1 + 18 * climb) * share


def _chains(country: Country) -> list[list[Cell]]:
    """The links in rows from junction to junction, gate to gate, or to where kind or name changes."""
    beside: dict[Cell, list[Cell]] = {}
    for a, b in sorted(country.links):
        beside.setdefault(a, []).append(b)
        beside.setdefault(b, []).append(a)
    ends = {cell for cell in beside if cell in country.exact or not _runs_through(country, cell, beside[cell])}
    unused = set(country.links)
    chains = []
    for end in sorted(ends):
        for first in beside[end]:
            chain = [end, first]
            if _link(*chain) not in unused:
                continue
            unused.discard(_link(*chain))
            while chain[-1] not in ends:
                ahead = next(cell for cell in beside[chain[-1]] if cell != chain[-2])
                unused.discard(_link(chain[-1], ahead))
                chain.append(ahead)
            chains.append(chain)
    return chains


def _runs_through(country: Country, cell: Cell, neighbours: list[Cell]) -> bool:
    in_and_out = 2
    return len(neighbours) == in_and_out and len({country.links[_link(cell, other)] for other in neighbours}) == 1


def _link(a: Cell, b: Cell) -> Link:
    return min(a, b), max(a, b)


def _street(country: Country, chain: list[Cell]) -> Street:
    kind, name = country.links[_link(chain[0], chain[1])]
    points = [country.where(cell) for cell in chain]
    drawn = simpler(LineString(points), CELL_M * 0.55)
    return Street(kind, name, simpler(LineString(rounded(coordinates(drawn), times=3)), 1.5))
