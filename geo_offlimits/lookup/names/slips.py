"""Which of many texts are one but for a letter that each of them may have lost or gained, for all of them at once.

It is the rule of the keys in `pairs`: two texts meet where they are the same, whole or without one of their letters.
Instead of writing down what is left without each letter, NumPy reckons a number for it from the whole: a sum of the
letters, each weighed by its place. Two that differ may have one number once in 10^15; then they meet for nothing.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

LEAST_TO_LOSE = 4
_AT_ONCE = 10_000
_BASE = 0x9E3779B97F4A7C15  # odd, so that it has an inverse
_INVERSE = pow(_BASE, -1, 2**64)

Array = npt.NDArray[Any]


def met(ones: Sequence[str], others: Sequence[str]) -> tuple[Array, Array]:
    """The places, in both, of texts that meet. Digits and signs are whole or not at all."""
    left, left_of = _numbers(ones)
    right, right_of = _numbers(others)
    order = np.argsort(right, kind="stable")
    right, right_of = right[order], right_of[order]
    first, last = np.searchsorted(right, left), np.searchsorted(right, left, side="right")
    which, places = spread(first, last - first)
    keys = np.unique(left_of[which] * len(others) + right_of[places])
    return np.divmod(keys, max(1, len(others)))


class Owners:
    """Whose texts these are; of very many with one text, or with one thing left of theirs, the first `most`."""

    def __init__(self, texts: Sequence[str], owners: Sequence[int], most: int) -> None:
        numbers, text = _numbers(texts)
        owner = np.asarray(owners, dtype=np.int64)[text]
        order = np.lexsort((owner, numbers))
        numbers, owner = numbers[order], owner[order]
        again = np.append(False, (numbers[1:] == numbers[:-1]) & (owner[1:] == owner[:-1]))[: len(numbers)]
        numbers, owner = numbers[~again], owner[~again]
        is_among = np.arange(len(numbers)) - np.searchsorted(numbers, numbers) < most
        self._numbers, self._owners = numbers[is_among], owner[is_among]

    def met_by(self, texts: Sequence[str]) -> tuple[Array, Array]:
        """(starts, owners): from each start to the next whose texts meet one of these, each once and in order."""
        parts = [self._met_by(texts[at : at + _AT_ONCE]) for at in range(0, len(texts), _AT_ONCE)]
        counts, owners = ([np.zeros(size, dtype=np.int64)] for size in (1, 0))
        for some, whose in parts:
            counts.append(some)
            owners.append(whose)
        return np.cumsum(np.concatenate(counts)), np.concatenate(owners)

    def _met_by(self, texts: Sequence[str]) -> tuple[Array, Array]:
        numbers, text = _numbers(texts)
        first, last = np.searchsorted(self._numbers, numbers), np.searchsorted(self._numbers, numbers, side="right")
        found = np.flatnonzero(last > first)  # few are
        which, places = spread(first[found], last[found] - first[found])
        many = int(self._owners.max(initial=0)) + 1
        at, owners = np.divmod(np.unique(text[found][which] * many + self._owners[places]), many)
        return np.bincount(at, minlength=len(texts)), owners


def spread(starts: Array, counts: Array) -> tuple[Array, Array]:
    """So many places from each start, one after the other, and which start each is of."""
    which = np.repeat(np.arange(len(counts)), counts)
    nth = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
    return which, starts[which] + nth


def _numbers(texts: Sequence[str]) -> tuple[Array, Array]:
    """A number for each text and for what is left of it without each of its letters, and the place of the text."""
    lengths = np.array([len(one) for one in texts], dtype=np.int64)
    starts = np.cumsum(lengths) - lengths
    owners = np.repeat(np.arange(len(texts)), lengths)
    places = np.arange(len(owners)) - starts[owners]
    letters = np.frombuffer("".join(texts).encode("ascii"), dtype=np.uint8).astype(np.uint64)
    bases = np.full(int(lengths.max(initial=0)) + 1, _BASE, dtype=np.uint64)
    bases[0] = 1
    weighed = letters * np.cumprod(bases, dtype=np.uint64)[places]
    upto = np.cumsum(weighed, dtype=np.uint64)
    before = np.concatenate([np.zeros(1, dtype=np.uint64), upto])
    whole = before[starts + lengths] - before[starts]
    loses = np.array([len(one) >= LEAST_TO_LOSE and one.isalpha() for one in texts], dtype=bool)[owners]
    head = before[:-1] - before[starts[owners]]
    tail = (whole[owners] - head - weighed) * np.uint64(_INVERSE)
    numbers = np.concatenate([whole, (head + tail)[loses]])
    return numbers, np.concatenate([np.arange(len(texts)), owners[loses]])
