"""Moments and periods: always UTC-aware, periods half-open `[start, end)`."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeGuard
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from geo_offlimits.errors import InputError, Issue, Sentence

# Beyond these years a time is a slip of the pen, and arithmetic with time zones may leave the calendar.
FIRST_YEAR, LAST_YEAR = 1900, 2200


def utc(moment: datetime) -> datetime:
    """The same moment in UTC.

    Raises InputError for a naive datetime (nobody can say when it is) and beyond FIRST_YEAR to LAST_YEAR.
    """
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise InputError(
            Sentence(
                "The year of {time} is not between {first} and {last}; correct it, or leave the time open.",
                time=moment.isoformat(),
                first=FIRST_YEAR,
                last=LAST_YEAR,
            ),
            Issue(field="time", reason=Sentence("beyond the calendar"), value=moment.isoformat()),
        )
    if moment.tzinfo is None:
        raise InputError(
            Sentence("The time {time} has no time zone; add Z or an offset such as +01:00.", time=moment.isoformat()),
            Issue(field="time", reason=Sentence("no time zone"), value=moment.isoformat()),
        )
    return moment.astimezone(UTC)


def format_instant(moment: datetime) -> str:
    """`YYYY-MM-DDTHH:MM:SSZ`, the one form of every published time; fractions of a second are cut."""
    # Many times quicker than strftime, which asks the system for its time zone at each call.
    return utc(moment).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def parse_instant(text: str) -> datetime:
    """An ISO 8601 time with an offset or Z, in UTC. Raises InputError for anything else."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InputError(
            Sentence("{time} is not a time; write it as 2026-11-20T22:00:00+01:00.", time=repr(text)),
            Issue(field="time", reason=Sentence("not an ISO 8601 time"), value=text),
        ) from None
    # Twice: at the ends of the calendar a time zone leads out of it.
    return utc(utc(moment))


def time_zone(name: str) -> ZoneInfo:
    """The IANA zone of this name. Raises InputError when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(
            Sentence("{zone} is not a time zone; use an IANA name such as Europe/Belgrade.", zone=repr(name)),
            Issue(field="timezone", reason=Sentence("unknown time zone"), value=name),
        ) from None


@dataclass(frozen=True, kw_only=True)
class Period:
    """`[start, end)`; no start or no end means open on that side."""

    start: datetime | None = None
    end: datetime | None = None

    def __post_init__(self) -> None:
        for moment in (self.start, self.end):
            if moment:
                utc(moment)
        if self.start and self.end and self.end <= self.start:
            raise InputError(
                Sentence(
                    "The period ends at {end}, not after its start {start}; give a later end or leave it open.",
                    end=format_instant(self.end),
                    start=format_instant(self.start),
                ),
                Issue(field="to", reason=Sentence("not after the start")),
            )

    def holds(self, at: datetime) -> bool:
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)


def days(first: date | None, last: date | None, zone: ZoneInfo) -> Period:
    """From the start of `first` to the end of `last`, which is included, as days go in `zone`; None is open.

    A datetime in place of a day is that moment. Raises InputError when `last` comes before `first`.
    """
    if is_day(first) and is_day(last) and last < first:
        raise InputError(
            Sentence(
                "The last day, {last}, comes before the first, {first}; swap them or leave one open.",
                last=last,
                first=first,
            ),
            Issue(field="to", reason=Sentence("before the first day"), value=str(last)),
        )
    start = first if first is None or isinstance(first, datetime) else midnight(first, zone)
    return Period(start=start, end=last if last is None or isinstance(last, datetime) else midnight(_after(last), zone))


def is_day(given: date | None) -> TypeGuard[date]:
    """Whether a day is given, and not a moment; to Python a datetime is a date as well."""
    return given is not None and not isinstance(given, datetime)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a day in `zone`, in UTC. Raises InputError for a day of the first or last year there is."""
    try:
        return datetime.combine(day, time(), zone).astimezone(UTC)
    except OverflowError:
        raise _no_such_day(day) from None


def _after(day: date) -> date:
    try:
        return day + timedelta(days=1)
    except OverflowError:
        raise _no_such_day(day) from None


def _no_such_day(day: date) -> InputError:
    issue = Issue(field="date", reason=Sentence("beyond the calendar"), value=str(day))
    return InputError(Sentence("The day {day} is beyond the calendar; leave the date open instead.", day=day), issue)


ALWAYS = Period()
