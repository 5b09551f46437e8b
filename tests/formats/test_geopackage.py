"""A GeoPackage as other programs read it: GDAL by Fiona, pyogrio and ogrinfo, SQLite, QGIS where it is installed."""

import json
import pickle
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import fiona
import geopandas as gpd
import pyogrio
import pytest
from shapely.geometry import MultiPolygon, Point, box

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.edition import Edition, Entry
from geo_offlimits.domain.instants import ALWAYS
from geo_offlimits.domain.mission import Boundary, BoundaryKind
from geo_offlimits.domain.premises import Name, NameKind
from geo_offlimits.formats import edition as edition_file
from geo_offlimits.formats import geopackage
from geo_offlimits.formats.excerpt import Excerpt
from geo_offlimits.layer import boundaries_layer, entries_layer
from tests.formats.conftest import listed
from tests.formats.qgis import in_qgis

FINGERPRINT = "5f0c" * 16
SCRIPTS = ("Zoë’s", "Плава лампа", "Μπλε φανάρι", "الفانوس الأزرق", "המנורה", "青灯")
ACROSS = MultiPolygon([box(179.9, 1.0, 180.0, 1.1), box(-180.0, 1.0, -179.9, 1.1)])


@pytest.fixture
def excerpt(edition: Edition) -> Excerpt:
    """The list of the other formats, with every script, hostile names and both sides of the antimeridian."""
    names = tuple(Name(text=text, kind=NameKind.ALIAS) for text in SCRIPTS)
    more = (
        listed(7, "Blue Lantern Annex", names=names, geometry=Point(-179.9999999, -16.5)),
        listed(8, "'); DROP TABLE premises;--", geometry=ACROSS),
        listed(
            9, "</Option><script>{{7*7}}\u202e", restriction=Restriction.CAUTION, geometry=box(10.0, 0.0, 10.1, 0.1)
        ),
    )
    land = Boundary(kind=BoundaryKind.TERRITORY, name="Ile", valid=ALWAYS, geometry=box(-41.0, 12.0, -40.0, 13.0))
    whole = replace(edition, entries=(*edition.entries, *more), boundaries=(land,))
    return of(whole)


def of(edition: Edition, entries: tuple[Entry, ...] | None = None, **filtered: object) -> Excerpt:
    return Excerpt(
        edition=edition,
        sha256=edition_file.sha256(edition_file.encode(edition)),
        fingerprint=FINGERPRINT,
        entries=edition.entries if entries is None else entries,
        filtered=filtered,
    )


@pytest.fixture
def file(excerpt: Excerpt, tmp_path: Path) -> Path:
    return saved(geopackage.write(excerpt), tmp_path)


def saved(content: bytes, folder: Path) -> Path:
    path = folder / "list.gpkg"
    path.write_bytes(content)
    return path


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as file:
        yield file


def test_gdal_reads_both_layers_with_every_row_where_it_is(excerpt: Excerpt, file: Path) -> None:
    assert dict(pyogrio.list_layers(file)).keys() == {"premises", "boundaries", "edition", "layer_styles"}
    read = gpd.read_file(file, layer="premises")
    assert read.crs.to_epsg() == 4326
    assert list(read["entry_id"]) == [entry.entry_id for entry in excerpt.entries]
    expected = entries_layer(excerpt.entries).geometry
    assert list(read.geometry.isna()) == list(expected.isna())
    placed = expected.notna()
    # A ten-millionth of a degree is a hundredth of a metre.
    assert read.geometry[placed].geom_equals_exact(expected[placed], tolerance=1e-7).all()
    bounds = gpd.read_file(file, layer="boundaries")
    assert bounds.geometry[0].equals(boundaries_layer(excerpt.edition.boundaries).geometry[0])


def test_fiona_reads_the_names_of_every_script_as_they_were(excerpt: Excerpt, file: Path) -> None:
    with fiona.open(file, layer="premises") as layer:
        read = {feature["properties"]["entry_id"]: feature["properties"] for feature in layer}
    assert {one: facts["name"] for one, facts in read.items()} == {e.entry_id: e.name for e in excerpt.entries}
    assert read["DEMO-0007"]["names"] == "; ".join(SCRIPTS)
    assert read["DEMO-0002"]["hours"] == "Fri–Sat 20:00–04:00"
    assert read["DEMO-0002"]["applies_to"] == "Military, Police"
    assert read["DEMO-0002"]["exceptions"] == "Official duty"
    assert read["DEMO-0002"]["part"] == "the club only, 3, courtyard"
    assert read["DEMO-0002"]["until"].startswith("2026-08-31T22:00:00")


@pytest.mark.skipif(not shutil.which("ogrinfo"), reason="no ogrinfo on this machine; install gdal-bin")
def test_ogrinfo_tells_the_hash_and_the_expiry_and_warns_of_nothing(excerpt: Excerpt, file: Path) -> None:
    told = subprocess.run(["ogrinfo", "-so", "-al", file], capture_output=True, text=True, check=True)
    assert excerpt.sha256 in told.stdout
    assert "2026-04-01T09:00:00Z" in told.stdout
    assert "suspected, precautionary" in told.stdout
    assert f"Feature Count: {len(excerpt.entries)}" in told.stdout
    assert told.stderr == ""


def test_the_facts_and_what_is_on_no_map_stand_in_a_table(excerpt: Excerpt, file: Path) -> None:
    with opened(file) as read:
        rows = read.execute("SELECT heading, text FROM edition ORDER BY fid").fetchall()
    assert rows[: len(list(excerpt.facts()))] == list(excerpt.facts())
    assert [text for heading, text in rows if heading == "Not on the map"] == list(excerpt.off_map_lines())
    assert any("Unlicensed parlours" in text for _, text in rows)
    assert any("+000 100 200" in text for _, text in rows)
    metadata = pyogrio.read_info(file, layer="premises")["dataset_metadata"]
    assert (metadata["sha256"], metadata["key"]) == (excerpt.sha256, FINGERPRINT)
    assert "filtered" not in metadata


def test_a_part_says_that_it_is_one(edition: Edition, tmp_path: Path) -> None:
    file = saved(geopackage.write(of(edition, edition.entries[:2], sector="North")), tmp_path)
    metadata = pyogrio.read_info(file, layer="premises")["dataset_metadata"]
    assert json.loads(metadata["filtered"]) == {"sector": "North"}
    assert (metadata["entries"], metadata["entries_of_edition"]) == ("2", "6")
    with opened(file) as read:
        (told,) = read.execute("SELECT text FROM edition WHERE heading = 'Entries'").fetchone()
    assert told == "2 of 6; the others are left out, not cleared"


def test_a_list_without_entries_is_a_file_with_both_layers(edition: Edition, tmp_path: Path) -> None:
    file = saved(geopackage.write(of(replace(edition, entries=()))), tmp_path)
    assert len(gpd.read_file(file, layer="premises")) == 0
    assert len(gpd.read_file(file, layer="boundaries")) == 0


def test_the_file_is_sound_indexed_and_needs_no_journal(file: Path) -> None:
    with opened(file) as read:
        assert read.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert read.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        indexed = read.execute("SELECT table_name FROM gpkg_extensions WHERE extension_name = 'gpkg_rtree_index'")
        assert {table for (table,) in indexed} == {"premises", "boundaries"}
        assert read.execute("PRAGMA user_version").fetchone() == (10200,)
        found = read.execute("SELECT count(*) FROM rtree_premises_geom").fetchone()
    placed = gpd.read_file(file, layer="premises").geometry.notna().sum()
    assert found == (placed,)
    # Read and write versions of SQLite's header: 1 is a journal that is deleted, 2 would be a log beside the file.
    assert file.read_bytes()[18:20] == b"\x01\x01"


def test_a_spatial_question_is_answered_by_the_index(file: Path) -> None:
    found = pyogrio.read_dataframe(file, layer="premises", bbox=(-180.0, -17.0, -179.0, 1.05))
    assert set(found["entry_id"]) == {"DEMO-0007", "DEMO-0008"}


AGAIN = """
import sys, pickle
from geo_offlimits.formats import geopackage
sys.stdout.buffer.write(geopackage.write(pickle.load(sys.stdin.buffer)))
"""


def test_another_process_at_another_time_writes_the_same_bytes(excerpt: Excerpt) -> None:
    first = geopackage.write(excerpt)
    time.sleep(1.1)
    told = pickle.dumps(excerpt)
    other = subprocess.run([sys.executable, "-c", AGAIN], input=told, capture_output=True, check=True)
    assert other.stdout == first
    # Nothing of the day on which it was written.
    assert time.strftime("%Y-%m-%dT").encode() not in first


def test_qgis_finds_a_style_of_its_own_for_each_layer(file: Path) -> None:
    with opened(file) as read:
        styles = dict(read.execute("SELECT f_table_name, styleQML FROM layer_styles WHERE useAsDefault"))
    assert styles.keys() == {"premises", "boundaries"}
    assert "layerGeometryType" not in styles["premises"]
    assert {Restriction.OFF_LIMITS.value, Restriction.CAUTION.value} <= set(
        re.findall(r"restriction = '(\w+)'", styles["premises"])
    )


QGIS = """
import sys
from qgis.core import QgsApplication, QgsVectorLayer
QgsApplication.setPrefixPath("/usr", True)
app = QgsApplication([], False)
app.initQgis()
for part in ("premises|geometrytype=Point", "premises|geometrytype=Polygon", "boundaries", "edition"):
    layer = QgsVectorLayer(f"{sys.argv[1]}|layername={part}", part, "ogr")
    rules = layer.renderer().rootRule().children() if layer.isSpatial() else []
    kinds = sorted({type(rule.symbol().symbolLayer(0)).__name__ for rule in rules})
    print(part, layer.isValid(), layer.featureCount(), len(rules), *kinds, sep=";")
del layer  # before QGIS ends, which would fall over it
app.exitQgis()
"""


def test_qgis_opens_every_layer_in_its_style(file: Path) -> None:
    assert in_qgis(QGIS, file) == [
        "premises|geometrytype=Point;True;4;5;QgsSimpleFillSymbolLayer;QgsSimpleMarkerSymbolLayer",
        "premises|geometrytype=Polygon;True;3;5;QgsSimpleFillSymbolLayer;QgsSimpleMarkerSymbolLayer",
        "boundaries;True;1;2;QgsSimpleFillSymbolLayer",
        "edition;True;13;0",
    ]
