"""A sender killed at random moments: nobody is left out, and each kill costs one duplicate at most."""

import random
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from geo_offlimits.bootstrap import wire
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.people import Person, PersonnelCategory
from geo_offlimits.settings import Settings
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
