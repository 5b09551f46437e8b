"""The list of an invented partner, so that its page and a drift report have something to show."""

import csv
from datetime import date
from io import StringIO
from itertools import cycle

import shapely

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.demonstration.cast import ACCOUNTS
from geo_offlimits.domain.people import Actor, Role
from geo_offlimits.domain.proof import Shown
from geo_offlimits.formats.edition import decode
from geo_offlimits.formats.reader import read_rows
from geo_offlimits.services import editions, partners, people, transcribing

_COLUMNS = ("Name", "Kind", "Address", "Town", "Latitude", "Longitude")
_MOVED_DEG = 0.0011


def listed(wiring: Wiring) -> None:
    """Half of the mission's own entries as somebody else typed them, and two that the mission does not have."""
    with wiring.writing(_actor(wiring, Role.OFFICER)) as act:
        table = read_rows(("Border police, November.csv", _typed(editions.content(act, "DEMO"))))
        said = transcribing.Received(partner="BORDERS", reference="HQ 12/26", received=date(2026, 11, 20))
        entered = transcribing.enter(act, transcribing.ready(act, "DEMO", table, said))
    with wiring.writing(_actor(wiring, Role.DEPUTY)) as act:
        partners.confirm(act, entered.edition_id)


def _actor(wiring: Wiring, role: Role) -> Actor:
    (account,) = (one for one in ACCOUNTS if one.role is role)
    with wiring.reading() as act:
        persons = act.tx.people.of_mission("DEMO")
        person_id = next(one.person_id for one in persons if one.email == account.email)
        return people.actor(act, person_id, Shown(passphrase_at=act.now, factor_at=act.now))


def _typed(content: bytes) -> bytes:
    text = StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(_COLUMNS)
    placed = [one for one in decode(content).entries if one.geometry is not None and one.address]
    for one, moved in zip(placed[:40:2], cycle((0, 0, _MOVED_DEG, 0, 0)), strict=False):
        (lon, lat), *_ = shapely.get_coordinates(shapely.point_on_surface(one.geometry))
        kind = one.category.value.replace("_", " ") if one.category else ""
        writer.writerow((one.name, kind, one.address, one.locality, f"{lat + moved:.5f}", f"{lon:.5f}"))
    writer.writerow(("Harbour Rest", "bar", "9 Quay Road", "Porto Velano", "-31.65000", "-15.90000"))
    writer.writerow(("Night Ferry", "night club", "", "Porto Velano", "", ""))
    return text.getvalue().encode()
