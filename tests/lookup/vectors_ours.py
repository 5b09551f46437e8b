"""The product as the shared test vectors ask it."""

from datetime import datetime, time
from functools import cache
from typing import Any

import shapely
from vectors import notations
from vectors.names import SHOWN, entry_of

from geo_offlimits.domain.edition import Edition
from geo_offlimits.domain.hours import Hours, WeeklySpan
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.position import Position
from geo_offlimits.domain.premises import VenueKind
from geo_offlimits.formats.edition import decode
from geo_offlimits.lookup.names import NameIndex, SearchTextError
from geo_offlimits.lookup.proximity import ProximityIndex
from geo_offlimits.lookup.verdict import Answer, LookupIndex, Question
from tests.lookup.vectors_met import Json, document


@cache
def footprints() -> tuple[dict[int, int], ProximityIndex]:
    known = document("distances")["footprints"]
    rows = {id(geometry): row for row, geometry in enumerate(known)}
    return rows, ProximityIndex([shapely.geometry.shape(geometry) for geometry in known])


def measured(geometry: Json, lat: float, lon: float) -> tuple[float, float | None]:
    rows, index = footprints()
    hit = index.measured(rows[id(geometry)], Position(lat=lat, lon=lon))
    return hit.distance_m, hit.depth_m


def schedule(told: Json) -> Hours:
    spans = (
        WeeklySpan(days=tuple(span["days"]), start=time.fromisoformat(span["from"]), end=time.fromisoformat(span["to"]))
        for span in told["weekly"]
    )
    return Hours(tz=told["tz"], weekly=tuple(spans))


def holds(told: Json, at: datetime) -> bool:
    return schedule(told).holds(at)


@cache
def names() -> list[NameIndex]:
    told = document("names")
    return [NameIndex(map(entry_of, entries), told["towns"]) for entries in told["lists"]]


def found(at: int, query: str) -> list[list[Any]] | None:
    try:
        return [[one.entry.entry_id, one.name, one.score, one.reason] for one in names()[at].find(query, SHOWN)]
    except SearchTextError:
        return None


def read(asked: Json) -> Json:
    return notations.parsed(
        asked["text"], uncertainty_m=asked.get("asked_m"), territory=asked.get("in_territory", False)
    )


@cache
def editions() -> list[Edition]:
    return [decode(one["content"].encode()) for one in document("verdicts")["lists"]]


def question(asked: Json) -> Question:
    place = {name: asked[name] for name in ("lat", "lon", "uncertainty_m")} if "lat" in asked else None
    return Question(
        at=datetime.fromisoformat(asked["at"]),
        position=Position(**place) if place else None,
        radius_m=asked["radius_m"],
        personnel=PersonnelCategory(asked["personnel"]) if "personnel" in asked else None,
        venue=VenueKind(asked["venue"]) if "venue" in asked else None,
        entry_id=asked.get("entry_id"),
        door_m=document("verdicts")["door_m"],
    )


def told(answer: Answer) -> Json:
    matches = [[one.entry.entry_id, one.why_not, one.decides, one.distance_m] for one in answer.matches]
    return {
        "verdict": answer.verdict,
        "on_list": answer.on_list,
        "stale": answer.stale,
        "reasons": [[reason.code, *sorted(reason.entry_ids)] for reason in answer.reasons],
        "matches": sorted(matches, key=lambda match: str(match[0])),
        "rules": [rule.entry_id for rule in answer.rules],
        "nearest_m": answer.nearest_m,
    }


def answered(lists: list[LookupIndex], at: int, asked: Json) -> Json:
    now = datetime.fromisoformat(asked["now"])
    return told(lists[at].answer(question(asked), now=now, verified=asked["verified"]))


@cache
def indices() -> list[LookupIndex]:
    return [LookupIndex(edition) for edition in editions()]
