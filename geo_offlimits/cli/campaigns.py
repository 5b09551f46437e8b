"""`distribute` and `campaign`: get the list to everybody, see who has read it."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from geo_offlimits.cli.door import Door, patience, signed
from geo_offlimits.cli.files import born_whole
from geo_offlimits.cli.parameters import EDITION, MISSION

if TYPE_CHECKING:
    from geo_offlimits.services.editions import Number


@click.command()
@MISSION
@EDITION
@click.option("--deadline", type=click.DateTime(["%Y-%m-%d"]), help="By when everybody should have acknowledged.")
@click.option(
    "--channel",
    type=click.Choice(["file", "mail"]),
    default="file",
    show_default=True,
    help="Files to print or pass on, or mail.",
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("distribution"),
    show_default=True,
    help="A new folder for the files.",
)
@signed
@click.pass_context
def distribute(
    ctx: click.Context,
    door: Door,
    mission: str | None,
    number: int | None,
    deadline: datetime | None,
    channel: str,
    output: Path,
) -> int:
    """Open a campaign: export the list with one acknowledgement form a unit, or mail it.

    Mail goes to everybody who has an address, and the command goes on with it when it is given again. Who has none is
    told: give them paper.
    """
    day = deadline.date() if deadline else None
    if channel == "file":
        _to_files(door, mission, number or "current", day, output)
        return 0
    if ctx.get_parameter_source("output") is ParameterSource.COMMANDLINE:
        raise click.UsageError("--output is for files. Leave it out with --channel mail.")
    return _by_mail(door, mission, number or "current", day)


def _to_files(door: Door, mission: str | None, number: "Number", deadline: date | None, output: Path) -> None:
    from geo_offlimits.services import campaigns, packages

    # The folder outside, the transaction inside: a campaign whose files cannot be written is not opened.
    with born_whole(output) as folder:
        with door.acting() as act:
            code = door.mission(act, mission)
            opened = campaigns.distribute(act, code, number, deadline=deadline)
            made = packages.files(act, opened.campaign_id, door.wiring.keyring)
            for name, content in made.items():
                (folder / name).write_bytes(content)
        files = [*made, *_typeset(folder, made)]
    door.say(
        {
            "campaign": opened.campaign_id,
            "channel": "file",
            "edition": opened.edition_number,
            "sha256": opened.edition_sha256,
            "recipients": len(opened.recipients),
            "folder": str(output),
            "files": sorted(files),
        },
        f"Campaign {opened.campaign_id}: edition {opened.edition_number} goes to {len(opened.recipients)} people.\n"
        f"{len(files)} files in {output}: " + ", ".join(sorted(files)),
    )


def _typeset(folder: Path, made: dict[str, bytes]) -> list[str]:
    """The sheets as PDF besides, where that can be had; returns their names."""
    from geo_offlimits.formats.pdf import NoTypesetterError
    from geo_offlimits.services import packages

    names: list[str] = []
    try:
        with patience():
            for name, content in packages.typeset(made):
                (folder / name).write_bytes(content)
                names.append(name)
    except NoTypesetterError:
        click.echo("No PDF of the sheets: that needs the extra `pdf`. Print the HTML pages.", err=True)
    return names


def _by_mail(door: Door, mission: str | None, number: "Number", deadline: date | None) -> int:
    from geo_offlimits.cli.mail import ended, sent
    from geo_offlimits.services import outbox

    postman = door.wiring.postman()  # settings that do not do are told before a campaign is open
    with door.acting() as act:
        opened = outbox.distribute(act, door.mission(act, mission), number, deadline)
    run = sent(door, postman, opened.mission)
    with door.reading() as act:
        found = outbox.of_campaign(act, opened.campaign_id)
    recipients = len(opened.recipients)
    document = {"channel": "mail", "recipients": recipients, "sha256": opened.edition_sha256, "stopped": run.stopped}
    door.say(found.as_json() | document, found.as_text)
    return ended(run)


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
