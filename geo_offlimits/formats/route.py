"""A route that somebody means to take: the tracks and routes of a GPX file, or the lines of a GeoJSON file. WGS 84.

The file is a stranger's: it is bounded before it is read, a GPX with a document type is refused before it is parsed,
and every point must be on Earth. Times, names and heights in it are not kept.
"""

import hashlib
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from geo_offlimits.errors import Sentence
from geo_offlimits.formats.files import ImportFileError, Limits, Source, extension, taken
from geo_offlimits.formats.geojson_rows import document, pair
from geo_offlimits.lookup.geodesy import Array

MAX_VERTICES = 100_000
LIMITS = Limits(bytes=8 * 1024 * 1024)
_CHAINS = {"trkseg": "trkpt", "rte": "rtept"}
_BOUNDS = (180.0, 90.0)


@dataclass(frozen=True, eq=False)
class Route:
    """lines : each (n, 2), longitude and latitude in degrees, n >= 1. sha256 : of the file, which names the route."""

    lines: tuple[Array, ...]
    sha256: str


def read_route(source: Source) -> Route:
    """The route in a file on disk or an upload `(name, bytes)`. Raises ImportFileError for what holds none."""
    name, content = taken(source, LIMITS)
    kind = extension(name)
    if kind == ".gpx":
        lines = list(_gpx_lines(name, content))
    elif kind in {".geojson", ".json"}:
        lines = list(_geojson_lines(name, content))
    else:
        raise ImportFileError(name, Sentence("is neither GPX nor GeoJSON"), Sentence("save the route as one of them"))
    _refuse_unfit(name, lines)
    return Route(tuple(lines), hashlib.sha256(content).hexdigest())


def _refuse_unfit(name: str, lines: Sequence[Array]) -> None:
    vertices = sum(map(len, lines))
    if not vertices:
        fact = Sentence("holds no track, route or line")
        raise ImportFileError(name, fact, Sentence("save the route as a track, not as single points"))
    if vertices > MAX_VERTICES:
        fact = Sentence("has more than {most} points", most=MAX_VERTICES)
        raise ImportFileError(name, fact, Sentence("simplify the route or cut it into several"))
    # Written so that NaN, of which nothing holds, is refused.
    if not all((np.abs(line) <= _BOUNDS).all() for line in lines):
        raise ImportFileError(name, Sentence("has a point that is not on Earth"), Sentence("longitude comes first"))


def _gpx_lines(name: str, content: bytes) -> Iterator[Array]:
    try:
        root = fromstring(content, forbid_dtd=True)
        for element in root.iter():
            point = _CHAINS.get(_bare(element.tag))
            if point and (found := [_degrees(child) for child in element if _bare(child.tag) == point]):
                yield np.array(found, dtype=float)
    except DefusedXmlException:
        fact = Sentence("holds a document type declaration")
        raise ImportFileError(name, fact, Sentence("export the route anew as GPX")) from None
    except (ET.ParseError, ValueError, LookupError, TypeError):
        raise ImportFileError(name, Sentence("cannot be read as GPX"), Sentence("export the route anew")) from None


def _bare(tag: object) -> str:
    """Of GPX 1.0 and 1.1 alike; a comment has no text for a tag."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _degrees(point: ET.Element) -> tuple[float, float]:
    return float(point.attrib["lon"]), float(point.attrib["lat"])


def _geojson_lines(name: str, content: bytes) -> Iterator[Array]:
    try:
        for geometry in _geometries(document(name, content)):
            kind, coordinates = geometry.get("type"), geometry.get("coordinates")
            chains: Any = {"LineString": [coordinates], "MultiLineString": coordinates}.get(str(kind), [])
            yield from (np.array([pair(one) for one in chain], dtype=float) for chain in chains if chain)
    except (TypeError, ValueError, OverflowError, AttributeError):
        raise ImportFileError(
            name, Sentence("has lines that are no lists of numbers"), Sentence("export the route anew")
        ) from None


def _geometries(read: dict[str, Any]) -> Iterable[dict[str, Any]]:
    if read.get("type") == "FeatureCollection":
        return [one["geometry"] for one in read.get("features") or [] if isinstance(one, dict) and one.get("geometry")]
    return [read.get("geometry") or {}] if read.get("type") == "Feature" else [read]
