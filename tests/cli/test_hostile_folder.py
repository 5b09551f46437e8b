"""What lies or happens in a drop folder beyond sheets: names in each other's way, files that vanish meanwhile."""

import os
import shutil
from pathlib import Path

import pytest

from geo_offlimits.delivery.drop_folder import DropFolder, UnreadableError
from geo_offlimits.errors import InputError
from tests.cli.prompt import Prompt
from tests.cli.test_collecting import collect, folder, lies_in, signed

__all__ = ["folder"]


def test_no_report_takes_the_place_of_a_sheet_that_was_put_aside(prompt: Prompt, folder: Path, tmp_path: Path) -> None:
    sheet = signed(tmp_path, "108")
    (folder / "in" / "s.csv").rename(folder / "in" / "later.csv")
    (folder / "in" / "s.csv.txt").write_bytes(sheet)
    (folder / "in" / "later.csv").rename(tmp_path / "later.csv")
    collect(prompt, folder).done()
    (tmp_path / "later.csv").rename(folder / "in" / "s.csv")
    collect(prompt, folder).done()
    assert (folder / "done" / "s.csv.txt").read_bytes() == sheet
    assert lies_in(folder) == {"done/s.csv.txt", "done/s.csv.txt.txt", "done/s-2.csv", "done/s-2.csv.txt"}


def test_a_file_that_is_taken_away_meanwhile_keeps_nothing_from_being_read(tmp_path: Path) -> None:
    place = DropFolder(tmp_path, still_s=0)
    (tmp_path / "in" / "s.csv").write_bytes(b"a sheet")
    (tmp_path / "in" / "gone.csv").symlink_to(tmp_path / "nowhere")
    assert place.waiting() == (("gone.csv", "s.csv"), ())
    assert place.take("never.csv", 100) is None
    [entry] = [one for one in os.scandir(tmp_path / "in") if one.name == "s.csv"]
    (tmp_path / "in" / "s.csv").unlink()
    assert not place._is_still(entry)


def test_a_folder_that_vanishes_is_told(tmp_path: Path) -> None:
    place = DropFolder(tmp_path, still_s=0)
    shutil.rmtree(tmp_path / "in")
    with pytest.raises(InputError, match="cannot be read"):
        place.waiting()


def test_a_file_that_may_not_be_read_is_not_called_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = DropFolder(tmp_path, still_s=0)

    def closed(*_arguments: object) -> int:
        raise PermissionError(13, "Permission denied")  # whoever runs the tests may read all

    monkeypatch.setattr(os, "open", closed)
    with pytest.raises(UnreadableError, match="may not be read by this program"):
        place.take("s.csv", 100)
