"""Every attempt of the list is refused by PostgreSQL, and found on SQLite by who holds an older checkpoint."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, NullPool, create_engine, inspect
from sqlalchemy.exc import DBAPIError

from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.edition import Checkpoint
from geo_offlimits.store import Store, tables
from geo_offlimits.store.history import row_digest
from tests.postgresql import Cluster
from tests.store.attempts import ATTEMPTS, BACK_DATED, SECOND_SIGNATURE, Attempt

Island = Any
ON_POSTGRESQL = [attempt for attempt in ATTEMPTS if "postgresql" in attempt.stores]
ON_SQLITE = [attempt for attempt in ATTEMPTS if "sqlite" in attempt.stores]
NOT_ALLOWED, REFUSED_BY_A_GUARD, KEY_BEHIND_THE_GUARD = "42501", "23514", "23505"


@pytest.fixture(scope="module")
def database(new_island: Any, cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    island = new_island("postgresql", tmp_path_factory.mktemp("attempts")).lived_in()
    island.store.close()
    name = island.store._engines.writer.url.database
    yield name
    cluster.drop(name)


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """What is done here is taken back."""
    with create_engine(url, poolclass=NullPool).connect() as connection:
        yield connection
        connection.rollback()


def outcome(connection: Connection, attempt: Attempt) -> str | None:
    """The database's own code for how the last statement was refused; None when all of them stood."""
    *before, last = attempt.statements
    for statement in before:
        connection.exec_driver_sql(statement)
    try:
        connection.exec_driver_sql(last.replace("%", "%%"))
    except DBAPIError as refusal:
        return str(getattr(refusal.orig, "sqlstate", None))
    return None


def everything(connection: Connection) -> list[Any]:
    """Every row of ours, every trigger and function that guards them."""
    found = [
        connection.exec_driver_sql(f"SELECT o::text FROM public.{name} o ORDER BY 1").scalars().all()  # noqa: S608
        for name in sorted(inspect(connection).get_table_names())
    ]
    guards = "SELECT pg_get_triggerdef(oid), tgenabled FROM pg_trigger ORDER BY 1"
    functions = "SELECT prosrc, proconfig FROM pg_proc WHERE proname LIKE 'refuse%%' ORDER BY 1"
    return [*found, *(connection.exec_driver_sql(query).all() for query in (guards, functions))]


def test_postgresql_refuses_each_to_the_role_that_the_program_runs_as(cluster: Cluster, database: str) -> None:
    with connected(cluster.url(database)) as owner:
        before = everything(owner)
    outcomes = {}
    for attempt in ON_POSTGRESQL:
        with connected(cluster.url(database, "runtime")) as connection:
            outcomes[attempt.name] = outcome(connection, attempt)
    refused = {NOT_ALLOWED, REFUSED_BY_A_GUARD}
    assert {name: code for name, code in outcomes.items() if code not in refused} == {}
    with connected(cluster.url(database)) as owner:
        assert everything(owner) == before
    store = Store.open(cluster.url(database, "runtime"))
    with store.reading() as tx:
        assert tx.audit.verify() == ()
    store.close()


def test_each_would_stand_were_it_not_for_rights_and_guards(cluster: Cluster, database: str) -> None:
    """Control: what is refused for a slip in its own text would show nothing."""
    outcomes = {}
    for attempt in ON_POSTGRESQL:
        with connected(cluster.url(database)) as owner:
            owner.exec_driver_sql("SET session_replication_role = replica")
            outcomes[attempt.name] = outcome(owner, attempt)
    assert {name: code for name, code in outcomes.items() if code not in {None, KEY_BEHIND_THE_GUARD}} == {}


def test_who_may_write_may_do_what_the_program_does(cluster: Cluster, database: str) -> None:
    """Control: the role is not refused everything."""
    with connected(cluster.url(database, "runtime")) as connection:
        honest = Attempt("designate", (SECOND_SIGNATURE.format(schema="").replace("officer", "head"),))
        assert outcome(connection, honest) is None


@pytest.mark.parametrize("change", ["toothless", "unpinned", "other event"])
def test_a_guard_that_postgresqls_owner_has_changed_is_found(new_island: Any, tmp_path: Path, change: str) -> None:
    island = new_island("postgresql", tmp_path).lived_in()
    name = "refuse_step_same_person"
    statements = {
        "toothless": f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
        " SET search_path=public, pg_temp AS $$ BEGIN RETURN NEW; END $$",
        "unpinned": f"ALTER FUNCTION {name}() RESET search_path",
        "other event": f"CREATE OR REPLACE TRIGGER {name} BEFORE UPDATE ON step FOR EACH ROW EXECUTE FUNCTION {name}()",
    }
    with island.store._engines.writer.begin() as connection:
        connection.exec_driver_sql(statements[change])
    with island.store.reading() as tx:
        assert tx.audit.verify() == (f"The guard {name} is not as this program made it.",)
    island.store.close()


@pytest.fixture(scope="module")
def lived_in_file(new_island: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Checkpoint]:
    """The store's file, and the checkpoint that somebody keeps."""
    folder = tmp_path_factory.mktemp("attempts")
    island = new_island("sqlite", folder).lived_in()
    with island.store.reading() as tx:
        held = tx.audit.checkpoint()
    island.store.close()
    return folder / "register.db", held


def carry_out(path: Path, attempt: Attempt) -> None:
    """By somebody who owns the file: the guards are taken down before and put up again after, unless they are meant."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        meant = any("TRIGGER" in statement or "sqlite_master" in statement for statement in attempt.statements)
        for name, _ in guards if not meant else ():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in attempt.statements:
            assert connection.execute(statement).rowcount != 0, statement
        for _, sql in guards if not meant else ():
            with suppress(sqlite3.OperationalError):  # where the table is gone
                connection.execute(sql)


def problems(path: Path, held: Checkpoint | None) -> tuple[str, ...]:
    store = Store.open(f"sqlite:///{path}")
    try:
        with store.reading() as tx:
            return tuple(tx.audit.verify(held))
    finally:
        store.close()


@pytest.mark.parametrize("attempt", [*ON_SQLITE, BACK_DATED], ids=str)
def test_on_sqlite_each_is_found_by_who_holds_an_older_checkpoint(
    lived_in_file: tuple[Path, Checkpoint], tmp_path: Path, attempt: Attempt
) -> None:
    whole, held = lived_in_file
    shutil.copy(whole, tmp_path / "register.db")
    carry_out(tmp_path / "register.db", attempt)
    assert problems(tmp_path / "register.db", held)


def test_on_sqlite_nothing_is_found_where_nothing_was_attempted(
    lived_in_file: tuple[Path, Checkpoint], tmp_path: Path
) -> None:
    whole, held = lived_in_file
    shutil.copy(whole, tmp_path / "register.db")
    carry_out(tmp_path / "register.db", Attempt("nothing", ()))
    assert problems(tmp_path / "register.db", held) == ()


def test_a_listing_dated_back_lands_without_a_leaf_and_is_found(
    new_island: Any, cluster: Cluster, tmp_path: Path
) -> None:
    island = new_island("postgresql", tmp_path).lived_in()
    database = island.store._engines.writer.url.database
    with create_engine(cluster.url(database, "runtime"), poolclass=NullPool).begin() as connection:
        for statement in BACK_DATED.statements:
            connection.exec_driver_sql(statement)
    with island.store.reading() as tx:
        told = tx.audit.verify()
    island.store.close()
    assert [problem.split("/")[0] for problem in told] == ["subject", "designation", "step"]
    assert all("has no leaf" in problem for problem in told)


def test_a_second_signature_with_a_leaf_of_its_own_is_found(
    lived_in_file: tuple[Path, Checkpoint], tmp_path: Path
) -> None:
    """Whoever knows the program may forge a leaf after the checkpoint; the rule of two persons is asked once more."""
    whole, held = lived_in_file
    path = tmp_path / "register.db"
    shutil.copy(whole, path)
    carry_out(path, Attempt("sign twice", (SECOND_SIGNATURE.format(schema=""),)))
    store = Store.open(f"sqlite:///{path}")
    with store.writing() as tx:
        step = tables.step
        forged = tx.connection.execute(step.select().order_by(step.c.id.desc())).mappings().fetchone()
        assert forged
        tx._history._unaudited[f"step/{forged['id']}"] = row_digest(step, dict(forged))
        tx.audit.append(
            AuditTag.PREMISES_DESIGNATED,
            recorded_at=forged["recorded_at"],
            actor="head",
            mission="DEMO",
            subject="DEMO-0002",
            facts={},
        )
    store.close()
    (problem,) = problems(path, held)
    assert problem == "Step 4 of DEMO-0002 was signed by the person whose step it decides."
