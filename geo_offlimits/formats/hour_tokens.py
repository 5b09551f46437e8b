"""The tokens of a text of hours: days, clock times, and the signs between them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from geo_offlimits.formats.hour_words import DAYS, SIGNS, WORDED, Sign

_NOON, _DAY_H = 12, 24


@dataclass(frozen=True)
class Days:
    """Some days of the week, and whether they were told one by one; a run or `daily` may have exceptions."""

    days: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Clock:
    """A time as written. `is_sure`: written so that it can only be of 24 hours; `half`: "a" or "p" where it is told."""

    hour: int
    minute: int = 0
    half: str = ""
    is_sure: bool = True

    def minutes(self, half: str = "") -> int | None:
        """Minutes from midnight, 1440 for 24:00; `half` counts where none is told. None for no time of a day."""
        told = self.half or half
        if told:
            if not 1 <= self.hour <= _NOON:
                return None
            return (self.hour % _NOON + (_NOON if told == "p" else 0)) * 60 + self.minute
        found = self.hour * 60 + self.minute
        return found if found <= _DAY_H * 60 else None


@dataclass(frozen=True)
class Unknown:
    """What is none of them."""

    text: str


Token = Days | Clock | Sign | Unknown


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_ALL = (*DAYS, *SIGNS, *WORDED)
_WORD = re.compile(rf"(?:{_either(word for word in _ALL if word[0].isalpha() and word[-1].isalnum())})\b")
# `24 hours` alone is a whole day, behind a dash it is an end; `7/7` is no date.
_NUMBERED = re.compile(rf"(?:{_either(word for word in _ALL if word[0].isdigit())})(?![\d:.h])")
_CLOCK = re.compile(
    r"(?P<hour>\d{1,2})(?:\s?[:.h]\s?(?P<minute>[0-5]\d)(?::[0-5]\d)?|(?<=\d\d)(?P<military>[0-5]\d))?(?!\d)"
    r"(?P<suffix>\s?(?:hrs|hr|hours|h|heures|heure|часова|ч)\b\.?)?(?P<half>\s?[ap]\s?\.?\s?m\b\.?)?"
)
_LATER = re.compile(r"\s?\+(?!\s?\d)")
_MARK = re.compile(r"[-,;/+.:()]")
_REST = re.compile(r"[^\W\d_]+|\d+|\S")


def tokens(text: str) -> Iterator[Token]:
    """Every token of a text that is `plain`. Fillers are left out, so is the full stop behind a short form."""
    at, before = 0, None
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        end, token = _next(text, at, is_behind_run=before is Sign.RUN)
        if token is not Sign.FILLER:
            before = token
            yield token
        if isinstance(token, Clock) and (later := _LATER.match(text, end)):
            end, before = later.end(), Sign.OPEN
            yield Sign.RUN
            yield Sign.OPEN
        at = end


def _next(text: str, at: int, *, is_behind_run: bool) -> tuple[int, Token]:
    numbered = None if is_behind_run else _NUMBERED.match(text, at)
    if found := numbered or _WORD.match(text, at):
        return found.end(), _known(found[0])
    if found := _CLOCK.match(text, at):
        return found.end(), _clock(found)
    if (found := _MARK.match(text, at)) and found[0] in SIGNS:
        return found.end(), SIGNS[found[0]]
    rest = _REST.match(text, at)
    return (rest.end(), Unknown(rest[0])) if rest else (at + 1, Unknown(text[at]))


def _known(word: str) -> Token:
    if word in DAYS:
        return Days(DAYS[word])
    return SIGNS[word] if word in SIGNS else Clock(hour=WORDED[word])


def _clock(found: re.Match[str]) -> Clock:
    hour, half = int(found["hour"]), (found["half"] or "").strip()[:1]
    is_sure = bool(found["minute"] or found["military"] or found["suffix"]) or hour > _NOON or found["hour"][0] == "0"
    minute = int(found["minute"] or found["military"] or 0)
    return Clock(hour=hour, minute=minute, half=half, is_sure=is_sure or bool(half))
