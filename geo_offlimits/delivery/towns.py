"""The towns of the shipped background maps: their names in any script, where they are, how many live there."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from geo_offlimits.delivery.shipped import place_names, town_features
from geo_offlimits.domain.position import Position


@dataclass(frozen=True, kw_only=True)
class Town:
    """`people` is how many live there, 0 where that is not known."""

    name: str
    other_names: tuple[str, ...]
    position: Position
    people: int


@cache
def towns(reference: str) -> tuple[Town, ...]:
    """The towns on the shipped background map of a mission code or ISO code; () where none is.

    Raises DamagedLayersError.
    """
    return tuple(map(_town, town_features(reference)))


def _town(feature: Mapping[str, Any]) -> Town:
    told = feature["properties"]
    lon, lat = feature["geometry"]["coordinates"]
    others = next((names for names in place_names() if told["name"] in names), ())
    return Town(
        name=told["name"],
        other_names=tuple(name for name in others if name != told["name"]),
        position=Position(lat=lat, lon=lon),
        people=int(told.get("population") or 0),
    )
