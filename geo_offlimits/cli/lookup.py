"""`check` and `find`: the verdict by position or by name, also as exit code."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from geo_offlimits.cli.door import Door, answering
from geo_offlimits.cli.parameters import METRES, MISSION, MOMENT, NEW_FILE, TEXT, UNCERTAINTY_M, Positions
from geo_offlimits.cli.receipts import keep
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.premises import VenueKind

# By the verdict's word, so that `check --help` does not load the whole look-up.
EXIT_CODES = {"not_listed": 0, "listed": 3, "cannot_tell": 4}

AT = click.option("--at", type=MOMENT, help="When the person is there.  [default: now]")
ALSO = click.option("--also", multiple=True, metavar="CODE", help="Ask this mission's list, too; may be repeated.")
RECEIPT = click.option(
    "--receipt", type=NEW_FILE, help="Keep the answer, signed, in this file: .txt, .json, or .svg for a QR code."
)
PERSONNEL = click.option("--personnel", type=click.Choice([c.value for c in PersonnelCategory]), help="Who asks.")


@click.command(cls=Positions)
@click.argument("positions", nargs=-1, required=True, type=TEXT, metavar="POSITION…")
@MISSION
@click.option("--radius-m", type=METRES, help="How far matches are shown.  [default: setting radius_m]")
@click.option(
    "--uncertainty-m", type=UNCERTAINTY_M, help="95 % uncertainty of the position.  [default: from the notation]"
)
@AT
@click.option("--known-at", type=MOMENT, help="Use the edition that was current then.")
@PERSONNEL
@click.option("--venue", type=click.Choice([v.value for v in VenueKind]), help="Which kind of venue it is.")
@click.option("--entry", "entry_id", help="The entry whose sign the person sees.")
@ALSO
@RECEIPT
@answering
def check(
    door: Door,
    positions: tuple[str, ...],
    mission: str | None,
    at: datetime | None,
    known_at: datetime | None,
    receipt: Path | None,
    **facts: Any,
) -> None:
    """Is this POSITION off limits? Exit code 0 not listed, 3 listed, 4 cannot tell (the strictest of several).

    POSITION: 42.6600,21.1600 · 42°39′36″N 21°09′36″E · 34T EN 13113 23071 · UTM with its zone · Plus code · geo: URI ·
    a link of a map. One that can mean several places is refused with all of them.
    """
    from geo_offlimits.services import lookup, receipts
    from geo_offlimits.services.positions import territory_of

    # What was known earlier is for somebody who may read it; what is published now needs nobody.
    with door.reading() if known_at and door.person else door.looking() as act:
        code = door.mission(act, mission)
        request = lookup.CheckRequest.from_texts(
            code,
            positions,
            territory=territory_of(act, code),
            at=at,
            known_at=known_at,
            radius_m=facts["radius_m"] or door.settings.radius_m,
            uncertainty_m=facts["uncertainty_m"],
            personnel=PersonnelCategory(facts["personnel"]) if facts["personnel"] else None,
            venue=VenueKind(facts["venue"]) if facts["venue"] else None,
            entry_id=facts["entry_id"],
            also=facts["also"],
        )
        result = lookup.check(act, door.wiring.shelf, request)
        if receipt:
            keep(receipts.of_check(act, request, result), receipt)
    door.say(result.as_json(written=door.as_json), result.as_text)
    raise SystemExit(EXIT_CODES[result.strictest])


@click.command()
@click.argument("name", type=TEXT)
@MISSION
@AT
@PERSONNEL
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True, help="How many to show.")
@ALSO
@RECEIPT
@answering
def find(
    door: Door,
    name: str,
    mission: str | None,
    at: datetime | None,
    personnel: str | None,
    receipt: Path | None,
    **how: Any,
) -> None:
    """Is a NAME like this off limits, in any script? A name that matches is answered as `check --entry` would.

    Exit code 3 when the entry of a matching name is off limits, 4 cannot tell, 0 else: not on the list, or on it but
    not barred (a caution, other hours, other personnel), which the answer says.
    """
    from geo_offlimits.services import lookup, receipts

    category = PersonnelCategory(personnel) if personnel else None
    with door.looking() as act:
        code = door.mission(act, mission)
        result = lookup.find(act, door.wiring.shelf, code, name, at=at, personnel=category, **how)
        if receipt:
            keep((receipts.of_find(act, result, name, at=at, personnel=category),), receipt)
    door.say(result.as_json(), result.as_text)
    raise SystemExit(EXIT_CODES[result.verdict])
