"""In which encoding a text of bytes is, by evidence: what would stand in it in each of the encodings people have.

1. A mark at its start, or UTF-8 that holds, is certain. UTF-16 without a mark shows by its zeros.
2. Else each code page of Windows is tried. Words in one script, with letters that its languages use, speak for it;
   words of two scripts, signs within words and capitals behind small letters speak against it.
3. Two that fit alike are told: a person looks at the names then.
"""

import codecs
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType

PAGES = ("cp1252", "cp1250", "cp1251", "cp1256")
# Letters beyond ASCII that the languages of a code page use often; those of the others are rare in it.
_USUAL: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "cp1252": frozenset("àâäåæçèéêëíîïñóôöøùûüœßúáìòãõÀÂÄÅÆÇÈÉÊËÍÎÏÑÓÔÖØÙÛÜŒÚÁÃÕ"),
        "cp1250": frozenset("áäąćčďéěęëíłľńňóôöőřśšťúůűüýźžżđăâîşţßÁĄĆČĎÉĚĘŁŃŇÓÖŐŘŚŠŤÚŮŰÜÝŹŽŻĐ"),
        "cp1251": frozenset(),
        "cp1256": frozenset("éèêàâçôîïùûœ"),
    }
)
# Where one byte is a usual letter in two of them: endings and neighbours tell.
_SPEAKS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "cp1252": re.compile(
            r"è(?:[bcdfglmnprstv]{1,2}e|s\b|r)|\bà\b|ê(?:[cmtrn]|ch)|ñ[aeo]|ç[aoãõ]|[aeou]ï|ãe?o|oû|où|\bÀ\b"
        ),
        "cp1250": re.compile(
            r"ć\b|č(?:[aeiouk]|\b)|\bČ[aeiou]|[aeou]ł|ł[aoyu]|ą\b|ę\b|đ[aeiu]|ř[aeiíě]|ě|ů|ő|ű|ż|ź|ś[cćlnt]|ń(?:sk|\b)"
        ),
        "cp1251": re.compile(r"(?!)"),
        "cp1256": re.compile(r"\bال"),
    }
)
_WORD = re.compile(r"[^\s\d!-/:-@\[-`{-~]+")
_LOOKED_AT, _MOST_WORDS = 2 * 2**20, 5_000
_NAMES: Mapping[str, str] = MappingProxyType(
    {"utf-8-sig": "UTF-8", "utf-8": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
)
_KNOWN = frozenset(
    {"utf-8", "iso8859-1", "iso8859-2", "iso8859-5", "iso8859-6", "iso8859-15", "cp437", "cp850", "cp852"}
) | {
    *("cp866", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1256"),
}
_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
_ZEROS = 0.3
# Of the letters of a Latin word: été is one, Êàôàíà is none.
_MOST_ACCENTED = 0.67


def named(codec: str) -> str:
    """As people call it."""
    return _NAMES.get(codec) or (f"Windows-{codec[2:]}" if codec.startswith("cp12") else codec.upper())


def codec_called(text: str) -> str:
    """The codec that a label (of a .cpg, say) means; empty for one that is not among those known here."""
    label = text.strip().lower().replace("ansi ", "cp").replace("windows-", "cp")
    label = f"cp{label}" if label.isdigit() and len(label) in (3, 4) else label
    label = {"cp88591": "latin-1", "cp65001": "utf-8", "88591": "latin-1"}.get(label, label)
    try:
        found = codecs.lookup(label).name
    except (LookupError, ValueError):
        return ""
    return found if found in _KNOWN else ""


def codec_of(content: bytes, told: str = "") -> str:
    """The codec of a text; `told` wins where the bytes are possible in it. Falls back on Windows-1252."""
    for codec in filter(None, (told, "utf-8")):
        if _decodes(content, codec):
            return codec
    return (ranked(content) or ("cp1252",))[0]


def certain(content: bytes) -> str:
    """The codec where it is beyond doubt; empty where it is one of the code pages."""
    for mark, codec in _MARKS:
        if content.startswith(mark):
            return codec
    wide = _wide(content)
    if wide:
        return wide
    return "utf-8" if _decodes(content, "utf-8") else ""


def _wide(content: bytes) -> str:
    start = content[:4096]
    half = max(len(start) // 2, 1)
    if start[1::2].count(0) > _ZEROS * half and not start[0::2].count(0):
        return "utf-16-le"
    if start[0::2].count(0) > _ZEROS * half and not start[1::2].count(0):
        return "utf-16-be"
    return ""


def ranked(content: bytes) -> tuple[str, ...]:
    """The code pages in which it can be read, the likeliest first; those that fit as well as the first follow it.

    Empty where it can be read in none, or where nothing speaks for any of them and much against all.
    """
    points = {page: _points(content, page) for page in PAGES if _decodes(content, page)}
    if not points or max(points.values()) < 0:
        return ()
    best = max(points.values())
    alike = [page for page in PAGES if points.get(page) == best]
    first = content.decode(alike[0])
    return (alike[0], *(page for page in alike[1:] if content.decode(page) != first))


def _decodes(content: bytes, codec: str) -> bool:
    try:
        content.decode(codec)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _points(content: bytes, page: str) -> int:
    text = content[:_LOOKED_AT].decode(page, "ignore")
    words = [word for word in _WORD.findall(text) if not word.isascii()][:_MOST_WORDS]
    return sum(_of_word(word, page) for word in words)


@lru_cache(maxsize=20_000)
def _of_word(word: str, page: str) -> int:
    """What one word says for a code page: for it above 0, against it below."""
    bare = word.strip("’‘“”„«»–—…€°·•\u00a0\u200c\u200d‚‹›")
    beyond = [char for char in bare if not char.isascii()]
    letters = [char for char in beyond if char.isalpha()]
    odd = sum(1 for char in beyond if not char.isalpha() and not unicodedata.combining(char) and char not in "’–°ºª·")
    scripts = {_script(char) for char in bare if char.isalpha()}
    points = -4 * odd - (4 if len(scripts) > 1 else 0)
    if not letters:
        return points
    if len(scripts) == 1 and "Latin" not in scripts:
        return points + (2 if _is_cased_well(bare) else -3)
    if len(bare) > 2 and len(letters) > _MOST_ACCENTED * len(bare):  # noqa: PLR2004
        return points - len(letters)
    points += sum(1 if char in _USUAL[page] else -1 for char in letters)
    if not _is_cased_well(bare):
        points -= 3
    return points + 2 * len(_SPEAKS[page].findall(word))


def _script(char: str) -> str:
    name = unicodedata.name(char, "")
    return next((script.title() for script in ("LATIN", "CYRILLIC", "ARABIC") if name.startswith(script)), "other")


def _is_cased_well(word: str) -> bool:
    """No capital behind a small letter."""
    return not any(one.islower() and other.isupper() for one, other in pairwise(word))
