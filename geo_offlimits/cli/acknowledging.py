"""`acknowledge`: that a person has read an edition, refuses or takes it back; at the prompt or entered by another."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geo_offlimits.cli.door import Door, signed
from geo_offlimits.cli.files import write_whole
from geo_offlimits.cli.parameters import FILE, MISSION
from geo_offlimits.domain.acknowledgement import AcknowledgementState, Channel
from geo_offlimits.errors import InputError

if TYPE_CHECKING:
    from geo_offlimits.domain.acknowledgement import Acknowledgement
    from geo_offlimits.services.act import Act

MOST = 999_999_999  # no mission publishes a billion
EDITION = click.option(
    "--edition", "number", type=click.IntRange(1, MOST), required=True, help="The edition it is about."
)
RECEIPT = click.option(
    "--receipt", "receipt", type=click.Path(dir_okay=False, path_type=Path), help="Write the signed receipt there."
)


@click.group(invoke_without_command=True)
@click.option("--edition", "number", type=click.IntRange(1, MOST), help="The edition that was read.")
@click.option("--person", "reference", metavar="PERSON", help="Who acknowledges, with their own passphrase.")
@click.option("--refuse", is_flag=True, help="Put on record that you refuse.")
@click.option("--withdraw", is_flag=True, help="Take back what you said; it stays on record.")
@click.option("--reason", help="Of a refusal, if you want to give one, or of a withdrawal.")
@RECEIPT
@MISSION
@signed
def acknowledge(door: Door, number: int | None, reference: str | None, mission: str | None, **how: object) -> None:
    """Record that a person has read an edition; a unit's signed form comes in with `acknowledge import`.

    What is acknowledged is the statement of the edition, which is printed.
    """
    if click.get_current_context().invoked_subcommand:
        return
    if number is None:
        raise click.UsageError("Give --edition N, or use: acknowledge import SHEET.")
    if how["refuse"] and how["withdraw"]:
        raise click.UsageError("Give --refuse or --withdraw, not both.")
    door.person = door.person or reference
    with door.acting() as act:
        _refuse_another(act, reference)
        code = door.mission(act, mission)
        made, text = _said(act, code, number, how)
        written = _receipt(act, code, number) if how["receipt"] else b""
    if isinstance(how["receipt"], Path):
        write_whole({how["receipt"]: written})
    _say(door, made, text)


def _refuse_another(act: "Act", reference: str | None) -> None:
    from geo_offlimits.services import acknowledging

    if reference and not acknowledging.is_self(act, reference):
        raise InputError(
            f"{reference} must acknowledge in person: put --as {reference}, or import their unit's signed form."
        )


def _said(act: "Act", code: str, number: int, how: dict[str, object]) -> tuple["Acknowledgement", str]:
    from geo_offlimits.services import acknowledging, editions
    from geo_offlimits.services.acknowledging import Manner
    from geo_offlimits.services.statements import statement

    manner, reason = Manner(channel=Channel.COMMAND), str(how["reason"] or "")
    if how["withdraw"]:
        return acknowledging.withdraw(act, code, number, reason, manner=manner), ""
    header = editions.header(act, code, number)
    shown = statement(act, header, act.require_actor().person.language)
    asked = (act, code, number, header.sha256, shown.language)
    if how["refuse"]:
        return acknowledging.refuse(*asked, reason=reason, manner=manner), shown.text
    return acknowledging.acknowledge(*asked, manner=manner), shown.text


def _receipt(act: "Act", code: str, number: int) -> bytes:
    from geo_offlimits.services import acknowledged

    return acknowledged.receipt(act, code, number).envelope


def _say(door: Door, made: "Acknowledgement", text: str) -> None:
    said = {
        AcknowledgementState.ACKNOWLEDGED: "acknowledged",
        AcknowledgementState.REFUSED: "not acknowledged: you refused",
        AcknowledgementState.WITHDRAWN: "no longer acknowledged: what you said is withdrawn",
    }[made.state]
    told = {"mission": made.mission, "edition": made.edition_number, "sha256": made.edition_sha256}
    lines = [f"Recorded: edition {made.edition_number} of {made.mission} is {said}.", f"SHA-256 {made.edition_sha256}"]
    door.say(told | {"state": made.state, "statement": text or None}, "\n".join([*lines, *([text] if text else [])]))


@acknowledge.command()
@EDITION
@RECEIPT
@MISSION
@signed
def receipt(door: Door, number: int, receipt: Path | None, mission: str | None) -> None:
    """The signed receipt of what you said about an edition: proves it without the server (`receipt verify`)."""
    from geo_offlimits.services import acknowledged

    with door.reading() as act:
        code = door.mission(act, mission)
        made = acknowledged.receipt(act, code, number)
    if receipt:
        write_whole({receipt: made.envelope})
    door.say(acknowledged.told(made), "\n".join(made.record.lines()))


@acknowledge.command("list")
@signed
def list_(door: Door) -> None:
    """What you have acknowledged, refused or withdrawn, newest first."""
    from geo_offlimits.services import acknowledged

    with door.reading() as act:
        mine = [acknowledged.as_json(one) for one in acknowledged.mine(act)]
    lines = [
        f"{one['acknowledged_at']}  {one['mission']} {one['edition']}  {one['state']} ({one['strength']})"
        for one in mine
    ]
    door.say(mine, "\n".join(lines) or "You have acknowledged nothing yet.")


def _entered_for_another(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of what one person enters of another."""
    language = click.option("--language", required=True, help="Of the paper, or of the talk (en, fr, sr-Cyrl).")
    on = click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day of the signature.  [default: today]")
    reason = click.option("--reason", help="Of a refusal or a withdrawal.")
    return EDITION(language(on(reason(MISSION(signed(command))))))


@acknowledge.command()
@click.argument("reference", metavar="PERSON")
@click.option(
    "--state",
    type=click.Choice([one.value for one in AcknowledgementState]),
    default=AcknowledgementState.ACKNOWLEDGED.value,
    show_default=True,
    help="Withdrawn: what was entered by mistake.",
)
@_entered_for_another
def enter(door: Door, reference: str, state: str, **how: Any) -> None:
    """Enter what another person signed on paper; it says that you entered it."""
    _enter(door, reference, Channel.PAPER, AcknowledgementState(state), how)


@acknowledge.command()
@click.option("--person", "reference", metavar="PERSON", required=True, help="To whom it was explained.")
@click.option("--by", "explained_by", metavar="PERSON", required=True, help="Who explained it.")
@click.option("--refused", is_flag=True, help="They refuse to acknowledge it.")
@_entered_for_another
def oral(door: Door, reference: str, *, refused: bool, **how: Any) -> None:
    """Enter that the list was explained by word of mouth to somebody who cannot read it."""
    state = AcknowledgementState.REFUSED if refused else AcknowledgementState.ACKNOWLEDGED
    _enter(door, reference, Channel.ORAL, state, how)


def _enter(door: Door, reference: str, channel: Channel, state: AcknowledgementState, how: dict[str, Any]) -> None:
    from geo_offlimits.services import entering
    from geo_offlimits.services.entering import Entry

    entry = Entry(
        number=how["number"],
        channel=channel,
        state=state,
        language=how["language"],
        on=how["on"] and how["on"].date(),
        reason=how["reason"],
        explained_by=how.get("explained_by"),
    )
    with door.acting() as act:
        made = entering.enter(act, door.mission(act, how["mission"]), reference, entry)
    told = {"mission": made.mission, "edition": made.edition_number, "person": reference, "state": made.state}
    said = f"Entered: {reference}, edition {made.edition_number} of {made.mission}, {made.state} by {made.channel}."
    door.say(told, said)


@acknowledge.command("import")
@click.argument("sheet", type=FILE)
@click.option("--campaign", "campaign_id", metavar="ID", help="[default: the one named in the form]")
@click.option("--scan", type=FILE, help="Scan or photo of the signed paper: its SHA-256 is kept. Keep the file.")
@signed
def import_(door: Door, sheet: Path, campaign_id: str | None, scan: Path | None) -> None:
    """Read a filled-in acknowledgement form back; a row at fault is reported, the others count."""
    from geo_offlimits.formats.files import taken
    from geo_offlimits.formats.sheet_reading import read_sheet
    from geo_offlimits.services import sheets

    name, content = taken(sheet)
    reading = read_sheet(content, name)
    scanned = sheets.digest(scan.read_bytes(), door.settings) if scan else None
    with door.acting() as act:
        report = sheets.import_sheet(act, reading, campaign_id, scan_sha256=scanned)
    door.say(report.as_json(), report.as_text)


@acknowledge.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--still",
    "still_s",
    type=click.FloatRange(0),
    default=30,
    show_default=True,
    metavar="SECONDS",
    help="Leave a file for the next time that changed within this time: it may be half copied.",
)
@signed
def collect(door: Door, folder: Path, still_s: float) -> int:
    """Read each sheet in FOLDER/in once, and move it to done or refused with what came of it in NAME.txt."""
    from geo_offlimits.cli import collecting

    return collecting.collect(door, folder, still_s)
