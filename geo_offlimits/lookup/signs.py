"""The signs of a position in degrees, and every way to take those that can be taken in two."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from geo_offlimits.errors import Sentence
from geo_offlimits.lookup.compass import LAT, LON, MARKS, SIDES, meant_by
from geo_offlimits.lookup.readings import EXAMPLE, refused

# Kinds of token; a mark, ° ' or ", is its own kind. `s` after minutes written m: seconds, or the south.
NUMBER, SIDE, LABEL, BREAK, COMMA, DASH, PLUS, SECONDS_OR_SOUTH = "n", "A", "L", ";", ",", "-", "+", "s"
_BOTH_COMMAS = Sentence("uses commas within numbers and between them")
_COMMA_AND_POINT = Sentence("uses a comma and a point within numbers")
_SHORTENED = r"[^\W\d_]{1,4}(?:\.\s?[^\W\d_]{1,4}){1,2}(?![^\W\d_])\.?"  # с. ш.
_TOKEN = re.compile(rf"(\d+(?:\.\d+)?)|({_SHORTENED}|[^\W\d_]+\.?)|([;/|]+)|([-+,°'\"])")
_IDLE = str.maketrans(dict.fromkeys("()[]:=", " "))
_MOST_TOKENS, _MOST_DIGITS, _MOST_WAYS = 24, 24, 64
# What a sign can be taken as.
_DECIMAL, _BETWEEN, _SIGN, _HYPHEN, _SECONDS, _SOUTH, _ITSELF = range(7)


@dataclass(frozen=True)
class Token:
    """`kind` as above, `word` as plain sign. `tight`: no blank before it. `sign` of a number: "-", "+" or none."""

    kind: str
    word: str
    tight: bool = False
    sign: str = ""


@dataclass(frozen=True)
class Way:
    """The tokens taken in one way: numbers, sides, labels, marks and breaks only. `doubt`: why one would ask first."""

    tokens: tuple[Token, ...]
    doubt: Sentence | None = None


def tokens_of(text: str) -> tuple[Token, ...]:
    """Raises PositionError at what is no sign or word of a position."""
    tokens: list[Token] = []
    plain, at = text.translate(_IDLE), 0
    while at < len(plain):
        if plain[at].isspace():
            at += 1
            continue
        found = _TOKEN.match(plain, at)
        if not found or len(found[1] or "") > _MOST_DIGITS or len(tokens) == _MOST_TOKENS:
            raise refused(text, Sentence("has {sign} in it", sign=repr(plain[at : at + 12])), EXAMPLE)
        tokens.append(_token(text, found, tokens, tight=at > 0 and not plain[at - 1].isspace()))
        at = found.end()
    return tuple(tokens)


def _token(text: str, found: re.Match[str], before: list[Token], *, tight: bool) -> Token:
    number, word, broken, sign = found.groups()
    if number:
        return Token(NUMBER, number, tight)
    if broken or sign:
        return Token(BREAK if broken else sign, sign or BREAK, tight)
    if tight and (unit := _unit_letter(word, before)):
        return Token(unit, word.lower(), tight)
    meant = meant_by(word)
    if meant is None:
        remedy = Sentence("give the position alone, such as 42.66, 21.16")
        raise refused(text, Sentence("has the word {word} in it", word=repr(word[:20])), remedy)
    kind = SIDE if meant in SIDES else LABEL if meant in (LAT, LON) else meant
    return Token(kind, meant, tight)


def _unit_letter(word: str, before: list[Token]) -> str | None:
    """In 42d39m36s the m is a mark; the s can be one, and the south as well."""
    marks = [token for token in before if token.kind in MARKS]
    last = marks[-1] if marks and before[-1].kind == NUMBER else None
    if last and word in "mM" and last.kind == "°":
        return "'"
    return SECONDS_OR_SOUTH if last and word in "sS" and last.word == "m" else None


def ways(tokens: tuple[Token, ...]) -> Iterator[Way]:
    """Every way to take the signs. None where there are too many: no position is written like that."""
    for seconds in (_SECONDS, _SOUTH) if any(t.kind == SECONDS_OR_SOUTH for t in tokens) else (_SECONDS,):
        for hyphens in (True, False) if _has_hyphens(tokens) else (False,):
            roles = [_roles(tokens, at, seconds, hyphens=hyphens) for at in range(len(tokens))]
            if math.prod(len(each) for each in roles) <= _MOST_WAYS:
                for chosen in product(*roles):
                    yield Way(_taken(tokens, chosen), _doubt(tokens, roles, chosen))


def _has_hyphens(tokens: tuple[Token, ...]) -> bool:
    """42-39-36N: only beside a letter, which says where a coordinate ends."""
    return any(t.kind == SIDE for t in tokens) and any(_is_between(tokens, at) for at in range(len(tokens)))


def _is_between(tokens: tuple[Token, ...], at: int) -> bool:
    """Whether a dash or comma stands between two numbers without a blank."""
    if not 0 < at < len(tokens) - 1 or tokens[at].kind not in (DASH, COMMA):
        return False
    before, here, after = tokens[at - 1 : at + 2]
    return before.kind == after.kind == NUMBER and here.tight and after.tight


def _roles(tokens: tuple[Token, ...], at: int, seconds: int, *, hyphens: bool) -> tuple[int, ...]:
    token = tokens[at]
    if token.kind == COMMA:
        whole = _is_between(tokens, at) and "." not in tokens[at - 1].word + tokens[at + 1].word
        return (_DECIMAL, _BETWEEN) if whole else (_BETWEEN,)
    if token.kind in (DASH, PLUS):
        return _dash_roles(tokens, at, hyphens=hyphens)
    return (seconds,) if token.kind == SECONDS_OR_SOUTH else (_ITSELF,)


def _dash_roles(tokens: tuple[Token, ...], at: int, *, hyphens: bool) -> tuple[int, ...]:
    """A dash before a number is a minus for certain at the start, after a break or a label, and after a blank alone."""
    here, before = tokens[at], tokens[at - 1].kind if at else BREAK
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if after is None or after.kind != NUMBER:
        return (_BETWEEN,)
    if hyphens and here.kind == DASH and _is_between(tokens, at):
        return (_HYPHEN,)
    leads = before in (BREAK, COMMA, DASH, PLUS, LABEL) or (after.tight and not here.tight)
    # Who writes a plus before the first number writes signs: +42.66-021.16 is ISO 6709.
    return (_SIGN,) if leads or here.kind == PLUS or tokens[0].kind == PLUS else (_SIGN, _BETWEEN)


def _taken(tokens: tuple[Token, ...], roles: tuple[int, ...]) -> tuple[Token, ...]:
    taken: list[Token] = []
    signed: Token | None = None
    joins = False
    for token, role in zip(tokens, roles, strict=True):
        if role == _BETWEEN:
            taken.append(Token(BREAK, token.word, token.tight))
        elif role in (_SECONDS, _SOUTH):
            taken.append(replace(token, kind='"') if role == _SECONDS else replace(token, kind=SIDE, word="S"))
        elif role == _SIGN:
            signed = token
        elif role == _ITSELF and joins:
            taken[-1] = _with_decimals(taken[-1], token.word)
        elif role == _ITSELF:
            taken.append(replace(token, sign=signed.kind, tight=signed.tight) if signed else token)
        joins = role == _DECIMAL
        signed = signed if role == _SIGN else None
    return tuple(taken)


def _with_decimals(whole: Token, decimals: str) -> Token:
    """1,2,3 is no number with two decimal commas."""
    kind = COMMA if "." in whole.word else NUMBER
    return replace(whole, kind=kind, word=f"{whole.word}.{decimals}")


def _doubt(tokens: tuple[Token, ...], roles: list[tuple[int, ...]], chosen: tuple[int, ...]) -> Sentence | None:
    free = {chosen[at] for at, token in enumerate(tokens) if token.kind == COMMA and len(roles[at]) > 1}
    if len(free) > 1:
        return _BOTH_COMMAS
    has_point = any(token.kind == NUMBER and "." in token.word for token in tokens)
    return _COMMA_AND_POINT if _DECIMAL in free and has_point else None
