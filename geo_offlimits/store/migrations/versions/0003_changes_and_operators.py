"""Moves and corrections by two persons, and who runs a place."""

from typing import Any

from alembic import op
from sqlalchemy import Column, Float, ForeignKey, Integer, LargeBinary, String, Text, text

from geo_offlimits.store.columns import Geometry, Utc
from geo_offlimits.store.migrations import refusals_0002
from geo_offlimits.store.migrations.refusals import PINNED, emptying
from geo_offlimits.store.migrations.refusals_0003 import ADDED

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    # Not in a batch: that would make the table anew and lose its triggers.
    op.add_column("subject", Column("change_id", String(80)))
    _changes()
    _operators()
    connection = op.get_bind()
    postgresql = connection.dialect.name == "postgresql"
    for refusal in ADDED:
        for statement in refusal.postgresql() if postgresql else refusal.sqlite():
            connection.exec_driver_sql(statement)
    if postgresql:
        # Those of earlier revisions were once made without.
        for refusal in refusals_0002.REFUSALS:
            connection.exec_driver_sql(f"ALTER FUNCTION {refusal.trigger}() SET {PINNED}")
        for table in ("change", "operator"):
            connection.exec_driver_sql(emptying(table))


def _changes() -> None:
    _history(
        "change",
        ["change_id", "mission", "subject_id"],
        Column("change_id", String(80), nullable=False, index=True),
        Column("mission", String(80), nullable=False, index=True),
        Column("subject_id", String(80), nullable=False, index=True),
        Column("kind", String(20), nullable=False),
        Column("state", String(20), nullable=False),
        Column("base_id", Integer, ForeignKey("subject.id"), nullable=False),
        Column("person_id", String(80), nullable=False),
        Column("reason", Text, nullable=False),
        Column("decided_by", String(80)),
        Column("resolution", Text),
        Column("new_kind", String(20), nullable=False),
        Column("new_names", Text, nullable=False),
        Column("new_category", String(40)),
        Column("new_geometry", Geometry),
        Column("new_uncertainty_m", Float(53)),
        Column("new_address", Text),
        Column("new_locality", Text),
        Column("new_part", Text),
    )


def _operators() -> None:
    _history(
        "operator",
        ["subject_id", "mission"],
        Column("subject_id", String(80), nullable=False, index=True),
        Column("mission", String(80), nullable=False, index=True),
        Column("name", Text, nullable=False),
        Column("since", Utc),
        Column("person_id", String(80), nullable=False),
        Column("salt", LargeBinary(16), nullable=False),
    )


def _history(name: str, noun: list[str], *columns: Column[Any]) -> None:
    op.create_table(
        name,
        Column("id", Integer, primary_key=True),
        Column("recorded_at", Utc, nullable=False),
        Column("supersedes_id", Integer, ForeignKey(f"{name}.id"), unique=True),
        *columns,
    )
    first = text("supersedes_id IS NULL")
    op.create_index(f"uq_{name}_first", name, noun, unique=True, sqlite_where=first, postgresql_where=first)
