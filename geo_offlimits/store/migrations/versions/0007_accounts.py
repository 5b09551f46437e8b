"""Accounts at the organisation's identity provider, and whose they are."""

from alembic import op
from sqlalchemy import Column, String, UniqueConstraint

from geo_offlimits.store.columns import Utc

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "account",
        Column("account_id", String(80), primary_key=True),
        Column("person_id", String(80), nullable=False, index=True),
        Column("issuer", String(200), nullable=False),
        Column("subject", String(255), nullable=False),
        Column("linked_by", String(80), nullable=False),
        Column("linked_at", Utc, nullable=False),
        UniqueConstraint("issuer", "subject"),
        UniqueConstraint("person_id", "issuer"),
    )
