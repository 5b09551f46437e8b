"""Files that somebody sent and has not yet landed: sealed, for their owner only, and gone after an hour.

1. A file lies in `DATA_DIR/waiting_lists`, mode 0600, sealed by the vault's key to one session, person and mission:
   under the name of another it does not open. Its name tells its session and nothing of what is in it.
2. A session keeps a few, the server some more, each until an hour after it was last written. Whoever keeps another
   one clears away what is older; the end of a session takes its files along.
3. Several processes share the folder: a file is written whole beside its place and then put there.
"""

import os
import re
import secrets
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from geo_offlimits.delivery.vault import Vault
from geo_offlimits.disk import make_folder

KEPT_FOR = timedelta(hours=1)
OF_A_SESSION, OF_ALL = 3, 60
_NEW_S = 60
_ID_BYTES = 12
_ID = re.compile(r"[A-Za-z0-9_-]{16}\Z")
_SUFFIX = ".sealed"


class RoomFullError(Exception):
    """As many files wait as the server keeps."""


class WaitingRoom:
    """The files of all sessions. `holder` is a session's handle, `bound` whatever else a file belongs to."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "waiting_lists"
        self._vault = Vault(data_dir / "keys")

    def keep(self, holder: str, bound: str, content: bytes, now: datetime) -> str:
        """Seals a new file; its id. The oldest of the same session make room. Raises RoomFullError, OSError."""
        self.clear(now)
        own = sorted(self._of(holder), key=_written_s)
        for file in own[: max(0, len(own) - OF_A_SESSION + 1)]:
            file.unlink(missing_ok=True)
        if sum(1 for _ in self._all()) >= OF_ALL:
            raise RoomFullError
        list_id = secrets.token_urlsafe(_ID_BYTES)
        self.put(holder, list_id, bound, content, now)
        return list_id

    def put(self, holder: str, list_id: str, bound: str, content: bytes, now: datetime) -> None:
        """The file of this id from now on. Raises OSError."""
        make_folder(self._folder)
        self._folder.chmod(0o700)
        place = self._place(holder, list_id)
        half = place.with_suffix(f".{os.getpid()}-{secrets.token_hex(4)}.half")
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(self._vault.sealed(content, self._owner(holder, list_id, bound)))
            os.utime(half, (now.timestamp(), now.timestamp()))
            half.replace(place)
        finally:
            half.unlink(missing_ok=True)

    def read(self, holder: str, list_id: str, bound: str, now: datetime) -> bytes | None:
        """What was kept; None where there is no such file of this holder, for this purpose, or its hour is over."""
        if not _ID.match(list_id):
            return None
        place = self._place(holder, list_id)
        try:
            if self._is_over(place, now):
                place.unlink(missing_ok=True)
                return None
            sealed = place.read_bytes()
        except OSError:
            return None
        return self._vault.opened_if_ours(sealed, self._owner(holder, list_id, bound))

    def ids(self, holder: str, now: datetime) -> tuple[str, ...]:
        """Those of a session, the newest first."""
        own = [file for file in self._of(holder) if not self._is_over(file, now)]
        newest = sorted(own, key=_written_s, reverse=True)
        return tuple(file.name.removesuffix(_SUFFIX).partition(".")[2] for file in newest)

    def discard(self, holder: str, list_id: str) -> None:
        if _ID.match(list_id):
            self._place(holder, list_id).unlink(missing_ok=True)

    def discard_all(self, holder: str) -> None:
        for file in self._of(holder):
            file.unlink(missing_ok=True)

    def leave_only(self, holders: Collection[str], now: datetime) -> None:
        """Takes away what waits for nobody any more; what is younger than a minute may be of one who has just come."""
        for file in self._all():
            with suppress(FileNotFoundError):
                is_new = now.timestamp() - _written_s(file) < _NEW_S
                if not is_new and file.name.partition(".")[0] not in holders:
                    file.unlink()

    def clear(self, now: datetime) -> None:
        """Takes away what has lain here for its hour, and what a killed process left half written."""
        for file in (*self._all(), *self._folder.glob("*.half")):
            with suppress(FileNotFoundError):
                if self._is_over(file, now):
                    file.unlink()

    def _all(self) -> Iterator[Path]:
        return self._folder.glob(f"*{_SUFFIX}")

    def _of(self, holder: str) -> tuple[Path, ...]:
        return tuple(file for file in self._all() if file.name.startswith(f"{holder}."))

    def _place(self, holder: str, list_id: str) -> Path:
        return self._folder / f"{holder}.{list_id}{_SUFFIX}"

    @staticmethod
    def _owner(holder: str, list_id: str, bound: str) -> str:
        return f"waiting list\n{holder}\n{list_id}\n{bound}"

    @staticmethod
    def _is_over(file: Path, now: datetime) -> bool:
        return now.timestamp() - _written_s(file) > KEPT_FOR.total_seconds()


def _written_s(file: Path) -> float:
    """When it was written; 0 where another tab or process has taken it away meanwhile."""
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return 0.0
