"""A sender killed at random moments: nobody is left out, and each kill costs one duplicate at most."""

import random
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from geo_offlimits.bootstrap import wire
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.campaign import Campaign
from geo_offlimits.domain.people import Person, PersonnelCategory
from geo_offlimits.services.act import Act
from geo_offlimits.services.opening import recipient
from geo_offlimits.settings import Settings
from geo_offlimits.store.operational_tables import outbox
from tests.cli.prompt import MISSION
from tests.cli.test_mail import settings
from tests.faults.acts import Installation, words_of
from tests.faults.nursery import Child, Nursery
from tests.mail_server import Handler, served

SIZES = [pytest.param(200, 4, id="quick"), pytest.param(5000, 40, id="deep", marks=pytest.mark.deep)]


def crew(place: Installation, count: int) -> set[str]:
    """So many more people with an address; the addresses of everybody."""
    wiring = wire(Settings(store=f"sqlite:///{place.prompt.store}", data_dir=place.folder / "data"))
    with wiring.writing() as act:
        for number in range(count - 9):
            person = Person(
                person_id=f"c_{number}",
                number=f"C-{number}",
                name=f"Crew {number}",
                unit=f"Ship {number % 7}",
                category=PersonnelCategory.MILITARY,
                mission=MISSION,
                email=f"c{number}@isle.example",
            )
            act.tx.people.add(person, datetime.now(UTC))
        act.record(AuditTag.PERSON_ADDED, subject="crew")
        everybody = {str(one.email) for one in act.tx.people.of_mission(MISSION)}
    wiring.store.close()
    return everybody


class Killer:
    """Kills the sender when the server is asked for the n-th time; then the message counts as taken or does not."""

    def __init__(self, handler: Handler, chance: random.Random) -> None:
        self._handler, self._chance = handler, chance
        self.child: Child | None = None
        self._left = -1
        handler.at_rcpt = handler.at_data = self._asked

    def arm(self, child: Child, messages: int) -> None:
        self._handler.early = self._chance.random() < 0.7
        self.child, self._left = child, self._chance.randint(1, 2 * messages)

    def _asked(self, _recipient: str) -> None:
        self._left -= 1
        if self._left == 0 and self.child:
            self.child.kill()


def begun(nursery: Nursery, place: Installation, port: int, words: list[str]) -> Child:
    return nursery.begin("command", words=words, env=place.env_of("101") | settings(port))


@pytest.mark.parametrize(("count", "kills"), SIZES)
def test_a_sender_killed_at_random_messages_leaves_nobody_out_and_repeats_one_at_most_a_kill(
    nursery: Nursery, settled: dict[str, Installation], count: int, kills: int, tmp_path: Path
) -> None:
    place = settled["publish"].copied(tmp_path / "isle")
    wanted, handler, killed = crew(place, count), Handler(), 0
    killer = Killer(handler, random.Random(count))
    assert len(wanted) == count
    with served(handler) as port:
        words = words_of("distribute", "--channel", "mail", by="101")
        for _ in range(kills):
            child = begun(nursery, place, port, words)
            killer.arm(child, count // kills)
            killed += child.end().killed
            words = words_of("mail", "send")
        killer.child = None
        begun(nursery, place, port, words).end().done()
    taken = Counter(handler.recipients)
    twice = sum(taken.values()) - len(taken)
    sys.stdout.write(f"{count} recipients, {killed} kills, {twice} duplicates\n")
    assert set(taken) == wanted
    assert twice <= killed
    assert killed >= kills / 2, "it was over before anybody came"
    assert place.read(lambda act: act.tx.outbox.waiting(MISSION)[0]) == 0


def overdue(place: Installation, opened: datetime) -> None:
    """A campaign of three weeks ago, which everybody should have acknowledged two weeks ago."""
    wiring = wire(Settings(store=f"sqlite:///{place.prompt.store}", data_dir=place.folder / "data"))
    with wiring.writing() as act:
        header = act.tx.editions.header(MISSION)
        assert header
        due = (opened + timedelta(days=7)).date()
        people = [one for one in act.tx.people.of_mission(MISSION) if one.email]
        campaign = Campaign(
            campaign_id="C-overdue",
            mission=MISSION,
            edition_number=header.number,
            edition_sha256=header.sha256,
            opened_at=opened,
            opened_by=header.published_by,
            deadline=due,
            recipients=tuple(recipient(one, read=0, asked=True, due=due) for one in people),
        )
        act.tx.campaigns.add(campaign)
        act.record(AuditTag.CAMPAIGN_OPENED, subject="C-overdue", mission=MISSION)
    wiring.store.close()


def steps_taken(act: Act) -> Counter[str]:
    rows = act.tx.connection.execute(select(outbox.c.kind, outbox.c.person_id))
    return Counter(row.kind for row in rows)


@pytest.mark.parametrize(("count", "kills"), SIZES)
def test_a_timer_killed_at_random_moments_loses_no_step_and_its_mail_repeats_one_at_most_a_kill(
    nursery: Nursery, settled: dict[str, Installation], count: int, kills: int, tmp_path: Path
) -> None:
    place, chance = settled["publish"].copied(tmp_path / "isle"), random.Random(count)
    everybody, handler, killed = crew(place, count), Handler(), 0
    overdue(place, datetime.now(UTC) - timedelta(days=21))
    with served(handler) as port:
        env = place.env | settings(port)
        begun_at = time.monotonic()
        whole = settled["publish"].copied(tmp_path / "whole")
        nursery.begin("command", words=["campaign", "run"], env=whole.env | settings(port)).end().done()
        lasts = time.monotonic() - begun_at + count / 2000
        for _ in range(kills):
            child = nursery.begin("command", words=["campaign", "run"], env=env)
            time.sleep(chance.uniform(0, lasts))
            child.kill()
            killed += child.end().killed
            found = place.read(steps_taken)
            assert found["reminder"] in {0, count}, "a part of it is there"
        for _ in range(2):
            nursery.begin("command", words=["campaign", "run"], env=env).end().done()
        found = place.read(steps_taken)
        assert found["reminder"] == count
        assert found["list"] >= 1 <= found["counts"]
        killer, cut = Killer(handler, chance), 0
        for _ in range(kills):
            child = begun(nursery, place, port, ["mail", "send"])
            killer.arm(child, count // kills)
            cut += child.end().killed
        killer.child = None
        begun(nursery, place, port, ["mail", "send"]).end().done()
    wanted = found.total()
    sys.stdout.write(
        f"{count} reminders, timer killed {killed} times, sender {cut}; {len(handler.taken) - wanted} twice\n"
    )
    assert set(handler.recipients) == everybody
    assert wanted <= len(handler.taken) <= wanted + cut
    assert cut >= kills / 2
