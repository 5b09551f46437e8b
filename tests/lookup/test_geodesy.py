"""Distances against an independent geodesic library and a brute-force walk along the edges."""

import math
from collections.abc import Iterator
from itertools import pairwise

import pytest
import shapely
from geographiclib.geodesic import Geodesic
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.position import Position, PositionError
from geo_offlimits.lookup.geodesy import bearing_deg, distance_m, distances_m, nearest, outline

LATS, LONS = st.floats(-90, 90), st.floats(-180, 180)
CLUB = box(-41.5, 38.2, -41.4995, 38.2003)
COURTYARD = Polygon(CLUB.exterior.coords, [box(-41.4999, 38.2001, -41.4996, 38.2002).exterior.coords])
ISLANDS = MultiPolygon([box(179.9995, -16.5, 180, -16.4995), box(-180, -16.5, -179.9995, -16.4995)])
CAP = box(-180, 89.9, 180, 90)
SHAPES = {"polygon": CLUB, "hole": COURTYARD, "across the antimeridian": ISLANDS, "around the pole": CAP}


def karney_m(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    return float(Geodesic.WGS84.Inverse(lat, lon, other_lat, other_lon)["s12"])


Edge = tuple[tuple[float, float], tuple[float, float]]


def edges(geometry: BaseGeometry) -> Iterator[Edge]:
    """Every edge, straight in longitude/latitude, but for seams at ±180 and at the pole."""
    parts = shapely.get_parts(geometry)
    for ring in (ring for part in parts for ring in shapely.get_rings(part)):
        corners = [(float(lon), float(lat)) for lon, lat in shapely.get_coordinates(ring)]
        for start, end in pairwise(corners):
            is_seam = abs(start[0]) == 180 and start[0] == end[0] and (len(parts) > 1 or geometry is CAP)
            if not is_seam and not abs(start[1]) == abs(end[1]) == 90:
                yield start, end


def along_m(here: Position, edge: Edge, span: tuple[float, float] = (0.0, 1.0), depth: int = 4) -> float:
    """The least distance along one edge: a walk in 60 steps, then again around the best three of them."""
    (west, south), (east, north) = edge
    low, high = span
    shares = [low + (high - low) * step / 60 for step in range(61)]
    walk = [karney_m(here.lat, here.lon, south + s * (north - south), west + s * (east - west)) for s in shares]
    ranked = sorted(range(61), key=walk.__getitem__)
    if depth == 0:
        return walk[ranked[0]]
    around = ranked[: 3 if depth == 4 else 1]
    return min(along_m(here, edge, (shares[max(at - 1, 0)], shares[min(at + 1, 60)]), depth - 1) for at in around)


def walked_m(here: Position, geometry: BaseGeometry) -> float:
    return min(along_m(here, edge) for edge in edges(geometry))


@given(LATS, LONS, LATS, LONS)
@settings(max_examples=150, deadline=None)
def test_the_distance_to_a_point_is_the_geodesic(lat: float, lon: float, to_lat: float, to_lon: float) -> None:
    metres = distance_m(Position(lat=lat, lon=lon), Point(to_lon, to_lat))
    assert metres == pytest.approx(karney_m(lat, lon, to_lat, to_lon), abs=1e-3)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
@pytest.mark.parametrize("metres", [3.0, 60.0, 900_000.0])
@pytest.mark.parametrize("bearing", [100.0, 280.0])
def test_the_distance_to_an_edge_is_the_least_along_a_walk_around_it(
    shape: BaseGeometry, metres: float, bearing: float
) -> None:
    corner = shapely.get_coordinates(shape)[0]
    away = Geodesic.WGS84.Direct(corner[1], corner[0], bearing, metres)
    here = Position(lat=away["lat2"], lon=away["lon2"])
    found = nearest(here, shape)
    to_the_edge = found.depth_m if found.depth_m is not None else found.distance_m
    assert to_the_edge == pytest.approx(walked_m(here, shape), abs=0.002)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_inside_the_distance_is_nought_and_the_depth_is_the_way_out(shape: BaseGeometry) -> None:
    inner = shapely.get_parts(shape)[0].representative_point()
    here = Position(lat=inner.y, lon=inner.x)
    found = nearest(here, shape)
    assert found.distance_m == 0.0
    assert found.bearing_deg is None
    assert found.depth_m == pytest.approx(walked_m(here, shape), abs=0.002)


def test_in_a_hole_one_is_outside() -> None:
    here = Position(lat=38.20015, lon=-41.49975)
    assert distance_m(here, COURTYARD) == pytest.approx(karney_m(38.20015, -41.49975, 38.2001, -41.49975), abs=0.01)


def test_the_seam_at_the_antimeridian_is_no_edge() -> None:
    for lon in (180.0, -180.0):
        found = nearest(Position(lat=-16.49975, lon=lon), ISLANDS)
        assert found.distance_m == 0.0
        assert found.depth_m == pytest.approx(karney_m(-16.49975, 180, -16.4995, 180), abs=0.01)


def test_where_only_one_side_reaches_the_antimeridian_it_is_an_edge() -> None:
    half = MultiPolygon([box(179.999, -1, 180, 1), box(-180, 0, -179.999, 1)])
    found = nearest(Position(lat=-0.5, lon=180.0), half)
    assert found.distance_m == 0.0
    assert found.depth_m == pytest.approx(0.0, abs=1e-6)
    assert nearest(Position(lat=0.5, lon=180.0), half).depth_m == pytest.approx(
        karney_m(0.5, 180, 0.5, 179.999), abs=0.01
    )


@pytest.mark.parametrize("lon", [-180.0, -77.0, 0.0, 12.5, 180.0])
def test_at_the_pole_every_longitude_is_the_same_place(lon: float) -> None:
    pole = Position(lat=90, lon=lon)
    assert distance_m(pole, CAP) == 0.0
    assert nearest(pole, CAP).depth_m == pytest.approx(karney_m(90, 0, 89.9, 0), abs=0.01)
    assert distance_m(pole, Point(33, 89.9)) == pytest.approx(karney_m(90, 0, 89.9, 33), abs=1e-3)


@given(st.floats(-89.9999, 89.9999), LONS, st.floats(0.5, 359.5), st.floats(1, 5_000))
@settings(max_examples=60, deadline=None)
def test_the_bearing_points_to_the_footprint(lat: float, lon: float, bearing: float, metres: float) -> None:
    there = Geodesic.WGS84.Direct(lat, lon, bearing, metres)
    assume(abs(there["lat2"]) < 90)
    found = bearing_deg(Position(lat=lat, lon=lon), Point(there["lon2"], there["lat2"]))
    assert found is not None
    assert math.cos(math.radians(found - bearing)) == pytest.approx(1.0, abs=1e-6)


def test_a_world_wide_footprint_has_no_edge_and_holds_everybody() -> None:
    world = box(-180, -90, 180, 90)
    assert len(outline(world).starts) == 0
    assert distance_m(Position(lat=12, lon=34), world) == 0.0


def test_many_positions_are_measured_like_one() -> None:
    lats, lons = [38.2, 38.2001, 10.0], [-41.5001, -41.4998, 10.0]
    alone = [distance_m(Position(lat=lat, lon=lon), CLUB) for lat, lon in zip(lats, lons, strict=True)]
    assert distances_m(lats, lons, CLUB).tolist() == alone
    assert distances_m([], [], CLUB).shape == (0,)


@pytest.mark.parametrize(("lat", "lon"), [(math.nan, 0.0), (0.0, math.inf), (91.0, 0.0), (0.0, 181.0)])
def test_a_position_that_is_none_is_refused(lat: float, lon: float) -> None:
    with pytest.raises(PositionError):
        distances_m([lat], [lon], CLUB)
