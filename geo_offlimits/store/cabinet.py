"""The files of attachments, in a folder for the owner of the installation only, each under a name by chance.

1. A file is on the disk, whole, before the row that speaks of it is committed: a row without its file cannot be.
2. Until its row is known to be committed a file is called NAME.new. The next one to be kept settles that: it gets its
   lasting name, or it goes, because its row never came. What has its lasting name is never taken away, so a store put
   back from an older backup costs no file but the newest.
3. Files are kept and settled in writing transactions, of which there is one at a time.
"""

import hashlib
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from geo_offlimits.disk import sync_names
from geo_offlimits.errors import Sentence, StoreError

_NEW = ".new"


def new_id() -> str:
    """The name of a file to be kept; it tells nothing."""
    return secrets.token_hex(16)


class Cabinet:
    """The folder `attachments` of the data folder; made when the first file comes."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "attachments"

    def keep(self, file_id: str, content: bytes) -> None:
        """Writes a file to the disk. Raises StoreError when it cannot."""
        path = self._folder / f"{file_id}{_NEW}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._folder.chmod(0o700)
            _write(path, content)
            sync_names(self._folder, self._folder.parent)
        except OSError as fault:
            path.unlink(missing_ok=True)
            raise StoreError(
                Sentence(
                    "The file cannot be kept: {why}. Make room, or see to the rights of data_dir.", why=fault.strerror
                )
            ) from None

    def settle(self, is_spoken_of: Callable[[str], bool]) -> None:
        """What is new gets its lasting name or goes, as the rows say."""
        for path in self._folder.glob(f"*{_NEW}"):
            if is_spoken_of(path.stem):
                path.replace(path.with_suffix(""))
            else:
                path.unlink()

    def opened(self, file_id: str) -> BinaryIO | None:
        """The file as it lies there, open; None where it is gone. The caller closes it."""
        # One that is settled between two looks has its lasting name in the end.
        for name in (file_id, f"{file_id}{_NEW}", file_id):
            with suppress(OSError):
                return (self._folder / name).open("rb")
        return None

    def read(self, file_id: str, sha256: str) -> bytes | None:
        """The file as it was kept; None where it is gone or is not as it was."""
        for name in (file_id, f"{file_id}{_NEW}"):
            with suppress(OSError):
                content = (self._folder / name).read_bytes()
                return content if hashlib.sha256(content).hexdigest() == sha256 else None
        return None


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
