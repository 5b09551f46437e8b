"""The register: from a proposal to a listing in force to its end. Restricted; staff see editions only.

1. Who proposed cannot designate; who proposed a lift cannot lift; who added alone cannot confirm.
2. Only a decision lifts. A listing past its review date, or without its second signature, stays in force and stands in
   the worklist.
3. A rename changes what a listing is called and nothing else; the old name stays searchable.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.designation import Designation, SamePersonError, State, Step, StepKind, Terms
from geo_offlimits.domain.instants import utc
from geo_offlimits.domain.people import Action
from geo_offlimits.domain.premises import Name, NameKind, Subject
from geo_offlimits.errors import AbsentError, InputError, Issue, RefusedError
from geo_offlimits.lookup.footprint import canonical_geometry
from geo_offlimits.services import missions
from geo_offlimits.services.act import Act
from geo_offlimits.services.worklist import Worklist, gather

MAX_TEXT = 2000


class UnknownDesignationError(AbsentError):
    """No such designation, or none that this person may know of."""

    def __init__(self, designation_id: str) -> None:
        self.designation_id = designation_id
        super().__init__(f"There is no {designation_id} here for you; `premises due` and the register show what is.")


class NotYoursError(RefusedError):
    """Only who proposed can withdraw."""

    def __init__(self, designation_id: str) -> None:
        self.designation_id = designation_id
        super().__init__(f"{designation_id} was proposed by another person; only they withdraw it, a head rejects it.")


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One kind of step: what it needs and how it is audited."""

    kind: StepKind
    action: Action
    tag: AuditTag
    reason_needed: bool = False


_PROPOSE = Decision(kind=StepKind.PROPOSED, action=Action.PROPOSE, tag=AuditTag.PREMISES_PROPOSED)
_ADD_ALONE = Decision(kind=StepKind.ADDED_ALONE, action=Action.DECIDE, tag=AuditTag.PREMISES_ADDED_ALONE)
_DESIGNATE = Decision(kind=StepKind.DESIGNATED, action=Action.DECIDE, tag=AuditTag.PREMISES_DESIGNATED)
_CONFIRM = Decision(kind=StepKind.CONFIRMED, action=Action.DECIDE, tag=AuditTag.PREMISES_CONFIRMED)
_REJECT = Decision(kind=StepKind.REJECTED, action=Action.DECIDE, tag=AuditTag.PREMISES_REJECTED, reason_needed=True)
_WITHDRAW = Decision(kind=StepKind.WITHDRAWN, action=Action.PROPOSE, tag=AuditTag.PREMISES_WITHDRAWN)
_PROPOSE_LIFT = Decision(
    kind=StepKind.LIFT_PROPOSED, action=Action.PROPOSE, tag=AuditTag.PREMISES_LIFT_PROPOSED, reason_needed=True
)
_REFUSE_LIFT = Decision(
    kind=StepKind.LIFT_REFUSED, action=Action.DECIDE, tag=AuditTag.PREMISES_LIFT_REFUSED, reason_needed=True
)
_LIFT = Decision(kind=StepKind.LIFTED, action=Action.DECIDE, tag=AuditTag.PREMISES_LIFTED, reason_needed=True)

# Who has signed that a restriction holds. Two persons must have, sooner or later.
_SIGNATURES = frozenset({StepKind.PROPOSED, StepKind.ADDED_ALONE, StepKind.DESIGNATED, StepKind.CONFIRMED})


def propose(act: Act, mission: str, subject: Subject, terms: Terms, reason: str | None = None) -> Designation:
    """Propose a listing; nothing is in force until another person designates it."""
    return _open(act, mission, (subject, terms), _PROPOSE, reason)


def add_alone(act: Act, mission: str, subject: Subject, terms: Terms, reason: str | None = None) -> Designation:
    """Put a subject under a restriction at once; a second person confirms within 14 days."""
    return _open(act, mission, (subject, terms), _ADD_ALONE, reason)


def _open(act: Act, mission: str, proposal: tuple[Subject, Terms], first: Decision, reason: str | None) -> Designation:
    act.require(first.action, mission)
    subject, terms = proposal
    missions.mission(act, mission)
    refuse_unpublishable(subject, terms)
    designation_id = act.tx.register.next_designation_id(mission)
    subject_id = act.tx.register.add_subject(mission, subject, act.now)
    act.tx.register.add_designation(designation_id, mission, subject_id, terms, act.now)
    act.tx.register.add_step(designation_id, _step(act, first.kind, reason))
    act.record(first.tag, subject=designation_id, mission=mission)
    return _known(act, designation_id)


def refuse_unpublishable(subject: Subject, terms: Terms) -> None:
    """Raises InputError for what could be kept here but never be published: found now, not on the day it matters."""
    issues = [
        Issue(field=name, reason="empty or longer than 2000 characters", remedy="fill it in")
        for name in ("authority", "directive")
        if not 0 < len(getattr(terms, name).strip()) <= MAX_TEXT
    ]
    texts = (subject.address, subject.locality, terms.note, *terms.exceptions)
    if any(text and (len(text) > MAX_TEXT or not _is_plain(text)) for text in texts):
        issues.append(Issue(field="text", reason="longer than 2000 characters or not text", remedy="shorten it"))
    if any(not _is_plain(name.text) for name in subject.names):
        issues.append(Issue(field="name", reason="holds characters that are not text", remedy="type it again"))
    if issues:
        raise InputError("; ".join(str(issue) for issue in issues) + ".", *issues)
    if subject.geometry is not None:
        canonical_geometry(subject.geometry)


def _is_plain(text: str) -> bool:
    """Text that every format can carry: no NUL and no half of a surrogate pair."""
    return "\x00" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def _step(act: Act, kind: StepKind, reason: str | None) -> Step:
    if reason and len(reason) > MAX_TEXT:
        raise InputError("The reason is longer than 2000 characters; shorten it.", Issue(field="reason", reason="long"))
    return Step(
        kind=kind,
        person_id=act.person_id,
        recorded_at=act.now,
        effective_at=act.now,
        reason=(reason or "").strip() or None,
    )


def _decide(act: Act, designation_id: str, decision: Decision, reason: str | None) -> Designation:
    found = _permitted(act, designation_id, decision.action)
    found.refuse_unless_possible(decision.kind, act.person_id)
    if decision.reason_needed and not (reason or "").strip():
        raise InputError(
            f"Say why {designation_id} is {decision.kind.replace('_', ' ')}; the reason stays in the register.",
            Issue(field="reason", reason="empty"),
        )
    act.tx.register.add_step(designation_id, _step(act, decision.kind, reason))
    act.record(decision.tag, subject=designation_id, mission=found.mission)
    return _known(act, designation_id)


def designate(act: Act, designation_id: str, reason: str | None = None) -> Designation:
    """Put a proposal in force; not by who proposed it."""
    return _decide(act, designation_id, _DESIGNATE, reason)


def confirm(act: Act, designation_id: str, reason: str | None = None) -> Designation:
    """The second signature under what a head added alone."""
    return _decide(act, designation_id, _CONFIRM, reason)


def reject(act: Act, designation_id: str, reason: str | None = None) -> Designation:
    """Turn a proposal down; a reason is needed."""
    return _decide(act, designation_id, _REJECT, reason)


def withdraw(act: Act, designation_id: str, reason: str | None = None) -> Designation:
    """Take one's own proposal back. Raises NotYoursError for another's."""
    found = _permitted(act, designation_id, Action.PROPOSE)
    found.refuse_unless_possible(StepKind.WITHDRAWN, act.person_id)
    if found.steps[0].person_id != act.person_id:
        raise NotYoursError(designation_id)
    return _decide(act, designation_id, _WITHDRAW, reason)


def propose_lift(act: Act, designation_id: str, reason: str | None = None) -> Designation:
    """Propose that a listing end; it stays in force until another person lifts it. A reason is needed."""
    return _decide(act, designation_id, _PROPOSE_LIFT, reason)


def refuse_lift(act: Act, designation_id: str, reason: str | None = None) -> Designation:
    """Keep a listing whose lift was proposed; a reason is needed.

    A head who added it alone cannot keep it alone: the listing would stand without a second signature for good.
    """
    found = _permitted(act, designation_id, Action.DECIDE)
    signed = {step.person_id for step in found.steps if step.kind in _SIGNATURES}
    if found.state is State.LIFT_PROPOSED and signed == {act.person_id}:
        raise SamePersonError(designation_id, StepKind.LIFT_REFUSED, StepKind.ADDED_ALONE)
    return _decide(act, designation_id, _REFUSE_LIFT, reason)


def lift(act: Act, designation_id: str, reason: str | None = None) -> Designation:
    """End a listing whose lift another person proposed; a reason is needed. Staff see it gone in the next edition."""
    return _decide(act, designation_id, _LIFT, reason)


def rename(act: Act, designation_id: str, name: Name) -> Designation:
    """Give premises a new name. What was on the sign or current becomes a former name and stays searchable."""
    found = _permitted(act, designation_id, Action.PROPOSE)
    present = {NameKind.SIGN, NameKind.CURRENT}
    if any(old.text == name.text and old.kind in present for old in found.subject.names):
        raise RefusedError(f"{designation_id} is called that already; nothing to rename.")
    kept = [
        replace(old, kind=NameKind.FORMER) if old.kind in present and old.lang == name.lang else old
        for old in found.subject.names
        if old.text != name.text
    ]
    renamed = replace(found.subject, names=(name, *kept))
    refuse_unpublishable(renamed, found.terms)
    act.tx.register.supersede_subject(found.subject_id, renamed, act.now)
    act.record(AuditTag.PREMISES_RENAMED, subject=designation_id, mission=found.mission)
    return _known(act, designation_id)


def show(act: Act, designation_id: str, known_at: datetime | None = None) -> Designation:
    """One designation with its steps, as known now or at an earlier moment."""
    _permitted(act, designation_id, Action.READ_REGISTER)
    return _known(act, designation_id, known_at)


@dataclass(frozen=True, kw_only=True)
class HistoryItem:
    """One thing that was recorded: a step, or the subject as it was described from then on. `person` is a name."""

    recorded_at: datetime
    text: str
    person: str | None = None
    reason: str | None = None
    step: Step | None = None
    subject: Subject | None = None


def history(act: Act, designation_id: str) -> tuple[HistoryItem, ...]:
    """Everything recorded on a designation, oldest first."""
    found = _permitted(act, designation_id, Action.READ_REGISTER)
    names = {step.person_id: act.tx.people.by_id(step.person_id) for step in found.steps}
    described = [
        HistoryItem(recorded_at=recorded_at, text=f"Described as {subject.label}", subject=subject)
        for recorded_at, subject in act.tx.register.subject_history(found.subject_id)
    ]
    steps = [
        HistoryItem(
            recorded_at=step.recorded_at,
            text=step.kind.replace("_", " ").capitalize(),
            person=person.name if (person := names[step.person_id]) else None,
            reason=step.reason,
            step=step,
        )
        for step in found.steps
    ]
    return tuple(sorted([*described, *steps], key=lambda item: (item.recorded_at, item.step is not None)))


def worklist(act: Act, mission: str) -> Worklist:
    """What waits for a decision, a second signature or a review."""
    act.require(Action.READ_REGISTER, mission)
    return gather(act.tx.register.all(mission), act.now)


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
    known = all_of(act, mission, known_at)
    return {found.designation_id: found.holds(utc(valid_at)) for found in known}


def _permitted(act: Act, designation_id: str, action: Action) -> Designation:
    """The designation, once the actor may do `action` in its mission; else it does not exist for them."""
    found = act.tx.register.get(designation_id)
    if found is None:
        raise UnknownDesignationError(designation_id)
    if not act.may(Action.READ_REGISTER, found.mission):
        raise UnknownDesignationError(designation_id)
    act.require(action, found.mission)
    return found


def _known(act: Act, designation_id: str, known_at: datetime | None = None) -> Designation:
    found = act.tx.register.get(designation_id, known_at=known_at)
    if found is None:
        raise UnknownDesignationError(designation_id)
    return found
