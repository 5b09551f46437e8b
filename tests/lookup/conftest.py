"""A place in open ocean, and questions asked there of a list made up on the spot."""

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any

import pytest
from geographiclib.geodesic import Geodesic
from shapely.geometry import Point, box

from geo_offlimits.domain.edition import Edition, Entry
from geo_offlimits.domain.hours import Hours, WeeklySpan
from geo_offlimits.domain.mission import Boundary, BoundaryKind
from geo_offlimits.domain.position import Position
from geo_offlimits.lookup.verdict import Answer, LookupIndex, Question, ReasonCode

LAT, LON = 38.2, -41.5
NOW = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)  # a Friday
EXACT = 0.0
MakeEntry = Callable[..., Entry]
MakeEdition = Callable[..., Edition]
Ask = Callable[..., Answer]
HALL = box(-41.5005, 38.1995, -41.4995, 38.2005)  # 88 m by 111 m around the place
TERRITORY = Boundary(kind=BoundaryKind.TERRITORY, name="Isle", geometry=box(-42, 37.9, -41, 38.5))


def away(metres: float, uncertainty_m: float = EXACT) -> Position:
    """A position so many metres east of the place."""
    there = Geodesic.WGS84.Direct(LAT, LON, 90.0, metres)
    return Position(lat=there["lat2"], lon=there["lon2"], uncertainty_m=uncertainty_m)


def away_point(metres: float) -> Point:
    there = away(metres)
    return Point(there.lon, there.lat)


@pytest.fixture
def ask(make_edition: MakeEdition) -> Ask:
    """Asks a list of entries, at NOW, at the place itself unless told otherwise."""

    def asked(*entries: Entry, now: datetime = NOW, verified: bool = True, **facts: Any) -> Answer:
        of_edition = ("boundaries", "facilities", "issued_at", "expires_at")
        about = {name: facts.pop(name) for name in of_edition if name in facts}
        known: dict[str, Any] = {"at": NOW, "position": away(0)}
        question = Question(**known | facts)
        return LookupIndex(make_edition(*entries, **about)).answer(question, now=now, verified=verified)

    return asked


def codes(answer: Answer) -> list[ReasonCode]:
    return [reason.code for reason in answer.reasons]


def friday_nights(tz: str) -> Hours:
    return Hours(tz=tz, weekly=(WeeklySpan(days=(5,), start=time(22), end=time(4)),))
