"""The part of an edition that goes to a device: what a filter left of it, and what every format says of it.

Every format carries the same facts: mission, number, hash and expiry of the edition, what was left out, that a listing
is a suspicion and a precaution, and, because a map cannot show them, the entries without a place and the rules.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.edition import Edition, Entry
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.domain.premises import SubjectKind
from geo_offlimits.formats.words import N_, WORDS
from geo_offlimits.lookup.geodesy import ecef_m
from geo_offlimits.lookup.wording import Translate

Array = npt.NDArray[Any]

# What a file says it is, where it says it to programs, and the statement that is signed beside each.
EXPORT_FORMAT = "geo-offlimits/export/1"

# How the restrictions are told apart on every map that is taken along.
RGB: Mapping[Restriction, int] = {Restriction.OFF_LIMITS: 0xC03300, Restriction.CAUTION: 0xB07A00}
# Where the Earth curves most (WGS 84, along the meridian at the equator), so that no way is taken for shorter.
_LEAST_RADIUS_M = 6_335_439.0

# A patrol is told before it stands at the door.
LEAST_ALARM_M = 50.0


@dataclass(frozen=True, kw_only=True)
class Excerpt:
    """edition, sha256 : whole, as published, and its hash. entries : what the filter left. filtered : the filter.

    fingerprint : of the key that signs the file, to be compared with the one in the directive. language : BCP 47, in
    which dates are written for the reader. content : the edition's bytes, of which GeoJSON is cut. drawn_before : what
    a device may still show of earlier editions, where the format lets a file take it away.
    """

    edition: Edition
    sha256: str
    fingerprint: str
    entries: tuple[Entry, ...]
    filtered: Mapping[str, Any]
    language: str = "en"
    content: bytes = field(default=b"", repr=False)
    drawn_before: frozenset["Drawn"] = frozenset()

    @property
    def title(self) -> str:
        return f"{self.edition.mission} {self.edition.number}"

    @cached_property
    def placed(self) -> tuple["Placed", ...]:
        """The entries with a place that are no rules, in the order of the edition."""
        return on_map(self.entries)

    @cached_property
    def off_map(self) -> tuple[Entry, ...]:
        """What stands on no map: entries without a place, and rules for a kind of venue."""
        return tuple(entry for entry in self.entries if _is_off_map(entry))

    @property
    def drawn(self) -> Iterator["Drawn"]:
        """The whole edition's: what a filter leaves out is not gone."""
        return (Drawn.of(entry) for entry in self.edition.entries if not _is_off_map(entry))

    def facts(self, translate: Translate = str) -> Iterator[tuple[str, str]]:
        """What the list is, as pairs of a heading and a text."""
        edition = self.edition
        yield translate("Mission"), f"{edition.mission} – {edition.mission_name}"
        yield translate("Edition"), str(edition.number)
        yield "SHA-256", self.sha256
        yield translate("Key"), self.fingerprint
        yield translate("Issued"), format_instant(edition.issued_at)
        yield translate("Current until"), format_instant(edition.expires_at)
        yield translate("Entries"), self.counted(translate)
        yield translate("Meaning"), translate("Suspected, precautionary: a listing is not a finding against anybody.")
        if edition.demonstration:
            yield translate("Demonstration"), translate("invented island state")

    def counted(self, translate: Translate = str) -> str:
        """How many entries it holds, and of how many."""
        if not self.filtered:
            return str(len(self.entries))
        left = translate("{some} of {all}; the others are left out, not cleared")
        return left.format(some=len(self.entries), all=len(self.edition.entries))

    def off_map_lines(self, translate: Translate = str) -> Iterator[str]:
        """One for each of `off_map`."""
        for entry in self.off_map:
            kind = translate(WORDS[entry.category]) if entry.category else None
            where = _where(entry)
            told = [entry.name, *([kind] if kind and kind != entry.name else []), *([where] if where else [])]
            yield f"{'; '.join(told)} ({translate(why_off_map(entry))}) [{entry.entry_id}]"

    def as_text(self, translate: Translate = str) -> str:
        """What the list is, and what of it stands on no map."""
        lines = [f"{heading}: {text}" for heading, text in self.facts(translate)]
        if self.off_map:
            lines += [translate("Not on the map:"), *self.off_map_lines(translate)]
        told = translate("Delete files of earlier editions from the device, or it goes on showing what was lifted.")
        return "\n".join((*lines, told))


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry as a device shows it: by one point in degrees, with an outline if it has one.

    alarm_m : how far from the point a device warns; it reaches all of the footprint and of what is unsure.
    """

    entry: Entry
    footprint: BaseGeometry
    lat: float
    lon: float
    alarm_m: int

    @property
    def drawn(self) -> "Drawn":
        return Drawn.of(self.entry)

    @property
    def is_outlined(self) -> bool:
        return not isinstance(self.footprint, Point)

    @property
    def rings(self) -> list[Array]:
        """Of an outline each ring, as longitude and latitude in degrees (n, 2)."""
        parts = shapely.get_parts(self.footprint)
        return [shapely.get_coordinates(ring) for part in parts for ring in (part.exterior, *part.interiors)]


class Drawn(NamedTuple):
    """How an entry stands on a device's map: by how many outlines, and whether a circle around its point warns.

    Premises warn by a circle, before one stands at the door; an area by its edge.
    """

    entry_id: str
    outlines: int
    circled: bool

    @classmethod
    def of(cls, entry: Entry) -> "Drawn":
        """Of an entry that stands on a map."""
        outlines = 0 if isinstance(entry.geometry, Point) else int(shapely.get_num_geometries(entry.geometry))
        return cls(entry.entry_id, outlines, entry.subject is not SubjectKind.AREA or not outlines)

    @classmethod
    def of_feature(cls, feature: Mapping[str, Any]) -> "Drawn | None":
        """The same from a feature of an edition's bytes; None where it stands on no map."""
        subject, geometry = feature["properties"]["subject"], feature["geometry"]
        if geometry is None or subject == SubjectKind.CATEGORY_RULE:
            return None
        parts = {"Point": 0, "Polygon": 1}
        outlines = parts.get(geometry["type"], len(geometry["coordinates"]))
        return cls(feature["id"], outlines, subject != SubjectKind.AREA or not outlines)


def on_map(entries: Sequence[Entry]) -> tuple["Placed", ...]:
    """Those with a place that are no rules, in their order."""
    return tuple(_placed([entry for entry in entries if not _is_off_map(entry)]))


def _placed(entries: Sequence[Entry]) -> Iterator[Placed]:
    """Each by a point of its footprint; all are measured at once."""
    footprints = np.array([entry.geometry for entry in entries], dtype=object)
    points = shapely.point_on_surface(footprints)
    lats, lons = shapely.get_y(points), shapely.get_x(points)
    unsure_m = np.array([entry.uncertainty_m or 0.0 for entry in entries])
    alarms_m = np.maximum(LEAST_ALARM_M, _reach_m(footprints, lats, lons) + unsure_m)
    for at, entry in enumerate(entries):
        yield Placed(entry, footprints[at], float(lats[at]), float(lons[at]), math.ceil(alarms_m[at]))


def _reach_m(footprints: Array, lats: Array, lons: Array) -> Array:
    """From each point to the farthest corner of its footprint."""
    corners, owners = shapely.get_coordinates(footprints, return_index=True)
    through_m = np.linalg.norm(ecef_m(corners[:, 1], corners[:, 0]) - ecef_m(lats, lons)[owners], axis=1)
    far_m = 2 * _LEAST_RADIUS_M * np.arcsin(np.minimum(through_m / (2 * _LEAST_RADIUS_M), 1.0))
    reach_m = np.zeros(len(footprints))
    np.maximum.at(reach_m, owners, far_m)
    return reach_m


def in_a_line(entry: Entry, translate: Translate = str) -> str:
    others = ", ".join(name.text for name in entry.other_names)
    told = [entry.entry_id, entry.name, others, _where(entry), translate("suspected, precautionary"), entry.directive]
    return "; ".join(text for text in told if text)


def _where(entry: Entry) -> str:
    return ", ".join(text for text in (entry.address, entry.locality, entry.sector) if text)


def why_off_map(entry: Entry) -> str:
    """Why an entry stands on no map, to be translated."""
    if entry.subject is SubjectKind.CATEGORY_RULE:
        return N_("a rule for all of this kind")
    return N_("its place is not known")


def _is_off_map(entry: Entry) -> bool:
    return entry.geometry is None or entry.subject is SubjectKind.CATEGORY_RULE
