"""What must stand in the database: tables, keys, triggers. What is missing means that somebody took it away."""

from collections.abc import Iterator

from sqlalchemy import Connection, Index, UniqueConstraint, inspect, select, text
from sqlalchemy.engine import Inspector

from geo_offlimits.store.migrations.latest import REFUSALS
from geo_offlimits.store.migrations.refusals import PINNED, emptying
from geo_offlimits.store.tables import APPEND_ONLY

_SQLITE = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
_POSTGRESQL = text(
    "SELECT t.tgname, pg_get_triggerdef(t.oid, true), t.tgenabled, p.prosrc, array_to_string(p.proconfig, ' ')"
    " FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal"
)
_SWITCHED_ON = "O"


def missing_tables(connection: Connection) -> Iterator[str]:
    """A sentence for each table or column of history that is gone: without it nothing can be verified."""
    standing = set(inspect(connection).get_table_names())
    for table in APPEND_ONLY:
        if table.name not in standing:
            yield f"The table {table.name} is gone from the database."
            continue
        columns = connection.execute(select(text("*")).select_from(table).limit(0)).keys()
        for name in sorted(set(table.columns.keys()) - set(columns)):
            yield f"The column {name} of the table {table.name} is gone from the database."


def missing_guards(connection: Connection) -> Iterator[str]:
    """A sentence for each key that is gone, and each trigger that is gone, switched off or of another text."""
    yield from _missing_keys(inspect(connection))
    sqlite = connection.dialect.name == "sqlite"
    rows = connection.execute(_SQLITE if sqlite else _POSTGRESQL)
    standing = {name: tuple(facts) for name, *facts in rows}
    for name, facts in (_made_on_sqlite() if sqlite else _made_on_postgresql()).items():
        if name not in standing:
            yield f"The guard {name} is gone from the database."
        elif standing[name] != facts:
            yield f"The guard {name} is not as this program made it."


def _missing_keys(found: Inspector) -> Iterator[str]:
    for table in APPEND_ONLY:
        standing = {tuple(key["column_names"]) for key in found.get_unique_constraints(table.name)}
        standing |= {tuple(map(str, key["column_names"])) for key in found.get_indexes(table.name) if key["unique"]}
        constraints = [key for key in table.constraints if isinstance(key, UniqueConstraint)]
        keys: list[Index | UniqueConstraint] = [index for index in table.indexes if index.unique] + constraints
        for names in (tuple(key.columns.keys()) for key in keys):
            if names not in standing:
                yield f"The key of {table.name} over {', '.join(names)} is gone from the database."


Made = dict[str, tuple[str, ...]]


def _made_on_sqlite() -> Made:
    return {refusal.trigger: tuple(refusal.sqlite()) for refusal in REFUSALS}


def _made_on_postgresql() -> Made:
    made: Made = {one.trigger: (one.postgresql()[1], _SWITCHED_ON, one.body, PINNED) for one in REFUSALS}
    for table in APPEND_ONLY:
        _, *function = made[f"refuse_{table.name}_deleted"]
        made[f"refuse_{table.name}_emptied"] = (emptying(table.name), *function)
    return made
