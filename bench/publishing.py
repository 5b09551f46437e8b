"""Publishing a list of 10,000 premises, and what a device fetches that holds the edition before, on both stores.

- publish: the use case whole, from the register to the signed edition in the store: compiled, validated, written in its
  one form, read back and compared, signed, verified, with its row of the audit tree.
- json: the peer. The standard library parses and writes the same edition, which nobody publishes without.
- delta: for ten changes (four added, three renamed, three suspended): bytes as JSON and as they travel (gzip).

A ratio is the peer's time by ours, in the same round. Bars: publishing at most PUBLISH_S, median; a delta at most
DELTA_BYTES on the wire. Control: a delta for a hundred times the changes is larger than the bar.
"""

import gc
import gzip
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from register import FEW, HEAD, NOW, PREMISES, spread, stores
from shapely.geometry import Point

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.designation import Basis, Restriction, StepKind, Terms
from geo_offlimits.domain.premises import Name, NameKind, Subject, SubjectKind, VenueKind
from geo_offlimits.services import changes, deltas, editions, register
from geo_offlimits.services.act import Act

ROUNDS, PUBLISH_S, DELTA_BYTES = 5, 1.5, 5_000
MANY = FEW * 10
RESULTS = Path(__file__).resolve().parent / "results" / "publishing.json"


@contextmanager
def acting(wiring: Wiring, day: int) -> Iterator[Act]:
    """By the head, on a day of their own; nothing else than the clock is set."""
    with wiring.writing(HEAD) as act:
        yield replace(act, now=NOW + timedelta(days=day))


def publish(wiring: Wiring, day: int) -> float:
    """Seconds."""
    with acting(wiring, day) as act:
        start = time.perf_counter()
        editions.publish(act, wiring.keyring, "BENCH", expires_in=timedelta(days=30), renew=True)
    return time.perf_counter() - start


def rewritten(content: bytes) -> float:
    """Seconds in which the standard library reads and writes the list."""
    start = time.perf_counter()
    json.dumps(json.loads(content), separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()
    return time.perf_counter() - start


def change_ten(wiring: Wiring, day: int) -> None:
    terms = Terms(restriction=Restriction.OFF_LIMITS, basis=Basis.OTHER, authority="Head of Mission", directive="B-9")
    with acting(wiring, day) as act:
        for number in range(4):
            named = (Name(text=f"Newly Invented Bar {number}", kind=NameKind.SIGN),)
            place = Point(-41.0 + number / 100, 38.0)
            new = Subject(kind=SubjectKind.PREMISES, names=named, category=VenueKind.BAR, geometry=place)
            register.add_alone(act, "BENCH", new, terms, confirm_outside=True, confirm_alike=True)
        rename(act, range(1, 4))
        for number in range(4, 7):
            register.decide(act, f"BENCH-{number:05d}", StepKind.SUSPENDED, "manifest error")


def rename(act: Act, numbers: range) -> None:
    for number in numbers:
        changes.rename(act, f"BENCH-{number:05d}", Name(text=f"Renamed Bar {number}", kind=NameKind.SIGN))


def fetched(wiring: Wiring, before: int) -> dict[str, float]:
    """Of the delta from this edition to the current one: seconds, and bytes."""
    with wiring.reading(HEAD) as act:
        start = time.perf_counter()
        found = deltas.document(act, "BENCH", before)
        seconds = time.perf_counter() - start
    text = json.dumps(found, separators=(",", ":"), ensure_ascii=False).encode()
    counts = {name: len(found[name]) for name in ("added", "changed", "removed")}
    return {"seconds": seconds, "json_bytes": len(text), "wire_bytes": len(gzip.compress(text, 6)), **counts}


def measured(wiring: Wiring) -> dict[str, Any]:
    taken, peer = [], []
    for day in range(1, ROUNDS + 1):
        taken.append(publish(wiring, day))
        with wiring.reading(HEAD) as act:
            content = editions.content(replace(act, now=NOW + timedelta(days=day)), "BENCH")
        peer.append(rewritten(content))
    if len(json.loads(content)["features"]) != PREMISES:
        raise SystemExit(f"The edition does not hold {PREMISES} entries, so times say nothing.")
    change_ten(wiring, ROUNDS + 1)
    publish(wiring, ROUNDS + 2)
    ten = fetched(wiring, ROUNDS)
    with acting(wiring, ROUNDS + 3) as act:
        rename(act, range(10, 10 + MANY))
    publish(wiring, ROUNDS + 4)
    return {
        "publish_seconds": spread(taken),
        "ratio": spread([one / ours for one, ours in zip(peer, taken, strict=True)]),
        "edition_bytes": len(content),
        "delta": ten,
        "delta_of_many": fetched(wiring, ROUNDS + 1),
    }


def main() -> None:
    report: dict[str, Any] = {
        "measure": "publishing; ratio: seconds in which the standard library rewrites the list by ours; a delta",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "premises": PREMISES,
        "rounds": ROUNDS,
        "bar_seconds": PUBLISH_S,
        "bar_delta_bytes": DELTA_BYTES,
    }
    with stores(lambda: NOW + timedelta(days=99)) as wirings:
        # As `serve` does: what is loaded stays for good, and need not be looked through.
        gc.collect()
        gc.freeze()
        for store, wiring in wirings.items():
            report[store] = measured(wiring)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    tell(report)


def tell(report: dict[str, Any]) -> None:
    missed = []
    for store in ("SQLite", "PostgreSQL"):
        found = report[store]
        seconds, ratio, delta = found["publish_seconds"], found["ratio"], found["delta"]
        print(f"{store:11} publish {seconds['median']:.2f} s (min {seconds['min']:.2f}, max {seconds['max']:.2f})")
        print(f"{store:11} json by publish {ratio['median']:.2f}")
        print(
            f"{store:11} delta of {delta['added']} added, {delta['changed']} changed, {delta['removed']} removed: "
            f"{delta['json_bytes']:.0f} bytes, {delta['wire_bytes']:.0f} on the wire, {delta['seconds']:.2f} s"
        )
        if seconds["median"] > PUBLISH_S:
            missed.append(f"publishing on {store}")
        if delta["wire_bytes"] > DELTA_BYTES:
            missed.append(f"the delta on {store}")
        if found["delta_of_many"]["wire_bytes"] <= DELTA_BYTES:
            raise SystemExit("A delta of very many changes is as small: this measures nothing.")
    if missed:
        raise SystemExit(f"Missed: {', '.join(missed)}.")


if __name__ == "__main__":
    main()
