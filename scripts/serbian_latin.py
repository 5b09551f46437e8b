"""Serbian from Cyrillic into Latin letters: one letter for one, but for lj, nj and dž.

Code stays as it is: placeholders, markup, entities and what stands in backticks. Latin letters stay, too.
"""

import re

_LETTERS = "a b v g d đ e ž z i j k l lj m n nj o p r s t ć u f h c č dž š"
_PAIRS = dict(zip("абвгдђежзијклљмнњопрстћуфхцчџш", _LETTERS.split(" "), strict=True))
_CODE = re.compile(r"(`[^`]*`|</?\w[^>]*>|&\w+;|\{\w*\}|%\(\w+\)s)")
_WORD = re.compile(r"[Ѐ-ӿ]+")


def in_latin(text: str) -> str:
    """`text` in Latin letters. A capital is Lj at the head of a word, LJ in a word of capitals."""
    parts = _CODE.split(text)
    return "".join(part if place % 2 else _WORD.sub(_word, part) for place, part in enumerate(parts))


def _word(found: re.Match[str]) -> str:
    word = found[0]
    shouted = len(word) > 1 and word.isupper()
    return "".join(_letter(letter, shouted=shouted) for letter in word)


def _letter(letter: str, *, shouted: bool) -> str:
    made = _PAIRS.get(letter.lower(), letter)
    if letter == letter.lower():
        return made
    return made.upper() if shouted else made.capitalize()
