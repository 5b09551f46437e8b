"""Keys and signatures: Ed25519 in DSSE envelopes (Dead Simple Signing Envelope, protocol version 1).

1. Every kind of thing signed has a payload type of its own, so that one can never pass for another.
2. The payload is the very bytes that are published; whoever holds an envelope holds the signed thing whole.
3. Private keys stay in `DATA_DIR/keys`, readable by the owner of the process only; a key that no longer signs keeps
   its public half there, so that what it signed stays verifiable.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import Error as SigningLibraryError
from securesystemslib.signer import CryptoSigner, Key, SSlibKey  # type: ignore[attr-defined]  # its own public names

from geo_offlimits.delivery.vault import Vault
from geo_offlimits.disk import make_folder, sync_names
from geo_offlimits.domain.instants import ALWAYS, Period, format_instant, parse_instant
from geo_offlimits.errors import InputError, OfflimitsError, StoreError, UnverifiedError

EDITION_TYPE = "application/vnd.geo-offlimits.edition+json;v=1"
EXPORT_TYPE = "application/vnd.geo-offlimits.export+json;v=1"
RECEIPT_TYPE = "application/vnd.geo-offlimits.receipt+json;v=1"
# An envelope lies beside the file it signs, under the same name with this behind it.
ENVELOPE_SUFFIX = ".dsse"

MAX_ENVELOPE_BYTES = 64_000_000
_KEY_ID_LENGTH = 16
_LIST = "keys.json"
_HALF = ".half"


class KeyringError(StoreError):
    """The signing keys are missing, damaged, or would be overwritten."""


@dataclass(frozen=True, kw_only=True)
class PublicKey:
    """`fingerprint` is the SHA-256 (hex) of the key's SubjectPublicKeyInfo; `key_id` its beginning."""

    key_id: str
    fingerprint: str
    pem: str
    valid: Period = ALWAYS

    @classmethod
    def from_pem(cls, pem: str | bytes, *, valid: Period = ALWAYS) -> "PublicKey":
        """Raises InputError for anything but one Ed25519 public key in PEM."""
        try:
            key = load_pem_public_key(pem.encode() if isinstance(pem, str) else pem)
        except (ValueError, UnsupportedAlgorithm):
            key = None
        if not isinstance(key, Ed25519PublicKey):
            raise InputError("This is not an Ed25519 public key; give the PEM file that `key export` wrote.")
        fingerprint = hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
        text = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")
        return cls(key_id=fingerprint[:_KEY_ID_LENGTH], fingerprint=fingerprint, pem=text, valid=valid)

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

    @property
    def _loaded(self) -> Ed25519PublicKey:
        key = load_pem_public_key(self.pem.encode())
        if not isinstance(key, Ed25519PublicKey):
            raise TypeError(self.key_id)  # `from_pem` takes no other
        return key

    @property
    def grouped_fingerprint(self) -> str:
        """In groups of eight, as on pages and on paper, to be compared by eye with a notice board."""
        return " ".join(self.fingerprint[at : at + 8] for at in range(0, len(self.fingerprint), 8))

    def as_json(self) -> dict[str, str | None]:
        return {
            "key_id": self.key_id,
            "fingerprint": self.fingerprint,
            "pem": self.pem,
            "valid_from": format_instant(self.valid.start) if self.valid.start else None,
            "valid_to": format_instant(self.valid.end) if self.valid.end else None,
        }


class Keyring:
    """The keys of one installation, in the folder `data_dir`/keys; the newest signs."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / "keys"

    @classmethod
    def create(cls, data_dir: Path, at: datetime) -> "Keyring":
        """Make the folder and the first key. Raises KeyringError where there are keys already."""
        keyring = cls(data_dir)
        if keyring.exists():
            raise KeyringError(f"{keyring.folder} holds signing keys already; they are kept, not made anew.")
        try:
            make_folder(keyring.folder)
            keyring.folder.chmod(0o700)
            keyring._add(Ed25519PrivateKey.generate(), at)
        except OSError as fault:
            raise KeyringError(f"No key can be kept in {keyring.folder}: {fault}. Choose another data_dir.") from None
        return keyring

    def exists(self) -> bool:
        return (self.folder / _LIST).exists()

    def _add(self, private: Ed25519PrivateKey, at: datetime) -> None:
        pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        public = PublicKey.from_pem(pem, valid=Period(start=at))
        files = (self._private_file(public.key_id), self.folder / _LIST)
        try:
            _write_private(files[0], CryptoSigner(private).private_bytes)
            _write_private(files[1], json.dumps([public.as_json()], indent=1).encode())
        except OSError:  # a key that may be gone when the power comes back signs nothing
            _take_back(files)
            raise

    def _private_file(self, key_id: str) -> Path:
        return self.folder / f"{key_id}.private.pem"

    def public_keys(self) -> tuple[PublicKey, ...]:
        """Oldest first. Raises KeyringError when there are none."""
        return self._public_keys

    @cached_property
    def _public_keys(self) -> tuple[PublicKey, ...]:
        try:
            return _listed((self.folder / _LIST).read_bytes())
        except FileNotFoundError:
            raise KeyringError(
                f"There are no keys in {self.folder}; run `geo-offlimits init`, or set GEO_OFFLIMITS_DATA_DIR."
            ) from None
        except (OSError, ValueError, KeyError, TypeError, OfflimitsError) as fault:
            raise KeyringError(f"{self.folder / _LIST} cannot be read: {fault}. Restore it from a backup.") from None

    def contents(self) -> dict[str, bytes]:
        """Every file of the folder by its name, private keys too. Raises KeyringError where one cannot be read."""
        try:
            return {path.name: path.read_bytes() for path in sorted(self.folder.iterdir()) if path.suffix != _HALF}
        except OSError as fault:
            raise KeyringError(f"The keys in {self.folder} cannot be read: {fault}. Mend their rights.") from None

    @cached_property
    def vault(self) -> Vault:
        """Seals what the store must not tell by itself, with a key that lies beside these."""
        return Vault(self.folder)

    @cached_property
    def _signer(self) -> CryptoSigner:
        newest = self.public_keys()[-1]
        path = self._private_file(newest.key_id)
        try:
            private = load_pem_private_key(path.read_bytes(), password=None)
            return CryptoSigner(private, _library_key(newest))
        except (OSError, ValueError, TypeError, UnsupportedAlgorithm, SigningLibraryError) as fault:
            raise KeyringError(f"The signing key {path} cannot be used: {fault}. Restore it from a backup.") from None

    def refuse_unusable(self) -> None:
        """Raises KeyringError where the keys cannot be read, or the newest cannot sign, at this moment."""
        Keyring(self.folder.parent).sign_bare(b"")

    def sign(self, payload: bytes, payload_type: str) -> bytes:
        """A DSSE envelope (JSON) around `payload`, signed with the newest key."""
        envelope = Envelope(payload, payload_type, {})
        envelope.sign(self._signer)
        return json.dumps(envelope.to_dict(), separators=(",", ":"), sort_keys=True).encode("ascii")

    def sign_bare(self, text: bytes) -> bytes:
        """The newest key's Ed25519 signature (64 bytes) over a text whose own form says what it is: a signed note."""
        return bytes.fromhex(self._signer.sign(text).signature)


def public_keys_in(contents: Mapping[str, bytes]) -> tuple[PublicKey, ...]:
    """The public keys in what `Keyring.contents` gave, oldest first. Raises KeyringError where there are none."""
    try:
        return _listed(contents[_LIST])
    except (ValueError, KeyError, TypeError, OfflimitsError):
        raise KeyringError("There is no list of keys among these. Take another backup.") from None


def _listed(content: bytes) -> tuple[PublicKey, ...]:
    return tuple(PublicKey.from_pem(row["pem"], valid=_period(row)) for row in json.loads(content))


def verify(envelope: bytes, keys: Iterable[PublicKey], payload_type: str) -> bytes:
    """The payload of a DSSE envelope, once a signature in it is by one of `keys` and it is of `payload_type`.

    Raises UnverifiedError for anything else: not an envelope, another type, an unknown key, a changed byte.
    """
    trusted: list[Key] = [_library_key(key) for key in keys]
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


def signing_key(envelope: bytes, keys: Iterable[PublicKey]) -> PublicKey | None:
    """Which of `keys` the envelope names; says nothing about whether its signature holds."""
    named = {str(signature.get("keyid")) for signature in _document(envelope).get("signatures", [])}
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


def _library_key(key: PublicKey) -> SSlibKey:
    return SSlibKey.from_crypto(load_pem_public_key(key.pem.encode()), key.key_id)


def _period(row: dict[str, Any]) -> Period:
    start, end = row.get("valid_from"), row.get("valid_to")
    return Period(start=parse_instant(start) if start else None, end=parse_instant(end) if end else None)


def _take_back(files: Iterable[Path]) -> None:
    try:
        for file in files:
            file.unlink(missing_ok=True)
    except OSError:
        raise KeyringError(
            "The disk did not confirm the new key, so nobody knows whether it is kept. Mend the disk and try again."
        ) from None


def _write_private(path: Path, content: bytes) -> None:
    """Readable by the owner only from its first byte on, and on the disk before it counts."""
    half = path.with_suffix(path.suffix + _HALF)
    half.unlink(missing_ok=True)
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
    sync_names(path.parent)
