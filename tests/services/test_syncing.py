"""A folder that is kept current, where it is cut at any step, and where nothing current is to be had."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from geo_offlimits.errors import InputError, RefusedError, UnverifiedError
from geo_offlimits.services import deltas, editions, exports
from geo_offlimits.services.act import Act
from geo_offlimits.services.filters import Filter
from geo_offlimits.services.shelf import Shelf
from geo_offlimits.services.syncing import ASIDE, Folder, Synced
from geo_offlimits.services.verification import verify_file
from tests.services.conftest import MISSION, World
from tests.services.test_signing_keys import revoked, rotated

FORMS = ("geojson", "gpx", "csv")


@dataclass
class Lists:
    """The lists of the world as a patrol gets them, and what was `asked` for.

    mixed : another edition comes between two files.
    """

    world: World
    mixed: bool = False
    asked: list[str] = field(default_factory=list)

    def news(self, held: str | None) -> str | None:
        with self.world.reading("109") as act:
            current = editions.header(act, MISSION).sha256
        return None if current == held else current

    def delta(self, held: int) -> dict[str, Any] | None:
        with self.world.reading("109") as act:
            return deltas.document(act, MISSION, held)

    def file(self, form: str, _into: Path) -> bytes:
        self.asked.append(form)
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
            return self.given(act, form)

    def given(self, act: Act, form: str) -> exports.Export:
        """What is given to who asks for this format."""
        return exports.export(act, Shelf(), self.world.keyring, MISSION, form=form)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "list", MISSION, {})


def synced(folder: Folder, world: World, lists: Lists | None = None, forms: Sequence[str] = FORMS) -> Synced:
    return folder.sync(lists or Lists(world), forms, world.keyring.public_keys(), world.clock.now)


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


NOWHERE = Filter(bbox=(100.0, 50.0, 100.1, 50.1))


@pytest.mark.parametrize(
    ("lie", "told"),
    [
        ({"chosen": NOWHERE}, "another part of the list"),
        ({"form": "csv"}, "What came is csv, not the list as kml"),
        ({"link": "https://elsewhere.example/list.kml"}, "What came is a link"),
    ],
)
def test_a_genuine_file_that_was_not_asked_for_leaves_the_folder_as_it_was(
    world: World, folder: Folder, lie: dict[str, Any], told: str
) -> None:
    class Lying(Lists):
        def given(self, act: Act, form: str) -> exports.Export:
            shelf, keyring = Shelf(), self.world.keyring
            if "link" in lie:
                return exports.link(act, shelf, keyring, MISSION, lie["link"])
            return exports.export(act, shelf, keyring, MISSION, **{"form": form} | lie)

    world.listed()
    world.published()
    synced(folder, world, forms=("kml",))
    kept = files(folder)
    world.published(renew=True)
    with pytest.raises(UnverifiedError, match=told):
        synced(folder, world, Lying(world), forms=("kml",))
    assert files(folder) == kept
    assert synced(folder, world, forms=("kml",)).number == 2


def test_an_older_list_is_refused_also_where_the_run_before_was_cut_at_its_end(
    world: World, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.listed()
    world.published()
    older = {form: (Lists(world).file(form, folder.path), Lists(world).envelope(form)) for form in FORMS}
    world.published(renew=True)
    with monkeypatch.context() as broken:
        broken.setattr("geo_offlimits.services.syncing.sync_names", _no_disk)
        with pytest.raises(InputError):
            synced(folder, world)

    class Replayed(Lists):
        def file(self, form: str, _into: Path) -> bytes:
            return older[form][0]

        def envelope(self, form: str) -> bytes:
            return older[form][1]

    kept = files(folder)
    with pytest.raises(UnverifiedError, match="Edition 1 is older than edition 2"):
        synced(folder, world, Replayed(world))
    assert files(folder) == kept
    assert synced(folder, world).number == 2


def _no_disk(folder: Path) -> None:
    if folder.name != ASIDE:
        raise OSError(28, "No space left on device")


def test_a_format_that_is_not_asked_for_any_more_does_not_stay_behind(world: World, folder: Folder) -> None:
    gone = world.listed("Blue Lantern")
    world.listed("Red Door", lon=-29.7)
    world.published()
    synced(folder, world)
    world.lifted(gone.designation_id)
    world.published(confirm_removals=True)
    assert synced(folder, world, forms=("csv",)).changed == ("PELA.csv", "PELA.geojson", "PELA.gpx")
    lists = {name: content for name, content in files(folder).items() if name != "CHANGES.txt"}
    assert not any(b"Blue Lantern" in content for content in lists.values())
    for name in ("PELA.gpx", "PELA.gpx.dsse"):
        (folder.path / name).unlink()
    world.published(renew=True)
    assert synced(folder, world, forms=("csv",)).changed == ("PELA.csv", "PELA.geojson"), (
        "who deletes a file is rid of it"
    )


def test_what_came_and_went_is_told_by_the_signed_lists_and_by_nobody_else(world: World, folder: Folder) -> None:
    class Lying(Lists):
        def delta(self, held: int) -> dict[str, Any] | None:
            told = super().delta(held) or {}
            return told | {"removed": [{"id": "PELA-0001", "name": "Blue Lantern"}]}

    world.listed("Blue Lantern")
    world.published()
    synced(folder, world)
    gpx = Folder(folder.path.with_name("gpx"), MISSION, {})
    synced(gpx, world, forms=("gpx",))
    world.listed("Red Door", lon=-29.7)
    world.published()
    (line,) = synced(folder, world, Lying(world)).lines
    assert (line[0], line.endswith("Red Door")) == ("+", True)
    assert synced(gpx, world, Lying(world), forms=("gpx",)).lines == ()
    assert (gpx.path / "CHANGES.txt").read_text() == "PELA: from edition 1 to edition 2.\n"


def test_a_file_whose_key_was_revoked_since_is_fetched_anew(world: World, folder: Folder) -> None:
    world.listed()
    world.published()
    world.clock.later(hours=1)
    first = rotated(world)
    synced(folder, world)
    world.clock.later(hours=1)
    assert first.new
    revoked(world, first.new.key_id)
    asked = Lists(world)
    assert synced(folder, world, asked).number == 1
    assert asked.asked == ["gpx", "csv"], "the edition is the same, and its parts are signed by the next key"
    assert synced(folder, world).changed == ()


@pytest.mark.parametrize("name", ["gpx.part", "gpx.new", "gpx.new.half", "held.json.half", "CHANGES.txt.half"])
@pytest.mark.parametrize("plant", [os.symlink, os.link])
def test_a_link_in_the_folder_is_never_written_through(
    world: World, folder: Folder, tmp_path: Path, name: str, plant: Callable[[Path, Path], None]
) -> None:
    class Writing(Lists):
        def file(self, form: str, into: Path) -> bytes:
            content = super().file(form, into)
            into.write_bytes(content)
            return content

    world.listed()
    world.published()
    outside = tmp_path / "outside"
    outside.write_text("mine")
    folder.aside.mkdir(mode=0o700, parents=True)
    plant(outside, folder.aside / name)
    assert synced(folder, world, Writing(world)).number == 1
    assert outside.read_text() == "mine"


def test_a_folder_in_the_place_of_a_file_leaves_all_of_them_as_they_were(world: World, folder: Folder) -> None:
    world.listed()
    world.published()
    synced(folder, world, forms=("geojson",))
    kept = files(folder)
    (folder.path / "PELA.csv").mkdir()
    world.published(renew=True)
    with pytest.raises(InputError, match="Is a directory"):
        synced(folder, world, forms=("geojson", "csv"))
    assert files(folder) == kept
