"""The bytes say what a file is, its name confirms; where they differ both facts are told."""

import io
import zipfile

import pytest

from geo_offlimits.formats.files import ImportFileError
from geo_offlimits.formats.kinds import Kind, kind_of


def archive(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name in names:
            packed.writestr(name, b"x")
    return file.getvalue()


HONEST = {
    Kind.CSV: ("l.csv", b"name\nA\n"),
    Kind.XLSX: ("l.xlsx", archive("[Content_Types].xml", "xl/workbook.xml")),
    Kind.GEOJSON: ("l.geojson", b' {"type": "FeatureCollection",\n "features": []}'),
    Kind.GEOJSON_LINES: ("l.geojsonl", b'{"type":"Feature"}\n{"type":"Feature"}\n'),
    Kind.KML: ("l.kml", b'\xef\xbb\xbf<?xml version="1.0"?><!-- <gpx> --><kml xmlns="x">'),
    Kind.KMZ: ("l.kmz", archive("doc.kml")),
    Kind.GPX: ("l.gpx", b'<?xml version="1.0"?><x:gpx xmlns:x="y">'),
    Kind.GEOPACKAGE: ("l.gpkg", b"SQLite format 3\0"),
    Kind.SHAPEFILE: ("l.zip", archive("a/b.shp", "a/b.dbf")),
    Kind.FLATGEOBUF: ("l.fgb", b"fgb\x03fgb\x00"),
}


@pytest.mark.parametrize("kind", HONEST)
def test_a_file_is_what_its_bytes_and_its_name_say(kind: Kind) -> None:
    assert kind_of(*HONEST[kind]) is kind


@pytest.mark.parametrize(("name", "kind"), [("l.json", Kind.GEOJSON_LINES), ("l.ndjson", Kind.GEOJSON)])
def test_a_feature_a_line_and_one_document_go_under_either_name(name: str, kind: Kind) -> None:
    assert kind_of(name, HONEST[kind][1]) is kind


def test_a_record_separator_tells_a_feature_a_line() -> None:
    assert kind_of("l.json", b'\x1e{"type":"Feature"}\n') is Kind.GEOJSON_LINES


@pytest.mark.parametrize("called", HONEST)
@pytest.mark.parametrize("is_", HONEST)
def test_a_file_under_the_name_of_another_kind_is_refused_with_both_facts(called: Kind, is_: Kind) -> None:
    name, content = HONEST[called][0], HONEST[is_][1]
    json = {Kind.GEOJSON, Kind.GEOJSON_LINES}
    if called is is_ or {called, is_} == json or (is_ is Kind.CSV and called in json):
        return
    with pytest.raises(ImportFileError) as refusal:
        kind_of(name, content)
    ending = name.rpartition(".")[2]
    assert f"is called .{ending} but" in str(refusal.value) or "is not a workbook" in str(refusal.value)
    assert refusal.value.remedy


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7", "but is PDF"),
        (b"\x89PNG\r\n", "but is a picture"),
        (b"\xd0\xcf\x11\xe0", "a document of old office programs"),
        (b"<html><body>", "but is a web page"),
        (b"<OGRVRTDataSource>", "but is a pointer to other files"),
        (b"<rss>", "but is XML of another kind"),
        (archive("photo.jpg"), "but is a ZIP file of other things"),
    ],
)
def test_what_is_no_list_at_all_is_named(content: bytes, words: str) -> None:
    for name in ("l.csv", "l.kml", "l.gpkg"):
        with pytest.raises(ImportFileError, match=words):
            kind_of(name, content)


def test_a_part_of_a_shapefile_is_told_to_be_packed_with_the_others() -> None:
    with pytest.raises(ImportFileError, match=r"pack the \.shp, \.dbf, \.shx and \.prj together as a \.zip"):
        kind_of("list.shp", b"\x00\x00\x27\x0a")
