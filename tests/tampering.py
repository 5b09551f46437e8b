"""What somebody who can write to the store's file can do to an edition, past every guard of the store."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

Row = dict[str, Any]
_COLUMNS = ("content", "envelope", "sha256", "expires_at")


def tamper(store: Path, change: Callable[[Row], Row], *, mission: str, number: int) -> None:
    """Puts what `change` makes of the edition's row in its place."""
    chosen = {"of": mission, "at": number}
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.row_factory = sqlite3.Row
        guards = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'edition'"
        for (name,) in connection.execute(guards).fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        row = connection.execute("SELECT * FROM edition WHERE mission = :of AND number = :at", chosen).fetchone()
        connection.execute(
            "UPDATE edition SET content = :content, envelope = :envelope, sha256 = :sha256, expires_at = :expires_at "
            "WHERE mission = :of AND number = :at",
            {name: value for name, value in change(dict(row)).items() if name in _COLUMNS} | chosen,
        )


def another_signature(row: Row) -> Row:
    return row | {"envelope": row["envelope"].replace(b'"sig":"', b'"sig":"AAAA')}
