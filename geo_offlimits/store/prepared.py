"""A question that every request asks, compiled once and put straight to SQLite's driver.

SQLAlchemy's own way of executing it costs more than all else that a look-up does. Over a network, as with PostgreSQL,
that would not be noticed, so there it is asked the usual way.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select
from sqlalchemy.dialects import sqlite

from geo_offlimits.store.backends import begin_snapshot, driver_of


class Prepared:
    """`question` takes its values as text; what it selects comes out as the columns' types say."""

    def __init__(self, question: Select[Any]) -> None:
        dialect = sqlite.dialect()
        compiled = question.compile(dialect=dialect)
        self._question, self._text = question, str(compiled)
        self._names, self._constants = tuple(compiled.positiontup or ()), dict(compiled.params)
        self._readers = [
            column.type.dialect_impl(dialect).result_processor(dialect, None) for column in question.selected_columns
        ]

    def first(self, connection: Connection, values: Mapping[str, str]) -> Sequence[Any] | None:
        """The first row, in the snapshot of `connection`."""
        if connection.dialect.name != "sqlite":
            return connection.execute(self._question, values).first()
        driver = driver_of(connection)
        begin_snapshot(driver)
        given = {**self._constants, **values}
        try:
            row = driver.execute(self._text, [given[name] for name in self._names]).fetchone()
        except sqlite3.Error:  # asked once more the usual way, a lasting fault is said in our words
            return connection.execute(self._question, values).first()
        return row and [read(fact) if read else fact for read, fact in zip(self._readers, row, strict=True)]
