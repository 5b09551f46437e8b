"""A plain reading of a list of what happened: it knows neither the store nor the look-up.

It goes through the events one by one, measures with pyproj and compares words.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pyproj import Geod

from geo_offlimits.domain.hours import Hours
from geo_offlimits.domain.people import PersonnelCategory

ZONE, GEOD, DOOR_M, RADIUS_M = ZoneInfo("Atlantic/Azores"), Geod(ellps="WGS84"), 5.0, 100.0


@dataclass(frozen=True)
class Event:
    """What happened, and when."""

    at: datetime
    what: str
    about: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass
class Listing:
    """One listing as far as some events tell."""

    id: str
    name: str
    where: tuple[float, float] | None
    exact: float
    since: datetime
    hours: Hours | None
    applies_to: tuple[PersonnelCategory, ...]
    end: datetime | None
    state: str = "in force"
    over: bool = False
    turns: list[tuple[datetime, str]] = field(default_factory=list)

    def holds(self, at: datetime) -> bool:
        begun = self.since <= at and (self.end is None or at < self.end)
        states = ["in force", *(state for when, state in self.turns if when <= at)]
        return begun and states[-1] == "in force"

    def binds(self, at: datetime, category: str) -> bool:
        bound = not self.applies_to or category in [one.value for one in self.applies_to]
        return bound and (self.hours is None or _open(self.hours, at))


def _open(hours: Hours, at: datetime) -> bool:
    """Minute by minute of the clock on the wall, which a span past midnight shares with the day before."""
    wall = at.astimezone(ZONE)
    (span,) = hours.weekly
    clock, today, yesterday = wall.time(), wall.isoweekday(), (wall - timedelta(days=1)).isoweekday()
    if span.start < span.end:
        return today in span.days and span.start <= clock < span.end
    return (today in span.days and clock >= span.start) or (yesterday in span.days and clock < span.end)


@dataclass
class Reading:
    """What the list of events tells."""

    events: list[Event]

    def listings(self, at: datetime, known_at: datetime) -> dict[str, Listing]:
        """Of what was known at `known_at`, in the state of `at`, and described as known at `known_at`."""
        found: dict[str, Listing] = {}
        for event in (one for one in self.events if one.at <= known_at):
            facts = event.facts
            if event.what == "listed":
                valid = facts.get("valid")
                found[event.about] = Listing(
                    id=event.about, name=facts["name"], where=facts["where"], exact=facts["exact"], since=event.at,
                    hours=facts["hours"], applies_to=facts.get("applies_to", ()), end=valid and valid.end,
                )  # fmt: skip
            elif event.what == "moved":
                found[event.about].where = facts["where"]
            elif event.what == "renamed":
                found[event.about].name = facts["name"]
            elif event.what in ("suspended", "reinstated", "lifted"):
                state = "in force" if event.what == "reinstated" else event.what
                found[event.about].turns.append((event.at, state))
                found[event.about].state = state
        for one in found.values():
            one.over = one.end is not None and one.end <= at
        return found

    def edition(self, at: datetime) -> Event | None:
        issued = [one for one in self.events if one.what == "published" and one.at.replace(microsecond=0) <= at]
        return issued[-1] if issued else None

    def on_edition(self, edition: Event) -> list[Listing]:
        known = self.listings(edition.at, edition.at).values()
        return [one for one in known if one.state == "in force" and not one.over]

    def people(self, known_at: datetime) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for event in (one for one in self.events if one.at <= known_at):
            if event.what == "joined":
                found[event.about] = dict(event.facts)
            elif event.what == "departed":
                found[event.about]["end"] = event.at
            elif event.what == "transferred":
                found[event.about]["unit"] = event.facts["unit"]
        return found

    def said(self, person_id: str, at: datetime, known_at: datetime) -> dict[int, Event]:
        last: dict[int, Event] = {}
        for event in self.events:
            mine = event.what == "said" and event.about == person_id
            if mine and event.at <= known_at and event.facts["said_at"] <= at:
                last[event.facts["edition"]] = event
        return last


def verdict(listings: list[Listing], asked: "Asked", category: str) -> tuple[str, set[str]]:
    """The word, and the entries within the radius."""
    word, near = "not_listed", set()
    for one in listings:
        if one.where is None:
            continue
        _, _, far_m = GEOD.inv(asked.where[1], asked.where[0], one.where[1], one.where[0])
        unsure_m = asked.unsure_m + one.exact
        if far_m <= RADIUS_M:
            near.add(one.id)
        if one.binds(asked.at, category) and one.since.replace(microsecond=0) <= asked.at and not _over(one, asked.at):
            if far_m + unsure_m <= DOOR_M:
                word = "listed"
            elif far_m - unsure_m <= DOOR_M and word != "listed":
                word = "cannot_tell"
    return word, near


def _over(one: Listing, at: datetime) -> bool:
    return one.end is not None and one.end <= at


@dataclass(frozen=True)
class Asked:
    person: str
    at: datetime
    where: tuple[float, float]
    unsure_m: float


def questions(reading: Reading, chance: random.Random, count: int, end: datetime) -> Iterator[Asked]:
    """At places where something is, was or will be listed, up to forty metres off."""
    places = [one.facts["where"] for one in reading.events if one.facts.get("where")]
    start = reading.events[0].at - timedelta(hours=6)
    for _ in range(count):
        lat, lon = chance.choice(places)
        lon, lat, _ = GEOD.fwd(lon, lat, chance.random() * 360, chance.choice((0.0, 0.0, 0.0, 3.0, 9.0, 40.0)))
        at = start + (end - start) * chance.random()
        person = chance.choice(sorted(reading.people(end)))
        yield Asked(
            person, at.replace(microsecond=0), (round(lat, 7), round(lon, 7)), chance.choice((0.0, 0.0, 0.0, 5.0, 25.0))
        )


def expected(reading: Reading, asked: Asked, now: datetime) -> dict[str, Any]:
    then, by_now = reading.people(asked.at).get(asked.person), reading.people(now)[asked.person]
    category, edition = (then or by_now)["category"], reading.edition(asked.at)
    found: dict[str, Any] = {"edition": edition and int(edition.about), "unit": then and then["unit"]}
    found["in_service"] = [_serves(one, asked.at) for one in (then, by_now)]
    if edition is None:
        found |= {"stale": None, "verdict": "cannot_tell", "near": set(), "now": None, "near_now": None}
    else:
        word, near = verdict(reading.on_edition(edition), asked, category)
        issued_at = edition.at.replace(microsecond=0)
        stale = asked.at >= issued_at + timedelta(days=edition.facts["days"])
        found |= {"stale": stale, "verdict": "cannot_tell" if stale and word == "not_listed" else word, "near": near}
        newest = reading.edition(now)
        assert newest
        on_edition = {one.id for one in reading.on_edition(edition)}
        told = [
            one
            for one in reading.listings(asked.at, known_at=now).values()
            if one.holds(asked.at) and (one.id in on_edition or one.since <= newest.at)
        ]
        found["now"], found["near_now"] = verdict(told, asked, category)
    for name, known_at in (("then", asked.at), ("as_known_now", now)):
        last = reading.said(asked.person, asked.at, known_at)
        stood = [number for number, event in last.items() if event.facts["state"] == "acknowledged"]
        found[name] = max(stood, default=None)
        on_current = last.get(found["edition"] or 0)
        found[f"current_{name}"] = on_current and (on_current.facts["state"], on_current.facts["channel"])
    return found


def _serves(standing: dict[str, Any] | None, at: datetime) -> bool | None:
    if standing is None:
        return None
    start, end = standing["start"], standing["end"]
    return bool((start is None or start <= at) and (end is None or at < end))


def told(document: Any) -> dict[str, Any]:
    """The same of evidence."""
    said, person, edition, known = (document[name] for name in ("acknowledged", "person", "edition", "known_now"))
    rows = {one["row_name"]: one["row"] for one in said["words"]} | {None: None}

    def number(name: str) -> int | None:
        row = rows[said[name]]
        return None if row is None else int(row["edition_number"])

    def word(name: str) -> tuple[str, str] | None:
        row = rows[said[name]]
        state = row and row.get("state", "acknowledged")
        return row and (state, "page" if state == "withdrawn" else row["channel"])

    return {
        "edition": edition and edition["number"],
        "stale": edition and edition["stale"],
        "verdict": document["listed"]["verdict"],
        "near": {one["entry_id"] for one in document["listed"]["matches"] if one["distance_m"] is not None},
        "now": known and known["verdict"],
        "near_now": known and {one["entry_id"] for one in known["matches"] if one["distance_m"] is not None},
        "unit": person["then"] and person["then"]["unit"],
        "in_service": [one and one["in_service"] for one in (person["then"], person["as_known_now"])],
        "then": number("then"),
        "as_known_now": number("as_known_now"),
        "current_then": word("current_then"),
        "current_as_known_now": word("current_as_known_now"),
    }
