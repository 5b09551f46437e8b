"""What looks like something that stands is shown before it is saved, and enters the register once somebody says yes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from shapely import Point, box

from geo_offlimits.domain.designation import Designation, State
from geo_offlimits.domain.people import NotPermittedError
from geo_offlimits.domain.premises import Name, NameKind, SubjectKind, VenueKind
from geo_offlimits.services import changes, duplicates, missions, register
from geo_offlimits.services.duplicates import AlikeError
from geo_offlimits.services.namesakes import Namesakes
from tests.services.conftest import MISSION, OTHER, World, territory, venue

TEN_M = 0.00009  # degrees of latitude
LON, LAT = -29.9, 10.1


def proposed(world: World, *, confirm_alike: bool = False, **facts: Any) -> Designation:
    with world.acting("103") as act:
        return register.propose(act, MISSION, *venue(**facts), confirm_alike=confirm_alike)


def added_alone(world: World, *, confirm_alike: bool = False, **facts: Any) -> Designation:
    with world.acting("101") as act:
        return register.add_alone(act, MISSION, *venue(**facts), confirm_alike=confirm_alike)


def alike(world: World, **facts: Any) -> list[tuple[str, float | None, State]]:
    """What a proposal is refused for: id, distance in whole metres and state of each; [] when it is not."""
    try:
        with world.acting("104") as act:
            register.propose(act, MISSION, *venue(**facts))
            raise RuntimeError  # noqa: TRY301  (nothing is kept)
    except RuntimeError:
        return []
    except AlikeError as refusal:
        return [
            (
                one.designation.designation_id,
                None if one.distance_m is None else round(one.distance_m),
                one.designation.state,
            )
            for one in refusal.alike
        ]


@pytest.mark.parametrize("opening", [proposed, added_alone])
def test_what_looks_like_a_listing_is_refused_with_it_and_goes_through_with_a_yes(
    world: World, opening: Callable[..., Designation]
) -> None:
    made = world.listed()
    before = world.tags()
    with pytest.raises(AlikeError) as refusal:
        opening(world, name="Red Lantern", lat=LAT + TEN_M)
    assert str(refusal.value) == (
        "This looks like PELA-0001 Blue Lantern (10 m away, “in_force”); decide on that one, or confirm that another "
        "is meant (--confirm-alike)."
    )
    (told,) = refusal.value.alike
    assert told.as_json() == {
        "id": made.designation_id,
        "name": "Blue Lantern",
        "state": "in_force",
        "distance_m": 10.0,
        "score": told.score,
        "alike": True,
    }
    with world.reading("101") as act:
        assert [one.designation_id for one in register.all_of(act, MISSION)] == [made.designation_id]
    assert world.tags() == before  # a question is no attempt
    again = opening(world, name="Red Lantern", lat=LAT + TEN_M, confirm_alike=True)
    assert opening(world, name="Red Lantern", lat=LAT + TEN_M) == again  # said already, so nothing is asked again


@pytest.mark.parametrize(
    ("name", "metres", "found"),
    [
        ("Tern", 20, True),  # the same door under another name
        ("Tern", 40, False),
        ("Plava Luna", 200, True),
        ("Плава Луна", 200, True),
        ("Plava Luna", 300, False),
        ("Plava Luna", None, True),  # only the name is known
        ("Tern", None, False),
        ("X", None, False),
    ],
)
def test_near_in_metres_and_in_name_over_scripts(world: World, name: str, metres: float | None, *, found: bool) -> None:
    world.listed("Plava Luna")
    world.listed("Far Away", lat=LAT + 0.2)
    facts = {"placeless": True} if metres is None else {"lat": LAT + metres / 110_574}
    assert [one[0] for one in alike(world, name=name, **facts)] == ["PELA-0001"] * found


def test_one_whose_place_is_not_known_is_compared_by_its_name(world: World) -> None:
    world.listed("Café Müller", placeless=True)
    world.listed("Hotel Sorrel", placeless=True)
    assert alike(world, name="Cafe Mueller", lon=-29.8) == [("PELA-0001", None, State.IN_FORCE)]
    assert alike(world, name="Cafe Mueller", placeless=True) == [("PELA-0001", None, State.IN_FORCE)]
    assert alike(world, name="Old Anchor", placeless=True) == []


def test_a_former_name_counts(world: World) -> None:
    world.listed("Tern")
    with world.acting("103") as act:
        changes.rename(act, "PELA-0001", Name(text="Heron", kind=NameKind.SIGN))
    for name in ("Tern", "Heron"):
        assert [one[0] for one in alike(world, name=name, placeless=True)] == ["PELA-0001"]


def test_every_name_of_a_proposal_is_compared(world: World) -> None:
    world.listed("Tern", placeless=True)
    world.listed("Gull", lat=LAT + 0.001)
    names = tuple(Name(text=text, kind=kind) for text, kind in (("Heron", NameKind.SIGN), ("Egret", NameKind.ALIAS)))
    assert alike(world, names=names) == []
    for known, found in (("Tern", "PELA-0001"), ("Gull", "PELA-0002")):
        former = Name(text=known, kind=NameKind.FORMER)
        assert [one[0] for one in alike(world, names=(*names, former))] == [found]


def test_what_is_over_for_long_was_turned_down_or_is_another_mission_s_is_not_asked_about(world: World) -> None:
    made = world.listed()
    world.lifted(made.designation_id)
    other = proposed(world, name="Blue Lantern", lon=-29.8)
    with world.acting("101") as act:
        register.reject(act, other.designation_id, "no ground")
    with world.acting("100") as act:
        missions.set_territory(act, OTHER, territory("Moro", -30.5))
    with world.acting("201") as act:
        register.add_alone(act, OTHER, *venue())
    world.clock.later(days=179)
    assert alike(world, name="Lantern") == [(made.designation_id, 0, State.LIFTED)]
    assert alike(world, name="Blue Lantern", lon=-29.8) == []
    world.clock.later(days=2)
    assert alike(world, name="Blue Lantern") == []


def test_premises_are_not_like_the_area_or_the_rule_that_holds_around_them(world: World) -> None:
    town = box(LON - 0.01, LAT - 0.01, LON + 0.01, LAT + 0.01)
    world.listed("Old Town", kind=SubjectKind.AREA, geometry=town, category=None)
    rule: dict[str, Any] = {"kind": SubjectKind.CATEGORY_RULE, "names": (), "geometry": town}
    world.listed("A rule", **rule)
    assert alike(world, name="Tern") == []
    assert alike(world, **rule, category=VenueKind.HOTEL) == []
    assert [one[0] for one in alike(world, **rule, terms={"note": "again"})] == ["PELA-0002"]
    outline = {"kind": SubjectKind.AREA, "geometry": town.buffer(0.001), "category": None}
    assert [one[0] for one in alike(world, name="The Quarter", **outline)] == ["PELA-0001"]


def test_a_footprint_is_as_near_as_its_edge_and_the_antimeridian_is_no_border(world: World) -> None:
    wide = box(LON, LAT, LON + 0.02, LAT + 0.02)
    world.listed("Long Quay", geometry=wide)
    assert [one[:2] for one in alike(world, name="Tern", lon=LON - TEN_M)] == [("PELA-0001", 10)]
    world.listed("Date Line", lon=180.0 - TEN_M, lat=0.0, confirm_outside=True)
    with world.reading("103") as act:
        (found,) = duplicates.beside(act, MISSION, venue("Tern", lon=-180.0 + TEN_M / 2, lat=0.0)[0])
    assert (found.designation.designation_id, round(found.distance_m or 0)) == ("PELA-0002", 15)
    with world.reading("103") as act:
        pole = replace(venue("Tern")[0], geometry=Point(40.0, 90.0))
        assert duplicates.beside(act, MISSION, pole) == ()


def test_neighbours_are_told_that_are_not_alike_and_what_is_alike_comes_first(world: World) -> None:
    world.listed("Old Anchor", lat=LAT + 5 * TEN_M)
    world.listed("Blue Lantern", lat=LAT + 20 * TEN_M)
    world.listed("Far Away", lat=LAT + 40 * TEN_M)
    with world.reading("103") as act:
        found = duplicates.beside(act, MISSION, venue("Blue Lantern")[0])
    assert [(one.designation.designation_id, one.is_alike) for one in found] == [
        ("PELA-0002", True),
        ("PELA-0001", False),
    ]


def test_only_who_may_propose_is_told_of_neighbours(world: World) -> None:
    world.listed()
    for number in ("108", "106", "201"):
        with pytest.raises(NotPermittedError), world.reading(number) as act:
            duplicates.beside(act, MISSION, venue()[0])


def test_many_are_told_by_the_first_and_their_number(world: World) -> None:
    for at in range(7):
        proposed(world, name=f"Stall {at}", confirm_alike=True)
    with pytest.raises(AlikeError, match=r"PELA-0005 .* \(and 2 more\); decide") as refusal:
        proposed(world, name="Tern")
    assert len(refusal.value.alike) == 7


def test_names_that_are_read_once_answer_like_names_that_were_just_read() -> None:
    def words(number: int) -> tuple[str, None, str, None, str]:
        return "premises", None, f'[{{"kind":"sign","lang":null,"text":"Bar Wharf {number}"}}]', None, "Sorrel"

    read = Namesakes()
    some, all_of_them = {words(at) for at in range(150)}, {words(at) for at in range(500)}
    assert read.of(["Wharf 7"], some) == {words(7)}
    assert read.of(["Wharf 7"], all_of_them) == {words(7)}
    assert read.of(["Wharf 7"], some) == {words(7)}
    assert read.of(["Wharf 7"], some - {words(7)}) == frozenset()  # known, but not asked about
    assert read.of(["Wharf 600"], some | {words(600)}) == {words(600)}


def test_a_proposal_that_was_taken_back_with_its_transaction_is_like_nothing(world: World) -> None:
    for _ in range(2):
        assert alike(world, name="Tern", placeless=True) == []
    with world.acting("103") as act:
        register.propose(act, MISSION, *venue("Tern", placeless=True))
    assert [one[0] for one in alike(world, name="The Tern", placeless=True)] == ["PELA-0001"]


def test_the_names_of_a_process_are_read_before_anybody_writes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "_READ", Namesakes())
    monkeypatch.setattr("geo_offlimits.services.namesakes._FEW", 0)
    world.listed("Tern", placeless=True)
    with world.reading("103") as act:
        duplicates.prepare(act, MISSION, venue("Heron")[0])
    monkeypatch.setattr("geo_offlimits.services.namesakes.NameIndex", None)  # nothing is read any more
    with world.reading("103") as act:
        assert duplicates.beside(act, MISSION, venue("Tern")[0])[0].is_alike
