"""Reading shipped layers, and reading a mission's own boundary files."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

import layers
from geo_offlimits.delivery import boundary_files, shipped
from geo_offlimits.delivery.boundary_files import BoundaryFileError, sectors_from_file, territory_from_file
from geo_offlimits.errors import InputError, UnverifiedError
from geo_offlimits.layer import BOUNDARIES, boundaries_layer

ISLAND = shapely.box(10.0, 50.0, 10.5, 50.25)
ISLET = shapely.box(11.0, 50.0, 11.1, 50.1)
HOLED = ISLAND.difference(shapely.box(10.1, 50.1, 10.2, 50.2))
BOW_TIE = shapely.Polygon([(10, 50), (11, 51), (11, 50), (10, 51)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped layers that a test may damage."""
    source = Path(layers.__file__).parent
    return Path(shutil.copytree(source, tmp_path / "layers", ignore=shutil.ignore_patterns("__pycache__")))


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Write geometries as a GeoJSON file, exactly as given."""

    def write(*geometries: Any, name: str = "island.geojson", names: tuple[str, ...] = (), **members: Any) -> Path:
        features = [
            {
                "type": "Feature",
                "properties": {"name": names[at]} if names else {},
                "geometry": json.loads(shapely.to_geojson(geometry))
                if isinstance(geometry, shapely.Geometry)
                else geometry,
            }
            for at, geometry in enumerate(geometries)
        ]
        path = tmp_path / name
        path.write_text(json.dumps({"type": "FeatureCollection", **members, "features": features}), encoding="utf-8")
        return path

    return write


def test_a_flipped_byte_is_noticed_by_verify_and_refused_when_read(folder: Path) -> None:
    assert shipped.verify(folder) == ()
    path = folder / "kosovo" / "territory.geojson"
    content = bytearray(path.read_bytes())
    content[content.index(b"20.") + 3] ^= 1
    path.write_bytes(content)
    problems = shipped.verify(folder)
    assert len(problems) == 1
    assert "kosovo/territory.geojson has SHA-256" in problems[0]
    with pytest.raises(UnverifiedError, match="install the program again"):
        shipped.layer_bytes("kosovo/territory.geojson", folder)


def test_a_missing_file_and_a_file_that_nobody_listed_are_noticed(folder: Path) -> None:
    (folder / "cyprus" / "sectors.geojson").unlink()
    (folder / "cyprus" / "extra.geojson").write_text("{}", encoding="utf-8")
    problems = shipped.verify(folder)
    assert [problem.split()[0] for problem in problems] == ["cyprus/extra.geojson", "The"]
    assert "cyprus/sectors.geojson is missing" in problems[1]


def test_a_wrong_feature_count_and_a_path_without_entry_are_noticed(folder: Path) -> None:
    path = folder / "manifest.toml"
    text = path.read_text(encoding="utf-8")
    text = text.replace('sectors = "cyprus/sectors.geojson"', 'sectors = "cyprus/lost.geojson"')
    head, table = text.split('path = "cyprus/sectors.geojson"')
    path.write_text(f'{head}path = "cyprus/sectors.geojson"{table.replace("features = 1", "features = 2", 1)}')
    assert shipped.verify(folder) == (
        "cyprus/lost.geojson is used by a mission but not in the manifest.",
        "cyprus/sectors.geojson holds 1 features where the manifest says 2.",
    )


@pytest.mark.parametrize(
    ("before", "after", "fact"),
    [
        ('format = "geo-offlimits/layers/1"\n', 'format = "geo-offlimits/layers/2"\n', "layers/2"),
        ('credit = "', 'credits = "', "lacks or misstates a field"),
        ('organisation = "NATO"', 'organisation = "nato"', "lacks or misstates a field"),
        ("[[missions]]", "[[missions]", "cannot be read"),
    ],
)
def test_a_manifest_that_cannot_be_understood_is_refused(folder: Path, before: str, after: str, fact: str) -> None:
    path = folder / "manifest.toml"
    text = path.read_text(encoding="utf-8")
    # The comment at the top quotes the format too; only the table itself is changed.
    at = text.rindex(before)
    path.write_text(text[:at] + after + text[at + len(before) :], encoding="utf-8")
    (problem,) = shipped.verify(folder)
    assert fact in problem


def test_an_included_manifest_adds_missions_and_layers_with_its_own_folder(folder: Path) -> None:
    text = (folder / "manifest.toml").read_text(encoding="utf-8")
    tables = [table for table in text.split("\n[[") if table.startswith("layers]]") and "kosovo/" in table]
    mission = next(table for table in text.split("\n[[") if 'code = "KFOR"' in table).replace("KFOR", "TWIN")
    shutil.copytree(folder / "kosovo", folder / "twin" / "kosovo")
    head = 'format = "geo-offlimits/layers/1"\n'
    (folder / "twin" / "manifest.toml").write_text(head + "\n[[".join(["", *tables, mission]), encoding="utf-8")
    line = next((line for line in text.splitlines() if line.startswith("include")), "")
    text = text.replace(line + "\n", "") if line else text
    (folder / "manifest.toml").write_text(text.replace(f"\n{head}", f'\n{head}include = ["twin/manifest.toml"]\n'))
    known = shipped.manifest(folder)
    assert known.missions[-1].code == "TWIN"
    assert known.missions[-1].territory == "twin/kosovo/territory.geojson"
    assert known.missions[-1].sectors is None
    assert known.layer("twin/kosovo/basemap.json").kind == "basemap"


def test_an_included_manifest_that_is_not_there_is_refused(folder: Path) -> None:
    path = folder / "manifest.toml"
    text = path.read_text(encoding="utf-8")
    kept = "\n".join(line for line in text.splitlines() if not line.startswith("include"))
    path.write_text(kept.replace('\ncredit = "', '\ninclude = ["lost/manifest.toml"]\ncredit = "', 1))
    with pytest.raises(shipped.DamagedLayersError, match=r"lost/manifest\.toml cannot be read"):
        shipped.manifest(folder)


@pytest.mark.parametrize("reference", ["UNMIK", " unmik ", "iso:XK", "ISO:xk"])
def test_a_mission_and_its_iso_code_give_the_same_finer_territory(reference: str) -> None:
    territory = shipped.territory(reference)
    assert (territory.kind, territory.name) == ("territory", "Kosovo (UNSCR 1244)")
    assert shapely.get_num_coordinates(territory.geometry) > 200


def test_another_country_comes_from_the_world_file_in_the_same_form() -> None:
    territory = shipped.territory("iso:MT")
    assert (territory.kind, territory.name) == ("territory", "Malta")
    assert territory.geometry.contains(shapely.Point(14.4, 35.9))


@pytest.mark.parametrize(
    ("reference", "remedy"),
    [
        ("iso:ZZ", "check the ISO 3166-1 code"),
        ("iso:KOSOVO", "two letters such as iso:XK"),
        ("iso:", "two letters such as iso:XK"),
        ("iso:F'", "two letters such as iso:XK"),
        ("country:FR", "two letters such as iso:XK"),
        ("UNKNOWN", "use one of UNMIK, KFOR"),
        ("", "use one of UNMIK, KFOR"),
    ],
)
def test_a_wrong_reference_is_refused_with_its_remedy(reference: str, remedy: str) -> None:
    with pytest.raises(InputError, match=remedy) as refusal:
        shipped.territory(reference)
    assert repr(reference) in str(refusal.value)
    assert refusal.value.issues[0].field == "territory"


def test_a_mission_is_found_by_its_code_in_any_case_and_an_unknown_one_refused() -> None:
    assert shipped.shipped_mission("monusco").timezone == "Africa/Lubumbashi"
    assert shipped.shipped_mission("UNFICYP").mandate_start.isoformat() == "1964-03-04"
    with pytest.raises(shipped.UnknownTerritoryError, match="use one of"):
        shipped.shipped_mission("UNPROFOR")


def test_a_mission_without_shipped_sectors_has_none() -> None:
    assert shipped.sectors("KFOR") == ()
    assert [sector.kind for sector in shipped.sectors("UNFICYP")] == ["sector"]


@pytest.mark.parametrize("code", [mission.code for mission in shipped.shipped_missions()])
def test_what_is_shipped_fits_the_one_table_of_boundaries(code: str) -> None:
    layer = boundaries_layer((shipped.territory(code), *shipped.sectors(code)))
    assert layer.columns.tolist() == [column.name for column in BOUNDARIES]
    assert layer["kind"].tolist()[0] == "territory"


def test_a_layer_is_given_as_a_real_file() -> None:
    with shipped.layer_path("cyprus/sectors.geojson") as path:
        assert path.read_bytes() == shipped.layer_bytes("cyprus/sectors.geojson")
    with pytest.raises(shipped.DamagedLayersError, match="not in the manifest"), shipped.layer_path("../setup.cfg"):
        pass


def test_the_background_of_a_shipped_mission_is_its_file_byte_for_byte() -> None:
    assert shipped.basemap_bytes("UNMIK") == shipped.basemap_bytes("iso:xk")
    assert shipped.basemap_bytes("UNMIK") == shipped.layer_bytes("kosovo/basemap.json")


@pytest.mark.parametrize(("reference", "neighbour"), [("iso:LB", "Israel"), ("iso:RU", "Finland"), ("iso:FJ", "Tonga")])
def test_any_other_country_gets_a_background_of_outlines(reference: str, neighbour: str) -> None:
    content = json.loads(shipped.basemap_bytes(reference))
    kinds = [feature["properties"]["kind"] for feature in content["features"]]
    assert kinds[0] == "mission"
    assert set(kinds[1:]) == {"neighbour"}
    assert neighbour in {feature["properties"]["name"] for feature in content["features"]}
    assert content["credit"] == shipped.manifest().credit
    west, south, east, north = content["bbox"]
    assert -180 <= west < east <= 180
    assert -90 <= south < north <= 90


def test_a_territory_file_in_the_open_sea_gets_a_background_too(written: Callable[..., Path]) -> None:
    own = territory_from_file(written(shapely.box(-30.0, 0.0, -29.5, 0.5)))
    content = json.loads(shipped.basemap_around(own))
    assert [feature["properties"] for feature in content["features"]] == [{"kind": "mission", "name": "island"}]


@pytest.mark.parametrize("geometries", [(ISLAND,), (HOLED,), (ISLAND, ISLET), (shapely.MultiPolygon([ISLAND, ISLET]),)])
def test_a_territory_file_becomes_one_boundary_named_by_the_file(
    written: Callable[..., Path], geometries: tuple[shapely.Geometry, ...]
) -> None:
    territory = territory_from_file(written(*geometries))
    assert (territory.kind, territory.name) == ("territory", "island")
    assert territory.geometry.equals(shapely.union_all(geometries))


@pytest.mark.parametrize(("suffix", "driver"), [("gpkg", "GPKG"), ("fgb", "FlatGeobuf"), ("shp", "ESRI Shapefile")])
def test_other_formats_and_grids_give_the_same_territory(tmp_path: Path, suffix: str, driver: str) -> None:
    path = tmp_path / f"island.{suffix}"
    gpd.GeoDataFrame(geometry=[ISLAND], crs=4326).to_crs(32632).to_file(path, driver=driver, engine="fiona")
    assert shapely.hausdorff_distance(territory_from_file(path).geometry, ISLAND) < 1e-6


def test_heights_are_left_out(written: Callable[..., Path]) -> None:
    assert not territory_from_file(written(shapely.force_3d(ISLAND, 7.0))).geometry.has_z


def test_sectors_of_a_file_keep_their_names(written: Callable[..., Path]) -> None:
    sectors = sectors_from_file(written(ISLAND, ISLET, names=("North", "{{ 7*7 }}")))
    assert [(sector.kind, sector.name) for sector in sectors] == [("sector", "North"), ("sector", "{{ 7*7 }}")]


@pytest.mark.parametrize(
    ("names", "fact"),
    [((), "without a name"), (("North", " "), "without a name"), (("North", "North"), "names two sectors alike")],
)
def test_sectors_without_names_of_their_own_are_refused(
    written: Callable[..., Path], names: tuple[str, ...], fact: str
) -> None:
    with pytest.raises(BoundaryFileError, match=fact):
        sectors_from_file(written(ISLAND, ISLET, names=names))


@pytest.mark.parametrize(
    ("geometry", "fact"),
    [
        (BOW_TIE, "invalid polygon in feature 1"),
        (shapely.Point(10, 50), "no polygon in feature 1"),
        (shapely.LineString([(10, 50), (11, 51)]), "no polygon in feature 1"),
        (shapely.Polygon(), "no polygon in feature 1"),
        (None, "no polygon in feature 1|holds no geometry"),
        (shapely.box(10.0, 50.0, 190.0, 51.0), "beyond longitude ±180"),
        (shapely.box(600_000.0, 4_700_000.0, 601_000.0, 4_701_000.0), "save it in EPSG:4326"),
        ({"type": "Polygon", "coordinates": [[[10, 50], [11, 50], [float("nan"), 51], [10, 50]]]}, "island.geojson"),
        ({"type": "Polygon", "coordinates": [[[10, 50], [11, 50]]]}, "island.geojson"),
        ({"type": "Polygon", "coordinates": []}, "island.geojson"),
    ],
)
def test_a_boundary_that_is_no_sound_polygon_is_refused_and_never_repaired(
    written: Callable[..., Path], geometry: Any, fact: str
) -> None:
    with pytest.raises(BoundaryFileError, match=fact):
        territory_from_file(written(geometry))


def test_swapped_columns_are_hinted_at(written: Callable[..., Path]) -> None:
    with pytest.raises(BoundaryFileError, match="are longitude and latitude swapped"):
        territory_from_file(written(shapely.box(-20.0, 120.0, -19.0, 121.0)))


def test_a_file_without_features_is_refused(written: Callable[..., Path]) -> None:
    with pytest.raises(BoundaryFileError, match="holds no geometry"):
        territory_from_file(written())


def test_an_unknown_reference_system_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "island.shp"
    gpd.GeoDataFrame(geometry=[ISLAND], crs=4326).to_file(path, engine="fiona")
    path.with_suffix(".prj").unlink()
    with pytest.raises(BoundaryFileError, match="does not say its coordinate reference system; save it in EPSG:4326"):
        territory_from_file(path)


def test_a_reference_system_beyond_the_list_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "island.gpkg"
    gpd.GeoDataFrame(geometry=[ISLAND], crs=4326).to_crs(31467).to_file(path, driver="GPKG", engine="fiona")
    with pytest.raises(BoundaryFileError, match=r"Gauss-Kruger.* which is not read here"):
        territory_from_file(path)


def test_a_file_with_two_layers_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "island.gpkg"
    for layer in ("one", "two"):
        gpd.GeoDataFrame(geometry=[ISLAND], crs=4326).to_file(path, driver="GPKG", layer=layer, engine="fiona")
    with pytest.raises(BoundaryFileError, match="has 2 layers"):
        territory_from_file(path)


@pytest.mark.parametrize("name", ["island.vrt", "island.zip", "island", "island.kml"])
def test_a_kind_of_file_beyond_the_list_is_refused_unopened(tmp_path: Path, name: str) -> None:
    with pytest.raises(BoundaryFileError, match="is of a kind that is not read; save it as one of"):
        territory_from_file(tmp_path / name)


@pytest.mark.parametrize("name", ["island.geojson", "island.gpkg", "island.fgb"])
def test_another_format_in_disguise_is_not_opened(tmp_path: Path, written: Callable[..., Path], name: str) -> None:
    source = written(ISLAND, name="secret.geojson")
    layer = f'<OGRVRTLayer name="secret"><SrcDataSource>{source}</SrcDataSource></OGRVRTLayer>'
    path = tmp_path / name
    path.write_text(f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>", encoding="utf-8")
    with pytest.raises(BoundaryFileError, match="cannot be read as"):
        territory_from_file(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BoundaryFileError, match=r"island\.geojson is not there; check the path"):
        territory_from_file(tmp_path / "island.geojson")


@pytest.mark.parametrize(
    ("limit", "value", "fact"),
    [
        ("MAX_FILE_BYTES", 100, "is larger than"),
        ("MAX_FEATURES", 1, "holds more than 1 features"),
        ("MAX_VERTICES", 9, "holds 10 vertices, more than 9"),
    ],
)
def test_a_file_beyond_a_limit_is_refused(
    written: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, limit: str, value: int, fact: str
) -> None:
    path = written(ISLAND, ISLET)
    territory_from_file(path)
    monkeypatch.setattr(boundary_files, limit, value)
    with pytest.raises(BoundaryFileError, match=fact):
        territory_from_file(path)
