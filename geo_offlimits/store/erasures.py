"""Erasures: asked for in one row of history, settled in the next; then what tells who somebody was is overwritten.

The one place where rows of history change. The database lets nothing else be done to them (`migrations.latest`), and
the leaf of the erasure carries the digests that the rows have afterwards, so that they fit the audit tree as before.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, Text, bindparam, or_, select

from geo_offlimits.domain.erasure import Erasure, ErasureState, Mention
from geo_offlimits.errors import AbsentError
from geo_offlimits.store import tables
from geo_offlimits.store.history import History, Standing, row_digest
from geo_offlimits.store.migrations.latest import GONE, IDENTIFYING, OPAQUE
from geo_offlimits.store.tables import erasure

_ONE = Standing(erasure, erasure.c.erasure_id == bindparam("erasure_id"))
_OF_PERSON = Standing(erasure, erasure.c.person_id == bindparam("person_id"))
_OPEN = Standing(erasure, erasure.c.state == ErasureState.ASKED.value)


class Erasures:
    def __init__(self, connection: Connection, history: History) -> None:
        self._connection, self._history = connection, history

    def ask(self, erasure_id: str, person_id: str, by: str, reason: str, at: datetime) -> None:
        """Raises RefusedError for somebody in service."""
        self._history.add(
            erasure,
            recorded_at=at,
            erasure_id=erasure_id,
            person_id=person_id,
            asked_by=by,
            reason=reason,
            state=ErasureState.ASKED.value,
        )

    def settle(self, erasure_id: str, state: ErasureState, by: str, at: datetime) -> None:
        """Raises AbsentError where there is none, RefusedError for one that is settled already."""
        standing = _ONE.row(self._connection, erasure_id=erasure_id)
        if standing is None:
            raise AbsentError(f"Nobody asked for an erasure {erasure_id}; `person erasures` shows those there are.")
        self._history.supersede(erasure, standing, recorded_at=at, state=state.value, settled_by=by)

    def of_person(self, person_id: str) -> tuple[Erasure, ...]:
        return tuple(_erasure(row) for row in _OF_PERSON.rows(self._connection, person_id=person_id))

    def waiting(self) -> tuple[Erasure, ...]:
        """All that nobody has settled, oldest first."""
        return tuple(sorted(map(_erasure, _OPEN.rows(self._connection)), key=lambda one: (one.at, one.erasure_id)))

    def erase(self, person_id: str) -> dict[str, str]:
        """Overwrites who somebody was; an agreed erasure must stand. Returns row -> digest of every row it changed.

        On SQLite what was there is overwritten in the file, too; PostgreSQL does so when it next vacuums.
        """
        if self._connection.dialect.name == "sqlite":
            self._connection.exec_driver_sql("PRAGMA secure_delete = ON")
        found: dict[str, str] = {}
        for name in IDENTIFYING:
            table = tables.metadata.tables[name]
            theirs = table.c.person_id == person_id
            self._connection.execute(table.update().where(theirs).values(erased_values(table, person_id)))
            for row in self._connection.execute(select(table).where(theirs).order_by(table.c.id)).mappings():
                found[f"{name}/{row['id']}"] = row_digest(table, dict(row))
        return found

    def mentions(self, words: Iterable[str]) -> tuple[Mention, ...]:
        """Where texts that people wrote by hand hold one of the words; what is written in files is not looked at."""
        sought = tuple(words)
        return tuple(
            Mention(table=table.name, column=column.name, row_id=row_id)
            for table in tables.AUDITED
            for column in table.columns
            if isinstance(column.type, Text) and column.name not in IDENTIFYING.get(table.name, {})
            for row_id in self._holding(table, column, sought)
        )

    def _holding(self, table: Table, column: ColumnElement[Any], words: tuple[str, ...]) -> Iterable[int]:
        held = or_(*(column.icontains(word, autoescape=True) for word in words))
        return self._connection.execute(select(table.c.id).where(held).order_by(table.c.id)).scalars()


def erased_values(table: Table, person_id: str) -> dict[str, Any]:
    """What the columns of a row by which somebody could be known hold once they are erased."""
    nothing = {OPAQUE: person_id, GONE: None}
    return {
        name: nothing[how] if how in nothing else table.c[name].type.python_type()
        for name, how in IDENTIFYING[table.name].items()
    }


def _erasure(row: Row[Any]) -> Erasure:
    return Erasure(
        erasure_id=row.erasure_id,
        person_id=row.person_id,
        asked_by=row.asked_by,
        reason=row.reason,
        state=ErasureState(row.state),
        settled_by=row.settled_by,
        at=row.recorded_at,
    )
