"""The store and the server: init, upgrade, settings, serve, demo."""

import dataclasses
import os
import secrets
import shutil
from pathlib import Path

import click

from geo_offlimits import settings as settings_module
from geo_offlimits.cli.door import Door, answering
from geo_offlimits.cli.server import serve_forever
from geo_offlimits.errors import InputError, RefusedError
from geo_offlimits.settings import Settings

ACCOUNTS_FILE = "accounts.txt"


@click.command()
@answering
def init(door: Door) -> None:
    """Create an empty store and the signing key."""
    from geo_offlimits.bootstrap import initialise

    fingerprint = initialise(door.settings)
    door.say(
        {"store": door.settings.store, "data_dir": str(door.settings.data_dir), "fingerprint": fingerprint},
        f"The store is ready: {door.settings.store}\n"
        f"Signing key: {fingerprint}\n"
        "Write this fingerprint into your directive. Next: person add NUMBER --role admin …",
    )


@click.command()
@answering
def upgrade(door: Door) -> None:
    """Bring the store to this program's version; backs it up first."""
    from geo_offlimits.store import Store

    backup = Store.upgrade(door.settings.owner_store or door.settings.store)
    door.say(
        {"store": door.settings.store, "backup": str(backup) if backup else None},
        f"The store is up to date. Copy from before: {backup}" if backup else "The store is up to date already.",
    )


@click.command()
@answering
def settings(door: Door) -> None:
    """Print each setting with value, default, unit and help."""
    rows = [
        {
            "name": item.name,
            "environment": settings_module.ENVIRONMENT_PREFIX + item.name.upper(),
            "value": str(getattr(door.settings, item.name)),
            "default": str(item.default),
            "unit": item.metadata["unit"],
            "help": item.metadata["help"],
        }
        for item in dataclasses.fields(Settings)
    ]
    lines = [
        f"{row['name']} = {row['value']}{' ' + row['unit'] if row['unit'] else ''}\n    {row['help']} "
        f"(default {row['default'] or 'empty'}; {row['environment']})"
        for row in rows
    ]
    door.say(rows, "\n".join(lines))


@click.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--workers", type=click.IntRange(1, 64), help="Server processes.")
@click.option("--tls-cert", type=click.Path(exists=True, dir_okay=False), help="Certificate chain (PEM).")
@click.option("--tls-key", type=click.Path(exists=True, dir_okay=False), help="Its private key (PEM).")
@click.pass_obj
def serve(door: Door, /, tls_cert: str | None, tls_key: str | None, **given: str | int | None) -> None:
    """Serve the web application until stopped."""
    if bool(tls_cert) != bool(tls_key):
        raise click.UsageError("Give --tls-cert and --tls-key together.")
    chosen = {name: value for name, value in given.items() if value is not None}
    served = dataclasses.replace(door.settings, **chosen)  # type: ignore[arg-type]  # names are those of Settings
    serve_forever(served, tls_cert=tls_cert, tls_key=tls_key)


@click.command()
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), default=Path(".demo"), show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--reset", is_flag=True, help="Start afresh: the folder's demonstration is thrown away.")
@click.option("--serve", "serve_it", is_flag=True, help="Serve it when it is ready.")
@answering
def demo(door: Door, folder: Path, port: int, reset: bool, serve_it: bool) -> None:
    """The demonstration mission DEMO, in an invented island state."""
    if reset:
        _throw_away(folder)
    if not (folder / "settings.toml").exists():
        _build(folder)
    accounts = (folder / ACCOUNTS_FILE).read_text(encoding="utf-8")
    address = f"http://localhost:{port}"
    door.say(
        {"address": address, "settings": str(folder / "settings.toml"), "accounts": accounts.splitlines()},
        f"geo_offlimits demonstration: {address}\n{accounts.rstrip()}\n"
        + (f"Stop it with Ctrl-C; `make run` again keeps the data.\n{address}" if serve_it else ""),
    )
    if serve_it:
        served = settings_module.load(folder / "settings.toml")
        serve_forever(dataclasses.replace(served, port=port))


def _throw_away(folder: Path) -> None:
    if folder.exists() and not (folder / ACCOUNTS_FILE).exists():
        raise RefusedError(f"{folder} is not a demonstration, so it is not thrown away; name another --folder.")
    shutil.rmtree(folder, ignore_errors=True)


def _build(folder: Path) -> None:
    """Into a folder beside it, renamed at the end: an interrupted build leaves no half demonstration."""
    from geo_offlimits.bootstrap import initialise, system_clock, wire
    from geo_offlimits.demonstration import begins_at, build

    if folder.exists() and any(folder.iterdir()):
        raise InputError(f"{folder} is not empty and holds no demonstration; name another --folder.")
    passphrase = os.environ.get("GEO_OFFLIMITS_DEMO_PASSPHRASE") or "-".join(secrets.token_hex(2) for _ in range(4))
    half = folder.with_name(folder.name + ".half")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True)
    (half / "settings.toml").write_text('store = "sqlite:///register.db"\ndata_dir = "data"\nmission = "DEMO"\n')
    click.echo("Building the demonstration mission (once) …", err=True)
    loaded = settings_module.load(half / "settings.toml")
    now = system_clock()
    # The story begins months ago, and so does the key that signs it.
    initialise(loaded, lambda: begins_at(now))
    report = build(wire(loaded), now=now, passphrase=passphrase)
    accounts = half / ACCOUNTS_FILE
    accounts.touch(mode=0o600)
    width = max(len(account.email) for account in report.accounts)
    lines = [f"  {account.email:<{width}}  {passphrase}  {account.purpose}" for account in report.accounts]
    accounts.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if folder.exists():
        folder.rmdir()
    half.rename(folder)
