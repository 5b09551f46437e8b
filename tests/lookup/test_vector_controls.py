"""What the shared test vectors are for: each of these small wrong implementations fails them."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import shapely
from pyproj import Geod
from rapidfuzz import fuzz
from shapely.geometry import Point

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.edition import Edition, Entry
from geo_offlimits.domain.instants import time_zone
from geo_offlimits.domain.mission import BoundaryKind
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.premises import SubjectKind
from geo_offlimits.lookup.verdict import LookupIndex
from tests.lookup import vectors_met as vectors
from tests.lookup import vectors_ours as ours
from tests.lookup.vectors_met import Holds, Json, Measure, Read, document

METRES_A_DEGREE = 111_195.0
LATER = timedelta(days=36_500)
GEOD = Geod(ellps="WGS84")
Measured = tuple[float, float | None]


# ---- distances -------------------------------------------------------------------------------------------------------


def flat(geometry: Json, lat: float, lon: float, squeeze: float) -> Measured:
    shape = shapely.transform(shapely.geometry.shape(geometry), lambda lonlat: lonlat * [squeeze, 1.0])
    here = Point(lon * squeeze, lat)
    if shape.geom_type == "Point":
        return here.distance(shape) * METRES_A_DEGREE, None
    to_edge_m = here.distance(shape.boundary) * METRES_A_DEGREE
    return (0.0, to_edge_m) if here.intersects(shape) else (to_edge_m, None)


def in_degrees(geometry: Json, lat: float, lon: float) -> Measured:
    return flat(geometry, lat, lon, 1.0)


def on_a_local_plane(geometry: Json, lat: float, lon: float) -> Measured:
    return flat(geometry, lat, lon, max(1e-9, math.cos(math.radians(lat))))


def to_the_corners(geometry: Json, lat: float, lon: float) -> Measured:
    lons, lats = shapely.get_coordinates(shapely.geometry.shape(geometry)).T
    metres = GEOD.inv([lon] * len(lons), [lat] * len(lats), lons, lats)[2]
    distance_m, depth_m = ours.measured(geometry, lat, lon)
    return (float(min(metres)), None) if depth_m is None else (distance_m, depth_m)


def without_holes(geometry: Json, lat: float, lon: float) -> Measured:
    if geometry["type"] == "Polygon" and shapely.Polygon(geometry["coordinates"][0]).intersects(Point(lon, lat)):
        distance_m, depth_m = ours.measured(geometry, lat, lon)
        return 0.0, distance_m if depth_m is None else depth_m
    return ours.measured(geometry, lat, lon)


def with_the_seam_as_an_edge(geometry: Json, lat: float, lon: float) -> Measured:
    distance_m, depth_m = ours.measured(geometry, lat, lon)
    to_seam_m = float(GEOD.inv(lon, lat, 180.0, lat)[2])
    return distance_m, None if depth_m is None else min(depth_m, to_seam_m)


def on_a_ball(geometry: Json, lat: float, lon: float) -> Measured:
    if geometry["type"] != "Point":
        return ours.measured(geometry, lat, lon)
    return float(Geod(a=6_371_008.8, b=6_371_008.8).inv(lon, lat, *geometry["coordinates"])[2]), None


@pytest.mark.parametrize(
    "measure",
    [in_degrees, on_a_local_plane, to_the_corners, without_holes, with_the_seam_as_an_edge, on_a_ball],
)
def test_a_wrong_distance_is_caught(measure: Measure) -> None:
    assert next(vectors.distances_missed(measure), None)


# ---- hours -----------------------------------------------------------------------------------------------------------


def midnight_ends_the_span(told: Json, at: datetime) -> bool:
    wall = at.astimezone(time_zone(told["tz"]))
    clock = wall.strftime("%H:%M:%S")
    spans = [span for span in told["weekly"] if wall.isoweekday() in span["days"]]
    return any(
        span["from"] <= clock and (span["to"] <= span["from"] or clock < span["to"].ljust(8, ":00")) for span in spans
    )


def the_day_after_counts(told: Json, at: datetime) -> bool:
    """A span over midnight read on the days on which it ends as well."""
    return ours.holds(told, at) or ours.holds(told, at - timedelta(days=1))


def winter_time_for_ever(told: Json, at: datetime) -> bool:
    zone = time_zone(told["tz"])
    january = datetime(2024, 1, 1, tzinfo=UTC).astimezone(zone).utcoffset()
    return ours.holds(told, at - (at.astimezone(zone).utcoffset() or timedelta()) + (january or timedelta()))


def in_utc(told: Json, at: datetime) -> bool:
    return ours.holds({**told, "tz": "UTC"}, at)


def the_end_counts(told: Json, at: datetime) -> bool:
    return ours.holds(told, at) or ours.holds(told, at - timedelta(seconds=1))


def equal_times_are_nothing(told: Json, at: datetime) -> bool:
    kept = [span for span in told["weekly"] if span["from"] != span["to"]]
    return bool(kept) and ours.holds({**told, "weekly": kept}, at)


@pytest.mark.parametrize(
    "holds",
    [
        midnight_ends_the_span,
        the_day_after_counts,
        winter_time_for_ever,
        in_utc,
        the_end_counts,
        equal_times_are_nothing,
    ],
)
def test_a_wrong_schedule_is_caught(holds: Holds) -> None:
    assert next(vectors.hours_missed(holds), None)


# ---- names and notations ---------------------------------------------------------------------------------------------


def without_transliteration(at: int, query: str) -> list[list[Any]] | None:
    """The letters as they stand: the rest, scores and reasons, is taken from the product."""
    found = ours.found(at, query)
    return found and [one for one in found if fuzz.ratio(query.casefold(), str(one[1]).casefold()) > 40.0]


def without_former_names(at: int, query: str) -> list[list[Any]] | None:
    found = ours.found(at, query)
    return found and [one for one in found if not str(one[3]).startswith("former")]


def test_a_wrong_search_by_name_is_caught() -> None:
    for find in (without_transliteration, without_former_names):
        assert next(vectors.names_missed(find), None)


def swapped(asked: Json) -> Json:
    found = ours.read(asked)
    return {**found, "lat": found["lon"], "lon": found["lat"]} if "lat" in found else found


def always_sure(asked: Json) -> Json:
    found = ours.read(asked)
    return {**found, "uncertainty_m": 10.0} if "lat" in found else found


def anywhere(asked: Json) -> Json:
    return ours.read({"text": asked["text"]})


def the_likelier(asked: Json) -> Json:
    found = ours.read(asked)
    return found["readings"][0] if found.get("readings") else found


@pytest.mark.parametrize("read", [swapped, always_sure, anywhere, the_likelier])
def test_a_wrong_reader_of_positions_is_caught(read: Read) -> None:
    assert next(vectors.notations_missed(read), None)


# ---- verdicts --------------------------------------------------------------------------------------------------------


def every_entry(edition: Edition, **facts: Any) -> Edition:
    return replace(edition, entries=tuple(replace(entry, **facts) for entry in edition.entries))


def every_rule_everywhere(edition: Edition) -> Edition:
    rule = SubjectKind.CATEGORY_RULE
    return replace(
        edition,
        entries=tuple(replace(one, geometry=None) if one.subject is rule else one for one in edition.entries),
    )


def cautions_bar(entry: Entry) -> Entry:
    return replace(entry, restriction=Restriction.OFF_LIMITS)


WRONG_LISTS = {
    "expiry ignored": lambda edition: replace(edition, expires_at=edition.expires_at + LATER),
    "hours ignored": lambda edition: every_entry(edition, hours=None),
    "until ignored": lambda edition: every_entry(edition, until=None),
    "personnel ignored": lambda edition: every_entry(edition, applies_to=()),
    "parts ignored": lambda edition: every_entry(edition, part=None),
    "own uncertainty ignored": lambda edition: every_entry(edition, uncertainty_m=0.0),
    "unknown uncertainty is none": lambda edition: replace(
        edition, entries=tuple(replace(one, uncertainty_m=one.uncertainty_m or 0.0) for one in edition.entries)
    ),
    "cautions bar": lambda edition: replace(edition, entries=tuple(map(cautions_bar, edition.entries))),
    "rules hold everywhere": every_rule_everywhere,
    "territory ignored": lambda edition: replace(
        edition, boundaries=tuple(one for one in edition.boundaries if one.kind is not BoundaryKind.TERRITORY)
    ),
}
WRONG_QUESTIONS = {
    "asked for now": lambda asked: {**asked, "at": asked["now"]},
    "stale by what is asked": lambda asked: {**asked, "now": asked["at"]},
    "signature ignored": lambda asked: {**asked, "verified": True},
    "position taken as exact": lambda asked: {**asked, "uncertainty_m": 0.0},
    "venue ignored": lambda asked: {name: fact for name, fact in asked.items() if name != "venue"},
    "choice ignored": lambda asked: {name: fact for name, fact in asked.items() if name != "entry_id"},
    "personnel is civilian": lambda asked: {"personnel": PersonnelCategory.CIVILIAN.value, **asked},
    "half a metre to the east": lambda asked: {**asked, "lon": asked["lon"] + 6e-6} if "lon" in asked else asked,
}


@pytest.mark.parametrize("wrong", WRONG_LISTS.values(), ids=WRONG_LISTS)
def test_a_verdict_that_leaves_out_a_part_of_the_list_is_caught(wrong: Any) -> None:
    lists = [LookupIndex(wrong(edition)) for edition in ours.editions()]
    assert next(vectors.verdicts_missed(partial(ours.answered, lists)), None)


@pytest.mark.parametrize("wrong", WRONG_QUESTIONS.values(), ids=WRONG_QUESTIONS)
def test_a_verdict_that_leaves_out_a_part_of_the_question_is_caught(wrong: Any) -> None:
    assert next(vectors.verdicts_missed(lambda at, asked: ours.answered(ours.indices(), at, wrong(asked))), None)


def by_radius_only(at: int, asked: Json) -> Json:
    """The radius decides as well as shows."""
    answer = ours.answered(ours.indices(), at, asked)
    return answer if answer["matches"] or answer["rules"] else {**answer, "verdict": "not_listed"}


def test_a_radius_that_decides_is_caught() -> None:
    assert next(vectors.verdicts_missed(by_radius_only), None)


@pytest.mark.parametrize("door_m", [4.9, 5.1])
def test_a_door_of_another_width_is_caught(door_m: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(document("verdicts"), "door_m", door_m)
    assert next(vectors.verdicts_missed(partial(ours.answered, ours.indices())), None)
