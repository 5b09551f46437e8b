"""Opening a campaign: whom it goes to, and of whom an acknowledgement is asked (decision 035).

1. Asked is whoever has something new to learn since the edition that they acknowledged (`domain.asking`), and so
   whoever still owes an earlier addition. The others are informed.
2. Under a standing order to ask at most every so many days, what is published in between informs; who owed before still
   owes. The campaign says until when it holds back, and the next one asks for all of it.
3. One that goes to everybody ends those about older editions: their people are in it, with the day they had.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from geo_offlimits.domain import asking
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.campaign import EVERYBODY, Audience, Campaign, CampaignHeader, CampaignKind, Recipient
from geo_offlimits.domain.people import Person
from geo_offlimits.errors import InputError, Issue, Sentence
from geo_offlimits.formats import edition_bytes
from geo_offlimits.formats.edition import decode
from geo_offlimits.layer import delta
from geo_offlimits.services import missions
from geo_offlimits.services.act import Act
from geo_offlimits.services.shelf import if_whole, kept
from geo_offlimits.services.standings import Standings
from geo_offlimits.store.editions import EditionHeader


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How a campaign is to be opened.

    opened_by : whose standing order the timer carries out; None for the actor.
    may_hold : the standing order to ask seldom applies; one opened by hand asks at once.
    """

    audience: Audience = EVERYBODY
    deadline: date | None = None
    opened_by: str | None = None
    may_hold: bool = False


def open_campaign(act: Act, edition: EditionHeader, plan: Plan, newcomers: Sequence[Person] | None = None) -> Campaign:
    """Open a campaign about the current edition; callers have asked for the permission.

    newcomers : for whom alone it is; else it is for those who fit the audience.
    Raises InputError where nobody is in service who fits the audience.
    """
    people = _chosen(act, edition.mission, plan.audience) if newcomers is None else newcomers
    judge, owing = Judge(act, edition), _owing(act, edition.mission)
    asked = {one.person_id for one in people if judge.asks(judge.read_by(one.person_id))}
    newly = asked - owing.keys()
    held_until = _held_until(act, edition.mission) if plan.may_hold and newly else None
    asked -= newly if held_until else set()
    campaign = Campaign(
        campaign_id=f"C-{secrets.token_hex(4)}",
        mission=edition.mission,
        edition_number=edition.number,
        edition_sha256=edition.sha256,
        opened_at=act.now,
        opened_by=plan.opened_by or act.person_id,
        deadline=plan.deadline,
        kind=CampaignKind.ASKS if newly and not held_until else CampaignKind.INFORMS,
        audience=plan.audience,
        held_until=held_until,
        recipients=tuple(
            recipient(
                one,
                read=judge.read_by(one.person_id),
                asked=one.person_id in asked,
                due=owing.get(one.person_id) or plan.deadline,
            )
            for one in people
        ),
    )
    act.tx.campaigns.add(campaign)
    _record(act, campaign)
    if plan.audience.everybody:
        _end_older(act, campaign)
    return campaign


def recipient(person: Person, *, read: int, asked: bool, due: date | None) -> Recipient:
    """A person as they are today."""
    return Recipient(
        person_id=person.person_id,
        number=person.number,
        name=person.name,
        unit=person.unit,
        category=person.category,
        email=person.email,
        language=person.language,
        read=read,
        asked=asked,
        due=due if asked else None,
    )


def _chosen(act: Act, mission: str, audience: Audience) -> list[Person]:
    serving = [one for one in act.tx.people.of_mission(mission) if one.service.holds(act.now) and audience.fits(one)]
    if not serving and not audience.everybody:
        raise InputError(
            Sentence("Nobody in service fits that choice; choose other units, categories, sectors or languages."),
            Issue(field="audience", reason=Sentence("nobody")),
        )
    return sorted(serving, key=lambda person: (person.unit, person.number))


def _record(act: Act, campaign: Campaign) -> None:
    act.record(
        AuditTag.CAMPAIGN_OPENED,
        subject=campaign.campaign_id,
        mission=campaign.mission,
        edition=campaign.edition_number,
        sha256=campaign.edition_sha256,
        kind=campaign.kind.value,
        recipients=len(campaign.recipients),
        asked=sum(one.asked for one in campaign.recipients),
    )


def _owing(act: Act, mission: str) -> dict[str, date | None]:
    """Who owes an acknowledgement by the campaigns that are open, and the day by which it was due."""
    found: dict[str, date | None] = {}
    seen: set[str] = set()
    for campaign in open_campaigns(act, mission):
        standings = Standings(act, campaign)
        for one in act.tx.campaigns.roll(campaign.campaign_id):
            if one.person_id not in seen and standings.owes(one):
                found[one.person_id] = standings.due(one)
            seen.add(one.person_id)
    return found


def open_campaigns(act: Act, mission: str) -> list[CampaignHeader]:
    """Those that are not closed, opened last first."""
    return [one for one in act.tx.campaigns.headers(mission) if one.closed_at is None]


def _held_until(act: Act, mission: str) -> date | None:
    """The first day on which the standing order lets somebody be asked anew; None where that is now."""
    every = act.settings.ask_every_days
    asking_ones = (
        one for one in act.tx.campaigns.headers(mission) if one.kind is CampaignKind.ASKS and one.audience.everybody
    )
    last = next(asking_ones, None) if every else None
    if last is None:
        return None
    day = missions.day_of(act, mission, last.opened_at) + timedelta(days=every)
    return day if day > missions.today(act, mission) else None


def _end_older(act: Act, campaign: Campaign) -> None:
    for older in open_campaigns(act, campaign.mission):
        if older.edition_number < campaign.edition_number or older.held_until:
            if older.campaign_id == campaign.campaign_id:
                continue
            act.tx.campaigns.close(older.campaign_id, act.now, campaign.opened_by)
            act.tx.outbox.withdraw(older.campaign_id)
            act.record(
                AuditTag.CAMPAIGN_CLOSED,
                subject=older.campaign_id,
                mission=older.mission,
                followed_by=campaign.campaign_id,
            )


class Judge:
    """Of whom the current edition asks an acknowledgement; people who acknowledged the same one are judged once."""

    def __init__(self, act: Act, edition: EditionHeader) -> None:
        self._act, self._edition = act, edition
        self._content = kept(act, edition).content  # nobody is asked to acknowledge what does not verify
        self._read = act.tx.acknowledgements.read_by(edition.mission)
        self._judged = {0: True, edition.number: False}

    def read_by(self, person_id: str) -> int:
        """The highest edition that they have acknowledged, 0 for none."""
        return self._read.get(person_id, 0)

    def asks(self, read: int) -> bool:
        if read not in self._judged:
            self._judged[read] = read < self._edition.number and self._differs(read)
        return self._judged[read]

    def _differs(self, read: int) -> bool:
        """Whether there is something to learn. Where the older edition does not verify, all of it is."""
        before = if_whole(self._act, self._act.tx.editions.header_of(self._edition.mission, read))
        if before is None or edition_bytes.entry_ids(self._content) - edition_bytes.entry_ids(before.content):
            return True
        return asking.asks(delta(decode(before.content), decode(self._content)))
