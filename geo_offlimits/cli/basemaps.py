"""`basemap`: street detail that an operator brings as PMTiles or MBTiles."""

from pathlib import Path

import click

from geo_offlimits.cli.door import Door, answering
from geo_offlimits.cli.parameters import MISSION
from geo_offlimits.services.lookup import mission_asked


@click.group()
def basemap() -> None:
    """Street detail from PMTiles or MBTiles."""


@basemap.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@MISSION
@answering
def add(door: Door, file: Path, mission: str | None) -> None:
    """Check FILE and copy it beside the mission."""
    from geo_offlimits.services import basemaps

    with door.acting() as act:
        code = mission_asked(act, mission or door.settings.mission)
        added = basemaps.add(act, door.settings.data_dir, code, file)
    door.say(
        added.as_json(), f"{added.name} is added to {code}: {added.kind}, zoom {added.min_zoom} to {added.max_zoom}."
    )


@basemap.command("list")
@MISSION
@answering
def list_(door: Door, mission: str | None) -> None:
    """The basemaps of a mission."""
    from geo_offlimits.services import basemaps

    with door.reading() as act:
        code = mission_asked(act, mission or door.settings.mission)
        found = basemaps.all_of(act, door.settings.data_dir, code)
    lines = [f"{one.name}  {one.kind}, zoom {one.min_zoom} to {one.max_zoom}" for one in found]
    door.say([one.as_json() for one in found], "\n".join(lines) or "No basemap yet; the overview map is shown.")


@basemap.command()
@click.argument("name")
@MISSION
@answering
def remove(door: Door, name: str, mission: str | None) -> None:
    """Remove a basemap by its name."""
    from geo_offlimits.services import basemaps

    with door.acting() as act:
        code = mission_asked(act, mission or door.settings.mission)
        basemaps.remove(act, door.settings.data_dir, code, name)
    door.say({"name": name, "removed": True}, f"{name} is removed from {code}.")
