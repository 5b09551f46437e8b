"""Mail to the recipients of campaigns, and how far it has come."""

from alembic import op
from sqlalchemy import Column, Integer, String

from geo_offlimits.store.columns import Utc

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "outbox",
        Column("campaign_id", String(80), primary_key=True),
        Column("person_id", String(80), primary_key=True),
        Column("mission", String(80), nullable=False),
        Column("edition_number", Integer, nullable=False),
        Column("queued_at", Utc, nullable=False),
        Column("next_attempt_at", Utc, nullable=False),
        Column("state", String(20), nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("claimed_at", Utc),
        Column("answer", String(40)),
        Column("sent_at", Utc),
    )
    op.create_index("ix_outbox_state_next_attempt_at", "outbox", ["state", "next_attempt_at"])
