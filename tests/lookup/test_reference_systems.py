import numpy as np
import pytest
import shapely
from pyproj import Transformer
from shapely.geometry import LineString, MultiPolygon, Point, box
from shapely.geometry.base import BaseGeometry

from geo_offlimits.lookup.reference_systems import ReferenceSystem

PLACES = [(0.0, 0.0), (21.16, 42.66), (-179.9999, -16.5), (180.0, 84.9), (15.9, -31.6), (-30.0, 89.0)]


def at(point: BaseGeometry) -> tuple[float, float]:
    ((x, y),) = shapely.get_coordinates(point).tolist()
    return x, y


@pytest.mark.parametrize("lon_lat", PLACES)
def test_mercator_agrees_with_proj_both_ways(lon_lat: tuple[float, float]) -> None:
    given = at(ReferenceSystem.WEB_MERCATOR.given(Point(lon_lat)))
    x, y = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True).transform(*lon_lat)
    assert given == pytest.approx((x, y), abs=1e-3)
    assert at(ReferenceSystem.WEB_MERCATOR.read(Point(given))) == pytest.approx(lon_lat, abs=1e-9)


def test_the_authority_s_order_of_axes_is_latitude_first() -> None:
    assert ReferenceSystem.WGS84.given(Point(21, 42)).equals(Point(42, 21))
    assert ReferenceSystem.WGS84.read(Point(42, 21)).equals(Point(21, 42))
    assert ReferenceSystem.CRS84.given(Point(21, 42)).equals(Point(21, 42))


@pytest.mark.parametrize("lat", [90.0, -90.0])
def test_a_pole_stays_a_number_in_mercator(lat: float) -> None:
    x, y = at(ReferenceSystem.WEB_MERCATOR.given(Point(10, lat)))
    assert np.isfinite([x, y]).all()
    assert at(ReferenceSystem.WEB_MERCATOR.read(Point(x, y * 1000)))[1] == pytest.approx(lat)


@pytest.mark.parametrize(
    ("corners", "expected"),
    [
        ((1, 2, 3, 4), box(1, 2, 3, 4)),
        ((170, -20, -170, 0), MultiPolygon([box(170, -20, 180, 0), box(-180, -20, -170, 0)])),
        ((-400, -100, 400, 100), box(-180, -90, 180, 90)),
        ((170, 0, 190, 5), box(170, 0, 180, 5)),
        ((1, 2, 1, 4), LineString([(1, 2), (1, 4)])),
        ((1, 2, 1, 2), Point(1, 2)),
    ],
)
def test_a_box_is_a_window(corners: tuple[float, ...], expected: shapely.Geometry) -> None:
    assert ReferenceSystem.CRS84.window(corners).equals(expected)


def test_a_box_in_another_system_is_the_same_window() -> None:
    assert ReferenceSystem.WGS84.window((2, 1, 4, 3)).equals(box(1, 2, 3, 4))
    mercator = ReferenceSystem.WEB_MERCATOR.given(box(1, 2, 3, 4)).bounds
    assert ReferenceSystem.WEB_MERCATOR.window(mercator).equals_exact(box(1, 2, 3, 4), 1e-9, normalize=True)
