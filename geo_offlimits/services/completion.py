"""How far campaigns have come: by unit, category, sector and edition, and over time (decision 039).

1. Who acknowledged a newer edition counts; who has departed is out, who is on leave and who is informed only is apart.
2. A manager reads their own unit as it is, and by name. Everybody else, heads too, reads what may be told of it
   (`domain.disclosure`); every door, file and filter is made of that.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from geo_offlimits.domain.campaign import CampaignHeader, RecipientStanding
from geo_offlimits.domain.completion import Completion, Figures, Group, Tally, Trend
from geo_offlimits.domain.instants import time_zone
from geo_offlimits.domain.people import Action, PersonnelCategory
from geo_offlimits.services import missions
from geo_offlimits.services.act import Act
from geo_offlimits.services.campaign_access import own_unit, permitted
from geo_offlimits.services.standings import Standings

MOST_DAYS = 31
MOST_EDITIONS = 5


@dataclass(frozen=True, kw_only=True)
class EditionFigures:
    """How far the campaign about one edition has come."""

    campaign: CampaignHeader
    figures: Figures


def of_campaign(act: Act, campaign_id: str) -> Completion:
    """With its trend. Raises UnknownCampaignError, NotPermittedError."""
    campaign = permitted(act, campaign_id, Action.READ_CAMPAIGN)
    return measured(act, campaign, own_unit(act, campaign.mission), with_trend=True)


def editions(act: Act, mission: str) -> tuple[EditionFigures, ...]:
    """The campaigns opened last that went to everybody, the oldest first."""
    act.require(Action.READ_CAMPAIGN, mission)
    own = own_unit(act, mission)
    chosen = [one for one in act.tx.campaigns.headers(mission) if one.audience.everybody][:MOST_EDITIONS]
    found = (EditionFigures(campaign=one, figures=measured(act, one, own).whole) for one in chosen)
    return tuple(found)[::-1]


def measured(act: Act, campaign: CampaignHeader, own: str | None, *, with_trend: bool = False) -> Completion:
    """What may be told to who answers for the unit `own`; callers have asked for the permission."""
    days = _days(act, campaign) if with_trend else ()
    trend = Trend(days=days, deadline=campaign.deadline)
    return Completion.of(tallies(act, campaign, days), own, trend)


def tallies(act: Act, campaign: CampaignHeader, days: Sequence[date] = ()) -> dict[Group, Tally]:
    """As it is: for what is told on from here by `domain.completion` alone."""
    zone = time_zone(missions.mission(act, campaign.mission).timezone)
    moments = [datetime.combine(day + timedelta(days=1), time(), zone) for day in days]
    found: dict[Group, _Count] = defaultdict(lambda: _Count(len(days)))
    today = act.now.astimezone(zone).date()
    for one in act.tx.completion.counted(campaign, now=act.now, today=today, moments=moments):
        found[_group(one.unit, one.category, one.sector)].add(one.standing, one.bucket, one.people)
    away = act.tx.completion.away(campaign, moments)
    standings = Standings(act, campaign) if away else None
    for who in away:
        standing = standings.of(who.listed) if standings else RecipientStanding.PAUSED
        found[_group(who.listed.unit, who.category, who.sector)].add(standing, who.bucket, 1)
    return {group: count.tally() for group, count in found.items()}


def _group(unit: str, category: str, sector: str | None) -> Group:
    return Group(unit=unit, category=PersonnelCategory(category), sector=sector)


class _Count:
    """Adds up one group."""

    def __init__(self, days: int) -> None:
        self._standing: dict[RecipientStanding, int] = defaultdict(int)
        self._on = [0] * days

    def add(self, standing: RecipientStanding, bucket: int, count: int) -> None:
        self._standing[standing] += count
        if standing is RecipientStanding.ACKNOWLEDGED and bucket < len(self._on):
            self._on[bucket] += count

    def tally(self) -> Tally:
        at, done = self._standing, 0
        by_day = []
        for count in self._on:
            done += count
            by_day.append(done)
        return Tally(
            acknowledged=at[RecipientStanding.ACKNOWLEDGED],
            outstanding=at[RecipientStanding.OUTSTANDING] + at[RecipientStanding.OVERDUE],
            overdue=at[RecipientStanding.OVERDUE],
            informed=at[RecipientStanding.INFORMED],
            paused=at[RecipientStanding.PAUSED],
            by_day=tuple(by_day),
        )


def _days(act: Act, campaign: CampaignHeader) -> tuple[date, ...]:
    """From the day on which it opened to today or the day of its closing; of a long one every so many, and the last."""
    first = missions.day_of(act, campaign.mission, campaign.opened_at)
    last = missions.day_of(act, campaign.mission, campaign.closed_at or act.now)
    step = -(-((last - first).days + 1) // MOST_DAYS)
    return tuple(_back_from(last, first, step))[::-1]


def _back_from(last: date, first: date, step: int) -> Iterator[date]:
    day = last
    while day >= first:
        yield day
        day -= timedelta(days=step)
