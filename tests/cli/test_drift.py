"""Two lists held against each other at the prompt: chosen by code or id, told in words, as JSON and for a map."""

import json
from pathlib import Path

from tests.cli.conftest import TERMS
from tests.cli.prompt import Prompt, next_second

THEIRS = (
    "Name,Latitude,Longitude,Town\n"
    "Blue Lantern,-31.6004,-15.9,Port Sorrel\n"
    "Night Ferry,-31.7,-15.8,Port Sorrel\n"
    "Blue Lantern,,,Elsewhere\n"
)


def held(prompt: Prompt, folder: Path) -> str:
    """A list of KFOR, entered by one person and confirmed by another; its id."""
    file = folder / "KFOR.csv"
    file.write_text(THEIRS, encoding="utf-8")
    said = ("--partner", "KFOR", "--reference", "K 12/26", "--received", "2026-02-01")
    kept = prompt("import", file, *said, "--commit", "--json", by="103").done().json["partner_edition"]["id"]
    prompt("partner-confirm", kept, by="101").done()
    return str(kept)


def test_a_list_is_chosen_by_its_partner_and_every_entry_of_both_is_told_once(prompt: Prompt, tmp_path: Path) -> None:
    none = prompt("drift", "--with", "KFOR", by="103")
    assert (none.code, "there are: none" in none.err) == (1, True)
    kept, places = held(prompt, tmp_path), tmp_path / "places.geojson"
    before = prompt.contents()
    found = prompt("drift", "--with", "KFOR", "--geojson", places, "--json", by="103").done().json
    assert found == prompt("drift", "--with", kept, "--json", by="103").done().json
    assert [(one["status"], one["row"]) for one in found["lines"]] == [
        ("differs", 1),
        ("only_there", 2),
        ("only_there", 3),
    ]
    assert found["lines"][0]["here"][0]["id"] == "ISLE-0001"
    assert (found["here"]["edition"], found["there"]["reference"]) == (1, "K 12/26")
    drawn = json.loads(places.read_text(encoding="utf-8"))
    assert [one["properties"]["row"] for one in drawn["features"]] == [1, 1, 2, 3]
    said = prompt("drift", "--with", "KFOR", by="103").done().out
    assert "KFOR: transcribed, unsigned, as received on" in said
    assert "Place: 44 m apart" in said
    assert prompt.contents() == before


def test_an_earlier_edition_is_compared_by_number_and_a_limit_that_cannot_be_is_said(
    prompt: Prompt, tmp_path: Path
) -> None:
    held(prompt, tmp_path)
    prompt("premises", "propose", "--name", "Night Ferry", "--position", "-31.7,-15.8", *TERMS, by="103").done()
    prompt("premises", "designate", "ISLE-0002", by="101").done()
    next_second()
    prompt("edition", "publish", by="101").done()
    now, then = (
        prompt("drift", "--with", "KFOR", *edition, "--json", by="105").done().json
        for edition in ((), ("--edition", 1))
    )
    assert (now["here"]["edition"], now["counts"].get("only_there")) == (2, 1)
    assert (then["here"]["edition"], then["counts"].get("only_there")) == (1, 2)
    refused = prompt("drift", "--with", "KFOR", "--edition", 1, by="103")
    assert (refused.code, "no edition 1 for you" in refused.err) == (1, True)
    limited = prompt("drift", "--with", "KFOR", "--within", -1, by="103")
    assert (limited.code, "A limit is given in metres" in limited.err) == (1, True)
