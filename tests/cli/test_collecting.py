"""`acknowledge collect`: sheets that units put into a folder, each taken once, whatever else lies there."""

import csv
import fcntl
import io
import os
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from geo_offlimits.delivery.drop_folder import DropFolder
from tests.cli.prompt import Prompt, Said

CLERK = "104"


@pytest.fixture
def folder(prompt: Prompt, tmp_path: Path) -> Path:
    """A folder with a sheet of unit S in `in`, signed by 107."""
    prompt("distribute", "--output", tmp_path / "sent", by=CLERK).done()
    (tmp_path / "drop" / "in").mkdir(parents=True)
    (tmp_path / "drop" / "in" / "s.csv").write_bytes(signed(tmp_path, "107"))
    return tmp_path / "drop"


def signed(folder: Path, *numbers: str) -> bytes:
    text = (folder / "sent" / "acknowledgement-unit-s.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    for row in rows:
        row[3] = datetime.now(UTC).date().isoformat() if row[0] in numbers else row[3]
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def collect(prompt: Prompt, folder: Path, still: float = 0, by: str = CLERK) -> Said:
    return prompt("acknowledge", "collect", folder, "--still", still, "--json", by=by)


def lies_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


def acknowledged(prompt: Prompt) -> int:
    """In the store: the clerk is of another unit, and reads no numbers of a small one."""
    with closing(sqlite3.connect(prompt.store)) as store:
        return int(store.execute("SELECT count(*) FROM acknowledgement").fetchone()[0])


def test_a_sheet_is_entered_once_and_lies_in_done_with_what_came_of_it(prompt: Prompt, folder: Path) -> None:
    told = collect(prompt, folder).done().json
    assert told == {"sheets": [{"file": "s.csv", "recorded": 1, "refused": False}], "waiting": []}
    assert lies_in(folder) == {"done/s.csv", "done/s.csv.txt"}
    assert "1 recorded" in (folder / "done" / "s.csv.txt").read_text()
    assert collect(prompt, folder).done().json["sheets"] == []
    (folder / "in" / "s.csv").write_bytes((folder / "done" / "s.csv").read_bytes())
    assert collect(prompt, folder).done().json["sheets"][0]["recorded"] == 0
    assert "This sheet was entered on" in (folder / "done" / "s-2.csv.txt").read_text()
    assert acknowledged(prompt) == 1


def test_what_is_no_sheet_or_half_of_one_is_refused_and_the_others_count(
    prompt: Prompt, folder: Path, tmp_path: Path
) -> None:
    whole = signed(tmp_path, "107", "108")
    (folder / "in" / "half.csv").write_bytes(whole[: whole.index(b"108,")])
    (folder / "in" / "letter.pdf").write_bytes(b"%PDF-1.7")
    (folder / "in" / "empty.csv").write_bytes(b"")
    run = collect(prompt, folder)
    assert (run.code, acknowledged(prompt)) == (1, 1)
    assert {one["file"]: one["refused"] for one in run.json["sheets"]} == {
        "empty.csv": True,
        "half.csv": True,
        "letter.pdf": True,
        "s.csv": False,
    }
    assert "it was cut off" in (folder / "refused" / "half.csv.txt").read_text()
    assert not lies_in(folder / "in")


def test_what_is_still_being_written_waits(prompt: Prompt, folder: Path, tmp_path: Path) -> None:
    for name in (".hidden.csv", "copy.csv.part", "~$s.csv", "s.csv~"):
        (folder / "in" / name).write_bytes(signed(tmp_path, "108"))
    os.utime(folder / "in" / "s.csv", (0, 0))  # a copy that kept the time of what was copied
    assert collect(prompt, folder, still=60).done().json == {"sheets": [], "waiting": ["s.csv"]}
    assert acknowledged(prompt) == 0
    assert len(collect(prompt, folder).done().json["sheets"]) == 1
    assert lies_in(folder / "in") == {".hidden.csv", "copy.csv.part", "~$s.csv", "s.csv~"}


def test_no_link_is_followed_and_no_pipe_waited_for(prompt: Prompt, folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_bytes(signed(tmp_path, "108"))
    (folder / "in" / "link.csv").symlink_to(secret)
    os.link(secret, folder / "in" / "second-name.csv")
    os.mkfifo(folder / "in" / "pipe.csv")
    (folder / "in" / "folder.csv").mkdir()
    begun = time.monotonic()
    run = collect(prompt, folder)
    assert time.monotonic() - begun < 20
    assert (run.code, acknowledged(prompt)) == (1, 1)
    refused = {path.name for path in (folder / "refused").iterdir() if path.suffix == ".csv"}
    assert refused == {"link.csv", "second-name.csv", "pipe.csv"}
    assert secret.exists()
    assert (folder / "refused" / "link.csv").is_symlink()
    assert (folder / "in" / "folder.csv").is_dir()


def test_a_link_in_place_of_a_folder_is_refused(prompt: Prompt, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (folder / "done").symlink_to(tmp_path / "elsewhere")
    assert "a link in place of a folder" in collect(prompt, folder).err
    assert lies_in(folder) == {"in/s.csv"}


def test_a_name_that_would_lead_elsewhere_or_be_too_long_is_put_aside_in_its_folder(
    prompt: Prompt, folder: Path, tmp_path: Path
) -> None:
    (folder / "in" / "s.csv").rename(folder / "in" / ("n" * 240 + ".csv"))
    (folder / "in" / "two\nlines.csv").write_bytes(signed(tmp_path, "108"))
    (folder / "in" / "two\nlines.csv").rename(folder / "in" / os.fsdecode(b"\xff\nlines.csv"))
    assert collect(prompt, folder).done().json["sheets"][1]["file"] == "\ufffd\ufffdlines.csv"
    assert acknowledged(prompt) == 2
    assert not lies_in(folder / "in")
    assert len(lies_in(folder / "done")) == 4


def test_one_process_at_a_time_empties_a_folder(prompt: Prompt, folder: Path) -> None:
    lock = os.open(folder, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        assert "Another process is emptying" in collect(prompt, folder).err
    finally:
        os.close(lock)
    assert acknowledged(prompt) == 0
    assert len(collect(prompt, folder).done().json["sheets"]) == 1


def test_who_may_not_enter_paper_moves_nothing(prompt: Prompt, folder: Path) -> None:
    assert collect(prompt, folder, by="107").code == 1
    assert lies_in(folder) == {"in/s.csv"}


@pytest.mark.parametrize("moment", ["before the report", "before the move"])
def test_a_process_that_dies_once_a_sheet_is_entered_enters_it_no_second_time(
    prompt: Prompt, folder: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    def dies(*_arguments: object, **_options: object) -> None:
        raise SystemExit(137)

    with monkeypatch.context() as patched:
        if moment == "before the report":
            patched.setattr(DropFolder, "put_aside", dies)
        else:
            patched.setattr(Path, "rename", dies)
        assert collect(prompt, folder).code == 137
    assert acknowledged(prompt) == 1
    assert "in/s.csv" in lies_in(folder)
    assert collect(prompt, folder).done().json["sheets"] == [{"file": "s.csv", "recorded": 0, "refused": False}]
    assert acknowledged(prompt) == 1
    assert lies_in(folder) == {"done/s.csv", "done/s.csv.txt"}
    assert "1 acknowledgements" in (folder / "done" / "s.csv.txt").read_text()
    assert prompt("audit", "verify", by="105").code == 0


@pytest.mark.deep
def test_a_process_killed_at_random_moments_loses_and_doubles_nothing(
    prompt: Prompt, folder: Path, tmp_path: Path
) -> None:
    environment = {**os.environ, **prompt.variables(), **prompt.session_of(CLERK)}
    command = [sys.executable, "-m", "geo_offlimits.cli", "--as", CLERK, "acknowledge", "collect", str(folder)]
    chance, cut_short = random.Random(7), 0
    for turn in range(60):
        for number in range(3):
            content = signed(tmp_path, "107", "108") + b"\r\n" * (turn * 3 + number)
            (folder / "in" / f"{turn}-{number}.csv").write_bytes(content)
        running = subprocess.Popen([*command, "--still", "0"], env=environment, stdout=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.8, 3.0))
        cut_short += running.poll() is None
        running.kill()
        running.wait()
    collect(prompt, folder)
    assert cut_short >= 10, cut_short  # else nothing was tried
    assert acknowledged(prompt) == 2
    assert not lies_in(folder / "in")
    put_aside = {path for path in lies_in(folder) if path.endswith(".csv")}
    assert len(put_aside) == 181
    assert {f"{path}.txt" for path in put_aside} <= lies_in(folder)
    assert prompt("audit", "verify", by="105").code == 0
