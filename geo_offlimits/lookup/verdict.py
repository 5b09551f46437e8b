"""How a verdict is reached. Three answers only: listed, not listed, cannot tell; never "safe", never "allowed".

For an entry with a place, d is the geodesic distance to its footprint (0 inside), u the sum of both 95 % uncertainties
(10 m each where unknown), and the door is `door_m` wide.

1. An entry *applies* when it is in force at `at` and binds `personnel`. One that does not is still a match, with why.
2. `listed`: an applying off-limits entry for certain (inside its footprint by at least u, or d + u within the door), or
   the entry that was chosen by name, or a category rule that holds here when the kind of venue is given.
3. `cannot_tell`: otherwise, an applying entry with d - u within the door (`which_door`). An entry about part of a
   building is never listed by position (`part_of_building`).
4. else `not_listed`. An applying caution entry in reach adds `caution` and never makes it listed; one in reach that
   does not apply adds `does_not_apply`, so that "not listed" is never all that is read of it.
5. Over all: an unverified list is `cannot_tell`; `not_listed` outside the territory or on an expired list becomes
   `cannot_tell`; `listed` stays and is marked stale.
6. Category rules that hold here are always shown in `rules`; without the kind of venue they decide nothing. Whether a
   rule holds depends on where: asked by kind of venue without a position, a rule that may hold makes it `cannot_tell`
   (`position_needed`). One without an area holds in the territory; where none is known, everywhere.
7. An edition without entries says so with every answer (`empty_edition`), and so does one issued after the time that
   is asked about (`later_edition`): what it holds is not what was known then.

`radius_m` limits the matches that are shown, never the verdict.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import shapely

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.edition import Edition, Entry
from geo_offlimits.domain.instants import utc
from geo_offlimits.domain.mission import Boundary, BoundaryKind
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.position import Position
from geo_offlimits.domain.premises import SubjectKind
from geo_offlimits.lookup.answers import (
    DOOR_M,
    FACILITIES_SHOWN,
    RADIUS_M,
    Answer,
    Match,
    NearFacility,
    Question,
    Reason,
    ReasonCode,
    UnknownEntryError,
    Verdict,
    WhyNot,
    by_distance,
    in_order,
    strictest,
    without_edition,
)
from geo_offlimits.lookup.geodesy import inside
from geo_offlimits.lookup.proximity import Hit, ProximityIndex

__all__ = [
    "DOOR_M",
    "RADIUS_M",
    "Answer",
    "LookupIndex",
    "Match",
    "NearFacility",
    "Question",
    "Reason",
    "ReasonCode",
    "UnknownEntryError",
    "Verdict",
    "WhyNot",
    "strictest",
    "why_not",
    "without_edition",
]


@dataclass(frozen=True, eq=False)
class _Seen:
    """One entry as this question sees it. `depends`: a rule that may hold or not, for want of a position."""

    entry: Entry
    why_not: WhyNot | None
    hit: Hit | None = None
    uncertainty_m: float = 0.0
    depends: bool = False

    def bars(self) -> bool:
        return self.why_not is None and self.entry.restriction is Restriction.OFF_LIMITS

    def certain(self, door_m: float) -> bool:
        """Inside by at least the uncertainty, or at the door whatever the uncertainty. Never for part of a building."""
        if self.hit is None or self.entry.part is not None:
            return False
        deep = self.hit.depth_m is not None and self.hit.depth_m >= self.uncertainty_m
        return deep or self.hit.distance_m + self.uncertainty_m <= door_m

    def possible(self, door_m: float) -> bool:
        return self.hit is not None and self.hit.distance_m - self.uncertainty_m <= door_m


class LookupIndex:
    """One edition, prepared to answer questions. Holds no clock: `now` comes with each question."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.entries = {entry.entry_id: entry for entry in edition.entries}
        self._placed = tuple(e for e in edition.entries if e.subject is not SubjectKind.CATEGORY_RULE)
        self._rows = {entry.entry_id: row for row, entry in enumerate(self._placed)}
        self._rules = tuple(e for e in edition.entries if e.subject is SubjectKind.CATEGORY_RULE)
        self._territories = tuple(b for b in edition.boundaries if b.kind is BoundaryKind.TERRITORY)
        for geometry in (*(b.geometry for b in self._territories), *(r.geometry for r in self._rules)):
            shapely.prepare(geometry)
        self.premises = ProximityIndex([e.geometry for e in self._placed], [e.unsure_m for e in self._placed])
        self._facilities = ProximityIndex([facility.geometry for facility in edition.facilities])

    def entry_at(self, row: int) -> Entry:
        """The entry that a hit of `premises` is about."""
        return self._placed[row]

    def answer(self, question: Question, *, now: datetime, verified: bool = True) -> Answer:
        """The verdict on one question, with its reasons (module docstring).

        Raises UnknownEntryError when the chosen entry is not in this edition, RadiusError for a radius that is none,
        InputError for a time without a zone.
        """
        utc(question.at)  # refuses a time without a zone
        near = self._near(question)
        rules = self._rules_here(question)
        chosen = self._chosen(question, near, rules)
        answer = _judged(question, near, rules, chosen)
        position = question.position
        if position is not None:
            facilities = tuple(
                NearFacility(
                    facility=self.edition.facilities[hit.entry],
                    distance_m=hit.distance_m,
                    issuer=self.edition.mission,
                )
                for hit in self._facilities.nearest(position, FACILITIES_SHOWN)
            )
            nearest_m = near[0].hit.distance_m if near and near[0].hit else None
            answer = replace(answer, facilities=facilities, nearest_m=nearest_m)
        return self._over_all(answer, question, utc(now), verified=verified)

    def _near(self, question: Question) -> list[_Seen]:
        position = question.position
        if position is None:
            return []
        reach_m = question.door_m + position.uncertainty_m
        seen = []
        for hit in self.premises.one(position, question.radius_m, reach_m=reach_m):
            entry = self._placed[hit.entry]
            uncertainty_m = position.uncertainty_m + entry.unsure_m
            seen.append(_Seen(entry, why_not(entry, question.at, question.personnel), hit, uncertainty_m))
        return seen

    def _rules_here(self, question: Question) -> list[_Seen]:
        """Category rules whose area holds the position; a rule without area holds in the whole territory.

        Without a position: those that may hold, of the kind of venue asked about or without an area.
        """
        if question.position is None:
            return [
                _Seen(rule, why_not(rule, question.at, question.personnel), depends=self._depends(rule, question))
                for rule in self._rules
                if rule.geometry is None or rule.category is question.venue
            ]
        return [
            _Seen(rule, why_not(rule, question.at, question.personnel))
            for rule in self._rules
            if self._holds(rule, question.position, question.at)
        ]

    def _depends(self, rule: Entry, question: Question) -> bool:
        return rule.geometry is not None or any(one.valid.holds(question.at) for one in self._territories)

    def _holds(self, rule: Entry, position: Position, at: datetime) -> bool:
        if rule.geometry is None:
            return not outside(self._territories, position, at)
        return inside(rule.geometry, position.lat, position.lon)

    def _chosen(self, question: Question, near: list[_Seen], rules: list[_Seen]) -> _Seen | None:
        if question.entry_id is None:
            return None
        entry = self.entries.get(question.entry_id)
        if entry is None:
            raise UnknownEntryError(question.entry_id, self.edition.mission, self.edition.number)
        known = next((seen for seen in (*near, *rules) if seen.entry is entry), None)
        if known:
            return known
        chosen = _Seen(entry, why_not(entry, question.at, question.personnel))
        row = self._rows.get(entry.entry_id)  # None for a rule: an area in which it holds is not measured to
        if question.position is None or entry.geometry is None or row is None:
            return chosen
        hit = self.premises.measured(row, question.position)
        return replace(chosen, hit=hit, uncertainty_m=question.position.uncertainty_m + entry.unsure_m)

    def _over_all(self, answer: Answer, question: Question, now: datetime, *, verified: bool) -> Answer:
        """Step 5: what stands over every finding."""
        edition, stale = self.edition, self.edition.stale(now)
        facts = {"mission": edition.mission, "number": edition.number, "stale": stale}
        facts |= {"expires_at": edition.expires_at, "timezone": edition.timezone}
        doubts = []
        if not verified:
            doubts.append(ReasonCode.UNVERIFIED)
        if answer.verdict is Verdict.NOT_LISTED:
            if question.position and outside(self._territories, question.position, question.at):
                doubts.append(ReasonCode.OUTSIDE_TERRITORY)
            if stale or edition.stale(question.at):
                doubts.append(ReasonCode.EDITION_EXPIRED)
        advice = {
            ReasonCode.EMPTY_EDITION: not edition.entries,
            ReasonCode.LATER_EDITION: question.at < edition.issued_at,
        }
        told = [*doubts, *(code for code, holds in advice.items() if holds)]
        reasons = in_order((*(Reason(code=code, facts=facts) for code in told), *answer.reasons))
        return replace(answer, verdict=Verdict.CANNOT_TELL if doubts else answer.verdict, reasons=reasons, stale=stale)


def outside(territories: Iterable[Boundary], position: Position, at: datetime) -> bool:
    """Whether the position is outside the territory that holds at `at`; never where no territory is known."""
    valid = [territory for territory in territories if territory.valid.holds(at)]
    return bool(valid) and not any(inside(one.geometry, position.lat, position.lon) for one in valid)


def why_not(entry: Entry, at: datetime, personnel: PersonnelCategory | None) -> WhyNot | None:
    """Why an entry does not apply at a moment to a category of personnel, or None when it does.

    Personnel not given counts as bound: an answer must not be milder for what was not said.
    """
    if at < entry.since:
        return WhyNot.NOT_YET
    if entry.until is not None and at >= entry.until:
        return WhyNot.ENDED
    if entry.hours is not None and not entry.hours.holds(at):
        return WhyNot.NOT_IN_HOURS
    if personnel is not None and entry.applies_to and personnel not in entry.applies_to:
        return WhyNot.NOT_BOUND
    return None


def _judged(question: Question, near: list[_Seen], rules: list[_Seen], chosen: _Seen | None) -> Answer:
    """Steps 1 to 4 and 6."""
    door_m = question.door_m
    asked_rules = [seen for seen in rules if question.venue is not None and seen.entry.category is question.venue]
    barring_rules = [seen for seen in asked_rules if seen.bars() and not seen.depends]
    certain = [seen for seen in near if seen.bars() and seen.certain(door_m)]
    by_choice = [chosen] if chosen and chosen.bars() else []
    deciding = [*by_choice, *barring_rules, *certain]
    reasons = [_about(ReasonCode.CHOSEN_ENTRY, by_choice), _about(ReasonCode.CATEGORY_RULE, barring_rules)]
    verdict = Verdict.LISTED if deciding else Verdict.NOT_LISTED
    if not deciding:
        perhaps = [seen for seen in near if seen.bars() and seen.possible(door_m)]
        parts = [seen for seen in perhaps if seen.entry.part is not None]
        doors = [seen for seen in perhaps if seen.entry.part is None]
        rules_perhaps = [seen for seen in asked_rules if seen.bars()]
        reasons += [_about(ReasonCode.WHICH_DOOR, doors), _about(ReasonCode.PART_OF_BUILDING, parts)]
        reasons.append(_about(ReasonCode.POSITION_NEEDED, rules_perhaps))
        deciding = [*perhaps, *rules_perhaps]
        verdict = Verdict.CANNOT_TELL if deciding else verdict
    meant = ([chosen] if chosen else []) + asked_rules
    reasons += _advice(_once([*(seen for seen in near if seen.possible(door_m)), *meant]))
    return Answer(
        verdict=verdict,
        on_list=chosen is not None or any(s.certain(door_m) for s in near) or any(not s.depends for s in asked_rules),
        reasons=in_order(reason for reason in reasons if reason),
        matches=_matches(question, near, rules, chosen, deciding),
        rules=tuple(seen.entry for seen in rules if seen.why_not is None),
    )


def _advice(reached: list[_Seen]) -> list[Reason | None]:
    """What is said of entries in reach that do not bar: those of caution, and those that do not apply, by why."""
    cautions = [one for one in reached if one.why_not is None and one.entry.restriction is Restriction.CAUTION]
    return [_about(ReasonCode.CAUTION, cautions)] + [
        _about(ReasonCode.DOES_NOT_APPLY, [one for one in reached if one.why_not is why], why_not=why) for why in WhyNot
    ]


def _matches(
    question: Question, near: list[_Seen], rules: list[_Seen], chosen: _Seen | None, deciding: list[_Seen]
) -> tuple[Match, ...]:
    shown = [seen for seen in near if seen.hit and seen.hit.distance_m <= question.radius_m]
    shown += [seen for seen in rules if seen in deciding or seen.why_not is not None]
    shown += [chosen] if chosen else []
    return by_distance(_match(seen, decides=seen in deciding) for seen in _once(shown))


def _match(seen: _Seen, *, decides: bool) -> Match:
    return Match(
        entry=seen.entry,
        applies=seen.why_not is None,
        why_not=seen.why_not,
        distance_m=seen.hit.distance_m if seen.hit else None,
        bearing_deg=seen.hit.bearing_deg if seen.hit else None,
        issuer=seen.entry.issuer,
        decides=decides,
    )


def _about(code: ReasonCode, seen: Sequence[_Seen], **facts: Any) -> Reason | None:
    if not seen:
        return None
    hits = [one.hit.distance_m for one in seen if one.hit]
    facts |= {"names": tuple(one.entry.name for one in seen)}
    if hits:
        facts |= {"distance_m": min(hits), "uncertainty_m": max(one.uncertainty_m for one in seen)}
    return Reason(code=code, entry_ids=tuple(one.entry.entry_id for one in seen), facts=facts)


def _once(seen: Sequence[_Seen]) -> list[_Seen]:
    return list({one.entry.entry_id: one for one in seen}.values())
