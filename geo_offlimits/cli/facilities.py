"""`facility`: approved welfare and recreation places, the alternative beside a verdict."""

import click

from geo_offlimits.cli.door import Door, signed
from geo_offlimits.cli.parameters import MISSION, TEXT


@click.group()
def facility() -> None:
    """Approved welfare and recreation places."""


@facility.command()
@MISSION
@click.option("--name", required=True, type=TEXT)
@click.option("--kind", required=True, type=TEXT, help="Such as canteen, club, sports.")
@click.option("--position", required=True, type=TEXT, help="In any notation.")
@click.option("--address", type=TEXT)
@click.option("--locality", type=TEXT)
@click.option("--confirm-outside", is_flag=True, help="Yes, it lies outside the mission's territory.")
@signed
def add(door: Door, mission: str | None, position: str, *, confirm_outside: bool, **facts: str) -> None:
    """Add an approved place; staff see it from the next edition on."""
    from shapely import Point

    from geo_offlimits.services import facilities
    from geo_offlimits.services.positions import read_position

    with door.acting() as act:
        code = door.mission(act, mission)
        found = read_position(act, code, position)
        described = facilities.new(geometry=Point(found.lon, found.lat), **facts)
        added = facilities.add(act, code, described, confirm_outside=confirm_outside)
    door.say({"id": added.facility_id, "name": added.name}, f"{added.name} is added as {added.facility_id}.")


@facility.command()
@click.argument("facility_id", metavar="ID")
@MISSION
@signed
def retire(door: Door, facility_id: str, mission: str | None) -> None:
    """Take an approved place off the list, from the next edition on."""
    from geo_offlimits.services import facilities

    with door.acting() as act:
        facilities.retire(act, door.mission(act, mission), facility_id)
    door.say({"id": facility_id, "retired": True}, f"{facility_id} is retired.")


@facility.command("list")
@MISSION
@signed
def list_(door: Door, mission: str | None) -> None:
    """The approved places of a mission."""
    from geo_offlimits.services import facilities

    with door.reading() as act:
        found = facilities.all_of(act, door.mission(act, mission))
    rows = [{"id": one.facility_id, "name": one.name, "kind": one.kind, "locality": one.locality} for one in found]
    door.say(rows, "\n".join(f"{one.facility_id}  {one.name} ({one.kind})" for one in found) or "None yet.")
