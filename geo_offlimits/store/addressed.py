"""How an edition was brought to one person: the campaigns in which they were, and what became of the mail."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, and_, bindparam, select

from geo_offlimits.domain.mail import MailState
from geo_offlimits.store.operational_tables import outbox
from geo_offlimits.store.tables import campaign, recipient


@dataclass(frozen=True, kw_only=True)
class Addressed:
    """`mail` None: nothing was queued for them. `sent_at`: when a mail server took it."""

    campaign_id: str
    opened_at: datetime
    deadline: date | None
    mail: MailState | None
    sent_at: datetime | None


_ADDRESSED = (
    select(campaign.c.campaign_id, campaign.c.opened_at, campaign.c.deadline, outbox.c.state, outbox.c.sent_at)
    .join(recipient, recipient.c.campaign_id == campaign.c.campaign_id)
    .outerjoin(
        outbox,
        and_(outbox.c.campaign_id == campaign.c.campaign_id, outbox.c.person_id == recipient.c.person_id),
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
            mail=row.state and MailState(row.state),
            sent_at=row.sent_at,
        )
        for row in connection.execute(_ADDRESSED, keys)
    )
