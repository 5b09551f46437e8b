"""Distances from a position to a footprint, told by `truth`."""

import random
from collections.abc import Callable, Iterator
from functools import partial

from vectors import shapes
from vectors.chance import stream
from vectors.document import Document, distinct
from vectors.truth import Footprint, Json, rings_of, there

# Open ocean, the antimeridian, both poles, the equator's crossing with Greenwich; ice where it is land.
CENTRES = (
    (38.2, -41.5), (-48.87, -123.39), (0.0, -25.0), (0.0, 180.0), (-45.0, -179.9999), (55.0, 179.9999),
    (89.9985, 30.0), (90.0, 0.0), (-89.9985, 77.0), (-90.0, 0.0), (0.0, 0.0), (71.0, -5.0), (89.5, 179.999),
)  # fmt: skip
_AWAY_M = (0.05, 0.3, 1, 4.95, 5.05, 9.9, 10.1, 20, 45, 99, 101, 250, 500, 999, 1001, 2500, 9000, 30_000, 99_000)
_NEVER_BETWEEN_M = (1e-9, 0.02)  # so near to an edge, who is inside is a question of the last digit


def document() -> Document:
    chance = stream("distances")
    footprints: list[Json] = []
    rows: list[list[object]] = []
    for lat, lon in CENTRES:
        for shape in _footprints(chance, lat, lon):
            rows += [[len(footprints), *row] for row in _measured(chance, Footprint(shape))]
            footprints.append(shape)
    about = {
        "columns": ["footprint", "lat", "lon", "distance_m", "depth_m"],
        "tolerance_m": {"Point": 0.0015, "Polygon": 0.0105, "MultiPolygon": 0.0105},
    }
    return Document("distances", about, {"footprints": footprints}, distinct(rows))


def _footprints(chance: random.Random, lat: float, lon: float) -> Iterator[Json]:
    def beside(spread_m: float) -> tuple[float, float]:
        return there(lat, lon, chance.uniform(0, 360), chance.uniform(0, spread_m))

    yield shapes.point(lat, lon)
    makers: tuple[Callable[..., Json], ...] = (
        *(shapes.point,) * 5,
        *(partial(shapes.house, chance),) * 6,
        *(partial(shapes.courtyard, chance, radius_m=size) for size in (20, 60, 400)),
        *(partial(shapes.archipelago, chance, radius_m=size) for size in (15, 50, 300)),
        *(partial(shapes.street, chance, length_m=size, width_m=6) for size in (80, 900)),
        *(partial(shapes.star, chance, radius_m=size, corners=9) for size in (100, 300, 900)),
    )
    for make in makers:
        yield make(*beside(300))


def _measured(chance: random.Random, footprint: Footprint) -> Iterator[list[object]]:
    """Latitude, longitude, metres and depth of positions on, in and around a footprint, near ones mostly."""
    for lat, lon in _positions(chance, footprint):
        distance_m, depth_m = footprint.measured(lat, lon)
        least, most = _NEVER_BETWEEN_M
        if footprint.is_point or not least < (distance_m if depth_m is None else depth_m) < most:
            yield [lat, lon, round(distance_m, 3), None if depth_m is None else round(depth_m, 3)]


def _positions(chance: random.Random, footprint: Footprint) -> Iterator[tuple[float, float]]:
    starts, ends, _ = footprint.edges
    yield float(starts[0, 1]), float(starts[0, 0])
    if not footprint.is_point:
        inner = footprint.shape.representative_point()
        yield round(inner.y, 7), round(inner.x, 7)
        yield from _of_each_ring(footprint.geometry)
    for metres in (*_AWAY_M, *_AWAY_M[:12]):
        at, share = chance.randrange(len(starts)), chance.random()
        lon, lat = starts[at] + share * (ends[at] - starts[at])
        yield there(float(lat), float(lon), chance.uniform(0, 360), metres)


def _of_each_ring(geometry: Json) -> Iterator[tuple[float, float]]:
    """The mean of the corners of each ring: the middle of a hole, of a part."""
    for ring in rings_of(geometry):
        corners = ring[:-1]
        yield tuple(round(sum(corner[axis] for corner in corners) / len(corners), 7) for axis in (1, 0))  # type: ignore[misc]
