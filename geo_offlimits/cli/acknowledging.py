"""`acknowledge`: that a person has read an edition, at the prompt or from their unit's paper."""

from pathlib import Path

import click

from geo_offlimits.cli.door import Door, signed
from geo_offlimits.cli.parameters import FILE, MISSION
from geo_offlimits.domain.acknowledgement import Channel
from geo_offlimits.errors import InputError


@click.group(invoke_without_command=True)
@click.option("--edition", "number", type=click.IntRange(1), help="The edition that was read.")
@click.option("--person", "reference", metavar="PERSON", help="Who acknowledges, with their own passphrase.")
@MISSION
@signed
def acknowledge(door: Door, number: int | None, reference: str | None, mission: str | None) -> None:
    """Record that a person has read an edition; a unit's signed form comes in with `acknowledge import`."""
    if click.get_current_context().invoked_subcommand:
        return
    if number is None:
        raise click.UsageError("Give --edition N, or use: acknowledge import SHEET.")
    from geo_offlimits.services import campaigns, editions
    from geo_offlimits.services.acknowledging import Manner

    door.person = door.person or reference
    with door.acting() as act:
        if reference and not campaigns.is_self(act, reference):
            raise InputError(
                f"{reference} must acknowledge in person: put --as {reference}, or import their unit's signed form."
            )
        code = door.mission(act, mission)
        header = editions.header(act, code, number)
        language = act.require_actor().person.language
        made = campaigns.acknowledge(act, code, number, header.sha256, language, manner=Manner(channel=Channel.COMMAND))
    door.say(
        {"mission": code, "edition": number, "sha256": made.edition_sha256},
        f"Recorded: edition {number} of {code} is acknowledged.\nSHA-256 {made.edition_sha256}",
    )


@acknowledge.command("import")
@click.argument("sheet", type=FILE)
@click.option("--campaign", "campaign_id", metavar="ID", help="[default: the one named in the form]")
@signed
def import_(door: Door, sheet: Path, campaign_id: str | None) -> None:
    """Read a filled-in acknowledgement form back; a row at fault is reported, the others count."""
    from geo_offlimits.formats.files import taken
    from geo_offlimits.formats.sheet import read_sheet
    from geo_offlimits.services import campaigns

    name, content = taken(sheet)
    reading = read_sheet(content, name)
    with door.acting() as act:
        report = campaigns.import_sheet(act, reading, campaign_id)
    door.say(report.as_json(), report.as_text)
