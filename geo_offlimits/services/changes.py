"""What is said of a place, set right: a rename by one officer, a move or a correction by two persons.

1. A rename changes what a listing is called and nothing else; the old name stays searchable, the listing in force.
   Where no place is known the names are all there is, and a new one is a correction.
2. A footprint in the wrong place accuses a neighbour. Whoever proposes to move or correct one does not decide on it;
   the listing stands as it was until then, and what was believed before stays in the history.
3. Nothing is rewritten: each version of a description supersedes the one before.
"""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np
import shapely
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain import texts
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.changes import Change, ChangeKind, ChangeState
from geo_offlimits.domain.designation import Designation, State
from geo_offlimits.domain.people import Action
from geo_offlimits.domain.position import Position
from geo_offlimits.domain.premises import Name, NameKind, Subject
from geo_offlimits.errors import InputError, Issue, RefusedError, Sentence
from geo_offlimits.lookup.footprint import canonical_geometry
from geo_offlimits.lookup.geodesy import distance_m, edges_of
from geo_offlimits.services import outside
from geo_offlimits.services.act import Act
from geo_offlimits.services.register import STANDING, known, permitted

_MADE_TAGS = {ChangeKind.MOVED: AuditTag.PREMISES_MOVED, ChangeKind.CORRECTED: AuditTag.PREMISES_CORRECTED}
_EDGE_DEG = 1e-6  # a decimetre; footprints are kept to a centimetre, with points every 100 m along an edge
_ON_THE_SIGN = frozenset({NameKind.SIGN, NameKind.CURRENT})


class NothingToChangeError(RefusedError):
    """It is described so already."""

    def __init__(self, designation_id: str) -> None:
        self.designation_id = designation_id
        super().__init__(Sentence("{id} is described so already; say what is different.", id=designation_id))


class ChangeWaitsError(RefusedError):
    """One change of a subject at a time, so that whoever decides sees all of it."""

    def __init__(self, designation_id: str) -> None:
        self.designation_id = designation_id
        super().__init__(
            Sentence(
                "A change of {id} waits already; a second person makes or refuses it, or its proposer withdraws it.",
                id=designation_id,
            )
        )


class NoChangeWaitsError(RefusedError):
    """There is nothing to decide on."""

    def __init__(self, designation_id: str) -> None:
        self.designation_id = designation_id
        super().__init__(
            Sentence("No change of {id} waits; propose one first (move, correct).", id=designation_id),
        )


class OwnChangeError(RefusedError):
    """Moving a footprint takes two persons."""

    def __init__(self, designation_id: str) -> None:
        self.designation_id = designation_id
        super().__init__(
            Sentence(
                "You proposed this change of {id}, so it is not yours to decide on; a second head of mission or deputy "
                "must. You can withdraw it.",
                id=designation_id,
            )
        )


class ChangeOfAnotherError(RefusedError):
    """Only who proposed it can withdraw it."""

    def __init__(self, designation_id: str) -> None:
        self.designation_id = designation_id
        super().__init__(
            Sentence(
                "The change of {id} was proposed by another person; only they withdraw it, a head refuses it.",
                id=designation_id,
            )
        )


class StaleChangeError(RefusedError):
    """It was proposed for a description that no longer stands, and would undo what came since."""

    def __init__(self, designation_id: str) -> None:
        self.designation_id = designation_id
        super().__init__(
            Sentence(
                "{id} has been described anew since this change was proposed; refuse it, and propose it on what stands "
                "now.",
                id=designation_id,
            )
        )


class OverError(RefusedError):
    """What is over is history, and stays as it was known."""

    def __init__(self, designation_id: str, state: State) -> None:
        self.designation_id = designation_id
        super().__init__(
            Sentence(
                "{id} stands at “{state}” and is not described anew; propose it again if it is to be listed.",
                id=designation_id,
                state=state,
            )
        )


class NamedOnlyError(RefusedError):
    """Without a place its name is all that tells what is listed: another name would list another bar."""

    def __init__(self, designation_id: str) -> None:
        self.designation_id = designation_id
        super().__init__(
            Sentence(
                "{id} has no place, so its names alone tell what is listed; propose the new one as a correction "
                "(correct), and a second head of mission or deputy makes it.",
                id=designation_id,
            )
        )


def rename(act: Act, designation_id: str, name: Name) -> Designation:
    """Give premises a new name. What was on the sign or current becomes a former name and stays searchable.

    Raises OverError, NamedOnlyError, RefusedError for the name it has, InputError.
    """
    found = standing(act, designation_id)
    if found.subject.geometry is None:
        raise NamedOnlyError(designation_id)
    if any(old.text == name.text and old.kind in _ON_THE_SIGN for old in found.subject.names):
        raise RefusedError(Sentence("{id} is called that already; nothing to rename.", id=designation_id))
    kept = [
        replace(old, kind=NameKind.FORMER) if old.kind in _ON_THE_SIGN and old.lang == name.lang else old
        for old in found.subject.names
        if old.text != name.text
    ]
    renamed = replace(found.subject, names=(name, *kept))
    texts.refuse(*name.unfit(), texts.several("names", renamed.names))
    act.tx.register.supersede_subject(found.subject_id, renamed, act.now)
    act.record(AuditTag.PREMISES_RENAMED, subject=designation_id, mission=found.mission)
    return known(act, designation_id)


def propose(
    act: Act,
    designation_id: str,
    kind: ChangeKind,
    changed: Callable[[Subject], Subject],
    reason: str | None,
    *,
    confirm_outside: bool = False,
) -> Change:
    """Propose to move or correct what a listing is about; it holds as it stands until another person decides.

    changed : makes the new description from the one that stands. A reason is needed.
    Raises OverError, ChangeWaitsError, NothingToChangeError, OutsideTerritoryError, InputError.
    """
    found = standing(act, designation_id)
    if act.tx.changes.waiting(found.subject_id):
        raise ChangeWaitsError(designation_id)
    described = changed(found.subject)
    if described == found.subject:
        raise NothingToChangeError(designation_id)
    made = Change(
        change_id=act.tx.changes.next_id(found.mission),
        mission=found.mission,
        subject_id=found.subject_id,
        kind=kind,
        state=ChangeState.PROPOSED,
        described=described,
        person_id=act.person_id,
        reason=(reason or "").strip(),
        recorded_at=act.now,
    )
    texts.refuse(*made.unfit())
    _refuse_misplaced(act, found, described, confirm_outside)
    act.tx.changes.propose(made)
    act.record(AuditTag.CHANGE_PROPOSED, subject=designation_id, mission=found.mission, kind=kind.value)
    return made


def _refuse_misplaced(act: Act, found: Designation, described: Subject, confirm_outside: bool) -> None:
    if described.geometry is None or described.geometry == found.subject.geometry:
        return
    canonical_geometry(described.geometry)
    if not confirm_outside:
        outside.refuse(act, found.mission, described)


def make(act: Act, designation_id: str, reason: str | None = None) -> Designation:
    """Decide that a proposed change holds; not by who proposed it. Staff see it in the next edition.

    Raises NoChangeWaitsError, OwnChangeError, StaleChangeError, OverError.
    """
    found, waiting = _waiting(act, designation_id, Action.DECIDE)
    if found.state not in STANDING:
        raise OverError(designation_id, found.state)
    if waiting.person_id == act.person_id:
        raise OwnChangeError(designation_id)
    if act.tx.changes.is_stale(waiting):
        raise StaleChangeError(designation_id)
    act.tx.changes.decide(_decided(act, waiting, ChangeState.MADE, reason))
    act.tx.register.supersede_subject(found.subject_id, waiting.described, act.now, change_id=waiting.change_id)
    act.record(_MADE_TAGS[waiting.kind], subject=designation_id, mission=found.mission)
    return known(act, designation_id)


def refuse(act: Act, designation_id: str, reason: str | None) -> Designation:
    """Leave the listing described as it is; a reason is needed. Raises NoChangeWaitsError, OwnChangeError."""
    found, waiting = _waiting(act, designation_id, Action.DECIDE)
    if waiting.person_id == act.person_id:
        raise OwnChangeError(designation_id)
    if not (reason or "").strip():
        raise InputError(
            Sentence("Say why the change of {id} is refused; the reason stays in the register.", id=designation_id),
            Issue(field="reason", reason=Sentence("empty")),
        )
    act.tx.changes.decide(_decided(act, waiting, ChangeState.REFUSED, reason))
    act.record(AuditTag.CHANGE_REFUSED, subject=designation_id, mission=found.mission)
    return found


def withdraw(act: Act, designation_id: str, reason: str | None = None) -> Designation:
    """Take one's own proposed change back. Raises NoChangeWaitsError, ChangeOfAnotherError."""
    found, waiting = _waiting(act, designation_id, Action.PROPOSE)
    if waiting.person_id != act.person_id:
        raise ChangeOfAnotherError(designation_id)
    act.tx.changes.decide(_decided(act, waiting, ChangeState.WITHDRAWN, reason))
    act.record(AuditTag.CHANGE_WITHDRAWN, subject=designation_id, mission=found.mission)
    return found


def possible(act: Act, found: Designation, change: Change) -> tuple[ChangeState, ...]:
    """How the actor could end a change that waits: its proposer withdraws it, another makes or refuses it."""
    if not change.is_open:
        return ()
    if change.person_id == act.person_id:
        return (ChangeState.WITHDRAWN,) if act.may(Action.PROPOSE, change.mission) else ()
    if not act.may(Action.DECIDE, change.mission):
        return ()
    # What is over meanwhile is not described anew.
    return (ChangeState.MADE, ChangeState.REFUSED) if found.state in STANDING else (ChangeState.REFUSED,)


def waiting_on(act: Act, designation_id: str) -> Change | None:
    """The change of this listing that waits for a decision."""
    found = permitted(act, designation_id, Action.READ_REGISTER)
    return act.tx.changes.waiting(found.subject_id)


def differing(before: Subject, after: Subject) -> tuple[str, ...]:
    """What one description says otherwise than another, as names of a Subject's fields."""
    return tuple(one.name for one in fields(before) if getattr(before, one.name) != getattr(after, one.name))


def shift_m(before: Subject, after: Subject) -> float | None:
    """How far, in geodesic metres, the farthest corner of either of two footprints lies from the other.

    So an outline that grew or shrank about its middle has moved too. None where one of them is not known, or nothing
    moves.
    """
    if before.geometry is None or after.geometry is None or before.geometry == after.geometry:
        return None
    return max(_farthest_m(before.geometry, after.geometry), _farthest_m(after.geometry, before.geometry))


def leads_outside(act: Act, change: Change) -> bool:
    """Whether it puts the place outside the territory, as its proposer has said is meant: who decides is told so."""
    (outside_now,) = outside.lying(act, change.mission, (change.described,))
    return outside_now


def corners(geometry: BaseGeometry) -> int:
    """How many corners an outline has, those of its holes too, without the points on its long edges; 0 for a point."""
    rings = shapely.get_rings(shapely.get_parts(shapely.simplify(geometry, _EDGE_DEG)))
    return int((shapely.get_num_coordinates(rings) - 1).sum())


def _farthest_m(one: BaseGeometry, other: BaseGeometry) -> float:
    """The corner is chosen by degrees, which is quick for outlines of thousands; its distance is exact."""
    corners = shapely.get_coordinates(one)
    nearest = shapely.STRtree(_pieces(other)).query_nearest
    _, away = nearest(shapely.points(corners), return_distance=True, all_matches=False)
    lon, lat = corners[np.where(shapely.intersects_xy(other, corners), 0.0, away).argmax()]
    return distance_m(Position(lat=lat, lon=lon), other)


def _pieces(geometry: BaseGeometry) -> list[BaseGeometry]:
    if geometry.geom_type == "Point":
        return [geometry]
    return [LineString(edge) for edge in np.stack(edges_of(geometry), axis=1)]


def standing(act: Act, designation_id: str) -> Designation:
    """What may still be described anew by who proposes. Raises OverError, UnknownDesignationError."""
    found = permitted(act, designation_id, Action.PROPOSE)
    if found.state not in STANDING:
        raise OverError(designation_id, found.state)
    return found


def _waiting(act: Act, designation_id: str, action: Action) -> tuple[Designation, Change]:
    found = permitted(act, designation_id, action)
    waiting = act.tx.changes.waiting(found.subject_id)
    if waiting is None:
        raise NoChangeWaitsError(designation_id)
    return found, waiting


def _decided(act: Act, waiting: Change, state: ChangeState, reason: str | None) -> Change:
    resolution = (reason or "").strip() or None
    texts.refuse(texts.text("reason", resolution))
    decision: dict[str, Any] = {"state": state, "decided_by": act.person_id, "resolution": resolution}
    return replace(waiting, recorded_at=act.now, **decision)
