"""Reminders go from the person to the manager to the head, each step once, however often the timer runs."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.campaign import Campaign, CampaignKind, Rung, latest_step, steps
from geo_offlimits.domain.mail import MailKind
from geo_offlimits.domain.people import NotPermittedError, PersonnelCategory, Role, RoleGrant
from geo_offlimits.errors import AbsentError, InputError, RefusedError
from geo_offlimits.formats.conduct import POINTS
from geo_offlimits.services import campaigns, escalating, inductions, leave, newcomers, outbox, people, standings
from geo_offlimits.services.escalating import Taken
from tests.mail_server import Handler
from tests.services.conftest import MISSION, START, World
from tests.services.mailing import ADDRESSES, on_either_store, sent
from tests.services.test_asking import acknowledge, opened, owing, published, set_to, status

DUE = date(2026, 3, 16)


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def asking(world: World) -> Campaign:
    """A campaign of 2 March, due on 16 March, whose mail waits."""
    set_to(world, smtp_host="127.0.0.1")
    world.listed("Blue Lantern")
    return opened(published(world))


def on(world: World, day: date) -> Taken:
    """The timer, at noon of a day."""
    world.clock.now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    with world.acting(None) as act:
        return escalating.run(act, MISSION)


def subjects(handler: Handler) -> Counter[tuple[str, str]]:
    """Who got what, and forgets it."""
    found = Counter((one.recipient, str(one.message["Subject"])) for one in handler.taken)
    handler.taken.clear()
    return found


def reminded(handler: Handler) -> set[str]:
    return {who for who, subject in subjects(handler) if subject.startswith("Reminder")}


def body(handler: Handler, address: str) -> str:
    [taken] = [one for one in handler.taken if one.recipient == address]
    part = taken.message.get_body(("plain",))
    assert part
    return str(part.get_content())


@on_either_store
def test_each_step_is_taken_once_by_whom_it_concerns(
    world: World, asking: Campaign, handler: Handler, port: int
) -> None:
    sent(world, port)
    assert {who for who, _ in subjects(handler)} == ADDRESSES
    acknowledge(world, *(str(number) for number in range(100, 107)))
    assert on(world, DUE - timedelta(days=4)).nothing
    first = on(world, DUE - timedelta(days=3))
    assert first.queued == {MailKind.REMINDER: 3, MailKind.LIST: 0, MailKind.COUNTS: 0}
    assert on(world, DUE - timedelta(days=3)).nothing
    sent(world, port)
    assert reminded(handler) == {"p107@pela.example", "p108@pela.example", "p109@pela.example"}
    acknowledge(world, "107")
    assert on(world, DUE + timedelta(days=1)).queued[MailKind.REMINDER] == 2
    assert on(world, DUE + timedelta(days=2)).queued == {MailKind.REMINDER: 0, MailKind.LIST: 0, MailKind.COUNTS: 1}
    handler.taken.clear()
    sent(world, port)
    told = body(handler, "p101@pela.example")  # a head: no unit of these has a manager of its own
    assert "Engineers: fewer than 5 – without a manager of its own" in told
    assert "Let your administrator give somebody of it the role" in told
    assert not [name for name in ("Stan Field", "Kon Tract", "Blue Lantern") if name in told]
    handler.taken.clear()
    assert on(world, DUE + timedelta(days=7)).queued == {MailKind.REMINDER: 0, MailKind.LIST: 0, MailKind.COUNTS: 1}
    sent(world, port)
    counts = body(handler, "p101@pela.example")
    assert "Engineers: fewer than 5" in counts
    assert "Stan Field" not in counts
    for days in range(8, 40):
        assert on(world, DUE + timedelta(days=days)).nothing
    leaves = [leaf for leaf in world.leaves() if leaf["tag"] == AuditTag.CAMPAIGN_REMINDED]
    assert len(status(world, asking)["outstanding"]) == 3
    assert [leaf["actor"] for leaf in leaves] == [None] * 4
    assert world.whole()


def test_a_step_that_nobody_ran_on_its_day_is_taken_by_the_next_run_and_an_earlier_one_of_its_rung_is_not(
    world: World, asking: Campaign
) -> None:
    del asking
    late = on(world, DUE + timedelta(days=30))
    assert late.queued == {MailKind.REMINDER: 10, MailKind.LIST: 1, MailKind.COUNTS: 2}
    assert on(world, DUE + timedelta(days=31)).nothing


def test_each_manager_is_told_their_own_unit_by_name_and_a_unit_without_one_is_told_to_the_heads_by_count(
    world: World, asking: Campaign, handler: Handler, port: int
) -> None:
    del asking
    with world.acting("100") as act:
        people.grant_role(act, "108", RoleGrant(role=Role.MANAGER, mission=MISSION))
    on(world, DUE + timedelta(days=2))
    sent(world, port)
    lists = {who for who, subject in subjects_kept(handler) if "who has not acknowledged" in subject}
    assert lists == {"p101@pela.example", "p105@pela.example", "p108@pela.example"}
    told = [one for one in handler.taken if "who has not" in str(one.message["Subject"])]
    own = {one.recipient: str(one.message.get_body(("plain",)).get_content()) for one in told}  # type: ignore[union-attr]
    assert "Kon Tract" in own["p108@pela.example"]
    assert not [name for name in ("Petra Oll", "Ilsa Brand") if name in own["p108@pela.example"]]
    assert "Ilsa Brand" in own["p105@pela.example"]
    assert not [name for name in ("Petra Oll", "Kon Tract") if name in own["p105@pela.example"]]
    assert not [name for name in ("Petra Oll", "Kon Tract", "Engineers") if name in own["p101@pela.example"]]
    assert "without a manager of its own" in own["p101@pela.example"]


def subjects_kept(handler: Handler) -> list[tuple[str, str]]:
    return [(one.recipient, str(one.message["Subject"])) for one in handler.taken]


def test_who_has_acknowledged_when_it_is_sent_is_left_alone_and_so_is_their_manager(
    world: World, asking: Campaign, handler: Handler, port: int
) -> None:
    del asking
    sent(world, port)
    on(world, DUE + timedelta(days=7))
    acknowledge(world, *(str(number) for number in range(100, 111)))
    handler.taken.clear()
    assert sent(world, port).sent == 0
    assert handler.taken == []


def test_steps_go_on_in_a_campaign_that_takes_the_place_of_another(
    world: World, asking: Campaign, handler: Handler, port: int
) -> None:
    sent(world, port)
    on(world, DUE - timedelta(days=3))
    sent(world, port)
    handler.taken.clear()
    world.listed("Red Door", lon=-29.8)
    second = opened(published(world))
    assert {one.due for one in second.recipients} == {asking.deadline}
    assert on(world, DUE - timedelta(days=2)).nothing
    on(world, DUE + timedelta(days=2))
    sent(world, port)
    told = Counter(subject for _, subject in subjects(handler))
    assert (
        told["PELA: who has not acknowledged the list of off-limits premises"] == 2
    )  # to the manager of one unit, and to the head of those without
    assert told["Reminder – PELA: list of off-limits premises, edition 2"] == 10


def test_a_step_whose_campaign_ended_before_it_was_sent_is_taken_in_the_next(
    world: World, asking: Campaign, handler: Handler, port: int
) -> None:
    del asking
    on(world, DUE + timedelta(days=7))
    world.listed("Red Door", lon=-29.8)
    published(world)
    assert on(world, DUE + timedelta(days=7)).queued[MailKind.COUNTS] == 2
    sent(world, port)
    assert Counter(subject for _, subject in subjects(handler) if "who has not" in subject).total() == 2


@on_either_store
def test_who_is_on_leave_is_neither_reminded_nor_overdue_and_gets_what_they_missed_when_they_are_back(
    world: World, asking: Campaign, handler: Handler, port: int
) -> None:
    with world.acting("105") as act:
        leave.enter(act, "108", START.date(), date(2026, 3, 20))
    sent(world, port)
    assert {who for who, _ in subjects(handler)} == ADDRESSES - {"p108@pela.example"}
    on(world, DUE + timedelta(days=2))
    sent(world, port)
    assert "p108@pela.example" not in reminded(handler)
    found = status(world, asking)
    assert found["paused"] == {"108"}
    assert "108" not in found["overdue"] | found["outstanding"]
    on(world, date(2026, 3, 21))
    sent(world, port)
    assert [who for who, _ in subjects(handler)] == ["p108@pela.example"]
    found = status(world, asking)
    assert "108" in found["outstanding"] - found["overdue"]
    assert on(world, date(2026, 4, 3)).queued[MailKind.REMINDER] == 1  # as long as everybody had: until 4 April
    world.clock.later(days=3)
    assert "108" in status(world, asking)["overdue"]
    assert world.tags().count("leave:entered") == 1


def test_leave_is_taken_back_and_what_waited_for_it_leaves(
    world: World, asking: Campaign, handler: Handler, port: int
) -> None:
    del asking
    with world.acting("105") as act:
        first = leave.enter(act, "108", START.date(), date(2026, 3, 20))
        again = leave.enter(act, "108", START.date(), date(2026, 3, 25))
    assert again.leave_id == first.leave_id
    sent(world, port)
    handler.taken.clear()
    world.clock.later(days=1)
    with world.acting("105") as act:
        leave.take_back(act, "108")
    sent(world, port)
    assert [who for who, _ in subjects(handler)] == ["p108@pela.example"]
    with pytest.raises(RefusedError, match="not on leave"), world.acting("105") as act:
        leave.take_back(act, "108")
    with pytest.raises(RefusedError, match="of their own"), world.acting("105") as act:
        leave.enter(act, "105", START.date(), date(2026, 3, 25))
    with pytest.raises(InputError, match="first and a last"), world.acting("105") as act:
        leave.enter(act, "108", None, date(2026, 3, 25))
    for number in ("108", "101", "103"):
        with pytest.raises((NotPermittedError, AbsentError)), world.acting(number) as act:
            leave.enter(act, "109", START.date(), date(2026, 3, 25))


def test_who_departs_is_not_counted_and_gets_nothing(
    world: World, asking: Campaign, handler: Handler, port: int
) -> None:
    with world.acting("100") as act:
        people.depart(act, "108")
    world.clock.later(minutes=1)
    sent(world, port)
    on(world, DUE + timedelta(days=1))
    sent(world, port)
    assert "p108@pela.example" not in {who for who, _ in subjects(handler)}
    assert "108" not in set().union(*status(world, asking).values())


def newcomer(world: World, number: str, **facts: Any) -> None:
    with world.acting("100") as act:
        person = people.new(
            number=number,
            name=f"New {number}",
            unit="Ships",
            category=PersonnelCategory.MILITARY,
            mission=MISSION,
            email=f"{number.lower()}@pela.example",
            **facts,
        )
        people.add_person(act, person, (RoleGrant(role=Role.STAFF, mission=MISSION),))


@on_either_store
def test_who_comes_into_service_later_gets_the_list_and_the_standards_once_on_their_first_day(
    world: World, asking: Campaign, handler: Handler, port: int
) -> None:
    sent(world, port)
    handler.taken.clear()
    world.clock.later(days=2)
    newcomer(world, "N-1")
    taken = on(world, date(2026, 3, 5))
    assert (taken.greeted, taken.asked) == (1, ())
    assert on(world, date(2026, 3, 5)).nothing
    sent(world, port)
    text = body(handler, "n-1@pela.example")
    assert all(point in text for point in POINTS)
    assert "ST/SGB/2003/13" in text
    assert "Do so by 19 March 2026" in text
    assert status(world, asking)["outstanding"] >= {"N-1"}
    leaf = next(leaf for leaf in reversed(world.leaves()) if leaf["tag"] == "campaign:joined")
    assert (leaf["subject"], leaf["facts"]) == (asking.campaign_id, {"recipients": 1})
    with world.reading("N-1") as act:
        assert standings.mine(act, MISSION) == 1
    assert world.whole()


def test_where_no_campaign_is_open_one_for_newcomers_opens_and_the_next_newcomer_joins_it(
    world: World, asking: Campaign
) -> None:
    with world.acting("105") as act:
        campaigns.close(act, asking.campaign_id)
    world.clock.later(days=1)
    newcomer(world, "N-1")
    assert on(world, date(2026, 3, 4)).greeted == 1
    newcomer(world, "N-2")
    assert on(world, date(2026, 3, 5)).greeted == 1
    with world.reading("105") as act:
        [newest, _] = campaigns.headers(act, MISSION)
        assert newest.audience == newcomers.NEWCOMERS
        newly = act.tx.campaigns.get(newest.campaign_id)
    assert newly
    assert status(world, newly)["outstanding"] == {"N-1", "N-2"}
    assert owing(world) == set()


def test_a_mission_that_never_distributed_anything_greets_nobody(world: World) -> None:
    world.listed("Blue Lantern")
    world.published()
    newcomer(world, "N-1")
    assert on(world, date(2026, 3, 4)).nothing


def test_what_a_standing_order_held_back_is_asked_by_the_timer_once_its_day_has_come(
    world: World, asking: Campaign
) -> None:
    set_to(world, ask_every_days=10)
    acknowledge(world, *(str(number) for number in range(100, 111)))
    world.listed("Red Door", lon=-29.8)
    held = opened(published(world))
    assert held.kind is CampaignKind.INFORMS
    assert on(world, date(2026, 3, 11)).asked == ()
    [opened_now] = on(world, date(2026, 3, 12)).asked
    assert on(world, date(2026, 3, 13)).asked == ()
    assert owing(world) == {str(number) for number in range(100, 111)}
    with world.reading("105") as act:
        [newest, older, _] = campaigns.headers(act, MISSION)
    assert (newest.campaign_id, newest.opened_by, newest.kind) == (opened_now, "p_101", CampaignKind.ASKS)
    assert older.closed_at
    assert asking.campaign_id != held.campaign_id


def test_reminding_by_hand_takes_the_permission_to_distribute_and_happens_once_a_day(
    world: World, asking: Campaign
) -> None:
    for number, count in (("105", 10), ("101", 0)):
        with world.acting(number) as act:
            assert escalating.remind(act, asking.campaign_id) == count
    world.clock.later(days=1)
    with world.acting("105") as act:
        assert escalating.remind(act, asking.campaign_id) == 10
    for number in ("108", "103"):
        with pytest.raises(NotPermittedError), world.acting(number) as act:
            escalating.remind(act, asking.campaign_id)
    set_to(world, smtp_host="")
    with pytest.raises(RefusedError, match="No mail server is set"), world.acting("105") as act:
        escalating.remind(act, asking.campaign_id)
    with world.acting("105") as act:
        campaigns.close(act, asking.campaign_id)
    with pytest.raises(RefusedError, match="is closed"), world.acting("105") as act:
        escalating.remind(act, asking.campaign_id)


def test_an_induction_says_when_in_which_language_and_by_whom(world: World, asking: Campaign) -> None:
    del asking
    with world.acting("105") as act:
        waiting = inductions.awaiting(act, MISSION)
        assert [one.number for one in waiting.own] == ["101", "102", "105"]  # of Headquarters, as 105 is
        made = inductions.record_induction(act, MISSION, "108", day=START.date(), language="fr-CA", briefed_by="106")
        assert inductions.awaiting(act, MISSION).elsewhere == waiting.elsewhere - 1 > 0
    assert (made.language, made.briefed_by, made.entered_by) == ("fr", "p_106", "p_105")
    assert world.leaves()[-1]["facts"]["text_sha256"] == made.text_sha256
    with world.acting("105") as act:
        inductions.record_induction(act, MISSION, "101", day=None, language="en")
        assert [one.number for one in inductions.awaiting(act, MISSION).own] == ["102", "105"]
    for who, briefed_by in (("105", None), ("108", "108")):
        with pytest.raises(RefusedError, match="Nobody briefs themselves"), world.acting("105") as act:
            inductions.record_induction(act, MISSION, who, day=None, language="en", briefed_by=briefed_by)
    with pytest.raises(InputError, match="still to come"), world.acting("105") as act:
        inductions.record_induction(act, MISSION, "109", day=date(2027, 1, 1), language="en")
    with pytest.raises(InputError, match="not here in sw"), world.acting("105") as act:
        inductions.record_induction(act, MISSION, "109", day=None, language="sw")
    with pytest.raises(AbsentError), world.acting("105") as act:
        inductions.record_induction(act, MISSION, "201", day=None, language="en")
    for number in ("108", "101", "103"):
        with pytest.raises(NotPermittedError), world.acting(number) as act:
            inductions.record_induction(act, MISSION, "109", day=None, language="en")
    assert world.whole()


def test_the_setting_of_the_steps_is_read_and_what_it_does_not_say_is_refused() -> None:
    read = steps("head +7, person -3,person 1 , manager+2")
    assert [one.name for one in read] == ["person-3", "person+1", "manager+2", "head+7"]
    assert steps("") == ()
    assert latest_step(read, Rung.PERSON, DUE, DUE) == read[0]
    assert latest_step(read, Rung.PERSON, DUE, DUE + timedelta(days=1)) == read[1]
    assert latest_step(read, Rung.HEAD, DUE, DUE + timedelta(days=6)) is None
    for wrong in ("persons 3", "person", "head 7 manager 2", "person 3.5"):
        with pytest.raises(InputError, match="campaign_steps cannot be read"):
            steps(wrong)


def test_what_no_mail_server_is_set_for_is_not_queued(world: World, asking: Campaign) -> None:
    set_to(world, smtp_host="")
    with world.acting("105") as act:
        assert outbox.of_campaign(act, asking.campaign_id).queued == 10
    assert on(world, DUE + timedelta(days=9)).queued == {}
