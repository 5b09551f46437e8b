"""One coordinate from its tokens: degrees, or degrees with minutes and seconds, with the side or label beside it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from geo_offlimits.lookup.compass import LAT, LON, MARKS
from geo_offlimits.lookup.signs import LABEL, NUMBER, SIDE, Token

# By the kinds of its tokens: what leads, each number with its own mark, what follows.
_SHAPE = re.compile(r"[LA]{0,2}n°?(?:n'?(?:n\"?)?)?[LA]{0,2}")
_SIXTY = 60.0
# Digits run together, 4239N or 0210936E: digits of the degrees, then how many pairs of digits follow.
_PACKED = {(4, LAT): (2, 1), (6, LAT): (2, 2), (5, LON): (3, 1), (7, LON): (3, 2)}
_AXIS = {"N": LAT, "S": LAT, "E": LON, "W": LON, "O": LON}


@dataclass(frozen=True)
class Angle:
    """Degrees as written, without the side's sign.

    step_deg : one in the last place that is written. parts : how many numbers. side : N, S, E, W or O.
    """

    degrees: float
    step_deg: float
    parts: int
    is_marked: bool
    sign: str
    side: str | None = None
    label: str | None = None

    @property
    def axis(self) -> str | None:
        """`lat` or `lon`, where a side or a label says so; the side where they do not agree."""
        return _AXIS[self.side] if self.side else self.label

    @property
    def contradicts(self) -> bool:
        """A minus beside a letter, or a label that does not go with it."""
        return bool(self.side and (self.sign == "-" or (self.label and self.label != _AXIS[self.side])))


def fits(group: Sequence[Token]) -> bool:
    """Whether the tokens are those of one coordinate, whatever the numbers."""
    kinds = "".join(token.kind for token in group)
    return bool(_SHAPE.fullmatch(kinds)) and kinds.count(SIDE) <= 1 and kinds.count(LABEL) <= 1


def angles(group: Sequence[Token]) -> list[Angle]:
    """The ways to read tokens as one coordinate: none, one, or two where digits run together can be whole degrees."""
    numbers = [token for token in group if token.kind == NUMBER]
    if not fits(group) or not _in_step(numbers):
        return []
    word = {token.kind: token.word for token in group}
    whole = Angle(
        degrees=_degrees([number.word for number in numbers]),
        step_deg=_step_deg(numbers[-1].word, len(numbers)),
        parts=len(numbers),
        is_marked=any(token.kind in MARKS for token in group),
        sign=numbers[0].sign,
        side=word.get(SIDE),
        label=word.get(LABEL),
    )
    packed = _packed(whole, numbers[0].word) if len(numbers) == 1 and not whole.is_marked else None
    return [whole, packed] if packed else [whole]


def _in_step(numbers: list[Token]) -> bool:
    """Minutes and seconds go to below 60 and have no sign; only the last number has decimals."""
    return not (
        any("." in number.word for number in numbers[:-1])
        or any(number.sign or float(number.word) >= _SIXTY for number in numbers[1:])
    )


def _degrees(words: list[str]) -> float:
    return sum(float(word) / _SIXTY**power for power, word in enumerate(words))


def _step_deg(last: str, parts: int) -> float:
    return float(_SIXTY ** (1 - parts) * 10.0 ** -len(last.partition(".")[2]))


def _packed(whole: Angle, word: str) -> Angle | None:
    digits, point, decimals = word.partition(".")
    lengths = _PACKED.get((len(digits), whole.axis or ""))
    if not whole.side or whole.sign or not lengths:
        return None
    ahead, pairs = lengths
    words = [digits[:ahead], *(digits[ahead + 2 * pair : ahead + 2 * pair + 2] for pair in range(pairs))]
    words[-1] += point + decimals
    if not _in_step([Token(NUMBER, each) for each in words]):
        return None
    return replace(whole, degrees=_degrees(words), step_deg=_step_deg(words[-1], len(words)))
