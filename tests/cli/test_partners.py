"""A partner's list at the prompt: entered, shown, confirmed by another person, and held beside the mission's own."""

from pathlib import Path

import pytest

from tests.cli.prompt import Prompt

LIST = "Name,Lat,Lon\nBlue Lantern,-31.6,-15.9\nGolden Eel,-31.55,-15.85\nNowhere,95,-15.85\n"
SAID = ("--partner", "kfor", "--reference", "HQ 12/26", "--received", "2026-03-01")


@pytest.fixture
def listing(tmp_path: Path) -> Path:
    written = tmp_path / "kfor.csv"
    written.write_text(LIST, encoding="utf-8")
    return written


def test_what_is_said_of_a_list_is_whole_and_a_look_at_it_changes_nothing(prompt: Prompt, listing: Path) -> None:
    before = prompt.contents()
    for some in (SAID[:2], SAID[2:4], SAID[:4]):
        refused = prompt("import", listing, *some, "--commit", by="101")
        assert refused.code == 2
        assert "all three or none" in refused.err
    looked = prompt("import", listing, *SAID, by="101").done()
    assert "--commit keeps 2 entries as the list of KFOR. Rows not read: 4." in looked.out
    own = prompt("import", listing, "--partner", "ISLE", *SAID[2:], by="101")
    assert (own.code, "ISLE is the mission itself" in own.err) == (1, True)
    assert prompt.contents() == before


def test_a_partners_list_is_entered_once_and_confirmed_by_another_person_and_drift_knows_it(
    prompt: Prompt, listing: Path, tmp_path: Path
) -> None:
    made = prompt("import", listing, *SAID, "--commit", "--json", by="101").done().json
    assert (made["landed"], made["partner_edition"]["id"]) == ([], "ISLE-P0001")
    after = prompt.contents()
    again = prompt("import", listing, *SAID, "--commit", "--json", by="103").done().json
    assert again["partner_edition"] == made["partner_edition"]
    assert prompt.contents() == after
    assert (
        "ISLE-P0001 KFOR (HQ 12/26, transcribed, unsigned, 2026-03-01)" in prompt("partner-list", by="105").done().out
    )
    assert prompt("drift", "--with", "KFOR", by="103").code == 1
    alone = prompt("partner-confirm", "ISLE-P0001", by="101")
    assert (alone.code, "was entered by you" in alone.err) == (1, True)
    shown = prompt("partner-show", "ISLE-P0001", by="102").done().out
    assert "waiting; entered by Person 101." in shown
    assert "     3  Golden Eel · -31.55000, -15.85000 ±10 m · off_limits" in shown
    assert "It stands as the word of KFOR." in prompt("partner-confirm", "ISLE-P0001", by="102").done().out
    confirmed = prompt("import", listing, *SAID, by="101").done().out
    assert "confirmed; entered by Person 101, settled by Person 102." in confirmed
    assert "partner-confirm" not in confirmed
    drift = prompt("drift", "--with", "KFOR", by="103").done().out
    assert "entered by Person 101, confirmed by Person 102" in drift
    assert "Only there" in drift
    assert "Golden Eel" in drift
    # Nothing of it reaches staff.
    assert prompt("find", "Golden Eel").code == 0
    export = tmp_path / "list.geojson"
    prompt("export", "--output", export, by="106").done()
    assert b"Golden Eel" not in export.read_bytes()
    ours = prompt("import", export, *SAID, "--commit", by="101")
    assert (ours.code, "is edition 1 of ISLE and says so itself" in ours.err) == (1, True)
    assert len(prompt("partner-list", "--json", by="105").done().json) == 1
