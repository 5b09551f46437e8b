"""Nothing near is missed and nothing else found, at the poles, the antimeridian or anywhere: held to a slow oracle."""

from collections.abc import Callable

import numpy as np
import pytest
import shapely

from geo_offlimits.domain.position import Position
from geo_offlimits.lookup.proximity import ProximityIndex
from tests.lookup.geodesic_oracle import Case, cases, truth

Found = dict[tuple[int, int], float]
Finder = Callable[[Case], Found]


def by_batch(case: Case) -> Found:
    hits = ProximityIndex(case.shapes).near(case.lats, case.lons, case.radius_m)
    pairs = zip(hits.position.tolist(), hits.entry.tolist(), strict=True)
    return dict(zip(pairs, hits.distance_m.tolist(), strict=True))


def one_by_one(case: Case) -> Found:
    index = ProximityIndex(case.shapes)
    return {
        (at, entry): metres
        for at, (lat, lon) in enumerate(zip(case.lats.tolist(), case.lons.tolist(), strict=True))
        for entry, metres in index.within(Position(lat=lat, lon=lon), case.radius_m)
    }


def on_a_flat_map(case: Case) -> Found:
    """What a planar nearest in degrees finds: the control."""
    here = shapely.points(case.lons, case.lats)
    metres = np.array([shapely.distance(here, shape) for shape in case.shapes]).T * 111_195.0
    near = np.argwhere(metres <= case.radius_m).tolist()
    return {(at, entry): float(metres[at, entry]) for at, entry in near}


def faults(finder: Finder, case: Case) -> tuple[int, list[str]]:
    """How many pairs were looked at, and what is missed, extra or measured wrongly."""
    found, told = finder(case), []
    known = {(at, entry): (metres, tolerance_m) for at, entry, metres, tolerance_m in truth(case)}
    for pair, (metres, tolerance_m) in known.items():
        if pair not in found:
            told += [f"missed {pair} at {metres} m"] if metres <= case.radius_m - tolerance_m else []
        elif abs(found[pair] - metres) > tolerance_m:
            told.append(f"{pair} at {metres} m measured as {found[pair]} m")
    told += [f"extra {pair} at {found[pair]} m" for pair in found.keys() - known.keys()]
    return len(case.lats) * len(case.shapes), told


@pytest.mark.parametrize("finder", [by_batch, one_by_one])
def test_what_is_within_reach_is_found_and_nothing_else(finder: Finder) -> None:
    for case in cases(2026, footprints=25, positions=12):
        _, told = faults(finder, case)
        assert not told, (case.radius_m, told[:5])


def test_the_oracle_finds_a_flat_map_wrong() -> None:
    assert any(faults(on_a_flat_map, case)[1] for case in cases(2026, footprints=25, positions=12))


@pytest.mark.deep
def test_a_quarter_of_a_million_hostile_pairs_hold() -> None:
    looked_at = 0
    for seed in range(8):
        for case in cases(seed):
            for finder in (by_batch, one_by_one):
                pairs, told = faults(finder, case)
                assert not told, (seed, case.radius_m, told[:5])
            looked_at += pairs
    assert looked_at >= 250_000
