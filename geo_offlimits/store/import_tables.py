"""The table of lists that have landed."""

from sqlalchemy import Column, String, Text

from geo_offlimits.store.history_tables import history_table, key

# `mapping` (column -> field), `confirmed` and `landed` (row, what it became) are canonical JSON. Undoing adds a row.
landing = history_table(
    "landing",
    key("import_id", index=True),
    key("mission", index=True),
    Column("source", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    key("person_id"),
    Column("mapping", Text, nullable=False),
    Column("confirmed", Text, nullable=False),
    Column("landed", Text, nullable=False),
    key("undone_by", nullable=True),
    noun=("import_id", "mission", "source", "sha256", "person_id"),
)
