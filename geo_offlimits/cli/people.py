"""`person`: add, import, list, role, depart, passphrases and linked accounts."""

import os
from datetime import date
from pathlib import Path
from typing import Any

import click

from geo_offlimits.cli.door import Door, ask, patience, signed
from geo_offlimits.cli.parameters import DAY, FILE, TEXT
from geo_offlimits.cli.service import induction, leave
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.domain.people import PersonnelCategory, Role, RoleGrant
from geo_offlimits.errors import CredentialsError

CATEGORY = click.Choice([category.value for category in PersonnelCategory])
ROLE = click.Choice([role.value for role in Role])
# Home of a person: unlike a look-up, nobody is added to a mission by default.
HOME = click.option("--mission", required=True, help="Mission code.")


@click.group()
def person() -> None:
    """People, their roles and dates."""


person.add_command(leave)
person.add_command(induction)


@person.command()
@click.argument("number", type=TEXT)
@click.option("--name", required=True, type=TEXT)
@click.option("--unit", required=True, type=TEXT)
@click.option("--category", type=CATEGORY, required=True)
@HOME
@click.option("--sector", type=TEXT, help="Of the mission, where the person serves. May be left out.")
@click.option("--email", help="May be left out.")
@click.option("--language", default="en", show_default=True, help="BCP 47 tag.")
@click.option("--role", "roles", type=ROLE, multiple=True, help="May be given several times.  [default: staff]")
@click.option("--from", "start", type=DAY, help="First day of service, or a moment.")
@click.option("--to", "end", type=DAY, help="Last day of service, included, or a moment.")
@signed
def add(
    door: Door,
    number: str,
    category: str,
    roles: tuple[str, ...],
    start: date | None,
    end: date | None,
    **facts: Any,
) -> None:
    """Add a person; prints the one-time passphrase. The first administrator of an empty store needs no --as."""
    from geo_offlimits.services import missions, people

    grants = tuple(_grant(role, facts["mission"]) for role in roles or (Role.STAFF,))
    with door.wiring.reading() as act:
        is_first = people.nobody_yet(act)
    door.wiring.passphrases.prepare(1)
    with door.wiring.writing() if is_first else door.acting() as act:
        service = missions.days(act, facts["mission"], start, end)
        adding = people.new(number=number, category=PersonnelCategory(category), service=service, **facts)
        passphrase = people.add_person(act, adding, grants)
    door.say(
        {"number": number, "one_time_passphrase": passphrase},
        f"{adding.name} ({number}) is added. One-time passphrase, to be replaced at the first sign-in:\n{passphrase}",
    )


def _grant(role: str, mission: str) -> RoleGrant:
    # An administrator runs the installation, not one mission.
    return RoleGrant(role=Role(role), mission=None if role == Role.ADMIN else mission)


@person.command("import")
@click.argument("file", type=FILE)
@HOME
@signed
def import_(door: Door, file: Path, mission: str) -> None:
    """Add people from a CSV or XLSX with columns number, name, unit, category, sector, email, language."""
    from geo_offlimits.services import people

    table = people.read_people(file)
    with patience():
        door.wiring.passphrases.prepare(len(table.rows))
    with door.acting() as act:
        report = people.import_people(act, mission, table)
    door.say(report.as_json(), report.as_text)


@person.command("list")
@HOME
@signed
def list_(door: Door, mission: str) -> None:
    """The people of a mission."""
    from geo_offlimits.services import people

    with door.reading() as act:
        found = people.of_mission(act, mission)
    rows = [
        {
            "number": one.number,
            "name": one.name,
            "unit": one.unit,
            "sector": one.sector,
            "category": one.category,
            "email": one.email,
            "from": one.service.start and format_instant(one.service.start),
            "to": one.service.end and format_instant(one.service.end),
        }
        for one in found
    ]
    lines = [f"{one.number:<12} {one.name:<32} {one.unit:<24} {one.category}" for one in found]
    door.say(rows, "\n".join(lines) or f"Nobody is in {mission} yet.")


@person.command()
@click.argument("reference", metavar="PERSON")
@click.argument("role", type=ROLE)
@click.argument("mission")
@click.option("--from", "start", type=DAY, help="First day, or a moment.")
@click.option("--to", "end", type=DAY, help="Last day, included, or a moment.")
@signed
def role(door: Door, reference: str, role: str, mission: str, start: date | None, end: date | None) -> None:
    """Give a person a role in a mission, between two days if need be."""
    from geo_offlimits.services import missions, people

    with door.acting() as act:
        valid = missions.days(act, mission, start, end)
        people.grant_role(act, reference, RoleGrant(role=Role(role), mission=mission, valid=valid))
    door.say({"person": reference, "role": role, "mission": mission}, f"{reference} is {role} of {mission}.")


@person.command()
@click.argument("reference", metavar="PERSON")
@signed
def depart(door: Door, reference: str) -> None:
    """End a person's service now; their roles end with it."""
    from geo_offlimits.services import people

    with door.acting() as act:
        people.depart(act, reference)
    door.say({"person": reference, "departed": True}, f"{reference} has departed.")


@person.command()
@click.argument("reference", metavar="PERSON")
@signed
def reset(door: Door, reference: str) -> None:
    """Give somebody who lost their passphrase a new one-time one; their sessions end."""
    from geo_offlimits.services import people

    door.wiring.passphrases.prepare(1)
    with door.acting() as act:
        once = people.reset_passphrase(act, reference)
    door.say(
        {"person": reference, "one_time_passphrase": once},
        f"One-time passphrase of {reference}, to be replaced at the next sign-in:\n{once}",
    )


@person.command()
@click.argument("reference", metavar="PERSON")
@click.option("--subject", required=True, type=TEXT, help="What the provider calls them (`sub`), as it is written.")
@click.option("--issuer", type=TEXT, help="The provider's address.  [default: the setting oidc_issuer]")
@signed
def link(door: Door, reference: str, subject: str, issuer: str | None) -> None:
    """Say which account at the identity provider is somebody's, so that they sign in by it.

    Better: they link it themselves, on the page Second factor. Then a second factor that the provider saw can count.
    """
    from geo_offlimits.domain.accounts import Account
    from geo_offlimits.services import accounts

    account = Account(issuer=issuer or door.settings.oidc_issuer, subject=subject)
    with door.acting() as act:
        accounts.link_for(act, reference, account)
    door.say({"person": reference, **vars(account)}, f"{subject} at {account.issuer} is {reference} here.")


@person.command()
@click.argument("reference", metavar="PERSON")
@signed
def unlink(door: Door, reference: str) -> None:
    """Unlink every account at an identity provider that is somebody's; their sessions end."""
    from geo_offlimits.services import accounts

    with door.acting() as act:
        count = accounts.unlink_for(act, reference)
    door.say({"person": reference, "unlinked": count}, f"{count} accounts of {reference} are unlinked.")


@person.command()
@signed
def passphrase(door: Door) -> None:
    """Choose your own passphrase in place of the one you have (--as PERSON).

    Asks at the terminal; a script puts the old one into GEO_OFFLIMITS_PASSPHRASE and the new one into
    GEO_OFFLIMITS_NEW_PASSPHRASE.
    """
    if not door.person:
        raise CredentialsError("Say whose passphrase it is: give --as PERSON (a staff number or an e-mail address).")
    wiring = door.wiring
    old = door.passphrase or ask("Present passphrase", "GEO_OFFLIMITS_PASSPHRASE")
    new = os.environ.get("GEO_OFFLIMITS_NEW_PASSPHRASE") or ask(
        "New passphrase, at least 15 characters", "GEO_OFFLIMITS_NEW_PASSPHRASE", twice=True
    )
    with patience():
        wiring.choose_passphrase(door.person, old, new)
    door.say({"person": door.person, "changed": True}, "The passphrase is changed.")
