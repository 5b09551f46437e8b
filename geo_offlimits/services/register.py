"""The register: from a proposal to a listing in force to its end. Restricted; staff see editions only.

1. Who proposed cannot designate; who added alone cannot confirm; who proposed a lift, recorded a petition or suspended
   cannot lift. Each wrong step is refused with who can take the right one.
2. Only a decision lifts. A listing past its review date, or without its second signature, stays in force and stands in
   the worklist.
"""

from datetime import date, datetime, timedelta

from geo_offlimits.domain import texts
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.decisions import DECISIONS, Decision
from geo_offlimits.domain.designation import (
    STANDING,
    Designation,
    Step,
    StepKind,
    Terms,
)
from geo_offlimits.domain.instants import utc
from geo_offlimits.domain.people import Action
from geo_offlimits.domain.premises import Subject
from geo_offlimits.errors import AbsentError, InputError, Issue, RefusedError, Sentence
from geo_offlimits.lookup.footprint import canonical_geometry, is_publishable_point
from geo_offlimits.services import lacking, missions, notice, slips
from geo_offlimits.services.act import Act
from geo_offlimits.services.worklist import Moment, Worklist, gather, together

__all__ = [
    "DECISIONS",
    "STANDING",
    "Decision",
    "NotYoursError",
    "SaidAlreadyError",
    "UnknownDesignationError",
    "Worklist",
    "add_alone",
    "all_of",
    "confirm",
    "decide",
    "designate",
    "in_force",
    "known",
    "lift",
    "of_mission",
    "permitted",
    "possible",
    "propose",
    "propose_lift",
    "proposed",
    "refuse_lift",
    "refuse_unpublishable",
    "reject",
    "review",
    "show",
    "status_at",
    "withdraw",
    "worklist",
]


class UnknownDesignationError(AbsentError):
    """No such designation, or none that this person may know of."""

    def __init__(self, designation_id: str) -> None:
        self.designation_id = designation_id
        super().__init__(f"There is no {designation_id} here for you; `premises due` and the register show what is.")


class NotYoursError(RefusedError):
    """Only who proposed can withdraw."""

    def __init__(self, designation_id: str) -> None:
        self.designation_id = designation_id
        super().__init__(
            Sentence(
                "{id} was proposed by another person; only they withdraw it, a head rejects it.", id=designation_id
            )
        )


class SaidAlreadyError(RefusedError):
    """Another entry says the same, word for word; a second one would be lifted alone and leave the first."""

    def __init__(self, designation: Designation) -> None:
        self.designation_id = designation.designation_id
        super().__init__(
            Sentence(
                "{id} says this already, word for word, and stands at “{state}”; decide on that one, or say what is "
                "different here.",
                id=designation.designation_id,
                state=designation.state,
            )
        )


LONGEST_REVIEW = timedelta(days=366)
_BY_KIND = {decision.kind: decision for decision in DECISIONS}


def propose(
    act: Act, mission: str, subject: Subject, terms: Terms, reason: str | None = None, **confirmed: bool
) -> Designation:
    """Propose a listing; nothing is in force until another person designates it.

    Said twice by one person, word for word, it is proposed once: a form sent again, a call tried again.
    confirmed : what of `slips.refuse` is meant. Raises what that does, and SaidAlreadyError where another person said
    the same or it is in force.
    """
    act.require(Action.PROPOSE, mission)
    if said := _said(act, mission, (subject, terms), StepKind.PROPOSED):
        return said
    slips.refuse(act, mission, (subject, terms), **confirmed)
    return proposed(act, mission, subject, terms, reason)


def add_alone(
    act: Act, mission: str, subject: Subject, terms: Terms, reason: str | None = None, **confirmed: bool
) -> Designation:
    """Put a subject under a restriction at once; a second person confirms within 14 days. Asks what `propose` asks."""
    act.require(Action.DECIDE, mission)
    if said := _said(act, mission, (subject, terms), StepKind.ADDED_ALONE):
        return said
    slips.refuse(act, mission, (subject, terms), **confirmed)
    made = _open(act, mission, (subject, terms), StepKind.ADDED_ALONE, reason)
    act.record(AuditTag.PREMISES_ADDED_ALONE, subject=made.designation_id, mission=mission)
    return made


def proposed(act: Act, mission: str, subject: Subject, terms: Terms, reason: str | None = None) -> Designation:
    """A proposal of which its caller has asked already what `propose` asks, such as one of a list's many rows."""
    act.require(Action.PROPOSE, mission)
    made = _open(act, mission, (subject, terms), StepKind.PROPOSED, reason)
    act.record(AuditTag.PREMISES_PROPOSED, subject=made.designation_id, mission=mission)
    return made


def _said(act: Act, mission: str, proposal: tuple[Subject, Terms], first: StepKind) -> Designation | None:
    """What the actor has opened with these very words and nobody has decided on. Raises SaidAlreadyError."""
    refuse_unpublishable(*proposal, act.now)
    for one in act.tx.register.named(mission, proposal[0].names):
        if (one.subject, one.terms) == proposal and one.state in STANDING:
            opening = one.steps[-1]
            if (opening.kind, opening.person_id) != (first, act.person_id):
                raise SaidAlreadyError(one)
            return one
    return None


def _open(act: Act, mission: str, proposal: tuple[Subject, Terms], first: StepKind, reason: str | None) -> Designation:
    subject, terms = proposal
    missions.mission(act, mission)
    refuse_unpublishable(subject, terms, act.now)
    designation_id = act.tx.register.next_designation_id(mission)
    subject_id = act.tx.register.add_subject(mission, subject, act.now)
    act.tx.register.add_designation(designation_id, mission, subject_id, terms, act.now)
    act.tx.register.add_step(designation_id, _step(act, first, reason))
    return known(act, designation_id)


def refuse_unpublishable(subject: Subject, terms: Terms, now: datetime, *, is_point: bool = False) -> None:
    """Raises InputError for what could be kept here but never be published: found now, not on the day it matters.

    is_point : it is known already that its place is a point that can be published.
    """
    texts.refuse(*subject.unfit(), *terms.unfit(), terms.over(now))
    if subject.geometry is not None and not is_point and not is_publishable_point(subject.geometry):
        canonical_geometry(subject.geometry)


def _step(act: Act, kind: StepKind, reason: str | None) -> Step:
    texts.refuse(texts.text("reason", reason))
    return Step(
        kind=kind,
        person_id=act.person_id,
        recorded_at=act.now,
        effective_at=act.now,
        reason=(reason or "").strip() or None,
    )


def possible(act: Act, designation: Designation) -> tuple[StepKind, ...]:
    """What the actor could decide on it now, in the order of DECISIONS; () for who may decide nothing."""
    return tuple(decision.kind for decision in DECISIONS if _is_possible(act, designation, decision))


def _is_possible(act: Act, designation: Designation, decision: Decision) -> bool:
    if not act.may(decision.action, designation.mission):
        return False
    try:
        _refuse_impossible(act, designation, decision.kind)
    except RefusedError:
        return False
    return True


def _refuse_impossible(act: Act, found: Designation, kind: StepKind) -> None:
    """Raises WrongStepError, SamePersonError, NeverInForceError, NotYoursError; of a notice due or running, its own."""
    found.refuse_unless_possible(kind, act.person_id, act.now)
    if kind is StepKind.WITHDRAWN and found.steps[0].person_id != act.person_id:
        raise NotYoursError(found.designation_id)
    if kind in notice.ASKED_BY:
        notice.refuse(kind, found, missions.mission(act, found.mission), act.now)


def decide(act: Act, designation_id: str, kind: StepKind, reason: str | None = None) -> Designation:
    """Take one of the DECISIONS. Raises what `possible` asks beforehand, and InputError for a missing reason."""
    decision = _BY_KIND[kind]
    found = permitted(act, designation_id, decision.action)
    _refuse_impossible(act, found, kind)
    if decision.reason_needed:
        _refuse_no_reason(designation_id, kind, reason)
    act.tx.register.add_step(designation_id, _step(act, kind, reason))
    act.record(decision.tag, subject=designation_id, mission=found.mission)
    return known(act, designation_id)


def _refuse_no_reason(designation_id: str, kind: StepKind, reason: str | None) -> None:
    if not (reason or "").strip():
        raise InputError(
            Sentence("Say why {id} gets “{step}”; the reason stays in the register.", id=designation_id, step=kind),
            Issue(field="reason", reason=Sentence("empty")),
        )


def designate(act: Act, designation_id: str, reason: str | None = None) -> Designation:
    """Put a proposal in force; not by who proposed it."""
    return decide(act, designation_id, StepKind.DESIGNATED, reason)


def confirm(act: Act, designation_id: str, reason: str | None = None) -> Designation:
    """The second signature under what a head added alone."""
    return decide(act, designation_id, StepKind.CONFIRMED, reason)


def reject(act: Act, designation_id: str, reason: str | None = None) -> Designation:
    """Turn a proposal down; a reason is needed."""
    return decide(act, designation_id, StepKind.REJECTED, reason)


def withdraw(act: Act, designation_id: str, reason: str | None = None) -> Designation:
    """Take one's own proposal back. Raises NotYoursError for another's."""
    return decide(act, designation_id, StepKind.WITHDRAWN, reason)


def propose_lift(act: Act, designation_id: str, reason: str | None = None) -> Designation:
    """Propose that a listing end; it stays in force until another person lifts it. A reason is needed."""
    return decide(act, designation_id, StepKind.LIFT_PROPOSED, reason)


def refuse_lift(act: Act, designation_id: str, reason: str | None = None) -> Designation:
    """Keep a listing whose lift was proposed; a reason is needed. Not by who alone has signed that it holds."""
    return decide(act, designation_id, StepKind.LIFT_REFUSED, reason)


def lift(act: Act, designation_id: str, reason: str | None = None) -> Designation:
    """End a listing whose lift another person proposed; a reason is needed. Staff see it gone in the next edition."""
    return decide(act, designation_id, StepKind.LIFTED, reason)


def review(act: Act, designation_id: str, review_by: date, reason: str | None) -> Designation:
    """Look at a listing again and keep it until the next review, after today; a reason is needed.

    Raises what `decide` does, and InputError for a day that is past.
    """
    found = permitted(act, designation_id, Action.DECIDE)
    today = missions.today(act, found.mission)
    if not today < review_by <= today + LONGEST_REVIEW:
        raise InputError(
            Sentence(
                "{day} is not within a year from now; give the day by which {id} is looked at again.",
                day=str(review_by),
                id=designation_id,
            ),
            Issue(field="review_by", value=str(review_by), reason=Sentence("not within a year")),
        )
    _refuse_impossible(act, found, StepKind.REVIEWED)
    _refuse_no_reason(designation_id, StepKind.REVIEWED, reason)
    act.tx.register.set_review(designation_id, review_by, act.now)
    act.tx.register.add_step(designation_id, _step(act, StepKind.REVIEWED, reason))
    act.record(AuditTag.PREMISES_REVIEWED, subject=designation_id, mission=found.mission)
    return known(act, designation_id)


def show(act: Act, designation_id: str, known_at: datetime | None = None) -> Designation:
    """One designation with its steps, as known now or at an earlier moment."""
    permitted(act, designation_id, Action.READ_REGISTER)
    return known(act, designation_id, known_at)


def worklist(act: Act, mission: str) -> Worklist:
    """What waits for a decision, a second signature or a review."""
    act.require(Action.READ_REGISTER, mission)
    return backlog(act, mission)


def backlog(act: Act, mission: str) -> Worklist:
    """The same for who counts it and shows none of it: nobody is asked for."""
    current = act.tx.editions.header(mission, act.now)
    moment = Moment(
        mission=missions.mission(act, mission),
        now=act.now,
        today=missions.today(act, mission),
        issued_at=current.issued_at if current else None,
        waiting=act.tx.waiting(mission),
    )
    # A part at a time: of a register of ten thousand a few wait.
    parts = act.tx.register.in_parts(mission)
    return together(gather(part, moment, lacking.among(act, moment.mission, part)) for part in parts)


def all_of(act: Act, mission: str, known_at: datetime | None = None) -> tuple[Designation, ...]:
    """Every designation of a mission, whatever its state, as known now or at an earlier moment."""
    act.require(Action.READ_REGISTER, mission)
    return act.tx.register.all(mission, known_at=known_at)


def in_force(
    act: Act, mission: str, valid_at: datetime | None = None, known_at: datetime | None = None
) -> tuple[Designation, ...]:
    """What was in force at `valid_at` as far as was known at `known_at`; both now unless given."""
    at = utc(valid_at) if valid_at else act.now
    return tuple(found for found in all_of(act, mission, known_at) if found.holds(at))


def status_at(act: Act, mission: str, valid_at: datetime, known_at: datetime | None = None) -> dict[str, bool]:
    """For each designation known at `known_at` (now unless given) whether it was in force at `valid_at`."""
    act.require(Action.READ_REGISTER, mission)
    at = utc(valid_at)
    return {one: validity.holds(at) for one, validity in act.tx.register.validities(mission, known_at).items()}


def of_mission(act: Act, mission: str, designation_id: str) -> Designation:
    """The designation, where it is of this mission. Raises UnknownDesignationError."""
    found = permitted(act, designation_id, Action.READ_REGISTER)
    if found.mission != mission:
        raise UnknownDesignationError(designation_id)
    return found


def permitted(act: Act, designation_id: str, action: Action) -> Designation:
    """The designation, once the actor may do `action` in its mission; else it does not exist for them."""
    found = act.tx.register.get(designation_id)
    if found is None:
        raise UnknownDesignationError(designation_id)
    if not act.may_know(Action.READ_REGISTER, found.mission):
        raise UnknownDesignationError(designation_id)
    act.require(action, found.mission)
    return found


def known(act: Act, designation_id: str, known_at: datetime | None = None) -> Designation:
    """The designation, of whoever it is; raises UnknownDesignationError where there was none at `known_at`."""
    found = act.tx.register.get(designation_id, known_at=known_at)
    if found is None:
        raise UnknownDesignationError(designation_id)
    return found
