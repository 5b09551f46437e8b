"""Sending to a real mail server: everybody once, whatever the server does and whenever a sender dies."""

import random
import threading
import zlib
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.campaign import Campaign
from geo_offlimits.domain.mail import MailState, Message, Outcome
from geo_offlimits.domain.people import Person, PersonnelCategory, Role, RoleGrant
from geo_offlimits.errors import RefusedError
from geo_offlimits.services import escalating, outbox, sending
from geo_offlimits.services.sending import Run
from tests.mail_server import GONE, Handler, served
from tests.services.conftest import MISSION, World
from tests.services.mailing import (
    ADDRESSES,
    on_either_store,
    opened,
    postman,
    refuse_wrong_counts,
    run_out,
    sent,
    standing,
)


@pytest.fixture
def backend() -> str:
    return "sqlite"


def test_a_server_that_is_closing_ends_the_run_after_three_and_nobody_is_left_out(
    world: World, campaign: Campaign, handler: Handler, port: int
) -> None:
    handler.at_rcpt = lambda _address: "421 4.3.2 going down"
    run = sent(world, port)
    assert (run.sent, run.deferred) == (0, 3)
    assert "does not finish what it begins" in run.stopped
    handler.at_rcpt = lambda _address: None
    run_out(world, port)
    refuse_wrong_counts(handler.recipients, ADDRESSES)
    assert standing(world, campaign).counts == {MailState.SENT: 10}


def test_a_recipient_who_is_refused_has_failed_at_once_and_the_others_get_theirs(
    world: World, campaign: Campaign, handler: Handler, port: int
) -> None:
    handler.at_rcpt = lambda address: "550 5.1.1 no p103@pela.example here" if address.startswith("p103") else None
    handler.at_data = lambda address: "552 5.2.2 mailbox full" if address.startswith("p104") else None
    run = sent(world, port)
    assert (run.sent, run.failed) == (8, 2)
    found = standing(world, campaign, "Police")
    assert [(one.number, answer) for one, answer in found.failed] == [("103", "550 5.1.1"), ("104", "552 5.2.2")]
    assert "failed: 103  Orla Venn (550 5.1.1)" in found.as_text()
    other = standing(world, campaign)
    assert (other.failed, other.failed_in_all, "Orla" in other.as_text()) == ((), 2, False)
    world.clock.later(days=1)
    assert sent(world, port).sent == 0
    refuse_wrong_counts(handler.recipients, ADDRESSES - {"p103@pela.example", "p104@pela.example"})


@on_either_store
def test_who_is_deferred_is_tried_again_and_not_before_it_is_time(
    world: World, campaign: Campaign, handler: Handler, port: int
) -> None:
    handler.at_rcpt = lambda address: "451 4.7.1 later" if handler.tried[address] < 3 else None
    assert (sent(world, port).deferred, len(handler.taken)) == (10, 0)
    world.clock.later(seconds=30)
    assert sent(world, port) == Run()
    world.clock.later(seconds=60)
    assert sent(world, port).deferred == 10
    world.clock.later(seconds=60)
    assert sent(world, port) == Run()
    world.clock.later(minutes=2)
    assert sent(world, port).sent == 10
    refuse_wrong_counts(handler.recipients, ADDRESSES)
    assert standing(world, campaign).counts == {MailState.SENT: 10}


def test_who_is_deferred_for_ever_has_failed_in_the_end(
    world: World, campaign: Campaign, handler: Handler, port: int
) -> None:
    handler.at_rcpt = lambda address: "451 4.2.1 busy" if address.startswith("p103") else None
    runs = run_out(world, port)
    most = world.wiring.settings.mail_attempts
    assert len(runs) == handler.tried["p103@pela.example"] == most
    assert [(one.number, answer) for one, answer in standing(world, campaign, "Police").failed] == [
        ("103", "451 4.2.1")
    ]
    assert runs[-1].failed == 1
    refuse_wrong_counts(handler.recipients, ADDRESSES - {"p103@pela.example"})


def test_a_server_that_hangs_ends_the_run_after_three_and_nobody_is_left_out(
    world: World, campaign: Campaign, handler: Handler, port: int
) -> None:
    handler.hang_s = 2
    run = sent(world, port, within_s=0.4)
    assert (run.sent, run.deferred) == (0, 3)
    assert "does not finish what it begins" in run.stopped
    assert standing(world, campaign).counts == {MailState.WAITING: 10}
    handler.hang_s = 0
    run_out(world, port)
    refuse_wrong_counts(handler.recipients, ADDRESSES)


@pytest.mark.parametrize("where", ["rcpt", "data"])
def test_a_connection_that_dies_at_each_message_costs_nobody_theirs(
    world: World, campaign: Campaign, handler: Handler, port: int, where: str
) -> None:
    def once(address: str) -> str | None:
        return GONE if handler.tried[address] == 1 and int(address[3]) % 3 == 0 else None

    setattr(handler, f"at_{where}", once)
    run = sent(world, port)
    assert (run.sent, run.deferred, run.stopped) == (6, 4, "")
    world.clock.later(minutes=2)
    assert sent(world, port).sent == 4
    refuse_wrong_counts(handler.recipients, ADDRESSES)
    assert standing(world, campaign).counts == {MailState.SENT: 10}


def test_a_server_that_is_gone_after_some_messages_ends_the_run_and_the_next_one_goes_on(
    world: World, campaign: Campaign, handler: Handler
) -> None:
    with served(handler) as port:
        stop = threading.Event()

        def after_four(run: Run) -> None:
            if run.sent == 4:
                stop.set()
                handler.at_mail = lambda _sender: "421 4.3.2 going down"

        run = sending.send(world.wiring, postman(port), progress=after_four)
    assert stop.is_set()
    assert (run.sent, run.deferred) == (4, 0)
    assert "takes no mail from list@pela.example (421 4.3.2)" in run.stopped
    assert standing(world, campaign).counts == {MailState.SENT: 4, MailState.WAITING: 6}
    gone = sent(world, port)
    assert (gone.sent, gone.deferred) == (0, 0)
    assert "does not answer (ConnectionRefusedError)" in gone.stopped
    with world.reading(None) as act:
        waits = act.tx.outbox.due(act.now)
        assert waits
        assert waits.attempts == 0  # nobody's attempt
    handler.at_mail = lambda _sender: None
    with served(handler) as port:
        assert sent(world, port).sent == 6
    refuse_wrong_counts(handler.recipients, ADDRESSES)


class Dies(BaseException):
    """The process ends here, as at `kill -9`."""


def dying(world: World, port: int, after: int, *, entered: bool = False) -> None:
    """A run that ends once so many messages have left, before the last of them is entered or after it."""
    left = 0
    whose = postman(port)
    deliver = whose.deliver

    def delivering(draft: Any) -> Outcome:
        nonlocal left
        outcome = deliver(draft)
        left += 1
        if left == after and not entered:
            raise Dies
        return outcome

    def progress(run: Run) -> None:
        if entered and run.sent == after:
            raise Dies

    whose.deliver = delivering  # type: ignore[method-assign]
    with pytest.raises(Dies):
        sending.send(world.wiring, whose, progress=progress)


@on_either_store
def test_a_sender_that_dies_costs_one_duplicate_at_most_and_nobody_waits_for_it(
    world: World, campaign: Campaign, handler: Handler, port: int
) -> None:
    dying(world, port, 3)
    dying(world, port, 2, entered=True)
    run = sent(world, port)
    assert run.sent == 6
    refuse_wrong_counts(handler.recipients, ADDRESSES, crashes=1)
    [(twice, _)] = [one for one in handler.recipients.items() if one[1] == 2]
    same = {one.message["Message-ID"] for one in handler.taken if one.recipient == twice}
    assert len(same) == 1
    assert len({one.message["Message-ID"] for one in handler.taken}) == 10
    assert standing(world, campaign).counts == {MailState.SENT: 10}


@pytest.mark.parametrize("fault", ["nothing is entered", "what is claimed counts as sent"])
def test_an_outbox_without_its_guard_is_found_out(  # noqa: PLR0917  (fixtures)
    world: World, campaign: Campaign, handler: Handler, port: int, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    del campaign
    if fault == "nothing is entered":
        monkeypatch.setattr(outbox, "enter", lambda _act, message, _outcome: replace(message, state=MailState.SENT))
    else:
        claimed = Message.claimed
        monkeypatch.setattr(
            Message, "claimed", lambda self, now: replace(claimed(self, now), state=MailState.SENT, sent_at=now)
        )
        monkeypatch.setattr(outbox, "enter", lambda _act, message, _outcome: message)
    for after in (2, 3):
        dying(world, port, after) if fault == "nothing is entered" else interrupted(world, after)
    monkeypatch.undo()
    sent(world, port)
    with pytest.raises(AssertionError, match=r"left out|duplicates"):
        refuse_wrong_counts(handler.recipients, ADDRESSES, crashes=2)


def interrupted(world: World, claims: int) -> None:
    """A sender that dies between claiming and sending."""
    for _ in range(claims):
        with world.acting(None) as act:
            assert outbox.claim(act)


def test_a_second_sender_is_refused_while_one_sends(
    world: World, campaign: Campaign, handler: Handler, port: int
) -> None:
    refused: list[str] = []

    def second(run: Run) -> None:
        if run.sent == 1:
            with pytest.raises(RefusedError, match="Another process is sending mail"):
                sent(world, port)
            refused.append("yes")

    sending.send(world.wiring, postman(port), progress=second)
    assert refused == ["yes"]
    refuse_wrong_counts(handler.recipients, ADDRESSES)
    assert standing(world, campaign).queued == 10


def crew(world: World, count: int) -> set[str]:
    """The addresses of so many people: those of the mission and as many more as it takes."""
    with world.acting("100") as act:
        more = (
            Person(
                person_id=f"c_{number}",
                number=f"C-{number}",
                name=f"Crew {number}",
                unit="Ships",
                category=PersonnelCategory.MILITARY,
                mission=MISSION,
                email=f"c{number}@pela.example",
            )
            for number in range(count - len(ADDRESSES))
        )
        act.tx.people.add_all(more, RoleGrant(role=Role.STAFF, mission=MISSION), act.now)
        act.record(AuditTag.PERSON_ADDED, subject="crew")
        return {one.email for one in act.tx.people.of_mission(MISSION) if one.email}


@dataclass
class AtFault:
    """A server that does at random whatever a server can do wrong; it never takes mail for one in twenty people."""

    handler: Handler
    chance: random.Random
    swallowed: int = 0

    def __post_init__(self) -> None:
        self.handler.early = True
        self.handler.at_rcpt, self.handler.at_data = self.at_rcpt, self.at_data

    @staticmethod
    def never(address: str) -> bool:
        return zlib.crc32(address.encode()) % 20 == 0

    def at_rcpt(self, address: str) -> str | None:
        if self.never(address):
            return "550 5.1.1 nobody"
        answers = (None, "451 4.7.1 later", "452 4.2.2 full", "421 4.3.2 going down", GONE)
        return self.chance.choices(answers, (80, 8, 4, 4, 4))[0]

    def at_data(self, _address: str) -> str | None:
        """What was taken was taken; now and then the sender is not told."""
        answer = self.chance.choices((None, GONE), (95, 5))[0]
        self.swallowed += answer is GONE
        return answer


@pytest.mark.parametrize("count", [200, pytest.param(5000, marks=pytest.mark.deep)])
def test_a_server_that_does_everything_wrong_leaves_nobody_out(
    world: World, handler: Handler, port: int, count: int
) -> None:
    everybody = crew(world, count)
    assert len(everybody) == count
    world.listed("Blue Lantern")
    world.published()
    campaign, server = opened(world), AtFault(handler, random.Random(count))
    runs = run_out(world, port)
    given_up = {address for address in everybody if server.never(address)}
    refuse_wrong_counts(handler.recipients, everybody - given_up, crashes=server.swallowed)
    found = standing(world, campaign)
    assert found.failed_in_all == len(given_up)
    assert found.counts == {MailState.SENT: count - len(given_up), MailState.FAILED: len(given_up)}
    assert server.swallowed > 0 < len(given_up)
    assert sum(run.deferred for run in runs) > count / 10


@pytest.mark.parametrize("count", [200, pytest.param(5000, marks=[pytest.mark.deep, pytest.mark.timeout(900)])])
def test_reminders_and_lists_reach_everybody_whatever_the_server_does_and_whenever_the_timer_runs(
    world: World, handler: Handler, port: int, count: int
) -> None:
    everybody = crew(world, count)
    world.listed("Blue Lantern")
    world.published()
    world.wiring = replace(world.wiring, settings=replace(world.wiring.settings, smtp_host="127.0.0.1"))
    due = (world.clock.now + timedelta(days=3)).date()
    campaign, server = opened(world, due), AtFault(handler, random.Random(count))
    run_out(world, port)
    given_up = {address for address in everybody if server.never(address)}
    refuse_wrong_counts(handler.recipients, everybody - given_up, crashes=server.swallowed)
    handler.taken.clear()
    handler.tried.clear()
    server.swallowed, queued = 0, 0
    world.clock.now = datetime(due.year, due.month, due.day, tzinfo=UTC) + timedelta(days=7, hours=12)
    for _ in range(3):  # the timer runs as it likes, and mail is sent in between
        with world.acting(None) as act:
            queued += sum(escalating.run(act, MISSION).queued.values())
        sent(world, port)
    run_out(world, port)
    assert queued == count + 3
    told = Counter(str(one.message["Subject"]).partition(" ")[0] for one in handler.taken)
    # They get their own reminder, too; the head also what is told of units without a manager.
    answerable = ("p105@pela.example", "p101@pela.example", "p101@pela.example")
    wanted = sum(not server.never(address) for address in (*everybody, *answerable))
    assert set(handler.recipients) == everybody - given_up
    assert told["Reminder"] >= count - len(given_up)
    assert told.total() - wanted <= server.swallowed
    assert standing(world, campaign).counts[MailState.FAILED] == 2 * len(given_up) + sum(map(server.never, answerable))
