"""A history of a mission that chance writes, through the services, and the list of what happened in it."""

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from shapely import Point

from geo_offlimits.domain.acknowledgement import AcknowledgementState, Channel
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.changes import ChangeKind
from geo_offlimits.domain.designation import StepKind
from geo_offlimits.domain.hours import Hours, WeeklySpan
from geo_offlimits.domain.instants import Period
from geo_offlimits.domain.people import PersonnelCategory, Role, RoleGrant
from geo_offlimits.domain.premises import Name, NameKind, SubjectKind, VenueKind
from geo_offlimits.services import acknowledging, changes, editions, entering, people, register
from geo_offlimits.services.entering import Entry
from tests.services.conftest import MISSION, START, World, venue
from tests.services.plain_reading import ZONE, Event, Reading

CATEGORIES = tuple(PersonnelCategory)
NIGHTS = Hours(tz="Atlantic/Azores", weekly=(WeeklySpan(days=(5, 6), start=time(20), end=time(4)),))
DAYS = Hours(tz="Atlantic/Azores", weekly=(WeeklySpan(days=(1, 2, 3, 4, 5), start=time(8), end=time(18)),))


@dataclass
class Writer:
    """Makes a history by chance, through the services, and writes down what it did."""

    world: World
    chance: random.Random
    events: list[Event] = field(default_factory=list)
    made: int = 0

    def note(self, what: str, about: str = "", **facts: Any) -> None:
        self.events.append(Event(self.world.clock.now, what, about, facts))

    def write(self, steps: int) -> None:
        for number in ("104", "108", "109", "110"):
            self.events.append(Event(START - timedelta(hours=1), "joined", f"p_{number}", self._standing(number)))
        kinds = {
            self.list_: 6, self.move: 2, self.rename: 2, self.suspend: 2, self.reinstate: 2, self.lift: 2,
            self.publish: 6, self.acknowledge: 8, self.refuse: 2, self.withdraw: 2, self.paper: 5, self.oral: 2,
            self.arrive: 1, self.depart: 1, self.transfer: 2,
        }  # fmt: skip
        for one in (self.list_, self.list_, self.publish):
            self.later()
            one()
        for _ in range(steps):
            self.later()
            self.chance.choices(list(kinds), list(kinds.values()))[0]()

    def later(self) -> None:
        self.world.clock.later(minutes=self.chance.randint(1, 240), seconds=self.chance.random() * 60)

    # ---- the list ----

    def list_(self) -> None:
        self.made += 1
        lon, lat = self._place()
        rule = self.chance.random() < 0.1
        terms: dict[str, Any] = {"hours": self.chance.choice((None, None, None, NIGHTS, DAYS))}
        if self.chance.random() < 0.3:
            terms["applies_to"] = tuple(self.chance.sample(CATEGORIES, 2))
        if self.chance.random() < 0.2:
            end = self.world.clock.now.replace(microsecond=0) + timedelta(days=self.chance.randint(1, 20))
            terms["valid"] = Period(end=end)
        exact = self.chance.choice((0.0, 0.0, 3.0, 20.0))
        how: dict[str, Any] = {"uncertainty_m": exact}
        if rule:
            how = {"kind": SubjectKind.CATEGORY_RULE, "placeless": True, "category": VenueKind.CASINO}
        subject, terms_made = venue(f"Bar {self.made}", lon, lat, terms=terms, **how)
        with self.world.acting("103") as act:
            made = register.propose(act, MISSION, subject, terms_made, confirm_alike=True)
        self.later()
        with self.world.acting("101") as act:
            register.designate(act, made.designation_id)
        where = None if rule else (lat, lon)
        self.note("listed", made.designation_id, name=f"Bar {self.made}", where=where, exact=exact, **terms)

    def _place(self) -> tuple[float, float]:
        """About a kilometre from any other, in the seven decimals of an edition."""
        return round(-29.95 + self.chance.randrange(40) / 100, 7), round(9.6 + self.chance.randrange(40) / 50, 7)

    def _one(self, *states: str) -> str | None:
        """A listing that stands in one of these states and has a place."""
        listings = Reading(self.events).listings(self.world.clock.now, known_at=self.world.clock.now)
        able = [one.id for one in listings.values() if one.state in states and one.where and not one.over]
        return self.chance.choice(able) if able else None

    def move(self) -> None:
        if (one := self._one("in force")) is None:
            return
        lon, lat = self._place()

        def moved(subject: Any) -> Any:
            return replace(subject, geometry=Point(lon, lat))

        if Reading(self.events).listings(self.world.clock.now, self.world.clock.now)[one].where == (lat, lon):
            return
        with self.world.acting("103") as act:
            changes.propose(act, one, ChangeKind.MOVED, moved, "wrong plot")
        self.later()
        with self.world.acting("101") as act:
            changes.make(act, one)
        self.note("moved", one, where=(lat, lon))

    def rename(self) -> None:
        if one := self._one("in force"):
            self.made += 1
            with self.world.acting("103") as act:
                changes.rename(act, one, Name(text=f"Bar {self.made}", kind=NameKind.SIGN))
            self.note("renamed", one, name=f"Bar {self.made}")

    def suspend(self) -> None:
        if one := self._one("in force"):
            with self.world.acting("101") as act:
                register.decide(act, one, StepKind.SUSPENDED, "an error")
            self.note("suspended", one)

    def reinstate(self) -> None:
        if one := self._one("suspended"):
            with self.world.acting("102") as act:
                register.decide(act, one, StepKind.REINSTATED, "no error")
            self.note("reinstated", one)

    def lift(self) -> None:
        if one := self._one("in force"):
            self.world.lifted(one)
            self.note("lifted", one)

    def publish(self) -> None:
        days = self.chance.randint(1, 6)
        with self.world.acting("101") as act:
            header = editions.publish(
                act, self.world.keyring, MISSION,
                expires_in=timedelta(days=days), renew=True, confirm_removals=True, confirm_empty=True,
            )  # fmt: skip
        self.note("published", str(header.number), days=days)

    # ---- people ----

    def _standing(self, number: str) -> dict[str, Any]:
        with self.world.reading(None) as act:
            person = act.tx.people.find(number)
            assert person
            return {"unit": person.unit, "category": person.category.value, "start": person.service.start, "end": None}

    def _somebody(self) -> str:
        now = self.world.clock.now
        there = [one for one, facts in Reading(self.events).people(now).items() if facts["end"] is None]
        return self.chance.choice(sorted(there))[2:]

    def _number(self) -> int:
        return max(int(one.about) for one in self.events if one.what == "published")

    def _last(self, number: str, edition: int) -> str | None:
        said = [one for one in self.events if one.what == "said" and one.about == f"p_{number}"]
        return next((one.facts["state"] for one in reversed(said) if one.facts["edition"] == edition), None)

    def _said(self, number: str, edition: int, state: str, at: datetime | None = None, channel: str = "page") -> None:
        at = at or self.world.clock.now
        self.note("said", f"p_{number}", edition=edition, state=state, said_at=at, channel=channel)

    def acknowledge(self) -> None:
        who, edition = self._somebody(), self._number()
        if self._last(who, edition) == "acknowledged":
            return
        with self.world.acting(who) as act:
            header = act.tx.editions.header(MISSION, act.now)
            assert header
            acknowledging.acknowledge(act, MISSION, edition, header.sha256, self.chance.choice(("en", "fr")))
        self._said(who, edition, "acknowledged")

    def refuse(self) -> None:
        who, edition = self._somebody(), self._number()
        if self._last(who, edition) in ("acknowledged", "refused"):
            return
        with self.world.acting(who) as act:
            header = act.tx.editions.header(MISSION, act.now)
            assert header
            acknowledging.refuse(act, MISSION, edition, header.sha256, "en", reason="SECRETREASON")
        self._said(who, edition, "refused")

    def withdraw(self) -> None:
        who, edition = self._somebody(), self.chance.randint(1, self._number())
        if self._last(who, edition) in ("acknowledged", "refused"):
            with self.world.acting(who) as act:
                acknowledging.withdraw(act, MISSION, edition, "SECRETREASON")
            self._said(who, edition, "withdrawn")

    def paper(self) -> None:
        self._enter(Channel.PAPER, self.chance.randint(max(1, self._number() - 2), self._number()))

    def oral(self) -> None:
        self._enter(Channel.ORAL, self._number())

    def _enter(self, channel: Channel, edition: int) -> None:
        who, now = self._somebody(), self.world.clock.now
        issued_at = next(one.at for one in self.events if one.what == "published" and one.about == str(edition))
        issued_at = issued_at.replace(microsecond=0)
        first, today = issued_at.astimezone(ZONE).date(), now.astimezone(ZONE).date()
        on = today if channel is Channel.ORAL else first + timedelta(days=self.chance.randint(0, (today - first).days))
        at = now if on == today else min(max(_noon(on), issued_at), now)
        before = [one for one in self.events if one.what == "said" and one.about == f"p_{who}"]
        since = next((one for one in reversed(before) if one.facts["edition"] == edition), None)
        # A day says no hour: what is dated on the day of another word does not undo it.
        if since and (since.facts["state"] == "acknowledged" or on <= since.facts["said_at"].astimezone(ZONE).date()):
            return
        entry = Entry(
            number=edition,
            channel=channel,
            state=AcknowledgementState.ACKNOWLEDGED,
            language="en",
            on=on,
            explained_by="105" if channel is Channel.ORAL else None,
        )
        with self.world.acting("105") as act:
            entering.enter(act, MISSION, who, entry)
        self._said(who, edition, "acknowledged", at, channel.value)

    def arrive(self) -> None:
        self.made += 1
        number, category = f"9{self.made}", self.chance.choice(CATEGORIES)
        begun = self.world.clock.now.replace(microsecond=0) - timedelta(days=self.chance.randint(0, 5))
        person = replace(
            people.new(number=number, name=f"New {number}", unit="Support", category=category, mission=MISSION),
            person_id=f"p_{number}",
            service=Period(start=begun),
        )
        with self.world.acting("100") as act:
            people.add_person(act, person, (RoleGrant(role=Role.STAFF, mission=MISSION),))
        self.note("joined", f"p_{number}", unit="Support", category=category.value, start=begun, end=None)

    def depart(self) -> None:
        if sum(one["end"] is None for one in Reading(self.events).people(self.world.clock.now).values()) < 4:
            return
        who = self._somebody()
        with self.world.acting("100") as act:
            people.depart(act, who)
        self.note("departed", f"p_{who}")

    def transfer(self) -> None:
        who, unit = self._somebody(), self.chance.choice(("Engineers", "Police", "Support", "Signals"))
        with self.world.acting("100") as act:
            person = act.tx.people.find(who)
            assert person
            act.tx.people.replace(replace(person, unit=unit), act.now)
            act.record(AuditTag.PERSON_ADDED, subject=person.person_id, mission=MISSION)
        self.note("transferred", f"p_{who}", unit=unit)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), ZONE).astimezone(UTC)
