"""Two lists of 10,000 entries: how long until their drift report stands, and whether it pairs what is one.

Half of the other list are entries of the first, some metres beside and some with a slip in the name; 4 of 100 have no
place. The bar is BAR_S of processor time for the whole report; of what was planted FOUND is paired, none of it wrongly,
and no more than LOST stands in two lines; and the lines are the same as when the names of every pair are compared one
by one. FOUND is not all: a letter lost in a short word ("Old", "Lion") makes another name, and such two on one spot are
unclear, as a person has to say whether one followed the other there.

Peer, in the same process over the same points, and a ratio of our time by its: geopandas.sjoin_nearest in a projected
system, which knows no name, no doubt and no list: the least that any comparison of two lists of places costs.

Control: with the names of the other list shuffled, less than CHANCE of what was planted may be paired, and more than
LOST must be lost: that without a place.
"""

import json
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

import geopandas as gpd
import numpy as np
from shapely.geometry import Point

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.drift import Drift, DriftStatus
from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.origins import Origin, OriginStanding
from geo_offlimits.domain.premises import Name, NameKind, SubjectKind, VenueKind
from geo_offlimits.lookup.names.glance import Glance
from geo_offlimits.services.drift import Side, compared

ENTRIES, ROUNDS = 10_000, 3
_ONE = (DriftStatus.SAME, DriftStatus.DIFFERS)
BAR_S, FOUND, LOST, CHANCE = 5.0, 0.95, 0.005, 0.02
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
FIRST = ("Blue", "Red", "Old", "Golden", "Silver", "Green", "Royal", "Little", "Grand", "Black", "White", "Lucky")
SECOND = ("Lantern", "Anchor", "Harbour", "Palace", "Garden", "Dragon", "Lion", "Bridge", "Tower", "Crown", "Falcon")
LETTERS = "abdefgiklmnoprstuvz"
Made = TypeVar("Made")
RESULTS = Path(__file__).resolve().parent / "results" / "drift.json"


def invented(chance: random.Random, code: str) -> list[Entry]:
    return [_entry(chance, f"{code}-{at:05}") for at in range(ENTRIES)]


def _entry(chance: random.Random, entry_id: str) -> Entry:
    own = "".join(chance.choice(LETTERS) for _ in range(6)).title()
    place = Point(chance.uniform(-30.3, -30.0), chance.uniform(10.0, 10.3)) if chance.random() > 0.04 else None
    name = f"{chance.choice(FIRST)} {chance.choice(SECOND)} {own}"
    return Entry(
        entry_id=entry_id,
        name=name,
        names=(Name(text=name, kind=NameKind.SIGN),),
        subject=SubjectKind.PREMISES,
        category=VenueKind.BAR,
        restriction=Restriction.OFF_LIMITS,
        since=SINCE,
        locality=f"Town {chance.randrange(40)}",
        uncertainty_m=10.0,
        issuer=entry_id[:1],
        directive="1",
        geometry=place,
    )


def planted(chance: random.Random, here: Sequence[Entry]) -> tuple[list[Entry], dict[str, str]]:
    """The other list, and which of its ids is which of the first."""
    there, known = invented(chance, "T"), {}
    for at, source in zip(range(ENTRIES), chance.sample(here, ENTRIES // 2), strict=False):
        there[at] = _again(chance, source, f"T-{at:05}")
        known[f"T-{at:05}"] = source.entry_id
    return there, known


def _again(chance: random.Random, source: Entry, entry_id: str) -> Entry:
    name, spot = source.name, source.geometry
    if chance.random() < 0.3:
        at = chance.randrange(1, len(name) - 1)
        name = name[:at] + name[at + 1 :]
    beside = (
        None
        if not isinstance(spot, Point)
        else Point(spot.x + chance.uniform(-5e-5, 5e-5), spot.y + chance.uniform(-5e-5, 5e-5))
    )
    return replace(source, entry_id=entry_id, name=name, names=(Name(text=name, kind=NameKind.SIGN),), geometry=beside)


def side(code: str, entries: Sequence[Entry]) -> Side:
    origin = Origin(code=code, standing=OriginStanding.SIGNED, dated=SINCE, sha256="0" * 64, edition=1)
    return Side(key=code, origin=origin, entries=tuple(entries))


def paired(found: Drift) -> dict[str, str]:
    return {line.there[0].entry_id: line.here[0].entry_id for line in found.lines if line.status in _ONE}


def lost(report: Drift, known: dict[str, str]) -> float:
    """The part of what was planted that no line tells together."""
    lines = {one.entry_id: line.row for line in report.lines for one in (*line.here, *line.there)}
    return sum(1 for one, other in known.items() if lines[one] != lines[other]) / len(known)


def nearest(here: Sequence[Entry], there: Sequence[Entry]) -> int:
    frames = [
        gpd.GeoDataFrame(geometry=[one.geometry for one in some if one.geometry], crs="EPSG:4326").to_crs("EPSG:32626")
        for some in (here, there)
    ]
    return len(gpd.sjoin_nearest(frames[0], frames[1], max_distance=250.0))


def timed(work: Callable[[], Made]) -> tuple[float, Made]:
    """Seconds of processor time, and what was made: what else the machine does counts for neither side."""
    started = time.process_time()
    made = work()
    return time.process_time() - started, made


def one_by_one(here: Side, there: Side) -> Drift:
    """The report without the glance that tells most names apart."""
    with patch.object(Glance, "apart", lambda _glance, ones, _others: np.zeros(len(ones), dtype=bool)):
        return compared(here, there)


def faults(result: dict[str, Any]) -> dict[str, bool]:
    seconds = [result["first_processor_seconds"], *result["processor_seconds"]]
    return {
        f"more than {BAR_S} s of processor time": max(seconds) > BAR_S,
        "too few found": result["found"] < FOUND,
        "some paired wrongly": result["wrong"] > 0,
        "too many lost": result["lost"] > LOST,
        "other lines than one by one": not result["same_one_by_one"],
        "the control pairs what it cannot know": result["control_found"] > CHANCE,
        "the control loses nothing": result["control_lost"] <= LOST,
    }


def main() -> None:
    chance = random.Random(2026)
    here = invented(chance, "H")
    there, known = planted(chance, here)
    ours, theirs = side("HERE", here), side("THERE", there)
    cold, report = timed(lambda: compared(ours, theirs))
    found = paired(report)
    right = sum(1 for one, other in known.items() if found.get(one) == other)
    wrong = sum(1 for one, other in found.items() if known.get(one) != other)
    names = [one.name for one in there]
    chance.shuffle(names)
    mixed = [replace(one, name=name, names=(), geometry=one.geometry) for one, name in zip(there, names, strict=True)]
    control = compared(ours, side("THERE", mixed))
    by_chance = paired(control)
    control_right = sum(1 for one, other in known.items() if by_chance.get(one) == other)
    pairs = [(timed(lambda: compared(ours, theirs))[0], timed(lambda: nearest(here, there))[0]) for _ in range(ROUNDS)]
    ratios = sorted(mine / peer for mine, peer in pairs)
    result: dict[str, Any] = {
        "entries": ENTRIES,
        "first_processor_seconds": round(cold, 3),
        "processor_seconds": [round(mine, 3) for mine, _ in pairs],
        "peer_processor_seconds": [round(peer, 3) for _, peer in pairs],
        "ratio": {"min": ratios[0], "median": statistics.median(ratios), "max": ratios[-1]},
        "found": right / len(known),
        "wrong": wrong,
        "lost": lost(report, known),
        "control_found": control_right / len(known),
        "control_lost": lost(control, known),
        "same_one_by_one": one_by_one(ours, theirs).lines == report.lines,
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))
    if told := [fault for fault, is_so in faults(result).items() if is_so]:
        raise SystemExit("; ".join(told))


if __name__ == "__main__":
    main()
