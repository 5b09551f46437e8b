"""A day as people and spreadsheets write it. One that could be two days is refused with both, never guessed.

Read: 2026-03-04 (with a time or without), 4.3.2026 (with dots the day comes first), 31/12/2026 and 12/31/2026 where
only one order is possible, and any order with the month as a word in English or French.
"""

import re
import unicodedata
from datetime import date

from babel.dates import format_date

from geo_offlimits.errors import InputError, Issue, Sentence, either

_EARLIEST, _LATEST = 1990, 2100
_CENTURY = 2000
_TIME = re.compile(r"[T ]+\d{1,2}:\d{2}(:\d{2})?(\.\d+)?( ?[ap]m)?(Z|[+-]\d{2}:?\d{2})?\Z", re.IGNORECASE | re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\.?\Z", re.ASCII)
_DOTTED = re.compile(r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})\.?\Z", re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})\Z", re.ASCII)
_SERIAL = re.compile(r"[34]\d{4}|5[0-4]\d{3}", re.ASCII)
_TOKENS = re.compile(r"[^\W\d_]+|[0-9]+")

_MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "jan january janv janvier", "feb february fev fevr fevrier", "mar march mars", "apr april avr avril",
            "may mai", "jun june juin", "jul july juil juillet", "aug august aout", "sep sept september septembre",
            "oct october octobre", "nov november novembre", "dec december decembre",
        ),
        start=1,
    )
    for word in words.split()
}  # fmt: skip
_BESIDE = frozenset(
    word
    for words in (
        "st nd rd th er of le de the mon tue tues wed thu thur thurs fri sat sun",
        "monday tuesday wednesday thursday friday saturday sunday",
        "lundi mardi mercredi jeudi vendredi samedi dimanche lun mer jeu ven sam dim",
    )
    for word in words.split()
)


class DayError(InputError):
    """A text that is no day, or could be several: `readings` then holds them."""

    def __init__(self, text: str, reason: str, remedy: str, readings: tuple[date, ...] = ()) -> None:
        self.readings, self.reason, self.remedy = readings, reason, remedy
        issue = Issue(field="date", value=text[:40], reason=reason, remedy=remedy)
        facts = {"date": repr(text[:40]), "reason": reason, "remedy": remedy}
        super().__init__(Sentence("{date} is no date that can be read: {reason}; {remedy}.", **facts), issue)


def read_day(text: str) -> date:
    """The day that `text` means. Raises DayError for anything that is not one day between 1990 and 2100."""
    bare = _TIME.sub("", text.strip())
    readings = _readings(bare)
    if not readings:
        if _SERIAL.fullmatch(bare):
            raise DayError(
                text, Sentence("a spreadsheet's serial number"), Sentence("give the column the format of a date")
            )
        raise DayError(text, Sentence("not a date"), Sentence("write it as 2026-03-31"))
    if len(readings) > 1:
        spelt = Sentence("could be {days}", days=either(*map(_spelt, readings)))
        written = Sentence("write {choices}", choices=either(*(day.isoformat() for day in readings)))
        raise DayError(text, spelt, written, readings)
    return readings[0]


def _spelt(day: date) -> str:
    return format_date(day, "d MMMM y", locale="en")


def _readings(text: str) -> tuple[date, ...]:
    """Every day the text can mean, each once."""
    if match := _YEAR_FIRST.match(text):
        orders = [(match[1], match[2], match[3])]
    elif match := _DOTTED.match(text):
        orders = [(match[3], match[2], match[1])]
    elif match := _SLASHED.match(text):
        first, second, third = match[1], match[3], match[4]
        orders = [(third, second, first), (third, first, second)]
        if len(third) <= len("26"):
            orders.append((first, second, third))
    else:
        orders = _with_month_word(text)
    days = [day for order in orders if (day := _day(*map(int, order)))]
    return tuple(dict.fromkeys(days))


def _with_month_word(text: str) -> list[tuple[str, str, str]]:
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    tokens = _TOKENS.findall(plain.casefold())
    words = [token for token in tokens if not token.isdigit() and token not in _BESIDE]
    months = [word for word in words if word in _MONTHS]
    numbers = [token for token in tokens if token.isdigit()]
    if len(words) != 1 or len(months) != 1 or len(numbers) != len(("day", "year")):
        return []
    month = str(_MONTHS[months[0]])
    first, second = numbers
    return [(first, month, second)] if len(first) > len("31") else [(second, month, first)]


def _day(year: int, month: int, day: int) -> date | None:
    full = year + _CENTURY if year < 100 else year  # noqa: PLR2004  (two digits)
    try:
        return date(full, month, day) if _EARLIEST <= full <= _LATEST else None
    except ValueError:
        return None
