"""The form of a store as its own catalogue tells it, in words that are the same for SQLite and PostgreSQL."""

import re
from typing import Any

from sqlalchemy import Connection, inspect
from sqlalchemy.engine import Inspector

Form = frozenset[str]
_OURS = "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'"
_THEIRS = "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
_EVENT = re.compile(r"BEFORE (INSERT|UPDATE|DELETE|TRUNCATE) ON")
_OF_POSTGIS = {"spatial_ref_sys"}


def form(connection: Connection) -> Form:
    """One sentence for each column, key, index and trigger."""
    found = inspect(connection)
    names = sorted(set(found.get_table_names()) - _OF_POSTGIS)
    return frozenset(
        [f"{name}: {said}" for name in names for said in (*_columns(found, name), *_keys(found, name))]
        + _triggers(connection)
    )


def _columns(found: Inspector, table: str) -> list[str]:
    columns = found.get_columns(table)
    given = {column["name"]: re.sub(r"^'(.*)'(?:::[a-z ]+)?$", r"\1", str(column["default"])) for column in columns}
    return [
        f"column {column['name']}{'' if column['nullable'] else ' not null'}"
        # On PostgreSQL an id takes the next of a sequence, on SQLite it is the row's own address.
        + (f" else {given[column['name']]}" if column["default"] and "nextval" not in column["default"] else "")
        for column in columns
    ]


def _keys(found: Inspector, table: str) -> list[str]:
    primary = f"primary key {_named(found.get_pk_constraint(table))}"
    foreign = [
        f"foreign key {_named(key)} to {key['referred_table']} {key['referred_columns']}"
        for key in found.get_foreign_keys(table)
    ]
    unique = [f"unique {key['name']} {sorted(key['column_names'])}" for key in found.get_unique_constraints(table)]
    checks = [f"check {key['name']}" for key in found.get_check_constraints(table)]
    indexes = [
        f"index {key['name']} {key['column_names']}{' unique' if key['unique'] else ''}{_where(key)}"
        for key in found.get_indexes(table)
        if not key.get("duplicates_constraint")
    ]
    return [primary, *foreign, *unique, *checks, *indexes]


def _named(key: Any) -> str:
    return f"{key['name']} {key['constrained_columns']}"


def _where(index: Any) -> str:
    condition = next((str(said) for name, said in index["dialect_options"].items() if name.endswith("_where")), "")
    return f" where {condition.strip('()')}" if condition else ""


def _triggers(connection: Connection) -> list[str]:
    query = _OURS if connection.dialect.name == "sqlite" else _THEIRS
    rows = connection.exec_driver_sql(query).all()
    return [f"{table}: trigger {name} before {_event(sql)}" for table, name, sql in rows]


def _event(sql: str) -> str:
    found = _EVENT.search(sql)
    assert found, sql
    return found[1]
