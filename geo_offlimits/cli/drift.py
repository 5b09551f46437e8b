"""`drift`: this mission's list beside another's."""

import json
from pathlib import Path

import click

from geo_offlimits.cli.door import Door, signed
from geo_offlimits.cli.parameters import MISSION, NEW_FILE


@click.command()
@MISSION
@click.option(
    "--with", "other", required=True, metavar="LIST", help="A mission's or partner's code, or a partner list's id."
)
@click.option(
    "--edition", "number", type=click.IntRange(1), help="Of the mission's own list.  [default: the current one]"
)
@click.option(
    "--within", "within_m", type=float, metavar="M", help="Only what lies so near the other's territory; 0: in it."
)
@click.option("--geojson", type=NEW_FILE, help="Write the entries of both lists here, with where each stands.")
@signed
def drift(
    door: Door, mission: str | None, other: str, number: int | None, within_m: float | None, geojson: Path | None
) -> None:
    """Compare a mission's list with another's: only here, only there, differs, unclear, same, ended since.

    Of another mission its current edition is compared, of a partner what is held as its word. Where several entries
    could be meant by one another they are told as unclear; nothing is merged and nothing is changed.
    """
    from geo_offlimits.cli.files import write_whole
    from geo_offlimits.formats.drift_words import Teller, as_features
    from geo_offlimits.services import drift as service
    from geo_offlimits.services import missions

    with door.reading() as act:
        code = door.mission(act, mission)
        found = service.compare(act, door.wiring.shelf, code, other, number=number or "current", within_m=within_m)
        timezone = missions.mission(act, code).timezone
    if geojson:
        write_whole({geojson: json.dumps(as_features(found), ensure_ascii=False).encode()}, owner_only=True)
    door.say(found.as_json(), lambda: "\n".join(Teller(timezone).text(found)))
