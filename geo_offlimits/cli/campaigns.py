"""`distribute`, `acknowledge`, `campaign`: get the list to everybody and their acknowledgement back."""

from datetime import datetime
from pathlib import Path

import click

from geo_offlimits.cli.door import Door, answering
from geo_offlimits.cli.parameters import MISSION
from geo_offlimits.domain.acknowledgement import Channel
from geo_offlimits.errors import InputError
from geo_offlimits.services.lookup import mission_asked


@click.command()
@MISSION
@click.option("--edition", "number", type=click.IntRange(1), help="[default: the current one]")
@click.option("--deadline", type=click.DateTime(["%Y-%m-%d"]), help="By when everybody should have acknowledged.")
@click.option("--channel", type=click.Choice(["file"]), default="file", show_default=True)
@click.option(
    "--output", type=click.Path(file_okay=False, path_type=Path), default=Path("distribution"), show_default=True
)
@answering
def distribute(
    door: Door, mission: str | None, number: int | None, deadline: datetime | None, channel: str, output: Path
) -> None:
    """Open a campaign and export the list with one acknowledgement form a unit."""
    from geo_offlimits.services import campaigns

    if output.exists() and any(output.iterdir()):
        raise InputError(f"{output} is not empty; name a new folder with --output, so that no older list lies beside.")
    with door.acting() as act:
        code = mission_asked(act, mission or door.settings.mission)
        opened = campaigns.distribute(act, code, number or "current", deadline=deadline.date() if deadline else None)
        files = campaigns.package(act, door.wiring.keyring, opened.campaign_id)
    output.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (output / name).write_bytes(content)
    door.say(
        {
            "campaign": opened.campaign_id,
            "channel": channel,
            "edition": opened.edition_number,
            "sha256": opened.edition_sha256,
            "recipients": len(opened.recipients),
            "files": sorted(files),
        },
        f"Campaign {opened.campaign_id}: edition {opened.edition_number} goes to {len(opened.recipients)} people.\n"
        f"{len(files)} files in {output}: " + ", ".join(sorted(files)),
    )


class _PersonOrImport(click.Group):
    """`acknowledge --edition N --person P`, or `acknowledge import SHEET`."""


@click.group(cls=_PersonOrImport, invoke_without_command=True)
@click.option("--edition", "number", type=click.IntRange(1), help="The edition that was read.")
@click.option("--person", "reference", help="Who acknowledges; they sign with --as and their own passphrase.")
@MISSION
@click.pass_context
def acknowledge(ctx: click.Context, number: int | None, reference: str | None, mission: str | None) -> None:
    """Record that a person has read an edition."""
    if ctx.invoked_subcommand is None:
        if number is None:
            raise click.UsageError("Give --edition N, or use: acknowledge import SHEET.")
        ctx.invoke(_acknowledge, number=number, reference=reference, mission=mission)


@click.command(hidden=True)
@click.option("--edition", "number", type=int)
@click.option("--person", "reference")
@MISSION
@answering
def _acknowledge(door: Door, number: int, reference: str | None, mission: str | None) -> None:
    from geo_offlimits.services import campaigns, editions

    door.person = door.person or reference
    with door.acting() as act:
        if reference and not campaigns.is_self(act, reference):
            raise InputError(
                f"{reference} must acknowledge in person: put --as {reference}, or import their signed sheet."
            )
        code = mission_asked(act, mission or door.settings.mission)
        header = editions.header(act, code, number)
        made = campaigns.acknowledge(
            act, code, number, header.sha256, act.require_actor().person.language, channel=Channel.COMMAND
        )
    door.say(
        {"mission": code, "edition": number, "sha256": made.edition_sha256},
        f"Recorded: edition {number} of {code} is acknowledged.",
    )


@acknowledge.command("import")
@click.argument("sheet", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--campaign", "campaign_id", help="[default: the one named in the sheet]")
@answering
def import_(door: Door, sheet: Path, campaign_id: str | None) -> None:
    """Read a filled-in acknowledgement form back."""
    from geo_offlimits.services import campaigns

    with door.acting() as act:
        report = campaigns.import_sheet(act, sheet.read_bytes(), campaign_id)
    door.say(report.as_json(), report.as_text)


@click.group()
def campaign() -> None:
    """Who has acknowledged and who has not."""


@campaign.command()
@click.argument("campaign_id", required=False)
@MISSION
@answering
def status(door: Door, campaign_id: str | None, mission: str | None) -> None:
    """By unit; the latest campaign unless one is named."""
    from geo_offlimits.services import campaigns

    with door.reading() as act:
        code = mission_asked(act, mission or door.settings.mission)
        found = campaigns.status(act, campaign_id or campaigns.latest(act, code).campaign_id)
    door.say(found.as_json(), found.as_text)


@campaign.command()
@click.argument("campaign_id")
@answering
def close(door: Door, campaign_id: str) -> None:
    """End a campaign; its status stays as evidence."""
    from geo_offlimits.services import campaigns

    with door.acting() as act:
        campaigns.close(act, campaign_id)
    door.say({"campaign": campaign_id, "closed": True}, f"Campaign {campaign_id} is closed.")
