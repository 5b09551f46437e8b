"""A sender killed at random moments: nobody is left out, and each kill costs one duplicate at most."""

import random
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from geo_offlimits.bootstrap import wire
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.campaign import Campaign, CampaignKind, Recipient
from geo_offlimits.domain.mail import MailKind
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


def brought(place: Installation, **facts: Any) -> None:
    """A campaign of three weeks ago; `facts` say whom it asked what."""
    wiring = wire(Settings(store=f"sqlite:///{place.prompt.store}", data_dir=place.folder / "data"))
    with wiring.writing() as act:
        header = act.tx.editions.header(MISSION)
        assert header
        usual: dict[str, Any] = {
            "campaign_id": "C-1",
            "mission": MISSION,
            "edition_number": header.number,
            "edition_sha256": header.sha256,
            "opened_at": OPENED,
            "opened_by": header.published_by,
            "deadline": None,
            "recipients": (),
        }
        act.tx.campaigns.add(Campaign(**usual | facts))
        act.record(AuditTag.CAMPAIGN_OPENED, subject="C-1", mission=MISSION)
    wiring.store.close()


def staff_of(place: Installation, *, due: date | None) -> tuple[Recipient, ...]:
    return place.read(
        lambda act: tuple(
            recipient(one, read=0, asked=due is not None, due=due)
            for one in act.tx.people.of_mission(MISSION)
            if one.email
        )
    )


def overdue(place: Installation) -> None:
    """Everybody should have acknowledged two weeks ago."""
    due = (OPENED + timedelta(days=7)).date()
    brought(place, deadline=due, recipients=staff_of(place, due=due))


def held(place: Installation) -> None:
    """A standing order kept it from asking until yesterday."""
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date()
    recipients = staff_of(place, due=None)
    brought(place, kind=CampaignKind.INFORMS, held_until=yesterday, recipients=recipients)


OPENED = datetime.now(UTC) - timedelta(days=21)
# What waits for the timer, and of which kind is the message that everybody gets by it. Nobody was here when the last
# campaign went out, so all of them are newcomers to it.
WAITING: dict[str, tuple[Callable[[Installation], None], MailKind]] = {
    "reminding": (overdue, MailKind.REMINDER),
    "asking": (held, MailKind.ANNOUNCEMENT),
    "greeting": (brought, MailKind.INDUCTION),
}


def steps_taken(act: Act) -> Counter[str]:
    rows = act.tx.connection.execute(select(outbox.c.kind, outbox.c.person_id))
    return Counter(row.kind for row in rows)


def killed_timers(
    nursery: Nursery, place: Installation, env: dict[str, str], kills: int, whole: Callable[[Counter[str]], bool]
) -> int:
    """Kills one at random moments, each time anew; returns how many were cut."""
    chance, cut = random.Random(kills), 0
    other = place.copied(place.folder.with_name("whole"))
    begun_at = time.monotonic()
    nursery.begin("command", words=["campaign", "run"], env=other.env | env).end().done()
    lasts = time.monotonic() - begun_at
    for _ in range(kills):
        shutil.rmtree(other.folder)
        place.copied(other.folder)
        child = nursery.begin("command", words=["campaign", "run"], env=other.env | env)
        time.sleep(chance.uniform(0, lasts))
        child.kill()
        cut += child.end().killed
        assert whole(other.read(steps_taken)), "a part of it is there"
    return cut


@pytest.mark.parametrize("what", WAITING)
@pytest.mark.parametrize(("count", "kills"), SIZES)
def test_a_timer_killed_at_random_moments_loses_no_step_and_its_mail_repeats_one_at_most_a_kill(  # noqa: PLR0917
    nursery: Nursery, settled: dict[str, Installation], count: int, kills: int, what: str, tmp_path: Path
) -> None:
    place, (wait, kind) = settled["publish"].copied(tmp_path / "isle"), WAITING[what]
    everybody, handler, cut = crew(place, count), Handler(), 0
    wait(place)
    with served(handler) as port:
        timers = killed_timers(nursery, place, settings(port), kills, lambda found: found[kind] in {0, count})
        for _ in range(2):
            nursery.begin("command", words=["campaign", "run"], env=place.env | settings(port)).end().done()
        found = place.read(steps_taken)
        assert found[kind] == count
        assert bool(found["list"]) == bool(found["counts"]) == (what == "reminding")
        killer = Killer(handler, random.Random(count))
        for _ in range(kills):
            child = begun(nursery, place, port, ["mail", "send"])
            killer.arm(child, count // kills)
            cut += child.end().killed
        killer.child = None
        begun(nursery, place, port, ["mail", "send"]).end().done()
    wanted, twice = found.total(), len(handler.taken) - found.total()
    sys.stdout.write(f"{what} {count}, timer killed {timers} times, sender {cut}; {twice} twice\n")
    assert set(handler.recipients) == everybody
    assert wanted <= len(handler.taken) <= wanted + cut
    assert cut >= kills / 2 <= timers
