"""Memory of `serve` with two workers, a mission of 10,000 premises and readers who use everything.

Every request of USE is asked over connections of its own until each worker has met it, then the list is published anew
and asked again, EDITIONS times: what a worker keeps of editions that are over shows.

- resident (RSS) : all pages that a process has in memory; pages shared after the fork count in each of them.
- proportional (PSS) : a page shared by three counts a third in each, so that the sum is what the machine gives.

The bar is BAR_MB for the sum of PSS over the server's whole tree, which is what is resident of the server; the sum of
RSS is told beside it. The control is one worker that holds CONTROL_MB more; the measure must see it.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import http_lookup
import register
from shapely.geometry import box

from geo_offlimits.bootstrap import Wiring, initialise, wire
from geo_offlimits.domain.mission import Boundary, BoundaryKind
from geo_offlimits.domain.people import Actor
from geo_offlimits.services import editions, missions
from geo_offlimits.settings import Settings

BAR_MB, CONTROL_MB = 400, 200
EDITIONS, ASKED_EACH = 2, 6
SETTLES_S = 15  # until a worker that has nothing to do has given back what it needed for a moment
RESULTS = Path(__file__).resolve().parent / "results" / "memory.json"
CHECK = {"mission": "BENCH", "positions": [{"lat": 38.0, "lon": -41.2}]}
USE: tuple[tuple[str, Mapping[str, Any] | None], ...] = (
    ("/", None),
    ("/map.js", None),
    ("/list", None),
    ("/api/v1/check", CHECK),
    ("/api/v1/find", {"mission": "BENCH", "name": "Invented Bar 77"}),
    ("/missions/BENCH/editions/current", None),
    ("/missions/BENCH/editions/current/export.geojson", None),
    ("/missions/BENCH/editions/current/export.geojson?bbox=-41.5,37.7,-41,38.2", None),
    ("/missions/BENCH/basemap.json", None),
    ("/register/BENCH/", None),
    ("/register/BENCH/BENCH-00077", None),
)


def prepared(folder: Path) -> tuple[Wiring, Actor]:
    """A store with the mission and its people. Returns who publishes, too."""
    settings = Settings(store=f"sqlite:///{folder / 'store.db'}", data_dir=folder / "data", mission="BENCH")
    initialise(settings)
    wiring = wire(settings)
    admin = http_lookup.person(wiring, None, "1", "admin", None)
    register.START = datetime.now(UTC) - timedelta(days=300)  # all of it stands today
    with wiring.store.writing() as tx:
        register.fill(tx, register.invented())
    with wiring.writing(admin) as act:
        around = Boundary(kind=BoundaryKind.TERRITORY, name="Bench", geometry=box(-42.5, 37, -40, 39))
        missions.set_territory(act, "BENCH", around)
    http_lookup.person(wiring, admin, "3", "auditor", "BENCH")
    return wiring, register.HEAD


@contextmanager
def served(environment: Mapping[str, str]) -> Iterator[tuple[subprocess.Popen[str], tuple[str, int]]]:
    """`serve` itself, as it is installed: pandas would load pyarrow, which is here for a peer of another benchmark."""
    program = "import sys; sys.modules['pyarrow'] = None; from geo_offlimits.cli import main; main()"
    command = [sys.executable, "-c", program, "serve", "--port", "0", "--workers", "2", "--json"]
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]
    )
    try:
        told = json.loads("".join(iter(process.stdout.readline, "}\n")) + "}")  # type: ignore[union-attr]  # a pipe
        yield process, ("127.0.0.1", int(told["address"].rpartition(":")[2]))
    finally:
        process.terminate()
        process.wait(30)


def use(address: tuple[str, int], headers: Mapping[str, str]) -> None:
    """Every request, often enough that both workers meet each."""
    for path, body in USE:
        for _ in range(ASKED_EACH):
            server = HTTPConnection(*address, timeout=120)
            sent = dict(headers) | ({"Content-Type": "application/json"} if body else {})
            server.request("POST" if body else "GET", path, json.dumps(body) if body else None, sent)
            answer = server.getresponse()
            answer.read()
            server.close()
            if answer.status != 200:
                raise SystemExit(f"{path} was answered with {answer.status}; the figures would mean nothing.")


def tree(root: int) -> list[int]:
    """A process and all that come from it."""
    children = Path(f"/proc/{root}/task/{root}/children").read_text().split()
    return [root, *(one for child in children for one in tree(int(child)))]


def resident_mb(root: int) -> dict[str, float]:
    """Sums over the tree: RSS, PSS, and the part of them that nobody shares."""
    sums = {"Rss": 0, "Pss": 0, "Private_Dirty": 0}
    for process in tree(root):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]:
            name, _, rest = line.partition(":")
            if name in sums:
                sums[name] += int(rest.split()[0])
    return {name: kilobytes / 1024 for name, kilobytes in sums.items()}


def control_mb() -> float:
    """What a process that holds CONTROL_MB more is found to have more."""
    held = f"held = bytearray({CONTROL_MB} * 1024**2); print(flush=True); input()"
    found = []
    for program in ("print(flush=True); input()", held):
        command = [sys.executable, "-c", program]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            process.stdout.readline()  # type: ignore[union-attr]  # a pipe
            found.append(resident_mb(process.pid)["Pss"])
            process.communicate("\n")
    return found[1] - found[0]


def measured(folder: Path) -> list[dict[str, float]]:
    """Before anything was asked, then after each edition was used."""
    wiring, head = prepared(folder)
    environment = {
        "GEO_OFFLIMITS_STORE": wiring.settings.store,
        "GEO_OFFLIMITS_DATA_DIR": str(wiring.settings.data_dir),
        "GEO_OFFLIMITS_MISSION": "BENCH",
    }
    with served(environment) as (process, address):
        headers = http_lookup.signed_in(address)
        found = [resident_mb(process.pid)]
        for _ in range(EDITIONS):
            with wiring.writing(head) as act:
                editions.publish(act, wiring.keyring, "BENCH", expires_in=timedelta(days=30), renew=True)
            use(address, headers)
            time.sleep(SETTLES_S)
            found.append(resident_mb(process.pid))
    wiring.store.close()
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = measured(Path(folder))
    control = control_mb()
    report = {
        "measure": "sum over the server's process tree after use, 10,000 premises, two workers",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "bar_mb": BAR_MB,
        "after_editions": found,
        "control_mb": control,
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    for number, sums in enumerate(found):
        print(f"after {number} editions: " + ", ".join(f"{name} {mb:.0f} MB" for name, mb in sums.items()))
    print(f"control: {CONTROL_MB} MB more were found as {control:.0f}; bar {BAR_MB} MB of PSS")
    if abs(control - CONTROL_MB) > CONTROL_MB / 10:
        raise SystemExit("What the control holds was not found, so this measure says nothing.")
    if found[-1]["Pss"] > BAR_MB:
        raise SystemExit("The server holds more than the bar.")


if __name__ == "__main__":
    main()
