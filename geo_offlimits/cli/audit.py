"""`audit`: does the log still say what was done?"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo_offlimits.cli.door import Door, signed
from geo_offlimits.cli.parameters import FILE
from geo_offlimits.errors import InputError, UnverifiedError

if TYPE_CHECKING:
    from geo_offlimits.domain.edition import Checkpoint


@click.group()
def audit() -> None:
    """The audit tree."""


@audit.command()
@click.option("--against", type=FILE, help="An older edition or checkpoint (JSON): the tree must still contain it.")
@signed
def verify(door: Door, against: Path | None) -> None:
    """Recompute the tree; name the first row that does not fit."""
    from geo_offlimits.services import audit as service

    older = read_checkpoint(against) if against else None
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


def read_checkpoint(file: Path) -> "Checkpoint":
    """The checkpoint in an edition, or `{"size", "root_sha256"}` alone."""
    from geo_offlimits.domain.edition import Checkpoint
    from geo_offlimits.formats import strict_json

    try:
        document = strict_json.parsed(file.read_bytes())
        found = document.get("offlimits", {}).get("checkpoint", document)
        return Checkpoint(size=int(found["size"]), root_sha256=str(found["root_sha256"]))
    except (OSError, ValueError, KeyError, AttributeError, TypeError, OverflowError, InputError):
        raise InputError(f"{file} holds no checkpoint; give an edition or a checkpoint saved from one.") from None
