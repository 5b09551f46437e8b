"""Evidence over a history that chance wrote equals a plain reading of the list of what happened."""

import random
from typing import Any

import pytest
import verify_evidence
import verify_list

from tests.services.chronicle import Writer
from tests.services.conftest import World
from tests.services.evidently import given
from tests.services.plain_reading import Reading, expected, questions, told


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("count", [100, pytest.param(1000, marks=pytest.mark.deep)])
def test_evidence_equals_a_plain_reading_of_what_happened(world: World, count: int) -> None:
    chance = random.Random(count)
    writer = Writer(world, chance)
    writer.write(steps=160 if count == 100 else 600)
    world.clock.later(hours=1)
    reading, end = Reading(writer.events), world.clock.now
    keys = [verify_list.TrustedKey(world.keyring.signing.pem, {})]
    seen, found_all, wrong = [], [], []
    for asked in questions(reading, chance, count, end):
        position = f"{asked.where[0]:.7f}, {asked.where[1]:.7f}"
        made = given(world, person=asked.person, at=asked.at, position=position, uncertainty_m=asked.unsure_m)
        verify_evidence.proven(made.envelope, keys)
        assert b"SECRETREASON" not in made.evidence.encode()
        wanted, found = expected(reading, asked, world.clock.now), told(made.evidence.document)
        seen.append(wanted)
        found_all.append((asked, world.clock.now, found))
        if wanted != found:
            differing = {name: (wanted[name], found[name]) for name in wanted if wanted[name] != found[name]}
            wrong.append((asked, differing))
    assert wrong == []
    _refuse_poor(seen)
    # The control: a reading that overlooks what happened once or more tells something else.
    for kind in ("moved", "suspended", "reinstated", "lifted", "said", "departed", "transferred", "published"):
        partial = Reading([one for one in writer.events if one.what != kind or one.about == "1"])
        assert any(expected(partial, asked, now) != found for asked, now, found in found_all), kind


def _refuse_poor(seen: list[dict[str, Any]]) -> None:
    """A history in which everything is alike would prove nothing."""
    assert {one["verdict"] for one in seen} == {"listed", "cannot_tell", "not_listed"}
    assert {one["stale"] for one in seen} == {True, False, None}
    assert any(one["verdict"] != one["now"] for one in seen if one["edition"] and not one["stale"])
    assert any(one["then"] != one["as_known_now"] for one in seen)
    assert any(one["as_known_now"] not in (None, one["edition"]) for one in seen)
    assert {one["current_as_known_now"] and one["current_as_known_now"][0] for one in seen} >= {None, "acknowledged"}
    assert {tuple(one["in_service"]) for one in seen} >= {(True, True), (False, False)}
    assert any(one["in_service"][0] is None for one in seen)
