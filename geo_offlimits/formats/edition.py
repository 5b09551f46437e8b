"""The edition file: an RFC 7946 FeatureCollection in RFC 8785 canonical form. Its SHA-256 is the edition's name.

`encode` writes the one possible file of an edition; `decode` accepts nothing else: it reads, writes again and compares.
The form was fixed with the first edition; any change of it changes every hash.
"""

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time
from itertools import pairwise
from typing import Any

import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.edition import EDITION_FORMAT, Edition, Entry
from geo_offlimits.domain.hours import Hours
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.domain.mission import Boundary, Facility
from geo_offlimits.domain.position import MAX_UNCERTAINTY_M
from geo_offlimits.domain.premises import SubjectKind
from geo_offlimits.errors import InputError
from geo_offlimits.formats import canonical_json, strict_json
from geo_offlimits.formats.edition_bytes import ABOUT, features
from geo_offlimits.formats.edition_reading import EditionFileError, entry_of, read_edition
from geo_offlimits.formats.strict_json import NotJsonError
from geo_offlimits.lookup.footprint import MAX_EDGE_M, canonical_geometries, canonical_geometry, polygons_of

__all__ = [
    "MAX_EDITION_BYTES",
    "EditionFileError",
    "cut",
    "decode",
    "encode",
    "feature",
    "feature_collection",
    "geometry_member",
    "properties",
    "published_footprints",
    "sha256",
    "written",
    "written_and_read",
]

MAX_EDITION_BYTES = 64 * 1024 * 1024


def encode(edition: Edition) -> bytes:
    """The canonical bytes of an edition. Entries stand in the order of their ids, whatever order they are given in.

    Raises EditionFileError for two entries with one id or a text that is not Unicode, FootprintError for a geometry
    that cannot be published.
    """
    return b"".join(_pieces(edition))


def _pieces(edition: Edition) -> Iterator[bytes]:
    entries = sorted(edition.entries, key=lambda entry: entry.entry_id)
    _refuse_one_id_twice(entries)
    return written(entries, _foreign_member(edition), _around(edition))


def _around(edition: Edition) -> list[BaseGeometry]:
    return [boundary.geometry for boundary in edition.boundaries]


def written(entries: Sequence[Entry], told: dict[str, Any], otherwise: Sequence[BaseGeometry] = ()) -> Iterator[bytes]:
    """The canonical bytes of a FeatureCollection of these entries, in their order, with `told` as member `offlimits`.

    A feature at a time: a list of ten thousand is never held as a document beside them. otherwise : what `bbox` is
    around where no entry has a place.
    """
    footprints = published_footprints((entry.subject, entry.geometry) for entry in entries)
    return _written(entries, footprints, told, otherwise)


def _written(
    entries: Sequence[Entry],
    footprints: Sequence[BaseGeometry | None],
    told: dict[str, Any],
    otherwise: Sequence[BaseGeometry],
) -> Iterator[bytes]:
    around = [footprint for footprint in footprints if footprint is not None] or otherwise
    yield b'{"bbox":' + _canonical(bounding_box(around)) + b"," if around else b"{"
    yield b'"features":['
    for at, (entry, geometry) in enumerate(zip(entries, _geometry_members(footprints), strict=True)):
        yield (b"," if at else b"") + _canonical(_feature(entry, geometry))
    yield ABOUT + _canonical(told) + b',"type":"FeatureCollection"}'


def _refuse_one_id_twice(entries: Iterable[Entry]) -> None:
    twice = next((one.entry_id for one, other in pairwise(entries) if one.entry_id == other.entry_id), None)
    if twice is not None:
        raise EditionFileError("features", f"has two entries {twice}", "give every entry an id of its own")


def decode(content: bytes) -> Edition:
    """The edition in these bytes.

    Raises EditionFileError, with the member at fault, unless they are exactly what `encode` writes: duplicate members,
    NaN, another order, spaces, unknown members or another format are all refused.
    """
    edition = _read(content)
    if not _is_written(edition, content):
        raise EditionFileError(
            "file", "is not in canonical form", "it was changed after publication; take it from the mission again"
        )
    return edition


def written_and_read(edition: Edition, before: bytes = b"") -> tuple[bytes, Edition]:
    """The canonical bytes of an edition, and the edition that a reader makes of them. Raises as both do.

    before : a verified edition's bytes. What it says word for word was read back when it was published: only what is
    new is read here, and entries that stand there are taken as they are given, so in their published form.

    Equal editions are written alike: where what was read equals what was written, these are its bytes without its being
    written once more to see it. Where it does not, as when a footprint was not yet in its published form, it is.
    """
    edition = replace(edition, entries=tuple(sorted(edition.entries, key=lambda entry: entry.entry_id)))
    content = _written_on(edition, before) if before else None
    if content is not None:
        return content, edition
    content = encode(edition)
    read = _read(content)
    return content, read if read == edition else decode(content)


def _written_on(edition: Edition, before: bytes) -> bytes | None:
    """Its bytes with footprints as they are, None unless each was seen to be in its published form: there or here."""
    _refuse_one_id_twice(edition.entries)
    footprints = [entry.geometry for entry in edition.entries]
    content = b"".join(_written(edition.entries, footprints, _foreign_member(edition), _around(edition)))
    known = frozenset(features(before))
    new = {
        feature: entry
        for entry, feature in zip(edition.entries, features(content), strict=True)
        if feature not in known
    }
    part = replace(edition, entries=tuple(new.values()))
    as_published = encode(part)
    return content if features(as_published) == list(new) and _read(as_published) == part else None


def _read(content: bytes) -> Edition:
    if len(content) > MAX_EDITION_BYTES:
        raise EditionFileError("file", f"is larger than {MAX_EDITION_BYTES} bytes", "is it an edition?")
    return read_edition(_parsed(content))


def _is_written(edition: Edition, content: bytes) -> bool:
    """Whether these bytes are what `encode` writes of the edition."""
    at = 0
    try:
        for piece in _pieces(edition):
            if not content.startswith(piece, at):
                return False
            at += len(piece)
    except EditionFileError:
        raise
    except InputError as fault:
        raise EditionFileError("file", f"holds what cannot be published ({fault})") from None
    return at == len(content)


def cut(content: bytes, chosen: Sequence[bool], told: dict[str, Any], around: Sequence[BaseGeometry]) -> bytes:
    """What `written` gives of the chosen entries, made of their own bytes in an edition's: nothing is written anew.

    content : verified, so that it is canonical. chosen : of each entry, in their order. around : those footprints.
    """
    kept = b",".join(feature for feature, keep in zip(features(content), chosen, strict=True) if keep)
    begins = b'{"bbox":' + _canonical(bounding_box(around)) + b"," if around else b"{"
    return b"".join((begins, b'"features":[', kept, ABOUT, _canonical(told), b',"type":"FeatureCollection"}'))


def sha256(content: bytes) -> str:
    """The hexadecimal SHA-256 of an edition's bytes: what `sha256sum` prints for the file."""
    return hashlib.sha256(content).hexdigest()


def feature(entry: Entry) -> dict[str, Any]:
    """One entry as a GeoJSON feature."""
    footprints = published_footprints([(entry.subject, entry.geometry)])
    return _feature(entry, *_geometry_members(footprints))


def _feature(entry: Entry, geometry: dict[str, Any] | None) -> dict[str, Any]:
    return {"type": "Feature", "id": entry.entry_id, "geometry": geometry, "properties": properties(entry)}


def properties(entry: Entry) -> dict[str, Any]:
    """What is told of an entry beside its footprint: every property present, null where unknown."""
    part, hours = entry.part, entry.hours
    return {
        "address": entry.address,
        "applies_to": [category.value for category in entry.applies_to],
        "category": entry.category and entry.category.value,
        "directive": entry.directive,
        "exceptions": list(entry.exceptions),
        "hours": hours and _hours(hours),
        "issuer": entry.issuer,
        "locality": entry.locality,
        "mgrs": entry.mgrs,
        "name": entry.name,
        "names": [{"kind": name.kind.value, "lang": name.lang, "text": name.text} for name in entry.names],
        "part": part and {"entrance": part.entrance, "floor": part.floor, "text": part.text},
        "restriction": entry.restriction.value,
        "sector": entry.sector,
        "since": format_instant(entry.since),
        "subject": entry.subject.value,
        "uncertainty_m": entry.uncertainty_m and _whole(entry.uncertainty_m),
        "until": _instant(entry.until),
    }


def _whole(metres: float) -> float:
    """A whole number of metres as such: written alike, 5 and not 5.0, and many times quicker."""
    return int(metres) if abs(metres) <= MAX_UNCERTAINTY_M and metres == int(metres) else metres


def published_footprints(places: Iterable[tuple[SubjectKind, BaseGeometry | None]]) -> list[BaseGeometry | None]:
    """The geometries of subjects of these kinds in their published form, None for None. Raises FootprintError.

    A category rule only asks "inside or outside", so its edges may stay long; measured to are premises and areas.
    """
    known = list(places)
    limits_m = [math.inf if kind is SubjectKind.CATEGORY_RULE else MAX_EDGE_M for kind, _ in known]
    return canonical_geometries([geometry for _, geometry in known], limits_m)


def feature_collection(entries: Iterable[Entry]) -> dict[str, Any]:
    """Entries as a FeatureCollection, with `bbox` where at least one of them has a place."""
    known = list(entries)
    footprints = published_footprints((entry.subject, entry.geometry) for entry in known)
    features = [_feature(entry, geometry) for entry, geometry in zip(known, _geometry_members(footprints), strict=True)]
    document: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    placed = [footprint for footprint in footprints if footprint is not None]
    return document | ({"bbox": bounding_box(placed)} if placed else {})


def bounding_box(geometries: Iterable[BaseGeometry]) -> list[float]:
    """[west, south, east, north] in degrees around all of them; west > east when it crosses the antimeridian.

    The smallest box around the globe is taken, so an archipelago on both sides of the antimeridian stays small.
    """
    parts = shapely.bounds(shapely.get_parts(list(geometries)))
    spans = sorted((float(west), float(east)) for west, _, east, _ in parts)
    south, north = float(parts[:, 1].min()), float(parts[:, 3].max())
    west, reach = spans[0]
    gaps = []
    for start, end in spans[1:]:
        if start > reach:
            gaps.append((start - reach, start, reach))
        reach = max(reach, end)
    across = west + 360.0 - reach
    widest = max(gaps, default=(0.0, west, reach))
    if widest[0] > across:
        west, reach = widest[1], widest[2]
    return [west, south, reach, north]


def _geometry_members(footprints: Sequence[BaseGeometry | None]) -> Iterator[dict[str, Any] | None]:
    """As `geometry_member` of each, None for None. Of points, nearly all of a list, the coordinates are got at once."""
    points = [footprint for footprint in footprints if isinstance(footprint, Point)]
    coordinates = iter(shapely.get_coordinates(points).tolist())
    for footprint in footprints:
        if isinstance(footprint, Point):
            yield {"type": "Point", "coordinates": next(coordinates)}
        else:
            yield None if footprint is None else geometry_member(footprint)


def geometry_member(geometry: BaseGeometry) -> dict[str, Any]:
    """A canonical geometry as a GeoJSON geometry."""
    kind = geometry.geom_type
    if kind == "Point":
        return {"type": kind, "coordinates": shapely.get_coordinates(geometry)[0].tolist()}
    parts = [
        [shapely.get_coordinates(ring).tolist() for ring in (part.exterior, *part.interiors)]
        for part in polygons_of(geometry)
    ]
    return {"type": kind, "coordinates": parts[0] if kind == "Polygon" else parts}


def _foreign_member(edition: Edition) -> dict[str, Any]:
    return {
        "format": EDITION_FORMAT,
        "mission": edition.mission,
        "mission_name": edition.mission_name,
        "timezone": edition.timezone,
        "number": edition.number,
        "previous_sha256": edition.previous_sha256,
        "issued_at": format_instant(edition.issued_at),
        "expires_at": format_instant(edition.expires_at),
        "statement": dict(edition.statement),
        "contacts": [
            {"kind": c.kind.value, "name": c.name, "phone": c.phone, "email": c.email, "hours": c.hours}
            for c in edition.contacts
        ],
        "facilities": [_facility(facility) for facility in edition.facilities],
        "boundaries": [_boundary(boundary) for boundary in edition.boundaries],
        "checkpoint": {"size": edition.checkpoint.size, "root_sha256": edition.checkpoint.root_sha256},
        "demonstration": edition.demonstration,
    }


def _facility(facility: Facility) -> dict[str, Any]:
    texts = {name: getattr(facility, name) for name in ("facility_id", "name", "kind", "address", "locality")}
    return texts | {"geometry": geometry_member(canonical_geometry(facility.geometry))}


def _boundary(boundary: Boundary) -> dict[str, Any]:
    return {
        "kind": boundary.kind.value,
        "name": boundary.name,
        "valid_from": _instant(boundary.valid.start),
        "valid_to": _instant(boundary.valid.end),
        "geometry": geometry_member(canonical_geometry(boundary.geometry, max_edge_m=None)),
    }


def _hours(hours: Hours) -> dict[str, Any]:
    spans = [
        {"days": list(span.days), "from": _wall_time(span.start), "to": _wall_time(span.end)} for span in hours.weekly
    ]
    return {"tz": hours.tz, "weekly": spans}


def _wall_time(wall: time) -> str:
    return wall.strftime("%H:%M:%S" if wall.second else "%H:%M")


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else format_instant(moment)


def _canonical(document: Any) -> bytes:
    try:
        return canonical_json.dumps(document)
    except canonical_json.CanonicalizationError as fault:
        raise EditionFileError("file", f"cannot be written as canonical JSON ({fault})") from None


def _parsed(content: bytes) -> Any:
    try:
        return strict_json.parsed(content, entry_of)
    except NotJsonError as fault:
        if fault.member is not None:
            raise EditionFileError(fault.member, "stands twice in one object") from None
        raise EditionFileError("file", fault.fact, "is it an edition?") from None
