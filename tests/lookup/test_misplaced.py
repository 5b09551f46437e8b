"""Which slip of the pen may have put a position outside a territory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Polygon, box

from geo_offlimits.domain.position import Position
from geo_offlimits.lookup.coordinates import mgrs
from geo_offlimits.lookup.misplaced import Slip, grid_readings, suspicion

ISLAND = box(-16.5, -31.9, -15.5, -31.3)
DOOR = (-31.4901, -15.9512)


@pytest.mark.parametrize(
    ("lat", "lon", "slip"),
    [
        (-15.9512, -31.4901, Slip.SWAPPED),
        (31.4901, -15.9512, Slip.SIGN),
        (-31.4901, 15.9512, Slip.SIGN),
        (31.4901, 15.9512, Slip.SIGN),
        (-41.4901, -15.9512, Slip.DIGIT),
        (-31.4901, -75.9512, Slip.DIGIT),
        (-314901.0, -159512.0, Slip.MARK),
        (-31.4901, -159512.0, Slip.MARK),
    ],
)
def test_a_slip_is_named_with_the_position_that_it_may_have_been_meant_for(lat: float, lon: float, slip: Slip) -> None:
    found = suspicion(lat, lon, ISLAND)
    assert found is not None
    assert (found.slip, found.readings) == (slip, (DOOR,))


@pytest.mark.parametrize(("lat", "lon"), [DOOR, (48.2, 16.4), (0.0, 0.0), (95.0, -15.9512), (float("nan"), 0.0)])
def test_nothing_is_suspected_inside_or_where_no_one_slip_explains_it(lat: float, lon: float) -> None:
    assert suspicion(lat, lon, ISLAND) is None


def test_a_digit_that_could_be_many_says_nothing() -> None:
    wide = box(-20.0, -39.0, -10.0, -30.0)
    assert suspicion(-29.5, -15.5, wide) is None
    assert suspicion(-31.4901, -15.9512, Polygon()) is None


@given(st.floats(-31.89, -31.31), st.floats(-16.49, -15.51), st.sampled_from(["swapped", "lat", "lon"]))
def test_whatever_slip_is_told_its_readings_lie_inside(lat: float, lon: float, how: str) -> None:
    slipped = {"swapped": (lon, lat), "lat": (-lat, lon), "lon": (lat, -lon)}[how]
    found = suspicion(*slipped, ISLAND)
    assert found is not None
    assert all(-31.9 <= one <= -31.3 and -16.5 <= other <= -15.5 for one, other in found.readings)
    assert (lat, lon) in found.readings


def test_a_grid_reference_outside_names_those_with_one_other_sign_that_lie_inside() -> None:
    inside = mgrs(Position(lat=DOOR[0], lon=DOOR[1]))
    zone, square, *digits = inside.split()
    other = "".join(digits)
    assert grid_readings(inside, ISLAND) == ()
    assert f"{zone}{square}{other}" in grid_readings(f"{int(zone[:2]) + 30}{zone[2]} {square} {other}", ISLAND)
    assert grid_readings("behind the church", ISLAND) == grid_readings("", ISLAND) == ()


def test_degrees_that_nobody_typed_have_no_digit_that_is_wrong() -> None:
    assert suspicion(-41.490123456789, -15.9512, ISLAND) is None
