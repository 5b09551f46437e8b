"""What somebody at a door says of an entry. It lands in the review list and changes nothing by itself."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from geo_offlimits.domain import texts
from geo_offlimits.errors import Issue


class FlagKind(StrEnum):
    CLOSED = "closed"
    RENAMED = "renamed"
    MOVED = "moved"
    NEW_TENANT = "new_tenant"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Flag:
    """`edition` is the number of the current edition. Settled once `resolution` says what was done.

    claimed_at : when a device says it was raised there, where there was no network; nobody vouches for that time.
    """

    flag_id: str
    mission: str
    designation_id: str
    kind: FlagKind
    person_id: str
    recorded_at: datetime
    edition: int
    note: str | None = None
    settled_by: str | None = None
    resolution: str | None = None
    claimed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.settled_by is None

    def unfit(self) -> tuple[Issue | None, ...]:
        """What keeps each of its texts from being written."""
        return (texts.text("note", self.note), texts.text("resolution", self.resolution))
