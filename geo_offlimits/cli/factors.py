"""`second-factor`: add, confirm, list, remove what you have beside your passphrase."""

import click

from geo_offlimits.cli.door import Door, signed
from geo_offlimits.cli.parameters import TEXT
from geo_offlimits.domain.instants import format_instant


@click.group("second-factor")
def second_factor() -> None:
    """What you have beside your passphrase: codes of an authenticator app, keys."""


@second_factor.command()
@click.option("--label", type=TEXT, default="", help="To tell it from others.")
@signed
def add(door: Door, label: str) -> None:
    """Begin to set up an authenticator app; `confirm` with its first code makes it count.

    The secret is printed this once. Another than the first asks for --totp.
    """
    from geo_offlimits.services import factors

    with door.acting() as act:
        made = factors.begin_app(act, label)
    door.say(
        {"id": made.factor.factor_id, "secret": made.secret, "uri": made.uri},
        f"Type this secret into your authenticator app, or give it the address below:\n{made.secret}\n{made.uri}\n"
        "Then: geo-offlimits --as PERSON second-factor confirm CODE",
    )


@second_factor.command()
@click.argument("code")
@signed
def confirm(door: Door, code: str) -> None:
    """The app that was begun counts from now on; CODE is what it shows."""
    from geo_offlimits.services import factors

    with door.acting() as act:
        made = factors.confirm_app(act, code)
    door.say({"id": made.factor_id, "counts": True}, "The app is set up. From now on give its code with --totp CODE.")


@second_factor.command("list")
@signed
def list_(door: Door) -> None:
    """Your own that count."""
    from geo_offlimits.services import factors

    with door.reading() as act:
        found = factors.mine(act)
    rows = [
        {
            "id": one.factor_id,
            "kind": one.kind.value,
            "label": one.label,
            "since": one.confirmed_at and format_instant(one.confirmed_at),
            "used_on": one.used_on and one.used_on.isoformat(),
        }
        for one in found
    ]
    lines = [f"{one.factor_id}  {one.kind.value:<4} {one.label:<16}  {one.used_on or 'not used yet'}" for one in found]
    door.say(rows, "\n".join(lines) or "You have no second factor; `second-factor add` begins one.")


@second_factor.command()
@click.argument("factor_id", metavar="ID")
@signed
def remove(door: Door, factor_id: str) -> None:
    """Take one of yours away."""
    from geo_offlimits.services import factors

    with door.acting() as act:
        factors.remove(act, factor_id)
    door.say({"id": factor_id, "removed": True}, f"{factor_id} is taken away.")
