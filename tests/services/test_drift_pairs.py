"""Which entry of one list is which of another, against every pair looked at by hand."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from shapely import Point, box

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.premises import Name, NameKind, SubjectKind, VenueKind
from geo_offlimits.services import drift_pairs
from geo_offlimits.services.drift_pairs import Candidate, Paired, paired, resolved

SINCE = datetime(2026, 3, 1, tzinfo=UTC)
WORDS = ("Blue Lantern", "Blue Lanterns", "Red Heron", "Old Anchor", "Плави фењер", "Golden Lion")
TOWNS = ("Port Pela", "Port-Pela", "Ostrel", None)


def entry(
    entry_id: str, name: str = "Blue Lantern", lon: float | None = -29.9, lat: float = 10.1, **more: Any
) -> Entry:
    geometry = more.pop("geometry", None if lon is None else Point(lon, lat))
    facts: dict[str, Any] = {"uncertainty_m": 5.0, "subject": SubjectKind.PREMISES, "category": VenueKind.BAR, **more}
    return Entry(
        entry_id=entry_id,
        name=name,
        names=(Name(text=name, kind=NameKind.SIGN),),
        restriction=Restriction.OFF_LIMITS,
        since=SINCE,
        issuer=entry_id[0],
        directive="7",
        geometry=geometry,
        **facts,
    )


def east(metres: float) -> float:
    return -29.9 + metres / 109_640.0


def some(chance: random.Random, of: str, count: int) -> list[Entry]:
    made = []
    for at in range(count):
        kind = chance.choice((*[SubjectKind.PREMISES] * 8, SubjectKind.AREA, SubjectKind.CATEGORY_RULE))
        lon, lat = east(chance.choice((0, 1, 10, 20, 100, 260, 400))), 10.1 + chance.choice((0, 0.0001, 0.002))
        square = box(lon, lat, lon + chance.choice((0.0002, 0.002)), lat + 0.0005)
        place = square if kind is not SubjectKind.PREMISES else chance.choice((Point(lon, lat), Point(lon, lat), None))
        if kind is SubjectKind.CATEGORY_RULE and chance.random() < 0.3:
            place = None
        unsure = chance.choice((5.0, 5.0, 30.0, 3_000.0))
        more: dict[str, Any] = {
            "subject": kind,
            "geometry": place,
            "uncertainty_m": unsure,
            "locality": chance.choice(TOWNS),
        }
        made.append(entry(f"{of}-{at:04}", chance.choice(WORDS), category=chance.choice(tuple(VenueKind)[:2]), **more))
    return made


def by_hand(here: Sequence[Entry], there: Sequence[Entry]) -> set[Candidate]:
    """Every pair, none left out by an index."""
    names = drift_pairs._Names(here, there)
    found: set[Candidate] = set()
    for at, one in enumerate(here):
        for to, other in enumerate(there):
            metres = drift_pairs.gap_m(one.geometry, other.geometry) if one.geometry and other.geometry else None
            judged = drift_pairs._judged(here, there, (at, to), metres, names)
            found |= {rounded(judged)} if judged else set()
    return found


def rounded(one: Candidate) -> Candidate:
    return replace(one, distance_m=None if one.distance_m is None else round(one.distance_m, 3))


def told(found: Paired) -> tuple[set[tuple[int, int]], set[Any]]:
    return {(one.here, one.there) for one in found.pairs}, set(found.unclear)


def agrees(seed: int) -> None:
    chance = random.Random(seed)
    here, there = some(chance, "H", chance.randrange(14)), some(chance, "T", chance.randrange(14))
    found = drift_pairs.candidates(here, there)
    assert {rounded(one) for one in found} == by_hand(here, there)
    pairs, unclear = told(resolved(found))
    turned_pairs, turned_unclear = told(paired(there, here))
    assert pairs == {(one, other) for other, one in turned_pairs}
    assert unclear == {(ours, theirs) for theirs, ours in turned_unclear}
    of_here = [one for one, _ in pairs] + [at for ours, _ in unclear for at in ours]
    of_there = [one for _, one in pairs] + [at for _, theirs in unclear for at in theirs]
    assert len(of_here) == len(set(of_here))
    assert len(of_there) == len(set(of_there))


def several_agree() -> None:
    for seed in range(15):
        agrees(seed)


def test_no_pair_is_missed_and_both_ways_tell_the_same() -> None:
    several_agree()


@pytest.mark.deep
def test_no_pair_is_missed_in_many_lists() -> None:
    for seed in range(1_000, 3_000):
        agrees(seed)


def test_the_check_would_catch_a_pair_that_was_missed_or_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = drift_pairs._near
    monkeypatch.setattr(drift_pairs, "_near", lambda here, there: dict(list(whole(here, there).items())[1:]))
    with pytest.raises(AssertionError):
        several_agree()


def test_a_name_on_its_spot_is_paired_though_its_namesake_stands_beside_it() -> None:
    here = [entry("H-1"), entry("H-2", lon=east(8))]
    there = [entry("T-1", lon=east(8)), entry("T-2")]
    assert told(paired(here, there)) == ({(0, 1), (1, 0)}, set())


def test_what_could_be_several_is_unclear_and_never_merged() -> None:
    here = [entry("H-1", lon=east(5))]
    there = [entry("T-1", lon=east(0)), entry("T-2", lon=east(10))]
    assert told(paired(here, there)) == (set(), {((0,), (0, 1))})


def test_a_place_alone_pairs_nothing_for_it_may_be_the_bar_next_door() -> None:
    found = paired([entry("H-1")], [entry("T-1", "Red Heron", lon=east(6))])
    assert told(found) == (set(), {((0,), (0,))})
    assert told(paired([entry("H-1")], [entry("T-1", "Red Heron", lon=east(40))])) == (set(), set())
    # Once its own entry is there, the neighbour is nobody's question.
    beside = paired([entry("H-1")], [entry("T-1", "Red Heron", lon=east(6)), entry("T-2")])
    assert told(beside) == ({(0, 1)}, set())


@pytest.mark.parametrize(("metres", "is_one"), [(240, True), (260, False)])
def test_one_name_is_one_place_up_to_250_metres(metres: float, is_one: bool) -> None:
    assert bool(paired([entry("H-1")], [entry("T-1", lon=east(metres))]).pairs) is is_one


def test_without_a_place_name_and_town_must_agree() -> None:
    here = [entry("H-1", lon=None, locality="Port Pela")]
    assert paired(here, [entry("T-1", locality="port  pela")]).pairs
    for town in ("Ostrel", None):
        assert told(paired(here, [entry("T-1", locality=town)])) == (set(), {((0,), (0,))})


def test_what_is_placed_by_its_town_is_found_within_its_uncertainty() -> None:
    here = [entry("H-1", uncertainty_m=3_000.0)]
    assert paired(here, [entry("T-1", lon=east(2_500))]).pairs
    assert told(paired(here, [entry("T-1", lon=east(3_500))])) == (set(), set())


def test_a_rule_is_the_rule_for_the_same_kind_of_venue_where_it_holds() -> None:
    rule: dict[str, Any] = {"subject": SubjectKind.CATEGORY_RULE, "category": VenueKind.MASSAGE_PARLOUR, "lon": None}
    here = [entry("H-1", "All massage parlours", **rule)]
    assert paired(here, [entry("T-1", "Salons de massage", **rule)]).pairs
    assert not paired(here, [entry("T-1", "All massage parlours", **{**rule, "category": VenueKind.BAR})]).pairs
    area: dict[str, Any] = {**rule, "geometry": box(-30, 10, -29.9, 10.1)}
    assert told(paired(here, [entry("T-1", "Salons", **area)])) == (set(), {((0,), (0,))})


def test_two_places_meet_over_the_antimeridian() -> None:
    (pair,) = paired([entry("H-1", lon=179.9999)], [entry("T-1", lon=-179.9999)]).pairs
    assert pair.distance_m == pytest.approx(21.9, abs=0.2)
