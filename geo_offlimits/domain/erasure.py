"""Erasures: who somebody was is taken away where it is written, and what was done stays."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ErasureState(StrEnum):
    ASKED = "asked"
    AGREED = "agreed"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Erasure:
    """`at` is when it came to its state."""

    erasure_id: str
    person_id: str
    asked_by: str
    reason: str
    state: ErasureState
    settled_by: str | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Mention:
    """A text, written by hand, that names somebody: the table and the column it stands in, and the row's id."""

    table: str
    column: str
    row_id: int

    def __str__(self) -> str:
        return f"{self.table}/{self.row_id} {self.column}"
