"""Due process: notice, reply, petition and suspension; a mission's rules for notice; a listing that waits for its day."""

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, String, Text, text

from geo_offlimits.store.columns import Utc
from geo_offlimits.store.migrations.refusals import emptying
from geo_offlimits.store.migrations.refusals_0002 import ADDED, CHANGED

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # Not in a batch: that would make the tables anew and lose their triggers.
    op.add_column("mission", Column("notice_days", Integer, nullable=False, server_default="0"))
    op.add_column("mission", Column("petition_address", Text))
    op.add_column("designation", Column("not_before", Utc))
    _flags()
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
        connection.exec_driver_sql(emptying("flag"))


def _flags() -> None:
    op.create_table(
        "flag",
        Column("id", Integer, primary_key=True),
        Column("recorded_at", Utc, nullable=False),
        Column("supersedes_id", Integer, ForeignKey("flag.id"), unique=True),
        Column("flag_id", String(80), nullable=False, index=True),
        Column("mission", String(80), nullable=False, index=True),
        Column("designation_id", String(80), nullable=False, index=True),
        Column("kind", String(20), nullable=False),
        Column("note", Text),
        Column("person_id", String(80), nullable=False),
        Column("edition_number", Integer, nullable=False),
        Column("settled_by", String(80)),
        Column("resolution", Text),
    )
    first = text("supersedes_id IS NULL")
    noun = ["flag_id", "mission", "designation_id"]
    op.create_index("uq_flag_first", "flag", noun, unique=True, sqlite_where=first, postgresql_where=first)
