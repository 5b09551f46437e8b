"""A route that somebody means to take: the tracks and routes of a GPX file, or the lines of a GeoJSON file. WGS 84.

The file is a stranger's: it is bounded before it is read, a GPX with a document type is refused before it is parsed,
and every point must be on Earth. Times, names and heights in it are not kept.
"""

import hashlib
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from geo_offlimits.errors import Sentence
from geo_offlimits.formats.files import ImportFileError, Limits, Source, extension, taken
from geo_offlimits.formats.geojson_rows import corner, document
from geo_offlimits.lookup.geodesy import Array

MAX_VERTICES = 100_000
LIMITS = Limits(bytes=8 * 1024 * 1024)
_CHAINS = {"trkseg": "trkpt", "rte": "rtept"}
_HELD = {"FeatureCollection": "features", "Feature": "geometry", "GeometryCollection": "geometries"}
_BOUNDS = (180.0, 90.0)
_DEEPEST = 100  # elements within each other; GPX has five


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
        lines = _gpx_lines(name, content)
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


class _Chains:
    """Hears a parser read a GPX, 1.0 or 1.1, and keeps the points of its tracks and routes."""

    def __init__(self) -> None:
        self.lines: list[list[tuple[float, float]]] = []
        self._open: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = tag.rpartition("}")[2]
        around = self._open[-1] if self._open else ""
        self._open.append(name)
        if len(self._open) > _DEEPEST:
            raise ValueError(name)
        if name in _CHAINS:
            self.lines.append([])
        elif name == _CHAINS.get(around):
            self.lines[-1].append((float(attributes["lon"]), float(attributes["lat"])))

    def end(self, _tag: str) -> None:
        self._open.pop()

    def close(self) -> None:
        """What a parser calls at the end."""


def _gpx_lines(name: str, content: bytes) -> list[Array]:
    heard = _Chains()
    try:
        parser = DefusedXMLParser(target=heard, forbid_dtd=True)
        parser.feed(content)
        parser.close()
    except DefusedXmlException:
        fact = Sentence("holds a document type declaration")
        raise ImportFileError(name, fact, Sentence("export the route anew as GPX")) from None
    except (ET.ParseError, ValueError, LookupError):
        raise ImportFileError(name, Sentence("cannot be read as GPX"), Sentence("export the route anew")) from None
    return [np.array(line, dtype=float) for line in heard.lines if line]


def _geojson_lines(name: str, content: bytes) -> Iterator[Array]:
    try:
        for geometry in _geometries(document(name, content)):
            kind, coordinates = geometry.get("type"), geometry.get("coordinates")
            chains: Any = {"LineString": [coordinates], "MultiLineString": coordinates}.get(str(kind), [])
            yield from (np.array([corner(one) for one in chain], dtype=float) for chain in chains if chain)
    except (TypeError, ValueError, OverflowError, AttributeError):
        raise ImportFileError(
            name, Sentence("has lines that are no lists of numbers"), Sentence("export the route anew")
        ) from None


def _geometries(read: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every geometry of the document, also those that collections hold within one another."""
    waiting: list[Any] = [read]
    while waiting:
        one = waiting.pop()
        held = _HELD.get(str(one.get("type")))
        if held is None:
            yield one
        else:
            inner = one.get(held) or []
            waiting += reversed(inner if isinstance(inner, list) else [inner])
