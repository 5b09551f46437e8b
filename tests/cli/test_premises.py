"""The register at the prompt: who proposes, who decides, and what stays on record."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from geo_offlimits.domain.instants import format_instant
from tests.cli.conftest import TERMS
from tests.cli.prompt import Prompt, geojson, square


def proposed(prompt: Prompt, *words: object, name: str = "Red Heron") -> str:
    made: str = prompt("premises", "propose", "--name", name, *TERMS, *words, "--json", by="103").done().json["id"]
    return made


def state(prompt: Prompt, designation_id: str) -> str:
    found: str = prompt("premises", "show", designation_id, "--json", by="105").done().json["state"]
    return found


def test_what_one_person_proposes_another_designates(prompt: Prompt) -> None:
    made = proposed(prompt, "--position", "-31.5,-15.8")
    assert made == "ISLE-0002"
    assert prompt("premises", "due", "--json", by="101").json["to_decide"][0]["id"] == made
    prompt("premises", "designate", made, "--reason", "two reports", by="102").done()
    assert state(prompt, made) == "in_force"
    assert prompt("check", "-31.5,-15.8").code == 0  # not before the next edition
    assert prompt("edition", "publish", "--json", by="101").done().json["entries"] == 2
    assert prompt("check", "-31.5,-15.8").code in {3, 4}


def test_what_a_head_adds_alone_a_second_person_confirms(prompt: Prompt) -> None:
    made = prompt("premises", "add-alone", "--name", "Grey Seal", *TERMS, "--json", by="101").done().json
    assert made["state"] == "awaiting_second"
    assert prompt("premises", "confirm", made["id"], by="101").code == 1
    prompt("premises", "confirm", made["id"], by="102").done()
    assert state(prompt, made["id"]) == "in_force"


def test_a_lift_takes_two_persons_and_leaves_the_next_edition(prompt: Prompt) -> None:
    prompt("premises", "propose-lift", "ISLE-0001", "--reason", "closed", by="101").done()
    assert prompt("premises", "lift", "ISLE-0001", "--reason", "seen closed", by="101").code == 1
    assert prompt("find", "Blue Lantern").code == 3
    prompt("premises", "lift", "ISLE-0001", "--reason", "seen closed", by="102").done()
    assert prompt("edition", "publish", by="101").code == 1  # more than a fifth of the list would go
    assert prompt("edition", "publish", "--confirm-removals", by="101").code == 1  # nothing would be left of it
    prompt("edition", "publish", "--confirm-removals", "--confirm-empty", by="101").done()
    assert prompt("find", "Blue Lantern").code == 0
    assert prompt("edition", "diff", 1, 2, "--json", by="107").json["removed"][0]["id"] == "ISLE-0001"
    assert "- ISLE-0001  Blue Lantern" in prompt("edition", "diff", 1, 2, by="107").out


def test_a_listing_whose_term_has_run_out_is_shown_as_ended_with_its_end(prompt: Prompt) -> None:
    end = datetime.now(UTC) + timedelta(seconds=1)
    terms = ("--name", "Harvest Fair", *TERMS, "--valid-to", end.isoformat())
    made = prompt("premises", "add-alone", *terms, "--json", by="101").done().json
    assert (made["state"], made["ended_at"]) == ("awaiting_second", None)
    time.sleep((end - datetime.now(UTC)).total_seconds() + 0.01)
    ended_at = format_instant(end)
    said = prompt("premises", "show", made["id"], by="105").done()
    assert f"{made['id']}  Harvest Fair: Ended {ended_at}" in said.out
    assert "awaiting second" not in said.out
    assert prompt("premises", "history", made["id"], "--json", by="105").json["ended_at"] == ended_at
    assert prompt("premises", "show", "ISLE-0001", "--json", by="105").json["ended_at"] is None
    assert "Blue Lantern: In force\n" in prompt("premises", "show", "ISLE-0001", by="105").out


def test_a_listing_that_begins_later_is_not_said_to_be_in_force(prompt: Prompt) -> None:
    made = proposed(prompt, "--valid-from", "2090-03-01", "--position", "-31.5,-15.8")
    assert prompt("premises", "show", made, by="105").out.startswith(f"{made}  Red Heron: Proposed\n")
    said = prompt("premises", "designate", made, by="101").done()
    assert said.out.startswith(f"{made}  Red Heron: In force from 2090-03-01T00:00:00Z\n")
    for question in ("show", "history"):
        told = prompt("premises", question, made, "--json", by="105").json
        assert (told["state"], told["begins_at"], told["ended_at"]) == ("in_force", "2090-03-01T00:00:00Z", None)
    prompt("premises", "propose-lift", made, "--reason", "closed", by="103").done()
    shown = prompt("premises", "show", made, by="105").out
    assert "Red Heron: Lift proposed, in force from 2090-03-01T00:00:00Z\n" in shown
    assert prompt("premises", "show", "ISLE-0001", "--json", by="105").json["begins_at"] is None


def test_a_refused_lift_keeps_the_listing(prompt: Prompt) -> None:
    prompt("premises", "propose-lift", "ISLE-0001", "--reason", "the owner asks", by="103").done()
    assert prompt("premises", "due", "--json", by="101").json["to_lift"][0]["id"] == "ISLE-0001"
    prompt("premises", "refuse-lift", "ISLE-0001", "--reason", "still open", by="102").done()
    assert state(prompt, "ISLE-0001") == "in_force"


def test_proposals_are_withdrawn_by_their_author_and_rejected_by_a_head(prompt: Prompt) -> None:
    mine, theirs = proposed(prompt), proposed(prompt, name="Tern")
    assert prompt("premises", "withdraw", mine, by="101").code == 1
    prompt("premises", "withdraw", mine, by="103").done()
    prompt("premises", "reject", theirs, "--reason", "hearsay", by="101").done()
    assert (state(prompt, mine), state(prompt, theirs)) == ("withdrawn", "rejected")


def test_a_renamed_listing_is_found_under_both_names_and_its_history_knows_when(prompt: Prompt) -> None:
    before = datetime.now(UTC)
    prompt("premises", "rename", "ISLE-0001", "Плава лампа", "--lang", "sr-Cyrl", by="103").done()
    prompt("premises", "rename", "ISLE-0001", "Lazy Gull", by="103").done()
    prompt("edition", "publish", by="101").done()
    for name in ("Blue Lantern", "lazy gul", "plava lampa"):
        assert prompt("find", name).code == 3, name
    story = prompt("premises", "history", "ISLE-0001", "--json", by="105").done().json
    assert [item["what"] for item in story["history"]] == [
        "described", "proposed", "designated", "described", "described"
    ]  # fmt: skip
    assert story["history"][1]["person"] == "Person 103"
    known = prompt(
        "premises", "history", "ISLE-0001", "--known-at", before.isoformat(), "--json", by="105"
    ).done().json["history"]  # fmt: skip
    assert [item["what"] for item in known] == ["described", "proposed", "designated"]
    shown = prompt("premises", "show", "ISLE-0001", "--known-at", before.isoformat(), "--json", by="105")
    assert shown.json["name"] == "Blue Lantern"
    assert "Described  Lazy Gull" in prompt("premises", "history", "ISLE-0001", by="105").out


def test_every_option_of_a_proposal_reaches_the_edition_or_stays_in_the_register(
    prompt: Prompt, tmp_path: Path
) -> None:
    outline = geojson(tmp_path / "yard.geojson", square(-15.9, -31.5, 0.001))
    made = proposed(
        prompt, "--name", "Old Kiln", "--outline", outline, "--category", "night_club", "--address", "4 Quay",
        "--locality", "Port", "--floor", "3", "--entrance", "rear", "--restriction", "caution",
        "--applies-to", "military", "--exception", "official duty", "--valid-from", "2026-01-01",
        "--valid-to", "2098-12-31", "--review-by", "2098-01-01", "--note", "a source we protect",
    )  # fmt: skip
    prompt("premises", "designate", made, by="101").done()
    prompt("edition", "publish", by="101").done()
    exported = tmp_path / "list.geojson"
    prompt("export", "--output", exported, by="106").done()
    text = exported.read_text(encoding="utf-8")
    for published in ("Old Kiln", "night_club", "4 Quay", "rear", "caution", "official duty", "2099-01-01T00"):
        assert published in text, published
    assert "a source we protect" not in text


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--position", "-31.5,-15.8", "--outline", "OUTLINE"), "not both"),
        (("--subject", "area"), "needs a polygon"),
        (("--subject", "category_rule"), "names a kind of venue"),
        (("--valid-from", "2027-01-01", "--valid-to", "2026-01-01"), "comes before the first"),
        (("--valid-from", "2020-01-01", "--valid-to", "2020-02-01"), "to: past already: it would never be in force"),
    ],
)
def test_a_proposal_that_cannot_be_is_refused(
    prompt: Prompt, tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    outline = geojson(tmp_path / "yard.geojson", square(-15.9, -31.5, 0.001))
    given = [str(outline) if word == "OUTLINE" else word for word in words]
    said = prompt("premises", "propose", "--name", "X", *TERMS, *given, by="103")
    assert said.code in {1, 2}
    assert sentence in said.err


def test_a_listing_added_alone_and_forgotten_stays_on_top_of_what_is_due(prompt: Prompt) -> None:
    made = prompt("premises", "add-alone", "--name", "Grey Seal", *TERMS, "--json", by="101").done().json["id"]
    due = prompt("premises", "due", by="102").done().out
    assert made in due.splitlines()[1]
    assert prompt("premises", "due", "--json", by="102").json["overdue"] == []


def test_hours_and_other_names_are_given_at_the_prompt(prompt: Prompt) -> None:
    hours = ("--hours", "fri-sat 20:00-04:00", "--hours", "sun 18:00-23:00")
    made = proposed(prompt, "--position", "-31.5,-15.8", "--alias", "Heron Bar", "--former", "Old Heron", *hours)
    prompt("premises", "designate", made, by="101").done()
    prompt("edition", "publish", by="101").done()
    for name in ("Red Heron", "Heron Bar", "Old Heron"):
        assert made in prompt("find", name).out
    friday_night, tuesday = "2030-03-01T23:30:00Z", "2030-03-05T23:30:00Z"
    answers = [
        prompt("check", "-31.5,-15.8", "--uncertainty-m", 1, "--at", at, "--json").json["answers"][0]
        for at in (friday_night, tuesday)
    ]
    assert [answer["matches"][0]["why_not"] for answer in answers] == [None, "not_in_hours"]


@pytest.mark.parametrize("hours", ["always", "fri 20:00", "fri-xyz 20:00-04:00", "fri 25:00-04:00", "20:00-04:00"])
def test_hours_that_are_none_are_a_usage_error_with_an_example(prompt: Prompt, hours: str) -> None:
    said = prompt("premises", "propose", "--name", "Red Heron", *TERMS, "--hours", hours, by="103")
    assert said.code == 2
    assert "is not a weekly span" in said.err


def test_a_history_answers_whether_it_was_in_force_at_one_time_as_it_was_known_at_another(prompt: Prompt) -> None:
    before = datetime.now(UTC)
    prompt("premises", "propose-lift", "ISLE-0001", "--reason", "closed", by="103").done()
    prompt("premises", "lift", "ISLE-0001", "--reason", "seen closed", by="101").done()
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()

    def asked(*words: str) -> dict[str, object]:
        told: dict[str, object] = prompt("premises", "history", "ISLE-0001", *words, "--json", by="105").done().json
        return told

    assert "in_force" not in asked()
    now_known = asked("--at", later)
    assert (now_known["in_force"], now_known["at"]) == (False, format_instant(datetime.fromisoformat(later)))
    assert asked("--at", before.isoformat())["in_force"] is True
    as_known_then = asked("--at", later, "--known-at", before.isoformat())
    assert (as_known_then["in_force"], as_known_then["known_at"]) == (True, format_instant(before))
    assert asked("--at", "2020-01-01T00:00Z")["in_force"] is False
    said = prompt("premises", "history", "ISLE-0001", "--at", later, "--known-at", before.isoformat(), by="105").out
    at, known_at = format_instant(datetime.fromisoformat(later)), format_instant(before)
    assert said.startswith(f"In force at {at}, as known at {known_at}.\n")
    assert prompt("premises", "history", "ISLE-0001", "--at", later, by="105").out.startswith(f"Not in force at {at}, ")
