"""`mission`: add one, list them, change its territory, sectors and contacts."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import click

from geo_offlimits.cli.door import Door, answering, signed
from geo_offlimits.cli.parameters import DAY, FILE, TEXT
from geo_offlimits.domain.mission import MAX_NOTICE_DAYS, Boundary, Contact, ContactKind, Mission, Organisation
from geo_offlimits.errors import InputError

FROM = click.option("--from", "start", type=DAY, required=True, help="First day on which it holds, or a moment.")


@click.group()
def mission() -> None:
    """Missions, their boundaries and contacts."""


@mission.command()
@click.argument("code")
@click.option("--name", required=True, type=TEXT)
@click.option("--organisation", type=click.Choice([o.value for o in Organisation]), required=True)
@click.option("--territory", required=True, metavar="iso:XX|CODE|FILE", help="ISO code, shipped mission, or a file.")
@click.option("--timezone", required=True, help="IANA name, such as Europe/Belgrade.")
@click.option("--language", "languages", multiple=True, default=("en",), show_default=True, help="Working language.")
@click.option("--recognises", multiple=True, metavar="CODE", help="Missions whose lists hold here too.")
@signed
def add(door: Door, code: str, territory: str, organisation: str, **facts: Any) -> None:
    """Add a mission with its territory."""
    from geo_offlimits.services import missions

    adding = Mission(code=code, organisation=Organisation(organisation), territory=territory, **facts)
    boundary, sectors = read_territory(territory)
    with door.acting() as act:
        added = missions.add_mission(act, adding, boundary, sectors)
    door.say({"code": added.code, "sectors": len(sectors)}, f"Mission {added.code} is added: {boundary.name}.")


@mission.command("list")
@answering
def list_(door: Door) -> None:
    """The missions of this store."""
    from geo_offlimits.services import missions

    with door.looking() as act:
        found = missions.here(act)
    rows = [{"code": m.code, "name": m.name, "organisation": m.organisation, "timezone": m.timezone} for m in found]
    door.say(
        rows, "\n".join(f"{m.code}  {m.name} ({m.organisation}, {m.timezone})" for m in found) or "No mission yet."
    )


@mission.command()
@click.argument("code")
@click.argument("file", type=FILE)
@FROM
@signed
def territory(door: Door, code: str, file: Path, start: date) -> None:
    """Replace the territory from a day on."""
    from geo_offlimits.delivery import shipped
    from geo_offlimits.services import missions

    boundary = shipped.territory_from_file(file)
    with door.acting() as act:
        missions.set_territory(act, code, replace(boundary, valid=missions.days(act, code, start, None)))
    door.say({"code": code, "territory": boundary.name}, f"{code} has a new territory from {start:%Y-%m-%d}.")


@mission.command()
@click.argument("code")
@click.argument("file", type=FILE)
@FROM
@signed
def sectors(door: Door, code: str, file: Path, start: date) -> None:
    """Replace the sectors from a day on; each feature needs a `name`."""
    from geo_offlimits.delivery import shipped
    from geo_offlimits.services import missions

    found = shipped.sectors_from_file(file)
    with door.acting() as act:
        valid = missions.days(act, code, start, None)
        missions.set_sectors(act, code, [replace(sector, valid=valid) for sector in found])
    door.say({"code": code, "sectors": [s.name for s in found]}, f"{code} has {len(found)} sectors.")


@mission.command()
@click.argument("code")
@click.argument("file", type=FILE)
@signed
def contacts(door: Door, code: str, file: Path) -> None:
    """Replace the contacts shown on every verdict: a JSON list of kind, name, phone, email, hours."""
    from geo_offlimits.services import missions

    found = read_contacts(file)
    with door.acting() as act:
        missions.set_contacts(act, code, found)
    door.say({"code": code, "contacts": len(found)}, f"{code} has {len(found)} contacts.")


@mission.command()
@click.argument("code")
@click.argument("others", nargs=-1, metavar="[OTHER]…")
@signed
def recognise(door: Door, code: str, others: tuple[str, ...]) -> None:
    """Replace the missions whose lists hold in CODE too; none without OTHER."""
    from geo_offlimits.services import missions

    with door.acting() as act:
        missions.set_recognised(act, code, others)
    said = f"{code} recognises the lists of {', '.join(others)}." if others else f"{code} recognises no other list."
    door.say({"code": code, "recognises": list(others)}, said)


@mission.command()
@click.argument("code")
@click.option("--days", type=click.IntRange(0, MAX_NOTICE_DAYS), required=True, help="0: no notice comes first.")
@click.option("--petition-address", type=TEXT, help="Where an owner asks for a review; stands on notices.")
@signed
def notice(door: Door, code: str, days: int, petition_address: str | None) -> None:
    """How many days an owner has to answer a notice before a proposal is decided in CODE."""
    from geo_offlimits.services import missions

    with door.acting() as act:
        missions.set_notice(act, code, days, petition_address)
    said = f"{code} decides {days} days after notice to the owner." if days else f"{code} decides without notice first."
    door.say({"code": code, "notice_days": days, "petition_address": petition_address}, said)


def read_contacts(file: Path) -> tuple[Contact, ...]:
    """Raises InputError for anything but a JSON list of contacts with text in every field."""
    from geo_offlimits.formats import strict_json

    kinds = ", ".join(kind.value for kind in ContactKind)
    try:
        return tuple(_contact(row) for row in _listed(strict_json.parsed(file.read_bytes())))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, InputError) as fault:
        raise InputError(
            f"{file} is not a list of contacts ({type(fault).__name__}: {fault}); write "
            f'[{{"kind": "conduct", "name": "…", "phone": "…"}}], kind one of {kinds}.'
        ) from None


def _listed(rows: Any) -> list[Any]:
    if not isinstance(rows, list):
        raise TypeError("not a list")
    return rows


def _contact(row: dict[str, Any]) -> Contact:
    if not all(isinstance(value, str) and value.strip() for value in row.values()):
        raise TypeError("a field that is empty or not text")
    return Contact(**{**row, "kind": ContactKind(row["kind"])})


def read_territory(reference: str) -> tuple[Boundary, tuple[Boundary, ...]]:
    """The territory of `iso:XX`, a shipped mission's code or a file, and the sectors that ship with it."""
    from geo_offlimits.delivery import shipped

    file = Path(reference)
    if reference.startswith("iso:"):
        return shipped.territory(reference), ()
    # Somebody who writes a suffix or a folder means a file, also when it is missing.
    if file.suffix or file.name != reference:
        return shipped.territory_from_file(file), ()
    return shipped.territory(reference), shipped.sectors(reference)
