"""The published form of a footprint."""

import itertools
import math

import numpy as np
import pytest
import shapely
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPoint, MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from geo_offlimits.lookup.footprint import (
    MAX_EDGE_M,
    MAX_VERTICES,
    FootprintError,
    are_publishable_points,
    canonical_geometries,
    canonical_geometry,
    densified,
    is_publishable_point,
)


def edges_m(geometry: BaseGeometry) -> list[float]:
    lengths = []
    for part in shapely.get_parts(geometry):
        for ring in shapely.get_rings(part):
            corners = shapely.get_coordinates(ring)
            lengths += [
                Geodesic.WGS84.Inverse(south, west, north, east)["s12"]
                for (west, south), (east, north) in itertools.pairwise(corners)
            ]
    return lengths


def test_rings_turn_right_handed_and_edges_are_short() -> None:
    clockwise = Polygon([(0, 0), (0, 0.02), (0.02, 0.02), (0.02, 0)], [[(0.005, 0.005), (0.01, 0.005), (0.01, 0.01)]])
    published = canonical_geometry(clockwise)
    assert isinstance(published, Polygon)
    assert shapely.is_ccw(published.exterior)
    assert not shapely.is_ccw(published.interiors[0])
    assert max(edges_m(published)) <= 100.0
    assert published.equals(clockwise)


def test_seven_decimals_and_no_minus_nought() -> None:
    published = canonical_geometry(Point(-1e-9, 42.123456789))
    assert shapely.get_coordinates(published).tolist() == [[0.0, 42.1234568]]
    assert math.copysign(1, shapely.get_x(published)) == 1.0


def test_height_is_dropped() -> None:
    assert not canonical_geometry(Point(1, 2, 300)).has_z


@pytest.mark.parametrize(
    "ring",
    [
        [(179.999, 0), (180.001, 0), (180.001, 0.001), (179.999, 0.001)],
        [(179.999, 0), (-179.999, 0), (-179.999, 0.001), (179.999, 0.001)],
        [(-180.001, 0), (-179.999, 0), (-179.999, 0.001), (-180.001, 0.001)],
    ],
    ids=["beyond 180", "with a jump", "beyond -180"],
)
def test_a_footprint_across_the_antimeridian_is_cut_there(ring: list[tuple[float, float]]) -> None:
    published = canonical_geometry(Polygon(ring))
    assert isinstance(published, MultiPolygon)
    assert published.equals(MultiPolygon([box(179.999, 0, 180, 0.001), box(-180, 0, -179.999, 0.001)]))


def test_a_hole_is_cut_with_its_shell() -> None:
    shell = [(179.99, 0), (-179.99, 0), (-179.99, 0.02), (179.99, 0.02)]
    hole = [(-179.998, 0.005), (-179.992, 0.005), (-179.992, 0.01), (-179.998, 0.01)]
    published = canonical_geometry(Polygon(shell, [hole]))
    whole = MultiPolygon([box(179.99, 0, 180, 0.02), box(-180, 0, -179.99, 0.02)])
    assert published.equals(whole.difference(Polygon(hole)))


def test_a_cap_around_a_pole_keeps_its_edge_along_the_antimeridian() -> None:
    cap = box(-180, 89.99, 180, 90)
    assert canonical_geometry(cap, max_edge_m=None).equals(cap)


BAD = {
    "a line": LineString([(0, 0), (1, 1)]),
    "several points": MultiPoint([(0, 0), (1, 1)]),
    "empty": Polygon(),
    "not a number": Point(math.nan, 1),
    "a bow tie": Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]),
    "beyond a pole": Point(0, 90.1),
    "a point beyond 180": Point(180.1, 0),
    "far beyond 180": box(181, 0, 182, 1),
    "smaller than its decimals": box(0, 0, 1e-9, 1e-9),
    "around a pole without its edge": Polygon([(0, 80), (120, 80), (-120, 80)]),
    "an edge that could go either way": Polygon([(-100, 0), (100, 0), (100, 1), (-100, 1)]),
    "overlapping parts": MultiPolygon([box(0, 0, 2, 2), box(1, 1, 3, 3)]),
    "too large to measure": box(-20, -40, 60, 40),
}


@pytest.mark.parametrize("geometry", BAD.values(), ids=BAD.keys())
def test_what_cannot_be_published_is_refused_with_a_remedy(geometry: BaseGeometry) -> None:
    with pytest.raises(FootprintError) as refusal:
        canonical_geometry(geometry)
    assert refusal.value.issues[0].field == "geometry"
    assert refusal.value.issues[0].remedy


def test_a_ring_of_too_many_vertices_is_refused_before_anything_is_done_with_it() -> None:
    turn = np.linspace(0, 2 * np.pi, MAX_VERTICES + 10)
    with pytest.raises(FootprintError, match="more than"):
        canonical_geometry(Polygon(np.column_stack([np.cos(turn), np.sin(turn)])))


def test_a_point_is_not_densified() -> None:
    assert densified(Point(1, 2)).equals(Point(1, 2))


SQUARE = box(-30.0, 10.0, -29.9995, 10.0004)
ALL_AT_ONCE: dict[str, BaseGeometry | None] = {
    "nothing": None,
    "a point": Point(-1e-9, 42.123456789),
    "a point with a height": Point(1, 2, 300),
    "a house": Polygon([(0, 0), (0, 0.0004), (0.0004000000001, 0.0004), (0.0004, 0), (0.0004, 0)]),
    "a house with a yard": SQUARE.difference(box(-29.9998, 10.0001, -29.9997, 10.0003)),
    "two houses": MultiPolygon([SQUARE, box(-29.999, 10.0, -29.9985, 10.0004)]),
    "a house of three, one long": MultiPolygon(
        [SQUARE, box(-29.999, 10.0, -29.9985, 10.0004), box(-29.9, 10, -29, 11)]
    ),
    "a quarter": box(-30.0, 10.0, -29.99, 10.01),
    "at the antimeridian": box(179.9995, -16.5, 180.0, -16.4995),
    "across it": box(179.9995, -16.5, 180.0005, -16.4995),
    "across it with a jump": Polygon([(179.9995, 0), (-179.9995, 0), (-179.9995, 0.0005), (179.9995, 0.0005)]),
    "a cap": box(-180, 89.99, 180, 90),
    "the south pole": Point(0, -90),
}


@pytest.mark.parametrize("limit_m", [MAX_EDGE_M, math.inf])
def test_made_all_at_once_each_is_what_it_is_alone(limit_m: float) -> None:
    shapes = [*ALL_AT_ONCE.values(), *map(canonical, ALL_AT_ONCE.values())]
    made = canonical_geometries(shapes, [limit_m] * len(shapes))
    assert [shapely.to_wkb(one) for one in made] == [shapely.to_wkb(canonical(one, limit_m)) for one in shapes]


def test_points_are_known_all_at_once_as_each_alone() -> None:
    odd = [Point(), Point(math.nan, 1), Point(180, -90, 5), Point(180.1, 0), Point(0, 90.1), Point(1, math.inf)]
    shapes = [*BAD.values(), *(one for one in ALL_AT_ONCE.values() if one is not None), *odd]
    alone = [is_publishable_point(one) for one in shapes]
    assert are_publishable_points([*shapes, None]) == [*alone, False]
    assert 0 < sum(alone) < len(alone)
    assert are_publishable_points([]) == []


def canonical(geometry: BaseGeometry | None, limit_m: float = math.inf) -> BaseGeometry | None:
    return geometry and canonical_geometry(geometry, max_edge_m=None if limit_m == math.inf else limit_m)


def test_each_of_a_list_keeps_its_own_limit() -> None:
    quarter = box(-30.0, 10.0, -29.99, 10.01)
    long, short = canonical_geometries([quarter, quarter], [math.inf, MAX_EDGE_M])
    assert [one and len(shapely.get_coordinates(one)) > 5 for one in (long, short)] == [False, True]


@pytest.mark.parametrize("geometry", BAD.values(), ids=BAD.keys())
def test_in_a_list_too_the_first_that_cannot_be_published_is_refused(geometry: BaseGeometry) -> None:
    with pytest.raises(FootprintError) as alone:
        canonical_geometry(geometry)
    shapes = [SQUARE, Point(1, 2), geometry, Point(0, 91), SQUARE]
    with pytest.raises(FootprintError) as refusal:
        canonical_geometries(shapes, [MAX_EDGE_M] * len(shapes))
    assert str(refusal.value) == str(alone.value)


@given(
    st.tuples(st.floats(-180, 180), st.floats(-89, 89)),
    st.integers(3, 12),
    st.floats(5, 3_000),
    st.floats(0.2, 0.9),
    st.booleans(),
)
@settings(max_examples=120, deadline=None)
def test_the_published_form_is_stable_short_edged_and_the_same_shape(
    at: tuple[float, float], corners: int, size_m: float, wobble: float, hollow: bool
) -> None:
    lon, lat = at

    def ring(scale: float) -> list[tuple[float, float]]:
        made = []
        for corner in range(corners):
            turn = 2 * math.pi * corner / corners
            reach = scale * size_m * (1 + 0.3 * math.sin(3 * turn + wobble)) / 111_000
            made.append((lon + reach * math.cos(turn) / math.cos(math.radians(lat)), lat + reach * math.sin(turn)))
        return made

    shape = Polygon(ring(1.0), [ring(0.4)] if hollow else [])
    published = canonical_geometry(shape)
    assert [one and one.wkb for one in canonical_geometries([shape, None, published], [MAX_EDGE_M] * 3)] == [
        published.wkb,
        None,
        published.wkb,
    ]
    assert canonical_geometry(published).equals_exact(published, 0.0)
    assert published.is_valid
    assert max(edges_m(published)) <= 100.0
    west, south, east, north = published.bounds
    assert -180 <= west <= east <= 180
    assert published.area == pytest.approx(shape.area, abs=4e-7 * shape.length + 1e-13)
    assert (south, north) == pytest.approx((shape.bounds[1], shape.bounds[3]), abs=1e-7)
