"""`import`: start from the list that people really have; `import-list` and `import-undo`: what landed, and back."""

from pathlib import Path
from typing import Any

import click

from geo_offlimits.cli.door import Door, signed
from geo_offlimits.cli.parameters import FILE, MAPPING, MISSION, NEW_FILE, mapped


@click.command("import")
@click.argument("file", type=FILE)
@MISSION
@MAPPING
@click.option("--source", help="Whose list it is. [default: the file's name without a date]")
@click.option("--refused", type=NEW_FILE, help="Write the refused rows here as CSV, to mend and to import again.")
@click.option("--commit", is_flag=True, help="Land the good rows as proposals; without it nothing is changed.")
@click.option("--confirm-outside", is_flag=True, help="Yes, the rows outside the territory are meant.")
@click.option("--confirm-duplicates", is_flag=True, help="Yes, the rows that look like others are meant.")
@signed
def import_(door: Door, file: Path, mission: str | None, *, commit: bool, refused: Path | None, **asked: Any) -> None:
    """Report on a CSV, XLSX or GeoJSON; with --commit its good rows land as proposals.

    Rows outside the territory, and rows that look like an entry or like one another, wait until you confirm that they
    are meant. A row that is an entry already never lands; one that says otherwise of an entry lands as a proposal to
    change it. Entries that are in no row are listed for you to decide on. The columns are read as in the latest list of
    the same source, unless --map says otherwise.
    """
    from geo_offlimits.formats.reader import read_rows
    from geo_offlimits.services import gazetteer, imports

    told = mapped(asked.pop("mapping"))
    with door.reading() as act:
        code = door.mission(act, mission)
        near = gazetteer.places_of(act, code)
        known = imports.remembered(act, code, asked["source"] or imports.source_of(file.name))
    table = read_rows(file, told, near=near)
    if (mapping := imports.applicable(known, table.columns, told)) != told:
        table = read_rows(file, mapping, near=near)
    with door.reading() as act:
        report = imports.report(act, code, table, **asked)
    if refused:
        _write_refused(file, refused, table, report)
    document: dict[str, Any] = {"committed": commit, "landed": []}
    ending = "Nothing is changed; --commit lands the good rows."
    if commit:
        with door.acting() as act:
            made = imports.land(act, report)
        landed = [one.designation_id for one in made.landed if one.change_id is None]
        changed = [one.as_json() for one in made.landed if one.change_id]
        document |= {"landed": landed, "changes": changed, "import": made.import_id}
        more = f" {len(changed)} changes proposed." if changed else ""
        ending = f"{len(landed)} proposals landed.{more} `import-undo {made.import_id}` takes them back."
    door.say(report.as_json() | document, lambda: f"{report.as_text()}\n{ending}")


def _write_refused(file: Path, target: Path, table: Any, report: Any) -> None:
    from geo_offlimits.cli.files import write_whole
    from geo_offlimits.domain.imports import RowStatus
    from geo_offlimits.formats import refused_rows

    reasons = {one.row: [str(issue.told) for issue in one.issues] for one in report.of(RowStatus.REFUSED)}
    write_whole({target: refused_rows.write(file, table, reasons)}, owner_only=True)


@click.command("import-list")
@MISSION
@signed
def import_list(door: Door, mission: str | None) -> None:
    """The lists that have landed, with their source, the SHA-256 of the file and what each row became."""
    from geo_offlimits.services import imports

    with door.reading() as act:
        found = imports.landed(act, door.mission(act, mission))
    door.say([one.as_json() for one in found], lambda: "\n".join(map(str, found)) or "No list has landed.")


@click.command("import-undo")
@click.argument("import_id", metavar="ID")
@signed
def import_undo(door: Door, import_id: str) -> None:
    """Withdraw all that an import proposed, as one act; refused once somebody has decided on any of it."""
    from geo_offlimits.services import imports

    with door.acting() as act:
        undone = imports.undo(act, import_id)
    door.say(undone.as_json(), lambda: f"{import_id} is undone; withdrawn: {len(undone.landed)}.")
