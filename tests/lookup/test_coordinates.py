"""Positions as people write them."""

import math

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, box

from geo_offlimits.domain.position import Position, PositionError
from geo_offlimits.lookup.coordinates import AmbiguousPositionError, is_meant_as_position, parse_position

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
        "42.66, N, 21.16, E",
        "4239.600,N,02109.600,E",
        "423936N 0210936E",
        "N423936 E0210936",
        "42-39-36N 021-09-36E",
        "42-39.6 N, 21-09.6 E",
        "42:39:36N 21:09:36E",
        "+42.66+021.16/",
        "42 deg 39 min 36 sec N, 21 deg 9 min 36 sec E",
        "42d39m36s 21d09m36s",
        "42.66 Nord 21.16 Est",
        "42°39′36″ nord, 21°09′36″ est",
        "latitud 42,66 longitud 21,16",
        "42.66 с. ш. 21.16 в. д.",
        "с.ш. 42.66, в.д. 21.16",
        "С 42°39′36″ В 21°09′36″",
        "ширина 42.66; дужина 21.16",
        "42.66 شمالا 21.16 شرقا",
        "شمال ٤٢٫٦٦ شرق ٢١٫١٦",
        "北纬42.66度 东经21.16度",
        "gjerësia 42.66, gjatësia 21.16",
        "42.66° veri 21.16° lindje",
        "42°39'36\" N. lat. 21°9'36\" E. long.",
        "GPS: 42.66, 21.16",
        "WGS84 42.66 21.16",
        "Position: (42.66, 21.16)",
        "42.66, 21.16.",
        "42.66\n21.16",
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
        ("MGRS: 34T EN 131 230", 70.71),
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
        "34 T 0513113 4723072",
        "UTM: zone 34T 513113, 4723072",
    ],
)
def test_utm_with_band_or_hemisphere(text: str) -> None:
    assert off_m(parse_position(text), *PLACE) < 1.0


def test_plus_codes_full_and_short() -> None:
    full = parse_position("8GJ3M566+2222")
    assert off_m(full, *PLACE) < 1.0
    assert parse_position("8GJ3M566+22").uncertainty_m == 10.0
    assert parse_position("8GJ3M500+").uncertainty_m > 2_500
    assert off_m(parse_position("m566+2222", territory=box(20.9, 42.5, 21.3, 42.8)), *PLACE) < 1.0


def test_a_short_plus_code_is_looked_for_in_the_territory_and_asked_about_where_it_is_there_twice() -> None:
    with pytest.raises(AmbiguousPositionError, match="several places") as refusal:
        parse_position("M566+2222", territory=box(20.9, 42.5, 22.3, 43.8))
    assert len(refusal.value.readings) == 4
    assert any(off_m(reading, *PLACE) < 1.0 for reading in refusal.value.readings)
    across = MultiPolygon([box(179, -1, 180, 1), box(-180, -1, -179, 1)])
    for territory, fact in (
        (None, "without a place"),
        (box(20.2, 42.1, 20.6, 42.4), "no place"),
        (box(0, 0, 20, 20), "too many"),
        (across, "too many"),
    ):
        with pytest.raises(PositionError, match=fact):
            parse_position("M566+2222", territory=territory)


def test_plain_numbers_that_lie_in_the_territory_only_turned_are_asked_about() -> None:
    territory = box(20, 41.8, 22, 43.3)
    with pytest.raises(AmbiguousPositionError, match="only with longitude first") as refusal:
        parse_position("21.1612, 42.6634", territory=territory)
    assert [(one.lat, one.lon) for one in refusal.value.readings] == [(42.6634, 21.1612), (21.1612, 42.6634)]
    for text in ("42.6634, 21.1612", "10.1234, 12.1234", "21.1612N 42.6634E", "geo:21.1612,42.6634"):
        assert parse_position(text, territory=territory) == parse_position(text)


@pytest.mark.parametrize(
    ("text", "uncertainty_m"),
    [
        ("42.660000, 21.160000", 10),
        ("42.6600, 21.1600", 10),
        ("42.660, 21.160", 69.3),
        ("42.66, 21.16", 693),
        ("42.7, 21.2", 6_930),
        ("43, 21", 69_300),
        ("42.66, 21.1612", 10),
        ("42,66 21,16", 693),
        ("42°39′36.0″N 21°09′36.0″E", 10),
        ("42°39′36″N 21°09′36″E", 19.3),
        ("42°39.60′N 21°09.60′E", 11.6),
        ("42°39′N 21°09′E", 1_156),
        ("42°N 21°E", 69_300),
        ("geo:42.66,21.16", 693),
        ("https://maps.google.com/?q=42.66,21.16", 693),
    ],
)
def test_what_the_last_digit_leaves_open_is_not_sure(text: str, uncertainty_m: float) -> None:
    assert parse_position(text).uncertainty_m == pytest.approx(uncertainty_m, rel=0.01)
    assert parse_position(text, uncertainty_m=3).uncertainty_m == 3


def test_uncertainty_comes_from_who_knows_it_best() -> None:
    assert parse_position("geo:42.66,21.16;u=35").uncertainty_m == 35.0
    assert parse_position("geo:42.66,21.16;u=35", uncertainty_m=4).uncertainty_m == 4.0
    assert parse_position("8GJ3M500+", uncertainty_m=4).uncertainty_m > 2_500
    for text in ("34T EN 131 230", "42.66, 21.16"):
        with pytest.raises(PositionError, match="uncertainty"):
            parse_position(text, uncertainty_m=math.nan)


BOTH = [(42.66, 21.16), (42.66, -21.16)]


@pytest.mark.parametrize(
    ("text", "fact", "readings"),
    [
        ("42.66N 21.16N", "contradicts", [(42.66, 21.16), (21.16, 42.66)]),
        ("-33.8 S 151.2 E", "contradicts", [(-33.8, 151.2), (33.8, 151.2)]),
        ("lat 21E lon 42N", "contradicts", [(42.0, 21.0)]),
        ("42.66N 21.16O", "an O, which is east in German", BOTH),
        ("42.66 с.ш. 21.16 О", "an O", BOTH),
        ("42,66,21,16", "commas within numbers and between", [(42.66, 21.16)]),
        ("42,39,21,09", "commas within numbers and between", [(42.39, 21.09), (42.65, 21.15)]),
        ("1,2,3", "commas within numbers and between", [(1.2, 3.0), (1.0, 2.3)]),
        ("42,66 21.16", "a comma and a point", [(42.66, 21.16)]),
        ("42,66", "two whole numbers, or one coordinate", [(42.0, 66.0)]),
        ("42,21", "two whole numbers, or one coordinate", [(42.0, 21.0)]),
        ("1,1", "two whole numbers, or one coordinate", [(1.0, 1.0)]),
        ("42 21.5", "two coordinates, or one alone", [(42.0, 21.5)]),
        ("95,10", "latitude beyond 90", [(10.0, 95.0)]),
        ("95, 21", "latitude beyond 90", [(21.0, 95.0)]),
        ("121.5 14.6", "latitude beyond 90", [(14.6, 121.5)]),
        ("95.1N 21.2N", "contradicts", [(21.2, 95.1)]),
        ("42.66 - 21.16", "signs that can be taken in two ways", [(42.66, -21.16), (42.66, 21.16)]),
        ("42.66-21.16", "signs that can be taken in two ways", [(42.66, -21.16), (42.66, 21.16)]),
        ("42D39M36S 21D09M36E", "two ways", [(42.66, 21.16), (-42.66, 21.16)]),
        ("42 N 21", "a letter that can belong to either", [(42.0, 21.0), (21.0, 42.0)]),
        ("[21.16, 42.66]", "square brackets", [(21.16, 42.66), (42.66, 21.16)]),
        ("42.66, 21.16, 540", "a third number", [(42.66, 21.16)]),
        ("23+45", "short code", [(23.0, 45.0)]),
        ("0012N 34E", "run together", [(12.0, 34.0), (0.2, 34.0)]),
    ],
)
def test_a_text_that_can_be_several_places_is_refused_with_its_readings(
    text: str, fact: str, readings: list[tuple[float, float]]
) -> None:
    with pytest.raises(AmbiguousPositionError, match=fact) as refusal:
        parse_position(text)
    assert [(one.lat, one.lon) for one in refusal.value.readings] == [pytest.approx(reading) for reading in readings]
    assert refusal.value.issues[0].remedy.startswith("write ")


def test_the_sentence_on_a_doubtful_text_says_what_is_meant_and_what_to_write() -> None:
    for text, sentence in {
        "95,10": "The position '95,10' begins with a latitude beyond 90; write 10, 95 if that is meant.",
        "42,21": "The position '42,21' can be two whole numbers, or one coordinate alone with a decimal comma; "
        "write 42, 21 if that is meant, else give both coordinates in full, such as 42.66, 21.16.",
        "200,300": "The position '200,300' has a latitude beyond 90: 200, and a longitude beyond 180: 300; "
        "latitude goes from -90 to 90, longitude from -180 to 180.",
        "42.66N 21.16O": "The position '42.66N 21.16O' has an O, which is east in German, and west in French and "
        "Spanish; write 42.66, 21.16 or 42.66, -21.16.",
    }.items():
        with pytest.raises(PositionError) as refusal:
            parse_position(text)
        assert str(refusal.value) == sentence


@pytest.mark.parametrize("west", ["Ouest", "oeste", "ovest", "West", "W.", "з.д.", "غربا"])
def test_a_whole_word_leaves_no_doubt(west: str) -> None:
    assert off_m(parse_position(f"42.66 N 21.16 {west}"), 42.66, -21.16) < 0.01


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
        ("42.66", "is one coordinate"),
        ("42°39′36″N", "is one coordinate"),
        ("42 39 36", "is one coordinate"),
        ("42.66 21.16 3 4 5", "two coordinates"),
        ("42 sud", "is one coordinate"),
        ("Bay", "word"),
        ("ZAH", "word"),
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
        ("EN 13113 23071", "no grid zone"),
        ("EN1311323071", "no grid zone"),
        ("513113 4723072", "has no zone"),
        ("E 513113 N 4723072", "has no zone"),
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
        ("8WG66G22+22", "Plus code"),  # well formed, and beyond the antimeridian
        ("F2G66G22+", "Plus code"),  # and beyond the pole
        ("200, 300", "latitude beyond 90: 200, and a longitude beyond 180: 300"),
        ("1" * 30, "in it"),
        ("42.66², 21.16", "in it"),
        ("42.66①, 21.16", "in it"),
        ("\u202e42.66, 21.16", "in it"),
        ("1 " * 30, "in it"),
    ],
)
def test_what_is_no_position_is_refused_with_fact_and_remedy(text: str, fact: str) -> None:
    with pytest.raises(PositionError, match=fact) as refusal:
        parse_position(text)
    assert refusal.value.issues
    assert refusal.value.issues[0].remedy


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
        "24/7",
        "4 20",
        "",
    ],
)
def test_a_name_with_a_number_in_it_is_no_position(text: str) -> None:
    assert not is_meant_as_position(text)


@given(st.text(max_size=60))
def test_any_text_is_meant_as_a_position_or_not(text: str) -> None:
    assert is_meant_as_position(text) in (True, False)
