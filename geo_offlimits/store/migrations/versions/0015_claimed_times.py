"""A flag that was raised on a device without a network has the time that the device told, apart from when it came."""

from alembic import op
from sqlalchemy import Column

from geo_offlimits.store.columns import Utc

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    # Not in a batch: that would make the table anew and lose its triggers.
    op.add_column("flag", Column("claimed_at", Utc))
