"""`backup` and `restore` at the prompt."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from geo_offlimits.cli import door
from geo_offlimits.settings import ENVIRONMENT_PREFIX
from tests.cli.prompt import Prompt
from tests.cli.served import Served

SECRET = "four dry boats in a barn"
GIVEN = {"GEO_OFFLIMITS_BACKUP_PASSPHRASE": SECRET}


@pytest.fixture
def monday(prompt: Prompt, tmp_path: Path) -> Path:
    prompt("backup", tmp_path / "monday.backup", **GIVEN).done()
    return tmp_path / "monday.backup"


def test_a_machine_that_was_lost_is_set_up_again_from_its_backup(prompt: Prompt, monday: Path) -> None:
    edition = json.loads(prompt("edition", "show", "--json", by="107").done().out)
    shutil.rmtree(prompt.folder)
    prompt.folder.mkdir()
    said = prompt("restore", monday, **GIVEN).done()
    assert "Everything fits." in said.out
    prompt.sign_in_again()
    assert json.loads(prompt("edition", "show", "--json", by="107").done().out) == edition
    assert "everything fits" in prompt("audit", "verify", by="105").done().out
    assert prompt("find", "Blue Lantern").code == 3


def test_both_answer_in_json(prompt: Prompt, tmp_path: Path) -> None:
    made = prompt("backup", tmp_path / "monday.backup", "--json", **GIVEN).done().json
    shutil.rmtree(prompt.folder)
    done = prompt("restore", tmp_path / "monday.backup", "--json", **GIVEN).done().json
    assert (done["leaves"], done["root_sha256"]) == (made["leaves"], made["root_sha256"])
    assert (done["older_than"], done["aside"]) == (None, [])


def run(prompt: Prompt, *words: str) -> tuple[int, str]:
    """In a process of its own, which ends with everything that it had open."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(ENVIRONMENT_PREFIX)}
    command = [sys.executable, "-m", "geo_offlimits.cli", *words]
    ended = subprocess.run(command, env=env | prompt.variables() | GIVEN, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout + ended.stderr


def test_a_served_store_is_backed_up_and_is_replaced_only_once_it_is_not_served(
    prompt: Prompt, serve: Callable[..., Served], tmp_path: Path
) -> None:
    monday = str(tmp_path / "monday.backup")
    served = serve(prompt)
    assert served.get("/readyz")[0] == 200
    assert run(prompt, "backup", monday)[0] == 0
    code, said = run(prompt, "restore", monday, "--replace")
    assert (code, "is in use; stop the server" in said) == (1, True)
    assert served.get("/readyz")[0] == 200
    served.stop()
    code, said = run(prompt, "restore", monday, "--replace")
    assert (code, said.count("What was there is kept as")) == (0, 2)
    assert serve(prompt).get("/readyz")[0] == 200


def test_without_a_passphrase_or_a_terminal_the_variable_is_told(prompt: Prompt, monday: Path, tmp_path: Path) -> None:
    for words in (("backup", tmp_path / "tuesday.backup"), ("restore", monday, "--replace")):
        said = prompt(*words)
        assert (said.code, "put it in GEO_OFFLIMITS_BACKUP_PASSPHRASE" in said.err) == (1, True)
    assert not (tmp_path / "tuesday.backup").exists()


def test_a_wrong_passphrase_is_one_sentence_and_changes_nothing(prompt: Prompt, monday: Path) -> None:
    before = prompt.contents()
    said = prompt("restore", monday, "--replace", GEO_OFFLIMITS_BACKUP_PASSPHRASE="another one altogether")
    assert said.code == 1
    assert said.err.startswith("The passphrase does not open the keys of this backup")
    assert prompt.contents() == before


def test_what_is_known_of_a_newer_log_is_told_by_a_checkpoint_or_an_edition(
    prompt: Prompt, monday: Path, tmp_path: Path
) -> None:
    older, newer = tmp_path / "older.note", tmp_path / "newer.note"
    prompt("audit", "checkpoint", "--output", older, by="105").done()
    prompt("acknowledge", "--edition", 1, by="107").done()  # an edition tells of what was before it
    prompt("edition", "publish", "--renew", by="101").done()
    prompt("audit", "checkpoint", "--output", newer, by="105").done()
    edition = tmp_path / "edition.geojson"
    prompt("export", "--format", "geojson", "--output", edition, by="107").done()
    shutil.rmtree(prompt.folder)
    for kept in (newer, edition):
        said = prompt("restore", monday, "--against", kept, **GIVEN)
        assert (said.code, "with --confirm-older" in said.err) == (1, True)
        assert not prompt.store.exists()
    said = prompt("restore", monday, "--against", newer, "--confirm-older", **GIVEN).done()
    assert "the next edition takes a number that was given already" in said.out


def test_progress_is_told_to_who_waits(prompt: Prompt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "PATIENCE_S", 0.0)
    assert "Working …" in prompt("backup", tmp_path / "monday.backup", **GIVEN).done().err
