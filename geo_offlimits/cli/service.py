"""`person leave` and `person induction`: who is away, and who was briefed on their first days."""

from datetime import date, datetime

import click

from geo_offlimits.cli.door import Door, signed
from geo_offlimits.cli.parameters import DAY, MISSION
from geo_offlimits.domain.instants import format_instant


@click.command()
@click.argument("reference", metavar="PERSON")
@click.option("--from", "first", type=DAY, help="First day, or a moment.")
@click.option("--to", "last", type=DAY, help="Last day, included, or a moment.")
@click.option("--back", is_flag=True, help="They are here: the leave that holds, or is to come, is taken back.")
@signed
def leave(door: Door, reference: str, first: date | None, last: date | None, back: bool) -> None:
    """Enter when a person is away: they are not reminded then, and get what they missed when they are back.

    It takes the place of leave whose days it touches.
    """
    from geo_offlimits.services import leave as service

    if back and (first or last):
        raise click.UsageError("--back takes leave back. Leave out --from and --to.")
    with door.acting() as act:
        made = service.take_back(act, reference) if back else service.enter(act, reference, first, last)
    told = {"person": reference, "from": format_instant(made.away_from), "to": format_instant(made.away_to)}
    door.say(told, f"{reference} is away from {told['from']} until {told['to']}.")


@click.command()
@click.argument("reference", metavar="PERSON")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="Day of the briefing.  [default: today]")
@click.option("--language", required=True, help="In which language, as a BCP 47 tag.")
@click.option("--briefed-by", metavar="PERSON", help="Who explained it.  [default: you]")
@MISSION
@signed
def induction(
    door: Door, reference: str, day: datetime | None, language: str, briefed_by: str | None, mission: str | None
) -> None:
    """Record that a newcomer was told the standards of conduct, when, in which language and by whom."""
    from geo_offlimits.services import inductions

    with door.acting() as act:
        made = inductions.record_induction(
            act,
            door.mission(act, mission),
            reference,
            day=day.date() if day else None,
            language=language,
            briefed_by=briefed_by,
        )
    told = {"person": reference, "inducted_on": made.inducted_on.isoformat(), "language": made.language}
    door.say(
        told | {"edition": made.edition_number, "text_sha256": made.text_sha256},
        f"{reference} was briefed on {made.inducted_on} in {made.language}; edition {made.edition_number} was current.",
    )
