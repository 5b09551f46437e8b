"""The verdict table, row by row, and its precedence."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from geographiclib.geodesic import Geodesic
from shapely.geometry import Point, box

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.instants import Period
from geo_offlimits.domain.mission import Facility
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.position import Position
from geo_offlimits.domain.premises import Part, SubjectKind
from geo_offlimits.errors import InputError
from geo_offlimits.lookup import wording
from geo_offlimits.lookup.verdict import ReasonCode, UnknownEntryError, Verdict, WhyNot, strictest, without_edition
from tests.lookup.conftest import (
    HALL,
    LAT,
    LON,
    NOW,
    TERRITORY,
    Ask,
    MakeEntry,
    away,
    away_point,
    codes,
    friday_nights,
)


@pytest.mark.parametrize(
    ("metres", "uncertainties_m", "verdict"),
    [
        (0.05, (2.0, 2.9), Verdict.LISTED),  # d + u = 4.95, the door is 5
        (0.15, (2.0, 2.9), Verdict.CANNOT_TELL),
        (9.9, (2.0, 3.0), Verdict.CANNOT_TELL),  # d - u = 4.9
        (10.1, (2.0, 3.0), Verdict.NOT_LISTED),
        (24.9, (10.0, None), Verdict.CANNOT_TELL),  # 10 m each where unknown
        (25.1, (10.0, None), Verdict.NOT_LISTED),
    ],
)
def test_at_a_point_the_door_and_both_uncertainties_decide(
    ask: Ask, make_entry: MakeEntry, metres: float, uncertainties_m: tuple[float, float | None], verdict: Verdict
) -> None:
    own_m, entry_m = uncertainties_m
    answer = ask(make_entry(uncertainty_m=entry_m), position=away(metres, own_m))
    assert answer.verdict is verdict
    assert codes(answer) == ([ReasonCode.WHICH_DOOR] if verdict is Verdict.CANNOT_TELL else [])


@pytest.mark.parametrize(
    ("metres", "verdict"),
    [
        (0.0, Verdict.LISTED),  # 44 m from the edge, u = 20
        (23.0, Verdict.LISTED),
        (25.0, Verdict.CANNOT_TELL),  # inside, but by less than u
        (60.0, Verdict.CANNOT_TELL),
        (70.0, Verdict.NOT_LISTED),
    ],
)
def test_in_a_footprint_one_must_be_deep_enough(
    ask: Ask, make_entry: MakeEntry, metres: float, verdict: Verdict
) -> None:
    assert ask(make_entry(geometry=HALL), position=away(metres, 10.0)).verdict is verdict


def test_an_area_is_listed_like_a_footprint(ask: Ask, make_entry: MakeEntry) -> None:
    answer = ask(make_entry(geometry=HALL, subject=SubjectKind.AREA, category=None), position=away(0, 10.0))
    assert answer.verdict is Verdict.LISTED
    assert [(m.decides, m.distance_m, m.bearing_deg) for m in answer.matches] == [(True, 0.0, None)]


def test_a_neighbour_is_not_accused_and_all_doors_in_question_are_named(ask: Ask, make_entry: MakeEntry) -> None:
    near = make_entry(2, name="Tide", geometry=Point(LON + 0.0001, LAT))
    answer = ask(make_entry(), near, position=away(4, 10.0))
    assert answer.verdict is Verdict.CANNOT_TELL
    assert answer.reasons[0].entry_ids == ("DEMO-0001", "DEMO-0002")
    assert answer.reasons[0].facts["names"] == ("Blue Heron", "Tide")


def test_part_of_a_building_is_never_listed_by_position(ask: Ask, make_entry: MakeEntry) -> None:
    club = make_entry(geometry=HALL, part=Part(floor="3"))
    assert codes(ask(club)) == [ReasonCode.PART_OF_BUILDING]
    assert ask(club).verdict is Verdict.CANNOT_TELL
    assert ask(club, entry_id="DEMO-0001").verdict is Verdict.LISTED


def test_another_listing_for_certain_outweighs_part_of_a_building(ask: Ask, make_entry: MakeEntry) -> None:
    answer = ask(make_entry(geometry=HALL, part=Part(floor="3")), make_entry(2, geometry=HALL))
    assert answer.verdict is Verdict.LISTED
    assert codes(answer) == []


def test_a_chosen_entry_that_applies_is_listed_wherever_one_is(ask: Ask, make_entry: MakeEntry) -> None:
    for position in (away(5_000), None):
        answer = ask(make_entry(), entry_id="DEMO-0001", position=position)
        assert answer.verdict is Verdict.LISTED
        assert codes(answer) == [ReasonCode.CHOSEN_ENTRY]
        assert answer.matches[0].decides
    assert ask(make_entry(geometry=None), entry_id="DEMO-0001").matches[0].distance_m is None


def test_a_chosen_entry_far_away_is_shown_with_its_distance(ask: Ask, make_entry: MakeEntry) -> None:
    far = make_entry(2, name="Tide", geometry=away_point(9_000))
    answer = ask(make_entry(), far, entry_id="DEMO-0002", radius_m=10.0)
    (near, chosen) = answer.matches
    assert (near.entry.entry_id, near.decides) == ("DEMO-0001", False)
    assert (chosen.entry.entry_id, chosen.decides) == ("DEMO-0002", True)
    assert chosen.distance_m == pytest.approx(9_000, abs=1e-3)


def test_a_chosen_entry_that_does_not_apply_decides_nothing(ask: Ask, make_entry: MakeEntry) -> None:
    answer = ask(make_entry(until=NOW), entry_id="DEMO-0001", position=None)
    assert answer.verdict is Verdict.NOT_LISTED
    assert answer.matches[0].why_not is WhyNot.ENDED


def test_a_chosen_entry_that_is_not_on_the_list_is_refused(ask: Ask, make_entry: MakeEntry) -> None:
    with pytest.raises(UnknownEntryError, match="DEMO-0099"):
        ask(make_entry(), entry_id="DEMO-0099")


@pytest.mark.parametrize(
    ("facts", "asked", "why_not"),
    [
        ({"since": NOW + timedelta(seconds=1)}, {}, WhyNot.NOT_YET),
        ({"since": NOW}, {}, None),
        ({"until": NOW}, {}, WhyNot.ENDED),
        ({"until": NOW + timedelta(seconds=1)}, {}, None),
        ({"hours": friday_nights("UTC")}, {}, WhyNot.NOT_IN_HOURS),
        ({"hours": friday_nights("Europe/Belgrade")}, {}, None),  # there it is 22:00 already
        ({"applies_to": (PersonnelCategory.MILITARY,)}, {"personnel": PersonnelCategory.CIVILIAN}, WhyNot.NOT_BOUND),
        ({"applies_to": (PersonnelCategory.MILITARY,)}, {"personnel": PersonnelCategory.MILITARY}, None),
        ({"applies_to": (PersonnelCategory.MILITARY,)}, {}, None),  # who does not say is bound
        ({}, {"personnel": PersonnelCategory.VOLUNTEER}, None),
    ],
)
def test_an_entry_that_does_not_apply_is_shown_with_why_and_decides_nothing(
    ask: Ask, make_entry: MakeEntry, facts: dict[str, Any], asked: dict[str, Any], why_not: WhyNot | None
) -> None:
    answer = ask(make_entry(geometry=HALL, **facts), **asked)
    assert answer.verdict is (Verdict.LISTED if why_not is None else Verdict.NOT_LISTED)
    (match,) = answer.matches
    assert (match.applies, match.why_not, match.decides) == (why_not is None, why_not, why_not is None)
    told = [(reason.code, reason.facts["why_not"], reason.entry_ids) for reason in answer.reasons]
    assert told == ([(ReasonCode.DOES_NOT_APPLY, why_not, ("DEMO-0001",))] if why_not else [])
    assert answer.on_list


def test_what_is_on_the_list_for_certain_and_does_not_bar_is_told_from_what_is_not_on_it(
    ask: Ask, make_entry: MakeEntry
) -> None:
    """Whoever stands at a bar that is barred from 22:00 must not read that it is not on the list."""
    later = make_entry(geometry=HALL, hours=friday_nights("UTC"))
    beware = make_entry(geometry=HALL, restriction=Restriction.CAUTION)
    for entry in (later, beware):
        for asked in ({}, {"entry_id": "DEMO-0001", "position": None}, {"entry_id": "DEMO-0001"}):
            answer = ask(entry, **asked)
            assert (answer.verdict, answer.on_list, len(answer.reasons)) == (Verdict.NOT_LISTED, True, 1)
        at_the_edge = ask(entry, position=away(60, 20.0))  # perhaps there, perhaps next door
        assert (at_the_edge.verdict, at_the_edge.on_list, len(at_the_edge.reasons)) == (Verdict.NOT_LISTED, False, 1)
        far = ask(entry, position=away(900))
        assert (far.verdict, far.on_list, far.reasons) == (Verdict.NOT_LISTED, False, ())
    assert not ask(make_entry(geometry=HALL, part=Part(floor="3"), hours=friday_nights("UTC"))).on_list


def test_a_time_without_a_zone_is_refused(ask: Ask, make_entry: MakeEntry) -> None:
    with pytest.raises(InputError, match="time zone"):
        ask(make_entry(), at=NOW.replace(tzinfo=None))


def test_caution_is_a_reason_and_never_a_listing(ask: Ask, make_entry: MakeEntry) -> None:
    beware = make_entry(geometry=HALL, restriction=Restriction.CAUTION)
    assert (ask(beware).verdict, codes(ask(beware))) == (Verdict.NOT_LISTED, [ReasonCode.CAUTION])
    chosen = ask(beware, entry_id="DEMO-0001", position=away(900))
    assert (chosen.verdict, codes(chosen)) == (Verdict.NOT_LISTED, [ReasonCode.CAUTION])
    assert codes(ask(beware, position=away(900))) == []
    both = ask(beware, make_entry(2, geometry=HALL))
    assert (both.verdict, codes(both)) == (Verdict.LISTED, [ReasonCode.CAUTION])


def test_the_radius_limits_the_matches_and_never_the_verdict(ask: Ask, make_entry: MakeEntry) -> None:
    wide, narrow = (ask(make_entry(), position=away(20, 10.0), radius_m=radius_m) for radius_m in (500.0, 1.0))
    assert wide.verdict is narrow.verdict is Verdict.CANNOT_TELL
    assert wide.reasons == narrow.reasons
    assert (len(wide.matches), len(narrow.matches)) == (1, 0)
    assert narrow.nearest_m == pytest.approx(20.0, abs=1e-6)


def test_an_uncertain_footprint_reaches_as_far_as_its_uncertainty(ask: Ask, make_entry: MakeEntry) -> None:
    assert ask(make_entry(uncertainty_m=3_000.0), position=away(2_990), radius_m=50.0).verdict is Verdict.CANNOT_TELL
    assert ask(make_entry(), position=away(2_990, 3_000.0)).verdict is Verdict.CANNOT_TELL


def test_the_nearest_is_told_however_far(ask: Ask, make_entry: MakeEntry) -> None:
    assert ask(make_entry(), position=away(70_000)).nearest_m == pytest.approx(70_000, abs=1e-3)
    assert ask(make_entry(geometry=None)).nearest_m is None


def test_outside_the_territory_a_clean_answer_is_none(ask: Ask, make_entry: MakeEntry) -> None:
    abroad = Position(lat=10, lon=10)
    answer = ask(make_entry(), position=abroad, boundaries=(TERRITORY,))
    assert (answer.verdict, codes(answer)) == (Verdict.CANNOT_TELL, [ReasonCode.OUTSIDE_TERRITORY])
    listed = make_entry(geometry=box(9.99, 9.99, 10.01, 10.01))
    assert ask(listed, position=abroad, boundaries=(TERRITORY,)).verdict is Verdict.LISTED
    assert ask(make_entry(), position=abroad).verdict is Verdict.NOT_LISTED  # no territory is known
    past = replace(TERRITORY, valid=Period(end=NOW))
    assert ask(position=away(500), boundaries=(past,)).verdict is Verdict.NOT_LISTED


def test_an_expired_list_keeps_its_listings_and_makes_no_promises(ask: Ask, make_entry: MakeEntry) -> None:
    listed = ask(make_entry(geometry=HALL), expires_at=NOW)
    assert (listed.verdict, listed.stale, codes(listed)) == (Verdict.LISTED, True, [])
    clean = ask(make_entry(), position=away(900), expires_at=NOW)
    assert (clean.verdict, clean.stale, codes(clean)) == (Verdict.CANNOT_TELL, True, [ReasonCode.EDITION_EXPIRED])
    fresh = ask(make_entry(), position=away(900), expires_at=NOW + timedelta(seconds=1))
    assert (fresh.verdict, fresh.stale) == (Verdict.NOT_LISTED, False)


def test_a_list_says_nothing_for_a_time_after_its_expiry(ask: Ask, make_entry: MakeEntry) -> None:
    until = NOW + timedelta(days=1)
    later = ask(make_entry(), position=away(900), expires_at=until, at=until)
    assert (later.verdict, later.stale, codes(later)) == (Verdict.CANNOT_TELL, False, [ReasonCode.EDITION_EXPIRED])
    assert "holds until" in wording.sentence(later.reasons[0])
    assert ask(make_entry(), position=away(900), expires_at=until).verdict is Verdict.NOT_LISTED


def test_an_unverified_list_tells_nothing_for_certain_but_shows_what_it_has(ask: Ask, make_entry: MakeEntry) -> None:
    answer = ask(make_entry(geometry=HALL), verified=False)
    assert (answer.verdict, codes(answer)) == (Verdict.CANNOT_TELL, [ReasonCode.UNVERIFIED])
    assert len(answer.matches) == 1


def test_without_an_edition_nobody_can_tell() -> None:
    answer = without_edition("DEMO")
    assert (answer.verdict, codes(answer)) == (Verdict.CANNOT_TELL, [ReasonCode.NO_EDITION])
    assert answer.reasons[0].facts == {"mission": "DEMO"}


def test_approved_facilities_stand_beside_the_answer_nearest_first(ask: Ask) -> None:
    places = [Point(LON + 0.01 * step, LAT) for step in (3, 1, 4, 2)]
    facilities = tuple(
        Facility(facility_id=f"F-{at}", name=f"Canteen {at}", kind="canteen", geometry=place)
        for at, place in enumerate(places)
    )
    near = ask(facilities=facilities).facilities
    assert [one.facility.facility_id for one in near] == ["F-1", "F-3", "F-0"]
    assert near[0].distance_m == pytest.approx(Geodesic.WGS84.Inverse(LAT, LON, LAT, LON + 0.01)["s12"])


def test_of_several_missions_lists_the_strictest_answer_wins(ask: Ask, make_entry: MakeEntry) -> None:
    clean = ask(make_entry(1, geometry=Point(LON + 0.02, LAT), issuer="DEMO"))
    unsure = ask(make_entry(2, issuer="ISLE"), position=away(10, 10.0), expires_at=NOW)
    listed = ask(make_entry(3, geometry=HALL, issuer="CAPE"), make_entry(4, restriction=Restriction.CAUTION))
    assert strictest([clean, unsure]).verdict is Verdict.CANNOT_TELL
    assert strictest([clean, clean]).verdict is Verdict.NOT_LISTED
    merged = strictest([clean, unsure, listed])
    assert merged.verdict is Verdict.LISTED
    assert codes(merged) == [ReasonCode.CAUTION]
    assert {match.issuer for match in merged.matches} == {"ISLE", "CAPE", "DEMO"}
    assert merged.nearest_m == 0.0
    assert merged.stale
    assert strictest([clean]) == clean


def test_nothing_listed_is_not_listed(ask: Ask) -> None:
    answer = ask(boundaries=(TERRITORY,))
    assert (answer.verdict, answer.matches, answer.nearest_m) == (Verdict.NOT_LISTED, (), None)
    assert not answer.on_list


def test_an_edition_that_lists_nothing_says_so_beside_every_verdict(ask: Ask, make_entry: MakeEntry) -> None:
    assert codes(ask()) == [ReasonCode.EMPTY_EDITION]
    assert codes(ask(position=None)) == [ReasonCode.EMPTY_EDITION]
    assert codes(ask(expires_at=NOW)) == [ReasonCode.EDITION_EXPIRED, ReasonCode.EMPTY_EDITION]
    assert codes(ask(make_entry(), position=away(900))) == []


@pytest.mark.parametrize("position", [Position(lat=LAT, lon=LON, uncertainty_m=1), away(900)])
def test_of_a_time_before_its_issue_an_edition_says_so_and_the_verdict_is_the_same(
    ask: Ask, make_entry: MakeEntry, position: Position
) -> None:
    entry = make_entry(geometry=HALL)
    now, then = (ask(entry, position=position, at=at, issued_at=NOW) for at in (NOW, NOW - timedelta(seconds=1)))
    assert (now.verdict, now.matches) == (then.verdict, then.matches)
    assert (codes(now), codes(then)) == ([], [ReasonCode.LATER_EDITION])
    assert "issued after this time" in wording.sentence(then.reasons[0])


def test_of_several_lists_each_doubt_names_its_mission_and_is_said_once(ask: Ask, make_entry: MakeEntry) -> None:
    old, empty = ask(make_entry(), position=away(900), expires_at=NOW), ask()
    merged = strictest([empty, old, old, without_edition("CAPE")])
    assert merged.verdict is Verdict.CANNOT_TELL
    assert [(reason.code, reason.facts["mission"]) for reason in merged.reasons] == [
        (ReasonCode.NO_EDITION, "CAPE"),
        (ReasonCode.EDITION_EXPIRED, "DEMO"),
        (ReasonCode.EMPTY_EDITION, "DEMO"),
    ]
