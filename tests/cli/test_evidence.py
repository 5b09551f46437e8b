"""`evidence` at the prompt: a paper or a signed file for its owner only, which the stand-alone verifier checks."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests import typesetting
from tests.cli.prompt import Prompt, Said, next_second

VERIFIER = Path(__file__).parents[2] / "scripts" / "verify_list.py"
PLACE, CASE = "-31.600000,-15.900000", "ISLE/26/9"


@pytest.fixture
def conduct(prompt: Prompt) -> Prompt:
    """Auditor 105 is a conduct officer too, and 107 has acknowledged edition 1."""
    prompt("person", "role", "105", "conduct", "ISLE", by="100").done()
    prompt("acknowledge", "--edition", "1", by="107").done()
    next_second()
    return prompt


def asked(prompt: Prompt, output: Path, *more: str, by: str = "105") -> Said:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    words = ("--person", "107", "--at", at, "--case", CASE, "--position", PLACE, "--output", output)
    return prompt("evidence", *words, *more, by=by)


def verified(prompt: Prompt, file: Path, key: Path) -> str:
    prompt("key", "export", "--output", key).done()
    done = subprocess.run(
        [sys.executable, "-I", str(VERIFIER), str(file), "--key", str(key)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done.stdout


@pytest.mark.parametrize("suffix", ["json", "pdf"])
def test_it_is_written_for_its_owner_only_and_verified_elsewhere(conduct: Prompt, tmp_path: Path, suffix: str) -> None:
    if suffix == "pdf":
        typesetting.needed()
    file = tmp_path / f"evidence.{suffix}"
    said = asked(conduct, file).done()
    assert "Edition 1 was current." in said.out
    assert "Acknowledged then: edition 1." in said.out
    assert CASE not in said.out
    assert file.stat().st_mode & 0o077 == 0
    told = verified(conduct, file, tmp_path / "key.pem")
    assert told.startswith("GENUINE. Evidence of 107 Person 107")
    assert "Edition 1 was acknowledged" in told
    words = ("evidence", "verify", file, "--key", tmp_path / "key.pem", "--mission", "ISLE")
    assert conduct(*words).done().out == told  # the same words, by the program itself
    assert conduct("evidence", "verify", file, "--json").done().json["case"] == CASE  # by this store's keys


def test_what_was_changed_is_another_missions_or_no_evidence_is_refused(conduct: Prompt, tmp_path: Path) -> None:
    file = tmp_path / "evidence.json"
    asked(conduct, file).done()
    other = conduct("evidence", "verify", file, "--mission", "ROCK")
    assert (other.code, "evidence of ISLE, not of ROCK" in other.err) == (1, True)
    file.write_bytes(file.read_bytes().replace(b'"sig":"', b'"sig":"A'))
    changed = conduct("evidence", "verify", file)
    assert (changed.code, changed.out) == (1, "")
    conduct("key", "export", "--output", tmp_path / "key.pem").done()
    assert conduct("evidence", "verify", tmp_path / "key.pem").code == 1
    assert conduct("evidence", "verify", tmp_path / "nothing.json").code == 2
    slip = conduct("evidence", "--person", "107", by="105")
    assert (slip.code, "Give --at, --case, --output" in slip.err) == (2, True)


def test_a_program_is_told_all_but_the_proofs(conduct: Prompt, tmp_path: Path) -> None:
    file = tmp_path / "evidence.json"
    said = asked(conduct, file, "--uncertainty-m", "0", "--json").done().json
    assert said["evidence"]["listed"]["verdict"] == "listed"
    assert said["evidence"]["person"]["then"]["unit"] == "Unit S"
    assert not {"proofs", "case"} & said["evidence"].keys()
    assert json.loads(file.read_bytes())["payloadType"].endswith("evidence+json;v=1")


@pytest.mark.parametrize("by", ["100", "101", "104", "107"])
def test_nobody_else_gets_it_and_no_file_is_left(conduct: Prompt, tmp_path: Path, by: str) -> None:
    file = tmp_path / "evidence.json"
    said = asked(conduct, file, by=by)
    assert (said.code, file.exists()) == (1, False)
    assert "needs a role you do not hold" in said.err


def test_another_kind_of_file_is_a_slip(conduct: Prompt, tmp_path: Path) -> None:
    said = asked(conduct, tmp_path / "evidence.txt")
    assert (said.code, "ends in .pdf or .json" in said.err) == (2, True)
