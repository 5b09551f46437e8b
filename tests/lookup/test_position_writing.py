"""A position in every notation, as people expect it and as finely as it is known."""

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_offlimits.domain.position import Position
from geo_offlimits.lookup.coordinates import notations, parse_position


def off_m(position: Position, lat: float, lon: float) -> float:
    return float(Geodesic.WGS84.Inverse(position.lat, position.lon, lat, lon)["s12"])


@given(st.floats(-90, 90), st.floats(-180, 180))
@settings(max_examples=150, deadline=None)
def test_every_notation_is_read_back_to_within_a_metre(lat: float, lon: float) -> None:
    here = Position(lat=lat, lon=lon)
    for name, text in notations(here).items():
        assert off_m(parse_position(text), lat, lon) < 1.2, (name, text)


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        (90, 0),
        (-90, 77),
        (84, 5),
        (83.99999999, 5),
        (-80, 0),
        (0, 180),
        (0, -180),
        (60.4, 5.3),
        (78.2, 15.6),
        (36.5, 20.1),
        (-0.0, 0.0),
        (56.00001, 2.99999999),
        (60.0, 2.999995),
        (89.99999999999999, 0.0),
        (-89.99999999999999, 0.0),
        (0.0, 179.99999999999997),
        (-2e-11, 0.0),
        (83.99999999999999, 179.99999999999997),
        (-80.00000000000001, -179.99999999999997),
        (59.99999999, 24.99999999),
    ],
)
def test_the_edges_of_the_grids_are_read_back_too(lat: float, lon: float) -> None:
    written = notations(Position(lat=lat, lon=lon))
    assert {"decimal", "dms", "mgrs", "plus", "geo"} <= set(written)
    assert ("utm" in written) == (-80 <= lat < 84)
    for text in written.values():
        assert off_m(parse_position(text), lat, lon) < 1.2, text


def test_notations_are_written_as_people_expect_them() -> None:
    assert notations(Position(lat=42.66, lon=21.16)) == {
        "decimal": "42.660000, 21.160000",
        "dms": "42°39′36.00″N 21°09′36.00″E",
        "dm": "42°39.6000′N 21°09.6000′E",
        "mgrs": "34T EN 13113 23071",
        "utm": "34 north 513113 4723072",
        "plus": "8GJ3M566+2222",
        "geo": "geo:42.660000,21.160000",
    }


@pytest.mark.parametrize(
    ("uncertainty_m", "written"),
    [
        (3, "42.660000, 21.160000 | 42°39′36.00″N 21°09′36.00″E | 42°39.6000′N 21°09.6000′E | 34T EN 13113 23071"),
        (15, "42.6600, 21.1600 | 42°39′36.0″N 21°09′36.0″E | 42°39.600′N 21°09.600′E | 34T EN 1311 2307"),
        (150, "42.660, 21.160 | 42°39′36″N 21°09′36″E | 42°39.60′N 21°09.60′E | 34T EN 131 230"),
        (2_000, "42.66, 21.16 | 42°40′N 21°10′E | 42°40′N 21°10′E | 34T EN 13 23"),
    ],
)
def test_a_position_is_written_as_finely_as_it_is_known(uncertainty_m: float, written: str) -> None:
    texts = notations(Position(lat=42.66, lon=21.16, uncertainty_m=uncertainty_m))
    assert " | ".join(texts[name] for name in ("decimal", "dms", "dm", "mgrs")) == written
    assert texts["geo"].partition(";")[2] == ("" if uncertainty_m <= 10 else f"u={uncertainty_m}")


@pytest.mark.parametrize(("uncertainty_m", "code"), [(10, "8GJ3M566+2222"), (15, "8GJ3M566+22"), (300, "8GJ3M566+")])
def test_a_plus_code_is_as_long_as_the_position_is_sure(uncertainty_m: float, code: str) -> None:
    assert notations(Position(lat=42.66, lon=21.16, uncertainty_m=uncertainty_m))["plus"] == code
