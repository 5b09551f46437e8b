"""The installation as one file: backup and restore. Whoever may run them can copy the disk; nobody signs in."""

import os
from pathlib import Path

import click

from geo_offlimits.cli.audit import read_checkpoint
from geo_offlimits.cli.door import Door, answering, ask, patience
from geo_offlimits.cli.parameters import FILE, NEW_FILE
from geo_offlimits.domain.instants import format_instant

PASSPHRASE = "GEO_OFFLIMITS_BACKUP_PASSPHRASE"  # noqa: S105  (the name of a variable)


@click.command()
@click.argument("path", type=NEW_FILE)
@answering
def backup(door: Door, path: Path) -> None:
    """Write store, keys, attachments and basemaps to one file PATH, while the server runs.

    The keys are sealed under a passphrase (GEO_OFFLIMITS_BACKUP_PASSPHRASE, or asked for); the register in it is not:
    keep the file as you keep the server. Settings are not in it.
    """
    from geo_offlimits.services.backups import back_up

    passphrase = os.environ.get(PASSPHRASE) or ask("Passphrase for the backup", PASSPHRASE, twice=True)
    with patience(), door.wiring.reading() as act:
        made = back_up(act, path, passphrase)
    missing = f"\n{made.missing} attachments are named and their files gone: look for them in an older backup."
    door.say(
        {**vars(made), "path": str(path)},
        f"{path}: {made.size:,} bytes, {made.leaves} leaves, root {made.root_sha256}; {made.attachments} attachments, "
        f"{made.basemaps} basemaps.{missing if made.missing else ''}",
    )


@click.command()
@click.argument("path", type=FILE)
@click.option("--against", type=FILE, help="A checkpoint or an edition that somebody kept: the log must reach it.")
@click.option("--replace", is_flag=True, help="Move aside what is there already; nothing is deleted.")
@click.option("--confirm-older", is_flag=True, help="Restore a log that is older than one that is known.")
@answering
def restore(door: Door, path: Path, against: Path | None, *, replace: bool, confirm_older: bool) -> None:
    """Put a backup back where the settings say, checked whole before anything is written. Stop the server first.

    The restore is written in the audit tree, and everybody signs in again.
    """
    from geo_offlimits.bootstrap import system_clock
    from geo_offlimits.services.restoring import checked
    from geo_offlimits.services.restoring import restore as put_back
    from geo_offlimits.store.revisions import REVISIONS

    passphrase = os.environ.get(PASSPHRASE) or ask("Passphrase of the backup", PASSPHRASE)
    with patience(), checked(path, passphrase) as found:
        known = read_checkpoint(against, found.public_keys) if against else None
        done = put_back(door.settings, found, system_clock(), known=known, replace=replace, confirm_older=confirm_older)
    made_at = format_instant(done.made_at)
    lines = [f"Restored as of {made_at}: {done.leaves} leaves, root {done.root_sha256}. Everything fits."]
    lines += [f"What was there is kept as {path}." for path in done.aside]
    if done.form_before != REVISIONS[-1]:
        lines.append(f"It had form {done.form_before} and was brought to {REVISIONS[-1]}, as `upgrade` does.")
    if done.older_than:
        lines.append(
            f"It is older than a log of {done.older_than} leaves: lists published since are unknown here, and the next "
            "edition takes a number that was given already. Tell whoever holds a newer one."
        )
    document = {**vars(done), "made_at": made_at, "aside": [str(path) for path in done.aside]}
    door.say(document, "\n".join(lines))
