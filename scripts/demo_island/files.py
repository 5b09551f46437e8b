"""The files of `layers/demo/`, written the same to the byte on every run."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import shapely
from demo_island.houses import Building
from demo_island.island import Island
from demo_island.names import SETTLEMENTS, STATE
from demo_island.plane import SEED, degrees, parts, stream
from demo_island.tiles import write_tiles
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

LICENCE = "MIT: made by this project, same licence as the code"
CREDIT = f"{STATE} is invented: generated for the demonstration"
ACCURACY = "Exact by definition: the place does not exist."
_LAND_DECIMALS, _LAND_SIMPLER_M = 4, 110.0
_TERRITORY_DECIMALS = 6
_MIN_ZOOM = {"capital": 6, "town": 8, "village": 11}
# How many buildings worth naming: in each place of a rank, and of which kinds.
_CANDIDATES = {"capital": 172, "town": 25, "village": 5}
_CANDIDATE_KINDS = {
    "shop": 5, "restaurant": 8, "bar": 90, "guest_house": 18, "hotel": 900, "house": 1, "apartments": 2, "office": 2,
    "warehouse": 4, "workshop": 2, "mall": 9000, "sports_hall": 9000, "market_hall": 60, "barn": 1,
}  # fmt: skip

Feature = dict[str, Any]


def write_all(island: Island, folder: Path) -> list[Path]:
    """Writes every layer and the manifest that names them; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    sectors = [(name, _wound(degrees(shape, _TERRITORY_DECIMALS))) for name, shape in island.sectors]
    territory = _wound(shapely.union_all([shape for _, shape in sectors]))
    counts = {
        "territory.geojson": _write(
            folder / "territory.geojson", [_feature(territory, kind="territory", name=STATE)], _TERRITORY_DECIMALS
        ),
        "sectors.geojson": _write(
            folder / "sectors.geojson",
            [_feature(shape, kind="sector", name=name) for name, shape in sectors],
            _TERRITORY_DECIMALS,
        ),
        "basemap.json": _write_basemap(island, folder / "basemap.json"),
        "buildings.geojson": _write(folder / "buildings.geojson", list(_buildings(island)), 7),
        "streets.pmtiles": write_tiles(island, folder / "streets.pmtiles"),
    }
    manifest = folder / "manifest.toml"
    manifest.write_text(_manifest(folder, counts), encoding="utf-8", newline="\n")
    return [*(folder / name for name in counts), manifest]


def _feature(shape: BaseGeometry, **properties: Any) -> Feature:
    return {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(shape)}


def _wound(shape: BaseGeometry) -> BaseGeometry:
    """Right-hand winding, as RFC 7946 asks."""
    wound = [orient(part) for part in parts(shape, shapely.Polygon)]
    return wound[0] if len(wound) == 1 else shapely.MultiPolygon(wound)


def _write(path: Path, features: Iterable[Feature], decimals: int, **members: Any) -> int:
    """One feature a line; returns how many."""
    lines = [json.dumps(_short(feature, decimals), ensure_ascii=False, separators=(",", ":")) for feature in features]
    head = json.dumps({"type": "FeatureCollection", **members}, ensure_ascii=False, separators=(",", ":"))
    path.write_text(f'{head[:-1]},"features":[\n' + ",\n".join(lines) + "\n]}\n", encoding="utf-8", newline="\n")
    return len(lines)


def _short(value: Any, decimals: int) -> Any:
    if isinstance(value, float):
        return round(value, decimals)
    if isinstance(value, dict):
        return {key: _short(member, decimals) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_short(member, decimals) for member in value]
    return value


def _write_basemap(island: Island, path: Path) -> int:
    dry = island.land.all.simplify(_LAND_SIMPLER_M).difference(island.land.lake.simplify(60))
    # Rounding alone may let a narrow spit cross itself; the precision model keeps it valid.
    land = shapely.set_precision(degrees(dry), 10.0**-_LAND_DECIMALS)
    features = [_feature(_wound(land), kind="mission", name=STATE)]
    for town in island.towns:
        place = town.place
        features.append(
            _feature(
                degrees(shapely.Point(town.centre), _LAND_DECIMALS),
                kind="place",
                name=place.name,
                population=place.population,
                min_zoom=_MIN_ZOOM[place.rank],
            )
        )
    west, south, east, north = degrees(island.territory.buffer(60_000).envelope, _LAND_DECIMALS).bounds
    box = [west, south, east, north]
    return _write(path, features, _LAND_DECIMALS, bbox=_short(box, _LAND_DECIMALS), credit=CREDIT)


def _buildings(island: Island) -> Iterable[Feature]:
    number = 0
    for place in SETTLEMENTS:
        town = next(town for town in island.towns if town.place is place)
        of_place = [house for house in island.houses if house.locality == place.name]
        near = [house for house in of_place if town.outline.contains(house.footprint)]
        for house in _chosen(near, _CANDIDATES[place.rank], place.name):
            number += 1
            footprint = _wound(degrees(house.footprint))
            yield _feature(
                footprint, id=f"B-{number:04d}", locality=house.locality, address=house.address, kind=house.kind
            )


def _chosen(houses: list[Building], wanted: int, place: str) -> list[Building]:
    """A sample without repeats in which bars and hotels are likelier than houses, in the order of the streets."""
    rng = stream(f"{place}/candidates")
    fit = [house for house in houses if house.kind in _CANDIDATE_KINDS]
    lots = sorted(fit, key=lambda house: rng.random() ** (1 / _CANDIDATE_KINDS[house.kind]), reverse=True)
    return sorted(lots[:wanted], key=lambda house: (house.street, house.number))


_WHAT = {
    "territory.geojson": ("territory", f"Territory: {STATE}, an invented island state, with its coastal waters."),
    "sectors.geojson": ("sectors", f"Sectors North, East and South of {STATE}; together they are the territory."),
    "basemap.json": (
        "basemap",
        f"Calm background: the islands of {STATE} and its {len(SETTLEMENTS)} towns and villages.",
    ),
    "buildings.geojson": (
        "buildings",
        "Footprints worth naming, with properties id, locality, address (unique in its locality) and kind.",
    ),
    "streets.pmtiles": (
        "streets",
        "Vector tiles of zoom 10 to 15 with layers earth, landuse, water, buildings, roads and places.",
    ),
}

_MISSION = f"""\
[[missions]]
code = "DEMO"
name = "Demonstration Mission in {STATE}"
organisation = "UN"
mandate = "none: the mission and the state are invented"
mandate_start = 2025-01-15
timezone = "Atlantic/St_Helena"
other_timezones = []
languages = ["en", "fr"]
local_languages = ["en", "sr-Cyrl", "ar"]
iso = []
recognises = []
note = "{STATE} is an invented island state. No place, street, building or person on this map exists."
territory = "territory.geojson"
sectors = "sectors.geojson"
basemap = "basemap.json"
streets = "streets.pmtiles"
buildings = "buildings.geojson"
"""


def _manifest(folder: Path, counts: dict[str, int]) -> str:
    head = (
        "# The invented island of the demonstration mission. Written by scripts/build_demo_island.py; the form is\n"
        "# described in ../manifest.toml.\n\n"
        'format = "geo-offlimits/layers/1"\n'
        f'credit = "{CREDIT}"\n'
        f'note = "{STATE} is an invented island state. No real place is shown."\n'
    )
    return "\n".join([head, *(_layer(folder / name, count) for name, count in counts.items()), _MISSION])


def _layer(path: Path, features: int) -> str:
    kind, what = _WHAT[path.name]
    crs = "EPSG:3857" if kind == "streets" else "EPSG:4326"
    return (
        "[[layers]]\n"
        f'path = "{path.name}"\n'
        f'kind = "{kind}"\n'
        f'what = "{what}"\n'
        'source = "Generated by scripts/build_demo_island.py from a fixed seed."\n'
        f'source_version = "{SEED}"\n'
        f'licence = "{LICENCE}"\n'
        f'accuracy = "{ACCURACY}"\n'
        f'crs = "{crs}"\n'
        f"features = {features}\n"
        f'sha256 = "{hashlib.sha256(path.read_bytes()).hexdigest()}"\n'
    )
