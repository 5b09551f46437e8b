"""An upgrade keeps a copy of what was there, or changes nothing."""

import shutil
import sqlite3
import stat
from pathlib import Path
from typing import Any

import pytest

from geo_offlimits.errors import StoreError
from geo_offlimits.store import Store, copies, revisions
from tests.postgresql import Cluster

Island = Any


def address(path: Path) -> str:
    return f"sqlite:///{path}"


def make_newer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on the program is one with a revision more."""
    migrations = folder / "migrations"
    shutil.copytree(revisions._MIGRATIONS, migrations)
    (migrations / "versions" / "9999_colour.py").write_text(
        "from alembic import op\nimport sqlalchemy as sa\n"
        f"revision, down_revision = '9999', '{revisions.REVISIONS[-1]}'\n"
        "def upgrade():\n    op.add_column('session', sa.Column('colour', sa.Text))\n"
    )
    monkeypatch.setattr(revisions, "_MIGRATIONS", migrations)
    monkeypatch.setattr(revisions, "REVISIONS", (*revisions.REVISIONS, "9999"))


def test_an_upgrade_keeps_a_copy_from_before(island: Island, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    island.peopled()
    island.store.close()
    make_newer(tmp_path, monkeypatch)
    path = tmp_path / "register.db"
    with pytest.raises(StoreError, match="Run `geo-offlimits upgrade`"):
        Store.open(address(path))
    (tmp_path / "register.db.before-9999").write_text("of an upgrade that was cut")
    copy = Store.upgrade(address(path))
    assert copy == tmp_path / "register.db.before-9999-2"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    for file, columns in ((path, 11), (copy, 10)):
        connection = sqlite3.connect(file)
        assert len(connection.execute("PRAGMA table_info(session)").fetchall()) == columns
        connection.close()
    upgraded = Store.open(address(path))
    with upgraded.reading() as tx:
        assert tx.missions.all() == (island.mission,)
        assert tx.audit.verify() == ()
    upgraded.close()


def test_a_failed_upgrade_changes_nothing(island: Island, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    island.peopled()
    island.store.close()
    migrations = tmp_path / "migrations"
    shutil.copytree(revisions._MIGRATIONS, migrations)
    (migrations / "versions" / "9999_half.py").write_text(
        f"from alembic import op\nrevision, down_revision = '9999', '{revisions.REVISIONS[-1]}'\n"
        "def upgrade():\n    op.execute('CREATE TABLE half (id INTEGER)')\n    raise ValueError('the power went')\n"
    )
    monkeypatch.setattr(revisions, "_MIGRATIONS", migrations)
    monkeypatch.setattr(revisions, "REVISIONS", (*revisions.REVISIONS, "9999"))
    before = (tmp_path / "register.db").read_bytes()
    with pytest.raises(ValueError, match="the power went"):
        Store.upgrade(address(tmp_path / "register.db"))
    assert (tmp_path / "register.db").read_bytes() == before


def test_an_upgrade_on_postgresql_keeps_a_copy_from_before(
    cluster: Cluster, empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, data_dir = revisions.REVISIONS[-1], tmp_path / "data"
    url, other = cluster.url(cluster.new(empty_database)), cluster.url(cluster.new())
    make_newer(tmp_path, monkeypatch)
    copy = Store.upgrade(url, copies=data_dir)
    assert copy == data_dir / "store.dump.before-9999"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert [path.name for path in data_dir.iterdir()] == [copy.name]
    Store.open(url).close()
    copies.load(copy, other)
    with pytest.raises(StoreError, match=f"has form {before}, older than the 9999"):
        Store.open(other)


def test_an_upgrade_on_postgresql_that_cannot_be_copied_changes_nothing_unless_there_is_a_copy(
    cluster: Cluster, empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, data_dir = cluster.url(cluster.new(empty_database)), tmp_path / "data"
    make_newer(tmp_path, monkeypatch)
    with monkeypatch.context() as poorer:
        poorer.setenv("PATH", str(tmp_path))
        with pytest.raises(StoreError, match=r"need pg_dump; install .* add --backed-up"):
            Store.upgrade(url, copies=data_dir)
        assert list(data_dir.iterdir()) == []
        with pytest.raises(StoreError, match="Run `geo-offlimits upgrade`"):
            Store.open(url)
        assert Store.upgrade(url) is None
    Store.open(url).close()
