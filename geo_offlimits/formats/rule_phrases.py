"""Entries that name a kind of venue instead of a place: `all massage parlours in Ostrel`, `tous les bars`.

Only a text that begins with a word for all, ends with a kind of venue that we know, and says nothing else but where, is
one; `All Stars` and `All Bar One` are names.
"""

import re
from dataclasses import dataclass

from geo_offlimits.domain.premises import VenueKind
from geo_offlimits.errors import InputError
from geo_offlimits.formats.columns import normalised
from geo_offlimits.formats.vocabulary import member

_ALL = re.compile(
    r"(?P<all>(?:any and all|all(?: the)?|any|every|each|tous les|toutes les|tout|toute|te gjitha|cdo|sve|svi|svaki|"
    r"све|сви|сваки|جميع|كل)) (?P<kinds>.+?)(?: (?:in|within|at|of|a|dans|en|du|de la|de|au|ne|u|у|в|في) "
    r"(?P<where>(?:the )?.+))?"
)
# They narrow nothing that a reader at a door could tell.
_BESIDE = frozenset({"unlicensed", "unlicenced", "illegal", "known", "other", "local", "so called", "sans licence"})
_ONE = frozenset({"any", "every", "each", "tout", "toute", "cdo", "svaki", "сваки", "كل"})
_PLURALS: dict[str, VenueKind] = {
    "te gjitha baret": VenueKind.BAR,
    "baret": VenueKind.BAR,
    "barovi": VenueKind.BAR,
    "барови": VenueKind.BAR,
    "noćni klubovi": VenueKind.NIGHT_CLUB,
    "nocni klubovi": VenueKind.NIGHT_CLUB,
    "ноћни клубови": VenueKind.NIGHT_CLUB,
    "saloni za masazu": VenueKind.MASSAGE_PARLOUR,
    "салони за масажу": VenueKind.MASSAGE_PARLOUR,
    "الحانات": VenueKind.BAR,
}


@dataclass(frozen=True, kw_only=True)
class RulePhrase:
    """A kind of venue, and where the rule holds as it is written; None where the text does not say."""

    category: VenueKind
    where: str | None


def rule_phrase(text: str) -> RulePhrase | None:
    """What a text rules; None where it is a name."""
    found = _ALL.fullmatch(normalised(text))
    if found is None:
        return None
    words = [word for word in found["kinds"].split() if word not in _BESIDE]
    category = _kind(" ".join(words), may_be_one=found["all"] in _ONE)
    return RulePhrase(category=category, where=_as_written(text, found["where"])) if category else None


def _kind(words: str, *, may_be_one: bool) -> VenueKind | None:
    """The kind of venue in the plural, or in the singular where each one is meant."""
    if words in _PLURALS:
        return _PLURALS[words]
    singular = " ".join(word[:-1] if len(word) > 2 and word.endswith("s") else word for word in words.split())  # noqa: PLR2004
    if singular == words and not may_be_one:
        return None
    for one in (words, singular, singular.replace("ie ", "y ")):
        try:
            return member(one, VenueKind, "category")
        except InputError:
            continue
    return None


def _as_written(text: str, where: str | None) -> str | None:
    """The end of the text in its own letters, as many words as `where` has."""
    return " ".join(text.split()[-len(where.split()) :]).strip(" .,;") if where else None
