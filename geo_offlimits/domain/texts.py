"""What a text may be, whoever gives it and through whichever door: one definition.

1. It can be seen. Blanks and signs of no width alone are no text.
2. Nothing in it is unseen and changes what is read: no control character, no half of a surrogate pair, no sign that
   turns the order of the others round. A text of one line holds no line break either.
3. It has an end: a name, an e-mail address, a tag of a language and a mission's code have one each, all else MAX_TEXT.

It is asked where something is written, never where it is read: what was signed under an earlier rule stays readable.
"""

import re
import unicodedata
from collections.abc import Sequence

from geo_offlimits.errors import InputError, Issue, Sentence

MAX_NAME, MAX_TEXT, MAX_EMAIL, MAX_TAG, MAX_CODE = 200, 2000, 254, 35, 16
# How many names, exceptions or contacts one thing may have.
MAX_SEVERAL = 50

_LINE_BREAKS = "\n\r\t\u2028\u2029"
_TURNING = "\u202d\u202e"
# By category letters and a symbol, on paper nothing.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_NONCHARACTERS = range(0xFDD0, 0xFDF0)
_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def is_control(sign: str) -> bool:
    """Whether this is no text in any format: a control character but for line breaks, or half of a surrogate pair."""
    return unicodedata.category(sign) in {"Cc", "Cs"} and sign not in _LINE_BREAKS


def text(field: str, value: str | None, *, needed: bool = False, most: int = MAX_TEXT) -> Issue | None:
    """What keeps `value` from being a text of several lines; None when nothing does. None and "" are no text at all."""
    if not value or not value.strip(" \n\r\t"):
        return Issue(field=field, reason=Sentence("empty"), remedy=Sentence("fill it in")) if needed else None
    if len(value) > most:
        reason = Sentence("longer than {most} characters", most=most)
        return Issue(field=field, reason=reason, remedy=Sentence("shorten it"))
    if value.isprintable() and value.isascii():
        return None
    if bad := next((sign for sign in value if _is_unfit(sign)), None):
        code = f"U+{ord(bad):04X}"
        return _issue(field, value, Sentence("holds {code}, which cannot be seen and changes what is read", code=code))
    if not any(map(_is_seen, value)):
        return _issue(field, value, Sentence("nothing that can be seen"))
    return None


def is_plain(value: str | None, most: int = MAX_TEXT) -> bool:
    """Whether `line` surely has nothing against it: so it is with most texts, and that is told at a glance."""
    return not value or (len(value) <= most and value.isascii() and value.isprintable())


def _issue(field: str, value: str, reason: Sentence) -> Issue:
    return Issue(field=field, value=ascii(value[:40]), reason=reason, remedy=Sentence("type it again"))


def line(field: str, value: str | None, *, needed: bool = False, most: int = MAX_NAME) -> Issue | None:
    """The same for a text of one line, such as a name."""
    # Nothing that breaks a line can be printed, and that of a hundred thousand names is told at once.
    if value and not value.isprintable() and any(sign in _LINE_BREAKS for sign in value):
        reason = Sentence("holds a line break or a tab")
        return Issue(field=field, value=ascii(value[:40]), reason=reason, remedy=Sentence("use one line"))
    return text(field, value, needed=needed, most=most)


def tag(field: str, value: str | None) -> Issue | None:
    """What keeps `value` from being the tag of a language (BCP 47), as far as its form tells."""
    if value is None or (len(value) <= MAX_TAG and _TAG.fullmatch(value)):
        return None
    reason = Sentence("no tag of a language")
    return Issue(field=field, value=value[:40], reason=reason, remedy=Sentence("write en, fr or sr-Cyrl"))


def several(field: str, found: Sequence[object]) -> Issue | None:
    """Whether there are too many of something that one thing may have several of."""
    if len(found) <= MAX_SEVERAL:
        return None
    reason = Sentence("more than {most}", most=MAX_SEVERAL)
    return Issue(field=field, value=str(len(found)), reason=reason, remedy=Sentence("keep those that matter"))


def refuse(*found: Issue | None) -> None:
    """Raises InputError naming every issue there is."""
    issues = tuple(issue for issue in found if issue)
    if issues:
        raise InputError.of(*issues)


def _is_unfit(sign: str) -> bool:
    noncharacter = ord(sign) & 0xFFFE == 0xFFFE or ord(sign) in _NONCHARACTERS  # noqa: PLR2004  (the last two of a plane)
    return is_control(sign) or sign in _TURNING or noncharacter


def _is_seen(sign: str) -> bool:
    # A letter that this version of Unicode does not know yet (Cn) is a letter all the same.
    category = unicodedata.category(sign)
    return category[0] not in "MZ" and category not in {"Cc", "Cf", "Cs"} and sign not in _BLANK
