"""`audit`: does the log still say what was done?"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo_offlimits.cli.door import Door, signed
from geo_offlimits.cli.files import write_whole
from geo_offlimits.cli.parameters import FILE
from geo_offlimits.errors import InputError, UnverifiedError

if TYPE_CHECKING:
    from geo_offlimits.delivery.public_keys import PublicKey
    from geo_offlimits.domain.edition import Checkpoint


@click.group()
def audit() -> None:
    """The audit tree."""


@audit.command()
@click.option("--against", type=FILE, help="An older edition or checkpoint: the tree must still contain it.")
@click.option("--key", "public_key", type=FILE, help="Public key that signed the checkpoint.  [default: this store's]")
@signed
def verify(door: Door, against: Path | None, public_key: Path | None) -> None:
    """Recompute the tree; name the first row that does not fit."""
    from geo_offlimits.services import audit as service
    from geo_offlimits.services.verification import keys_to_trust

    keys = keys_to_trust(public_key) if public_key else door.wiring.keyring.public_keys()
    older = read_checkpoint(against, keys) if against else None
    with door.reading() as act:
        problems = service.verify(act, older)
        checkpoint = service.checkpoint(act)
    if problems:
        more = f" ({len(problems)} faults in all)" if len(problems) > 1 else ""
        raise UnverifiedError(
            f"The audit log does not fit: {problems[0].rstrip('.')}{more}. "
            "Keep the store as it is and call your auditor."
        )
    door.say(
        {"leaves": checkpoint.size, "root_sha256": checkpoint.root_sha256},
        f"{checkpoint.size} rows, root {checkpoint.root_sha256}: everything fits.",
    )


@audit.command()
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write it there.  [default: print it]")
@signed
def checkpoint(door: Door, output: Path | None) -> None:
    """The signed head of the tree (C2SP), to be kept where this store's keeper cannot reach it."""
    from geo_offlimits.services import audit as service

    with door.reading() as act:
        head, note, vkey = service.signed_checkpoint(act)
    if output:
        write_whole({output: note.encode()})
    document = {"leaves": head.size, "root_sha256": head.root_sha256, "note": note, "vkey": vkey}
    door.say(document, f"{output}: {head.size} leaves; read it with {vkey}" if output else note.rstrip())


def read_checkpoint(file: Path, keys: Sequence["PublicKey"]) -> "Checkpoint":
    """The checkpoint in a signed note or an edition, or `{"size", "root_sha256"}` alone."""
    from geo_offlimits.domain.edition import Checkpoint
    from geo_offlimits.formats import strict_json
    from geo_offlimits.formats.checkpoint import is_note
    from geo_offlimits.services.audit import read_note
    from geo_offlimits.services.verification import content_of

    content = content_of(file)
    if is_note(content):
        return read_note(content, keys)
    try:
        document = strict_json.parsed(content)
        found = document.get("offlimits", {}).get("checkpoint", document)
        return Checkpoint(size=int(found["size"]), root_sha256=str(found["root_sha256"]))
    except (OSError, ValueError, KeyError, AttributeError, TypeError, OverflowError, InputError):
        raise InputError(f"{file} holds no checkpoint; give an edition or a checkpoint saved from one.") from None
