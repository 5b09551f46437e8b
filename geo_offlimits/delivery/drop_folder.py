"""A folder into which units put their filled-in sheets: each file is taken once and put aside with a sentence.

1. One process at a time. What is in `in/` is taken by name; afterwards it lies in `done/` or `refused/`, and beside it
   NAME.txt with what came of it.
2. A file that changed a moment ago, or whose name says that it is being copied, is left for the next time.
3. Only plain files are read, and no link is followed: one is put aside as it is.
4. What became of a file is written before it is moved. A process killed before that finds it in `in/` again, and what
   was entered from it by then is known by its hash (`services.sheets`).
"""

import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geo_offlimits.disk import sync_names
from geo_offlimits.errors import InputError, RefusedError

_UNFINISHED_STARTS, _UNFINISHED_ENDS = (".", "~$"), (".part", ".tmp", ".filepart", ".crdownload", "~")
_LONGEST_NAME = 180  # bytes; NAME-2.txt has to fit into the 255 of a file system


class NotPlainError(InputError):
    """A link, a folder, a pipe or a file that has a second name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is a link or no plain file, so it was not read; put the file itself there.")


class UnreadableError(InputError):
    """A file that who empties the folder may not read."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} may not be read by this program; put it there again, readable.")


class DropFolder:
    """`folder` with `in`, `done` and `refused`. Raises InputError where that cannot be used."""

    def __init__(self, folder: Path, *, still_s: float) -> None:
        self._folder, self._still_s = folder, still_s
        self._in, self._done, self._refused = (folder / name for name in ("in", "done", "refused"))
        try:
            for one in (self._in, self._done, self._refused):
                one.mkdir(exist_ok=True)
        except OSError as fault:
            raise InputError(f"{folder} cannot be used: {fault.strerror}. Name a folder of your own.") from None
        if any(one.is_symlink() for one in (self._in, self._done, self._refused)):
            raise InputError(f"In {folder} lies a link in place of a folder; make in, done and refused yourself.")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Raises RefusedError while another process empties the folder; a lock of one that was killed is gone."""
        lock = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise RefusedError(f"Another process is emptying {self._folder}; wait for it.") from None
        finally:
            os.close(lock)

    def waiting(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Names of what can be taken now, and of what is still being written. Raises InputError where that went."""
        try:
            found = [one for one in sorted(os.scandir(self._in), key=lambda one: one.name) if self._is_ours(one)]
        except OSError as fault:
            raise InputError(f"{self._in} cannot be read: {fault.strerror}. Make it again.") from None
        ready = {one.name: self._is_still(one) for one in found}
        return tuple(name for name in ready if ready[name]), tuple(name for name in ready if not ready[name])

    @staticmethod
    def _is_ours(one: os.DirEntry[str]) -> bool:
        hidden = one.name.startswith(_UNFINISHED_STARTS) or one.name.endswith(_UNFINISHED_ENDS)
        return not hidden and not one.is_dir(follow_symlinks=False)

    def _is_still(self, one: os.DirEntry[str]) -> bool:
        # The time of the last change of any kind: a copy may carry the older time of its content.
        try:
            return time.time() - one.stat(follow_symlinks=False).st_ctime >= self._still_s
        except FileNotFoundError:  # renamed or taken away a moment ago
            return False

    def take(self, name: str, most_bytes: int) -> bytes | None:
        """What the file holds, of a long one a byte too much; None where it changed meanwhile, or went.

        Raises NotPlainError, UnreadableError.
        """
        try:
            descriptor = os.open(self._in / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError:
            return None
        except PermissionError:
            raise UnreadableError(shown(name)) from None
        except OSError:
            raise NotPlainError(shown(name)) from None
        with os.fdopen(descriptor, "rb") as file:
            before = os.fstat(descriptor)
            if not stat.S_ISREG(before.st_mode) or before.st_nlink != 1:
                raise NotPlainError(shown(name))
            content = file.read(most_bytes + 1)
            after = os.fstat(descriptor)
        same = (before.st_size, before.st_ctime_ns) == (after.st_size, after.st_ctime_ns)
        return content if same else None

    def put_aside(self, name: str, sentence: str, *, refused: bool) -> Path:
        """Moves the file, once what came of it lies where it goes; returns its new path."""
        folder = self._refused if refused else self._done
        target = _free(folder, name)
        report = _report(target)
        report.unlink(missing_ok=True)  # of a process that was killed before it moved the file; a link is not followed
        with report.open("x", encoding="utf-8", errors="replace") as written:
            written.write(f"{sentence}\n")
            written.flush()
            os.fsync(written.fileno())
        (self._in / name).rename(target)
        sync_names(folder, self._in)
        return target


def shown(name: str) -> str:
    """A name that may hold anything, for people."""
    told = name.encode(errors="surrogateescape").decode(errors="replace")
    return "".join(char if char.isprintable() else "\ufffd" for char in told)


def _report(path: Path) -> Path:
    """Where it is told what came of a file."""
    return path.with_name(f"{path.name}.txt")


def _is_taken(target: Path) -> bool:
    """Also where a file that was put aside, with a report of its own, has the name of the report."""
    report = _report(target)
    return os.path.lexists(target) or (os.path.lexists(report) and os.path.lexists(_report(report)))


def _free(folder: Path, name: str) -> Path:
    """A name in `folder` that no file has."""
    plain = Path(shown(name))
    stem = plain.stem.encode()[:_LONGEST_NAME].decode(errors="ignore")
    suffix = plain.suffix if len(plain.suffix.encode()) <= len(".xlsx") else ""
    number, target = 1, folder / f"{stem}{suffix}"
    while _is_taken(target):
        number += 1
        target = folder / f"{stem}-{number}{suffix}"
    return target
