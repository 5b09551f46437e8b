"""An acknowledgement names the signed sheet it was on, and who explained what is not read. Rows of before stay."""

from alembic import op
from sqlalchemy import Column, String

from geo_offlimits.store.migrations.refusals_0014 import ADDED, CHANGED

revision = "0014"
down_revision = "0012"


def upgrade() -> None:
    # Not in a batch: that would make the table anew and lose its triggers.
    op.add_column("acknowledgement", Column("sheet_sha256", String(64)))
    op.add_column("acknowledgement", Column("explained_by", String(80)))
    op.create_index("ix_acknowledgement_sheet_sha256", "acknowledgement", ["sheet_sha256"])
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
