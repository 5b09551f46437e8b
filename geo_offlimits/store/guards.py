"""The triggers that must stand in the database. A missing one means that somebody took it away."""

from collections.abc import Iterator

from sqlalchemy import Connection, text

from geo_offlimits.store.migrations.refusals_0004 import REFUSALS

_SQLITE = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
_POSTGRESQL = text("SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal")


def missing_guards(connection: Connection) -> Iterator[str]:
    """A sentence for each trigger that is gone, switched off (PostgreSQL) or of another text (SQLite)."""
    sqlite = connection.dialect.name == "sqlite"
    standing: dict[str, str] = {row[0]: row[1] for row in connection.execute(_SQLITE if sqlite else _POSTGRESQL)}
    for refusal in REFUSALS:
        expected = refusal.sqlite()[0] if sqlite else "O"
        if refusal.trigger not in standing:
            yield f"The guard {refusal.trigger} is gone from the database."
        elif standing[refusal.trigger] != expected:
            yield f"The guard {refusal.trigger} is not as this program made it."
