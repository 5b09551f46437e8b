"""KML, KMZ, GPX and a feature a line, as programs write them: what is a row, what is told, what is refused."""

import io
import json
import zipfile

import pytest
from shapely.geometry import Point

from geo_offlimits.formats.files import ImportFileError
from geo_offlimits.formats.reader import Table, read_rows
from geo_offlimits.services import waiting_lists
from geo_offlimits.services.waiting_lists import Choices

KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document><name>The list</name>
<Schema name="s"><SimpleField name="kind" type="string"/></Schema>
<Folder><name>Bars</name><Folder><name>North</name>
<Placemark><name>Blue Lantern</name><description><![CDATA[<b>behind</b> the<br>market]]></description>
<TimeSpan><begin>2026-03-04</begin></TimeSpan>
<ExtendedData><Data name="category"><value>bar</value></Data><SchemaData><SimpleData name="floor">3</SimpleData>
</SchemaData></ExtendedData><Point><coordinates>-40.25,12.5,0</coordinates></Point></Placemark>
</Folder></Folder>
<Placemark><name>Quay</name><Polygon><outerBoundaryIs><LinearRing><coordinates>
-40,12 -39.9,12 -39.9,12.1 -40,12.1 -40,12</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>
<Placemark><name>Road</name><LineString><coordinates>1,2 3,4</coordinates></LineString></Placemark>
<Placemark><name>Nowhere</name></Placemark>
<NetworkLink><Link><href>http://192.0.2.1/</href></Link></NetworkLink>
</Document></kml>"""
GPX = """<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">
<wpt lat="12.5" lon="-40.25"><ele>3</ele><name>Blue Lantern</name><desc>seen &lt;b&gt;twice&lt;/b&gt;</desc></wpt>
<wpt lat="95" lon="0"><name>Beyond</name></wpt>
<rte><rtept lat="1" lon="2"><name>Not this</name></rtept></rte>
<trk><trkseg><trkpt lat="1" lon="2"/></trkseg></trk></gpx>"""


def read(name: str, text: str) -> Table:
    return read_rows((name, text.encode()), {"description": "note"} if name.endswith("kml") else {})


def test_a_placemark_is_a_row_with_its_data_times_and_folders() -> None:
    table = read("list.kml", KML)
    first = table.rows[0]
    assert first.values == {"name": "Blue Lantern", "note": "behind the market", "category": "bar", "floor": "3"}
    assert first.geometry == Point(-40.25, 12.5)
    assert {"folder", "begin"} <= set(table.columns)
    assert [(row.values["name"], row.geometry and row.geometry.geom_type) for row in table.rows[1:]] == [
        ("Quay", "MultiPolygon"),
        ("Nowhere", None),
    ]
    assert table.source_format == "kml"


def test_a_line_is_an_issue_and_a_link_is_told_and_not_followed() -> None:
    issues = read("list.kml", KML).issues
    assert [(issue.row, issue.field, issue.value) for issue in issues] == [
        (None, "file", "NetworkLink"),
        (3, "geometry", "Road"),
    ]
    assert "LineString is not a point" in issues[1].reason


def test_a_kmz_is_read_as_the_document_it_packs() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("doc.kml", KML)
        archive.writestr("files/photo.png", b"\x89PNG")
    packed = read_rows(("list.kmz", file.getvalue()), {"description": "note"})
    assert packed.rows == read("list.kml", KML).rows
    assert packed.source_format == "kmz"


def test_a_waypoint_is_a_row_and_tracks_and_routes_are_told() -> None:
    table = read("list.gpx", GPX)
    assert [row.values["name"] for row in table.rows] == ["Blue Lantern"]
    assert table.rows[0].geometry == Point(-40.25, 12.5)
    told = [(issue.row, issue.field) for issue in table.issues]
    assert told == [(None, "file"), (2, "geometry")]
    assert "2 tracks or routes are not read" in table.issues[0].reason
    assert "desc" in table.columns


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("l.kml", "<kml><Document/></kml>", "holds no places"),
        ("l.kml", "<kml><NetworkLink/></kml>", "is a link, and links are not followed"),
        ("l.gpx", "<gpx/>", "holds no waypoints"),
        ("l.gpx", "<gpx><trk/></gpx>", "holds tracks but no waypoints"),
        ("l.kml", KML[:700], r"is not well formed \(line \d+\)"),
        ("l.geojsonl", '\x1e{"type":"Fea', "holds no features"),
    ],
)
def test_what_holds_no_place_is_refused_with_the_remedy(name: str, text: str, sentence: str) -> None:
    with pytest.raises(ImportFileError, match=sentence):
        read(name, text)


def test_rows_beyond_the_limit_are_refused_in_each() -> None:
    lines = '{"type":"Feature","properties":{"name":"A"}}\n' * 3
    for name, text in (("l.kml", KML), ("l.gpx", GPX), ("l.geojsonl", lines)):
        with pytest.raises(ImportFileError, match="has more than 1 "):
            read_rows((name, text.encode()), limit_rows=1)


@pytest.mark.parametrize("before", ["", "\x1e", "\ufeff"])
def test_a_feature_a_line_is_read_and_a_broken_line_harms_no_other(before: str) -> None:
    line = json.dumps({"type": "Feature", "properties": {"name": "A"}, "geometry": None})
    table = read("list.geojsonl", f'{before}{line}\n\n{before.strip(chr(0xFEFF))}{{"type"\n{line}\n')
    assert [row.number for row in table.rows] == [1, 3]
    assert [(issue.row, issue.field) for issue in table.issues if issue.row] == [(2, "feature")]


def test_signs_written_by_name_are_read_and_a_place_that_nobody_named_has_no_name() -> None:
    text = KML.replace("behind</b> the<br>market", "behind</b>&nbsp;the market &amp; caf&eacute; R&D &nosuch; &#233;")
    table = read("list.kml", text.replace("<name>Quay<", "<name>Untitled Polygon<"))
    assert table.rows[0].values["note"] == "behind the market & café R&D &nosuch; é"
    assert [row.values.get("name") for row in table.rows] == ["Blue Lantern", None, "Nowhere"]


def test_a_place_without_a_name_is_not_lost_on_its_way_to_the_page_and_one_at_fault_says_which_it_is() -> None:
    table = read("list.kml", KML.replace("<name>Quay<", "<name>Untitled Polygon<"))
    assert [row.number for row in waiting_lists.corrected(table, Choices()).rows] == [1, 2, 4]
    assert [row.number for row in waiting_lists.corrected(table, Choices(left_out=frozenset({2}))).rows] == [1, 4]
    (issue,) = (issue for issue in table.issues if issue.row)
    assert (issue.row, issue.value) == (3, "Road")
