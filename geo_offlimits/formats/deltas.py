"""A delta: what a device that holds one edition needs to have another, byte for byte, with its signature.

1. `added` and `changed` are whole features, `removed` says which are to go, with the name under which a device shows
   them. `offlimits` holds those members of the edition's own that differ; a territory that stays is not sent again.
2. What comes out of `applied` has the SHA-256 that the delta names, or nothing comes out. Its signature is then that of
   the edition itself: a delta needs none of its own.
"""

import base64
import json
from collections.abc import Iterable, Mapping
from typing import Any

from geo_offlimits.errors import InputError, Issue
from geo_offlimits.formats import canonical_json, strict_json
from geo_offlimits.formats.edition import sha256
from geo_offlimits.formats.edition_bytes import about, bbox, features
from geo_offlimits.formats.strict_json import NotJsonError

Document = dict[str, Any]
# What a document of another shape raises where it is read; one nested too deeply runs out of stack.
_UNFIT = (KeyError, TypeError, AttributeError, ValueError, RecursionError)


class DeltaError(InputError):
    """A delta that is none, or not for this edition."""

    def __init__(self, fact: str) -> None:
        sentence = f"{fact}; get the whole edition instead."
        super().__init__(sentence, Issue(field="delta", reason=fact, remedy="get the whole edition"))


def difference(before: bytes, after: bytes, envelope: bytes) -> Document:
    """From one edition's canonical bytes to another's, whose DSSE envelope is given; both verified."""
    old, new = features(before), features(after)
    stay = frozenset(old) & frozenset(new)  # word for word, so they need not be read
    gone, come = _differing(old, stay), _differing(new, stay)
    told_before, told = about(before), about(after)
    return {
        "from": told_before["number"],
        "to": told["number"],
        "added": [one for key, one in come.items() if key not in gone],
        "changed": [one for key, one in come.items() if key in gone],
        "removed": [{"id": key, "name": one["properties"]["name"]} for key, one in gone.items() if key not in come],
        "offlimits": {name: value for name, value in told.items() if value != told_before.get(name)},
        "bbox": bbox(after),
        "sha256": sha256(after),
        "signature": signature(envelope),
    }


def _differing(written: Iterable[bytes], stay: frozenset[bytes]) -> dict[str, Document]:
    read = (json.loads(feature) for feature in written if feature not in stay)
    return {one["id"]: one for one in read}


def signature(envelope: bytes) -> Document:
    """A DSSE envelope without what it signs."""
    signed = json.loads(envelope)
    return {"payloadType": signed["payloadType"], "signatures": signed["signatures"]}


def applied(content: bytes, delta: Mapping[str, Any]) -> bytes:
    """The bytes of the edition that the delta leads to, from those of the one it starts at.

    Raises DeltaError for a delta of another edition, one that does not fit, and one whose outcome is not what it says.
    """
    try:
        made = _applied(strict_json.parsed(content), delta)
        wanted = delta["sha256"]
    except (*_UNFIT, NotJsonError):
        raise DeltaError("This is no delta, or what it starts from is no edition") from None
    if sha256(made) != wanted:
        raise DeltaError("What comes out of this delta is not the edition it names")
    return made


def envelope(content: bytes, delta: Mapping[str, Any]) -> bytes:
    """The DSSE envelope of the edition that came out of the delta, as the mission gives it with the whole edition.

    Nothing is verified here.
    """
    try:
        signed = dict(delta["signature"]) | {"payload": base64.b64encode(content).decode("ascii")}
    except _UNFIT:
        raise DeltaError("This delta has no signature") from None
    return json.dumps(signed, separators=(",", ":"), sort_keys=True).encode("ascii")


def _applied(edition: Document, delta: Mapping[str, Any]) -> bytes:
    held, told = _by_id(edition), edition["offlimits"]
    if told["number"] != delta["from"]:
        raise DeltaError(f"This delta starts from edition {delta['from']}, and edition {told['number']} is held")
    for gone in delta["removed"]:
        del held[gone["id"]]
    for one in delta["changed"]:
        if one["id"] not in held:
            raise DeltaError(f"This delta changes {one['id']}, which is not held")
        held[one["id"]] = one
    for one in delta["added"]:
        if held.setdefault(one["id"], one) is not one:
            raise DeltaError(f"This delta adds {one['id']}, which is held already")
    around = {"bbox": delta["bbox"]} if delta["bbox"] else {}
    made = {
        **around,
        "type": "FeatureCollection",
        "features": [held[key] for key in sorted(held)],
        "offlimits": told | delta["offlimits"],
    }
    return canonical_json.dumps(made)


def _by_id(edition: Document) -> dict[str, Document]:
    return {one["id"]: one for one in edition["features"]}
