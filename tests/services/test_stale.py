"""What weighs most, called in the services themselves by somebody who may and has not shown lately that it is they."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.changes import ChangeKind
from geo_offlimits.domain.designation import StepKind
from geo_offlimits.domain.instants import Period
from geo_offlimits.domain.people import PersonnelCategory, Role, RoleGrant
from geo_offlimits.domain.premises import Subject
from geo_offlimits.domain.proof import Shown, StepUpNeededError
from geo_offlimits.domain.tokens import Purpose
from geo_offlimits.services import (
    account_opening,
    attachments,
    batch,
    changes,
    editions,
    erasing,
    evidence,
    factors,
    history,
    people,
    personnel,
    postings,
    recovery,
    register,
    signing_keys,
    tokens,
)
from geo_offlimits.services.act import Act
from geo_offlimits.services.evidence import Inquiry
from tests.services.conftest import MISSION, World, venue


def elsewhere(one: Subject) -> Subject:
    return replace(one, locality="Elsewhere")


class Place:
    """A listing with a note and a change that waits, one whose lift was proposed, one proposal, one recovery."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.listed = world.listed().designation_id
        with world.acting("103") as act:
            self.draft = register.propose(act, MISSION, *venue("Red Door", -29.8, 10.2)).designation_id
            attachments.add_note(act, self.listed, "seen")
            changes.propose(act, self.listed, ChangeKind.CORRECTED, elsewhere, "slip")
        self.leaving = world.listed("Old Anchor", -29.6, 10.4).designation_id
        with world.acting("103") as act:
            register.propose_lift(act, self.leaving, "closed")
        with world.acting("102") as act:
            self.recovery = recovery.ask(act, "104", "lost").recovery_id

    def gone(self, act: Act, *, asked: bool = False) -> str:
        """Somebody who left eleven years ago; deputy 102 asked that they be erased."""
        past = Period(end=act.now - timedelta(days=4000))
        leaver = replace(self.newcomer(), number="90", service=past)
        act.tx.people.add(leaver, act.now)
        if asked:
            act.tx.erasures.ask("e_1", leaver.person_id, "p_102", "gone", act.now)
        act.tx.audit.append(
            AuditTag.PERSON_ADDED, recorded_at=act.now, actor=None, mission=MISSION, subject=leaver.person_id, facts={}
        )
        return "90"

    def newcomer(self) -> Any:
        return people.new(number="9", name="Nine", unit="Harbour", category=PersonnelCategory.CIVILIAN, mission=MISSION)


STAFF = personnel.read_list(("people.csv", b"number,name,unit,category\n9,Nine,Harbour,civilian\n"))


def told(act: Act) -> str:
    return personnel.report(act, MISSION, STAFF).hash


Call = Callable[[Act, Place], Any]
HEAD, ADMIN, CONDUCT = "101", "100", "106"
WEIGHING: dict[str, tuple[str, Call]] = {
    "add alone": (HEAD, lambda act, _: register.add_alone(act, MISSION, *venue("Far Bar", -29.7, 10.3))),
    "designate": (HEAD, lambda act, at: register.designate(act, at.draft)),
    "reject": (HEAD, lambda act, at: register.decide(act, at.draft, StepKind.REJECTED, "no")),
    "suspend": (HEAD, lambda act, at: register.decide(act, at.listed, StepKind.SUSPENDED, "wrong house")),
    "lift": (HEAD, lambda act, at: register.lift(act, at.leaving, "closed")),
    "review": (HEAD, lambda act, at: register.review(act, at.listed, (act.now + timedelta(days=90)).date(), "seen")),
    "decide together": (
        HEAD,
        lambda act, at: batch.decide(act, MISSION, StepKind.DESIGNATED, {at.draft: history.version(act, at.draft)}),
    ),
    "make a change": (HEAD, lambda act, at: changes.make(act, at.listed)),
    "refuse a change": (HEAD, lambda act, at: changes.refuse(act, at.listed, "no")),
    "publish": (HEAD, lambda act, _: editions.publish(act, act.keyring, MISSION, expires_in=timedelta(days=9))),
    "read evidence": (HEAD, lambda act, at: attachments.read(act, at.listed, 1)),
    "give evidence": (
        CONDUCT,
        lambda act, at: evidence.give(
            act, at.world.wiring.shelf, Inquiry(person="108", at=act.now - timedelta(hours=1), case="1")
        ),
    ),
    "add a person": (ADMIN, lambda act, at: people.add_person(act, at.newcomer())),
    "ask for an erasure": (ADMIN, lambda act, at: erasing.ask(act, at.gone(act), "gone")),
    "agree to an erasure": (ADMIN, lambda act, at: erasing.agree(act, at.gone(act, asked=True))),
    "refuse an erasure": (ADMIN, lambda act, at: erasing.refuse(act, at.gone(act, asked=True))),
    "land a list": (ADMIN, lambda act, _: personnel.commit(act, MISSION, STAFF, personnel.Meant(), told=told(act))),
    "move somebody": (ADMIN, lambda act, _: postings.move(act, "108", unit="Police", sector=None)),
    "open accounts": (ADMIN, lambda act, _: account_opening.issue(act, MISSION)),
    "give a role": (
        ADMIN,
        lambda act, _: people.grant_role(act, "108", RoleGrant(role=Role.OFFICER, mission=MISSION)),
    ),
    "let depart": (ADMIN, lambda act, _: people.depart(act, "108")),
    "give a new passphrase": (ADMIN, lambda act, _: people.reset_passphrase(act, "108")),
    "change the key": (ADMIN, lambda act, _: signing_keys.rotate(act)),
    "revoke a key": (ADMIN, lambda act, _: signing_keys.revoke(act, act.keyring.signing.key_id)),
    "ask for a recovery": (ADMIN, lambda act, _: recovery.ask(act, "102", "lost")),
    "agree to a recovery": (ADMIN, lambda act, at: recovery.agree(act, at.recovery)),
    "refuse a recovery": (ADMIN, lambda act, at: recovery.refuse(act, at.recovery)),
    "issue a token": (HEAD, lambda act, _: tokens.issue(act, MISSION, Purpose.API)),
    "set up another app": (HEAD, lambda act, _: factors.begin_app(act)),
    "take a factor away": (HEAD, lambda act, _: factors.remove(act, "f_1")),
}


@pytest.mark.parametrize("what", WEIGHING)
def test_is_not_done_by_who_has_shown_both_too_long_ago_and_is_by_who_has_now(world: World, what: str) -> None:
    number, call = WEIGHING[what]
    place = Place(world)
    actor, then = world.actor(number), world.clock.now - timedelta(minutes=10, seconds=1)
    both = Shown(passphrase_at=then, factor_at=then)
    for stale in (both, replace(both, passphrase_at=world.clock.now), replace(both, factor_at=world.clock.now)):
        leaves = len(world.leaves())
        with pytest.raises(StepUpNeededError), world.wiring.writing(replace(actor, shown=stale)) as act:
            call(act, place)
        assert len(world.leaves()) == leaves
    if what != "take a factor away":  # there is none of this name
        with world.wiring.writing(actor) as act:
            assert call(act, place) is not Place
