"""Geodesic metres on WGS 84, from a position to a footprint; right across the antimeridian and at the poles.

An edge is straight in longitude/latitude (RFC 7946). To measure to it, it is cut into pieces so short that each piece,
the geodesic and the straight chord through the Earth agree within a millimetre. The nearest point is found among the
chords, where no meridian and no pole is special; its distance is then Karney's geodesic.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.position import Position
from geo_offlimits.lookup.footprint import (
    FootprintError,
    canonical_geometry,
    densified,
    edge_bound_m,
    polygons_of,
    split_edges,
)

__all__ = [
    "GEOD",
    "FootprintError",
    "Nearest",
    "Outline",
    "bearing_deg",
    "canonical_geometry",
    "densified",
    "distance_m",
    "distances_m",
    "ecef_m",
    "inside",
    "order_slack_m",
    "outline",
    "place_m",
]

Array = npt.NDArray[np.float64]

GEOD = Geod(ellps="WGS84")
EQUATOR_M: float = GEOD.a
ECCENTRICITY_2: float = GEOD.es
_PIECE_M, _SAGITTA_M = 100.0, 0.0005
_HALF_TURN, _POLE = 180.0, 90.0


def ecef_m(lats: npt.ArrayLike, lons: npt.ArrayLike) -> Array:
    """Earth-centred coordinates in metres, shape (n, 3), of points on the ellipsoid given in degrees, shape (n,)."""
    phi, lam = np.radians(np.asarray(lats, dtype=float)), np.radians(np.asarray(lons, dtype=float))
    sine, cosine = np.sin(phi), np.cos(phi)
    normal_m = EQUATOR_M / np.sqrt(1 - ECCENTRICITY_2 * sine * sine)
    return np.stack(
        [normal_m * cosine * np.cos(lam), normal_m * cosine * np.sin(lam), normal_m * (1 - ECCENTRICITY_2) * sine], -1
    )


def order_slack_m(chord_m: float) -> float:
    """How much longer another straight line through the Earth may be and its geodesic still be the shorter one.

    They differ by d³/24R², and the Earth's radius R by under one part in a hundred between places and directions.
    """
    return 0.001 + chord_m * min(0.01, 0.01 * (chord_m / EQUATOR_M) ** 2)


def place_m(position: Position) -> Array:
    """`ecef_m` of one position, shape (3,); a tenth of its time."""
    sine, cosine = math.sin(math.radians(position.lat)), math.cos(math.radians(position.lat))
    normal_m = EQUATOR_M / math.sqrt(1 - ECCENTRICITY_2 * sine * sine)
    turn = math.radians(position.lon)
    flat_m = normal_m * cosine
    return np.array([flat_m * math.cos(turn), flat_m * math.sin(turn), normal_m * (1 - ECCENTRICITY_2) * sine])


@dataclass(frozen=True)
class Nearest:
    """How near a footprint is: geodesic metres (0 inside), metres to its edge when inside, bearing when outside."""

    distance_m: float
    depth_m: float | None
    bearing_deg: float | None


@dataclass(frozen=True)
class Outline:
    """The edges of a footprint as short pieces: longitude/latitude of both ends (k, 2) and their chords (k, 3).

    A point is one piece of no length. Seams along the antimeridian and edges at a pole are no edges: the shape goes on
    behind them.
    """

    starts: Array
    ends: Array
    origins_m: Array
    chords_m: Array
    squares_m2: Array

    def nearest(self, lat: float, lon: float, here_m: Array) -> tuple[float, float]:
        """(distance_m, bearing_deg) to the nearest edge from a position, given in ECEF metres (3,) too; inf without."""
        if not len(self.origins_m):
            return np.inf, 0.0
        offset = here_m - self.origins_m
        share = np.clip(np.einsum("ij,ij->i", offset, self.chords_m) / self.squares_m2, 0.0, 1.0)
        gap_m = np.linalg.norm(offset - share[:, None] * self.chords_m, axis=1)
        least_m = float(gap_m.min())
        near = np.flatnonzero(gap_m <= least_m + order_slack_m(least_m))
        feet = self.starts[near] + share[near, None] * (self.ends[near] - self.starts[near])
        if len(near) == 1:
            ahead, _, metres = GEOD.inv(lon, lat, feet[0, 0], feet[0, 1])
            return float(metres), float(ahead) % 360.0
        bearings, _, distances = GEOD.inv(np.full(len(near), lon), np.full(len(near), lat), feet[:, 0], feet[:, 1])
        best = int(np.argmin(distances))
        return float(distances[best]), float(bearings[best]) % 360.0


def outline(geometry: BaseGeometry) -> Outline:
    """The edges of a Point, Polygon or MultiPolygon in degrees within ±180/±90."""
    if geometry.geom_type == "Point":
        starts = ends = shapely.get_coordinates(geometry)[:, :2]
    else:
        starts, ends = edges_of(geometry)
    origins = ecef_m(starts[:, 1], starts[:, 0])
    chords = ecef_m(ends[:, 1], ends[:, 0]) - origins
    squares = np.einsum("ij,ij->i", chords, chords)
    return Outline(starts, ends, origins, chords, np.where(squares > 0, squares, 1.0))


def inside(geometry: BaseGeometry, lat: float, lon: float) -> bool:
    """Whether a position lies in a footprint or on its edge. ±180 are the same meridian, a pole has every longitude."""
    if shapely.intersects_xy(geometry, lon, lat):
        return True
    if abs(lon) == _HALF_TURN and shapely.intersects_xy(geometry, -lon, lat):
        return True
    return abs(lat) == _POLE and bool(geometry.intersects(shapely.LineString([(-180.0, lat), (180.0, lat)])))


def nearest(position: Position, geometry: BaseGeometry) -> Nearest:
    """Distance, depth and bearing from one position to one footprint."""
    edges = outline(geometry)
    here_m = place_m(position)
    metres, ahead = edges.nearest(position.lat, position.lon, here_m)
    if geometry.geom_type != "Point" and inside(geometry, position.lat, position.lon):
        return Nearest(0.0, metres, None)
    return Nearest(metres, None, ahead if metres else None)


def distance_m(position: Position, geometry: BaseGeometry) -> float:
    """Geodesic metres from a position to a footprint, 0 inside it and on its edge."""
    return nearest(position, geometry).distance_m


def bearing_deg(position: Position, geometry: BaseGeometry) -> float | None:
    """Initial bearing to the nearest point of a footprint, [0, 360) clockwise from north; None where there is none."""
    return nearest(position, geometry).bearing_deg


def distances_m(lats: npt.ArrayLike, lons: npt.ArrayLike, geometry: BaseGeometry) -> Array:
    """Geodesic metres from positions (n,), (n,) in degrees to one footprint, float64 (n,); 0 inside.

    Raises PositionError for NaN or a position that cannot be on Earth. (0,) gives (0,).
    """
    edges = outline(geometry)
    made = []
    for lat, lon in zip(np.asarray(lats, dtype=float).tolist(), np.asarray(lons, dtype=float).tolist(), strict=True):
        here = Position(lat=lat, lon=lon)
        is_inside = geometry.geom_type != "Point" and inside(geometry, here.lat, here.lon)
        made.append(0.0 if is_inside else edges.nearest(here.lat, here.lon, place_m(here))[0])
    return np.asarray(made, dtype=float)


def _rings(geometry: BaseGeometry) -> list[BaseGeometry]:
    return [ring for part in polygons_of(geometry) for ring in (part.exterior, *part.interiors)]


def edges_of(geometry: BaseGeometry) -> tuple[Array, Array]:
    """Both ends (k, 2) of the edges of a Polygon or MultiPolygon in short pieces, without seams (see Outline)."""
    rings = [shapely.get_coordinates(ring) for ring in _rings(geometry)]
    starts, ends = np.vstack([ring[:-1] for ring in rings]), np.vstack([ring[1:] for ring in rings])
    starts, ends = _without_seams(starts, ends)
    return split_edges(starts, ends, piece_counts(starts, ends))


def piece_counts(starts: Array, ends: Array) -> npt.NDArray[np.int64]:
    """Into how many pieces (n,) edges (n, 2) must be cut for chord, edge and geodesic to agree."""
    counts = np.ceil(edge_bound_m(starts, ends) / _PIECE_M)
    # Near a pole an edge bends away from its chord, however short: along a parallel by r sin(lat) dlon² / 8, along a
    # spiral by R sin(lat) dlat dlon / 4 as well.
    lats = np.radians(np.stack([starts[:, 1], ends[:, 1]]))
    turn, climb = np.abs(np.radians(ends - starts)).T
    parallel = np.abs(np.sin(lats) * np.cos(lats)).max(axis=0) * turn / 8
    spiral = np.abs(np.sin(lats)).max(axis=0) * climb / 4
    counts = np.maximum(counts, np.ceil(np.sqrt(EQUATOR_M * turn * (parallel + spiral) / _SAGITTA_M)))
    return np.asarray(np.maximum(counts, 1), dtype=np.int64)


def _without_seams(starts: Array, ends: Array) -> tuple[Array, Array]:
    """The edges without those at a pole, and without what another edge on the other side of ±180 continues."""
    at_pole = (np.abs(starts[:, 1]) == _POLE) & (np.abs(ends[:, 1]) == _POLE)
    east = (starts[:, 0] == _HALF_TURN) & (ends[:, 0] == _HALF_TURN)
    west = (starts[:, 0] == -_HALF_TURN) & (ends[:, 0] == -_HALF_TURN)
    if not (east.any() and west.any()):
        return starts[~at_pole], ends[~at_pole]
    kept = ~(at_pole | east | west)
    lats = np.sort(np.stack([starts[:, 1], ends[:, 1]], 1), axis=1)
    lone = _lone_spans(lats[east], lats[west])
    meridian = np.full(len(lone), _HALF_TURN)
    return (
        np.vstack([starts[kept], np.column_stack([meridian, lone[:, 0]])]),
        np.vstack([ends[kept], np.column_stack([meridian, lone[:, 1]])]),
    )


def _lone_spans(east: Array, west: Array) -> Array:
    """The spans of latitude (k, 2) that only one side of the antimeridian has, from sorted spans (n, 2) of both."""
    stops = np.unique(np.concatenate([east.ravel(), west.ravel()]))

    def held(spans: Array) -> npt.NDArray[np.bool_]:
        change = np.zeros(len(stops), dtype=np.int64)
        np.add.at(change, np.searchsorted(stops, spans[:, 0]), 1)
        np.add.at(change, np.searchsorted(stops, spans[:, 1]), -1)
        return np.asarray(np.cumsum(change)[:-1] > 0)

    lone = held(east) != held(west)
    return np.column_stack([stops[:-1][lone], stops[1:][lone]])
