"""Publishing with what follows from it: where the setting says so, a campaign opens in the same act.

What is published and what opens are one: if the campaign fails, nothing is published. Whoever is told by mail is told
afterwards, by whoever sends what waits: a mail server that is away holds nobody up.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from geo_offlimits.delivery.signing import Keyring
from geo_offlimits.domain.campaign import Campaign
from geo_offlimits.services import editions, missions, outbox
from geo_offlimits.services.act import Act
from geo_offlimits.services.headers import PublishedHeader
from geo_offlimits.services.opening import Plan, open_campaign


@dataclass(frozen=True, kw_only=True)
class Published:
    """`campaign` is the one that opened, None where the setting wants none; `queued`, its messages that wait."""

    header: PublishedHeader
    campaign: Campaign | None = None
    queued: int = 0

    def as_json(self) -> dict[str, Any]:
        if self.campaign is None:
            return self.header.as_json()
        opened = {
            "campaign": self.campaign.campaign_id,
            "kind": self.campaign.kind.value,
            "recipients": len(self.campaign.recipients),
            "queued": self.queued,
        }
        return self.header.as_json() | {"opened": opened}

    def as_text(self) -> str:
        """About the campaign; empty where none opened."""
        if self.campaign is None:
            return ""
        asked = sum(one.asked for one in self.campaign.recipients)
        informed = len(self.campaign.recipients) - asked
        return (
            f"Campaign {self.campaign.campaign_id} is open: {asked} people are asked, {informed} informed; "
            f"{self.queued} messages wait to be sent."
        )


def publish(act: Act, keyring: Keyring, mission: str, *, expires_in: timedelta, **confirmed: Any) -> Published:
    """Publish the next edition as `editions.publish`, and open a campaign about it where the setting says so.

    Whoever may publish may distribute (`domain.people.POLICY`).
    """
    header = editions.publish(act, keyring, mission, expires_in=expires_in, **confirmed)
    edition = act.tx.editions.header(mission, act.now)
    if edition is None or not act.settings.campaign_on_publish:
        return Published(header=header)
    deadline = missions.today(act, mission) + timedelta(days=act.settings.campaign_days)
    opened = open_campaign(act, edition, Plan(deadline=deadline, may_hold=True))
    queued = outbox.queue(act, opened, opened.recipients) if act.settings.smtp_host else 0
    return Published(header=header, campaign=opened, queued=queued)
