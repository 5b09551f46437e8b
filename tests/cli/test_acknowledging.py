"""`acknowledge` at the prompt: one's own with a receipt, and what a clerk enters for others."""

import base64
import hashlib
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests import typesetting
from tests.cli.prompt import MISSION, Prompt

VERIFIER = Path(__file__).parents[2] / "scripts" / "verify_list.py"


def test_what_is_acknowledged_is_printed_and_its_receipt_is_verified_without_a_store(
    prompt: Prompt, tmp_path: Path
) -> None:
    kept, again, key = tmp_path / "kept.json", tmp_path / "again.json", tmp_path / "key.pem"
    said = prompt("acknowledge", "--edition", 1, "--receipt", kept, by="107").done()
    assert "I have read the current list" in said.out
    prompt("key", "export", "--output", key).done()
    elsewhere = Prompt(tmp_path / "elsewhere")
    elsewhere.folder.mkdir()
    told = elsewhere("receipt", "verify", kept, "--key", key).done().out
    assert f"edition 1 of the list of {MISSION} is acknowledged" in told
    asked = [sys.executable, "-I", str(VERIFIER), str(kept), "--key", str(key)]
    alone = subprocess.run(asked, capture_output=True, text=True, check=True)
    assert alone.stdout.startswith("GENUINE. 107 ")
    another = subprocess.run([*asked, "--mission", "ROCK"], capture_output=True, text=True, check=False)
    assert (another.returncode, "not of ROCK" in another.stdout) == (1, True)
    listed = prompt("acknowledge", "list", "--json", by="107").done().json
    assert [(one["edition"], one["state"], one["channel"]) for one in listed] == [(1, "acknowledged", "command")]
    prompt("acknowledge", "receipt", "--edition", 1, "--receipt", again, by="107").done()
    assert prompt("receipt", "verify", again).code == 0
    spoilt = json.loads(kept.read_text())
    spoilt["signatures"][0]["sig"] = "AAAA" + spoilt["signatures"][0]["sig"][4:]
    kept.write_text(json.dumps(spoilt, separators=(",", ":"), sort_keys=True))
    assert prompt("receipt", "verify", kept).code == 1


def test_one_refuses_acknowledges_and_takes_it_back(prompt: Prompt) -> None:
    mine = ("acknowledge", "--edition", 1)
    assert "you refused" in prompt(*mine, "--refuse", by="107").done().out
    assert prompt(*mine, "--refuse", "--withdraw", by="107").code == 2
    prompt(*mine, by="107").done()
    assert prompt(*mine, "--withdraw", by="107").code == 1  # without a reason
    prompt(*mine, "--withdraw", "--reason", "had not read it", by="107").done()
    states = [one["state"] for one in prompt("acknowledge", "list", "--json", by="107").done().json]
    assert states == ["withdrawn", "acknowledged", "refused"]
    assert prompt("audit", "verify", by="105").code == 0


def test_a_clerk_enters_what_was_explained_and_nobody_else_does(prompt: Prompt) -> None:
    entered = ("acknowledge", "oral", "--person", "107", "--by", "101", "--edition", 1, "--language", "dyu")
    assert prompt(*entered, by="108").code == 1
    assert "Entered: 107" in prompt(*entered, by="104").done().out
    (mine,) = prompt("acknowledge", "list", "--json", by="107").done().json
    assert (mine["strength"], mine["language"], mine["by_another"]) == ("oral", "dyu", True)
    mistaken = ("--state", "withdrawn", "--reason", "wrong person")
    slip = ("acknowledge", "enter", "107", "--edition", 1, "--language", "dyu", *mistaken)
    prompt(*slip, by="104").done()
    assert prompt(*slip, by="104").code == 1


def test_who_has_said_nothing_has_no_receipt(prompt: Prompt, tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    said = prompt("acknowledge", "receipt", "--edition", 1, "--receipt", kept, by="107")
    assert said.code == 1
    assert "there is no receipt" in said.err
    assert not kept.exists()
    assert "nothing yet" in prompt("acknowledge", "list", by="107").done().out


def test_a_sheet_is_read_with_its_scan_and_only_once(prompt: Prompt, tmp_path: Path) -> None:
    typesetting.needed()
    sent, scan = tmp_path / "sent", tmp_path / "signed.jpg"
    scan.write_bytes(b"\xff\xd8 signed")
    prompt("distribute", "--output", sent, by="104").done()
    forms = {path.suffix for path in sent.glob("acknowledgement-unit-s.*")}
    assert forms == {".csv", ".html", ".pdf"}
    assert typesetting.is_pdf((sent / "acknowledgement-unit-s.pdf").read_bytes())
    sheet = sent / "acknowledgement-unit-s.csv"
    signed = sheet.read_text(encoding="utf-8-sig").replace(
        '"Person 107","Civilian",""', f'"Person 107","Civilian","{datetime.now(UTC).date()}"'
    )
    sheet.write_text(signed, encoding="utf-8")
    read = ("acknowledge", "import", sheet, "--scan", scan, "--json")
    report = prompt(*read, by="104").done().json
    assert (report["recorded"], report["sheet_sha256"]) == (1, hashlib.sha256(scan.read_bytes()).hexdigest())
    assert "This sheet was entered on" in prompt(*read, by="104").err
    kept = tmp_path / "kept.json"
    prompt("acknowledge", "receipt", "--edition", 1, "--receipt", kept, by="107").done()
    payload = json.loads(base64.b64decode(json.loads(kept.read_text())["payload"]))
    assert payload["row"]["sheet_sha256"] == report["sheet_sha256"]
    assert prompt("receipt", "verify", kept).code == 0
