"""Moves, corrections and operators at the prompt."""

from tests.cli.prompt import Prompt


def test_a_move_is_proposed_by_one_person_and_made_by_another(prompt: Prompt) -> None:
    words = ("premises", "move", "ISLE-0001", "--position", "-31.501,-15.801", "--reason", "surveyed again")
    made = prompt(*words, "--json", by="103").done().json
    assert made == {"id": "ISLE-0001", "change_id": "ISLE-C0001", "kind": "moved", "state": "proposed"}
    assert prompt("premises", "due", "--json", by="101").json["to_change"][0]["id"] == "ISLE-0001"
    assert prompt("premises", "make-change", "ISLE-0001", by="103").code == 1
    prompt("premises", "make-change", "ISLE-0001", by="101").done()
    told = prompt("premises", "history", "ISLE-0001", "--json", by="105").done().json["history"]
    assert [row["what"] for row in told][-2:] == ["change_proposed", "change_made"]
    assert "-31.50100, -15.80100" in told[-1]["detail"]
    assert told[-2]["reason"] == "surveyed again"


def test_a_correction_replaces_only_what_is_given(prompt: Prompt) -> None:
    before = prompt("premises", "show", "ISLE-0001", "--json", by="105").json
    words = ("premises", "correct", "ISLE-0001", "--name", "Bluer Lantern", "--reason", "misread")
    prompt(*words, by="103").done()
    waiting = prompt("premises", "show", "ISLE-0001", "--json", by="105").json
    assert waiting["change"]["fields"]["names"] == {"stands": "Blue Lantern (sign)", "proposed": "Bluer Lantern (sign)"}
    assert waiting | {"change": None, "version": before["version"]} == before
    assert prompt(*words, by="103").code == 1, "one change waits at a time"
    prompt("premises", "make-change", "ISLE-0001", by="102").done()
    after = prompt("premises", "show", "ISLE-0001", "--json", by="105").json
    described = before["described"].replace("Blue Lantern", "Bluer Lantern")
    assert after == before | {"name": "Bluer Lantern", "described": described, "version": after["version"]}


def test_a_correction_clears_what_was_described_wrongly(prompt: Prompt) -> None:
    words = ("premises", "correct", "ISLE-0001", "--reason", "asked there")
    prompt(*words, "--address", "Quay 9", "--floor", "3", by="103").done()
    prompt("premises", "make-change", "ISLE-0001", by="101").done()
    prompt(*words, "--clear", "address", "--clear", "part", by="103").done()
    told = prompt("premises", "show", "ISLE-0001", "--json", by="101").done().json["change"]["fields"]
    assert told == {
        "address": {"stands": "Quay 9", "proposed": None},
        "part": {"stands": "3", "proposed": None},
    }
    prompt("premises", "make-change", "ISLE-0001", by="101").done()
    assert "Quay 9" not in prompt("premises", "show", "ISLE-0001", "--json", by="101").done().json["described"]


def test_whoever_decides_is_told_that_a_move_leads_outside_the_territory(prompt: Prompt) -> None:
    words = ("premises", "move", "ISLE-0001", "--position", "-20,-15.8", "--reason", "surveyed again")
    assert "outside the territory" in prompt(*words, by="103").err
    prompt(*words, "--confirm-outside", by="103").done()
    told = prompt("premises", "show", "ISLE-0001", "--json", by="101").done().json
    assert told["change"]["outside_territory"] is True
    assert "outside the territory" in prompt("premises", "show", "ISLE-0001", by="101").done().out


def test_whoever_decides_is_told_every_field_and_signs_what_was_told(prompt: Prompt) -> None:
    words = ("premises", "correct", "ISLE-0001", "--floor", "3", "--reason")
    prompt(*words, "asked there", by="103").done()
    told = prompt("premises", "show", "ISLE-0001", "--json", by="101").done().json
    assert told["change"]["fields"] == {"part": {"stands": None, "proposed": "3"}}
    assert "part: - -> 3" in prompt("premises", "show", "ISLE-0001", by="101").done().out
    prompt("premises", "withdraw-change", "ISLE-0001", by="103").done()
    prompt("premises", "correct", "ISLE-0001", "--locality", "Elsewhere", "--reason", "asked there", by="103").done()
    make = ("premises", "make-change", "ISLE-0001", "--seen", told["version"])
    refused = prompt(*make, by="101")
    assert refused.code == 1
    assert "has changed since you looked" in refused.err
    after = prompt("premises", "show", "ISLE-0001", "--json", by="101").done().json
    assert after["described"] == told["described"]
    prompt("premises", "make-change", "ISLE-0001", "--seen", after["version"], by="101").done()


def test_a_change_is_refused_or_withdrawn(prompt: Prompt) -> None:
    words = ("premises", "correct", "ISLE-0001", "--address", "Quay 9", "--reason", "asked there")
    prompt(*words, by="103").done()
    assert prompt("premises", "refuse-change", "ISLE-0001", by="101").code == 2, "a reason is needed"
    prompt("premises", "refuse-change", "ISLE-0001", "--reason", "it is Quay 4", by="101").done()
    prompt(*words, by="103").done()
    prompt("premises", "withdraw-change", "ISLE-0001", by="103").done()
    assert prompt("premises", "due", "--json", by="101").json["to_change"] == []


def test_an_operator_is_recorded_and_a_new_one_calls_for_a_review(prompt: Prompt) -> None:
    prompt("premises", "operator", "ISLE-0001", "First Keeper", by="103").done()
    assert prompt("premises", "due", "--json", by="101").json["new_operator"] == []
    made = prompt("premises", "operator", "ISLE-0001", "Second Keeper", "--json", by="103").done().json
    assert made == {"id": "ISLE-0001", "operator": "Second Keeper", "since": None, "review_called_for": True}
    assert prompt("premises", "due", "--json", by="101").json["new_operator"][0]["id"] == "ISLE-0001"
    assert "First Keeper" in prompt("premises", "history", "ISLE-0001", by="105").out
    assert prompt("premises", "operator", "ISLE-0001", "Third", by="108").code == 1
