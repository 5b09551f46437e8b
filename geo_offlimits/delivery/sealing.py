"""Secrets under a passphrase: Scrypt (RFC 7914) makes the key, AES-256-GCM seals; both are the library's.

What is sealed is bound to bytes that travel in the open beside it: where those were changed, it does not open either.
"""

import os
import unicodedata
from base64 import b64decode, b64encode
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from geo_offlimits.errors import CredentialsError

# OWASP's recommended cost: 128 MiB for each attempt.
_COST, _BLOCKS, _LANES = 2**17, 8, 1
_DEAREST = 2**20  # what a file may ask of whoever opens it
_KEY_BYTES, _SALT_BYTES, _NONCE_BYTES = 32, 16, 12


class NotOpenedError(CredentialsError):
    """A wrong passphrase and a changed byte look alike: that is how the seal works."""

    def __init__(self) -> None:
        super().__init__(
            "The passphrase does not open the keys of this backup, or the backup was altered. "
            "Give the passphrase that it was made with, or take another copy."
        )


def sealed(secret: bytes, passphrase: str, bound: bytes) -> dict[str, Any]:
    """`secret` as a document of JSON that opens with the passphrase, beside the very bytes `bound` only."""
    salt, nonce = os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES)
    kept = AESGCM(_key(passphrase, salt, _COST)).encrypt(nonce, secret, bound)
    told = {"salt": salt, "nonce": nonce, "sealed": kept}
    return {"kdf": "scrypt", "n": _COST, "r": _BLOCKS, "p": _LANES, "cipher": "AES-256-GCM"} | {
        name: b64encode(value).decode() for name, value in told.items()
    }


def opened(document: Any, passphrase: str, bound: bytes) -> bytes:
    """The secret. Raises NotOpenedError for a wrong passphrase, and for what was changed in any way."""
    try:
        salt, nonce, kept = (b64decode(document[name], validate=True) for name in ("salt", "nonce", "sealed"))
        cost = int(document["n"])
        if (document["kdf"], document["r"], document["p"]) != ("scrypt", _BLOCKS, _LANES) or cost > _DEAREST:
            raise NotOpenedError
        return AESGCM(_key(passphrase, salt, cost)).decrypt(nonce, kept, bound)
    except (InvalidTag, ValueError, KeyError, TypeError):
        raise NotOpenedError from None


def _key(passphrase: str, salt: bytes, cost: int) -> bytes:
    typed = unicodedata.normalize("NFKC", passphrase).encode()
    return Scrypt(salt=salt, length=_KEY_BYTES, n=cost, r=_BLOCKS, p=_LANES).derive(typed)
