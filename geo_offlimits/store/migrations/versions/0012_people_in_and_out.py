"""The sector where a person serves, since when they are in their unit, and erasures by two persons."""

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, String, Text, text

from geo_offlimits.store.columns import Utc
from geo_offlimits.store.migrations.refusals import emptying
from geo_offlimits.store.migrations.refusals_0012 import ADDED, CHANGED, NOUNS

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    # Not in a batch: that would make the table anew and lose its triggers.
    op.add_column("person", Column("sector", Text))
    op.add_column("person", Column("posted_from", Utc))
    op.create_table(
        "erasure",
        Column("id", Integer, primary_key=True),
        Column("recorded_at", Utc, nullable=False),
        Column("supersedes_id", Integer, ForeignKey("erasure.id"), unique=True),
        Column("erasure_id", String(80), nullable=False, index=True),
        Column("person_id", String(80), nullable=False, index=True),
        Column("asked_by", String(80), nullable=False),
        Column("reason", Text, nullable=False),
        Column("state", String(20), nullable=False),
        Column("settled_by", String(80)),
    )
    first = text("supersedes_id IS NULL")
    op.create_index(
        "uq_erasure_first", "erasure", list(NOUNS["erasure"]), unique=True, sqlite_where=first, postgresql_where=first
    )
    _refuse()


def _refuse() -> None:
    connection = op.get_bind()
    postgresql = connection.dialect.name == "postgresql"
    for refusal in CHANGED:
        if postgresql:
            connection.exec_driver_sql(f"DROP TRIGGER {refusal.trigger} ON {refusal.table}")
            connection.exec_driver_sql(f"DROP FUNCTION {refusal.trigger}()")
        else:
            connection.exec_driver_sql(f"DROP TRIGGER {refusal.trigger}")
    for refusal in (*CHANGED, *ADDED):
        for statement in refusal.postgresql() if postgresql else refusal.sqlite():
            connection.exec_driver_sql(statement)
    if postgresql:
        connection.exec_driver_sql(emptying("erasure"))
