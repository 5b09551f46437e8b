"""Tokens: what a device or another program carries of the rights of one person, in one mission, for a while.

1. The holder is the person who issued it for themselves; nothing else is done in their name than the purpose says.
2. Of its text only the SHA-256 is kept. A token has 256 random bits: nobody guesses one, so failures need no throttle.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from geo_offlimits.domain.people import Action, Scope

LONGEST = timedelta(days=366)
USUAL = timedelta(days=90)


class Purpose(StrEnum):
    SYNC = "sync"  # keeps the current list: editions, deltas, envelopes, exports, keys
    API = "api"  # that, and asks, flags and proposes as the holder's role may
    DEVICE = "device"  # what `sync` does, and flags: a device on which a person keeps the list
    METRICS = "metrics"  # reads the mission's figures, and nothing of its list

    def covers(self, needed: "Purpose") -> bool:
        return needed is self or needed in _COVERED.get(self, ())


_COVERED: dict[Purpose, frozenset[Purpose]] = {
    Purpose.DEVICE: frozenset({Purpose.SYNC}),
    Purpose.API: frozenset({Purpose.SYNC, Purpose.DEVICE}),
}


# Never a decision, an attachment, a retired edition, or another token.
CARRIED: dict[Purpose, frozenset[Action]] = {
    Purpose.SYNC: frozenset({Action.LOOK_UP, Action.EXPORT}),
    Purpose.API: frozenset({Action.LOOK_UP, Action.EXPORT, Action.PROPOSE}),
    Purpose.DEVICE: frozenset({Action.LOOK_UP, Action.EXPORT}),
    Purpose.METRICS: frozenset({Action.READ_FIGURES}),
}
# Without this right of its holder a token is neither issued nor recognised.
LEAST: dict[Purpose, Action] = {
    Purpose.SYNC: Action.LOOK_UP,
    Purpose.API: Action.LOOK_UP,
    Purpose.DEVICE: Action.LOOK_UP,
    Purpose.METRICS: Action.READ_FIGURES,
}


@dataclass(frozen=True, kw_only=True)
class Token:
    """What is known of a token. `used_on` and `edition` (the number last fetched) tell of its use, and no more.

    `revoked_at` is None while nobody has revoked it.
    """

    token_id: str
    mission: str
    purpose: Purpose
    person_id: str
    sha256: str = field(repr=False)
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    used_on: date | None = None
    edition: int | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it is neither revoked nor over."""
        return self.revoked_at is None and now < self.expires_at

    @property
    def scope(self) -> Scope:
        return Scope(token_id=self.token_id, mission=self.mission, actions=CARRIED[self.purpose])
