"""Everybody who writes positions in degrees, each in a fixed manner: an oracle for readings that shares no code.

A text that two of these writers could have written for places far apart has two readings, and must be asked about.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

Place = tuple[float, float]
NO_PLACE = (999.0, 999.0)  # the writer gave no position: one coordinate alone


@dataclass(frozen=True)
class Coordinate:
    """Degrees, and minutes and seconds where the writer gives them; the last of them may have decimals."""

    parts: tuple[str, ...]
    negative: bool
    is_lat: bool

    @property
    def degrees(self) -> float:
        size = sum(float(part) / 60.0**power for power, part in enumerate(self.parts))
        return -size if self.negative else size

    @property
    def letter(self) -> str:
        return ("NS" if self.is_lat else "EW")[self.negative]

    @property
    def word(self) -> str:
        return {"N": "nord", "S": "sud", "E": "est", "W": "ouest"}[self.letter]

    @property
    def sign(self) -> str:
        return "-" if self.negative else ""


def _comma(parts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part.replace(".", ",") for part in parts)


def _marked(parts: tuple[str, ...], marks: str = "°'\"", blank: str = "") -> str:
    return blank.join(part + mark for part, mark in zip(parts, marks, strict=False))


def _run_together(c: Coordinate) -> str | None:
    """Ddmm, ddmmss or dddmm, dddmmss, as in aviation."""
    if len(c.parts) == 1:
        return None
    whole, *rest = c.parts
    ahead = f"{int(whole):0{2 if c.is_lat else 3}d}"
    return ahead + "".join(part.zfill(2 + len(part.partition(".")[2]) + ("." in part)) for part in rest) + c.letter


Writer = Callable[[Coordinate], str | None]
# Writers who let the order say which is the latitude: they write it first.
BY_ORDER: dict[str, Writer] = {
    "numbers": lambda c: c.sign + " ".join(c.parts),
    "numbers, decimal comma": lambda c: c.sign + " ".join(_comma(c.parts)),
    "marks": lambda c: c.sign + _marked(c.parts),
    "marks, decimal comma": lambda c: c.sign + _marked(_comma(c.parts)),
    "marks and blanks": lambda c: c.sign + _marked(c.parts, blank=" "),
}
# Writers whose letters, words or labels say it: they write them in either order.
BY_LETTER: dict[str, Writer] = {
    "letter after": lambda c: f"{' '.join(c.parts)}{c.letter}",
    "letter after a blank": lambda c: f"{' '.join(c.parts)} {c.letter}",
    "letter after, decimal comma": lambda c: f"{' '.join(_comma(c.parts))}{c.letter}",
    "letter before": lambda c: f"{c.letter}{' '.join(c.parts)}",
    "letter before a blank": lambda c: f"{c.letter} {' '.join(c.parts)}",
    "letter before, decimal comma": lambda c: f"{c.letter}{' '.join(_comma(c.parts))}",
    "marks, letter after": lambda c: f"{_marked(c.parts)}{c.letter}",
    "marks, letter before": lambda c: f"{c.letter} {_marked(c.parts)}",
    "typographic marks": lambda c: f"{_marked(c.parts, '°′″')} {c.letter}",
    "d m s": lambda c: f"{_marked(c.parts, 'dms')} {c.letter}",
    "words": lambda c: f"{' '.join(c.parts)} {c.word}",
    "hyphens": lambda c: f"{'-'.join(c.parts)}{c.letter}",
    "run together": _run_together,
    "label": lambda c: f"{'lat' if c.is_lat else 'lon'} {c.sign}{' '.join(c.parts)}",
    "label and sign": lambda c: f"{'Latitude' if c.is_lat else 'Longitude'}: {c.sign}{_marked(c.parts)}",
    "in French": lambda c: f"{' '.join(c.parts)} {c.letter.replace('W', 'O')}",
    "in German": lambda c: f"{' '.join(c.parts)} {c.letter.replace('E', 'O')}",
}
JOINERS = (", ", ",", " ", "; ", " / ", " - ", "-")


def coordinates(values: Sequence[tuple[str, ...]], *, is_lat: bool) -> tuple[Coordinate, ...]:
    return tuple(Coordinate(parts, negative, is_lat) for parts in values for negative in (False, True))


def written(lat: Coordinate, lon: Coordinate) -> Iterator[tuple[str, Place, str]]:
    """Every way in which a writer of this world would write it: text, place, manner."""
    place = (lat.degrees, lon.degrees)
    for manner, write in {**BY_ORDER, **BY_LETTER}.items():
        one, other = write(lat), write(lon)
        if one is None or other is None or len(lat.parts) != len(lon.parts):
            continue
        for joiner in JOINERS:
            yield f"{one}{joiner}{other}", place, f"{manner}, joined by {joiner!r}"
            if manner in BY_LETTER:
                yield f"{other}{joiner}{one}", place, f"{manner}, longitude first, joined by {joiner!r}"
    if len(lat.parts) == len(lon.parts) > 1 and not lon.negative:
        yield lat.sign + ",".join((*lat.parts, *lon.parts)), place, "list"


def alone(c: Coordinate) -> Iterator[str]:
    """A writer who gives one coordinate only."""
    yield from (text for write in (*BY_ORDER.values(), *BY_LETTER.values()) if (text := write(c)))


def every_text(lats: Sequence[Coordinate], lons: Sequence[Coordinate]) -> dict[str, dict[Place, str]]:
    """Each text that anybody writes for one of these places, with all the places it is written for, and the manner."""
    texts: dict[str, dict[Place, str]] = defaultdict(dict)
    for lat, lon in product(lats, lons):
        for text, place, manner in written(lat, lon):
            texts[text].setdefault(place, manner)
    for c in (*lats, *lons):
        for text in alone(c):
            texts[text].setdefault(NO_PLACE, "one coordinate alone")
    return texts
