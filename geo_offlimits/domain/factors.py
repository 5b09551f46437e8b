"""Second factors: what a person has beside what they know, and how a lost one is taken away."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class FactorKind(StrEnum):
    APP = "app"  # codes of time, RFC 6238
    KEY = "key"  # WebAuthn: a security key or a passkey


@dataclass(frozen=True, kw_only=True)
class Factor:
    """`confirmed_at` is None until it was shown once; only then it counts."""

    factor_id: str
    person_id: str
    kind: FactorKind
    label: str
    secret: bytes = field(repr=False)
    credential_id: str | None = None
    counter: int = 0
    added_at: datetime
    confirmed_at: datetime | None = None
    used_on: date | None = None


class RecoveryState(StrEnum):
    ASKED = "asked"
    AGREED = "agreed"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Recovery:
    """`at` is when it came to its state."""

    recovery_id: str
    person_id: str
    asked_by: str
    reason: str
    state: RecoveryState
    settled_by: str | None
    at: datetime
