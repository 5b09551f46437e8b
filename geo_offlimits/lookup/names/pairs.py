"""Two names held against each other, without an index of all: for lists of a hundred thousand that have few neighbours.

The words are compared by the rules of `scoring`, as a search would. Names that are not beside each other are compared
only where `keys` meet: the rarest word that tells the one is, but for one letter, a word of the other.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from rapidfuzz.distance import OSA

from geo_offlimits.domain.premises import Subject
from geo_offlimits.lookup.names.folding import Folding, Reading, Word
from geo_offlimits.lookup.names.scoring import COUNTERPART, alike, by_letters, by_words
from geo_offlimits.lookup.names.search import folding_of
from geo_offlimits.lookup.names.sounds import coarse

_REMEMBERED = 20_000
_SPACELESS_ALIKE = 0.6
_LEAST_TO_LOSE = 4


class NamePairs:
    """Scores of pairs; what was read lately is remembered."""

    def __init__(self, towns: Iterable[Iterable[str]] = ()) -> None:
        self._folding: Folding = folding_of(tuple(map(tuple, towns)))
        self._readings = lru_cache(_REMEMBERED)(self._folding.readings)
        self._places = lru_cache(_REMEMBERED)(self._place_words)

    def score(self, asked: Subject, told: Subject) -> float:
        """How alike the likest names of two subjects are, 0 to 100; 0 for what is surely no match."""
        pairs = ((query, name) for query in self._names(asked) for name in self._names(told))
        return max((self._alike(query, name, told) for query, name in pairs), default=0.0)

    def words(self, subject: Subject) -> set[str]:
        """The words of its names, to be counted before `keys` are asked for."""
        return {word.heard for reading in self._names(subject) for word in reading.words}

    def keys(self, subject: Subject, counted: Mapping[str, int]) -> Iterator[str]:
        """What every name like one of these is found by (`asking`): the rarest word that tells each of them."""
        places = self._places(subject.address, subject.locality)
        for reading in self._names(subject):
            told = [reading.words[at] for at in reading.in_its_town(places).form.telling]
            if told:
                yield from _keys(min(told, key=lambda word: (counted.get(word.heard, 0), -len(word.heard))))
            yield from _lost("=", coarse(reading.joined))

    def asking(self, subject: Subject) -> Iterator[str]:
        """The keys under which a name that is like one of these may stand."""
        for reading in self._names(subject):
            for word in reading.words:
                yield from _keys(word)
            yield from _lost("=", coarse(reading.joined))

    def _names(self, subject: Subject) -> Iterator[Reading]:
        for text in dict.fromkeys((subject.label, *(name.text for name in subject.names))):
            yield from self._readings(text)

    def _alike(self, query: Reading, name: Reading, told: Subject) -> float:
        letters = 0.0
        if OSA.normalized_similarity(query.joined, name.joined, score_cutoff=_SPACELESS_ALIKE):
            letters = by_letters(query, name).score
        if not _share_a_word(query, name):
            return letters
        places = self._places(told.address, told.locality)
        within = name.in_its_town(places)
        if not _is_made_out(query, within):
            return letters
        near = [
            {word: 1.0} | {other: score for other in (*within.words, *places) if (score := alike(word, other))}
            for word in query.words
        ]
        return max(letters, by_words(query, within, near, places).score)

    def _place_words(self, address: str | None, locality: str | None) -> tuple[Word, ...]:
        texts = (address, locality)
        words = [word for text in texts if text for one in self._folding.readings(text) for word in one.words]
        return tuple(dict.fromkeys(word for word in words if len(word.written) > 1))


def _share_a_word(query: Reading, name: Reading) -> bool:
    """Where no telling word has a counterpart, the names do not match whatever else is the same."""
    return any(alike(word, name.words[at]) >= COUNTERPART for word in query.words for at in name.form.telling)


def _is_made_out(query: Reading, name: Reading) -> bool:
    """Each word that tells the name needs a counterpart."""
    telling = (name.words[at] for at in name.form.telling)
    return all(any(alike(word, told) >= COUNTERPART for word in query.words) for told in telling)


def _keys(word: Word) -> Iterator[str]:
    if word.is_exact:
        yield word.written
    else:
        yield from _lost("", coarse(word.heard))


def _lost(mark: str, text: str) -> Iterator[str]:
    """The text, and what is left of it without one of its letters: one slip leaves one of them the same."""
    yield mark + text
    if len(text) >= _LEAST_TO_LOSE:
        yield from (mark + text[:at] + text[at + 1 :] for at in range(len(text)))
