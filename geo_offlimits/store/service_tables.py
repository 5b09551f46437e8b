"""The tables of a person's service: when they were away, and that they were briefed when they came."""

from sqlalchemy import Column, Date, ForeignKeyConstraint, Index, Integer, String

from geo_offlimits.store.columns import Utc
from geo_offlimits.store.history_tables import history_table, key

# Whoever is away is neither reminded nor counted; `[away_from, away_to)`.
leave = history_table(
    "leave",
    key("leave_id", index=True),
    key("person_id", index=True),
    key("mission", index=True),
    Column("away_from", Utc, nullable=False),
    Column("away_to", Utc, nullable=False),
    key("entered_by"),
    noun=("leave_id", "person_id", "mission"),
)

# Who was told what the standards of conduct are, and where the list is; `text_sha256` of the words in that language.
induction = history_table(
    "induction",
    key("person_id"),
    key("mission", index=True),
    Column("edition_number", Integer, nullable=False),
    Column("edition_sha256", String(64), nullable=False),
    Column("inducted_on", Date, nullable=False),
    Column("language", String(35), nullable=False),
    Column("text_sha256", String(64), nullable=False),
    key("briefed_by"),
    key("entered_by"),
    ForeignKeyConstraint(
        ["mission", "edition_number", "edition_sha256"], ["edition.mission", "edition.number", "edition.sha256"]
    ),
    Index(None, "person_id", "mission"),
    noun=("person_id", "mission"),
)
