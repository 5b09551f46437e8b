"""What is within 100 m of each position: this product's index against the engines that one could use instead.

- tracks: vehicles driving through a country with 10,000 premises; most positions are near nothing.
- crowd: everybody in the largest town, the worst case.
- single: one question at a time, in process (PostGIS over a local socket), median of many.
- growth: 1,000,000 premises worldwide: bytes each, seconds to build, peak memory, positions a second, beside SedonaDB.

A ratio is positions a second of ours by those of the peer (for single questions: the peer's time by ours); above 1 ours
is quicker. Ours runs on one thread; peers use what they like. Rounds are interleaved. Every peer must find the same
pairs, but for those within a decimetre of the reach, which a grid stretches; else the run stops. The control is ours
with its filter left out: it must be found slower, or this measures nothing.
"""

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from peers.postgresql import private_cluster
from peers.spatial import DegreesSedonaDB, DuckDB, GeoPandas, Ours, Pairs, PostGIS, PyKdTree, RTree, SedonaDB, Trees
from peers.towns import Array, Country, country, crowd, tracks

from geo_offlimits.domain.position import Position
from geo_offlimits.lookup.tiles import DEGREE_M

PREMISES, MANY, RADIUS_M = 10_000, 1_000_000, 100.0
POSITIONS, CROWD, ROUNDS, SINGLES = 1_000_000, 100_000, 7, 400
A_ROUND_S = 0.6
STRETCH_M = 0.1
BARS = {
    "tracks": {"SedonaDB": 3.5, "DuckDB": 4.0, "k-d tree": 7.0, "GeoPandas": 20.0, "PostGIS": 110.0},
    "crowd": {"SedonaDB": 1.0, "DuckDB": 1.0, "GeoPandas": 3.0},
    "single on tracks": {"R*Tree": 15.0, "PostGIS": 40.0},
    "single in a crowd": {"R*Tree": 2.5, "PostGIS": 8.0},
}
RESULTS = Path(__file__).resolve().parent / "results" / "proximity.json"


class Unfiltered(Ours):
    """The control: every position is looked at closely."""

    def __init__(self, shapes: Any) -> None:
        super().__init__(shapes)
        self.index.near([0.0], [0.0], RADIUS_M)
        for layer in self.index._level(RADIUS_M):  # noqa: SLF001  (the control breaks what it controls)
            layer.tiles._words[:] = ~np.uint64(0)  # noqa: SLF001


def spread(figures: list[float]) -> dict[str, float]:
    return {"min": min(figures), "median": statistics.median(figures), "max": max(figures)}


def refuse_disagreement(name: str, ours: Pairs, theirs: Pairs) -> None:
    """Times of different answers compare nothing."""
    for some, others in ((ours, theirs), (theirs, ours)):
        sure = some[2] <= RADIUS_M - STRETCH_M
        told = set(zip(some[0][sure].tolist(), some[1][sure].tolist(), strict=True))
        missing = told - set(zip(others[0].tolist(), others[1].tolist(), strict=True))
        if missing:
            raise SystemExit(
                f"{name} and ours disagree on {len(missing)} of {len(told)} pairs, such as {missing.pop()}"
            )


def seconds(ask: Callable[[], Any]) -> float:
    start = time.perf_counter()
    ask()
    return time.perf_counter() - start


def sample_for(peer: Any, lats: Array, lons: Array) -> tuple[Array, Array]:
    """As many positions, spread over all, as the peer answers in about a round."""
    count = 500
    while True:
        step = len(lats) // count
        some = np.ascontiguousarray(lats[::step][:count]), np.ascontiguousarray(lons[::step][:count])
        peer.batch(*some, RADIUS_M)
        taken = seconds(lambda: peer.batch(*some, RADIUS_M))  # noqa: B023  (called at once)
        if taken > A_ROUND_S / 3 or count >= len(lats):
            return some
        count = min(len(lats), int(count * min(20.0, max(1.5, A_ROUND_S / 2 / max(taken, 1e-4)))))


def batch_ratios(ours: Ours, them: dict[str, Any], lats: Array, lons: Array) -> dict[str, dict[str, float]]:
    """Ratios of each peer; ours answers all positions, each peer as many as it can in a round."""
    ratios = {}
    for name, peer in them.items():
        some = sample_for(peer, lats, lons)
        refuse_disagreement(name, ours.batch(*some, RADIUS_M), peer.batch(*some, RADIUS_M))
        rounds = []
        for _ in range(ROUNDS):
            rate = len(lats) / seconds(lambda: ours.batch(lats, lons, RADIUS_M))
            theirs = len(some[0]) / seconds(lambda: peer.batch(*some, RADIUS_M))  # noqa: B023  (called at once)
            rounds.append(rate / theirs)
        ratios[name] = spread(rounds)
    return ratios


def single_ratios(ours: Ours, them: dict[str, Any], lats: Array, lons: Array) -> dict[str, dict[str, float]]:
    """Ratios of the medians of each round, questions interleaved."""
    random = np.random.default_rng(5)
    ratios = {}
    for name, peer in them.items():
        rounds = []
        for _ in range(ROUNDS):
            taken: dict[str, list[float]] = {"ours": [], "theirs": []}
            for at in random.integers(0, len(lats), SINGLES).tolist():
                # Each gets what it takes, made beforehand: ours a position, the others two numbers.
                where = float(lats[at]), float(lons[at])
                here = Position(lat=where[0], lon=where[1])
                taken["ours"].append(seconds(lambda: ours.index.within(here, RADIUS_M)))  # noqa: B023  (called at once)
                taken["theirs"].append(seconds(lambda: peer.single(*where, RADIUS_M)))  # noqa: B023
            rounds.append(statistics.median(taken["theirs"]) / statistics.median(taken["ours"]))
        ratios[name] = spread(rounds)
    return ratios


def compared(there: Country) -> dict[str, dict[str, dict[str, float]]]:
    on_tracks, in_crowd = tracks(there, POSITIONS, 2), crowd(there, CROWD, 3)
    ours = Ours(there.shapes)
    with private_cluster() as address:
        postgis = PostGIS(there.shapes, address)
        planar = {
            "SedonaDB": SedonaDB(there.shapes),
            "DuckDB": DuckDB(there.shapes),
            "GeoPandas": GeoPandas(there.shapes),
        }
        trees = {"k-d tree": Trees(there.shapes), "pykdtree": PyKdTree(there.shapes)}
        one_by_one = {"R*Tree": RTree(there.shapes), "PostGIS": postgis}
        control = {"control: ours unfiltered": Unfiltered(there.shapes)}
        return {
            "tracks": batch_ratios(ours, {**planar, **trees, "PostGIS": postgis, **control}, *on_tracks),
            "crowd": batch_ratios(ours, {**planar, **trees}, *in_crowd),
            "single on tracks": single_ratios(ours, one_by_one, *on_tracks),
            "single in a crowd": single_ratios(ours, one_by_one, *in_crowd),
        }


def grown(build: Callable[[Any], Any], reach: float) -> dict[str, float]:
    """In a process of its own, because peak memory is a process's."""
    there = country(MANY, 4, worldwide=True)
    lats, lons = tracks(there, POSITIONS, 6)
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    built = build(there.shapes)
    built.batch(lats[:1], lons[:1], reach)
    build_s = time.perf_counter() - start
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rates = [len(lats) / seconds(lambda: built.batch(lats, lons, reach)) / 1e6 for _ in range(ROUNDS)]
    told = {
        "build_s": build_s,
        "peak_while_building_mib": (peak_kb - before_kb) / 1024,
        "million_positions_a_second": statistics.median(rates),
    }
    return told | ({"bytes_a_premises": built.index.nbytes / MANY} if isinstance(built, Ours) else {})


GROWTH: dict[str, Callable[[], dict[str, float]]] = {
    "ours": lambda: grown(Ours, RADIUS_M),
    # No grid holds the whole world, so it joins in degrees: the same work, and not the same answers.
    "SedonaDB": lambda: grown(DegreesSedonaDB, RADIUS_M / DEGREE_M),
}


def growth() -> dict[str, dict[str, float]]:
    figures = {}
    for name in GROWTH:
        told = subprocess.run([sys.executable, __file__, "growth", name], check=True, capture_output=True, text=True)
        figures[name] = json.loads(told.stdout)
    return figures


def below_bar(ratios: dict[str, dict[str, dict[str, float]]]) -> list[str]:
    return [
        f"{what}, {name}: {ratios[what][name]['median']:.2f} instead of {bar}"
        for what, bars in BARS.items()
        for name, bar in bars.items()
        if ratios[what][name]["median"] < bar
    ]


def main() -> None:
    if sys.argv[1:2] == ["growth"]:
        print(json.dumps(GROWTH[sys.argv[2]]()))
        return
    ratios = compared(country(PREMISES, 1))
    figures = growth()
    report = {
        "measure": "premises within 100 m of each position: positions a second of ours by the peer's, interleaved",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "premises": PREMISES,
        "rounds": ROUNDS,
        "ratio": ratios,
        "growth": figures,
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    for what, them in ratios.items():
        for name, ratio in them.items():
            print(
                f"{what:18} {name:26} min {ratio['min']:8.2f}  median {ratio['median']:8.2f}  max {ratio['max']:8.2f}"
            )
    for name, told in figures.items():
        print(f"growth {name:9}", ", ".join(f"{what} {figure:.1f}" for what, figure in told.items()))
    print("below the bar:", "; ".join(below_bar(ratios)) or "none")
    if ratios["tracks"]["control: ours unfiltered"]["median"] <= 1:
        raise SystemExit("The control was not found slower, so this measure says nothing.")


if __name__ == "__main__":
    main()
