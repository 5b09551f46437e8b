"""`mission`: add one, list them, change its territory, sectors and contacts."""

import json
from datetime import datetime
from pathlib import Path

import click
import geopandas as gpd

from geo_offlimits.cli.door import Door, answering
from geo_offlimits.cli.parameters import MOMENT
from geo_offlimits.domain.instants import Period
from geo_offlimits.domain.mission import Boundary, BoundaryKind, Contact, ContactKind, Mission, Organisation
from geo_offlimits.errors import InputError

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FROM = click.option("--from", "start", type=MOMENT, required=True, help="When it begins to hold.")


@click.group()
def mission() -> None:
    """Missions, their boundaries and contacts."""


@mission.command()
@click.argument("code")
@click.option("--name", required=True)
@click.option("--organisation", type=click.Choice([o.value for o in Organisation]), required=True)
@click.option("--territory", required=True, metavar="iso:XX|CODE|FILE", help="ISO code, shipped mission, or a file.")
@click.option("--timezone", required=True, help="IANA name, such as Europe/Belgrade.")
@click.option("--language", "languages", multiple=True, default=("en",), show_default=True)
@click.option("--recognises", multiple=True, metavar="CODE", help="Missions whose lists hold here too.")
@answering
def add(door: Door, code: str, territory: str, organisation: str, **facts: object) -> None:
    """Add a mission with its territory."""
    from geo_offlimits.services import missions

    adding = Mission(code=code, organisation=Organisation(organisation), territory=territory, **facts)  # type: ignore[arg-type]  # click's values carry the names of Mission
    boundary, sectors = read_territory(territory)
    with door.acting() as act:
        added = missions.add_mission(act, adding, boundary, sectors)
    door.say({"code": added.code, "sectors": len(sectors)}, f"Mission {added.code} is added: {boundary.name}.")


@mission.command("list")
@answering
def list_(door: Door) -> None:
    """The missions of this store."""
    with door.wiring.reading() as act:
        found = act.tx.missions.all()
    rows = [{"code": m.code, "name": m.name, "organisation": m.organisation, "timezone": m.timezone} for m in found]
    door.say(
        rows, "\n".join(f"{m.code}  {m.name} ({m.organisation}, {m.timezone})" for m in found) or "No mission yet."
    )


@mission.command()
@click.argument("code")
@click.argument("file", type=FILE)
@FROM
@answering
def territory(door: Door, code: str, file: Path, start: datetime) -> None:
    """Replace the territory from a date on."""
    from geo_offlimits.services import missions

    boundary, _ = read_territory(str(file))
    with door.acting() as act:
        missions.set_territory(act, code, _from(boundary, start))
    door.say({"code": code, "territory": boundary.name}, f"{code} has a new territory from {start:%Y-%m-%d}.")


@mission.command()
@click.argument("code")
@click.argument("file", type=FILE)
@FROM
@answering
def sectors(door: Door, code: str, file: Path, start: datetime) -> None:
    """Replace the sectors from a date on; each feature needs a `name`."""
    from geo_offlimits.delivery import shipped
    from geo_offlimits.services import missions

    found = tuple(_from(sector, start) for sector in as_sectors(shipped.sectors_from_file(file)))
    with door.acting() as act:
        missions.set_sectors(act, code, found)
    door.say({"code": code, "sectors": [s.name for s in found]}, f"{code} has {len(found)} sectors.")


@mission.command()
@click.argument("code")
@click.argument("file", type=FILE)
@answering
def contacts(door: Door, code: str, file: Path) -> None:
    """Replace the contacts shown on every verdict: a JSON list of kind, name, phone, email, hours."""
    from geo_offlimits.services import missions

    found = read_contacts(file)
    with door.acting() as act:
        missions.set_contacts(act, code, found)
    door.say({"code": code, "contacts": len(found)}, f"{code} has {len(found)} contacts.")


def read_contacts(file: Path) -> tuple[Contact, ...]:
    kinds = ", ".join(kind.value for kind in ContactKind)
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))
        return tuple(Contact(**{**row, "kind": ContactKind(row["kind"])}) for row in rows)
    except (OSError, ValueError, TypeError, KeyError) as fault:
        raise InputError(
            f"{file} is not a list of contacts ({fault}); write "
            f'[{{"kind": "conduct", "name": "…", "phone": "…"}}], kind one of {kinds}.'
        ) from None


def read_territory(reference: str) -> tuple[Boundary, tuple[Boundary, ...]]:
    """The territory of `iso:XX`, a shipped mission's code or a file, and the sectors that ship with it."""
    from geo_offlimits.delivery import shipped

    is_file = Path(reference).suffix != "" and not reference.startswith("iso:")
    frame = shipped.territory_from_file(Path(reference)) if is_file else shipped.territory(reference)
    name = str(frame["name"].iloc[0] or reference) if "name" in frame.columns else reference
    boundary = Boundary(kind=BoundaryKind.TERRITORY, name=name, geometry=frame.geometry.union_all())
    if is_file or reference.startswith("iso:"):
        return boundary, ()
    return boundary, as_sectors(shipped.sectors(reference))


def as_sectors(rows: gpd.GeoDataFrame) -> tuple[Boundary, ...]:
    return tuple(
        Boundary(kind=BoundaryKind.SECTOR, name=str(title), geometry=shape)
        for title, shape in zip(rows["name"], rows.geometry, strict=True)
    )


def _from(boundary: Boundary, start: datetime) -> Boundary:
    return Boundary(kind=boundary.kind, name=boundary.name, geometry=boundary.geometry, valid=Period(start=start))
