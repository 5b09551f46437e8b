"""Hostile texts: CSV and GeoJSON, in one document and a feature a line."""

import json

from tests.formats.hostile.making import NAMES, Case, Cases, Lure, csv, feature, geojson, named


def cases(lure: Lure) -> Cases:
    yield from _rows(lure)
    yield from _json(lure)
    yield from _geometries()
    yield from _lines(lure)


def _rows(lure: Lure) -> Cases:
    for title, name in NAMES.items():
        text = named(name, lure).replace('"', '""')
        yield Case(f"csv-name-{title}", "list.csv", csv(f'"{text}",x'), "read")
    yield Case("csv-nul", "list.csv", csv("A\0B,x"))
    yield Case("csv-control", "list.csv", csv("A\x07B,x"))
    yield Case("csv-open-quotes", "list.csv", csv(*['"a"b,x'] * 5_000))
    yield Case("csv-one-open-quote", "list.csv", csv('"A,x', *["B,x"] * 50_000), "read")
    yield Case("csv-wide", "list.csv", csv("," * 1_000_000), "read")
    yield Case("csv-long-cell", "list.csv", csv("A," + "x" * 5_000_000), "any")
    yield Case("csv-many-rows", "list.csv", csv(*["A,x"] * 200_000))
    yield Case("csv-blank-rows", "list.csv", csv(*[""] * 3_000_000, "A,x"))
    yield Case("csv-all-delimiters", "list.csv", b",;\t|" * 1_000_000)
    yield Case("csv-no-lines", "list.csv", b"\r" * 30_000_000 + b"name")
    yield Case("csv-half-utf16", "list.csv", "name,note\nA,x\n".encode("utf-16")[:-1])
    yield Case("csv-utf7", "list.csv", b"name,note\n+ADw-script+AD4-,x\n", "read")
    yield Case("csv-many-marks", "list.csv", b"\xef\xbb\xbf" * 100_000 + b"name\nA\n", "any")
    yield Case("csv-no-encoding", "list.csv", csv() + bytes(range(128, 256)) * 1000, "any")
    yield Case("csv-numbers", "list.csv", b"name,latitude,longitude\nA,NaN,Infinity\nB,1e999,-1e999\n", "read")
    yield Case("csv-digits", "list.csv", b"name,latitude\nA," + b"9" * 9_000 + b"\n", "read")
    yield Case("csv-heading-formula", "list.csv", f'name,"=WEBSERVICE(""{lure.url}"")"\nA,x\n'.encode(), "read")
    yield Case("csv-same-headings", "list.csv", b",".join([b"name"] * 199) + b"\nA\n", "read")
    yield Case("csv-name-of-a-path", "../../etc/passwd.csv", csv("A,x"), "read")
    for size in (1, 2, 3, 7):
        yield Case(f"csv-{size}-bytes", "list.csv", b"\xff\xfe\x00\xd8\xef\xbb\xbf"[:size], "any")


def _json(lure: Lure) -> Cases:
    for title, name in NAMES.items():
        yield Case(f"geojson-name-{title}", "list.geojson", geojson(feature(name=named(name, lure))), "read")
    yield Case("geojson-nan", "list.geojson", b'{"type":"Feature","properties":{"name":NaN}}')
    yield Case("geojson-infinity", "list.geojson", b'{"type":"Feature","properties":{"name":-Infinity}}')
    yield Case("geojson-huge-number", "list.geojson", geojson(feature(name="A", note=1)).replace(b"1", b"1e999"), "any")
    yield Case("geojson-long-number", "list.geojson", b'{"type":"Feature","properties":{"a":' + b"9" * 10**6 + b"}}")
    yield Case("geojson-deep-objects", "list.geojson", b'{"a":' * 1_000_000)
    yield Case("geojson-deep-lists", "list.geojson", b"[" * 5_000_000)
    yield Case("geojson-twice", "list.geojson", b'{"type":"Feature","type":"Feature","properties":{}}')
    yield Case("geojson-half-sign", "list.geojson", b'{"type":"Feature","properties":{"name":"\\ud83c"}}')
    yield Case("geojson-many-numbers", "list.geojson", b'{"a":[' + b"1.5," * 6_000_000 + b'"\\ud83c"]}')
    yield Case("geojson-many-members", "list.geojson", _members(400_000), "any")
    yield Case("geojson-link", "list.geojson", geojson(links=[{"href": lure.url}]))
    yield Case(
        "geojson-crs-link", "list.geojson", geojson(feature(), crs={"type": "link", "properties": {"href": lure.url}})
    )
    yield Case(
        "geojson-other-crs", "list.geojson", geojson(feature(), crs={"type": "name", "properties": {"name": "x"}})
    )
    yield Case("geojson-refs", "list.geojson", json.dumps({"$ref": f"file://{lure.canary}"}).encode())
    yield Case("geojson-prototype", "list.geojson", geojson(feature(__proto__="x", constructor="y")), "read")
    yield Case("geojson-many-columns", "list.geojson", geojson(feature(**{f"c{at}": at for at in range(20_000)})))
    yield Case("geojson-many-features", "list.geojson", geojson(*[None] * 150_000))
    yield Case("geojson-no-features", "list.geojson", geojson(*[3, "x", None, [], {}] * 500), "read")
    yield Case("geojson-utf16", "list.geojson", geojson(feature()).decode().encode("utf-16"))


def _members(count: int) -> bytes:
    inside = ",".join(f'"{at}":0' for at in range(count))
    return f'{{"type":"Feature","properties":{{"name":"A"}},"x":{{{inside}}}}}'.encode()


def _geometries() -> Cases:
    ring = [[at / 1e5, at % 7 / 1e5] for at in range(1_000_000)]
    star = [[(at * 37 % 997) / 100, (at * 61 % 991) / 100] for at in range(20_000)]
    shapes = {
        "vertices": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
        "star": {"type": "Polygon", "coordinates": [[*star, star[0]]]},
        "rings": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 0]]] * 20_000},
        "parts": {"type": "MultiPolygon", "coordinates": [[[[0, 0], [1, 1], [1, 0], [0, 0]]]] * 20_000},
        "bow-tie": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]]},
        "no-ring": {"type": "Polygon", "coordinates": []},
        "text": {"type": "Point", "coordinates": "1,2"},
        "objects": {"type": "Point", "coordinates": [{}, {}]},
        "far": {"type": "Point", "coordinates": [1e300, -1e300]},
        "collection": {
            "type": "GeometryCollection",
            "geometries": [{"type": "GeometryCollection", "geometries": []}] * 9,
        },
        "no-kind": {"type": ["Point"], "coordinates": [1, 2]},
        "whole-world": {
            "type": "Polygon",
            "coordinates": [[[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]],
        },
    }
    for title, shape in shapes.items():
        yield Case(f"geojson-shape-{title}", "list.geojson", geojson(feature(shape)), "read")


def _lines(lure: Lure) -> Cases:
    one = json.dumps(feature()).encode()
    for title, name in NAMES.items():
        line = json.dumps(feature(name=named(name, lure))).encode()
        yield Case(f"lines-name-{title}", "list.geojsonl", line + b"\n" + one, "read")
    yield Case("lines-separators", "list.geojsonl", b"\x1e" * 3_000_000 + one, "read")
    yield Case("lines-broken", "list.geojsonl", b"\n".join([b"{", one, b'{"a":' * 1000, b"NaN", one]), "any")
    yield Case("lines-many", "list.geojsonl", b"\n".join([one] * 150_000))
    yield Case("lines-one-long", "list.geojsonl", b"\x1e" + b"[" * 5_000_000)
    yield Case("lines-no-feature", "list.geojsonl", b"\x1e3\n\x1e[]\n")
