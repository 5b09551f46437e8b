"""What becomes of a name when people write it: slips of the pen, other scripts, less of it, more of it."""

import random
import unicodedata
from collections.abc import Callable

# Serbian, as signs have it; two Latin letters for one come first.
_CYRILLIC = {
    "dj": "ђ", "lj": "љ", "nj": "њ", "dž": "џ", "ch": "ч", "sh": "ш", "ph": "ф", "th": "т", "qu": "кв", "a": "а",
    "b": "б", "c": "ц", "č": "ч", "ć": "ћ", "d": "д", "đ": "ђ", "e": "е", "f": "ф", "g": "г", "h": "х", "i": "и",
    "j": "ј", "k": "к", "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "q": "к", "r": "р", "s": "с", "š": "ш",
    "t": "т", "u": "у", "v": "в", "w": "в", "x": "кс", "y": "и", "z": "з", "ž": "ж",
}  # fmt: skip
_GREEK = {
    "th": "θ", "ph": "φ", "ch": "χ", "a": "α", "b": "μπ", "c": "κ", "d": "ντ", "e": "ε", "f": "φ", "g": "γκ", "h": "χ",
    "i": "ι", "j": "τζ", "k": "κ", "l": "λ", "m": "μ", "n": "ν", "o": "ο", "p": "π", "q": "κ", "r": "ρ", "s": "σ",
    "t": "τ", "u": "ου", "v": "β", "w": "ου", "x": "ξ", "y": "ι", "z": "ζ",
}  # fmt: skip
_SOUNDS_LIKE = (("ph", "f"), ("ck", "k"), ("c", "k"), ("oo", "u"), ("ee", "i"), ("y", "i"), ("z", "s"), ("ll", "l"))
_KINDS = ("bar", "night club", "hotel", "kafe", "klub")
Slip = Callable[[random.Random, str], str]


def dropped_letter(chance: random.Random, name: str) -> str:
    at = chance.randrange(len(name))
    return name[:at] + name[at + 1 :]


def doubled_letter(chance: random.Random, name: str) -> str:
    at = chance.randrange(len(name))
    return name[:at] + name[at] + name[at:]


def swapped_letters(chance: random.Random, name: str) -> str:
    at = chance.randrange(max(len(name) - 1, 1))
    return name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :]


def by_ear(_: random.Random, name: str) -> str:
    small = name.casefold()
    return next((small.replace(one, other) for one, other in _SOUNDS_LIKE if one in small), small)


def without_accents(_: random.Random, name: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign)).upper()


def without_spaces(_: random.Random, name: str) -> str:
    return "".join(name.split())


def turned_round(_: random.Random, name: str) -> str:
    return " ".join(reversed(name.split()))


def beginning(chance: random.Random, name: str) -> str:
    return name[: chance.randint(2, max(2, len(name) - 1))]


def one_word(chance: random.Random, name: str) -> str:
    return chance.choice(name.split())


def another_kind(chance: random.Random, name: str) -> str:
    return f"{chance.choice(_KINDS)} {name}"


def in_cyrillic(_: random.Random, name: str) -> str:
    return _letter_by_letter(name, _CYRILLIC)


def in_greek(_: random.Random, name: str) -> str:
    return _letter_by_letter(name, _GREEK)


def _letter_by_letter(name: str, table: dict[str, str]) -> str:
    made, rest = "", name.casefold()
    while rest:
        letters = rest[:2] if rest[:2] in table else rest[:1]
        made, rest = made + table.get(letters, letters), rest[len(letters) :]
    return made.title()


SLIPS: tuple[Slip, ...] = (
    dropped_letter, doubled_letter, swapped_letters, by_ear, without_accents, without_spaces, turned_round, beginning,
    one_word, another_kind, in_cyrillic, in_greek,
)  # fmt: skip
