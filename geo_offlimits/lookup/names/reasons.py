"""Says in words what a score rests on: "former name, one letter differs".

The words come from the closed list below, which `in_other_words` brings into other languages.
"""

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from rapidfuzz.distance import OSA

from geo_offlimits.lookup.names.folding import Reading, Word
from geo_offlimits.lookup.names.scoring import COUNTERPART, Basis, Likeness
from geo_offlimits.lookup.names.sounds import distance

_SEPARATOR = ", "
_MOST_FACTS = 2
_BY_EAR = 0.4  # of a slip: what a letter costs that is heard alike

Translate = Callable[[str], str]


def N_(text: str) -> str:  # noqa: N802  (the name by which message extraction knows it)
    """Marks a text for translation later."""
    return text


BY_NUMBER = N_("its number on the list")
_KINDS = {
    "sign": N_("sign name"),
    "current": N_("current name"),
    "former": N_("former name"),
    "alias": N_("alias name"),
    "label": N_("name on the map"),
}
_BEGINNING = N_("the beginning of it or of a word in it")
_ONLY_PLACE = N_("only the address or the town fits")
_SAME = N_("the same")
_SAME_ELSEWHERE = N_("the same in another script")
_SAME_BUT_ACCENTS = N_("the same but for accents and signs")
_SAME_BUT_KIND = N_("another word for the kind of venue")
_SAME_BUT_LINKS = N_("the same but for small words")
_ELSEWHERE = N_("in another script")
_SPACES = N_("other spaces")
_ORDER = N_("words in another order")
_SOME_WORDS, _PART, _MORE_WORDS = N_("some words fit"), N_("a part of it"), N_("with other words")
_TOWN, _SHORT = N_("another name of the town"), N_("a number or a short form")
_EAR, _SEVERAL = N_("spelt by ear"), N_("several letters differ")
_LETTERS = {1: N_("one letter differs"), 2: N_("two letters differ")}


@dataclass(frozen=True, slots=True)
class Told:
    """A text and the reading of it that was compared."""

    text: str
    reading: Reading


def in_other_words(reason: str, translate: Translate) -> str:
    """A reason in the language of `translate`."""
    return _SEPARATOR.join(translate(part) for part in reason.split(_SEPARATOR))


def reason(kind: str, asked: Told, name: Told, likeness: Likeness) -> str:
    """The kind of the name found (`sign`, `current` …) and at most two facts on how it is like what was asked."""
    facts = [fact for fact in _facts(asked, name, likeness) if fact]
    return _SEPARATOR.join((_KINDS[kind], *facts[:_MOST_FACTS]))


def _facts(asked: Told, told: Told, likeness: Likeness) -> Iterator[str]:
    """What differs, the weightiest first."""
    if likeness.basis is Basis.PLACE:
        yield _ONLY_PLACE
        return
    if likeness.basis is Basis.BEGINNING:
        yield _PART if asked.reading.words[-1] in told.reading.words else _BEGINNING
        return
    if asked.text.casefold() == told.text.casefold():
        yield _SAME
        return
    query, name = asked.reading, told.reading
    in_another_script = _script(asked.text) != _script(told.text)
    if likeness.basis is Basis.SPACES:
        yield _SPACES
        yield _ELSEWHERE if in_another_script else ""
        return
    differences = [_what_is_missing(query, name, likeness), _what_stands_for_another(query, name, likeness)]
    differences += [_order(query, likeness), _letters(query, name, likeness, in_another_script)]
    if in_another_script:
        yield _ELSEWHERE if any(differences) else _SAME_ELSEWHERE
    yield from differences
    if not in_another_script and not any(differences):
        yield _but_for(query, name)


def _script(text: str) -> str:
    """The script of the first letter, as Unicode calls it: LATIN, CYRILLIC, ARABIC."""
    return next((unicodedata.name(sign, "?").split()[0] for sign in text if sign.isalpha()), "")


def _telling(query: Reading, likeness: Likeness) -> list[tuple[int, int, float]]:
    """The pairs of words that tell the name, in the order of the query."""
    return sorted(pair for pair in likeness.pairs if pair[0] in query.form.telling)


def _what_is_missing(query: Reading, name: Reading, likeness: Likeness) -> str:
    sure = [pair for pair in likeness.pairs if pair[2] >= COUNTERPART]
    lacking = set(name.form.telling) - {n for _, n, _ in sure}
    more = set(query.form.telling) - {q for q, _, _ in sure} - likeness.spared
    if lacking and more:
        return _SOME_WORDS
    return _PART if lacking else _MORE_WORDS if more else ""


def _what_stands_for_another(query: Reading, name: Reading, likeness: Likeness) -> str:
    """Only a reading with signs has words that nobody typed so."""
    if not (query.has_signs or name.has_signs):
        return ""
    towns = any(query.words[q].written.startswith("@") for q, _, _ in likeness.pairs)
    return _TOWN if towns else _SHORT


def _order(query: Reading, likeness: Likeness) -> str:
    places = [n for _, n, _ in _telling(query, likeness)]
    return _ORDER if places != sorted(places) else ""


def _letters(query: Reading, name: Reading, likeness: Likeness, in_another_script: bool) -> str:
    pairs = [(query.words[q], name.words[n]) for q, n, _ in _telling(query, likeness)]
    slips = sum(OSA.distance(one.written, other.written) for one, other in pairs if one.bare == other.bare)
    heard = sum(_heard_apart(one, other) for one, other in pairs)
    if not slips or (in_another_script and heard <= _BY_EAR):
        return ""
    if slips == 1 or heard > _BY_EAR * slips:
        return _LETTERS.get(slips, _SEVERAL)
    return _EAR


def _heard_apart(one: Word, other: Word) -> float:
    if one.bare != other.bare:
        return 0.0
    return distance(one.heard, other.heard)


def _but_for(query: Reading, name: Reading) -> str:
    """What differs where every telling word is the same."""
    if _written(query) == _written(name):
        return _SAME_BUT_ACCENTS
    return _SAME_BUT_LINKS if _kinds(query) == _kinds(name) else _SAME_BUT_KIND


def _written(name: Reading) -> list[str]:
    return [word.written for word in name.words]


def _kinds(name: Reading) -> list[str]:
    return [word.written for at, word in enumerate(name.words) if at not in name.form.named]


def words() -> tuple[str, ...]:
    """Every word of a reason."""
    told = tables()
    flat = (word for word in told.values() if isinstance(word, str))
    return (*flat, *told["kinds"].values(), *told["letters"].values())


def tables() -> dict[str, Any]:
    """The words of the browser's reasons, as the catalogues know them."""
    return {
        "by_number": BY_NUMBER,
        "kinds": _KINDS,
        "beginning": _BEGINNING,
        "only_place": _ONLY_PLACE,
        "same": _SAME,
        "same_elsewhere": _SAME_ELSEWHERE,
        "same_but_accents": _SAME_BUT_ACCENTS,
        "same_but_kind": _SAME_BUT_KIND,
        "same_but_links": _SAME_BUT_LINKS,
        "elsewhere": _ELSEWHERE,
        "spaces": _SPACES,
        "order": _ORDER,
        "some_words": _SOME_WORDS,
        "part": _PART,
        "more_words": _MORE_WORDS,
        "town": _TOWN,
        "short": _SHORT,
        "ear": _EAR,
        "several": _SEVERAL,
        "letters": {str(slips): words for slips, words in _LETTERS.items()},
        "by_ear": _BY_EAR,
        "most_facts": _MOST_FACTS,
    }
