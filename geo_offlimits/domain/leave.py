"""Leave: when a person is away and not reminded."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Leave:
    """`[away_from, away_to)`. One that ends where it begins was taken back."""

    leave_id: str
    person_id: str
    mission: str
    away_from: datetime
    away_to: datetime
    entered_by: str
    recorded_at: datetime

    def holds(self, at: datetime) -> bool:
        return self.away_from <= at < self.away_to
