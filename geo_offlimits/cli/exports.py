"""`export`: the list for a device."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo_offlimits.cli.door import Door, signed
from geo_offlimits.cli.files import write_whole
from geo_offlimits.cli.parameters import BOX, EDITION, METRES, MISSION, NEW_FILE
from geo_offlimits.formats import exporter

if TYPE_CHECKING:
    from geo_offlimits.services.act import Act
    from geo_offlimits.services.exports import Export
    from geo_offlimits.services.filters import Filter


@click.command()
@MISSION
@EDITION
@click.option("--format", "form", type=click.Choice(list(exporter.FORMS)), default=exporter.EDITION, show_default=True)
@click.option("--bbox", type=BOX, help="Only what touches this box, in degrees.")
@click.option("--near", metavar="POSITION", help="Only what lies within --within-m of here.")
@click.option("--within-m", type=METRES, help="How far from --near.")
@click.option("--sector", help="Only this sector.")
@click.option("--output", type=NEW_FILE, required=True, help="The file to write; PATH.dsse is written beside it.")
@signed
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
    """Write the list to a file, and FILE.dsse beside it which binds its SHA-256.

    As GeoJSON without a filter the file is the edition's own bytes: `sha256sum` prints the edition's hash.
    """
    from geo_offlimits.delivery.signing import ENVELOPE_SUFFIX
    from geo_offlimits.services.filters import Filter
    from geo_offlimits.services.positions import read_position

    if bool(near) != bool(within_m):
        raise click.UsageError("Give --near and --within-m together.")
    with door.reading() as act:
        code = door.mission(act, mission)
        place = read_position(act, code, near) if near else None
        chosen = Filter(bbox=bbox, near=place, within_m=within_m, sector=sector)
        made = _made(door, act, code, number, form, chosen)
    envelope = output.with_name(output.name + ENVELOPE_SUFFIX)
    write_whole({envelope: made.envelope, output: made.content})
    holds = f"{made.entries} entries" if made.entries else "No premises"
    door.say(
        {
            "path": str(output),
            "envelope": str(envelope),
            "format": form,
            "edition": made.number,
            "sha256": made.sha256,
            "entries": made.entries,
        },
        f"{holds} of edition {made.number} in {output}; signature in {envelope}.\nSHA-256 {made.sha256}",
    )


def _made(door: Door, act: "Act", code: str, number: int | None, form: str, chosen: "Filter") -> "Export":
    """In the language of who asks, as on the pages."""
    from geo_offlimits.delivery.catalogue import catalogue
    from geo_offlimits.services import exports

    language = act.require_actor().person.language
    return exports.export(
        act,
        door.wiring.shelf,
        door.wiring.keyring,
        code,
        number or "current",
        form=form,
        chosen=chosen,
        translate=catalogue(language).gettext,
        language=language,
    )
