"""What is kept of an acknowledgement, and that nobody forges, replays or back-dates one."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import reduce
from operator import add
from pathlib import Path

import pytest

from geo_offlimits.domain.acknowledgement import STATEMENT, Acknowledgement, AcknowledgementState, Channel, Strength
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.people import PersonnelCategory, Role
from geo_offlimits.domain.proof import Shown
from geo_offlimits.errors import AbsentError, InputError, RefusedError
from geo_offlimits.services import (
    acknowledged,
    acknowledging,
    campaigns,
    completion,
    entering,
    keys,
    postings,
    stamps,
    standings,
)
from geo_offlimits.services.entering import Entry, NoExplainerError
from geo_offlimits.services.keys import KeyRefusedError
from tests.services.conftest import MISSION, World
from tests.services.saying import HERE, Owner, acknowledge, alone, here, receipt, session, sha_of, stamp, stamped


@pytest.fixture
def island(world: World) -> World:
    """With one edition."""
    world.listed()
    world.published()
    return world


# ---- the record ------------------------------------------------------------------------------------------------------


def test_the_record_holds_the_person_as_they_were_and_a_move_changes_nothing(island: World) -> None:
    acknowledge(island, client_at=island.clock.now + timedelta(days=400))
    with island.acting("100") as act:
        moved = act.tx.people.by_id("p_108")
        assert moved
        act.tx.people.replace(replace(moved, unit="Elsewhere", category=PersonnelCategory.CIVILIAN), act.now)
        act.record(AuditTag.PERSON_ADDED, subject="p_108")
    with island.reading("108") as act:
        (made,) = acknowledged.mine(act)
    assert (made.unit, made.category, made.roles) == ("Engineers", PersonnelCategory.MILITARY, (Role.STAFF,))
    assert made.acknowledged_at == made.recorded_at == island.clock.now
    assert made.client_at == island.clock.now + timedelta(days=400)
    assert made.served_at is None
    assert island.whole()


def test_the_statement_and_the_english_beside_it_are_both_kept(island: World) -> None:
    made = acknowledge(island, language="fr")
    assert made.statement_sha256 == hashlib.sha256(STATEMENT["fr"].encode()).hexdigest()
    assert made.source_sha256 == hashlib.sha256(STATEMENT["en"].encode()).hexdigest()
    found = here(island, receipt(island)).record
    assert (found.statement, found.source) == (STATEMENT["fr"], STATEMENT["en"])


def test_it_is_as_strong_as_what_the_session_has_shown(island: World) -> None:
    assert acknowledge(island, "108").strength is Strength.PASSPHRASE
    assert acknowledge(island, "103").strength is Strength.PASSPHRASE_TOTP
    bare = replace(island.actor("104"), shown=Shown(passphrase_at=island.clock.now))
    with island.wiring.writing(bare) as act:
        made = acknowledging.acknowledge(act, MISSION, 1, sha_of(act), "en")
    assert made.strength is Strength.PASSPHRASE


# ---- when the page was given -----------------------------------------------------------------------------------------


def test_a_stamp_says_when_the_page_was_given(island: World) -> None:
    served = island.clock.now
    brought = stamp(island)
    island.clock.later(minutes=7)
    made = stamped(island, brought)
    assert (made.served_at, made.acknowledged_at) == (served, served + timedelta(minutes=7))


FORGED: dict[str, Callable[[World], tuple[str, str, str]]] = {
    # What is brought, by whom, and for a statement in which language.
    "of another person": lambda world: (stamp(world, "110"), "108", "en"),
    "of another session": lambda world: (stamp(world, token="another"), "108", "en"),
    "of another statement": lambda world: (stamp(world, language="fr"), "108", "en"),
    "made up": lambda _: ("Zm9yZ2Vk" * 8, "108", "en"),
    "too short": lambda _: ("Zg==", "108", "en"),
    "empty": lambda _: ("", "108", "en"),
    "no base64": lambda _: ("ü", "108", "en"),
    "a time in plain": lambda _: ("2026-03-02T08:00:00Z", "108", "en"),
}


@pytest.mark.parametrize("attack", FORGED)
def test_a_stamp_that_was_not_given_for_this_is_refused(island: World, attack: str) -> None:
    brought, who, language = FORGED[attack](island)
    with pytest.raises(stamps.StampError):
        stamped(island, brought, who, language)
    with island.reading("108") as act:
        assert acknowledged.mine(act) == ()
    assert stamped(island, stamp(island)).served_at == island.clock.now  # the control


def test_a_stamp_of_another_edition_is_refused(island: World) -> None:
    brought = stamp(island)
    island.listed("Red Anchor", lon=-29.8)
    island.published()
    with pytest.raises(stamps.StampError):
        stamped(island, brought, number=2)


def test_a_stamp_of_before_a_withdrawal_does_not_acknowledge_again(island: World) -> None:
    brought = stamp(island)
    stamped(island, brought)
    with island.acting("108") as act:
        acknowledging.withdraw(act, MISSION, 1, "I had not read it")
    island.clock.later(minutes=1)
    with pytest.raises(stamps.StampError):
        stamped(island, brought)
    assert stamped(island, stamp(island)).counts


# ---- a security key --------------------------------------------------------------------------------------------------


def test_a_key_signs_this_edition_and_the_signature_is_kept(island: World, tmp_path: Path) -> None:
    owner = Owner(island, "108")
    made = owner.answer(owner.key.signed(owner.asked()))
    assert made.strength is Strength.WEBAUTHN
    content = receipt(island)
    assert here(island, content).record.row["strength"] == "webauthn"
    code, told = alone(island, content, tmp_path)
    assert (code, told["strength"]) == (0, "webauthn")


def test_a_key_that_signed_something_else_is_refused(island: World) -> None:
    owner, other = Owner(island, "108"), Owner(island, "110")
    with pytest.raises(KeyRefusedError):  # another statement than the one that was signed
        owner.answer(owner.key.signed(owner.asked("fr")), "en")
    with pytest.raises(KeyRefusedError):  # another person's key
        owner.answer(other.key.signed(owner.asked()))
    with pytest.raises(KeyRefusedError):  # what another person was asked
        owner.answer(owner.key.signed(other.asked()))
    with island.acting("108") as act:
        options = keys.question(act, session(act), HERE)
    assert options
    with pytest.raises(KeyRefusedError):  # only that its owner is here, which shows nothing for this act
        owner.answer(owner.key.signed(options))
    signed = owner.key.signed(owner.asked())
    island.listed("Red Anchor", lon=-29.8)
    island.published()
    with pytest.raises(KeyRefusedError):  # another edition
        owner.answer(signed, number=2)
    with island.reading("108") as act:
        assert acknowledged.mine(act) == ()
    assert owner.answer(owner.key.signed(owner.asked(number=2)), number=2).strength is Strength.WEBAUTHN


def test_what_a_key_signed_serves_once(island: World) -> None:
    owner = Owner(island, "108")
    signed = owner.key.signed(owner.asked())
    owner.answer(signed)
    with island.acting("108") as act:
        acknowledging.withdraw(act, MISSION, 1, "too quick")
    with pytest.raises(KeyRefusedError):
        owner.answer(signed)
    with island.reading("108") as act:
        assert [one.state for one in acknowledged.mine(act)] == ["withdrawn", "acknowledged"]


# ---- refused and withdrawn -------------------------------------------------------------------------------------------


def test_who_refuses_or_withdraws_is_outstanding_and_shown_as_such(island: World) -> None:
    with island.acting("105") as act:
        campaign = campaigns.distribute(act, MISSION)
    with island.acting("108") as act:
        acknowledging.refuse(act, MISSION, 1, sha_of(act), "en", reason="CONSCIENCE")
    acknowledge(island, "110")
    with island.acting("110") as act:
        acknowledging.withdraw(act, MISSION, 1, "SECOND THOUGHTS")
    with island.acting("100") as act:
        postings.move(act, "105", unit="Engineers", sector=None)  # a manager reads the names of the own unit
    with island.reading("105") as act:
        status = campaigns.status(act, campaign.campaign_id)
        whole = reduce(add, completion.tallies(act, status.campaign).values())
    told = status.as_text()
    assert "still missing: 108  Stan Field (refused)" in told
    assert "still missing: 110  Kon Tract (withdrawn)" in told
    assert whole.outstanding == len(campaign.recipients)
    assert status.as_json()["own_unit"]["declined"] == {"108": "refused", "110": "withdrawn"}
    # The reasons are in no leaf and in no status.
    everything = told + json.dumps(status.as_json()) + json.dumps(island.leaves())
    assert "CONSCIENCE" not in everything
    assert "SECOND THOUGHTS" not in everything
    assert island.tags()[-4:-1] == ["acknowledgement:refused", "acknowledgement:recorded", "acknowledgement:withdrawn"]
    with island.reading("108") as act:
        assert standings.mine(act, MISSION) == 1
        assert [one.reason for one in acknowledged.mine(act)] == ["CONSCIENCE"]


def test_a_refusal_is_no_way_round_an_acknowledgement_nor_the_other_way(island: World) -> None:
    acknowledge(island)
    with pytest.raises(RefusedError, match="withdraw that first"), island.acting("108") as act:
        acknowledging.refuse(act, MISSION, 1, sha_of(act), "en")
    with pytest.raises(InputError), island.acting("108") as act:
        acknowledging.withdraw(act, MISSION, 1, " ")
    with island.acting("108") as act:
        acknowledging.withdraw(act, MISSION, 1, "not read")
    with pytest.raises(AbsentError), island.acting("108") as act:
        acknowledging.withdraw(act, MISSION, 1, "again")
    with island.acting("108") as act:
        acknowledging.refuse(act, MISSION, 1, sha_of(act), "en")
    before = island.tags()
    with island.acting("108") as act:
        acknowledging.refuse(act, MISSION, 1, sha_of(act), "en")
    assert island.tags() == before
    assert acknowledge(island).counts
    assert island.whole()


# ---- entered by another ----------------------------------------------------------------------------------------------

PAPER = Entry(number=1, channel=Channel.PAPER, state=AcknowledgementState.ACKNOWLEDGED, language="fr")
ORAL = replace(PAPER, channel=Channel.ORAL, language="dyu", explained_by="101")


def enter(world: World, entry: Entry, who: str = "108", by: str = "105") -> Acknowledgement:
    with world.acting(by) as act:
        return entering.enter(act, MISSION, who, entry)


def test_what_was_explained_by_word_of_mouth_says_by_whom_and_in_which_language(island: World) -> None:
    made = enter(island, ORAL)
    assert (made.channel, made.strength, made.entered_by) == (Channel.ORAL, Strength.ORAL, "p_105")
    assert made.explained_by == "p_101"
    assert (made.language, made.source_sha256) == ("dyu", made.statement_sha256)
    assert made.unit == "Engineers"
    assert enter(island, ORAL) == made
    row = here(island, receipt(island)).record.row
    assert (row["language"], row["explained_by"]) == ("dyu", "p_101")


def test_nobody_explains_it_to_themselves_and_a_stranger_explains_nothing(island: World) -> None:
    for nobody in (None, "", "108"):
        with pytest.raises(NoExplainerError, match="explained by another person"):
            enter(island, replace(ORAL, explained_by=nobody))
    for stranger in ("201", "999"):
        with pytest.raises(AbsentError):
            enter(island, replace(ORAL, explained_by=stranger))
    assert island.tags()[-1] == "act:refused"
    assert enter(island, replace(ORAL, explained_by="105")).explained_by == "p_105"  # who enters it may have explained


def test_paper_counts_for_its_day_and_for_none_that_cannot_be(island: World) -> None:
    issued = island.clock.now.date()
    island.clock.later(days=3)
    day = issued + timedelta(days=2)
    for wrong in (issued - timedelta(days=1), issued + timedelta(days=9)):
        with pytest.raises(InputError, match="before edition 1 came out, or not yet"):
            enter(island, replace(PAPER, on=wrong))
    assert enter(island, replace(PAPER, on=day)).acknowledged_at.date() == day
    assert enter(island, replace(ORAL, on=day), "110").acknowledged_at.date() == day  # as a sheet says it


def test_a_clerk_enters_neither_their_own_nor_withdraws_what_people_said_themselves(island: World) -> None:
    with pytest.raises(RefusedError, match="cannot enter your own"):
        enter(island, ORAL, "105")
    with pytest.raises(AbsentError):
        enter(island, ORAL, "201")  # of another mission
    with pytest.raises(AbsentError):
        enter(island, ORAL, by="108")
    acknowledge(island)
    withdrawal = replace(PAPER, state=AcknowledgementState.WITHDRAWN, reason="wrong row")
    with pytest.raises(RefusedError, match="only they can withdraw"):
        enter(island, withdrawal)
    enter(island, PAPER, "110")
    island.clock.later(minutes=1)
    assert enter(island, withdrawal, "110").state is AcknowledgementState.WITHDRAWN
    with pytest.raises(RefusedError, match="They said otherwise"):  # the same paper does not undo it
        enter(island, replace(PAPER, on=island.clock.now.date() - timedelta(days=0), state=PAPER.state), "110", "105")
