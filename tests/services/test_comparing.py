"""Two moments side by side: what is in force only then, what only later, and what has changed between."""

from dataclasses import fields
from datetime import timedelta

import pytest

from geo_offlimits.domain.people import NotPermittedError
from geo_offlimits.domain.premises import Name, NameKind
from geo_offlimits.services import changes, comparing
from geo_offlimits.services.comparing import Comparison, TwoTimes
from tests.services.conftest import MISSION, START, World

FIRST, LATER = START + timedelta(hours=1), START + timedelta(days=10)


def compared(world: World, first: TwoTimes, second: TwoTimes) -> Comparison:
    with world.reading("107") as act:
        return comparing.compare(act, MISSION, first, second)


def moved_on(world: World) -> tuple[str, str, str, str]:
    """Four listings: lifted on the third day, renamed, left alone, and added on the fifth day."""
    gone, renamed, same = (
        world.listed(name, lon=lon).designation_id for name, lon in (("Gone", -29.9), ("Old", -29.8), ("Same", -29.7))
    )
    world.clock.later(days=3)
    world.lifted(gone)
    with world.acting("103") as act:
        changes.rename(act, renamed, Name(text="New", kind=NameKind.SIGN))
    world.clock.later(days=2)
    added = world.listed("Added", lon=-29.6).designation_id
    world.clock.now = LATER
    return gone, renamed, same, added


def test_what_came_what_went_and_what_changed_stand_apart(world: World) -> None:
    gone, renamed, same, added = moved_on(world)
    found = compared(world, TwoTimes(at=FIRST, known_at=FIRST), TwoTimes())
    assert [one.designation_id for one in found.only_first] == [gone]
    assert [one.designation_id for one in found.only_second] == [added]
    assert [one.designation_id for one in found.same] == [same]
    (changed,) = found.changed
    assert (changed.first.subject.label, changed.second.subject.label) == ("Old", "New")
    assert (changed.second.designation_id, changed.fields) == (renamed, ("names",))


def test_the_same_time_as_it_is_known_now_shows_what_was_learnt_since(world: World) -> None:
    gone, renamed, *_ = moved_on(world)
    found = compared(world, TwoTimes(at=FIRST, known_at=FIRST), TwoTimes(at=FIRST))
    assert (found.only_first, found.only_second) == ((), ())
    assert [(pair.second.designation_id, pair.fields) for pair in found.changed] == [
        (gone, ("state",)),
        (renamed, ("names",)),
    ]


def test_a_moment_compared_with_itself_differs_in_nothing(world: World) -> None:
    moved_on(world)
    found = compared(world, TwoTimes(), TwoTimes())
    assert (found.only_first, found.only_second, found.changed) == ((), (), ())
    assert len(found.same) == 3


def test_what_the_map_is_given_is_what_an_edition_would_say(world: World) -> None:
    gone, renamed, same, _ = moved_on(world)
    with world.reading("107") as act:
        then = comparing.entries(act, MISSION, TwoTimes(at=FIRST, known_at=FIRST))
        now = comparing.entries(act, MISSION, TwoTimes())
    assert [(one.entry_id, one.name) for one in then] == [(gone, "Gone"), (renamed, "Old"), (same, "Same")]
    assert [one.name for one in now] == ["New", "Same", "Added"]
    assert not {"basis", "note", "authority"} & {field.name for field in fields(now[0])}


def test_only_who_reads_the_register_compares(world: World) -> None:
    for nobody in ("108", "201"):
        for ask in (
            lambda act: comparing.compare(act, MISSION, TwoTimes(), TwoTimes()),
            lambda act: comparing.entries(act, MISSION, TwoTimes()),
        ):
            with pytest.raises(NotPermittedError), world.reading(nobody) as act:
                ask(act)
