"""A backup holds one moment of an installation, on either kind of store, and comes back whole."""

import json
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from geo_offlimits.disk import workshop
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.sessions import Door
from geo_offlimits.errors import InputError, StoreError
from geo_offlimits.services import attachments, register
from geo_offlimits.services.backups import back_up
from geo_offlimits.services.passphrases import WeakPassphraseError
from geo_offlimits.settings import Settings
from geo_offlimits.store import Session
from tests.postgresql import Cluster
from tests.services.backing import backed_up, lived_in, names, put_back, reopened
from tests.services.conftest import MISSION, START, World


@pytest.fixture
def elsewhere(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Where nothing is yet: a folder, or an empty database beside one."""
    data_dir = tmp_path / "elsewhere" / "data"
    if backend == "sqlite":
        yield Settings(store=f"sqlite:///{tmp_path / 'elsewhere' / 'store.db'}", data_dir=data_dir)
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    name = cluster.new()
    yield Settings(store=cluster.url(name, "runtime"), owner_store=cluster.url(name), data_dir=data_dir)
    cluster.drop(name)


def test_what_was_backed_up_comes_back_elsewhere_and_goes_on(world: World, elsewhere: Settings, tmp_path: Path) -> None:
    listing = lived_in(world)
    made = backed_up(world, tmp_path / "monday.backup")
    assert (made.attachments, made.missing, made.basemaps) == (1, 0, 1)
    before, leaves = names(world.wiring.settings.data_dir), world.leaves()
    world.listed("Red Door", lon=-29.8)
    done = put_back(elsewhere, made.path)
    assert (done.leaves, done.root_sha256) == (made.leaves, made.root_sha256)
    assert (done.older_than, done.aside) == (None, ())
    assert names(elsewhere.data_dir) == [name.removesuffix(".new") for name in before]
    restored = reopened(elsewhere, world)
    assert restored.leaves()[:-1] == leaves
    assert restored.leaves()[-1]["tag"] == AuditTag.STORE_RESTORED
    assert restored.leaves()[-1]["facts"] == {"leaves": made.leaves, "older_than": None}
    with restored.acting("106") as act:
        assert attachments.read(act, listing, 1).content
    with restored.reading("101") as act:
        assert [one.designation_id for one in register.all_of(act, MISSION)] == [listing]
    restored.listed("Green Gate", lon=-29.7)
    assert restored.published().number == 2
    assert restored.whole()
    restored.wiring.store.close()
    # Where it was made nothing has changed.
    assert names(world.wiring.settings.data_dir) == before
    assert world.whole()


def test_a_backup_is_of_the_moment_at_which_it_began_to_read(world: World, elsewhere: Settings, tmp_path: Path) -> None:
    world.listed()
    leaves, path = world.leaves(), tmp_path / "monday.backup"
    with world.wiring.reading() as act:
        act.tx.audit.size()
        world.listed("Red Door", lon=-29.8)
        made = back_up(act, path, "four dry boats in a barn")
    assert made.leaves == len(leaves) < len(world.leaves())
    put_back(elsewhere, path)
    restored = reopened(elsewhere, world)
    assert restored.leaves()[:-1] == leaves
    restored.wiring.store.close()


def test_who_was_signed_in_signs_in_again(world: World, elsewhere: Settings, tmp_path: Path) -> None:
    session = Session(
        token_hash="a" * 64, handle="s_1", door=Door.PAGES, person_id="p_101", csrf="c", created_at=START, seen_at=START
    )
    with world.wiring.store.writing() as tx:
        tx.sessions.add(session)
    put_back(elsewhere, backed_up(world, tmp_path / "monday.backup").path)
    restored = reopened(elsewhere, world)
    with restored.wiring.store.reading() as tx:
        assert tx.sessions.get(session.token_hash) is None
    restored.wiring.store.close()
    with world.wiring.store.reading() as tx:
        assert tx.sessions.get(session.token_hash) == session


def test_a_backup_is_for_its_owner_only_and_the_keys_in_it_are_sealed(world: World, tmp_path: Path) -> None:
    lived_in(world)
    path = backed_up(world, tmp_path / "monday.backup").path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.glob("*.backup*")] == ["monday.backup"]
    assert not list(tmp_path.glob(".*"))
    with zipfile.ZipFile(path) as packed:
        told = {name: packed.read(name) for name in packed.namelist()}
    private = [content for name, content in world.keyring.contents().items() if name.endswith(".private.pem")]
    for line in b"".join(private).splitlines()[1:-1]:
        assert not any(line in content for content in told.values())
    manifest = json.loads(told["manifest.json"])
    assert sorted(manifest["members"]) == sorted(set(told) - {"manifest.json", "keys.sealed.json"})
    # What was published or decided is told by nobody's name in it, nor where the store lies.
    assert str(tmp_path) not in told["manifest.json"].decode()


def test_nothing_is_overwritten_and_what_fails_leaves_nothing(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "monday.backup"
    with world.wiring.reading() as act, pytest.raises(WeakPassphraseError, match="has a length of 5"):
        back_up(act, path, "short")
    path.write_text("another's")
    with pytest.raises(InputError, match="no backup is overwritten"):
        backed_up(world, path)
    assert path.read_text() == "another's"
    with pytest.raises(InputError, match="cannot be written"):
        backed_up(world, tmp_path / "nowhere" / "monday.backup")

    def full(*_facts: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("geo_offlimits.formats.backup.os.fsync", full)
    with pytest.raises(InputError, match=r"tuesday.backup cannot be written: No space left on device\. Make room"):
        backed_up(world, tmp_path / "tuesday.backup")
    assert not list(tmp_path.glob("*tuesday*"))
    assert not list(tmp_path.glob(".*"))


def test_what_a_cut_backup_left_is_cleared_away_and_what_another_process_is_at_is_not(
    world: World, tmp_path: Path
) -> None:
    half = tmp_path / ".monday.backup.half"
    with workshop(half):
        (half / "backup").write_text("half of it")
        with pytest.raises(InputError, match=r"Another process is writing .*monday\.backup just now"):
            backed_up(world, tmp_path / "monday.backup")
        assert (half / "backup").read_text() == "half of it"
    assert not (tmp_path / "monday.backup").exists()
    half.mkdir(mode=0o700)
    (half / "backup").write_text("half of it")
    assert backed_up(world, tmp_path / "monday.backup").size
    assert not half.exists()


def test_a_folder_that_others_may_look_into_is_none_to_make_a_backup_in(world: World, tmp_path: Path) -> None:
    half = tmp_path / ".monday.backup.half"
    half.mkdir(mode=0o755)
    with pytest.raises(InputError, match="others may look into this folder"):
        backed_up(world, tmp_path / "monday.backup")
    assert half.exists()
    assert not (tmp_path / "monday.backup").exists()


@pytest.mark.parametrize("backend", ["postgresql"])
def test_without_the_programs_of_postgresql_the_remedy_is_told(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StoreError, match="need pg_dump; install PostgreSQL's client programs"):
        backed_up(world, tmp_path / "monday.backup")
    assert not list(tmp_path.glob("*monday*"))


@pytest.mark.parametrize("backend", ["postgresql"])
def test_a_database_that_holds_a_store_is_not_filled(world: World, tmp_path: Path) -> None:
    path = backed_up(world, tmp_path / "monday.backup").path
    settings, leaves = replace(world.wiring.settings, data_dir=tmp_path / "elsewhere"), world.leaves()
    with pytest.raises(StoreError, match=r"There are tables in .* already; choose an empty database"):
        put_back(settings, path)
    assert names(tmp_path / "elsewhere") == []
    assert world.leaves() == leaves
