"""What the tests of mail share: a run to a server of ours, and the count of who got what."""

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from geo_offlimits.delivery.mail import MailServer, Postman
from geo_offlimits.domain.campaign import Campaign
from geo_offlimits.services import outbox, sending
from geo_offlimits.services.outbox import Mailing
from geo_offlimits.services.sending import Run
from tests.services.conftest import MISSION, World

SITE = "https://list.pela.example"
ADDRESSES = {f"p{number}@pela.example" for number in range(100, 110)}
# Most of it is about the mail server and asks nothing of the store that another test does not ask of both.
on_either_store = pytest.mark.parametrize("backend", ["sqlite", "postgresql"])


def postman(port: int, **how: Any) -> Postman:
    return Postman(MailServer(host="127.0.0.1", port=port, sender="list@pela.example", site=SITE, **how))


def opened(world: World, deadline: date | None = None) -> Campaign:
    with world.acting("105") as act:
        return outbox.distribute(act, MISSION, deadline=deadline)


def sent(world: World, port: int, **how: Any) -> Run:
    return sending.send(world.wiring, postman(port, **how))


def standing(world: World, campaign: Campaign, unit: str = "Headquarters") -> Mailing:
    """As a manager of this unit reads it."""
    manager = world.actor("105")
    with world.reading(None) as act:
        reader = act.by(replace(manager, person=replace(manager.person, unit=unit)))
        return outbox.of_campaign(reader, campaign.campaign_id)


def run_out(world: World, port: int, **how: Any) -> list[Run]:
    """Runs four hours apart until nothing waits."""
    runs: list[Run] = []
    while len(runs) < 40:
        runs.append(sent(world, port, **how))
        with world.reading(None) as act:
            if not act.tx.outbox.waiting(MISSION)[0]:
                break
        world.clock.later(hours=5)
    return runs


def refuse_wrong_counts(taken: Counter[str], wanted: set[str], *, crashes: int = 0) -> None:
    """Nobody left out, nobody else written to, and no more duplicates than crashes."""
    assert set(taken) == wanted, "somebody was left out, or somebody else written to"
    assert sum(taken.values()) - len(wanted) <= crashes, "more duplicates than crashes"
