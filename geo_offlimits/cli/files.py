"""Files that commands write: whole or not at all, so that nobody hands out half a list."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from geo_offlimits.errors import InputError


def write_whole(path: Path, content: bytes) -> None:
    """Replaces `path` in one step. Raises InputError naming what stands in the way."""
    half = path.with_name(path.name + ".half")
    try:
        half.write_bytes(content)
        half.replace(path)
    except OSError as fault:
        with suppress(OSError):
            half.unlink()
        raise _unwritable(path, fault) from None


@contextmanager
def born_whole(folder: Path) -> Iterator[Path]:
    """A folder to fill; it gets its name when everything is in it, and is gone when something fails.

    Raises InputError when there is something at `folder` already or it cannot be made.
    """
    if folder.is_symlink() or (folder.exists() and not (folder.is_dir() and not any(folder.iterdir()))):
        raise InputError(f"{folder} is not empty; name a new folder, so that nothing older lies beside.")
    half = folder.with_name(folder.name + ".half")
    shutil.rmtree(half, ignore_errors=True)
    try:
        half.mkdir(parents=True)
    except OSError as fault:
        raise _unwritable(folder, fault) from None
    try:
        yield half
        os.replace(half, folder)  # noqa: PTH105  (onto an empty folder, which pathlib does not promise)
    finally:
        shutil.rmtree(half, ignore_errors=True)


def _unwritable(path: Path, fault: OSError) -> InputError:
    return InputError(f"{path} cannot be written: {fault.strerror or fault}. Choose another place or make room.")
