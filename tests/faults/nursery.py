"""Processes that do one deed each, forked from one that has everything loaded: real, killable, there in milliseconds.

The nursery runs over the shim, so its children can have their disk fail, fill up or be written down.
"""

import gc
import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo_offlimits.settings import ENVIRONMENT_PREFIX

ROOT = Path(__file__).resolve().parents[2]
CRASHED = 99


@dataclass(frozen=True)
class Ended:
    """How a child ended: `code` is its exit code, or minus the signal; `out` what it had reported by then."""

    code: int
    out: str
    err: str

    @property
    def killed(self) -> bool:
        return self.code == -signal.SIGKILL

    @property
    def reported(self) -> Any:
        """Its JSON document; None where that has not left it whole."""
        try:
            return json.loads(self.out)
        except ValueError:
            return None

    def done(self) -> "Ended":
        assert self.code == 0, (self.code, self.out, self.err)
        return self


@dataclass(frozen=True)
class Child:
    pid: int
    _nursery: "Nursery"
    _said: Path

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def end(self) -> Ended:
        """Waits for its end."""
        code = self._nursery.told({"wait": self.pid})["code"]
        out, err = (self._said.with_suffix(end).read_text(encoding="utf-8") for end in (".out", ".err"))
        return Ended(code, out, err)


class Nursery:
    def __init__(self, library: Path, folder: Path) -> None:
        self._folder, self._count = folder, 0
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ENVIRONMENT_PREFIX)}
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from tests.faults.nursery import tend; tend()"],
            env=kept | {"LD_PRELOAD": str(library), "PYTHONWARNINGS": "ignore", "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def told(self, order: dict[str, Any]) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(order, default=str) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def begin(self, deed: str, **facts: Any) -> Child:
        """A child that has just begun `deed`, a function of `tests.faults.deeds`."""
        self._count += 1
        said = self._folder / str(self._count)
        return Child(self.told({"deed": deed, "facts": facts, "said": said})["pid"], self, said)

    def run(self, deed: str, **facts: Any) -> Ended:
        return self.begin(deed, **facts).end()

    def close(self) -> None:
        self._process.communicate()


def tend() -> None:
    """In the nursery: begins and awaits children as it is told, a line of JSON each."""
    from tests.faults import deeds  # noqa: PLC0415  (it loads the whole program)

    gc.freeze()  # a collection in a child would copy the memory that they share
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            answer = {"code": os.waitstatus_to_exitcode(os.waitpid(order["wait"], 0)[1])}
        else:
            answer = {"pid": _born(getattr(deeds, order["deed"]), order["facts"], order["said"])}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _born(deed: Any, facts: dict[str, Any], said: str) -> int:
    """The id of a child that has come as far as its deed."""
    begun, begins = os.pipe()
    if pid := os.fork():
        os.close(begins)
        os.read(begun, 1)
        os.close(begun)
        return pid
    with _ending():
        for number, end in ((0, None), (1, ".out"), (2, ".err")):
            path = said + end if end else os.devnull
            os.dup2(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), number)
        os.write(begins, b".")
        os.close(begins)
        deed(**facts)
    return 0


@contextmanager
def _ending() -> Iterator[None]:
    """The child's end, whatever happens in it."""
    code = CRASHED
    try:
        yield
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    except BaseException:  # noqa: BLE001  (told in what it said)
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
