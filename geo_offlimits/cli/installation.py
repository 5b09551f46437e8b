"""The store and the server: init, upgrade, settings, serve."""

import dataclasses

import click

from geo_offlimits import settings as settings_module
from geo_offlimits.cli.door import Door, answering
from geo_offlimits.settings import Settings

WORKERS = settings_module.range_of("workers") or ()


@click.command()
@answering
def init(door: Door) -> None:
    """Create an empty store and the signing key."""
    from geo_offlimits.bootstrap import initialise

    fingerprint = initialise(door.settings)
    door.say(
        {"store": door.settings.shown("store"), "data_dir": str(door.settings.data_dir), "fingerprint": fingerprint},
        f"The store is ready: {door.settings.shown('store')}\n"
        f"Signing key: {fingerprint}\n"
        "Write this fingerprint into your directive. Next: person add NUMBER --role admin …",
    )


@click.command()
@click.option("--backed-up", is_flag=True, help="PostgreSQL: you have a copy, so none is made.")
@answering
def upgrade(door: Door, *, backed_up: bool) -> None:
    """Bring the store to this program's version. It is copied first: beside a SQLite store, else into data_dir.

    A store on PostgreSQL is copied by pg_dump; where that cannot be had, nothing is changed.
    """
    from geo_offlimits.bootstrap import upgrade as bring_up

    backup = bring_up(door.settings, backed_up=backed_up)
    door.say(
        {"store": door.settings.shown("store"), "backup": str(backup) if backup else None},
        f"The store is up to date. Copy from before: {backup}" if backup else "The store is up to date.",
    )


@click.command()
@answering
def settings(door: Door) -> None:
    """Print each setting with value, default, range, unit and help."""
    rows = [
        {
            "name": item.name,
            "environment": settings_module.ENVIRONMENT_PREFIX + item.name.upper(),
            "value": door.settings.shown(item.name),
            "default": str(item.default),
            "unit": item.metadata["unit"],
            "range": settings_module.span(item.name),
            "help": item.metadata["help"],
        }
        for item in dataclasses.fields(Settings)
    ]
    lines = [
        f"{row['name']} = {row['value']}{' ' + row['unit'] if row['unit'] else ''}\n    {row['help']} "
        f"(default {row['default'] or 'empty'}{', ' + row['range'] if row['range'] else ''}; {row['environment']})"
        for row in rows
    ]
    door.say(rows, "\n".join(lines))


@click.command()
@click.option("--host", help="Address to listen on.  [default: setting host]")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one.  [default: setting port]")
@click.option("--workers", type=click.IntRange(*WORKERS), help="Server processes.  [default: setting workers]")
@click.option("--tls-cert", type=click.Path(exists=True, dir_okay=False), help="Certificate chain (PEM).")
@click.option("--tls-key", type=click.Path(exists=True, dir_okay=False), help="Its private key (PEM).")
@answering
def serve(door: Door, tls_cert: str | None, tls_key: str | None, **given: str | int | None) -> None:
    """Serve the web application until SIGTERM or Ctrl-C; SIGHUP renews its processes."""
    from geo_offlimits.cli import server

    if bool(tls_cert) != bool(tls_key):
        raise click.UsageError("Give --tls-cert and --tls-key together.")
    chosen = {name: value for name, value in given.items() if value is not None}
    served = dataclasses.replace(door.settings, **chosen)  # type: ignore[arg-type]  # names are those of Settings
    tls = (tls_cert, tls_key) if tls_cert and tls_key else None
    listening = server.listen(served, tls)
    door.say({"address": listening.address, "workers": served.workers}, f"Serving {listening.address}")
    listening.serve_forever()
