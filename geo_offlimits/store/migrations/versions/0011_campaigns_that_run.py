"""Campaigns that ask or inform, leave, inductions, and mail of several kinds."""

import hashlib

from alembic import op
from sqlalchemy import Boolean, Column, Date, ForeignKey, ForeignKeyConstraint, Integer, String, Table, Text, text

from geo_offlimits.store.columns import Utc
from geo_offlimits.store.migrations.refusals import emptying
from geo_offlimits.store.migrations.refusals_0011 import ADDED, NOUNS

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    # Not in a batch: that would make the tables anew and lose their triggers.
    op.add_column("campaign", Column("kind", String(20)))
    op.add_column("campaign", Column("audience", Text))
    op.add_column("campaign", Column("held_until", Date))
    op.add_column("recipient", Column("asked", Boolean))
    op.add_column("recipient", Column("read", Integer, nullable=False, server_default="0"))
    op.add_column("recipient", Column("due", Date))
    _leave()
    _induction()
    _refuse()
    _outbox()


def _leave() -> None:
    op.create_table(
        "leave",
        *_history("leave"),
        Column("leave_id", String(80), nullable=False, index=True),
        Column("person_id", String(80), nullable=False, index=True),
        Column("mission", String(80), nullable=False, index=True),
        Column("away_from", Utc, nullable=False),
        Column("away_to", Utc, nullable=False),
        Column("entered_by", String(80), nullable=False),
    )
    _one_line("leave")


def _induction() -> None:
    op.create_table(
        "induction",
        *_history("induction"),
        Column("person_id", String(80), nullable=False),
        Column("mission", String(80), nullable=False, index=True),
        Column("edition_number", Integer, nullable=False),
        Column("edition_sha256", String(64), nullable=False),
        Column("inducted_on", Date, nullable=False),
        Column("language", String(35), nullable=False),
        Column("text_sha256", String(64), nullable=False),
        Column("briefed_by", String(80), nullable=False),
        Column("entered_by", String(80), nullable=False),
        ForeignKeyConstraint(
            ["mission", "edition_number", "edition_sha256"], ["edition.mission", "edition.number", "edition.sha256"]
        ),
    )
    op.create_index("ix_induction_person_id_mission", "induction", ["person_id", "mission"])
    _one_line("induction")


def _history(table: str) -> tuple[Column[int], Column[object], Column[int]]:
    return (
        Column("id", Integer, primary_key=True),
        Column("recorded_at", Utc, nullable=False),
        Column("supersedes_id", Integer, ForeignKey(f"{table}.id"), unique=True),
    )


def _one_line(table: str) -> None:
    first = text("supersedes_id IS NULL")
    op.create_index(
        f"uq_{table}_first", table, list(NOUNS[table]), unique=True, sqlite_where=first, postgresql_where=first
    )


def _refuse() -> None:
    connection = op.get_bind()
    postgresql = connection.dialect.name == "postgresql"
    for refusal in ADDED:
        for statement in refusal.postgresql() if postgresql else refusal.sqlite():
            connection.exec_driver_sql(statement)
    if postgresql:
        for table in ("leave", "induction"):
            connection.exec_driver_sql(emptying(table))


def _outbox() -> None:
    """Made anew, with another primary key; what waits in it or was sent stays. No trigger hangs here."""
    connection = op.get_bind()
    held = [dict(row) for row in connection.execute(text("SELECT * FROM outbox")).mappings()]
    op.drop_table("outbox")
    made = _new_outbox()
    for name, columns in (
        ("state_next_attempt_at", ["state", "next_attempt_at"]),
        ("mission_kind_step", ["mission", "kind", "step"]),
    ):
        op.create_index(f"ix_outbox_{name}", "outbox", columns)
    if held:
        names = ", ".join(made.columns.keys())
        values = ", ".join(f":{name}" for name in made.columns.keys())
        statement = text(f"INSERT INTO outbox ({names}) VALUES ({values})")  # noqa: S608  (names of columns)
        connection.execute(statement, [row | _known_as(row) for row in held])


def _known_as(row: dict[str, str]) -> dict[str, str]:
    """Its name in the Message-ID, as the program of before made it: a bounce may still come."""
    key = hashlib.sha256(f"{row['campaign_id']}/{row['person_id']}".encode()).hexdigest()[:32]
    return {"kind": "announcement", "step": "", "key": key}


def _new_outbox() -> Table:
    return op.create_table(
        "outbox",
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
    )
