"""What is told of an edition without its content: on every verdict, page and export."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from geo_offlimits.domain.edition import Edition
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.store.editions import EditionHeader


@dataclass(frozen=True, kw_only=True)
class PublishedHeader:
    """`entries` is None where only the header was read."""

    mission: str
    number: int
    sha256: str
    previous_sha256: str | None
    issued_at: datetime
    expires_at: datetime
    entries: int | None = None

    @classmethod
    def of_stored(cls, stored: EditionHeader) -> "PublishedHeader":
        return cls(
            mission=stored.mission,
            number=stored.number,
            sha256=stored.sha256,
            previous_sha256=stored.previous_sha256,
            issued_at=stored.issued_at,
            expires_at=stored.expires_at,
        )

    @classmethod
    def of_edition(cls, edition: Edition, sha256: str) -> "PublishedHeader":
        return cls(
            mission=edition.mission,
            number=edition.number,
            sha256=sha256,
            previous_sha256=edition.previous_sha256,
            issued_at=edition.issued_at,
            expires_at=edition.expires_at,
            entries=len(edition.entries),
        )

    def stale(self, at: datetime) -> bool:
        return at >= self.expires_at

    def as_json(self, stale_at: datetime | None = None) -> dict[str, Any]:
        document: dict[str, Any] = {
            "mission": self.mission,
            "number": self.number,
            "sha256": self.sha256,
            "previous_sha256": self.previous_sha256,
            "issued_at": format_instant(self.issued_at),
            "expires_at": format_instant(self.expires_at),
        }
        if stale_at is not None:
            document["stale"] = self.stale(stale_at)
        return document if self.entries is None else document | {"entries": self.entries}
