"""Two names held against each other, without an index of all: for lists of a hundred thousand that have few neighbours.

The words are compared by the rules of `scoring`, as a search would. Names that are not beside each other are compared
only where `keys` meet: the rarest word that tells the one is, but for one letter, a word of the other.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from typing import Protocol

from rapidfuzz.distance import OSA

from geo_offlimits.domain.premises import Subject
from geo_offlimits.lookup.names.folding import FULL_FORMS, Folding, Reading, Word
from geo_offlimits.lookup.names.scoring import alike, are_counterparts, by_letters, by_words
from geo_offlimits.lookup.names.search import folding_of
from geo_offlimits.lookup.names.slips import LEAST_TO_LOSE
from geo_offlimits.lookup.names.sounds import coarse

_KEPT, _REMEMBERED = 100_000, 10_000
_PLACES_REMEMBERED = 20_000
_SPACELESS_ALIKE = 0.6
_WORDS_REMEMBERED = 4_000
_UNSEEN = str.maketrans(dict.fromkeys(".'`", ""))  # within words of an address; a reading has them not


class Counts(Protocol):
    """In how many names a word stands; a Counter is one."""

    def get(self, word: str, default: int, /) -> int: ...


class NamePairs:
    """Scores of pairs; what was read lately is remembered, and of all names the first `kept`."""

    def __init__(self, towns: Iterable[Iterable[str]] = (), *, kept: int = _KEPT) -> None:
        self._most_kept = kept
        self._folding: Folding = folding_of(tuple(map(tuple, towns)))
        self._read = lru_cache(_REMEMBERED)(self._folding.readings)
        self._kept: dict[str, tuple[Reading, ...]] = {}
        # Of the folding and not of `self`, which then would go only when garbage is looked for.
        self._places = lru_cache(_PLACES_REMEMBERED)(partial(_place_words, self._folding))

    def score(self, asked: Subject, told: Subject) -> float:
        """How alike the likest names of two subjects are, 0 to 100; 0 for what is surely no match."""
        best, names = 0.0, self.plain_readings(told)
        for query in self.plain_readings(asked):
            for name in names:
                best = max(best, self._alike(query, name, told))
        return best

    def words(self, subject: Subject) -> set[str]:
        """The words of its names, to be counted before `keys` are asked for."""
        return {word.heard for reading in self.plain_readings(subject) for word in reading.words}

    def keys(self, subject: Subject, counted: Counts) -> set[str]:
        """What every name like one of these is found by (`asking`): the rarest word that tells each of them."""
        found = {key for word in self.rarest(subject, counted) for key in _keys(word)}
        for reading in self.plain_readings(subject):
            found.update(_lost("=", coarse(reading.joined)))
        return found

    def rarest(self, subject: Subject, counted: Counts) -> list[Word]:
        """Of each name the rarest word that tells it; of equally rare ones the longest."""
        told = [[reading.words[at] for at in reading.form.telling] for reading in self.readings(subject)]
        return [min(some, key=lambda word: (counted.get(word.heard, 0), -len(word.heard))) for some in told if some]

    def asking(self, subject: Subject) -> set[str]:
        """The keys under which a name that is like one of these may stand."""
        found: set[str] = set()
        for reading in self.plain_readings(subject):
            for word in reading.words:
                found.update(_keys(word))
            found.update(_lost("=", coarse(reading.joined)))
        return found

    def _readings(self, text: str) -> tuple[Reading, ...]:
        """The first ones stay: names are asked for in rounds, which would push all of them out of a full memory."""
        found = self._kept.get(text)
        if found is None:
            found = self._read(text)
            if len(self._kept) < self._most_kept:
                self._kept[text] = found
        return found

    def readings(self, subject: Subject) -> list[Reading]:
        """Its names as they are compared: words that are its own town or street tell little."""
        within = where(subject)
        return [self._in_its_town(name, subject, within) for name in self.plain_readings(subject)]

    def _in_its_town(self, name: Reading, told: Subject, within: str | None) -> Reading:
        words = name.words
        if _stands_alone(name) or not any(may_stand_in(words[at], name, within) for at in name.form.telling):
            return name
        return name.in_its_town(self._places(told.address, told.locality))

    def plain_readings(self, subject: Subject) -> Sequence[Reading]:
        """Its names, whatever its town and street are called."""
        if len(subject.names) == 1:  # so are most, and it is its label
            return self._readings(subject.names[0].text)
        texts = dict.fromkeys((subject.label, *(name.text for name in subject.names)))
        return [reading for text in texts for reading in self._readings(text)]

    def _alike(self, query: Reading, name: Reading, told: Subject) -> float:
        letters = _by_letters(query, name)
        missing = _first_missing(query, name)
        if missing is not None and (_stands_alone(name) or not may_stand_in(missing, name, where(told))):
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


def _place_words(folding: Folding, address: str | None, locality: str | None) -> tuple[Word, ...]:
    texts = (address, locality)
    words = [word for text in texts if text for one in folding.readings(text) for word in one.words]
    return tuple(dict.fromkeys(word for word in words if len(word.written) > 1))


def _by_letters(query: Reading, name: Reading) -> float:
    """The score of `by_letters`; of most pairs, which have as many words, it is 0 unless all letters are the same."""
    one, other = query.form, name.form
    if len(one.named) == len(other.named) and len(one.telling) == len(other.telling):
        return by_letters(query, name).score if query.joined == name.joined else 0.0
    if OSA.normalized_similarity(query.joined, name.joined, score_cutoff=_SPACELESS_ALIKE):
        return by_letters(query, name).score
    return 0.0


def _first_missing(query: Reading, name: Reading) -> Word | None:
    """The first word that tells the name and has no counterpart; None where it is made out."""
    words = query.words
    for at in name.form.telling:
        told = name.words[at]
        written = told.written
        for word in words:
            if word.written == written:
                break
        else:
            if not any(are_counterparts(word, told) for word in words):
                return told
    return None


def _stands_alone(name: Reading) -> bool:
    """Where one word tells the name, no street or town stands in for it."""
    return len(name.form.telling) == 1


def where(told: Subject) -> str | None:
    """Its address and town as a word of a name may stand in them; None where their letters are to be read first."""
    texts = f"{told.address or ''} {told.locality or ''}"
    return texts.translate(_UNSEEN).lower() if texts.isascii() else None


def may_stand_in(word: Word, name: Reading, within: str | None) -> bool:
    """Whether the word may be the venue's own town or street; most are surely not, and nothing is read to know it."""
    if name.has_signs or within is None or word.written in FULL_FORMS:
        return True
    return word.written in within


def _is_made_out(query: Reading, name: Reading) -> bool:
    """Each word that tells the name needs a counterpart."""
    return _first_missing(query, name) is None


@lru_cache(maxsize=_WORDS_REMEMBERED)
def _keys(word: Word) -> tuple[str, ...]:
    return (word.written,) if word.is_exact else _lost("", coarse(word.heard))


def _lost(mark: str, text: str) -> tuple[str, ...]:
    """The text, and what is left of it without one of its letters: one slip leaves one of them the same."""
    whole = mark + text
    if len(text) < LEAST_TO_LOSE:
        return (whole,)
    return (whole, *[whole[:at] + whole[at + 1 :] for at in range(len(mark), len(whole))])
