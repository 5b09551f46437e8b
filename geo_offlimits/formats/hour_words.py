"""The words with which people write hours, in the product's languages: days of the week and what joins them to times.

A word is compared without case and accents. Short forms that mean different days in two of our languages are left out:
`su` is Sunday in English and Saturday in Serbian, and only what the other short forms beside it tell is missing then.
"""

import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Sign(StrEnum):
    """What a word or a mark does between days and times."""

    RUN = "-"
    BESIDE = ","
    BREAK = ";"
    FROM = "from"
    OPEN = "open end"
    CLOSED = "closed"
    ALL_DAY = "all day"
    FILLER = "filler"


def plain(text: str) -> str:
    """`text` without case, accents, vowel signs and kinds of apostrophe, its digits from 0 to 9."""
    bare = (char for char in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(char))
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else _ONE_SIGN.get(char, char) for char in bare)


_ONE_SIGN = (
    dict.fromkeys("–—‒−‐‑~→", "-")
    | dict.fromkeys("،、&", ",")
    | dict.fromkeys("؛|\n", ";")
    | dict.fromkeys("’ʼ`´ـ\u200e\u200f", " ")
    | {"'": " "}
)

# ISO weekday -> its words: English, French, Albanian, Serbian in both scripts, Arabic.
_DAYS: Mapping[int, str] = {
    1: "mon monday mondays lun lundi lundis lu mo hen hene pon ponedeljak ponedeljkom пон понедељак понедељком"
    " الاثنين اثنين",
    2: "tue tues tuesday tuesdays tu mar mardi mardis ma marte uto utorak utorkom уто уторак уторком الثلاثاء ثلاثاء",
    3: "wed wednesday wednesdays we mer mercredi mercredis merkure sre sreda sredom сре среда средом الاربعاء اربعاء",
    4: "thu thur thurs thursday thursdays th jeu jeudi jeudis je enj enjte cet cetvrtak cetvrtkom чет четвртак"
    " четвртком الخميس خميس",
    5: "fri friday fridays fr ven vendredi vendredis ve pre premte pet petak petkom пет петак петком الجمعة جمعة",
    6: "sat saturday saturdays sa sam samedi samedis sht shtune shtuna sub subota subotom суб субота суботом السبت سبت",
    7: "sun sunday sundays dim dimanche dimanches di die diel dielen ned nedelja nedeljom нед недеља недељом الاحد احد",
}
_EVERY_DAY = (
    "daily", "every day", "everyday", "each day", "all days", "all week", "7 days", "7/7", "7j/7", "nightly",
    "every night", "each night", "tous les jours", "chaque jour", "tlj", "quotidien", "tous les soirs", "chaque soir",
    "toutes les nuits", "cdo dite", "perdite", "cdo nate", "svakog dana", "svaki dan", "svakodnevno", "сваког дана",
    "сваки дан", "свакодневно", "كل يوم", "يوميا", "كل ليلة",
)  # fmt: skip
_WORKING_DAYS = (
    "weekdays", "weekday", "working days", "workdays", "jours ouvrables", "en semaine", "ditet e punes", "dite pune",
    "radnim danima", "radnim danom", "радним данима", "радним даном", "ايام العمل",
)  # fmt: skip
_WEEKEND = (
    "weekends", "weekend", "week-end", "week-ends", "week end", "fin de semaine", "fundjave", "fundjava", "vikendom",
    "vikend", "викендом", "викенд", "نهاية الاسبوع",
)  # fmt: skip

_SIGNS: Mapping[Sign, tuple[str, ...]] = {
    Sign.RUN: (
        "-", "to", "till", "til", "until", "through", "thru", "a", "au", "jusqu a", "jusqu au", "deri", "deri ne", "do",
        "до", "الى", "حتى",
    ),
    Sign.BESIDE: (",", "/", "+", "and", "et", "dhe", "i", "и", "و"),
    Sign.BREAK: (";",),
    Sign.FROM: (
        "from", "after", "since", "as of", "de", "du", "des", "apres", "a partir de", "a partir du", "depuis", "nga",
        "pas", "prej", "od", "posle", "nakon", "од", "после", "након", "من", "بعد",
    ),
    Sign.OPEN: (
        "late", "close", "closing", "closing time", "dawn", "open end", "fermeture", "la fermeture", "l aube", "tard",
        "onwards", "and later", "fajronta", "фајронта", "zore", "зоре",
    ),
    Sign.CLOSED: (
        "closed", "closed on", "shut", "off", "ferme", "fermee", "ferme le", "fermeture le", "mbyllur", "zatvoreno",
        "затворено", "مغلق",
    ),
    Sign.ALL_DAY: (
        "all day", "all hours", "round the clock", "around the clock", "whole day", "24 hours", "24 hrs", "24 h/24",
        "24h/24", "h24", "24/24", "toute la journee", "24 heures", "24 heures sur 24", "gjithe diten", "tere diten",
        "24 ore", "ceo dan", "цео дан", "0-24", "00-24", "00h-24h", "طوال اليوم", "24 ساعة",
    ),
    Sign.FILLER: (
        "open", "opens", "opening hours", "hours", "hour", "on", "only", "the", "at", "between", "every", "each", "is",
        "ouvert", "ouverte", "le", "les", "la", "l", "entre", "heures", "horaires", "seulement", "uniquement",
        "e", "te", "hapur", "ora", "radi", "otvoreno", "casova", "ради", "отворено", "часова", "radno vreme",
        "радно време",
        "يفتح", "مفتوح", "الساعة", "يوم", "local time", "heure locale", "lt", ".", ":", "(",
        ")",
    ),
}  # fmt: skip

ALWAYS = frozenset(
    {
        "24/7",
        "24/7/365",
        "24h/7",
        "24h/7j",
        "24h/24 7j/7",
        "24/24 7/7",
        "24h/24, 7j/7",
        "non stop",
        "always",
        "toujours",
    }
)
_NOON = ("noon", "midi", "midday", "mesdite", "podne", "подне")
_MIDNIGHT = ("midnight", "minuit", "mesnate", "ponoc", "ponoci", "поноћ", "поноћи", "منتصف الليل")

DAYS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {word: (day,) for day, words in _DAYS.items() for word in map(plain, words.split())}
    | {plain(word): (1, 2, 3, 4, 5, 6, 7) for word in _EVERY_DAY}
    | {plain(word): (1, 2, 3, 4, 5) for word in _WORKING_DAYS}
    | {plain(word): (6, 7) for word in _WEEKEND}
)
SIGNS: Mapping[str, Sign] = MappingProxyType({plain(word): sign for sign, words in _SIGNS.items() for word in words})
# Times of the day that are words, as hours.
WORDED: Mapping[str, int] = MappingProxyType(
    {plain(word): 12 for word in _NOON} | {plain(word): 24 for word in _MIDNIGHT}
)
