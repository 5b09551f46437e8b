"""`distribute` and `campaign`: get the list to everybody, see who has read it."""

from datetime import datetime
from pathlib import Path

import click

from geo_offlimits.cli.door import Door, signed
from geo_offlimits.cli.files import born_whole
from geo_offlimits.cli.parameters import EDITION, MISSION


@click.command()
@MISSION
@EDITION
@click.option("--deadline", type=click.DateTime(["%Y-%m-%d"]), help="By when everybody should have acknowledged.")
@click.option(
    "--channel", type=click.Choice(["file"]), default="file", show_default=True, help="Files to print or pass on."
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("distribution"),
    show_default=True,
    help="A new folder for the files.",
)
@signed
def distribute(
    door: Door, mission: str | None, number: int | None, deadline: datetime | None, channel: str, output: Path
) -> None:
    """Open a campaign and export the list with one acknowledgement form a unit."""
    from geo_offlimits.services import campaigns

    # The folder outside, the transaction inside: a campaign whose files cannot be written is not opened.
    with born_whole(output) as folder, door.acting() as act:
        code = door.mission(act, mission)
        opened = campaigns.distribute(act, code, number or "current", deadline=deadline.date() if deadline else None)
        files = campaigns.package(act, door.wiring.keyring, opened.campaign_id)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    door.say(
        {
            "campaign": opened.campaign_id,
            "channel": channel,
            "edition": opened.edition_number,
            "sha256": opened.edition_sha256,
            "recipients": len(opened.recipients),
            "folder": str(output),
            "files": sorted(files),
        },
        f"Campaign {opened.campaign_id}: edition {opened.edition_number} goes to {len(opened.recipients)} people.\n"
        f"{len(files)} files in {output}: " + ", ".join(sorted(files)),
    )


@click.group()
def campaign() -> None:
    """Who has acknowledged and who has not."""


@campaign.command()
@click.argument("campaign_id", metavar="[ID]", required=False)
@MISSION
@signed
def status(door: Door, campaign_id: str | None, mission: str | None) -> None:
    """By unit; the latest campaign unless one is named."""
    from geo_offlimits.services import campaigns

    with door.reading() as act:
        asked = campaign_id or campaigns.latest(act, door.mission(act, mission)).campaign_id
        found = campaigns.status(act, asked)
    door.say(found.as_json(), found.as_text)


@campaign.command()
@click.argument("campaign_id", metavar="ID")
@signed
def close(door: Door, campaign_id: str) -> None:
    """End a campaign; its status stays as evidence."""
    from geo_offlimits.services import campaigns

    with door.acting() as act:
        campaigns.close(act, campaign_id)
    door.say({"campaign": campaign_id, "closed": True}, f"Campaign {campaign_id} is closed.")
