"""Campaigns: one edition goes to everybody, and comes back acknowledged.

1. A campaign is about the current edition; its recipients are the mission's people in service, as they are that day.
2. Whoever has acknowledged a newer edition of the mission counts as having acknowledged this one.
3. A closed campaign keeps its status as evidence and hands nothing out any more; mail of it that waits is not sent.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from geo_offlimits.domain.acknowledgement import AcknowledgementState, Campaign, Recipient, UnitStatus
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.domain.people import Action, Person
from geo_offlimits.errors import InputError, Issue, RefusedError, Sentence
from geo_offlimits.services import editions, missions
from geo_offlimits.services.acknowledging import OldEditionError, acknowledge, is_self, mine
from geo_offlimits.services.act import Act
from geo_offlimits.services.campaign_access import UnknownCampaignError, permitted
from geo_offlimits.services.editions import Number
from geo_offlimits.services.shelf import kept

__all__ = [
    "CampaignStatus",
    "OldEditionError",
    "UnknownCampaignError",
    "acknowledge",
    "close",
    "distribute",
    "is_self",
    "latest",
    "mine",
    "outstanding_share",
    "status",
    "statuses",
]


@dataclass(frozen=True, kw_only=True)
class CampaignStatus:
    """Who has acknowledged and who has not, by unit in the order of their names."""

    campaign: Campaign
    units: tuple[UnitStatus, ...]
    declined: Mapping[str, AcknowledgementState] = field(default_factory=dict)  # person_id -> refused or withdrawn

    @property
    def closed(self) -> bool:
        return self.campaign.closed_at is not None

    @property
    def outstanding(self) -> int:
        """How many people have not acknowledged."""
        return sum(len(unit.outstanding) for unit in self.units)

    @property
    def share(self) -> float:
        total = len(self.campaign.recipients)
        return sum(len(unit.acknowledged) for unit in self.units) / total if total else 1.0

    def as_json(self) -> dict[str, Any]:
        campaign = self.campaign
        return {
            "campaign": campaign.campaign_id,
            "mission": campaign.mission,
            "edition": campaign.edition_number,
            "sha256": campaign.edition_sha256,
            "opened_at": format_instant(campaign.opened_at),
            "deadline": campaign.deadline.isoformat() if campaign.deadline else None,
            "closed_at": format_instant(campaign.closed_at) if campaign.closed_at else None,
            "recipients": len(campaign.recipients),
            "share": round(self.share, 4),
            "units": [_unit_json(unit, self.declined) for unit in self.units],
        }

    def as_text(self) -> str:
        campaign = self.campaign
        ending = f", deadline {campaign.deadline}" if campaign.deadline else ""
        lines = [f"Campaign {campaign.campaign_id}: edition {campaign.edition_number}{ending}, {self.share:.0%} done."]
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
    }


def distribute(act: Act, mission: str, number: Number = "current", deadline: date | None = None) -> Campaign:
    """Open a campaign for the current edition to everybody in service."""
    act.require(Action.DISTRIBUTE, mission)
    chosen, current = editions.header(act, mission, number), editions.header(act, mission)
    if chosen.number != current.number:
        raise RefusedError(
            Sentence(
                "Edition {number} of {mission} is retired; distribute edition {current}, which is current.",
                number=chosen.number,
                mission=mission,
                current=current.number,
            )
        )
    kept(act, chosen)  # nobody is asked to acknowledge what does not verify
    if deadline and deadline < missions.today(act, mission):
        raise InputError(
            Sentence("The deadline {day} is past; give a later day.", day=deadline),
            Issue(field="deadline", reason=Sentence("past"), value=str(deadline)),
        )
    campaign = Campaign(
        campaign_id=f"C-{secrets.token_hex(4)}",
        mission=mission,
        edition_number=chosen.number,
        edition_sha256=chosen.sha256,
        opened_at=act.now,
        opened_by=act.person_id,
        deadline=deadline,
        recipients=_recipients(act, mission),
    )
    act.tx.campaigns.add(campaign)
    act.record(
        AuditTag.CAMPAIGN_OPENED,
        subject=campaign.campaign_id,
        mission=mission,
        edition=chosen.number,
        sha256=chosen.sha256,
        recipients=len(campaign.recipients),
    )
    return campaign


def _recipients(act: Act, mission: str) -> tuple[Recipient, ...]:
    serving = [person for person in act.tx.people.of_mission(mission) if person.service.holds(act.now)]
    return tuple(_recipient(person) for person in sorted(serving, key=lambda person: (person.unit, person.number)))


def _recipient(person: Person) -> Recipient:
    return Recipient(
        person_id=person.person_id,
        number=person.number,
        name=person.name,
        unit=person.unit,
        category=person.category,
        email=person.email,
        language=person.language,
    )


def status(act: Act, campaign_id: str) -> CampaignStatus:
    """Who has acknowledged and who has not."""
    return _status(act, permitted(act, campaign_id, Action.READ_CAMPAIGN))


def statuses(act: Act, mission: str) -> tuple[CampaignStatus, ...]:
    """Every campaign of a mission, newest first."""
    act.require(Action.READ_CAMPAIGN, mission)
    return tuple(_status(act, campaign) for campaign in _newest_first(act, mission))


def outstanding_share(act: Act, mission: str) -> float | None:
    """Of the campaign opened last, the share that has not acknowledged; None where there is none. For figures only."""
    campaign = next(iter(_newest_first(act, mission)), None)
    return 1.0 - _status(act, campaign).share if campaign else None


def latest(act: Act, mission: str) -> Campaign:
    """The campaign opened last."""
    act.require(Action.READ_CAMPAIGN, mission)
    found = next(iter(_newest_first(act, mission)), None)
    if found is None:
        raise UnknownCampaignError(f"of {mission}")
    return found


def _newest_first(act: Act, mission: str) -> list[Campaign]:
    return sorted(act.tx.campaigns.of_mission(mission), key=lambda campaign: campaign.opened_at, reverse=True)


def _status(act: Act, campaign: Campaign) -> CampaignStatus:
    done = _acknowledged_since(act, campaign)
    units: dict[str, tuple[list[Recipient], list[Recipient]]] = {}
    for recipient in campaign.recipients:
        units.setdefault(recipient.unit, ([], []))[recipient.person_id not in done].append(recipient)
    said = act.tx.acknowledgements.standing(campaign.mission, campaign.edition_number)
    return CampaignStatus(
        campaign=campaign,
        declined={one.person_id: one.state for one in said if not one.counts and one.person_id not in done},
        units=tuple(
            UnitStatus(unit=unit, acknowledged=tuple(who), outstanding=tuple(who_not))
            for unit, (who, who_not) in sorted(units.items())
        ),
    )


def _acknowledged_since(act: Act, campaign: Campaign) -> frozenset[str]:
    """Who has acknowledged the campaign's edition or a newer one."""
    newest = act.tx.editions.header(campaign.mission, act.now)
    last = newest.number if newest else campaign.edition_number
    return frozenset(
        one.person_id
        for number in range(campaign.edition_number, last + 1)
        for one in act.tx.acknowledgements.of_edition(campaign.mission, number)
    )


def close(act: Act, campaign_id: str) -> None:
    """End a campaign; its status stays as evidence."""
    campaign = permitted(act, campaign_id, Action.DISTRIBUTE)
    if campaign.closed_at:
        raise RefusedError(Sentence("Campaign {id} is closed already.", id=campaign_id))
    act.tx.campaigns.close(campaign_id, act.now, act.person_id)
    act.tx.outbox.withdraw(campaign_id)
    act.record(AuditTag.CAMPAIGN_CLOSED, subject=campaign_id, mission=campaign.mission)
