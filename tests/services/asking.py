"""Questions to the published list, as a person at a door puts them."""

from typing import Any

from geo_offlimits.domain.position import Position
from geo_offlimits.services import lookup
from geo_offlimits.services.answers import CheckResult, FindResult
from geo_offlimits.services.lookup import CheckRequest
from tests.services.conftest import MISSION, World

HERE = Position(lat=10.1, lon=-29.9, uncertainty_m=0.0)
CONDUCT = "106"
ELSEWHERE = Position(lat=10.3, lon=-29.7, uncertainty_m=5.0)


def ask(world: World, *positions: Position, by: str | None = "108", **how: Any) -> CheckResult:
    request = CheckRequest(**{"mission": MISSION, "positions": positions or (HERE,), "radius_m": 100.0, **how})
    with world.reading(by) as act:
        return lookup.check(act, world.wiring.shelf, request)


def search(world: World, name: str, by: str | None = "108", **how: Any) -> FindResult:
    with world.reading(by) as act:
        return lookup.find(act, world.wiring.shelf, how.pop("mission", MISSION), name, **how)


def reasons(found: CheckResult | FindResult, place: int = 0) -> list[str]:
    answer = found.answers[place] if isinstance(found, CheckResult) else found.answer
    return [reason.code.value for reason in answer.reasons]


def listed(world: World, **facts: Any) -> str:
    """The id of premises on the published list, the Blue Lantern HERE unless told otherwise."""
    made = world.listed(**{"uncertainty_m": 2.0, **facts}).designation_id
    world.published()
    return made
