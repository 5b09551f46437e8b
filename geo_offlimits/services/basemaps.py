"""Basemaps: street detail that an operator adds to a mission, kept in DATA_DIR/basemaps/CODE/ under a name."""

import os
import re
import shutil
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


def add(act: Act, data_dir: Path, mission: str, path: Path) -> Basemap:
    """Check a PMTiles or MBTiles file and copy it beside the mission, under its own name in small letters.

    Raises TilesetError for what a map could not show, RefusedError for a name that is taken.
    """
    act.require(Action.MANAGE_MISSION, mission)
    missions.mission(act, mission)
    inspect(path)
    name = _name(path)
    if name in {one.name for one in _found(data_dir, mission)}:
        raise RefusedError(f"{mission} has a basemap {name} already; remove it first, or rename the file.")
    target = _folder(data_dir, mission) / f"{name}{path.suffix.lower()}"
    _copy(path, target)
    added = _basemap(target)
    act.record(AuditTag.BASEMAP_ADDED, subject=name, mission=mission, kind=added.kind.value)
    return added


def remove(act: Act, data_dir: Path, mission: str, name: str) -> None:
    """Remove a basemap by its name; the overview map is shown where none is left."""
    act.require(Action.MANAGE_MISSION, mission)
    found = next((one for one in _found(data_dir, mission) if one.name == name), None)
    if found is None:
        raise AbsentError(f"{mission} has no basemap {name}; `basemap list` shows those there are.")
    act.record(AuditTag.BASEMAP_REMOVED, subject=name, mission=mission)
    found.path.unlink()


def all_of(act: Act, data_dir: Path, mission: str) -> tuple[Basemap, ...]:
    """The basemaps of a mission by name."""
    act.require(Action.LOOK_UP, mission)
    return _found(data_dir, mission)


def _found(data_dir: Path, mission: str) -> tuple[Basemap, ...]:
    folder = _folder(data_dir, mission)
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


def _copy(path: Path, target: Path) -> None:
    """Whole or not at all, and on the disk before it counts."""
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_suffix(target.suffix + ".half")
    try:
        with path.open("rb") as source, half.open("wb") as copy:
            shutil.copyfileobj(source, copy)
            copy.flush()
            os.fsync(copy.fileno())
        half.replace(target)
    except OSError as fault:
        half.unlink(missing_ok=True)
        raise InputError(f"{path.name} cannot be copied to {target.parent}: {fault.strerror}; make room.") from None
