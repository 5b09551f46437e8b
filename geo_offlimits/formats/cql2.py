"""A filter in CQL2 text (OGC 21-065r2), read into `domain.conditions`.

1. Read are AND, OR, NOT, comparisons, LIKE, BETWEEN, IN, IS NULL, CASEI, every S_ and T_ relation, and their literals.
   Arithmetic, other functions and arrays are refused by name.
2. A text is bounded: MAX_LENGTH characters, MAX_DEPTH parentheses within one another.
3. AND binds before OR, NOT before both, as the standard has it; pygeofilter 0.4 takes them from left to right, so that
   `a OR b AND c` leaves out features that it should give (decision 031).
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

import numpy as np
import shapely
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.conditions import (
    All,
    AnyOf,
    Compared,
    Comparison,
    Condition,
    Folded,
    Interval,
    Like,
    Literal,
    Located,
    Missing,
    Not,
    OneOf,
    Property,
    Scalar,
    SpatialRelation,
    TemporalRelation,
    Timed,
    When,
)
from geo_offlimits.domain.instants import parse_instant
from geo_offlimits.errors import InputError, Issue, QueryError, Sentence
from geo_offlimits.lookup.reference_systems import ReferenceSystem

MAX_LENGTH, MAX_DEPTH = 2_000, 40
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>'(?:[^'\\]|\\'|\\(?!')|'')*')
    | (?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<word>[A-Za-z_:][\w:.]*)
    | (?P<quoted>"[^"]+")
    | (?P<sign><=|>=|<>|[=<>(),])
    | (?P<end>\Z)
    )""",
    re.VERBOSE,
)
_SHAPES = frozenset(
    ("POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION")
)
_COMPARISONS, _SPATIAL, _TEMPORAL = (frozenset(kind) for kind in (Comparison, SpatialRelation, TemporalRelation))
_NO_MOMENT = Sentence("a day is no moment")
_OPEN = ("..", "")
Read = TypeVar("Read")


class FilterError(QueryError):
    """The filter cannot be read; `at` counts its characters from 1."""

    def __init__(self, reason: str, remedy: str, *, at: int | None = None, value: str = "") -> None:
        told = reason if at is None else Sentence("{reason}, at character {at}", reason=reason, at=at)
        super().__init__(Issue(field="filter", reason=told, remedy=remedy, value=value[:40]))


class _Token(NamedTuple):
    kind: str
    text: str
    start: int
    stop: int

    @property
    def word(self) -> str:
        return self.text.upper() if self.kind == "word" else self.text if self.kind == "sign" else ""


def condition(text: str, crs: ReferenceSystem = ReferenceSystem.CRS84) -> Condition:
    """The condition that a filter states. crs : of the geometries written in it. Raises FilterError."""
    if len(text) > MAX_LENGTH:
        raise FilterError(
            Sentence("longer than {most} characters", most=MAX_LENGTH), Sentence("ask in several requests")
        )
    reader = _Reader(text, crs)
    found = reader.any_of()
    reader.expect("")
    return found


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while not found or found[-1].kind != "end":
        match = _TOKEN.match(text, at)
        if match is None:
            raise FilterError(Sentence("cannot be read"), Sentence("write CQL2 text"), at=at + 1, value=text[at:])
        kind = match.lastgroup or "end"
        found.append(_Token(kind, match[kind], match.start(kind), match.end(kind)))
        at = match.end()
    return found


class _Reader:
    """One filter, read from left to right by recursive descent."""

    def __init__(self, text: str, crs: ReferenceSystem) -> None:
        self._text, self._crs = text, crs
        self._tokens, self._at, self._depth = _tokens(text), 0, 0

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        taken = self._next
        if taken.kind != "end":
            self._at += 1
        return taken

    def _has(self, *words: str) -> bool:
        """Takes the next words if they are these."""
        if tuple(token.word for token in self._tokens[self._at : self._at + len(words)]) != words:
            return False
        self._at += len(words)
        return True

    def expect(self, word: str) -> None:
        if not word and self._next.kind == "end":
            return
        if not word or not self._has(word):
            wanted = repr(word) if word else Sentence("the end")
            raise self._refusal(Sentence("{wanted} expected", wanted=wanted), Sentence("write CQL2 text"))

    def _refusal(self, reason: str, remedy: str, token: _Token | None = None) -> FilterError:
        token = token or self._next
        return FilterError(reason, remedy, at=token.start + 1, value=token.text)

    def _within(self, read: Callable[[], Read]) -> Read:
        """What stands between parentheses."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            remedy = Sentence("nest no deeper than {most}", most=MAX_DEPTH)
            raise self._refusal(Sentence("nested too deep"), remedy)
        self.expect("(")
        found = read()
        self.expect(")")
        self._depth -= 1
        return found

    def any_of(self) -> Condition:
        parts = [self._all_of()]
        while self._has("OR"):
            parts.append(self._all_of())
        return AnyOf(tuple(parts)) if len(parts) > 1 else parts[0]

    def _all_of(self) -> Condition:
        parts = [self._factor()]
        while self._has("AND"):
            parts.append(self._factor())
        return All(tuple(parts)) if len(parts) > 1 else parts[0]

    def _factor(self) -> Condition:
        turned = False
        while self._has("NOT"):
            turned = not turned
        found = self._within(self.any_of) if self._next.word == "(" else self._predicate()
        return Not(found) if turned else found

    def _predicate(self) -> Condition:
        name = self._next.word.lower()
        if name in _SPATIAL:
            self._at += 1
            return Located(SpatialRelation(name), *self._within(lambda: self._pair(self._place)))
        if name in _TEMPORAL:
            self._at += 1
            return Timed(TemporalRelation(name), *self._within(lambda: self._pair(self._when)))
        left = self._scalar()
        if isinstance(left, Literal) and isinstance(left.value, bool) and self._next.word not in _COMPARISONS:
            return left
        return self._compared(left)

    def _pair(self, read: Callable[[], Read]) -> tuple[Read, Read]:
        first = read()
        self.expect(",")
        return first, read()

    def _compared(self, left: Scalar) -> Condition:
        token = self._next
        if token.word in _COMPARISONS:
            self._at += 1
            return Compared(Comparison(token.word), left, self._scalar())
        if self._has("IS"):
            turned = self._has("NOT")
            self.expect("NULL")
            return self._turned(Missing(self._named(left, token)), turned)
        turned = self._has("NOT")
        if self._has("LIKE"):
            return self._turned(self._like(left), turned)
        if self._has("BETWEEN"):
            low = self._scalar()
            self.expect("AND")
            bounds = Compared(Comparison.AT_LEAST, left, low), Compared(Comparison.AT_MOST, left, self._scalar())
            return self._turned(All(bounds), turned)
        if self._has("IN"):
            return self._turned(OneOf(left, self._within(self._options)), turned)
        raise self._refusal(Sentence("a comparison expected"), Sentence("compare a property with a value"))

    @staticmethod
    def _turned(found: Condition, turned: bool) -> Condition:
        return Not(found) if turned else found

    def _named(self, scalar: Scalar, token: _Token) -> Property:
        if not isinstance(scalar, Property):
            raise self._refusal(Sentence("not a property"), Sentence("name a property before IS NULL"), token)
        return scalar

    def _options(self) -> tuple[Scalar, ...]:
        found = [self._scalar()]
        while self._has(","):
            found.append(self._scalar())
        return tuple(found)

    def _like(self, text: Scalar) -> Like:
        pattern, token = self._scalar(), self._next
        inner = pattern.of if isinstance(pattern, Folded) else pattern
        if not isinstance(inner, Literal) or not isinstance(inner.value, str):
            raise self._refusal(Sentence("not a pattern"), Sentence("write a text between quotes behind LIKE"), token)
        return Like(text, inner.value, isinstance(pattern, Folded) or isinstance(text, Folded))

    def _scalar(self) -> Scalar:
        if self._next.word == "CASEI":
            self._at += 1
            inner = self._within(self._scalar)
            return inner if isinstance(inner, Folded) else Folded(inner)
        return self._value()

    def _value(self) -> Property | Literal:
        token = self._take()
        if token.kind == "text":
            return Literal(_unquoted(token.text))
        if token.kind == "number":
            return Literal(self._number(token))
        if token.word in ("TRUE", "FALSE"):
            return Literal(token.word == "TRUE")
        if token.word == "TIMESTAMP":
            return self._within(self._moment)
        if token.word == "DATE":
            raise self._refusal(_NO_MOMENT, Sentence("write TIMESTAMP('2026-03-01T00:00:00Z')"), token)
        if token.kind == "quoted" or (token.kind == "word" and self._next.word != "("):
            return Property(token.text.strip('"'))
        if token.kind == "word":
            raise self._refusal(
                Sentence("no function that is known here"), Sentence("use CASEI, S_… and T_… only"), token
            )
        raise self._refusal(Sentence("a property or a value expected"), Sentence("write CQL2 text"), token)

    def _number(self, token: _Token) -> float:
        number = float(token.text)
        if not np.isfinite(number):
            raise self._refusal(Sentence("too large a number"), Sentence("write a smaller one"), token)
        return number

    def _moment(self) -> Literal:
        token = self._take()
        try:
            return Literal(parse_instant(_unquoted(token.text) if token.kind == "text" else ""))
        except InputError:
            remedy = Sentence("write TIMESTAMP('2026-03-01T00:00:00Z')")
            raise FilterError(Sentence("not a time"), remedy, at=token.start + 1, value=token.text) from None

    def _when(self) -> When:
        if self._has("INTERVAL"):
            return Interval(*self._within(lambda: self._pair(self._bound)))
        found = self._value()
        if isinstance(found, Literal) and isinstance(found.value, str):
            self._at -= 1
            return self._moment()
        return found

    def _bound(self) -> Property | Literal | None:
        token = self._next
        if token.kind == "text":
            if _unquoted(token.text) in _OPEN:
                self._at += 1
                return None
            return self._moment()
        return self._value()

    def _place(self) -> Property | Literal:
        token = self._next
        if token.word == "BBOX":
            self._at += 1
            return Literal(self._box(self._within(self._options), token))
        if token.word in _SHAPES:
            return self._literal(self._shape(token), token)
        return self._named(self._value(), token)

    def _box(self, corners: tuple[Scalar, ...], token: _Token) -> BaseGeometry:
        numbers = [one.value for one in corners if isinstance(one, Literal) and isinstance(one.value, float)]
        if len(numbers) != len(corners) or len(numbers) not in (4, 6):
            raise self._refusal(Sentence("not a box"), Sentence("write BBOX(west,south,east,north)"), token)
        return self._crs.window(level(numbers))

    def _shape(self, token: _Token) -> BaseGeometry | None:
        """The well-known text from its keyword to the parenthesis that closes it."""
        depth, closed = 0, False
        self._at += 1
        while not closed:
            part = self._take()
            depth += (part.word == "(") - (part.word == ")")
            closed = depth == 0
            if part.kind == "end" or depth > MAX_DEPTH:
                raise self._refusal(Sentence("not a geometry"), Sentence("write well-known text"), token)
        try:
            return shapely.force_2d(shapely.from_wkt(self._text[token.start : part.stop]))
        except ShapelyError:
            return None

    def _literal(self, shape: BaseGeometry | None, token: _Token) -> Literal:
        placed = None if shape is None else self._crs.read(shape)
        if placed is None or placed.is_empty or not placed.is_valid:
            raise self._refusal(
                Sentence("not a geometry"), Sentence("write a valid geometry as well-known text"), token
            )
        return Literal(placed)


def level(corners: Sequence[float]) -> Sequence[float]:
    """The four numbers of a box, of six without its heights."""
    return corners if len(corners) == 4 else (*corners[:2], *corners[3:5])  # noqa: PLR2004  (two corners of two)


def _unquoted(text: str) -> str:
    return text[1:-1].replace("''", "'").replace("\\'", "'")
