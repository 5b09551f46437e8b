"""The tables of what may be changed and forgotten: passphrase hashes, second factors, accounts, sessions, mail."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from geo_offlimits.store.columns import Utc
from geo_offlimits.store.history_tables import ID, METADATA

metadata = METADATA

credential = Table(
    "credential",
    metadata,
    Column("person_id", String(80), primary_key=True),
    Column("hash", Text, nullable=False),
    Column("one_time", Boolean, nullable=False),
    Column("set_at", Utc, nullable=False),
)

login_failure = Table(
    "login_failure",
    metadata,
    Column(ID, Integer, primary_key=True),
    Column("reference_digest", String(64), nullable=False, index=True),
    Column("source_digest", String(4), nullable=False),
    Column("failed_at", Utc, nullable=False, index=True),
)

session = Table(
    "session",
    metadata,
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

# What somebody has beside their passphrase. `secret` is an app's, sealed (`delivery.vault`), or a key's public half;
# `counter` the last step of time that an app's code was taken for, or how often a key says it has signed.
factor = Table(
    "factor",
    metadata,
    Column("factor_id", String(80), primary_key=True),
    Column("person_id", String(80), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("label", Text, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("credential_id", String(1400), unique=True),
    Column("counter", BigInteger, nullable=False),
    Column("added_at", Utc, nullable=False),
    Column("confirmed_at", Utc),
    Column("used_on", Date),
)

# Whose an account at the organisation's identity provider is: of one person, who has one at each provider.
account = Table(
    "account",
    metadata,
    Column("account_id", String(80), primary_key=True),
    Column("person_id", String(80), nullable=False, index=True),
    Column("issuer", String(200), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("linked_by", String(80), nullable=False),
    Column("linked_at", Utc, nullable=False),
    UniqueConstraint("issuer", "subject"),
    UniqueConstraint("person_id", "issuer"),
)

# The last use of a token, overwritten: a day and a number, neither a place nor an address.
token_use = Table(
    "token_use",
    metadata,
    Column("token_id", String(80), primary_key=True),
    Column("used_on", Date, nullable=False),
    Column("edition_number", Integer),
)

# Mail of campaigns, once a person, kind and step. The address is the person's; of what the server answered there is a
# code only. `key` is the message's own name in its Message-ID: a bounce names it.
outbox = Table(
    "outbox",
    metadata,
    Column("campaign_id", String(80), primary_key=True),
    Column("person_id", String(80), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("step", String(40), primary_key=True),
    Column("key", String(32), nullable=False, index=True),
    Column("mission", String(80), nullable=False),
    Column("edition_number", Integer, nullable=False),
    Column("queued_at", Utc, nullable=False),
    Column("next_attempt_at", Utc, nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("claimed_at", Utc),
    Column("answer", String(40)),
    Column("sent_at", Utc),
    Index("ix_outbox_state_next_attempt_at", "state", "next_attempt_at"),
    Index("ix_outbox_mission_kind_step", "mission", "kind", "step"),
)

OPERATIONAL = (account, credential, factor, login_failure, outbox, session, token_use)
