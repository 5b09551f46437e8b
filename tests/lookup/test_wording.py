"""What an answer says: short, neutral, never a promise."""

import re
from datetime import UTC, datetime

import pytest

from geo_offlimits.delivery.catalogue import catalogue
from geo_offlimits.lookup.verdict import Reason, ReasonCode, Verdict, WhyNot
from geo_offlimits.lookup.wording import headline, sentence, why_not

FACTS = {
    "names": ("Blue Heron", "{tide}", "Comet", "Pilot"),
    "expires_at": datetime(2026, 12, 1, tzinfo=UTC),
    "mission": "{demo}",
    "number": 7,
}
REASONS = [Reason(code=code, facts=FACTS) for code in ReasonCode if code is not ReasonCode.DOES_NOT_APPLY] + [
    Reason(code=ReasonCode.DOES_NOT_APPLY, facts=FACTS | {"why_not": why}) for why in WhyNot
]


def every_text() -> list[str]:
    headlines = [headline(verdict, on_list=on_list) for verdict in Verdict for on_list in (False, True)]
    return [*map(sentence, REASONS), *headlines, *map(why_not, WhyNot)]


@pytest.mark.parametrize("text", every_text())
def test_every_sentence_is_short_and_promises_nothing(text: str) -> None:
    plain = text.replace("Blue Heron, {tide}, Comet (+1)", "NAMES")
    assert all(len(part.split()) <= 12 for part in re.split(r"[.?]", plain))
    assert not re.search(r"\b(safe|allowed|permitted|guilty|criminal)\b", plain, re.IGNORECASE)


def test_the_day_of_expiry_is_told_as_the_mission_counts_and_the_reader_writes_it() -> None:
    facts = FACTS | {"expires_at": datetime(2026, 12, 1, 23, 30, tzinfo=UTC), "timezone": "Europe/Belgrade"}
    reason = Reason(code=ReasonCode.EDITION_EXPIRED, facts=facts)
    assert "expired on 2 Dec 2026." in sentence(reason)
    assert "a expiré le 2 déc. 2026." in sentence(reason, catalogue("fr").gettext, "fr")


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

    said = [sentence(reason, translate) for reason in REASONS]
    said += [headline(verdict, translate, on_list=on_list) for verdict in Verdict for on_list in (False, True)]
    said += [why_not(code, translate) for code in WhyNot]
    assert set(said) == {"~"}


@pytest.mark.parametrize("code", [ReasonCode.NO_EDITION, ReasonCode.UNVERIFIED, ReasonCode.OUTSIDE_TERRITORY])
def test_a_doubt_names_the_mission_whose_list_is_in_doubt(code: ReasonCode) -> None:
    assert "{demo}" in sentence(Reason(code=code, facts=FACTS))


def test_what_is_on_the_list_without_barring_is_never_headed_as_not_on_it() -> None:
    assert headline(Verdict.NOT_LISTED) == "Not on this list"
    assert headline(Verdict.NOT_LISTED, on_list=True) == "On this list, but not barred now"
    assert headline(Verdict.CANNOT_TELL, on_list=True) == headline(Verdict.CANNOT_TELL)
    assert headline(Verdict.LISTED, on_list=True) == headline(Verdict.LISTED)
