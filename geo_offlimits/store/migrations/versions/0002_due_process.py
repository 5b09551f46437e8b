"""Due process: notice, reply, petition and suspension; a mission's rules for notice; a listing that waits for its day."""

from alembic import op
from sqlalchemy import Column, Integer, Text

from geo_offlimits.store.columns import Utc
from geo_offlimits.store.migrations.refusals_0002 import CHANGED

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # Not in a batch: that would make the tables anew and lose their triggers.
    op.add_column("mission", Column("notice_days", Integer, nullable=False, server_default="0"))
    op.add_column("mission", Column("petition_address", Text))
    op.add_column("designation", Column("not_before", Utc))
    connection = op.get_bind()
    postgresql = connection.dialect.name == "postgresql"
    for refusal in CHANGED:
        if postgresql:
            connection.exec_driver_sql(f"DROP TRIGGER {refusal.trigger} ON {refusal.table}")
            connection.exec_driver_sql(f"DROP FUNCTION {refusal.trigger}()")
        else:
            connection.exec_driver_sql(f"DROP TRIGGER {refusal.trigger}")
        for statement in refusal.postgresql() if postgresql else refusal.sqlite():
            connection.exec_driver_sql(statement)
