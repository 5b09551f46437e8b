"""`recovery`: a second factor was lost; one person asks, another agrees."""

import click

from geo_offlimits.cli.door import Door, signed
from geo_offlimits.cli.parameters import TEXT
from geo_offlimits.domain.instants import format_instant


@click.group()
def recovery() -> None:
    """A lost second factor, taken away by two persons: heads, deputies or administrators."""


@recovery.command()
@click.argument("reference", metavar="PERSON")
@click.option("--reason", required=True, type=TEXT, help="How it was lost, and how you know that it is they who ask.")
@signed
def ask(door: Door, reference: str, reason: str) -> None:
    """Ask that somebody's second factors be taken away; another person has to agree."""
    from geo_offlimits.services import recovery as service

    with door.acting() as act:
        made = service.ask(act, reference, reason)
    door.say(
        {"id": made.recovery_id, "person": reference},
        f"Asked. A second person agrees with: recovery agree {made.recovery_id}",
    )


@recovery.command("list")
@signed
def list_(door: Door) -> None:
    """Those that wait for a second person."""
    from geo_offlimits.services import recovery as service

    with door.reading() as act:
        found = service.waiting(act)
    rows = [
        {
            "id": one.recovery.recovery_id,
            "person": one.person.number,
            "asked_by": one.asked_by.number,
            "asked_at": format_instant(one.recovery.at),
            "reason": one.recovery.reason,
        }
        for one in found
    ]
    lines = [f"{row['id']}  {row['person']}  asked by {row['asked_by']}: {row['reason']}" for row in rows]
    door.say(rows, "\n".join(lines) or "Nobody waits for a recovery.")


@recovery.command()
@click.argument("recovery_id", metavar="ID")
@signed
def agree(door: Door, recovery_id: str) -> None:
    """Be the second person; prints a one-time passphrase to hand over. The person's factors and sessions end."""
    from geo_offlimits.services import recovery as service

    door.wiring.passphrases.prepare(1)
    with door.acting() as act:
        once = service.agree(act, recovery_id)
    door.say(
        {"id": recovery_id, "one_time_passphrase": once},
        f"Agreed. One-time passphrase, to be handed over to the person and to nobody else:\n{once}",
    )


@recovery.command()
@click.argument("recovery_id", metavar="ID")
@signed
def refuse(door: Door, recovery_id: str) -> None:
    """End it without anything being taken away."""
    from geo_offlimits.services import recovery as service

    with door.acting() as act:
        service.refuse(act, recovery_id)
    door.say({"id": recovery_id, "refused": True}, "Refused; nothing was taken away.")
