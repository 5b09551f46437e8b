"""`--receipt` keeps an answer, signed; `receipt verify` tells whether one is as it was signed."""

from pathlib import Path

import pytest

from tests.cli.prompt import Prompt

AT = "-31.6,-15.9"


@pytest.mark.parametrize("name", ["kept.txt", "kept.json", "kept"])
def test_an_answer_is_kept_and_verified_with_the_stores_keys_and_without_a_store(
    prompt: Prompt, tmp_path: Path, name: str
) -> None:
    kept, key = tmp_path / name, tmp_path / "key.pem"
    assert prompt("check", AT, "--uncertainty-m", "1", "--receipt", str(kept)).code == 3
    said = prompt("receipt", "verify", str(kept), "--json").done().json
    assert (said["verdict"], said["entries"][0]["name"]) == ("listed", "Blue Lantern")
    prompt("key", "export", "--output", str(key)).done()
    elsewhere = Prompt(tmp_path / "elsewhere")
    elsewhere.folder.mkdir()
    told = elsewhere("receipt", "verify", str(kept), "--key", str(key)).done()
    assert "Off limits: suspected, precautionary" in told.out
    assert said["fingerprint"] in told.out
    assert not list(elsewhere.folder.iterdir())


def test_a_search_is_kept_as_a_qr_code(prompt: Prompt, tmp_path: Path) -> None:
    kept = tmp_path / "kept.svg"
    assert prompt("find", "Nothing Like It", "--receipt", str(kept)).code == 0
    assert kept.read_bytes().startswith(b"<svg")


def test_a_receipt_is_for_one_answer(prompt: Prompt, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    said = prompt("check", AT, "-31.2,-15.6", "--receipt", str(kept))
    assert said.code == 1
    assert "ask about one position" in said.err
    assert not kept.exists()


def test_a_forged_receipt_and_what_is_none_are_refused(prompt: Prompt, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    prompt("check", AT, "--receipt", str(kept))
    code = kept.read_text("utf-8").splitlines()[-1]
    kept.write_text(code[:-9] + "AAAAAAAA" + code[-1], "utf-8")
    said = prompt("receipt", "verify", str(kept))
    assert (said.code, said.out) == (1, "")
    assert "does not fit" in said.err
    kept.write_bytes(b"\x00\xff")
    assert "no receipt in this" in prompt("receipt", "verify", str(kept)).err
    assert prompt("receipt", "verify", str(tmp_path / "none")).code in {1, 2}


def test_a_look_up_asks_another_missions_list_too(prompt: Prompt) -> None:
    said = prompt("check", AT, "--also", "NOWHERE", "--json")
    assert said.code == 1
    assert "NOWHERE" in said.err
    assert prompt("check", AT, "--also", "ISLE", "--json").json == prompt("check", AT, "--json").json
