"""How a language writes days, numbers, distances, ages and lists: the same on the server and in scripts.

1. Everything is CLDR's, as Babel holds it. Browsers hold less: Chromium has no Albanian, and would write its own
   user's dates instead. So scripts are given the forms by the server (`forms`), and write what the server writes.
2. Digits are Western in every language: what is read here is compared with a sign, a grid or a hash.
3. Days have their month as a word: 03/04 is two days.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_timedelta, get_day_names, get_month_names
from babel.numbers import format_decimal, get_decimal_symbol, get_group_symbol

Translate = Callable[[str], str]
KILOMETRE_M = 1000
_ENGLISH = Locale("en", "GB")
_ARABIC = re.compile("[\u0600-\u06ff]")
_AGES = ("year", "month", "week", "day", "hour", "minute")
_MONTHS, _DAYS_A_WEEK = range(1, 13), range(7)
_PARTS = ("2", "start", "middle", "end")


def locale_of(language: str) -> Locale:
    """The locale in which dates and numbers of this BCP 47 language are written; English for one that is not known.

    English dates are day first and on 24 hours, as missions write them.
    """
    try:
        locale = Locale.parse(language.replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError):
        locale = _ENGLISH
    return _ENGLISH if str(locale) == "en" else locale


def direction_of(language: str) -> str:
    """`ltr` or `rtl`."""
    return str(locale_of(language).text_direction)


def comma(language: str, *texts: str) -> str:
    """What stands between parts of one thing, as a street and its town. Between `texts` of others, theirs."""
    is_arabic = locale_of(language).language == "ar" and (not texts or any(map(_ARABIC.search, texts)))
    return "، " if is_arabic else ", "


def day(at: date, language: str) -> str:
    """The day with its month shortened: `4 Mar 2026`, `4. мар 2026`."""
    return _open(str(format_skeleton("yMMMd", at, locale=locale_of(language))))


def long_day(at: date, language: str) -> str:
    """The day with its month in full: `4 March 2026`."""
    return _open(format_date(at, "long", locale=locale_of(language)))


def _open(told: str) -> str:
    """Without the full stop that Serbian sets behind a year: most days stand in a sentence that brings its own."""
    return told.rstrip(".")


def clock(at: datetime, language: str) -> str:
    """The minute with its day and how far from UTC it is told: `4 Mar 2026, 22:00 UTC+01:00`."""
    offset = f"{at:%z}"
    zone = f"UTC{offset[:3]}:{offset[3:5]}" if at.utcoffset() else "UTC"
    told = day(at.date(), language)
    return f"{told}{comma(language, told)}{at:%H:%M} {zone}"


def age(since: timedelta, language: str) -> str:
    """How long ago, or how soon: `3 days ago`. No finer than a minute."""
    return str(format_timedelta(since, granularity="minute", add_direction=True, locale=locale_of(language)))


def number(value: float, language: str) -> str:
    return str(format_decimal(value, locale=locale_of(language)))


def distance(metres: float, language: str, translate: Translate = str) -> str:
    """`45 m`, and from a kilometre on `1.5 km`."""
    if metres < KILOMETRE_M:
        return translate("{number} m").format(number=number(round(metres), language))
    return translate("{number} km").format(number=number(round(metres / KILOMETRE_M, 1), language))


def beside(texts: Iterable[str | None], language: str) -> str:
    """Parts of one thing, those that there are: `4 Sandpiper Quay, Port Sorrel`."""
    told = [text for text in texts if text]
    return comma(language, *told).join(told)


def isolated(text: str, language: str) -> str:
    """`text` in isolates where the language runs to the left: for plain text, that "4 Quay, Port" keeps its order."""
    return f"\u2068{text}\u2069" if text and direction_of(language) == "rtl" else text


def listed(texts: Iterable[str], language: str) -> str:
    """Several things of one kind, as the language lists them: `A, B, C`, `A, B et C`."""
    told, shape = list(texts), _list_shape(locale_of(language))
    if len(told) <= len(shape["2"].split("{0}")):
        return _joined(shape["2"], *told) if len(told) > 1 else "".join(told)
    made = told[-1]
    made = _joined(shape["end"], told[-2], made)
    for text in reversed(told[1:-2]):
        made = _joined(shape["middle"], text, made)
    return _joined(shape["start"], told[0], made)


def _joined(shape: str, first: str, second: str) -> str:
    """Not by `format`: a name may hold braces."""
    before, _, rest = shape.partition("{0}")
    between, _, after = rest.partition("{1}")
    return f"{before}{first}{between}{second}{after}"


@cache
def _list_shape(locale: Locale) -> Mapping[str, str]:
    """CLDR's pattern for things beside each other; for one without, that for several things and an "and"."""
    for style in ("unit", "standard"):
        found = locale.list_patterns.get(style, {})
        if all(part in found for part in _PARTS):
            return {part: found[part] for part in _PARTS}
    return dict.fromkeys(_PARTS, "{0}, {1}")


def forms(language: str, translate: Translate = str) -> Mapping[str, Any]:
    """What scripts need to write as this module does; `translate` gives the words in the language."""
    return _shapes(language) | {
        "metres": translate("{number} m"),
        "kilometres": translate("{number} km"),
        "every_day": translate("every day"),
        "all_day": translate("all day"),
    }


@cache
def _shapes(language: str) -> dict[str, Any]:
    locale = locale_of(language)
    months, weekdays = (get(width="abbreviated", locale=locale) for get in (get_month_names, get_day_names))
    return {
        "day": _open(locale.datetime_skeletons["yMMMd"].pattern),
        "months": [months[number] for number in _MONTHS],
        "weekdays": [weekdays[number] for number in _DAYS_A_WEEK],
        "decimal": get_decimal_symbol(locale),
        "group": get_group_symbol(locale),
        "comma": comma(language, months[1]),
        "list": dict(_list_shape(locale)),
        "ages": {name: _age_shapes(locale, name) for name in _AGES},
    }


def _age_shapes(locale: Locale, name: str) -> dict[str, dict[str, str]]:
    shapes = locale._data["date_fields"][name]  # noqa: SLF001  (as format_timedelta reads it; Babel has no door to it)
    return {when: {str(plural): str(shape) for plural, shape in shapes[when].items()} for when in ("past", "future")}
