"""The outbox: operational rows, one a person, campaign, kind and step. Addresses stand with the persons."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from geo_offlimits.domain.mail import MailKind, MailState, Message
from geo_offlimits.store.operational_tables import outbox

_WAITING = outbox.c.state == MailState.WAITING.value
_FIRST_DUE = select(outbox).where(_WAITING).order_by(outbox.c.next_attempt_at, outbox.c.person_id).limit(1)
_COUNTS = select(outbox.c.state, func.count()).group_by(outbox.c.state)
_IDENTITY = ("campaign_id", "person_id", "kind", "step")
_LATEST = select(outbox.c.campaign_id).order_by(outbox.c.queued_at.desc(), outbox.c.campaign_id).limit(1)


class Outbox:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Iterable[Message]) -> None:
        if rows := [_columns(one) for one in new]:
            self._connection.execute(outbox.insert(), rows)

    def put(self, message: Message) -> None:
        """Overwrites this message. One that waits no more stays, unless it was sent."""
        mine = [outbox.c[name] == getattr(message, name) for name in _IDENTITY]
        if message.state is not MailState.SENT:
            mine.append(_WAITING)
        self._connection.execute(outbox.update().where(*mine), _columns(message))

    def fail(self, message: Message) -> None:
        """Overwrites a message that was sent and has come back."""
        mine = [outbox.c[name] == getattr(message, name) for name in _IDENTITY]
        self._connection.execute(outbox.update().where(*mine), _columns(message))

    def of_key(self, key: str) -> Message | None:
        """The message that bears this name in its Message-ID."""
        row = self._connection.execute(select(outbox).where(outbox.c.key == key)).first()
        return _message(row) if row else None

    def taken(self, campaign_id: str, mission: str, kind: MailKind, step: str) -> frozenset[str]:
        """Who of the mission has had, or will have, this step; by which campaign does not matter.

        One that an earlier campaign withdrew with its end was never sent, and is free for the next.
        """
        asked = select(outbox.c.person_id).where(
            outbox.c.mission == mission,
            outbox.c.kind == kind.value,
            outbox.c.step == step,
            (outbox.c.state != MailState.WITHDRAWN.value) | (outbox.c.campaign_id == campaign_id),
        )
        return frozenset(self._connection.execute(asked).scalars())

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

    def wake(self, person_id: str, now: datetime) -> None:
        """What waits for a person is due: when they are back may have changed."""
        waits = (_WAITING, outbox.c.person_id == person_id, outbox.c.claimed_at.is_(None))
        self._connection.execute(outbox.update().where(*waits), {"next_attempt_at": now})

    def withdraw(self, campaign_id: str, kinds: Iterable[MailKind] = tuple(MailKind)) -> int:
        """What waits of this campaign is not sent any more. How many there were."""
        waits = (_WAITING, outbox.c.campaign_id == campaign_id, outbox.c.kind.in_([one.value for one in kinds]))
        gone = {"state": MailState.WITHDRAWN.value, "claimed_at": None}
        return self._connection.execute(outbox.update().where(*waits), gone).rowcount

    def forget(self, person_id: str) -> None:
        """Nothing that waits for them is sent any more."""
        self._connection.execute(outbox.delete().where(_WAITING, outbox.c.person_id == person_id))

    def counts(self, campaign_id: str) -> dict[MailState, int]:
        """How many of the messages that a campaign opened with stand where; none of it where it is not mailed."""
        rows = self._connection.execute(_COUNTS.where(outbox.c.campaign_id == campaign_id, outbox.c.step == ""))
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


def _columns(message: Message) -> dict[str, Any]:
    words = {"state": message.state.value, "kind": message.kind.value}
    return vars(message) | words | {"key": message.key}


def _message(row: Row[Any]) -> Message:
    told = row._asdict()
    del told["key"]
    return Message(**told | {"state": MailState(row.state), "kind": MailKind(row.kind)})
