"""Entries that name a kind of venue instead of a place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_offlimits.domain.premises import VenueKind
from geo_offlimits.formats.rule_phrases import rule_phrase


@pytest.mark.parametrize(
    ("text", "category", "where"),
    [
        ("All massage parlours in Ostrel", VenueKind.MASSAGE_PARLOUR, "Ostrel"),
        ("all unlicensed bars in Sector North.", VenueKind.BAR, "Sector North"),
        ("ALL NIGHTCLUBS IN PORTO VELANO", VenueKind.NIGHT_CLUB, "PORTO VELANO"),
        ("any casino", VenueKind.CASINO, None),
        ("Every hotel of Halvera", VenueKind.HOTEL, "Halvera"),
        ("Toutes les boîtes de nuit à Ostrel", VenueKind.NIGHT_CLUB, "Ostrel"),
        ("tous les bars du secteur Nord", VenueKind.BAR, "secteur Nord"),
        ("tous les salons de massage", VenueKind.MASSAGE_PARLOUR, None),
        ("сви барови у Острелу", VenueKind.BAR, "Острелу"),
    ],
)
def test_a_kind_of_venue_is_understood_with_where_it_is_meant(
    text: str, category: VenueKind, where: str | None
) -> None:
    found = rule_phrase(text)
    assert found is not None
    assert (found.category, found.where) == (category, where)


@pytest.mark.parametrize(
    "text",
    ["All Stars", "All Bar One", "All night club", "Tous Ensemble", "Bar", "The Bars", "Every Day", "all others", ""],
)
def test_a_name_stays_a_name(text: str) -> None:
    assert rule_phrase(text) is None


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=30) | st.text(max_size=20).map("all {} in ".format))
def test_any_text_is_a_phrase_or_a_name(text: str) -> None:
    found = rule_phrase(text)
    assert found is None or found.category in VenueKind
