"""The stage: the shipped invented island, its mission and its buildings."""

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

import shapely
from shapely.geometry.base import BaseGeometry

from geo_offlimits.delivery import shipped
from geo_offlimits.domain.mission import Boundary
from geo_offlimits.errors import AbsentError

MISSION = "DEMO"
TIME_ZONE = "Atlantic/St_Helena"
_METRES_PER_DEGREE = 111_000.0  # roughly; only for drawing round areas


@dataclass(frozen=True, kw_only=True)
class Building:
    building_id: str
    locality: str
    address: str
    kind: str
    footprint: BaseGeometry


@dataclass
class Island:
    """Hands out buildings, each once: first come, first served, so the same story takes the same houses."""

    taken: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))

    @cached_property
    def mission(self) -> shipped.ShippedMission:
        return shipped.shipped_mission(MISSION)

    @cached_property
    def territory(self) -> Boundary:
        return shipped.territory(MISSION)

    @cached_property
    def sectors(self) -> tuple[Boundary, ...]:
        return shipped.sectors(MISSION)

    @cached_property
    def _by_place(self) -> dict[tuple[str, str], list[Building]]:
        path = self.mission.buildings
        if path is None:
            raise AbsentError("The island ships no buildings; install the program again.")
        found: dict[tuple[str, str], list[Building]] = defaultdict(list)
        for feature in json.loads(shipped.layer_bytes(path))["features"]:
            facts = feature["properties"]
            building = Building(
                building_id=facts["id"],
                locality=facts["locality"],
                address=facts["address"],
                kind=facts["kind"],
                footprint=shapely.geometry.shape(feature["geometry"]),
            )
            found[building.locality, building.kind].append(building)
        # The layer goes street by street; the story goes all over town.
        return {place: sorted(buildings, key=_shuffled) for place, buildings in found.items()}

    def take(self, locality: str, kind: str) -> Building:
        """The next free building of that kind there. Raises AbsentError when all are taken."""
        place = (locality, kind)
        number = self.taken[place]
        there = self._by_place.get(place, [])
        if number >= len(there):
            raise AbsentError(f"The island has no further {kind} in {locality}; tell the story elsewhere.")
        self.taken[place] += 1
        return there[number]

    def block(self, locality: str, kind: str, reach_m: float) -> BaseGeometry:
        """The ground around the next free building of that kind: an octagon, as an area is drawn by hand."""
        middle = self.take(locality, kind).footprint.centroid
        around: BaseGeometry = middle.buffer(reach_m / _METRES_PER_DEGREE, quad_segs=2)
        return around

    def sector(self, name: str) -> BaseGeometry:
        return next(sector.geometry for sector in self.sectors if sector.name == name)


def _shuffled(building: Building) -> bytes:
    return hashlib.sha256(building.building_id.encode()).digest()
