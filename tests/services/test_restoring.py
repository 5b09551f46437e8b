"""What is not put back: a file that is damaged, altered or another's, and an older log without a word."""

import json
import shutil
import sqlite3
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from geo_offlimits.bootstrap import initialise, upgrade, wire
from geo_offlimits.delivery.sealing import NotOpenedError
from geo_offlimits.errors import InputError, OfflimitsError, RefusedError, StoreError, UnverifiedError
from geo_offlimits.formats.backup import DamagedBackupError
from geo_offlimits.services import audit, placing
from geo_offlimits.services.restoring import OlderLogError, OtherLogError, checked
from geo_offlimits.settings import Settings
from geo_offlimits.store import revisions
from tests.services.backing import SECRET, backed_up, contents, head, lived_in, names, put_back, reopened
from tests.services.conftest import START, Clock, World, quick_passphrases


@pytest.fixture(scope="session")
def inhabited(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The world that others copy, somebody having lived in it, and its backup beside it: made once, told often."""
    folder = tmp_path_factory.mktemp("inhabited")
    shutil.copytree(template, folder / "pela")
    world = opened(folder / "pela", START)
    lived_in(world)
    backed_up(world, folder / "monday.backup")
    world.wiring.store.close()
    return folder


def opened(folder: Path, now: datetime) -> World:
    clock = Clock(now)
    settings = Settings(store=f"sqlite:///{folder / 'store.db'}", data_dir=folder / "data")
    return World(wire(settings, clock, passphrases=quick_passphrases()), clock)


@pytest.fixture
def world(inhabited: Path, tmp_path: Path) -> Iterator[World]:
    shutil.copytree(inhabited / "pela", tmp_path / "pela")
    world = opened(tmp_path / "pela", START + timedelta(days=1))
    yield world
    world.wiring.store.close()


@pytest.fixture
def monday(inhabited: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(inhabited / "monday.backup", tmp_path))


@pytest.fixture
def elsewhere(tmp_path: Path) -> Settings:
    folder = tmp_path / "elsewhere"
    return Settings(store=f"sqlite:///{folder / 'store.db'}", data_dir=folder / "data")


def refused(settings: Settings, path: Path, kind: type[OfflimitsError], sentence: str = ".") -> None:
    """And nothing is written."""
    with pytest.raises(kind, match=sentence):
        put_back(settings, path)
    assert names(settings.data_dir.parent) == []


def rewritten(path: Path, change: Callable[[dict[str, bytes]], object]) -> None:
    """The backup with other members, as a tool for ZIP files makes it."""
    with zipfile.ZipFile(path) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in members.items():
            packed.writestr(name, content)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_no_backup(monday: Path, elsewhere: Settings, share: float) -> None:
    content = monday.read_bytes()
    monday.write_bytes(content[: int(len(content) * share)])
    refused(elsewhere, monday, DamagedBackupError, "Take another copy")


def test_a_changed_byte_is_noticed_wherever_it_is(monday: Path, elsewhere: Settings) -> None:
    content = monday.read_bytes()
    for place in range(0, len(content), len(content) // 40):
        monday.write_bytes(content[:place] + bytes([content[place] ^ 0x10]) + content[place + 1 :])
        try:
            with checked(monday, SECRET) as found:
                same = found.archive.manifest.members
        except OfflimitsError:
            continue
        # A byte that no reader looks at, such as a time in the ZIP's own list, changes nothing of what is put back.
        monday.write_bytes(content)
        with checked(monday, SECRET) as found:
            assert found.archive.manifest.members == same
    monday.write_bytes(content)
    assert put_back(elsewhere, monday).leaves


def _swap(members: dict[str, bytes]) -> None:
    one = next(name for name in members if name.startswith("attachments/"))
    members[one] = b"another photo"


def _drop(members: dict[str, bytes]) -> None:
    del members[next(name for name in members if name.startswith("basemaps/"))]


def _add(members: dict[str, bytes]) -> None:
    members["basemaps/PELA/more.pmtiles"] = b"PMTiles"


@pytest.mark.parametrize("change", [_swap, _drop, _add])
def test_another_member_is_noticed(
    monday: Path, elsewhere: Settings, change: Callable[[dict[str, bytes]], None]
) -> None:
    rewritten(monday, change)
    refused(elsewhere, monday, DamagedBackupError)


def test_who_does_not_know_the_passphrase_cannot_fit_the_manifest_to_what_they_changed(
    monday: Path, elsewhere: Settings
) -> None:
    def forge(members: dict[str, bytes]) -> None:
        manifest = json.loads(members["manifest.json"])
        manifest["members"].pop(next(name for name in members if name.startswith("basemaps/")))
        _drop(members)
        members["manifest.json"] = json.dumps(manifest).encode()

    rewritten(monday, forge)
    refused(elsewhere, monday, NotOpenedError, "or the backup was altered")


def test_a_name_that_leads_out_of_the_folder_is_no_member(monday: Path, elsewhere: Settings) -> None:
    def lead_out(members: dict[str, bytes]) -> None:
        manifest = json.loads(members["manifest.json"])
        manifest["members"]["basemaps/../../../taken.pmtiles"] = manifest["members"]["store.db"]
        members["basemaps/../../../taken.pmtiles"] = members["store.db"]
        members["manifest.json"] = json.dumps(manifest).encode()

    rewritten(monday, lead_out)
    refused(elsewhere, monday, DamagedBackupError, "names what no backup holds")


def test_a_wrong_passphrase_is_one_sentence(monday: Path, elsewhere: Settings) -> None:
    with pytest.raises(NotOpenedError, match="does not open the keys of this backup"), checked(monday, SECRET + "s"):
        pass
    assert names(elsewhere.data_dir.parent) == []


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"SQLite format 3\x00" * 100, b"name,lat,lon\n" * 50])
def test_what_is_no_backup_is_not_put_back(elsewhere: Settings, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other").write_bytes(content)
    refused(elsewhere, tmp_path / "other", DamagedBackupError)


def test_another_programs_zip_is_not_put_back(elsewhere: Settings, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as packed:
        packed.writestr("manifest.json", '{"format": "holiday/1"}')
        packed.writestr("keys.sealed.json", "{}")
    refused(elsewhere, tmp_path / "other.zip", DamagedBackupError, "of the format 'holiday/1'")
    refused(elsewhere, tmp_path / "missing", InputError, "cannot be read")


def test_the_backup_of_a_newer_program_is_refused(
    world: World, elsewhere: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as newer:
        newer.setattr("geo_offlimits.store.revisions.revision", lambda *_facts: "9999")
        path = backed_up(world, tmp_path / "monday.backup").path
    refused(elsewhere, path, StoreError, f"has form 9999, newer than the {revisions.REVISIONS[-1]} of this program")


def test_the_backup_of_an_older_program_is_brought_to_this_ones_form(
    world: World, elsewhere: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = backed_up(world, tmp_path / "monday.backup").path
    older, migrations = revisions.REVISIONS[-1], tmp_path / "migrations"
    shutil.copytree(revisions._MIGRATIONS, migrations)
    (migrations / "versions" / "9998_colour.py").write_text(
        "from alembic import op\nimport sqlalchemy as sa\n"
        f"revision, down_revision = '9998', '{older}'\n"
        "def upgrade():\n    op.add_column('login_failure', sa.Column('colour', sa.Text))\n"
    )
    monkeypatch.setattr(revisions, "_MIGRATIONS", migrations)
    monkeypatch.setattr(revisions, "REVISIONS", (*revisions.REVISIONS, "9998"))
    monkeypatch.setattr("geo_offlimits.services.restoring.REVISIONS", revisions.REVISIONS)
    assert put_back(elsewhere, path).form_before == older
    restored = reopened(elsewhere, world)
    with restored.wiring.reading() as act:
        assert act.tx.revision == "9998"
    assert restored.whole()
    restored.wiring.store.close()
    assert [name for name in names(elsewhere.data_dir.parent) if not name.startswith("data/")] == ["store.db"]


def test_a_store_that_was_changed_before_the_backup_is_not_put_back(
    world: World, elsewhere: Settings, tmp_path: Path
) -> None:
    path = world.wiring.settings.store.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as connection, connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("UPDATE designation SET authority = 'Somebody'")
    backup = backed_up(world, tmp_path / "monday.backup").path
    refused(elsewhere, backup, UnverifiedError, "does not fit its log: designation/1 does not fit its leaf")


def test_what_is_there_already_stays_as_it_is(world: World, monday: Path) -> None:
    world.wiring.store.close()
    settings = world.wiring.settings
    before = contents(settings.data_dir.parent)
    with pytest.raises(StoreError, match="or give --replace, which moves it aside"):
        put_back(settings, monday)
    assert contents(settings.data_dir.parent) == before


def test_keys_alone_are_something_too(world: World, monday: Path, elsewhere: Settings) -> None:
    shutil.copytree(world.wiring.settings.data_dir / "keys", elsewhere.data_dir / "keys")
    before = contents(elsewhere.data_dir.parent)
    with pytest.raises(StoreError, match=r"There is something at .*keys already"):
        put_back(elsewhere, monday)
    assert contents(elsewhere.data_dir.parent) == before


def test_what_is_replaced_goes_aside_and_is_still_a_store(world: World, monday: Path) -> None:
    world.wiring.store.close()
    settings = world.wiring.settings
    before = contents(settings.data_dir.parent)
    done = put_back(settings, monday, replace=True)
    assert [path.name for path in done.aside] == [
        f"{name}.replaced-20260401T120000Z" for name in ("store.db", "keys", "attachments", "basemaps")
    ]
    after = contents(settings.data_dir.parent)
    assert {name.replace(".replaced-20260401T120000Z", "") for name in after if "replaced" in name} == set(before)
    assert after["store.db.replaced-20260401T120000Z"] == before["store.db"]
    assert stat.S_IMODE((settings.data_dir / "keys").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (settings.data_dir / "keys").iterdir()} == {0o600}
    restored = reopened(settings, world)
    assert restored.whole()
    restored.listed("Red Door", lon=-29.8)
    assert restored.published().number == 2
    restored.wiring.store.close()


def test_a_store_in_use_is_not_replaced(world: World, monday: Path) -> None:
    settings = world.wiring.settings
    with world.wiring.reading() as act:
        assert act.tx.audit.size()
    before = names(settings.data_dir.parent)
    with pytest.raises(StoreError, match="is in use; stop the server"):
        put_back(settings, monday, replace=True)
    assert names(settings.data_dir.parent) == before
    assert world.whole()


def test_an_older_log_does_not_replace_a_newer_one_without_a_word(world: World, monday: Path) -> None:
    settings, old = world.wiring.settings, head(world)
    world.listed("Red Door", lon=-29.8)
    known = head(world)
    world.wiring.store.close()
    before = contents(settings.data_dir.parent)
    with pytest.raises(OlderLogError, match=f"has {old.size} leaves, and one of {known.size} is known"):
        put_back(settings, monday, replace=True)
    assert contents(settings.data_dir.parent) == before
    assert put_back(settings, monday, replace=True, confirm_older=True).older_than == known.size
    restored = reopened(settings, world)
    assert restored.leaves()[-1]["tag"] == "store:restored"
    assert restored.leaves()[-1]["facts"] == {"leaves": old.size, "older_than": known.size}
    with restored.reading("107") as act:
        assert audit.verify(act) == ()
        assert audit.verify(act, known), "who held the newer one still sees that something was forgotten"
    restored.wiring.store.close()


def test_an_older_log_than_one_that_somebody_kept_is_noticed_in_an_empty_place(
    world: World, monday: Path, elsewhere: Settings
) -> None:
    same = head(world)
    world.listed("Red Door", lon=-29.8)
    newer = head(world)
    with pytest.raises(OlderLogError):
        put_back(elsewhere, monday, known=newer)
    assert names(elsewhere.data_dir.parent) == []
    assert put_back(elsewhere, monday, known=same).older_than is None


@pytest.mark.parametrize("confirm_older", [False, True])
def test_another_log_is_not_put_back_whatever_is_confirmed(
    world: World, monday: Path, elsewhere: Settings, confirm_older: bool
) -> None:
    kept = head(world)
    with pytest.raises(OtherLogError, match="do not grow from one root"):
        put_back(elsewhere, monday, known=replace(kept, root_sha256="0" * 64), confirm_older=confirm_older)
    assert [path.name for path in elsewhere.data_dir.iterdir()] == []


def test_the_store_of_another_installation_is_not_replaced(world: World, monday: Path, elsewhere: Settings) -> None:
    initialise(elsewhere)
    stranger = reopened(elsewhere, world)
    with pytest.raises(RefusedError), stranger.acting(None):
        raise RefusedError("Something that was tried, so that its log holds a leaf.")
    stranger.wiring.store.close()
    before = contents(elsewhere.data_dir.parent)
    with pytest.raises(OtherLogError, match="do not grow from one root"):
        put_back(elsewhere, monday, replace=True, confirm_older=True)
    assert contents(elsewhere.data_dir.parent) == before


def test_an_installation_in_which_nothing_was_done_has_forgotten_nothing(monday: Path, elsewhere: Settings) -> None:
    initialise(elsewhere)
    assert put_back(elsewhere, monday, replace=True).older_than is None


def test_a_store_that_cannot_be_read_is_replaced_only_with_a_yes(world: World, monday: Path) -> None:
    world.wiring.store.close()
    settings = world.wiring.settings
    store = Path(settings.store.removeprefix("sqlite:///"))
    store.write_bytes(b"\0" * 4096)
    with pytest.raises(StoreError, match=r"cannot be told\. .* give --confirm-older"):
        put_back(settings, monday, replace=True)
    assert store.read_bytes() == b"\0" * 4096
    put_back(settings, monday, replace=True, confirm_older=True)
    restored = reopened(settings, world)
    assert restored.whole()
    restored.wiring.store.close()


def test_a_name_that_is_taken_is_told_before_any_is_moved(world: World, monday: Path) -> None:
    world.wiring.store.close()
    settings = world.wiring.settings
    (settings.data_dir / "basemaps.replaced-20260401T120000Z").write_text("in the way")
    before = contents(settings.data_dir.parent)
    with pytest.raises(StoreError, match="20260401T120000Z already, so nothing was replaced"):
        put_back(settings, monday, replace=True)
    assert contents(settings.data_dir.parent) == before
    assert reopened(settings, world).whole()


def test_a_name_that_cannot_be_moved_undoes_the_ones_before_it(
    world: World, monday: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.wiring.store.close()
    settings = world.wiring.settings
    before = contents(settings.data_dir.parent)
    rename = Path.rename

    def mounted(path: Path, target: Path) -> Path:
        if path == settings.data_dir / "attachments":
            raise OSError(16, "Device or resource busy", str(path))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", mounted)
    with pytest.raises(
        StoreError, match=r"attachments cannot be moved: Device or resource busy\. Nothing was replaced"
    ):
        put_back(settings, monday, replace=True)
    assert contents(settings.data_dir.parent) == before
    assert reopened(settings, world).whole()


def test_nobody_opens_an_installation_that_is_being_restored(world: World, monday: Path) -> None:
    world.wiring.store.close()
    settings = world.wiring.settings
    uses: tuple[Callable[[Settings], object], ...] = (wire, upgrade, lambda same: put_back(same, monday, replace=True))
    with placing.working(placing.Place.of(settings)):
        for use in uses:
            with pytest.raises(StoreError, match="A restore of this installation is going on"):
                use(settings)
    wire(settings).store.close()
    assert put_back(settings, monday, replace=True).leaves


def test_a_backup_that_names_a_place_before_its_beginning_is_no_backup(monday: Path, elsewhere: Settings) -> None:
    content = monday.read_bytes()
    end = content.rindex(b"PK\x05\x06") + 16  # where its list of members says that it begins
    begins = int.from_bytes(content[end : end + 4], "little")
    monday.write_bytes(content[:end] + (begins + 1_000_000).to_bytes(4, "little") + content[end + 4 :])
    refused(elsewhere, monday, DamagedBackupError, "Take another copy")
