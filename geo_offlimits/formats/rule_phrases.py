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
    r"(any and all|all the|all|any|every|each|tous les|toutes les|tout|toute|te gjitha|cdo|sve|svi|svaki|све|сви|сваки|"
    r"جميع|كل) (.+)"
)
_IN = frozenset(["in", "within", "at", "of", "a", "dans", "en", "du", "de", "au", "ne", "u", "у", "в", "في"])
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
    words, may_be_one = found[2].split(), found[1] in _ONE
    # The longest kind that is known: `boîtes de nuit à Ostrel` is no rule for a place called Nuit.
    ends = [len(words), *(at for at in range(len(words) - 2, 0, -1) if words[at] in _IN)]
    for end in ends:
        if category := _kind([word for word in words[:end] if word not in _BESIDE], may_be_one=may_be_one):
            return RulePhrase(category=category, where=_last_words(text, len(words) - end - 1))
    return None


def _kind(words: list[str], *, may_be_one: bool) -> VenueKind | None:
    """The kind of venue in the plural, or in the singular where each one is meant."""
    written = " ".join(words)
    if written in _PLURALS:
        return _PLURALS[written]
    singular = " ".join(word[:-1] if word.endswith("s") and word != "s" else word for word in words)
    if singular == written and not may_be_one:
        return None
    for one in (written, singular):
        try:
            found = member(one, VenueKind, "category")
        except InputError:
            continue
        return None if found is VenueKind.OTHER else found
    return None


def _last_words(text: str, count: int) -> str | None:
    """The last words of the text in its own letters."""
    return " ".join(text.split()[-count:]).strip(" .,;") if count > 0 else None
