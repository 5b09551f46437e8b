"""Rules for a kind of venue: shown where they hold, decisive once the kind is known, in doubt without a position."""

from dataclasses import replace
from typing import Any

import pytest
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.position import Position
from geo_offlimits.domain.premises import SubjectKind, VenueKind
from geo_offlimits.lookup.verdict import ReasonCode, Verdict, WhyNot
from tests.lookup.conftest import HALL, NOW, TERRITORY, Ask, MakeEntry, away, codes


@pytest.fixture
def parlours(make_entry: MakeEntry) -> Entry:
    return make_entry(
        9,
        name="Unlicensed parlours",
        subject=SubjectKind.CATEGORY_RULE,
        category=VenueKind.MASSAGE_PARLOUR,
        geometry=HALL,
    )


def test_a_category_rule_is_shown_where_it_holds_and_decides_when_the_kind_is_known(ask: Ask, parlours: Entry) -> None:
    shown = ask(parlours)
    assert (shown.verdict, shown.rules, shown.matches, codes(shown)) == (Verdict.NOT_LISTED, (parlours,), (), [])
    decided = ask(parlours, venue=VenueKind.MASSAGE_PARLOUR)
    assert (decided.verdict, codes(decided), decided.rules) == (
        Verdict.LISTED,
        [ReasonCode.CATEGORY_RULE],
        (parlours,),
    )
    assert decided.matches[0].decides
    assert ask(parlours, venue=VenueKind.HOTEL).verdict is Verdict.NOT_LISTED
    elsewhere = ask(parlours, venue=VenueKind.MASSAGE_PARLOUR, position=away(500))
    assert (elsewhere.verdict, elsewhere.rules) == (Verdict.NOT_LISTED, ())


def test_a_category_rule_without_an_area_holds_in_the_whole_territory(ask: Ask, parlours: Entry) -> None:
    everywhere = replace(parlours, geometry=None)
    asked = ask(everywhere, venue=VenueKind.MASSAGE_PARLOUR, position=away(900), boundaries=(TERRITORY,))
    assert (asked.verdict, codes(asked)) == (Verdict.LISTED, [ReasonCode.CATEGORY_RULE])
    abroad = ask(
        everywhere, venue=VenueKind.MASSAGE_PARLOUR, position=Position(lat=10, lon=10), boundaries=(TERRITORY,)
    )
    assert (abroad.verdict, codes(abroad)) == (Verdict.CANNOT_TELL, [ReasonCode.OUTSIDE_TERRITORY])


@pytest.mark.parametrize("area", [HALL, None], ids=["in an area", "in the whole territory"])
def test_whether_a_rule_holds_depends_on_where_so_without_a_position_nobody_can_tell(
    ask: Ask, parlours: Entry, area: BaseGeometry | None
) -> None:
    rule = replace(parlours, geometry=area)
    answer = ask(rule, venue=VenueKind.MASSAGE_PARLOUR, position=None, boundaries=(TERRITORY,))
    assert (answer.verdict, codes(answer)) == (Verdict.CANNOT_TELL, [ReasonCode.POSITION_NEEDED])
    assert answer.rules == (rule,)
    assert [(match.entry, match.applies, match.decides) for match in answer.matches] == [(rule, True, True)]
    there = ask(rule, venue=VenueKind.MASSAGE_PARLOUR, boundaries=(TERRITORY,))
    assert there.verdict is Verdict.LISTED


def test_without_a_position_only_rules_for_the_kind_asked_about_are_in_doubt(
    ask: Ask, parlours: Entry, make_entry: MakeEntry
) -> None:
    facts: dict[str, Any] = {"position": None, "boundaries": (TERRITORY,)}
    hotel = ask(parlours, venue=VenueKind.HOTEL, **facts)
    assert (hotel.verdict, codes(hotel), hotel.rules) == (Verdict.NOT_LISTED, [], ())
    ended = ask(replace(parlours, until=NOW), venue=VenueKind.MASSAGE_PARLOUR, **facts)
    assert (ended.verdict, ended.rules, codes(ended)) == (Verdict.NOT_LISTED, (), [ReasonCode.DOES_NOT_APPLY])
    caution = ask(replace(parlours, restriction=Restriction.CAUTION), venue=VenueKind.MASSAGE_PARLOUR, **facts)
    assert (caution.verdict, codes(caution)) == (Verdict.NOT_LISTED, [ReasonCode.CAUTION])
    chosen = ask(parlours, make_entry(), venue=VenueKind.MASSAGE_PARLOUR, entry_id="DEMO-0001", **facts)
    assert (chosen.verdict, codes(chosen)) == (Verdict.LISTED, [ReasonCode.CHOSEN_ENTRY])


def test_where_no_territory_is_known_a_rule_without_an_area_holds_everywhere(ask: Ask, parlours: Entry) -> None:
    answer = ask(replace(parlours, geometry=None), venue=VenueKind.MASSAGE_PARLOUR, position=None)
    assert (answer.verdict, codes(answer)) == (Verdict.LISTED, [ReasonCode.CATEGORY_RULE])


def test_a_rule_that_does_not_apply_is_a_match_with_why_and_no_rule(ask: Ask, parlours: Entry) -> None:
    answer = ask(replace(parlours, until=NOW), venue=VenueKind.MASSAGE_PARLOUR)
    assert (answer.verdict, answer.rules, answer.on_list) == (Verdict.NOT_LISTED, (), True)
    assert answer.matches[0].why_not is WhyNot.ENDED


def test_a_rule_of_caution_warns_and_does_not_list(ask: Ask, parlours: Entry) -> None:
    answer = ask(replace(parlours, restriction=Restriction.CAUTION), venue=VenueKind.MASSAGE_PARLOUR)
    assert (answer.verdict, codes(answer)) == (Verdict.NOT_LISTED, [ReasonCode.CAUTION])


@pytest.mark.parametrize("area", [HALL, None], ids=["in an area", "in the whole territory"])
def test_a_rule_chosen_by_its_name_decides_like_any_chosen_entry_wherever_one_is(
    ask: Ask, parlours: Entry, area: BaseGeometry | None
) -> None:
    rule = replace(parlours, geometry=area)
    for position in (None, away(0), away(500), Position(lat=10, lon=10)):
        answer = ask(rule, entry_id=rule.entry_id, position=position, boundaries=(TERRITORY,))
        assert (answer.verdict, codes(answer)) == (Verdict.LISTED, [ReasonCode.CHOSEN_ENTRY])
        assert [(match.entry, match.distance_m, match.decides) for match in answer.matches] == [(rule, None, True)]
        assert answer.nearest_m is None


def test_a_chosen_rule_that_does_not_bar_is_never_headed_as_not_on_the_list(ask: Ask, parlours: Entry) -> None:
    rule = replace(parlours, geometry=None, restriction=Restriction.CAUTION)
    for position in (None, away(0), Position(lat=-10, lon=10)):
        answer = ask(rule, entry_id=rule.entry_id, position=position, boundaries=(TERRITORY,))
        assert answer.on_list
    assert not ask(rule, boundaries=(TERRITORY,), position=None, venue=rule.category).on_list
