"""Can this installation serve and record at this moment? Asked by probes, so nothing is written and nothing waits."""

import os
from collections.abc import Iterator
from pathlib import Path

from geo_offlimits.errors import StoreError
from geo_offlimits.services.act import Act
from geo_offlimits.store import Store
from geo_offlimits.store.backends import file_of, parsed
from geo_offlimits.store.revisions import REVISIONS

# Less than a publication of a long list needs, with its copy in the write-ahead log.
LEAST_FREE_BYTES = 64 * 1024**2


def refuse_unready(act: Act, store: Store) -> None:
    """Raises StoreError or KeyringError with what is missing. No sentence names a path: anybody may ask."""
    store.refuse_failed()
    if (found := act.tx.revision) != REVISIONS[-1]:
        raise StoreError(f"The store has form {found}, this program {REVISIONS[-1]}; restart the server.")
    act.keyring.refuse_unusable()
    for folder in _folders(act):
        _refuse_unwritable(folder)


def _folders(act: Act) -> Iterator[Path]:
    if file := file_of(parsed(act.settings.store)):
        yield file.parent
    yield act.settings.data_dir


def _refuse_unwritable(folder: Path) -> None:
    try:
        told = os.statvfs(folder)
    except OSError:
        raise StoreError("A folder of the installation is gone; mount it again or restore a backup.") from None
    if told.f_flag & os.ST_RDONLY or not os.access(folder, os.W_OK):
        raise StoreError("The disk is read-only for this program; see to its rights and its health.")
    if told.f_bavail * told.f_frsize < LEAST_FREE_BYTES:
        raise StoreError(f"The disk is all but full; free more than {LEAST_FREE_BYTES // 1024**2} MB.")
