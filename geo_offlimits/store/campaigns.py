"""Campaigns: the distribution of one edition to the people of that day."""

import json
import secrets
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, bindparam, func, select, true

from geo_offlimits.domain.campaign import Audience, Campaign, CampaignHeader, CampaignKind, Recipient
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.errors import AbsentError, RefusedError
from geo_offlimits.store.distribution_tables import campaign, recipient
from geo_offlimits.store.history import History, Standing
from geo_offlimits.store.plain import written
from geo_offlimits.store.tables import person

_ONE = Standing(campaign, campaign.c.campaign_id == bindparam("campaign_id"))
_OF_MISSION = Standing(campaign, campaign.c.mission == bindparam("mission"), order_by=campaign.c.id.desc())
_OF_CAMPAIGN = recipient.c.campaign_id == bindparam("campaign_id")
_RECIPIENTS = select(recipient).where(_OF_CAMPAIGN).order_by(recipient.c.id)
_OF_UNIT = _RECIPIENTS.where(recipient.c.unit == bindparam("unit"))
_UNREACHED = _RECIPIENTS.where(func.trim(func.coalesce(recipient.c.email, "")) == "")
_OF_PERSON = _RECIPIENTS.where(recipient.c.person_id == bindparam("person_id"))

# Before there were those who are only informed, everybody was asked; such rows say nothing of it.
WAS_ASKED = func.coalesce(recipient.c.asked, true())
_READERS = select(recipient.c.unit, recipient.c.language).where(_OF_CAMPAIGN, WAS_ASKED).distinct()
_SUCCESSOR = campaign.alias("successor")
# The first row of a campaign says when it opened among others; its last, whether it is open.
_LATEST = (
    select(campaign.c.edition_number, WAS_ASKED.label("asked"), recipient.c.read)
    .join(recipient, recipient.c.campaign_id == campaign.c.campaign_id)
    .outerjoin(_SUCCESSOR, _SUCCESSOR.c.supersedes_id == campaign.c.id)
    .where(
        campaign.c.mission == bindparam("mission"),
        recipient.c.person_id == bindparam("person_id"),
        campaign.c.closed_at.is_(None),
        _SUCCESSOR.c.id.is_(None),
    )
    .order_by(campaign.c.id.desc())
    .limit(1)
)
_NOW = person.alias("now")
_ROLL = (
    select(
        recipient.c.person_id,
        recipient.c.unit,
        WAS_ASKED,
        recipient.c.read,
        recipient.c.due,
        person.c.service_to,
    )
    .join(person, person.c.person_id == recipient.c.person_id)
    .outerjoin(_NOW, _NOW.c.supersedes_id == person.c.id)
    .where(_OF_CAMPAIGN, _NOW.c.id.is_(None))
)
_REACHED = _ROLL.with_only_columns(recipient.c.person_id).where(func.trim(func.coalesce(person.c.email, "")) != "")


class Listed(NamedTuple):
    """What it takes to tell where a recipient stands. `service_to` is as their service ends by now."""

    person_id: str
    unit: str
    asked: bool
    read: int
    due: date | None
    service_to: datetime | None


class Campaigns:
    """A campaign opens with its recipients, gets newcomers, then perhaps closes."""

    def __init__(self, connection: Connection, history: History) -> None:
        self._connection, self._history = connection, history

    def add(self, new: Campaign) -> None:
        """Raises RefusedError when the edition of this number has another hash."""
        self._history.add(campaign, recorded_at=new.opened_at, **_columns(new))
        self.join(new.campaign_id, new.recipients)

    def join(self, campaign_id: str, newcomers: Iterable[Recipient]) -> None:
        """Adds recipients. Raises RefusedError for one who is there already."""
        rows = [{"campaign_id": campaign_id, **_recipient_columns(item)} for item in newcomers]
        self._history.add_many(recipient, rows)

    def header(self, campaign_id: str) -> CampaignHeader | None:
        """As it stands, without its recipients."""
        row = _ONE.row(self._connection, campaign_id=campaign_id)
        return CampaignHeader(**_facts(row)) if row else None

    def headers(self, code: str) -> tuple[CampaignHeader, ...]:
        """Those of a mission, opened last first."""
        found = (CampaignHeader(**_facts(row)) for row in _OF_MISSION.rows(self._connection, mission=code))
        return tuple(sorted(found, key=lambda one: one.opened_at, reverse=True))

    def get(self, campaign_id: str) -> Campaign | None:
        """With its recipients."""
        row = _ONE.row(self._connection, campaign_id=campaign_id)
        return Campaign(**_facts(row), recipients=self.recipients(campaign_id)) if row else None

    def recipients(self, campaign_id: str, unit: str | None = None) -> tuple[Recipient, ...]:
        """In the order in which they were added; of one unit, or all."""
        if unit is None:
            return self._people(_RECIPIENTS, campaign_id=campaign_id)
        return self._people(_OF_UNIT, campaign_id=campaign_id, unit=unit)

    def without_address(self, campaign_id: str) -> tuple[Recipient, ...]:
        """Recipients whom no mail reaches."""
        return self._people(_UNREACHED, campaign_id=campaign_id)

    def with_address(self, campaign_id: str) -> list[str]:
        """Ids of recipients who have an address by now."""
        return list(self._connection.execute(_REACHED, {"campaign_id": campaign_id}).scalars())

    def recipient(self, campaign_id: str, person_id: str) -> Recipient | None:
        return next(iter(self._people(_OF_PERSON, campaign_id=campaign_id, person_id=person_id)), None)

    def readers(self, campaign_id: str) -> list[tuple[str, str]]:
        """Each unit with each language that somebody of it reads who is asked."""
        rows = self._connection.execute(_READERS, {"campaign_id": campaign_id})
        return [(row.unit, row.language) for row in rows]

    def roll(self, campaign_id: str, unit: str | None = None) -> list[Listed]:
        """Everybody, or those of one unit, in few words: there may be 20,000."""
        query = _ROLL if unit is None else _ROLL.where(recipient.c.unit == unit)
        rows = self._connection.execute(query, {"campaign_id": campaign_id})
        return list(map(Listed._make, rows))

    def asked_last(self, person_id: str, mission: str) -> tuple[int, bool, int] | None:
        """Of the open campaign that this person is in and that was opened last: its edition, `asked` and `read`."""
        row = self._connection.execute(_LATEST, {"person_id": person_id, "mission": mission}).first()
        return (row.edition_number, bool(row.asked), row.read) if row else None

    def close(self, campaign_id: str, at: datetime, by: str) -> None:
        """Raises AbsentError when there is no such campaign, RefusedError when it is closed already."""
        row = _ONE.row(self._connection, campaign_id=campaign_id)
        if row is None:
            raise AbsentError(f"There is no campaign {campaign_id}; list the mission's campaigns.")
        if row.closed_at:
            raise RefusedError(f"The campaign {campaign_id} is closed already; open another for the current edition.")
        self._history.supersede(campaign, row, recorded_at=at, closed_at=at, closed_by=by)

    def _people(self, query: Select[Any], **keys: str) -> tuple[Recipient, ...]:
        return tuple(_recipient(row) for row in self._connection.execute(query, keys))


def _columns(new: CampaignHeader) -> dict[str, Any]:
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
        "kind": new.kind.value,
        "audience": written(new.audience.as_json()),
        "held_until": new.held_until,
    }


def _facts(row: Row[Any]) -> dict[str, Any]:
    return {
        "campaign_id": row.campaign_id,
        "mission": row.mission,
        "edition_number": row.edition_number,
        "edition_sha256": row.edition_sha256,
        "opened_at": row.opened_at,
        "opened_by": row.opened_by,
        "deadline": row.deadline,
        "closed_at": row.closed_at,
        "closed_by": row.closed_by,
        "kind": CampaignKind(row.kind or CampaignKind.ASKS),
        "audience": Audience.of_json(json.loads(row.audience or "{}")),
        "held_until": row.held_until,
    }


def _recipient_columns(item: Recipient) -> dict[str, Any]:
    return vars(item) | {"category": item.category.value, "salt": secrets.token_bytes(16)}


def _recipient(row: Row[Any]) -> Recipient:
    return Recipient(
        person_id=row.person_id,
        number=row.number,
        name=row.name,
        unit=row.unit,
        category=PersonnelCategory(row.category),
        email=row.email,
        language=row.language,
        asked=row.asked is not False,
        read=row.read,
        due=row.due,
    )
