"""The outbox: operational rows, one a recipient and campaign. Whose address it is stands with the campaign."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from geo_offlimits.domain.mail import MailState, Message
from geo_offlimits.store.operational_tables import outbox

_WAITING = outbox.c.state == MailState.WAITING.value
_FIRST_DUE = select(outbox).where(_WAITING).order_by(outbox.c.next_attempt_at, outbox.c.person_id).limit(1)
_COUNTS = select(outbox.c.state, func.count()).group_by(outbox.c.state)
_LATEST = select(outbox.c.campaign_id).order_by(outbox.c.queued_at.desc(), outbox.c.campaign_id).limit(1)


class Outbox:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Iterable[Message]) -> None:
        if rows := [vars(one) | {"state": one.state.value} for one in new]:
            self._connection.execute(outbox.insert(), rows)

    def put(self, message: Message) -> None:
        """Overwrites the message of this recipient and campaign. One that waits no more stays, unless it was sent."""
        mine = [outbox.c.campaign_id == message.campaign_id, outbox.c.person_id == message.person_id]
        if message.state is not MailState.SENT:
            mine.append(_WAITING)
        self._connection.execute(outbox.update().where(*mine), vars(message) | {"state": message.state.value})

    def due(self, now: datetime, mission: str | None = None) -> Message | None:
        """Of what waits and is due, what has been due longest."""
        asked = _FIRST_DUE.where(outbox.c.next_attempt_at <= now)
        row = self._connection.execute(asked.where(outbox.c.mission == mission) if mission else asked).first()
        return _message(row) if row else None

    def free(self, now: datetime) -> int:
        """Makes due what was claimed by a sender that has died. How many there were."""
        left = (_WAITING, outbox.c.claimed_at.is_not(None))
        return self._connection.execute(
            outbox.update().where(*left), {"claimed_at": None, "next_attempt_at": now}
        ).rowcount

    def withdraw(self, campaign_id: str) -> int:
        """What waits of this campaign is not sent any more. How many there were."""
        waits = (_WAITING, outbox.c.campaign_id == campaign_id)
        gone = {"state": MailState.WITHDRAWN.value, "claimed_at": None}
        return self._connection.execute(outbox.update().where(*waits), gone).rowcount

    def forget(self, person_id: str) -> None:
        """Nothing that waits for them is sent any more."""
        self._connection.execute(outbox.delete().where(_WAITING, outbox.c.person_id == person_id))

    def counts(self, campaign_id: str) -> dict[MailState, int]:
        """How many of a campaign's messages stand where; none of it where it is not mailed."""
        rows = self._connection.execute(_COUNTS.where(outbox.c.campaign_id == campaign_id))
        return {MailState(state): count for state, count in rows}

    def waiting(self, mission: str) -> tuple[int, datetime | None, datetime | None]:
        """How many of a mission's messages wait; when the oldest was queued, when the first is due."""
        of_mission = (_WAITING, outbox.c.mission == mission)
        first = select(func.count(), func.min(outbox.c.queued_at), func.min(outbox.c.next_attempt_at))
        count, queued_at, due_at = self._connection.execute(first.where(*of_mission)).one()
        return count, queued_at, due_at

    def latest(self, mission: str) -> str | None:
        """The campaign of the mission that was mailed last."""
        found: str | None = self._connection.execute(_LATEST.where(outbox.c.mission == mission)).scalar()
        return found

    def failed(self, campaign_id: str) -> tuple[Message, ...]:
        """By person."""
        rows = select(outbox).where(outbox.c.campaign_id == campaign_id, outbox.c.state == MailState.FAILED.value)
        return tuple(_message(row) for row in self._connection.execute(rows.order_by(outbox.c.person_id)))


def _message(row: Row[Any]) -> Message:
    return Message(**row._asdict() | {"state": MailState(row.state)})
