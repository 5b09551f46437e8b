"""Second factors, what a session has seen of them, and their recovery by two persons."""

from alembic import op
from sqlalchemy import BigInteger, Column, Date, ForeignKey, Integer, LargeBinary, String, Text, text

from geo_offlimits.store.columns import Utc
from geo_offlimits.store.migrations.refusals import emptying
from geo_offlimits.store.migrations.refusals_0006 import ADDED, NOUNS

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    for column in (Column("passphrase_at", Utc), Column("factor_at", Utc), Column("challenge", String(120))):
        op.add_column("session", column)
    op.execute("DELETE FROM session")  # nobody is signed in who has not shown what is asked now
    op.create_table(
        "factor",
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
    op.create_table(
        "recovery",
        Column("id", Integer, primary_key=True),
        Column("recorded_at", Utc, nullable=False),
        Column("supersedes_id", Integer, ForeignKey("recovery.id"), unique=True),
        Column("recovery_id", String(80), nullable=False, index=True),
        Column("person_id", String(80), nullable=False, index=True),
        Column("asked_by", String(80), nullable=False),
        Column("reason", Text, nullable=False),
        Column("state", String(20), nullable=False),
        Column("settled_by", String(80)),
    )
    first = text("supersedes_id IS NULL")
    op.create_index(
        "uq_recovery_first", "recovery", list(NOUNS["recovery"]), unique=True, sqlite_where=first, postgresql_where=first
    )
    _refuse()


def _refuse() -> None:
    connection = op.get_bind()
    postgresql = connection.dialect.name == "postgresql"
    for refusal in ADDED:
        for statement in refusal.postgresql() if postgresql else refusal.sqlite():
            connection.exec_driver_sql(statement)
    if postgresql:
        connection.exec_driver_sql(emptying("recovery"))
