"""`basemap`: street detail that an operator brings as PMTiles or MBTiles."""

from pathlib import Path

import click

from geo_offlimits.cli.door import Door, patience, signed
from geo_offlimits.cli.parameters import FILE, MISSION


@click.group()
def basemap() -> None:
    """Street detail from PMTiles or MBTiles."""


@basemap.command()
@click.argument("file", type=FILE)
@MISSION
@signed
def add(door: Door, file: Path, mission: str | None) -> None:
    """Check FILE and copy it beside the mission."""
    from geo_offlimits.services import basemaps

    with door.reading() as act:
        meant = basemaps.addition(act, door.settings.data_dir, door.mission(act, mission), file)
    with patience(), basemaps.copied(meant) as copy, door.acting() as act:
        added = basemaps.add(act, meant, copy)
    door.say(
        added.as_json(),
        f"{added.name} is added to {meant.mission}: {added.kind}, zoom {added.min_zoom} to {added.max_zoom}.",
    )


@basemap.command("list")
@MISSION
@signed
def list_(door: Door, mission: str | None) -> None:
    """The basemaps of a mission."""
    from geo_offlimits.services import basemaps

    with door.reading() as act:
        found = basemaps.all_of(act, door.settings.data_dir, door.mission(act, mission))
    lines = [f"{one.name}  {one.kind}, zoom {one.min_zoom} to {one.max_zoom}" for one in found]
    door.say([one.as_json() for one in found], "\n".join(lines) or "No basemap yet; the overview map is shown.")


@basemap.command()
@click.argument("name")
@MISSION
@signed
def remove(door: Door, name: str, mission: str | None) -> None:
    """Remove a basemap by its name."""
    from geo_offlimits.services import basemaps

    with door.acting() as act:
        code = door.mission(act, mission)
        basemaps.remove(act, door.settings.data_dir, code, name)
    door.say({"name": name, "removed": True}, f"{name} is removed from {code}.")
