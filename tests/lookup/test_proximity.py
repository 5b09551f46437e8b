"""The index equals measuring every footprint, and GeoPandas where GeoPandas can."""

import math

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Point, box
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.position import Position, PositionError
from geo_offlimits.lookup.geodesy import distance_m
from geo_offlimits.lookup.proximity import MAX_RADIUS_M, ProximityIndex, RadiusError

HARD_PLACES = [(0.0, 179.9999), (-16.5, -179.9999), (89.9999, 10.0), (-89.999, -120.0), (38.2, -41.5), (0.0, 0.0)]


def around(rng: np.random.Generator, lat: float, lon: float) -> tuple[float, float]:
    spread = 10 ** rng.uniform(-5, 0.5)
    made_lat = float(np.clip(lat + rng.normal(0, spread), -90, 90))
    made_lon = (lon + rng.normal(0, spread) / max(math.cos(math.radians(lat)), 1e-3) + 180) % 360 - 180
    return made_lat, float(made_lon)


def footprint(rng: np.random.Generator, lat: float, lon: float) -> BaseGeometry:
    if rng.random() < 0.5:
        return Point(lon, lat)
    size = 10 ** rng.uniform(-5, -1)
    if lon + size > 180 and rng.random() < 0.7:
        south, north = max(lat - size, -90), min(lat + size, 90)
        return MultiPolygon([box(lon, south, 180, north), box(-180, south, -180 + size, north)])
    return box(max(lon - size, -180), max(lat - size, -90), min(lon + size, 180), min(lat + size, 90))


@given(st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_the_index_finds_exactly_what_measuring_everything_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shapes = [footprint(rng, *around(rng, *HARD_PLACES[rng.integers(6)])) for _ in range(40)]
    index = ProximityIndex(shapes)
    for lat, lon in HARD_PLACES:
        here = Position(lat=lat, lon=lon)
        radius_m = float(10 ** rng.uniform(0, 5))
        truth = {at: distance_m(here, shape) for at, shape in enumerate(shapes)}
        hits = index.one(here, radius_m)
        within = {at for at, metres in truth.items() if metres <= radius_m}
        assert within <= {hit.entry for hit in hits}
        assert [hit.distance_m for hit in hits] == sorted(hit.distance_m for hit in hits)
        assert all(hit.distance_m == pytest.approx(truth[hit.entry], abs=1e-6) for hit in hits)
        assert hits[0].distance_m == pytest.approx(min(truth.values()), abs=1e-3)
        near = index.near([lat], [lon], radius_m)
        assert set(near.entry.tolist()) == within
        ranked = [hit.distance_m for hit in index.nearest(here, 5)]
        assert ranked == pytest.approx(sorted(truth.values())[:5], abs=1e-3)


def test_away_from_the_seams_it_agrees_with_geopandas_in_a_local_grid() -> None:
    rng = np.random.default_rng(7)
    shapes = [footprint(rng, 38.2 + rng.normal(0, 0.01), -41.5 + rng.normal(0, 0.01)) for _ in range(200)]
    listed = gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4326")
    here = gpd.GeoDataFrame(geometry=[Point(-41.5, 38.2)], crs="EPSG:4326")
    grid = "EPSG:32624"  # UTM, within a thousandth near its meridian
    joined = here.to_crs(grid).sjoin_nearest(listed.to_crs(grid), distance_col="metres")
    hit = ProximityIndex(shapes).nearest(Position(lat=38.2, lon=-41.5))[0]
    assert hit.distance_m == pytest.approx(joined["metres"].iloc[0], rel=2e-3, abs=0.01)


def test_the_nearest_is_found_however_far_and_however_small_the_radius() -> None:
    index = ProximityIndex([Point(0, 0), None, Point(10, 0)])
    (hit,) = index.one(Position(lat=0, lon=170), 1.0)
    assert hit.entry == 2
    assert len(index) == 2


def test_a_margin_widens_only_its_own_footprint() -> None:
    index = ProximityIndex([Point(0.001, 0), Point(0.0011, 0), Point(0, 0)], [0.0, 200.0, 0.0])
    assert [hit.entry for hit in index.one(Position(lat=0, lon=0), 5.0, reach_m=5.0)] == [2, 1]


def test_nothing_placed_is_nothing_found() -> None:
    for index in (ProximityIndex([]), ProximityIndex([None])):
        assert index.one(Position(lat=0, lon=0), 100.0) == ()
        assert index.nearest(Position(lat=0, lon=0)) == ()
        assert index.near([0.0], [0.0], 100.0).entry.shape == (0,)


def test_a_continent_is_held_whole() -> None:
    index = ProximityIndex([box(-170, -70, 170, 70), Point(0, 80)])
    inside, far = index.near([0.0, 0.0], [0.0, 175.0], 1000.0).entry.tolist(), index.one(Position(lat=0, lon=175), 1.0)
    assert inside == [0]
    assert far[0].distance_m == pytest.approx(556_597, abs=1)


def test_hits_are_sorted_by_position_then_distance() -> None:
    index = ProximityIndex([Point(0, 0), box(-0.001, -0.001, 0.001, 0.001), Point(0.0005, 0)])
    hits = index.near([0.0, 0.0], [0.0005, 0.0], 100.0)
    assert hits.position.tolist() == [0, 0, 0, 1, 1, 1]
    assert hits.entry.tolist() == [1, 2, 0, 0, 1, 2]
    assert hits.distance_m[[0, 2]] == pytest.approx([0.0, 55.66], abs=0.01)


def test_what_is_measured_of_one_footprint_is_its_depth_inside_and_its_bearing_outside() -> None:
    index = ProximityIndex([box(-0.001, -0.001, 0.001, 0.001), Point(0.0005, 0)])
    within, beside = (index.measured(entry, Position(lat=0.0, lon=lon)) for entry, lon in ((0, 0.0005), (1, 0.001)))
    assert (within.distance_m, within.bearing_deg) == (0.0, None)
    assert within.depth_m == pytest.approx(55.66, abs=0.01)
    assert beside.depth_m is None
    assert beside.bearing_deg == pytest.approx(270.0)


def test_no_positions_give_no_hits() -> None:
    assert ProximityIndex([Point(0, 0)]).near([], [], 10.0).position.shape == (0,)


@pytest.mark.parametrize("radius_m", [0.0, -1.0, math.nan, math.inf, MAX_RADIUS_M + 1])
def test_a_radius_that_is_none_is_refused(radius_m: float) -> None:
    index = ProximityIndex([Point(0, 0)])
    with pytest.raises(RadiusError, match="radius"):
        index.near([0.0], [0.0], radius_m)
    with pytest.raises(RadiusError, match="radius"):
        index.one(Position(lat=0, lon=0), radius_m)


@pytest.mark.parametrize("metres", [-1.0, math.nan, math.inf])
def test_a_reach_or_a_margin_that_is_no_distance_is_refused(metres: float) -> None:
    with pytest.raises(RadiusError):
        ProximityIndex([Point(0, 0)]).one(Position(lat=0, lon=0), 10.0, reach_m=metres)
    with pytest.raises(RadiusError):
        ProximityIndex([Point(0, 0)], [metres])


def test_not_a_number_is_refused_not_read_as_clear() -> None:
    with pytest.raises(PositionError):
        ProximityIndex([Point(0, 0)]).near([0.0, math.nan], [0.0, 0.0], 100.0)


def test_the_filter_never_loses_a_footprint_whose_edges_bulge() -> None:
    band = shapely.box(-170, 88, 170, 88.5)
    index = ProximityIndex([band])
    assert index.near([88.6], [0.0], 20_000.0).entry.tolist() == [0]
