"""A partner's list is understood while others write; what they wrote by the time it is kept is reckoned with."""

from dataclasses import replace
from datetime import date
from typing import Any, NoReturn

import pytest

from geo_offlimits.domain.partners import PartnerEdition, PartnerState
from geo_offlimits.domain.people import NotPermittedError
from geo_offlimits.formats import partner_list
from geo_offlimits.formats.reader import read_rows
from geo_offlimits.services import gazetteer, missions, partners, transcribing
from geo_offlimits.services.transcribing import MovedOnError, ReadOtherwiseError, Ready, Received
from tests.services.conftest import MISSION, World, sector
from tests.services.listing import dump

LIST = b"Name,Town,Note\nBlue Lantern,Port Pela,told by a neighbour\nAll bars in Sector East,,\n"
KFOR = Received(partner="KFOR", reference="HQ 12/26", received=date(2026, 3, 1))


def understood(world: World, by: str = "103", mapping: dict[str, str] | None = None) -> Ready:
    with world.reading(by) as act:
        table = read_rows(("kfor.csv", LIST), mapping or {}, near=gazetteer.places_of(act, MISSION))
        return transcribing.ready(act, MISSION, table, KFOR)


def kept(world: World, ready: Ready, by: str = "103") -> PartnerEdition:
    with world.acting(by) as act:
        return transcribing.enter(act, ready)


def changed(world: World, before: dict[str, Any]) -> set[str]:
    return {name for name, rows in dump(world).items() if rows != before[name]}


def understands_nothing(*_: object, **__: object) -> NoReturn:
    pytest.fail("rows were read while everybody else who writes waits")


def test_nothing_is_read_while_others_wait_and_what_they_did_before_is_reckoned_with(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = understood(world), understood(world, "104")
    otherwise = understood(world, mapping={"Note": "address"})
    with pytest.raises(NotPermittedError):
        kept(world, first, "108")
    with monkeypatch.context() as while_others_wait:
        while_others_wait.setattr(gazetteer, "understood_in", understands_nothing)
        while_others_wait.setattr(partner_list, "read", understands_nothing)
        made = kept(world, first)
        before = dump(world)
        again = kept(world, second, "104")  # the same file by another person, who read it before it was here
        assert (again.edition_id, again.kept.person_id, again.entries) == (made.edition_id, "p_103", made.entries)
        with pytest.raises(ReadOtherwiseError, match="PELA-P0001, read otherwise"):
            kept(world, otherwise)
        assert changed(world, before) == {"audit_leaf"}  # that it was refused
    with world.reading("103") as act:
        assert partners.get(act, made.edition_id) == made
    # A list that was here when the file was read, and is refused by then, is entered anew.
    known = understood(world)
    assert known.here
    assert known.here.edition_id == made.edition_id
    with world.acting("101") as act:
        partners.refuse(act, made.edition_id, "the wrong paper")
    anew = kept(world, known)
    assert (anew.edition_id, anew.state, anew.entries) == ("PELA-P0002", PartnerState.WAITING, made.entries)
    assert world.whole()


def test_a_list_that_would_be_understood_otherwise_by_now_is_refused(world: World) -> None:
    ready = understood(world)
    assert ready.understood.entries[1].geometry is not None  # a rule for a sector
    with world.acting("100") as act:
        missions.set_sectors(act, MISSION, (sector("East", -30.5, -30.0),))
    before = dump(world)
    with pytest.raises(MovedOnError, match=r"since kfor\.csv was read"):
        kept(world, ready)
    assert changed(world, before) == {"audit_leaf"}
    assert kept(world, understood(world)).entries != ready.understood.entries
    # What rows are not understood by may change.
    ready = replace(understood(world), said=replace(KFOR, reference="HQ 13/26"))
    with world.acting("100") as act:
        missions.set_recognised(act, MISSION, ("MORO",))
    assert kept(world, ready).edition_id == "PELA-P0002"
