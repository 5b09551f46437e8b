"""A list of a partner, kept beside the mission's own register: its word, never ours.

1. A signed edition is its issuer's word by its signature. What was transcribed is nobody's word until another person
   than the one who entered it has held it against the paper.
2. A newer list of the same partner and standing takes the place of the one before. A transcription never takes the
   place of a signed edition, nor the other way round: who compares is shown both.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.domain.origins import Origin


class PartnerState(StrEnum):
    """Where a partner's list stands with us."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    RECOGNISED = "recognised"
    REFUSED = "refused"
    SUPERSEDED = "superseded"


# Only these are the partner's word: what else is shown as what it is, and compared with nothing.
HELD = frozenset({PartnerState.CONFIRMED, PartnerState.RECOGNISED})


@dataclass(frozen=True, kw_only=True)
class PartnerEdition:
    """One list of a partner as it came. `rows` : of a transcribed one, entry id -> its row in the file.

    edition_id : `CODE-P0001`, of the mission that keeps it. settled_by, settled_at, reason : who confirmed or refused
    a transcribed list, when, and why it was refused. superseded_by : the id of the newer list in its place.
    expires_at : of a signed one. key_id : of the key by which its signature was verified.
    """

    edition_id: str
    mission: str
    origin: Origin
    state: PartnerState
    file_name: str
    recorded_at: datetime
    recorded_by: str
    entries: tuple[Entry, ...]
    rows: dict[str, int]
    settled_by: str | None = None
    settled_at: datetime | None = None
    reason: str | None = None
    superseded_by: str | None = None
    expires_at: datetime | None = None
    key_id: str | None = None

    @property
    def is_held(self) -> bool:
        """Whether it stands as the partner's word."""
        return self.state in HELD

    def is_stale(self, at: datetime) -> bool:
        return self.expires_at is not None and at >= self.expires_at

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.edition_id,
            "mission": self.mission,
            "state": self.state.value,
            "origin": self.origin.as_json(),
            "file": self.file_name,
            "entries": len(self.entries),
            "recorded_at": format_instant(self.recorded_at),
            "recorded_by": self.recorded_by,
            "settled_by": self.settled_by,
            "settled_at": format_instant(self.settled_at) if self.settled_at else None,
            "reason": self.reason,
            "superseded_by": self.superseded_by,
            "expires_at": format_instant(self.expires_at) if self.expires_at else None,
            "key_id": self.key_id,
        }
