"""`distribute` and `campaign`: get the list to everybody, see who has read it."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from geo_offlimits.cli.completion import briefing, completion, quarter
from geo_offlimits.cli.door import Door, answering, patience, signed
from geo_offlimits.cli.files import born_whole
from geo_offlimits.cli.parameters import CATEGORY, EDITION, MISSION
from geo_offlimits.domain.campaign import Audience

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
@click.option("--unit", "units", multiple=True, help="To this unit; may be given several times.  [default: all]")
@click.option("--category", "categories", type=CATEGORY, multiple=True, help="To this category; several, too.")
@click.option("--sector", "sectors", multiple=True, help="To those who serve in this sector; several, too.")
@click.option("--language", "languages", multiple=True, help="To those who read this language; several, too.")
@signed
def distribute(
    door: Door,
    mission: str | None,
    number: int | None,
    deadline: datetime | None,
    channel: str,
    output: Path,
    **chosen: tuple[str, ...],
) -> int:
    """Open a campaign: export the list with one acknowledgement form a unit, or mail it.

    It goes to everybody in service, or to those who fit each choice that is made. Who has nothing new to learn since
    the edition that they acknowledged is informed, and not asked again. Mail goes to whoever has an address, and the
    command goes on with it when it is given again. Who has none is told: give them paper.
    """
    opening = _Opening(
        mission=mission,
        number=number or "current",
        deadline=deadline.date() if deadline else None,
        audience=Audience.of_json(chosen),
    )
    if channel == "file":
        _to_files(door, opening, output)
        return 0
    if click.get_current_context().get_parameter_source("output") is ParameterSource.COMMANDLINE:
        raise click.UsageError("--output is for files. Leave it out with --channel mail.")
    return _by_mail(door, opening)


@dataclass(frozen=True, kw_only=True)
class _Opening:
    """What is to be distributed to whom, as it was said."""

    mission: str | None
    number: "Number"
    deadline: date | None
    audience: Audience


def _to_files(door: Door, opening: _Opening, output: Path) -> None:
    from geo_offlimits.services import campaigns, packages

    # The folder outside, the transaction inside: a campaign whose files cannot be written is not opened.
    with born_whole(output) as folder:
        with door.acting() as act:
            code = door.mission(act, opening.mission)
            opened = campaigns.distribute(act, code, opening.number, opening.deadline, opening.audience)
            made = packages.files(act, opened.campaign_id, door.wiring.keyring)
            for name, content in made.items():
                (folder / name).write_bytes(content)
        files = [*made, *_typeset(folder, made)]
    asked = sum(one.asked for one in opened.recipients)
    door.say(
        {
            "campaign": opened.campaign_id,
            "channel": "file",
            "edition": opened.edition_number,
            "sha256": opened.edition_sha256,
            "recipients": len(opened.recipients),
            "asked": asked,
            "audience": opened.audience.as_json(),
            "folder": str(output),
            "files": sorted(files),
        },
        f"Campaign {opened.campaign_id}: edition {opened.edition_number} goes to {len(opened.recipients)} people; "
        f"{asked} are asked to acknowledge it.\n{len(files)} files in {output}: " + ", ".join(sorted(files)),
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


def _by_mail(door: Door, opening: _Opening) -> int:
    from geo_offlimits.cli.mail import ended, sent
    from geo_offlimits.services import outbox

    postman = door.wiring.postman()  # settings that do not do are told before a campaign is open
    with door.acting() as act:
        code = door.mission(act, opening.mission)
        opened = outbox.distribute(act, code, opening.number, opening.deadline, opening.audience)
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


for command in (completion, quarter, briefing):
    campaign.add_command(command)


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


@campaign.command()
@click.option("--mission", metavar="CODE", help="Of this mission alone.  [default: all]")
@answering
def run(door: Door, mission: str | None) -> None:
    """Do what is due today, for a timer: remind by steps, greet newcomers, ask what was held back.

    Needs nobody and may run as often as one likes: each step is taken once. `mail send` sends what it queues.
    """
    from geo_offlimits.services import escalating, missions

    with door.wiring.reading() as act:
        codes = [missions.mission(act, mission).code] if mission else [one.code for one in act.tx.missions.all()]
    done = []
    for code in codes:  # each by itself: what is wrong with one mission must not keep another's reminders
        with door.wiring.writing() as act:
            done.append(escalating.run(act, code))
    said = [one.as_text() for one in done if not one.nothing]
    door.say([one.as_json() for one in done], "\n".join(said) or "Nothing is due.")


@campaign.command()
@click.argument("campaign_id", metavar="[ID]", required=False)
@MISSION
@signed
def remind(door: Door, campaign_id: str | None, mission: str | None) -> None:
    """Remind by mail, today, whoever has not acknowledged; of the latest campaign unless one is named."""
    from geo_offlimits.services import campaigns, escalating

    with door.acting() as act:
        asked = campaign_id or campaigns.latest(act, door.mission(act, mission)).campaign_id
        reminded = bool(escalating.remind(act, asked))  # how many are missing is told of groups alone (decision 039)
    words = "Reminders wait to be sent by `mail send`." if reminded else "Nobody is left to be reminded today."
    door.say({"campaign": asked, "reminded": reminded}, words)
