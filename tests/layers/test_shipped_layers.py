"""The files under layers/ are what their manifest says, and say what a mission relies on."""

import hashlib
import json
import re
import tomllib
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import geopandas as gpd
import pytest
import shapely
from shapely.geometry import shape

import layers
from geo_offlimits.delivery import shipped

FOLDER = Path(layers.__file__).parent
MANIFEST = shipped.manifest()
GEOJSON = [layer.path for layer in MANIFEST.layers if layer.path.endswith((".geojson", ".json"))]
BOUNDARIES = [layer.path for layer in MANIFEST.layers if layer.kind in {"territory", "sectors", "world"}]
BASEMAPS = [layer.path for layer in MANIFEST.layers if layer.kind == "basemap"]
OWN_BASEMAPS = [path for path in BASEMAPS if not path.startswith("demo/")]
KOSOVO = ("UNMIK", "KFOR", "EULEX", "OMIK")


def collection(path: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((FOLDER / path).read_text(encoding="utf-8"))
    return content


def geometries(path: str) -> list[Any]:
    return [shape(feature["geometry"]) for feature in collection(path)["features"]]


def decimals(coordinates: Any) -> int:
    if isinstance(coordinates, list):
        return max(decimals(item) for item in coordinates)
    return len(str(coordinates).partition(".")[2])


def holds(code: str, *, lon: float, lat: float) -> bool:
    return bool(shipped.territory(code).geometry.covers(shapely.Point(lon, lat)))


@pytest.mark.parametrize("layer", MANIFEST.layers, ids=lambda layer: layer.path)
def test_every_shipped_file_has_the_digest_of_its_manifest(layer: shipped.ShippedLayer) -> None:
    assert hashlib.sha256((FOLDER / layer.path).read_bytes()).hexdigest() == layer.sha256


def test_no_file_is_shipped_without_a_manifest_entry_and_none_twice() -> None:
    known = ("manifest.toml", "LICENCES.md", "__init__.py", "py.typed")
    on_disk = {
        str(path.relative_to(FOLDER))
        for path in FOLDER.rglob("*")
        if path.is_file() and path.name not in known and "__pycache__" not in path.parts
    }
    listed = [layer.path for layer in MANIFEST.layers]
    assert on_disk == set(listed)
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("layer", MANIFEST.layers, ids=lambda layer: layer.path)
def test_every_layer_says_where_it_comes_from_and_how_far_it_may_be_wrong(layer: shipped.ShippedLayer) -> None:
    told = (layer.what, layer.source, layer.source_version, layer.licence, layer.accuracy)
    assert all(len(text.strip()) > 2 for text in told)


def test_the_whole_of_what_is_shipped_is_as_described() -> None:
    assert shipped.verify() == ()


def test_the_layers_of_real_territories_stay_small() -> None:
    sizes = {path: (FOLDER / path).stat().st_size for path in GEOJSON if not path.startswith("demo/")}
    assert sum(sizes.values()) <= 1_500_000
    assert max(sizes[path] for path in OWN_BASEMAPS) <= 70_000
    assert sizes["world/territories.geojson"] <= 900_000


@pytest.mark.parametrize("path", GEOJSON)
def test_every_geojson_layer_is_read_as_wgs_84(path: str) -> None:
    layer = gpd.read_file(FOLDER / path, engine="fiona")
    assert layer.crs == "EPSG:4326"
    assert len(layer) == MANIFEST.layer(path).features
    assert "crs" not in collection(path)


@pytest.mark.parametrize("path", GEOJSON)
def test_every_shipped_geometry_is_valid_and_within_the_world(path: str) -> None:
    for geometry in geometries(path):
        assert geometry.is_valid
        assert not geometry.is_empty
        assert shapely.box(-180, -90, 180, 90).covers(geometry)


@pytest.mark.parametrize("path", GEOJSON)
def test_every_ring_follows_the_right_hand_rule(path: str) -> None:
    polygons = [p for geometry in geometries(path) for p in shapely.get_parts(geometry) if p.geom_type == "Polygon"]
    assert all(polygon.exterior.is_ccw for polygon in polygons)
    assert not any(hole.is_ccw for polygon in polygons for hole in polygon.interiors)


@pytest.mark.parametrize("path", GEOJSON)
def test_coordinates_carry_no_more_than_seven_decimals(path: str) -> None:
    assert all(decimals(feature["geometry"]["coordinates"]) <= 7 for feature in collection(path)["features"])


@pytest.mark.parametrize("path", [path for path in BOUNDARIES if path != shipped.WORLD])
def test_boundaries_are_named_polygons_of_their_kind(path: str) -> None:
    kind = {"territory": "territory", "sectors": "sector"}[MANIFEST.layer(path).kind]
    for feature in collection(path)["features"]:
        assert feature["properties"]["kind"] == kind
        assert feature["properties"]["name"].strip()
        assert feature["geometry"]["type"] in {"Polygon", "MultiPolygon"}


@pytest.mark.parametrize("path", BASEMAPS)
def test_a_basemap_has_the_missions_land_and_places_with_their_population(path: str) -> None:
    content = collection(path)
    kinds = {feature["properties"]["kind"] for feature in content["features"]}
    places = [feature["properties"] for feature in content["features"] if feature["properties"]["kind"] == "place"]
    assert {"mission", "place"} <= kinds <= {"mission", "neighbour", "place"}
    assert content["credit"]
    assert all(place["name"] and place["population"] > 0 and 0 <= place["min_zoom"] <= 22 for place in places)


@pytest.mark.parametrize("path", OWN_BASEMAPS)
def test_a_basemap_of_a_real_territory_credits_its_sources_and_shows_neighbours(path: str) -> None:
    content = collection(path)
    assert content["credit"] == MANIFEST.credit == "Natural Earth · GeoNames CC BY 4.0"
    assert "neighbour" in {feature["properties"]["kind"] for feature in content["features"]}
    assert content["bbox"][0] < content["bbox"][2]
    assert content["bbox"][1] < content["bbox"][3]


@pytest.mark.parametrize(
    "mission",
    # The invented island's territory is land and coastal waters; its own tests hold that the land lies inside.
    [mission for mission in MANIFEST.missions if mission.code != "DEMO"],
    ids=lambda mission: mission.code,
)
def test_a_basemap_draws_the_land_its_territory_decides_on(mission: shipped.ShippedMission) -> None:
    territory = shipped.territory(mission.code).geometry
    features = collection(mission.basemap)["features"]
    drawn = shapely.union_all([shape(f["geometry"]) for f in features if f["properties"]["kind"] == "mission"])
    assert shapely.intersection(territory, drawn).area / shapely.union(territory, drawn).area > 0.97


@pytest.mark.parametrize("mission", MANIFEST.missions, ids=lambda mission: mission.code)
def test_every_mission_has_a_real_time_zone_languages_and_files(mission: shipped.ShippedMission) -> None:
    assert {mission.timezone, *mission.other_timezones} <= available_timezones()
    assert mission.languages
    assert all(re.fullmatch(r"[a-z]{2,3}(-[A-Z][a-z]{3})?", tag) for tag in mission.languages)
    assert (FOLDER / mission.territory).is_file()
    assert (FOLDER / mission.basemap).is_file()
    assert mission.mandate
    assert mission.mandate_end is None or mission.mandate_end > mission.mandate_start


def test_the_nine_missions_are_shipped_with_their_organisations() -> None:
    organisations = {mission.code: mission.organisation.value for mission in MANIFEST.missions}
    expected = {"UNMIK": "UN", "KFOR": "NATO", "EULEX": "EU", "OMIK": "OSCE", "MONUSCO": "UN", "UNMISS": "UN"}
    assert expected | {"MINUSCA": "UN", "UNFICYP": "UN", "MINURSO": "UN"} == {
        code: organisation for code, organisation in organisations.items() if code != "DEMO"
    }


def test_the_four_authorities_in_kosovo_share_one_territory_and_may_recognise_each_other() -> None:
    missions = [shipped.shipped_mission(code) for code in KOSOVO]
    assert {mission.territory for mission in missions} == {"kosovo/territory.geojson"}
    for mission in missions:
        assert set(mission.recognises) == set(KOSOVO) - {mission.code}
        assert "1244 (1999)" in mission.note


def test_missions_recognise_only_missions_that_are_shipped() -> None:
    codes = {mission.code for mission in MANIFEST.missions}
    assert all(set(mission.recognises) <= codes - {mission.code} for mission in MANIFEST.missions)


@pytest.mark.parametrize(
    ("code", "lon", "lat"),
    [
        ("UNMIK", 21.1669, 42.6727),  # Pristina
        ("KFOR", 20.8667, 42.8908),  # Mitrovica
        ("MONUSCO", 29.2203, -1.6741),  # Goma, a kilometre from the border
        ("MONUSCO", 15.3136, -4.3276),  # Kinshasa
        ("UNMISS", 31.5825, 4.8594),  # Juba
        ("MINUSCA", 18.5582, 4.3947),  # Bangui
        ("UNFICYP", 33.3650, 35.1750),  # Nicosia
        ("UNFICYP", 33.3190, 35.3300),  # Kyrenia
        ("UNFICYP", 32.4297, 34.7754),  # Paphos
        ("MINURSO", -13.1880, 27.1418),  # Laayoune, west of the berm
        ("MINURSO", -10.5680, 26.1580),  # Tifariti, east of the berm
    ],
)
def test_a_known_town_lies_inside_its_territory(code: str, lon: float, lat: float) -> None:
    assert holds(code, lon=lon, lat=lat)


@pytest.mark.parametrize(
    ("code", "lon", "lat"),
    [
        ("UNMIK", 20.4573, 44.8176),  # Belgrade
        ("UNMIK", 21.4316, 41.9981),  # Skopje
        ("MONUSCO", 15.2429, -4.2634),  # Brazzaville, across the river from Kinshasa
        ("MONUSCO", 30.0619, -1.9441),  # Kigali
        ("UNMISS", 28.4340, 9.5950),  # Abyei
        ("MINUSCA", 22.4, 3.9),  # south of the Ubangi
        ("UNFICYP", 32.9800, 34.5900),  # Akrotiri
        ("MINURSO", -8.1476, 27.6711),  # Tindouf
        ("MINURSO", -12.9270, 28.0990),  # Tarfaya, north of the parallel
    ],
)
def test_a_known_place_beyond_the_border_lies_outside(code: str, lon: float, lat: float) -> None:
    assert not holds(code, lon=lon, lat=lat)


def test_the_buffer_zone_holds_nicosia_airport_and_pyla_and_lies_within_the_territory() -> None:
    (zone,) = shipped.sectors("UNFICYP")
    assert zone.name == "United Nations buffer zone"
    for lon, lat in ((33.2772, 35.1525), (33.6920, 35.0150)):
        assert zone.geometry.covers(shapely.Point(lon, lat))
    assert not zone.geometry.covers(shapely.Point(33.3190, 35.3300))
    beyond = shapely.difference(zone.geometry, shipped.territory("UNFICYP").geometry)
    assert beyond.area < 1e-6


@pytest.mark.parametrize(
    ("reference", "lon", "lat"),
    [
        ("iso:FR", 2.3522, 48.8566),
        ("iso:UA", 34.1000, 44.9500),  # Simferopol
        ("iso:FJ", 178.0, -17.8),  # Viti Levu, west of the antimeridian
        ("iso:RU", -172.5, 66.3),  # Chukotka, east of it
        ("iso:SO", 44.0650, 9.5600),  # Hargeisa
        ("iso:MT", 14.4500, 35.8900),
        ("iso:AQ", 0.0, -85.0),
    ],
)
def test_the_world_file_holds_a_known_place_of_a_country(reference: str, lon: float, lat: float) -> None:
    assert holds(reference, lon=lon, lat=lat)


def test_the_world_file_names_every_country_once_by_its_code() -> None:
    rows = [feature["properties"] for feature in collection(shipped.WORLD)["features"]]
    codes = [row["iso_a2"] for row in rows]
    assert len(codes) == len(set(codes)) > 230
    assert all(re.fullmatch("[A-Z]{2}", code) for code in codes)
    assert all(re.fullmatch("[0-9]{3}", row["iso_n3"]) for row in rows if row["iso_a2"] != "XK")
    assert {"iso_a2": "XK", "iso_n3": None, "name": "Kosovo (UNSCR 1244)"} in rows


def test_the_note_on_boundaries_and_the_licences_stand_beside_the_layers() -> None:
    assert "imply no opinion" in MANIFEST.note
    licences = (FOLDER / "LICENCES.md").read_text(encoding="utf-8")
    for needed in ("Natural Earth", "public domain", "GeoNames", "Creative Commons Attribution 4.0", "1244"):
        assert needed in licences


def test_the_manifest_itself_states_its_format() -> None:
    table = tomllib.loads((FOLDER / "manifest.toml").read_text(encoding="utf-8"))
    assert table["format"] == shipped.FORMAT
