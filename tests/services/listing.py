"""What stories of imports begin with: a list held against the register, landed, and every table of the store."""

from typing import Any

from sqlalchemy import select

from geo_offlimits.domain.imports import RowReport, RowStatus
from geo_offlimits.formats.reader import read_rows
from geo_offlimits.services import gazetteer, imports
from geo_offlimits.services.imports import ImportReport
from geo_offlimits.store import tables
from geo_offlimits.store.operational_tables import OPERATIONAL
from tests.services.conftest import MISSION, World


def reported(world: World, text: str | bytes, name: str = "old list.csv", by: str = "103", **how: Any) -> ImportReport:
    content = text.encode() if isinstance(text, str) else text
    with world.reading(by) as act:
        table = read_rows((name, content), near=gazetteer.places_of(act, MISSION))
        return imports.report(act, MISSION, table, **how)


def landed(world: World, found: ImportReport, by: str = "103") -> Any:
    with world.acting(by) as act:
        return imports.land(act, found)


def statuses(found: ImportReport) -> list[tuple[int, RowStatus]]:
    return [(one.row, one.status) for one in found.reports]


def row(found: ImportReport, number: int) -> RowReport:
    return next(one for one in found.reports if one.row == number)


def dump(world: World) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the store but for who is signed in."""
    with world.wiring.reading() as act:
        return {
            table.name: sorted(map(tuple, act.tx.connection.execute(select(table))), key=str)
            for table in (*tables.APPEND_ONLY, *OPERATIONAL)
            if table.name not in {"session", "login_failure"}
        }
