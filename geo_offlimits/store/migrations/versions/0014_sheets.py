"""An acknowledgement names the signed sheet it was on, and who explained what is not read. Rows of before stay."""

from alembic import op
from sqlalchemy import Column, String

from geo_offlimits.store.migrations.refusals_0014 import ADDED

revision = "0014"
down_revision = "0010"


def upgrade() -> None:
    # Not in a batch: that would make the table anew and lose its triggers.
    op.add_column("acknowledgement", Column("sheet_sha256", String(64)))
    op.add_column("acknowledgement", Column("explained_by", String(80)))
    op.create_index("ix_acknowledgement_sheet_sha256", "acknowledgement", ["sheet_sha256"])
    connection = op.get_bind()
    postgresql = connection.dialect.name == "postgresql"
    for refusal in ADDED:
        for statement in refusal.postgresql() if postgresql else refusal.sqlite():
            connection.exec_driver_sql(statement)
