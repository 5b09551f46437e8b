"""Which of an entry's names a reader is told first: one they can read, then the one on the sign.

1. The name on the sign is what stands at the door, so it is always told, and told as it is written.
2. Only names on record are told. A name that a program respelt is on no sign and on no list.
3. A former name is never told first: it would send people to another door. `frame/static/naming.js` is the same rule.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from geo_offlimits.domain.languages import script_of
from geo_offlimits.domain.premises import Name, NameKind

_SCRIPTS = {"LATIN": "Latn", "CYRILLIC": "Cyrl", "ARABIC": "Arab"}
_OTHER = "Zyyy"


@dataclass(frozen=True)
class Called:
    """first : the name to read. sign : the one on the sign, where that is another."""

    first: str
    sign: str | None = None

    def __str__(self) -> str:
        return f"{self.first} ({self.sign})" if self.sign else self.first


def script(text: str) -> str | None:
    """The script of most of the letters in `text`, ISO 15924: Latn, Cyrl or Arab; `Zyyy` of another, None of none."""
    found: dict[str, int] = {}
    for letter in text:
        if letter.isalpha():
            kind = _SCRIPTS.get(unicodedata.name(letter, "").partition(" ")[0], _OTHER)
            found[kind] = found.get(kind, 0) + 1
    return max(found, key=lambda kind: found[kind]) if found else None


def called(name: str, names: Iterable[Name], language: str) -> Called:
    """How an entry whose name is `name` is called to a reader of `language`. No other names gives `name` alone."""
    wanted = script_of(language)
    if script(name) in {None, wanted}:
        return Called(name)
    legible = [one for one in names if one.kind is not NameKind.FORMER and script(one.text) == wanted]
    spoken = [one for one in legible if one.lang and one.lang.partition("-")[0] == language.partition("-")[0]]
    best = next(iter(spoken or legible), None)
    return Called(best.text, name) if best else Called(name)
