"""What may be told of small groups: counts under five are told as a range, and nothing told gives them away.

1. What is told of a group is made from that group's own numbers alone; every sum is a sum of what is told. So nothing
   follows of one group from another, from a total, from what somebody knows of their own unit, or from another day.
2. A group of one to four people is left out of every sum, and only how many such groups there are is told.
3. Of a larger group a part of one to four people is told as a range, and so is what remains when it is one to four.
4. None is told as none, and all as all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import add

SMALLEST = 5


@dataclass(frozen=True)
class Told:
    """A count, as it may be told: from `least` to `most`, both included."""

    least: int
    most: int

    def __add__(self, other: "Told") -> "Told":
        return Told(self.least + other.least, self.most + other.most)

    @property
    def exact(self) -> bool:
        return self.least == self.most

    @property
    def middle(self) -> float:
        return (self.least + self.most) / 2

    def rest_of(self, whole: int) -> "Told":
        return Told(whole - self.most, whole - self.least)

    def as_json(self) -> int | dict[str, int]:
        return self.least if self.exact else {"least": self.least, "most": self.most}

    def __str__(self) -> str:
        if self.exact:
            return str(self.least)
        return f"<{SMALLEST}" if self.most < SMALLEST else f"{self.least}–{self.most}"


NONE = Told(0, 0)


def exactly(count: int) -> Told:
    return Told(count, count)


def total(told: Iterable[Told]) -> Told:
    return reduce(add, told, NONE)


def alone(count: int) -> Told:
    """A count that is no part of another that is told."""
    return Told(1, SMALLEST - 1) if 0 < count < SMALLEST else exactly(count)


def part(count: int, whole: int) -> Told:
    """A part of `whole` people, which is told and is five or more, or none."""
    if count in {0, whole}:
        return exactly(count)
    if whole < 2 * SMALLEST - 1:  # else a part of five would tell the rest
        return Told(1, whole - 1)
    if count < SMALLEST:
        return Told(1, SMALLEST - 1)
    if whole - count < SMALLEST:
        return Told(whole - SMALLEST + 1, whole - 1)
    return exactly(count)


def part_of_part(count: int, middle: int, whole: int) -> Told:
    """A part of `middle` people, who are themselves a part of `whole`: told by the same measure as these."""
    told = part(middle, whole)
    if told.exact:
        return part(count, middle) if middle >= SMALLEST else exactly(count)
    if count == 0:
        return NONE
    return told if count == middle else Told(1, told.most)
