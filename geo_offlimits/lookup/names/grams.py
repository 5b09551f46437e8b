"""Finds the few among many short texts that share most pieces of two and three letters with one asked for.

The pieces lie in sorted arrays, four bytes each; NumPy cuts a million letters in a moment.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

_EDGE = 0
_LETTERS = 27  # a to z and the edge around every text
_PAIRS, _TRIPLES = _LETTERS**2, _LETTERS**3

Array = npt.NDArray[Any]


class Grams:
    """An index over texts of the letters a to z. `pairs`: by pieces of two letters as well, for texts of a word."""

    def __init__(self, texts: Sequence[str], *, pairs: bool = True) -> None:
        self._pairs = pairs
        pieces, owners = self._pieces(texts)
        order = np.argsort(pieces, kind="stable")
        self._owners = owners[order]
        self._starts = starts_of(pieces, _PAIRS + _TRIPLES)
        self._sizes = np.bincount(owners, minlength=len(texts)).astype(np.float32)

    def near(self, text: str, most: int, least: float) -> list[int]:
        """Places of at most `most` texts that share at least the part `least` (0 to 1) of their pieces with `text`."""
        asked, _ = self._pieces((text,))
        if not len(asked) or not len(self._sizes):
            return []
        starts, ends = self._starts[asked].tolist(), self._starts[asked + 1].tolist()
        found = np.concatenate([self._owners[start:end] for start, end in zip(starts, ends, strict=True)])
        alike = np.bincount(found, minlength=len(self._sizes)).astype(np.float32)
        alike /= self._sizes + len(asked)
        return largest(alike, most, least / 2)

    def _pieces(self, texts: Sequence[str]) -> tuple[Array, Array]:
        """Every piece of the texts as a number, and the place of the text it is of."""
        letters = np.frombuffer("`".join(("", *texts, "")).encode("ascii"), np.uint8).astype(np.int32) - ord("`")
        owners = np.cumsum(letters == _EDGE, dtype=np.int32) - 1
        middle = np.flatnonzero(letters[1:-1]) + 1
        three = (letters[middle - 1] * _LETTERS + letters[middle]) * _LETTERS + letters[middle + 1] + _PAIRS
        if not self._pairs:
            return three, owners[middle]
        first, second = letters[:-1], letters[1:]
        inside = np.flatnonzero(first + second)
        two = first[inside] * _LETTERS + second[inside]
        return np.concatenate([two, three]), np.concatenate([owners[inside], owners[middle]])


def starts_of(numbers: Array, count: int) -> Array:
    """Where each of the numbers 0 to `count` - 1 starts once they are sorted, and the end."""
    return np.concatenate([[0], np.cumsum(np.bincount(numbers, minlength=count))])


def largest(values: Array, most: int, least: float) -> list[int]:
    """Places of the `most` largest values, all at least `least`, in their order; of equal ones the first.

    Which of equals are taken is told here, and not left to NumPy, so that the browser takes the same.
    """
    places = np.flatnonzero(values >= least)
    if len(places) > most:
        places = np.sort(places[np.argsort(-values[places], kind="stable")[:most]])
    found: list[int] = places.tolist()
    return found
