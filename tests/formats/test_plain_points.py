"""The points of a long GeoJSON are made all at once, and each is the one that is made alone."""

from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from geo_offlimits.errors import InputError
from geo_offlimits.formats.geojson_rows import geometry_of, plain_points

NUMBERS = st.one_of(
    st.floats(-181, 181),
    st.floats(-1e-6, 1e-6),
    st.integers(-181, 181),
    st.sampled_from([0.0, -0.0, 90, -90.0, 180, -180.0, 1.00000005, 2.00000015, 10**400, float("nan"), float("inf")]),
)
OTHERS: st.SearchStrategy[Any] = st.sampled_from([None, True, "12", [], {}])
COORDINATES = st.one_of(st.lists(NUMBERS, min_size=2, max_size=3), st.lists(NUMBERS | OTHERS, max_size=3), OTHERS)
GEOMETRIES = st.one_of(
    OTHERS,
    st.fixed_dictionaries({"type": st.sampled_from(["Point", "Polygon", "LineString", None]), "coordinates": OTHERS}),
    st.fixed_dictionaries({"type": st.just("Point"), "coordinates": COORDINATES}),
)


def alone(geometry: Any) -> bytes | None:
    try:
        made = geometry_of(geometry)
    except InputError:
        return None
    return None if made is None else made.wkb


@given(st.lists(GEOMETRIES, max_size=12))
@example([{"type": "Point", "coordinates": [-0.00000001, 2.5]}])
@settings(max_examples=200, deadline=None)
def test_points_made_all_at_once_are_those_made_alone(geometries: list[Any]) -> None:
    points = plain_points([*({"geometry": one} for one in geometries), None])
    assert points.pop() is None
    for geometry, point in zip(geometries, points, strict=True):
        assert point is None or point.wkb == alone(geometry)


def test_whoever_is_plain_is_made_so_and_whoever_is_not_is_left_alone() -> None:
    told = [[1, 2.5], [1.5, 2, 300.0], [181, 0], [True, 1], ["1", "2"], [1], (1, 2)]
    points = plain_points([{"geometry": {"type": "Point", "coordinates": one}} for one in told])
    assert [one and one.coords[0] for one in points] == [(1.0, 2.5), (1.5, 2.0), None, None, None, None, None]
    assert plain_points([]) == []
