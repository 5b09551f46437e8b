"""The decision that puts a subject under a restriction, as a history of steps by persons.

Two persons: who proposed cannot designate; a lift is proposed by one and decided by another; a head may add alone, and
a second person confirms. The same rules stand in the database as triggers; here they give the sentence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from geo_offlimits.domain import texts
from geo_offlimits.domain.hours import Hours
from geo_offlimits.domain.instants import ALWAYS, Period, format_instant
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.premises import Subject
from geo_offlimits.errors import Issue, RefusedError, Sentence

SECOND_SIGNATURE_DAYS = 14


class Restriction(StrEnum):
    OFF_LIMITS = "off_limits"
    CAUTION = "caution"


class Basis(StrEnum):
    """Why, from a closed list; never published. Staff-facing words are always neutral."""

    SEX_INDUSTRY = "suspected_sex_industry"
    TRAFFICKING = "suspected_trafficking"
    LABOUR_EXPLOITATION = "labour_exploitation"
    DRUGS = "drugs"
    SECURITY = "security"
    HEALTH = "health"
    OTHER = "other"


class StepKind(StrEnum):
    PROPOSED = "proposed"
    NOTICE_GIVEN = "notice_given"
    NOTICE_DEFERRED = "notice_deferred"
    REPLIED = "replied"
    DESIGNATED = "designated"
    ADDED_ALONE = "added_alone"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    LIFT_PROPOSED = "lift_proposed"
    LIFT_REFUSED = "lift_refused"
    LIFTED = "lifted"
    PETITIONED = "petitioned"
    PETITION_REFUSED = "petition_refused"
    SUSPENDED = "suspended"
    REINSTATED = "reinstated"
    REVIEWED = "reviewed"


class State(StrEnum):
    PROPOSED = "proposed"
    NOTICED = "noticed"
    REPLIED = "replied"
    IN_FORCE = "in_force"
    AWAITING_SECOND = "awaiting_second"
    LIFT_PROPOSED = "lift_proposed"
    PETITIONED = "petitioned"
    SUSPENDED = "suspended"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    LIFTED = "lifted"


# A suspended listing does not hold, and is not over either: its lift or its reinstatement is due.
IN_FORCE_STATES = frozenset({State.IN_FORCE, State.AWAITING_SECOND, State.LIFT_PROPOSED, State.PETITIONED})
# Nobody has decided yet.
PROPOSED_STATES = frozenset({State.PROPOSED, State.NOTICED, State.REPLIED})
# What holds or may come to hold.
STANDING = IN_FORCE_STATES | PROPOSED_STATES | {State.SUSPENDED}

_Transitions = Mapping[tuple[State | None, StepKind], State]
_BEFORE_DECISION: _Transitions = {
    (state, step): after
    for state in PROPOSED_STATES
    for step, after in (
        (StepKind.NOTICE_GIVEN, State.NOTICED),
        (StepKind.NOTICE_DEFERRED, state),
        (StepKind.DESIGNATED, State.IN_FORCE),
        (StepKind.REJECTED, State.REJECTED),
        (StepKind.WITHDRAWN, State.WITHDRAWN),
    )
}
# The owner may be told, and may answer, after the decision too; neither changes where the listing stands.
_TOLD_LATER: _Transitions = {
    (state, step): state
    for state in (*IN_FORCE_STATES, State.SUSPENDED)
    for step in (StepKind.NOTICE_GIVEN, StepKind.NOTICE_DEFERRED, StepKind.REPLIED)
}
# (state, step) -> next state. None is the state before the first step.
TRANSITIONS: _Transitions = MappingProxyType(
    {
        (None, StepKind.PROPOSED): State.PROPOSED,
        (None, StepKind.ADDED_ALONE): State.AWAITING_SECOND,
        **_BEFORE_DECISION,
        (State.NOTICED, StepKind.REPLIED): State.REPLIED,
        (State.REPLIED, StepKind.REPLIED): State.REPLIED,
        **_TOLD_LATER,
        (State.AWAITING_SECOND, StepKind.CONFIRMED): State.IN_FORCE,
        (State.AWAITING_SECOND, StepKind.LIFT_PROPOSED): State.LIFT_PROPOSED,
        (State.AWAITING_SECOND, StepKind.PETITIONED): State.PETITIONED,
        (State.IN_FORCE, StepKind.LIFT_PROPOSED): State.LIFT_PROPOSED,
        (State.IN_FORCE, StepKind.PETITIONED): State.PETITIONED,
        (State.IN_FORCE, StepKind.REVIEWED): State.IN_FORCE,
        (State.LIFT_PROPOSED, StepKind.LIFT_REFUSED): State.IN_FORCE,
        (State.LIFT_PROPOSED, StepKind.LIFTED): State.LIFTED,
        (State.PETITIONED, StepKind.PETITION_REFUSED): State.IN_FORCE,
        (State.PETITIONED, StepKind.LIFTED): State.LIFTED,
        # Where a petition or a lift waits, that decision takes an error away as quickly, and nothing is forgotten.
        (State.AWAITING_SECOND, StepKind.SUSPENDED): State.SUSPENDED,
        (State.IN_FORCE, StepKind.SUSPENDED): State.SUSPENDED,
        (State.SUSPENDED, StepKind.LIFTED): State.LIFTED,
        (State.SUSPENDED, StepKind.REINSTATED): State.IN_FORCE,
    }
)

# A step of the left kind must not be taken by the person who took the latest step of one of the right kinds.
OTHER_PERSON: Mapping[StepKind, frozenset[StepKind]] = MappingProxyType(
    {
        StepKind.DESIGNATED: frozenset({StepKind.PROPOSED}),
        StepKind.CONFIRMED: frozenset({StepKind.ADDED_ALONE}),
        StepKind.LIFTED: frozenset({StepKind.LIFT_PROPOSED, StepKind.PETITIONED, StepKind.SUSPENDED}),
        StepKind.REINSTATED: frozenset({StepKind.SUSPENDED}),
    }
)

_TELLING = frozenset({StepKind.NOTICE_GIVEN, StepKind.NOTICE_DEFERRED, StepKind.REPLIED})
# Who takes one of these steps has signed that the restriction holds. Two persons must have, sooner or later.
SIGNATURES = frozenset({StepKind.PROPOSED, StepKind.ADDED_ALONE, StepKind.DESIGNATED, StepKind.CONFIRMED})
# They leave the listing in force: whoever added it alone would have confirmed it alone.
KEEPING = frozenset({StepKind.LIFT_REFUSED, StepKind.PETITION_REFUSED, StepKind.REINSTATED})


class WrongStepError(RefusedError):
    """The step does not follow from where the designation stands."""

    def __init__(self, designation_id: str, state: State, kind: StepKind) -> None:
        self.designation_id, self.state, self.kind = designation_id, state, kind
        possible = tuple(sorted(step for (before, step) in TRANSITIONS if before is state))
        after = (
            Sentence("possible now: {steps}", steps=possible)
            if possible
            else Sentence("nothing more can be decided on it; propose anew")
        )
        super().__init__(
            Sentence(
                "{id} stands at “{state}”, and “{step}” does not follow; {after}.",
                id=designation_id,
                state=state,
                step=kind,
                after=after,
            )
        )


class SamePersonError(RefusedError):
    """The person who took the first step cannot take the second."""

    def __init__(self, designation_id: str, kind: StepKind, earlier: StepKind) -> None:
        self.designation_id, self.kind, self.earlier = designation_id, kind, earlier
        super().__init__(
            Sentence(
                "You signed “{earlier}” on {id}, so “{step}” is not yours to sign; a second head of mission or deputy "
                "must.",
                id=designation_id,
                earlier=earlier,
                step=kind,
            )
        )


class NeverInForceError(RefusedError):
    """The terms of a proposal have run out before anybody decided."""

    def __init__(self, designation_id: str, end: datetime) -> None:
        self.designation_id, self.end = designation_id, end
        super().__init__(
            Sentence(
                "{id} was to hold until {end}, which is past; reject it, or propose it anew with a later end.",
                id=designation_id,
                end=format_instant(end),
            )
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What was decided. `applies_to` empty binds all personnel; `valid` is when the restriction holds (valid time).

    not_before : it stands in no edition issued before then, so that nobody is warned too early.
    """

    restriction: Restriction
    basis: Basis
    authority: str
    directive: str
    valid: Period = ALWAYS
    not_before: datetime | None = None
    review_by: date | None = None
    applies_to: tuple[PersonnelCategory, ...] = ()
    hours: Hours | None = None
    exceptions: tuple[str, ...] = ()
    note: str | None = None  # restricted: never leaves the register

    def unfit(self) -> tuple[Issue | None, ...]:
        """What keeps each of its texts from being written."""
        told, is_bare = (self.authority, self.directive), not (self.exceptions or self.not_before)
        if is_bare and all(map(str.strip, told)) and all(map(texts.is_plain, (*told, self.note))):
            return ()
        return (
            texts.text("authority", self.authority, needed=True),
            texts.text("directive", self.directive, needed=True),
            texts.several("exceptions", self.exceptions),
            *(texts.text("exceptions", exception, needed=True) for exception in self.exceptions),
            texts.text("note", self.note),
            self._unfit_publication(),
        )

    def _unfit_publication(self) -> Issue | None:
        """It would be over before anybody may read it."""
        end = self.valid.end
        if self.not_before is None or end is None or self.not_before < end:
            return None
        reason = Sentence("not before the end of the restriction")
        return Issue(field="not_before", reason=reason, remedy=Sentence("publish it earlier, or let it hold longer"))

    def over(self, at: datetime) -> Issue | None:
        """What is wrong with terms that begin to be considered at `at` only: they would never hold."""
        if self.valid.end is None or at < self.valid.end:
            return None
        reason, remedy = Sentence("past already: it would never be in force"), Sentence("give a later end")
        return Issue(field="to", value=format_instant(self.valid.end), reason=reason, remedy=remedy)

    def review_passed(self, today: date) -> Issue | None:
        """What is wrong with a proposal that is to be looked at again before it is looked at."""
        if self.review_by is None or today <= self.review_by:
            return None
        reason, remedy = Sentence("past already"), Sentence("give a later day, or none")
        return Issue(field="review_by", value=str(self.review_by), reason=reason, remedy=remedy)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One person's act on a designation. `recorded_at` is when we knew; `effective_at` is when it holds."""

    kind: StepKind
    person_id: str
    recorded_at: datetime
    effective_at: datetime
    reason: str | None = None


# The steps by which a restriction begins, ends, stops for a while and goes on.
DECIDING = frozenset({StepKind.DESIGNATED, StepKind.ADDED_ALONE})
TURNS = frozenset({StepKind.SUSPENDED, StepKind.REINSTATED})
BOUNDING = DECIDING | TURNS | {StepKind.LIFTED}
_STOPPING = frozenset({StepKind.LIFTED, StepKind.SUSPENDED})


@dataclass(frozen=True)
class Validity:
    """When a restriction holds (valid time): the dates of its terms and the steps known so far, oldest first.

    Of the steps only those of BOUNDING count.
    """

    dates: Period
    steps: Sequence[Step]

    @property
    def since(self) -> datetime | None:
        """When it began to hold: its terms' start, else the deciding step's effective time; None where undecided."""
        for step in self.steps:
            if step.kind in DECIDING:
                return self.dates.start or step.effective_at
        return None

    @property
    def until(self) -> datetime | None:
        """When it ceases to hold: its lift or the end of its terms, whichever is earlier; None: open."""
        end = self.dates.end
        for step in self.steps:
            if step.kind is StepKind.LIFTED:
                return min(step.effective_at, end or step.effective_at)
        return end

    @property
    def stands(self) -> bool:
        """Whether it was decided, and neither lifted nor suspended since: its state is one of IN_FORCE_STATES."""
        for step in reversed(self.steps):
            if step.kind in BOUNDING:
                return step.kind not in _STOPPING
        return False

    def holds(self, at: datetime) -> bool:
        """Whether the restriction is in force at `at`, as far as these steps tell."""
        since, until = self.since, self.until
        within = since is not None and since <= at and (until is None or at < until)
        return within and not self._suspended(at)

    def _suspended(self, at: datetime) -> bool:
        latest = next((step for step in reversed(self.steps) if step.kind in TURNS and step.effective_at <= at), None)
        return latest is not None and latest.kind is StepKind.SUSPENDED


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What of a designation an entry is made of. The id is the entry's id in editions."""

    designation_id: str
    mission: str
    subject: Subject
    terms: Terms
    validity: Validity


@dataclass(frozen=True, kw_only=True)
class Designation:
    """One subject, its terms and the steps known so far, oldest first. The id is the entry's id in editions.

    described_at : when the subject was recorded as it is described here.
    """

    designation_id: str
    mission: str
    subject_id: str
    subject: Subject
    described_at: datetime
    terms: Terms
    steps: tuple[Step, ...]

    @property
    def state(self) -> State:
        state: State | None = None
        for step in self.steps:
            state = TRANSITIONS[(state, step.kind)]
        if state is None:
            raise AssertionError("a designation starts with a step")
        return state

    @property
    def standing_since(self) -> datetime:
        """When it came to where it stands; what only tells of notice does not count."""
        return next(step.recorded_at for step in reversed(self.steps) if step.kind not in _TELLING)

    @property
    def validity(self) -> Validity:
        return Validity(self.terms.valid, self.steps)

    @property
    def in_force_since(self) -> datetime | None:
        """When the restriction began to hold; None for what nobody has decided."""
        return self.validity.since

    @property
    def ends_at(self) -> datetime | None:
        """When the restriction ceases to hold; None: open."""
        return self.validity.until

    def holds(self, at: datetime) -> bool:
        """Whether the restriction is in force at `at` (valid time), as far as these steps tell."""
        return self.validity.holds(at)

    def ended_at(self, at: datetime) -> datetime | None:
        """When its terms ran out, once that is past at `at`; None before, and for what a decision ended."""
        end = self.ends_at
        return end if self.state in IN_FORCE_STATES and end is not None and end <= at else None

    def begins_at(self, at: datetime) -> datetime | None:
        """When it begins to hold, while that is still to come at `at`; None after, and for what nobody has decided."""
        since = self.in_force_since
        return since if self.state in IN_FORCE_STATES and since is not None and at < since else None

    def last(self, kinds: frozenset[StepKind]) -> Step | None:
        return next((step for step in reversed(self.steps) if step.kind in kinds), None)

    def refuse_unless_possible(self, kind: StepKind, person_id: str, at: datetime) -> None:
        """Raises WrongStepError, SamePersonError or NeverInForceError; silence means the step may be recorded."""
        if (self.state, kind) not in TRANSITIONS:
            raise WrongStepError(self.designation_id, self.state, kind)
        earlier = self.last(OTHER_PERSON.get(kind, frozenset()))
        if earlier and earlier.person_id == person_id:
            raise SamePersonError(self.designation_id, kind, earlier.kind)
        if kind in KEEPING and self._signed_by() == {person_id}:
            raise SamePersonError(self.designation_id, kind, StepKind.ADDED_ALONE)
        if kind is StepKind.DESIGNATED and self.terms.valid.end and self.terms.over(at):
            raise NeverInForceError(self.designation_id, self.terms.valid.end)

    def _signed_by(self) -> set[str]:
        return {step.person_id for step in self.steps if step.kind in SIGNATURES}
