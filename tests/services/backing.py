"""Backups of the world, and where they are put back."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from geo_offlimits.bootstrap import wire
from geo_offlimits.domain.edition import Checkpoint
from geo_offlimits.services import attachments
from geo_offlimits.services.backups import BackedUp, back_up
from geo_offlimits.services.restoring import Restored, checked, restore
from geo_offlimits.settings import Settings
from tests.attached import photo
from tests.services.conftest import MISSION, World, quick_passphrases

SECRET = "four dry boats in a barn"
AT = datetime(2026, 4, 1, 12, tzinfo=UTC)


def lived_in(world: World) -> str:
    """A listing with a photo, a published list, a basemap. Returns the number of the listing."""
    listing = world.listed().designation_id
    file = attachments.cleaned(photo(), world.wiring.settings)
    with world.acting("103") as act:
        attachments.attach(act, listing, file)
    world.published()
    streets = world.wiring.settings.data_dir / "basemaps" / MISSION / "north.pmtiles"
    streets.parent.mkdir(parents=True)
    streets.write_bytes(b"PMTiles" + bytes(range(256)) * 40)
    return listing


def backed_up(world: World, path: Path) -> BackedUp:
    with world.wiring.reading() as act:
        return back_up(act, path, SECRET)


def put_back(settings: Settings, path: Path, **how: Any) -> Restored:
    with checked(path, SECRET) as found:
        return restore(settings, found, AT, **how)


def reopened(settings: Settings, world: World) -> World:
    """What was put back, with the world's clock; who asks closes its store."""
    return World(wire(settings, world.clock, passphrases=quick_passphrases()), world.clock)


def head(world: World) -> Checkpoint:
    with world.wiring.reading() as act:
        return act.tx.audit.checkpoint()


def names(folder: Path) -> list[str]:
    """All files below, but for what SQLite keeps beside an open store."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(("-wal", "-shm")))
    return sorted(str(path.relative_to(folder)) for path in files)


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in names(folder)}
