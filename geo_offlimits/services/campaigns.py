"""Campaigns: one edition goes to people, and comes back acknowledged.

1. A campaign is about the current edition; its recipients are people of the mission in service, as they are that day,
   and who comes into service later (`services.arriving`).
2. Whoever has acknowledged a newer edition of the mission counts as having acknowledged this one.
3. A closed campaign keeps its status as evidence and hands nothing out any more; mail of it that waits is not sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from geo_offlimits.domain.acknowledgement import AcknowledgementState
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.campaign import (
    EVERYBODY,
    Audience,
    Campaign,
    CampaignHeader,
    Recipient,
    UnitCount,
    UnitStatus,
)
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import InputError, Issue, RefusedError, Sentence
from geo_offlimits.formats.campaign_words import audience_words
from geo_offlimits.services import editions, missions, opening, standings
from geo_offlimits.services.acknowledging import OldEditionError, acknowledge, is_self
from geo_offlimits.services.act import Act
from geo_offlimits.services.campaign_access import UnknownCampaignError, permitted
from geo_offlimits.services.editions import Number
from geo_offlimits.services.opening import Plan
from geo_offlimits.services.standings import mine

__all__ = [
    "CampaignCount",
    "CampaignStatus",
    "OldEditionError",
    "UnknownCampaignError",
    "acknowledge",
    "choices",
    "close",
    "counts",
    "declined",
    "distribute",
    "headers",
    "is_self",
    "latest",
    "mine",
    "of_unit",
    "outstanding_share",
    "status",
]


@dataclass(frozen=True, kw_only=True)
class CampaignCount:
    """How many have acknowledged and how many have not, by unit in the order of their names."""

    campaign: CampaignHeader
    units: tuple[UnitCount, ...]

    @property
    def closed(self) -> bool:
        return self.campaign.closed_at is not None

    def total(self, group: str) -> int:
        """How many in all: `acknowledged`, `outstanding`, `overdue`, `informed`, `paused` or `counted`."""
        return sum(int(getattr(unit, group)) for unit in self.units)

    @property
    def outstanding(self) -> int:
        """How many people have not acknowledged."""
        return self.total("outstanding")

    @property
    def share(self) -> float:
        return self.total("acknowledged") / self.total("counted") if self.total("counted") else 1.0

    @property
    def recipients(self) -> int:
        """How many there are, without those who have departed."""
        return self.total("counted") + self.total("informed") + self.total("paused")


@dataclass(frozen=True, kw_only=True)
class CampaignStatus:
    """Who has acknowledged and who has not, by unit in the order of their names."""

    campaign: CampaignHeader
    units: tuple[UnitStatus, ...]
    declined: Mapping[str, AcknowledgementState] = field(default_factory=dict)  # person_id -> refused or withdrawn

    @property
    def count(self) -> CampaignCount:
        return CampaignCount(campaign=self.campaign, units=tuple(unit.count for unit in self.units))

    @property
    def closed(self) -> bool:
        return self.count.closed

    @property
    def outstanding(self) -> int:
        """How many people have not acknowledged."""
        return self.count.outstanding

    @property
    def share(self) -> float:
        return self.count.share

    def as_json(self) -> dict[str, Any]:
        campaign, count = self.campaign, self.count
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
            "recipients": count.recipients,
            "share": round(self.share, 4),
            "overdue": count.total("overdue"),
            "informed": count.total("informed"),
            "paused": count.total("paused"),
            "units": [_unit_json(unit, self.declined) for unit in self.units],
        }

    def as_text(self) -> str:
        campaign, count = self.campaign, self.count
        ending = f", deadline {campaign.deadline}" if campaign.deadline else ""
        lines = [f"Campaign {campaign.campaign_id}: edition {campaign.edition_number}{ending}, {self.share:.0%} done."]
        if not campaign.audience.everybody:
            lines.append(f"  Goes to {audience_words(campaign.audience)}.")
        if campaign.held_until:
            lines.append(f"  Informs only; what is new on the list is asked about from {campaign.held_until}.")
        told = [(count.total(name), name) for name in ("overdue", "informed", "paused")]
        if any(number for number, _ in told):
            lines.append("  " + ", ".join(f"{number} {name}" for number, name in told))
        for unit in self.units:
            done, waiting = len(unit.acknowledged), unit.outstanding
            lines.append(f"  {unit.unit}: {done} of {done + len(waiting)}")
            lines += [f"    still missing: {one.number}  {one.name}{self._why(one)}" for one in waiting]
        return "\n".join(lines)

    def _why(self, outstanding: Recipient) -> str:
        said = self.declined.get(outstanding.person_id)
        return f" ({said})" if said else ""


def _unit_json(unit: UnitStatus, declined: Mapping[str, AcknowledgementState]) -> dict[str, Any]:
    return {
        "unit": unit.unit,
        "share": round(unit.share, 4),
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
    """Who has acknowledged and who has not, by name."""
    campaign = permitted(act, campaign_id, Action.READ_CAMPAIGN)
    return CampaignStatus(
        campaign=campaign, units=standings.named(act, campaign), declined=standings.declined(act, campaign)
    )


def declined(act: Act, campaign_id: str) -> dict[str, AcknowledgementState]:
    """Person -> what they said instead of acknowledging: that they refuse, or that they withdraw."""
    return standings.declined(act, permitted(act, campaign_id, Action.READ_CAMPAIGN))


def of_unit(act: Act, campaign_id: str, unit: str) -> UnitStatus:
    """The same of one unit; empty where nobody is of it."""
    campaign = permitted(act, campaign_id, Action.READ_CAMPAIGN)
    return next(iter(standings.named(act, campaign, unit)), UnitStatus(unit=unit))


def counts(act: Act, campaign_id: str) -> CampaignCount:
    """How many have acknowledged and how many have not."""
    return _counts(act, permitted(act, campaign_id, Action.READ_CAMPAIGN))


def _counts(act: Act, campaign: CampaignHeader) -> CampaignCount:
    return CampaignCount(campaign=campaign, units=standings.counted(act, campaign))


def headers(act: Act, mission: str) -> tuple[CampaignHeader, ...]:
    """Every campaign of a mission, opened last first."""
    act.require(Action.READ_CAMPAIGN, mission)
    return act.tx.campaigns.headers(mission)


def outstanding_share(act: Act, mission: str) -> float | None:
    """Of the campaign opened last, the share that has not acknowledged; None where there is none. For figures only."""
    campaign = next(iter(act.tx.campaigns.headers(mission)), None)
    return 1.0 - _counts(act, campaign).share if campaign else None


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
