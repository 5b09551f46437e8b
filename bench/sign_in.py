"""How long a wrong passphrase takes for a person who exists and for one who does not, at Argon2's real cost.

A stranger must not learn from the clock who is here. The whole answer to the sign-in page's form is measured, in this
process, in pairs whose order changes: what counts is the ratio of the medians. The control is a server that does no
work for who does not exist; the measure must find it, or it measures nothing.
"""

import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from http_lookup import PASSPHRASE, prepared, token_in

from geo_offlimits.bootstrap import Wiring, wire
from geo_offlimits.services.passphrases import Passphrases
from geo_offlimits.settings import Settings
from web import create_app

BAR = 0.05
PAIRS, CONTROL_PAIRS = 500, 50
# Of the same length; the first is one of the people of the benchmark's mission.
KNOWN, UNKNOWN = "3", "8"
RESULTS = Path(__file__).resolve().parent / "results" / "sign_in.json"


class Hasty(Passphrases):
    """The control: no work where there is nothing to compare with."""

    def fits(self, stored: str | None, passphrase: str) -> bool:
        return stored is not None and super().fits(stored, passphrase)


@dataclass
class Clock:
    """Two hours later at each attempt, so that nobody has to wait for earlier failures."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def later(self) -> None:
        self.now += timedelta(hours=2)


def seconds(app: Flask, clock: Clock, pairs: int) -> dict[str, list[float]]:
    """What each attempt took, by who was named; both are named as often, in turn first and second."""
    client = app.test_client()
    token = token_in(client.get("/login").text)
    took: dict[str, list[float]] = {KNOWN: [], UNKNOWN: []}
    for pair in range(pairs + 5):
        for who in (KNOWN, UNKNOWN) if pair % 2 else (UNKNOWN, KNOWN):
            clock.later()
            form = {"csrf_token": token, "reference": who, "passphrase": PASSPHRASE + " not"}
            began = time.perf_counter()
            answer = client.post("/login", data=form)
            took[who].append(time.perf_counter() - began)
            if answer.status_code != 401:
                raise SystemExit(f"Signing in was answered with {answer.status_code}; the figures would mean nothing.")
    return {who: values[5:] for who, values in took.items()}  # the first ones warm up


def wirings(folder: Path, clock: Clock) -> Iterator[tuple[str, Wiring, int]]:
    environment = prepared(folder)
    settings = Settings(
        store=environment["GEO_OFFLIMITS_STORE"],
        data_dir=Path(environment["GEO_OFFLIMITS_DATA_DIR"]),
        mission="BENCH",
        rate_per_minute=10**6,
    )
    wiring = wire(settings, clock)
    yield "ours", wiring, PAIRS
    yield "control", replace(wiring, passphrases=Hasty()), CONTROL_PAIRS
    wiring.store.close()


def main() -> None:
    clock = Clock(datetime.now(UTC))
    report: dict[str, Any] = {
        "measure": "a wrong passphrase at the sign-in page: the median for who does not exist by that for who does",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "pairs": PAIRS,
        "bar": BAR,
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, wiring, pairs in wirings(Path(folder), clock):
            took = seconds(create_app(wiring=wiring), clock, pairs)
            known, unknown = (statistics.median(took[who]) for who in (KNOWN, UNKNOWN))
            report[name] = {"known_ms": known * 1000, "unknown_ms": unknown * 1000, "ratio": unknown / known}
            print(f"{name}: known {known * 1000:.2f} ms, unknown {unknown * 1000:.2f} ms, ratio {unknown / known:.3f}")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    if abs(report["control"]["ratio"] - 1) <= BAR:
        raise SystemExit("The control was not found, so this measure cannot fail; it says nothing.")
    if abs(report["ours"]["ratio"] - 1) > BAR:
        raise SystemExit("Who does not exist is answered in another time than who does.")


if __name__ == "__main__":
    main()
