"""JSON read so that every program reads it alike: text, no member twice in one object, no NaN and no Infinity.

Python's own reader takes the last of two members and a NaN; another reader takes the first, or none. A list that two
programs read differently shows one of them a bar less.
"""

import json
import re
from collections.abc import Callable
from typing import Any, NoReturn

from geo_offlimits.errors import InputError, Sentence


class NotJsonError(InputError):
    """Bytes that are no JSON, or JSON that can be read in two ways; `member` is the one that stands twice.

    A reader of a format of its own says `fact` of its file, with the remedy that fits it.
    """

    def __init__(self, fact: str, member: str | None = None) -> None:
        self.fact, self.member = fact, member
        super().__init__(Sentence("The JSON given {fact}; export it anew.", fact=fact))


Members = dict[str, Any]


def parsed(content: bytes, each: Callable[[Members], Any] | None = None) -> Any:
    """The document in these bytes, with or without a byte order mark. Raises NotJsonError.

    each : gives what stands for an object in whatever holds it, innermost first.
    """
    may_be_half = _HALF_A_PAIR.search(content)
    decoder = _DECODER if each is None or may_be_half else _decoder(lambda pairs: each(_members(pairs)))
    try:
        read = decoder.decode(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise NotJsonError(Sentence("is not JSON: it is not UTF-8")) from None
    except RecursionError:
        raise NotJsonError(Sentence("is not JSON: it is nested too deeply")) from None
    except json.JSONDecodeError as fault:
        raise NotJsonError(Sentence("is not JSON (line {line})", line=fault.lineno)) from None
    except ValueError:  # a number of thousands of digits
        raise NotJsonError(Sentence("is not JSON")) from None
    if may_be_half and not _is_text(read):
        raise NotJsonError(Sentence("holds half of a surrogate pair, which is no text"))
    return read


def next_value(text: str, at: int) -> tuple[Any, int]:
    """The value that begins at a place of a longer text, and where it ends.

    Raises NotJsonError, or json.JSONDecodeError where it is none, or does not end within the text.
    """
    try:
        read, end = _DECODER.raw_decode(text, at)
    except RecursionError:
        raise NotJsonError(Sentence("is not JSON: it is nested too deeply")) from None
    if text.find("\\u", at, end) >= 0 and not _is_text(read):
        raise NotJsonError(Sentence("holds half of a surrogate pair, which is no text"))
    return read, end


def _is_text(read: Any) -> bool:
    """Of all texts in it; looked through and not written, which would take several times its memory."""
    waiting = [read]
    try:
        while waiting:
            one = waiting.pop()
            if isinstance(one, str):
                one.encode()
            elif isinstance(one, dict):
                waiting += one.keys()
                waiting += one.values()
            elif isinstance(one, list):
                waiting += [inner for inner in one if type(inner) in _WITH_TEXT]
    except UnicodeEncodeError:
        return False
    return True


def _members(pairs: list[tuple[str, Any]]) -> Members:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotJsonError(Sentence("names a member twice in one object"), twice[:40])
    return members


def _refused(constant: str) -> NoReturn:
    raise NotJsonError(Sentence("holds {constant}, which is not a number in JSON", constant=constant))


def _decoder(members: Callable[[list[tuple[str, Any]]], Any]) -> json.JSONDecoder:
    return json.JSONDecoder(object_pairs_hook=members, parse_constant=_refused)


_WITH_TEXT = frozenset({str, list, dict})
_HALF_A_PAIR = re.compile(rb"\\u[dD][89a-fA-F]")  # an escape that may stand for one; two of them are one sign
_DECODER = _decoder(_members)  # made once: look-ups wait for it
