"""The names of a list, ready to be searched.

Every distinct word stands once in an index of pieces of its sounds; so does every name as one word. A question looks up
the words like its own, adds up how much of each name they make out, and compares the few best names in full.
"""

from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from anyascii import anyascii
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.premises import MAX_NAME_LENGTH
from geo_offlimits.errors import InputError, Issue, Sentence
from geo_offlimits.lookup.names.folding import Folding, Reading, Word
from geo_offlimits.lookup.names.grams import Grams, largest, starts_of
from geo_offlimits.lookup.names.reasons import Told, reason
from geo_offlimits.lookup.names.scoring import (
    ADDRESS_CEILING,
    Likeness,
    alike,
    by_beginning,
    by_letters,
    by_place,
    by_words,
)
from geo_offlimits.lookup.names.sounds import coarse
from geo_offlimits.settings import Settings

MATCH_SCORE = Settings.name_match_score  # where nobody has set it otherwise
_LEAST_LETTERS = 2
_LEAST_SCORE = 50.0
_NEAR_WORDS, _NEAR_SHARE = 60, 0.2
_LIKELY_WORDS, _LIKELY = 20, 0.5
_NEAR_NAMES, _NEAR_NAMES_SHARE = 10, 0.5
_CANDIDATES, _PLACE_CANDIDATES = 30, 20
_LEAST_MADE_OUT, _PLACE_COUNTS = 0.3, 0.1

Array = npt.NDArray[Any]


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


@dataclass(frozen=True, slots=True)
class _Row:
    """One reading of one name of the entry at place `entry`."""

    entry: int
    text: str
    reading: Reading


@dataclass(frozen=True, slots=True)
class _Found:
    likeness: Likeness
    query: Reading
    row: _Row


class _Carriers:
    """For each word, by its number, who carries it: sorted arrays, four bytes a word carried."""

    def __init__(self, words: Array, carriers: Array) -> None:
        order = np.argsort(words, kind="stable")
        self._carriers = carriers[order]
        self._starts = starts_of(words, 0).tolist()

    def add_made_out(self, near: Mapping[int, float], to: Array) -> None:
        """Adds how much of one word of the query each carrier makes out: the likest of its words."""
        found = [(score, word) for word, score in near.items() if word + 1 < len(self._starts)]
        if not len(self._carriers) or not found:
            return
        made = np.zeros_like(to)
        for score, word in sorted(found):
            made[self._carriers[self._starts[word] : self._starts[word + 1]]] = score
        to += made


class _Consonants:
    """Words by their consonants, where either they or the question lack vowels."""

    def __init__(self, words: Sequence[Word], *, bare: bool) -> None:
        self._numbers = [number for number, word in enumerate(words) if word.bare == bare]
        self._grams = Grams([coarse(words[number].heard, bare=True) for number in self._numbers])

    def near(self, word: Word) -> list[int]:
        near = self._grams.near(coarse(word.heard, bare=True), _NEAR_WORDS, _NEAR_SHARE)
        return [self._numbers[at] for at in near]


class NameIndex:
    """Every name of every entry: sign, current, former and alias, and the name for labels.

    towns: for each town its names that no transliteration leads to one another, such as ("Peć", "Pejë").
    """

    def __init__(self, entries: Iterable[Entry], towns: Iterable[Iterable[str]] = ()) -> None:
        self._entries = tuple(entries)
        self._folding = folding_of(tuple(map(tuple, towns)))
        self._places = [self._place_words(entry) for entry in self._entries]
        self._rows = [row for at, entry in enumerate(self._entries) for row in self._rows_of(at, entry)]
        self._numbers: dict[Word, int] = {}
        told = [[row.reading.words[n] for n in row.reading.form.telling] for row in self._rows]
        self._names_with = self._carriers(told)
        self._entries_in = self._carriers(self._places)
        for row in self._rows:  # the words for kinds of venue, which carry nothing but may be what a question means
            for word in row.reading.words:
                self._numbers.setdefault(word, len(self._numbers))
        self._words = list(self._numbers)
        self._lengths = np.fromiter(map(len, told), np.float32, len(told))
        self._owners = np.fromiter((row.entry for row in self._rows), np.int32, len(self._rows))
        self._coarse = [coarse(word.heard) for word in self._words]
        self._heard = Grams(self._coarse)
        self._joined = Grams([coarse(row.reading.joined) for row in self._rows], pairs=False)

    def _carriers(self, carried: Sequence[Collection[Word]]) -> _Carriers:
        known = self._numbers
        numbers = array("i", (known.setdefault(word, len(known)) for words in carried for word in words))
        counts = np.fromiter(map(len, carried), np.int64, len(carried))
        return _Carriers(np.array(numbers), np.repeat(np.arange(len(carried), dtype=np.int32), counts))

    @cached_property
    def _bare(self) -> _Consonants:
        """The words of scripts without vowels, for a question that has them."""
        return _Consonants(self._words, bare=True)

    @cached_property
    def _vowelled(self) -> _Consonants:
        return _Consonants(self._words, bare=False)

    def _rows_of(self, at: int, entry: Entry) -> Iterator[_Row]:
        for text in dict.fromkeys((*(name.text for name in entry.names), entry.name)):
            for reading in self._folding.readings(text):
                yield _Row(at, text, reading.in_its_town(self._places[at]))

    def _place_words(self, entry: Entry) -> tuple[Word, ...]:
        texts = (entry.address, entry.locality, entry.sector)
        words = [word for text in texts if text for one in self._folding.readings(text) for word in one.words]
        return tuple(dict.fromkeys(word for word in words if len(word.written) >= _LEAST_LETTERS))

    def find(self, text: str, limit: int = 10) -> tuple[NameMatch, ...]:
        """The entries whose names are most like `text`, best first, each once; () when none is alike.

        Raises SearchTextError for less than two letters or digits, or more than 200 characters.
        """
        found: dict[int, _Found] = {}
        for query in self._read(text):
            for one in self._alike(query, max(_CANDIDATES, 2 * limit)):
                known = found.get(one.row.entry)
                if one.likeness.score >= _LEAST_SCORE and (known is None or one.likeness.score > known.likeness.score):
                    found[one.row.entry] = one
        ranked = sorted(found.values(), key=lambda one: (-one.likeness.score, self._entries[one.row.entry].entry_id))
        return tuple(self._match(text, one) for one in ranked[: max(limit, 0)])

    def _read(self, text: str) -> tuple[Reading, ...]:
        if len(text) > MAX_NAME_LENGTH:
            raise SearchTextError(
                text, Sentence("has more than {most} characters", most=MAX_NAME_LENGTH), Sentence("give the name alone")
            )
        readings = self._folding.readings(text)
        if not readings:
            raise SearchTextError(text, Sentence("has no letters or digits"), Sentence("write what is on the sign"))
        if sum(character.isalnum() for character in anyascii(text)) < _LEAST_LETTERS:
            raise SearchTextError(text, Sentence("has fewer than two letters"), Sentence("write more of it"))
        return readings

    def _alike(self, query: Reading, most: int) -> Iterator[_Found]:
        if not self._rows:
            return
        numbers = [self._near(word, telling=at in query.form.telling) for at, word in enumerate(query.words)]
        near = [
            {word: 1.0} | {self._words[number]: score for number, score in one.items()}
            for word, one in zip(query.words, numbers, strict=True)
        ]
        spaceless = self._joined.near(coarse(query.joined), _NEAR_NAMES, _NEAR_NAMES_SHARE)
        for at in dict.fromkeys((*spaceless, *self._candidates(query, numbers, most))):
            row = self._rows[at]
            places = self._places[row.entry]
            possible = [by_words(query, row.reading, near, places), by_beginning(query, row.reading)]
            if at in spaceless:
                possible.append(by_letters(query, row.reading))
            if places:
                possible.append(by_place(query, near, places))
            yield _Found(max(possible, key=lambda one: one.score), query, row)

    def _near(self, word: Word, *, telling: bool) -> dict[int, float]:
        """The words like this one, by number. Of a word that tells nothing only itself is looked for."""
        numbers = {self._numbers[word]} if word in self._numbers else set()
        if telling and not word.is_exact:
            numbers |= self._likely(coarse(word.heard))
            numbers |= set((self._vowelled if word.bare else self._bare).near(word))
        scores = {number: alike(word, self._words[number]) for number in numbers}
        return {number: score for number, score in scores.items() if score}

    def _likely(self, word: str) -> set[int]:
        """Of the words that share pieces with a coarse one those that look like it, quickly judged."""
        near = self._heard.near(word, _NEAR_WORDS, _NEAR_SHARE)
        if not near:
            return set()
        scores = cdist([word], [self._coarse[at] for at in near], scorer=OSA.normalized_similarity, dtype=np.float32)
        return {near[at] for at in largest(scores[0], _LIKELY_WORDS, _LIKELY)}

    def _candidates(self, query: Reading, near: Sequence[Mapping[int, float]], most: int) -> list[int]:
        """The names worth a full comparison."""
        asked = query.form.telling
        made_out = np.zeros(len(self._rows), np.float32)
        placed = np.zeros(len(self._entries), np.float32)
        for q in asked:
            self._names_with.add_made_out(near[q], made_out)
            self._entries_in.add_made_out(near[q], placed)
        made_out *= 2.0
        made_out /= self._lengths + len(asked)
        here = largest(placed, _PLACE_CANDIDATES, len(asked) * _LEAST_SCORE / ADDRESS_CEILING)
        if placed.any():  # of many with this name, those in this town
            made_out += placed[self._owners] * (_PLACE_COUNTS / len(asked))
        names = largest(made_out, most, _LEAST_MADE_OUT)
        # An entry whose names no letter is in has no row of its own; the last would lead beyond the rows.
        first = np.searchsorted(self._owners, here).tolist()
        return [*names, *(at for at in first if at < len(self._rows))]

    def _match(self, text: str, found: _Found) -> NameMatch:
        entry = self._entries[found.row.entry]
        kind = next((name.kind.value for name in entry.names if name.text == found.row.text), "label")
        asked, told = Told(text.strip(), found.query), Told(found.row.text, found.row.reading)
        why = reason(kind, asked, told, found.likeness)
        return NameMatch(entry=entry, name=told.text, score=round(found.likeness.score, 1), reason=why)


@lru_cache(maxsize=4)
def folding_of(towns: tuple[tuple[str, ...], ...]) -> Folding:
    """One for all lists: reading the names of a few hundred towns takes longer than those of a list."""
    return Folding(towns)


def tables() -> dict[str, Any]:
    """What the browser's search looks for, and how much of it."""
    return {
        "match_score": MATCH_SCORE,
        "most_letters": MAX_NAME_LENGTH,
        "least_letters": _LEAST_LETTERS,
        "least_score": _LEAST_SCORE,
        "near_words": _NEAR_WORDS,
        "near_share": _NEAR_SHARE,
        "likely_words": _LIKELY_WORDS,
        "likely": _LIKELY,
        "near_names": _NEAR_NAMES,
        "near_names_share": _NEAR_NAMES_SHARE,
        "candidates": _CANDIDATES,
        "place_candidates": _PLACE_CANDIDATES,
        "least_made_out": _LEAST_MADE_OUT,
        "place_counts": _PLACE_COUNTS,
    }
