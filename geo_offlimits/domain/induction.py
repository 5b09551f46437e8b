"""Inductions: when a newcomer was briefed, in which language and by whom."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True)
class Induction:
    """A newcomer was told the standards of conduct, and where the list is.

    text_sha256 : of the words they were given in `language`. briefed_by : the person who explained them.
    """

    person_id: str
    mission: str
    edition_number: int
    edition_sha256: str
    inducted_on: date
    language: str
    text_sha256: str
    briefed_by: str
    entered_by: str
    recorded_at: datetime
