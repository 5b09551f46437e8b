"""The index finds the pairs that GeoPandas finds, at the same distances, where a plane is valid: a few kilometres.

The reference is `sjoin` with `dwithin` in an azimuthal equidistant projection around the place. Within 4 km of its
middle that stretches a distance by less than one part in ten million; an edge of at most 100 m, straight in degrees,
bends from the plane's by under 1 mm up to 71° of latitude.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS, Geod
from shapely.geometry import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from geo_offlimits.lookup.footprint import canonical_geometry
from geo_offlimits.lookup.proximity import ProximityIndex

GEOD = Geod(ellps="WGS84")
TOLERANCE_M = 0.001
HALF_M = 2_500.0
PLACES = [(38.2, -41.5), (0.0, -25.0), (-48.87, -123.39), (71.0, -5.0), (-45.0, 180.0)]
RADII_M = (25.0, 150.0, 1_000.0)
Pairs = dict[tuple[int, int], float]


@dataclass(frozen=True)
class Town:
    """Footprints and positions around one place."""

    lat: float
    lon: float
    shapes: list[BaseGeometry]
    positions: list[Point]

    @property
    def plane(self) -> CRS:
        return CRS.from_proj4(f"+proj=aeqd +lat_0={self.lat} +lon_0={self.lon} +ellps=WGS84")


def town(place: tuple[float, float], *, footprints: int = 250, positions: int = 200) -> Town:
    rng = np.random.default_rng(PLACES.index(place))
    lat, lon = place
    shapes = [_footprint(rng, *_beside(rng, lat, lon)) for _ in range(footprints)]
    # A few exactly at a corner and inside, the rest anywhere.
    on_them = [Point(shapely.get_coordinates(shape)[0]) for shape in shapes[:20]]
    inside = [shape.representative_point() for shape in shapes[20:40]]
    anywhere = [Point(*_beside(rng, lat, lon)[::-1]) for _ in range(positions - 40)]
    return Town(lat, lon, shapes, [*on_them, *inside, *anywhere])


def _beside(rng: np.random.Generator, lat: float, lon: float) -> tuple[float, float]:
    east, north, _ = GEOD.fwd(lon, lat, rng.uniform(0, 360), HALF_M * np.sqrt(rng.random()))
    return float(north), float(east)


def _ring(rng: np.random.Generator, lat: float, lon: float, radius_m: float) -> list[tuple[float, float]]:
    corners = int(rng.integers(3, 9))
    turns = np.linspace(0, 360, corners, endpoint=False) + rng.uniform(0, 40)
    return [GEOD.fwd(lon, lat, turn, radius_m * rng.uniform(0.6, 1))[:2] for turn in turns]


def _footprint(rng: np.random.Generator, lat: float, lon: float) -> BaseGeometry:
    kind, radius_m = rng.random(), float(10 ** rng.uniform(0.7, 2.5))
    if kind < 0.4:
        return Point(lon, lat)
    outer = _ring(rng, lat, lon, radius_m)
    if kind < 0.8:
        return canonical_geometry(Polygon(outer))
    if kind < 0.9:
        return canonical_geometry(Polygon(outer, [_ring(rng, lat, lon, radius_m * 0.2)]))
    east, north, _ = GEOD.fwd(lon, lat, rng.uniform(0, 360), radius_m * 3)
    return canonical_geometry(MultiPolygon([Polygon(outer), Polygon(_ring(rng, north, east, radius_m))]))


def by_geopandas(known: Town, radius_m: float, crs: CRS) -> Pairs:
    listed, asked = (
        gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4326").to_crs(crs) for shapes in (known.shapes, known.positions)
    )
    pairs = asked.sjoin(listed, predicate="dwithin", distance=radius_m)
    metres = pairs.geometry.distance(listed.geometry.loc[pairs["index_right"]], align=False)
    return dict(
        zip(zip(pairs.index.tolist(), pairs["index_right"].tolist(), strict=True), metres.tolist(), strict=True)
    )


def by_index(known: Town, radius_m: float) -> Pairs:
    lons, lats = shapely.get_coordinates(known.positions).T
    hits = ProximityIndex(known.shapes).near(lats, lons, radius_m)
    pairs = zip(hits.position.tolist(), hits.entry.tolist(), strict=True)
    return dict(zip(pairs, hits.distance_m.tolist(), strict=True))


def differing(found: Pairs, reference: Pairs, radius_m: float) -> list[str]:
    """Pairs that only one of them has, but for those within the tolerance of the radius, and unlike distances."""
    told = [
        f"{pair}: {found.get(pair)} and not {reference.get(pair)}"
        for pair in found.keys() ^ reference.keys()
        if abs({**found, **reference}[pair] - radius_m) > TOLERANCE_M
    ]
    both = found.keys() & reference.keys()
    return told + [
        f"{pair}: {found[pair]} and not {reference[pair]}"
        for pair in both
        if abs(found[pair] - reference[pair]) > TOLERANCE_M
    ]


def test_the_index_finds_the_pairs_and_distances_that_geopandas_finds_in_a_local_plane() -> None:
    pairs = inside = 0
    for place in PLACES:
        known = town(place)
        for radius_m in RADII_M:
            reference = by_geopandas(known, radius_m, known.plane)
            assert differing(by_index(known, radius_m), reference, radius_m) == [], (place, radius_m)
            pairs += len(reference)
            inside += sum(metres == 0 for metres in reference.values())
    assert pairs > 20_000
    assert inside > 300


@pytest.mark.parametrize(
    "crs", ["EPSG:3857", "EPSG:32624", "+proj=aeqd +lat_0=38.2 +lon_0=-41.5 +R=6371008.8"], ids=["web", "UTM", "ball"]
)
def test_a_plane_of_another_scale_is_told_from_the_index(crs: str) -> None:
    """The control: 4 parts in 10,000 of UTM at its meridian are enough."""
    known = town(PLACES[0])
    assert differing(by_index(known, 150.0), by_geopandas(known, 150.0, CRS.from_user_input(crs)), 150.0)


def test_a_lost_pair_an_extra_pair_and_a_wrong_distance_are_told() -> None:
    known = town(PLACES[0])
    reference = by_geopandas(known, 150.0, known.plane)
    pair, metres = next((pair, metres) for pair, metres in reference.items() if 1 < metres < 149)
    lost = {other: far for other, far in reference.items() if other != pair}
    assert differing(reference, reference, 150.0) == []
    for found in (lost, {**reference, (-1, -1): 1.0}, {**reference, pair: metres + 0.01}):
        assert len(differing(found, reference, 150.0)) == 1
