"""What hostile files are made of: honest ones of each format, and the ways to pack and to spoil them."""

import io
import json
import sqlite3
import struct
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import fiona
import openpyxl


@dataclass(frozen=True)
class Lure:
    """What a file is made to reach: a file that is none of its business, an address that nobody should ask."""

    canary: str
    url: str
    marker: str


@dataclass(frozen=True)
class Case:
    """One file and what is to come of it: `refused` whole, `read` (with row issues or not), or either."""

    title: str
    name: str
    content: bytes
    comes: str = "refused"


Cases = Iterator[Case]
# Names as somebody might choose them: each is only a name.
NAMES = {
    "jinja": "{{ cycler.__init__.__globals__.os.system('touch MARKER') }}",
    "template-literal": "${require('fs').readFileSync('CANARY')}",
    "script": "</script><script src='URL'></script>",
    "image": "<img src='URL' onerror=alert(1)>",
    "formula": '=WEBSERVICE("URL")',
    "dde": "=cmd|'/c touch MARKER'!A1",
    "bidi": "\u202eraB \u2066ehT\u2069",
    "percent": "%s%n%(name)s{0.__class__}",
    "sql": "'); DROP TABLE premises; --",
    "path": "../../../../CANARY",
    "cdata": "]]><x>&amp;</x>",
    "zero-width": "B\u200bl\u200due \ufeffLantern",
}


def named(text: str, lure: Lure) -> str:
    return text.replace("MARKER", lure.marker).replace("CANARY", lure.canary).replace("URL", lure.url)


def zipped(parts: Mapping[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def lying(archive: bytes, size: int) -> bytes:
    """The archive with another unpacked size in its directory than its first part has."""
    at = archive.rindex(b"PK\x01\x02") + 24
    return archive[:at] + struct.pack("<I", size) + archive[at + 4 :]


def csv(*rows: str) -> bytes:
    return "\n".join(("name,note", *rows)).encode()


def feature(geometry: Any = None, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"name": "A", **properties}, "geometry": geometry}


def geojson(*features: Any, **members: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features, **members}).encode()


def kml(inside: str, before: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"{inside}</Document></kml>"
    ).encode()


def placemark(name: str = "A", geometry: str = "<Point><coordinates>1,2</coordinates></Point>") -> str:
    return f"<Placemark><name>{name}</name>{geometry}</Placemark>"


def gpx(inside: str, before: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">'
        f"{inside}</gpx>"
    ).encode()


def waypoint(name: str = "A") -> str:
    return f'<wpt lat="1" lon="2"><name>{name}</name></wpt>'


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


# ---- Workbooks -------------------------------------------------------------------------------------------------------


def book_parts(*rows: list[Any]) -> dict[str, bytes]:
    book = openpyxl.Workbook()
    for row in (["Name", "Note"], *rows):
        book.worksheets[0].append(row)
    file = io.BytesIO()
    book.save(file)
    with zipfile.ZipFile(file) as packed:
        return {part: packed.read(part) for part in packed.namelist()}


def with_sheet(data: str, before: str = "", beside: str = "") -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'{before}<worksheet xmlns="{space}">{beside}<sheetData>{data}</sheetData></worksheet>'
    return zipped(book_parts() | {"xl/worksheets/sheet1.xml": sheet.encode()})


def cells(number: int, *texts: str) -> str:
    held = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)
    return f'<row r="{number}">{held}</row>'


# ---- Geodata ---------------------------------------------------------------------------------------------------------


def written(driver: str, kind: str = "Point", geometry: Any = None, name: str = "A", crs: str = "EPSG:4326") -> bytes:
    """One feature as GDAL writes it; a shapefile zipped."""
    place = geometry or {"type": "Point", "coordinates": (1.0, 2.0)}
    with TemporaryDirectory() as folder:
        path = Path(folder, {"GPKG": "list.gpkg", "FlatGeobuf": "list.fgb"}.get(driver, "list.shp"))
        schema = {"geometry": kind, "properties": {"name": "str", "note": "str"}}
        with fiona.open(path, "w", driver=driver, crs=crs, schema=schema) as layer:
            layer.write({"type": "Feature", "geometry": place, "properties": {"name": name, "note": "n"}})
        if path.suffix != ".shp":
            return path.read_bytes()
        return zipped({part.name: part.read_bytes() for part in sorted(Path(folder).iterdir())})


def shapefile_parts(**told: Any) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(written("ESRI Shapefile", **told))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def database(*statements: str, **told: Any) -> bytes:
    """A GeoPackage after these statements; triggers of GDAL go first, because they need functions of its own."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "list.gpkg")
        path.write_bytes(written("GPKG", **told))
        with closing(sqlite3.connect(path, isolation_level=None)) as opened:
            triggers = opened.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for (name,) in triggers:
                opened.execute(f'DROP TRIGGER "{name}"')
            opened.execute("PRAGMA writable_schema = ON")
            for statement in statements:
                opened.execute(statement)
        return path.read_bytes()


def spoiled(content: bytes, at: int, told: bytes) -> bytes:
    at %= len(content)
    return content[:at] + told + content[at + len(told) :]
