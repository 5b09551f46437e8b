"""The sector where a person serves, and since when they are in their unit."""

from alembic import op
from sqlalchemy import Column, Text

from geo_offlimits.store.columns import Utc

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    # Not in a batch: that would make the table anew and lose its triggers.
    op.add_column("person", Column("sector", Text))
    op.add_column("person", Column("posted_from", Utc))
