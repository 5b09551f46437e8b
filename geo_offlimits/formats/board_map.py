"""The map of a notice-board sheet: boundaries, areas and numbered pins as SVG, without tiles and without a script.

1. Flat by the middle of what is shown, north up, one scale both ways; across the antimeridian longitudes run on.
2. Pins that would lie on each other are one pin with all its numbers: on paper nobody can zoom. Where that takes in
   many, a detail beneath shows each by its own pin, led to its place where there is no room at it.
3. The scale and the names of sectors give way to pins.
4. Every text passes the encoder of markup; numbers are ours.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby, product
from typing import Any

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.mission import Boundary, BoundaryKind
from geo_offlimits.formats.excerpt import Placed
from geo_offlimits.formats.markup import encoded

_WHOLE, _DETAIL = (184.0, 105.0), (90.0, 62.0)  # millimetres of paper, at most
_MANY = 4  # entries under one pin that are shown again, nearer
_NEAR = 2.5  # a territory that reaches this much farther than its entries is shown whole
_MARGIN = 0.06  # of what is shown, on each side
_LEAST_DEG = 0.0015  # so that a single place has surroundings
_METRES_A_DEGREE = 111_320.0
_PIN, _DIGIT = 2.3, 1.15  # radius, and how much wider a pin is for each further sign
_STEPS, _SIDES = 12, 24  # how far around its place a pin looks for room
_LETTER, _WIDE = 3.6, 2.2  # of a sector's name: how high, and how wide for each letter
_INSET = 2.0  # of the scale, from the edges
_PLACES = 24  # along each side of a sector, at which its name is tried
_HALF_TURN, _TURN = 180.0, 360.0


@dataclass(frozen=True)
class _Frame:
    """What is shown, in degrees, longitudes running on; and how a place in it lies on so much paper."""

    west: float
    south: float
    east: float
    north: float
    width: float
    most_height: float

    @cached_property
    def cosine(self) -> float:
        return max(0.05, float(np.cos(np.radians((self.south + self.north) / 2))))

    @cached_property
    def mm_a_degree(self) -> float:
        """Of latitude."""
        return min(self.width / ((self.east - self.west) * self.cosine), self.most_height / (self.north - self.south))

    @property
    def is_whole(self) -> bool:
        return self.width == _WHOLE[0]

    @property
    def height(self) -> float:
        return (self.north - self.south) * self.mm_a_degree

    def on_paper(self, corners: Any) -> Any:
        """Longitude and latitude (n, 2) as millimetres from the upper left corner."""
        lons = np.where(corners[:, 0] < self.west - _HALF_TURN, corners[:, 0] + _TURN, corners[:, 0])
        middle = (self.west + self.east) / 2
        x = self.width / 2 + (lons - middle) * self.cosine * self.mm_a_degree
        return np.column_stack([x, (self.north - corners[:, 1]) * self.mm_a_degree])


@dataclass
class _Pin:
    x: float
    y: float
    numbers: list[int]
    is_caution: bool
    place: tuple[float, float] | None = None  # where it leads to, if it does not stand there

    @property
    def told(self) -> str:
        """Its numbers, those in a row as from–to."""
        runs = [
            [number for _, number in run]
            for _, run in groupby(enumerate(sorted(self.numbers)), key=lambda told: told[1] - told[0])
        ]
        return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)  # noqa: PLR2004  (two are no row)

    @property
    def half(self) -> float:
        return _PIN + max(0, len(self.told) - 2) * _DIGIT / 1.4

    @property
    def covered(self) -> Polygon:
        return shapely.box(self.x - self.half, self.y - _PIN, self.x + self.half, self.y + _PIN)

    def meets(self, other: "_Pin") -> bool:
        return abs(self.x - other.x) < self.half + other.half and abs(self.y - other.y) < 2 * _PIN


@dataclass(frozen=True)
class DrawnMap:
    """A map as an SVG element; `title` names what a detail shows."""

    svg: str
    title: str = ""


def drawn_maps(placed: Sequence[Placed], boundaries: Sequence[Boundary], pins: Mapping[str, int]) -> list[DrawnMap]:
    """The whole map, then a detail of each place where many pins became one; empty where there is nothing to show.

    placed : what is shown, each with a number in `pins` by its id. Of the boundaries what falls into the frame.
    """
    shown = _shown(placed, boundaries)
    if not shown:
        return []
    frame = _frame(shown, *_WHOLE)
    joined = _pins(placed, frame, pins)
    maps = [DrawnMap(_svg(placed, boundaries, frame, joined, "map-0"))]
    for number, pin in enumerate((pin for pin in joined if len(pin.numbers) >= _MANY), 1):
        near = [one for one in placed if pins[one.entry.entry_id] in pin.numbers]
        closer = _frame([shapely.Point(one.lon, one.lat) for one in near], *_DETAIL)
        title = Counter(one.entry.locality or "" for one in near).most_common(1)[0][0]
        svg = _svg(near, boundaries, closer, _spread(_each(near, closer, pins), closer), f"map-{number}")
        maps.append(DrawnMap(svg, f"{title} {pin.told}".strip()))
    return maps


def _shown(placed: Sequence[Placed], boundaries: Sequence[Boundary]) -> list[BaseGeometry]:
    """The entries; the territory as well, unless they would be lost in it."""
    entries = [one.footprint for one in placed]
    territory = [one.geometry for one in boundaries if one.kind is BoundaryKind.TERRITORY]
    if not entries or not territory:
        return entries or [one.geometry for one in boundaries]
    spans = [np.subtract(*np.split(shapely.total_bounds(shapes)[[2, 3, 0, 1]], 2)) for shapes in (territory, entries)]
    return entries + territory if (spans[0] <= _NEAR * spans[1]).all() else entries


def _svg(
    placed: Sequence[Placed], boundaries: Sequence[Boundary], frame: _Frame, joined: Sequence[_Pin], name: str
) -> str:
    width, height = frame.width, frame.height
    size = f'width="{width:.2f}" height="{height:.2f}"'
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.2f} {height:.2f}" width="{width:.2f}mm"'
        f' height="{height:.2f}mm"><clipPath id="{name}"><rect {size}/></clipPath><g clip-path="url(#{name})">'
        f'<rect {size} fill="#dfe6ea"/>'
    )
    covered = shapely.union_all([pin.covered for pin in joined])
    drawn = (
        *_boundaries(boundaries, frame),
        *(_area(one, frame) for one in placed if one.is_outlined),
        *(_name(one, frame, covered) for one in boundaries if one.kind is BoundaryKind.SECTOR and frame.is_whole),
        _scale(frame, covered),
        *map(_lead, joined),
        *map(_pin, joined),
    )
    return f'{head}{"".join(drawn)}</g><rect {size} fill="none" stroke="#000" stroke-width="0.5"/></svg>'


def _frame(shapes: Iterable[BaseGeometry], width: float, most_height: float) -> _Frame:
    corners = shapely.get_coordinates(list(shapes))
    lons, lats = corners[:, 0], corners[:, 1]
    if lons.max() - lons.min() > _HALF_TURN:
        lons = np.where(lons < 0, lons + _TURN, lons)
    sides = []
    for values in (lons, lats):
        around = max(float(values.max() - values.min()) * _MARGIN, _LEAST_DEG)
        sides.append((float(values.min()) - around, float(values.max()) + around))
    (west, east), (south, north) = sides
    return _Frame(west, south, east, north, width, most_height)


def _path(shape: BaseGeometry, frame: _Frame) -> str:
    rings = [ring for part in shapely.get_parts(shape) for ring in (part.exterior, *part.interiors)]
    return "".join(f"M{_points(frame.on_paper(shapely.get_coordinates(ring)))}Z" for ring in rings)


def _points(corners: Any) -> str:
    return "L".join(f"{x:.2f} {y:.2f}" for x, y in corners.tolist())


def _boundaries(boundaries: Sequence[Boundary], frame: _Frame) -> Iterable[str]:
    """The territory is land; sectors are lines."""
    for one in sorted(boundaries, key=lambda boundary: boundary.kind is BoundaryKind.SECTOR):
        path = _path(one.geometry, frame)
        if one.kind is BoundaryKind.TERRITORY:
            yield f'<path d="{path}" fill="#fff" stroke="#555" stroke-width="0.35" fill-rule="evenodd"/>'
        else:
            yield f'<path d="{path}" fill="none" stroke="#777" stroke-width="0.3" stroke-dasharray="1.6 1"/>'


def _name(sector: Boundary, frame: _Frame, covered: BaseGeometry) -> str:
    """As near to the middle of what is shown of the sector as it stands in it beside the pins; else in the middle."""
    seen = shapely.transform(
        shapely.clip_by_rect(sector.geometry, frame.west, frame.south, frame.east, frame.north), frame.on_paper
    )
    if seen.is_empty:
        return ""
    middle = shapely.point_on_surface(seen)
    places = np.vstack([shapely.get_coordinates(middle), _grid(seen)])
    boxes = _name_boxes(places, sector.name)
    room = shapely.contains_properly(seen, boxes) & shapely.disjoint(covered, boxes)
    far = np.where(room, np.hypot(*(places - places[0]).T), np.inf)
    x, y = places[int(far.argmin())].tolist()
    return (
        f'<text x="{x:.2f}" y="{y:.2f}" font-size="{_LETTER}" fill="#666" text-anchor="middle">'
        f"{encoded(sector.name)}</text>"
    )


def _grid(shape: BaseGeometry) -> Any:
    """Places all over the shape's bounds (n, 2)."""
    west, top, east, bottom = shape.bounds
    return np.array(list(product(np.linspace(west, east, _PLACES), np.linspace(top, bottom, _PLACES))))


def _name_boxes(places: Any, name: str) -> Any:
    """What a name covers whose first line stands centred on each place."""
    half = len(name) * _WIDE / 2
    x, y = places[:, 0], places[:, 1]
    return shapely.box(x - half, y - _LETTER, x + half, y + _LETTER / 4)


def _area(one: Placed, frame: _Frame) -> str:
    dash = ' stroke-dasharray="1 0.7"' if one.entry.restriction is Restriction.CAUTION else ""
    path = _path(one.footprint, frame)
    return (
        f'<path d="{path}" fill="#000" fill-opacity="0.18" stroke="#000" stroke-width="0.4"{dash} fill-rule="evenodd"/>'
    )


def _each(placed: Sequence[Placed], frame: _Frame, pins: Mapping[str, int]) -> list[_Pin]:
    """One for each entry, at its place, in the order of their numbers."""
    if not placed:
        return []
    corners = frame.on_paper(np.array([[one.lon, one.lat] for one in placed]))
    made = [
        _Pin(x, y, [pins[one.entry.entry_id]], one.entry.restriction is Restriction.CAUTION)
        for one, (x, y) in zip(placed, corners.tolist(), strict=True)
    ]
    return sorted(made, key=lambda pin: pin.numbers)


def _pins(placed: Sequence[Placed], frame: _Frame, pins: Mapping[str, int]) -> list[_Pin]:
    """Each joined to the first that it would lie on, until none lies on another."""
    waiting = _each(placed, frame, pins)
    before = len(waiting) + 1
    while len(waiting) < before:
        before, waiting = len(waiting), _joined(waiting)
    return waiting


def _spread(pins: Iterable[_Pin], frame: _Frame) -> list[_Pin]:
    """Each at its place or as near to it as there is room; where there is none it stays and is covered in part."""
    kept: list[_Pin] = []
    for pin in pins:
        free = (one for one in _around(pin, frame) if not any(one.meets(other) for other in kept))
        kept.append(next(free, pin))
    return kept


def _around(pin: _Pin, frame: _Frame) -> Iterator[_Pin]:
    yield pin
    for step, side in product(range(1, _STEPS), range(_SIDES)):
        turn = 2 * np.pi * side / _SIDES
        x, y = pin.x + step * _PIN * float(np.cos(turn)), pin.y + step * _PIN * float(np.sin(turn))
        if pin.half < x < frame.width - pin.half and _PIN < y < frame.height - _PIN:
            yield replace(pin, x=x, y=y, place=(pin.x, pin.y))


def _joined(pins: Iterable[_Pin]) -> list[_Pin]:
    kept: list[_Pin] = []
    for pin in pins:
        other = next((one for one in kept if one.meets(pin)), None)
        if other is None:
            kept.append(pin)
        else:
            all_of = len(other.numbers) + len(pin.numbers)
            share = len(pin.numbers) / all_of
            other.x, other.y = other.x + (pin.x - other.x) * share, other.y + (pin.y - other.y) * share
            other.numbers += pin.numbers
            other.is_caution &= pin.is_caution
    return kept


def _pin(pin: _Pin) -> str:
    fill, ink, dash = ("#fff", "#000", ' stroke-dasharray="0.8 0.5"') if pin.is_caution else ("#000", "#fff", "")
    return (
        f'<rect x="{pin.x - pin.half:.2f}" y="{pin.y - _PIN:.2f}" width="{2 * pin.half:.2f}" height="{2 * _PIN:.2f}"'
        f' rx="{_PIN}" fill="{fill}" stroke="{"#000" if pin.is_caution else "#fff"}" stroke-width="0.35"{dash}/>'
        f'<text x="{pin.x:.2f}" y="{pin.y + 0.95:.2f}" font-size="2.7" font-weight="700" fill="{ink}"'
        f' text-anchor="middle">{pin.told}</text>'
    )


def _lead(pin: _Pin) -> str:
    if pin.place is None:
        return ""
    x, y = pin.place
    line = f'<path d="M{pin.x:.2f} {pin.y:.2f}L{x:.2f} {y:.2f}" stroke="#000" stroke-width="0.25"/>'
    return f'{line}<circle cx="{x:.2f}" cy="{y:.2f}" r="0.6"/>'


def _scale(frame: _Frame, covered: BaseGeometry) -> str:
    """A bar of a round length, about a fifth of the map, and north; in the corner with the fewest pins."""
    mm_a_metre = frame.mm_a_degree / _METRES_A_DEGREE
    rough_m = frame.width / 5 / mm_a_metre
    power = 10 ** int(np.floor(np.log10(rough_m)))
    length_m = next(step * power for step in (5, 2, 1) if step * power <= rough_m)
    told = f"{length_m // 1000} km" if length_m >= 1000 else f"{length_m} m"  # noqa: PLR2004  (metres of a kilometre)
    end = 2 + length_m * mm_a_metre
    x, y = _corner(frame, end + 14, 7, covered)
    return (
        f'<g transform="translate({x:.2f} {y:.2f})"><rect width="{end + 14:.2f}" height="7" fill="#fff"'
        f' fill-opacity="0.85"/><path d="M2 3.5V5H{end:.2f}V3.5" fill="none" stroke="#000" stroke-width="0.4"/>'
        f'<text x="2.8" y="4.2" font-size="2.7">{told}</text>'
        f'<path d="M{end + 6:.2f} 5l1.3 -4l1.3 4l-1.3 -1z" fill="#000"/>'
        f'<text x="{end + 9.5:.2f}" y="5" font-size="2.9" font-weight="700">N</text></g>'
    )


def _corner(frame: _Frame, width: float, height: float, covered: BaseGeometry) -> tuple[float, float]:
    """Where a box of this size stands with the least of it covered; below and left where that is all the same."""
    right, below = frame.width - width - _INSET, frame.height - height - _INSET
    corners = [(_INSET, below), (right, below), (_INSET, _INSET), (right, _INSET)]
    hidden = [covered.intersection(shapely.box(x, y, x + width, y + height)).area for x, y in corners]
    return corners[int(np.argmin(hidden))]
