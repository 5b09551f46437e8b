"""Hours as people write them, as a weekly schedule: `1700-0100`, `Fri-Sat 20:00-02:00`, `daily after 22h`.

1. Days stand before the times they are meant for, or behind them; without days every day is meant, but for the closed.
2. An end that is not after its start is on the next day. 24:00 is the end of a day.
3. An end that is not told (`after 22h`, `20:00 till late`) is read as OPEN_END, and `is_open` says so: a listing that
   binds too long at night hides nothing, one that stops binding does.
4. `8-2` without am, pm or minutes can be the morning or the evening: it is refused with both, never guessed.
5. Times are those of the mission's clock unless the text names an IANA zone, UTC or an offset of whole hours from it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import time
from functools import lru_cache

from geo_offlimits.domain.hours import Hours, WeeklySpan
from geo_offlimits.domain.instants import time_zone
from geo_offlimits.errors import InputError, Issue, Sentence, either
from geo_offlimits.formats.hour_tokens import Clock, Days, Token, Unknown, tokens
from geo_offlimits.formats.hour_words import ALWAYS, Sign, plain

__all__ = ["OPEN_END", "HoursError", "ReadHours", "read_hours"]

OPEN_END = time(6)
_MOST_CHARACTERS = 300
_WEEK = (1, 2, 3, 4, 5, 6, 7)
_DAY = 24 * 60
_REMEDY = Sentence("write it as Fri-Sat 20:00-02:00")
_DAYS_FIRST = Sentence("write the days before their times, such as Mon-Thu 18:00-24:00; Fri 20:00-02:00")

_ZONE = re.compile(
    r"\(\s*([A-Za-z_]+(?:/[A-Za-z0-9_+-]+)*)\s*\)|\b([A-Za-z_]+(?:/[A-Za-z0-9_+-]*[A-Za-z_][A-Za-z0-9_+-]*)+)|"
    r"\(?\b((?:UTC|GMT|Zulu)(?:\s?[+-]\s?\d{1,2}(?::?\d{2})?)?)(?![\w:])\)?",
    re.IGNORECASE | re.ASCII,
)
_OFFSET = re.compile(r"(?:utc|gmt|zulu)\s?(?:([+-])\s?(\d{1,2})(?::?(\d{2}))?)?", re.IGNORECASE | re.ASCII)
_FARTHEST = {"+": 14, "-": 12}
_A_SPAN = 3  # from, the dash, to
# Behind a time they are no days (`CET` is no Serbian Thursday), and which zone some of them are depends on who writes.
_SHORT_ZONE = re.compile(
    r"\d\s?(?:hrs|hr|h)?\s*\(?(A[SC]?ST|BST|CAT|CES?T|CST|CDT|EAT|EES?T|ES?T|EDT|IST|MSK|PST|SAST|TRT|WAT|WES?T)\b",
    re.ASCII,
)


class HoursError(InputError):
    """A text that is no weekly schedule, or could be several: `choices` are these where nothing else stands in it."""

    def __init__(self, text: str, reason: str, remedy: str = _REMEDY, choices: Sequence[str] = ()) -> None:
        self.reason, self.remedy, self.choices = reason, remedy, tuple(choices)
        facts = {"hours": repr(text[:40]), "reason": reason, "remedy": remedy}
        issue = Issue(field="hours", value=text[:40], reason=reason, remedy=remedy)
        super().__init__(Sentence("{hours} are no hours that can be read: {reason}; {remedy}.", **facts), issue)


@dataclass(frozen=True, kw_only=True)
class ReadHours:
    """A schedule, and whether one of its ends was not told and is OPEN_END."""

    hours: Hours
    is_open: bool = False


def read_hours(text: str, *, timezone: str = "UTC") -> ReadHours:
    """The schedule that `text` means on the wall clock of `timezone` (IANA), or of the zone it names.

    Raises HoursError for anything that is not one schedule.
    """
    if len(text) > _MOST_CHARACTERS:
        fact = Sentence("has more than {most} characters", most=_MOST_CHARACTERS)
        raise HoursError(text, fact)
    return _read(text, timezone)


@lru_cache(maxsize=4096)
def _read(text: str, timezone: str) -> ReadHours:
    """The same few schedules stand in thousands of rows."""
    bare, zone = _without_zone(text, timezone)
    written = " ".join(plain(bare).split()).strip(" .,;")
    if written in ALWAYS:
        spans: tuple[WeeklySpan, ...] = (WeeklySpan(days=_WEEK, start=time(), end=time()),)
        return ReadHours(hours=Hours(tz=zone, weekly=spans))
    schedule = _Schedule(text, list(tokens(written)), names_zone=bare != text)
    return ReadHours(hours=Hours(tz=zone, weekly=schedule.weekly()), is_open=schedule.is_open)


def _without_zone(text: str, timezone: str) -> tuple[str, str]:
    """The text without the time zone it names, and that zone; the mission's where it names none."""
    if short := _SHORT_ZONE.search(text):
        fact = Sentence("{zone} names no time zone for sure", zone=short[1])
        raise HoursError(text, fact, Sentence("name it, such as Europe/Belgrade, or leave it out"))
    for found in _ZONE.finditer(text):
        named = found[1] or found[2] or found[3]
        zone = _offset(text, named) if _OFFSET.fullmatch(named) else _iana(named)
        if zone:
            return text[: found.start()] + " " + text[found.end() :], zone
    return text, timezone


def _iana(named: str) -> str | None:
    try:
        return time_zone(named).key
    except InputError:
        return None


def _offset(text: str, named: str) -> str:
    found = _OFFSET.fullmatch(named)
    if found is None or not found[2]:
        return "UTC"
    hours, minutes = int(found[2]), int(found[3] or 0)
    if minutes or hours > _FARTHEST[found[1]]:
        fact = Sentence("there is no time zone of whole hours {zone}", zone=named)
        raise HoursError(text, fact, Sentence("name it, such as Asia/Kabul"))
    # The sign of these names is that of POSIX: west is plus.
    return f"Etc/GMT{'-' if found[1] == '+' else '+'}{hours}" if hours else "UTC"


@dataclass(frozen=True)
class _Span:
    """From and to in minutes of a day; an end of None is not told."""

    start: int
    end: int | None

    def on(self, days: Sequence[int]) -> WeeklySpan:
        end = OPEN_END if self.end is None else _time(self.end)
        return WeeklySpan(days=tuple(days), start=_time(self.start), end=end)


def _time(minutes: int) -> time:
    return time(*divmod(minutes % _DAY, 60))


_WHOLE_DAY = _Span(0, _DAY)
_Item = Days | _Span | Sign  # CLOSED and BREAK alone are left of the signs


class _Schedule:
    """The tokens of one text as spans on days. Raises HoursError."""

    def __init__(self, text: str, found: Sequence[Token], *, names_zone: bool) -> None:
        self.text, self.tokens, self.at = text, found, 0
        self.is_one_span = len(found) == _A_SPAN and not names_zone
        self.is_open = False
        self.spans: list[tuple[tuple[int, ...] | None, _Span]] = []
        self.closed: set[int] = set()

    def weekly(self) -> tuple[WeeklySpan, ...]:
        items = list(self.items())
        while Sign.BREAK in items:
            cut = items.index(Sign.BREAK)
            self.group(items[:cut])
            items = items[cut + 1 :]
        self.group(items)
        if not self.spans:
            raise self.fault(Sentence("there are no times in it"))
        told = {days is None for days, _ in self.spans}
        if len(told) > 1:
            raise self.fault(Sentence("it does not say on which days some of the times are meant"), _DAYS_FIRST)
        return tuple(dict.fromkeys(self.open_on(days or _WEEK, span) for days, span in self.spans))

    def open_on(self, days: Sequence[int], span: _Span) -> WeeklySpan:
        left = [day for day in days if day not in self.closed]
        if not left:
            raise self.fault(Sentence("the same days are open and closed"), _DAYS_FIRST)
        return span.on(left)

    def fault(self, reason: Sentence, remedy: Sentence = _REMEDY) -> HoursError:
        return HoursError(self.text, reason, remedy)

    def next(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def took(self, wanted: Token) -> bool:
        if self.next() is not wanted:
            return False
        self.at += 1
        return True

    def items(self) -> Iterator[_Item]:
        """Days, spans, CLOSED and BREAK in their order."""
        while (token := self.next()) is not None:
            self.at += 1
            match token:
                case Days():
                    yield self.run(token)
                case Clock():
                    yield self.span(token)
                case Sign.FROM if isinstance(following := self.next(), Clock):
                    self.at += 1
                    yield self.span(following, may_be_open=True)
                case Sign.ALL_DAY:
                    yield _WHOLE_DAY
                case Sign.CLOSED | Sign.BREAK:
                    yield token
                case Sign.BESIDE | Sign.FROM:
                    pass
                case Unknown(text=word):
                    raise self.fault(Sentence("{word} is not understood", word=repr(word)))
                case _:
                    raise self.fault(Sentence("it does not say from when to when"))

    def run(self, first: Days) -> Days:
        """`Fri-Sun`, over Sunday too; or the days alone."""
        following = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else None
        if self.next() is not Sign.RUN or not isinstance(following, Days):
            return first
        self.at += 2
        if len(first.days) != 1 or len(following.days) != 1:
            raise self.fault(Sentence("it does not say from which day to which"), _DAYS_FIRST)
        start, end = first.days[0], following.days[0]
        return Days(tuple(sorted((start - 1 + step) % 7 + 1 for step in range((end - start) % 7 + 1))))

    def span(self, start: Clock, *, may_be_open: bool = False) -> _Span:
        if not self.took(Sign.RUN):
            if start == Clock(hour=24) and not may_be_open:
                return _WHOLE_DAY  # `24h`
            if not may_be_open:
                raise self.fault(Sentence("one of its times stands alone"))
            return self.without_end(start)
        if self.took(Sign.OPEN):
            return self.without_end(start)
        self.took(Sign.FROM)
        end = self.next()
        if not isinstance(end, Clock):
            raise self.fault(Sentence("it does not say from when to when"))
        self.at += 1
        return self.between(start, end)

    def without_end(self, start: Clock) -> _Span:
        if not start.is_sure:
            raise self.several([f"{start.hour:02}:00", f"{(start.hour + 12) % 24:02}:00"])
        self.is_open = True
        return _Span(self.minutes(start, ""), None)

    def between(self, start: Clock, end: Clock) -> _Span:
        readings = list(self.readings(start, end))
        if len(readings) > 1:
            spans = [f"{_time(one.start):%H:%M}-{_time(one.end or 0):%H:%M}" for one in readings]
            raise self.several(spans, whole=spans if self.is_one_span else ())
        span = readings[0]
        if span.start == span.end and span.start != 0:
            raise self.fault(Sentence("it begins and ends at the same time"), Sentence("write 00:00-24:00 for all day"))
        return span

    def readings(self, start: Clock, end: Clock) -> Iterator[_Span]:
        halves = [("", "")]
        if not start.half and end.half and not start.is_sure:
            # 8-11 pm is the evening; 11-2 pm begins before noon, or it lasts fifteen hours.
            same = start.hour % 12 < end.hour % 12
            halves = [(end.half, "")] if same else [("a", ""), ("p", "")]
        elif start.half and not end.half and not end.is_sure:
            halves = [("", "a"), ("", "p")]
        elif not (start.is_sure or end.is_sure):
            halves = [(one, other) for one in "ap" for other in "ap"]
        for one, other in halves:
            yield _Span(self.minutes(start, one), self.minutes(end, other))

    def minutes(self, clock: Clock, half: str) -> int:
        found = clock.minutes(half)
        if found is None:
            raise self.fault(Sentence("{hour} is no hour of a day", hour=clock.hour))
        return found

    def several(self, choices: Sequence[str], *, whole: Sequence[str] = ()) -> HoursError:
        fact = Sentence("it could be the morning or the evening")
        return HoursError(self.text, fact, Sentence("write {choices}", choices=either(*choices)), whole)

    def group(self, items: Sequence[_Item]) -> None:
        """Spans and CLOSED with the days before them; those at the beginning of a part with the days behind them."""
        at = 0
        while at < len(items):
            at, days = _taken(items, at, Days)
            if at == len(items):
                raise self.fault(Sentence("it tells days without times"))
            kind = type(items[at])
            at, what = _taken(items, at, kind)
            if not days:
                at, days = _taken(items, at, Days)
            self.add(what, tuple(dict.fromkeys(day for one in days if isinstance(one, Days) for day in one.days)))

    def add(self, what: Sequence[_Item], days: tuple[int, ...]) -> None:
        for one in what:
            if isinstance(one, _Span):
                self.spans.append((tuple(sorted(days)) or None, one))
            elif days:
                self.closed |= set(days)
            else:
                raise self.fault(Sentence("it does not say when it is closed"), _DAYS_FIRST)


def _taken(items: Sequence[_Item], at: int, kind: type) -> tuple[int, list[_Item]]:
    """The items of a kind that follow, and where they end."""
    end = at
    while end < len(items) and isinstance(items[end], kind):
        end += 1
    return end, list(items[at:end])
