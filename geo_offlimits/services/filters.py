"""Which part of a list is wanted: by sector, box, nearness and route, decided where the edition says each entry lies.

A filter leaves out places that are elsewhere. A footprint reaches as far as its uncertainty, as in a verdict: what may
in truth lie where is asked for is kept. What has no place (a category rule without an area, premises whose place is not
known) holds or may be anywhere, so no filter leaves it out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.edition import Edition, Entry
from geo_offlimits.domain.mission import BoundaryKind
from geo_offlimits.domain.position import Position
from geo_offlimits.errors import InputError, Issue, Sentence
from geo_offlimits.formats.route import Route
from geo_offlimits.layer import places_layer
from geo_offlimits.lookup.corridor import along, beside
from geo_offlimits.lookup.proximity import ProximityIndex

_LON, _LAT = 180.0, 90.0
Box = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which part of the list is wanted; what is None does not filter.

    bbox : west, south, east, north in degrees, west > east across the antimeridian. near, route : each together with
    `within_m`.
    """

    bbox: Box | None = None
    near: Position | None = None
    within_m: float | None = None
    sector: str | None = None
    route: Route | None = None

    @property
    def empty(self) -> bool:
        return self.bbox is None and self.near is None and self.sector is None and self.route is None

    def as_json(self) -> dict[str, Any]:
        near = self.near and {"lat": self.near.lat, "lon": self.near.lon, "within_m": self.within_m}
        route = self.route and {"sha256": self.route.sha256, "within_m": self.within_m}
        told = {
            "bbox": list(self.bbox) if self.bbox else None,
            "near": near,
            "sector": self.sector,
            "route": route,
        }
        return {name: value for name, value in told.items() if value is not None}


EVERYTHING = Filter()


def kept(edition: Edition, chosen: Filter) -> tuple[Entry, ...]:
    """The entries of the edition that the filter leaves, in their order. Raises InputError for one that cannot be."""
    entries = edition.entries
    if chosen.sector is not None:
        entries = _of_sector(edition, entries, chosen.sector)
    if chosen.bbox is not None:
        entries = _in_box(entries, chosen.bbox)
    if chosen.near is not None:
        entries = _near(entries, chosen.near, _given(chosen.within_m))
    if chosen.route is not None:
        entries = _along(entries, chosen.route, _given(chosen.within_m))
    return entries


def sectors(edition: Edition) -> list[str]:
    """The names by which a part can be asked for, sorted."""
    return sorted({boundary.name for boundary in edition.boundaries if boundary.kind is BoundaryKind.SECTOR})


def refuse_unknown_sector(edition: Edition, sector: str) -> None:
    """Raises InputError for what is none of its sectors."""
    known = sectors(edition)
    if sector not in known:
        raise InputError(
            Sentence(
                "There is no sector {sector} in this edition; there are: {known}.",
                sector=repr(sector),
                known=tuple(known) or Sentence("none"),
            ),
            Issue(field="sector", value=sector, reason=Sentence("unknown sector")),
        )


def _of_sector(edition: Edition, entries: tuple[Entry, ...], sector: str) -> tuple[Entry, ...]:
    refuse_unknown_sector(edition, sector)
    held = [one.geometry for one in edition.boundaries if one.kind is BoundaryKind.SECTOR and one.name == sector]
    # A street or a rule's area may reach into several, and says only the one that holds its middle.
    reaching = _reaching(entries, shapely.union_all(held))
    return tuple(entry for entry, is_in in zip(entries, reaching, strict=True) if is_in or entry.sector == sector)


def _in_box(entries: tuple[Entry, ...], bbox: Box) -> tuple[Entry, ...]:
    west, south, east, north = bbox
    if not (abs(west) <= _LON and abs(east) <= _LON and -_LAT <= south < north <= _LAT and west != east):
        raise InputError(
            Sentence("{box} is no box; give west,south,east,north in degrees.", box=f"{west},{south},{east},{north}"),
            Issue(field="bbox", reason=Sentence("not a box")),
        )
    spans = [(west, east)] if west < east else [(west, _LON), (-_LON, east)]
    window = shapely.union_all([shapely.box(left, south, right, north) for left, right in spans])
    return tuple(entry for entry, is_in in zip(entries, _reaching(entries, window), strict=True) if is_in)


def _reaching(entries: tuple[Entry, ...], window: BaseGeometry) -> list[bool]:
    """Whether each entry has no place, or one that touches the window or may do so."""
    places = places_layer(entry.geometry for entry in entries).geometry
    reaching = (places.isna() | places.intersects(window)).to_numpy(dtype=bool, copy=True)
    others = [entries[row] for row in np.flatnonzero(~reaching)]
    reaching[~reaching] = beside(window, *_grown(others))
    return [*map(bool, reaching)]


def _grown(entries: Sequence[Entry]) -> tuple[list[BaseGeometry | None], list[float]]:
    """The footprint of each, and by how many metres it may reach farther."""
    return [entry.geometry for entry in entries], [entry.unsure_m for entry in entries]


def _given(within_m: float | None) -> float:
    if within_m is None:
        raise InputError(Sentence("Say how near, in metres."), Issue(field="within_m", reason=Sentence("missing")))
    return within_m


def _near(entries: tuple[Entry, ...], near: Position, within_m: float) -> tuple[Entry, ...]:
    hits = ProximityIndex(*_grown(entries)).reached(np.array([near.lat]), np.array([near.lon]), within_m)
    reached = set(hits.entry.tolist())
    return tuple(entry for row, entry in enumerate(entries) if entry.geometry is None or row in reached)


def _along(entries: tuple[Entry, ...], route: Route, within_m: float) -> tuple[Entry, ...]:
    geometries, unsure_m = _grown(entries)
    reached = along(route.lines, geometries, within_m, unsure_m)
    return tuple(entry for entry, near in zip(entries, reached, strict=True) if entry.geometry is None or near)
