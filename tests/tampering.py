"""What somebody who owns the store can do to an edition, past every guard of the store."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, create_engine, text

Row = dict[str, Any]
_COLUMNS = ("content", "envelope", "sha256", "expires_at")
_CHOSEN = "WHERE mission = :of AND number = :at"


def tamper(store: str, change: Callable[[Row], Row], *, mission: str, number: int) -> None:
    """Puts what `change` makes of the edition's row in its place. `store` is its address, as its owner."""
    chosen = {"of": mission, "at": number}
    engine = create_engine(store)
    with engine.begin() as connection:
        _take_guards_down(connection)
        row = connection.execute(text(f"SELECT * FROM edition {_CHOSEN}"), chosen).mappings().one()  # noqa: S608
        put = ", ".join(f"{name} = :{name}" for name in _COLUMNS)
        changed = {name: value for name, value in change(dict(row)).items() if name in _COLUMNS}
        connection.execute(text(f"UPDATE edition SET {put} {_CHOSEN}"), changed | chosen)  # noqa: S608
    engine.dispose()


def _take_guards_down(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ALTER TABLE edition DISABLE TRIGGER ALL")
        return
    guards = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'edition'"
    for name in connection.exec_driver_sql(guards).scalars().all():
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')


def another_signature(row: Row) -> Row:
    return row | {"envelope": row["envelope"].replace(b'"sig":"', b'"sig":"AAAA')}
