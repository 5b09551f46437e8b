"""The layers this product ships, held to their manifest: missions, territories, sectors, background maps.

No byte of a shipped layer is used unless its SHA-256 is the one in the manifest.

Territories and sectors are the domain's boundaries, without dates; `layer` makes a table of them. A mission's own files
are read by `boundary_files`.
"""

import datetime as dt
import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely
from shapely.geometry.base import BaseGeometry

from geo_offlimits.delivery.boundary_files import sectors_from_file, territory_from_file
from geo_offlimits.domain.mission import Boundary, BoundaryKind, Organisation
from geo_offlimits.domain.position import Position
from geo_offlimits.errors import InputError, Issue, UnverifiedError
from geo_offlimits.layer import CRS

__all__ = [
    "DamagedLayersError",
    "Manifest",
    "ShippedLayer",
    "ShippedMission",
    "UnknownTerritoryError",
    "basemap_around",
    "basemap_bytes",
    "layer_bytes",
    "layer_path",
    "manifest",
    "place_names",
    "sectors",
    "sectors_from_file",
    "shipped_mission",
    "shipped_missions",
    "territory",
    "territory_from_file",
    "town_features",
    "verify",
]

FORMAT = "geo-offlimits/layers/1"
WORLD = "world/territories.geojson"
# Backgrounds of territories that are a mission's own: each file that holds a map asks for one, and cutting it out of
# the world takes longer than all the rest of the file.
_KEPT = 4
PLACE_NAMES = "world/place_names.geojson"
PATH_FIELDS = ("territory", "sectors", "basemap", "streets", "buildings")
UNLISTED = {"manifest.toml", "LICENCES.md", "__init__.py", "py.typed"}

# Beyond this width a generated background is an overview, and full outlines would only cost bytes.
OVERVIEW_WIDTH_DEG = 60.0
OVERVIEW_TOLERANCE_DEG = 0.1


class DamagedLayersError(UnverifiedError):
    """What is installed is not what was shipped."""

    def __init__(self, path: str, fact: str) -> None:
        self.path, self.fact = path, fact
        super().__init__(f"The shipped layer {path} {fact}; install the program again.")


class UnknownTerritoryError(InputError):
    """No territory is shipped under this reference."""

    def __init__(self, reference: str, remedy: str) -> None:
        self.reference = reference
        fact = f"No territory is shipped for {reference!r}"
        super().__init__(f"{fact}; {remedy}.", Issue(field="territory", value=reference, reason=fact, remedy=remedy))


@dataclass(frozen=True, kw_only=True)
class ShippedLayer:
    """One file. `path` is relative to the layers folder; the fields are explained in its manifest."""

    path: str
    kind: str
    what: str
    source: str
    source_version: str
    licence: str
    accuracy: str
    crs: str
    features: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class ShippedMission:
    """One authority with what a mission needs to start. The last five are paths of shipped layers."""

    code: str
    name: str
    organisation: Organisation
    mandate: str
    mandate_start: dt.date
    mandate_end: dt.date | None
    timezone: str
    other_timezones: tuple[str, ...]
    languages: tuple[str, ...]
    local_languages: tuple[str, ...]
    iso: tuple[str, ...]
    recognises: tuple[str, ...]
    note: str
    territory: str
    sectors: str | None
    basemap: str
    streets: str | None
    buildings: str | None


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """Everything shipped, and the two lines every map with these layers shows: `credit` and `note`."""

    credit: str
    note: str
    layers: tuple[ShippedLayer, ...]
    missions: tuple[ShippedMission, ...]

    def layer(self, path: str) -> ShippedLayer:
        for layer in self.layers:
            if layer.path == path:
                return layer
        raise DamagedLayersError(path, "is not in the manifest")


def manifest(folder: Traversable | None = None) -> Manifest:
    """The manifest of `folder` (the shipped layers unless told otherwise) with everything it includes.

    Raises DamagedLayersError where a manifest is missing, cannot be read or lacks a field.
    """
    return _shipped_manifest() if folder is None else _read_manifest(folder)


@cache
def _shipped_manifest() -> Manifest:
    # The package does not change while a process runs.
    return _read_manifest(files("layers"))


def _read_manifest(folder: Traversable) -> Manifest:
    tables = list(_manifest_tables(folder, "manifest.toml"))
    head = tables[0][1]
    try:
        return Manifest(
            credit=head["credit"],
            note=head["note"],
            layers=tuple(_layer(at, row) for at, table in tables for row in table.get("layers", ())),
            missions=tuple(_mission(at, row) for at, table in tables for row in table.get("missions", ())),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedLayersError("manifest.toml", f"lacks or misstates a field ({error})") from error


def _manifest_tables(folder: Traversable, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The manifest at `path` and those it includes, each with the prefix its own paths need."""
    try:
        table = tomllib.loads(folder.joinpath(*path.split("/")).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DamagedLayersError(path, f"cannot be read ({error})") from error
    if table.get("format") != FORMAT:
        raise DamagedLayersError(path, f"has format {table.get('format')!r} where {FORMAT!r} is understood")
    prefix = path.rpartition("/")[0]
    at = f"{prefix}/" if prefix else ""
    yield at, table
    for included in table.get("include", ()):
        yield from _manifest_tables(folder, at + included)


def _layer(at: str, row: Mapping[str, Any]) -> ShippedLayer:
    return ShippedLayer(**{**row, "path": at + row["path"]})


def _mission(at: str, row: Mapping[str, Any]) -> ShippedMission:
    fields: dict[str, Any] = dict.fromkeys(("mandate_end", *PATH_FIELDS))
    fields |= {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    fields |= {key: at + fields[key] for key in PATH_FIELDS if fields[key]}
    fields["organisation"] = Organisation(fields["organisation"])
    return ShippedMission(**fields)


def shipped_missions() -> tuple[ShippedMission, ...]:
    """Every mission shipped, in the order of the manifest."""
    return manifest().missions


def shipped_mission(code: str) -> ShippedMission:
    """The shipped mission with this code, in capitals or not. Raises UnknownTerritoryError with the codes there are."""
    for mission in shipped_missions():
        if mission.code == code.strip().upper():
            return mission
    raise _not_a_mission(code)


def layer_bytes(path: str, folder: Traversable | None = None) -> bytes:
    """The bytes of one shipped layer. Raises DamagedLayersError unless they are those of the manifest."""
    layer = manifest(folder).layer(path)
    try:
        content = (folder or files("layers")).joinpath(*path.split("/")).read_bytes()
    except OSError as error:
        raise DamagedLayersError(path, "is missing") from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != layer.sha256:
        raise DamagedLayersError(path, f"has SHA-256 {digest[:12]}… where the manifest says {layer.sha256[:12]}…")
    return content


@contextmanager
def layer_path(path: str) -> Iterator[Path]:
    """A real file with one shipped layer, for libraries that want a path; checked like `layer_bytes`."""
    layer_bytes(path)
    with as_file(files("layers").joinpath(*path.split("/"))) as real:
        yield real


def territory(reference: str) -> Boundary:
    """The territory of a shipped mission ("UNMIK"), or of an ISO 3166-1 code ("iso:XK").

    A code for which a mission is shipped gives that mission's finer outline. Raises UnknownTerritoryError.
    """
    mission = _shipped_for(reference)
    if mission:
        return _shipped_boundaries(mission.territory)[0]
    kind, separator, code = reference.strip().partition(":")
    if not separator:
        raise _not_a_mission(reference)
    if kind.lower() != "iso" or not re.fullmatch(r"[A-Za-z]{2}", code):
        raise UnknownTerritoryError(reference, "write iso: and two letters such as iso:XK, or give a territory file")
    row = _world(f"iso_a2 = '{code.upper()}'")
    if row.empty:
        raise UnknownTerritoryError(reference, "check the ISO 3166-1 code, or give a territory file of your own")
    return Boundary(kind=BoundaryKind.TERRITORY, name=row["name"].iloc[0], geometry=row.geometry.iloc[0])


def _shipped_for(reference: str) -> ShippedMission | None:
    """The mission shipped under a code, or the first one shipped for an ISO code."""
    wanted = reference.strip().upper()
    for mission in shipped_missions():
        if wanted == mission.code or wanted in {f"ISO:{code}" for code in mission.iso}:
            return mission
    return None


def _not_a_mission(code: str) -> UnknownTerritoryError:
    known = ", ".join(mission.code for mission in shipped_missions())
    return UnknownTerritoryError(code, f"use one of {known}, iso: with a country code, or a territory file")


def sectors(code: str) -> tuple[Boundary, ...]:
    """The sectors shipped for a mission; () where none are shipped."""
    path = shipped_mission(code).sectors
    return _shipped_boundaries(path) if path else ()


def _shipped_boundaries(path: str) -> tuple[Boundary, ...]:
    with layer_path(path) as real:
        frame = gpd.read_file(real, engine="fiona")
    return tuple(
        Boundary(kind=BoundaryKind(kind), name=name, geometry=shape)
        for kind, name, shape in zip(frame["kind"], frame["name"], frame.geometry, strict=True)
    )


def _world(where: str | None = None) -> gpd.GeoDataFrame:
    with layer_path(WORLD) as real:
        return gpd.read_file(real, engine="fiona", where=where)


@cache
def place_names() -> tuple[tuple[str, ...], ...]:
    """For each town whose names no transliteration leads to one another: all of them, in any script.

    Raises DamagedLayersError.
    """
    towns = json.loads(layer_bytes(PLACE_NAMES))["features"]
    return tuple(tuple(town["properties"]["names"]) for town in towns)


def town_features(reference: str) -> list[dict[str, Any]]:
    """The towns on the shipped background map of a mission code or ISO code, as GeoJSON; [] where none is."""
    mission = _shipped_for(reference)
    features = json.loads(layer_bytes(mission.basemap))["features"] if mission else []
    return [feature for feature in features if feature["properties"]["kind"] == "place"]


@cache
def town_points(reference: str) -> tuple[Position, ...]:
    """Where the shipped background map of a mission code or ISO code writes the names of towns; () where none is."""
    places = [feature["geometry"]["coordinates"] for feature in town_features(reference)]
    return tuple(Position(lat=lat, lon=lon) for lon, lat in places)


def basemap_bytes(reference: str) -> bytes:
    """The background map of a mission code or ISO code as GeoJSON; outlines alone where none is shipped.

    Raises UnknownTerritoryError.
    """
    mission = _shipped_for(reference)
    return layer_bytes(mission.basemap) if mission else basemap_around(territory(reference))


@lru_cache(_KEPT)
def basemap_around(own: Boundary) -> bytes:
    """A background for any territory, of the same form as the shipped ones but without towns: world outlines.

    The window is the territory grown by 35 % of its span, at least one degree, on each side.
    """
    west, south, east, north = own.geometry.bounds
    wide, high = max(0.35 * (east - west), 1.0), max(0.35 * (north - south), 1.0)
    window = shapely.box(max(west - wide, -180), max(south - high, -90), min(east + wide, 180), min(north + high, 90))
    rest = shapely.difference(window, own.geometry)
    is_overview = window.bounds[2] - window.bounds[0] > OVERVIEW_WIDTH_DEG
    world = _world()
    features = [_land("mission", own.name, own.geometry, is_overview)]
    for name, geometry in zip(world["name"], world.geometry, strict=True):
        beside = shapely.intersection(geometry, rest)
        if not beside.is_empty and beside.area > 0:
            features.append(_land("neighbour", name, beside, is_overview))
    collection = {
        "type": "FeatureCollection",
        "bbox": [round(edge, 4) for edge in window.bounds],
        "credit": manifest().credit,
        "features": features,
    }
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()


def _land(kind: str, name: str, geometry: BaseGeometry, is_overview: bool) -> dict[str, Any]:
    drawn = shapely.simplify(geometry, OVERVIEW_TOLERANCE_DEG) if is_overview else geometry
    polygons = shapely.MultiPolygon([part for part in shapely.get_parts(drawn) if part.geom_type == "Polygon"])
    snapped = shapely.set_precision(shapely.orient_polygons(polygons), 0.001, mode="pointwise")
    shape = json.loads(shapely.to_geojson(snapped))
    return {"type": "Feature", "properties": {"kind": kind, "name": name}, "geometry": shape}


def verify(folder: Traversable | None = None) -> tuple[str, ...]:
    """What is wrong with the layers in `folder`, a sentence each; empty when all is as shipped."""
    root = folder or files("layers")
    try:
        known = manifest(folder)
    except DamagedLayersError as error:
        return (str(error),)
    listed = {layer.path for layer in known.layers}
    problems = [f"{path} is not in the manifest." for path in _file_paths(root) if path not in listed]
    used = {path for mission in known.missions for field in PATH_FIELDS if (path := getattr(mission, field))}
    problems += [f"{path} is used by a mission but not in the manifest." for path in sorted(used - listed)]
    for layer in known.layers:
        problems += _layer_problems(layer, folder)
    return tuple(problems)


def _file_paths(folder: Traversable, at: str = "") -> Iterator[str]:
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_dir() and item.name != "__pycache__":
            yield from _file_paths(item, f"{at}{item.name}/")
        elif item.is_file() and item.name not in UNLISTED:
            yield at + item.name


def _layer_problems(layer: ShippedLayer, folder: Traversable | None) -> Iterator[str]:
    try:
        content = layer_bytes(layer.path, folder)
    except DamagedLayersError as error:
        yield str(error)
        return
    if not layer.path.endswith((".geojson", ".json")):
        return
    import fiona  # noqa: PLC0415  (GDAL takes 20 MB, and most processes check no layer)

    with fiona.BytesCollection(content, driver="GeoJSON") as features:
        if features.crs.to_epsg() != 4326 or layer.crs != CRS:  # noqa: PLR2004 (the code itself)
            yield f"{layer.path} is not in {CRS}."
        if len(features) != layer.features:
            yield f"{layer.path} holds {len(features)} features where the manifest says {layer.features}."
