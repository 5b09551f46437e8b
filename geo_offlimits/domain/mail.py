"""Mail: one message to one person in one campaign, what kind it is, where it stands, and when it is tried again."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=4)
# So far to either side of a pause: messages that were deferred together do not come back together.
_SPREAD = 0.2
_STEPS = 1000


class MailState(StrEnum):
    """`withdrawn`: there was no reason any more to send it."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class MailKind(StrEnum):
    """What a message is for. The last two go to who answers for others, and name or count who is missing."""

    ANNOUNCEMENT = "announcement"  # asks for an acknowledgement
    INFORMATION = "information"  # asks for none
    INDUCTION = "induction"  # the announcement for who has just arrived
    REMINDER = "reminder"
    LIST = "list"  # to a manager: who of their unit is missing
    COUNTS = "counts"  # to a head of mission: how many are


# They say which edition is current, so that one about an older edition is not sent any more.
ABOUT_EDITION = frozenset({MailKind.ANNOUNCEMENT, MailKind.INFORMATION, MailKind.INDUCTION})
TO_ANSWERABLE = frozenset({MailKind.LIST, MailKind.COUNTS})


class Result(StrEnum):
    """What came of one attempt."""

    TAKEN = "taken"
    DEFERRED = "deferred"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """`answer` is a code of the server (`550 5.1.1`) or a word of ours, never what it said: that may hold names."""

    result: Result
    answer: str


@dataclass(frozen=True, kw_only=True)
class Message:
    """One row of the outbox. There is one a person, campaign, kind and step.

    step : of an escalation, with the day from which it was counted; empty for what goes out once.
    attempts : those that were begun; `claimed_at` says since when one is under way, or was when its process died.
    """

    campaign_id: str
    person_id: str
    mission: str
    edition_number: int
    queued_at: datetime
    next_attempt_at: datetime
    kind: MailKind = MailKind.ANNOUNCEMENT
    step: str = ""
    state: MailState = MailState.WAITING
    attempts: int = 0
    claimed_at: datetime | None = None
    answer: str | None = None
    sent_at: datetime | None = None

    @property
    def key(self) -> str:
        """The same for every attempt, so that a duplicate is known as one; it tells nobody who the person is."""
        parts = [self.campaign_id, self.person_id]
        if self.kind is not MailKind.ANNOUNCEMENT:
            parts += [self.kind.value, self.step]
        return hashlib.sha256("/".join(parts).encode()).hexdigest()[:32]

    def claimed(self, now: datetime) -> "Message":
        """As it is while it is being sent. Should the sender die, it is tried again."""
        attempts = self.attempts + 1
        due = now + pause(attempts, self.key)
        return replace(self, attempts=attempts, claimed_at=now, next_attempt_at=due)

    def given_back(self, now: datetime) -> "Message":
        """As if it had not been claimed: the server was not there for anybody."""
        return replace(self, attempts=self.attempts - 1, claimed_at=None, next_attempt_at=now)

    def kept_until(self, moment: datetime) -> "Message":
        """Not tried before then: whom it is for is on leave."""
        return replace(self, claimed_at=None, next_attempt_at=moment)

    def bounced(self, answer: str) -> "Message":
        """After it was taken, it came back."""
        return replace(self, state=MailState.FAILED, answer=answer)

    def entered(self, outcome: Outcome, now: datetime, *, most_attempts: int) -> "Message":
        """After an attempt. What was deferred for the last time has failed."""
        ended = replace(self, claimed_at=None, answer=outcome.answer)
        if outcome.result is Result.TAKEN:
            return replace(ended, state=MailState.SENT, sent_at=now)
        if outcome.result is Result.REFUSED or self.attempts >= most_attempts:
            return replace(ended, state=MailState.FAILED)
        return ended

    def withdrawn(self) -> "Message":
        return replace(self, state=MailState.WITHDRAWN, claimed_at=None)


def pause(attempts: int, key: str) -> timedelta:
    """How long to wait after so many attempts (at least one): a minute, doubled each time up to four hours."""
    doubled = min(FIRST_PAUSE * float(2 ** min(attempts - 1, 16)), LONGEST_PAUSE)
    digest = hashlib.sha256(f"{key}/{attempts}".encode()).digest()
    share = int.from_bytes(digest[:4], "big") % _STEPS / _STEPS
    return doubled * (1 - _SPREAD + 2 * _SPREAD * share)
