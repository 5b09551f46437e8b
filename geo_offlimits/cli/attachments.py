"""`premises note`, `attach`, `attachments`, `attachment`: what is kept with a listing and never published."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geo_offlimits.cli.door import Door, patience, signed
from geo_offlimits.cli.files import write_whole
from geo_offlimits.cli.parameters import FILE, NEW_FILE, TEXT
from geo_offlimits.domain.attachments import Attachment, AttachmentKind
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.errors import InputError

if TYPE_CHECKING:
    from geo_offlimits.services.attachments import Listed, Reading

ID = click.argument("designation_id", metavar="ID")
KINDS = click.Choice([kind.value for kind in (AttachmentKind.PHOTO, AttachmentKind.LETTER)])


@click.command()
@ID
@click.argument("text", type=TEXT)
@signed
def note(door: Door, designation_id: str, text: str) -> None:
    """Keep a restricted note with a listing.

    TEXT: `-` takes it from standard input, so that it stands neither in the process list nor in the shell's history.
    """
    from geo_offlimits.services import attachments

    if text == "-":
        text = sys.stdin.buffer.read().decode()
    with door.acting() as act:
        made = attachments.add_note(act, designation_id, text)
    _say_kept(door, made)


@click.command()
@ID
@click.argument("file", type=FILE)
@click.option("--kind", type=KINDS, help="What it is.  [default: a picture is a photo, a PDF a letter]")
@signed
def attach(door: Door, designation_id: str, file: Path, kind: str | None) -> None:
    """Keep a JPEG, PNG, WebP or PDF with a listing, restricted; of a picture only its pixels are kept."""
    from geo_offlimits.services import attachments

    with patience():
        with file.open("rb") as opened:
            content = opened.read(attachments.most_bytes(door.settings) + 1)
        fit = attachments.cleaned(content, door.settings)
    with door.acting() as act:
        made = attachments.attach(act, designation_id, fit, name=file.name, kind=AttachmentKind(kind) if kind else None)
    _say_kept(door, made)


def _say_kept(door: Door, made: Attachment) -> None:
    document = {"id": made.designation_id, "number": made.number, "kind": made.kind}
    door.say(document, f"{made.kind} {made.number} is kept with {made.designation_id}; it is never published.")


@click.command("attachments")
@ID
@signed
def list_(door: Door, designation_id: str) -> None:
    """What is attached to a listing, without what is in it."""
    from geo_offlimits.services import attachments

    with door.reading() as act:
        found = attachments.all_of(act, designation_id)
    lines = [
        "  ".join(
            str(word)
            for word in (one.number, one.kind, one.media_type, format_instant(one.recorded_at), one.person)
            if word
        )
        for one in found
    ]
    document = {"id": designation_id, "attachments": [_listed(one) for one in found]}
    door.say(document, "\n".join(lines) or f"Nothing is attached to {designation_id}.")


def _listed(one: "Listed") -> dict[str, Any]:
    return {
        "number": one.number,
        "kind": one.kind,
        "media_type": one.media_type,
        "size": one.size,
        "recorded_at": format_instant(one.recorded_at),
        "person": one.person,
    }


@click.command("attachment")
@ID
@click.argument("number", type=click.IntRange(min=1))
@click.option("--output", type=NEW_FILE, help="Where to write a photo or letter, for its owner only.")
@signed
def read(door: Door, designation_id: str, number: int, output: Path | None) -> None:
    """Read one attachment; who read it and when stays on record."""
    from geo_offlimits.services import attachments

    with door.acting() as act:
        found = attachments.read(act, designation_id, number)
        if found.content is not None and output is None:
            raise InputError(f"Attachment {number} of {designation_id} is a file; say with --output where to write it.")
    if found.content is not None and output is not None:
        write_whole({output: found.content}, owner_only=True)
    _say_read(door, found, output)


def _say_read(door: Door, found: "Reading", output: Path | None) -> None:
    one = found.attachment
    document = {
        "id": one.designation_id,
        "number": one.number,
        "kind": one.kind,
        "recorded_at": format_instant(one.recorded_at),
        "person": found.person,
        "text": one.text,
        "media_type": one.media_type,
        "file_name": one.file and one.file.name,
        "sha256": one.file and one.file.sha256,
    }
    door.say(document, one.text or f"{(one.file and one.file.name) or one.kind} is written to {output}.")


COMMANDS: tuple[click.Command, ...] = (note, attach, list_, read)
