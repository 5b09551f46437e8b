"""`token`: issue, list, revoke. By a token a device or another program acts for who issued it, within its purpose."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from geo_offlimits.cli.door import Door, signed
from geo_offlimits.cli.parameters import DURATION, MISSION
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.domain.tokens import Purpose

if TYPE_CHECKING:
    from geo_offlimits.domain.tokens import Token
    from geo_offlimits.services.devices import Device


@click.group()
def token() -> None:
    """Tokens for devices and integrators."""


@token.command()
@click.option("--mission", required=True, help="Mission code.")
@click.option(
    "--purpose",
    required=True,
    type=click.Choice([purpose.value for purpose in Purpose]),
    help="sync: keeps the current list. api: that, and asks, flags and proposes as you may. "
    "metrics: reads the figures, for who runs the server.",
)
@click.option("--expires-in", type=DURATION, default="90d", show_default=True, help="At most 366d.")
@signed
def issue(door: Door, mission: str, purpose: str, expires_in: timedelta) -> None:
    """Issue a token that acts for you in one mission; it is printed this once."""
    from geo_offlimits.services import tokens

    with door.acting() as act:
        made = tokens.issue(act, mission, Purpose(purpose), expires_in)
    told = made.token
    until = format_instant(told.expires_at)
    door.say(
        tokens.as_json(told) | {"token": made.text},
        f"{told.token_id} acts for you in {mission} until {until}. Printed this once:\n{made.text}",
    )


@token.command("list")
@click.option("--mission", help="Everybody's tokens in this mission, for who manages its people.")
@signed
def list_(door: Door, mission: str | None) -> None:
    """Your tokens that hold: until when, the day of the last use, the edition held."""
    from geo_offlimits.services import tokens

    with door.reading() as act:
        if mission:
            found = [(one.token, {"person": one.number, "name": one.holder}) for one in tokens.of_mission(act, mission)]
        else:
            found = [(one, {}) for one in tokens.mine(act)]
    rows: list[dict[str, Any]] = [tokens.as_json(one) | holder for one, holder in found]
    lines = [" ".join((_line(one), *holder.values())) for one, holder in found]
    door.say(rows, "\n".join(lines) or "No token holds.")


def _line(one: "Token") -> str:
    used = f"used {one.used_on}" if one.used_on else "not used yet"
    held = f"edition {one.edition}" if one.edition else "no edition"
    return f"{one.token_id:<16} {one.purpose:<5} until {format_instant(one.expires_at)}  {used}, {held}"


@token.command()
@MISSION
@signed
def devices(door: Door, mission: str | None) -> None:
    """Which edition each device fetched last, those that are behind first."""
    from geo_offlimits.services import devices

    with door.reading() as act:
        found = devices.of_mission(act, door.mission(act, mission))
    lines = [f"{one.token.token_id:<16} {_behind(one):<22} {one.number} {one.holder}, {one.unit}" for one in found]
    door.say([one.as_json() for one in found], "\n".join(lines) or "No device keeps this list by a token.")


def _behind(one: "Device") -> str:
    if one.behind is None:
        return "never fetched a list"
    return "current" if one.is_current else f"edition {one.token.edition}, {one.behind} behind"


@token.command()
@click.argument("token_id", metavar="ID")
@signed
def revoke(door: Door, token_id: str) -> None:
    """End a token at once: one of yours, or any in a mission whose people you manage."""
    from geo_offlimits.services import tokens

    with door.acting() as act:
        gone = tokens.revoke(act, token_id)
    door.say(tokens.as_json(gone) | {"revoked": True}, f"{token_id} is revoked; its next request is refused.")
