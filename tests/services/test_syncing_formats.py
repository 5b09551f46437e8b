"""A folder whose formats change: what is not given any more, and what is on the disk before it is relied on."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from geo_offlimits.delivery.list_server import NotGivenError
from geo_offlimits.errors import AbsentError, OfflimitsError, RefusedError, UnverifiedError
from geo_offlimits.services.syncing import Folder
from tests.services.conftest import MISSION, World
from tests.services.test_syncing import FORMS, Lists, files, synced


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "list", MISSION, {})


@dataclass
class Fewer(Lists):
    """A server that gives no GPX any more."""

    dropped: type[OfflimitsError] = RefusedError

    def file(self, form: str, into: Path) -> bytes:
        if form == "gpx":
            raise self.dropped("There is no such file.")
        return super().file(form, into)


GPX_LEFT = "PELA.gpx is no longer kept up to date: delete it and PELA.gpx.dsse"


@pytest.mark.parametrize("dropped", [RefusedError, AbsentError, NotGivenError])
def test_a_format_that_is_not_given_any_more_keeps_nobody_from_the_others_and_is_to_be_deleted(
    world: World, folder: Folder, dropped: type[OfflimitsError]
) -> None:
    gone = world.listed("Blue Lantern")
    world.listed("Red Door", lon=-29.7)
    world.published()
    synced(folder, world)
    kept = files(folder)
    world.lifted(gone.designation_id)
    world.published(confirm_removals=True)
    with pytest.raises(dropped):
        synced(folder, world, Fewer(world, dropped=dropped))
    assert files(folder) == kept, "what is asked for and not given is no list"
    done = synced(folder, world, Fewer(world, dropped=dropped), forms=("geojson", "csv"))
    assert (done.number, done.changed, done.left) == (2, ("PELA.geojson", "PELA.csv"), ("PELA.gpx",))
    assert files(folder)["PELA.gpx"] == kept["PELA.gpx"]
    assert GPX_LEFT in (folder.path / "CHANGES.txt").read_text()
    asked = Fewer(world, dropped=dropped)
    again = synced(folder, world, asked, forms=("geojson", "csv"))
    assert (again.changed, again.left, asked.asked) == ((), ("PELA.gpx",), []), "said again, and nothing fetched"
    assert synced(folder, world).left == (), "asked for where it is given, it is kept again"
    assert b"Blue Lantern" not in files(folder)["PELA.gpx"]


def test_a_forged_file_of_a_format_that_is_brought_along_is_not_passed_over(world: World, folder: Folder) -> None:
    class Forging(Lists):
        def file(self, form: str, into: Path) -> bytes:
            return super().file(form, into) + (b" " if form == "gpx" else b"")

    world.listed()
    world.published()
    synced(folder, world)
    kept = files(folder)
    world.published(renew=True)
    with pytest.raises(UnverifiedError):
        synced(folder, world, Forging(world), forms=("csv",))
    assert files(folder) == kept


def test_a_file_of_a_format_that_this_version_does_not_know_is_to_be_deleted(world: World, folder: Folder) -> None:
    world.listed()
    world.published()
    synced(folder, world, forms=("csv",))
    notes = json.loads((folder.aside / "held.json").read_text())
    notes["files"] |= {"shp": "00", "../up": "00"}
    (folder.aside / "held.json").write_text(json.dumps(notes))
    (folder.path / "PELA.shp.zip").write_text("old")
    assert synced(folder, world, forms=("csv",)).left == ("PELA.shp.zip",)
    world.published(renew=True)
    assert synced(folder, world, forms=("csv",)).left == ("PELA.shp.zip",)
    (folder.path / "PELA.shp.zip").unlink()
    assert synced(folder, world, forms=("csv",)).left == ()


def test_what_takes_an_older_files_place_is_on_the_disk_before_it_does(
    world: World, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.listed()
    world.published()
    synced(folder, world)
    world.published(renew=True)
    on_disk: dict[int, int] = {}
    put: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def syncing(descriptor: int) -> None:
        fsync(descriptor)
        found = os.fstat(descriptor)
        on_disk[found.st_ino] = found.st_mtime_ns

    def placing(path: Path, target: Path) -> Path:
        if path.parent == folder.aside and target.parent == folder.path:
            for one in (path, folder.aside) if not put else (path,):
                assert on_disk.get(one.stat().st_ino) == one.stat().st_mtime_ns, f"{one.name} may be torn"
            put.append(target.name)
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", syncing)
    monkeypatch.setattr(Path, "replace", placing)
    assert synced(folder, world).number == 2
    assert {f"PELA.{form}{end}" for form in FORMS for end in ("", ".dsse")} | {"CHANGES.txt"} == set(put)
    assert on_disk[folder.path.stat().st_ino] == folder.path.stat().st_mtime_ns, "and so are their names"
