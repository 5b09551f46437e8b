"""Finds entries by name, in any script and with slips of the pen; says how sure it is, and why.

1. Names and query are folded: written in Latin letters (anyascii), lower case, no accents, no signs, one spelling of
   letters that are heard alike (c/k, w/v, ph/f …).
2. Words are compared one by one, in any order. A slip in a long word costs little, in a short one much: "Luna" is not
   "Tuna". Words that half of all venues carry ("bar", "hotel", "kafe") weigh a tenth, so one bar is not another.
3. A word of the query that is the entry's street or town counts as understood, once the name itself is found.
4. From 85 a name counts as a match; below that it is a suggestion. An address alone stays below, and so does the
   beginning of a name, which stands above it: a reader is still typing.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from anyascii import anyascii
from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio
from rapidfuzz.process import cdist

from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.premises import MAX_NAME_LENGTH
from geo_offlimits.errors import InputError, Issue, Sentence
from geo_offlimits.settings import Settings

MATCH_SCORE = Settings.name_match_score  # where nobody has set it otherwise
_LEAST_LETTERS = 2
_LEAST_SCORE = 50.0
_ADDRESS_CEILING = 80.0
_BEGINNING_SCORE = 82.0
_GENERIC_WEIGHT = 0.1
_LEAST_RATIO = 54.0  # a word less like one of the query's brings no name in
_PLACE_ALIKE = 0.85
_SKELETON_LETTERS = 3
_SKELETON_CEILING = 84.0
_JOINED_LETTERS = 6
_PREFIX_LETTERS = 3
_MOST_WORDS = 16

_NUMBERS = re.compile(r"\d+")
_WORDS = re.compile(r"[a-z0-9]+")
# Heard alike, written differently from one language or typist to the next.
_ALIKE = (
    ("ph", "f"), ("dzh", "j"), ("dj", "d"), ("sch", "s"), ("sh", "s"), ("ch", "c"), ("zh", "z"), ("kh", "h"),
    ("ck", "k"), ("qu", "k"), ("q", "k"), ("c", "k"), ("w", "v"), ("x", "ks"), ("y", "i"),
)  # fmt: skip
_VOWELS = str.maketrans("", "", "aeiouv")  # v: Arabic waw is a long u as often as a consonant
_UNVOCALISED = re.compile(r"[\u0590-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
# (letters of the longer word, at most) -> how alike two words are that differ by 1, 2 … slips.
_SLIPS: tuple[tuple[int, tuple[float, ...]], ...] = (
    (2, ()),
    (3, (0.5,)),
    (4, (0.8,)),
    (7, (0.9, 0.7)),
    (MAX_NAME_LENGTH * 4, (0.93, 0.87, 0.7)),
)
_OTHER_INITIAL = 0.1  # a slip seldom hits the first letter
_GENERIC_WORDS = (
    "a", "al", "and", "at", "bar", "bistro", "boutique", "cabaret", "cafe", "caffe", "casino", "centre", "center",
    "club", "klub", "coffee", "complex", "da", "dancing", "de", "del", "der", "des", "di", "die", "disco",
    "discotheque", "diskoteka", "du", "el", "en", "et", "guest", "guesthouse", "hostel", "hotel", "house", "i", "inn",
    "in", "kafana", "kafe", "kafic", "kazino", "la", "las", "le", "les", "local", "los", "lounge", "massage", "masaza",
    "motel", "nightclub", "night", "noc", "nocni", "nokti", "of", "on", "parlour", "parlor", "pension", "prenociste",
    "pub", "resort", "restaurant", "restoran", "restorant", "room", "rooms", "salon", "sauna", "spa", "studio", "the",
    "und", "y",
    "бар", "кафе", "кафана", "клуб", "ноћни", "ночной", "ресторан", "ресторант", "хотел", "отель", "мотел", "сауна",
    "гостиница", "казино", "салон",
    "بار", "فندق", "مقهى", "مطعم", "نادي",   "ملهى", "كازينو",
    "מלון", "בר", "מועדון",
)  # fmt: skip


class SearchTextError(InputError):
    """A text too short, too long or without letters to search a name with."""

    def __init__(self, text: str, fact: str, remedy: str) -> None:
        issue = Issue(field="name", value=text[:40], reason=fact, remedy=remedy)
        super().__init__(Sentence("The name to search for {fact}; {remedy}.", fact=fact, remedy=remedy), issue)


@dataclass(frozen=True, kw_only=True)
class NameMatch:
    """One entry with the one of its names that fits best. `score` is 0 to 100; `reason` says it in words."""

    entry: Entry
    name: str
    score: float
    reason: str


@dataclass(frozen=True)
class _Folded:
    """One name ready to compare: its words and what each weighs."""

    entry: int
    text: str
    kind: str
    words: tuple[str, ...]
    weights: tuple[float, ...]
    unvocalised: bool

    @property
    def telling(self) -> tuple[str, ...]:
        """The words that tell this name from others."""
        return tuple(word for word, weight in zip(self.words, self.weights, strict=True) if weight == 1.0)

    @property
    def joined(self) -> str:
        return "".join(self.telling)

    @property
    def consonants(self) -> str:
        return self.joined.translate(_VOWELS)

    @property
    def keys(self) -> set[str]:
        return {*self.words, self.joined, self.consonants} - {""}


def folded_words(text: str) -> tuple[str, ...]:
    """The words of a text in any script, folded so that the spellings of one name become one."""
    plain = anyascii(text.casefold()).lower().replace("'", "").replace("`", "")
    return tuple(_folded(word) for word in _WORDS.findall(plain))


@lru_cache(maxsize=100_000)
def _folded(word: str) -> str:
    for written, heard in _ALIKE:
        word = word.replace(written, heard)
    return re.sub(r"([a-z])\1+", r"\1", word)


_GENERIC = frozenset(word for text in _GENERIC_WORDS for word in folded_words(text))


class NameIndex:
    """Every name of every entry: sign, current, former and alias, and the name for labels."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = tuple(entries)
        self._names = [name for at, entry in enumerate(self._entries) for name in _names_of(at, entry)]
        self._places = [_place_words(entry) for entry in self._entries]
        self._carriers: dict[str, list[int]] = {}
        for at, name in enumerate(self._names):
            for word in name.keys | self._places[name.entry]:
                self._carriers.setdefault(word, []).append(at)
        self._words = list(self._carriers)

    def find(self, text: str, limit: int = 10) -> tuple[NameMatch, ...]:
        """The entries whose names are most like `text`, best first, each once; () when none is alike.

        Raises SearchTextError for less than two letters or digits, or more than 200 characters.
        """
        query = _query(text)
        best: dict[int, NameMatch] = {}
        for at in self._candidates(query):
            match = self._compared(query, self._names[at])
            known = best.get(self._names[at].entry)
            if match.score >= _LEAST_SCORE and (known is None or match.score > known.score):
                best[self._names[at].entry] = match
        ranked = sorted(best.values(), key=lambda match: (-match.score, match.entry.entry_id))
        return tuple(ranked[: max(limit, 0)])

    def _candidates(self, query: _Folded) -> list[int]:
        """The names with a word like one of those that tell the query from others."""
        if not self._words:
            return []
        asked = sorted({*query.telling[:_MOST_WORDS], query.joined, query.consonants} - {""})
        alike = cdist(asked, self._words, scorer=ratio, score_cutoff=_LEAST_RATIO, dtype=np.uint8)
        near = {self._words[at] for at in np.flatnonzero(alike.any(axis=0))}
        near.update(word for word in self._words if _begins(query.words[-1], word))
        return sorted({at for word in near for at in self._carriers[word]})

    def _compared(self, query: _Folded, name: _Folded) -> NameMatch:
        places = self._places[name.entry]
        if query.words == name.words:
            score, how = 100.0, "the same name"
        else:
            score, how = max(
                (_by_words(query, name, places), "the same words, but for order and spelling"),
                (_by_letters(query, name), "the same letters, but for spaces and spelling"),
                (_by_consonants(query, name), "the same consonants, written in another script"),
                (_by_beginning(query, name), "the beginning of the name or of a word of it"),
                (_by_place(query, places), "the address or the town"),
            )
        return NameMatch(
            entry=self._entries[name.entry], name=name.text, score=round(score, 1), reason=f"{name.kind} name: {how}"
        )


def _by_words(query: _Folded, name: _Folded, places: frozenset[str]) -> float:
    """How much of both names is understood, each word by its weight; words paired best first, in any order."""
    pairs = sorted(
        (
            (min(query.weights[q], name.weights[n]), _alike(asked, told), q, n)
            for q, asked in enumerate(query.words)
            for n, told in enumerate(name.words)
        ),
        key=lambda pair: (-pair[1] * pair[0], -pair[1]),
    )
    asked_as: dict[int, float] = {}
    told_as: dict[int, float] = {}
    for _, alike, q, n in pairs:
        if alike and q not in asked_as and n not in told_as:
            asked_as[q] = told_as[n] = alike
    is_named = any(name.weights[n] == 1.0 and alike >= _PLACE_ALIKE for n, alike in told_as.items())
    understood = total = 0.0
    for q, word in enumerate(query.words):
        if is_named and q not in asked_as and _best(word, places) >= _PLACE_ALIKE:
            continue
        total += query.weights[q]
        understood += query.weights[q] * asked_as.get(q, 0.0)
    total += sum(name.weights)
    understood += sum(weight * told_as.get(n, 0.0) for n, weight in enumerate(name.weights))
    return 100.0 * understood / total if total else 0.0


def _by_letters(query: _Folded, name: _Folded) -> float:
    """For names written in one word or in two."""
    if min(len(query.joined), len(name.joined)) < _JOINED_LETTERS:
        return 0.0
    return 99.0 * _alike(query.joined, name.joined)


def _by_consonants(query: _Folded, name: _Folded) -> float:
    """For a name in a script without vowels against one with them; never more than a suggestion."""
    if query.unvocalised == name.unvocalised or min(len(query.consonants), len(name.consonants)) < _SKELETON_LETTERS:
        return 0.0
    return _SKELETON_CEILING * _alike(query.consonants, name.consonants)


def _by_beginning(query: _Folded, name: _Folded) -> float:
    """For a name that is still being typed; never more than a suggestion."""
    *whole, last = query.words
    return _BEGINNING_SCORE * (set(whole) <= set(name.words) and any(_begins(last, word) for word in name.words))


def _begins(typed: str, word: str) -> bool:
    return len(typed) >= _PREFIX_LETTERS and word.startswith(typed)


def _by_place(query: _Folded, places: frozenset[str]) -> float:
    """For a query that is a street or a town; never more than a suggestion."""
    known = [_best(word, places) for word in query.telling[:_MOST_WORDS]]
    return _ADDRESS_CEILING * sum(known) / len(known) if known else 0.0


def _best(word: str, places: frozenset[str]) -> float:
    return max((_alike(word, place) for place in places), default=0.0)


@lru_cache(maxsize=200_000)
def _alike(one: str, other: str) -> float:
    """How alike two words are, 0 to 1. A number is that number or none; a beginning counts for its share."""
    if one == other:
        return 1.0
    if _NUMBERS.findall(one) != _NUMBERS.findall(other):
        return 0.0
    short, long = sorted((one, other), key=len)
    allowed = next(scores for letters, scores in _SLIPS if len(long) <= letters)
    slips = OSA.distance(one, other, score_cutoff=len(allowed))
    alike = allowed[slips - 1] if slips <= len(allowed) else 0.0
    if alike and one[0] != other[0]:
        alike -= _OTHER_INITIAL
    if len(short) >= _PREFIX_LETTERS and long.startswith(short):
        alike = max(alike, 0.5 + 0.3 * len(short) / len(long))
    return alike


def _query(text: str) -> _Folded:
    if len(text) > MAX_NAME_LENGTH:
        raise SearchTextError(
            text, Sentence("has more than {most} characters", most=MAX_NAME_LENGTH), Sentence("give the name alone")
        )
    folded = _fold(-1, text, "")
    if not folded.words:
        raise SearchTextError(text, Sentence("has no letters or digits"), Sentence("write what is on the sign"))
    if sum(character.isalnum() for character in anyascii(text)) < _LEAST_LETTERS:
        raise SearchTextError(text, Sentence("has fewer than two letters"), Sentence("write more of it"))
    return folded


def _fold(entry: int, text: str, kind: str) -> _Folded:
    unvocalised = bool(_UNVOCALISED.search(text))
    words = folded_words(text)[:_MOST_WORDS]
    if unvocalised:
        words = tuple(_without_article(word) for word in words)
    weights = tuple(_GENERIC_WEIGHT if word in _GENERIC else 1.0 for word in words)
    if not any(weight == 1.0 for weight in weights):
        # A name of generic words alone ("The Bar") is told by all of them together.
        weights = tuple(1.0 for _ in words)
    return _Folded(entry, text, kind, words, weights, unvocalised)


def _without_article(word: str) -> str:
    """Arabic writes its article in one with the word."""
    return word[2:] if word.startswith("al") and len(word) > len("al") + _SKELETON_LETTERS else word


def _names_of(at: int, entry: Entry) -> list[_Folded]:
    kinds = {name.text: name.kind.value for name in entry.names}
    kinds.setdefault(entry.name, "label")
    return [folded for text, kind in kinds.items() if (folded := _fold(at, text, kind)).words]


def _place_words(entry: Entry) -> frozenset[str]:
    texts = (entry.address, entry.locality, entry.sector)
    return frozenset(word for text in texts if text for word in folded_words(text) if len(word) >= _LEAST_LETTERS)
