"""`sync`: a folder that is kept at the current edition, from this installation or from a server."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geo_offlimits.cli.door import Door, answering
from geo_offlimits.cli.exports import exported
from geo_offlimits.cli.parameters import BOX, FILE
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.services import forms

if TYPE_CHECKING:
    from geo_offlimits.delivery.list_server import ListServer
    from geo_offlimits.delivery.public_keys import PublicKey
    from geo_offlimits.services.act import Act
    from geo_offlimits.services.filters import Filter
    from geo_offlimits.services.syncing import Source

TOKEN = "GEO_OFFLIMITS_TOKEN"  # noqa: S105  (the name of a variable)


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--mission", required=True, help="Mission code.")
@click.option(
    "--format",
    "chosen",
    multiple=True,
    type=click.Choice(list(forms.FORMS)),
    default=[forms.EDITION],
    show_default=True,
    help="Several times for several.",
)
@click.option("--server", help=f"Address of the server, such as https://lists.example; the token in {TOKEN}.")
@click.option("--key", "public_key", type=FILE, help="Key, or list of keys, that you trust; needed with --server.")
@click.option("--bbox", type=BOX, help="Only what touches this box, or may do so, in degrees.")
@click.option("--sector", help="Only this sector.")
@answering
def sync(
    door: Door,
    folder: Path,
    mission: str,
    chosen: tuple[str, ...],
    server: str | None,
    public_key: Path | None,
    bbox: Any,
    sector: str | None,
) -> None:
    """Bring the files in FOLDER to the current edition: fetched, verified, then put in place, each by one step.

    With --server it needs no store; run it by a timer. What was cut goes on where it stopped. A file that lies there is
    brought along whichever formats are asked for; delete it to be rid of it. One that cannot be had any more is named,
    to be deleted. CHANGES.txt says what came and went, where geojson is among the formats. Without --server the list is
    this installation's own, and --as PERSON says who takes it along.
    """
    from geo_offlimits.services.filters import Filter
    from geo_offlimits.services.syncing import Folder, deleted

    query = Filter(bbox=bbox, sector=sector)
    with _source(door, mission, query, server, public_key) as (source, keys):
        done = Folder(folder, mission, query.as_json()).sync(
            source, list(dict.fromkeys(chosen)), keys, datetime.now(UTC)
        )
    told = {"folder": str(folder), "mission": mission, "edition": done.number, "changed": list(done.changed)}
    told["left"] = list(done.left)
    for name in done.left:
        click.echo(deleted(name), err=True)
    if not done.changed:
        door.say(told, f"{folder} holds edition {done.number}, the current one.")
        return
    until = format_instant(done.expires_at) if done.expires_at else ""
    lines = [f"{folder} holds edition {done.number} now, current until {until}: {', '.join(done.changed)}."]
    door.say(told | {"lines": list(done.lines)}, "\n".join((*lines, *done.lines)))


@contextmanager
def _source(
    door: Door, mission: str, query: "Filter", server: str | None, public_key: Path | None
) -> "Iterator[tuple[Source, tuple[PublicKey, ...]]]":
    from geo_offlimits.delivery.list_server import ListServer
    from geo_offlimits.services.verification import keys_to_trust

    if server is None:
        with door.reading() as act:
            own = keys_to_trust(public_key) if public_key else door.wiring.keyring.public_keys()
            yield _Own(door, act, mission, query), own
        return
    token = os.environ.get(TOKEN, "")
    if not public_key or not token:
        raise click.UsageError(f"--server needs --key, the key that you trust, and the token in {TOKEN}.")
    asked = {"bbox": query.bbox and ",".join(map(str, query.bbox)), "sector": query.sector}
    at = ListServer(
        address=server.rstrip("/"),
        token=token,
        mission=mission,
        query={name: value for name, value in asked.items() if value},
    )
    yield _Served(at), keys_to_trust(public_key)


@dataclass(frozen=True)
class _Served:
    """A server's lists, with a line on standard error for what takes long."""

    server: "ListServer"

    def news(self, held: str | None) -> str | None:
        return self.server.news(held)

    def delta(self, held: int) -> dict[str, Any] | None:
        return self.server.delta(held)

    def envelope(self, form: str) -> bytes:
        return self.server.envelope(form)

    def file(self, form: str, into: Path) -> bytes:
        def tell(have: int, of: int) -> None:
            click.echo(f"{form}: {have / 1e6:.1f} of {of / 1e6:.1f} MB", err=True)

        return self.server.file(form, into, tell)


@dataclass(frozen=True)
class _Own:
    """The lists of this installation, in one act. envelopes : of the files that were asked for."""

    door: Door
    act: "Act"
    mission: str
    query: "Filter"
    envelopes: dict[str, bytes] = field(default_factory=dict)

    def news(self, held: str | None) -> str | None:
        from geo_offlimits.services import editions

        current = editions.header(self.act, self.mission).sha256
        return None if current == held else current

    def delta(self, held: int) -> dict[str, Any] | None:
        from geo_offlimits.services import deltas
        from geo_offlimits.services.editions import UnknownEditionError
        from geo_offlimits.services.shelf import DamagedEditionError

        try:
            return deltas.document(self.act, self.mission, held)
        except (UnknownEditionError, DamagedEditionError):
            return None

    def file(self, form: str, _into: Path) -> bytes:
        made = exported(self.door, self.act, self.mission, form=form, chosen=self.query)
        self.envelopes[form] = made.envelope
        return made.content

    def envelope(self, form: str) -> bytes:
        return self.envelopes[form]
