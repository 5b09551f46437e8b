"""Public keys: what a holder of the list trusts, from when to when, and what is not trusted any more.

1. A key signs for a period; what it signed in it stays verifiable for ever.
2. A revoked key may be in other hands, and then says whatever time it likes. So nothing signed with it is taken from a
   file any more; only the store, which held an edition before the key was revoked, still knows it to be whole.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from geo_offlimits.domain.instants import ALWAYS, Period, format_instant, parse_instant
from geo_offlimits.errors import InputError, OfflimitsError

_KEY_ID_LENGTH = 16
_NO_KEY = "This is not an Ed25519 public key; give the PEM file that `key export` wrote."
_NO_LIST = "This is no list of public keys; give the file that `key export --all` wrote."


@dataclass(frozen=True, kw_only=True)
class PublicKey:
    """`fingerprint` is the SHA-256 (hex) of the key's SubjectPublicKeyInfo; `key_id` its beginning.

    valid        : when it signs, half-open.
    revoked_from : from when on it may have been in other hands; None where it was not revoked.
    """

    key_id: str
    fingerprint: str
    pem: str
    valid: Period = ALWAYS
    revoked_from: datetime | None = None

    @classmethod
    def from_pem(cls, pem: str | bytes, *, valid: Period = ALWAYS, revoked_from: datetime | None = None) -> "PublicKey":
        """Raises InputError for anything but one Ed25519 public key in PEM."""
        try:
            key = load_pem_public_key(pem.encode() if isinstance(pem, str) else pem)
        except (ValueError, UnsupportedAlgorithm):
            key = None
        if not isinstance(key, Ed25519PublicKey):
            raise InputError(_NO_KEY)
        fingerprint = hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
        text = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")
        key_id = fingerprint[:_KEY_ID_LENGTH]
        return cls(key_id=key_id, fingerprint=fingerprint, pem=text, valid=valid, revoked_from=revoked_from)

    @property
    def raw(self) -> bytes:
        """The 32 bytes of the Ed25519 key."""
        return self._loaded.public_bytes_raw()

    def verifies(self, signature: bytes, text: bytes) -> bool:
        """Whether `signature` is this key's over exactly these bytes."""
        try:
            self._loaded.verify(signature, text)
        except InvalidSignature:
            return False
        return True

    @cached_property
    def _loaded(self) -> Ed25519PublicKey:
        key = load_pem_public_key(self.pem.encode())
        if not isinstance(key, Ed25519PublicKey):
            raise TypeError(self.key_id)  # `from_pem` takes no other
        return key

    @property
    def is_revoked(self) -> bool:
        return self.revoked_from is not None

    def signs_at(self, moment: datetime) -> bool:
        """Whether what the store holds as issued at `moment` may be this key's."""
        return self.valid.holds(moment) and (self.revoked_from is None or moment < self.revoked_from)

    @property
    def grouped_fingerprint(self) -> str:
        """In groups of eight, as on pages and on paper, to be compared by eye with a notice board."""
        return " ".join(self.fingerprint[at : at + 8] for at in range(0, len(self.fingerprint), 8))

    def as_json(self) -> dict[str, str | None]:
        return {
            "key_id": self.key_id,
            "fingerprint": self.fingerprint,
            "pem": self.pem,
            "valid_from": _written(self.valid.start),
            "valid_to": _written(self.valid.end),
            "revoked_from": _written(self.revoked_from),
        }


def written(keys: Iterable[PublicKey]) -> bytes:
    """The list of keys as a file, oldest first."""
    return json.dumps([key.as_json() for key in keys], indent=1).encode()


def listed(content: bytes) -> tuple[PublicKey, ...]:
    """The keys in a file that `written` made. Raises InputError."""
    try:
        return tuple(_of_row(row) for row in json.loads(content))
    except (ValueError, KeyError, TypeError, RecursionError, OfflimitsError):
        raise InputError(_NO_LIST) from None


def trusted(content: bytes) -> tuple[PublicKey, ...]:
    """What somebody got outside of this installation: one key in PEM, or a list of keys. Raises InputError."""
    return listed(content) if content.lstrip()[:1] == b"[" else (PublicKey.from_pem(content),)


def _of_row(row: dict[str, Any]) -> PublicKey:
    valid = Period(start=_read(row.get("valid_from")), end=_read(row.get("valid_to")))
    return PublicKey.from_pem(row["pem"], valid=valid, revoked_from=_read(row.get("revoked_from")))


def _written(moment: datetime | None) -> str | None:
    return format_instant(moment) if moment else None


def _read(text: str | None) -> datetime | None:
    return parse_instant(text) if text else None
