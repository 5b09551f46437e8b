"""`import`: start from the list that people really have."""

from pathlib import Path

import click

from geo_offlimits.cli.door import Door, answering
from geo_offlimits.cli.parameters import MISSION
from geo_offlimits.services.lookup import mission_asked


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@MISSION
@click.option("--map", "mapping", multiple=True, metavar="COLUMN=FIELD", help="Which column holds which field.")
@click.option("--commit", is_flag=True, help="Land the good rows as proposals; without it nothing is changed.")
@answering
def import_(door: Door, file: Path, mission: str | None, mapping: tuple[str, ...], *, commit: bool) -> None:
    """Report on a CSV, XLSX or GeoJSON; with --commit its good rows land as proposals."""
    from geo_offlimits.services import imports

    pairs = [word.partition("=") for word in mapping]
    if any(not (column and field) for column, _, field in pairs):
        raise click.UsageError("--map takes COLUMN=FIELD.")
    chosen = {column: field for column, _, field in pairs}
    with door.acting() as act:
        report = imports.report(act, mission_asked(act, mission or door.settings.mission), file, chosen)
        landed = imports.commit(act, report) if commit else ()
    document = report.as_json() | {"committed": commit, "landed": list(landed)}
    ending = f"{len(landed)} proposals landed." if commit else "Nothing is changed; --commit lands the good rows."
    door.say(document, lambda: f"{report.as_text()}\n{ending}")
