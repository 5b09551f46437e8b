"""The keys of an installation: they sign, follow one another, and are revoked (Ed25519, in `DATA_DIR/keys`).

1. Private keys are readable by the owner of the process only. The public half of a key that no longer signs stays in
   the list for ever, so that what it signed stays verifiable.
2. Keys change in two steps: what shall hold is made (`succession`, `revocation`) and put on record, then taken up. So
   no key signs that is not on record.
3. A running server sees a changed list at its next look; nobody has to restart it.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from securesystemslib.exceptions import Error as SigningLibraryError
from securesystemslib.signer import CryptoSigner  # type: ignore[attr-defined]  # its own public name

from geo_offlimits.delivery import envelopes, public_keys
from geo_offlimits.delivery.public_keys import PublicKey
from geo_offlimits.delivery.vault import Vault
from geo_offlimits.disk import make_folder, sync_names
from geo_offlimits.domain.instants import Period
from geo_offlimits.errors import AbsentError, OfflimitsError, RefusedError, Sentence, StoreError

_LIST = "keys.json"
_HALF = ".half"
# Times are told to the second: what a key signed within the second in which it ended is still its own.
_A_SECOND = timedelta(seconds=1)


class KeyringError(StoreError):
    """The signing keys are missing, damaged, or would be overwritten."""


class UnknownKeyError(AbsentError):
    """No key of this installation has this id."""

    def __init__(self, key_id: str) -> None:
        super().__init__(Sentence("There is no key {key} here; `key list` shows those there are.", key=key_id))


@dataclass(frozen=True, kw_only=True)
class Succession:
    """A list of keys that is to follow another: `keys`, oldest first, with the new one's private half if one is new."""

    before: tuple[PublicKey, ...]
    keys: tuple[PublicKey, ...]
    private: Ed25519PrivateKey | None = None

    @property
    def new(self) -> PublicKey | None:
        return self.keys[-1] if self.private else None


class Keyring:
    """The keys of one installation, in the folder `data_dir`/keys; the newest signs."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / "keys"
        self._read: tuple[tuple[int, ...], tuple[PublicKey, ...]] | None = None
        self._signs: tuple[PublicKey, CryptoSigner] | None = None

    @classmethod
    def create(cls, data_dir: Path, at: datetime) -> "Keyring":
        """Make the folder and the first key. Raises KeyringError where there are keys already."""
        keyring = cls(data_dir)
        if keyring.exists():
            raise KeyringError(f"{keyring.folder} holds signing keys already; they are kept, not made anew.")
        try:
            make_folder(keyring.folder)
            keyring.folder.chmod(0o700)
            private = Ed25519PrivateKey.generate()
            keyring._enter(Succession(before=(), keys=(_public(private, at),), private=private))
        except OSError as fault:
            raise KeyringError(f"No key can be kept in {keyring.folder}: {fault}. Choose another data_dir.") from None
        return keyring

    def exists(self) -> bool:
        return (self.folder / _LIST).exists()

    def _private_file(self, key_id: str) -> Path:
        return self.folder / f"{key_id}.private.pem"

    def public_keys(self) -> tuple[PublicKey, ...]:
        """Oldest first, revoked ones too. Raises KeyringError when there are none."""
        path = self.folder / _LIST
        try:
            found = path.stat()
            stamp = (found.st_ino, found.st_mtime_ns, found.st_size)
            if self._read is None or self._read[0] != stamp:
                self._read = (stamp, _listed(path.read_bytes()))
        except FileNotFoundError:
            raise KeyringError(
                f"There are no keys in {self.folder}; run `geo-offlimits init`, or set GEO_OFFLIMITS_DATA_DIR."
            ) from None
        except (OSError, OfflimitsError) as fault:
            raise KeyringError(f"{path} cannot be read: {fault}. Restore it from a backup.") from None
        return self._read[1]

    @property
    def signing(self) -> PublicKey:
        """The key that signs now."""
        return self.public_keys()[-1]

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

    def succession(self, at: datetime) -> Succession:
        """A new key in place of the one that signs, which ends; nothing is written."""
        private = Ed25519PrivateKey.generate()
        before = self.public_keys()
        kept = (*before[:-1], _ended(before[-1], at))
        return Succession(before=before, keys=(*kept, _public(private, at)), private=private)

    def revocation(self, key_id: str, since: datetime, at: datetime) -> Succession:
        """The key is not trusted from `since` on; where it signs now, a new one follows it. Nothing is written.

        Raises UnknownKeyError; RefusedError for one that is revoked already, from as early or earlier.
        """
        before = self.public_keys()
        revoked = next((key for key in before if key.key_id == key_id), None)
        if revoked is None:
            raise UnknownKeyError(key_id)
        if revoked.revoked_from and revoked.revoked_from <= since:
            raise RefusedError(Sentence("The key {key} is revoked already; there is nothing to do.", key=key_id))
        follows = self.succession(at) if revoked == before[-1] else Succession(before=before, keys=before)
        keys = tuple(replace(key, revoked_from=since) if key.key_id == key_id else key for key in follows.keys)
        return replace(follows, keys=keys)

    def take_up(self, succession: Succession) -> None:
        """From here on these keys hold. Raises KeyringError where somebody else changed them meanwhile."""
        if self.public_keys() != succession.before:
            raise KeyringError("Somebody else has changed the keys meanwhile; look at `key list` and try again.")
        try:
            self._enter(succession)
        except OSError as fault:
            raise KeyringError(
                f"The keys in {self.folder} cannot be changed: {fault}. Mend it and try again."
            ) from None

    def _enter(self, succession: Succession) -> None:
        new, files = succession.new, []
        try:
            if new and succession.private:
                files.append(self._private_file(new.key_id))
                _write_private(files[0], CryptoSigner(succession.private).private_bytes)
            if not succession.before:
                files.append(self.folder / _LIST)
            _write_private(self.folder / _LIST, public_keys.written(succession.keys))
        except OSError:  # a key that may be gone when the power comes back signs nothing
            _take_back(files)
            raise

    def _signer(self) -> CryptoSigner:
        newest = self.signing
        if self._signs is None or self._signs[0] != newest:
            self._signs = (newest, self._opened(newest))
        return self._signs[1]

    def _opened(self, key: PublicKey) -> CryptoSigner:
        path = self._private_file(key.key_id)
        try:
            private = load_pem_private_key(path.read_bytes(), password=None)
            return CryptoSigner(private, envelopes.library_key(key))
        except (OSError, ValueError, TypeError, UnsupportedAlgorithm, SigningLibraryError) as fault:
            raise KeyringError(f"The signing key {path} cannot be used: {fault}. Restore it from a backup.") from None

    def refuse_unusable(self) -> None:
        """Raises KeyringError where the keys cannot be read, or the newest cannot sign, at this moment."""
        Keyring(self.folder.parent).sign_bare(b"")

    def sign(self, payload: bytes, payload_type: str) -> bytes:
        """A DSSE envelope (JSON) around `payload`, signed with the newest key."""
        return envelopes.signed(payload, payload_type, self._signer())

    def sign_bare(self, text: bytes) -> bytes:
        """The newest key's Ed25519 signature (64 bytes) over a text whose own form says what it is: a signed note."""
        return bytes.fromhex(self._signer().sign(text).signature)


def public_keys_in(contents: Mapping[str, bytes]) -> tuple[PublicKey, ...]:
    """The public keys in what `Keyring.contents` gave, oldest first. Raises KeyringError where there are none."""
    try:
        return _listed(contents[_LIST])
    except (KeyError, OfflimitsError):
        raise KeyringError("There is no list of keys among these. Take another backup.") from None


def _listed(content: bytes) -> tuple[PublicKey, ...]:
    found = public_keys.listed(content)
    if not found:
        raise KeyringError("The list of keys is empty. Restore it from a backup.")
    return found


def _public(private: Ed25519PrivateKey, at: datetime) -> PublicKey:
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return PublicKey.from_pem(pem, valid=Period(start=at.replace(microsecond=0)))


def _ended(key: PublicKey, at: datetime) -> PublicKey:
    return replace(key, valid=Period(start=key.valid.start, end=at.replace(microsecond=0) + _A_SECOND))


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
