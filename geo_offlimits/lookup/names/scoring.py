"""How alike two words and two names are.

1. A slip costs about a sixth of a word of six letters, less in a longer one, much more in a short one: "Luna" is not
   "Tuna". A number, and a town's sign, is that one or another.
2. Words are paired best first, in any order; each counts by its weight on both sides. A word of the query that is the
   entry's street or town counts as understood, once the name itself is found.
3. Where a word that tells the name has no counterpart the names do not match, however alike the rest is.
4. Names that differ in spaces are compared as one word each; short ones must have the same letters.
5. The beginning of a name is suggested above an address and below a match: a reader is still typing.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

from rapidfuzz.distance import OSA

from geo_offlimits.lookup.names.folding import Reading, Word
from geo_offlimits.lookup.names.sounds import distance, is_farther

# What one slip costs of a word, by the letters of the longer one; beyond these _A_SLIP divided by them.
_SHORT = {1: 0.9, 2: 0.7, 3: 0.5, 4: 0.42, 5: 0.21}
_A_SLIP = 0.92
_HEARD_ALIKE = 0.98
_OTHER_START, _OTHER_START_COST = 0.5, 0.1
_PREFIX_LETTERS = 3
_LEAST_ALIKE = 0.5
# (letters of the word without vowels, at most) -> how sure a reading of it can be
_BARE_CEILINGS = ((2, 0.7), (3, 0.84), (4, 0.93))
_BARE_CEILING = 0.96
COUNTERPART = 0.785
_ROUNDING = 1e-9
_NO_MATCH = 84.0
_BY_SIGNS = 97.0
_WHOLE_PART = 60.0  # one name holds the whole of the other
_SPACED_LETTERS = 4
_JOINED_LETTERS, _JOINED_CEILING, _JOINED_SLIP = 6, 0.97, 1.3
_MADE_OUT = 0.85
ADDRESS_CEILING = 80.0
_BEGINNING = 82.0
_BEGINNING_LETTERS = 2

Near = Sequence[Mapping[Word, float]]


@lru_cache(maxsize=30_000)
def alike(one: Word, other: Word) -> float:
    """How alike two words are, 0 to 1; a beginning counts for its share."""
    if one.written == other.written:
        return 1.0
    if one.is_exact or other.is_exact:
        return 0.0
    if one.bare != other.bare:
        return _bare_alike(one.heard, other.heard) if one.bare else _bare_alike(other.heard, one.heard)
    score = 1.0 - min(_lost(one.heard, other.heard), _mistyped(one.written, other.written))
    short, long = sorted((one.heard, other.heard), key=len)
    if len(short) >= _PREFIX_LETTERS and long.startswith(short):
        score = max(score, 0.5 + 0.3 * len(short) / len(long))
    return min(score, _HEARD_ALIKE) if score >= _LEAST_ALIKE else 0.0


def are_counterparts(one: Word, other: Word) -> bool:
    """Whether `alike` is at least COUNTERPART; of most words that is told without holding their sounds together."""
    if one.written == other.written:
        return True
    if one.is_exact or other.is_exact:
        return False
    return not _surely_apart(one, other) and alike(one, other) >= COUNTERPART


def _surely_apart(one: Word, other: Word) -> bool:
    if one.bare != other.bare or one.heard.startswith(other.heard) or other.heard.startswith(one.heard):
        return False
    letters = max(len(one.heard), len(other.heard))
    most = 1.0 - COUNTERPART + _ROUNDING
    slips = most / _SHORT.get(letters, _A_SLIP / letters)
    return is_farther(one.heard, other.heard, slips) and _mistyped(one.written, other.written) > most


def _mistyped(one: str, other: str) -> float:
    """The part of a word that its slips cost as letters: "lanteen" sounds little like "lantern"."""
    letters = max(len(one), len(other))
    slips = OSA.distance(one, other) + (_OTHER_START if one[0] != other[0] else 0.0)
    return slips * _SHORT.get(letters, _A_SLIP / letters)


def _lost(one: str, other: str) -> float:
    """The part of a word that its slips cost."""
    letters = max(len(one), len(other))
    lost = distance(one, other) * _SHORT.get(letters, _A_SLIP / letters)
    if one[0] != other[0] and distance(one[0], other[0]) >= _OTHER_START:
        lost += _OTHER_START_COST  # a slip seldom hits the first letter
    return lost


def _bare_alike(bare: str, other: str) -> float:
    """For a word of a script without vowels against one with them: what fits may still be another word."""
    ceiling = next((ceiling for letters, ceiling in _BARE_CEILINGS if len(bare) <= letters), _BARE_CEILING)
    score = 1.0 - distance(bare, other, bare=True) * _SHORT.get(len(bare), _A_SLIP / max(1, len(bare)))
    return min(score, ceiling) if score >= _LEAST_ALIKE else 0.0


class Basis(Enum):
    """What a score rests on."""

    WORDS = "words"
    SPACES = "spaces"
    BEGINNING = "beginning"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Likeness:
    """A score of 0 to 100 and what it rests on.

    pairs : each word with its counterpart, as (place in the query, place in the name, how alike).
    spared : places of words of the query that are the entry's street or town.
    """

    score: float
    basis: Basis
    pairs: tuple[tuple[int, int, float], ...] = ()
    spared: frozenset[int] = frozenset()


def by_words(query: Reading, name: Reading, near: Near, places: Collection[Word]) -> Likeness:
    """How much of both names is understood. `near`: for each word of the query the words like it."""
    pairs = _paired(query, name, near)
    asked, told = {q: score for q, _, score in pairs}, {n: score for _, n, score in pairs}
    spared: set[int] = set()
    if places and any(told.get(n, 0.0) >= _MADE_OUT for n in name.form.telling):
        spared = {q for q in range(len(near)) if q not in asked and best(near[q], places) >= _MADE_OUT}
    asks, tells = query.form.weights, name.form.weights
    understood = sum([(asks[q] + tells[n]) * score for q, n, score in pairs])
    score = 100.0 * understood / (name.form.total + query.form.total - sum([asks[q] for q in spared]))
    of_query = min([asked.get(q, 0.0) for q in query.form.telling if q not in spared], default=0.0)
    of_name = min([told.get(n, 0.0) for n in name.form.telling])
    if min(of_query, of_name) < COUNTERPART:
        score = max(min(score, _NO_MATCH), _WHOLE_PART * max(of_query, of_name))
    if query.has_signs or name.has_signs:
        score = min(score, _BY_SIGNS)
    return Likeness(score, Basis.WORDS, pairs, frozenset(spared))


def _paired(query: Reading, name: Reading, near: Near) -> tuple[tuple[int, int, float], ...]:
    """Each word with its counterpart, as (place in the query, place in the name, how alike)."""
    possible = [
        (min(query.form.weights[q], name.form.weights[n]) * score, score, q, n)
        for q, known in enumerate(near)
        for n, told in enumerate(name.words)
        if (score := known.get(told))
    ]
    possible.sort(key=lambda pair: (-pair[0], -pair[1], abs(pair[2] - pair[3])))
    taken_q: set[int] = set()
    taken_n: set[int] = set()
    pairs = []
    for _, score, q, n in possible:
        if q not in taken_q and n not in taken_n:
            taken_q.add(q)
            taken_n.add(n)
            pairs.append((q, n, score))
    return tuple(pairs)


def best(known: Mapping[Word, float], words: Iterable[Word]) -> float:
    """How alike the likest of `words` is."""
    return max((known.get(word, 0.0) for word in words), default=0.0)


def by_place(query: Reading, near: Near, places: Collection[Word]) -> Likeness:
    """For a query that is a street or a town; never more than a suggestion."""
    known = [best(near[q], places) for q in query.form.telling]
    return Likeness(ADDRESS_CEILING * sum(known) / len(known), Basis.PLACE)


def by_beginning(query: Reading, name: Reading) -> Likeness:
    """For a query whose last word begins one of the name's, and whose other words stand before that one."""
    *whole, last = (word.written for word in query.words)
    told = [word.written for word in name.words]
    ends = (at for at in range(len(whole), len(told)) if told[at - len(whole) : at] == whole)
    begins = len(last) >= _BEGINNING_LETTERS and any(told[at].startswith(last) for at in ends)
    return Likeness(_BEGINNING if begins else 0.0, Basis.BEGINNING)


def by_letters(query: Reading, name: Reading) -> Likeness:
    """For names that differ in their spaces; 0 where they do not."""
    scores = [_JOINED_CEILING if _is_spaced_otherwise(query, name) else 0.0]
    if len(query.form.named) != len(name.form.named):
        scores.append(_spaceless(query.joined, name.joined))
    if len(query.form.telling) != len(name.form.telling):
        scores.append(_spaceless(query.told, name.told))
    return Likeness(100.0 * max(scores), Basis.SPACES)


def _is_spaced_otherwise(query: Reading, name: Reading) -> bool:
    """Whether they have the same letters: short names too, and one whose space slipped by a letter ("Blu eLantern")."""
    same = len(name.joined) >= _SPACED_LETTERS and query.joined == name.joined
    return same and [query.words[at] for at in query.form.named] != [name.words[at] for at in name.form.named]


def _spaceless(one: str, other: str) -> float:
    if min(len(one), len(other)) < _JOINED_LETTERS:
        return 0.0
    return min(_JOINED_CEILING, 1.0 - _JOINED_SLIP * distance(one, other) / max(len(one), len(other)))


def tables() -> dict[str, Any]:
    """What the browser weighs by."""
    return {
        "short": {str(letters): cost for letters, cost in _SHORT.items()},
        "a_slip": _A_SLIP,
        "heard_alike": _HEARD_ALIKE,
        "other_start": _OTHER_START,
        "other_start_cost": _OTHER_START_COST,
        "prefix_letters": _PREFIX_LETTERS,
        "least_alike": _LEAST_ALIKE,
        "bare_ceilings": [list(pair) for pair in _BARE_CEILINGS],
        "bare_ceiling": _BARE_CEILING,
        "counterpart": COUNTERPART,
        "no_match": _NO_MATCH,
        "by_signs": _BY_SIGNS,
        "whole_part": _WHOLE_PART,
        "spaced_letters": _SPACED_LETTERS,
        "joined_letters": _JOINED_LETTERS,
        "joined_ceiling": _JOINED_CEILING,
        "joined_slip": _JOINED_SLIP,
        "made_out": _MADE_OUT,
        "address_ceiling": ADDRESS_CEILING,
        "beginning": _BEGINNING,
        "beginning_letters": _BEGINNING_LETTERS,
    }
