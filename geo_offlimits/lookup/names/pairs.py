"""Two names held against each other, without an index of all: for lists of a hundred thousand that have few neighbours.

The words are compared by the rules of `scoring`, as a search would. Names that are not beside each other are compared
only where `keys` meet: the rarest word that tells the one is, but for one letter, a word of the other.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from geo_offlimits.domain.premises import Subject
from geo_offlimits.lookup.names.folding import Folding, Reading, Word
from geo_offlimits.lookup.names.scoring import alike, are_counterparts, by_letters, by_words
from geo_offlimits.lookup.names.search import folding_of
from geo_offlimits.lookup.names.sounds import coarse

_KEPT, _REMEMBERED = 60_000, 10_000
_PLACES_REMEMBERED = 20_000
_SPACELESS_ALIKE = 0.6
_LEAST_TO_LOSE = 4
_WORDS_REMEMBERED = 4_000


class NamePairs:
    """Scores of pairs; what was read lately is remembered."""

    def __init__(self, towns: Iterable[Iterable[str]] = ()) -> None:
        self._folding: Folding = folding_of(tuple(map(tuple, towns)))
        self._read = lru_cache(_REMEMBERED)(self._folding.readings)
        self._kept: dict[str, tuple[Reading, ...]] = {}
        self._places = lru_cache(_PLACES_REMEMBERED)(self._place_words)

    def score(self, asked: Subject, told: Subject) -> float:
        """How alike the likest names of two subjects are, 0 to 100; 0 for what is surely no match."""
        pairs = ((query, name) for query in self._names(asked) for name in self._names(told))
        return max((self._alike(query, name, told) for query, name in pairs), default=0.0)

    def words(self, subject: Subject) -> set[str]:
        """The words of its names, to be counted before `keys` are asked for."""
        return {word.heard for reading in self._names(subject) for word in reading.words}

    def keys(self, subject: Subject, counted: Mapping[str, int]) -> set[str]:
        """What every name like one of these is found by (`asking`): the rarest word that tells each of them."""
        places = self._places(subject.address, subject.locality)
        found: set[str] = set()
        for reading in self._names(subject):
            told = [reading.words[at] for at in reading.in_its_town(places).form.telling]
            if told:
                found.update(_keys(min(told, key=lambda word: (counted.get(word.heard, 0), -len(word.heard)))))
            found.update(_lost("=", coarse(reading.joined)))
        return found

    def asking(self, subject: Subject) -> set[str]:
        """The keys under which a name that is like one of these may stand."""
        found: set[str] = set()
        for reading in self._names(subject):
            for word in reading.words:
                found.update(_keys(word))
            found.update(_lost("=", coarse(reading.joined)))
        return found

    def _readings(self, text: str) -> tuple[Reading, ...]:
        """The first ones stay: names are asked for in rounds, which would push all of them out of a full memory."""
        found = self._kept.get(text)
        if found is None:
            found = self._read(text)
            if len(self._kept) < _KEPT:
                self._kept[text] = found
        return found

    def readings(self, subject: Subject) -> list[Reading]:
        """Its names as they are compared: words that are its own town or street tell little."""
        places = self._places(subject.address, subject.locality)
        return [reading.in_its_town(places) for reading in self._names(subject)]

    def _names(self, subject: Subject) -> Sequence[Reading]:
        if len(subject.names) == 1:  # so are most, and it is its label
            return self._readings(subject.names[0].text)
        texts = dict.fromkeys((subject.label, *(name.text for name in subject.names)))
        return [reading for text in texts for reading in self._readings(text)]

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
    return any(are_counterparts(word, name.words[at]) for word in query.words for at in name.form.telling)


def _is_made_out(query: Reading, name: Reading) -> bool:
    """Each word that tells the name needs a counterpart."""
    telling = (name.words[at] for at in name.form.telling)
    return all(any(are_counterparts(word, told) for word in query.words) for told in telling)


@lru_cache(maxsize=_WORDS_REMEMBERED)
def _keys(word: Word) -> tuple[str, ...]:
    return (word.written,) if word.is_exact else _lost("", coarse(word.heard))


def _lost(mark: str, text: str) -> tuple[str, ...]:
    """The text, and what is left of it without one of its letters: one slip leaves one of them the same."""
    if len(text) < _LEAST_TO_LOSE:
        return (mark + text,)
    return (mark + text, *[f"{mark}{text[:at]}{text[at + 1 :]}" for at in range(len(text))])
