"""What is to be said to a disk so that a killed process leaves no trace, and lost power takes no name away.

1. What is being made is made in a workshop: a folder that is held by a lock. The lock dies with its process, so what
   lies in a folder that nobody holds is left over, and the next one clears it away.
2. A file that was synced may still have lost its name when the power comes back: the folder has to be synced, too.
"""

import fcntl
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def sync_names(*folders: Path) -> None:
    """From here on everything that was created, renamed or removed directly in these folders stays so."""
    for folder in folders:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Makes it, and those above it that are missing; they stay. Raises OSError."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    sync_names(*(one.parent for one in missing))


@contextmanager
def workshop(folder: Path) -> Iterator[None]:
    """An empty folder for its owner only, to make something in; it is gone at the end.

    Raises BlockingIOError while another process works in it, another OSError where it cannot be had.
    """
    with held(folder):
        try:
            for left in folder.iterdir():
                shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
            yield
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """The same with what was left in it, and it stays."""
    lock = _lock(folder)
    try:
        yield
    finally:
        os.close(lock)


def _lock(folder: Path) -> int:
    while True:
        folder.mkdir(mode=0o700, exist_ok=True)
        try:
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except FileNotFoundError:
            continue
        try:
            _refuse_open_to_others(lock, folder)
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is(lock, folder):
                return lock
        except OSError:
            os.close(lock)
            raise
        # Who held it has ended in between and taken the folder along.
        os.close(lock)


def _refuse_open_to_others(lock: int, folder: Path) -> None:
    """Somebody else may have put a folder of this name where all may write."""
    found = os.fstat(lock)
    if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise PermissionError(1, "others may look into this folder; remove it", str(folder))


def _is(lock: int, folder: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(lock), folder.stat())
    except FileNotFoundError:
        return False
