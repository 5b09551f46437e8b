"""What is in force and described too poorly: it stays in force, and officers are told."""

from dataclasses import replace

import pytest
from shapely import Point, box

from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.premises import Name, NameKind, SubjectKind, VenueKind
from geo_offlimits.services import register
from geo_offlimits.services.worklist import Worklist
from tests.services.conftest import MISSION, World, venue

PORT = Point(-15.9059, -31.659)  # where the demonstration's background map writes the name of its first town


def waiting(world: World) -> Worklist:
    with world.reading("101") as act:
        return register.worklist(act, MISSION)


def at_the_invented_island(world: World) -> None:
    """The mission's background map is one that has towns on it."""
    with world.acting("100") as act:
        standing = act.tx.missions.get(MISSION)
        assert standing
        act.tx.missions.replace(replace(standing, territory="DEMO"), act.now)
        act.record(AuditTag.MISSION_NOTICE, subject=MISSION, mission=MISSION)


@pytest.mark.parametrize(
    ("kinds", "told"),
    [
        ((NameKind.SIGN,), False),
        ((NameKind.CURRENT, NameKind.FORMER), False),
        ((NameKind.ALIAS,), True),
        ((NameKind.FORMER, NameKind.ALIAS), True),
    ],
)
def test_premises_of_which_nobody_knows_the_sign_are_told(
    world: World, kinds: tuple[NameKind, ...], *, told: bool
) -> None:
    made = world.listed(names=tuple(Name(text=f"Name {kind}", kind=kind) for kind in kinds))
    assert waiting(world).no_name == ((made,) if told else ())


def test_a_rule_for_a_kind_of_venue_lacks_neither_name_nor_place(world: World) -> None:
    world.listed(kind=SubjectKind.CATEGORY_RULE, category=VenueKind.CASINO, names=(), placeless=True)
    world.listed(kind=SubjectKind.AREA, geometry=box(-29.9, 10.0, -29.8, 10.1), uncertainty_m=80.0)
    assert waiting(world).empty


@pytest.mark.parametrize(("uncertainty_m", "told"), [(50.0, False), (50.1, True), (None, False)])
def test_a_place_less_sure_than_50_metres_is_coarse(world: World, uncertainty_m: float | None, *, told: bool) -> None:
    made = world.listed(uncertainty_m=uncertainty_m)
    assert waiting(world).coarse_position == ((made,) if told else ())


def test_a_place_that_is_not_known_is_coarse(world: World) -> None:
    made = world.listed(placeless=True)
    assert waiting(world).coarse_position == (made,)


@pytest.mark.parametrize(("uncertainty_m", "told"), [(10.0, True), (None, True), (3.0, False)])
def test_a_place_where_the_map_writes_a_town_s_name_is_coarse_unless_it_was_measured(
    world: World, uncertainty_m: float | None, *, told: bool
) -> None:
    at_the_invented_island(world)
    here = world.listed("Town Bar", geometry=PORT, uncertainty_m=uncertainty_m, confirm_outside=True)
    world.listed("Edge Bar", geometry=Point(PORT.x + 0.0004, PORT.y), uncertainty_m=10.0, confirm_outside=True)
    assert waiting(world).coarse_position == ((here,) if told else ())


def test_what_lies_outside_the_territory_is_told_as_long_as_it_is_in_force(world: World) -> None:
    world.listed("Inside")
    outside = world.listed("Far Away", lon=-27.0, confirm_outside=True)
    world.listed("Nowhere", placeless=True)
    assert waiting(world).outside_territory == (outside,)
    world.lifted(outside.designation_id)
    assert waiting(world).outside_territory == ()


def test_of_what_is_only_proposed_nothing_is_told(world: World) -> None:
    with world.acting("103") as act:
        register.propose(act, MISSION, *venue("Far Away", lon=-27.0, uncertainty_m=400.0), confirm_outside=True)
    found = waiting(world)
    assert (found.no_name, found.coarse_position, found.outside_territory) == ((), (), ())


def test_the_three_stand_in_the_text_and_in_the_json_of_the_worklist(world: World) -> None:
    made = world.listed(
        "Far Away", lon=-27.0, uncertainty_m=400.0, names=(Name(text="Old Kiln", kind=NameKind.ALIAS),),
        confirm_outside=True,
    ).designation_id  # fmt: skip
    found = waiting(world)
    told = found.as_json()
    for name in ("no_name", "coarse_position", "outside_territory"):
        assert [row["id"] for row in told[name]] == [made]
    for title in ("No name from its sign", "Position coarser than 50 m", "Outside the territory"):
        assert title in found.as_text()
