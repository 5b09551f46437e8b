"""The tables of what partners gave: their lists, what a second person said of each, and the keys they sign with."""

from sqlalchemy import Column, Integer, LargeBinary, String, Text

from geo_offlimits.store.columns import Utc
from geo_offlimits.store.history_tables import history_table, key

# `content` is a signed edition's own bytes, or the entries of a transcribed list. No row of a list is ever superseded.
partner_edition = history_table(
    "partner_edition",
    key("edition_id", index=True),
    key("mission", index=True),
    key("partner"),
    Column("standing", String(20), nullable=False),
    Column("dated", Utc, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("file_name", Text, nullable=False),
    key("person_id"),
    Column("content", LargeBinary, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("reference", Text),
    Column("number", Integer),
    Column("expires_at", Utc),
    Column("envelope", LargeBinary),
    key("key_id", nullable=True),
    noun=("edition_id", "mission", "partner", "sha256", "person_id"),
)

partner_settlement = history_table(
    "partner_settlement",
    key("edition_id", index=True),
    Column("state", String(20), nullable=False),
    key("person_id"),
    Column("reason", Text),
    noun=("edition_id",),
)

# A key that is withdrawn gets a second row, and never comes back.
partner_key = history_table(
    "partner_key",
    key("partner", index=True),
    Column("fingerprint", String(64), nullable=False),
    Column("pem", Text, nullable=False),
    key("person_id"),
    key("withdrawn_by", nullable=True),
    noun=("partner", "fingerprint", "person_id"),
)
