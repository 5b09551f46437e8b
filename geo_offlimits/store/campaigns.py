"""Campaigns: the distribution of one edition to the people of that day."""

import secrets
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from geo_offlimits.domain.acknowledgement import Campaign, Recipient
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.errors import AbsentError, RefusedError
from geo_offlimits.store.distribution_tables import campaign, recipient
from geo_offlimits.store.history import History, Standing

_ONE = Standing(campaign, campaign.c.campaign_id == bindparam("campaign_id"))
_OF_MISSION = Standing(campaign, campaign.c.mission == bindparam("mission"), order_by=campaign.c.opened_at.desc())
_RECIPIENTS = (
    select(recipient)
    .where(recipient.c.campaign_id.in_(bindparam("campaigns", expanding=True)))
    .order_by(recipient.c.id)
)

_SUCCESSOR = campaign.alias("successor")
_ASKED = (
    select(campaign.c.edition_number)
    .join(recipient, recipient.c.campaign_id == campaign.c.campaign_id)
    .outerjoin(_SUCCESSOR, _SUCCESSOR.c.supersedes_id == campaign.c.id)
    .where(
        campaign.c.mission == bindparam("mission"),
        recipient.c.person_id == bindparam("person_id"),
        campaign.c.closed_at.is_(None),
        _SUCCESSOR.c.id.is_(None),
    )
    .order_by(campaign.c.edition_number)
)


class Campaigns:
    """A campaign opens with its recipients, then perhaps closes."""

    def __init__(self, connection: Connection, history: History) -> None:
        self._connection, self._history = connection, history

    def add(self, new: Campaign) -> None:
        """Raises RefusedError when the edition of this number has another hash."""
        self._history.add(campaign, recorded_at=new.opened_at, **_columns(new))
        for item in new.recipients:
            self._history.add(recipient, campaign_id=new.campaign_id, **_recipient_columns(item))

    def get(self, campaign_id: str, known_at: datetime | None = None) -> Campaign | None:
        row = _ONE.row(self._connection, known_at, campaign_id=campaign_id)
        return self._whole([row])[0] if row else None

    def of_mission(self, code: str, known_at: datetime | None = None) -> tuple[Campaign, ...]:
        """Latest opened first."""
        return self._whole(_OF_MISSION.rows(self._connection, known_at, mission=code))

    def asked_of(self, person_id: str, mission: str) -> tuple[int, ...]:
        """Numbers of the editions that open campaigns of the mission ask this person to acknowledge."""
        return tuple(self._connection.execute(_ASKED, {"person_id": person_id, "mission": mission}).scalars())

    def close(self, campaign_id: str, at: datetime, by: str) -> None:
        """Raises AbsentError when there is no such campaign, RefusedError when it is closed already."""
        row = _ONE.row(self._connection, campaign_id=campaign_id)
        if row is None:
            raise AbsentError(f"There is no campaign {campaign_id}; list the mission's campaigns.")
        if row.closed_at:
            raise RefusedError(f"The campaign {campaign_id} is closed already; open another for the current edition.")
        self._history.supersede(campaign, row, recorded_at=at, closed_at=at, closed_by=by)

    def _whole(self, rows: Sequence[Row[Any]]) -> tuple[Campaign, ...]:
        if not rows:
            return ()
        people = defaultdict[str, list[Recipient]](list)
        for row in self._connection.execute(_RECIPIENTS, {"campaigns": [row.campaign_id for row in rows]}):
            people[row.campaign_id].append(_recipient(row))
        return tuple(_campaign(row, tuple(people[row.campaign_id])) for row in rows)


def _columns(new: Campaign) -> dict[str, Any]:
    return {
        "campaign_id": new.campaign_id,
        "mission": new.mission,
        "edition_number": new.edition_number,
        "edition_sha256": new.edition_sha256,
        "opened_at": new.opened_at,
        "opened_by": new.opened_by,
        "deadline": new.deadline,
        "closed_at": new.closed_at,
        "closed_by": new.closed_by,
    }


def _campaign(row: Row[Any], recipients: tuple[Recipient, ...]) -> Campaign:
    return Campaign(
        campaign_id=row.campaign_id,
        mission=row.mission,
        edition_number=row.edition_number,
        edition_sha256=row.edition_sha256,
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        deadline=row.deadline,
        recipients=recipients,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
    )


def _recipient_columns(item: Recipient) -> dict[str, Any]:
    return {
        "person_id": item.person_id,
        "number": item.number,
        "name": item.name,
        "unit": item.unit,
        "category": item.category.value,
        "email": item.email,
        "language": item.language,
        "salt": secrets.token_bytes(16),
    }


def _recipient(row: Row[Any]) -> Recipient:
    return Recipient(
        person_id=row.person_id,
        number=row.number,
        name=row.name,
        unit=row.unit,
        category=PersonnelCategory(row.category),
        email=row.email,
        language=row.language,
    )
