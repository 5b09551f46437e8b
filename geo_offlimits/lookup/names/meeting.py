"""The names of a long list held against each other, all at once: which may be alike, and which surely are not.

1. Which of them share a word, but for a slip, with those of some of the list, by the rule of `NamePairs.keys` and
   `NamePairs.asking`: a name is found by the rarest word that tells it, or by all of it without its spaces.
2. Of which pairs `NamePairs.score` is surely 0: without their spaces the two are not alike, and a word that tells the
   second has no counterpart in the first, and cannot be its own street or town.

The words of all names get numbers, and NumPy brings together whose they are; a list of names that are nearly all alike
is told a piece at a time.
"""

from array import array
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from geo_offlimits.domain.premises import Subject
from geo_offlimits.lookup.names.folding import Word
from geo_offlimits.lookup.names.glance import SPACELESS_ALIKE, Words
from geo_offlimits.lookup.names.pairs import NamePairs, may_stand_in, where
from geo_offlimits.lookup.names.slips import Owners, spread
from geo_offlimits.lookup.names.sounds import coarse_each

_AT_ONCE = 25_000

Array = npt.NDArray[Any]


class Numbers(dict[Word, int]):
    """A number for each word, from 0 in the order in which they are asked for."""

    def __missing__(self, word: Word) -> int:
        number = self[word] = len(self)
        return number


class Meetings:
    """The names of a list: their words by number, and whole; those of each subject lie together."""

    def __init__(self, names: NamePairs, subjects: Sequence[Subject]) -> None:
        self._names, self._subjects = names, subjects
        numbers = Numbers()
        words, word_counts, joined_counts = array("i"), array("i"), array("i")
        self._joined: list[str] = []
        for one in subjects:
            readings, before = names.plain_readings(one), len(words)
            for reading in readings:
                words.extend(map(numbers.__getitem__, reading.words))
                self._joined.append(reading.joined)
            word_counts.append(len(words) - before)
            joined_counts.append(len(readings))
        self._words, self._numbers = np.array(words), list(numbers)
        self._word_starts, self._joined_starts = _starts(word_counts), _starts(joined_counts)

    def met(self, told: Sequence[int], most: int) -> Iterator[tuple[Array, Array]]:
        """(one, other): places in the list of those that meet one of `told`, and which one; some thousands together.

        most : of very many of `told` that are found by one word, so many of the first are found.
        """
        counted = self._counted(told)
        rarest = [(at, word) for at in told for word in self._names.rarest(self._subjects[at], counted)]
        by_word = Owners(_texts([word for _, word in rarest]), [at for at, _ in rarest], most)
        whole = [(at, place) for at in told for place in range(*self._joined_starts[at : at + 2].tolist())]
        by_whole = Owners(coarse_each([self._joined[place] for _, place in whole]), [at for at, _ in whole], most)
        of_word, of_whole = by_word.met_by(_texts(self._numbers)), by_whole.met_by(coarse_each(self._joined))
        for first, last in self._pieces(of_word[0], of_whole[0]):
            words = slice(*self._word_starts[[first, last]])
            wholes = slice(*self._joined_starts[[first, last]])
            sides = (
                (np.diff(self._word_starts[first : last + 1]), self._words[words], of_word),
                (np.diff(self._joined_starts[first : last + 1]), np.arange(wholes.start, wholes.stop), of_whole),
            )
            yield _together(first, sides, len(self._subjects))

    def apart(self, ones: Array, others: Array) -> Array:
        """Of each pair, by the places of its two, whether its score is surely 0; of names read in two ways never."""
        is_read_once = np.diff(self._joined_starts) == 1
        left = np.flatnonzero(is_read_once[ones] & is_read_once[others])
        apart = np.zeros(len(ones), dtype=bool)
        nth = 0
        while len(left):
            telling = self._telling(others[left], nth)
            left, telling = left[telling >= 0], telling[telling >= 0]
            is_missing = ~self._have_counterparts(ones[left], self._words[telling])
            some = left[is_missing]
            apart[some] = self._stay_apart(ones[some], others[some], telling[is_missing])
            left, nth = left[~is_missing], nth + 1
        return apart

    def _telling(self, subjects: Array, nth: int) -> Array:
        """Where the nth word that tells the one name of each lies among all words; -1 where it has fewer."""
        starts = self._word_starts[subjects].tolist()
        told = [self._names.plain_readings(self._subjects[at])[0].form.telling for at in subjects.tolist()]
        found = [start + some[nth] if nth < len(some) else -1 for start, some in zip(starts, told, strict=True)]
        return np.array(found, dtype=np.int64)

    def _have_counterparts(self, subjects: Array, words: Array) -> Array:
        """Whether the name of each may have a counterpart of a word, given by its number."""
        starts = self._word_starts[subjects]
        which, places = spread(starts, self._word_starts[subjects + 1] - starts)
        numbers, at = np.unique(np.concatenate([words, self._words[places]]), return_inverse=True)
        known = Words([self._numbers[number] for number in numbers.tolist()])
        near = known.near(at[: len(words)][which], at[len(words) :])
        return np.bincount(which[near], minlength=len(subjects)) > 0

    def _stay_apart(self, ones: Array, others: Array, missing: Array) -> Array:
        """Of pairs without a counterpart for a word of the second, whether nothing else may bring them together."""
        joined = [[self._joined[at] for at in self._joined_starts[some].tolist()] for some in (ones, others)]
        stay = np.asarray(cpdist(*joined, scorer=OSA.normalized_similarity)) < SPACELESS_ALIKE
        words = self._words[missing].tolist()
        for at in np.flatnonzero(stay).tolist():
            other = self._subjects[others[at]]
            (name,) = self._names.plain_readings(other)
            is_alone = len(name.form.telling) == 1
            stay[at] = is_alone or not may_stand_in(self._numbers[words[at]], name, where(other))
        return stay

    def _counted(self, told: Sequence[int]) -> dict[str, int]:
        """In how many names of all each word of these stands, by its sounds."""
        words = {self._numbers[at] for one in told for at in self._words[slice(*self._word_starts[one : one + 2])]}
        wanted = {heard: number for number, heard in enumerate({word.heard for word in words})}
        heard = np.array([wanted.get(word.heard, -1) for word in self._numbers], dtype=np.int64)[self._words]
        owners = np.repeat(np.arange(len(self._subjects)), np.diff(self._word_starts))
        keys = np.unique(owners[heard >= 0] * len(wanted) + heard[heard >= 0])
        counts = np.bincount(keys % max(1, len(wanted)), minlength=len(wanted))
        return dict(zip(wanted, counts.tolist(), strict=True))

    def _pieces(self, of_word: Array, of_whole: Array) -> Iterator[tuple[int, int]]:
        """From which subject to which there are so many to be told together."""
        by_word = np.append(0, np.cumsum(np.diff(of_word)[self._words]))[self._word_starts]
        upto = by_word + of_whole[self._joined_starts]
        first, count = 0, len(self._subjects)
        while first < count:
            last = max(first + 1, int(np.searchsorted(upto, upto[first] + _AT_ONCE, side="right")) - 1)
            yield first, last
            first = last


def _texts(words: Sequence[Word]) -> list[str]:
    """By what each is found, as in `pairs`."""
    heard = coarse_each([word.heard for word in words])
    return [word.written if word.is_exact else text for word, text in zip(words, heard, strict=True)]


def _together(first: int, sides: Sequence[tuple[Array, Array, tuple[Array, Array]]], count: int) -> tuple[Array, Array]:
    """Each pair once. sides: how many texts each subject from `first` on has, which they are, and whom each meets."""
    keys = []
    for counts, texts, (starts, owners) in sides:
        which, places = spread(starts[texts], starts[texts + 1] - starts[texts])
        ones = np.repeat(np.arange(first, first + len(counts)), counts)[which]
        keys.append(ones * count + owners[places])
    return np.divmod(np.unique(np.concatenate(keys)), max(1, count))


def _starts(counts: Sequence[int]) -> Array:
    return np.append(0, np.cumsum(np.array(counts, dtype=np.int64)))
