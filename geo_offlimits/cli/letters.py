"""`premises letter`: the letter to an owner, or the public notice, as a file to print."""

from pathlib import Path

import click

from geo_offlimits.cli.door import Door, signed
from geo_offlimits.cli.files import write_whole
from geo_offlimits.cli.parameters import NEW_FILE


@click.command()
@click.argument("designation_id", metavar="ID")
@click.option("--output", type=NEW_FILE, required=True, help="The HTML file to write; it needs nothing else.")
@click.option("--language", help="One of the mission's languages.  [default: its first]")
@click.option("--public", is_flag=True, help="The public notice of what is on the current edition.")
@signed
def letter(door: Door, designation_id: str, output: Path, language: str | None, *, public: bool) -> None:
    """Write the letter to the owner. That notice was given is recorded apart, once it is handed over (`notice`)."""
    from geo_offlimits.services import letters

    with door.reading() as act:
        paper = (
            letters.public_notice(act, door.wiring.shelf, designation_id)
            if public
            else letters.letter(act, designation_id)
        )
        chosen = letters.language_of(paper.mission, language)
    write_whole({output: letters.file(paper, chosen)})
    kind = "public notice" if public else "letter"
    said = f"The {kind} of {designation_id} is in {output}."
    door.say({"id": designation_id, "kind": kind, "language": chosen, "path": str(output)}, said)
