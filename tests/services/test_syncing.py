"""A folder that is kept current, where it is cut at any step, and where nothing current is to be had."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from geo_offlimits.errors import InputError, RefusedError, UnverifiedError
from geo_offlimits.services import deltas, editions, exports
from geo_offlimits.services.shelf import Shelf
from geo_offlimits.services.syncing import Folder, Synced
from geo_offlimits.services.verification import verify_file
from tests.services.conftest import MISSION, World

FORMS = ("geojson", "gpx", "csv")


@dataclass
class Lists:
    """The lists of the world as a patrol gets them. `mixed`: another edition comes between two files."""

    world: World
    mixed: bool = False

    def news(self, held: str | None) -> str | None:
        with self.world.reading("109") as act:
            current = editions.header(act, MISSION).sha256
        return None if current == held else current

    def delta(self, held: int) -> dict[str, Any] | None:
        with self.world.reading("109") as act:
            return deltas.document(act, MISSION, held)

    def file(self, form: str, _into: Path) -> bytes:
        return self._made(form).content

    def envelope(self, form: str) -> bytes:
        made = self._made(form).envelope
        if self.mixed:
            self.mixed = False
            self.world.clock.later(hours=1)
            self.world.published(renew=True)
        return made

    def _made(self, form: str) -> exports.Export:
        with self.world.reading("109") as act:
            return exports.export(act, Shelf(), self.world.keyring, MISSION, form=form)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "list", MISSION, {})


def synced(folder: Folder, world: World, lists: Lists | None = None) -> Synced:
    return folder.sync(lists or Lists(world), FORMS, world.keyring.public_keys(), world.clock.now)


def files(folder: Folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.path.iterdir() if path.is_file()}


def numbers(folder: Folder, world: World) -> set[int]:
    """Of which editions the files are, as they are signed."""
    keys, names = world.keyring.public_keys(), [folder.name(form) for form in FORMS]
    return {verify_file(folder.path / name, folder.path / f"{name}.dsse", keys).number for name in names}


def test_an_expired_list_is_told_also_where_nothing_is_new(world: World, folder: Folder) -> None:
    world.listed()
    world.published()
    assert synced(folder, world).number == 1
    kept = files(folder)
    world.clock.later(days=400)
    with pytest.raises(UnverifiedError, match="may still be off limits"):
        synced(folder, world)
    assert files(folder) == kept


def test_an_edition_that_comes_between_two_files_gives_files_of_one_edition(world: World, folder: Folder) -> None:
    world.listed()
    world.published()
    done = synced(folder, world, Lists(world, mixed=True))
    assert done.number == 2
    assert numbers(folder, world) == {2}
    assert synced(folder, world).changed == ()


def test_an_edition_that_comes_behind_the_delta_gives_files_of_one_edition(world: World, folder: Folder) -> None:
    world.listed("Blue Lantern")
    world.published()
    synced(folder, world)
    world.clock.later(hours=1)
    world.listed("Red Door", lon=-29.7)
    world.published()

    class Late(Lists):
        def delta(self, held: int) -> dict[str, Any] | None:
            told = super().delta(held)
            if told and told["to"] == 2:
                self.world.clock.later(hours=1)
                self.world.published(renew=True)
            return told

    done = synced(folder, world, Late(world))
    assert done.number == 3
    assert numbers(folder, world) == {3}
    assert [line.partition("  ")[2] for line in done.lines] == ["Red Door"]


@pytest.mark.parametrize("step", [0, 5, 7, 8, 11, 13, 14])
def test_a_run_that_is_cut_at_any_step_is_completed_by_the_next(
    world: World, folder: Folder, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.listed("Blue Lantern")
    world.published()
    synced(folder, world)
    world.clock.later(hours=1)
    world.listed("Red Door", lon=-29.7)
    world.published()
    replaced = Path.replace
    left = [step]

    def cut(path: Path, target: Path) -> Path:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(5, "the disk is gone")
        return replaced(path, target)

    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", cut)
        with pytest.raises(InputError, match="cannot be kept current"):
            synced(folder, world)
    for name in ("PELA.gpx", "PELA.csv", "PELA.geojson"):
        assert b"Blue Lantern" in files(folder)[name], "each file is whole, of one edition or the other"
    synced(folder, world)
    whole = Folder(folder.path.with_name("whole"), MISSION, {})
    synced(whole, world)
    ours, theirs = files(folder), files(whole)
    assert {name: ours[name] for name in ours if name != "CHANGES.txt"} == {
        name: theirs[name] for name in theirs if name != "CHANGES.txt"
    }


def test_two_runs_do_not_work_in_one_folder(world: World, folder: Folder) -> None:
    world.listed()
    world.published()

    class Twice(Lists):
        def news(self, held: str | None) -> str | None:
            with pytest.raises(RefusedError, match="Another run"):
                synced(folder, world)
            return super().news(held)

    assert synced(folder, world, Twice(world)).number == 1


def test_a_folder_with_damaged_notes_says_what_to_delete(world: World, folder: Folder) -> None:
    world.listed()
    world.published()
    synced(folder, world)
    (folder.aside / "held.json").write_text("{")
    with pytest.raises(InputError, match="delete"):
        synced(folder, world)
