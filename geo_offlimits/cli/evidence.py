"""`evidence`: what was listed somewhere at a time, and what a person had acknowledged then, for a hearing."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo_offlimits.cli.door import Door, patience, signed
from geo_offlimits.cli.files import write_whole
from geo_offlimits.cli.parameters import MOMENT, NEW_FILE, TEXT, UNCERTAINTY_M

if TYPE_CHECKING:
    from geo_offlimits.services.evidence import SignedEvidence

_PAPER, _FILE = ".pdf", ".json"


@click.command()
@click.option("--person", type=TEXT, required=True, help="Number, e-mail address or id of the person.")
@click.option("--at", type=MOMENT, required=True, help="The time that is asked about.")
@click.option("--case", type=TEXT, required=True, metavar="REF", help="Reference of the case that it is for.")
@click.option("--position", type=TEXT, help="The place that is asked about, in any notation.")
@click.option(
    "--uncertainty-m", type=UNCERTAINTY_M, help="95 % uncertainty of the position.  [default: from the notation]"
)
@click.option("--output", type=NEW_FILE, required=True, help="Where to write it, for its owner only: .pdf or .json.")
@signed
def evidence(door: Door, output: Path, **asked: object) -> None:
    """What was listed there then, and which edition this person had acknowledged; that you asked stays on record.

    The file is signed and carries its proofs: scripts/verify_list.py checks it without the server. It shows neither
    that anybody was there nor that the list was understood.
    """
    from geo_offlimits.delivery.catalogue import catalogue
    from geo_offlimits.formats import evidence as evidence_file
    from geo_offlimits.formats import pdf
    from geo_offlimits.services import evidence as service

    if output.suffix not in (_PAPER, _FILE):
        raise click.UsageError(f"--output takes a file that ends in {_PAPER} or {_FILE}.")
    if output.suffix == _PAPER:
        pdf.refuse_lacking()
    with door.acting() as act:
        language = act.require_actor().person.language
        translate = catalogue(language).gettext
        inquiry = service.Inquiry(**asked)  # type: ignore[arg-type]  # click has read each into its type
        made = service.give(act, door.wiring.shelf, inquiry, language=language, translate=translate)
    with patience():
        content = made.envelope
        if output.suffix == _PAPER:
            content = evidence_file.paper(made.evidence, made.envelope, translate)
    write_whole({output: content}, owner_only=True)
    _say(door, made, output, asked["at"])


def _say(door: Door, made: "SignedEvidence", output: Path, at: object) -> None:
    from geo_offlimits.domain.instants import format_instant
    from geo_offlimits.formats.edition import sha256

    told, edition = made.evidence.summary(), made.evidence.document["edition"]
    digest = sha256(made.envelope)
    row = made.evidence.word(made.evidence.document["acknowledged"]["as_known_now"])
    listed = made.evidence.document["listed"]
    lines = [
        f"Evidence about {format_instant(at) if isinstance(at, datetime) else at} in {output}.",
        f"Edition {edition['number']} was current." if edition else "No list had been published.",
        *([f"There: {listed['headline']}."] if listed else []),
        f"Acknowledged then: edition {row['row']['edition_number']}."
        if row
        else "Nothing acknowledged then is recorded.",
        f"SHA-256 of the signed file {digest}",
    ]
    door.say({"path": str(output), "sha256": digest, "evidence": told}, "\n".join(lines))
