"""How an edition was brought to one person: the campaigns in which they were, and what became of the mail."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, and_, bindparam, select

from geo_offlimits.domain.mail import ABOUT_EDITION, MailState
from geo_offlimits.store.campaigns import WAS_ASKED
from geo_offlimits.store.distribution_tables import campaign, recipient
from geo_offlimits.store.operational_tables import outbox


@dataclass(frozen=True, kw_only=True)
class Addressed:
    """`asked`: an acknowledgement, else informed. `mail` None: nothing was queued. `sent_at`: a mail server took it."""

    campaign_id: str
    opened_at: datetime
    deadline: date | None
    asked: bool
    mail: MailState | None
    sent_at: datetime | None


_ADDRESSED = (
    select(
        campaign.c.campaign_id,
        campaign.c.opened_at,
        campaign.c.deadline,
        WAS_ASKED.label("asked"),
        outbox.c.state,
        outbox.c.sent_at,
    )
    .join(recipient, recipient.c.campaign_id == campaign.c.campaign_id)
    .outerjoin(
        outbox,
        and_(
            outbox.c.campaign_id == campaign.c.campaign_id,
            outbox.c.person_id == recipient.c.person_id,
            outbox.c.kind.in_([kind.value for kind in sorted(ABOUT_EDITION)]),
        ),
    )
    .where(
        recipient.c.person_id == bindparam("person_id"),
        campaign.c.mission == bindparam("mission"),
        campaign.c.edition_number == bindparam("number"),
        campaign.c.supersedes_id.is_(None),
    )
    .order_by(campaign.c.opened_at)
)


def addressed(connection: Connection, person_id: str, mission: str, number: int) -> tuple[Addressed, ...]:
    """The campaigns of one edition in which this person was, in the order in which they opened."""
    keys = {"person_id": person_id, "mission": mission, "number": number}
    return tuple(
        Addressed(
            campaign_id=row.campaign_id,
            opened_at=row.opened_at,
            deadline=row.deadline,
            asked=row.asked,
            mail=row.state and MailState(row.state),
            sent_at=row.sent_at,
        )
        for row in connection.execute(_ADDRESSED, keys)
    )
