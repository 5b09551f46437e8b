"""What is exported comes back: every entry with a place, its name as it was, its place to the centimetre."""

from collections.abc import Callable

import pytest
import shapely

from geo_offlimits.domain.premises import SubjectKind
from geo_offlimits.formats import csv_list, geojson_part, geopackage, gpx, kml, xlsx
from geo_offlimits.formats.excerpt import Excerpt
from geo_offlimits.formats.reader import Table, read_rows
from tests.formats.exported import ENTRIES, excerpt

WRITERS: dict[str, Callable[[Excerpt], bytes]] = {
    "list.kml": kml.write,
    "list.kmz": kml.write_packed,
    "list.gpx": gpx.write,
    "list.geojson": geojson_part.write,
    "list.csv": csv_list.write,
    "list.xlsx": xlsx.write,
    "list.gpkg": geopackage.write,
}
# XML and cells hold no control characters, KML nothing that a viewer takes for a tag, GDAL no text behind a NUL.
PLAIN = [entry for entry in ENTRIES if not set(entry.name) & set("\x00\x07\ufffe<>")]
A_CENTIMETRE = 1e-7


def returned(name: str) -> Table:
    return read_rows((name, WRITERS[name](excerpt())))


@pytest.mark.parametrize("name", WRITERS)
def test_every_entry_with_a_place_comes_back_under_its_name(name: str) -> None:
    table = returned(name)
    assert [issue for issue in table.issues if issue.row is not None] == []
    names = [row.values["name"] for row in table.rows]
    for entry in (one for one in PLAIN if one.subject is not SubjectKind.CATEGORY_RULE):
        kept = any(told == entry.name or told.startswith(f"{entry.name[:20]}") for told in names)
        assert kept or entry.geometry is None, entry.name


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx", "list.geojson", "list.gpkg"])
def test_what_a_spreadsheet_would_run_or_rewrite_comes_back_as_it_was(name: str) -> None:
    names = [row.values["name"] for row in returned(name).rows]
    assert {entry.name for entry in PLAIN} <= set(names)


@pytest.mark.parametrize("name", ["list.kml", "list.kmz", "list.geojson", "list.gpkg"])
def test_an_outline_comes_back_as_it_was_and_once(name: str) -> None:
    outlined = [entry for entry in ENTRIES if entry.name in {"Ring street", "Date line quarter"}]
    held = {row.values["name"]: row.geometry for row in returned(name).rows}
    for entry in outlined:
        assert entry.geometry is not None
        geometry = held[entry.name]
        assert geometry is not None
        assert shapely.hausdorff_distance(geometry, entry.geometry) <= A_CENTIMETRE


def test_the_layer_with_the_list_is_chosen_and_the_others_are_told() -> None:
    assert [issue.value for issue in returned("list.gpkg").issues] == ["boundaries"]
