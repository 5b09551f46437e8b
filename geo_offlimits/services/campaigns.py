"""Campaigns: one edition goes to people, and comes back acknowledged.

1. A campaign is about the current edition; its recipients are people of the mission in service, as they are that day,
   and who comes into service later (`services.newcomers`).
2. Whoever has acknowledged a newer edition of the mission counts as having acknowledged this one.
3. A closed campaign keeps its status as evidence and hands nothing out any more; mail of it that waits is not sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from geo_offlimits.domain.acknowledgement import AcknowledgementState
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.campaign import EVERYBODY, Audience, Campaign, CampaignHeader, Recipient, UnitStatus
from geo_offlimits.domain.completion import Completion
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import InputError, Issue, RefusedError, Sentence
from geo_offlimits.formats.campaign_words import audience_words
from geo_offlimits.services import completion, editions, missions, opening, standings
from geo_offlimits.services.act import Act
from geo_offlimits.services.campaign_access import UnknownCampaignError, own_unit, permitted
from geo_offlimits.services.editions import Number
from geo_offlimits.services.opening import Plan


@dataclass(frozen=True, kw_only=True)
class CampaignStatus:
    """How far it has come; `own`: who has acknowledged and who has not, of the unit that the reader answers for."""

    campaign: CampaignHeader
    completion: Completion
    own: UnitStatus | None = None
    declined: Mapping[str, AcknowledgementState] = field(default_factory=dict)  # person_id -> refused or withdrawn

    @property
    def closed(self) -> bool:
        return self.campaign.closed_at is not None

    def as_json(self) -> dict[str, Any]:
        campaign = self.campaign
        return {
            "campaign": campaign.campaign_id,
            "mission": campaign.mission,
            "edition": campaign.edition_number,
            "sha256": campaign.edition_sha256,
            "kind": campaign.kind.value,
            "audience": campaign.audience.as_json(),
            "opened_at": format_instant(campaign.opened_at),
            "deadline": campaign.deadline.isoformat() if campaign.deadline else None,
            "held_until": campaign.held_until.isoformat() if campaign.held_until else None,
            "closed_at": format_instant(campaign.closed_at) if campaign.closed_at else None,
            **self.completion.whole.as_json(),
            "units": [{"unit": unit} | one.as_json() for unit, one in self.completion.units().items()],
            "own_unit": _unit_json(self.own, self.declined) if self.own else None,
        }

    def as_text(self) -> str:
        campaign, whole = self.campaign, self.completion.whole
        ending = f", deadline {campaign.deadline}" if campaign.deadline else ""
        done = "nobody is asked" if whole.share is None else f"{whole.share:.0%} done"
        lines = [f"Campaign {campaign.campaign_id}: edition {campaign.edition_number}{ending}, {done}."]
        if not campaign.audience.everybody:
            lines.append(f"  Goes to {audience_words(campaign.audience)}.")
        if campaign.held_until:
            lines.append(f"  Informs only; what is new on the list is asked about from {campaign.held_until}.")
        told = [(getattr(whole, name), name) for name in ("overdue", "informed", "paused")]
        if any(number.most for number, _ in told):
            lines.append("  " + ", ".join(f"{number} {name}" for number, name in told))
        for unit, one in self.completion.units().items():
            lines.append(f"  {unit}: {one.acknowledged} of {one.asked}" if one.asked else f"  {unit}: fewer than five")
            if self.own and self.own.unit == unit:
                lines += [
                    f"    still missing: {who.number}  {who.name}{self._why(who)}" for who in self.own.outstanding
                ]
        return "\n".join(lines)

    def _why(self, outstanding: Recipient) -> str:
        said = self.declined.get(outstanding.person_id)
        return f" ({said})" if said else ""


def _unit_json(unit: UnitStatus, declined: Mapping[str, AcknowledgementState]) -> dict[str, Any]:
    return {
        "unit": unit.unit,
        "acknowledged": [one.number for one in unit.acknowledged],
        "outstanding": [one.number for one in unit.outstanding],
        "declined": {one.number: declined[one.person_id] for one in unit.outstanding if one.person_id in declined},
        "overdue": [one.number for one in unit.overdue],
        "informed": [one.number for one in unit.informed],
        "paused": [one.number for one in unit.paused],
    }


def distribute(
    act: Act,
    mission: str,
    number: Number = "current",
    deadline: date | None = None,
    audience: Audience = EVERYBODY,
) -> Campaign:
    """Open a campaign for the current edition, to those in service who fit the audience."""
    act.require(Action.DISTRIBUTE, mission)
    chosen, current = editions.header(act, mission, number), act.tx.editions.header(mission, act.now)
    if current is None or chosen.number != current.number:
        raise RefusedError(
            Sentence(
                "Edition {number} of {mission} is retired; distribute edition {current}, which is current.",
                number=chosen.number,
                mission=mission,
                current=current.number if current else 0,
            )
        )
    if deadline and deadline < missions.today(act, mission):
        raise InputError(
            Sentence("The deadline {day} is past; give a later day.", day=deadline),
            Issue(field="deadline", reason=Sentence("past"), value=str(deadline)),
        )
    return opening.open_campaign(act, current, Plan(audience=audience, deadline=deadline))


def choices(act: Act, mission: str) -> dict[str, tuple[str, ...]]:
    """By what those in service may be chosen: their `unit`s, `sector`s and `language`s."""
    act.require(Action.DISTRIBUTE, mission)
    return act.tx.present(mission, act.now)


def status(act: Act, campaign_id: str) -> CampaignStatus:
    """How far it has come, and by name who of the actor's own unit has acknowledged and who has not."""
    campaign = permitted(act, campaign_id, Action.READ_CAMPAIGN)
    own = own_unit(act, campaign.mission)
    return CampaignStatus(
        campaign=campaign,
        completion=completion.measured(act, campaign, own, with_trend=True),
        own=standings.named(act, campaign, own) if own else None,
        declined=standings.declined(act, campaign) if own else {},
    )


def headers(act: Act, mission: str) -> tuple[CampaignHeader, ...]:
    """Every campaign of a mission, opened last first."""
    act.require(Action.READ_CAMPAIGN, mission)
    return act.tx.campaigns.headers(mission)


def outstanding_share(act: Act, mission: str) -> float | None:
    """Of the campaign opened last, the share that has not acknowledged, as it may be told. For figures only.

    None where there is no campaign, or where all groups are too small for anything to be told.
    """
    campaign = next(iter(act.tx.campaigns.headers(mission)), None)
    if campaign is None:
        return None
    whole = completion.measured(act, campaign, None).whole
    if whole.share is None:
        return None if whole.left_out else 0.0
    return 1.0 - whole.share


def latest(act: Act, mission: str) -> CampaignHeader:
    """The campaign opened last."""
    found = next(iter(headers(act, mission)), None)
    if found is None:
        raise UnknownCampaignError(f"of {mission}")
    return found


def close(act: Act, campaign_id: str) -> None:
    """End a campaign; its status stays as evidence."""
    campaign = permitted(act, campaign_id, Action.DISTRIBUTE)
    if campaign.closed_at:
        raise RefusedError(Sentence("Campaign {id} is closed already.", id=campaign_id))
    act.tx.campaigns.close(campaign_id, act.now, act.person_id)
    act.tx.outbox.withdraw(campaign_id)
    act.record(AuditTag.CAMPAIGN_CLOSED, subject=campaign_id, mission=campaign.mission)
