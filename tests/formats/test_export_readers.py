"""The exports read back by software that is not ours: GDAL (by pyogrio and by Fiona's own), gpsbabel, openpyxl."""

import csv
import io
import os
import shutil
import subprocess
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import fiona
import openpyxl
import pyogrio
import pytest
from shapely import Polygon, box
from shapely.geometry import shape

from geo_offlimits.formats.cells import restored
from geo_offlimits.formats.kml import write_link
from geo_offlimits.lookup.geodesy import GEOD
from geo_offlimits.services.forms import FORMS
from tests.formats.conftest import listed
from tests.formats.exported import ENTRIES, HOSTILE, NAMES, PLACED, SHA256, excerpt

WITHIN_M = 0.1
GARMIN = {
    "gpxx": "http://www.garmin.com/xmlschemas/GpxExtensions/v3",
    "wptx1": "http://www.garmin.com/xmlschemas/WaypointExtension/v1",
    "gpx": "http://www.topografix.com/GPX/1/1",
    "osmand": "https://osmand.net",
}
KML = {"kml": "http://www.opengis.net/kml/2.2"}
# What XML cannot hold is replaced, and a tag's brackets where programs show HTML.
XML_NAMES = {"a\x00b\x07c\ufffe": "a\ufffdb\ufffdc\ufffd"}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each format written once."""
    folder = tmp_path_factory.mktemp("exports")
    found = {name: folder / f"list.{name}" for name in FORMS if name != "pdf"}  # tests/formats/test_pdf.py reads it
    for name, path in found.items():
        path.write_bytes(FORMS[name].written(excerpt()))
    return found


@pytest.fixture(scope="session")
def gpsbabel() -> str:
    program = shutil.which("gpsbabel")
    if not program:
        reason = "no gpsbabel on this machine; install it (for instance: apt-get install gpsbabel)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return program


def assert_places(found: Iterable[tuple[float, float]]) -> None:
    """Longitude and latitude of every placed entry, in the order of the edition."""
    places = list(found)
    placed = excerpt().placed
    assert len(places) == len(placed) == PLACED
    for (lon, lat), one in zip(places, placed, strict=True):
        assert GEOD.inv(lon, lat, one.lon, one.lat)[2] < WITHIN_M, one.entry.entry_id


def in_order(kml_points: Iterable[tuple[str, float, float]]) -> list[tuple[float, float]]:
    """KML stands by sector: put back in the order of the ids."""
    return [(lon, lat) for _, lon, lat in sorted(kml_points)]


def as_told(name: str, *, tags: bool = True) -> str:
    told = XML_NAMES.get(name, name)
    return told if tags else told.replace("<", "‹").replace(">", "›")


# GDAL guesses that an extension is a number, and then finds an element in it.
@pytest.mark.filterwarnings("ignore:Value .*Proximity.* parsed incompletely:RuntimeWarning")
def test_gdal_reads_every_waypoint_of_the_gpx_with_its_short_name(files: dict[str, Path]) -> None:
    layer = pyogrio.read_dataframe(files["gpx"], layer="waypoints")
    assert_places(zip(layer.geometry.x, layer.geometry.y, strict=True))
    assert layer["name"].is_unique
    assert layer["name"].str.len().max() <= 30
    for at, name in enumerate(NAMES.values()):
        assert layer["name"][at] == f"{name} {at + 1:04}"
        assert name in layer["desc"][at]
    for at, name in enumerate(HOSTILE, len(NAMES)):
        assert as_told(name, tags=False) in layer["desc"][at], name
    assert set(layer["sym"]) == {"Restricted Area", "Danger Area"}
    tracks = pyogrio.read_dataframe(files["gpx"], layer="tracks")
    assert list(tracks["name"]) == ["Ring street 0101", "Date line quarter 0102"]
    assert [len(shape.geoms) for shape in tracks.geometry] == [2, 2]


def test_fiona_reads_the_same_from_the_gpx(files: dict[str, Path]) -> None:
    with fiona.open(files["gpx"], layer="waypoints") as layer:
        assert_places(one["geometry"]["coordinates"][:2] for one in layer)


def test_gpsbabel_reads_the_gpx_and_keeps_every_name(files: dict[str, Path], gpsbabel: str) -> None:
    command = [gpsbabel, "-i", "gpx", "-f", str(files["gpx"]), "-o", "unicsv,utc=0", "-F", "-"]
    told = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout.decode("utf-8")
    rows = list(csv.DictReader(io.StringIO(told)))
    # It tells degrees to six decimals.
    assert len(rows) == PLACED
    for row, one in zip(rows, excerpt().placed, strict=True):
        assert GEOD.inv(float(row["Longitude"]), float(row["Latitude"]), one.lon, one.lat)[2] < WITHIN_M
    assert [row["Name"] for row in rows[: len(NAMES)]] == [
        f"{name} {at:04}" for at, name in enumerate(NAMES.values(), 1)
    ]


def test_every_waypoint_warns_in_both_of_garmins_ways_as_far_as_its_footprint_reaches(files: dict[str, Path]) -> None:
    root = ET.fromstring(files["gpx"].read_bytes())  # noqa: S314  (ours)
    waypoints, alarms = root.findall("gpx:wpt", GARMIN), []
    for waypoint, one in zip(waypoints, excerpt().placed, strict=True):
        told = [
            waypoint.findtext(f"gpx:extensions/{kind}:WaypointExtension/{kind}:Proximity", None, GARMIN)
            for kind in ("gpxx", "wptx1")
        ]
        assert told == [str(one.alarm_m)] * 2
        alarms.append(told[0])
        corners = (
            [(one.lon, one.lat)] if not one.is_outlined else [corner for ring in one.rings for corner in ring.tolist()]
        )
        assert all(GEOD.inv(lon, lat, one.lon, one.lat)[2] <= one.alarm_m for lon, lat in corners)
    assert [int(told or 0) for told in (alarms[0], alarms[-1])] == [50, 76]  # of the last 75.5 m are unsure


@pytest.mark.parametrize("form", ["kml", "kmz"])
def test_gdal_reads_every_point_of_the_kml_in_folders_by_sector_and_every_outline(
    files: dict[str, Path], form: str
) -> None:
    folders = [str(name) for name, _ in pyogrio.list_layers(files[form])]
    assert folders == ["North", "No sector", "Outlines"]
    layers = {name: pyogrio.read_dataframe(files[form], layer=name) for name in folders}
    points = [
        (row.entry_id, row.geometry.x, row.geometry.y) for name in folders[:2] for row in layers[name].itertuples()
    ]
    assert_places(in_order(points))
    names = set(layers["North"]["Name"])
    assert not {as_told(name, tags=False) for name in (*NAMES.values(), *HOSTILE)} - names
    ring, quarter = layers["Outlines"].geometry
    assert ring.equals(ENTRIES[-6].geometry)
    assert quarter.equals(ENTRIES[-5].geometry)
    assert str(layers["North"]["begin"][0]).startswith("2026-03-01 09:00:00")


def test_fiona_reads_the_same_from_the_kml(files: dict[str, Path]) -> None:
    points = []
    for folder in ("North", "No sector"):
        with fiona.open(files["kml"], layer=folder, allow_unsupported_drivers=True) as layer:
            points += [(one["properties"]["Description"], *shape(one["geometry"]).coords[0][:2]) for one in layer]
    assert_places(in_order(points))


def test_gpsbabel_reads_the_kml(files: dict[str, Path], gpsbabel: str) -> None:
    command = [gpsbabel, "-i", "kml", "-f", str(files["kml"]), "-o", "unicsv,utc=0", "-F", "-"]
    told = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout.decode("utf-8")
    names = {row["Name"] for row in csv.DictReader(io.StringIO(told))}
    assert not set(NAMES.values()) - names


def test_the_kml_shows_no_balloon_no_tag_and_each_placemark_by_an_id_of_its_own(files: dict[str, Path]) -> None:
    root = ET.fromstring(files["kml"].read_bytes())  # noqa: S314  (ours)
    styles = root.findall(".//kml:Style", KML)
    assert [style.findtext("kml:BalloonStyle/kml:displayMode", None, KML) for style in styles] == ["hide", "hide"]
    shown = {f"#{style.get('id')}" for style in styles}
    assert {one.text for one in root.iterfind(".//kml:styleUrl", KML)} == shown
    marks = root.findall(".//kml:Placemark", KML)
    assert len({mark.get("id") for mark in marks}) == len(marks) == PLACED + 2
    for text in root.iterfind(".//kml:description", KML):
        assert not {"<", ">"} & set(text.text or "")


def test_gdal_reads_every_row_of_the_csv_with_its_place(files: dict[str, Path]) -> None:
    options = {"X_POSSIBLE_NAMES": "Longitude", "Y_POSSIBLE_NAMES": "Latitude"}
    layer = pyogrio.read_dataframe(files["csv"], **options)
    assert len(layer) == len(ENTRIES)
    placed = layer[~(layer.geometry.isna() | layer.geometry.is_empty)]
    assert_places(zip(placed.geometry.x, placed.geometry.y, strict=True))
    assert [restored(name) for name in layer["Name"][: len(NAMES)]] == list(NAMES.values())
    assert set(layer["SHA-256"]) == {SHA256}
    assert set(layer["Current until"]) == {"2026-04-01T09:00:00Z"}


def test_the_csv_is_rfc_4180_in_utf_8_with_a_mark_and_no_cell_runs(files: dict[str, Path]) -> None:
    content = files["csv"].read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    assert content.count(b"\r\n") == len(rows) + 1
    assert {len(row) for row in rows} == {len(header)}
    numbers = {header.index(one) for one in ("Latitude", "Longitude", "Uncertainty (m)", "Warn within (m)")}
    for row, entry in zip(rows, ENTRIES, strict=True):
        assert restored(row[1]) == entry.name.translate({0: "\ufffd", 7: "\ufffd"})
        running = [cell for at, cell in enumerate(row) if at not in numbers and cell.strip().startswith(tuple("=+-@"))]
        assert running == []


def read_workbook(path: Path, reader: str) -> tuple[list[str], list[list[Any]]]:
    """Headings and rows of the sheet with the list, empty cells as None."""
    if reader == "gdal":
        layer = pyogrio.read_dataframe(path, layer="The list")
        return list(layer.columns), layer.astype(object).where(layer.notna(), None).to_numpy().tolist()
    header, *rows = ([cell.value for cell in row] for row in openpyxl.load_workbook(path)["The list"].iter_rows())
    return [str(heading) for heading in header], rows


@pytest.mark.parametrize("reader", ["openpyxl", "gdal"])
def test_the_workbook_is_read_with_every_entry(files: dict[str, Path], reader: str) -> None:
    header, rows = read_workbook(files["xlsx"], reader)
    name, lon, lat, place = (header.index(one) for one in ("Name", "Longitude", "Latitude", "Place"))
    assert len(rows) == len(ENTRIES)
    assert_places((row[lon], row[lat]) for row in rows if row[lon] is not None)
    told = [restored(row[name]) for row in rows]
    assert told[: len(NAMES)] == list(NAMES.values())
    assert "</name><script>alert(1)</script>" in told
    assert [row[place] for row in rows[-3:-1]] == ["its place is not known", "a rule for all of this kind"]


def test_every_cell_of_the_workbook_is_a_text_or_a_number_and_none_would_run(files: dict[str, Path]) -> None:
    for sheet in openpyxl.load_workbook(files["xlsx"]).worksheets:
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert {cell.data_type for cell in cells} <= {"s", "n"}
        assert [cell.value for cell in cells if str(cell.value).startswith(tuple("=+@"))] == []


def test_the_workbook_freezes_and_filters_its_header_and_has_a_sheet_about_the_list(files: dict[str, Path]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        book = openpyxl.load_workbook(files["xlsx"])
    sheet, about = book.worksheets
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", sheet.dimensions)
    told = [tuple(cell.value for cell in row) for row in about.iter_rows()]
    assert ("SHA-256", SHA256) in told
    assert ("Current until", "2026-04-01T09:00:00Z") in told
    assert sum(heading == "Not on the map:" for heading, _ in told) == 3


def test_a_link_fetches_the_current_list_every_hour_and_holds_no_list_and_no_token() -> None:
    address = "https://lists.example/missions/DEMO/editions/current/export.kml?sector=A%26B&near=1,2"
    content = write_link("DEMO", address)
    root = ET.fromstring(content)  # noqa: S314  (ours)
    assert root.findtext("kml:NetworkLink/kml:Link/kml:href", None, KML) == address
    assert [child.tag.rpartition("}")[2] for child in root.findall("kml:NetworkLink/kml:Link/*", KML)] == [
        "href",
        "refreshMode",
        "refreshInterval",
    ]
    assert root.findall(".//kml:Placemark", KML) == []


@pytest.mark.parametrize("footprint", [box(-45, -5, -35, 5), box(0, 60, 30, 70), box(-180, 85, 180, 90)])
def test_a_wide_footprint_is_reached_to_its_last_corner_and_not_much_farther(footprint: Polygon) -> None:
    (one,) = replace(excerpt(), entries=(listed(1, "Wide", geometry=footprint),)).placed
    farthest_m = max(GEOD.inv(lon, lat, one.lon, one.lat)[2] for ring in one.rings for lon, lat in ring.tolist())
    assert farthest_m <= one.alarm_m <= 1.02 * farthest_m
