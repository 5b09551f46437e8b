"""Every question "may they?" that a service asks, and that a test notices each one that is taken away.

1. ASKED has, for every function of the services that asks, a call by somebody who may not ("nobody": without a role).
   It is refused, by that very function; a call that only shows less shows nothing.
2. Every question is found in the source. It is answered "yes" for a moment, one at a time, and then what ASKED says of
   its function must be true no more.
"""

import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.changes import ChangeKind
from geo_offlimits.domain.designation import StepKind
from geo_offlimits.domain.flags import FlagKind
from geo_offlimits.domain.instants import Period
from geo_offlimits.domain.mail import MailKind
from geo_offlimits.domain.people import Actor, PersonnelCategory, Role, RoleGrant
from geo_offlimits.domain.position import Position
from geo_offlimits.domain.tokens import Purpose
from geo_offlimits.errors import OfflimitsError
from geo_offlimits.formats.reader import read_rows
from geo_offlimits.services import (
    account_opening,
    acknowledging,
    attachments,
    audit,
    basemaps,
    batch,
    briefing,
    campaign_access,
    campaigns,
    changes,
    completion,
    devices,
    drift,
    duplicates,
    editions,
    entering,
    erasing,
    evidence,
    exports,
    facilities,
    figures,
    flags,
    imports,
    inductions,
    leave,
    lookup,
    missions,
    operators,
    outbox,
    partner_keys,
    partner_signed,
    partners,
    people,
    personnel,
    positions,
    postings,
    quarter,
    recovery,
    register,
    sessions,
    signing_keys,
    tokens,
    waiting_lists,
)
from geo_offlimits.services.act import Act
from geo_offlimits.services.evidence import Inquiry
from geo_offlimits.services.import_parts import LongReport
from geo_offlimits.services.lookup import CheckRequest
from geo_offlimits.services.transcribing import enter, ready
from tests import proving
from tests.web.brought import GYM, KFOR, LIST, NO_ROWS, ORALLY, SIGNED, STAFF
from tests.web.isle import START, listing, mission, territory
from tests.web.questions_asked import QUESTIONS, SERVICES, Site, sites, sites_in

DRAFT, LISTED = "ISLE-0008", "ISLE-0001"


@dataclass
class Scene:
    """One call in a transaction that is rolled back."""

    wiring: Wiring
    act: Act

    def by(self, number: str) -> Act:
        return self.act.by(proving.actor(self.act, f"p-{number}"))

    @property
    def campaign(self) -> str:
        return self.act.tx.campaigns.headers("ISLE")[0].campaign_id

    def known(self, designation_id: str) -> Any:
        return register.known(self.act, designation_id)

    def report(self) -> Any:
        return imports.report(self.by("officer"), "ISLE", read_rows(("list.csv", b"name\nFar Bar\n"), {}))

    def landed(self) -> str:
        return imports.land(self.by("officer"), self.report()).import_id

    def partners_list(self) -> str:
        return enter(officer := self.by("officer"), ready(officer, "ISLE", LIST, KFOR)).edition_id

    def partners_key(self, act: Act) -> Any:
        return partner_keys.enter(act, "KFOR", act.keyring.signing.pem.encode())

    def change(self) -> Any:
        moved = ChangeKind.CORRECTED, lambda subject: replace(subject, locality="Elsewhere")
        return changes.propose(self.by("officer"), LISTED, *moved, "a slip")

    def token_of_who_lost_the_mission(self) -> str:
        soon = Period(start=None, end=self.act.now + timedelta(hours=1))
        people.grant_role(self.by("root"), "staff", RoleGrant(role=Role.STAFF, mission="ROCK", valid=soon))
        return tokens.issue(self.by("staff"), "ROCK", Purpose.API).text

    def asked_recovery(self) -> object:
        return recovery.ask(self.by("head"), "patrol", "lost")

    def asked_erasure(self) -> object:
        """Of patrol, who left; head asked."""
        by, tx = self.by("admin"), self.act.tx
        people.depart(by, "patrol")
        tx.erasures.ask("e_1", "p-patrol", "p-head", "gone", by.now)
        return by.record(AuditTag.ERASURE_ASKED, subject="p-patrol")

    def by_token(self) -> Act:
        """A token's holder may issue one, the token itself may not."""
        return self.act.by(tokens.recognise(self.act, tokens.issue(self.by("staff"), "ISLE", Purpose.API).text).actor)

    def token_of(self, number: str) -> str:
        return tokens.issue(self.by(number), "ISLE", Purpose.API).token.token_id


Call = Callable[[Act, Scene], Any]


def newcomer() -> Any:
    return people.new(number="9", name="Nine", unit="Harbour", category=PersonnelCategory.CIVILIAN, mission="ISLE")


def addition() -> basemaps.Addition:
    return basemaps.Addition(mission="ISLE", file=Path("x.pmtiles"), name="x", folder=Path("nowhere"))


def about(person: str) -> Inquiry:
    return Inquiry(person=person, at=START, case="ISLE/1")


def asked_then() -> CheckRequest:
    return CheckRequest(
        mission="ISLE",
        positions=(Position(lat=10.0, lon=-30.0),),
        radius_m=100.0,
        known_at=START + timedelta(minutes=5),
    )


PLACE = listing("Far Bar", -30.4, 10.4)
ASKED: tuple[tuple[str, str, Call], ...] = (
    ("acknowledging.current", "nobody", lambda act, _: acknowledging.acknowledge(act, "ISLE", 2, "0" * 64, "en")),
    ("acknowledging.withdraw", "nobody", lambda act, _: acknowledging.withdraw(act, "ISLE", 2, "a slip")),
    ("entering.enter", "staff", lambda act, _: entering.enter(act, "ISLE", "patrol", ORALLY)),
    ("attachments.count", "auditor", lambda act, at: attachments.count(act, at.known(LISTED))),
    ("attachments._permitted", "auditor", lambda act, _: attachments.add_note(act, LISTED, "seen")),
    ("audit._require", "nobody", lambda act, _: audit.checkpoint(act)),
    ("basemaps.addition", "nobody", lambda act, _: basemaps.addition(act, Path("x"), "ISLE", Path("x.pmtiles"))),
    ("basemaps.add", "nobody", lambda act, _: basemaps.add(act, addition(), Path("nowhere"))),
    ("basemaps.remove", "nobody", lambda act, _: basemaps.remove(act, Path("x"), "ISLE", "x")),
    ("basemaps.all_of", "nobody", lambda act, _: basemaps.all_of(act, Path("x"), "ISLE")),
    ("batch._may_take", "officer", lambda act, at: batch._may_take(act, at.known(LISTED), StepKind.REVIEWED)),
    ("batch.items", "officer", lambda act, _: batch.items(act, "ISLE", [DRAFT])),
    ("campaign_access.permitted", "nobody", lambda act, at: campaigns.status(act, at.campaign)),
    ("campaign_access.permitted", "staff", lambda act, at: campaigns.status(act, at.campaign)),
    ("campaigns.distribute", "nobody", lambda act, _: campaigns.distribute(act, "ISLE")),
    ("campaigns.headers", "nobody", lambda act, _: campaigns.headers(act, "ISLE")),
    ("campaigns.choices", "nobody", lambda act, _: campaigns.choices(act, "ISLE")),
    ("completion.editions", "nobody", lambda act, _: completion.editions(act, "ISLE")),
    ("quarter.report", "nobody", lambda act, _: quarter.report(act, "ISLE", quarter.quarter("2026Q1"))),
    ("briefing.briefing", "nobody", lambda act, at: briefing.briefing(act, at.wiring.shelf, "ISLE")),
    ("campaign_access.own_unit", "staff", lambda act, _: campaign_access.own_unit(act, "ISLE")),
    ("inductions.awaiting", "nobody", lambda act, _: inductions.awaiting(act, "ISLE")),
    (
        "inductions.record_induction",
        "head",
        lambda act, _: inductions.record_induction(act, "ISLE", "patrol", day=None, language="en"),
    ),
    ("leave._of", "head", lambda act, _: leave.enter(act, "patrol", START.date(), START.date())),
    ("outbox.distribute", "staff", lambda act, at: outbox.distribute(mailed(act, at), "ISLE")),
    ("outbox.mailing", "nobody", lambda act, at: outbox.mailing(mailed(act, at), "ISLE")),
    ("changes.possible", "officer", lambda act, at: changes.possible(roleless(act), at.known(LISTED), at.change())),
    ("changes.possible", "auditor", lambda act, at: changes.possible(act, at.known(LISTED), at.change())),
    ("devices.of_mission", "nobody", lambda act, _: devices.of_mission(act, "ISLE")),
    ("drift.others", "nobody", lambda act, at: drift.others(act, at.wiring.shelf, "ISLE")),
    ("drift.own", "nobody", lambda act, _: drift.own(act, "ISLE")),
    ("duplicates.beside", "nobody", lambda act, _: duplicates.beside(act, "ISLE", PLACE[0])),
    ("editions.preview", "nobody", lambda act, _: editions.preview(act, "ISLE")),
    (
        "editions.publish",
        "nobody",
        lambda act, at: editions.publish(act, at.wiring.keyring, "ISLE", expires_in=timedelta(days=9)),
    ),
    ("editions.headers", "nobody", lambda act, _: editions.headers(act, "ISLE")),
    ("editions.newest", "nobody", lambda act, _: editions.newest(act, "ISLE")),
    ("editions.readable", "staff", lambda act, _: editions.readable(act, "ISLE")[1:]),
    ("evidence._permitted", "head", lambda act, at: evidence.give(act, at.wiring.shelf, about("staff"))),
    ("evidence._permitted", "conduct", lambda act, at: evidence.give(act, at.wiring.shelf, about("stranger"))),
    ("editions.refuse_retired", "staff", lambda act, at: editions.read(act, at.wiring.shelf, "ISLE", 1)),
    ("exports.export", "nobody", lambda act, at: exports.export(act, at.wiring.shelf, at.wiring.keyring, "ISLE")),
    ("exports.link", "nobody", lambda act, at: exports.link(act, at.wiring.shelf, at.wiring.keyring, "ISLE", "")),
    ("facilities.add", "nobody", lambda act, _: facilities.add(act, "ISLE", GYM)),
    ("facilities.retire", "nobody", lambda act, _: facilities.retire(act, "ISLE", "F-1")),
    ("facilities.all_of", "nobody", lambda act, _: facilities.all_of(act, "ISLE")),
    ("figures.figures", "head", lambda act, _: figures.figures(act, "ISLE")),
    (
        "flags.raise_flag",
        "nobody",
        lambda act, at: flags.raise_flag(act, at.wiring.shelf, "ISLE", LISTED, kind=FlagKind.CLOSED),
    ),
    ("flags.settle", "nobody", lambda act, _: flags.settle(act, "ISLE-F0001", "seen")),
    ("flags.settle", "auditor", lambda act, _: flags.settle(act, "ISLE-F0001", "seen")),
    ("flags.open_flags", "nobody", lambda act, _: flags.open_flags(act, "ISLE")),
    ("flags.on", "nobody", lambda act, _: flags.on(act, "ISLE", LISTED)),
    ("imports.report", "nobody", lambda act, _: imports.report(act, "ISLE", read_rows(("list.csv", b"name\nA\n"), {}))),
    ("waiting_lists._bound", "nobody", lambda act, _: waiting_lists.mine(act, "ISLE", "s_00000000")),
    ("import_parts.__init__", "nobody", lambda act, _: LongReport(act, "ISLE", NO_ROWS, name="l.csv", source="l")),
    ("import_landing.land", "nobody", lambda act, at: imports.commit(act, at.report())),
    ("import_landing.remembered", "nobody", lambda act, _: imports.remembered(act, "ISLE", "list")),
    ("import_landing.landed", "nobody", lambda act, _: imports.landed(act, "ISLE")),
    ("import_landing.undo", "nobody", lambda act, at: imports.undo(act, at.landed())),
    ("partners.all_of", "nobody", lambda act, _: partners.all_of(act, "ISLE")),
    ("partners._known", "nobody", lambda act, at: partners.get(act, at.partners_list())),
    ("transcribing.ready", "nobody", lambda act, _: ready(act, "ISLE", LIST, KFOR)),
    ("transcribing.enter", "nobody", lambda act, at: enter(act, ready(at.by("officer"), "ISLE", LIST, KFOR))),
    ("partners.confirm", "auditor", lambda act, at: partners.confirm(act, at.partners_list())),
    ("partners.refuse", "auditor", lambda act, at: partners.refuse(act, at.partners_list(), "no")),
    ("partner_keys.enter", "nobody", lambda act, at: at.partners_key(act)),
    ("partner_keys.withdraw", "nobody", lambda act, _: partner_keys.withdraw(act, "KFOR", "0")),
    ("partner_keys.entered", "nobody", lambda act, _: partner_keys.entered(act)),
    ("partner_keys.trusted", "nobody", lambda act, _: partner_keys.trusted(act, "ISLE", "KFOR")),
    ("partner_signed.verified", "nobody", lambda act, _: partner_signed.verified(act, "ISLE", SIGNED)),
    ("import_landing.undo", "auditor", lambda act, at: imports.undo(act, at.landed())),
    ("lookup._mission", "nobody", lambda act, at: lookup.find(act, at.wiring.shelf, "ISLE", "blue")),
    ("lookup._list", "staff", lambda act, at: lookup.check(act, at.wiring.shelf, asked_then())),
    ("missions._knows", "nobody", lambda act, _: missions.visible(act)),
    ("missions.add_mission", "admin", lambda act, _: missions.add_mission(act, mission("REEF"), territory(-40.0))),
    ("missions._manage", "nobody", lambda act, _: missions.set_territory(act, "ISLE", territory(-30.5))),
    ("people.add_person", "nobody", lambda act, _: people.add_person(act, newcomer())),
    (
        "people.add_person",
        "admin",
        lambda act, _: people.add_person(act, newcomer(), (RoleGrant(role=Role.HEAD, mission="ROCK"),)),
    ),
    (
        "people.grant_role",
        "nobody",
        lambda act, _: people.grant_role(act, "patrol", RoleGrant(role=Role.HEAD, mission="ISLE")),
    ),
    ("personnel.report", "nobody", lambda act, _: personnel.report(act, "ISLE", STAFF)),
    ("personnel.commit", "nobody", lambda act, _: personnel.commit(act, "ISLE", STAFF, personnel.Meant(), told="")),
    ("people.of_mission", "nobody", lambda act, _: people.of_mission(act, "ISLE")),
    ("people.in_mission", "nobody", lambda act, _: people.in_mission(act, "ISLE", "p-patrol").number),
    ("people.managed", "nobody", lambda act, _: people.depart(act, "patrol")),
    ("account_opening.waiting", "nobody", lambda act, _: account_opening.waiting(act, "ISLE")),
    ("account_opening.access", "nobody", lambda act, _: account_opening.access(act, newcomer())),
    ("postings.places", "nobody", lambda act, _: postings.places(act, "ISLE")),
    ("account_opening.issue", "nobody", lambda act, _: account_opening.issue(act, "ISLE")),
    ("erasing.waiting", "officer", lambda act, at: (at.asked_erasure(), erasing.waiting(act))[1]),
    ("erasing._permitted", "officer", lambda act, _: erasing.ask(act, "patrol", "gone")),
    ("positions.territory_of", "nobody", lambda act, _: positions.territory_of(act, "ISLE")),
    ("recovery.waiting", "officer", lambda act, at: (at.asked_recovery(), recovery.waiting(act))[1]),
    ("recovery._permitted", "officer", lambda act, _: recovery.ask(act, "patrol", "lost")),
    ("register.propose", "nobody", lambda act, _: register.propose(act, "ISLE", *PLACE)),
    ("register.add_alone", "officer", lambda act, _: register.add_alone(act, "ISLE", *PLACE)),
    ("register.proposed", "nobody", lambda act, _: register.proposed(act, "ISLE", *PLACE)),
    ("register._is_possible", "auditor", lambda act, at: register.possible(act, at.known(DRAFT))),
    ("register.worklist", "nobody", lambda act, _: register.worklist(act, "ISLE")),
    ("register.all_of", "nobody", lambda act, _: register.all_of(act, "ISLE")),
    ("register.status_at", "nobody", lambda act, _: register.status_at(act, "ISLE", act.now)),
    ("register.permitted", "nobody", lambda act, _: register.show(act, LISTED)),
    ("register.permitted", "auditor", lambda act, _: operators.record(act, LISTED, "Somebody")),
    ("sessions.end_everybodys", "head", lambda act, _: sessions.end_everybodys(act, "ISLE")),
    ("signing_keys.rotate", "admin", lambda act, _: signing_keys.rotate(act)),
    ("signing_keys.revoke", "admin", lambda act, _: signing_keys.revoke(act, act.keyring.signing.key_id)),
    ("signing_keys.to_publish_again", "admin", lambda act, _: signing_keys.to_publish_again(act, "0" * 16)),
    ("tokens.issue", "nobody", lambda _, at: tokens.issue(at.by_token(), "ISLE", Purpose.SYNC)),
    ("tokens.issue", "staff", lambda act, _: tokens.issue(act, "ISLE", Purpose.METRICS)),
    ("tokens.purposes", "nobody", lambda act, _: tokens.purposes(act, "ISLE")),
    ("tokens.of_mission", "nobody", lambda act, _: tokens.of_mission(act, "ISLE")),
    ("tokens.revoke", "staff", lambda act, at: tokens.revoke(act, at.token_of("patrol"))),
    (
        "tokens.recognise",
        "nobody",
        lambda act, at: tokens.recognise(
            replace(act, now=act.now + timedelta(hours=2)), at.token_of_who_lost_the_mission()
        ),
    ),
)


def mailed(act: Act, at: Scene) -> Act:
    """The same act once the campaign that is open is mailed, so that it would be gone on with."""
    act.tx.outbox.add([outbox.message(act, at.act.tx.campaigns.headers("ISLE")[0], "p-staff", MailKind.ANNOUNCEMENT)])
    return act


def roleless(act: Act) -> Act:
    return act.by(replace(act.require_actor(), grants=()))


class UndoneError(Exception):
    """So that nothing of a call is kept."""


def outcome(wiring: Wiring, who: str, call: Call) -> tuple[str, str]:
    """What came of a call: ("refused", the kind and the function that refused), or ("told", what it told)."""
    found = ("", "")
    try:
        with wiring.store.writing() as tx:
            opened = wiring._act(tx, None)
            by = proving.actor(opened, "p-staff" if who == "nobody" else f"p-{who}")
            act = opened.by(replace(by, grants=()) if who == "nobody" else by)
            found = ("told", repr(call(act, Scene(wiring, opened))))
            raise UndoneError  # noqa: TRY301  (leaving the transaction by it undoes what the call did)
    except UndoneError:
        return found
    except OfflimitsError as refusal:
        frames = [one for one in traceback.extract_tb(refusal.__traceback__) if Path(one.filename).parent == SERVICES]
        asking = next(one for one in reversed(frames) if Path(one.filename).stem != "act")
        return "refused", f"{type(refusal).__name__} by {Path(asking.filename).stem}.{asking.name}"
    except OSError as fault:  # the file that it would have touched is not there
        return "told", type(fault).__name__


def is_kept_out(key: str, found: tuple[str, str]) -> bool:
    kind, what = found
    return what.endswith(f" by {key}") if kind == "refused" else what in {"()", "None", "False"}


@pytest.mark.parametrize(("key", "who", "call"), ASKED, ids=[f"{key} by {who}" for key, who, _ in ASKED])
def test_who_may_not_is_kept_out_by_the_service_itself(wiring: Wiring, key: str, who: str, call: Call) -> None:
    assert is_kept_out(key, found := outcome(wiring, who, call)), found


def test_every_question_has_somebody_who_may_not() -> None:
    assert {site.key for site in sites()} == {key for key, _, _ in ASKED}
    assert len(sites()) > 50


@pytest.mark.parametrize("site", sites(), ids=lambda site: f"{site.key}:{site.first}")
def test_a_question_that_is_taken_away_is_missed(wiring: Wiring, monkeypatch: pytest.MonkeyPatch, site: Site) -> None:
    asked = [(who, call) for key, who, call in ASKED if key == site.key]
    before = [outcome(wiring, who, call) for who, call in asked]
    take_away(monkeypatch, site)
    after = [outcome(wiring, who, call) for who, call in asked]
    assert all(is_kept_out(site.key, one) for one in before)
    assert before != after, before


def take_away(monkeypatch: pytest.MonkeyPatch, site: Site) -> None:
    """The question at this place alone is answered with yes."""
    for owner in (Act, Actor):
        for name in QUESTIONS:
            if original := getattr(owner, name, None):
                monkeypatch.setattr(owner, name, answered(original, site))


def answered(original: Callable[..., Any], site: Site) -> Callable[..., Any]:
    def answer(*arguments: Any, **how: Any) -> Any:
        caller = sys._getframe(1)
        here = caller.f_code.co_filename == site.file and site.first <= caller.f_lineno <= site.last
        return True if here else original(*arguments, **how)

    return answer


def test_a_question_is_found_in_the_source_wherever_it_stands() -> None:
    source = "def one(act):\n    if not (act.may(1) or act.may_see(2)):\n        return\n    act.require(\n        3)\n"
    found = list(sites_in(source, "x.py"))
    assert [(one.key, one.first, one.last) for one in found] == [("x.one", 4, 5), ("x.one", 2, 2), ("x.one", 2, 2)]
