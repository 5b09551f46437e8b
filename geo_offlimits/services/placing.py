"""Where an installation lies, and how another takes its place: by names alone, so that it is done at once or undone."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from geo_offlimits.errors import StoreError
from geo_offlimits.settings import Settings
from geo_offlimits.store.backends import file_of, parsed
from geo_offlimits.store.files import refuse_used

FOLDERS = ("keys", "attachments", "basemaps")
# What SQLite may have left beside a store that nobody closed belongs to it.
_BESIDE = ("-wal", "-shm")


@dataclass(frozen=True, kw_only=True)
class Place:
    """`store` is None on PostgreSQL, whose database is made empty by its keeper."""

    store: Path | None
    data_dir: Path

    @classmethod
    def of(cls, settings: Settings) -> Self:
        store = file_of(parsed(settings.store))
        return cls(store=store and store.absolute(), data_dir=settings.data_dir.absolute())

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


def put(staged: dict[Path, Path], occupied: tuple[Path, ...], now: datetime) -> tuple[Path, ...]:
    """Moves what is there aside and what is staged into its place. Returns the new names of what was there.

    Raises StoreError where a name cannot be given; then every name is as it was.
    """
    stamp = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    aside = [(path, path.with_name(f"{path.name}.replaced-{stamp}")) for path in occupied]
    done: list[tuple[Path, Path]] = []
    try:
        for old, new in (*aside, *((source, target) for target, source in staged.items())):
            _move(old, new)
            done.append((old, new))
    except OSError as fault:
        for old, new in reversed(done):
            with suppress(OSError):
                new.rename(old)
        raise StoreError(f"{fault.filename} cannot be moved: {fault.strerror}. Nothing was replaced.") from None
    return tuple(new for _, new in aside)


def _move(old: Path, new: Path) -> None:
    if new.is_file() or new.is_symlink():  # `rename` would put itself in a file's place without a word
        raise FileExistsError(17, "there is a file of this name", str(new))
    old.rename(new)
