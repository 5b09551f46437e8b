"""Newcomers get the current list on their first day, from the campaign that is open or from one of their own.

Who comes into service after a campaign went to everybody joins it; where none such is open about the current edition,
one for newcomers opens. A mission that has never distributed anything greets nobody.
"""

from dataclasses import replace
from datetime import timedelta

from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.campaign import Audience, CampaignHeader, Recipient
from geo_offlimits.services import missions, outbox
from geo_offlimits.services.act import Act
from geo_offlimits.services.opening import Judge, Plan, open_campaign, open_campaigns, recipient
from geo_offlimits.store.editions import EditionHeader

NEWCOMERS = Audience(arrivals=True)


def greet(act: Act, mission: str) -> int:
    """Give the current list to who came into service since the last campaign; how many. For the timer: needs nobody."""
    current = act.tx.editions.header(mission, act.now)
    campaigns = act.tx.campaigns.headers(mission)
    if current is None or not campaigns:
        return 0
    joined = next((one for one in open_campaigns(act, mission) if _takes_newcomers(one, current)), None)
    since = joined or campaigns[0]
    there = {one.person_id for one in act.tx.campaigns.roll(since.campaign_id)}
    came = act.tx.arrived(mission, since=since.opened_at, now=act.now)
    judge = Judge(act, current) if came else None
    newcomers = [
        one for one in came if one.person_id not in there and judge and judge.asks(judge.read_by(one.person_id))
    ]
    if not newcomers or judge is None:
        return 0
    deadline = missions.today(act, mission) + timedelta(days=act.settings.campaign_days)
    if joined is None:
        plan = Plan(audience=NEWCOMERS, deadline=deadline, opened_by=since.opened_by)
        joined = open_campaign(act, current, plan, newcomers)
        added = list(act.tx.campaigns.recipients(joined.campaign_id))
    else:
        added = [recipient(one, read=judge.read_by(one.person_id), asked=True, due=deadline) for one in newcomers]
        _join(act, joined, added)
    if act.settings.smtp_host:
        outbox.queue(act, replace(joined, audience=NEWCOMERS), added)
    return len(added)


def _takes_newcomers(campaign: CampaignHeader, current: EditionHeader) -> bool:
    to_them = campaign.audience.everybody or campaign.audience.arrivals
    return to_them and campaign.edition_number == current.number


def _join(act: Act, campaign: CampaignHeader, newcomers: list[Recipient]) -> None:
    act.tx.campaigns.join(campaign.campaign_id, newcomers)
    act.record(
        AuditTag.CAMPAIGN_JOINED,
        subject=campaign.campaign_id,
        mission=campaign.mission,
        recipients=len(newcomers),
    )
