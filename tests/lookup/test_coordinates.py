"""Positions as people write them."""

import math

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_offlimits.domain.position import Position, PositionError
from geo_offlimits.lookup.coordinates import (
    AmbiguousPositionError,
    is_meant_as_position,
    notations,
    parse_position,
)

PLACE = (42.66, 21.16)


def off_m(position: Position, lat: float, lon: float) -> float:
    return float(Geodesic.WGS84.Inverse(position.lat, position.lon, lat, lon)["s12"])


@pytest.mark.parametrize(
    "text",
    [
        "42.66,21.16",
        "42.66, 21.16",
        "42.66 21.16",
        "42.66;21.16",
        "42.66/21.16",
        " +42.66 , +21.16 ",
        "42,66 21,16",
        "42,66; 21,16",
        "42,66, 21,16",
        "42,66°N 21,16°E",
        "N42.66 E21.16",
        "42.66N 21.16E",
        "21.16E 42.66N",
        "42.66° N, 21.16° E",
        "42.66 north 21.16 east",
        "lat 42.66 lon 21.16",
        "Longitude: 21.16, Latitude: 42.66",
        "lat=42.66 lng=21.16",
        "Lat N42.66 Lon E21.16",
        "42°39′36″N 21°09′36″E",
        "42° 39' 36\" N, 21° 9' 36\" E",
        "N 42°39'36\" E 21°9'36\"",
        "42 39 36 N 21 09 36 E",
        "42 39 36 21 09 36",
        "42°39'36\" 21°9'36\"",
        "42°39’36”N 21°09’36”E",
        "42º39´36´´N 21º09´36´´E",
        "42°39.6'N 21°09.6'E",
        "42 39.6 21 9.6",
        "42°39,6'N 21°09,6'E",
        "42d39m36s N 21d09m36s E",
        "geo:42.66,21.16",
        "GEO:42.66,21.16,540;crs=wgs84;u=12",
        "٤٢٫٦٦، ٢١٫١٦",
        "４２．６６，２１．１６",
        "\u200e42.66, 21.16\u200e",
        "4.266e+01, 2.116e+01",
    ],
)
def test_every_way_of_writing_it_names_the_same_place(text: str) -> None:
    assert off_m(parse_position(text), *PLACE) < 0.01


@pytest.mark.parametrize(
    ("text", "uncertainty_m"),
    [
        ("34T EN 13113 23071", 10.0),
        ("34TEN1311323071", 10.0),
        ("34t en 1311 2307", 10.0),
        ("34T EN 131 230", 70.71),
        ("34TEN1323", 707.1),
        ("34T EN 1 2", 7071.1),
        ("34T EN", 70710.7),
    ],
)
def test_a_grid_reference_is_the_middle_of_its_square_and_no_surer(text: str, uncertainty_m: float) -> None:
    position = parse_position(text)
    assert position.uncertainty_m == pytest.approx(uncertainty_m, rel=1e-3)
    half_diagonal_m = uncertainty_m if uncertainty_m > 10 else 7.1
    assert off_m(position, *PLACE) <= half_diagonal_m + 1.0
    assert parse_position(text, uncertainty_m=100_000.0).uncertainty_m == 100_000.0


def test_a_stated_uncertainty_is_kept_down_to_the_square() -> None:
    assert parse_position("34T EN 13113 23071", uncertainty_m=2.0).uncertainty_m == 2.0
    assert parse_position("34T EN 1311 2307", uncertainty_m=2.0).uncertainty_m == pytest.approx(7.071, rel=1e-3)


@pytest.mark.parametrize(
    "text",
    [
        "34T 513113 4723072",
        "34T 513113E 4723072N",
        "34T 513113 mE 4723072 mN",
        "UTM 34T 513113.2, 4723071.9",
        "34 north 513113 4723072",
        "34N 513113 4723072",
        "zone 34T E 513113 N 4723072",
    ],
)
def test_utm_with_band_or_hemisphere(text: str) -> None:
    assert off_m(parse_position(text), *PLACE) < 1.0


def test_plus_codes_full_and_short() -> None:
    full = parse_position("8GJ3M566+2222")
    assert off_m(full, *PLACE) < 1.0
    assert parse_position("8GJ3M566+22").uncertainty_m == 10.0
    assert parse_position("8GJ3M500+").uncertainty_m > 2_500
    short = parse_position("m566+2222", reference=Position(lat=42.6, lon=21.2))
    assert off_m(short, *PLACE) < 1.0


def test_uncertainty_comes_from_who_knows_it_best() -> None:
    assert parse_position("42.66, 21.16").uncertainty_m == 10.0
    assert parse_position("42.66, 21.16", uncertainty_m=3).uncertainty_m == 3.0
    assert parse_position("geo:42.66,21.16;u=35").uncertainty_m == 35.0
    assert parse_position("geo:42.66,21.16;u=35", uncertainty_m=4).uncertainty_m == 4.0
    assert parse_position("42°39'N 21°09'E").uncertainty_m == pytest.approx(1308, abs=1)
    with pytest.raises(PositionError, match="uncertainty"):
        parse_position("34T EN 131 230", uncertainty_m=math.nan)


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("42.66N 21.16N", [(42.66, 21.16), (21.16, 42.66)]),
        ("-33.8 S 151.2 E", [(-33.8, 151.2), (33.8, 151.2)]),
        ("42.66N 21.16O", [(42.66, 21.16), (42.66, -21.16)]),
        ("42,66,21,16", [(42.66, 21.16)]),
        ("42,66", [(42.0, 66.0)]),
        ("95, 21", [(21.0, 95.0)]),
        ("121.5 14.6", [(14.6, 121.5)]),
        ("95.1N 21.2N", [(21.2, 95.1)]),
        ("1,2,3", []),
    ],
)
def test_a_text_that_contradicts_itself_is_refused_with_its_readings(
    text: str, readings: list[tuple[float, float]]
) -> None:
    with pytest.raises(AmbiguousPositionError) as refusal:
        parse_position(text)
    assert [(one.lat, one.lon) for one in refusal.value.readings] == readings


@pytest.mark.parametrize("text", ["34S 500000 4000000", "34 513113 4723072"])
def test_utm_that_can_be_north_or_south_is_refused_with_both(text: str) -> None:
    with pytest.raises(AmbiguousPositionError) as refusal:
        parse_position(text)
    north, south = refusal.value.readings
    assert north.lat > 0 > south.lat


def test_a_letter_s_that_can_only_be_the_south_is_the_south() -> None:
    assert off_m(parse_position("56S 333375 6258563"), -33.8, 151.2) < 1.0


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("", "is empty"),
        ("   ", "is empty"),
        ("x" * 500, "more than 200"),
        ("somewhere near the bridge", "word"),
        ("nan, 21", "word"),
        ("42.66", "two coordinates"),
        ("42.66 21.16 3", "two coordinates"),
        ("42.66, 21.16 near the bridge", "word"),
        ("42.66 $ 21.16", "in it"),
        ("42°60'N 21°09'E", "minutes or seconds"),
        ("42°39.5'36\"N 21°09'E", "minutes or seconds"),
        ("42°-39'N 21°09'E", "minutes or seconds"),
        ("39'N 21°E", "this order"),
        ("91 181", "beyond 90"),
        ("21.16, 200", "beyond 180"),
        ("1e5,3", "beyond 90"),
        ("34T 13113 23071", "no square letters"),
        ("34T 1311323071", "no square letters"),
        ("34T EN 13113 2307", "odd number"),
        ("34TEN131", "odd number"),
        ("34T EN 1 2 3 4", "odd number"),
        ("34T EN 131131 230711", "more than 10"),
        ("34T EI 13113 23071", "letter I or O"),
        ("34O EN 13113 23071", "letter I or O"),
        ("34T EN 13113 23071 by the church", "something else than digits"),
        ("61T EN 13113 23071", "zone 61"),
        ("0T EN 13113 23071", "zone 0"),
        ("34S EN 13113 23071", "does not have"),
        ("34T AA 13113 23071", "does not have"),
        ("34T ZZ 13113 23071", "not an MGRS"),
        ("61T 513113 4723071", "zone 61"),
        ("34I 513113 4723071", "band I"),
        ("34C 513113 4723071", "outside its zone or band"),
        ("M566+2222", "short code"),
        ("8GJ3M566+22 Riverside", "words after the code"),
        ("8GJ0M566+22", "Plus code"),
        ("geo:0,0?q=42.66,21.16", "query"),
        ("geo:42.66", "geo:latitude"),
        ("geo:42.66,21.16;crs=nad27", "nad27"),
        ("geo:42.66,21.16;u=near", "uncertainty"),
        ("geo:42.66,east", "geo:latitude"),
    ],
)
def test_what_is_no_position_is_refused_with_fact_and_remedy(text: str, fact: str) -> None:
    with pytest.raises(PositionError, match=fact) as refusal:
        parse_position(text)
    assert refusal.value.issues
    assert refusal.value.issues[0].remedy


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
        "mgrs": "34T EN 13113 23071",
        "utm": "34 north 513113 4723072",
        "plus": "8GJ3M566+2222",
        "geo": "geo:42.660000,21.160000",
    }


@given(st.text(max_size=60) | st.from_regex(r"[0-9NSEWO.,;°'\" +\-TUVgeo:]{0,40}", fullmatch=True))
@settings(max_examples=400, deadline=None)
def test_any_text_is_a_position_or_a_refusal(text: str) -> None:
    try:
        position = parse_position(text)
    except PositionError as refusal:
        assert str(refusal)  # noqa: PT017  (either outcome is fine; what is asserted is that there is no third)
    else:
        assert abs(position.lat) <= 90
        assert abs(position.lon) <= 180


@pytest.mark.parametrize(
    "text",
    [
        "42,66 21,16",
        "31°37′S 15°54′W",
        "27J YM 13113 23071",
        "27J YM 13113 2307",  # a digit is missing
        "34T 13113 23071",  # the square is missing
        "34 513113 4723071",
        "8GJ4M566+XX",
        "M566+XX",
        "geo:-31.62,-15.90",
        "42.66 north 21.16 east",
        "95.0, -16.0",
        "42,66",
        "99° 12' N 15 E",
        "42°",
    ],
)
def test_what_is_a_position_or_has_a_slip_in_one_is_meant_as_one(text: str) -> None:
    assert is_meant_as_position(text)


@pytest.mark.parametrize(
    "text",
    [
        "bar",
        "Bar 24",
        "Bar 24 12",
        "Zoo",
        "9 Sky",
        "24 Bar 12",
        "Lantern 7",
        "Casino 99",
        "1942",
        "7 Up",
        "Club 9+",
        "",
    ],
)
def test_a_name_with_a_number_in_it_is_no_position(text: str) -> None:
    assert not is_meant_as_position(text)


@given(st.text(max_size=60))
def test_any_text_is_meant_as_a_position_or_not(text: str) -> None:
    assert is_meant_as_position(text) in (True, False)
