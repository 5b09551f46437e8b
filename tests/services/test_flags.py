"""A flag from the door reaches the officers and changes nothing."""

import pytest

from geo_offlimits.domain.flags import FlagKind
from geo_offlimits.domain.people import NotPermittedError
from geo_offlimits.errors import AbsentError, InputError
from geo_offlimits.lookup.answers import Verdict
from geo_offlimits.services import editions, flags, register
from geo_offlimits.services.editions import NothingPublishedError
from geo_offlimits.services.flags import NotListedError, SettledError
from tests.services.asking import ask, listed
from tests.services.conftest import MISSION, World

STAFF, OTHER_STAFF, OFFICER, HEAD = "108", "110", "103", "101"


def flagged(world: World, made: str, by: str = STAFF, kind: FlagKind = FlagKind.CLOSED, note: str | None = None) -> str:
    with world.acting(by) as act:
        return flags.raise_flag(act, world.wiring.shelf, MISSION, made, kind=kind, note=note).flag_id


def open_ones(world: World) -> list[str]:
    with world.reading(OFFICER) as act:
        return [one.flag_id for one in flags.open_flags(act, MISSION)]


def test_a_flag_stands_in_the_worklist_and_the_entry_stays_listed(world: World) -> None:
    made = listed(world)
    flag = flagged(world, made, note="boarded up since June")
    with world.reading(OFFICER) as act:
        (told,) = flags.on(act, MISSION, made)
        one = told.flag
        assert (told.raised_by, told.settled_by) == ("Stan Field", None)
        assert [found.designation_id for found in register.worklist(act, MISSION).flagged] == [made]
    assert (one.flag_id, one.kind, one.note, one.edition) == (flag, FlagKind.CLOSED, "boarded up since June", 1)
    assert ask(world).strictest is Verdict.LISTED
    with world.reading(HEAD) as act:
        assert editions.preview(act, MISSION).unchanged
        assert "boarded" not in editions.content(act, MISSION).decode()
    assert "boarded" not in str(world.leaves())


def test_the_same_word_of_the_same_person_is_one_flag(world: World) -> None:
    made = listed(world)
    first = flagged(world, made)
    assert flagged(world, made) == first
    others = {flagged(world, made, by=OTHER_STAFF), flagged(world, made, kind=FlagKind.RENAMED)}
    assert len({first, *others}) == len(open_ones(world)) == 3


def test_only_what_is_on_the_current_edition_can_be_flagged(world: World) -> None:
    with pytest.raises(NothingPublishedError):
        flagged(world, "PELA-0001")
    listed(world)
    unpublished = world.listed("Other", lon=-29.8).designation_id
    for entry in (unpublished, "PELA-9999", ""):
        with pytest.raises(NotListedError):
            flagged(world, entry)
    with pytest.raises(NotPermittedError):
        flagged(world, "PELA-0001", by="201")
    assert open_ones(world) == []


def test_an_officer_settles_a_flag_once_and_says_how(world: World) -> None:
    flag = flagged(world, listed(world))
    with pytest.raises(AbsentError), world.acting(STAFF) as act:
        flags.settle(act, flag, "I say so")
    with pytest.raises(InputError, match="Say what was done"), world.acting(OFFICER) as act:
        flags.settle(act, flag, " ")
    with world.acting(OFFICER) as act:
        assert flags.settle(act, flag, "looked: open as ever").resolution == "looked: open as ever"
    assert open_ones(world) == []
    with pytest.raises(SettledError), world.acting(OFFICER) as act:
        flags.settle(act, flag, "again")
    with world.reading(OFFICER) as act:
        assert register.worklist(act, MISSION).flagged == ()
        (kept,) = flags.on(act, MISSION, "PELA-0001")
        assert (kept.settled_by, kept.flag.kind) == ("Orla Venn", FlagKind.CLOSED)
    assert world.tags().count("premises:flagged") == world.tags().count("flag:settled") == 1
    assert world.whole()


def test_a_settled_flag_can_be_raised_again(world: World) -> None:
    made = listed(world)
    first = flagged(world, made)
    with world.acting(OFFICER) as act:
        flags.settle(act, first, "looked")
    assert flagged(world, made) != first


def test_who_may_not_read_the_register_reads_no_flags(world: World) -> None:
    made = listed(world)
    flagged(world, made)
    with pytest.raises(NotPermittedError), world.reading(STAFF) as act:
        flags.open_flags(act, MISSION)
    with pytest.raises(NotPermittedError), world.reading(STAFF) as act:
        flags.on(act, MISSION, made)


def test_nobody_buries_the_flags_of_others(world: World) -> None:
    for at in range(flags.MOST_OPEN // len(FlagKind) + 1):
        world.listed(f"Bar {at}", lon=-29.9 + at / 100)
    world.published()
    for at in range(flags.MOST_OPEN):
        flagged(world, f"PELA-{at // len(FlagKind) + 1:04d}", kind=list(FlagKind)[at % len(FlagKind)], note=f"{at}")
    with pytest.raises(flags.TooManyFlagsError):
        flagged(world, f"PELA-{flags.MOST_OPEN // len(FlagKind) + 1:04d}")
    assert len(open_ones(world)) == flags.MOST_OPEN
    assert flagged(world, "PELA-0001", note="another word for it") == open_ones(world)[0]
    flagged(world, "PELA-0001", by=OTHER_STAFF)
    assert len(open_ones(world)) == flags.MOST_OPEN + 1
