"""Files made to hurt, each read as an upload is: nothing leaks, nothing runs, little is used, and a person is told.

The control is a reader that leaks: what looks at ours must catch it.
"""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.formats.hostile import books, geodata, markup, texts
from tests.formats.hostile.making import Case, Lure

SECRET = "CANARY-5a1e-which-nobody-reads"
MOST_CPU_S, MOST_MB = 6.0, 512.0
LARGE_BYTES = 1_000_000
ROOT = Path(__file__).parents[3]


@dataclass
class Outside:
    """Who listens at the address and keeps the canary."""

    lure: Lure
    asked: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    folder = tmp_path_factory.mktemp("outside")
    canary = folder / "canary.csv"
    canary.write_text(f"name,note\n{SECRET},x\n")
    with socket.create_server(("127.0.0.1", 0)) as server:
        lure = Lure(canary=str(canary), url=f"http://127.0.0.1:{server.getsockname()[1]}/", marker=str(folder / "ran"))
        kept = Outside(lure=lure)
        listening = threading.Thread(target=_listen, args=(server, kept.asked), daemon=True)
        listening.start()
        yield kept
        with socket.create_connection(server.getsockname()) as last:
            last.sendall(b"end")
        listening.join()


def _listen(server: socket.socket, asked: list[str]) -> None:
    while True:
        connection, _ = server.accept()
        with connection:
            connection.settimeout(5)
            said = connection.recv(99)
        if said == b"end":
            return
        asked.append(repr(said))


def examined(folder: Path, outside: Outside, which: str = "ours") -> list[dict[str, Any]]:
    """What came of each file of a folder, read in a process of its own."""
    lure = outside.lure
    done = subprocess.run(
        (sys.executable, "-m", "tests.formats.hostile.run", str(folder), lure.canary, lure.url, lure.marker, which),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def faults(found: dict[str, Any]) -> list[str]:
    """What is wrong with how one file was read."""
    wrong = list(found["heard"])
    if SECRET in json.dumps(found):
        wrong.append("told the canary")
    if found["came"] == "fault":
        wrong.append(found["told"])
    if found["cpu_s"] > MOST_CPU_S:
        wrong.append(f"took {found['cpu_s']:.1f} s")
    if found["peak_mb"] > MOST_MB:
        wrong.append(f"took {found['peak_mb']:.0f} MB")
    if found["came"] == "refused" and not _is_clear(found["told"]):
        wrong.append(f"unclear: {found['told']}")
    return wrong


def _is_clear(sentence: str) -> bool:
    """The file, the fact, the remedy: one sentence, without the words of a library."""
    words = ("Traceback", "Error(", "Exception", "NoneType", "0x")
    return sentence.endswith((".", "?")) and "; " in sentence and not any(word in sentence for word in words)


def corpus(lure: Lure) -> list[Case]:
    return [case for room in (texts, markup, books, geodata) for case in room.cases(lure)]


def spread(cases: list[Case]) -> list[Case]:
    """The first file of each kind of harm to each format that is not large: those take most of the time."""
    first: dict[str, Case] = {}
    for case in cases:
        if len(case.content) <= LARGE_BYTES:
            first.setdefault("-".join(case.title.split("-")[:2]), case)
    return list(first.values())


WAYS = (
    pytest.param(False, 130, id="spread"),
    pytest.param(True, 300, id="every", marks=pytest.mark.deep),
)


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("every", "least"), WAYS)
def test_nothing_leaks_runs_or_hurts_in_hostile_files(
    outside: Outside, tmp_path: Path, least: int, *, every: bool
) -> None:
    whole = corpus(outside.lure)
    cases = {case.title: case for case in (whole if every else spread(whole))}
    assert len(cases) >= least
    assert {Path(case.name).suffix for case in cases.values()} == {Path(case.name).suffix for case in whole}
    for case in cases.values():
        (tmp_path / f"{case.title}~{Path(case.name).name}").write_bytes(case.content)
    read = examined(tmp_path, outside)
    assert {found["case"] for found in read} == set(cases)
    wrong = {found["case"]: faults(found) for found in read if faults(found)}
    other = {
        found["case"]: (found["came"], found["told"][:300])
        for found in read
        if cases[found["case"]].comes not in {"any", found["came"]}
    }
    assert (wrong, other) == ({}, {})
    assert outside.asked == []
    assert not Path(outside.lure.marker).exists()


def test_a_reader_that_leaks_is_caught(outside: Outside, tmp_path: Path) -> None:
    asked = ("canary", "code", "egress", "fault", "good", "memory", "time")
    for case in asked:
        (tmp_path / f"{case}~list.csv").write_bytes(b"name\nA\n")
    found = {one["case"]: faults(one) for one in examined(tmp_path, outside, "leaking")}
    assert found["good"] == []
    assert {case for case in asked if found[case]} == set(asked) - {"good"}
    assert len(outside.asked) == 1
    assert Path(outside.lure.marker).exists()
    outside.asked.clear()
    Path(outside.lure.marker).unlink()
