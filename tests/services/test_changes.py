"""What is said of a place, set right: by two persons, without rewriting, and never by silence."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from shapely import Point

from geo_offlimits.domain.changes import Change, ChangeKind, ChangeState
from geo_offlimits.domain.designation import State
from geo_offlimits.domain.people import NotPermittedError
from geo_offlimits.domain.premises import Name, NameKind
from geo_offlimits.domain.texts import MAX_SEVERAL
from geo_offlimits.errors import InputError, RefusedError
from geo_offlimits.services import changes, editions, operators, register
from geo_offlimits.services.changes import (
    ChangeOfAnotherError,
    ChangeWaitsError,
    NamedOnlyError,
    NoChangeWaitsError,
    NothingToChangeError,
    OverError,
    OwnChangeError,
    StaleChangeError,
)
from geo_offlimits.services.history import history
from geo_offlimits.services.outside import OutsideTerritoryError
from geo_offlimits.services.register import UnknownDesignationError
from tests.services.conftest import MISSION, World, venue

THERE = Point(-29.8, 10.2)


def moved(world: World, made: str, to: Point = THERE, by: str = "103", **how: Any) -> Change:
    with world.acting(by) as act:
        return changes.propose(
            act, made, ChangeKind.MOVED, lambda subject: replace(subject, geometry=to), "surveyed again", **how
        )


def ids(designations: Any) -> list[str]:
    return [one.designation_id for one in designations]


def test_a_footprint_moves_once_a_second_person_has_made_it_so(world: World) -> None:
    made = world.listed()
    change = moved(world, made.designation_id)
    with world.reading("103") as act:
        assert register.show(act, made.designation_id) == made, "nothing moves by a proposal"
        assert ids(register.worklist(act, MISSION).to_change) == [made.designation_id]
    world.clock.later(hours=1)
    with world.acting("101") as act:
        after = changes.make(act, made.designation_id)
    assert after.subject == replace(made.subject, geometry=THERE)
    assert after.state is State.IN_FORCE
    assert (after.terms, after.steps) == (made.terms, made.steps)
    assert world.tags()[-2:] == ["change:proposed", "premises:moved"]
    assert change.change_id == "PELA-C0001"
    assert world.whole()


def test_what_was_believed_before_a_correction_can_still_be_asked(world: World) -> None:
    made = world.listed().designation_id
    before = world.clock.later(days=1)
    moved(world, made)
    with world.acting("101") as act:
        changes.make(act, made, "measured with two receivers")
    with world.reading("106") as act:
        assert register.show(act, made).subject.geometry == THERE
        assert register.show(act, made, known_at=before - timedelta(seconds=1)).subject.geometry == Point(-29.9, 10.1)
        told = [(item.text, item.person, item.reason) for item in history(act, made)][-2:]
    assert told == [
        ("Change proposed", "Orla Venn", "surveyed again"),
        ("Change made", "Ilsa Brand", "measured with two receivers"),
    ]


def test_a_wrong_name_is_corrected_and_accuses_nobody_any_more(world: World) -> None:
    made = world.listed("Blue Lantern").designation_id
    world.published()
    right = (Name(text="Blue Lantern Annex", kind=NameKind.SIGN),)
    with world.acting("103") as act:
        changes.propose(act, made, ChangeKind.CORRECTED, lambda one: replace(one, names=right), "sign misread")
    world.clock.later(hours=1)
    with world.acting("102") as act:
        changes.make(act, made)
        assert ids(register.worklist(act, MISSION).to_publish) == [made], "staff still read the wrong name"
    world.published()
    with world.reading("108") as act:
        entry = editions.read(act, world.wiring.shelf, MISSION).entry(made)
        assert entry is not None
        assert [name.text for name in entry.names] == ["Blue Lantern Annex"]
    with world.reading("101") as act:
        assert register.worklist(act, MISSION).to_publish == ()


def test_nobody_moves_a_footprint_alone(world: World) -> None:
    made = world.listed()
    moved(world, made.designation_id, by="101")
    for step in (changes.make, changes.refuse):
        with pytest.raises(OwnChangeError, match="second head of mission or deputy"), world.acting("101") as act:
            step(act, made.designation_id, "mine")
    with world.reading("101") as act:
        assert register.show(act, made.designation_id) == made
        waiting = changes.waiting_on(act, made.designation_id)
        assert waiting is not None
        assert changes.possible(act, made, waiting) == (ChangeState.WITHDRAWN,)
    with world.reading("102") as act:
        assert changes.possible(act, made, waiting) == (ChangeState.MADE, ChangeState.REFUSED)
    with world.reading("103") as act:
        assert changes.possible(act, made, waiting) == ()


@pytest.mark.parametrize("number", ["105", "106", "107", "108", "109", "201"])
def test_who_has_no_part_in_it_can_neither_propose_nor_decide(world: World, number: str) -> None:
    made = world.listed().designation_id
    with pytest.raises((NotPermittedError, UnknownDesignationError)):
        moved(world, made, by=number)
    moved(world, made)
    for step in (changes.make, changes.withdraw, changes.refuse):
        with pytest.raises((NotPermittedError, UnknownDesignationError)), world.acting(number) as act:
            step(act, made, "because")
    with pytest.raises(NotPermittedError), world.acting("103") as act:
        changes.make(act, made)


def test_a_change_is_refused_with_a_reason_or_withdrawn_by_its_proposer(world: World) -> None:
    made = world.listed()
    world.clock.later(hours=1)
    moved(world, made.designation_id)
    world.clock.later(hours=1)
    with pytest.raises(ChangeOfAnotherError), world.acting("104") as act:
        changes.withdraw(act, made.designation_id)
    with pytest.raises(InputError, match="Say why"), world.acting("101") as act:
        changes.refuse(act, made.designation_id, " ")
    with world.acting("101") as act:
        assert changes.refuse(act, made.designation_id, "the old place is right") == made
    with pytest.raises(NoChangeWaitsError), world.acting("101") as act:
        changes.make(act, made.designation_id)
    world.clock.later(hours=1)
    moved(world, made.designation_id)
    world.clock.later(hours=1)
    with world.acting("103") as act:
        assert changes.withdraw(act, made.designation_id) == made
    with world.reading("103") as act:
        assert [item.text for item in history(act, made.designation_id)][-4:] == [
            "Change proposed",
            "Change refused",
            "Change proposed",
            "Change withdrawn",
        ]


def test_one_change_waits_at_a_time(world: World) -> None:
    made = world.listed().designation_id
    moved(world, made)
    with pytest.raises(ChangeWaitsError):
        moved(world, made, Point(-29.7, 10.2), by="104")


def test_a_change_of_what_was_renamed_since_would_undo_the_rename_and_is_refused(world: World) -> None:
    made = world.listed("Blue Lantern").designation_id
    moved(world, made)
    with world.acting("104") as act:
        changes.rename(act, made, Name(text="Red Lantern", kind=NameKind.SIGN))
    with pytest.raises(StaleChangeError, match="described anew"), world.acting("101") as act:
        changes.make(act, made)
    with world.acting("101") as act:
        assert changes.refuse(act, made, "renamed since").subject.label == "Red Lantern"
    moved(world, made)
    with world.acting("101") as act:
        after = changes.make(act, made)
    assert (after.subject.label, after.subject.geometry) == ("Red Lantern", THERE)


def test_what_changes_nothing_or_lies_elsewhere_or_gives_no_reason_is_refused(world: World) -> None:
    made = world.listed().designation_id
    with pytest.raises(NothingToChangeError):
        moved(world, made, Point(-29.9, 10.1))
    with pytest.raises(OutsideTerritoryError):
        moved(world, made, Point(-20.0, 10.1))
    with pytest.raises(InputError, match="reason"), world.acting("103") as act:
        changes.propose(act, made, ChangeKind.MOVED, lambda one: replace(one, geometry=THERE), "  ")
    assert moved(world, made, Point(-20.0, 10.1), confirm_outside=True).described.geometry == Point(-20.0, 10.1)


def test_what_is_over_is_not_described_anew(world: World) -> None:
    made = world.listed().designation_id
    moved(world, made)
    world.lifted(made)
    with pytest.raises(OverError, match="propose it again"), world.acting("102") as act:
        changes.make(act, made)
    with pytest.raises(OverError):
        moved(world, world.listed("Red Door").designation_id.replace("0002", "0001"), by="104")
    with pytest.raises(OverError), world.acting("103") as act:
        changes.rename(act, made, Name(text="Another", kind=NameKind.SIGN))


def test_no_operator_is_recorded_on_what_is_over(world: World) -> None:
    made = world.listed().designation_id
    world.lifted(made)
    with pytest.raises(OverError), world.acting("103") as act:
        operators.record(act, made, "Late Keeper")
    with world.reading("103") as act:
        assert operators.of(act, made) == ()


def test_a_new_operator_calls_for_a_review_and_lifts_nothing(world: World) -> None:
    made = world.listed().designation_id
    world.clock.later(days=1)
    with world.acting("103") as act:
        operators.record(act, made, "First Keeper")
        assert register.worklist(act, MISSION).new_operator == (), "who ran it all along is no new operator"
    world.clock.later(days=1)
    with world.acting("103") as act:
        operators.record(act, made, "Second Keeper", date(2026, 3, 4))
    with world.reading("101") as act:
        assert ids(register.worklist(act, MISSION).new_operator) == [made]
        assert ids(register.in_force(act, MISSION)) == [made]
        assert [one.name for one in operators.of(act, made)] == ["First Keeper", "Second Keeper"]
    world.clock.later(hours=1)
    with world.acting("101") as act:
        register.review(act, made, date(2026, 9, 1), "the new tenant runs the same trade")
        assert register.worklist(act, MISSION).new_operator == ()


def test_one_who_took_over_after_the_decision_calls_for_a_review_even_if_nobody_knew_the_one_before(
    world: World,
) -> None:
    made = world.listed().designation_id
    world.clock.later(days=5)
    with world.acting("103") as act:
        operators.record(act, made, "New Keeper", date(2026, 3, 6))
        assert ids(register.worklist(act, MISSION).new_operator) == [made]


def test_an_operator_is_recorded_once_and_reaches_neither_edition_nor_tree(world: World) -> None:
    made = world.listed().designation_id
    with world.acting("103") as act:
        operators.record(act, made, "Secret Keeper")
    with pytest.raises(RefusedError, match="already"), world.acting("104") as act:
        operators.record(act, made, "Secret Keeper")
    with pytest.raises(InputError), world.acting("104") as act:
        operators.record(act, made, "  ")
    header = world.published()
    with world.reading("108") as act:
        stored = act.tx.editions.get(MISSION, header.number)
        assert stored is not None
        assert b"Secret Keeper" not in stored.content + stored.envelope
    assert not [leaf for leaf in world.leaves() if "Secret" in str(leaf)]
    for number in ("105", "108", "109", "201"):
        with pytest.raises((NotPermittedError, UnknownDesignationError)), world.reading(number) as act:
            operators.of(act, made)


def test_a_proposal_that_nobody_decided_on_can_be_set_right_too(world: World) -> None:
    subject, terms = venue()
    with world.acting("103") as act:
        made = register.propose(act, MISSION, subject, terms).designation_id
    moved(world, made, by="104")
    with world.acting("101") as act:
        assert changes.make(act, made).state is State.PROPOSED
    with world.acting("101") as act:
        assert register.designate(act, made).subject.geometry == THERE


def test_what_has_no_place_gets_another_name_from_two_persons_only(world: World) -> None:
    made = world.listed("Night Ferry Parties", placeless=True).designation_id
    name = Name(text="The Rival’s Bar", kind=NameKind.SIGN)
    with pytest.raises(NamedOnlyError, match="second head of mission"), world.acting("103") as act:
        changes.rename(act, made, name)
    with world.acting("103") as act:
        assert register.show(act, made).subject.label == "Night Ferry Parties"
        changes.propose(
            act, made, ChangeKind.CORRECTED, lambda one: replace(one, names=(name, *one.names)), "a new sign"
        )
    with world.acting("101") as act:
        assert changes.make(act, made).subject.label == "The Rival’s Bar"


def test_no_string_of_renames_makes_a_listing_that_can_no_longer_be_corrected(world: World) -> None:
    made = world.listed().designation_id
    for number in range(MAX_SEVERAL - 1):
        with world.acting("103") as act:
            changes.rename(act, made, Name(text=f"Sign {number}", kind=NameKind.SIGN))
    with pytest.raises(InputError, match=f"more than {MAX_SEVERAL}"), world.acting("103") as act:
        changes.rename(act, made, Name(text="One too many", kind=NameKind.SIGN))
    assert moved(world, made).state is ChangeState.PROPOSED
