"""Files that commands write: whole or not at all, so that nobody hands out half a list."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from geo_offlimits.errors import InputError


def write_whole(contents: Mapping[Path, bytes], *, owner_only: bool = False) -> None:
    """Writes each file in full beside its place, then puts all of them there: what belongs together comes together.

    A link is followed. owner_only : nobody else on this machine may read them.
    Raises InputError naming what stands in the way; no file is then changed.
    """
    halves: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            halves[path] = _written_half(path, content, owner_only=owner_only)
        for path, half in halves.items():
            half.replace(_target(path))
    except OSError as fault:
        raise _unwritable(path, fault) from None
    finally:
        for half in halves.values():
            half.unlink(missing_ok=True)


@contextmanager
def growing(path: Path) -> Iterator[IO[bytes]]:
    """A file to write piece by piece, for its owner alone; it gets its name when it is whole, and is gone when not.

    Raises InputError naming what stands in the way.
    """
    half = None
    try:
        half = _written_half(path, b"", owner_only=True)
        with half.open("wb") as file:
            yield file
        half.replace(_target(path))
    except OSError as fault:
        raise _unwritable(path, fault) from None
    finally:
        if half:
            half.unlink(missing_ok=True)


def _written_half(path: Path, content: bytes, *, owner_only: bool) -> Path:
    target = _target(path)
    # A device or a pipe would be replaced by a file, a folder could not be: `replace` asks about neither.
    if target.exists() and not target.is_file():
        raise InputError(f"{path} is a device, a pipe or a folder and stays as it is; name a file of your own.")
    half = target.with_name(target.name + ".half")
    try:
        if owner_only:
            half.unlink(missing_ok=True)
            half.touch(mode=0o600)
        half.write_bytes(content)
    except OSError:
        with suppress(OSError):
            half.unlink()
        raise
    return half


def _target(path: Path) -> Path:
    return Path(os.path.realpath(path))


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
