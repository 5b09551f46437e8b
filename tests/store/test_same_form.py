"""After every migration both kinds of store have the same tables, keys and triggers."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine

from geo_offlimits.store import revisions, tables
from tests.postgresql import Cluster
from tests.store.forms import Form, form

pytestmark = pytest.mark.filterwarnings("ignore:Did not recognize type 'geometry'")  # SQLAlchemy does not know PostGIS
REVISIONS = tuple(reversed([found.revision for found in ScriptDirectory(str(revisions._MIGRATIONS)).walk_revisions()]))


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    with create_engine(url, poolclass=NullPool).begin() as connection:
        yield connection


@pytest.fixture
def stores(cluster: Cluster, tmp_path: Path) -> Iterator[tuple[Connection, Connection]]:
    """An empty SQLite and an empty PostgreSQL."""
    name = cluster.new()
    with connected(f"sqlite:///{tmp_path / 'register.db'}") as ours, connected(cluster.url(name)) as theirs:
        yield ours, theirs
    cluster.drop(name)


def only_on_postgresql(theirs: Form) -> Form:
    """TRUNCATE fires no trigger on rows, and SQLite has none: each table that only grows has one guard more."""
    growing = {said.split(":")[0] for said in theirs if said.endswith("before DELETE")}
    return frozenset(f"{name}: trigger refuse_{name}_emptied before TRUNCATE" for name in growing)


def differences(ours: Form, theirs: Form) -> Form:
    return ours ^ (theirs - only_on_postgresql(theirs))


def test_after_each_revision_both_stores_have_the_same_form(stores: tuple[Connection, Connection]) -> None:
    before: Form = frozenset()
    for revision in REVISIONS:
        for connection in stores:
            revisions.migrate(connection, revision)
        ours, theirs = map(form, stores)
        assert differences(ours, theirs) == set(), revision
        assert only_on_postgresql(theirs) <= theirs, revision
        assert ours != before, revision
        before = ours
    guarded = {said.split(":")[0] for said in before if said.endswith("before DELETE")}
    assert guarded == {table.name for table in tables.APPEND_ONLY}


TAKEN_AWAY: dict[str, tuple[str, str, str]] = {
    # What is taken away on which side, and what must be told.
    "a trigger": ("sqlite", "DROP TRIGGER refuse_step_same_person", "step: trigger refuse_step_same_person"),
    "a trigger there": ("postgresql", "DROP TRIGGER refuse_flag_changed ON flag", "flag: trigger refuse_flag_changed"),
    "a guard against emptying": (
        "postgresql",
        "DROP TRIGGER refuse_step_emptied ON step",
        "step: trigger refuse_step_emptied",
    ),
    "a partial key": ("sqlite", "DROP INDEX uq_flag_first", "flag: index uq_flag_first"),
    "an index": ("postgresql", "DROP INDEX ix_step_designation_id", "step: index ix_step_designation_id"),
    "a unique key": (
        "postgresql",
        "ALTER TABLE recipient DROP CONSTRAINT uq_recipient_campaign_id_person_id",
        "recipient: unique uq_recipient_campaign_id_person_id",
    ),
    "a foreign key": (
        "postgresql",
        "ALTER TABLE edition DROP CONSTRAINT fk_edition_checkpoint_size",
        "edition: foreign key fk_edition_checkpoint_size",
    ),
    "a primary key": (
        "postgresql",
        "ALTER TABLE session DROP CONSTRAINT pk_session",
        "session: primary key",
    ),
    "a must": ("postgresql", "ALTER TABLE step ALTER COLUMN person_id DROP NOT NULL", "step: column person_id"),
    "a column": ("sqlite", "ALTER TABLE session DROP COLUMN challenge", "session: column challenge"),
    "a default": (
        "postgresql",
        "ALTER TABLE mission ALTER COLUMN notice_days SET DEFAULT 7",
        "mission: column notice_days",
    ),
}


@pytest.fixture(scope="module")
def made(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    name, folder = cluster.new(), tmp_path_factory.mktemp("forms")
    urls = {"sqlite": f"sqlite:///{folder / 'register.db'}", "postgresql": cluster.url(name)}
    for url in urls.values():
        with connected(url) as connection:
            revisions.migrate(connection)
    yield urls
    cluster.drop(name)


@pytest.mark.parametrize(("side", "statement", "told"), TAKEN_AWAY.values(), ids=TAKEN_AWAY)
def test_what_one_side_lacks_is_told(made: dict[str, str], side: str, statement: str, told: str) -> None:
    forms: dict[str, Form] = {}
    for name, url in made.items():
        engine = create_engine(url, poolclass=NullPool)
        with closing(engine.connect()) as connection:
            if name == "sqlite":
                driver: Any = connection.connection.dbapi_connection
                driver.isolation_level = None
                connection.exec_driver_sql("BEGIN")
            if name == side:
                connection.exec_driver_sql(statement)
            forms[name] = form(connection)
            connection.rollback()
    lacking = differences(*forms.values()) or only_on_postgresql(forms["postgresql"]) - forms["postgresql"]
    assert lacking
    assert all(said.startswith(told) for said in lacking), lacking
