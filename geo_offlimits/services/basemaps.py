"""Basemaps: street detail that an operator adds to a mission, kept in DATA_DIR/basemaps/CODE/ under a name."""

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import AbsentError, InputError, Issue, RefusedError
from geo_offlimits.formats.tilesets import MBTILES, PMTILES, Tileset, TilesetError, TilesetKind, inspect
from geo_offlimits.services import missions
from geo_offlimits.services.act import Act

# The name under which the streets shipped with a territory are served.
RESERVED = frozenset({"streets"})
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_KEPT = 64


@dataclass(frozen=True, kw_only=True)
class Basemap:
    """One added file, as it was found when it was looked at."""

    name: str
    kind: TilesetKind
    min_zoom: int
    max_zoom: int
    credit: str
    path: Path

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "kind": self.kind.value,
            "min_zoom": self.min_zoom,
            "max_zoom": self.max_zoom,
            "credit": self.credit,
            "bytes": self.path.stat().st_size,
        }


@dataclass(frozen=True, kw_only=True)
class Addition:
    """A file that somebody may add to a mission. `folder` is the mission's."""

    mission: str
    file: Path
    name: str
    folder: Path

    @property
    def target(self) -> Path:
        return self.folder / f"{self.name}{self.file.suffix.lower()}"

    def refuse_taken(self) -> None:
        if self.name in {one.name for one in _found(self.folder)}:
            raise RefusedError(
                f"{self.mission} has a basemap {self.name} already; remove it first, or rename the file."
            )


def addition(act: Act, data_dir: Path, mission: str, file: Path) -> Addition:
    """Whether the actor may add a PMTiles or MBTiles file, under its own name in small letters; copies nothing.

    Raises InputError for a name that cannot be served, RefusedError for one that is taken.
    """
    act.require(Action.MANAGE_MISSION, mission)
    missions.mission(act, mission)
    meant = Addition(mission=mission, file=file, name=_name(file), folder=_folder(data_dir, mission))
    meant.refuse_taken()
    return meant


@contextmanager
def copied(meant: Addition) -> Iterator[Path]:
    """A whole copy in the mission's folder, on the disk and not shown yet; around the transaction that calls `add`.

    A file of gigabytes is copied before anybody has to wait for the store. Where the transaction fails, nothing stays.
    Raises TilesetError for what a map could not show, InputError where there is no room.
    """
    inspect(meant.file)
    copy = _copy(meant.file, meant.folder)
    try:
        yield copy
    except BaseException:
        if not copy.exists():  # `add` has put it in its place
            meant.target.unlink(missing_ok=True)
        raise
    finally:
        copy.unlink(missing_ok=True)


def add(act: Act, meant: Addition, copy: Path) -> Basemap:
    """Show the copy on the mission's map. Raises RefusedError for a name that has been taken meanwhile."""
    act.require(Action.MANAGE_MISSION, meant.mission)
    meant.refuse_taken()
    copy.replace(meant.target)
    added = _basemap(meant.target)
    act.record(AuditTag.BASEMAP_ADDED, subject=meant.name, mission=meant.mission, kind=added.kind.value)
    return added


def remove(act: Act, data_dir: Path, mission: str, name: str) -> None:
    """Remove a basemap by its name; the overview map is shown where none is left."""
    act.require(Action.MANAGE_MISSION, mission)
    found = next((one for one in _found(_folder(data_dir, mission)) if one.name == name), None)
    if found is None:
        raise AbsentError(f"{mission} has no basemap {name}; `basemap list` shows those there are.")
    act.record(AuditTag.BASEMAP_REMOVED, subject=name, mission=mission)
    found.path.unlink()


def all_of(act: Act, data_dir: Path, mission: str) -> tuple[Basemap, ...]:
    """The basemaps of a mission by name."""
    act.require(Action.LOOK_UP, mission)
    return _found(_folder(data_dir, mission))


def _found(folder: Path) -> tuple[Basemap, ...]:
    if not folder.is_dir():
        return ()
    files = sorted(path for path in folder.iterdir() if path.suffix in {PMTILES, MBTILES})
    return tuple(basemap for path in files if (basemap := _basemap_or_none(path)))


def _basemap_or_none(path: Path) -> Basemap | None:
    """A file that somebody has spoilt since is not shown: the map falls back to the overview."""
    try:
        return _basemap(path)
    except TilesetError:
        return None


def _basemap(path: Path) -> Basemap:
    told = path.stat()
    tileset = _inspected(path, told.st_mtime_ns, told.st_size)
    return Basemap(
        name=path.stem,
        kind=tileset.kind,
        min_zoom=tileset.min_zoom,
        max_zoom=tileset.max_zoom,
        credit=tileset.credit,
        path=path,
    )


@lru_cache(_KEPT)
def _inspected(path: Path, _changed_ns: int, _size: int) -> Tileset:
    """Looked at once, and again when the file has changed."""
    return inspect(path)


def _folder(data_dir: Path, mission: str) -> Path:
    # A mission's code is letters, digits and hyphens, and was found in the store before it comes here.
    return (data_dir / "basemaps" / mission).resolve()


def _name(path: Path) -> str:
    name = re.sub(r"[^a-z0-9]+", "-", path.stem.casefold()).strip("-")
    if not _NAME.fullmatch(name) or name in RESERVED:
        raise InputError(
            f"A basemap cannot be called {path.stem!r}; rename the file with letters and digits: north.pmtiles.",
            Issue(field="file", value=path.name, reason="a name that cannot be used"),
        )
    return name


def _copy(file: Path, folder: Path) -> Path:
    """Whole or not at all, on the disk, and under a name of its own: two may be copied at once."""
    folder.mkdir(parents=True, exist_ok=True)
    half = folder / f"{secrets.token_hex(8)}.half"
    try:
        with file.open("rb") as source, half.open("xb") as copy:
            shutil.copyfileobj(source, copy)
            copy.flush()
            os.fsync(copy.fileno())
    except OSError as fault:
        half.unlink(missing_ok=True)
        raise InputError(f"{file.name} cannot be copied to {folder}: {fault.strerror}; make room.") from None
    except BaseException:
        half.unlink(missing_ok=True)
        raise
    return half
