"""The demonstration mission DEMO, in an invented island state: three months of work, told through the services alone.

Everybody and everything in it is invented, and every page and export says so. Nothing is written past the services:
what the demonstration shows, a mission can do.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.demonstration import distribution, founding
from geo_offlimits.demonstration.cast import ACCOUNTS, Account
from geo_offlimits.demonstration.island import MISSION, Island
from geo_offlimits.demonstration.listings import CHAPTERS
from geo_offlimits.demonstration.stage import Stage
from geo_offlimits.demonstration.story import Story
from geo_offlimits.domain.campaign import Campaign
from geo_offlimits.domain.people import Role
from geo_offlimits.services.headers import PublishedHeader

__all__ = ["MISSION", "Account", "DemoReport", "begins_at", "build"]

_LONGEST_AGO = timedelta(days=99)
# Before the work on this edition some people leave and others join.
_ROTATION = 3


@dataclass(frozen=True, kw_only=True)
class DemoReport:
    """What was built: whom to sign in as, the editions oldest first, and the campaign that is open."""

    accounts: tuple[Account, ...]
    editions: tuple[PublishedHeader, ...]
    campaign: Campaign | None


def begins_at(now: datetime) -> datetime:
    """When the story begins; a signing key made for it must be valid from then on."""
    return now - _LONGEST_AGO


def build(wiring: Wiring, *, now: datetime, passphrase: str) -> DemoReport:
    """Tell the story of the demonstration mission into an empty store.

    now : the end of the story; the last edition came out six days before and is current.
    passphrase : of all nine accounts. Raises WeakPassphraseError before anything is written.
    """
    island = Island()
    stage = Stage.set_up(wiring, now, begins_at(now))
    newcomers = founding.found(stage, island, passphrase)
    story = Story(stage, island)
    editions: list[PublishedHeader] = []
    campaign = None
    for number in CHAPTERS:
        if number == _ROTATION:
            founding.rotate(stage, newcomers)
        editions.append(story.chapter(number))
        campaign = distribution.send_out(stage, editions[-1])
        is_last = number == CHAPTERS[-1]
        distribution.acknowledge(stage, campaign, frozenset({stage.person_ids[Role.STAFF]} if is_last else ()))
        if not is_last:
            distribution.enter_paper(stage, campaign)
    story.waiting()
    return DemoReport(accounts=ACCOUNTS, editions=tuple(editions), campaign=campaign)
