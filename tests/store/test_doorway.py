"""A store is made whole, opened only when it is ours and of our form, and upgraded with a copy kept."""

import shutil
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from geo_offlimits.errors import InputError, StoreError
from geo_offlimits.store import Store, backends, revisions
from tests.postgresql import Cluster

Island = Any


def address(path: Path) -> str:
    return f"sqlite:///{path}"


def everything_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_new_store_is_for_its_owner_only_and_in_a_folder_that_is_made(tmp_path: Path) -> None:
    path = tmp_path / "of the mission" / "register.db"
    store = Store.create(address(path))
    try:
        with store.reading() as tx:
            assert tx.missions.all() == ()
        for file in path.parent.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
    finally:
        store.close()
    assert [file.name for file in path.parent.iterdir()] == ["register.db"]


def test_a_file_in_the_way_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "register.db"
    path.write_text("my thesis")
    with pytest.raises(StoreError, match=r"There is a file at .* already; choose another path"):
        Store.create(address(path))
    assert everything_in(tmp_path) == {"register.db": b"my thesis"}


def test_a_store_whose_making_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_connection: Any) -> None:
        raise StoreError("the power went")

    monkeypatch.setattr(revisions, "sign", fail)
    with pytest.raises(StoreError, match="the power went"):
        Store.create(address(tmp_path / "register.db"))
    assert everything_in(tmp_path) == {}


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"folder .* cannot be made"):
        Store.create(address(tmp_path / "file" / "register.db"))


def _empty(path: Path) -> None:
    path.touch()


def _text(path: Path) -> None:
    path.write_text("name,lat,lon\n" * 20)


def _foreign(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE holiday_snaps (id INTEGER)")
    connection.close()


def _header_alone(path: Path) -> None:
    _foreign(path)
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA application_id = {backends.APPLICATION_ID}")
        connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (_empty, "is empty, so it is not a store of geo_offlimits. Point the setting"),
        (_text, "is not a database, so"),
        (_foreign, "is a database of another program"),
        (_header_alone, "is not a store of geo_offlimits"),
    ],
)
@pytest.mark.parametrize("use", [Store.open, Store.upgrade])
def test_what_is_not_a_store_of_ours_is_refused_and_left_as_it_is(
    tmp_path: Path, make: Callable[[Path], None], sentence: str, use: Callable[[str], Any]
) -> None:
    make(tmp_path / "other.db")
    before = everything_in(tmp_path)
    with pytest.raises(StoreError, match=sentence):
        use(address(tmp_path / "other.db"))
    assert everything_in(tmp_path) == before


def test_a_missing_store_is_refused_with_the_way_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"There is no store at .*; `geo-offlimits init` creates one"):
        Store.open(address(tmp_path / "missing.db"))
    assert everything_in(tmp_path) == {}


@pytest.mark.parametrize(
    ("form", "sentence"),
    [("9999", "has form 9999, newer than the .* of this program"), ("0000", r"older .* `geo-offlimits upgrade`")],
)
def test_a_store_of_another_form_is_refused_and_left_as_it_is(
    empty_file: Path, tmp_path: Path, form: str, sentence: str
) -> None:
    path = tmp_path / "register.db"
    shutil.copy(empty_file, path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (form,))
    connection.close()
    before = everything_in(tmp_path)
    with pytest.raises(StoreError, match=sentence):
        Store.open(address(path))
    assert everything_in(tmp_path) == before


def test_a_newer_store_is_not_upgraded(empty_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "register.db"
    shutil.copy(empty_file, path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = everything_in(tmp_path)
    with pytest.raises(StoreError, match="newer"):
        Store.upgrade(address(path))
    assert everything_in(tmp_path) == before


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://host/db", "register.db", ""])
def test_an_address_we_do_not_know_is_refused(url: str) -> None:
    with pytest.raises(StoreError, match="write sqlite:///FILE or postgresql"):
        Store.open(url)


def test_the_listed_forms_are_the_migrations() -> None:
    script = ScriptDirectory(str(revisions._MIGRATIONS))
    assert tuple(reversed([found.revision for found in script.walk_revisions()])) == revisions.REVISIONS
    assert script.get_current_head() == revisions.REVISIONS[-1]
    assert sorted(revisions.REVISIONS) == list(revisions.REVISIONS)


def test_a_store_that_is_up_to_date_is_not_copied(island: Island, tmp_path: Path) -> None:
    island.store.close()
    assert Store.upgrade(address(tmp_path / "register.db")) is None
    assert not list(tmp_path.glob("*.before-*"))


def test_every_connection_keeps_the_promises_of_the_store(island: Island) -> None:
    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1}
    for opened, query_only in ((island.store.writing, 0), (island.store.reading, 1)):
        with opened() as tx:
            found = {name: tx.connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in expected}
            assert found == expected
            assert tx.connection.exec_driver_sql("PRAGMA query_only").scalar() == query_only


def test_a_journal_that_is_not_the_stores_is_noticed_on_connecting(empty_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "register.db"
    shutil.copy(empty_file, path)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    with pytest.raises(StoreError, match="journal is delete, not wal"):
        Store.open(address(path))


def test_a_reading_transaction_cannot_write(either_island: Island) -> None:
    with pytest.raises(StoreError, match="cannot be written to"), either_island.store.reading() as tx:
        tx.sessions.remove("t" * 64)


def test_a_transaction_that_fails_leaves_nothing(either_island: Island) -> None:
    island = either_island.peopled()

    def changed_mind(*_facts: Any) -> None:
        raise InputError("changed my mind")

    with pytest.raises(InputError):
        island.act(1, lambda tx, at: tx.missions.replace(island.mission, at), changed_mind)
    with island.store.reading() as tx:
        assert len(list(tx.audit.leaves())) == 4
        assert tx.audit.verify() == ()


def test_after_a_write_that_the_disk_refused_nothing_more_is_written(island: Island) -> None:
    island.peopled()

    def full(*_facts: Any) -> None:
        fault = sqlite3.OperationalError("database or disk is full")
        fault.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise fault

    commit = island.store._engines.writer.dialect.do_commit
    island.store._engines.writer.dialect.do_commit = full
    with pytest.raises(StoreError, match="did not take the write"):
        island.propose(1)
    island.store._engines.writer.dialect.do_commit = commit
    with pytest.raises(StoreError, match="read-only since a write failed"):
        island.propose(1)
    with island.store.reading() as tx:
        assert tx.register.all("DEMO") == ()


def test_a_copy_is_of_the_snapshot_that_is_read_while_others_write(island: Island, tmp_path: Path) -> None:
    island.peopled()
    with island.store.reading() as tx:
        assert tx.audit.size() == 4
        island.propose(1)
        tx.copy_to(tmp_path / "monday.db")
    restored = Store.open(address(tmp_path / "monday.db"))
    with restored.reading() as tx:
        assert tx.audit.verify() == ()
        assert len(list(tx.audit.leaves())) == 4
    restored.close()


def test_a_file_copied_past_us_is_behind(island: Island, tmp_path: Path) -> None:
    """What the copy above is for: the latest acts are not in the file yet."""
    island.peopled()
    shutil.copy(tmp_path / "register.db", tmp_path / "copied.db")
    copied = Store.open(address(tmp_path / "copied.db"))
    with copied.reading() as tx:
        assert tx.audit.size() < 4
    copied.close()


def test_a_database_that_is_filled_or_not_ours_is_not_made_a_store(cluster: Cluster, empty_database: str) -> None:
    with pytest.raises(StoreError, match=r"There are tables in .* already"):
        Store.create(cluster.url(empty_database))
    with pytest.raises(StoreError, match="is not a store of geo_offlimits"):
        Store.open(cluster.url("postgres"))


def test_who_runs_the_program_need_not_own_its_schema(new_island: Any, cluster: Cluster, tmp_path: Path) -> None:
    island = new_island("postgresql", tmp_path)
    database = island.store._engines.writer.url.database
    island.store.close()
    island.store = Store.open(cluster.url(database, "runtime"))
    island.lived_in()
    with island.store.reading() as tx:
        assert tx.audit.verify() == ()
    island.store.close()


def test_a_role_that_comes_later_gets_its_rights_with_the_next_upgrade(
    new_island: Any, cluster: Cluster, tmp_path: Path
) -> None:
    island = new_island("postgresql", tmp_path).peopled()
    owner = cluster.url(island.store._engines.writer.url.database)
    with island.store._engines.writer.begin() as connection:
        connection.exec_driver_sql("CREATE ROLE latecomer LOGIN")
    island.store.close()
    late = owner.replace("owner@", "latecomer@")
    with pytest.raises(StoreError, match="Let the owner of the schema grant it"):
        Store.open(late)
    assert Store.upgrade(late, owner_url=owner) is None
    island.store = Store.open(late)
    island.propose(1)
    with island.store.reading() as tx:
        assert [one.designation_id for one in tx.register.all("DEMO")] == ["DEMO-0001"]
    island.store.close()


def test_a_sqlite_store_has_no_other_owner(tmp_path: Path) -> None:
    url = address(tmp_path / "register.db")
    for use in (Store.create, Store.upgrade):
        with pytest.raises(StoreError, match="Leave the setting `owner_store` empty"):
            use(url, owner_url=address(tmp_path / "other.db"))
    assert everything_in(tmp_path) == {}


def test_an_upgrade_on_postgresql_with_nothing_due_changes_nothing(cluster: Cluster, empty_database: str) -> None:
    assert Store.upgrade(cluster.url(empty_database)) is None


def test_a_server_that_does_not_answer_is_said(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(StoreError, match="does not answer"):
        Store.open(f"postgresql+psycopg://owner:secret@/register?host={tmp_path}")


def test_a_store_that_stays_busy_is_said(island: Island, monkeypatch: pytest.MonkeyPatch) -> None:
    island.peopled()
    monkeypatch.setitem(backends._PRAGMAS, "busy_timeout", 1)
    impatient = Store.open(address(Path(island.store.shown)))
    with island.store.writing(), pytest.raises(StoreError, match="was busy"), impatient.writing():
        pass
    impatient.close()


def test_a_damaged_store_is_said(island: Island, tmp_path: Path) -> None:
    island.lived_in()
    island.store.close()
    path = tmp_path / "register.db"
    content = bytearray(path.read_bytes())
    content[4096 * 2 :] = b"\xff" * (len(content) - 4096 * 2)
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"damaged|not a store"):
        Store.open(address(path))


def test_a_reading_connection_rests_and_each_reading_begins_a_snapshot_of_its_own(island: Island) -> None:
    with island.store.reading() as tx:
        first = tx.connection
        assert tx.people.nobody()
    island.peopled()
    with island.store.reading() as tx:
        assert tx.connection is first
        assert not tx.people.nobody()
    assert not first.in_transaction()
    with pytest.raises(LookupError), island.store.reading():
        raise LookupError
    with island.store.reading() as tx, island.store.reading() as other:
        assert tx.connection is not first  # what failed was closed
        assert other.connection is not tx.connection


@pytest.mark.parametrize("fault", [None, LookupError])
def test_no_snapshot_outlives_its_reading(island: Island, tmp_path: Path, fault: type[Exception] | None) -> None:
    with pytest.raises(fault) if fault else nullcontext(), island.store.reading() as tx:
        assert tx.session("a" * 64) is None  # asked of SQLite's driver itself
        assert tx.people.nobody()
        assert tx.connection.connection.dbapi_connection.in_transaction
        if fault:
            raise fault
    island.peopled()
    with closing(sqlite3.connect(tmp_path / "register.db")) as other:
        busy, _, _ = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    assert busy == 0  # nobody still reads what was before


def test_a_fault_does_not_tell_the_values_of_its_statement(either_island: Island) -> None:
    with pytest.raises(SQLAlchemyError) as fault, either_island.store.reading() as tx:
        tx.connection.execute(text("SELECT nothing FROM nowhere WHERE name = :name"), {"name": "CANARY"})
    assert "nowhere" in str(fault.value)
    assert "CANARY" not in str(fault.value)
