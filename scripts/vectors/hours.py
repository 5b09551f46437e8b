"""Whether a weekly schedule holds at an instant, told by the seconds of the week that it covers."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from vectors.chance import stream
from vectors.document import Document, distinct
from vectors.truth import Json

DAY_S, WEEK_S = 86_400, 604_800
# Half an hour of daylight saving, none, winter time as the exception, odd offsets, both hemispheres.
ZONES = (
    "Europe/Belgrade", "Atlantic/Azores", "Africa/Juba", "America/Port-au-Prince", "Australia/Lord_Howe",
    "Asia/Kathmandu", "Pacific/Chatham", "America/St_Johns", "Africa/Casablanca", "Europe/Dublin", "Asia/Nicosia",
    "UTC",
)  # fmt: skip
FIRST, LAST = datetime(2024, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
_SPANS: tuple[tuple[tuple[Sequence[int], str, str], ...], ...] = (
    (((5, 6), "22:00", "04:00"),),
    (((6,), "20:00", "03:00"), ((7,), "00:00", "06:00")),
    (((7,), "00:00", "00:00"),),
    (((6, 7), "01:30", "02:45"),),
    (((1, 2, 3, 4, 5, 6, 7), "02:00", "03:00"),),
    (((7,), "23:59:30", "00:00:30"), ((1, 3), "09:00", "17:00")),
)
_RANDOM_A_ZONE = 2


def document() -> Document:
    chance = stream("hours")
    schedules: list[Json] = []
    rows: list[list[object]] = []
    for tz in ZONES:
        drawn = [_drawn(chance) for _ in range(_RANDOM_A_ZONE)]
        for spans in (*_SPANS, *drawn):
            weekly = [{"days": list(days), "from": start, "to": end} for days, start, end in spans]
            schedule = {"tz": tz, "weekly": weekly}
            rows += [[len(schedules), _text(at), holds(schedule, at)] for at in _instants(chance, schedule)]
            schedules.append(schedule)
    return Document("hours", {"columns": ["schedule", "at", "holds"]}, {"schedules": schedules}, distinct(rows))


def holds(schedule: Json, at: datetime) -> bool:
    """Of the seconds of a week on the wall, from Monday 00:00, those of each span from its start to its end."""
    wall = at.astimezone(ZoneInfo(schedule["tz"]))
    now_s = (wall.isoweekday() - 1) * DAY_S + wall.hour * 3600 + wall.minute * 60 + wall.second
    for span in schedule["weekly"]:
        start_s, end_s = seconds(span["from"]), seconds(span["to"])
        lasts_s = (end_s - start_s) % DAY_S or DAY_S
        if any((now_s - (day - 1) * DAY_S - start_s) % WEEK_S < lasts_s for day in span["days"]):
            return True
    return False


def seconds(clock: str) -> int:
    hour, minute, second = ([int(part) for part in clock.split(":")] + [0])[:3]
    return hour * 3600 + minute * 60 + second


def changes(tz: str) -> list[datetime]:
    """When the clocks of a zone change, to the quarter of an hour."""
    zone, quarter = ZoneInfo(tz), timedelta(minutes=15)
    days = [FIRST + timedelta(days=day) for day in range((LAST - FIRST).days + 1)]
    offsets = [day.astimezone(zone).utcoffset() for day in days]
    found = []
    for (day, _), (before, after) in zip(pairwise(days), pairwise(offsets), strict=True):
        if before != after:
            steps = [day + step * quarter for step in range(97)]
            found.append(next(step for step in steps if step.astimezone(zone).utcoffset() == after))
    return found


def _drawn(chance: random.Random) -> tuple[tuple[Sequence[int], str, str], ...]:
    def clock() -> str:
        return f"{chance.randrange(24):02d}:{chance.choice((0, 15, 30, 59)):02d}"

    return tuple(
        (sorted(chance.sample(range(1, 8), chance.randint(1, 4))), clock(), clock())
        for _ in range(chance.randint(1, 3))
    )


def _instants(chance: random.Random, schedule: Json) -> Iterator[datetime]:
    """Around the ends of its spans, around the changes of the clocks, and anywhere."""
    zone, second = ZoneInfo(schedule["tz"]), timedelta(seconds=1)
    moved = changes(schedule["tz"])
    for span in schedule["weekly"]:
        for clock in (span["from"], span["to"]):
            for _ in range(2):
                day = FIRST + timedelta(days=chance.randrange((LAST - FIRST).days))
                wall = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(seconds=seconds(clock))
                yield from (wall.astimezone(UTC) + step * second for step in (-1, 0, 1))
    for change in chance.sample(moved, min(len(moved), 3)):
        for minutes in (-180, -121, -61, -45, -30, -1, 0, 1, 29, 44, 60, 119, 150):
            yield change + timedelta(minutes=minutes) - second * chance.randrange(2)
    for _ in range(6 if moved else 20):
        yield FIRST + timedelta(seconds=chance.randrange(int((LAST - FIRST).total_seconds())))


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
