"""The verdict on one question from the edition's own JSON, by the rules as docs and interface tell them.

Written a second time, without the product's engine: distances come from `truth`, hours from `hours`; every entry is
looked at. Slow, and short enough to be compared with the rules by eye.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from math import inf

from vectors import hours
from vectors.lists import placed
from vectors.truth import Footprint, Json, holds

DOOR_M, RADIUS_M, UNKNOWN_M = 5.0, 100.0, 10.0
# So near to a threshold that the last digit of a distance would decide.
NEVER_WITHIN_M = 0.02
CODES = (
    "unverified", "chosen_entry", "category_rule", "which_door", "part_of_building", "position_needed",
    "outside_territory", "edition_expired", "caution", "does_not_apply", "empty_edition", "later_edition",
)  # fmt: skip
WHY_NOT = ("not_yet", "ended", "not_in_hours", "not_bound")
Place = tuple[float, float]


class TooCloseToTellError(Exception):
    """No vector is made of a question that two right implementations may answer differently."""


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


@dataclass(eq=False)
class Seen:
    """One entry as a question sees it: why it does not apply, how far and how deep, and what both uncertainties are."""

    entry: Json
    why_not: str | None
    distance_m: float | None = None
    depth_m: float | None = None
    uncertainty_m: float = 0.0
    depends: bool = False

    @property
    def id(self) -> str:
        return str(self.entry["id"])

    @property
    def bars(self) -> bool:
        return self.why_not is None and self.entry["properties"]["restriction"] == "off_limits"

    @property
    def certain(self) -> bool:
        if self.distance_m is None or self.entry["properties"]["part"] is not None:
            return False
        deep_enough = self.depth_m is not None and self.depth_m >= self.uncertainty_m
        return deep_enough or self.distance_m + self.uncertainty_m <= DOOR_M

    @property
    def possible(self) -> bool:
        return self.distance_m is not None and self.distance_m - self.uncertainty_m <= DOOR_M

    def refuse_too_close(self, radius_m: float) -> None:
        if self.distance_m is None:
            return
        slacks = [self.distance_m + self.uncertainty_m - DOOR_M, self.distance_m - self.uncertainty_m - DOOR_M]
        slacks += [self.distance_m - radius_m]
        slacks += [] if self.depth_m is None else [self.depth_m - self.uncertainty_m, self.depth_m]
        if min(map(abs, slacks)) < NEVER_WITHIN_M:
            raise TooCloseToTellError


@dataclass
class List:
    """An edition as its reader has it: the JSON of its bytes."""

    content: str
    _measured: dict[tuple[str, Place], tuple[float, float | None]] = field(default_factory=dict)

    @cached_property
    def document(self) -> Json:
        return dict(json.loads(self.content))

    @cached_property
    def footprints(self) -> dict[str, Footprint]:
        return {one["id"]: Footprint(one["geometry"]) for one in self.document["features"] if one["geometry"]}

    @cached_property
    def territories(self) -> list[tuple[Json, Footprint]]:
        known = self.document["offlimits"]["boundaries"]
        return [(one, Footprint(one["geometry"])) for one in known if one["kind"] == "territory"]

    def distances(self, place: Place, reach_m: float) -> dict[str, tuple[float, float | None]]:
        """Metres and depth of each entry within reach and of the nearest of all, by id."""
        ids = [one["id"] for one in placed(self.document)]
        bounds = {one: self.footprints[one].bounds_m(*place) for one in ids}
        limit_m = max(reach_m, min((most for _, most in bounds.values()), default=inf))
        return {one: self.measured(one, place) for one, (least, _) in bounds.items() if least <= limit_m}

    def measured(self, entry_id: str, place: Place) -> tuple[float, float | None]:
        known = self._measured.get((entry_id, place))
        if known is None:
            known = self._measured[entry_id, place] = self.footprints[entry_id].measured(*place)
        return known

    def territories_at(self, at: datetime) -> list[Footprint]:
        return [area for told, area in self.territories if _valid(told["valid_from"], told["valid_to"], at)]

    def outside(self, place: Place, at: datetime) -> bool:
        valid = self.territories_at(at)
        return bool(valid) and not any(_holds(area, place) for area in valid)


def _valid(start: str | None, end: str | None, at: datetime) -> bool:
    return (start is None or instant(start) <= at) and (end is None or at < instant(end))


def _holds(area: Footprint, place: Place) -> bool:
    if area.bounds_m(*place)[0] < NEVER_WITHIN_M and area.edge_m(*place) < NEVER_WITHIN_M:
        raise TooCloseToTellError
    return holds(area.shape, *place)


def why_not(entry: Json, at: datetime, personnel: str | None) -> str | None:
    told = entry["properties"]
    if at < instant(told["since"]):
        return "not_yet"
    if told["until"] is not None and at >= instant(told["until"]):
        return "ended"
    if told["hours"] is not None and not hours.holds(told["hours"], at):
        return "not_in_hours"
    if personnel is not None and told["applies_to"] and personnel not in told["applies_to"]:
        return "not_bound"
    return None


@dataclass
class Asked:
    """A question to a list, and all that is seen of it."""

    listed: List
    question: Json

    @cached_property
    def at(self) -> datetime:
        return instant(self.question["at"])

    @cached_property
    def place(self) -> Place | None:
        return (self.question["lat"], self.question["lon"]) if "lat" in self.question else None

    @property
    def radius_m(self) -> float:
        return float(self.question.get("radius_m", RADIUS_M))

    @cached_property
    def seen(self) -> dict[str, Seen]:
        """Every entry, measured where that may matter."""
        personnel = self.question.get("personnel")
        every = {one["id"]: Seen(one, why_not(one, self.at, personnel)) for one in self.listed.document["features"]}
        if self.place is None:
            return every
        own_m = float(self.question.get("uncertainty_m", UNKNOWN_M))
        widest_m = max((_uncertainty_m(seen.entry) for seen in every.values()), default=0.0)
        far = self.listed.distances(self.place, max(self.radius_m, DOOR_M + own_m + widest_m) + 1.0)
        chosen = every.get(self.question.get("entry_id", ""))
        if chosen and chosen.id in {one["id"] for one in placed(self.listed.document)}:
            far[chosen.id] = self.listed.measured(chosen.id, self.place)
        for entry_id, (distance_m, depth_m) in far.items():
            seen = every[entry_id]
            seen.distance_m, seen.depth_m = distance_m, depth_m
            seen.uncertainty_m = own_m + _uncertainty_m(seen.entry)
            seen.refuse_too_close(self.radius_m)
        return every

    @cached_property
    def rules(self) -> list[Seen]:
        """The category rules that hold here; without a position those that may hold and matter."""
        known = [one for one in self.seen.values() if one.entry["properties"]["subject"] == "category_rule"]
        if self.place is not None:
            return [one for one in known if self._rule_holds(one, self.place)]
        venue = self.question.get("venue")
        told = [one for one in known if not one.entry["geometry"] or one.entry["properties"]["category"] == venue]
        for one in told:
            one.depends = bool(one.entry["geometry"]) or bool(self.listed.territories_at(self.at))
        return told

    def _rule_holds(self, rule: Seen, place: Place) -> bool:
        if rule.entry["geometry"] is None:
            return not self.listed.outside(place, self.at)
        return _holds(self.listed.footprints[rule.id], place)


def _uncertainty_m(entry: Json) -> float:
    told = entry["properties"]["uncertainty_m"]
    return UNKNOWN_M if told is None else float(told)
