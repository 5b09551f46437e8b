"""Which form the tables have. A test holds this list to the migrations, so that opening a store needs no Alembic."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from geo_offlimits.errors import StoreError
from geo_offlimits.store.migrations.latest import IDENTIFYING
from geo_offlimits.store.operational_tables import OPERATIONAL
from geo_offlimits.store.tables import APPEND_ONLY, meta

REVISIONS = (
    *("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008"),
    *("0009", "0010", "0011", "0012", "0014", "0015", "0016", "0017", "0018"),
)
APPLICATION = "geo_offlimits"
_MIGRATIONS = Path(__file__).parent / "migrations"


def refuse_other_revision(connection: Connection, shown: str) -> None:
    """Raises StoreError for a store that is older or newer than this program, or not one of ours. Text order counts."""
    found = revision(connection, shown)
    if found > REVISIONS[-1]:
        raise StoreError(
            f"The store {shown} has form {found}, newer than the {REVISIONS[-1]} of this program. "
            "Use the program that wrote it, or a newer one."
        )
    if found < REVISIONS[-1]:
        raise StoreError(
            f"The store {shown} has form {found}, older than the {REVISIONS[-1]} of this program. "
            "Run `geo-offlimits upgrade`."
        )


def revision(connection: Connection, shown: str) -> str:
    """Raises StoreError when this is not a store of ours."""
    if not {"meta", "alembic_version"} <= set(inspect(connection).get_table_names()):
        raise StoreError(f"{shown} is not a store of geo_offlimits. Correct the setting `store`, or run `init`.")
    ours = connection.execute(text("SELECT value FROM meta WHERE name = 'application'")).scalar()
    number = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if ours != APPLICATION or number is None:
        raise StoreError(f"{shown} is not a store of geo_offlimits. Correct the setting `store`, or run `init`.")
    return str(number)


def refuse_filled(connection: Connection, shown: str) -> None:
    """Raises StoreError when a store, or anything else with one of our tables' names, is there already."""
    ours = {table.name for table in (meta, *APPEND_ONLY, *OPERATIONAL)} | {"alembic_version"}
    if ours & set(inspect(connection).get_table_names()):
        raise StoreError(f"There are tables in {shown} already; choose an empty database, or run `upgrade` on it.")


def migrate(connection: Connection, to: str = "head") -> None:
    """Brings the tables to a revision, the latest unless told, inside the transaction that the caller has begun."""
    # Alembic takes a tenth of a second to import, and only set-up needs it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    command.upgrade(config, to)


def sign(connection: Connection) -> None:
    connection.execute(meta.insert(), {"name": "application", "value": APPLICATION})


def grant_runtime(connection: Connection, role: str) -> None:
    """PostgreSQL: the runtime role reads and adds, changes what is operational, erases persons, and owns nothing."""
    quoted = connection.dialect.identifier_preparer.quote(role)
    history = ", ".join(table.name for table in APPEND_ONLY)
    operational = ", ".join(table.name for table in OPERATIONAL)
    for statement in (
        f"GRANT SELECT ON meta, alembic_version TO {quoted}",
        f"GRANT SELECT, INSERT ON {history} TO {quoted}",
        *(f"GRANT UPDATE ({', '.join(columns)}) ON {table} TO {quoted}" for table, columns in IDENTIFYING.items()),
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {operational} TO {quoted}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quoted}",
    ):
        connection.exec_driver_sql(statement)
