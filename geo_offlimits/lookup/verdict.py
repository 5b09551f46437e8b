"""How a verdict is reached. Three answers only: listed, not listed, cannot tell; never "safe", never "allowed".

For an entry with a place, d is the geodesic distance to its footprint (0 inside), u the sum of both 95 % uncertainties
(10 m each where unknown), and the door is `door_m` wide.

1. An entry *applies* when it is in force at `at` and binds `personnel`. One that does not is still a match, with why.
2. `listed`: an applying off-limits entry for certain (inside its footprint by at least u, or d + u within the door), or
   the entry that was chosen by name, or a category rule that holds here when the kind of venue is given.
3. `cannot_tell`: otherwise, an applying entry with d - u within the door (`which_door`). An entry about part of a
   building is never listed by position (`part_of_building`).
4. else `not_listed`. An applying caution entry in reach adds `caution` and never makes it listed.
5. Over all: an unverified list is `cannot_tell`; `not_listed` outside the territory or on an expired list becomes
   `cannot_tell`; `listed` stays and is marked stale.
6. Category rules that hold here are always shown in `rules`; without the kind of venue they decide nothing.

`radius_m` limits the matches that are shown, never the verdict.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import shapely

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.edition import Edition, Entry
from geo_offlimits.domain.instants import utc
from geo_offlimits.domain.mission import BoundaryKind
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.position import UNKNOWN_UNCERTAINTY_M
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
    """One entry as this question sees it."""

    entry: Entry
    why_not: WhyNot | None
    hit: Hit | None = None
    uncertainty_m: float = 0.0

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
        self.premises = ProximityIndex([e.geometry for e in self._placed], [_uncertainty_m(e) for e in self._placed])
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
                NearFacility(facility=self.edition.facilities[hit.entry], distance_m=hit.distance_m)
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
            uncertainty_m = position.uncertainty_m + _uncertainty_m(entry)
            seen.append(_Seen(entry, why_not(entry, question.at, question.personnel), hit, uncertainty_m))
        return seen

    def _rules_here(self, question: Question) -> list[_Seen]:
        """Category rules whose area holds the position; a rule without area holds in the whole territory."""
        return [
            _Seen(rule, why_not(rule, question.at, question.personnel))
            for rule in self._rules
            if self._holds(rule, question)
        ]

    def _holds(self, rule: Entry, question: Question) -> bool:
        if rule.geometry is None:
            return not self._is_outside(question)
        return question.position is not None and inside(rule.geometry, question.position.lat, question.position.lon)

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
        if question.position is None or entry.geometry is None:
            return chosen
        hit = self.premises.measured(self._rows[entry.entry_id], question.position)
        return replace(chosen, hit=hit, uncertainty_m=question.position.uncertainty_m + _uncertainty_m(entry))

    def _is_outside(self, question: Question) -> bool:
        """Whether the position is outside the territory valid then; never where no territory is known."""
        position = question.position
        territories = [b for b in self._territories if b.valid.holds(question.at)]
        if position is None or not territories:
            return False
        return not any(inside(territory.geometry, position.lat, position.lon) for territory in territories)

    def _over_all(self, answer: Answer, question: Question, now: datetime, *, verified: bool) -> Answer:
        """Step 5: what stands over every finding."""
        stale = self.edition.stale(now)
        doubts = []
        if not verified:
            doubts.append(Reason(code=ReasonCode.UNVERIFIED))
        if answer.verdict is Verdict.NOT_LISTED:
            if self._is_outside(question):
                doubts.append(Reason(code=ReasonCode.OUTSIDE_TERRITORY, facts={"mission": self.edition.mission}))
            if stale:
                doubts.append(Reason(code=ReasonCode.EDITION_EXPIRED, facts={"expires_at": self.edition.expires_at}))
        verdict = Verdict.CANNOT_TELL if doubts else answer.verdict
        return replace(answer, verdict=verdict, reasons=in_order((*doubts, *answer.reasons)), stale=stale)


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
    barring_rules = [seen for seen in asked_rules if seen.bars()]
    certain = [seen for seen in near if seen.bars() and seen.certain(door_m)]
    by_choice = [chosen] if chosen and chosen.bars() else []
    deciding = [*by_choice, *barring_rules, *certain]
    reasons = [_about(ReasonCode.CHOSEN_ENTRY, by_choice), _about(ReasonCode.CATEGORY_RULE, barring_rules)]
    verdict = Verdict.LISTED if deciding else Verdict.NOT_LISTED
    if not deciding:
        deciding = [seen for seen in near if seen.bars() and seen.possible(door_m)]
        parts = [seen for seen in deciding if seen.entry.part is not None]
        doors = [seen for seen in deciding if seen.entry.part is None]
        reasons += [_about(ReasonCode.WHICH_DOOR, doors), _about(ReasonCode.PART_OF_BUILDING, parts)]
        verdict = Verdict.CANNOT_TELL if deciding else verdict
    warned = [seen for seen in near if seen.possible(door_m)] + asked_rules + ([chosen] if chosen else [])
    reasons.append(_about(ReasonCode.CAUTION, [seen for seen in _once(warned) if _warns(seen)]))
    return Answer(
        verdict=verdict,
        reasons=in_order(reason for reason in reasons if reason),
        matches=_matches(question, near, rules, chosen, deciding),
        rules=tuple(seen.entry for seen in rules if seen.why_not is None),
    )


def _warns(seen: _Seen) -> bool:
    return seen.why_not is None and seen.entry.restriction is Restriction.CAUTION


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


def _about(code: ReasonCode, seen: Sequence[_Seen]) -> Reason | None:
    if not seen:
        return None
    hits = [one.hit.distance_m for one in seen if one.hit]
    facts: dict[str, Any] = {"names": tuple(one.entry.name for one in seen)}
    if hits:
        facts |= {"distance_m": min(hits), "uncertainty_m": max(one.uncertainty_m for one in seen)}
    return Reason(code=code, entry_ids=tuple(one.entry.entry_id for one in seen), facts=facts)


def _once(seen: Sequence[_Seen]) -> list[_Seen]:
    return list({one.entry.entry_id: one for one in seen}.values())


def _uncertainty_m(entry: Entry) -> float:
    return UNKNOWN_UNCERTAINTY_M if entry.uncertainty_m is None else entry.uncertainty_m
