"""Invented lists for verdicts: a town in mid-ocean, one on the antimeridian, one at the pole, an empty, a bare one."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import Any

import shapely
from vectors import shapes
from vectors.chance import stream
from vectors.truth import Json, there

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.edition import Checkpoint, Edition, Entry
from geo_offlimits.domain.hours import Hours, WeeklySpan
from geo_offlimits.domain.instants import ALWAYS, Period
from geo_offlimits.domain.mission import Boundary, BoundaryKind, Facility
from geo_offlimits.domain.people import PersonnelCategory as Staff
from geo_offlimits.domain.premises import Name, Part, SubjectKind, VenueKind
from geo_offlimits.formats.edition import encode

ISSUED_AT, EXPIRES_AT = datetime(2024, 10, 1, 8, tzinfo=UTC), datetime(2025, 6, 1, 8, tzinfo=UTC)
NOW = datetime(2024, 11, 15, 21, 30, tzinfo=UTC)  # a Friday
MOVED_AT = datetime(2025, 3, 1, tzinfo=UTC)  # the town's territory is another from here on
TOWN, SEAM, CAP = (38.2, -41.5), (-45.0, 180.0), (90.0, 0.0)
STEP_M, COLUMNS = 700, 8
CAUTION = Restriction.CAUTION


@dataclass
class Listing:
    """Entries as they are written down one after the other, each in a block of its own unless it has a place."""

    mission: str
    centre: tuple[float, float]
    tz: str
    entries: list[Entry] = field(default_factory=list)

    def block(self) -> tuple[float, float]:
        """The middle of the next free block."""
        row, column = divmod(len(self.entries), COLUMNS)
        lat, lon = there(*self.centre, 90, (column - COLUMNS / 2) * STEP_M)
        return there(lat, lon, 0, (row - COLUMNS / 2) * STEP_M)

    def add(self, geometry: Json | None, **facts: Any) -> None:
        number = len(self.entries) + 1
        name = f"Vector {number}"
        known: dict[str, Any] = {
            "entry_id": f"{self.mission[0]}{number:02d}",
            "name": name,
            "names": (Name(text=name),),
            "subject": SubjectKind.PREMISES,
            "category": VenueKind.BAR,
            "restriction": Restriction.OFF_LIMITS,
            "since": ISSUED_AT - timedelta(days=200),
            "issuer": self.mission,
            "directive": "Invented",
            "geometry": geometry and shapely.geometry.shape(geometry),
        }
        self.entries.append(Entry(**known | facts))

    def rule(self, category: VenueKind, geometry: Json | None = None, **facts: Any) -> None:
        self.add(geometry, subject=SubjectKind.CATEGORY_RULE, category=category, **facts)

    def hours(self, days: tuple[int, ...], start: time, end: time) -> Hours:
        return Hours(tz=self.tz, weekly=(WeeklySpan(days=days, start=start, end=end),))

    def published(self, boundaries: tuple[Boundary, ...] = (), facilities: tuple[Facility, ...] = ()) -> str:
        """The bytes of the edition, as text."""
        edition = Edition(
            mission=self.mission,
            mission_name="Invented for test vectors",
            timezone=self.tz,
            number=1,
            previous_sha256=None,
            issued_at=ISSUED_AT,
            expires_at=EXPIRES_AT,
            statement={"en": "I have read the list."},
            contacts=(),
            facilities=facilities,
            boundaries=boundaries,
            checkpoint=Checkpoint(size=1, root_sha256="0" * 64),
            entries=tuple(self.entries),
            demonstration=True,
        )
        return encode(edition).decode("utf-8")


def editions() -> list[str]:
    return [_town(), _seam(), _cap(), Listing("EMPTY", TOWN, "UTC").published(_around(TOWN)), _bare()]


def _around(centre: tuple[float, float], half_m: float = 6000, **facts: Any) -> tuple[Boundary, ...]:
    square = shapely.geometry.shape(shapes.box(*centre, 2 * half_m, 2 * half_m, long_edges=True))
    return (Boundary(kind=BoundaryKind.TERRITORY, name="Isle", geometry=square, **facts),)


def _town() -> str:
    town = Listing("VEC", TOWN, "Atlantic/Azores")
    _points_and_footprints(town)
    _conditions(town)
    _neighbours(town)
    _rules(town)
    (wide,) = _around(TOWN, valid=Period(end=MOVED_AT))
    lagoon = shapely.geometry.shape(shapes.box(*there(*TOWN, 225, 4300), 900, 900, long_edges=True))
    wide = Boundary(kind=wide.kind, name=wide.name, geometry=wide.geometry.difference(lagoon), valid=wide.valid)
    narrow = _around(there(*TOWN, 90, 1500), 4200, valid=Period(start=MOVED_AT))
    sector = Boundary(
        kind=BoundaryKind.SECTOR, name="South", geometry=_around(there(*TOWN, 180, 9000))[0].geometry, valid=ALWAYS
    )
    canteens = tuple(
        Facility(
            facility_id=f"F-{at}", name=f"Canteen {at}", kind="canteen", geometry=_spot(there(*TOWN, 70 * at, 800))
        )
        for at in range(4)
    )
    return town.published((wide, *narrow, sector), canteens)


def _spot(place: tuple[float, float]) -> shapely.Point:
    return shapely.Point(place[1], place[0])


def _points_and_footprints(town: Listing) -> None:
    """What is measured to, with every kind of uncertainty."""
    chance = stream("lists/footprints")
    for uncertainty_m in (0.0, 2.0, 3.0, 10.0, None, 40.0, 250.0):
        town.add(shapes.point(*town.block()), uncertainty_m=uncertainty_m)
    for uncertainty_m in (0.0, None, 25.0):
        town.add(shapes.box(*town.block(), 90, 110), uncertainty_m=uncertainty_m)
    town.add(shapes.house(chance, *town.block()), uncertainty_m=1.0)
    town.add(shapes.courtyard(chance, *town.block(), 60), uncertainty_m=4.0)
    town.add(shapes.archipelago(chance, *town.block(), 70), uncertainty_m=4.0)
    area: Json = {"subject": SubjectKind.AREA, "category": None, "uncertainty_m": 5.0}
    town.add(shapes.street(chance, *town.block(), 400, 14), **area)
    town.add(shapes.star(chance, *town.block(), 250, corners=11), **area)
    town.add(shapes.star(chance, *town.block(), 150, corners=6), **area, restriction=CAUTION)


def _conditions(town: Listing) -> None:
    """What holds at times, for some, for part of a building, or as a caution."""
    week = (1, 2, 3, 4, 5, 6, 7)
    second = timedelta(seconds=1)
    facts: tuple[Json, ...] = (
        {"part": Part(floor="3")},
        {"part": Part(text="the cellar"), "restriction": CAUTION},
        {"part": Part(entrance="yard"), "hours": town.hours((5,), time(20), time(2))},
        {"restriction": CAUTION},
        {"restriction": CAUTION, "applies_to": (Staff.POLICE,)},
        {"since": NOW}, {"since": NOW + second}, {"until": NOW}, {"until": NOW + second},
        {"since": NOW - timedelta(days=2), "until": NOW + timedelta(days=2)},
        {"hours": town.hours((5, 6), time(22), time(4))},
        {"hours": town.hours((7,), time(0), time(0))},
        {"hours": town.hours(week, time(0, 30), time(1, 30))},
        {"hours": town.hours((6,), time(20, 30), time(6))},
        {"applies_to": (Staff.MILITARY,)},
        {"applies_to": (Staff.CIVILIAN, Staff.CONTRACTOR), "hours": town.hours((5,), time(20), time(23, 59))},
        {"applies_to": (Staff.DEPENDANT,), "until": NOW + timedelta(days=30), "since": ISSUED_AT},
    )  # fmt: skip
    for at, conditions in enumerate(facts):
        place = town.block()
        town.add(shapes.point(*place) if at % 3 == 1 else shapes.box(*place, 60, 70), uncertainty_m=3.0, **conditions)
    town.add(None)
    town.add(None, hours=town.hours((5,), time(22), time(4)), applies_to=(Staff.MILITARY,))


def _neighbours(town: Listing) -> None:
    """Doors beside one another, and one house in another's yard."""
    pairs: tuple[tuple[float, Json, Json], ...] = (
        (12, {}, {}),
        (8, {}, {"restriction": CAUTION}),
        (6, {}, {"part": Part(floor="1")}),
        (9, {"applies_to": (Staff.MILITARY,)}, {"applies_to": (Staff.POLICE, Staff.CIVILIAN)}),
        (15, {"hours": town.hours((5,), time(22), time(4))}, {}),
    )
    for metres, one, other in pairs:
        place = town.block()
        town.add(shapes.point(*place), uncertainty_m=1.0, **one)
        town.add(shapes.point(*there(*place, 77, metres)), uncertainty_m=2.0, **other)
    yard = town.block()
    town.add(
        shapes.box(*yard, 120, 120), uncertainty_m=2.0, subject=SubjectKind.AREA, category=None, restriction=CAUTION
    )
    town.add(shapes.box(*there(*yard, 45, 20), 30, 30), uncertainty_m=2.0)


def _rules(town: Listing) -> None:
    """Kinds of venue, everywhere and in an area, at all times and at some."""
    quarter = (shapes.box(*there(*TOWN, turn, 2200), 2600, 2600, long_edges=True) for turn in count(10, 83))
    night = town.hours((5, 6), time(21), time(5))
    town.rule(VenueKind.BAR, restriction=CAUTION)
    town.rule(VenueKind.MASSAGE_PARLOUR, next(quarter))
    town.rule(VenueKind.MASSAGE_PARLOUR, next(quarter), applies_to=(Staff.POLICE,))
    town.rule(VenueKind.CASINO)
    town.rule(VenueKind.STRIP_CLUB, next(quarter), hours=night)
    town.rule(VenueKind.NIGHT_CLUB, hours=night)
    town.rule(VenueKind.GUEST_HOUSE, applies_to=(Staff.MILITARY,))
    town.rule(VenueKind.HOTEL, next(quarter), restriction=CAUTION)
    town.rule(VenueKind.CAFE, next(quarter), until=NOW)
    town.rule(VenueKind.RESTAURANT, next(quarter), since=NOW + timedelta(days=3))


def _seam() -> str:
    """On both sides of the antimeridian, in the southern hemisphere, where the clocks are 12:45 or 13:45 ahead."""
    seam, chance = Listing("SEAM", SEAM, "Pacific/Chatham"), stream("lists/seam")
    for metres, turn in ((15, 90), (15, 270), (900, 90), (900, 270)):
        seam.add(shapes.point(*there(*SEAM, turn, metres)), uncertainty_m=2.0)
    seam.add(shapes.star(chance, *there(*SEAM, 0, 1500), 200, corners=9), uncertainty_m=4.0)
    seam.add(shapes.courtyard(chance, *there(*SEAM, 180, 1500), 80), uncertainty_m=4.0)
    seam.add(shapes.house(chance, *there(*SEAM, 0, 3000)), hours=seam.hours((6,), time(22), time(3)), uncertainty_m=2.0)
    seam.rule(VenueKind.CASINO, shapes.star(chance, *there(*SEAM, 90, 800), 2000, corners=8, long_edges=True))
    seam.rule(VenueKind.BAR, hours=seam.hours((5, 6), time(23), time(2, 30)))
    waters = shapely.geometry.shape(shapes.star(chance, *SEAM, 9000, corners=14, long_edges=True))
    return seam.published((Boundary(kind=BoundaryKind.TERRITORY, name="Strait", geometry=waters),))


def _cap() -> str:
    cap, chance = Listing("CAP", CAP, "UTC"), stream("lists/cap")
    cap.add(shapes.point(90.0, 0.0), uncertainty_m=5.0)
    cap.add(shapes.point(*there(89.99, 179.9999, 0, 100)), uncertainty_m=2.0)
    cap.add(shapes.star(chance, 89.97, 100.0, 300, corners=8), uncertainty_m=5.0)
    cap.add(shapes.house(chance, 89.995, -60.0), uncertainty_m=2.0, restriction=CAUTION)
    cap.rule(VenueKind.BAR)
    ice = Boundary(kind=BoundaryKind.TERRITORY, name="Ice", geometry=shapely.box(-180, 89.9, 180, 90))
    return cap.published((ice,))


def _bare() -> str:
    """No territory is known: a rule without an area holds everywhere."""
    bare = Listing("BARE", TOWN, "UTC")
    bare.add(shapes.point(*TOWN))
    bare.rule(VenueKind.CASINO)
    bare.rule(VenueKind.BAR, shapes.box(*TOWN, 1000, 1000, long_edges=True))
    bare.rule(VenueKind.HOTEL, hours=bare.hours((6, 7), time(8), time(20)))
    return bare.published()


def placed(document: Json) -> Iterator[Json]:
    """The features that are measured to."""
    for feature in document["features"]:
        if feature["geometry"] and feature["properties"]["subject"] != SubjectKind.CATEGORY_RULE.value:
            yield feature
