"""What a disk may hold when the power comes back: the requests of a process, replayed, and what was not synced, lost.

1. Of a write since the last sync of its file any sectors may be there and any may be missing; so may a truncation.
2. A name that was created, renamed or removed since the last sync of its folder may be there or not; each by itself, or
   all of them up to some moment, as a journal keeps them. A rename is one thing: there is no half of it.
3. What was synced is there. Nothing else is promised, and nothing else is relied upon.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator
    from pathlib import Path

    from tests.faults.shim import Request

SECTORS = (512, 4096)


@dataclass(eq=False)
class File:
    """`lasting` is its content as last synced; `pending` what was asked since: (offset, bytes), or a new length."""

    lasting: bytearray
    pending: list[tuple[int, bytes] | int] = field(default_factory=list)

    def sync(self) -> None:
        for change in self.pending:
            self._change(self.lasting, change)
        self.pending.clear()

    def after_cut(self, chance: random.Random, sector: int, kept: float) -> bytes:
        content = bytearray(self.lasting)
        for change in self.pending:
            pieces = [change] if isinstance(change, int) else _sectors(*change, sector)
            for piece in pieces:
                if chance.random() < kept:
                    self._change(content, piece)
        return bytes(content)

    @staticmethod
    def _change(content: bytearray, change: tuple[int, bytes] | int) -> None:
        if isinstance(change, int):
            length = change
            del content[length:]
        else:
            offset, data = change
            length = max(len(content), offset + len(data))
        content.extend(bytes(length - len(content)))
        if not isinstance(change, int):
            content[offset : offset + len(data)] = data


def _sectors(offset: int, data: bytes, sector: int) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        size = sector - (offset + at) % sector
        yield offset + at, data[at : at + size]
        at += size


@dataclass(eq=False)
class Folder:
    now: dict[str, File | Folder] = field(default_factory=dict)
    lasting: dict[str, File | Folder] = field(default_factory=dict)

    def put(self, name: str, node: File | Folder) -> None:
        self.now[name] = self.lasting[name] = node


# A folder, a name in it, and what the name stands for from then on.
Change = tuple[Folder, str, "File | Folder | None"]


class Disk:
    def __init__(self, folder: Path) -> None:
        self.root = _read(folder)
        self._pending: list[list[Change]] = []

    def carry_out(self, request: Request) -> None:
        folder, name = self._at(request.path)
        node = folder.now.get(name) if folder and name else folder
        if request.what in "CM":
            self._rename((folder, name, File(bytearray()) if request.what == "C" else Folder()))
        elif request.what == "U":
            self._rename((folder, name, None))
        elif request.what in "RL":
            gone = [(folder, name, None)] if request.what == "R" else []
            self._rename(*gone, (*self._at(request.other), node))
        elif request.what == "S" and isinstance(node, Folder):
            self._sync_names(node)
        elif isinstance(node, File):
            if request.what == "S":
                node.sync()
            else:
                node.pending.append(request.offset if request.what == "T" else (request.offset, request.data))

    def _at(self, path: str) -> tuple[Folder | None, str]:
        """The folder of this path, None where it is gone, and the name in it."""
        *folders, name = path.split("/")
        found: File | Folder | None = self.root
        for one in folders:
            found = found.now.get(one) if isinstance(found, Folder) else None
        return (found if isinstance(found, Folder) else None), name

    def _rename(self, *changes: tuple[Folder | None, str, File | Folder | None]) -> None:
        known = [(folder, name, node) for folder, name, node in changes if folder is not None]
        for folder, name, node in known:
            _set(folder.now, name, node)
        self._pending.append(known)

    def _sync_names(self, folder: Folder) -> None:
        synced = [changes for changes in self._pending if any(where is folder for where, _, _ in changes)]
        for where, name, node in (change for changes in synced for change in changes):
            _set(where.lasting, name, node)
        self._pending = [changes for changes in self._pending if changes not in synced]

    def cut(self, target: Path, chance: random.Random) -> None:
        """Writes into the new folder `target` what may be there when the power comes back."""
        kept, sector = chance.choice((0.0, 0.5, 0.9, 1.0)), chance.choice(SECTORS)
        upto = chance.randint(0, len(self._pending))
        in_order = chance.random() < 0.5
        views: dict[Folder, dict[str, File | Folder]] = {}
        for number, changes in enumerate(self._pending):
            if number < upto if in_order else chance.random() < kept:
                for folder, name, node in changes:
                    _set(views.setdefault(folder, dict(folder.lasting)), name, node)

        def write(folder: Folder, path: Path) -> None:
            path.mkdir(mode=0o700, exist_ok=True)
            for name, node in views.get(folder, folder.lasting).items():
                if isinstance(node, Folder):
                    write(node, path / name)
                else:
                    (path / name).touch(mode=0o600)
                    (path / name).write_bytes(node.after_cut(chance, sector, kept))

        write(self.root, target)


def _set(names: dict[str, File | Folder], name: str, node: File | Folder | None) -> None:
    if node is None:
        names.pop(name, None)
    else:
        names[name] = node


def _read(folder: Path) -> Folder:
    found = Folder()
    for path in folder.iterdir():
        found.put(path.name, _read(path) if path.is_dir() else File(bytearray(path.read_bytes())))
    return found
