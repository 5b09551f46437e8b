"""The tables of distribution: whom a campaign asks, and what they said. All of it is history (`store.tables`)."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from geo_offlimits.store.columns import Utc
from geo_offlimits.store.history_tables import ID, METADATA, history_table, key

campaign = history_table(
    "campaign",
    key("campaign_id", index=True),
    key("mission", index=True),
    Column("edition_number", Integer, nullable=False),
    Column("edition_sha256", String(64), nullable=False),
    Column("opened_at", Utc, nullable=False),
    key("opened_by"),
    Column("deadline", Date),
    Column("closed_at", Utc),
    key("closed_by", nullable=True),
    Column("kind", String(20)),
    Column("audience", Text),
    Column("held_until", Date),
    ForeignKeyConstraint(
        ["mission", "edition_number", "edition_sha256"], ["edition.mission", "edition.number", "edition.sha256"]
    ),
    noun=("campaign_id", "mission", "edition_number", "edition_sha256"),
    later={"kind": None, "audience": None, "held_until": None},
)

recipient = Table(
    "recipient",
    METADATA,
    Column(ID, Integer, primary_key=True),
    key("campaign_id"),
    key("person_id", index=True),
    Column("number", String(200), nullable=False),
    Column("name", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("category", String(20), nullable=False),
    Column("email", String(320)),
    Column("language", String(35), nullable=False),
    Column("salt", LargeBinary(16), nullable=False),
    Column("asked", Boolean),
    Column("read", Integer, nullable=False, server_default="0"),
    Column("due", Date),
    UniqueConstraint("campaign_id", "person_id"),
    info={"later": {"asked": None, "read": 0, "due": None}},
)

# What a person says about an edition anew supersedes what they said before. With `salt`, nobody finds a unit or a
# reason by trying, from the digest that stays in the audit tree.
acknowledgement = history_table(
    "acknowledgement",
    key("person_id", index=True),
    key("mission"),
    Column("edition_number", Integer, nullable=False),
    Column("edition_sha256", String(64), nullable=False),
    Column("statement_sha256", String(64), nullable=False),
    Column("language", String(35), nullable=False),
    Column("acknowledged_at", Utc, nullable=False),
    Column("channel", String(20), nullable=False),
    Column("strength", String(20), nullable=False),
    key("entered_by"),
    Column("state", String(20), nullable=False, server_default="acknowledged"),
    Column("source_sha256", String(64)),
    Column("served_at", Utc),
    Column("client_at", Utc),
    Column("unit", Text),
    Column("category", String(20)),
    Column("roles", Text),
    Column("evidence", Text),
    Column("reason", Text),
    Column("leaf", Integer),
    Column("salt", LargeBinary(16)),
    Column("sheet_sha256", String(64), index=True),
    key("explained_by", nullable=True),
    ForeignKeyConstraint(
        ["mission", "edition_number", "edition_sha256"], ["edition.mission", "edition.number", "edition.sha256"]
    ),
    Index(None, "mission", "edition_number", "person_id"),
    noun=("mission", "edition_number", "person_id"),
    later={"state": "acknowledged"}
    | dict.fromkeys(
        (
            "source_sha256",
            "served_at",
            "client_at",
            "unit",
            "category",
            "roles",
            "evidence",
            "reason",
            "leaf",
            "salt",
            "sheet_sha256",
            "explained_by",
        )
    ),
)
