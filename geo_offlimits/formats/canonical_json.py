"""RFC 8785 canonical JSON: one possible writing of a document, so that a hash can stand for it.

The standard library's encoder writes the same bytes many times quicker, but for a few numbers and for members whose
names sort otherwise by UTF-16. What it wrote is looked through for signs of these, wherever they stand; where there is
one, `rfc8785` writes the document. It alone refuses.
"""

import re
from json.encoder import JSONEncoder
from typing import Any

import rfc8785
from rfc8785 import CanonicalizationError

__all__ = ["CanonicalizationError", "dumps"]

_ENCODER = JSONEncoder(ensure_ascii=False, check_circular=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
# Whole, but written 5.0 here (-0.0, too); and tiny or huge: what is 1e-05 here is 0.00001 there.
_WHOLE, _EXPONENT = re.compile(rb"\.0(?:[],}]|\Z)"), re.compile(rb"e[-+][0-9]")
# Whole numbers of 16 digits may be more than every reader holds exactly.
_MANY_DIGITS, _DIGITS_AS_NOUGHTS = b"0" * 16, bytes.maketrans(b"123456789", b"0" * 9)
_BEYOND_UTF_16_UNITS = re.compile(rb"[\xf0-\xf4]")


def dumps(document: Any) -> bytes:
    """The canonical bytes of a document of dictionaries, lists, texts, numbers, truths and None; keys are texts.

    Raises CanonicalizationError for what has none: NaN, a whole number of 2**53 or more, half of a surrogate pair; as
    the name of a member, this is a UnicodeEncodeError. Both are ValueErrors.
    """
    try:
        content = _ENCODER.encode(document).encode()
    except (TypeError, ValueError):
        return bytes(rfc8785.dumps(document))
    return bytes(rfc8785.dumps(document)) if _may_differ(content) else content


def _may_differ(content: bytes) -> bool:
    signs = _WHOLE.search(content) or _EXPONENT.search(content)
    beyond = not content.isascii() and _BEYOND_UTF_16_UNITS.search(content)
    return bool(signs or beyond) or _MANY_DIGITS in content.translate(_DIGITS_AS_NOUGHTS)
