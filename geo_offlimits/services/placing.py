"""Where an installation lies, and how another takes its place: by names alone, done whole or undone.

1. What takes the place is unpacked in workshops on the same disks, and is on them before any name is moved.
2. Which names are to be moved is written down first. A process that dies in between leaves that plan, and the next one
   that opens the installation carries it out to its end: everything was checked before the plan was written.
3. While somebody works in the workshop, nobody opens the installation: they would go on with what is moved aside.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from geo_offlimits.disk import held, sync_names
from geo_offlimits.errors import StoreError
from geo_offlimits.settings import Settings
from geo_offlimits.store.backends import file_of, parsed
from geo_offlimits.store.files import refuse_used

FOLDERS = ("keys", "attachments", "basemaps")
# What SQLite may have left beside a store that nobody closed belongs to it.
_BESIDE = ("-wal", "-shm")
_PLAN = "plan.json"


@dataclass(frozen=True, kw_only=True)
class Place:
    """`store` is None on PostgreSQL, whose database is made empty by its keeper."""

    store: Path | None
    data_dir: Path

    @classmethod
    def of(cls, settings: Settings) -> Self:
        store = file_of(parsed(settings.store))
        return cls(store=store and store.absolute(), data_dir=settings.data_dir.absolute())

    @property
    def workshops(self) -> tuple[Path, ...]:
        """Beside the data and beside the store: a name can be moved within one disk only."""
        beside = (self.store.with_name(f".{self.store.name}.restoring"),) if self.store else ()
        return (self.data_dir / ".restoring", *beside)

    def refuse_kind(self, kind: str) -> None:
        ours = "sqlite" if self.store else "postgresql"
        if kind != ours:
            raise StoreError(
                f"This backup is of a store on {kind}, and the setting `store` names one on {ours}. "
                "Restore it to a store of its own kind."
            )

    def occupied(self) -> tuple[Path, ...]:
        """What is there already of what a backup holds; a folder with nothing in it is nothing."""
        beside = (Path(f"{self.store}{suffix}") for suffix in ("", *_BESIDE)) if self.store else ()
        folders = (self.data_dir / name for name in FOLDERS)
        return (
            *(path for path in beside if path.exists() or path.is_symlink()),
            *(path for path in folders if path.is_symlink() or (path.is_dir() and any(path.iterdir()))),
        )

    def refuse_filled(self, *, replace: bool) -> None:
        """Raises StoreError for what is there, unless it is to be replaced and nobody uses it."""
        found = self.occupied()
        if found and not replace:
            raise StoreError(
                f"There is something at {found[0]} already; restore to an empty place, or give --replace, which moves "
                "it aside."
            )
        if self.store and self.store.exists():
            refuse_used(self.store)


class StoppedError(StoreError):
    """Some names are moved and some are not; the plan says which, and is kept."""

    def __init__(self, fault: OSError) -> None:
        self.why = f"{fault.filename} cannot be moved: {fault.strerror}."
        super().__init__(
            f"The restore stopped half-way: {self.why} Mend that; then the next command, or the server's start, "
            "completes it."
        )


@contextmanager
def working(place: Place) -> Iterator[tuple[Path, ...]]:
    """The workshops of the place, empty; gone at the end. Raises StoreError while another process works there."""
    with _alone(place) as folders:
        _clear(folders)
        try:
            yield folders
        except StoppedError:
            raise
        except BaseException:
            _remove(folders)
            raise
        _remove(folders)


def settle(place: Place) -> None:
    """What a restore that was cut has left: its plan is carried out, or it had none and is cleared away.

    Raises StoreError while a restore is going on, StoppedError where a name cannot be given.
    """
    if not any(os.path.lexists(folder) for folder in place.workshops):
        return
    with _alone(place) as folders:
        if (folders[0] / _PLAN).exists():
            _Plan.read(folders[0] / _PLAN).carry_out()
        _remove(folders)


@contextmanager
def _alone(place: Place) -> Iterator[tuple[Path, ...]]:
    try:
        with held(place.workshops[0]):
            yield place.workshops
    except BlockingIOError:
        raise StoreError("A restore of this installation is going on; wait until it has ended.") from None


def _clear(folders: tuple[Path, ...]) -> None:
    for folder in folders[1:]:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)


def _remove(folders: tuple[Path, ...]) -> None:
    for folder in reversed(folders):
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class _Plan:
    """What is there -> its name aside, which is new; what is staged, in a workshop -> the name it is to have."""

    aside: dict[Path, Path]
    staged: dict[Path, Path]

    @classmethod
    def read(cls, path: Path) -> Self:
        told = json.loads(path.read_bytes())

        def at(name: str) -> Path:
            return Path(os.path.normpath(path.parent / name))

        return cls(*({at(old): at(new) for old, new in told[name].items()} for name in ("aside", "staged")))

    def write(self, path: Path) -> None:
        """It is on the disk, whole, once this returns, and so is what it speaks of.

        Names are told as seen from its folder: the disk may be mounted elsewhere when it is read.
        """
        for folder in {path.parent, *(source.parent for source in self.staged)}:
            sync_names(folder.parent, folder, *(found for found in folder.rglob("*") if found.is_dir()))
        half = path.with_suffix(".half")
        told = {
            name: {os.path.relpath(old, path.parent): os.path.relpath(new, path.parent) for old, new in moves.items()}
            for name, moves in vars(self).items()
        }
        with half.open("w", encoding="utf-8") as file:
            json.dump(told, file)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
        sync_names(path.parent)

    def carry_out(self) -> None:
        """Makes the moves that were not made yet. Raises StoppedError."""
        try:
            # Nothing takes a place before all that was there is aside, so then that is not asked any more.
            if all(source.exists() for source in self.staged):
                _move({old: new for old, new in self.aside.items() if not os.path.lexists(new)})
            _move({source: target for source, target in self.staged.items() if source.exists()})
        except OSError as fault:
            raise StoppedError(fault) from None

    def take_back(self) -> None:
        """Unmakes the moves that were made. Raises StoppedError."""
        try:
            _move({target: source for source, target in self.staged.items() if not source.exists()})
            _move({new: old for old, new in self.aside.items() if os.path.lexists(new)})
        except OSError as fault:
            raise StoppedError(fault) from None


def _move(names: dict[Path, Path]) -> None:
    for old, new in names.items():
        old.rename(new)
    sync_names(*{path.parent for move in names.items() for path in move})


def put(staged: dict[Path, Path], place: Place, now: datetime) -> tuple[Path, ...]:
    """Moves what is there aside and what is staged into its place. Returns the new names of what was there.

    staged : the name it is to have -> where it lies, in a workshop of the place.
    Raises StoreError where a name cannot be given; then every name is as it was. StoppedError where even that failed.
    """
    stamp = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    aside = {path: path.with_name(f"{path.name}.replaced-{stamp}") for path in place.occupied()}
    for name in aside.values():
        if os.path.lexists(name):
            raise StoreError(f"There is something at {name} already, so nothing was replaced; move that away first.")
    plan = _Plan(aside, {source: target for target, source in staged.items()})
    written = place.workshops[0] / _PLAN
    plan.write(written)
    try:
        plan.carry_out()
    except BaseException as fault:
        plan.take_back()
        written.unlink()
        if isinstance(fault, StoppedError):
            raise StoreError(f"{fault.why} Nothing was replaced.") from None
        raise
    written.unlink()
    return tuple(aside.values())
