"""The library of `shim.c`: built where there is a compiler, told from within a process that runs over it."""

import ctypes
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# MOVE is a rename; NAME whatever else creates or removes a name.
WRITE, SYNC, NAME, MOVE = 1, 2, 4, 8
ANY = WRITE | SYNC | NAME | MOVE
KILLED = 0  # instead of an error's number
COMPILER, HEADER = "cc", Path("/usr/include/stdio.h")
MISSING = "no C compiler on this machine; install it (for instance: apt-get install gcc libc6-dev)"
_SOURCE = Path(__file__).with_name("shim.c")
_HEAD = struct.Struct("<cIIqq")


def built(folder: Path) -> Path:
    """The library, built anew into `folder`."""
    library = folder / "shim.so"
    subprocess.run([COMPILER, "-shared", "-fPIC", "-O2", "-o", library, _SOURCE, "-ldl", "-lpthread"], check=True)
    return library


def at_hand() -> bool:
    return bool(shutil.which(COMPILER)) and HEADER.exists()


class Shim:
    """The library in this very process, which was started over it."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(os.environ["LD_PRELOAD"])

    def watch(self, folder: Path, record: Path | None = None) -> None:
        """Counts what is asked of files below `folder`; with `record` writes down what was carried out."""
        log = os.open(record, os.O_WRONLY | os.O_CREAT | os.O_APPEND) if record else -1
        self._library.faults_watch(os.fsencode(folder.resolve()), log)

    def arm(self, kinds: int, nth: int, error: int, *, lasting: bool = False) -> None:
        """The n-th request of these kinds, counted from now, is refused with this errno, or is the end (KILLED)."""
        self._library.faults_arm(kinds, ctypes.c_long(nth), error, int(lasting))

    def disarm(self) -> None:
        self._library.faults_arm(0, ctypes.c_long(0), 0, 0)

    def leave_room(self, size: int) -> None:
        """From now on files grow by so many bytes and no more."""
        self._library.faults_room(ctypes.c_int64(size))

    def room_left(self) -> int:
        asked = self._library.faults_room_left
        asked.restype = ctypes.c_int64
        return int(asked())

    def seen(self, kinds: int = ANY) -> int:
        """How many requests of these kinds there were since `watch` or `arm`."""
        return int(self._library.faults_seen(kinds))


@dataclass(frozen=True)
class Request:
    """`what` is W(rite) S(ync) T(runcate) C(reate) M(ake folder) U(nlink) R(ename) L(ink); paths are relative."""

    what: str
    path: str
    other: str = ""
    offset: int = 0
    data: bytes = b""


def recorded(record: Path, below: Path) -> Iterator[Request]:
    """What was carried out, in its order."""
    content, at, root = record.read_bytes(), 0, str(below.resolve())
    while at < len(content):
        what, path_size, other_size, offset, length = _HEAD.unpack_from(content, at)
        at += _HEAD.size
        names = content[at : at + path_size + other_size].decode()
        at += path_size + other_size
        data = content[at : at + length] if what == b"W" else b""
        at += len(data)
        path, other = (name.removeprefix(root).lstrip("/") for name in (names[:path_size], names[path_size:]))
        yield Request(what.decode(), path, other, offset, data)
