"""A footprint moves by two persons, whatever program writes: driven by chance on both stores."""

import random
from typing import Any

import pytest
from shapely import Point
from sqlalchemy import insert, select

from geo_offlimits.errors import RefusedError
from geo_offlimits.store import tables

Island = Any
PEOPLE = ("officer", "head", "deputy")
PLACES = (Point(-41.5, 38.2), Point(-41.5001, 38.2001), Point(-41.4, 38.2), None)


class Rows:
    """Writes rows below the program; each attempt in a savepoint."""

    def __init__(self, connection: Any, chance: random.Random) -> None:
        self.connection, self.chance = connection, chance

    def last(self, table: Any) -> dict[str, Any]:
        row = self.connection.execute(select(table).order_by(table.c.id.desc()).limit(1)).mappings().one()
        return {name: value for name, value in row.items() if name != "id"}

    def ids(self, table: Any) -> list[int]:
        return list(self.connection.execute(select(table.c.id).order_by(table.c.id)).scalars())

    def row(self, table: Any, key: int) -> dict[str, Any]:
        row = self.connection.execute(select(table).where(table.c.id == key)).mappings().one()
        return {name: value for name, value in row.items() if name != "id"}

    def add(self, table: Any, row: dict[str, Any]) -> bool:
        savepoint = self.connection.begin_nested()
        try:
            self.connection.execute(insert(table).values(row))
        except RefusedError:
            savepoint.rollback()
            return False
        savepoint.commit()
        return True

    def try_anything(self, serial: int) -> bool:
        return self.chance.choice((self.propose, self.decide, self.decide, self.describe))(serial)

    def propose(self, serial: int) -> bool:
        row = self.last(tables.change) | {
            "change_id": f"DEMO-C{serial + 100}",
            "supersedes_id": None,
            "state": self.chance.choice(("proposed", "proposed", "made")),
            "base_id": self.chance.choice(self.ids(tables.subject)[-2:]),
            "decided_by": None,
        }
        return self.add(tables.change, self._bent(row))

    def decide(self, _serial: int) -> bool:
        key = self.chance.choice(self.ids(tables.change)[-2:])
        state = self.chance.choice(("made", "made", "refused", "withdrawn"))
        decision = {"supersedes_id": key, "state": state, "decided_by": self.chance.choice(PEOPLE)}
        return self.add(tables.change, self._bent(self.row(tables.change, key) | decision))

    def describe(self, _serial: int) -> bool:
        key = self.chance.choice(self.ids(tables.subject)[-2:])
        change = self.last(tables.change)
        row = {name.removeprefix("new_"): value for name, value in change.items() if name.startswith("new_")}
        agreed = {"supersedes_id": key, "change_id": self.chance.choice((change["change_id"], None))}
        return self.add(tables.subject, self._bent(self.row(tables.subject, key) | row | agreed))

    def _bent(self, row: dict[str, Any]) -> dict[str, Any]:
        """Now and then with another footprint or another person."""
        place = "new_geometry" if "new_geometry" in row else "geometry"
        bent: dict[str, Any] = {place: self.chance.choice(PLACES)} if self.chance.random() < 0.4 else {}
        if "person_id" in row and self.chance.random() < 0.3:
            bent["person_id"] = self.chance.choice(PEOPLE)
        return row | bent


def moved_alone(connection: Any) -> list[int]:
    """Versions of a subject with another footprint than the one before, without two persons who agreed on it."""
    subjects = {row.id: row for row in connection.execute(select(tables.subject))}
    made = {
        row.change_id: row for row in connection.execute(select(tables.change).where(tables.change.c.state == "made"))
    }
    found = []
    for row in subjects.values():
        before = subjects.get(row.supersedes_id)
        if before is None or before.geometry == row.geometry:
            continue
        change = made.get(row.change_id)
        agreed = (
            change is not None
            and change.decided_by != change.person_id
            and (change.base_id, change.new_geometry) == (before.id, row.geometry)
        )
        found += [] if agreed else [row.id]
    return found


def drive(island: Island, tries: int, *, without: str | None = None) -> tuple[int, list[int]]:
    connection = island.store._engines.writer.connect()
    transaction = connection.begin()
    if without:
        on = f" ON {without.split('_')[1]}" if connection.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f"DROP TRIGGER {without}{on}")
    try:
        rows = Rows(connection, random.Random(20261126))
        before = len(rows.ids(tables.subject))
        for serial in range(tries):
            rows.try_anything(serial)
            # A guard that is missing on purpose is found out, and that is enough.
            if without and serial % 50 == 0 and moved_alone(connection):
                break
        return len(rows.ids(tables.subject)) - before, moved_alone(connection)
    finally:
        transaction.rollback()
        connection.close()


def test_whatever_is_tried_no_footprint_moves_by_one_person(either_island: Island) -> None:
    either_island.lived_in()
    landed, alone = drive(either_island, 1_200)
    assert landed > 5, "some moves must land, or nothing was tried"
    assert alone == []


@pytest.mark.parametrize("guard", ["refuse_change_same_person", "refuse_subject_described_alone"])
def test_without_one_of_the_guards_chance_moves_one_alone(island: Island, guard: str) -> None:
    island.lived_in()
    _, alone = drive(island, 1_200, without=guard)
    assert alone != []


def test_a_move_lands_with_its_change_and_not_without(either_island: Island) -> None:
    either_island.peopled().propose(1)
    described = either_island.subject(geometry=Point(-41.4, 38.1))
    with pytest.raises(RefusedError, match="by two persons"):
        either_island.act(2, lambda tx, at: tx.register.supersede_subject("DEMO-S0001", described, at))
    with pytest.raises(RefusedError, match="by two persons"):
        either_island.act(
            2, lambda tx, at: tx.register.supersede_subject("DEMO-S0001", described, at, change_id="DEMO-C0001")
        )
    either_island.move(2, 3)
    with either_island.store.reading() as tx:
        found = tx.register.get("DEMO-0001")
        assert found is not None
        assert found.subject.geometry == Point(-41.5001, 38.2001)
        assert found.described_at == either_island.at(3)
        assert tx.audit.verify() == ()
