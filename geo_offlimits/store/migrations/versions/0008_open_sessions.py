"""Sessions that their owner can tell apart, and indexes by which a noun of several columns is found at once."""

from alembic import op
from sqlalchemy import Column, String, Text

from geo_offlimits.store.columns import Utc

revision = "0008"
down_revision = "0007"

# By an index of its first column alone SQLite found no noun: it went through everything of the mission.
NOUNS = {
    "subject": ["subject_id", "mission"],
    "facility": ["facility_id", "mission"],
    "designation": ["designation_id", "mission", "subject_id"],
}


def upgrade() -> None:
    # Made anew, so that everybody signs in again: of a session that is open nobody knows its door. No trigger hangs here.
    op.drop_table("session")
    op.create_table(
        "session",
        Column("token_hash", String(64), primary_key=True),
        Column("handle", String(20), nullable=False),
        Column("door", String(10), nullable=False),
        Column("person_id", String(80), nullable=False, index=True),
        Column("csrf", Text, nullable=False),
        Column("created_at", Utc, nullable=False),
        Column("seen_at", Utc, nullable=False),
        Column("passphrase_at", Utc),
        Column("factor_at", Utc),
        Column("challenge", String(120)),
    )
    for table, noun in NOUNS.items():
        op.drop_index(f"ix_{table}_{noun[0]}", table)
        op.create_index(f"ix_{table}_{'_'.join(noun)}", table, noun)
