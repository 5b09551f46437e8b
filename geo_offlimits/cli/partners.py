"""`partner-…`: the lists of partners that are kept beside the register, and the keys by which partners sign."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo_offlimits.cli.door import Door, signed
from geo_offlimits.cli.parameters import FILE, MISSION

if TYPE_CHECKING:
    from geo_offlimits.domain.partners import PartnerEdition


@click.command("partner-list")
@MISSION
@signed
def partner_list(door: Door, mission: str | None) -> None:
    """The lists of partners as they stand: confirmed or recognised, waiting, refused, superseded."""
    from geo_offlimits.services import partners

    with door.reading() as act:
        found = partners.all_of(act, door.mission(act, mission))
    door.say_each(found, "No list of a partner is here.")


@click.command("partner-show")
@click.argument("edition_id", metavar="ID")
@signed
def partner_show(door: Door, edition_id: str) -> None:
    """What a partner's list holds, entry by entry: to hold it against the paper before you confirm it."""
    from geo_offlimits.formats.partner_list import told
    from geo_offlimits.services import partners

    with door.reading() as act:
        found = partners.get(act, edition_id)
    door.say(told(found), lambda: "\n".join(_lines(found)))


def _lines(found: "PartnerEdition") -> Iterator[str]:
    from geo_offlimits.domain.instants import format_instant
    from geo_offlimits.services.history import middle

    yield f"{found}."
    if found.not_read:
        yield f"Rows not read: {', '.join(map(str, found.not_read))}."
    for one in found.entries:
        place = middle(one.geometry) + f" ±{one.unsure_m:g} m" if one.geometry is not None else None
        until = f"until {format_instant(one.until)}" if one.until else None
        said = (one.name, one.address, one.locality, place, one.restriction.value, until)
        yield f"{found.rows.get(one.entry_id, one.entry_id):>6}  {' · '.join(filter(None, said))}"


@click.command("partner-confirm")
@click.argument("edition_id", metavar="ID")
@signed
def partner_confirm(door: Door, edition_id: str) -> None:
    """Say that a transcribed list is what the partner gave; who entered it cannot."""
    from geo_offlimits.services import partners

    with door.acting() as act:
        found = partners.confirm(act, edition_id)
    door.say(found.as_json(), f"{found}. It stands as the word of {found.origin.code}.")


@click.command("partner-refuse")
@click.argument("edition_id", metavar="ID")
@click.option("--reason", required=True, help="Why it is not what the partner gave.")
@signed
def partner_refuse(door: Door, edition_id: str, reason: str) -> None:
    """Refuse a transcribed list that waits; who entered it may take it back, too."""
    from geo_offlimits.services import partners

    with door.acting() as act:
        found = partners.refuse(act, edition_id, reason)
    door.say(found.as_json(), f"{found}.")


@click.group("partner-key")
def partner_key() -> None:
    """The keys by which partners sign their editions."""


@partner_key.command("add")
@click.argument("partner")
@click.argument("file", type=FILE)
@signed
def add(door: Door, partner: str, file: Path) -> None:
    """Enter the public key of PARTNER; compare its fingerprint with the one in their directive first."""
    from geo_offlimits.services import partner_keys
    from geo_offlimits.services.verification import content_of

    content = content_of(file)
    with door.acting() as act:
        key = partner_keys.enter(act, partner, content)
    told = key.as_json() | {"partner": partner.strip().upper()}
    door.say(told, f"Editions of {told['partner']} signed by this key are recognised:\n{key.grouped_fingerprint}")


@partner_key.command("list")
@signed
def keys(door: Door) -> None:
    """Every key of a partner with its fingerprint, those that were withdrawn too."""
    from geo_offlimits.services import partner_keys

    with door.reading() as act:
        found = partner_keys.entered(act)
    told = [key.as_json() | {"partner": one.partner, "withdrawn": one.withdrawn_by is not None} for one, key in found]
    lines = [
        f"{one.partner}  {key.key_id}  {key.grouped_fingerprint}{'  withdrawn' if one.withdrawn_by else ''}"
        for one, key in found
    ]
    door.say(told, "\n".join(lines) or "No key of a partner is here.")


@partner_key.command("withdraw")
@click.argument("partner")
@click.argument("key_id", metavar="KEY_ID")
@signed
def withdraw(door: Door, partner: str, key_id: str) -> None:
    """Recognise nothing more by this key; what was recognised before stays."""
    from geo_offlimits.services import partner_keys

    with door.acting() as act:
        key = partner_keys.withdraw(act, partner, key_id)
    door.say(key.as_json() | {"withdrawn": True}, f"Nothing more is recognised by the key {key.key_id}.")
