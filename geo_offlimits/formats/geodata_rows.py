"""GeoPackage, zipped shapefile and FlatGeobuf as rows. GDAL reads them in a sealed child; its word is checked here.

1. Where a process cannot be sealed these formats are off, and the refusal says so.
2. Coordinates in a system of the list below are turned into WGS 84; any other, or none told, is refused.
3. Of several layers the one whose columns name the most fields is read; the others are told of.
"""

import io
import json
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from geo_offlimits.errors import Issue, Sentence
from geo_offlimits.formats import apart, strict_json
from geo_offlimits.formats.columns import recognised
from geo_offlimits.formats.encodings import codec_called, codec_of, named
from geo_offlimits.formats.files import LIMITS, ImportFileError, Limits
from geo_offlimits.formats.geodata_bounds import ENVIRONMENT, bounds
from geo_offlimits.formats.geojson_rows import Features, feature_row
from geo_offlimits.formats.strict_json import NotJsonError

_COMMAND = ("-I", "-m", "geo_offlimits.formats.geodata_child")
_LARGEST_PAGE = 65_536  # bytes, written as 1
_WGS84 = 4326
# WGS 84, and what is within a metre or two of it: ETRS89, NAD83, Lambert-93, KOSOVAREF01; UTM on WGS 84 and on ETRS89.
_SYSTEMS = frozenset({_WGS84, 3857, 4258, 4269, 3034, 3035, 2154, 9140, 9141}) | frozenset(
    {*range(32601, 32661), *range(32701, 32761), *range(25828, 25839)}
)
# What byte 29 of a .dbf says of its texts.
_LANGUAGES: Mapping[int, str] = MappingProxyType(
    {0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x57: "cp1252", 0x64: "cp852", 0x65: "cp866", 0x7E: "cp1256"}
    | {0xC8: "cp1250", 0xC9: "cp1251", 0xCA: "cp1254", 0xCB: "cp1253"}
)
_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "damaged": (Sentence("cannot be read to its end"), Sentence("was it saved whole? Export it anew")),
        "views": (
            Sentence("holds views in place of tables, which are not run"),
            Sentence("save the list as a new GeoPackage"),
        ),
        "no_layer": (Sentence("holds no layer of places"), Sentence("save the list as a new GeoPackage")),
        "parts": (
            Sentence("lacks a part of its shapefile"),
            Sentence("pack the .shp, .dbf, .shx and .prj together as a .zip"),
        ),
        "bomb": (Sentence("unpacks to too much"), Sentence("keep only the list")),
    }
)


def read_geodata(name: str, content: bytes, kind: str, limits: Limits = LIMITS) -> Features:
    """The features of the layer that looks most like a list. Raises ImportFileError for what cannot be read."""
    if kind == "gpkg" and _is_cut(content):
        raise ImportFileError(name, *_WORDS["damaged"])
    layers = _layers(name, _answer(name, content, kind, limits), limits)
    header, features = max(layers, key=lambda layer: (recognised(layer[0]["columns"]), len(layer[1])))
    if not features:
        raise ImportFileError(name, Sentence("holds no features"), Sentence("was it exported?"))
    epsg = _system(name, header)
    notes: list[str] = []
    if epsg != _WGS84:
        notes.append(Sentence("coordinates in EPSG:{epsg} were turned into WGS 84", epsg=epsg))
    if kind == "shapefile":
        codec = _decode(header, features)
        notes.append(Sentence("texts were read as {encoding}", encoding=named(codec)))
    rows = tuple(feature_row(at, told, limits, onto=_onto(epsg)) for at, told in enumerate(features, start=1))
    return Features(rows=rows, notes=tuple(notes), issues=_not_read(header, [other for other, _ in layers]))


def _is_cut(database: bytes) -> bool:
    """Whether pages are missing that its head counts: of one cut behind the list, the list alone could still be read.

    The count holds where the two counters of changes agree; programs of before 2010 left it out.
    """
    page_bytes = int.from_bytes(database[16:18], "big")
    pages, changes, counted = (int.from_bytes(database[at : at + 4], "big") for at in (28, 24, 92))
    page_bytes = _LARGEST_PAGE if page_bytes == 1 else page_bytes
    return changes == counted and len(database) < pages * page_bytes


def _answer(name: str, content: bytes, kind: str, limits: Limits) -> bytes:
    order = json.dumps({"kind": kind, "rows": limits.rows, "unpacked": limits.unpacked_bytes}).encode() + b"\n"
    most = bounds(limits.geodata_bytes, limits.geodata_seconds)
    command = (*_COMMAND, str(most.memory_bytes), str(most.cpu_s))
    try:
        return apart.asked(command, order + content, most, ENVIRONMENT)
    except apart.NotSealedError:
        raise ImportFileError(
            name,
            Sentence("is of a kind that is off here: this system does not seal the process that would read it"),
            Sentence("save it as GeoJSON or CSV, which are read without"),
        ) from None
    except apart.EndedError:
        raise ImportFileError(
            name,
            Sentence("could not be read within the time and memory that one file may take"),
            Sentence("is it damaged? Else keep only the list"),
        ) from None


def _layers(name: str, answer: bytes, limits: Limits) -> list[tuple[dict[str, Any], list[Any]]]:
    """Each layer's header and its features, as the child says, which is checked as if a stranger had said it."""
    layers: list[tuple[dict[str, Any], list[Any]]] = []
    last: Any = None
    for line in io.BytesIO(answer):
        try:
            last = strict_json.parsed(line)
        except NotJsonError:
            last = {"type": "unreadable"}
        if not isinstance(last, dict) or "fault" in last:
            break
        if isinstance(last.get("columns"), list):
            layers.append((_header(last), []))
        elif layers and "end" not in last:
            layers[-1][1].append(last)
    fault = last.get("fault", "") if isinstance(last, dict) else "damaged"
    if fault == "rows" or sum(len(features) for _, features in layers) > limits.rows:
        fact = Sentence("has more than {most} features", most=limits.rows)
        raise ImportFileError(name, fact, Sentence("split it into several files"))
    if fault or not layers or not isinstance(last, dict) or "end" not in last:
        raise ImportFileError(name, *_WORDS.get(str(fault), _WORDS["damaged"]))
    return layers


def _header(told: dict[str, Any]) -> dict[str, Any]:
    epsg = told.get("epsg")
    passed = told.get("passed")
    return {
        "layer": str(told.get("layer", ""))[:80],
        "columns": [str(column) for column in told["columns"]],
        "epsg": epsg if isinstance(epsg, int) and not isinstance(epsg, bool) else None,
        "crs": str(told.get("crs", ""))[:80],
        "cpg": str(told.get("cpg", ""))[:40],
        "language": told.get("language"),
        "passed": [str(one)[:80] for one in passed] if isinstance(passed, list) else [],
    }


def _system(name: str, header: dict[str, Any]) -> int:
    epsg = header["epsg"]
    if epsg in _SYSTEMS:
        return int(epsg)
    called = header["crs"].partition('"')[2].partition('"')[0]
    if called or epsg:
        fact = Sentence("has its coordinates in a system that is not read ({system})", system=called or f"EPSG:{epsg}")
    else:
        fact = Sentence("does not say in which system its coordinates are")
    raise ImportFileError(name, fact, Sentence("export it in EPSG:4326 (WGS 84), a shapefile with its .prj"))


@cache
def _transformer(epsg: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(epsg, _WGS84, always_xy=True)


def _onto(epsg: int) -> Any:
    if epsg == _WGS84:
        return None
    transformer = _transformer(epsg)

    def onto(geometry: BaseGeometry) -> BaseGeometry:
        return shapely.transform(geometry, lambda corners: np.column_stack(transformer.transform(*corners.T)))

    return onto


def _decode(header: dict[str, Any], features: list[Any]) -> str:
    """Find the encoding of a shapefile's texts, which came as Latin-1, and read them in it; returns the codec."""
    held = [feature["properties"] for feature in features if isinstance(feature.get("properties"), dict)]
    texts = [value for one in held for value in one.values() if isinstance(value, str) and not value.isascii()]
    told = codec_called(header["cpg"]) or _LANGUAGES.get(header["language"], "")
    codec = codec_of("\n".join(texts).encode("latin-1", "replace"), told)

    def read(value: Any) -> Any:
        return value.encode("latin-1", "replace").decode(codec, "replace") if isinstance(value, str) else value

    for feature in features:
        if isinstance(feature.get("properties"), dict):
            feature["properties"] = {read(key): read(value) for key, value in feature["properties"].items()}
    return codec


def _not_read(header: dict[str, Any], others: list[dict[str, Any]]) -> tuple[Issue, ...]:
    names = [other["layer"] for other in others if other is not header]
    reason = Sentence("not read; the list was found in the layer {layer}", layer=header["layer"])
    issues = [Issue(field="layer", value=name, reason=reason) for name in names]
    computed = Sentence("not read: it is a view or computes what it holds")
    return (*issues, *(Issue(field="layer", value=name, reason=computed) for name in header["passed"]))
