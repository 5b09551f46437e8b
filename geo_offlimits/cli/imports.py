"""`import`: start from the list that people really have; `import-list` and `import-undo`: what landed, and back."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geo_offlimits.cli import import_long
from geo_offlimits.cli.door import Door, signed
from geo_offlimits.cli.import_long import Asked
from geo_offlimits.cli.parameters import DAY, FILE, MAPPING, MISSION, NEW_FILE, ROWS, mapped

if TYPE_CHECKING:
    from geo_offlimits.formats.reader import Table
    from geo_offlimits.services.import_report import ImportReport
    from geo_offlimits.services.partner_signed import SignedFile
    from geo_offlimits.services.transcribing import Received


@click.command("import")
@click.argument("file", type=FILE)
@MISSION
@MAPPING
@click.option("--source", help="Whose list it is. [default: the file's name without a date]")
@click.option("--report", type=NEW_FILE, help="Write what is said of each row here (.ndjson, .csv): for any length.")
@click.option("--rows", type=ROWS, metavar="FIRST-LAST", help="Only these rows, as a list of its own.")
@click.option("--refused", type=NEW_FILE, help="Write the refused rows here as CSV, to mend and to import again.")
@click.option("--commit", is_flag=True, help="Land the good rows as proposals; without it nothing is changed.")
@click.option("--confirm-outside", is_flag=True, help="Yes, the rows outside the territory are meant.")
@click.option("--confirm-duplicates", is_flag=True, help="Yes, the rows that look like others are meant.")
@click.option("--partner", help="It is the list of this partner: keep it beside the register, as received.")
@click.option("--reference", help="The partner's own reference of the list.")
@click.option("--received", type=DAY, help="The day on which it came.")
@signed
def import_(door: Door, file: Path, mission: str | None, *, commit: bool, refused: Path | None, **asked: Any) -> None:
    """Report on a list of any kind that people have; with --commit its good rows land as proposals.

    Rows outside the territory, and rows that look like an entry or like one another, wait until you confirm that they
    are meant. A row that is an entry already never lands; one that says otherwise of an entry lands as a proposal to
    change it. Entries that are in no row are listed for you to decide on. The columns are read as in the latest list of
    the same source, unless --map says otherwise.

    With --partner, --reference and --received, nothing becomes a proposal: the list is kept beside the register,
    transcribed, unsigned, as received, and waits for another person. A signed edition of another mission, with its
    .dsse beside it, is recognised as it is.

    With --report, a CSV or GeoJSON of any length is reported row by row into a file, in little memory, and nothing
    lands; with --rows and --commit it lands a part at a time, at most 100,000 rows each.
    """
    from geo_offlimits.services import imports

    rows, report_to = asked.pop("rows"), asked.pop("report")
    said = _received(**{name: asked.pop(name) for name in ("partner", "reference", "received")})
    told = mapped(asked.pop("mapping"))
    edition = None if rows or report_to else _signed(door, file)  # which reads a file whole, and of some length only
    if edition and (recognised := _of_another(door, edition, mission, said=said, commit=commit)):
        door.say(*recognised)
        return
    source = asked["source"] or (said.partner if said else None)
    if report_to:
        _refuse_beside_report(rows, refused, said, commit=commit)
        meant = frozenset(what for what in ("outside", "duplicates") if asked[f"confirm_{what}"])
        import_long.report(door, Asked(file=file, mission=mission, told=told, source=source), report_to, meant)
        return
    if rows:
        code, table = import_long.part(door, Asked(file=file, mission=mission, told=told, source=source), rows)
    else:
        code, table = _read(door, file, mission, told, source)
    with door.reading() as act:
        report = imports.report(act, code, table, **asked)
    if refused:
        _write_refused(file, refused, table, report)
    document, ending = _landed(door, report, commit=commit) if said is None else _kept(door, table, code, said, commit)
    first = f"{edition.itself}\n" if edition else ""
    door.say(report.as_json() | document, lambda: f"{first}{report.as_text()}\n{ending}")


def _refuse_beside_report(*others: object, commit: bool) -> None:
    if commit or any(others):
        raise click.UsageError("--report changes nothing and stands alone: leave --commit, --rows and the others out.")


def _received(partner: str | None, reference: str | None, received: date | None) -> "Received | None":
    from geo_offlimits.services.transcribing import Received

    if partner is None and reference is None and received is None:
        return None
    if partner is None or reference is None or received is None:
        raise click.UsageError("A partner's list needs --partner, --reference and --received, all three or none.")
    day = received.date() if isinstance(received, datetime) else received
    return Received(partner=partner, reference=reference, received=day).checked()


def _signed(door: Door, file: Path) -> "SignedFile | None":
    from geo_offlimits.delivery.envelopes import beside
    from geo_offlimits.formats.files import Limits, taken
    from geo_offlimits.services.partner_signed import signed_file
    from geo_offlimits.services.verification import content_of

    envelope = beside(file)
    name, content = taken(file, Limits.of(door.settings))
    return signed_file(name, content, content_of(envelope) if envelope.exists() else None)


def _of_another(
    door: Door, file: "SignedFile", mission: str | None, *, said: "Received | None", commit: bool
) -> tuple[dict[str, Any], str] | None:
    """What came of a signed edition of another mission; None for one of the mission itself."""
    from geo_offlimits.services import partner_signed

    if said:
        raise partner_signed.SignedAlreadyError(file)
    with door.reading() as act:
        code = door.mission(act, mission)
        if file.mission == code:
            return None
        found = partner_signed.verified(act, code, file)
    if not commit:
        ending = f"Edition {found.number} of {found.mission}, as it was signed by {found.fingerprint}."
        return {"committed": False} | found.as_json(), f"{ending}\nNothing is changed; --commit keeps it as it is."
    _ = file.edition  # read while nobody waits for the store
    with door.acting() as act:
        kept = partner_signed.recognise(act, code, file)
    return {"committed": True, "partner_edition": kept.as_json()}, f"{kept}. It is kept as it came."


def _read(door: Door, file: Path, mission: str | None, told: dict[str, str], source: str | None) -> "tuple[str, Table]":
    """The mission's code, and the rows as the latest list of the same source was read."""
    from geo_offlimits.formats.files import LIMITS, Limits
    from geo_offlimits.formats.reader import read_rows
    from geo_offlimits.services import gazetteer, imports

    limits = replace(Limits.of(door.settings), rows=LIMITS.rows)
    with door.reading() as act:
        code = door.mission(act, mission)
        near = gazetteer.places_of(act, code)
        known = imports.remembered(act, code, source or imports.source_of(file.name))
    table = read_rows(file, told, near=near, limits=limits)
    if (mapping := imports.applicable(known, table.columns, told)) != told:
        table = read_rows(file, mapping, near=near, limits=limits)
    return code, table


def _landed(door: Door, report: "ImportReport", *, commit: bool) -> tuple[dict[str, Any], str]:
    from geo_offlimits.services import imports

    if not commit:
        return {"committed": False, "landed": []}, "Nothing is changed; --commit lands the good rows."
    with door.acting() as act:
        made = imports.land(act, report)
    landed = [one.designation_id for one in made.landed if one.change_id is None]
    changed = [one.as_json() for one in made.landed if one.change_id]
    more = f" {len(changed)} changes proposed." if changed else ""
    document = {"committed": True, "landed": landed, "changes": changed, "import": made.import_id}
    return document, f"{len(landed)} proposals landed.{more} `import-undo {made.import_id}` takes them back."


def _kept(door: Door, table: "Table", code: str, said: "Received", commit: bool) -> tuple[dict[str, Any], str]:
    """What is kept beside the register, or would be."""
    from geo_offlimits.domain.partners import PartnerEdition, PartnerState
    from geo_offlimits.services import transcribing

    with door.reading() as act:
        made = transcribing.ready(act, code, table, said)
    found = made.here or made.understood
    if commit:
        with door.acting() as act:
            found = transcribing.enter(act, made)
    missing = f" Rows not read: {', '.join(map(str, found.not_read))}." if found.not_read else ""
    if isinstance(found, PartnerEdition):
        waits = f" Another person who decides confirms it: `partner-confirm {found.edition_id}`."
        document = {"committed": commit, "landed": [], "partner_edition": found.as_json()}
        return document, f"{found}.{missing}{waits if found.state is PartnerState.WAITING else ''}"
    ending = f"Nothing is changed; --commit keeps {len(found.entries)} entries as the list of {said.partner}."
    return {"committed": False, "landed": [], "partner_edition": None}, f"{ending}{missing}"


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
    door.say_each(found, "No list has landed.")


@click.command("import-undo")
@click.argument("import_id", metavar="ID")
@signed
def import_undo(door: Door, import_id: str) -> None:
    """Withdraw all that an import proposed, as one act; refused once somebody has decided on any of it."""
    from geo_offlimits.services import imports

    with door.acting() as act:
        undone = imports.undo(act, import_id)
    door.say(undone.as_json(), lambda: f"{import_id} is undone; withdrawn: {len(undone.landed)}.")
