"""A day as people and spreadsheets write it. One that could be two days is refused with both, never guessed.

Read: 2026-03-04 (with a time or without), 4.3.2026 (with dots the day comes first), 31/12/2026 and 12/31/2026 where
only one order is possible, and any order with the month as a word in one of the product's languages. Where a day could
be two, the other days of its column may have shown in which order they are written (`order_of`).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from babel.dates import format_date

from geo_offlimits.errors import InputError, Issue, Sentence, either
from geo_offlimits.formats.hour_words import plain

_EARLIEST, _LATEST = 1990, 2100
_CENTURY = 2000
_TIME = re.compile(r"[T ]+\d{1,2}:\d{2}(:\d{2})?(\.\d+)?( ?[ap]m)?(Z|[+-]\d{2}:?\d{2})?\Z", re.IGNORECASE | re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\.?\Z", re.ASCII)
_DOTTED = re.compile(r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})\.?\Z", re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})\Z", re.ASCII)
_SERIAL = re.compile(r"[34]\d{4}|5[0-4]\d{3}", re.ASCII)
_TOKENS = re.compile(r"[^\W\d_]+|[0-9]+")

# English, French, Albanian, Serbian in both scripts and Arabic, without case and accents.
_MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "jan january janv janvier janar januar januara јан јануар јануара يناير",
            "feb february fev fevr fevrier shk shkurt februar februara феб фебруар фебруара فبراير",
            "mar march mars mart marta мар март марта مارس",
            "apr april avr avril pri prill aprila апр април априла ابريل",
            "may mai maj maja мај маја мај маја مايو",
            "jun june juin qer qershor juna јун јуна يونيو",
            "jul july juil juillet korr korrik jula јул јула يوليو",
            "aug august aout gush gusht avg avgust avgusta авг август августа اغسطس",
            "sep sept september septembre sht shtator septembar septembra сеп септембар септембра سبتمبر",
            "oct october octobre tet tetor okt oktobar oktobra окт октобар октобра اكتوبر",
            "nov november novembre nen nentor novembar novembra нов новембар новембра نوفمبر",
            "dec december decembre dhj dhjetor decembar decembra дец децембар децембра ديسمبر",
        ),
        start=1,
    )
    for word in map(plain, words.split())
}
_BESIDE = frozenset(
    word
    for words in (
        "st nd rd th er of le de the me ne dt date mon tue tues wed thu thur thurs fri sat sun",
        "monday tuesday wednesday thursday friday saturday sunday",
        "lundi mardi mercredi jeudi vendredi samedi dimanche lun mer jeu ven sam dim",
        "pon uto sre cet pet sub ned пон уто сре чет пет суб нед godine г године",
    )
    for word in map(plain, words.split())
)


class DayOrder(StrEnum):
    """Which number of a day written with numbers alone comes first."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"
    YEAR_FIRST = "year_first"


class DayError(InputError):
    """A text that is no day, or could be several: `readings` then holds them."""

    def __init__(self, text: str, reason: str, remedy: str, readings: tuple[date, ...] = ()) -> None:
        self.readings, self.reason, self.remedy = readings, reason, remedy
        issue = Issue(field="date", value=text[:40], reason=reason, remedy=remedy)
        facts = {"date": repr(text[:40]), "reason": reason, "remedy": remedy}
        super().__init__(Sentence("{date} is no date that can be read: {reason}; {remedy}.", **facts), issue)


def read_day(text: str, order: DayOrder | None = None) -> date:
    """The day that `text` means. Raises DayError for anything that is not one day between 1990 and 2100.

    order : what decides between several readings, where the other days of a list have shown it (`order_of`).
    """
    bare = _TIME.sub("", _ascii_digits(text.strip()))
    ordered = _readings(bare)
    readings = tuple(dict.fromkeys(ordered.values()))
    if len(readings) > 1 and order in ordered:
        return ordered[order]
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


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """How many days of a list can only have been written in each order, and one of each as it stands there."""

    counts: Mapping[DayOrder, int]
    example: Mapping[DayOrder, str]

    @property
    def order(self) -> DayOrder | None:
        """The one order in which all of them were written; None where there is no evidence, or evidence for two."""
        return next(iter(self.counts)) if len(self.counts) == 1 else None


def order_of(texts: Iterable[str]) -> Evidence:
    """What the days of one column of a list tell of the order in which they are written.

    A day counts where only one order makes a day of it, as 25/03/2026 does and 04/03/2026 does not.
    """
    counts: dict[DayOrder, int] = {}
    example: dict[DayOrder, str] = {}
    for text in texts:
        bare = _TIME.sub("", _ascii_digits(text.strip()))
        ordered = _readings(bare) if _SLASHED.match(bare) else {}
        if len(ordered) == 1 and not _DOTTED.match(bare):
            (order,) = ordered
            counts[order] = counts.get(order, 0) + 1
            example.setdefault(order, text.strip())
    return Evidence(counts=counts, example=example)


def _ascii_digits(text: str) -> str:
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)


def _readings(text: str) -> dict[DayOrder, date]:
    """Every day the text can mean, by the order of its numbers."""
    if match := _YEAR_FIRST.match(text):
        orders = {DayOrder.YEAR_FIRST: (match[1], match[2], match[3])}
    elif match := _DOTTED.match(text):
        orders = {DayOrder.DAY_FIRST: (match[3], match[2], match[1])}
    elif match := _SLASHED.match(text):
        first, second, third = match[1], match[3], match[4]
        orders = {DayOrder.DAY_FIRST: (third, second, first), DayOrder.MONTH_FIRST: (third, first, second)}
        if len(third) <= len("26"):
            orders[DayOrder.YEAR_FIRST] = (first, second, third)
    else:
        orders = dict(zip((DayOrder.DAY_FIRST,), _with_month_word(text), strict=False))
    return {order: day for order, told in orders.items() if (day := _day(*map(int, told)))}


def _with_month_word(text: str) -> list[tuple[str, str, str]]:
    tokens = _TOKENS.findall(plain(text))
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
