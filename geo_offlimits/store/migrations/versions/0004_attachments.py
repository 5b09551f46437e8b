"""Restricted notes, photos and letters on a designation."""

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, String, Text, text

from geo_offlimits.store.columns import Utc
from geo_offlimits.store.migrations.refusals import emptying
from geo_offlimits.store.migrations.refusals_0004 import ADDED

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "attachment",
        Column("id", Integer, primary_key=True),
        Column("recorded_at", Utc, nullable=False),
        Column("supersedes_id", Integer, ForeignKey("attachment.id"), unique=True),
        Column("designation_id", String(80), nullable=False, index=True),
        Column("number", Integer, nullable=False),
        Column("kind", String(20), nullable=False),
        Column("person_id", String(80), nullable=False),
        Column("text", Text),
        Column("file_id", String(40)),
        Column("media_type", String(40)),
        Column("size", Integer),
        Column("sha256", String(64)),
        Column("file_name", Text),
        Column("salt", LargeBinary(16), nullable=False),
    )
    first = text("supersedes_id IS NULL")
    noun = ["designation_id", "number"]
    op.create_index("uq_attachment_first", "attachment", noun, unique=True, sqlite_where=first, postgresql_where=first)
    connection = op.get_bind()
    postgresql = connection.dialect.name == "postgresql"
    for refusal in ADDED:
        for statement in refusal.postgresql() if postgresql else refusal.sqlite():
            connection.exec_driver_sql(statement)
    if postgresql:
        connection.exec_driver_sql(emptying("attachment"))
