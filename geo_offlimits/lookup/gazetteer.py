"""The places that a mission's people name without coordinates: its towns and its sectors, each as large as it is.

1. A place is found by any of its names, without case, accents or script; a name of two places gives both.
2. A town is a point with a radius, within which its houses lie; a sector is its outline.
"""

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from anyascii import anyascii
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

_METRES_A_DEGREE = 111_320.0
_CORNERS = 32
# Before the name of a place, in the product's languages: `Sector North`, `Town of Ostrel`.
_BEFORE = re.compile(r"(?:the |in )?(?:sector|secteur|sektori|sektor|town|city|village|ville|qyteti|grad)(?: of| de)? ")
_LEAST_RADIUS_M, _STEP_M = 1000.0, 100.0
# A town's centre is written on maps somewhere in it, and this many live on a square kilometre of one.
_PEOPLE_A_KM2, _OFF_CENTRE = 2500.0, 1.25


class PlaceKind(StrEnum):
    TOWN = "town"
    SECTOR = "sector"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A town: `geometry` is its point, `radius_m` how far its houses reach. A sector: its outline, and no radius."""

    kind: PlaceKind
    name: str
    geometry: BaseGeometry
    radius_m: float | None = None
    other_names: tuple[str, ...] = ()

    def area(self) -> BaseGeometry:
        """The sector's outline, or a circle around the town that holds its radius."""
        if self.radius_m is None:
            return self.geometry
        ((lon, lat),) = self.geometry.coords
        reach_deg = self.radius_m / math.cos(math.pi / _CORNERS) / _METRES_A_DEGREE
        wide = reach_deg / max(math.cos(math.radians(lat)), 0.01)
        turns = [2 * math.pi * corner / _CORNERS for corner in range(_CORNERS)]
        return Polygon([(lon + wide * math.cos(turn), lat + reach_deg * math.sin(turn)) for turn in turns])


def radius_of_town_m(people: int) -> float:
    """Within which the houses of a town of so many people lie around the point where maps write its name."""
    radius_m = 1000.0 * _OFF_CENTRE * math.sqrt(people / _PEOPLE_A_KM2 / math.pi)
    return max(_LEAST_RADIUS_M, math.ceil(radius_m / _STEP_M) * _STEP_M)


class Gazetteer:
    """The places of one mission. territory : its outline, where it is known."""

    def __init__(self, places: Iterable[Place] = (), territory: BaseGeometry | None = None) -> None:
        self.territory = territory
        self._by_name: dict[str, dict[Place, None]] = {}
        for place in places:
            for name in (place.name, *place.other_names):
                self._by_name.setdefault(_key(name), {}).setdefault(place)

    def find(self, text: str, kind: PlaceKind | None = None) -> tuple[Place, ...]:
        """Every place of this name (of a kind); () where none is known."""
        key = _key(text)
        found = self._by_name.get(key) or self._by_name.get(_BEFORE.sub("", key, count=1), {})
        return tuple(place for place in found if kind is None or place.kind is kind)


def _key(text: str) -> str:
    bare = (char for char in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(char))
    return " ".join(re.findall(r"[a-z0-9]+", anyascii("".join(bare)).casefold()))
