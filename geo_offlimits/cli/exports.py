"""`export`: the list for a device."""

from pathlib import Path

import click

from geo_offlimits.cli.door import Door, answering
from geo_offlimits.cli.parameters import BOX, MISSION
from geo_offlimits.services.lookup import mission_asked


@click.command()
@MISSION
@click.option("--edition", "number", type=click.IntRange(1), help="[default: the current one]")
@click.option("--format", "form", type=click.Choice(["geojson"]), default="geojson", show_default=True)
@click.option("--bbox", type=BOX, help="Only what touches this box, in degrees.")
@click.option("--near", metavar="POSITION", help="Only what lies within --within-m of here.")
@click.option("--within-m", type=float)
@click.option("--sector", help="Only this sector.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
@answering
def export(
    door: Door,
    mission: str | None,
    number: int | None,
    form: str,
    bbox: tuple[float, float, float, float] | None,
    near: str | None,
    within_m: float | None,
    sector: str | None,
    output: Path,
) -> None:
    """Write the list to PATH, and PATH.dsse beside it which binds its SHA-256."""
    from geo_offlimits.lookup.coordinates import parse_position
    from geo_offlimits.services import exports

    if bool(near) != bool(within_m):
        raise click.UsageError("Give --near and --within-m together.")
    chosen = exports.Filter(bbox=bbox, near=parse_position(near) if near else None, within_m=within_m, sector=sector)
    with door.reading() as act:
        code = mission_asked(act, mission or door.settings.mission)
        made = exports.export_geojson(act, door.wiring.keyring, code, number or "current", chosen)
    output.write_bytes(made.content)
    envelope = output.with_name(output.name + ".dsse")
    envelope.write_bytes(made.envelope)
    door.say(
        {
            "path": str(output),
            "envelope": str(envelope),
            "format": form,
            "sha256": made.sha256,
            "entries": made.entries,
        },
        f"{made.entries} entries of edition {made.number} in {output}; signature in {envelope}.\nSHA-256 {made.sha256}",
    )
