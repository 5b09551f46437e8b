"""Signed things taken apart for `services.evidence_proof`, under the names that the stand-alone verifier gives its own.

Each raises UnverifiedError for what is not as it was signed, ValueError for what is no such thing at all.
"""

import json
from base64 import b64decode
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from geo_offlimits.delivery.envelopes import (
    EDITION_TYPE,
    EVIDENCE_TYPE,
    payload_type_of,
    refuse_other_form,
    signing_key,
    verify,
)
from geo_offlimits.delivery.public_keys import PublicKey as TrustedKey
from geo_offlimits.domain import audit as tree
from geo_offlimits.errors import InputError
from geo_offlimits.errors import UnverifiedError as RefusedError
from geo_offlimits.formats import strict_json
from geo_offlimits.formats.acknowledgement import TAGS, Record
from geo_offlimits.formats.edition import sha256
from geo_offlimits.services import audit
from geo_offlimits.services.verification import not_revoked

__all__ = [
    "EDITION",
    "EVIDENCE",
    "TAGS",
    "RefusedError",
    "TrustedKey",
    "canonical",
    "decoded",
    "document",
    "head",
    "misfit_of_word",
    "moment",
    "opened",
    "root_of_path",
    "sha256",
]

EDITION, EVIDENCE = EDITION_TYPE, EVIDENCE_TYPE
_OF_RECORD = ("row_name", "row", "leaf", "position")


def opened(envelope: bytes, keys: Iterable[TrustedKey]) -> tuple[str, bytes, TrustedKey]:
    """Type and payload of an envelope, and the key that signed it."""
    known = tuple(keys)
    refuse_other_form(envelope)
    payload_type = payload_type_of(envelope)
    payload = verify(envelope, not_revoked(envelope, known), payload_type)
    key = signing_key(envelope, known)
    if key is None:
        raise RefusedError("No key is trusted here; give one with --key.")
    return payload_type, payload, key


def head(note: str, keys: Iterable[TrustedKey]) -> tuple[int, bytes]:
    """Size and root of a signed note."""
    try:
        found = audit.read_note(note.encode(), [key for key in keys if not key.is_revoked])
    except InputError:
        raise ValueError(note) from None
    return found.size, bytes.fromhex(found.root_sha256)


def root_of_path(digest: bytes, position: int, size: int, path: list[bytes]) -> bytes | None:
    return tree.root_of_path(digest, position, size, path)


def misfit_of_word(word: dict[str, Any]) -> str | None:
    """What in a record, its leaf and its texts does not fit, wherever the leaf stands; None when all does."""
    told = {name: word[name] for name in _OF_RECORD}
    texts = {name: word[name] for name in ("statement", "source")}
    return Record(**told, **texts, path=(), checkpoint="").misfit()


def canonical(value: Any) -> bytes:
    """RFC 8785, of what evidence holds: no fractions, and names of plain letters."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()


def document(content: bytes) -> dict[str, Any]:
    """One JSON object that every program reads alike."""
    try:
        read = strict_json.parsed(content)
    except strict_json.NotJsonError as fault:
        raise ValueError(fault.fact) from None
    if not isinstance(read, dict):
        raise ValueError("no object")  # noqa: TRY004  (one kind of fault for whatever is no document)
    return read


def decoded(text: str) -> bytes:
    return b64decode(text, validate=True)


def moment(text: str) -> datetime:
    if (read := datetime.fromisoformat(text)).tzinfo is None:
        raise ValueError(text)
    return read
