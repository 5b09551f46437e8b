"""A name at the door: found in any spelling, and answered by the same rule as a check of its entry."""

from datetime import time, timedelta
from typing import Any

import pytest

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.hours import Hours, WeeklySpan
from geo_offlimits.domain.instants import Period
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.premises import Name, NameKind
from geo_offlimits.errors import InputError
from geo_offlimits.lookup.answers import ReasonCode, Verdict
from geo_offlimits.services import changes
from tests.services.asking import ask, listed, reasons, search
from tests.services.conftest import START, World


@pytest.fixture
def backend() -> str:
    """These are about files and answers made of an edition; what the store does is shown elsewhere."""
    return "sqlite"


EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
NIGHTS = Hours(tz="Atlantic/Azores", weekly=(WeeklySpan(days=EVERY_DAY, start=time(22), end=time(4)),))
MILITARY = {"applies_to": (PersonnelCategory.MILITARY,)}
AT_NIGHT = START.replace(hour=23)
POLICE = PersonnelCategory.POLICE
# What the entry's terms are, what is asked beside its name -> verdict, why it does not apply
KINDS: dict[str, tuple[dict[str, Any], dict[str, Any], Verdict, str | None]] = {
    "off limits": ({}, {}, Verdict.LISTED, None),
    "caution": ({"restriction": Restriction.CAUTION}, {}, Verdict.NOT_LISTED, None),
    "by night, asked by day": ({"hours": NIGHTS}, {}, Verdict.NOT_LISTED, "not_in_hours"),
    "by night, asked by night": ({"hours": NIGHTS}, {"at": AT_NIGHT}, Verdict.LISTED, None),
    "for others": (MILITARY, {"personnel": POLICE}, Verdict.NOT_LISTED, "not_bound"),
    "for some, asked by nobody in particular": (MILITARY, {}, Verdict.LISTED, None),
    "from tomorrow": ({"valid": Period(start=START + timedelta(days=1))}, {}, Verdict.NOT_LISTED, "not_yet"),
    "until a minute ago": ({"valid": Period(end=START + timedelta(seconds=30))}, {}, Verdict.NOT_LISTED, "ended"),
}


@pytest.mark.parametrize(("terms", "asked", "verdict", "why_not"), KINDS.values(), ids=KINDS)
def test_a_name_that_matches_leads_to_the_verdict_of_a_check_with_its_entry_chosen(
    world: World, terms: dict[str, Any], asked: dict[str, Any], verdict: Verdict, why_not: str | None
) -> None:
    made = listed(world, terms=terms)
    found, checked = search(world, "blue lantern", **asked), ask(world, positions=(), entry_id=made, **asked)
    assert found.verdict is checked.strictest is verdict
    assert reasons(found) == reasons(checked)
    said, told = found.as_json(), checked.as_json()["answers"][0]
    assert [said[name] for name in ("verdict", "headline", "reasons")] == [
        told[name] for name in ("verdict", "headline", "reasons")
    ]
    (match,) = said["matches"]
    assert (match["entry_id"], match["applies"], match["why_not"]) == (made, why_not is None, why_not)
    assert match["restriction"] == terms.get("restriction", Restriction.OFF_LIMITS)
    assert match["decides"] is (verdict is Verdict.LISTED)


@pytest.mark.parametrize("kind", [kind for kind, (*_, verdict, _) in KINDS.items() if verdict is Verdict.NOT_LISTED])
def test_whoever_types_the_name_of_what_is_on_the_list_never_reads_that_it_is_not(world: World, kind: str) -> None:
    terms, asked, _, why_not = KINDS[kind]
    made = listed(world, terms=terms)
    for result in (search(world, "blue lantern", **asked), ask(world, positions=(), entry_id=made, **asked)):
        text = result.as_text()
        assert text.startswith("On this list, but not barred now\n")
        assert "Not on this list" not in text
        restriction = "caution" if kind == "caution" else "off limits"
        line = next(line for line in text.splitlines() if made in line)
        assert restriction in line
        assert reasons(result) == (["does_not_apply"] if why_not else ["caution"])


def test_the_line_of_an_entry_says_when_it_binds_and_why_it_does_not_now(world: World) -> None:
    made = listed(world, terms={"hours": NIGHTS})
    terms = "off limits, only every day 22:00–04:00, does not hold at this hour"
    assert f"{made}  Blue Lantern  (Marked on the map), {terms}" in search(world, "blue lantern").as_text()
    assert f"{made}  Blue Lantern, 0 m, {terms}" in ask(world).as_text()


def test_of_several_entries_of_one_name_the_one_that_bars_decides_and_comes_first(world: World) -> None:
    caution = world.listed(terms={"restriction": Restriction.CAUTION}, lon=-29.8).designation_id
    barred = listed(world)
    for limit, shown in ((10, [barred, caution]), (1, [barred])):
        found = search(world, "Blue Lantern", limit=limit)
        assert found.verdict is Verdict.LISTED
        assert [one.entry.entry_id for one in found.matches] == shown
    assert [one["decides"] for one in search(world, "Blue Lantern").as_json()["matches"]] == [True, False]


@pytest.mark.parametrize("number", ["PELA-0001", " pela-0001 "])
def test_an_entry_is_found_by_its_number_on_the_list(world: World, number: str) -> None:
    made = listed(world)
    found = search(world, number)
    assert (made, found.verdict) == ("PELA-0001", Verdict.LISTED)
    (match,) = found.as_json()["matches"]
    told = (match["entry_id"], match["matched"], match["score"], match["reason"], match["is_match"])
    assert told == (made, "Blue Lantern", 100.0, "its number on the list", True)
    assert search(world, "PELA-0002").verdict is Verdict.NOT_LISTED
    assert search(world, "0001").verdict is Verdict.NOT_LISTED


def test_a_name_only_alike_is_shown_and_decides_nothing(world: World) -> None:
    made = listed(world)
    found = search(world, "blue lagoon")
    assert (found.verdict, reasons(found), found.answer.on_list) == (Verdict.NOT_LISTED, [], False)
    (match,) = found.as_json()["matches"]
    assert (match["entry_id"], match["applies"], match["decides"]) == (made, True, False)
    assert match["score"] < world.wiring.settings.name_match_score
    assert found.as_text().startswith("Not on this list\n")


def test_past_its_expiry_a_list_keeps_its_listings_and_clears_nobody(world: World) -> None:
    world.listed("Slow Boat", terms={"restriction": Restriction.CAUTION}, lon=-29.8)
    listed(world)
    world.clock.later(days=40)
    assert search(world, "Blue Lantern").verdict is Verdict.LISTED
    for name, advice in (("Slow Boat", ["caution"]), ("Nothing Like It", [])):
        found = search(world, name)
        assert (found.verdict, reasons(found)) == (Verdict.CANNOT_TELL, ["edition_expired", *advice])


def test_without_an_edition_a_name_clears_nobody(world: World) -> None:
    found = search(world, "Blue Lantern")
    assert (found.verdict, reasons(found), found.matches) == (Verdict.CANNOT_TELL, ["no_edition"], ())
    assert "PELA has published no list yet." in found.as_text()
    assert found.as_json()["edition"] is None


def test_a_name_is_found_in_any_spelling_former_ones_too(world: World) -> None:
    made = listed(world)
    with world.acting("103") as act:
        changes.rename(act, made, Name(text="Red Lantern", kind=NameKind.SIGN))
    world.published()
    found = search(world, "BLEU LANTERN")
    assert found.matches[0].entry.entry_id == made
    assert found.as_json()["matches"][0]["matched"] == "Blue Lantern"
    assert search(world, "blue lantern").verdict is Verdict.LISTED
    assert search(world, "Quite Unheard Of").verdict is Verdict.NOT_LISTED
    assert "Edition 2" in found.as_text()


@pytest.mark.parametrize(("name", "limit"), [("", 10), ("   ", 10), ("x" * 201, 10), ("Blue", 0), ("Blue", 101)])
def test_a_search_that_cannot_be_is_refused(world: World, name: str, limit: int) -> None:
    with pytest.raises(InputError):
        search(world, name, limit=limit)


def test_a_part_of_a_name_on_the_list_is_not_cleared(world: World) -> None:
    world.listed("Blue Lantern")
    world.published()
    for part in ("lantern", "blue lan"):
        found = search(world, part)
        assert found.answer.verdict is Verdict.CANNOT_TELL, part
        assert [reason.code for reason in found.answer.reasons] == [ReasonCode.SIMILAR_NAME]
    assert "Compare the sign" in search(world, "lantern").as_text()
    assert search(world, "Quite Unheard Of").answer.verdict is Verdict.NOT_LISTED
