"""The first tables: missions, people, the register, editions, campaigns, acknowledgements, the audit tree."""

from typing import Any

from alembic import op
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)

from geo_offlimits.store.columns import Geometry, Utc
from geo_offlimits.store.migrations.refusals import emptying
from geo_offlimits.store.migrations.refusals_0001 import APPEND_ONLY, REFUSALS

revision = "0001"
down_revision = None


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    _missions()
    _people()
    _subjects()
    _designations()
    _audit_tree()
    _editions()
    _campaigns()
    _acknowledgements()
    _operations()
    for refusal in REFUSALS:
        for statement in refusal.postgresql() if postgresql else refusal.sqlite():
            op.get_bind().exec_driver_sql(statement)
    if postgresql:
        for table in APPEND_ONLY:
            op.get_bind().exec_driver_sql(emptying(table))


def _history(name: str, *columns: Any, noun: tuple[str, ...], one_line: bool = True) -> None:
    op.create_table(
        name,
        Column("id", Integer, primary_key=True),
        Column("recorded_at", Utc, nullable=False),
        Column("supersedes_id", Integer, ForeignKey(f"{name}.id"), unique=True),
        *columns,
    )
    if one_line:
        first = text("supersedes_id IS NULL")
        op.create_index(
            f"uq_{name}_first", name, list(noun), unique=True, sqlite_where=first, postgresql_where=first
        )


def _key(name: str, *, nullable: bool = False, index: bool = False) -> Column[str]:
    return Column(name, String(80), nullable=nullable, index=index)


def _missions() -> None:
    _history(
        "mission",
        _key("code", index=True),
        Column("name", Text, nullable=False),
        Column("organisation", String(20), nullable=False),
        Column("timezone", String(80), nullable=False),
        Column("territory", Text, nullable=False),
        Column("languages", Text, nullable=False),
        Column("recognises", Text, nullable=False),
        Column("contacts", Text, nullable=False),
        Column("demonstration", Boolean, nullable=False),
        noun=("code",),
    )
    _history(
        "boundary_set",
        _key("mission", index=True),
        _key("kind"),
        noun=("mission", "kind"),
    )
    op.create_table(
        "boundary",
        Column("id", Integer, primary_key=True),
        Column("set_id", Integer, ForeignKey("boundary_set.id"), nullable=False),
        Column("place", Integer, nullable=False),
        Column("name", Text, nullable=False),
        Column("geometry", Geometry, nullable=False),
        Column("valid_from", Utc),
        Column("valid_to", Utc),
        UniqueConstraint("set_id", "place"),
    )


def _people() -> None:
    _history(
        "person",
        _key("person_id", index=True),
        Column("number", String(200), nullable=False),
        Column("number_key", String(200), nullable=False, index=True),
        Column("name", Text, nullable=False),
        Column("unit", Text, nullable=False),
        Column("category", String(20), nullable=False),
        _key("mission", index=True),
        Column("email", String(320)),
        Column("email_key", String(320), index=True),
        Column("language", String(35), nullable=False),
        Column("service_from", Utc),
        Column("service_to", Utc),
        Column("salt", LargeBinary(16), nullable=False),
        noun=("person_id",),
    )
    _history(
        "role_grant",
        _key("person_id", index=True),
        Column("role", String(20), nullable=False),
        _key("mission", nullable=True),
        Column("valid_from", Utc),
        Column("valid_to", Utc),
        noun=("person_id", "role", "mission"),
        one_line=False,
    )


def _subjects() -> None:
    _history(
        "subject",
        _key("subject_id", index=True),
        _key("mission", index=True),
        Column("kind", String(20), nullable=False),
        Column("names", Text, nullable=False),
        Column("category", String(40)),
        Column("geometry", Geometry),
        Column("uncertainty_m", Float(53)),
        Column("address", Text),
        Column("locality", Text),
        Column("part", Text),
        noun=("subject_id", "mission"),
    )
    _history(
        "facility",
        _key("facility_id", index=True),
        _key("mission", index=True),
        Column("name", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("geometry", Geometry, nullable=False),
        Column("address", Text),
        Column("locality", Text),
        Column("retired", Boolean, nullable=False),
        noun=("facility_id", "mission"),
    )


def _designations() -> None:
    _history(
        "designation",
        _key("designation_id", index=True),
        _key("mission", index=True),
        _key("subject_id", index=True),
        Column("restriction", String(20), nullable=False),
        Column("basis", String(40), nullable=False),
        Column("authority", Text, nullable=False),
        Column("directive", Text, nullable=False),
        Column("valid_from", Utc),
        Column("valid_to", Utc),
        Column("review_by", Date),
        Column("applies_to", Text, nullable=False),
        Column("hours", Text),
        Column("exceptions", Text, nullable=False),
        Column("note", Text),
        noun=("designation_id", "mission", "subject_id"),
    )
    _history(
        "step",
        _key("designation_id", index=True),
        Column("kind", String(20), nullable=False),
        Column("state", String(20), nullable=False),
        _key("person_id"),
        Column("effective_at", Utc, nullable=False),
        Column("reason", Text),
        noun=("designation_id",),
    )


def _audit_tree() -> None:
    op.create_table(
        "audit_leaf",
        Column("position", Integer, primary_key=True, autoincrement=False),
        Column("leaf", LargeBinary, nullable=False),
        Column("leaf_sha256", LargeBinary(32), nullable=False),
        Column("subtree_sha256", LargeBinary(32), nullable=False),
    )
    op.create_table(
        "audit_checkpoint",
        Column("size", Integer, primary_key=True, autoincrement=False),
        Column("root_sha256", String(64), nullable=False),
    )


def _editions() -> None:
    _history(
        "edition",
        _key("mission"),
        Column("number", Integer, nullable=False),
        Column("sha256", String(64), nullable=False),
        Column("previous_sha256", String(64)),
        Column("issued_at", Utc, nullable=False),
        Column("expires_at", Utc, nullable=False),
        Column("checkpoint_size", Integer, ForeignKey("audit_checkpoint.size"), nullable=False),
        _key("published_by"),
        Column("content", LargeBinary, nullable=False),
        Column("envelope", LargeBinary, nullable=False),
        UniqueConstraint("mission", "number"),
        UniqueConstraint("mission", "number", "sha256"),
        noun=("mission",),
    )


def _campaigns() -> None:
    _history(
        "campaign",
        _key("campaign_id", index=True),
        _key("mission", index=True),
        Column("edition_number", Integer, nullable=False),
        Column("edition_sha256", String(64), nullable=False),
        Column("opened_at", Utc, nullable=False),
        _key("opened_by"),
        Column("deadline", Date),
        Column("closed_at", Utc),
        _key("closed_by", nullable=True),
        ForeignKeyConstraint(
            ["mission", "edition_number", "edition_sha256"], ["edition.mission", "edition.number", "edition.sha256"]
        ),
        noun=("campaign_id", "mission", "edition_number", "edition_sha256"),
    )
    op.create_table(
        "recipient",
        Column("id", Integer, primary_key=True),
        _key("campaign_id"),
        _key("person_id", index=True),
        Column("number", String(200), nullable=False),
        Column("name", Text, nullable=False),
        Column("unit", Text, nullable=False),
        Column("category", String(20), nullable=False),
        Column("email", String(320)),
        Column("language", String(35), nullable=False),
        Column("salt", LargeBinary(16), nullable=False),
        UniqueConstraint("campaign_id", "person_id"),
    )


def _acknowledgements() -> None:
    _history(
        "acknowledgement",
        _key("person_id", index=True),
        _key("mission"),
        Column("edition_number", Integer, nullable=False),
        Column("edition_sha256", String(64), nullable=False),
        Column("statement_sha256", String(64), nullable=False),
        Column("language", String(35), nullable=False),
        Column("acknowledged_at", Utc, nullable=False),
        Column("channel", String(20), nullable=False),
        Column("strength", String(20), nullable=False),
        _key("entered_by"),
        ForeignKeyConstraint(
            ["mission", "edition_number", "edition_sha256"], ["edition.mission", "edition.number", "edition.sha256"]
        ),
        noun=("mission", "edition_number", "person_id"),
    )


def _operations() -> None:
    op.create_table("meta", Column("name", String(40), primary_key=True), Column("value", Text, nullable=False))
    op.create_table(
        "credential",
        Column("person_id", String(80), primary_key=True),
        Column("hash", Text, nullable=False),
        Column("one_time", Boolean, nullable=False),
        Column("set_at", Utc, nullable=False),
    )
    op.create_table(
        "login_failure",
        Column("id", Integer, primary_key=True),
        Column("reference_digest", String(64), nullable=False, index=True),
        Column("source_digest", String(4), nullable=False),
        Column("failed_at", Utc, nullable=False, index=True),
    )
    op.create_table(
        "session",
        Column("token_hash", String(64), primary_key=True),
        Column("person_id", String(80), nullable=False, index=True),
        Column("csrf", Text, nullable=False),
        Column("created_at", Utc, nullable=False),
        Column("seen_at", Utc, nullable=False),
        Column("language", String(35)),
    )
