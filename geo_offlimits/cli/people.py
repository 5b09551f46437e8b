"""`person`: add, import, list, role, depart."""

import secrets
from datetime import datetime
from pathlib import Path

import click

from geo_offlimits.cli.door import Door, answering
from geo_offlimits.cli.parameters import MOMENT
from geo_offlimits.domain.instants import Period, format_instant
from geo_offlimits.domain.people import Person, PersonnelCategory, Role, RoleGrant

CATEGORY = click.Choice([category.value for category in PersonnelCategory])
ROLE = click.Choice([role.value for role in Role])


@click.group()
def person() -> None:
    """People, their roles and dates."""


@person.command()
@click.argument("number")
@click.option("--name", required=True)
@click.option("--unit", required=True)
@click.option("--category", type=CATEGORY, required=True)
@click.option("--mission", required=True)
@click.option("--email")
@click.option("--language", default="en", show_default=True)
@click.option("--role", "roles", type=ROLE, multiple=True, help="May be given several times.")
@click.option("--from", "start", type=MOMENT, help="First day of service.")
@click.option("--to", "end", type=MOMENT, help="End of service.")
@answering
def add(
    door: Door,
    number: str,
    category: str,
    roles: tuple[str, ...],
    start: datetime | None,
    end: datetime | None,
    **facts: str,
) -> None:
    """Add a person; prints the one-time passphrase. The first administrator of an empty store needs no --as."""
    from geo_offlimits.services import people

    adding = Person(
        person_id=f"p_{secrets.token_hex(8)}",
        number=number,
        category=PersonnelCategory(category),
        service=Period(start=start, end=end),
        **facts,
    )
    grants = tuple(_grant(role, adding.mission) for role in roles or ("staff",))
    opened = door.acting() if door.person else door.wiring.writing()
    with opened as act:
        passphrase = people.add_person(act, adding, grants)
    door.say(
        {"number": number, "one_time_passphrase": passphrase},
        f"{adding.name} ({number}) is added. One-time passphrase, to be replaced at the first sign-in:\n{passphrase}",
    )


def _grant(role: str, mission: str) -> RoleGrant:
    # An administrator runs the installation, not one mission.
    return RoleGrant(role=Role(role), mission=None if role == Role.ADMIN else mission)


@person.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mission", required=True)
@answering
def import_(door: Door, file: Path, mission: str) -> None:
    """Add people from a CSV or XLSX with columns number, name, unit, category, email, language."""
    from geo_offlimits.services import people

    with door.acting() as act:
        report = people.import_people(act, mission, file)
    door.say(report.as_json(), report.as_text)


@person.command("list")
@click.option("--mission", required=True)
@answering
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
            "category": one.category,
            "email": one.email,
            "until": one.service.end and format_instant(one.service.end),
        }
        for one in found
    ]
    door.say(rows, "\n".join(f"{one.number:<12} {one.name:<32} {one.unit:<24} {one.category}" for one in found))


@person.command()
@click.argument("reference", metavar="PERSON")
@click.argument("role", type=ROLE)
@click.argument("mission")
@click.option("--from", "start", type=MOMENT)
@click.option("--to", "end", type=MOMENT)
@answering
def role(door: Door, reference: str, role: str, mission: str, start: datetime | None, end: datetime | None) -> None:
    """Give a person a role in a mission, between two dates if need be."""
    from geo_offlimits.services import people

    grant = RoleGrant(role=Role(role), mission=mission, valid=Period(start=start, end=end))
    with door.acting() as act:
        people.grant_role(act, reference, grant)
    door.say({"person": reference, "role": role, "mission": mission}, f"{reference} is {role} of {mission}.")


@person.command()
@click.argument("reference", metavar="PERSON")
@answering
def depart(door: Door, reference: str) -> None:
    """End a person's service now; their roles end with it."""
    from geo_offlimits.services import people

    with door.acting() as act:
        people.depart(act, reference)
    door.say({"person": reference, "departed": True}, f"{reference} has departed.")


@person.command()
@answering
def passphrase(door: Door) -> None:
    """Choose your own passphrase in place of the one you have (--as PERSON)."""
    from geo_offlimits.services import people

    old = door.passphrase or str(click.prompt("Present passphrase", hide_input=True, err=True))
    new = str(
        click.prompt("New passphrase, at least 15 characters", hide_input=True, confirmation_prompt=True, err=True)
    )
    with door.wiring.writing() as act:
        people.choose_passphrase(act, door.person or "", old, new)
    door.say({"person": door.person, "changed": True}, "The passphrase is changed.")
