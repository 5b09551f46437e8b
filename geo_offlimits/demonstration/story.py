"""The story of the demonstration mission: three months, four editions, told through the services alone."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from geo_offlimits.demonstration.island import MISSION, Island
from geo_offlimits.demonstration.listings import (
    AREAS,
    LIFT_PROPOSED,
    LISTINGS,
    MOVED,
    NEW_NAME,
    NEW_OPERATOR,
    PENDING,
    REJECTED,
    RULE_CHAPTER,
    RULE_NAME,
    RULE_SECTOR,
    WITHDRAWN,
    AreaListing,
    Listing,
    Shape,
)
from geo_offlimits.demonstration.stage import Stage
from geo_offlimits.domain.changes import ChangeKind
from geo_offlimits.domain.designation import Basis, Restriction, Terms
from geo_offlimits.domain.hours import Hours
from geo_offlimits.domain.instants import ALWAYS, Period
from geo_offlimits.domain.people import Role
from geo_offlimits.domain.premises import Name, Subject, SubjectKind, VenueKind
from geo_offlimits.services import changes, editions, operators, register
from geo_offlimits.services.headers import PublishedHeader

AUTHORITY = "Head of Mission"
CURRENT_FOR = timedelta(days=30)
# Days before now: when the decisions of a chapter begin, and when its edition comes out.
WORK_BEGINS = {1: 96.0, 2: 80.0, 3: 52.0, 4: 24.0}
PUBLISHED = {1: 90.0, 2: 62.0, 3: 33.0, 4: 6.0}
# The last entry added alone still waits for its second signature when the story ends.
_CONFIRMED_BEFORE = 4
_UNCERTAINTY_M = {Shape.FOOTPRINT: 2.0, Shape.POINT: 18.0, Shape.UNKNOWN: None}
_REVIEWED_AFTER = timedelta(days=180)
_REASON_LIFTED = "Inspected twice without finding; new lease confirmed by the municipality."
# A reported point is a little off the building it means, as such points are.
_OFF_DEG = 0.00006


class Story:
    """Tells the chapters in order. `ids` are designation ids by the name under which each was first listed."""

    def __init__(self, stage: Stage, island: Island) -> None:
        self.stage, self.island = stage, island
        self.ids: dict[str, str] = {}

    def chapter(self, number: int) -> PublishedHeader:
        """Everything decided before edition `number`, then the edition itself."""
        self.stage.days_ago(WORK_BEGINS[number])
        self._list(one for one in LISTINGS if one.chapter == number and not one.added_alone)
        for area in (one for one in AREAS if one.chapter == number):
            self._designate(area.name, self._area(area), self._terms(hours=area.hours))
        if number == RULE_CHAPTER:
            self._designate(RULE_NAME, self._rule(), self._terms())
        self._rename(number)
        self._lift(number)
        if number == REJECTED.chapter:
            self._turn_down()
        self.stage.days_ago(PUBLISHED[number] + 1)
        self._add_alone(one for one in LISTINGS if one.chapter == number and one.added_alone)
        self.stage.days_ago(PUBLISHED[number])
        with self.stage.acting(Role.HEAD) as act:
            return editions.publish(act, self.stage.wiring.keyring, MISSION, expires_in=CURRENT_FOR)

    def _list(self, listings: Iterable[Listing]) -> None:
        for listing in listings:
            self._designate(listing.label, self._subject(listing), self._terms_of(listing))

    def _designate(self, label: str, subject: Subject, terms: Terms) -> None:
        """Proposed by the officer; signed by the head or, every third time, by the deputy."""
        self.ids[label] = self._propose(subject, terms)
        second = Role.DEPUTY if len(self.ids) % 3 == 0 else Role.HEAD
        with self.stage.acting(second, after=timedelta(minutes=24)) as act:
            register.designate(act, self.ids[label])

    def _propose(self, subject: Subject, terms: Terms) -> str:
        with self.stage.acting(Role.OFFICER) as act:
            # Neighbours and namesakes are part of the story: in a real town every fourth venue has one.
            return register.propose(act, MISSION, subject, terms, confirm_alike=True).designation_id

    def _add_alone(self, listings: Iterable[Listing]) -> None:
        """In force at once by the head alone; the deputy signs soon after."""
        for listing in listings:
            subject, terms = self._subject(listing), self._terms_of(listing)
            with self.stage.acting(Role.HEAD) as act:
                made = register.add_alone(act, MISSION, subject, terms, "Urgent.", confirm_alike=True)
            self.ids[listing.label] = made.designation_id
            if listing.chapter < _CONFIRMED_BEFORE:
                with self.stage.acting(Role.DEPUTY, after=timedelta(hours=2)) as act:
                    register.confirm(act, self.ids[listing.label])

    def _rename(self, number: int) -> None:
        for listing in LISTINGS:
            if listing.renamed and listing.renamed[0] == number:
                with self.stage.acting(Role.OFFICER, after=timedelta(hours=5)) as act:
                    changes.rename(act, self.ids[listing.label], listing.renamed[1])

    def _lift(self, number: int) -> None:
        """Proposed by the officer, decided by a head."""
        for listing in LISTINGS:
            if listing.lifted == number:
                with self.stage.acting(Role.OFFICER, after=timedelta(hours=3)) as act:
                    register.propose_lift(act, self.ids[listing.label], "The owner asks for a review.")
                with self.stage.acting(Role.DEPUTY, after=timedelta(hours=6)) as act:
                    register.lift(act, self.ids[listing.label], _REASON_LIFTED)

    def _turn_down(self) -> None:
        """Two proposals that came to nothing: nobody outside the register ever learns of them."""
        rejected = self._propose(self._subject(REJECTED), self._terms_of(REJECTED))
        withdrawn = self._propose(self._subject(WITHDRAWN), self._terms_of(WITHDRAWN))
        with self.stage.acting(Role.HEAD, after=timedelta(hours=8)) as act:
            register.reject(act, rejected, "One source only, and no observation.")
        with self.stage.acting(Role.OFFICER, after=timedelta(hours=2)) as act:
            register.withdraw(act, withdrawn)

    def waiting(self) -> None:
        """What the officers find on their desk today: three proposals, a lift and a move to decide, a new operator."""
        self.stage.days_ago(3)
        for listing in PENDING:
            self._propose(self._subject(listing), self._terms_of(listing))
        with self.stage.acting(Role.OFFICER, after=timedelta(hours=6)) as act:
            register.propose_lift(act, self.ids[LIFT_PROPOSED], "Closed since last month, the neighbours say.")
        with self.stage.acting(Role.OFFICER, after=timedelta(hours=1)) as act:
            changes.propose(
                act, self.ids[MOVED], ChangeKind.MOVED, _measured, "Measured at the door with two receivers."
            )
            operators.record(act, self.ids[NEW_OPERATOR], NEW_NAME, act.now.date())

    def _subject(self, listing: Listing) -> Subject:
        building = None
        if listing.locality and listing.shape is not Shape.UNKNOWN:
            building = self.island.take(listing.locality, listing.stands_in)
        return Subject(
            kind=SubjectKind.PREMISES,
            names=listing.names,
            category=listing.category,
            geometry=_place(building.footprint, listing.shape) if building else None,
            uncertainty_m=_UNCERTAINTY_M[listing.shape],
            address=building.address if building else None,
            locality=listing.locality,
            part=listing.part,
        )

    def _area(self, area: AreaListing) -> Subject:
        return Subject(
            kind=SubjectKind.AREA,
            names=(Name(text=area.name, lang="en"),),
            category=VenueKind.STREET,
            geometry=self.island.block(area.locality, area.around, area.reach_m),
            locality=area.locality,
        )

    def _rule(self) -> Subject:
        return Subject(
            kind=SubjectKind.CATEGORY_RULE,
            names=(Name(text=RULE_NAME, lang="en"),),
            category=VenueKind.MASSAGE_PARLOUR,
            geometry=self.island.sector(RULE_SECTOR),
        )

    def _terms_of(self, listing: Listing) -> Terms:
        terms = self._terms(hours=listing.hours)
        moment = self.stage.clock.moment
        return replace(
            terms,
            restriction=listing.restriction,
            basis=listing.basis,
            applies_to=listing.applies_to,
            exceptions=listing.exceptions,
            valid=Period(end=self.stage.now + timedelta(days=listing.for_days)) if listing.for_days else ALWAYS,
            review_by=(
                self.stage.now - timedelta(days=5) if listing.review_passed else moment + _REVIEWED_AFTER
            ).date(),
        )

    def _terms(self, hours: Hours | None = None) -> Terms:
        return Terms(
            restriction=Restriction.OFF_LIMITS,
            basis=Basis.SEX_INDUSTRY,
            authority=AUTHORITY,
            directive=f"Directive 4/{(self.stage.now - timedelta(days=WORK_BEGINS[1])).year} on off-limits premises",
            review_by=(self.stage.clock.moment + _REVIEWED_AFTER).date(),
            hours=hours,
        )


def _measured(subject: Subject) -> Subject:
    """The point where the building is, no longer a little off it."""
    place = subject.geometry and translate(subject.geometry, -_OFF_DEG, _OFF_DEG)
    return replace(subject, geometry=place, uncertainty_m=3.0)


def _place(footprint: BaseGeometry, shape: Shape) -> BaseGeometry:
    if shape is Shape.FOOTPRINT:
        return footprint
    moved: BaseGeometry = translate(footprint.centroid, _OFF_DEG, -_OFF_DEG)
    return moved
