"""Places that a mission's people name without coordinates."""

import pytest
from shapely.geometry import Point, box

from geo_offlimits.domain.position import Position
from geo_offlimits.lookup.gazetteer import Gazetteer, Place, PlaceKind, radius_of_town_m
from geo_offlimits.lookup.geodesy import distance_m

OSTREL = Place(
    kind=PlaceKind.TOWN,
    name="Ostrel",
    geometry=Point(-15.9529, -31.4877),
    radius_m=1500,
    other_names=("Острел", "أوستريل", "Östrel-on-Sea"),
)
TWINS = [Place(kind=PlaceKind.TOWN, name="Lumbra", geometry=Point(lon, -31.5), radius_m=1000) for lon in (-15.8, -16.2)]
NORTH = Place(kind=PlaceKind.SECTOR, name="North", geometry=box(-16.2, -31.5, -15.8, -31.4))
NEAR = Gazetteer([OSTREL, *TWINS, NORTH])


@pytest.mark.parametrize("text", ["Ostrel", " OSTREL ", "Острел", "أوستريل", "ostrel on sea", "Town of Ostrel"])
def test_a_place_is_found_by_any_of_its_names_in_any_script(text: str) -> None:
    assert NEAR.find(text) == (OSTREL,)


@pytest.mark.parametrize("text", ["North", "Sector North", "secteur north", "the sector North"])
def test_a_sector_is_found_with_and_without_its_title(text: str) -> None:
    assert NEAR.find(text) == (NORTH,)
    assert NEAR.find(text, PlaceKind.TOWN) == ()


def test_a_name_of_two_towns_gives_both_and_one_of_none_gives_none() -> None:
    assert NEAR.find("Lumbra") == tuple(TWINS)
    assert NEAR.find("Atlantis") == NEAR.find("") == NEAR.find("---") == ()


@pytest.mark.parametrize("lat", [0.0, 42.0, -31.5, 69.0])
def test_the_circle_of_a_town_holds_its_whole_radius_and_little_more(lat: float) -> None:
    town = Place(kind=PlaceKind.TOWN, name="x", geometry=Point(21.0, lat), radius_m=2000)
    edge = town.area().exterior
    far = [distance_m(Position(lat=lat, lon=21.0), edge.interpolate(at / 200, normalized=True)) for at in range(200)]
    apart, farthest = min(far), max(far)
    assert apart >= 1980
    assert farthest <= 2060
    assert NORTH.area() == NORTH.geometry


def test_a_town_reaches_as_far_as_its_people_need_and_never_less_than_a_kilometre() -> None:
    assert radius_of_town_m(0) == radius_of_town_m(500) == 1000
    assert 2000 < radius_of_town_m(25_000) < 3000
    assert 5000 < radius_of_town_m(200_000) < 8000
