"""`export`: the list for a device."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import click

from geo_offlimits.cli.door import Door, signed
from geo_offlimits.cli.files import write_whole
from geo_offlimits.cli.parameters import BOX, EDITION, FILE, METRES, MISSION, NEW_FILE
from geo_offlimits.services import forms

if TYPE_CHECKING:
    from geo_offlimits.services.act import Act
    from geo_offlimits.services.editions import Number
    from geo_offlimits.services.exports import Export
    from geo_offlimits.services.filters import Filter


@click.command()
@MISSION
@EDITION
@click.option("--format", "form", type=click.Choice(list(forms.FORMS)), default=forms.EDITION, show_default=True)
@click.option("--bbox", type=BOX, help="Only what touches this box, or may do so, in degrees.")
@click.option("--near", metavar="POSITION", help="Only what lies within --within-m of here.")
@click.option(
    "--route", type=FILE, help="Only what lies within --within-m of a route: a track in GPX, a line in GeoJSON."
)
@click.option("--within-m", type=METRES, help="How far from --near or --route.")
@click.option("--sector", help="Only this sector.")
@click.option("--link", metavar="URL", help="As KML: only a link, by which a viewer fetches the list from this server.")
@click.option("--output", type=NEW_FILE, required=True, help="The file to write; PATH.dsse is written beside it.")
@signed
def export(
    door: Door,
    mission: str | None,
    number: int | None,
    form: str,
    bbox: tuple[float, float, float, float] | None,
    near: str | None,
    route: Path | None,
    within_m: float | None,
    sector: str | None,
    link: str | None,
    output: Path,
) -> None:
    """Write the list to a file, and FILE.dsse beside it which binds its SHA-256.

    As GeoJSON without a filter the file is the edition's own bytes: `sha256sum` prints the edition's hash.
    Whatever is asked for, a place reaches as far as its uncertainty: what may in truth lie there is in the file.
    """
    from geo_offlimits.delivery.envelopes import beside
    from geo_offlimits.formats.route import read_route
    from geo_offlimits.services.filters import Filter
    from geo_offlimits.services.positions import read_position

    if bool(near or route) != bool(within_m):
        raise click.UsageError("Give --near or --route, and --within-m, together.")
    if link and (form != forms.LINKED or number or route):
        raise click.UsageError("--link is for the current list as KML, without --route.")
    query = {"bbox": bbox and ",".join(map(str, bbox)), "near": near, "within_m": within_m, "sector": sector}
    with door.reading() as act:
        code = door.mission(act, mission)
        place = read_position(act, code, near) if near else None
        along = read_route(route) if route else None
        chosen = Filter(bbox=bbox, near=place, within_m=within_m, sector=sector, route=along)
        address = _address(link, code, query)
        made = (
            _linked(door, act, code, address, chosen)
            if address
            else exported(door, act, code, number or "current", form=form, chosen=chosen)
        )
    envelope = beside(output)
    write_whole({envelope: made.envelope, output: made.content})
    entries = f"{made.entries} entries" if made.entries else "No premises"
    holds = "Link to the list, today" if link else entries
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


def exported(
    door: Door, act: "Act", code: str, number: "Number" = "current", *, form: str, chosen: "Filter"
) -> "Export":
    """In the language of who asks, as on the pages."""
    from geo_offlimits.delivery.catalogue import catalogue
    from geo_offlimits.services import exports

    language, wiring = act.require_actor().person.language, door.wiring
    return exports.export(
        act,
        wiring.shelf,
        wiring.keyring,
        code,
        number,
        form=form,
        chosen=chosen,
        translate=catalogue(language).gettext,
        language=language,
    )


def _linked(door: Door, act: "Act", code: str, address: str, chosen: "Filter") -> "Export":
    from geo_offlimits.delivery.catalogue import catalogue
    from geo_offlimits.services import exports

    translate, wiring = catalogue(act.require_actor().person.language).gettext, door.wiring
    return exports.link(act, wiring.shelf, wiring.keyring, code, address, chosen=chosen, translate=translate)


def _address(server: str | None, code: str, query: Mapping[str, object]) -> str | None:
    """Where a viewer finds the current list on this server, as the pages offer it."""
    if server is None:
        return None
    if not re.match(r"https?://[^/\s?#@]+/?\Z", server):
        raise click.UsageError(
            f"--link takes the address of the server, such as https://lists.example, not {server!r}."
        )
    asked = urlencode({name: value for name, value in query.items() if value is not None})
    path = f"{server.rstrip('/')}/missions/{quote(code)}/editions/current/export.{forms.LINKED}"
    return f"{path}?{asked}" if asked else path
