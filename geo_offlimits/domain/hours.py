"""When a listing binds: a weekly schedule in the mission's time zone."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from geo_offlimits.domain.instants import time_zone, utc
from geo_offlimits.errors import InputError, Issue, Sentence

_DAYS = range(1, 8)


@dataclass(frozen=True, kw_only=True)
class WeeklySpan:
    """From one wall-clock time to another on ISO weekdays (1 is Monday).

    A span whose end is not after its start runs past midnight and belongs to the day on which it starts; equal times
    mean the whole day.
    """

    days: tuple[int, ...]
    start: time
    end: time

    def __post_init__(self) -> None:
        if not self.days or len(set(self.days)) < len(self.days) or any(day not in _DAYS for day in self.days):
            raise InputError(
                Sentence("Hours need days from 1 (Monday) to 7 (Sunday), each once."),
                Issue(field="hours", reason=Sentence("bad days")),
            )
        if self.start.tzinfo or self.end.tzinfo:
            raise InputError(
                Sentence("Hours are read on the mission's wall clock; leave the offset away and write 20:00."),
                Issue(field="hours", reason=Sentence("a time with an offset")),
            )

    def holds(self, wall: datetime) -> bool:
        today, yesterday = wall.isoweekday(), (wall - timedelta(days=1)).isoweekday()
        clock = wall.time().replace(tzinfo=None)
        if self.start < self.end:
            return today in self.days and self.start <= clock < self.end
        return (today in self.days and clock >= self.start) or (yesterday in self.days and clock < self.end)


@dataclass(frozen=True, kw_only=True)
class Hours:
    """A weekly schedule read on the wall clock of `tz` (IANA), so daylight saving moves with the people."""

    tz: str
    weekly: tuple[WeeklySpan, ...]

    def __post_init__(self) -> None:
        time_zone(self.tz)
        if not self.weekly:
            raise InputError(Sentence("Hours need at least one span; leave them out when the listing always binds."))

    def holds(self, at: datetime) -> bool:
        wall = utc(at).astimezone(time_zone(self.tz))
        return any(span.holds(wall) for span in self.weekly)
