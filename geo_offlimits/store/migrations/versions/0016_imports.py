"""Lists that have landed: of which bytes and source, what each row became, and whether that was undone."""

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, String, Text, text

from geo_offlimits.store.columns import Utc
from geo_offlimits.store.migrations.refusals import emptying
from geo_offlimits.store.migrations.refusals_0016 import ADDED, NOUNS

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "landing",
        Column("id", Integer, primary_key=True),
        Column("recorded_at", Utc, nullable=False),
        Column("supersedes_id", Integer, ForeignKey("landing.id"), unique=True),
        Column("import_id", String(80), nullable=False, index=True),
        Column("mission", String(80), nullable=False, index=True),
        Column("source", Text, nullable=False),
        Column("file_name", Text, nullable=False),
        Column("sha256", String(64), nullable=False),
        Column("person_id", String(80), nullable=False),
        Column("mapping", Text, nullable=False),
        Column("confirmed", Text, nullable=False),
        Column("landed", Text, nullable=False),
        Column("undone_by", String(80)),
    )
    first = text("supersedes_id IS NULL")
    op.create_index(
        "uq_landing_first", "landing", list(NOUNS["landing"]), unique=True, sqlite_where=first, postgresql_where=first
    )
    _refuse()


def _refuse() -> None:
    connection = op.get_bind()
    postgresql = connection.dialect.name == "postgresql"
    for refusal in ADDED:
        for statement in refusal.postgresql() if postgresql else refusal.sqlite():
            connection.exec_driver_sql(statement)
    if postgresql:
        connection.exec_driver_sql(emptying("landing"))
