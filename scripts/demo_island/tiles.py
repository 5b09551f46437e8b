"""Street tiles: Mapbox vector tiles in one PMTiles file, layers and kinds as in the Protomaps basemap."""

import gzip
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import shapely
from demo_island.island import Island
from demo_island.land import labels
from demo_island.names import CAPITAL, QUARTERS, STATE
from demo_island.plane import degrees, parts, turned
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

MIN_ZOOM, MAX_ZOOM = 10, 15
EXTENT = 4096
_MARGIN = 80  # units beyond a tile's edge that are drawn too, so that lines meet
_SIMPLER_UNITS = 5.0  # a third of a pixel
_SMALLEST_UNITS2 = 120.0
_NAMES_FROM = {"highway": 12, "major_road": 12, "medium_road": 13, "minor_road": 14, "path": 15}
_ROADS_FROM = {"highway": 10, "major_road": 10, "medium_road": 12, "minor_road": 13, "path": 14}
_COVER_FROM = {"forest": 10, "heath": 10, "residential": 10, "beach": 12, "aerodrome": 12, "park": 12}
_PLACES_FROM = {"capital": 10, "town": 10, "village": 11, "cape": 12, "neighbourhood": 13}
_BUILDINGS_FROM = 14
_DETAIL_FROM = 13
LAYERS = ("earth", "landuse", "water", "buildings", "roads", "places")


@dataclass(frozen=True)
class Drawn:
    """One thing to draw: its layer, from which zoom, from which zoom with its name, in Mercator units of 0 to 1."""

    layer: str
    from_zoom: int
    named_from: int
    properties: dict[str, Any]
    shape: BaseGeometry


def _mercator(shape: BaseGeometry) -> BaseGeometry:
    """Web Mercator with y downwards, the world from 0 to 1."""

    def move(lonlat: np.ndarray) -> np.ndarray:
        lat_rad = np.radians(lonlat[:, 1])
        x = lonlat[:, 0] / 360 + 0.5
        y = 0.5 - np.log(np.tan(math.pi / 4 + lat_rad / 2)) / math.tau
        return np.column_stack([x, y])

    moved: BaseGeometry = shapely.transform(degrees(shape, decimals=9), move)
    return moved


def _drawn(layer: str, from_zoom: int, shape: BaseGeometry, named_from: int = 0, **properties: Any) -> Drawn:
    return Drawn(layer, from_zoom, named_from, properties, _mercator(shape))


def draw(island: Island) -> list[Drawn]:
    return [*_earth_and_water(island), *_land(island), *_ways(island), *_names(island)]


def _earth_and_water(island: Island) -> Iterator[Drawn]:
    piers = [cover.shape for cover in island.cover if cover.kind == "pier"]
    dry = shapely.union_all([island.land.all, *piers])
    yield _drawn("earth", MIN_ZOOM, dry, kind="earth")
    yield _drawn("water", MIN_ZOOM, island.territory.buffer(30_000).difference(dry), kind="ocean")
    yield _drawn("water", MIN_ZOOM, island.land.lake, kind="lake")
    for river in island.land.rivers:
        yield _drawn("water", 11, river.bed, kind="river")


def _land(island: Island) -> Iterator[Drawn]:
    for cover in island.cover:
        named = {"name": cover.name} if cover.name and cover.kind != "residential" else {}
        yield _drawn("landuse", _COVER_FROM.get(cover.kind, _DETAIL_FROM), cover.shape, 0, kind=cover.kind, **named)
    for house in island.houses:
        yield _drawn("buildings", _BUILDINGS_FROM, house.footprint, kind="building")


def _ways(island: Island) -> Iterator[Drawn]:
    order = {kind: rank for rank, kind in enumerate(reversed(_ROADS_FROM))}
    for street in sorted(island.streets, key=lambda one: order[one.kind]):
        yield _drawn(
            "roads",
            _ROADS_FROM[street.kind],
            street.line,
            named_from=_NAMES_FROM[street.kind],
            kind=street.kind,
            name=street.name,
        )


def _names(island: Island) -> Iterator[Drawn]:
    for town in island.towns:
        place = town.place
        facts: dict[str, Any] = {"kind": place.rank, "name": place.name, "population": place.population}
        yield _drawn("places", _PLACES_FROM[place.rank], Point(town.centre), 0, **facts)
    capital = next(town for town in island.towns if town.place is CAPITAL)
    for name, u, v in QUARTERS:
        spot = turned(capital.centre, capital.heading_rad, u * CAPITAL.half_length_m, v * CAPITAL.half_depth_m)
        yield _drawn("places", _PLACES_FROM["neighbourhood"], Point(spot), kind="neighbourhood", name=name)
    for kind, name, spot_ in labels(island.land):
        layer = "places" if kind == "cape" else "water"
        yield _drawn(layer, _PLACES_FROM["cape"], spot_, kind=kind, name=name)


def write_tiles(island: Island, path: Path) -> int:
    """Writes the PMTiles file and returns how many tiles it has; the same island gives the same bytes."""
    things = draw(island)
    west, south, east, north = degrees(island.territory).bounds
    with path.open("wb") as file:
        writer = Writer(file)  # type: ignore[no-untyped-call] # pmtiles publishes no types
        count = 0
        for tile_id, content in sorted(_tiles(things, _mercator(island.territory))):
            writer.write_tile(tile_id, gzip.compress(content, 9, mtime=0))  # type: ignore[no-untyped-call]
            count += 1
        middle = degrees(Point(island.towns[0].centre))
        header = {
            "tile_type": TileType.MVT,
            "tile_compression": Compression.GZIP,
            "min_lon_e7": round(west * 1e7),
            "min_lat_e7": round(south * 1e7),
            "max_lon_e7": round(east * 1e7),
            "max_lat_e7": round(north * 1e7),
            "center_zoom": 13,
            "center_lon_e7": round(middle.x * 1e7),
            "center_lat_e7": round(middle.y * 1e7),
        }
        writer.finalize(header, _metadata(things))  # type: ignore[no-untyped-call]
    return count


def _metadata(things: list[Drawn]) -> dict[str, Any]:
    layers = []
    for layer in LAYERS:
        fields = {field: "String" for thing in things if thing.layer == layer for field in thing.properties}
        layers.append({"id": layer, "fields": fields, "minzoom": MIN_ZOOM, "maxzoom": MAX_ZOOM})
    return {
        "name": f"{STATE}, an invented island state",
        "description": "Generated streets and buildings; nothing on this map exists.",
        "attribution": "Invented island, generated for the demonstration",
        "type": "baselayer",
        "vector_layers": layers,
    }


def _tiles(things: list[Drawn], reach: BaseGeometry) -> Iterator[tuple[int, bytes]]:
    for zoom in range(MIN_ZOOM, MAX_ZOOM + 1):
        scale = 2**zoom * EXTENT
        seen = [thing for thing in things if thing.from_zoom <= zoom]
        shapes = [_at_scale(thing, zoom, scale) for thing in seen]
        tree = shapely.STRtree(shapes)
        near = _scaled(reach, scale)
        shapely.prepare(near)
        west, south, east, north = (math.floor(edge / EXTENT) for edge in near.bounds)
        for column in range(west, east + 1):
            for row in range(south, north + 1):
                origin = (column * EXTENT, row * EXTENT)
                if near.intersects(shapely.box(*origin, origin[0] + EXTENT, origin[1] + EXTENT)):
                    content = _tile(zoom, origin, seen, shapes, tree)
                    yield zxy_to_tileid(zoom, column, row), content


def _scaled(shape: BaseGeometry, scale: int) -> BaseGeometry:
    larger: BaseGeometry = shapely.transform(shape, lambda xy: xy * scale)
    return larger


def _at_scale(thing: Drawn, zoom: int, scale: int) -> BaseGeometry:
    shape = _scaled(thing.shape, scale)
    if thing.layer == "buildings" or isinstance(shape, Point):
        return shape
    return shape.simplify(_SIMPLER_UNITS if zoom < MAX_ZOOM else 2.0)


def _tile(
    zoom: int, origin: tuple[int, int], seen: list[Drawn], shapes: list[BaseGeometry], tree: shapely.STRtree
) -> bytes:
    x, y = origin
    frame = (x - _MARGIN, y - _MARGIN, x + EXTENT + _MARGIN, y + EXTENT + _MARGIN)
    layers: dict[str, list[dict[str, Any]]] = {layer: [] for layer in LAYERS}
    for index in sorted(int(hit) for hit in tree.query(shapely.box(*frame))):
        thing = seen[index]
        for piece in _pieces(shapes[index], frame, origin):
            layers[thing.layer].append({"geometry": piece, "properties": _properties(thing, zoom)})
    content = [{"name": layer, "features": features} for layer, features in layers.items() if features]
    encoded: bytes = mapbox_vector_tile.encode(content, default_options={"y_coord_down": True, "extents": EXTENT})
    return encoded


def _properties(thing: Drawn, zoom: int) -> dict[str, Any]:
    return {key: value for key, value in thing.properties.items() if key != "name" or zoom >= thing.named_from}


def _pieces(
    shape: BaseGeometry, frame: tuple[float, float, float, float], origin: tuple[int, int]
) -> Iterable[BaseGeometry]:
    """The shape inside the frame, on the tile's whole-number grid, valid, without what is too small to see."""
    clipped = shapely.clip_by_rect(shape, *frame) if not isinstance(shape, Point) else shape
    if clipped.is_empty:
        return
    local = shapely.transform(clipped, lambda xy: xy - origin)
    gridded = shapely.set_precision(local, 1.0)
    for part in [*parts(gridded, Polygon), *parts(gridded, LineString), *parts(gridded, Point)]:
        if not isinstance(part, Polygon) or part.area >= min(_SMALLEST_UNITS2, shape.area / 2):
            yield part
