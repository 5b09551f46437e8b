"""What the server must be able to read again, and a copy of the store must not tell: sealed with AES-256-GCM.

The key lies beside the signing keys (`DATA_DIR/keys`), is made when it is first needed, and travels in backups with
them. What is sealed is bound to whom it belongs to: moved to another row, it does not open.
"""

import os
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from geo_offlimits.disk import sync_names
from geo_offlimits.errors import StoreError

_FILE, _NONCE_BYTES, _KEY_BYTES = "vault.key", 12, 32


class VaultError(StoreError):
    """The key is gone, damaged, or not the one that sealed."""


class Vault:
    """Seals and opens; `folder` is that of the keyring."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE

    def sealed(self, secret: bytes, owner: str) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret, owner.encode())

    def opened(self, kept: bytes, owner: str) -> bytes:
        """Raises VaultError."""
        found = self.opened_if_ours(kept, owner)
        if found is None:
            raise VaultError(
                f"{self._path} is not the key that sealed this store's second factors. Restore it from a backup."
            )
        return found

    def opened_if_ours(self, brought: bytes, owner: str) -> bytes | None:
        """The same of what somebody brings from outside; None where it was not sealed here, or for another."""
        if len(brought) <= _NONCE_BYTES:
            return None
        try:
            return self._cipher.decrypt(brought[:_NONCE_BYTES], brought[_NONCE_BYTES:], owner.encode())
        except InvalidTag:
            return None

    @cached_property
    def _cipher(self) -> AESGCM:
        try:
            if not self._path.exists():
                self._make()
            return AESGCM(self._path.read_bytes())
        except (OSError, ValueError) as fault:
            raise VaultError(f"{self._path} cannot be used: {fault}. Restore it from a backup.") from None

    def _make(self) -> None:
        """Linked into place whole: of two processes that need it first, both read the one that came first."""
        half = self._path.with_name(f"{_FILE}.{os.getpid()}.half")
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(os.urandom(_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(half, self._path)
        except FileExistsError:
            return
        finally:
            half.unlink()
            sync_names(self._path.parent)
