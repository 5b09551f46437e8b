"""What the search by name in the browser knows: one static script, written from the modules of the server's search.

`scripts/write_name_tables.py` writes it, a test holds it to this. Letters: those of living scripts that are written
with letters, and signs; a Chinese character or a Korean syllable is found as it is written.
"""

import json
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from anyascii import anyascii

from geo_offlimits.lookup.names import folding, reasons, scoring, search, sounds

ADDRESS = "names_tables.js"
# What the search is made of, in the order in which it is loaded.
SCRIPTS = (
    ADDRESS,
    "names_sounds.js",
    "names_folding.js",
    "names_scoring.js",
    "names_reasons.js",
    "names_grams.js",
    "names.js",
)
# Latin to Georgian, Ethiopic, Georgian capitals, more Latin, Greek and signs, Tifinagh, kana, Cyrillic, Ethiopic.
COVERED = (
    (0x80, 0x1100), (0x1200, 0x13A0), (0x1C80, 0x1CC0), (0x1D00, 0x2220), (0x2C00, 0x2E00),
    (0x3040, 0x3100), (0xA640, 0xA6A0), (0xAB00, 0xAB30),
)  # fmt: skip
_NO_RUN = 6  # as many signs without letters part two runs
_HEAD = """/* What the search by name knows: letters, sounds, words for kinds of venue, towns, weights, reasons.
 * Written by scripts/write_name_tables.py from geo_offlimits/lookup/names: change it there. */
"""


def script(towns: Iterable[Iterable[str]]) -> str:
    """The whole file. towns : other names of one town."""
    lines = (
        f"  {json.dumps(name)}: {json.dumps(table, ensure_ascii=False, separators=(',', ':'), sort_keys=True)},\n"
        for name, table in _tables(towns).items()
    )
    return f"{_HEAD}(window.Offlimits ??= {{}}).nameTables = {{\n{''.join(lines)}}};\n"


def _tables(towns: Iterable[Iterable[str]]) -> dict[str, Any]:
    return {
        "covered": COVERED,
        "letters": _runs(_letters()),
        "folded": _folded(),
        "vowel_signs": _vowel_signs(),
        "scripts": _scripts(),
        "folding": folding.tables(towns),
        "sounds": sounds.tables(),
        "scoring": scoring.tables(),
        "search": search.tables(),
        "reasons": reasons.tables(),
    }


def is_covered(sign: str) -> bool:
    return ord(sign) < COVERED[0][0] or any(start <= ord(sign) < end for start, end in COVERED)


def _signs() -> Iterator[str]:
    """Every sign covered that a folded text can hold; Greek accents come together again after the folding."""
    for start, end in COVERED:
        for sign in map(chr, range(start, end)):
            folded = unicodedata.normalize("NFKC", sign).casefold()
            if sign in (folded, unicodedata.normalize("NFC", folded)):
                yield sign


def _letters() -> dict[int, str]:
    return {ord(sign): latin for sign in _signs() if (latin := anyascii(sign))}


def _runs(letters: dict[int, str]) -> dict[str, str]:
    """The code of a run's first letter -> its letters, with tabs between."""
    runs: dict[int, list[str]] = {}
    first = last = -_NO_RUN
    for code, latin in letters.items():
        if code - last >= _NO_RUN:
            first = code
        runs.setdefault(first, []).extend([""] * (code - last - 1 if first != code else 0))
        runs[first].append(latin)
        last = code
    return {str(start): "\t".join(run) for start, run in runs.items()}


def _folded() -> dict[str, str]:
    """Where case folding is not the small letter: ß is ss."""
    signs = (chr(code) for code in range(sys.maxunicode + 1))
    return {
        sign: sign.casefold()
        for sign in signs
        if sign.casefold() != sign.lower() and unicodedata.normalize("NFKC", sign) == sign
    }


def _vowel_signs() -> str:
    """Marks that stand for a vowel and stay, where others fall."""
    return "".join(s for s in _signs() if unicodedata.category(s)[0] == "M" and not unicodedata.combining(s))


def _scripts() -> list[Any]:
    """Code, name, code, name: from this letter on the letters are of that script, as Unicode calls it."""
    made: list[Any] = []
    for code in filter(lambda code: is_covered(chr(code)), range(COVERED[-1][1])):
        if chr(code).isalpha() and (name := unicodedata.name(chr(code), "?").split()[0]) != (made or [""])[-1]:
            made += [code, name]
    return made
