"""What an answer says: short, neutral, never a promise."""

import re
from datetime import UTC, datetime

import pytest

from geo_offlimits.lookup.verdict import Reason, ReasonCode, Verdict, WhyNot
from geo_offlimits.lookup.wording import headline, sentence, why_not

FACTS = {"names": ("Blue Heron", "{tide}", "Comet", "Pilot"), "expires_at": datetime(2026, 12, 1, tzinfo=UTC)}


def every_text() -> list[str]:
    texts = [sentence(Reason(code=code, facts=FACTS)) for code in ReasonCode]
    return [*texts, *(headline(verdict) for verdict in Verdict), *(why_not(code) for code in WhyNot)]


@pytest.mark.parametrize("text", every_text())
def test_every_sentence_is_short_and_promises_nothing(text: str) -> None:
    plain = text.replace("Blue Heron, {tide}, Comet (+1)", "NAMES")
    assert all(len(part.split()) <= 12 for part in re.split(r"[.?]", plain))
    assert not re.search(r"\b(safe|allowed|permitted|guilty|criminal)\b", plain, re.IGNORECASE)


def test_a_listing_is_worded_as_a_suspicion() -> None:
    assert "suspected, precautionary" in headline(Verdict.LISTED)


def test_names_come_in_as_they_are_and_only_three_of_them() -> None:
    text = sentence(Reason(code=ReasonCode.WHICH_DOOR, facts=FACTS))
    assert "Blue Heron, {tide}, Comet (+1)" in text


def test_without_facts_the_entries_ids_stand_for_their_names() -> None:
    assert "DEMO-0001" in sentence(Reason(code=ReasonCode.CAUTION, entry_ids=("DEMO-0001",)))


def test_texts_are_translated_before_names_come_in() -> None:
    asked: list[str] = []

    def translate(text: str) -> str:
        asked.append(text)
        return "Quelle porte : {names} ?"

    assert (
        sentence(Reason(code=ReasonCode.WHICH_DOOR, facts={"names": ("Tide",)}), translate) == "Quelle porte : Tide ?"
    )
    assert "{names}" in asked[0]


def test_every_text_goes_through_the_catalogue() -> None:
    def translate(_text: str) -> str:
        return "~"

    said = [sentence(Reason(code=code), translate) for code in ReasonCode]
    said += [headline(verdict, translate) for verdict in Verdict] + [why_not(code, translate) for code in WhyNot]
    assert set(said) == {"~"}
