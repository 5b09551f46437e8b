"""Tokens of devices and integrators, and their last use."""

from alembic import op
from sqlalchemy import Column, Date, ForeignKey, Integer, String, text

from geo_offlimits.store.columns import Utc
from geo_offlimits.store.migrations.refusals import emptying
from geo_offlimits.store.migrations.refusals_0005 import ADDED, NOUNS

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "token",
        Column("id", Integer, primary_key=True),
        Column("recorded_at", Utc, nullable=False),
        Column("supersedes_id", Integer, ForeignKey("token.id"), unique=True),
        Column("token_id", String(80), nullable=False, index=True),
        Column("mission", String(80), nullable=False, index=True),
        Column("purpose", String(20), nullable=False),
        Column("person_id", String(80), nullable=False, index=True),
        Column("sha256", String(64), nullable=False, index=True),
        Column("issued_at", Utc, nullable=False),
        Column("expires_at", Utc, nullable=False),
        Column("revoked_by", String(80)),
    )
    first = text("supersedes_id IS NULL")
    op.create_index(
        "uq_token_first", "token", list(NOUNS["token"]), unique=True, sqlite_where=first, postgresql_where=first
    )
    op.create_table(
        "token_use",
        Column("token_id", String(80), primary_key=True),
        Column("used_on", Date, nullable=False),
        Column("edition_number", Integer),
    )
    connection = op.get_bind()
    postgresql = connection.dialect.name == "postgresql"
    for refusal in ADDED:
        for statement in refusal.postgresql() if postgresql else refusal.sqlite():
            connection.exec_driver_sql(statement)
    if postgresql:
        connection.exec_driver_sql(emptying("token"))
