"""Acknowledgements say how they came about, and can be refused and withdrawn. Rows of before stay as they are."""

from alembic import op
from sqlalchemy import Column, Integer, LargeBinary, String, Text

from geo_offlimits.store.columns import Utc
from geo_offlimits.store.migrations.refusals_0010 import ADDED

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    # Not in a batch: that would make the table anew and lose its triggers.
    for column in (
        Column("state", String(20), nullable=False, server_default="acknowledged"),
        Column("source_sha256", String(64)),
        Column("served_at", Utc),
        Column("client_at", Utc),
        Column("unit", Text),
        Column("category", String(20)),
        Column("roles", Text),
        Column("evidence", Text),
        Column("reason", Text),
        Column("leaf", Integer),
        Column("salt", LargeBinary(16)),
    ):
        op.add_column("acknowledgement", column)
    op.create_index("ix_acknowledgement_mission_edition_number", "acknowledgement", ["mission", "edition_number"])
    connection = op.get_bind()
    postgresql = connection.dialect.name == "postgresql"
    for refusal in ADDED:
        for statement in refusal.postgresql() if postgresql else refusal.sqlite():
            connection.exec_driver_sql(statement)
