"""What a file is by its bytes, and whether its name says the same. The bytes decide, the extension confirms."""

import io
import re
import zipfile
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from geo_offlimits.errors import Sentence
from geo_offlimits.formats.files import BROKEN_ARCHIVE, ImportFileError, extension


class Kind(StrEnum):
    """A format that lists come in."""

    CSV = "csv"
    XLSX = "xlsx"
    GEOJSON = "geojson"
    GEOJSON_LINES = "geojsonl"
    KML = "kml"
    KMZ = "kmz"
    GPX = "gpx"
    GEOPACKAGE = "gpkg"
    SHAPEFILE = "shapefile"
    PACKED_GEOPACKAGE = "gpkg.zip"
    FLATGEOBUF = "fgb"


_JSON = frozenset({Kind.GEOJSON, Kind.GEOJSON_LINES})
# Extension -> what a file so called may hold.
_CALLED: Mapping[str, frozenset[Kind]] = MappingProxyType(
    {
        ".csv": frozenset({Kind.CSV}),
        ".tsv": frozenset({Kind.CSV}),
        ".txt": frozenset({Kind.CSV}),
        ".xlsx": frozenset({Kind.XLSX}),
        ".xlsm": frozenset({Kind.XLSX}),
        ".geojson": _JSON,
        ".json": _JSON,
        ".geojsonl": _JSON,
        ".geojsons": _JSON,
        ".ndjson": _JSON,
        ".jsonl": _JSON,
        ".kml": frozenset({Kind.KML}),
        ".kmz": frozenset({Kind.KMZ}),
        ".gpx": frozenset({Kind.GPX}),
        ".gpkg": frozenset({Kind.GEOPACKAGE}),
        ".zip": frozenset({Kind.SHAPEFILE, Kind.PACKED_GEOPACKAGE}),
        ".fgb": frozenset({Kind.FLATGEOBUF}),
    }
)
_TEXTS, _BOOKS = (".csv", ".tsv", ".txt"), (".xlsx", ".xlsm")
_WORDS: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.CSV: Sentence("a text of rows"),
        Kind.XLSX: Sentence("a workbook"),
        Kind.GEOJSON: "JSON",
        Kind.GEOJSON_LINES: "JSON",
        Kind.KML: "KML",
        Kind.KMZ: "KMZ",
        Kind.GPX: "GPX",
        Kind.GEOPACKAGE: "GeoPackage",
        Kind.SHAPEFILE: Sentence("a zipped shapefile"),
        Kind.PACKED_GEOPACKAGE: Sentence("a zipped GeoPackage"),
        Kind.FLATGEOBUF: "FlatGeobuf",
    }
)
_ZIP, _SQLITE, _FGB = b"PK\x03\x04", b"SQLite format 3\0", b"fgb\x03fgb"
# What else people give: first bytes and what that is.
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF"),
    (b"\xd0\xcf\x11\xe0", Sentence("a document of old office programs, or one under a password")),
    (b"\x89PNG", Sentence("a picture")),
    (b"\xff\xd8\xff", Sentence("a picture")),
    (b"GIF8", Sentence("a picture")),
    (b"\x1f\x8b", Sentence("packed by gzip")),
    (b"7z\xbc\xaf", Sentence("packed by 7-Zip")),
    (b"Rar!", Sentence("packed by RAR")),
    (b"PK\x05\x06", Sentence("an empty ZIP file")),
    (b"\x00\x00\x27\x0a", Sentence("a part of a shapefile")),
)
_DAMAGED = Sentence("a ZIP file that is damaged")
_ZIPPED = frozenset({Kind.XLSX, Kind.KMZ, Kind.SHAPEFILE, Kind.PACKED_GEOPACKAGE})
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|!DOCTYPE|!--|[A-Za-z])")
_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_NOT_A_ROOT = re.compile(rb"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.DOTALL)
_LOOKED_AT, _ROOT_WITHIN = 64 * 1024, 8 * 1024


def kind_of(name: str, content: bytes) -> Kind:
    """What the file is. Raises ImportFileError with both facts where its name says otherwise, and for other files."""
    called = extension(name)
    if called not in _CALLED:
        raise ImportFileError(
            name,
            Sentence("is of a kind that is not read ({kind})", kind=called or Sentence("no extension")),
            _remedy(called),
        )
    found = _found(content)
    if isinstance(found, Kind) and found in _CALLED[called]:
        return found
    if found is _DAMAGED and _CALLED[called] & _ZIPPED:
        return min(_CALLED[called])  # whose reader says what to do
    if isinstance(found, Kind):
        raise _otherwise(name, called, _WORDS[found])
    if found:
        raise _otherwise(name, called, found)
    return _as_text(name, called)


def _found(content: bytes) -> Kind | str:
    """A kind, or the words for a file of none of them; empty for a text, which only its name tells apart."""
    start = content[:_LOOKED_AT]
    if start.startswith(_ZIP):
        return _packed(content)
    if start.startswith(_SQLITE):
        return Kind.GEOPACKAGE
    if start.startswith(_FGB):
        return Kind.FLATGEOBUF
    other = next((words for begin, words in _OTHERS if start.startswith(begin)), "")
    if other:
        return other
    if _MARKUP.match(start):
        return _marked_up(start)
    return _json(start) or ""


def _json(start: bytes) -> Kind | None:
    bare = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if bare.startswith(b"\x1e"):
        return Kind.GEOJSON_LINES
    if not bare.startswith((b"{", b"[")) or not _is_json_start(bare):
        return None
    first, _, second = bare.partition(b"\n")
    one_a_line = first.rstrip().endswith(b"}") and second.lstrip().startswith(b"{")
    return Kind.GEOJSON_LINES if one_a_line else Kind.GEOJSON


def _is_json_start(bare: bytes) -> bool:
    """A text of rows may begin with a bracket too; JSON goes on with a quotation mark or another bracket."""
    return bare[1:].lstrip()[:1] in (b'"', b"{", b"[", b"}", b"]", b"") or bare[1:].lstrip()[:1].isdigit()


def _marked_up(start: bytes) -> Kind | str:
    root = _ROOT.search(_NOT_A_ROOT.sub(b"", start[:_ROOT_WITHIN]))
    match root.group(1).lower() if root else b"":
        case b"kml":
            return Kind.KML
        case b"gpx":
            return Kind.GPX
        case b"html":
            return Sentence("a web page")
        case b"ogrvrtdatasource" | b"vrtdataset" | b"gdal_wms" | b"ogrwfsdatasource":
            return Sentence("a pointer to other files, not a list")
        case _:
            return Sentence("XML of another kind")


def _packed(content: bytes) -> Kind | str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {part.filename.lower() for part in archive.infolist()}
    except BROKEN_ARCHIVE:
        return _DAMAGED
    if "[content_types].xml" in names or any(name.startswith("xl/") for name in names):
        return Kind.XLSX
    if any(name.endswith(".shp") for name in names):
        return Kind.SHAPEFILE
    if any(name.endswith(".kml") for name in names):
        return Kind.KMZ
    if any(name.endswith(".gpkg") for name in names):
        return Kind.PACKED_GEOPACKAGE
    return Sentence("a ZIP file of other things")


def _as_text(name: str, called: str) -> Kind:
    """Bytes that begin like nothing known are a text of rows, if they are called one."""
    kind = min(_CALLED[called])
    if kind is Kind.CSV or kind in _JSON:
        return kind
    if called in _BOOKS:
        raise ImportFileError(
            name, Sentence("is not a workbook, whatever its name says"), Sentence("open it and save it as .xlsx")
        )
    raise ImportFileError(
        name,
        Sentence("is called {extension} but does not begin like {kind}", extension=called, kind=_WORDS[kind]),
        Sentence("was it saved whole? Export it anew"),
    )


def _otherwise(name: str, called: str, found: str) -> ImportFileError:
    if called in _TEXTS:
        return ImportFileError(
            name,
            Sentence("is called {extension} but is {found}, not a text of rows", extension=called, found=found),
            Sentence("save it as CSV UTF-8, or give it the name of what it is"),
        )
    if called in _BOOKS:
        return ImportFileError(
            name,
            Sentence("is called {extension} but is {found}; it is not a workbook", extension=called, found=found),
            Sentence("open it and save it as .xlsx"),
        )
    return ImportFileError(
        name,
        Sentence("is called {extension} but is {found}", extension=called, found=found),
        Sentence("give it the name of what it is, or export it anew"),
    )


def _remedy(called: str) -> str:
    if called in {".xls", ".ods", ".numbers", ".xlsb"}:
        return Sentence("open it and save it as .xlsx or as CSV UTF-8")
    if called in {".shp", ".dbf", ".shx", ".prj"}:
        return Sentence("pack the .shp, .dbf, .shx and .prj together as a .zip")
    return Sentence("give a .csv, .xlsx, .geojson, .kml, .gpx or .gpkg file")
