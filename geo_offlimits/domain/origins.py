"""Where a list of another mission, or of a partner, comes from: what may be said of it and what may not."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from geo_offlimits.domain.instants import format_instant


class OriginStanding(StrEnum):
    """How a list came to us. What was transcribed by hand is nobody's signed word."""

    SIGNED = "signed"
    TRANSCRIBED = "transcribed"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """The provenance of one list, told beside every line that is taken from it.

    code : the mission's or partner's code. edition : the number of a signed edition, None for what was transcribed.
    reference : the partner's own reference of the paper, where it was given. dated : when a signed edition was issued,
    or when a transcribed list was received. sha256 : of the edition's bytes or of the file, in hexadecimal.
    entered_by, confirmed_by : ids of the two persons of a transcribed list; None for a signed one. What they are
    called stands beside that, where the list is told to somebody who may know.
    """

    code: str
    standing: OriginStanding
    dated: datetime
    sha256: str
    edition: int | None = None
    reference: str | None = None
    entered_by: str | None = None
    confirmed_by: str | None = None
    entered_by_name: str | None = None
    confirmed_by_name: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "standing": self.standing.value,
            "dated": format_instant(self.dated),
            "sha256": self.sha256,
            "edition": self.edition,
            "reference": self.reference,
            "entered_by": self.entered_by,
            "confirmed_by": self.confirmed_by,
            "entered_by_name": self.entered_by_name,
            "confirmed_by_name": self.confirmed_by_name,
        }
