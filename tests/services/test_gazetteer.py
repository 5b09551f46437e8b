"""A mission's own towns and sectors, by which lists without coordinates are understood."""

import pytest

from geo_offlimits.delivery.towns import towns
from geo_offlimits.formats.reader import read_rows
from geo_offlimits.lookup.gazetteer import PlaceKind
from geo_offlimits.services import gazetteer
from geo_offlimits.services.missions import UnknownMissionError
from tests.services.conftest import MISSION, World


def test_the_towns_of_a_shipped_map_have_their_names_in_any_script_and_a_size() -> None:
    known = {town.name: town for town in towns("UNMIK")}
    assert towns("iso:XX") == ()
    assert len(known) > 10
    assert any("Призрен" in name or "بريزرن" in name for town in known.values() for name in town.other_names)
    assert all(town.people > 0 for town in known.values())


def test_a_mission_is_asked_for_by_those_who_know_it_alone(world: World) -> None:
    with world.reading("103") as act:
        near = gazetteer.places_of(act, MISSION)
        assert near.territory is not None
        assert near.find("Atlantis") == ()
    with world.reading("103") as act, pytest.raises(UnknownMissionError):
        gazetteer.places_of(act, "NOWHERE")


def test_a_list_is_understood_in_the_missions_time_zone_and_its_sectors(world: World) -> None:
    table = read_rows(("list.csv", b"name,hours\nAll bars in Sector Nowhere,\nBlue Lantern,20:00-02:00\n"))
    with world.reading("103") as act:
        sectors = [one for one in act.tx.missions.boundaries(MISSION) if one.kind.value == "sector"]
        near = gazetteer.places_of(act, MISSION)
        told = gazetteer.understood_in(act, MISSION, table)
    assert all(near.find(one.name, PlaceKind.SECTOR) for one in sectors)
    assert told.rows[0].subject is None
    assert told.rows[1].facts.hours is not None
