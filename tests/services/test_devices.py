"""Which device holds which edition, and who has to be gone after."""

import pytest

from geo_offlimits.domain.people import NotPermittedError
from geo_offlimits.domain.tokens import Purpose
from geo_offlimits.services import devices, tokens
from tests.services.conftest import MISSION, World


def device(world: World, number: str, edition: int | None, purpose: Purpose = Purpose.SYNC) -> str:
    """A token of this person's, by which this edition was fetched last."""
    with world.acting(number) as act:
        issued = tokens.issue(act, MISSION, purpose)
    with world.acting(None) as act:
        found = tokens.recognise(act, issued.text)
        tokens.note_use(act, found, edition)
    return issued.token.token_id


def test_who_is_furthest_behind_comes_first(world: World) -> None:
    for day in range(3):
        world.listed(f"Lamp {day}", lon=-29.9 + day / 50)
        world.published()
        world.clock.later(days=1)
    held = [device(world, *one) for one in (("109", 3), ("108", 1), ("103", None), ("101", 2))]
    with world.reading("103") as act:
        found = devices.of_mission(act, MISSION)
    assert [(one.number, one.behind, one.is_current) for one in found] == [
        ("103", None, False),
        ("108", 2, False),
        ("101", 1, False),
        ("109", 0, True),
    ]
    assert {one.token.token_id for one in found} == set(held)
    assert found[1].as_json().items() >= {"person": "108", "unit": "Engineers", "edition": 1, "behind": 2}.items()


def test_a_token_that_is_over_or_reads_figures_only_is_no_device(world: World) -> None:
    world.listed()
    world.published()
    over, revoked = device(world, "109", 1), device(world, "109", 1)
    with world.acting("109") as act:
        tokens.revoke(act, revoked)
    device(world, "100", None, Purpose.METRICS)
    with world.reading("101") as act:
        assert [one.token.token_id for one in devices.of_mission(act, MISSION)] == [over]
    world.clock.later(days=91)
    with world.reading("101") as act:
        assert devices.of_mission(act, MISSION) == ()


def test_before_the_first_edition_nobody_is_called_current(world: World) -> None:
    device(world, "109", None)
    with world.reading("105") as act:
        assert [one.behind for one in devices.of_mission(act, MISSION)] == [None]


@pytest.mark.parametrize("who", ["106", "107", "108", "109"])
def test_what_somebody_else_holds_is_not_for_everybody(world: World, who: str) -> None:
    with pytest.raises(NotPermittedError), world.reading(who) as act:
        devices.of_mission(act, MISSION)
