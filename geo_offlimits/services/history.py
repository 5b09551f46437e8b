"""Everything recorded on a listing, oldest first: decisions, descriptions, changes, who ran the place.

Its length is the listing's version. Who signs says which version they have looked at, so that nobody can put another
proposal, or another name, under a signature while it is being given.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.changes import Change, HistoryKind, Operator
from geo_offlimits.domain.designation import Designation, Step
from geo_offlimits.domain.people import Action
from geo_offlimits.domain.premises import Part, Subject
from geo_offlimits.errors import RefusedError, Sentence
from geo_offlimits.services.act import Act
from geo_offlimits.services.register import permitted


class ChangedSinceError(RefusedError):
    """Something was recorded on it after the actor had looked."""

    def __init__(self, designation_id: str) -> None:
        self.designation_id = designation_id
        super().__init__(
            Sentence("{id} has changed since you looked. Look at it as it stands now, then decide.", id=designation_id)
        )


@dataclass(frozen=True, kw_only=True)
class HistoryItem:
    """One thing that was recorded. `person` is a name; `detail` what it was called or who runs it from then on."""

    recorded_at: datetime
    kind: HistoryKind | None = None
    step: Step | None = None
    person: str | None = None
    reason: str | None = None
    detail: str | None = None

    @property
    def text(self) -> str:
        """In English, for prompts and JSON."""
        return (self.step.kind if self.step else self.kind or "").replace("_", " ").capitalize()


def history(act: Act, designation_id: str, known_at: datetime | None = None) -> tuple[HistoryItem, ...]:
    """All of it, as known now or at an earlier moment."""
    found = permitted(act, designation_id, Action.READ_REGISTER)
    items = (*_described(act, found), *_changes(act, found), *_operators(act, found), *_steps(act, found))
    told = [item for item in items if known_at is None or item.recorded_at <= known_at]
    return tuple(sorted(told, key=lambda item: (item.recorded_at, item.step is not None)))


def version(act: Act, designation_id: str) -> str:
    """Changes with whatever is recorded on it."""
    return str(len(history(act, designation_id)))


def refuse_changed(act: Act, designation_id: str, seen: str | None) -> None:
    """Raises ChangedSinceError where `seen` is a version that no longer stands; None was not looked at by version."""
    if seen is not None and seen != version(act, designation_id):
        raise ChangedSinceError(designation_id)


def _steps(act: Act, found: Designation) -> Iterator[HistoryItem]:
    for step in found.steps:
        yield HistoryItem(
            recorded_at=step.recorded_at, step=step, person=name_of(act, step.person_id), reason=step.reason
        )


def _described(act: Act, found: Designation) -> Iterator[HistoryItem]:
    """Renames, and how it was called first; what two persons changed is told by `_changes`."""
    for recorded_at, subject, change_id in act.tx.register.subject_history(found.subject_id):
        if change_id is None:
            yield HistoryItem(recorded_at=recorded_at, kind=HistoryKind.DESCRIBED, detail=subject.label)


def _changes(act: Act, found: Designation) -> Iterator[HistoryItem]:
    for one in act.tx.changes.proposals(found.subject_id):
        yield _change(act, one, HistoryKind.CHANGE_PROPOSED, one.person_id, one.reason)
    for one in act.tx.changes.on(found.subject_id):
        if one.decided_by:
            yield _change(act, one, HistoryKind(f"change_{one.state}"), one.decided_by, one.resolution)


def _change(act: Act, one: Change, kind: HistoryKind, person_id: str, reason: str | None) -> HistoryItem:
    return HistoryItem(
        recorded_at=one.recorded_at,
        kind=kind,
        person=name_of(act, person_id),
        reason=reason,
        detail=described(one.described),
    )


def described(subject: Subject) -> str:
    """A description in one line: names, address, part, the middle of the footprint, how exact it is."""
    names = (subject.label, *(name.text for name in subject.names if name.text != subject.label))
    part = subject.part or Part()
    exact = f"±{subject.uncertainty_m:g} m" if subject.uncertainty_m is not None else None
    place = middle(subject.geometry) if subject.geometry is not None else None
    told = (*names, subject.address, subject.locality, part.floor, part.entrance, part.text, place, exact)
    return " · ".join(one for one in told if one)


def middle(geometry: BaseGeometry) -> str:
    """The middle of a footprint in degrees, latitude first."""
    point = geometry.representative_point()
    return f"{point.y:.5f}, {point.x:.5f}"


def _operators(act: Act, found: Designation) -> Iterator[HistoryItem]:
    for one in act.tx.operators.on(found.subject_id):
        yield HistoryItem(
            recorded_at=one.recorded_at,
            kind=HistoryKind.OPERATOR,
            person=name_of(act, one.person_id),
            detail=_run_by(one),
        )


def _run_by(one: Operator) -> str:
    return f"{one.name} ({one.since:%Y-%m-%d})" if one.since else one.name


def name_of(act: Act, person_id: str) -> str:
    """What a person is called, for somebody who may know who signed; their id where nobody knows them any more."""
    person = act.tx.people.by_id(person_id)
    return person.name if person else person_id
