"""`evidence`: what was listed somewhere at a time, and what a person had acknowledged then; and whether it holds."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo_offlimits.cli.door import Door, answering, patience, signed
from geo_offlimits.cli.files import write_whole
from geo_offlimits.cli.parameters import FILE, MOMENT, NEW_FILE, TEXT, UNCERTAINTY_M

if TYPE_CHECKING:
    from geo_offlimits.services.evidence import SignedEvidence

_PAPER, _FILE = ".pdf", ".json"
_NEEDED = ("person", "at", "case")


@click.group(invoke_without_command=True)
@click.option("--person", type=TEXT, help="Number, e-mail address or id of the person.")
@click.option("--at", type=MOMENT, help="The time that is asked about.")
@click.option("--case", type=TEXT, metavar="REF", help="Reference of the case that it is for.")
@click.option("--position", type=TEXT, help="The place that is asked about, in any notation.")
@click.option(
    "--uncertainty-m", type=UNCERTAINTY_M, help="95 % uncertainty of the position.  [default: from the notation]"
)
@click.option("--output", type=NEW_FILE, help="Where to write it, for its owner only: .pdf or .json.")
@signed
def evidence(door: Door, output: Path | None, **asked: object) -> None:
    """What was listed there then, and which edition this person had acknowledged; that you asked stays on record.

    Give --person, --at, --case and --output. The file is signed and carries its proofs: `evidence verify` checks them,
    and scripts/verify_list.py without this program. It shows neither that anybody was there nor that the list was
    understood.
    """
    if click.get_current_context().invoked_subcommand:
        return
    missing = [f"--{name}" for name in _NEEDED if asked[name] is None] + ([] if output else ["--output"])
    if output is None or missing:
        raise click.UsageError(f"Give {', '.join(missing)}, or use: evidence verify FILE.")
    _give(door, output, asked)


def _give(door: Door, output: Path, asked: dict[str, object]) -> None:
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


@evidence.command()
@click.argument("file", type=FILE)
@click.option("--key", "public_key", type=FILE, help="Key, or list of keys, that you trust.  [default: this store's]")
@click.option("--mission", help="It must be this mission's.")
@answering
def verify(door: Door, file: Path, public_key: Path | None, mission: str | None) -> None:
    """Does the evidence in FILE, PDF or JSON, hold, with all its proofs? With --key it needs no store.

    The checks are those of scripts/verify_list.py, which needs nothing of this program.
    """
    from geo_offlimits.delivery.signing import Keyring
    from geo_offlimits.services import evidence as service
    from geo_offlimits.services import evidence_proof
    from geo_offlimits.services.verification import content_of, keys_to_trust

    keys = keys_to_trust(public_key) if public_key else Keyring(door.settings.data_dir).public_keys()
    found = service.proven(content_of(file), keys, mission=mission)
    door.say(found, evidence_proof.in_words(found))
