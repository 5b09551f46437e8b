"""`check` and `find` answer by words, JSON and exit code, and nobody is asked who they are."""

import sqlite3
from contextlib import closing

import pytest

from geo_offlimits.cli.lookup import EXIT_CODES
from geo_offlimits.domain.position import Position
from geo_offlimits.lookup.coordinates import notations
from geo_offlimits.lookup.verdict import Verdict
from tests.cli.conftest import TERMS
from tests.cli.prompt import Prompt, next_second

PLACE = Position(lat=-31.6, lon=-15.9)


def test_every_verdict_has_an_exit_code() -> None:
    assert EXIT_CODES == {Verdict.NOT_LISTED: 0, Verdict.LISTED: 3, Verdict.CANNOT_TELL: 4}


@pytest.mark.parametrize(
    "position",
    [
        ("-31.6,-15.9",),
        ("-31.6, -15.9",),
        ("--", "-31.6,-15.9"),
        ("−31.6,−15.9",),
        ("31°36′00″S 15°54′00″W",),
        ("geo:-31.6,-15.9",),
        (notations(PLACE)["plus"],),
        (notations(PLACE)["mgrs"],),
        (notations(PLACE)["utm"],),
    ],
)
def test_a_position_is_understood_in_any_notation(prompt: Prompt, position: tuple[str, ...]) -> None:
    said = prompt("check", "--json", *position)
    assert said.code in {3, 4}
    assert said.json["answers"][0]["matches"][0]["entry_id"] == "ISLE-0001"


def test_every_answer_says_how_its_position_was_read_and_how_to_write_it(prompt: Prompt) -> None:
    (answer,) = prompt("check", "--json", "31°36′S 15°54′W").json["answers"]
    assert answer["position"] == {"lat": -31.6, "lon": -15.9, "uncertainty_m": pytest.approx(1222.5, abs=1)}
    assert answer["notations"] == notations(Position(**answer["position"]))
    assert "  At -31.60, -15.90 (28J DL 14 03), sure to 1223 m." in prompt("check", "31°36′S 15°54′W").out


def test_a_surveyed_position_is_sure_to_the_metre(prompt: Prompt) -> None:
    said = prompt("check", "-31.6,-15.9", "--uncertainty-m", "0", "--json")
    assert (said.code, said.json["answers"][0]["position"]["uncertainty_m"]) == (3, 0)
    made = prompt(
        "premises", "propose", "--name", "Gull", "--position", "-31.5,-15.8", "--uncertainty-m", "0", *TERMS, by="103"
    )
    made.done()
    with closing(sqlite3.connect(prompt.store)) as connection:
        kept = connection.execute("SELECT uncertainty_m FROM subject ORDER BY id DESC LIMIT 1").fetchone()
    assert kept == (0,)


def test_a_text_that_can_be_several_places_is_refused_with_them(prompt: Prompt) -> None:
    said = prompt("check", "--json", "31°36′S 15°54′O")
    assert said.code == 1
    east, west = said.json["readings"]
    assert (east["lat"], east["lon"], west["lon"]) == (-31.6, 15.9, -15.9)
    assert west["uncertainty_m"] > 1000
    assert "write -31.6, 15.9 or -31.6, -15.9." in said.err


def test_numbers_in_the_other_order_are_asked_about_where_the_territory_tells(prompt: Prompt) -> None:
    said = prompt("check", "--json", "-15.9000, -31.6000")
    assert said.code == 1
    assert said.json["readings"][0] == {"lat": -31.6, "lon": -15.9, "uncertainty_m": 10.0}
    assert prompt("check", "--json", "-15.9000, -35.6000").json["answers"][0]["position"]["lat"] == -15.9


def test_a_short_plus_code_is_one_of_the_mission_s_territory(prompt: Prompt) -> None:
    short = notations(PLACE)["plus"][4:]
    (answer,) = prompt("check", "--json", short).json["answers"]
    assert answer["matches"][0]["entry_id"] == "ISLE-0001"


def test_options_stand_on_either_side_of_a_place_in_the_south_west(prompt: Prompt) -> None:
    for words in (("-31.6,-15.9", "--uncertainty-m", "1"), ("--uncertainty-m", "1", "-31.6,-15.9")):
        assert prompt("check", *words).code == 3


def test_the_strictest_of_several_positions_decides_the_exit_code(prompt: Prompt) -> None:
    said = prompt("check", "-31.2,-15.6", "-31.6,-15.9", "-31.3,-15.7", "--uncertainty-m", "1", "--json")
    assert (said.code, [one["verdict"] for one in said.json["answers"]]) == (3, ["not_listed", "listed", "not_listed"])


def test_the_list_of_an_earlier_time_is_asked_for_in_another_way_which_the_answer_says(prompt: Prompt) -> None:
    said = prompt("check", "-31.6,-15.9", "--uncertainty-m", "1", "--at", "2024-01-01T00:00:00Z", "--json")
    (answer,) = said.json["answers"]
    assert (said.code, answer["matches"][0]["why_not"]) == (0, "not_yet")
    assert [one["code"] for one in answer["reasons"]] == ["does_not_apply", "later_edition"]
    assert "Conduct asks for the earlier list with known_at." in answer["reasons"][1]["text"]


def test_outside_the_territory_nothing_can_be_told(prompt: Prompt) -> None:
    said = prompt("check", "10.5,20.5", "--json")
    assert (said.code, said.json["answers"][0]["reasons"][0]["code"]) == (4, "outside_territory")


def test_the_sign_settles_which_door_it_is(prompt: Prompt) -> None:
    near = "-31.6,-15.8999"
    assert prompt("check", near).code == 4
    assert prompt("check", near, "--entry", "ISLE-0001").code == 3


def test_what_an_earlier_edition_said_is_for_the_person_who_may_read_it(prompt: Prompt) -> None:
    then = prompt("edition", "list", "--json", by="101").done().json[0]["issued_at"]
    next_second()
    prompt("edition", "publish", "--renew", by="101").done()
    asked = ("check", "-31.6,-15.9", "--uncertainty-m", "1", "--known-at", then, "--json")
    said = prompt(*asked, by="105")
    assert (said.code, said.json["edition"]["number"]) == (3, 1)
    assert prompt(*asked, by="101").code == 1
    nobody = prompt(*asked)
    assert (nobody.code, "--as PERSON" in nobody.err) == (1, True)


def test_before_the_first_edition_nothing_was_known(prompt: Prompt) -> None:
    said = prompt("check", "-31.6,-15.9", "--known-at", "2001-01-01T00:00:00Z", "--json")
    assert (said.code, said.json["edition"]) == (4, None)


def test_after_its_expiry_an_edition_no_longer_clears_anybody(prompt: Prompt) -> None:
    later = "2099-01-01T00:00:00Z"
    said = prompt("check", "-31.2,-15.6", "--known-at", later, "--json")
    assert (said.code, said.json["edition"]["stale"]) == (4, True)
    assert prompt("check", "-31.6,-15.9", "--uncertainty-m", "1", "--known-at", later).code == 3


def test_the_words_name_the_edition_and_nothing_is_written(prompt: Prompt) -> None:
    before = prompt.store.read_bytes()
    said = prompt("check", "-31.6,-15.9", "--uncertainty-m", "1", "--venue", "bar", "--personnel", "contractor")
    assert "ISLE-0001  Blue Lantern" in said.out
    assert "Edition 1 of ISLE" in said.out
    assert said.err == ""
    prompt("find", "Blue Lantern")
    assert prompt.store.read_bytes() == before


def test_a_name_is_found_with_its_mistakes(prompt: Prompt) -> None:
    said = prompt("find", "BLÚE LANTREN", "--json")
    assert (said.code, said.json["matches"][0]["entry_id"]) == (3, "ISLE-0001")
    assert prompt("find", "Quite Other").code == 0
    assert prompt("find", "   ").code == 1
    assert prompt("find", "--", "-none").code == 0


def test_a_name_and_its_entry_lead_to_one_exit_code(prompt: Prompt) -> None:
    terms = ("--basis", "other", "--authority", "Head of Mission", "--directive", "ISLE/1")
    others = ("--restriction", "caution"), ("--applies-to", "military")
    for name, more in zip(("Quiet Tide", "Sailors Only"), others, strict=True):
        where = ("--name", name, "--position", "-31.4,-15.8", "--uncertainty-m", 3, "--confirm-alike")
        prompt("premises", "add-alone", *where, *more, *terms, by="101").done()
    prompt("edition", "publish", by="101").done()
    away = "-31.2,-15.6"
    for name, entry, asked, code in (
        ("Blue Lantern", "ISLE-0001", (), 3),
        ("Quiet Tide", "ISLE-0002", (), 0),
        ("Sailors Only", "ISLE-0003", (), 3),
        ("Sailors Only", "ISLE-0003", ("--personnel", "police"), 0),
        ("Sailors Only", "ISLE-0003", ("--at", "2020-01-01T00:00:00Z"), 0),
    ):
        said = prompt("find", name, *asked)
        assert (said.code, prompt("check", away, "--entry", entry, *asked).code) == (code, code)
        assert said.out.startswith("On this list, but not barred now\n") is (code == 0)
        assert "not on this list" not in said.out.casefold()
    told = prompt("find", "Quiet Tide").out
    assert "Advised against, not barred: Quiet Tide." in told
    assert "ISLE-0002  Quiet Tide  (Marked on the map), caution" in told


def test_a_name_found_shows_which_door_and_why_it_is_thought_to_be_it(prompt: Prompt) -> None:
    door = ("--address", "12 Quay Street", "--locality", "Port Amber", "--floor", "3", "--entrance", "yard")
    terms = ("--basis", "other", "--authority", "Head of Mission", "--directive", "ISLE/2")
    prompt(
        "premises", "propose", "--name", "Saffron Lantern", "--position", "-31.7,-15.8", *door, *terms, by="103"
    ).done()
    prompt("premises", "designate", "ISLE-0002", by="101").done()
    prompt("edition", "publish", by="101").done()
    said = prompt("find", "Safron Lantern bar")
    for told in ("floor 3", "entrance: yard", "12 Quay Street", "Port Amber", "sign name, one letter differs"):
        assert told in said.out
    (match, *_) = prompt("find", "Safron Lantern bar", "--json").json["matches"]
    assert (match["address"], match["locality"]) == ("12 Quay Street", "Port Amber")
    assert (match["part"]["floor"], match["part"]["entrance"]) == ("3", "yard")
    assert match["reason"] == "sign name, one letter differs"


def test_a_list_that_our_keys_did_not_sign_clears_nobody(prompt: Prompt) -> None:
    ours = prompt.folder / "data" / "keys" / "keys.json"
    other = Prompt(prompt.folder.parent / "other")
    other.folder.mkdir()
    other("init").done()
    ours.write_bytes((other.folder / "data" / "keys" / "keys.json").read_bytes())
    said = prompt("check", "-31.2,-15.6", "--json")
    assert (said.code, said.json["answers"][0]["reasons"][0]["code"]) == (4, "unverified")
