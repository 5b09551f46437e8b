"""`edition`: publish, list, show, compare, bring up to date, verify."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from geo_offlimits.cli.door import Door, answering, signed
from geo_offlimits.cli.files import write_whole
from geo_offlimits.cli.parameters import DURATION, FILE, MISSION, MOMENT, NEW_FILE
from geo_offlimits.domain.instants import format_instant


@click.group()
def edition() -> None:
    """The numbered, signed lists that staff get."""


@edition.command()
@MISSION
@click.option("--expires-in", type=DURATION, help="Such as 30d.  [default: setting expires_in_days]")
@click.option("--renew", is_flag=True, help="Publish again although nothing changed.")
@click.option("--confirm-removals", is_flag=True, help="Yes, more than the usual share of entries goes.")
@click.option("--confirm-empty", is_flag=True, help="Yes, this edition lists nothing.")
@signed
def publish(door: Door, mission: str | None, expires_in: timedelta | None, **confirmed: Any) -> None:
    """Publish what is in force as the next edition; with the setting campaign_on_publish, open a campaign about it."""
    from geo_offlimits.services import publishing

    with door.acting() as act:
        published = publishing.publish(
            act,
            door.wiring.keyring,
            door.mission(act, mission),
            expires_in=expires_in or timedelta(days=door.settings.expires_in_days),
            **confirmed,
        )
    header = published.header
    holds = f"{header.entries} entries" if header.entries else "it lists no premises"
    expires = format_instant(header.expires_at)
    lines = [
        f"Edition {header.number} of {header.mission} is published: {holds}, expires {expires}.",
        f"SHA-256 {header.sha256}",
        *filter(None, [published.as_text()]),
    ]
    door.say(published.as_json(), "\n".join(lines))


@edition.command("list")
@MISSION
@signed
def list_(door: Door, mission: str | None) -> None:
    """All editions of a mission, newest first."""
    from geo_offlimits.services import editions

    with door.reading() as act:
        headers = editions.headers(act, door.mission(act, mission))
    lines = [
        f"{h.number:>4}  {format_instant(h.issued_at)}  until {format_instant(h.expires_at)}  {h.sha256[:16]}…"
        for h in headers
    ]
    door.say([header.as_json() for header in headers], "\n".join(lines) or "No edition is published yet.")


@edition.command()
@click.argument("number", metavar="[N]", type=click.IntRange(1), required=False)
@MISSION
@signed
def show(door: Door, number: int | None, mission: str | None) -> None:
    """The header of one edition, the current one unless a number is given."""
    from geo_offlimits.services import editions

    with door.reading() as act:
        header = editions.header(act, door.mission(act, mission), number or "current")
    lines = [f"{name}: {value}" for name, value in header.as_json().items()]
    door.say(header.as_json(), "\n".join(lines))


@edition.command()
@click.argument("before", metavar="N", type=click.IntRange(1))
@click.argument("after", metavar="[M]", type=click.IntRange(1), required=False)
@MISSION
@signed
def diff(door: Door, before: int, after: int | None, mission: str | None) -> None:
    """What changed from edition N to edition M (the current one), in words; with --json as a delta for `apply`."""
    from geo_offlimits.formats import delta_words
    from geo_offlimits.services import deltas, missions

    with door.reading() as act:
        code = door.mission(act, mission)
        if door.as_json:
            door.say(deltas.document(act, code, before, after or "current"), "")
            return
        found = deltas.between(act, code, before, after or "current")
        timezone = missions.mission(act, code).timezone
    lines = list(delta_words.lines(found, timezone))
    lines += [line for line in [delta_words.clearing(code, found)] if line]
    door.say(None, "\n".join(lines) or f"Nothing changed from {found.from_number} to {found.to_number}.")


@edition.command()
@click.argument("file", type=FILE)
@click.argument("delta", type=FILE)
@click.option("--key", "public_key", type=FILE, help="Key, or list of keys, that you trust.  [default: this store's]")
@click.option("--output", type=NEW_FILE, required=True, help="The newer edition; PATH.dsse is written beside it.")
@answering
def apply(door: Door, file: Path, delta: Path, public_key: Path | None, output: Path) -> None:
    """Make the newer edition from FILE, an edition, and DELTA, and verify it. With --key it needs no store."""
    from geo_offlimits.delivery.envelopes import beside
    from geo_offlimits.delivery.signing import Keyring
    from geo_offlimits.formats import deltas, strict_json
    from geo_offlimits.services.verification import content_of, keys_to_trust, verify_content

    keys = keys_to_trust(public_key) if public_key else Keyring(door.settings.data_dir).public_keys()
    told = strict_json.parsed(content_of(delta))
    content = deltas.applied(content_of(file), told)
    envelope = deltas.envelope(content, told)
    found = verify_content(content, envelope, keys, name="The newer edition")
    signature = beside(output)
    write_whole({signature: envelope, output: content})
    door.say(
        found.as_json() | {"path": str(output), "envelope": str(signature)},
        f"Edition {found.number} of {found.mission} in {output}, as it was signed by {found.fingerprint}.\n"
        f"SHA-256 {found.sha256}",
    )


@edition.command()
@click.argument("file", type=FILE)
@click.option("--envelope", type=FILE, help="The DSSE envelope.  [default: FILE.dsse]")
@click.option("--key", "public_key", type=FILE, help="Key, or list of keys, that you trust.  [default: this store's]")
@click.option("--mission", help="It must be this mission's list.")
@click.option("--holds", type=click.IntRange(1), help="What the device has; no older edition is taken.")
@click.option("--at", type=MOMENT, help="It must not have expired then.  [default: now]")
@answering
def verify(
    door: Door, file: Path, envelope: Path | None, public_key: Path | None, at: datetime | None, **known: Any
) -> None:
    """Is FILE an edition or an export of one, whole, signed and current? With --key it needs no store."""
    from geo_offlimits.delivery.envelopes import beside
    from geo_offlimits.delivery.signing import Keyring
    from geo_offlimits.services.verification import Expected, keys_to_trust, verify_file

    # The keys alone: a list can be verified where there is no register.
    keys = keys_to_trust(public_key) if public_key else Keyring(door.settings.data_dir).public_keys()
    found = verify_file(file, envelope or beside(file), keys, Expected(at=at or datetime.now(UTC), **known))
    what = "A part of edition" if found.filtered else "Edition"
    if found.link:
        what = f"No list, a link to {found.link}, made of edition"
    door.say(
        found.as_json(),
        f"{what} {found.number} of {found.mission}, issued {format_instant(found.issued_at)}, current until "
        f"{format_instant(found.expires_at)}: as it was signed by {found.fingerprint}.\nSHA-256 {found.sha256}",
    )
