"""GeoJSON from outside: features as rows, properties as columns. Plain JSON rules, nothing repaired.

A file is one document (RFC 7946) or a feature a line, with or without a record separator before it (RFC 8142).
"""

import io
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from geo_offlimits.errors import InputError, Issue, Sentence
from geo_offlimits.formats import strict_json
from geo_offlimits.formats.files import LIMITS, TOO_LONG, ImportFileError, Limits
from geo_offlimits.formats.own_exports import as_listed
from geo_offlimits.formats.strict_json import NotJsonError
from geo_offlimits.lookup.footprint import DECIMALS, MAX_VERTICES, canonical_geometry

_NUMBERS = frozenset({int, float})  # a truth value is none
_EAST, _NORTH, _PER_DEGREE = 180.0, 90.0, 10.0**DECIMALS
OWN_MEMBER = "offlimits"  # what an edition, and a part of one, says of itself
Onto = Callable[[BaseGeometry], BaseGeometry]
OTHER_JSON = Sentence("is JSON but not a GeoJSON FeatureCollection")
_MARK, _BEFORE_A_LINE = b"\xef\xbb\xbf", b"\x1e \t"
_WGS84 = frozenset(
    {"urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326"}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class FeatureRow:
    """One feature: its number in the file from 1, its properties as text, its geometry, and what is wrong with it."""

    number: int
    values: dict[str, str]
    geometry: BaseGeometry | None
    issues: tuple[Issue, ...]


@dataclass(frozen=True, kw_only=True)
class Features:
    """What a file of places holds: its rows, and what was not read of it."""

    rows: tuple[FeatureRow, ...]
    issues: tuple[Issue, ...] = ()
    notes: tuple[str, ...] = ()


def read_features(name: str, content: bytes, limits: Limits = LIMITS) -> tuple[FeatureRow, ...]:
    """The features of a FeatureCollection or of a single Feature, WGS 84, longitude first.

    A feature that cannot be used comes back with issues; the others are unharmed. Raises ImportFileError for bytes that
    are not JSON (NaN, Infinity, repeated members included), not GeoJSON, not WGS 84, or beyond the limits.
    """
    read = document(name, content)
    features = [read] if read.get("type") == "Feature" else read.get("features")
    if read.get("type") not in {"Feature", "FeatureCollection"} or not isinstance(features, list):
        raise ImportFileError(name, OTHER_JSON, Sentence("export it as GeoJSON"))
    if not features:
        raise ImportFileError(name, Sentence("holds no features"), Sentence("was it exported?"))
    if len(features) > limits.rows:
        _refuse_more(name, limits)
    if isinstance(read.get(OWN_MEMBER), dict):
        features = [as_listed(one) for one in features]
    points = plain_points(features)
    return tuple(
        feature_row(number, told, limits, point=point)
        for number, (told, point) in enumerate(zip(features, points, strict=True), start=1)
    )


def read_lines(name: str, content: bytes, limits: Limits = LIMITS) -> tuple[FeatureRow, ...]:
    """A feature a line; one that cannot be read comes back with an issue. Raises ImportFileError as read_features."""
    rows: list[FeatureRow] = []
    for line in io.BytesIO(content.removeprefix(_MARK)):
        text = line.lstrip(_BEFORE_A_LINE).strip()
        if not text:
            continue
        if len(rows) >= limits.rows:
            _refuse_more(name, limits)
        rows.append(line_row(len(rows) + 1, text, limits))
    if not any(row.values or row.geometry for row in rows):
        raise ImportFileError(name, Sentence("holds no features"), Sentence("export it anew as GeoJSON in UTF-8"))
    return tuple(rows)


def line_row(number: int, text: bytes, limits: Limits) -> FeatureRow:
    """The feature that a line holds, or the issue that it holds none."""
    try:
        return feature_row(number, strict_json.parsed(text), limits)
    except NotJsonError as fault:
        issue = Issue(row=number, field="feature", reason=fault.fact, remedy=Sentence("export it anew"))
        return FeatureRow(number=number, values={}, geometry=None, issues=(issue,))


def _refuse_more(name: str, limits: Limits) -> NoReturn:
    raise ImportFileError(name, Sentence("has more than {most} features", most=limits.rows), TOO_LONG)


def document(name: str, content: bytes) -> dict[str, Any]:
    """The GeoJSON object in these bytes. Raises ImportFileError for other JSON, and for another CRS than WGS 84."""
    try:
        read = strict_json.parsed(content)
    except NotJsonError as fault:
        raise ImportFileError(name, fault.fact, Sentence("export it as GeoJSON in UTF-8")) from None
    if not isinstance(read, dict):
        raise ImportFileError(name, OTHER_JSON, Sentence("export it as GeoJSON"))
    refuse_other_crs(name, read)
    return read


def refuse_other_crs(name: str, read: dict[str, Any]) -> None:
    """Raises ImportFileError for another one than WGS 84."""
    crs = read.get("crs")
    if crs is None:
        return
    properties = crs.get("properties") if isinstance(crs, dict) else None
    told = properties.get("name") if isinstance(properties, dict) else None
    if told not in _WGS84:
        fact = Sentence("is not in WGS 84 longitude and latitude")
        raise ImportFileError(name, fact, Sentence("export it in EPSG:4326"))


def feature_row(
    number: int, told: Any, limits: Limits, *, onto: Onto | None = None, point: BaseGeometry | None = None
) -> FeatureRow:
    """One feature, as JSON has it, as a row. What is wrong with it are its issues.

    onto : turns a geometry into WGS 84 where its coordinates are in another system.
    point : the geometry, where it has been made already (`plain_points`).
    """
    properties = told.get("properties") if isinstance(told, dict) else None
    if not isinstance(told, dict) or told.get("type") != "Feature" or not isinstance(properties, dict | None):
        reason, remedy = Sentence("not a GeoJSON feature"), Sentence("export it anew")
        issue = Issue(row=number, field="feature", reason=reason, remedy=remedy)
        return FeatureRow(number=number, values={}, geometry=None, issues=(issue,))
    values = {str(key): _text(value) for key, value in (properties or {}).items()}
    issues = _too_long(number, values, limits) if max(map(len, values.values()), default=0) > limits.characters else []
    geometry = point
    try:
        geometry = geometry_of(told.get("geometry"), onto) if point is None else point
    except InputError as fault:
        issues += [Issue(row=number, field="geometry", reason=i.reason, remedy=i.remedy) for i in fault.issues]
    return FeatureRow(number=number, values=values, geometry=geometry, issues=tuple(issues))


def _too_long(number: int, values: dict[str, str], limits: Limits) -> list[Issue]:
    reason = Sentence("longer than {most} characters", most=limits.characters)
    return [
        Issue(row=number, field=key, reason=reason, remedy=Sentence("shorten it"))
        for key, value in values.items()
        if len(value) > limits.characters
    ]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "; ".join(value)
    return json.dumps(value, ensure_ascii=False)


def geometry_of(told: Any, onto: Onto | None = None) -> BaseGeometry | None:
    """The geometry in its published form but for densification. Raises InputError with one issue."""
    if told is None:
        return None
    kind = told.get("type") if isinstance(told, dict) else None
    if not isinstance(kind, str) or kind not in {"Point", "Polygon", "MultiPolygon"}:
        raise _unfit(
            Sentence("{kind} is not a point, polygon or multipolygon", kind=str(kind or "null")[:40]),
            Sentence("draw one of them"),
        )
    try:
        if kind == "Point" and onto is None:
            return _point(*corner(told.get("coordinates")))
        _refuse_many(kind, told.get("coordinates"))
        geometry = _shape(kind, told.get("coordinates"))
        geometry = onto(geometry) if onto else geometry
    except (TypeError, IndexError, OverflowError, ValueError, shapely.errors.ShapelyError):
        raise _unfit(Sentence("its coordinates are not lists of numbers"), Sentence("export it anew")) from None
    return canonical_geometry(geometry, max_edge_m=None)


def _refuse_many(kind: str, coordinates: Any) -> None:
    """As `canonical_geometry` does, before a million corners are made into as many numbers."""
    parts = coordinates if kind == "MultiPolygon" else [coordinates] if kind == "Polygon" else []
    count = sum(len(ring) for part in parts for ring in part)
    if count > MAX_VERTICES:
        raise _unfit(
            Sentence("has {count} vertices, more than {most}", count=count, most=MAX_VERTICES),
            Sentence("simplify its outline"),
        )


def _point(lon: float, lat: float) -> BaseGeometry:
    """As `canonical_geometry` makes it, a tenth of the time: nearly all of a long list are points."""
    if abs(lon) <= _EAST and abs(lat) <= _NORTH:
        return shapely.points(round(lon * _PER_DEGREE) / _PER_DEGREE, round(lat * _PER_DEGREE) / _PER_DEGREE)
    return canonical_geometry(Point(lon, lat), max_edge_m=None)


def plain_points(features: Sequence[Any]) -> list[BaseGeometry | None]:
    """Of each feature that is a point on Earth this point, as `geometry_of` makes it, all of them at once."""
    corners = [_plain_corner(told.get("geometry")) if isinstance(told, dict) else None for told in features]
    placed = [at for at, one in enumerate(corners) if one is not None]
    degrees = np.array([corners[at] for at in placed], dtype=float).reshape(-1, 2)
    # Zero is added so that none is -0.0, which is written otherwise.
    rounded = np.rint(degrees * _PER_DEGREE) / _PER_DEGREE + 0.0
    points: list[BaseGeometry | None] = [None] * len(features)
    for at, point in zip(placed, np.asarray(shapely.points(rounded), dtype=object), strict=True):
        points[at] = point
    return points


def _plain_corner(geometry: Any) -> tuple[float, float] | None:
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        return None
    told = geometry.get("coordinates")
    if type(told) is not list or len(told) < 2 or type(told[0]) not in _NUMBERS or type(told[1]) not in _NUMBERS:  # noqa: PLR2004
        return None
    lon, lat = told[0], told[1]
    return (lon, lat) if -_EAST <= lon <= _EAST and -_NORTH <= lat <= _NORTH else None


def _unfit(reason: str, remedy: str) -> InputError:
    told = Sentence("{reason}; {remedy}.", reason=reason, remedy=remedy)
    return InputError(told, Issue(field="geometry", reason=reason, remedy=remedy))


def _shape(kind: str, coordinates: Any) -> BaseGeometry:
    if kind == "Point":
        return Point(corner(coordinates))
    if kind == "Polygon":
        return _polygon(coordinates)
    return MultiPolygon([_polygon(part) for part in coordinates])


def _polygon(rings: Any) -> Polygon:
    shell, *holes = ([corner(pair) for pair in ring] for ring in rings)
    return Polygon(shell, holes)


def corner(told: Any) -> tuple[float, float]:
    """Longitude and latitude; a height is left out, as the list is about places and not floors."""
    lon, lat, *_ = told
    if any(isinstance(degrees, bool) or not isinstance(degrees, int | float) for degrees in (lon, lat)):
        raise TypeError(told)
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise ValueError(told)
    return float(lon), float(lat)
