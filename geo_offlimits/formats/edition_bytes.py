"""What the bytes of an edition tell without its entries being made: for who holds many editions or only compares two.

All of it is for bytes that were verified, which are therefore canonical: each member stands once, in the one order.
"""

import hashlib
import json
import re
from typing import Any

from geo_offlimits.formats import canonical_json, strict_json
from geo_offlimits.formats.edition_reading import EditionFileError

# No text can hold these: in a text a quotation mark is escaped.
ABOUT = b'],"offlimits":'
_ID = re.compile(rb',"id":"((?:[^"\\]|\\.)*)","properties":{')
# Between two features; nothing within one has a member of this name that stands first.
_FEATURES, _NEXT = b'"features":[', b',{"geometry":'
# What two editions may differ in although they say the same.
_FRAME = frozenset({"number", "previous_sha256", "issued_at", "expires_at", "checkpoint"})


def about(content: bytes) -> dict[str, Any]:
    """What an edition says of itself, as it stands in the file behind the entries.

    Raises EditionFileError for bytes without it.
    """
    told = strict_json.parsed(b'{"offlimits":' + content[_end(content) + len(ABOUT) :])["offlimits"]
    return dict(told)


def features(content: bytes) -> list[bytes]:
    """Its features, as they stand in it. Raises as `about`."""
    each = content[content.index(_FEATURES) + len(_FEATURES) : _end(content)]
    return [_NEXT[1:] + feature for feature in (b"," + each).split(_NEXT)[1:]]


def bbox(content: bytes) -> list[float] | None:
    """The box around its entries or its territory, degrees west, south, east, north; None where it has none."""
    begins, _, rest = content.partition(b'{"bbox":')
    return None if begins else list(json.loads(rest[: rest.index(b"]") + 1]))


def entry_ids(content: bytes) -> frozenset[bytes]:
    """The ids of its entries, as JSON writes them. Raises as `about`."""
    return frozenset(_ID.findall(content, 0, _end(content)))


def said(content: bytes) -> str:
    """The hexadecimal SHA-256 of what it says to staff, without its number and times: equal where nothing changed.

    Raises as `about`.
    """
    told = {name: value for name, value in about(content).items() if name not in _FRAME}
    digest = hashlib.sha256(memoryview(content)[: _end(content)])
    digest.update(ABOUT + canonical_json.dumps(told))
    return digest.hexdigest()


def _end(content: bytes) -> int:
    """Where its entries end."""
    found = content.rfind(ABOUT)
    if found < 0:
        raise EditionFileError("offlimits", "is missing", "is it an edition?")
    return found
