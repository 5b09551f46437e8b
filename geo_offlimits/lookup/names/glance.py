"""Which of very many pairs of names cannot match, told for all of them at once.

`NamePairs.score` of a pair that is told apart here is 0, whichever of its names is asked for: without their spaces the
two are not alike, and of each a word that tells it has surely no counterpart in the other. Of the rest it says nothing.
NumPy and RapidFuzz reckon by the rules of `scoring` and `sounds`, and where they may round they leave a pair together.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from geo_offlimits.lookup.names.folding import Reading, Word
from geo_offlimits.lookup.names.scoring import COUNTERPART, tables
from geo_offlimits.lookup.names.sounds import least_cost

_AT_ONCE = 50_000
_ROUNDING = 1e-6
SPACELESS_ALIKE = 0.55  # less than `NamePairs` asks of two names without their spaces
_RULES = tables()

Array = npt.NDArray[Any]


class Glance:
    """Two lists of subjects, each given by its readings (`NamePairs.readings`), of which many pairs are told apart."""

    def __init__(self, here: Sequence[Sequence[Reading]], there: Sequence[Sequence[Reading]]) -> None:
        numbers: dict[Word, int] = {}
        self._here, self._there = _Table(here, numbers), _Table(there, numbers)
        self._words = Words(tuple(numbers))

    def apart(self, here: Sequence[int], there: Sequence[int]) -> Array:
        """Of each pair, given by the places of its two in the lists, whether it cannot match."""
        ones, others = np.asarray(here, dtype=np.int64), np.asarray(there, dtype=np.int64)
        parts = [slice(start, start + _AT_ONCE) for start in range(0, len(ones), _AT_ONCE)]
        return np.concatenate([np.zeros(0, dtype=bool), *(self._apart(ones[part], others[part]) for part in parts)])

    def _apart(self, here: Array, there: Array) -> Array:
        which, ones, others = _crossed(self._here.starts, here, self._there.starts, there)
        near = np.ones(len(here), dtype=bool)
        near[which] = False  # a name without letters and digits has no reading, and nothing is said of it
        are_near = self._are_spaced_otherwise(ones, others)
        are_near |= self._are_made_out(self._there, others, self._here, ones)
        are_near |= self._are_made_out(self._here, ones, self._there, others)
        near[which[are_near]] = True
        return ~near

    def _are_spaced_otherwise(self, ones: Array, others: Array) -> Array:
        joined = [self._here.joined[at] for at in ones.tolist()], [self._there.joined[at] for at in others.tolist()]
        return np.asarray(cpdist(*joined, scorer=OSA.normalized_similarity)) >= SPACELESS_ALIKE

    def _are_made_out(self, told: "_Table", tells: Array, asked: "_Table", asks: Array) -> Array:
        """Whether each word that tells the one may have a counterpart among the other's; both always have words."""
        if not len(tells):
            return np.zeros(0, dtype=bool)
        which, telling, word = _crossed(told.telling_starts, tells, asked.word_starts, asks)
        near = self._words.near(told.telling[telling], asked.words[word])
        firsts = _firsts(which, telling)
        return np.logical_and.reduceat(np.logical_or.reduceat(near, firsts), _firsts(which[firsts]))


class _Table:
    """The readings of many subjects, and their words by number: those of each lie together."""

    def __init__(self, readings: Sequence[Sequence[Reading]], numbers: dict[Word, int]) -> None:
        flat = [one for some in readings for one in some]
        self.starts = _starts(map(len, readings))
        self.joined = [one.joined for one in flat]
        words = [[numbers.setdefault(word, len(numbers)) for word in one.words] for one in flat]
        telling = [[of[at] for at in one.form.telling] for one, of in zip(flat, words, strict=True)]
        self.words, self.word_starts = _flat(words), _starts(map(len, words))
        self.telling, self.telling_starts = _flat(telling), _starts(map(len, telling))


class Words:
    """Words by number, ready for many to be held together."""

    def __init__(self, words: Sequence[Word]) -> None:
        self._written, self._heard = [one.written for one in words], [one.heard for one in words]
        self._spelling = np.unique(self._written, return_inverse=True)[1]
        self._are_bare = np.array([one.bare for one in words], dtype=bool)
        self._are_exact = np.array([one.is_exact for one in words], dtype=bool)
        self._starts = _flat([[ord(one.written[0]), ord(one.heard[0])] for one in words]).reshape(-1, 2)
        self._lengths = _flat([[len(one.written), len(one.heard)] for one in words]).reshape(-1, 2)
        longest = int(self._lengths.max(initial=0))
        self._most_slips = np.array([0.0, *map(_most_slips, range(1, longest + 1))]) + _ROUNDING
        self._sounds, self._least = _sounds(self._heard)

    def near(self, ones: Array, others: Array) -> Array:
        """Whether two may be counterparts, of each pair; the same both ways."""
        count = len(self._written)
        keys, places = np.unique(np.minimum(ones, others) * count + np.maximum(ones, others), return_inverse=True)
        one, other = np.divmod(keys, count)
        near: Array = self._spelling[one] == self._spelling[other]
        inexact = ~(near | self._are_exact[one] | self._are_exact[other])
        near |= inexact & (self._are_bare[one] != self._are_bare[other])
        open_ = np.flatnonzero(inexact & ~near)
        near[open_] = ~self._are_far(one[open_], other[open_])
        return near[places]

    def _are_far(self, ones: Array, others: Array) -> Array:
        """As `scoring.are_counterparts` tells at a glance; first what costs nothing."""
        far = self._are_heard_far(ones, others)
        far[far] = self._are_written_far(ones[far], others[far])
        for at in np.flatnonzero(far & (self._starts[ones, 1] == self._starts[others, 1])).tolist():
            one, other = self._heard[ones[at]], self._heard[others[at]]
            far[at] = not (one.startswith(other) or other.startswith(one))
        return far

    def _are_heard_far(self, ones: Array, others: Array) -> Array:
        most = self._most_slips[np.maximum(self._lengths[ones, 1], self._lengths[others, 1])]
        far = np.zeros(len(ones), dtype=bool)
        for one, other in ((ones, others), (others, ones)):
            near = np.flatnonzero(~far)
            lost = np.einsum("ij,ij->i", self._sounds[one[near]], self._least[other[near]])
            far[near] = lost > most[near]
        return far

    def _are_written_far(self, ones: Array, others: Array) -> Array:
        most = self._most_slips[np.maximum(self._lengths[ones, 0], self._lengths[others, 0])]
        texts = [self._written[at] for at in ones.tolist()], [self._written[at] for at in others.tolist()]
        slips = np.asarray(cpdist(*texts, scorer=OSA.distance), dtype=float)
        far: Array = slips + _RULES["other_start"] * (self._starts[ones, 0] != self._starts[others, 0]) > most
        return far


def _most_slips(letters: int) -> float:
    """How many slips counterparts have at most, of which the longer one has so many letters."""
    return float((1.0 - COUNTERPART) / _RULES["short"].get(str(letters), _RULES["a_slip"] / letters))


def _sounds(heard: Sequence[str]) -> tuple[Array, Array]:
    """How often each word has each sound, and what each sound costs at least beside each word."""
    codes = np.frombuffer("".join(heard).encode("ascii"), dtype=np.uint8)
    owners = np.repeat(np.arange(len(heard)), [len(one) for one in heard])
    known, columns = np.unique(codes, return_inverse=True)
    shape = len(heard), len(known)
    counts = np.bincount(owners * len(known) + columns, minlength=shape[0] * shape[1]).reshape(shape)
    least = np.full(shape, np.inf)
    for column, other in enumerate(map(chr, known.tolist())):
        costs = np.array([least_cost(chr(code), other) for code in known.tolist()])
        having = counts[:, column] > 0
        least[having] = np.minimum(least[having], costs)
    return counts.astype(float), least


def _crossed(starts: Array, ones: Array, other_starts: Array, others: Array) -> tuple[Array, Array, Array]:
    """Of each pair, everything that lies at the one with everything that lies at the other: (pair, place, place)."""
    widths = other_starts[others + 1] - other_starts[others]
    many = (starts[ones + 1] - starts[ones]) * widths
    which = np.repeat(np.arange(len(ones)), many)
    nth = np.arange(len(which)) - np.repeat(np.cumsum(many) - many, many)
    high, low = np.divmod(nth, widths[which])
    return which, starts[ones][which] + high, other_starts[others][which] + low


def _firsts(*columns: Array) -> Array:
    """Where a row differs from the one before it, and the first."""
    changes = [np.concatenate([[True], one[1:] != one[:-1]]) for one in columns]
    return np.flatnonzero(np.logical_or.reduce(changes))


def _starts(lengths: Iterable[int]) -> Array:
    return np.cumsum([0, *lengths], dtype=np.int64)


def _flat(several: Sequence[Sequence[int]]) -> Array:
    return np.array([number for some in several for number in some], dtype=np.int64)
