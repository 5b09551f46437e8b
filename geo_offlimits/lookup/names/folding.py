"""A name in any script as words that can be compared.

1. One Latin spelling: Unicode NFKC, lower case, own letters for Arabic, Hebrew and Greek (anyascii leaves out the
   Arabic alif and writes Greek as it stands, not as it is spoken), anyascii for every other script.
2. An elided article ("l'", "d'") and the Arabic one ("al-") are words; other apostrophes vanish; dotted initials are
   one word; letters and digits part.
3. A word weighs 1. Words for the kind of venue and those that only link others weigh less than a tenth together, so
   that one bar is not another. A name without other words is told by those for the kind of venue: "The Bar".
4. Beside its plain reading a name may have a second one, with numbers and ordinals in digits, short forms written out
   and a town by one sign for all its names.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from anyascii import anyascii
from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from geo_offlimits.lookup.names import venue_words
from geo_offlimits.lookup.names.sounds import AYN, TA, YA, sounds

MOST_WORDS = 16
_GENERIC_WEIGHT = 0.08
_LONG_LETTERS = 8
_TENS = range(20, 100, 10)

_SIGNS_OF_SOUNDS = AYN + YA + TA
_APOSTROPHE = "['’‘ʼ`´ʹ′]"
_APOSTROPHES = re.compile(_APOSTROPHE)
_AND = re.compile(rf"[&+]|{_APOSTROPHE}n{_APOSTROPHE}")
_ELIDED = re.compile(rf"\b(l|d|j|s|c|qu){_APOSTROPHE}(?=\w)")
_INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b)?")
_TOKENS = re.compile(rf"[A-Za-z{re.escape(_SIGNS_OF_SOUNDS)}]+|[0-9]+")
_HAS_OUR_SIGNS = re.compile(f"[{re.escape(_SIGNS_OF_SOUNDS)}]")
_OUR_SIGNS = str.maketrans(dict.fromkeys(_SIGNS_OF_SOUNDS, " "))
_WITHOUT_VOWELS = re.compile(r"[\u0590-\u06ff\u0750-\u077f\u08a0-\u08ff]")
_ARTICLE = re.compile(r"\b(و?)ال(?=\w{3})")
_FINAL_HA = re.compile(r"(?<=\w\w)[هה]\b")
_SEMITIC = str.maketrans(
    dict.fromkeys("اأإآٱא", "a")
    | {
        "ب": "b", "ت": "t", "ث": "T", "ج": "j", "ح": "h", "خ": "X", "د": "d", "ذ": "D", "ر": "r", "ز": "z", "س": "s",
        "ش": "S", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": AYN, "غ": "G", "ف": "f", "ق": "q", "ك": "k", "ک": "k",
        "ل": "l", "م": "m", "ن": "n", "ه": "h", "ة": TA, "و": "w", "ؤ": "w", "ي": "i", "ی": "i", "ئ": "i", "ى": YA,
        "ء": "", "چ": "C", "گ": "g", "ڭ": "g", "پ": "p", "ڤ": "v", "ژ": "Z", "ـ": "",
        "ב": "b", "ג": "g", "ד": "d", "ה": "h", "ו": "w", "ז": "z", "ח": "h", "ט": "t", "י": "i", "כ": "k", "ך": "k",
        "ל": "l", "מ": "m", "ם": "m", "נ": "n", "ן": "n", "ס": "s", "ע": AYN, "פ": "p", "ף": "f", "צ": "c", "ץ": "c",
        "ק": "k", "ר": "r", "ש": "S", "ת": "t",
    }
)  # fmt: skip
_GREEK_LETTERS = re.compile(r"[\u0370-\u03ff]")
_GREEK = tuple(
    (re.compile(spelling), letters)
    for spelling, letters in (
        ("ου", "u"), ("αι", "e"), ("[εο]ι", "i"), ("υι", "i"), (r"([αε])υ(?=[βγδζλμνραεηιοω])", r"\1v"),
        (r"([αε])υ", r"\1f"), (r"\bμπ", "b"), (r"\bντ", "d"), (r"\bγκ", "g"), ("γ[γκ]", "ng"), ("[ηυ]", "i"),
        ("χ", "h"), ("γ", "g"), ("ω", "o"), ("ξ", "ks"), ("β", "v"),
    )
)  # fmt: skip

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """One word: `written` in letters a to z or as digits, `heard` as sounds. `bare`: of a script without vowels."""

    written: str
    heard: str
    bare: bool = False

    def __hash__(self) -> int:
        """Of what is written alone: words are looked up millions of times, and two of one spelling are rare."""
        return hash(self.written)

    @property
    def is_exact(self) -> bool:
        """A number or a town's sign: it is that one or another, never like it."""
        return not self.written[0].isalpha() and self.written[0] not in _SIGNS_OF_SOUNDS


@dataclass(frozen=True, slots=True)
class Form:
    """What the words of a name are for, by their places. A few dozen forms serve a list of 100,000 names."""

    weights: tuple[float, ...]
    total: float
    telling: tuple[int, ...]  # they tell this name from others
    named: tuple[int, ...]  # all but those for the kind of venue


@dataclass(frozen=True, slots=True)
class Reading:
    """A name as words, and what each is for. `has_signs`: digits, full forms or towns' signs stand in for words."""

    words: tuple[Word, ...]
    form: Form
    has_signs: bool = False

    @property
    def joined(self) -> str:
        """The sounds of all words but those for the kind of venue, without spaces."""
        return "".join([self.words[at].heard for at in self.form.named])

    @property
    def told(self) -> str:
        """The sounds of the telling words without spaces."""
        return "".join([self.words[at].heard for at in self.form.telling])

    def in_its_town(self, places: Collection[Word]) -> "Reading":
        """The same where words that are the venue's own town or street weigh little: "Lotos Port Amber"."""
        telling = tuple(at for at in self.form.telling if self.words[at] not in places)
        if not telling or telling == self.form.telling:
            return self
        return replace(self, form=_form(len(self.words), telling, self.form.named))


class _Phrases:
    """Phrases to find in a run of words, each with what it stands for."""

    def __init__(self, known: Mapping[Phrase, str]) -> None:
        self.known = known
        self._lengths: dict[str, tuple[int, ...]] = {}
        for first in {phrase[0] for phrase in known}:
            lengths = {len(phrase) for phrase in known if phrase[0] == first}
            self._lengths[first] = tuple(sorted(lengths, reverse=True))

    def may_be_in(self, words: Iterable[str]) -> bool:
        """Whether one of them begins a phrase; in most names none does."""
        return not self._lengths.keys().isdisjoint(words)

    def found_in(self, words: Sequence[str]) -> Iterator[tuple[int, int, str]]:
        """(start, end, what it stands for), the longest first at each word, none overlapping another."""
        free = 0
        for at, word in enumerate(words):
            for length in self._lengths.get(word, ()) if at >= free else ():
                phrase = tuple(words[at : at + length])
                if phrase in self.known:
                    free = at + len(phrase)  # near the end the slice is shorter
                    yield at, free, self.known[phrase]
                    break


class Folding:
    """Reads names. `towns`: for each town the names that belong together, in any script."""

    def __init__(self, towns: Iterable[Iterable[str]] = ()) -> None:
        names = ((_words(name), f"@{number}") for number, names in enumerate(towns) for name in names)
        signs: dict[Phrase, str] = {}
        for words, sign in names:
            signs.setdefault(tuple(map(_plain, words)), sign)
        self._towns = _Phrases(signs)

    @property
    def towns(self) -> Mapping[Phrase, str]:
        """The sign of each town by its names."""
        return self._towns.known

    def readings(self, text: str) -> tuple[Reading, ...]:
        """The plain reading, and the one with signs where it differs; () for a text without letters and digits."""
        words = _words(text)[:MOST_WORDS]
        if not words:
            return ()
        plain = [_plain(word) for word in words]
        placed = _replaced(words, plain, self._towns)
        signed = _added_up(_replaced(placed, [word.written for word in placed], _SHORTER))
        first = _reading(words, plain)
        if signed == words:
            return (first,)
        return first, replace(_reading(signed, [_plain(word) for word in signed]), has_signs=True)


def _replaced(words: tuple[Word, ...], keys: Sequence[str], phrases: _Phrases) -> tuple[Word, ...]:
    """The words with what each phrase found among their keys stands for in its place."""
    if not phrases.may_be_in(keys):
        return words
    made: list[Word] = []
    at = 0
    for start, end, sign in phrases.found_in(keys):
        made += (*words[at:start], Word(sign, sounds(sign)))
        at = end
    return (*made, *words[at:]) if made else words


def _added_up(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Twenty and four are twenty-four."""
    if not any(word.written.isdigit() for word in words):
        return words
    made: list[Word] = []
    for word in words:
        linked = len(made) > 1 and made[-1].written in _LINKS
        tens = made[-2 if linked else -1].written if made else ""
        if tens.isdigit() and int(tens) in _TENS and word.written.isdigit() and 0 < int(word.written) < _TENS.step:
            del made[-2 if linked else -1 :]
            both = str(int(tens) + int(word.written))
            made.append(Word(both, both))
        else:
            made.append(word)
    return tuple(made)


def _reading(words: tuple[Word, ...], keys: Sequence[str]) -> Reading:
    """`keys`: the words as `_plain` has them."""
    kinds = list(map(_is_misspelt_kind, keys))
    for start, end, _ in _KINDS.found_in(keys) if _KINDS.may_be_in(keys) else ():
        kinds[start:end] = [True] * (end - start)
    places = tuple(range(len(words)))
    full = tuple([at for at, word in enumerate(words) if word.written not in (_BARE_LINKS if word.bare else _LINKS)])
    if True not in kinds and full:  # so are most
        return Reading(words, _form(len(words), full, places))
    named = tuple(at for at in places if not kinds[at])
    if telling := tuple(at for at in full if not kinds[at]):
        return Reading(words, _form(len(words), telling, named))
    return Reading(words, _form(len(words), full or places, places))


@lru_cache(maxsize=10_000)
def _form(count: int, telling: tuple[int, ...], named: tuple[int, ...]) -> Form:
    light = _GENERIC_WEIGHT / max(1, count - len(telling))
    weights = tuple(1.0 if at in telling else light for at in range(count))
    return Form(weights, sum(weights), telling, named)


def _plain(word: Word) -> str:
    """The sounds without what an accent or another alphabet adds: krčma, krcma and крчма are one.

    Arabic and Hebrew words are told from Latin ones that happen to look like them.
    """
    if word.bare:
        return f"-{word.heard.replace(YA, 'i')}"
    heard = word.heard
    return heard if heard.islower() and "q" not in heard else heard.translate(_UNACCENTED)


@lru_cache(maxsize=4_000)
def _is_misspelt_kind(key: str) -> bool:
    """Only of long ones: "salmon" is a saloon by one letter."""
    alike = _LONG_KINDS.get((key[0], len(key))) if len(key) >= _LONG_LETTERS - 1 else None
    return alike is not None and extractOne(key, alike, scorer=OSA.distance, score_cutoff=1) is not None


def _words(text: str) -> tuple[Word, ...]:
    return tuple([word for part in _parted(text) for word in _parted_words(part)])


@lru_cache(maxsize=4_000)
def _parted_words(part: str) -> tuple[Word, ...]:
    if part.isascii() and part.isalpha():  # as most are, and no "and" is in one with them
        return (Word(part, sounds(part)),)
    return tuple([word for found in _words_of(part) for word in _without_wa(found)])


def _without_wa(word: Word) -> tuple[Word, ...]:
    """Arabic writes "and" in one with the word: "restaurant and-bar"."""
    rest = word.written[1:]
    and_kind = word.bare and word.written[0] == "w" and (_plain(Word(rest, rest, bare=True)),) in _KINDS.known
    return (Word("w", "w", bare=True), Word(rest, rest, bare=True)) if and_kind else (word,)


def _parted(text: str) -> list[str]:
    if text.isascii() and not _HAS_OUR_SIGNS.search(text):
        return text.lower().split()
    return unicodedata.normalize("NFKC", text).casefold().translate(_OUR_SIGNS).split()


@lru_cache(maxsize=4_000)
def _words_of(part: str) -> tuple[Word, ...]:
    """The words in what stands between two spaces."""
    if part.isascii() and part.isalpha():
        return (Word(part, sounds(part)),)
    if _WITHOUT_VOWELS.search(part):
        return tuple(Word(word, word, bare=not word.isdigit()) for word in _TOKENS.findall(_semitic(part)))
    return tuple(Word(word, sounds(word)) for word in _TOKENS.findall(_latin(part)))


def _semitic(part: str) -> str:
    """Arabic and Hebrew as sounds, one for each letter; doubled ones may have a vowel between them and stay."""
    part = "".join(letter for letter in part if not unicodedata.combining(letter))
    part = _FINAL_HA.sub("ة", _ARTICLE.sub(r"\1 ال ", _AND.sub(" و ", part)))
    return anyascii(part.translate(_SEMITIC))


def _latin(part: str) -> str:
    """In lower-case Latin letters; signs stay."""
    if part.isascii() and part.isalnum():
        return part
    part = _INITIALS.sub(lambda found: found[0].replace(".", ""), _AND.sub(" and ", part))
    part = _APOSTROPHES.sub("", _ELIDED.sub(r"\1 ", part))
    if _GREEK_LETTERS.search(part):
        part = _without_accents(part)
        for spelling, letters in _GREEK:
            part = spelling.sub(letters, part)
    # anyascii writes kh and d for these, as only English and no ears hear them
    part = part.replace("х", "h").replace("đ", "dj")
    return anyascii(part).lower().replace("'", "").replace("`", "")


def _without_accents(part: str) -> str:
    """Greek tells ο and ό apart, the ear of a foreigner does not; a diaeresis parts two vowels and stays."""
    letters = unicodedata.normalize("NFD", part).replace("\u0301", "")
    return unicodedata.normalize("NFC", letters)


def _letters_of(text: str) -> Phrase:
    return tuple(word.written for part in _parted(text) for word in _words_of(part))


def _listed(text: str) -> frozenset[Phrase]:
    phrases = ((word for part in _parted(phrase) for word in _words_of(part)) for phrase in text.split(";"))
    return frozenset(tuple(map(_plain, phrase)) for phrase in phrases) - {()}


def _by_look(kinds: Iterable[str]) -> dict[tuple[str, int], tuple[str, ...]]:
    """The words by their first letter and each number of letters that one slip leaves of them."""
    found: dict[tuple[str, int], tuple[str, ...]] = {}
    for kind in kinds:
        for letters in range(len(kind) - 1, len(kind) + 2):
            found[kind[0], letters] = (*found.get((kind[0], letters), ()), kind)
    return found


def _sign_words() -> dict[Phrase, str]:
    signs = {_letters_of(word): str(number) for number, words in venue_words.NUMBERS.items() for word in words.split()}
    signs |= {(word,): str(number) for number, word in venue_words.ROMAN.items()}
    ordinals = ((f"{number}.", word) for number, words in venue_words.ORDINALS.items() for word in words.split())
    signs |= {_letters_of(word): sign for sign, word in ordinals}
    for line in venue_words.WRITTEN_SHORT.strip().splitlines():
        full, *short = line.split()
        signs |= {_letters_of(word): full for word in short}
    return signs


_UNACCENTED = str.maketrans("CSZTDGXq", "csztdghk")
_KINDS = _Phrases(dict.fromkeys(_listed(venue_words.KINDS), ""))
_LONG_KINDS = _by_look([kind for kind, *more in _KINDS.known if not more and len(kind) >= _LONG_LETTERS])
_LINKED = [word for link in venue_words.LINKS.split(";") for part in _parted(link) for word in _words_of(part)]
_LINKS = frozenset(word.written for word in _LINKED if not word.bare)
_BARE_LINKS = frozenset(word.written for word in _LINKED if word.bare)
_SHORTER = _Phrases(_sign_words())
# What stands in a reading without standing in the name.
FULL_FORMS = frozenset(_SHORTER.known.values()) | {"and"}


def tables(towns: Iterable[Iterable[str]]) -> dict[str, Any]:
    """What the browser's folding knows. Phrases are as they are looked up; the letters are those of `letters`."""
    by_sign: dict[str, list[str]] = {}
    for phrase, sign in _SHORTER.known.items():
        by_sign.setdefault(sign, []).append(" ".join(phrase))
    named: dict[str, list[str]] = {}
    for phrase, sign in Folding(towns).towns.items():
        named.setdefault(sign, []).append(" ".join(phrase))
    return {
        "most_words": MOST_WORDS,
        "generic": _GENERIC_WEIGHT,
        "long_letters": _LONG_LETTERS,
        "signs": _SIGNS_OF_SOUNDS,
        "semitic": {chr(code): sound for code, sound in _SEMITIC.items()},
        "greek": [[spelling.pattern, letters] for spelling, letters in _GREEK],
        "unaccented": {chr(code): chr(sound) for code, sound in _UNACCENTED.items()},
        "kinds": sorted(" ".join(phrase) for phrase in _KINDS.known),
        "links": sorted(_LINKS),
        "bare_links": sorted(_BARE_LINKS),
        "shorter": by_sign,
        "towns": named,
    }
