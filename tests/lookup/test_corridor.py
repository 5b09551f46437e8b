"""What lies along a route, against a walk along it in steps of a metre and less."""

import time
from itertools import pairwise

import numpy as np
import pytest
from shapely import MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from geo_offlimits.errors import InputError
from geo_offlimits.lookup.corridor import SURE_M, along, beside
from geo_offlimits.lookup.footprint import canonical_geometry
from geo_offlimits.lookup.geodesy import GEOD, Array, distances_m

METRE = 1 / 111_195.0
ERROR_M = 0.01
HOLED = Polygon(
    [(0.02, 0.02), (0.03, 0.02), (0.03, 0.03), (0.02, 0.03)],
    [[(0.022, 0.022), (0.028, 0.022), (0.028, 0.028), (0.022, 0.028)]],
)


def line(*corners: tuple[float, float]) -> Array:
    return np.array(corners, dtype=float)


def walked_m(route: Array, footprint: BaseGeometry, steps: int = 40) -> float:
    """The least distance from places along the route, ever denser around the nearest; right for what is convex."""
    unwound = np.column_stack([np.degrees(np.unwrap(np.radians(route[:, 0]))), route[:, 1]])
    edges = list(pairwise(unwound)) or [(unwound[0], unwound[0])]
    least = np.inf
    for start, end in edges:
        low, high = 0.0, 1.0
        for _ in range(5):
            shares = np.linspace(low, high, steps)
            places = start + shares[:, None] * (end - start)
            far = distances_m(places[:, 1], (places[:, 0] + 180) % 360 - 180, footprint)
            at, step = int(far.argmin()), (high - low) / (steps - 1)
            least = min(least, float(far.min()))
            low, high = max(shares[at] - step, 0.0), min(shares[at] + step, 1.0)
    return least


def around(lon: float, lat: float, rng: np.random.Generator, many: int) -> list[BaseGeometry]:
    made: list[BaseGeometry] = []
    while len(made) < many:
        x, y = rng.uniform(-0.04, 0.04, 2)
        if rng.random() < 0.6:
            shape: BaseGeometry = Point((lon + x + 180) % 360 - 180, lat + y)
        else:
            wide, high = rng.uniform(0.0002, 0.006, 2)
            shape = Polygon([(lon + x, lat + y), (lon + x + wide, lat + y), (lon + x, lat + y + high)])
            shape = canonical_geometry(Polygon([((px + 180) % 360 - 180, py) for px, py in shape.exterior.coords]))
        made.append(shape)
    return made


@pytest.mark.parametrize("centre", [(-30.0, 10.0), (180.0, 0.0), (179.99, 66.0), (15.0, -84.0)])
def test_what_is_found_along_a_route_is_what_a_walk_along_it_finds(centre: tuple[float, float]) -> None:
    rng = np.random.default_rng(int(abs(centre[1]) * 10))
    footprints = around(*centre, rng, 24)
    corners = np.cumsum(rng.uniform(-0.02, 0.02, (4, 2)), axis=0) + centre
    route = np.column_stack([(corners[:, 0] + 180) % 360 - 180, corners[:, 1]])
    least = np.array([walked_m(route, one) for one in footprints])
    assert least.min() < 1_000 < least.max()
    for within_m in (5.0, 150.0, 1_000.0, 3_000.0, float(np.median(least)) + 0.05):
        found = along([route], footprints, within_m)
        wrong = [at for at in range(len(footprints)) if found[at] != (least[at] <= within_m)]
        assert all(abs(least[at] - within_m) < ERROR_M for at in wrong), (within_m, least[wrong])


def test_the_width_is_in_metres_to_the_centimetre_in_every_direction() -> None:
    route = line((10.0, 60.0), (10.2, 60.0))
    lon, lat, _ = GEOD.fwd(10.1, 60.0, 0.0, 500.0)
    for width, reached in ((499.5, False), (500.5, True)):
        assert along([route], [Point(lon, lat)], width).tolist() == [reached]
    exact = walked_m(route, Point(lon, lat), steps=400)
    assert along([route], [Point(lon, lat)], exact + SURE_M).all()
    assert not along([route], [Point(lon, lat)], exact - ERROR_M - SURE_M).any()


def test_a_route_across_the_antimeridian_goes_the_short_way() -> None:
    route = line((179.9, 0.0), (-179.9, 0.0))
    found = along([route], [Point(180.0, 0.001), Point(-179.95, 0.001), Point(0.0, 0.0), Point(179.8, 0.0)], 500.0)
    assert found.tolist() == [True, True, False, False]


@pytest.mark.parametrize(
    "route", [line((5.0, 5.0)), line((5.0, 5.0), (5.0, 5.0)), line((5.0, 5.0), (5.0, 5.0), (5.0, 5.0))]
)
def test_a_route_of_one_point_or_without_length_is_a_place(route: Array) -> None:
    near, far = Point(5.0, 5.0 + 90 * METRE), Point(5.0, 5.0 + 120 * METRE)
    assert along([route], [near, far], 100.0).tolist() == [True, False]


def test_a_route_through_an_area_and_one_in_its_hole() -> None:
    assert along([line((0.0, 0.025), (0.05, 0.025))], [HOLED], 1.0).all()
    inside = [line((0.025, 0.0245), (0.025, 0.0255))]
    assert not along(inside, [HOLED], 250.0).any()
    assert along(inside, [HOLED], 350.0).all()
    both = MultiPolygon([box(179.999, 0, 180, 0.001), box(-180, 0, -179.999, 0.001)])
    assert along([line((-179.9985, 0.0005))], [both], 60.0).all()


def test_an_unknown_place_is_never_along_a_route_and_no_list_is_no_fault() -> None:
    assert along([line((0.0, 0.0), (1.0, 0.0))], [None, Point(0.5, 0.0)], 10.0).tolist() == [False, True]
    assert along([line((0.0, 0.0), (1.0, 0.0))], [], 10.0).tolist() == []


def test_a_route_over_a_pole_reaches_what_is_there() -> None:
    assert along([line((0.0, 89.9), (0.0, 90.0))], [Point(180.0, 89.999), Point(90.0, 89.9)], 200.0).tolist() == [
        True,
        False,
    ]


def test_ten_thousand_points_among_ten_thousand_premises_take_seconds() -> None:
    rng = np.random.default_rng(7)
    route = np.array([20.0, 40.0]) + np.cumsum(rng.normal(0, 0.0005, (10_000, 2)), axis=0)
    places = [Point(*one) for one in rng.uniform(-0.2, 0.2, (10_000, 2)) + route.mean(axis=0)]
    started = time.perf_counter()
    found = along([route], places, 200.0)
    assert time.perf_counter() - started < 20
    assert 0 < found.sum() < 10_000


@pytest.mark.parametrize("within_m", [0.0, -1.0, float("nan"), 60_000.0])
def test_a_width_that_is_none_is_refused(within_m: float) -> None:
    with pytest.raises(InputError, match="50"):
        along([line((0.0, 0.0))], [Point(0, 0)], within_m)


def test_a_route_around_the_world_is_too_long_for_a_narrow_corridor() -> None:
    route = line((0.0, 0.0), (120.0, 0.0), (-120.0, 0.0), (0.0, 0.0))
    with pytest.raises(InputError, match="too long"):
        along([route], [Point(0, 0)], 10.0)
    assert along([route], [Point(60.0, 0.1)], 20_000.0).all()


@pytest.mark.parametrize("centre", [(-30.0, 10.0), (180.0, 0.0), (179.99, 66.0), (15.0, -84.0)])
def test_what_may_reach_a_route_by_its_own_margin_is_what_a_wider_walk_finds(centre: tuple[float, float]) -> None:
    rng = np.random.default_rng(int(abs(centre[1]) * 10) + 1)
    footprints = around(*centre, rng, 24)
    corners = np.cumsum(rng.uniform(-0.02, 0.02, (4, 2)), axis=0) + centre
    route = np.column_stack([(corners[:, 0] + 180) % 360 - 180, corners[:, 1]])
    least = np.array([walked_m(route, one) for one in footprints])
    margins = rng.choice([0.0, 10.0, 500.0, 2_000.0, 100_000.0], 24)
    found = along([route], footprints, 100.0, margins.tolist())
    assert (found == (least <= 100.0 + margins)).all()
    assert found.any()
    assert not found.all()
    assert not (along([route], footprints, 100.0) & ~found).any(), "never fewer than without margins"


@pytest.mark.parametrize("south", [10.0, 60.0, -84.0])
def test_what_may_lie_in_an_area_is_found_to_the_centimetre_beside_each_of_its_edges(south: float) -> None:
    area = box(-30.0, south, -29.5, south + 0.25)
    for lon, lat, bearing in (
        (-29.7, south + 0.25, 0.0),
        (-29.5, south + 0.1, 90.0),
        (-29.8, south, 180.0),
        (-30.0, south + 0.2, 270.0),
    ):
        ahead_lon, ahead_lat, _ = GEOD.fwd(lon, lat, bearing, 200.0)
        place = Point(ahead_lon, ahead_lat)
        exact = float(distances_m([ahead_lat], [ahead_lon], area)[0])
        assert 199.0 < exact <= 200.0 + ERROR_M
        reached = beside(area, [place] * 3, [exact - ERROR_M - SURE_M, exact + SURE_M, 100_000.0])
        assert reached.tolist() == [False, True, True]


def test_an_area_that_ends_at_the_antimeridian_or_goes_around_the_world_has_neighbours_behind() -> None:
    assert beside(box(179.0, 0.0, 180.0, 1.0), [Point(-179.9995, 0.5)] * 2, [50.0, 60.0]).tolist() == [False, True]
    band = box(-180.0, 50.0, 180.0, 60.0)
    assert beside(band, [Point(100.0, 60.001), Point(100.0, 60.01), None], [200.0] * 3).tolist() == [
        True,
        False,
        False,
    ]
    assert beside(band, [], []).tolist() == []


def test_ten_thousand_premises_around_a_wide_box_take_a_second() -> None:
    places = [Point(*one) for one in np.random.default_rng(3).uniform((17.9, 39.9), (22.1, 43.1), (10_000, 2))]
    started = time.perf_counter()
    found = beside(box(18.0, 40.0, 22.0, 43.0), places, [200.0] * 10_000)
    assert time.perf_counter() - started < 5
    assert 0 < found.sum() < 1_000
