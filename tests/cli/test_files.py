"""Files that commands write: whole or not at all, and never over what is no file."""

import json
import os
from pathlib import Path

from tests.cli.prompt import Prompt


def test_an_export_leaves_what_is_no_file_as_it_is(prompt: Prompt, tmp_path: Path) -> None:
    pipe, link, taken = tmp_path / "pipe", tmp_path / "link", tmp_path / "list.geojson"
    os.mkfifo(pipe)
    link.symlink_to("/dev/null")
    taken.write_text("an older list")
    (tmp_path / "list.geojson.dsse").mkdir()
    before = sorted(tmp_path.iterdir())
    for output in (pipe, link, taken):
        said = prompt("export", "--output", output, by="106")
        assert (said.code, "stays as it is; name a file" in said.err) == (1, True), output
    assert sorted(tmp_path.iterdir()) == before
    assert (pipe.is_fifo(), link.is_char_device(), taken.read_text()) == (True, True, "an older list")
    assert prompt("export", "--output", tmp_path, by="106").code == 2


def test_an_export_to_a_place_where_nothing_can_be_written_leaves_nothing(prompt: Prompt, tmp_path: Path) -> None:
    said = prompt("export", "--output", "/proc/list.geojson", by="106")
    assert (said.code, "cannot be written" in said.err) == (1, True)
    long = tmp_path / ("x" * 250)  # its own name fits, that of its signature does not
    assert prompt("export", "--output", long, by="106").code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["isle"]


def test_an_export_follows_a_link_to_a_file(prompt: Prompt, tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    link = tmp_path / "list.geojson"
    link.symlink_to(tmp_path / "shared" / "current.geojson")
    prompt("export", "--output", link, by="106").done()
    assert link.is_symlink()
    assert json.loads((tmp_path / "shared" / "current.geojson").read_text())["type"] == "FeatureCollection"
    assert (tmp_path / "list.geojson.dsse").is_file()
