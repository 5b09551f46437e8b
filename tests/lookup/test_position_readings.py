"""No text is guessed: one that can be two places is asked about, with both; nothing crashes; nothing takes long."""

import time
from collections.abc import Callable, Iterable

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo_offlimits.domain.position import Position, PositionError
from geo_offlimits.lookup.coordinates import AmbiguousPositionError, parse_position
from tests.lookup.position_writers import BY_ORDER, NO_PLACE, Place, coordinates, every_text

Read = Callable[[str], Position]
Texts = dict[str, dict[Place, str]]
FAR_M, SLOW_S = 100.0, 0.05
# Numbers that can be degrees, minutes, and decimals of each other.
LATS = (("42",), ("42.66",), ("42", "39"), ("42", "39", "36"))
LONS = (("21",), ("21", "9.6"), ("21", "09", "36"))
MORE_LATS = (*LATS, ("5.5",), ("21",), ("42", "39.6"), ("5", "6"), ("21", "9", "36.5"), ("05", "06", "07"), ("0",))
MORE_LONS = (
    *LONS,
    ("121.5",),
    ("21.16",),
    ("39",),
    ("21", "9"),
    ("121", "09.6"),
    ("5", "6"),
    ("005", "06", "07"),
    ("179.99",),
)
# Manners that are asked about although nobody else in this world writes so: the dash looks like a minus, a few numbers
# like one coordinate, a list like decimals.
ASKED = ("one coordinate alone", "list", *(f"{manner}, joined by" for manner in BY_ORDER))


def far(one: Place, other: Place) -> bool:
    return float(Geodesic.WGS84.Inverse(*one, *other)["s12"]) > FAR_M


def outcome(read: Read, text: str) -> tuple[Place | None, list[Place]]:
    """The place that is read, or the readings that are offered."""
    try:
        position = read(text)
    except AmbiguousPositionError as refusal:
        return None, [(one.lat, one.lon) for one in refusal.readings]
    except PositionError:
        return None, []
    return (position.lat, position.lon), []


def misread(read: Read, texts: Texts) -> list[str]:
    """Every text that is guessed, every meaning that is not offered, every plain text that is refused."""
    faults = []
    for text, places in texts.items():
        got, offered = outcome(read, text)
        meant = [place for place in places if place != NO_PLACE]
        if got and (NO_PLACE in places or any(far(got, place) for place in meant)):
            faults.append(f"guessed {text!r}: {got} of {places}")
        if not got and any(all(far(place, one) for one in offered) for place in meant):
            faults.append(f"not offered {text!r}: {offered} of {places}")
        if not got and len(places) == 1 and not next(iter(places.values())).startswith(ASKED):
            faults.append(f"refused {text!r}: {places}")
    return faults


def world(lats: Iterable[tuple[str, ...]], lons: Iterable[tuple[str, ...]]) -> Texts:
    return every_text(coordinates(tuple(lats), is_lat=True), coordinates(tuple(lons), is_lat=False))


@pytest.fixture(scope="module")
def texts() -> Texts:
    return world(LATS, LONS)


def test_what_two_people_could_have_written_for_two_places_is_asked_about_with_both(texts: Texts) -> None:
    assert len(texts) > 1_500
    assert sum(len(places) > 1 for places in texts.values()) > 50
    assert misread(parse_position, texts) == []


@pytest.mark.deep
def test_in_a_larger_world_too() -> None:
    texts = world(MORE_LATS, MORE_LONS)
    assert len(texts) > 30_000
    assert misread(parse_position, texts) == []


def guesses_the_first(text: str) -> Position:
    try:
        return parse_position(text)
    except AmbiguousPositionError as refusal:
        if refusal.readings:
            return refusal.readings[0]
        raise


def swaps_the_axes(text: str) -> Position:
    position = parse_position(text)
    return Position(lat=max(-90.0, min(position.lon, 90.0)), lon=position.lat)


def knows_no_south(text: str) -> Position:
    position = parse_position(text)
    return Position(lat=abs(position.lat), lon=position.lon)


def refuses_everything(text: str) -> Position:
    raise PositionError(text)


@pytest.mark.parametrize("read", [guesses_the_first, swaps_the_axes, knows_no_south, refuses_everything])
def test_a_wrong_reader_is_caught(read: Read) -> None:
    assert len(misread(read, world(LATS[:1], LONS[:1]))) > 20


LETTERS = "0123456789 .,;:/-+°'\"NSEWOnsewo"
WORDS = st.sampled_from(
    [
        *(
            "42",
            "21",
            "42.66",
            "21,16",
            "0",
            "90",
            "180",
            "360",
            "4239.6",
            "0210936",
            "39",
            "36",
            "59.9",
            "60",
            "1e-05",
        ),
        *(
            " ",
            "  ",
            ", ",
            ",",
            "; ",
            "/",
            " - ",
            "-",
            "+",
            "°",
            "'",
            '"',
            "′",
            "″",
            "º",
            "d",
            "m",
            "s",
            ".",
            ":",
            "\t",
        ),
        *("N", "S", "E", "W", "O", "n", "w", "nord", "sud", "ouest", "lat", "lon", "Latitude: ", "с. ш.", "в.д.", "["),
        *("34T", "EN", "34S", "zone ", "UTM ", "513113", "4723072", "ZAH", "mE", "8GJ3M566", "+22", "M566+22", "geo:"),
        *(
            "https://",
            "maps.google.com/",
            "?q=",
            "osm.org/go/",
            "#map=17/",
            "@",
            "!3d42.66!4d21.16",
            ";u=",
            "?z=",
            "/dir/",
        ),
        *("٤٢", "，", "\u200e", "\x00", "𝟒", "½", "²", "Ⅳ", "ß", "ﬁ", "🙂", "\ud800"),
    ]
)
ANY_TEXT = (
    st.text(max_size=80)
    | st.text(LETTERS, max_size=40)
    | st.lists(WORDS, max_size=12).map("".join)
    | st.text(LETTERS, max_size=2500)
)


def judged(text: str) -> None:
    """A text is a position on Earth, or a refusal with what is wrong and what to do; either in a moment."""
    begun = time.perf_counter()
    try:
        position = parse_position(text)
    except PositionError as refusal:
        assert str(refusal)  # noqa: PT017  (either outcome is fine; what is asserted is that there is no third)
        assert all(issue.reason and issue.remedy for issue in refusal.issues)  # noqa: PT017
        for reading in getattr(refusal, "readings", ()):
            assert abs(reading.lat) <= 90
    else:
        assert abs(position.lat) <= 90
        assert abs(position.lon) <= 180
        assert position.uncertainty_m >= 10 or "u=" in text
    if time.perf_counter() - begun > SLOW_S:
        # The machine may have been busy: what is slow is slow again.
        assert min(_seconds(text) for _ in range(3)) < SLOW_S


def _seconds(text: str) -> float:
    begun = time.perf_counter()
    outcome(parse_position, text)
    return time.perf_counter() - begun


@given(ANY_TEXT)
@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_text_is_a_position_or_a_refusal_in_a_moment(text: str) -> None:
    judged(text)


@pytest.mark.deep
@given(ANY_TEXT)
@settings(max_examples=20_000, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_of_very_many_texts_too(text: str) -> None:
    judged(text)


@given(ANY_TEXT)
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_offered_is_taken_when_it_is_sent_back(text: str) -> None:
    try:
        parse_position(text)
    except AmbiguousPositionError as refusal:
        for reading in refusal.readings:
            again = parse_position(
                f"geo:{reading.lat!r},{reading.lon!r};u={reading.uncertainty_m!r}".replace("e-", "0")
            )
            assert not far((again.lat, again.lon), (reading.lat, reading.lon))
    except PositionError:
        pass
