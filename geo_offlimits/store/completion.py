"""How many recipients of a campaign stand where, counted by the database: there may be 20,000 of each of five.

Who was on leave while it ran is read one by one, since the day by which it is due moves with the leave.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Subquery,
    and_,
    bindparam,
    case,
    func,
    literal,
    select,
)

from geo_offlimits.domain.campaign import CampaignHeader, RecipientStanding
from geo_offlimits.store import history
from geo_offlimits.store.acknowledgements import COUNTING
from geo_offlimits.store.campaigns import WAS_ASKED, Listed
from geo_offlimits.store.columns import Utc
from geo_offlimits.store.distribution_tables import recipient
from geo_offlimits.store.service_tables import leave
from geo_offlimits.store.tables import person

_AWAY = history.Standing(
    leave,
    leave.c.mission == bindparam("mission"),
    leave.c.away_to > leave.c.away_from,
    leave.c.away_to > bindparam("opened_at", type_=Utc),
).only(leave.c.person_id)


class Counted(NamedTuple):
    """`bucket`: of how many of the moments asked for the acknowledgement lies before them."""

    unit: str
    category: str
    sector: str | None
    standing: RecipientStanding
    bucket: int
    people: int


class Away(NamedTuple):
    """One who was on leave while the campaign ran."""

    category: str
    sector: str | None
    bucket: int
    listed: Listed


class Completions:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def counted(
        self, campaign: CampaignHeader, *, now: datetime, today: date, moments: Sequence[datetime] = ()
    ) -> list[Counted]:
        """By group and standing, without those who were on leave. moments : ascending ends of days, for a trend."""
        people = _people(campaign, moments)
        standing = _standing(people, campaign, today)
        keys = (people.c.unit, people.c.category, people.c.sector, standing, people.c.bucket)
        query = select(*keys, func.count()).where(people.c.person_id.not_in(_AWAY)).group_by(*keys)
        rows = self._connection.execute(query, self._keys(campaign) | {"now": now})
        return [
            Counted(unit, category, sector, RecipientStanding(at), bucket, n)
            for unit, category, sector, at, bucket, n in rows
        ]

    def away(self, campaign: CampaignHeader, moments: Sequence[datetime] = ()) -> list[Away]:
        people = _people(campaign, moments)
        listed = [people.c[name] for name in Listed._fields]
        query = select(people.c.category, people.c.sector, people.c.bucket, *listed)
        rows = self._connection.execute(query.where(people.c.person_id.in_(_AWAY)), self._keys(campaign))
        return [Away(category, sector, bucket, Listed._make(facts)) for category, sector, bucket, *facts in rows]

    @staticmethod
    def _keys(campaign: CampaignHeader) -> dict[str, Any]:
        return {
            "campaign_id": campaign.campaign_id,
            "mission": campaign.mission,
            "opened_at": campaign.opened_at,
        }


def _people(campaign: CampaignHeader, moments: Sequence[datetime]) -> Subquery:
    """Recipients as they were listed, with their sector of then, the end of their service as of now, what they read."""
    rows, versions = _versions(), COUNTING.subquery()
    given = (
        select(
            versions.c.person_id,
            func.max(versions.c.edition_number).label("number"),
            func.min(case((versions.c.edition_number >= campaign.edition_number, versions.c.acknowledged_at))).label(
                "at"
            ),
        )
        .group_by(versions.c.person_id)
        .subquery()
    )
    then, current = person.alias("then"), person.alias("current")
    return (
        select(
            recipient.c.person_id,
            recipient.c.unit,
            recipient.c.category,
            then.c.sector,
            WAS_ASKED.label("asked"),
            recipient.c.read,
            func.coalesce(given.c.number, 0).label("given"),
            recipient.c.due,
            current.c.service_to,
            _bucket(given.c.at, moments).label("bucket"),
        )
        .join(rows, rows.c.person_id == recipient.c.person_id)
        .join(then, then.c.id == rows.c.then_id)
        .join(current, current.c.id == rows.c.current_id)
        .outerjoin(given, given.c.person_id == recipient.c.person_id)
        .where(recipient.c.campaign_id == bindparam("campaign_id"))
        .subquery()
    )


def _versions() -> Subquery:
    """Of each recipient the row that stood when the campaign opened, for newcomers their first, and that of now."""
    known = case((person.c.recorded_at <= bindparam("opened_at", type_=Utc), person.c.id))
    then = func.coalesce(func.max(known), func.min(person.c.id)).label("then_id")
    of_campaign = select(recipient.c.person_id).where(recipient.c.campaign_id == bindparam("campaign_id"))
    return (
        select(person.c.person_id, then, func.max(person.c.id).label("current_id"))
        .where(person.c.person_id.in_(of_campaign))
        .group_by(person.c.person_id)
        .subquery()
    )


def _bucket(at: ColumnElement[Any], moments: Sequence[datetime]) -> ColumnElement[int]:
    before: ColumnElement[int] = literal(0, Integer)
    for moment in moments:
        before += case((at < literal(moment, Utc), 0), else_=1)
    return before


def _standing(people: Subquery, campaign: CampaignHeader, today: date) -> ColumnElement[str]:
    """As `services.standings` tells it of each."""
    due = func.coalesce(people.c.due, literal(campaign.deadline, recipient.c.due.type))
    gone = and_(people.c.service_to.is_not(None), people.c.service_to <= bindparam("now", type_=Utc))
    waits = people.c.asked | (people.c.given < people.c.read)
    return case(
        (gone, RecipientStanding.DEPARTED.value),
        (people.c.given >= campaign.edition_number, RecipientStanding.ACKNOWLEDGED.value),
        (~waits, RecipientStanding.INFORMED.value),
        (due < today, RecipientStanding.OVERDUE.value),
        else_=RecipientStanding.OUTSTANDING.value,
    )
