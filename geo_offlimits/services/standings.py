"""Where the recipients of a campaign stand at the moment of an act, and what they themselves still owe.

1. Whoever has acknowledged the campaign's edition or a newer one has acknowledged.
2. Of the open campaigns that a person is in, the one that was opened last decides what they owe.
3. Leave moves the day by which it is due: who is back has as long as everybody had.
"""

from datetime import date, timedelta

from geo_offlimits.domain.acknowledgement import AcknowledgementState
from geo_offlimits.domain.campaign import CampaignHeader, Recipient, RecipientStanding, UnitStatus, owes
from geo_offlimits.domain.instants import time_zone
from geo_offlimits.services import missions
from geo_offlimits.services.act import Act
from geo_offlimits.store.campaigns import Listed


def mine(act: Act, mission: str) -> int | None:
    """Number of the edition that the actor still has to acknowledge, or None: the current one while a campaign asks."""
    current = act.tx.editions.header(mission, act.now)
    asked = act.tx.campaigns.asked_last(act.person_id, mission) if current else None
    if current is None or asked is None:
        return None
    number, was_asked, read_then = asked
    given = act.tx.acknowledgements.latest(act.person_id, mission)
    read = given.edition_number if given else 0
    return current.number if owes(number, asked=was_asked, read_then=read_then, read=read) else None


_WAITING = frozenset({RecipientStanding.OUTSTANDING, RecipientStanding.OVERDUE})


class Standings:
    """Of the people of one campaign. Reads what they have acknowledged, and when they were away, once."""

    def __init__(self, act: Act, campaign: CampaignHeader) -> None:
        self._campaign, self._now = campaign, act.now
        self._read = act.tx.acknowledgements.read_by(campaign.mission)
        self._leave = act.tx.leave.of_mission(campaign.mission, campaign.opened_at)
        self._zone = time_zone(missions.mission(act, campaign.mission).timezone)
        self._today = act.now.astimezone(self._zone).date()
        opened = campaign.opened_at.astimezone(self._zone).date()
        days = (campaign.deadline - opened).days if campaign.deadline else act.settings.campaign_days
        self._given = timedelta(days=max(days, 0))

    def owes(self, one: Listed) -> bool:
        read = self._read.get(one.person_id, 0)
        return owes(self._campaign.edition_number, asked=one.asked, read_then=one.read, read=read)

    def of(self, one: Listed) -> RecipientStanding:
        if one.service_to and one.service_to <= self._now:
            return RecipientStanding.DEPARTED
        if self._read.get(one.person_id, 0) >= self._campaign.edition_number:
            return RecipientStanding.ACKNOWLEDGED
        if not self.owes(one):
            return RecipientStanding.INFORMED
        if any(leave.holds(self._now) for leave in self._leave.get(one.person_id, ())):
            return RecipientStanding.PAUSED
        due = self.due(one)
        return RecipientStanding.OVERDUE if due and due < self._today else RecipientStanding.OUTSTANDING

    def due(self, one: Listed) -> date | None:
        """By when they are to acknowledge; None where no day was set."""
        due = one.due or self._campaign.deadline
        if due is None or one.person_id not in self._leave:
            return due
        ended = [leave for leave in self._leave[one.person_id] if leave.away_to <= self._now]
        back = [leave.away_to for leave in ended if leave.away_from.astimezone(self._zone).date() <= due]
        return max([due, *(moment.astimezone(self._zone).date() + self._given for moment in back)])


def late(act: Act, campaign: CampaignHeader) -> list[tuple[Listed, date | None]]:
    """Who has not acknowledged what was asked of them and is neither away nor gone, with the day by which it is due."""
    standings = Standings(act, campaign)
    roll = act.tx.campaigns.roll(campaign.campaign_id)
    return [(one, standings.due(one)) for one in roll if standings.of(one) in _WAITING]


def named(act: Act, campaign: CampaignHeader, unit: str) -> UnitStatus:
    """Who of a unit stands where; empty where nobody is of it. For who answers for this unit."""
    standings, found = Standings(act, campaign), dict[RecipientStanding, list[Recipient]]()
    roll = act.tx.campaigns.roll(campaign.campaign_id, unit)
    listed = {one.person_id: one for one in roll}
    for recipient in act.tx.campaigns.recipients(campaign.campaign_id, unit):
        found.setdefault(standings.of(listed[recipient.person_id]), []).append(recipient)
    outstanding = (*found.get(RecipientStanding.OUTSTANDING, ()), *found.get(RecipientStanding.OVERDUE, ()))
    return UnitStatus(
        unit=unit,
        acknowledged=tuple(found.get(RecipientStanding.ACKNOWLEDGED, ())),
        outstanding=tuple(sorted(outstanding, key=lambda one: one.number)),
        overdue=tuple(found.get(RecipientStanding.OVERDUE, ())),
        informed=tuple(found.get(RecipientStanding.INFORMED, ())),
        paused=tuple(found.get(RecipientStanding.PAUSED, ())),
    )


def declined(act: Act, campaign: CampaignHeader) -> dict[str, AcknowledgementState]:
    """Person -> what they said of the campaign's edition instead of acknowledging it: that they refuse, or withdraw."""
    said = act.tx.acknowledgements.standing(campaign.mission, campaign.edition_number)
    return {one.person_id: one.state for one in said if not one.counts}
