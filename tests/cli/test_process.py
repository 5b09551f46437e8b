"""The command line as a program of its own: pipes, terminals, Ctrl-C, encodings, the script beside it."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from geo_offlimits.settings import ENVIRONMENT_PREFIX
from tests.cli.prompt import PASSPHRASE, Prompt

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = (sys.executable, "-m", "geo_offlimits.cli")
SCRIPT = (sys.executable, str(ROOT / "scripts" / "distribute_list.py"))
PATIENCE_S = 60


def environment(prompt: Prompt, **variables: str) -> dict[str, str]:
    others = {name: value for name, value in os.environ.items() if not name.startswith(ENVIRONMENT_PREFIX)}
    return {**others, **prompt.variables(), **variables}


def run(prompt: Prompt, *words: str, program: tuple[str, ...] = PROGRAM, **variables: str) -> Any:
    return subprocess.run(
        [*program, *words],
        env=environment(prompt, **variables),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=PATIENCE_S,
        stdin=subprocess.DEVNULL,
    )


def test_the_console_entry_is_the_same_program(prompt: Prompt) -> None:
    entry = Path(sys.executable).with_name("geo-offlimits")
    if not entry.exists():
        pytest.skip("the package is not installed beside this interpreter")
    done = run(prompt, "check", "-31.6,-15.9", "--json", program=(str(entry),))
    assert (done.returncode, json.loads(done.stdout)["edition"]["number"]) == (4, 1)


def test_whoever_stops_reading_ends_the_command_quietly(prompt: Prompt) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as nowhere:
        done = subprocess.run(
            [*PROGRAM, "settings", "--json"],
            env=environment(prompt),
            stdout=nowhere,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )
    assert (done.returncode, done.stderr) == (1, "")


def test_a_refusal_whose_reader_is_gone_is_quiet_on_that_side(prompt: Prompt) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as nowhere:
        done = subprocess.run(
            [*PROGRAM, "edition", "list", "--json"],
            env=environment(prompt),
            stdout=nowhere,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_any_script_is_printed_on_any_terminal(prompt: Prompt) -> None:
    prompt("premises", "rename", "ISLE-0001", "Плава лампа", by="103").done()
    prompt("edition", "publish", by="101").done()
    plain = run(prompt, "find", "Плава лампа", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (plain.returncode, "Traceback" in plain.stderr) == (3, False)
    document = run(prompt, "find", "Плава лампа", "--json", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert json.loads(document.stdout)["matches"][0]["name"] == "Плава лампа"
    assert "Плава лампа" in run(prompt, "find", "Плава", PYTHONIOENCODING="utf-8").stdout


def test_bytes_that_are_no_text_are_refused(prompt: Prompt) -> None:
    done = subprocess.run(
        [*(word.encode() for word in PROGRAM), b"find", b"caf\xe9 \xff"],
        env=environment(prompt),
        capture_output=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 2
    assert b"is not UTF-8 text" in done.stderr


def _hear_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Terminal:
    """A command started at a terminal, so that it may ask."""

    def __init__(self, prompt: Prompt, *words: str) -> None:
        self.ours, theirs = pty.openpty()
        variables = environment(prompt, GEO_OFFLIMITS_PASSPHRASE="")
        # A test run in the background ignores Ctrl-C and its children would inherit that; at a terminal nobody does.
        self.process = subprocess.Popen(
            [*PROGRAM, *words],
            env=variables,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=_hear_ctrl_c,  # noqa: PLW1509  (no thread of a test holds a lock here)
        )
        os.close(theirs)
        self.shown = ""

    def wait_for(self, text: str) -> None:
        ends = time.monotonic() + PATIENCE_S
        while text not in self.shown:
            assert time.monotonic() < ends, self.shown
            self.shown += self._read()

    def _read(self) -> str:
        try:
            return os.read(self.ours, 65536).decode()
        except OSError:  # the other end is closed
            time.sleep(0.01)
            return ""

    def type(self, line: str) -> None:
        os.write(self.ours, f"{line}\n".encode())

    def ended(self) -> int:
        code = self.process.wait(PATIENCE_S)
        self.shown += self._read()
        os.close(self.ours)
        return code


def test_a_passphrase_is_asked_for_and_never_shown(prompt: Prompt) -> None:
    terminal = Terminal(prompt, "--as", "107", "edition", "list")
    terminal.wait_for("Passphrase: ")
    terminal.type(PASSPHRASE)
    assert terminal.ended() == 0
    assert "until" in terminal.shown
    assert PASSPHRASE not in terminal.shown


def test_ctrl_c_at_a_prompt_is_quiet_and_changes_nothing(prompt: Prompt) -> None:
    before = prompt.contents()
    terminal = Terminal(prompt, "--as", "103", "premises", "withdraw", "ISLE-0001")
    terminal.wait_for("Passphrase: ")
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.ended() == 130
    assert terminal.shown.replace("Passphrase: ", "").strip() == ""
    assert prompt.contents() == before


def test_the_script_distributes_like_the_command(prompt: Prompt, tmp_path: Path) -> None:
    done = run(prompt, "--as=104", "--output", str(tmp_path / "sent"), "--json", program=SCRIPT)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["files"] == sorted(path.name for path in (tmp_path / "sent").iterdir())
    refused = run(prompt, "--output", str(tmp_path / "sent2"), program=SCRIPT)
    assert (refused.returncode, "--as PERSON" in refused.stderr) == (1, True)
    bare = run(prompt, "-S", str(ROOT / "scripts" / "distribute_list.py"), program=(sys.executable, "-I"))
    assert (bare.returncode, "is not installed for this Python" in bare.stderr) == (1, True)
    assert "Usage: distribute_list.py" in run(prompt, "--help", program=SCRIPT).stdout
