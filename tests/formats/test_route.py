"""Routes that people save, and files that only look like one."""

import hashlib
import json
import time
from pathlib import Path

import pytest

from geo_offlimits.formats.files import ImportFileError
from geo_offlimits.formats.route import MAX_VERTICES, read_route

GPX = """<?xml version="1.0" encoding="UTF-8"?>
<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1" creator="x"><wpt lat="1" lon="1"/>{}</gpx>"""
TRACK = "<trk><trkseg>{}</trkseg></trk>"
POINTS = '<trkpt lat="10.5" lon="-30.25"><ele>3</ele></trkpt><!-- here --><trkpt lat="10.6" lon="-30.2"/>'


def lines(name: str, content: str | bytes) -> list[list[list[float]]]:
    sent = content if isinstance(content, bytes) else content.encode()
    return [line.tolist() for line in read_route((name, sent)).lines]


def test_tracks_and_routes_of_a_gpx_are_lines_and_its_waypoints_are_not(tmp_path: Path) -> None:
    more = '<rte><name>x</name><rtept lat="1" lon="2"/></rte><trk><trkseg/></trk>'
    content = GPX.format(TRACK.format(POINTS) + more)
    assert lines("patrol.GPX", content) == [[[-30.25, 10.5], [-30.2, 10.6]], [[2.0, 1.0]]]
    path = tmp_path / "patrol.gpx"
    path.write_text(content)
    assert read_route(path).sha256 == hashlib.sha256(content.encode()).hexdigest()


def test_a_gpx_of_the_older_form_and_in_another_encoding_is_read() -> None:
    old = GPX.format(TRACK.format(POINTS)).replace("/1/1", "/1/0").replace("UTF-8", "UTF-16").encode("utf-16")
    assert len(lines("old.gpx", old)[0]) == 2


@pytest.mark.parametrize(
    "told",
    [
        {"type": "LineString", "coordinates": [[-30.25, 10.5, 3], [-30.2, 10.6]]},
        {"type": "Feature", "geometry": {"type": "LineString", "coordinates": [[-30.25, 10.5], [-30.2, 10.6]]}},
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "geometry": None},
                {"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 1]}},
                {
                    "type": "Feature",
                    "geometry": {"type": "MultiLineString", "coordinates": [[[-30.25, 10.5], [-30.2, 10.6]]]},
                },
            ],
        },
    ],
)
def test_the_lines_of_a_geojson_are_read(told: object) -> None:
    assert lines("route.geojson", json.dumps(told)) == [[[-30.25, 10.5], [-30.2, 10.6]]]


def test_no_line_of_a_geojson_is_passed_over_because_a_collection_holds_it() -> None:
    one, other = ({"type": "LineString", "coordinates": [[lon, 1.0], [lon, 2.0]]} for lon in (1.0, 2.0))
    inner = {"type": "GeometryCollection", "geometries": [{"type": "GeometryCollection", "geometries": [one, other]}]}
    told = {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "geometry": one_of} for one_of in (inner, one)],
    }
    assert [line[0][0] for line in lines("route.json", json.dumps(told))] == [1.0, 2.0, 1.0]


BOMB = (
    "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 9))
    + "]>"
)
LINE = '{{"type": "LineString", "coordinates": {}}}'


@pytest.mark.parametrize(
    ("name", "content", "fact"),
    [
        ("route.gpx", GPX.format(""), "no track"),
        ("route.gpx", GPX.format(TRACK.format("")), "no track"),
        ("route.gpx", "<gpx><trk>", "cannot be read"),
        ("route.gpx", b"\x00\x01\x02", "cannot be read"),
        ("route.gpx", GPX.replace("UTF-8", "klingon"), "cannot be read"),
        ("route.gpx", GPX.format(TRACK.format('<trkpt lat="a" lon="1"/>')), "cannot be read"),
        ("route.gpx", GPX.format(TRACK.format('<trkpt lat="1"/>')), "cannot be read"),
        ("route.gpx", GPX.format(TRACK.format('<trkpt lat="nan" lon="1"/>')), "not on Earth"),
        ("route.gpx", GPX.format(TRACK.format('<trkpt lat="91" lon="1"/>')), "not on Earth"),
        ("route.gpx", BOMB + "<gpx>&a8;</gpx>", "document type"),
        ("route.gpx", '<!DOCTYPE g SYSTEM "file:///etc/passwd"><gpx/>', "document type"),
        ("route.gpx", "<a>" * 1_000_000, "cannot be read"),
        ("route.gpx", GPX.format(TRACK.format('<trkpt lat="1" lon="1"/>' * (MAX_VERTICES + 1))), "more than 100000"),
        ("route.gpx", b" " * 9_000_000 + b"<gpx/>", "larger than 8 MB"),
        ("route.gpx", "", "is empty"),
        ("route.kml", "<kml/>", "neither GPX nor GeoJSON"),
        ("route.json", "[]", "not a GeoJSON"),
        ("route.json", LINE.format("[[NaN, 1]]"), "NaN"),
        ("route.json", LINE.format("[[1e999, 1]]"), "no lists of numbers"),
        ("route.json", LINE.format("[[200, 1]]"), "not on Earth"),
        ("route.json", LINE.format("[[true, 1]]"), "no lists of numbers"),
        ("route.json", LINE.format("[1, 2]"), "no lists of numbers"),
        ("route.json", LINE.format("7"), "no lists of numbers"),
        ("route.json", LINE.format("[]"), "no track"),
        ("route.json", LINE.format("[" * 100_000), "nested too deeply"),
        ("route.json", '{"type": "FeatureCollection", "features": 3}', "no lists of numbers"),
        ("route.json", '{"type": "Feature", "geometry": 3}', "no lists of numbers"),
        ("route.json", '{"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 0]]]}', "no track"),
        (
            "route.json",
            '{"type": "LineString", "crs": {"properties": {"name": "EPSG:3857"}}, "coordinates": [[0, 0]]}',
            "WGS 84",
        ),
    ],
)
def test_what_is_no_route_is_refused_quickly_with_a_sentence(name: str, content: str | bytes, fact: str) -> None:
    started = time.perf_counter()
    with pytest.raises(ImportFileError, match=fact):
        lines(name, content)
    assert time.perf_counter() - started < 6
