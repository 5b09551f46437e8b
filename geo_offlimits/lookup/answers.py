"""The words of an answer: verdicts, reasons, matches, and how several missions' answers become one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.mission import Facility
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.position import Position
from geo_offlimits.domain.premises import VenueKind
from geo_offlimits.errors import InputError, Issue, Sentence
from geo_offlimits.settings import Settings

# Where nobody has set them otherwise, as in a notebook.
DOOR_M, RADIUS_M = Settings.door_m, Settings.radius_m
FACILITIES_SHOWN = 3


class Verdict(StrEnum):
    LISTED = "listed"
    NOT_LISTED = "not_listed"
    CANNOT_TELL = "cannot_tell"


_STRICTNESS = {Verdict.NOT_LISTED: 0, Verdict.CANNOT_TELL: 1, Verdict.LISTED: 2}


class ReasonCode(StrEnum):
    """In the order in which reasons are given."""

    NO_EDITION = "no_edition"
    UNVERIFIED = "unverified"
    CHOSEN_ENTRY = "chosen_entry"
    CATEGORY_RULE = "category_rule"
    WHICH_DOOR = "which_door"
    PART_OF_BUILDING = "part_of_building"
    SIMILAR_NAME = "similar_name"
    POSITION_NEEDED = "position_needed"
    OUTSIDE_TERRITORY = "outside_territory"
    EDITION_EXPIRED = "edition_expired"
    CAUTION = "caution"
    DOES_NOT_APPLY = "does_not_apply"
    EMPTY_EDITION = "empty_edition"
    LATER_EDITION = "later_edition"


# What is told beside any verdict, without being its reason.
ADVICE = frozenset({ReasonCode.CAUTION, ReasonCode.DOES_NOT_APPLY, ReasonCode.EMPTY_EDITION, ReasonCode.LATER_EDITION})
_RANK = {code: at for at, code in enumerate(ReasonCode)}


class WhyNot(StrEnum):
    """Why an entry does not apply here and now."""

    NOT_YET = "not_yet"
    ENDED = "ended"
    SUSPENDED = "suspended"
    NOT_IN_HOURS = "not_in_hours"
    NOT_BOUND = "not_bound"


@dataclass(frozen=True, kw_only=True)
class Reason:
    """`entry_ids` are the entries it is about; `facts` are what `wording.sentence` needs to say it."""

    code: ReasonCode
    entry_ids: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Match:
    """An entry near the position, chosen, or holding here. `distance_m` is None where it has no place or area.

    `decides` marks the entries on which the verdict rests.
    """

    entry: Entry
    applies: bool
    why_not: WhyNot | None
    distance_m: float | None
    bearing_deg: float | None
    issuer: str
    decides: bool = False


@dataclass(frozen=True, kw_only=True)
class NearFacility:
    facility: Facility
    distance_m: float
    issuer: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked. Without a position only the chosen entry and the kind of venue can decide.

    at : when the person is there. personnel None binds by every entry. entry_id : the entry whose sign was seen.
    """

    at: datetime
    position: Position | None = None
    radius_m: float = RADIUS_M
    personnel: PersonnelCategory | None = None
    venue: VenueKind | None = None
    entry_id: str | None = None
    door_m: float = DOOR_M


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`matches` within the radius, nearest first; `nearest_m` to the nearest footprint on the list, however far.

    on_list : what was asked about is on the list for certain, whether or not it bars: nobody may then read that it is
    not on it.
    """

    verdict: Verdict
    on_list: bool = False
    reasons: tuple[Reason, ...] = ()
    matches: tuple[Match, ...] = ()
    rules: tuple[Entry, ...] = ()
    nearest_m: float | None = None
    facilities: tuple[NearFacility, ...] = ()
    stale: bool = False


class UnknownEntryError(InputError):
    """The chosen entry is not on this list."""

    def __init__(self, entry_id: str, mission: str, number: int) -> None:
        self.entry_id = entry_id
        super().__init__(
            Sentence(
                "There is no entry {entry} on edition {number} of {mission}; search for its name again.",
                entry=repr(entry_id),
                number=number,
                mission=mission,
            ),
            Issue(
                field="entry_id",
                value=entry_id,
                reason=Sentence("not on this edition"),
                remedy=Sentence("search for the name"),
            ),
        )


def without_edition(mission: str, code: ReasonCode = ReasonCode.NO_EDITION) -> Answer:
    """The answer where `mission` has no list that can be read, `code` says why: nobody can tell."""
    return Answer(verdict=Verdict.CANNOT_TELL, reasons=(Reason(code=code, facts={"mission": mission}),))


def strictest(answers: Iterable[Answer]) -> Answer:
    """One answer from several missions' lists: the strictest verdict with its reasons; every match names its issuer.

    Raises ValueError for no answers; `without_edition` is the answer where there is no list.
    """
    given = tuple(answers)
    if len(given) == 1:
        return given[0]
    verdict = max((answer.verdict for answer in given), key=_STRICTNESS.__getitem__)
    reasons: list[Reason] = []
    for answer in given:
        told = [one for one in answer.reasons if answer.verdict is verdict or one.code in ADVICE]
        reasons += [one for one in told if one not in reasons]
    known_m = [answer.nearest_m for answer in given if answer.nearest_m is not None]
    facilities = sorted((f for answer in given for f in answer.facilities), key=lambda near: near.distance_m)
    return Answer(
        verdict=verdict,
        on_list=any(answer.on_list for answer in given),
        reasons=in_order(reasons),
        matches=by_distance(match for answer in given for match in answer.matches),
        rules=tuple(rule for answer in given for rule in answer.rules),
        nearest_m=min(known_m, default=None),
        facilities=tuple(facilities[:FACILITIES_SHOWN]),
        stale=any(answer.stale for answer in given),
    )


def by_distance(matches: Iterable[Match]) -> tuple[Match, ...]:
    return tuple(sorted(matches, key=lambda match: (match.distance_m is None, match.distance_m or 0.0)))


def in_order(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Reasons in the order of their codes: what stands over all first, then what was found, then advice."""
    return tuple(sorted(reasons, key=lambda reason: _RANK[reason.code]))
