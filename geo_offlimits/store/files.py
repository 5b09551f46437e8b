"""Files of stores: born whole or not at all, readable by their owner only, copied while in use."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from geo_offlimits.disk import make_folder, sync_names, workshop
from geo_offlimits.errors import StoreError
from geo_offlimits.store.backends import APPLICATION_ID, faults_said

OWNER_ONLY = 0o600


@contextmanager
def born_whole(path: Path) -> Iterator[Path]:
    """Gives a path beside `path` to build the store at; on success it takes its name, on failure nothing is left.

    Raises StoreError when there is a file at `path`: it is never overwritten.
    """
    _refuse_taken(path)
    _make_folder(path.parent)
    folder = path.with_name(f".{path.name}.new")
    building = folder / path.name
    try:
        with workshop(folder):
            os.close(os.open(building, os.O_CREAT | os.O_EXCL | os.O_RDWR, OWNER_ONLY))
            yield building
            # A link, unlike a rename, fails when somebody else has made a store here meanwhile.
            os.link(building, path)
            sync_names(path.parent)
    except BlockingIOError:
        raise StoreError(f"Another process is making {path}; wait until it has ended.") from None
    except OSError as fault:
        _refuse_taken(path)
        raise StoreError(
            f"The store {path} cannot be made: {fault.strerror}. Check the folder's rights and its room."
        ) from None


def mark(path: Path) -> None:
    """Writes what stays in the file's header: our application id and the write-ahead log."""
    with faults_said(), closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA journal_mode = WAL")


def gather(path: Path) -> None:
    """Everything of a store that nobody has open in its one file, on the disk. Raises StoreError where it cannot be.

    SQLite does so when the last connection is closed, and says nothing when it fails: the write-ahead log still has it.
    Whoever then takes the one file takes half of it.
    """
    with faults_said(), closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def copied(source: Path, target: Path) -> Path:
    """A copy of the store as of one moment, while others go on writing. Raises StoreError when `target` exists."""
    with born_whole(target) as building:
        reading = sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)
        with faults_said(), closing(reading), closing(sqlite3.connect(building)) as writing:
            reading.backup(writing)
        gather(building)
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
        make_folder(folder)
    except OSError as fault:
        raise StoreError(f"The folder {folder} cannot be made: {fault.strerror}. Choose another.") from None
