"""Reading and writing history rows: what stands now, what stood as known at a moment, and what awaits its leaf."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Row, Select, Table, bindparam, select

from geo_offlimits.errors import StoreError
from geo_offlimits.store.plain import canonical

_KNOWN_AT: BindParameter[Any] = bindparam("known_at")


class Standing:
    """A prepared read of the rows without a successor; with `known_at`, as recorded up to and including then."""

    def __init__(
        self, table: Table, *criteria: ColumnElement[bool], order_by: ColumnElement[Any] | None = None
    ) -> None:
        self._latest = _standing(table, criteria, order_by, known=False)
        self._known = _standing(table, criteria, order_by, known=True)

    def rows(self, connection: Connection, known_at: datetime | None = None, **keys: Any) -> Sequence[Row[Any]]:
        if known_at is None:
            return connection.execute(self._latest, keys).all()
        return connection.execute(self._known, {**keys, "known_at": known_at}).all()

    def only(self, *columns: ColumnElement[Any], known: bool = False) -> Select[Any]:
        """The same read of some columns, as it stands now; with `known`, as recorded up to `known_at`."""
        return (self._known if known else self._latest).with_only_columns(*columns).order_by(None)

    @property
    def query(self) -> Select[Any]:
        """The read of what stands now, for a caller who asks for less."""
        return self._latest

    def row(self, connection: Connection, known_at: datetime | None = None, **keys: Any) -> Row[Any] | None:
        return next(iter(self.rows(connection, known_at, **keys)), None)


def _standing(
    table: Table, criteria: tuple[ColumnElement[bool], ...], order_by: ColumnElement[Any] | None, *, known: bool
) -> Select[Any]:
    successor = table.alias("successor")
    succeeds = successor.c.supersedes_id == table.c.id
    if known:
        succeeds &= successor.c.recorded_at <= _KNOWN_AT
        criteria = (*criteria, table.c.recorded_at <= _KNOWN_AT)
    query = select(table).outerjoin(successor, succeeds).where(successor.c.id.is_(None), *criteria)
    return query.order_by(table.c.id if order_by is None else order_by)


def row_digest(table: Table, row: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical form of every column of a row, with the table it stands in.

    A column that came later is left out where it holds what it gave the rows of before: their digests, which leaves of
    the audit tree carry, were made without it.
    """
    told = row_facts(table, row)
    # A member at a time, in canonical order: an edition's bytes need not be copied into one text more.
    digest = hashlib.sha256(b'{"row":')
    for at, name in enumerate(sorted(told)):
        digest.update((b"," if at else b"{") + canonical(name) + b":")
        digest.update(canonical(told[name]))
    digest.update(b'},"table":' + canonical(table.name) + b"}")
    return digest.hexdigest()


def row_facts(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that the digest of a row is made of."""
    later = table.info.get("later", {})
    return {name: value for name, value in row.items() if name not in later or value != later[name]}


class History:
    """Adds rows to the history tables of one transaction and holds their digests until a leaf carries them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._unaudited: dict[str, str] = {}

    def add(self, table: Table, **values: Any) -> int:
        """Adds one row and returns its id. Raises RefusedError with the database's own sentence."""
        return int(self.added(table, **values)["id"])

    def added(self, table: Table, **values: Any) -> dict[str, Any]:
        """The same; returns all that stands in the row."""
        given = self._connection.execute(table.insert(), values).inserted_primary_key
        return self._hold(table, values | {"id": int(given[0]) if given else 0})

    def add_many(self, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        """Adds rows of the same columns at once. Raises as `add`."""
        if not rows:
            return
        query = table.insert().returning(table.c.id, sort_by_parameter_order=True)
        for row, row_id in zip(rows, self._connection.execute(query, list(rows)).scalars(), strict=True):
            self._hold(table, row | {"id": row_id})

    def _hold(self, table: Table, values: dict[str, Any]) -> dict[str, Any]:
        row: dict[str, Any] = dict.fromkeys(table.columns.keys()) | table.info.get("later", {}) | values
        self._unaudited[f"{table.name}/{row['id']}"] = row_digest(table, row)
        return row

    def supersede(self, table: Table, standing: Row[Any], **changed: Any) -> int:
        """Adds a version like the standing one but for what changed."""
        kept = dict(zip(table.columns.keys(), standing, strict=True))
        del kept["id"]
        return self.add(table, **kept | {"supersedes_id": standing.id} | changed)

    def hand_to_leaf(self) -> dict[str, str]:
        """Row -> digest of everything added since the last leaf; the caller writes the leaf."""
        rows, self._unaudited = self._unaudited, {}
        return rows

    def refuse_unaudited(self) -> None:
        """No audit row, no act. Raises StoreError, so that the transaction is rolled back."""
        if self._unaudited:
            raise StoreError(
                f"Nothing was written: {', '.join(sorted(self._unaudited)[:3])} would stand without a leaf in the "
                "audit tree. Append a leaf after the rows it is about, in the same transaction."
            )
