"""Lists of partners beside the register: as they came, settled by a second person, and the keys partners sign with."""

from typing import Any

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, String, Text, text

from geo_offlimits.store.columns import Utc
from geo_offlimits.store.migrations.refusals import emptying
from geo_offlimits.store.migrations.refusals_0018 import ADDED, TABLES

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    _table(
        "partner_edition",
        Column("edition_id", String(80), nullable=False, index=True),
        Column("mission", String(80), nullable=False, index=True),
        Column("partner", String(80), nullable=False),
        Column("standing", String(20), nullable=False),
        Column("dated", Utc, nullable=False),
        Column("sha256", String(64), nullable=False),
        Column("file_name", Text, nullable=False),
        Column("person_id", String(80), nullable=False),
        Column("content", LargeBinary, nullable=False),
        Column("entries", Integer, nullable=False),
        Column("reference", Text),
        Column("number", Integer),
        Column("expires_at", Utc),
        Column("envelope", LargeBinary),
        Column("key_id", String(80)),
    )
    _table(
        "partner_settlement",
        Column("edition_id", String(80), nullable=False, index=True),
        Column("state", String(20), nullable=False),
        Column("person_id", String(80), nullable=False),
        Column("reason", Text),
    )
    _table(
        "partner_key",
        Column("partner", String(80), nullable=False, index=True),
        Column("fingerprint", String(64), nullable=False),
        Column("pem", Text, nullable=False),
        Column("person_id", String(80), nullable=False),
        Column("withdrawn_by", String(80)),
    )
    _refuse()


def _table(name: str, *columns: Column[Any]) -> None:
    op.create_table(
        name,
        Column("id", Integer, primary_key=True),
        Column("recorded_at", Utc, nullable=False),
        Column("supersedes_id", Integer, ForeignKey(f"{name}.id"), unique=True),
        *columns,
    )
    first = text("supersedes_id IS NULL")
    op.create_index(
        f"uq_{name}_first", name, list(TABLES[name]), unique=True, sqlite_where=first, postgresql_where=first
    )


def _refuse() -> None:
    connection = op.get_bind()
    postgresql = connection.dialect.name == "postgresql"
    for refusal in ADDED:
        for statement in refusal.postgresql() if postgresql else refusal.sqlite():
            connection.exec_driver_sql(statement)
    if postgresql:
        for table in TABLES:
            connection.exec_driver_sql(emptying(table))
