"""Published lists as collections of features, for programs that draw maps: what is asked of them and what they hold.

1. Everything comes out of editions that this person may read, as `services.editions` gives them; so a collection shows
   each person what is theirs, and one of an edition that is not for them does not exist.
2. `premises`, `boundaries` and `facilities` are of the current edition of every mission of the person, by code;
   `premises-{code}-ed{n}` is of one edition for ever.
3. What has no place holds or may be anywhere: no box leaves it out. A condition on its geometry is unknown.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.conditions import Condition
from geo_offlimits.domain.edition import Edition
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.errors import AbsentError
from geo_offlimits.formats import edition as edition_file
from geo_offlimits.layer import BOUNDARIES, FACILITIES, PREMISES, Column, ColumnKind
from geo_offlimits.published import PublishedEdition
from geo_offlimits.services import editions, missions
from geo_offlimits.services.act import Act
from geo_offlimits.services.conditions import Table
from geo_offlimits.services.headers import PublishedHeader
from geo_offlimits.services.shelf import Shelf

_FROZEN = re.compile(r"premises-([A-Z][A-Z0-9-]{1,15})-ed([1-9][0-9]{0,8})")
_PLAIN = (ColumnKind.TEXT, ColumnKind.METRES, ColumnKind.INSTANT)
Rows = NDArray[np.intp] | range
Bounds = tuple[float, float, float, float]
Told = tuple[BaseGeometry | None, dict[str, Any]]


class Kind(StrEnum):
    PREMISES = "premises"
    BOUNDARIES = "boundaries"
    FACILITIES = "facilities"


_COLUMNS: Mapping[Kind, tuple[Column, ...]] = {
    Kind.PREMISES: PREMISES,
    Kind.BOUNDARIES: BOUNDARIES,
    Kind.FACILITIES: FACILITIES,
}
# When a feature holds: from the one until, and not at, the other.
_HOLDS: Mapping[Kind, tuple[str, str] | None] = {
    Kind.PREMISES: ("since", "until"),
    Kind.BOUNDARIES: ("valid_from", "valid_to"),
    Kind.FACILITIES: None,
}


class UnknownCollectionError(AbsentError):
    """No such collection, or none of an edition that this person may read."""

    def __init__(self, collection_id: str) -> None:
        self.collection_id = collection_id
        super().__init__(f"There is no collection {collection_id!r} for you; /ogc/collections lists those there are.")


class UnknownFeatureError(AbsentError):
    """The collection has no such feature."""

    def __init__(self, collection_id: str, feature_id: str) -> None:
        self.collection_id, self.feature_id = collection_id, feature_id
        super().__init__(f"{collection_id} has no feature {feature_id!r}; its items list those it has.")


@dataclass(frozen=True, kw_only=True)
class Collection:
    """What can be asked for: features of one kind, of these editions."""

    collection_id: str
    kind: Kind
    editions: tuple[PublishedHeader, ...]

    @property
    def frozen(self) -> bool:
        return self.collection_id != self.kind


@dataclass(frozen=True, kw_only=True)
class Question:
    """Which features are wanted; what is None leaves none out.

    window : in WGS 84 degrees. during : first and last moment at which a feature may hold, None where open.
    """

    window: BaseGeometry | None = None
    during: tuple[datetime | None, datetime | None] | None = None
    condition: Condition | None = None
    limit: int
    offset: int = 0


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One feature, its geometry as published (WGS 84 degrees, longitude first), None where the place is unknown."""

    feature_id: str
    geometry: BaseGeometry | None
    properties: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Found:
    """The features of one page, and how many there are on all."""

    features: tuple[Feature, ...]
    matched: int


def collections(act: Act) -> tuple[Collection, ...]:
    """Every collection there is for this person; those of editions by mission, newest first."""
    readable = [editions.readable(act, code) for code in _codes(act)]
    current = tuple(headers[0] for headers in readable if headers)
    frozen = tuple(_of_edition(header) for headers in readable for header in headers)
    return *(Collection(collection_id=kind, kind=kind, editions=current) for kind in Kind), *frozen


def collection(act: Act, collection_id: str) -> Collection:
    """The collection of this name. Raises UnknownCollectionError."""
    if collection_id in frozenset(Kind):
        found = (editions.newest(act, code) for code in _codes(act))
        return Collection(
            collection_id=collection_id, kind=Kind(collection_id), editions=tuple(header for header in found if header)
        )
    named = _FROZEN.fullmatch(collection_id)
    if named is None or named[1] not in _codes(act):
        raise UnknownCollectionError(collection_id)
    header = editions.header(act, named[1], int(named[2]))
    editions.refuse_retired(act, header)
    return _of_edition(header)


def _of_edition(header: PublishedHeader) -> Collection:
    name = f"premises-{header.mission}-ed{header.number}"
    return Collection(collection_id=name, kind=Kind.PREMISES, editions=(header,))


def _codes(act: Act) -> tuple[str, ...]:
    return tuple(one.code for one in missions.visible(act))


def queryables(kind: Kind) -> Mapping[str, Column]:
    """The properties that a filter may name -> column. `mission` and the geometry can be named beside them."""
    return {"id" if one.name == "entry_id" else one.name: one for one in _COLUMNS[kind] if one.kind in _PLAIN}


def find(act: Act, shelf: Shelf, asked: Collection, question: Question) -> Found:
    """The features that are wanted, in the order of the lists. Raises as `editions.read` does, QueryError."""
    matched, features = 0, list[Feature]()
    for part in _parts(act, shelf, asked):
        rows = part.rows(question)
        first = max(0, question.offset - matched)
        matched += len(rows)
        features += (part.feature(int(row)) for row in rows[first : first + question.limit - len(features)])
    return Found(features=tuple(features), matched=matched)


def feature(act: Act, shelf: Shelf, asked: Collection, feature_id: str) -> Feature:
    """The feature of this id. Raises UnknownFeatureError."""
    for part in _parts(act, shelf, asked):
        row = part.row_of(feature_id)
        if row is not None:
            return part.feature(row)
    raise UnknownFeatureError(asked.collection_id, feature_id)


def bounds(act: Act, shelf: Shelf, asked: Collection) -> Bounds | None:
    """West, south, east, north around every feature; None where no feature has a place."""
    layers = [part.layer for part in _parts(act, shelf, asked)]
    boxes: NDArray[np.float64] = np.array([one.total_bounds for one in layers if one.geometry.notna().any()])
    if not len(boxes):
        return None
    (west, south), (east, north) = boxes[:, :2].min(axis=0).tolist(), boxes[:, 2:].max(axis=0).tolist()
    return west, south, east, north


def _parts(act: Act, shelf: Shelf, asked: Collection) -> Iterator["_Part"]:
    for header in asked.editions:
        yield _Part(editions.read(act, shelf, header.mission, header.number), asked.kind)


@dataclass(frozen=True)
class _Part:
    """What one edition gives to a collection."""

    read: PublishedEdition
    kind: Kind

    @property
    def layer(self) -> gpd.GeoDataFrame:
        layer: gpd.GeoDataFrame = getattr(self.read, self.kind)
        return layer

    def rows(self, question: Question) -> Rows:
        """The rows that are wanted; of a list that nothing filters none is looked at."""
        masks = []
        if question.window is not None:
            masks.append(self._in(question.window))
        if question.during is not None and (columns := _HOLDS[self.kind]) is not None:
            masks.append(self._during(columns, *question.during))
        if question.condition is not None:
            table = Table(self.layer, queryables(self.kind), {"mission": self.read.edition.mission})
            masks.append(table.holds(question.condition))
        return np.flatnonzero(np.logical_and.reduce(masks)) if masks else range(len(self.layer))

    def _in(self, window: BaseGeometry) -> NDArray[np.bool_]:
        inside: NDArray[np.bool_] = shapely.is_missing(np.asarray(self.layer.geometry, dtype=object))
        inside[self.layer.sindex.query(window, predicate="intersects")] = True
        return inside

    def _during(self, columns: Sequence[str], first: datetime | None, last: datetime | None) -> NDArray[np.bool_]:
        begins, ends = (self.layer[name] for name in columns)
        holds = np.ones(len(self.layer), dtype=bool)
        if last is not None:
            holds &= (begins.isna() | (begins <= last)).to_numpy(dtype=bool)
        if first is not None:
            holds &= (ends.isna() | (ends > first)).to_numpy(dtype=bool)
        return holds

    def row_of(self, feature_id: str) -> int | None:
        named = _NAMED[self.kind]
        return next((row for row in range(len(self.layer)) if named(self.read.edition, row) == feature_id), None)

    def feature(self, row: int) -> Feature:
        edition = self.read.edition
        geometry, told = _TOLD[self.kind](edition, row)
        edition_told = {
            "mission": edition.mission,
            "edition": edition.number,
            "edition_expires_at": format_instant(edition.expires_at),
        }
        feature_id = _NAMED[self.kind](edition, row)
        return Feature(feature_id=feature_id, geometry=geometry, properties=told | edition_told)


def _entry(edition: Edition, row: int) -> Told:
    entry = edition.entries[row]
    # Always with a point, or a reader that sees whole numbers first takes all of them for whole.
    uncertainty_m = None if entry.uncertainty_m is None else float(entry.uncertainty_m)
    return entry.geometry, edition_file.properties(entry) | {"uncertainty_m": uncertainty_m}


def _boundary(edition: Edition, row: int) -> Told:
    boundary = edition.boundaries[row]
    start, end = boundary.valid.start, boundary.valid.end
    return boundary.geometry, {
        "name": boundary.name,
        "kind": boundary.kind.value,
        "valid_from": start and format_instant(start),
        "valid_to": end and format_instant(end),
    }


def _facility(edition: Edition, row: int) -> Told:
    facility = edition.facilities[row]
    told = ("name", "kind", "address", "locality", "facility_id")
    return facility.geometry, {name: getattr(facility, name) for name in told}


_TOLD: Mapping[Kind, Callable[[Edition, int], Told]] = {
    Kind.PREMISES: _entry,
    Kind.BOUNDARIES: _boundary,
    Kind.FACILITIES: _facility,
}
# What a feature is called: once in all missions.
_NAMED: Mapping[Kind, Callable[[Edition, int], str]] = {
    Kind.PREMISES: lambda edition, row: edition.entries[row].entry_id,
    Kind.BOUNDARIES: lambda edition, row: f"{edition.mission}-{row + 1}",
    Kind.FACILITIES: lambda edition, row: f"{edition.mission}-{edition.facilities[row].facility_id}",
}
