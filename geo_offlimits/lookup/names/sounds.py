"""How a word sounds, and how far two words are apart to the ear.

1. A word in Latin letters becomes a text of sounds, one letter each: "shqiponja" is "Sqiponia". The capitals:
   C ch/tch/tsch · S sh/sch · J dj/dzh/xh/gj · Z zh · X kh · G gh · T th · D dh; AYN, YA and TA are Arabic letters that
   are left out or read as a vowel, TA also as at.
2. Two texts of sounds are as far apart as the cheapest way from one to the other. What is written for the same sound in
   another language (c, ç, q, tch) or lost with an accent costs a little, one vowel for another about half, any other
   wrong, missing or additional letter one slip.
3. Scripts without vowels leave most of them out: a vowel more in the other word costs next to nothing.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, permutations, product
from operator import itemgetter
from typing import Any

AYN, YA, TA = "~", "^", "="
_READ_OR_NOT = AYN + YA + TA

_SPELLINGS = (
    ("tsch", "C"), ("tch", "C"), ("tsh", "C"), ("sch", "S"), ("shch", "S"), ("sh", "S"), ("ch", "C"), ("dzh", "J"),
    ("dj", "J"), ("dz", "J"), ("xh", "J"), ("gj", "J"), ("zh", "Z"), ("kh", "X"), ("igh", "ai"), ("gh", "G"),
    ("th", "T"), ("dh", "D"), ("ph", "f"), ("eau", "o"), ("ee", "i"), ("oo", "u"), ("ou", "u"), ("ts", "c"),
    ("tz", "c"), ("ck", "k"), ("ks", "x"), ("nj", "ni"), ("lj", "li"), ("gn", "ni"), ("y", "i"),
)  # fmt: skip
# Most words have neither of these letters, and no sound that stands for another brings one in.
_WITHOUT_H_AND_J = tuple(pair for pair in _SPELLINGS if "h" not in pair[0] and "j" not in pair[0])
_QU = re.compile(r"qu(?=[aeiouy])")
_DOUBLED = re.compile(r"([A-Za-z])\1+")
_ONCE = itemgetter(1)  # of the match; a template would be read anew for every word
_VOWELS = "aeiou"

# What a sound costs when it stands for the other one of a pair.
_TAKEN_FOR = {
    0.05: "wv kq",
    0.1: "zZ dD tT gG sS",
    0.15: "cC ck cq Cq jJ ij kX hX Cc",
    0.2: "CS jZ cs wu Sc",
    0.3: "cJ cj jz Ck Xx xh CX Ch bv bw zs jh gj gJ gq GX JZ Jz cz uv Gj iy Cs TD Dz",
    0.35: "ou xC",
    0.4: "Jd ae ei ao iu lr bp dt gk Zs fp wo Ts xs xc ih",
    0.5: "mn fv li eo zc vo kG",
    0.6: "au eu oi",
    0.7: "ai",
}
_SLIP, _OTHER_VOWEL, _VOWEL_MORE, _TRANSPOSED = 1.0, 0.8, 0.6, 0.5
_MORE = {"h": 0.25, AYN: 0.1, YA: 0.1, TA: 0.1, "w": 0.4} | dict.fromkeys(_VOWELS, _VOWEL_MORE)
_MUTE_END, _NASAL_START = 0.3, 0.4
# For a script without vowels against one that has them.
_BARE_MORE = _MORE | dict.fromkeys(_VOWELS, 0.05)
_BARE_READ_AS = {"w": "uov", "i": "ej", "a": "e", AYN: "aeiou", TA: "t"}
_BARE_ALIF, _BARE_ALIF_COST = "iou", 0.3

_MISTAKEN = ("kcCqxX", "szSZ", "gGjJ", "tTdD", "pb", "vwf", "ae", "iy", "uo", "l", "r", "m", "n")
_COARSE = dict.fromkeys(range(128)) | {ord(one): group[0] for group in _MISTAKEN for one in group}
_COARSE_CONSONANTS = _COARSE | dict.fromkeys(map(ord, "aeiouyw"))


def _as_bytes(table: Mapping[int, str | None]) -> tuple[bytes, bytes]:
    """The same table for `bytes.translate`, which is several times quicker, and what it drops."""
    dropped = bytes(code for code, letter in table.items() if letter is None)
    return bytes(ord(table.get(code) or chr(code)) for code in range(256)), dropped


_COARSE_BYTES, _CONSONANT_BYTES = _as_bytes(_COARSE), _as_bytes(_COARSE_CONSONANTS)

Table = dict[str, dict[str, float]]


def _costs() -> Table:
    """cost[one][other] of taking one sound for the other; what is not in it costs a slip."""
    table: Table = {}
    for one, other in permutations(_VOWELS, 2):
        _put(table, one, other, _OTHER_VOWEL)
    for cost, pairs in sorted(_TAKEN_FOR.items(), reverse=True):
        for pair in pairs.split():
            _put(table, pair[0], pair[1], cost)
    for sign, vowel in product(_READ_OR_NOT, "aeih"):
        _put(table, sign, vowel, 0.0)
    return table


def _bare_costs() -> Table:
    """The same where one word lacks its vowels."""
    table = _costs()
    for sign, readings in _BARE_READ_AS.items():
        for reading in readings:
            _put(table, sign, reading, 0.0)
    for reading in _BARE_ALIF:
        _put(table, "a", reading, _BARE_ALIF_COST)
    return table


def _put(table: Table, one: str, other: str, cost: float) -> None:
    table.setdefault(one, {})[other] = cost
    table.setdefault(other, {})[one] = cost


def _tiers(table: Table) -> dict[str, tuple[tuple[float, int], ...]]:
    """Of each sound what it costs at least beside which other sounds, the cheapest first; beside nothing: left out."""
    made: dict[str, tuple[tuple[float, int], ...]] = {}
    for one in map(chr, range(33, 127)):
        beside = {other: min(cost, _SLIP) for other, cost in table.get(one, {}).items()} | {one: 0.0}
        by_cost = dict.fromkeys(sorted({*beside.values(), _least_more(one)}), 0)
        by_cost[_least_more(one)] |= 1
        for other, cost in beside.items():
            by_cost[cost] |= 1 << ord(other)
        made[one] = tuple(by_cost.items())
    return made


def _least_more(sound: str) -> float:
    """What a sound costs at least where the other word lacks it, wherever it stands."""
    at_an_edge = {"m": _NASAL_START, "n": _NASAL_START, "e": _MUTE_END}
    return min(_MORE.get(sound, _SLIP), at_an_edge.get(sound, _SLIP))


_FULL, _BARE = _costs(), _bare_costs()
_TIERS, _UNHEARD = _tiers(_FULL), ((0.0, 1),)
_NOTHING: Mapping[str, float] = {}


@lru_cache(maxsize=4_000)
def sounds(word: str) -> str:
    """The sounds of a word of Latin letters a to z, one letter each; digits stay."""
    if "qu" in word:
        word = _QU.sub("k", word)
    for spelling, sound in _SPELLINGS if "h" in word or "j" in word else _WITHOUT_H_AND_J:
        word = word.replace(spelling, sound)
    return _DOUBLED.sub(_ONCE, word)


@lru_cache(maxsize=4_000)
def coarse(word: str, *, bare: bool = False) -> str:
    """The sounds with one letter for all that are mistaken for one another; `bare`: the consonants alone."""
    if word.isascii():  # as sounds are
        table, dropped = _CONSONANT_BYTES if bare else _COARSE_BYTES
        kept = word.encode().translate(table, dropped).decode()
    else:
        kept = word.translate(_COARSE_CONSONANTS if bare else _COARSE)
    return _DOUBLED.sub(_ONCE, kept)


def coarse_each(words: Sequence[str]) -> list[str]:
    """`coarse` of each of very many, at once."""
    if not words:
        return []
    table, dropped = _COARSE_BYTES
    return _DOUBLED.sub(_ONCE, " ".join(words).encode().translate(table, dropped.replace(b" ", b"")).decode()).split(
        " "
    )


@lru_cache(maxsize=30_000)
def distance(one: str, other: str, *, bare: bool = False) -> float:
    """Slips between two texts of sounds. `bare`: `one` has no vowels, and `other` may have them anywhere."""
    costs = _BARE if bare else _FULL
    missing, more = _additional(one, bare=False), _additional(other, bare=bare)
    above2: list[float] = []
    above = [0.0, *accumulate(more)]
    for i, sound in enumerate(one):
        taken_for, lacking = costs.get(sound, _NOTHING), missing[i]
        left = above[0] + lacking
        row = [left]
        for j, heard in enumerate(other):
            taken = 0.0 if sound == heard else taken_for.get(heard, _SLIP)
            best = min(above[j] + taken, above[j + 1] + lacking, left + more[j])
            if i and j and sound == other[j - 1] and one[i - 1] == heard and above2[j - 1] + _TRANSPOSED < best:
                best = above2[j - 1] + _TRANSPOSED
            left = best
            row.append(best)
        above2, above = above, row
    return above[-1]


@lru_cache(maxsize=8_000)
def is_farther(one: str, other: str, slips: float) -> bool:
    """Whether two texts are surely farther apart than so many slips; False where that is not told at a glance.

    What counts is what each sound costs at least that stands in one of them alone.

    A sound that both have may be in its place, or change places with another, and counts as nothing.
    """
    return _lacks(one, _mask(other), slips) or _lacks(other, _mask(one), slips)


def _lacks(word: str, others: int, slips: float) -> bool:
    lost = 0.0
    for sound in word:
        for cost, mask in _TIERS.get(sound, _UNHEARD):
            if mask & others:
                lost += cost
                break
        if lost > slips:
            return True
    return False


def least_cost(sound: str, other: str) -> float:
    """What a sound costs at least beside a word that has the other one, as `is_farther` counts it."""
    beside = _mask(other)
    return next((cost for cost, mask in _TIERS.get(sound, _UNHEARD) if mask & beside), 0.0)


@lru_cache(maxsize=30_000)
def _mask(word: str) -> int:
    """A bit for each sound, and that of nothing, which every word has around it."""
    mask = 1
    for sound in word:
        mask |= 1 << ord(sound)
    return mask


@lru_cache(maxsize=30_000)
def _additional(word: str, *, bare: bool) -> tuple[float, ...]:
    """What each sound of a word costs where the other word lacks it."""
    costs = [(_BARE_MORE if bare else _MORE).get(sound, _SLIP) for sound in word]
    if word[0] in "mn":  # Mboka, Nganda: written or not
        costs[0] = _NASAL_START
    if word[-1] == "e":
        costs[-1] = min(_MUTE_END, costs[-1])
    return tuple(costs)


def tables() -> dict[str, Any]:
    """What the browser's ear knows. costs, bare : cost -> the pairs that cost it, once each."""
    return {
        "ayn": AYN,
        "ya": YA,
        "ta": TA,
        "spellings": [[spelling, sound] for spelling, sound in _SPELLINGS],
        "mistaken": list(_MISTAKEN),
        "costs": _by_cost(_FULL),
        "bare": _by_cost(_BARE),
        "more": _MORE,
        "bare_more": _BARE_MORE,
        "slip": _SLIP,
        "transposed": _TRANSPOSED,
        "mute_end": _MUTE_END,
        "nasal_start": _NASAL_START,
    }


def _by_cost(table: Table) -> dict[str, str]:
    pairs: dict[str, list[str]] = {}
    for one, others in sorted(table.items()):
        for other, cost in sorted(others.items()):
            if one < other:
                pairs.setdefault(repr(cost), []).append(one + other)
    return {cost: "".join(found) for cost, found in sorted(pairs.items())}
