"""`demo`: the demonstration mission, built once into a folder of its own."""

import dataclasses
import os
import re
import secrets
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from geo_offlimits import settings as settings_module
from geo_offlimits.cli.door import Door, answering
from geo_offlimits.cli.files import born_whole
from geo_offlimits.errors import InputError, RefusedError
from geo_offlimits.settings import ENVIRONMENT_PREFIX, Settings

ACCOUNTS_FILE, SETTINGS_FILE = "accounts.txt", "settings.toml"
SETTINGS_TEXT = 'store = "sqlite:///register.db"\ndata_dir = "data"\nmission = "DEMO"\ncampaign_on_publish = true\n'
_ACCOUNT = re.compile(r"\s*(?P<email>\S+)\s+(?P<passphrase>.*)  (?P<secret>[A-Z2-7]{32}|-)\s+(?P<purpose>\S.*)")
# Of a demonstration that was built before there were second factors.
_WITHOUT_SECRET = re.compile(r"\s*(?P<email>\S+)\s+(?P<passphrase>.*)  (?P<purpose>.*)")
# What the environment says of the real installation must never reach the demonstration, nor the other way round.
OWN = frozenset(ENVIRONMENT_PREFIX + name for name in ("STORE", "OWNER_STORE", "DATA_DIR", "MISSION"))


@click.command()
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".demo"),
    show_default=True,
    help="Where it lives, or is to be built.",
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port; 0 takes a free one."
)
@click.option("--reset", is_flag=True, help="Start afresh: the folder's demonstration is thrown away.")
@click.option("--serve", "serve_it", is_flag=True, help="Serve it when it is ready.")
@click.option("--code", "whose", metavar="ACCOUNT", help="Only print the code that this account's app shows now.")
@answering
def demo(door: Door, folder: Path, port: int, *, reset: bool, serve_it: bool, whose: str | None) -> None:
    """The demonstration mission DEMO, in an invented island state."""
    if whose:
        _say_code(door, folder, whose)
        return
    if serve_it:
        # Before anything is thrown away or built: a port in use should cost nobody a minute.
        _refuse_taken(dataclasses.replace(door.settings, port=port))
    if reset and folder.exists() and any(folder.iterdir()):
        _build_anew(folder)
    elif not _is_demonstration(folder):
        _build(folder)
    else:
        _bring_up_to_date(folder)
    served = dataclasses.replace(_settings(folder), port=port)
    accounts = (folder / ACCOUNTS_FILE).read_text(encoding="utf-8")
    if not serve_it:
        _say(door, folder, f"http://localhost:{port}", accounts)
        return
    from geo_offlimits.cli import server

    listening = server.listen(served)
    _say(door, folder, listening.address, accounts, ending="Stop it with Ctrl-C; started again it keeps the data.")
    listening.serve_forever()


def _say_code(door: Door, folder: Path, whose: str) -> None:
    """In place of an app: each code is taken once."""
    from geo_offlimits.bootstrap import system_clock
    from geo_offlimits.services import factors

    accounts = _accounts((folder / ACCOUNTS_FILE).read_text("utf-8")) if _is_demonstration(folder) else []
    secrets_of = {one["email"]: one["secret"] for one in accounts if one["secret"]}
    found = next((secret for email, secret in secrets_of.items() if whose in (email, email.partition("@")[0])), None)
    if found is None:
        known = ", ".join(email.partition("@")[0] for email in secrets_of) or "none: run `demo` first"
        raise InputError(f"No account {whose} with a second factor is in {folder}. There are: {known}.")
    code = factors.code_at(found, system_clock())
    door.say({"account": whose, "code": code}, code)


def _refuse_taken(settings: Settings) -> None:
    from geo_offlimits.cli import server

    if settings.port:
        server.bound(settings).close()


def _say(door: Door, folder: Path, address: str, accounts: str, ending: str = "") -> None:
    config = folder / SETTINGS_FILE
    door.say(
        {"address": address, "settings": str(config), "accounts": _accounts(accounts)},
        f"geo_offlimits demonstration: {address}\n{accounts.rstrip()}\n"
        f"The second factor of an account that has one: geo-offlimits demo --folder '{folder}' --code head, "
        "or its secret above in an authenticator app\n"
        f"At a prompt: geo-offlimits --config '{config}' …\n" + (f"{ending}\n{address}" if ending else ""),
    )


def _accounts(lines: str) -> list[dict[str, Any]]:
    """The accounts file as data. A passphrase may hold blanks, also several; a purpose holds no two in a row."""
    found = (_ACCOUNT.fullmatch(line) or _WITHOUT_SECRET.fullmatch(line) for line in lines.splitlines())
    rows = [account.groupdict() for account in found if account]
    return [row | {"secret": None if row.get("secret") in (None, "-") else row["secret"]} for row in rows]


def _is_demonstration(folder: Path) -> bool:
    return (folder / SETTINGS_FILE).is_file() and (folder / ACCOUNTS_FILE).is_file()


def _bring_up_to_date(folder: Path) -> None:
    """After a newer program was fetched, nobody should have to know that a demonstration has a store to upgrade."""
    from geo_offlimits.bootstrap import upgrade

    upgrade(_settings(folder))


def _settings(folder: Path) -> Settings:
    environment = {name: value for name, value in os.environ.items() if name not in OWN}
    return settings_module.load(folder / SETTINGS_FILE, environment)


def _build_anew(folder: Path) -> None:
    """The old one is thrown away once the new one stands; a build that fails gives it back."""
    if not _is_demonstration(folder):
        raise RefusedError(f"{folder} is not a demonstration, so it is not thrown away; name another --folder.")
    old = folder.with_name(folder.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    folder.rename(old)
    try:
        _build(folder)
    except BaseException:  # Ctrl-C as well
        old.rename(folder)
        raise
    shutil.rmtree(old)


def _build(folder: Path) -> None:
    """Into a folder beside it, renamed at the end: an interrupted build leaves no half demonstration."""
    from geo_offlimits.bootstrap import initialise, system_clock, wire
    from geo_offlimits.demonstration import begins_at, build

    passphrase = os.environ.get("GEO_OFFLIMITS_DEMO_PASSPHRASE") or "-".join(secrets.token_hex(2) for _ in range(4))
    with born_whole(folder) as half:
        click.echo("Building the demonstration mission (once) …", err=True)
        (half / SETTINGS_FILE).write_text(SETTINGS_TEXT, encoding="utf-8")
        loaded = _settings(half)
        now = system_clock()
        initialise(loaded, lambda: begins_at(now))
        wiring = wire(loaded)
        with closing(wiring.store):
            report = build(wiring, now=now, passphrase=passphrase)
        width = max(len(account.email) for account in report.accounts)
        lines = [
            f"  {account.email:<{width}}  {passphrase}  {account.secret(passphrase) or '-':<32}  {account.purpose}"
            for account in report.accounts
        ]
        accounts = half / ACCOUNTS_FILE
        accounts.touch(mode=0o600)
        accounts.write_text("\n".join(lines) + "\n", encoding="utf-8")
