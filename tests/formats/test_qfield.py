"""The package for QField: QGIS opens it, GDAL reads it, and the zones hold whoever comes near."""

import io
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from pyproj import Geod
from shapely.geometry import Point, Polygon

from geo_offlimits.domain.edition import Edition
from geo_offlimits.formats import geopackage, qfield
from geo_offlimits.formats.excerpt import Excerpt
from tests.formats.conftest import listed
from tests.formats.qgis import in_qgis
from tests.formats.test_geopackage import excerpt, of

__all__ = ["excerpt"]
GEOD = Geod(ellps="WGS84")


@pytest.fixture
def folder(excerpt: Excerpt, tmp_path: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(qfield.write(excerpt))) as packed:
        packed.extractall(tmp_path)
    return tmp_path


def test_it_is_a_project_beside_its_geopackage(excerpt: Excerpt, folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {"offlimits.qgs", "offlimits.gpkg"}
    project = ET.parse(folder / "offlimits.qgs").getroot()  # noqa: S314  (see above)
    sources = [source.text or "" for source in project.iter("datasource")]
    assert len(sources) == 5
    assert all(source.startswith("./offlimits.gpkg|layername=") for source in sources)
    assert "Current until 2026-04-01 · suspected, precautionary" in (project.findtext("title") or "")
    facts = {one.tag: one.text for one in project.find("properties/qfieldsync") or ()}
    assert facts == {
        "geofencingIsActive": "true",
        "geofencingLayer": "offlimits_alarm_zones",
        "geofencingBehavior": "1",
    }
    assert "offlimits_alarm_zones" in [one.text for one in project.iter("id")]
    premises = gpd.read_file(folder / "offlimits.gpkg", layer="premises")
    assert list(premises["name"]) == [entry.name for entry in excerpt.entries]


def test_each_zone_holds_the_footprint_and_whoever_is_within_fifty_metres(excerpt: Excerpt, folder: Path) -> None:
    zones = gpd.read_file(folder / "offlimits.gpkg", layer="alarm_zones").set_index("entry_id").geometry
    assert list(zones.index) == [placed.entry.entry_id for placed in excerpt.placed]
    for placed in excerpt.placed:
        zone = zones[placed.entry.entry_id]
        assert zone.is_valid
        assert zone.buffer(1e-9).covers(placed.footprint)
        assert shapely.box(-180, -90, 180, 90).covers(zone)
        for lon, lat in shapely.get_coordinates(placed.footprint):
            for bearing_deg in range(0, 360, 15):
                there = GEOD.fwd(lon, lat, bearing_deg, 49.9)[:2]
                assert zone.covers(Point(there)), (placed.entry.entry_id, bearing_deg)


@pytest.mark.parametrize("lat", [-78.0, -42.0, 0.0, 60.0, 78.0])
def test_a_zone_is_hardly_larger_than_it_must_be(edition: Edition, lat: float) -> None:
    door = listed(1, "Blue Lantern", geometry=Point(-40.0, lat), uncertainty_m=80.0)
    (zone,) = qfield.alarm_zones(of(replace(edition, entries=(door,))).placed).geometry
    assert isinstance(zone, Polygon)
    for lon, corner in shapely.get_coordinates(zone):
        assert 80.0 <= GEOD.inv(-40.0, lat, lon, corner)[2] <= 82.0


def test_a_list_without_places_is_a_project_all_the_same(edition: Edition, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(qfield.write(of(replace(edition, entries=()))))) as packed:
        packed.extractall(tmp_path)
    assert len(gpd.read_file(tmp_path / "offlimits.gpkg", layer="alarm_zones")) == 0


def test_the_same_list_gives_the_same_bytes(excerpt: Excerpt) -> None:
    assert qfield.write(excerpt) == qfield.write(excerpt)
    assert qfield.write(excerpt) != geopackage.write(excerpt)


OPENED = """
import sys
from qgis.core import QgsApplication, QgsProject
QgsApplication.setPrefixPath("/usr", True)
app = QgsApplication([], False)
app.initQgis()
project = QgsProject.instance()
print(project.read(sys.argv[1]), project.title(), project.crs().authid(), sep=";")
for layer in project.mapLayers().values():
    print(layer.id(), layer.isValid(), layer.readOnly(), layer.featureCount(), layer.displayExpression(), sep=";")
print(project.readBoolEntry("qfieldsync", "geofencingIsActive", False)[0])
print(project.mapLayer(project.readEntry("qfieldsync", "geofencingLayer")[0]).geometryType())
print(project.readNumEntry("qfieldsync", "geofencingBehavior", 2)[0])
layer = None
project.clear()
app.exitQgis()
"""


def test_qgis_opens_the_project_as_qfield_does(folder: Path) -> None:
    opened, *layers, is_active, kind, behaviour = in_qgis(OPENED, folder / "offlimits.qgs")
    assert opened.split(";") == ["True", "DEMO 4 · Current until 2026-04-01 · suspected, precautionary", "EPSG:4326"]
    assert sorted(layers) == [
        'offlimits_alarm_zones;True;True;7;"name"',
        'offlimits_boundaries;True;True;1;"name"',
        'offlimits_edition;True;True;13;"text"',
        'offlimits_outlines;True;True;3;"name"',
        'offlimits_premises;True;True;4;"name"',
    ]
    # A layer of polygons, and an alert when inside.
    assert (is_active, kind, behaviour) == ("True", "2", "1")
