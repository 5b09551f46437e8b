"""Questions to the invented lists, most of them beside a threshold, with the answers that the rules give."""

import hashlib
import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from vectors.chance import stream
from vectors.document import Document, distinct
from vectors.judging import answer
from vectors.lists import CAP, EXPIRES_AT, MOVED_AT, NOW, SEAM, TOWN, editions, placed
from vectors.rules import DOOR_M, RADIUS_M, UNKNOWN_M, Asked, List, TooCloseToTellError
from vectors.truth import Footprint, Json, there

from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.premises import VenueKind

STAFF, VENUES = [str(one) for one in PersonnelCategory], [str(one) for one in VenueKind]
_OWN_M = (0.0, 1.0, 3.0, 8.0, 10.0, 25.0, 60.0)
_OFFS_M = (-0.6, -0.05, 0.05, 0.6)
_MIXED = 400
_STEPS, _NEAR_ENOUGH_M = 14, 0.004
_BETWEEN, _ELSEWHERE = 0.25, 0.05


def document() -> Document:
    listed = [List(content) for content in editions()]
    vectors = []
    for at, one in enumerate(listed):
        for question in distinct(_questions(stream(f"verdicts/{at}"), one)):
            try:
                vectors.append([at, question, answer(Asked(one, {"at": told(NOW), "now": told(NOW), **question}))])
            except TooCloseToTellError:
                continue
    known = [{"sha256": hashlib.sha256(one.content.encode()).hexdigest(), "content": one.content} for one in listed]
    about = {
        "columns": ["list", "question", "answer"],
        "door_m": DOOR_M,
        "defaults": {
            "uncertainty_m": UNKNOWN_M,
            "radius_m": RADIUS_M,
            "verified": True,
            "at": told(NOW),
            "now": told(NOW),
        },
        "tolerance_m": 0.0105,
    }
    return Document("verdicts", about, {"lists": known}, vectors)


def told(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _question(
    place: tuple[float, float] | None = None, *, at: datetime = NOW, now: datetime = NOW, **facts: Any
) -> Json:
    where = {} if place is None else {"lat": place[0], "lon": place[1]}
    times = {name: told(moment) for name, moment in (("at", at), ("now", now)) if moment != NOW}
    return {**where, **times, **{name: fact for name, fact in facts.items() if fact is not None}}


def _questions(chance: random.Random, listed: List) -> Iterator[Json]:
    for feature in placed(listed.document):
        yield from _at_the_door(chance, listed, feature)
        yield from _at_the_radius(chance, listed, feature)
        yield from _when_and_who(chance, listed, feature)
    yield from _by_choice(chance, listed)
    yield from _by_kind_of_venue(chance, listed)
    yield from _at_the_border(chance, listed)
    yield from _at_expiry(chance, listed)
    yield from _mixed(chance, listed)


def beside(chance: random.Random, footprint: Footprint, wanted_m: float) -> tuple[float, float]:
    """A place so far outside the edge of a footprint, inside where negative, on a ray from its inner point."""
    middle, turn = footprint.shape.representative_point(), chance.uniform(0, 360)
    if footprint.is_point:
        return there(middle.y, middle.x, turn, max(wanted_m, 0.0))
    out_m = 0.0
    for _ in range(_STEPS):  # the edge comes no nearer than one walks, so that no step goes too far
        distance_m, depth_m = footprint.measured(*there(middle.y, middle.x, turn, out_m))
        left_m = wanted_m - (distance_m if depth_m is None else -depth_m)
        if left_m < _NEAR_ENOUGH_M:
            break
        out_m += left_m
    return there(middle.y, middle.x, turn, out_m)


def _at_the_door(chance: random.Random, listed: List, feature: Json) -> Iterator[Json]:
    """Distance + u, - u and the depth, each a little on this side and on that side of what decides."""
    footprint = listed.footprints[feature["id"]]
    entry_m = feature["properties"]["uncertainty_m"]
    for own_m in chance.sample(_OWN_M, 4):
        both_m = own_m + (UNKNOWN_M if entry_m is None else entry_m)
        thresholds_m = [DOOR_M + both_m, *([DOOR_M - both_m] if both_m < DOOR_M else [])]
        thresholds_m += [] if footprint.is_point else [-both_m]
        for wanted_m in thresholds_m:
            for off_m in _OFFS_M:
                yield _question(beside(chance, footprint, wanted_m + off_m), uncertainty_m=own_m)
    yield _question(beside(chance, footprint, 3.0))


def _at_the_radius(chance: random.Random, listed: List, feature: Json) -> Iterator[Json]:
    footprint = listed.footprints[feature["id"]]
    for radius_m in (None, chance.choice((1.0, 30.0, 250.0, 650.0))):
        for off_m in _OFFS_M:
            place = beside(chance, footprint, (radius_m or RADIUS_M) + off_m)
            yield _question(place, uncertainty_m=chance.choice(_OWN_M), radius_m=radius_m)


def _when_and_who(chance: random.Random, listed: List, feature: Json) -> Iterator[Json]:
    """At the door itself, at each end of what holds, and by everybody."""
    footprint = listed.footprints[feature["id"]]
    told_of = feature["properties"]
    times = [*_ends(told_of), *(_hour(chance) for _ in range(14 if told_of["hours"] else 2))]
    for at in times:
        yield _question(beside(chance, footprint, -2.0), at=at, now=chance.choice((NOW, at)), uncertainty_m=0.0)
    for staff in STAFF if told_of["applies_to"] else chance.sample(STAFF, 1):
        place = beside(chance, footprint, chance.choice((-2.0, 4.0)))
        yield _question(place, personnel=staff, uncertainty_m=0.0)
        yield _question(place, personnel=staff, uncertainty_m=0.0, entry_id=feature["id"])
    yield _question(beside(chance, footprint, 1.0), verified=False)


def _ends(told_of: Json) -> Iterator[datetime]:
    for name in ("since", "until"):
        if told_of[name] is not None:
            moment = datetime.fromisoformat(told_of[name])
            yield from (moment + timedelta(seconds=step) for step in (-1, 0, 1))


def _hour(chance: random.Random) -> datetime:
    """Any time of the edition's validity, a weekend night or a change of the clocks more often than not."""
    change = chance.choice((datetime(2024, 10, 27, 1, tzinfo=UTC), datetime(2025, 3, 30, 1, tzinfo=UTC), None, None))
    if change:
        return change + timedelta(minutes=chance.randrange(-240, 240, 15), seconds=-chance.randrange(2))
    night = datetime(2024, 10, 4, 18, tzinfo=UTC) + timedelta(weeks=chance.randrange(33))
    return night + timedelta(minutes=chance.randrange(0, 4000, 15), seconds=-chance.randrange(2))


def _by_choice(chance: random.Random, listed: List) -> Iterator[Json]:
    """Each entry by its sign: without a position, at a place far away, at another's door."""
    features = listed.document["features"]
    for feature in features:
        chosen = feature["id"]
        yield _question(entry_id=chosen)
        yield _question(entry_id=chosen, personnel=chance.choice(STAFF), at=_hour(chance))
        yield _question(entry_id=chosen, venue=feature["properties"]["category"], at=_hour(chance))
        yield _question(_anywhere(chance, listed), entry_id=chosen, at=_hour(chance), now=EXPIRES_AT)
        yield _question(
            _anywhere(chance, listed), entry_id=chosen, radius_m=50.0, verified=chance.choice((None, False))
        )


def _by_kind_of_venue(chance: random.Random, listed: List) -> Iterator[Json]:
    areas = [one for one in listed.document["features"] if one["properties"]["subject"] == "category_rule"]
    for venue in VENUES:
        yield _question(venue=venue)
        yield _question(_anywhere(chance, listed), venue=venue)
        for _ in range(3):
            staff = chance.choice((None, *STAFF))
            yield _question(venue=venue, at=_hour(chance), personnel=staff)
            yield _question(_anywhere(chance, listed), venue=venue, at=_hour(chance), personnel=staff)
    for rule in areas:
        venue = rule["properties"]["category"]
        for at in (*_ends(rule["properties"]), *(_hour(chance) for _ in range(8))):
            place = _anywhere(chance, listed)
            if rule["geometry"]:
                place = beside(
                    chance, listed.footprints[rule["id"]], chance.choice((-500.0, -1.0, -0.1, 0.1, 1.0, 50.0))
                )
            yield _question(place, venue=chance.choice((venue, venue, None)), at=at)
            yield _question(venue=venue, at=at, personnel=chance.choice((None, *STAFF)))


def _at_the_border(chance: random.Random, listed: List) -> Iterator[Json]:
    for _, area in listed.territories:
        for wanted_m in (-900.0, -50.0, -1.0, -0.1, 0.1, 1.0, 50.0, 900.0, 20_000.0):
            for at in (NOW, NOW, MOVED_AT - timedelta(seconds=1), MOVED_AT):
                venue = chance.choice((None, *VENUES))
                yield _question(beside(chance, area, wanted_m), at=at, now=NOW, venue=venue)


def _at_expiry(chance: random.Random, listed: List) -> Iterator[Json]:
    """Listed, perhaps and not, around the expiry of the edition, by the clock and by the time asked about."""
    second = timedelta(seconds=1)
    for _ in range(12):
        place, chosen = _anywhere(chance, listed), chance.choice([None, *listed.footprints])
        for now in (EXPIRES_AT - second, EXPIRES_AT, EXPIRES_AT + second, EXPIRES_AT + timedelta(days=90)):
            yield _question(place, now=now, at=NOW, entry_id=chosen, uncertainty_m=0.0)
            yield _question(place, now=NOW, at=now, uncertainty_m=0.0)
            yield _question(venue=chance.choice(VENUES), now=now, at=now)


def _mixed(chance: random.Random, listed: List) -> Iterator[Json]:
    """Everything at once, in numbers that go with the length of the list."""
    ids: Iterable[str] = [one["id"] for one in listed.document["features"]]
    for _ in range(_MIXED if len(listed.footprints) > len(VENUES) else _MIXED // 10):
        yield _question(
            chance.choice((None, *(_anywhere(chance, listed) for _ in range(4)))),
            at=chance.choice((NOW, _hour(chance))),
            now=chance.choice((NOW, NOW, EXPIRES_AT - timedelta(seconds=1), EXPIRES_AT)),
            uncertainty_m=chance.choice((None, *_OWN_M)),
            radius_m=chance.choice((None, 5.0, 60.0, 500.0)),
            personnel=chance.choice((None, *STAFF)),
            venue=chance.choice((None, *VENUES)),
            entry_id=chance.choice((None, None, None, *ids)),
            verified=chance.choice((None, None, None, False)),
        )


def _anywhere(chance: random.Random, listed: List) -> tuple[float, float]:
    """Beside an entry, or in the blocks between."""
    if not listed.footprints or chance.random() < _BETWEEN:
        lat, lon = chance.choice((TOWN, SEAM, CAP)) if chance.random() < _ELSEWHERE else _middle(listed)
        return there(lat, lon, chance.uniform(0, 360), chance.uniform(0, 6500))
    footprint = listed.footprints[chance.choice(sorted(listed.footprints))]
    return beside(chance, footprint, chance.choice((-30.0, -8.0, -2.0, 1.0, 4.0, 9.0, 18.0, 45.0, 120.0)))


def _middle(listed: List) -> tuple[float, float]:
    return {"SEAM": SEAM, "CAP": CAP}.get(listed.document["offlimits"]["mission"], TOWN)
