"""The SQLite file: born whole or not at all, readable by its owner only, copied while in use."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geo_offlimits.errors import StoreError
from geo_offlimits.store.backends import APPLICATION_ID

OWNER_ONLY = 0o600


@contextmanager
def born_whole(path: Path) -> Iterator[Path]:
    """Gives a path beside `path` to build the store at; on success it takes its name, on failure nothing is left.

    Raises StoreError when there is a file at `path`: it is never overwritten.
    """
    _refuse_taken(path)
    _make_folder(path.parent)
    building = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        os.close(os.open(building, os.O_CREAT | os.O_EXCL | os.O_RDWR, OWNER_ONLY))
        yield building
        # A link, unlike a rename, fails when somebody else has made a store here meanwhile.
        os.link(building, path)
    except FileExistsError:
        _refuse_taken(path)
        raise StoreError(f"{building} is left from an attempt that was cut; delete it and try again.") from None
    except OSError as fault:
        raise StoreError(f"The store {path} cannot be made: {fault.strerror}. Check the folder's rights.") from None
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            building.with_name(building.name + suffix).unlink(missing_ok=True)


def mark(path: Path) -> None:
    """Writes what stays in the file's header: our application id and the write-ahead log."""
    connection = sqlite3.connect(path)
    try:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA journal_mode = WAL")
    finally:
        connection.close()


def copied(source: Path, target: Path) -> Path:
    """A copy of the store as of one moment, while others go on writing. Raises StoreError when `target` exists."""
    with born_whole(target) as building:
        reading, writing = sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True), sqlite3.connect(building)
        try:
            reading.backup(writing)
        finally:
            writing.close()
            reading.close()
    return target


def refuse_used(path: Path) -> None:
    """Raises StoreError while a process has this store open: it would go on with a file that has another name."""
    connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        # Alone in the write-ahead log is only who finds nobody else there, however quiet.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError as fault:
        if fault.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            raise StoreError(f"The store {path} is in use; stop the server, then restore.") from None
    except sqlite3.DatabaseError:
        pass  # damaged, perhaps the reason to restore: nobody serves it
    finally:
        connection.close()


def _refuse_taken(path: Path) -> None:
    if path.exists() or path.is_symlink():
        raise StoreError(f"There is a file at {path} already; choose another path, or move that file away first.")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise StoreError(f"The folder {folder} cannot be made: {fault.strerror}. Choose another.") from None
