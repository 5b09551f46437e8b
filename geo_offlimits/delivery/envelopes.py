"""Envelopes: DSSE (Dead Simple Signing Envelope, protocol version 1) around what is signed, and what verifies.

1. Every kind of thing signed has a payload type of its own, so that one can never pass for another.
2. The payload is the very bytes that are published; whoever holds an envelope holds the signed thing whole.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import load_pem_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import Error as SigningLibraryError
from securesystemslib.signer import CryptoSigner, Key, SSlibKey  # type: ignore[attr-defined]  # its own public names

from geo_offlimits.delivery.public_keys import PublicKey
from geo_offlimits.errors import UnverifiedError

EDITION_TYPE = "application/vnd.geo-offlimits.edition+json;v=1"
EXPORT_TYPE = "application/vnd.geo-offlimits.export+json;v=1"
RECEIPT_TYPE = "application/vnd.geo-offlimits.receipt+json;v=1"
ACKNOWLEDGEMENT_TYPE = "application/vnd.geo-offlimits.acknowledgement+json;v=1"
EVIDENCE_TYPE = "application/vnd.geo-offlimits.evidence+json;v=1"
# An envelope lies beside the file it signs, under the same name with this behind it.
ENVELOPE_SUFFIX = ".dsse"

MAX_ENVELOPE_BYTES = 64_000_000


def beside(file: Path) -> Path:
    """Where the envelope of a file lies."""
    return file.with_name(file.name + ENVELOPE_SUFFIX)


def signed(payload: bytes, payload_type: str, signer: CryptoSigner) -> bytes:
    """The envelope (JSON) around `payload`; the same payload and key give the same bytes."""
    envelope = Envelope(payload, payload_type, {})
    envelope.sign(signer)
    return _written(envelope)


def _written(envelope: Envelope) -> bytes:
    """The one form of an envelope that lies beside a file. A receipt's may be laid out by whatever carries it."""
    return json.dumps(envelope.to_dict(), separators=(",", ":"), sort_keys=True).encode("ascii")


def verify(envelope: bytes, keys: Iterable[PublicKey], payload_type: str) -> bytes:
    """The payload of a DSSE envelope, once a signature in it is by one of `keys` and it is of `payload_type`.

    Raises UnverifiedError for anything else: not an envelope, another type, an unknown key, a changed byte.
    """
    trusted: list[Key] = [library_key(key) for key in keys]
    try:
        read = Envelope.from_dict(_document(envelope))
        is_signed = bool(trusted) and bool(read.verify(trusted, 1))
    except (SigningLibraryError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UnverifiedError(
            "The signature does not fit these bytes and the keys trusted here; fetch the file and its .dsse again, "
            "and compare the key's fingerprint with the one in your directive."
        ) from None
    if not is_signed:
        raise UnverifiedError("No key is trusted here; give one with --key.")
    if read.payload_type != payload_type:
        raise UnverifiedError(
            f"The envelope signs {read.payload_type!r}, not {payload_type!r}; give the file it was made for."
        )
    return read.payload


def refuse_other_form(envelope: bytes) -> None:
    """Raises UnverifiedError for an envelope that reads the same and is not byte for byte as it was written.

    One key signed it: beside that signature, somebody else's would say by which key it is to be judged.
    """
    try:
        read = Envelope.from_dict(_document(envelope))
        is_written = _written(read) == envelope and len(read.signatures) <= 1
    except (SigningLibraryError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        is_written = False
    if not is_written:
        raise UnverifiedError("The .dsse was changed after it was written; fetch the file and its .dsse again.")


def signing_key(envelope: bytes, keys: Iterable[PublicKey]) -> PublicKey | None:
    """Which of `keys` the envelope names, None for what is no envelope; says nothing about whether it verifies."""
    try:
        named = {str(signature["keyid"]) for signature in _document(envelope)["signatures"]}
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return next((key for key in keys if key.key_id in named), None)


def payload_type_of(envelope: bytes) -> str:
    """What the envelope says it holds, unverified: to choose how to verify it."""
    try:
        return str(_document(envelope).get("payloadType", ""))
    except (ValueError, RecursionError):
        raise UnverifiedError("This is not a DSSE envelope; give the .dsse file that came with the list.") from None


def _document(envelope: bytes) -> dict[str, Any]:
    if len(envelope) > MAX_ENVELOPE_BYTES:
        raise ValueError(len(envelope))
    document = json.loads(envelope)
    if not isinstance(document, dict):
        raise ValueError(type(document))  # noqa: TRY004  (one kind of fault for everything that is no envelope)
    return document


def library_key(key: PublicKey) -> SSlibKey:
    return SSlibKey.from_crypto(load_pem_public_key(key.pem.encode()), key.key_id)
