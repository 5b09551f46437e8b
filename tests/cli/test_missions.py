"""Missions at the prompt: shipped territories, boundaries that change on a date, contacts, basemaps."""

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.prompt import MISSION, Prompt, geojson, square

ROOT = Path(__file__).resolve().parents[2]
ABOUT = ("--name", "A mission", "--organisation", "UN", "--timezone", "UTC")


@pytest.mark.parametrize("territory", ["UNFICYP", "iso:IS"])
def test_a_territory_ships_with_the_program(prompt: Prompt, territory: str) -> None:
    added = prompt("mission", "add", "NEW", *ABOUT, "--territory", territory, "--json", by="100").done().json
    assert added["code"] == "NEW"
    assert "NEW  A mission (UN, UTC)" in prompt("mission", "list").done().out
    assert {one["code"] for one in prompt("mission", "list", "--json").json} == {MISSION, "NEW"}


def test_a_mission_recognises_another_s_list(prompt: Prompt, tmp_path: Path) -> None:
    isle = geojson(tmp_path / "isle.geojson", square(-16.5, -32, 1, name="Isle"))
    prompt("mission", "add", "SISTER", *ABOUT, "--territory", isle, "--recognises", MISSION, by="100").done()
    said = prompt("check", "-31.6,-15.9", "--uncertainty-m", "1", "--mission", "SISTER", "--json")
    assert (said.code, said.json["answers"][0]["matches"][0]["issuer"]) == (3, MISSION)


def test_a_mission_that_does_not_exist_is_not_recognised(prompt: Prompt, tmp_path: Path) -> None:
    isle = geojson(tmp_path / "isle.geojson", square(-16.5, -32, 1, name="Isle"))
    before = prompt.contents()
    adding = ("mission", "add", "SISTER", *ABOUT, "--territory", isle)
    said = prompt(*adding, "--recognises", MISSION, "--recognises", "GONE", by="100")
    assert (said.code, "There is no mission GONE to recognise; add it first" in said.err) == (1, True)
    assert prompt(*adding, "--recognises", "SISTER", by="100").code == 1
    assert prompt(*adding, "--recognises", MISSION, "--recognises", MISSION, by="100").code == 1
    assert prompt.contents() == before


def test_two_missions_recognise_each_other_once_both_are_there(prompt: Prompt, tmp_path: Path) -> None:
    isle = geojson(tmp_path / "isle.geojson", square(-16.5, -32, 1, name="Isle"))
    prompt("mission", "add", "SISTER", *ABOUT, "--territory", isle, "--recognises", MISSION, by="100").done()
    before = prompt.contents()
    assert prompt("mission", "recognise", MISSION, "GONE", by="100").code == 1
    assert prompt("mission", "recognise", MISSION, "SISTER", by="101").code == 1
    assert prompt.contents() == before
    said = prompt("mission", "recognise", MISSION, "SISTER", "--json", by="100").done().json
    assert said == {"code": MISSION, "recognises": ["SISTER"]}
    near = ("-31.2,-15.6", "--mission", MISSION)
    answer = prompt("check", *near, "--json")
    assert (answer.code, answer.json["answers"][0]["reasons"][0]["mission"]) == (4, "SISTER")
    assert "SISTER has published no list yet." in prompt("check", *near).out
    assert (said := prompt("find", "Nothing Like It", "--mission", MISSION)).code == 4
    assert "SISTER has published no list yet." in said.out
    assert prompt("check", "-31.6,-15.9", "--uncertainty-m", 1, "--mission", MISSION).code == 3
    assert "recognises no other list" in prompt("mission", "recognise", MISSION, by="100").done().out
    assert prompt("check", *near).code == 0


def test_a_territory_and_sectors_change_on_a_date(prompt: Prompt, tmp_path: Path) -> None:
    smaller = geojson(tmp_path / "smaller.geojson", square(-16, -31.8, 0.5, name="Smaller isle"))
    prompt("mission", "territory", MISSION, smaller, "--from", "2020-01-01", by="100").done()
    sectors = geojson(tmp_path / "sectors.geojson", square(-16, -31.8, 0.5, name="All"))
    said = prompt("mission", "sectors", MISSION, sectors, "--from", "2020-01-01T12:00:00+01:00", "--json", by="100")
    assert said.done().json["sectors"] == ["All"]
    prompt("edition", "publish", by="101").done()
    assert prompt("check", "-31.2,-15.6").code == 4
    exported = tmp_path / "list.geojson"
    prompt("export", "--output", exported, "--sector", "All", by="106").done()
    assert len(json.loads(exported.read_text())["features"]) == 1


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[1]", '[{"kind": "friend", "name": "N"}]', '[{"kind": "conduct", "name": 5}]', '[{"name": "N"}]'],
)
def test_contacts_that_are_none_are_refused(prompt: Prompt, tmp_path: Path, text: str) -> None:
    file = tmp_path / "contacts.json"
    file.write_text(text)
    before = prompt.contents()
    said = prompt("mission", "contacts", MISSION, file, by="100")
    assert (said.code, "victims" in said.err) == (1, True)
    assert prompt.contents() == before


def test_a_basemap_is_added_listed_and_removed(prompt: Prompt, tmp_path: Path) -> None:
    streets = tmp_path / "Harbour Town.pmtiles"
    shutil.copy(ROOT / "layers" / "demo" / "streets.pmtiles", streets)
    added = prompt("basemap", "add", streets, "--json", by="100").done().json
    assert prompt("basemap", "add", streets, by="100").code == 1
    assert prompt("basemap", "list", "--json", by="100").json == [added]
    assert added["name"] in prompt("basemap", "list", by="100").out
    assert "is removed" in prompt("basemap", "remove", added["name"], by="100").done().out
    assert "overview map" in prompt("basemap", "list", by="100").done().out
