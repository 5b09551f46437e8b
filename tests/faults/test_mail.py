"""A sender killed at random moments: nobody is left out, and each kill costs one duplicate at most."""

import random
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable
from math import inf
from pathlib import Path

import pytest
from sqlalchemy import select

from geo_offlimits.services.act import Act
from geo_offlimits.store.operational_tables import outbox
from tests.cli.prompt import MISSION
from tests.cli.test_mail import settings
from tests.faults.acts import Installation, words_of
from tests.faults.campaigning import WAITING, crew
from tests.faults.nursery import Child, Nursery
from tests.mail_server import Handler, served

SIZES = [pytest.param(200, 4, id="quick"), pytest.param(5000, 40, id="deep", marks=pytest.mark.deep)]


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


def steps_taken(act: Act) -> Counter[str]:
    rows = act.tx.connection.execute(select(outbox.c.kind, outbox.c.person_id))
    return Counter(row.kind for row in rows)


def killed_timers(
    nursery: Nursery, place: Installation, env: dict[str, str], kills: int, whole: Callable[[Counter[str]], bool]
) -> int:
    """Kills one at random moments, each time anew; returns how many were cut."""
    chance, cut = random.Random(kills), 0
    other = place.copied(place.folder.with_name("whole"))
    lasts = inf
    for _ in range(2):  # the first is slower, and the moments are to lie within what follows
        begun_at = time.monotonic()
        nursery.begin("command", words=["campaign", "run"], env=other.env | env).end().done()
        lasts = min(lasts, time.monotonic() - begun_at)
        shutil.rmtree(other.folder)
        place.copied(other.folder)
    for number in range(kills):
        shutil.rmtree(other.folder)
        place.copied(other.folder)
        child = nursery.begin("command", words=["campaign", "run"], env=other.env | env)
        time.sleep((number + chance.random()) / kills * lasts)
        child.kill()
        cut += child.end().killed
        assert whole(other.read(steps_taken)), "a part of it is there"
    return cut


@pytest.mark.parametrize(
    ("what", "count", "kills"),
    [
        *(pytest.param(what, 200, 2, id=f"{what}-quick") for what in WAITING),
        *(pytest.param(what, 5000, 40, id=f"{what}-deep", marks=pytest.mark.deep) for what in WAITING),
    ],
)
def test_a_timer_killed_at_random_moments_loses_no_step_and_its_mail_repeats_one_at_most_a_kill(  # noqa: PLR0917
    nursery: Nursery, settled: dict[str, Installation], what: str, count: int, kills: int, tmp_path: Path
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
    assert cut >= kills / 2
    assert timers >= kills / 4
