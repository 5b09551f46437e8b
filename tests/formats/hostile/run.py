"""Run as a program: reads every file of a folder and says of each, in a line of JSON, what came of it and what it took.

Whatever the reading opens, connects to or starts is heard by an audit hook; what a library does beneath Python is seen
from outside, by who keeps the canary and listens at the address.
"""

import json
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from geo_offlimits.formats.files import ImportFileError
from geo_offlimits.formats.reader import Table, read_rows

Reader = Callable[[Path], Table]
_MEMORY_BYTES = 2 * 2**30
_HEARD: list[str] = []


def main(folder: str, canary: str, url: str, marker: str, which: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    read = read_rows if which == "ours" else _leaking(canary, url, marker)
    sys.addaudithook(lambda event, told: _hear(event, told, canary))
    for path in sorted(Path(folder).iterdir()):
        sys.stdout.write(json.dumps(_examined(path, read)) + "\n")
        sys.stdout.flush()


def _hear(event: str, told: tuple[Any, ...], canary: str) -> None:
    if event in {"socket.connect", "os.system", "os.exec", "os.posix_spawn", "exec.file"}:
        _HEARD.append(f"{event} {told!r}")
    if event == "open" and str(told[0]) == canary:
        _HEARD.append("read the canary")
    if event == "subprocess.Popen" and "geo_offlimits.formats.geodata_child" not in told[1]:
        _HEARD.append(f"started {told[1]!r}")


def _examined(path: Path, read: Reader) -> dict[str, Any]:
    """Names of files are CASE~NAME: what is read is called NAME."""
    _HEARD.clear()
    Path("/proc/self/clear_refs").write_text("5")  # the peak of memory is measured anew
    begun, came, told, issues = _cpu_s(), "read", "", []
    try:
        table = read(path)
        told, issues = repr(table), [issue.sentence for issue in table.issues]
    except ImportFileError as refusal:
        came, told = "refused", str(refusal)
    except BaseException as fault:  # noqa: BLE001  (that is what is looked for)
        came, told = "fault", f"{type(fault).__name__}: {fault}"
    return {
        "case": path.name.partition("~")[0],
        "came": came,
        "told": told[:20_000],
        "issues": issues[:20],
        "cpu_s": _cpu_s() - begun,
        "peak_mb": _peak_mb(),
        "heard": list(_HEARD),
    }


def _cpu_s() -> float:
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text().split("VmHWM:")[1]
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return max(int(status.split()[0]), children) / 1024


def _leaking(canary: str, url: str, marker: str) -> Reader:
    """The control: a reader that does what none may do, as the file's name asks."""

    def read(path: Path) -> Table:
        match path.name.partition("~")[0]:
            case "canary":
                raise ImportFileError(path.name, Path(canary).read_text(), "x")
            case "egress":
                host, _, port = url.removeprefix("http://").strip("/").partition(":")
                socket.create_connection((host, int(port))).close()
            case "code":
                subprocess.run(("touch", marker), check=True)
            case "fault":
                raise ValueError(path)
            case "time":
                until = time.process_time() + 7
                while time.process_time() < until:
                    pass
            case "memory":
                held = bytearray(600 * 2**20)
                held[::4096] = b"x" * len(held[::4096])
        return read_rows(("list.csv", b"name\nA\n"))

    return read


if __name__ == "__main__":
    main(*sys.argv[1:])
