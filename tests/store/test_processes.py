"""Several processes on one store, and processes that die: what was reported is there, what was not is not."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from geo_offlimits.store import Store

Island = Any

# Adds login failures and leaves; the deeds of the tests are few so that the children start quickly.
CHILD = """
import os, sys, time
from datetime import UTC, datetime
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.designation import Basis, Restriction, Step, StepKind, Terms
from geo_offlimits.domain.premises import Name, Subject, SubjectKind
from geo_offlimits.store import Store

url, deed, count = sys.argv[1:4]
store, now = Store.open(url), datetime(2026, 3, 2, tzinfo=UTC)
terms = Terms(restriction=Restriction.CAUTION, basis=Basis.OTHER, authority="Head", directive="D-1")

def propose(tx):
    designation_id = tx.register.next_designation_id("DEMO")
    subject = Subject(kind=SubjectKind.PREMISES, names=(Name(text=f"Of {os.getpid()}"),))
    tx.register.add_designation(designation_id, "DEMO", tx.register.add_subject("DEMO", subject, now), terms, now)
    tx.register.add_step(
        designation_id, Step(kind=StepKind.PROPOSED, person_id="officer", recorded_at=now, effective_at=now)
    )
    tx.audit.append(
        AuditTag.PREMISES_PROPOSED, recorded_at=now, actor="officer", mission="DEMO", subject=designation_id, facts={}
    )
    return designation_id

if deed == "fork":
    with store.reading() as tx:
        assert tx.missions.get("DEMO")
    pid = os.fork()
    with store.writing() as tx:
        propose(tx)
    if pid:
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
else:
    sys.stdin.readline()
    for _ in range(int(count)):
        with store.writing() as tx:
            designation_id = propose(tx)
            if deed == "hang":
                print("written, not committed", flush=True)
                time.sleep(60)
        print(designation_id, flush=True)
"""


def start(path: Path, deed: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, f"sqlite:///{path}", deed, str(count)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def go(child: subprocess.Popen[str]) -> None:
    assert child.stdin
    child.stdin.write("go\n")
    child.stdin.flush()


def ids_in(path: Path) -> list[str]:
    """The designations of a store that fits its audit tree."""
    store = Store.open(f"sqlite:///{path}")
    with store.reading() as tx:
        assert tx.audit.verify() == ()
        ids = [item.designation_id for item in tx.register.all("DEMO")]
        assert len(list(tx.audit.leaves())) == 4 + len(ids)
    store.close()
    return ids


def test_two_processes_writing_at_once_lose_nothing(island: Island, tmp_path: Path) -> None:
    island.peopled()
    children = [start(tmp_path / "register.db", "propose", 25) for _ in range(2)]
    for child in children:
        go(child)
    reported = [child.communicate(timeout=60)[0].split() for child in children]
    assert [child.returncode for child in children] == [0, 0]
    assert all(len(lines) == 25 for lines in reported)
    together = sorted(reported[0] + reported[1])
    assert together == [f"DEMO-{number:04d}" for number in range(1, 51)]
    assert ids_in(tmp_path / "register.db") == together


def test_a_process_killed_in_the_middle_of_a_transaction_leaves_nothing(island: Island, tmp_path: Path) -> None:
    island.peopled()
    child = start(tmp_path / "register.db", "hang", 1)
    go(child)
    assert child.stdout
    assert child.stdout.readline() == "written, not committed\n"
    child.send_signal(signal.SIGKILL)
    child.communicate()
    assert ids_in(tmp_path / "register.db") == []
    # The dead process's lock is gone with it.
    assert island.propose(3) == "DEMO-0001"
    assert ids_in(tmp_path / "register.db") == ["DEMO-0001"]


@pytest.mark.parametrize("reported", [1, 7, 20])
def test_a_process_killed_while_it_commits_keeps_what_it_reported(
    island: Island, tmp_path: Path, reported: int
) -> None:
    island.peopled()
    child = start(tmp_path / "register.db", "propose", 10_000)
    go(child)
    assert child.stdout
    seen = [child.stdout.readline().strip() for _ in range(reported)]
    child.send_signal(signal.SIGKILL)
    # `communicate` reads past what `readline` has taken into its buffer.
    seen += child.stdout.read().split()
    child.communicate()
    found = ids_in(tmp_path / "register.db")
    # At most the last one was committed and not yet reported.
    assert found[: len(seen)] == seen
    assert len(found) - len(seen) in {0, 1}


def test_a_forked_child_and_its_parent_write_each_with_their_own_connections(island: Island, tmp_path: Path) -> None:
    island.peopled()
    child = start(tmp_path / "register.db", "fork", 1)
    child.communicate(timeout=60)
    assert child.returncode == 0
    assert ids_in(tmp_path / "register.db") == ["DEMO-0001", "DEMO-0002"]


def test_a_reader_sees_one_snapshot_while_another_writes(either_island: Island) -> None:
    island = either_island.peopled()
    with island.store.reading() as tx:
        assert tx.register.all("DEMO") == ()
        island.propose(1)
        assert tx.register.all("DEMO") == ()
        assert len(list(tx.audit.leaves())) == 4
    with island.store.reading() as tx:
        assert len(tx.register.all("DEMO")) == 1
