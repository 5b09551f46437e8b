"""What one person said about an edition is found without reading what all others said about it."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    columns = ["mission", "edition_number", "person_id"]
    op.create_index("ix_acknowledgement_mission_edition_number_person_id", "acknowledgement", columns)
    op.drop_index("ix_acknowledgement_mission_edition_number", "acknowledgement")
