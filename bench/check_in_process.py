"""One check of one position on 10,000 entries in this process, against GeoPandas and Shapely in the same run.

- ours: `PublishedEdition.check`, the whole verdict: geodesic distances, validity, territory, facilities.
- sjoin_nearest: GeoPandas, one position joined to the list in a local grid (UTM); distance only.
- STRtree: Shapely's `query_nearest` with distance on the same grid; distance only, no verdict.
- every one: measuring each footprint in turn. The control: it must be found slower, or the measure measures nothing.

A ratio is the peer's time by ours: above 1 ours is quicker. Rounds of the four are interleaved.
"""

import json
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry import Point, box

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.edition import Checkpoint, Edition, Entry
from geo_offlimits.domain.mission import Boundary, BoundaryKind, Facility
from geo_offlimits.domain.position import Position
from geo_offlimits.domain.premises import Name, SubjectKind, VenueKind
from geo_offlimits.formats.edition import encode
from geo_offlimits.lookup.geodesy import distance_m
from geo_offlimits.published import PublishedEdition, open_edition

ENTRIES, ROUNDS, A_ROUND = 10_000, 15, 40
MEASURED_BY_HAND = 100  # of the entries: all of them would take a second a position
NOW = datetime(2026, 11, 20, tzinfo=UTC)
WEST, SOUTH, WIDE, HIGH = -42.0, 37.5, 1.5, 1.0
GRID = "EPSG:32624"
RESULTS = Path(__file__).resolve().parent / "results" / "check_in_process.json"


def invented(random: np.random.Generator) -> Edition:
    """Seven points to three footprints, around sixty invented towns."""
    towns = random.uniform((WEST + 0.1, SOUTH + 0.1), (WEST + WIDE - 0.1, SOUTH + HIGH - 0.1), (60, 2))
    places = towns[random.integers(60, size=ENTRIES)] + random.normal(0, 0.01, (ENTRIES, 2))
    entries = tuple(_entry(number, lon, lat) for number, (lon, lat) in enumerate(places.tolist()))
    return Edition(
        mission="BENCH",
        mission_name="Bench",
        timezone="UTC",
        number=1,
        previous_sha256=None,
        issued_at=NOW,
        expires_at=NOW + timedelta(days=30),
        statement={"en": "I have read the list."},
        contacts=(),
        facilities=tuple(
            Facility(facility_id=f"F-{at}", name=f"Canteen {at}", kind="canteen", geometry=Point(lon, lat))
            for at, (lon, lat) in enumerate(towns.tolist())
        ),
        boundaries=(
            Boundary(kind=BoundaryKind.TERRITORY, name="Bench", geometry=box(WEST, SOUTH, WEST + WIDE, SOUTH + HIGH)),
        ),
        checkpoint=Checkpoint(size=1, root_sha256="0" * 64),
        entries=entries,
    )


def _entry(number: int, lon: float, lat: float) -> Entry:
    name = f"Invented Bar {number}"
    return Entry(
        entry_id=f"BENCH-{number:05d}",
        name=name,
        names=(Name(text=name),),
        subject=SubjectKind.PREMISES,
        category=VenueKind.BAR,
        restriction=Restriction.OFF_LIMITS,
        since=NOW - timedelta(days=100),
        issuer="BENCH",
        directive="B-1",
        uncertainty_m=5.0,
        geometry=Point(lon, lat) if number % 10 < 7 else box(lon, lat, lon + 0.0003, lat + 0.0002),
    )


def positions(edition: Edition, random: np.random.Generator, count: int) -> list[Position]:
    """Half of them in the towns, half anywhere in the territory."""
    made = []
    for at in range(count):
        lon, lat = random.uniform((WEST, SOUTH), (WEST + WIDE, SOUTH + HIGH))
        if at % 2:
            place = edition.entries[random.integers(ENTRIES)].geometry
            lon, lat = shapely.get_coordinates(place)[0] + random.normal(0, 0.002, 2)
        made.append(Position(lat=float(lat), lon=float(lon)))
    return made


def contestants(edition: PublishedEdition) -> dict[str, Callable[[Position], float | None]]:
    """Each gives the distance to the nearest footprint, so that they can be held to one another."""
    listed = edition.premises[["entry_id", "geometry"]].to_crs(GRID)
    tree = shapely.STRtree(listed.geometry.to_numpy())
    to_grid = Transformer.from_crs("EPSG:4326", GRID, always_xy=True).transform
    by_hand = [entry.geometry for entry in edition.entries[:MEASURED_BY_HAND] if entry.geometry is not None]

    def ours(position: Position) -> float | None:
        return edition.check(position, now=NOW)[0].nearest_m

    def sjoin_nearest(position: Position) -> float:
        here = gpd.GeoDataFrame(geometry=[Point(to_grid(position.lon, position.lat))], crs=GRID)
        return float(here.sjoin_nearest(listed, distance_col="metres")["metres"].iloc[0])

    def strtree(position: Position) -> float:
        _, metres = tree.query_nearest(Point(to_grid(position.lon, position.lat)), return_distance=True)
        return float(metres[0])

    def every_one(position: Position) -> None:
        min(distance_m(position, geometry) for geometry in by_hand)

    return {"ours": ours, "sjoin_nearest": sjoin_nearest, "STRtree": strtree, "every_one": every_one}


def timed_us(ask: Callable[[Position], Any], asked: Sequence[Position]) -> float:
    """Microseconds a check, the median of the round."""
    taken = []
    for position in asked:
        start = time.perf_counter()
        ask(position)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken) * 1e6


def refuse_disagreement(asked: Sequence[Position], them: dict[str, Callable[[Position], float | None]]) -> None:
    """Times of different answers compare nothing. A UTM grid stretches by up to a thousandth."""
    for position in asked:
        nearest_m = [them[name](position) or 0.0 for name in ("ours", "sjoin_nearest", "STRtree")]
        if max(nearest_m) - min(nearest_m) > 0.05 + 0.002 * max(nearest_m):
            raise SystemExit(f"At {position} they disagree: {nearest_m}")


def spread(figures: Sequence[float]) -> dict[str, float]:
    return {"min": min(figures), "median": statistics.median(figures), "max": max(figures)}


def measured() -> dict[str, list[float]]:
    """Microseconds a check of each contestant, round by round."""
    random = np.random.default_rng(2026)
    edition = open_edition(encode(invented(random)), verified=True, clock=lambda: NOW)
    them = contestants(edition)
    refuse_disagreement(positions(edition.edition, random, 200), them)
    rounds: dict[str, list[float]] = {name: [] for name in them}
    for _ in range(ROUNDS):
        asked = positions(edition.edition, random, A_ROUND)
        for name, ask in them.items():
            rounds[name].append(timed_us(ask, asked[:4] if name == "every_one" else asked))
    return rounds


def main() -> None:
    rounds = measured()
    by_ours = {
        name: spread([theirs / ours for theirs, ours in zip(times, rounds["ours"], strict=True)])
        for name, times in rounds.items()
        if name != "ours"
    }
    report = {
        "measure": "one check of one position on 10,000 entries: time of the peer by ours, same run, interleaved",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "entries": ENTRIES,
        "rounds": ROUNDS,
        "ratio": by_ours,
        "microseconds": {name: spread(times) for name, times in rounds.items()},
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    for name, times in rounds.items():
        print(f"{name:14} {statistics.median(times):10.0f} µs a check")
    for name, ratio in by_ours.items():
        print(f"{name:14} by ours: min {ratio['min']:.2f}, median {ratio['median']:.2f}, max {ratio['max']:.2f}")
    if by_ours["every_one"]["median"] <= 1:
        raise SystemExit("The control was not found slower, so this measure says nothing.")


if __name__ == "__main__":
    main()
