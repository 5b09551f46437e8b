"""How tables are made: their names for keys, and what every history table has.

The end of a row's record time is its successor's `recorded_at`. A table's noun is what its rows are versions of: the
columns under `noun` name it, and a row may only supersede a row of the same noun.
"""

from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, String, Table

from geo_offlimits.store.columns import Utc

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# On SQLite an INTEGER primary key is the row's own address; ids are never given twice because no row is ever deleted.
ID = "id"


def history_table(
    name: str, *columns: Any, noun: tuple[str, ...], one_line: bool = True, later: dict[str, Any] | None = None
) -> Table:
    """With `one_line`, a noun has one first row, so that its versions form one line from there.

    later : columns that came after the first revision, with what rows written before them hold there.
    """
    table = Table(
        name,
        METADATA,
        Column(ID, Integer, primary_key=True),
        Column("recorded_at", Utc, nullable=False),
        Column("supersedes_id", Integer, ForeignKey(f"{name}.id"), unique=True),
        *columns,
        info={"noun": noun, "later": later or {}},
    )
    if one_line:
        first = table.c.supersedes_id.is_(None)
        Index(
            f"uq_{name}_first", *(table.c[key] for key in noun), unique=True, sqlite_where=first, postgresql_where=first
        )
    return table


def key(name: str, *, nullable: bool = False, index: bool = False) -> Column[str]:
    return Column(name, String(80), nullable=nullable, index=index)
