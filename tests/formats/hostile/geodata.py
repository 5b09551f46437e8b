"""Hostile GeoPackages, shapefiles and FlatGeobufs."""

# ruff: noqa: S608  (statements of our own against a file of our own)

import struct
from itertools import islice

from tests.formats.hostile.making import (
    NAMES,
    Case,
    Cases,
    Lure,
    database,
    kml,
    named,
    placemark,
    shapefile_parts,
    spoiled,
    written,
    zipped,
)

_ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT"


def cases(lure: Lure) -> Cases:
    for title, name in islice(NAMES.items(), 4):
        yield Case(f"gpkg-name-{title}", "list.gpkg", written("GPKG", name=named(name, lure)), "read")
    yield from _databases(lure)
    yield from _shapefiles(lure)
    yield from _streams()
    for driver, ending in (("GPKG", "gpkg"), ("FlatGeobuf", "fgb"), ("ESRI Shapefile", "zip")):
        nowhere = written(driver, geometry={"type": "Point", "coordinates": (1e300, -1e300)})
        yield Case(f"{ending}-far", f"list.{ending}", nowhere, "any")
        yield Case(f"{ending}-other-system", f"list.{ending}", written(driver, crs="EPSG:27700"))
        yield Case(f"{ending}-line", f"list.{ending}", written(driver, "LineString", _line()), "read")


def _line() -> dict[str, object]:
    return {"type": "LineString", "coordinates": [(0.0, 0.0), (1.0, 1.0)]}


def _databases(lure: Lure) -> Cases:
    as_view = "DELETE FROM gpkg_contents WHERE table_name = 'list'", "ALTER TABLE list RENAME TO held"
    view = "CREATE VIEW list AS SELECT fid, geom, name, note FROM held"
    row = "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('list', 'features', 'l', 4326)"
    yield Case("gpkg-view", "list.gpkg", database(*as_view, view, row))
    yield Case(
        "gpkg-view-endless",
        "list.gpkg",
        database(*as_view, f"CREATE VIEW list AS {_ENDLESS} max(x) AS name FROM c", row),
    )
    yield Case(
        "gpkg-view-file",
        "list.gpkg",
        database(
            *as_view, f"CREATE VIEW list AS SELECT readfile('{lure.canary}') AS name, load_extension('x') AS e", row
        ),
    )
    for table in ("gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys"):
        endless = (
            f"ALTER TABLE {table} RENAME TO kept",
            f"CREATE VIEW {table} AS {_ENDLESS} max(x) AS table_name FROM c",
        )
        yield Case(f"gpkg-view-{table}", "list.gpkg", database("PRAGMA legacy_alter_table = ON", *endless))
    trigger = f"CREATE TRIGGER t AFTER INSERT ON list BEGIN SELECT load_extension('{lure.marker}'); END"
    yield Case("gpkg-trigger", "list.gpkg", database(trigger), "read")
    yield Case("gpkg-computed", "list.gpkg", database("ALTER TABLE list ADD COLUMN c AS (zeroblob(1000000000))"))
    yield Case("gpkg-attach", "list.gpkg", database(f"CREATE TABLE \"x; ATTACH '{lure.canary}' AS y; --\" (a)"), "read")
    yield Case("gpkg-virtual", "list.gpkg", database(*as_view, "CREATE VIRTUAL TABLE list USING rtree(id, a, b)", row))
    yield Case("gpkg-no-contents", "list.gpkg", database("DROP TABLE gpkg_contents"))
    yield Case("gpkg-many-layers", "list.gpkg", database(*_layers(300)), "any")
    yield from _spoiled_databases()


def _spoiled_databases() -> Cases:
    yield Case("gpkg-big-blob", "list.gpkg", database("UPDATE list SET name = CAST(zeroblob(9000000) AS TEXT)"), "any")
    yield Case("gpkg-bad-geometry", "list.gpkg", database("UPDATE list SET geom = x'4750000100000000'"), "any")
    yield Case("gpkg-nan", "list.gpkg", database(f"UPDATE list SET geom = x'{_nan().hex()}'"), "any")
    yield Case("gpkg-lying-wkb", "list.gpkg", database(f"UPDATE list SET geom = x'{_lying().hex()}'"), "any")
    yield Case("gpkg-wal", "list.gpkg", spoiled(written("GPKG"), 18, b"\2\2"), "read")
    yield Case("gpkg-header", "list.gpkg", spoiled(written("GPKG"), 16, b"\xff" * 60), "any")
    yield Case(
        "gpkg-schema",
        "list.gpkg",
        database("UPDATE sqlite_master SET sql = 'CREATE TABLE list(a, b' WHERE name = 'list'"),
    )
    yield Case(
        "gpkg-root-page", "list.gpkg", database("UPDATE sqlite_master SET rootpage = 1 WHERE name = 'list'"), "any"
    )
    yield Case("gpkg-page-cycle", "list.gpkg", spoiled(written("GPKG"), 100, b"\5\0\0\0\1\0\x0c\0\0\0\0\1" * 40), "any")
    yield Case("gpkg-plain-sqlite", "list.gpkg", b"SQLite format 3\0" + b"\0" * 4_080)
    yield Case("gpkg-short", "list.gpkg", b"SQLite format 3\0")


def _layers(count: int) -> list[str]:
    made = [f"CREATE TABLE l{at} (fid INTEGER PRIMARY KEY, geom BLOB, name TEXT)" for at in range(count)]
    return made + [
        f"INSERT INTO gpkg_contents (table_name, data_type, srs_id) VALUES ('l{at}', 'features', 4326)"
        for at in range(count)
    ]


def _nan() -> bytes:
    return b"GP\0\1\xe6\x10\0\0" + b"\1\1\0\0\0" + struct.pack("<2d", float("nan"), float("inf"))


def _lying() -> bytes:
    """A polygon of four thousand million rings, as it says."""
    return b"GP\0\1\xe6\x10\0\0" + b"\1\3\0\0\0" + b"\xff\xff\xff\xff"


def _shapefiles(lure: Lure) -> Cases:
    parts = shapefile_parts()
    for ending in (".shp", ".dbf", ".shx"):
        kept = {name: content for name, content in parts.items() if not name.endswith(ending)}
        yield Case(f"shp-without{ending}", "list.zip", zipped(kept))
    without = {name: content for name, content in parts.items() if not name.endswith(".prj")}
    yield Case("shp-without-system", "list.zip", zipped(without))
    yield Case("shp-system-of-nowhere", "list.zip", zipped(parts | {"list.prj": b'GEOGCS["x"]'}))
    yield Case("shp-system-deep", "list.zip", zipped(parts | {"list.prj": b"PROJCS[" * 100_000}))
    yield Case("shp-system-file", "list.zip", zipped(parts | {"list.prj": f"+init={lure.canary}:1".encode()}))
    yield Case("shp-system-url", "list.zip", zipped(parts | {"list.prj": lure.url.encode()}))
    yield Case("shp-encoding", "list.zip", zipped(parts | {"list.cpg": b"../../" + lure.canary.encode()}), "read")
    yield from _lying_parts(parts)
    yield from _archives(lure, parts)


def _lying_parts(parts: dict[str, bytes]) -> Cases:
    lies = {
        "length": (24, b"\x7f\xff\xff\xff"),
        "kind": (32, b"\xff\xff\xff\xff"),
        "record": (104, b"\x7f\xff\xff\xff"),
        "shape": (108, b"\5\0\0\0"),
        "negative": (104, b"\xff\xff\xff\xff"),
    }
    for title, (at, told) in lies.items():
        yield Case(
            f"shp-lying-{title}", "list.zip", zipped(parts | {"list.shp": spoiled(parts["list.shp"], at, told)}), "any"
        )
    for title, at, told in (
        ("records", 4, b"\xff\xff\xff\x7f"),
        ("header", 8, b"\xff\xff"),
        ("width", 10, b"\xff\xff"),
        ("field", 43, b"\0\0\0\0\0\xff"),
    ):
        yield Case(
            f"dbf-lying-{title}", "list.zip", zipped(parts | {"list.dbf": spoiled(parts["list.dbf"], at, told)}), "any"
        )
    yield Case(
        "shx-lying",
        "list.zip",
        zipped(parts | {"list.shx": spoiled(parts["list.shx"], 100, b"\x7f\xff\xff\xff")}),
        "any",
    )


def _archives(lure: Lure, parts: dict[str, bytes]) -> Cases:
    yield Case("shp-bomb", "list.zip", zipped(parts | {"list.dbf": b"\0" * 68_000_000}))
    yield Case(
        "shp-slip", "list.zip", zipped({f"../../../tmp/{name}": content for name, content in parts.items()}), "any"
    )
    yield Case("shp-nested", "list.zip", zipped({"inner.zip": zipped(parts)}))
    yield Case(
        "shp-index",
        "list.zip",
        zipped(parts | {"list.qix": b"SQT\1\1\0\0\0" + b"\xff" * 99, "list.sbn": b"\xff" * 99}),
        "read",
    )
    yield Case(
        "shp-metadata",
        "list.zip",
        zipped(parts | {"list.shp.xml": kml(placemark(), f'<!DOCTYPE x SYSTEM "{lure.url}">')}),
        "read",
    )


def _streams() -> Cases:
    honest = written("FlatGeobuf")
    for at in (8, 12, 16, 24, 40, -60, -40, -24, -8):
        yield Case(f"fgb-lying-{at}", "list.fgb", spoiled(honest, at, b"\xff\xff\xff\x7f"), "any")
    yield Case("fgb-short", "list.fgb", honest[:12])
    yield Case("fgb-empty", "list.fgb", honest[:8])
    yield Case("fgb-zeros", "list.fgb", honest[:8] + b"\0" * 5_000)
    yield Case("fgb-noise", "list.fgb", honest[:8] + bytes(range(256)) * 2_000)
