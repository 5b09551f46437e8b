"""Run as a program by `geodata_rows`: reads GeoPackage, shapefile and FlatGeobuf through GDAL, sealed (`apart`).

Nothing else imports this: GDAL is not loaded into the server.

In: a line of JSON (kind, most rows, most bytes unpacked), then the file. Out: lines of JSON, a header for each layer
and then its features as GeoJSON in the layer's own coordinates; the last line is `{"end": true}` or names a fault.
Texts of a shapefile come byte for byte, as Latin-1; the parent, who is careful anyway, finds their encoding.
"""

import io
import json
import math
import sqlite3
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, time
from pathlib import PurePosixPath
from typing import Any

from fiona.crs import CRS
from fiona.io import MemoryFile, ZipMemoryFile

from geo_offlimits.formats import apart
from geo_offlimits.formats.geodata_bounds import bounds

DRIVERS = {"gpkg": "GPKG", "shapefile": "ESRI Shapefile", "fgb": "FlatGeobuf"}
_MOST_LAYERS = 20
_PARTS = (".shp", ".shx", ".dbf")
_LANGUAGE_AT = 29
_JOURNAL_AT, _NO_WAL = slice(18, 20), b"\x01\x01"


class _FaultError(Exception):
    """Why nothing of it is read, in a word that the parent knows."""


def read(content: bytes) -> bytes:
    """The answer to an order and its file; never raises."""
    order, _, file = content.partition(b"\n")
    lines: list[str] = []
    try:
        told = json.loads(order)
        for line in _told(told["kind"], file, told["rows"], told["unpacked"]):
            lines.append(json.dumps(line, allow_nan=False))  # noqa: PERF401  (what was told before a fault stays)
        lines.append('{"end": true}')
    except _FaultError as fault:
        lines = [json.dumps({"fault": str(fault)})]
    except Exception:  # noqa: BLE001  (GDAL and SQLite raise whatever hostile bytes make them stumble over)
        lines = ['{"fault": "damaged"}']
    return "\n".join(lines).encode()


def _told(kind: str, file: bytes, most: int, unpacked: int) -> Iterator[dict[str, Any]]:
    layers = {"gpkg": _of_database, "shapefile": _of_archive, "fgb": _of_stream}[kind](file, unpacked)
    count = 0
    for header, opened in layers:
        with opened as layer:
            yield header | _about(layer)
            for feature in layer:
                count += 1
                if count > most:
                    raise _FaultError("rows")
                yield _feature(feature)
            # Features follow one another, so that of a file that was cut the first could still be read.
            if kind == "fgb" and count < _promised(layer):
                raise _FaultError("damaged")


def _promised(layer: Any) -> int:
    """How many features its head says that there are; 0 where it does not."""
    try:
        return len(layer)
    except TypeError:
        return 0


def _about(layer: Any) -> dict[str, Any]:
    wkt = layer.crs_wkt or ""
    epsg = layer.crs.to_epsg() if wkt else None
    return {"columns": list(layer.schema["properties"]), "epsg": epsg, "crs": wkt[:80]}


def _feature(feature: Any) -> dict[str, Any]:
    geometry = feature.geometry.__geo_interface__ if feature.geometry else None
    try:
        json.dumps(geometry, allow_nan=False)
    except ValueError:
        geometry = {"type": "NaN"}
    texts = {key: _text(value) for key, value in dict(feature.properties).items()}
    return {"type": "Feature", "properties": texts, "geometry": geometry}


def _text(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, str | int | list) else None


# ---- The three kinds -------------------------------------------------------------------------------------------------


def _of_stream(file: bytes, _unpacked: int) -> Iterator[tuple[dict[str, Any], Any]]:
    with MemoryFile(file) as held:
        yield {"layer": ""}, held.open(driver=DRIVERS["fgb"])


def _of_database(file: bytes, _unpacked: int) -> Iterator[tuple[dict[str, Any], Any]]:
    content = bytearray(file)
    content[_JOURNAL_AT] = _NO_WAL  # there is no journal beside it, and nothing is written
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(bytes(content))
        names, passed = _tables(database)
    if not names:
        raise _FaultError("views" if passed else "no_layer")
    with MemoryFile(bytes(content)) as held:
        for name in names[:_MOST_LAYERS]:
            yield {"layer": name, "passed": passed}, held.open(driver=DRIVERS["gpkg"], layer=name)


def _tables(database: sqlite3.Connection) -> tuple[list[str], list[str]]:
    """The layers that are tables and nothing that computes when it is asked, and the names of those that are not."""
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA query_only = ON")
    kinds = {
        name.lower(): (kind, (sql or "").lstrip().upper())
        for kind, name, sql in database.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE type IN ('table','view')"
        )
    }
    if any(kind != "table" for name, (kind, _) in kinds.items() if name.startswith(("gpkg_", "sqlite_"))):
        raise _FaultError("views")
    told = database.execute("SELECT table_name FROM gpkg_contents WHERE data_type = 'features'").fetchmany(1000)
    names = [name for (name,) in told if isinstance(name, str)]
    plain = [name for name in names if _is_plain(database, name, *kinds.get(name.lower(), ("", "")))]
    return plain, [name for name in names if name not in plain]


def _is_plain(database: sqlite3.Connection, name: str, kind: str, sql: str) -> bool:
    if kind != "table" or not sql.startswith("CREATE TABLE"):
        return False
    hidden = database.execute("SELECT hidden FROM pragma_table_xinfo(?)", (name,)).fetchall()
    return all(flag == 0 for (flag,) in hidden)


def _of_archive(file: bytes, unpacked: int) -> Iterator[tuple[dict[str, Any], Any]]:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        parts = {part.filename.lower(): part for part in archive.infolist() if not part.is_dir()}
        if sum(part.file_size for part in parts.values()) > unpacked:
            raise _FaultError("bomb")
        stems = [name.removesuffix(".shp") for name in parts if name.endswith(".shp")]
        for stem in stems[:_MOST_LAYERS]:
            held = {end: archive.read(parts[stem + end]) for end in (*_PARTS, ".prj", ".cpg") if stem + end in parts}
            yield from _of_parts(stem, held)


def _of_parts(stem: str, held: dict[str, bytes]) -> Iterator[tuple[dict[str, Any], Any]]:
    """GDAL is given a new archive of no more than the parts it needs, under names of ours."""
    if any(end not in held for end in _PARTS):
        raise _FaultError("parts")
    told = {
        "layer": PurePosixPath(stem).name,
        "cpg": held.pop(".cpg", b"")[:40].decode("latin-1").strip(),
        "language": held[".dbf"][_LANGUAGE_AT] if len(held[".dbf"]) > _LANGUAGE_AT else 0,
    }
    anew = io.BytesIO()
    with zipfile.ZipFile(anew, "w") as archive:
        for end, content in (held | {".cpg": b"ISO-8859-1"}).items():
            archive.writestr(zipfile.ZipInfo("list" + end), content)
    with ZipMemoryFile(anew.getvalue()) as packed:
        yield told, packed.open("list.shp", driver=DRIVERS["shapefile"])


def warm() -> None:
    """What is loaded at its first use is loaded now: the database of coordinate systems, codecs of names."""
    CRS.from_epsg(32634).to_epsg()
    for codec in ("cp437", "latin-1", "utf-8", "ascii"):
        "x".encode(codec)


if __name__ == "__main__":
    apart.confine(bounds(*map(int, sys.argv[1:])))
    warm()
    apart.answer(read)
