"""The script that makes the table of towns: which names are names, which towns need it, who keeps a shared one."""

from typing import Any

import build_place_names
import pytest


def city(*names: str) -> dict[str, Any]:
    return {"name": names[0], "alternatenames": list(names[1:])}


@pytest.mark.parametrize("name", ["Peć", "Пећ", "العيون", "Λευκωσία", "El Aaiún", "Косовска Митровица"])
def test_what_people_write_is_a_name(name: str) -> None:
    assert build_place_names.is_written_by_people(name)


@pytest.mark.parametrize(
    "name", ["PRN", "EUN", "lefkosia", "ni ke xi ya", "尼科西亚", "ፋmagusita", "Nicosia (Lefkosia)", "", "A1"]
)
def test_codes_and_romanisations_by_machine_are_none(name: str) -> None:
    assert not build_place_names.is_written_by_people(name)


def test_a_town_whose_names_are_found_from_one_another_is_left_out() -> None:
    assert build_place_names.names_of(city("Goma", "Гома", "Gooma", "GOM"), set()) == ()


def test_a_town_with_names_of_its_own_in_each_language_keeps_every_spelling_once() -> None:
    names = build_place_names.names_of(city("Pejë", "Pec", "Peja", "Peje", "Peć", "Пећ", "peie"), set())
    assert names == ("Pejë", "Pec", "Peja")


def test_a_name_of_two_towns_is_kept_for_the_first() -> None:
    taken: set[tuple[str, ...]] = set()
    assert build_place_names.names_of(city("Leposaviq", "Albanik"), taken) == ("Leposaviq", "Albanik")
    assert build_place_names.names_of(city("Monastir", "Albanik"), taken) == ()
