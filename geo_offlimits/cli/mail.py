"""`mail`: what waits in the outbox is sent, by a timer or by hand; how far it has come."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from geo_offlimits.cli.door import Door, answering, signed
from geo_offlimits.cli.leaving import REFUSED
from geo_offlimits.cli.parameters import MISSION

if TYPE_CHECKING:
    from geo_offlimits.delivery.mail import Postman
    from geo_offlimits.services.sending import Run

_TOLD_EVERY_S = 2.0


@click.group()
def mail() -> None:
    """Mail of campaigns that waits to be sent."""


@mail.command()
@click.option("--mission", metavar="CODE", help="Of this mission alone.  [default: all]")
@answering
def send(door: Door, mission: str | None) -> int:
    """Send what is due, for a timer. Exit code 1 if a recipient was given up or the server ended the run."""
    run = sent(door, door.wiring.postman(), mission)
    door.say(_document(run), f"{run.sent} sent, {run.deferred} deferred, {run.failed} failed.")
    return ended(run)


@mail.command()
@MISSION
@signed
def status(door: Door, mission: str | None) -> None:
    """How far the latest campaign's mail has come, who was given up, and who has no address."""
    from geo_offlimits.services import outbox

    with door.reading() as act:
        found = outbox.mailing(act, door.mission(act, mission))
    door.say(found.as_json() if found else None, found.as_text if found else "No campaign is mailed.")


@mail.command()
@click.argument("file", type=click.File("rb"), metavar="FILE|-")
@answering
def bounced(door: Door, file: BinaryIO) -> int:
    """Read a report of mail that came back (RFC 3464), from FILE or standard input: its recipient has failed.

    For the mailbox of mail_from, a report at a time. Exit code 1 where it is about no message of ours.
    """
    from geo_offlimits.formats.bounces import MOST_BYTES, read_bounces
    from geo_offlimits.services import outbox

    reports = read_bounces(file.read(MOST_BYTES + 1))
    with door.wiring.writing() as act:
        failed = [person for report in reports if (person := outbox.bounced(act, report))]
    told = ", ".join(person.number for person in failed)
    words = f"Marked as failed: {told}. Give them paper." if failed else "It only tells of a delay; nothing is marked."
    if reports and not failed:
        words = "It is about no message that was sent from here; nothing is marked."
    door.say({"failed": [person.number for person in failed]}, words)
    return REFUSED if reports and not failed else 0


def sent(door: Door, postman: "Postman", mission: str | None = None) -> "Run":
    """One run, told on standard error while it lasts."""
    from geo_offlimits.services import sending

    return sending.send(door.wiring, postman, mission=mission, progress=_told())


def ended(run: "Run") -> int:
    """The exit code, with the sentence for a run in which not all went well."""
    if run.failed:
        click.echo(
            f"{run.failed} recipients were given up; `mail status` names them to their managers. Give them paper.",
            err=True,
        )
    if run.stopped:
        click.echo(f"{run.stopped} What waits is sent by the next `mail send`.", err=True)
    return REFUSED if run.failed or run.stopped else 0


def _document(run: "Run") -> dict[str, Any]:
    return {"sent": run.sent, "deferred": run.deferred, "failed": run.failed, "stopped": run.stopped}


def _told() -> "Callable[[Run], None]":
    """Says now and then how many have left."""
    last = time.monotonic()

    def tell(run: "Run") -> None:
        nonlocal last
        if time.monotonic() - last >= _TOLD_EVERY_S:
            last = time.monotonic()
            click.echo(f"{run.sent} sent, {run.deferred} deferred, {run.failed} failed …", err=True)

    return tell
