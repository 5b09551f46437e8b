"""`import`: start from the list that people really have."""

from pathlib import Path

import click

from geo_offlimits.cli.door import Door, signed
from geo_offlimits.cli.parameters import FILE, MAPPING, MISSION, mapped


@click.command("import")
@click.argument("file", type=FILE)
@MISSION
@MAPPING
@click.option("--commit", is_flag=True, help="Land the good rows as proposals; without it nothing is changed.")
@click.option("--confirm-outside", is_flag=True, help="Yes, the rows outside the territory are meant.")
@click.option("--confirm-duplicates", is_flag=True, help="Yes, the rows that look like others are meant.")
@signed
def import_(
    door: Door, file: Path, mission: str | None, mapping: tuple[str, ...], *, commit: bool, **confirmed: bool
) -> None:
    """Report on a CSV, XLSX or GeoJSON; with --commit its good rows land as proposals.

    Rows outside the territory, and rows that look like an entry or like one another, wait until you confirm that they
    are meant. A row that is an entry already never lands.
    """
    from geo_offlimits.formats.reader import read_rows
    from geo_offlimits.services import gazetteer, imports

    with door.reading() as act:
        near = gazetteer.places_of(act, door.mission(act, mission))
    table = read_rows(file, mapped(mapping), near=near)
    with door.reading() as act:
        report = imports.report(act, door.mission(act, mission), table, **confirmed)
    landed: tuple[str, ...] = ()
    if commit:
        with door.acting() as act:
            landed = imports.commit(act, report)
    document = report.as_json() | {"committed": commit, "landed": list(landed)}
    ending = f"{len(landed)} proposals landed." if commit else "Nothing is changed; --commit lands the good rows."
    door.say(document, lambda: f"{report.as_text()}\n{ending}")
