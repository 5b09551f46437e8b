"""Several decisions of one kind, looked at together and signed once: each is recorded by itself, or none is.

1. They are taken in the transaction of the act. The first that cannot be taken refuses all, with its id and why.
2. Whoever signs says which version of each they have looked at; what has changed since is looked at again first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from geo_offlimits.domain.designation import Designation, Step, StepKind
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import InputError, Issue, RefusedError, Sentence
from geo_offlimits.services import history, register
from geo_offlimits.services.act import Act
from geo_offlimits.services.worklist import Worklist

# What the officers find on their desk, and the decision it waits for.
WAITS_FOR: Mapping[str, StepKind] = MappingProxyType(
    {
        "overdue": StepKind.CONFIRMED,
        "to_confirm": StepKind.CONFIRMED,
        "to_decide": StepKind.DESIGNATED,
        "to_lift": StepKind.LIFTED,
        "to_review": StepKind.REVIEWED,
    }
)
KINDS = tuple(dict.fromkeys(WAITS_FOR.values()))
MOST = 100
_ASKING = frozenset({StepKind.PROPOSED, StepKind.ADDED_ALONE, StepKind.LIFT_PROPOSED})


class BatchError(RefusedError):
    """One of several decisions cannot be taken, so none is."""

    def __init__(self, designation_id: str, why: str) -> None:
        self.designation_id = designation_id
        super().__init__(
            Sentence("{why} Nothing was decided; look at {id} again, or leave it out.", why=why, id=designation_id)
        )


@dataclass(frozen=True, kw_only=True)
class Item:
    """One of those to be decided together.

    version : changes with whatever is recorded on it. asked : the step that a decision is to answer, by `asked_by`.
    """

    designation: Designation
    version: str
    asked: Step
    asked_by: str


def open_to(act: Act, waiting: Worklist) -> dict[str, frozenset[str]]:
    """For each part of the worklist the ids of those on which the actor may take the decision it waits for."""
    return {
        part: frozenset(one.designation_id for one in getattr(waiting, part) if _may_take(act, one, kind))
        for part, kind in WAITS_FOR.items()
    }


def _may_take(act: Act, designation: Designation, kind: StepKind) -> bool:
    if kind is not StepKind.REVIEWED:
        return kind in register.possible(act, designation)
    try:
        designation.refuse_unless_possible(kind, act.person_id, act.now)
    except RefusedError:
        return False
    return act.may(Action.DECIDE, designation.mission)


def items(act: Act, mission: str, ids: Sequence[str]) -> tuple[Item, ...]:
    """What is to be looked at before these are decided, each once, in the order given.

    Raises InputError for none or more than 100, UnknownDesignationError for one that is not of the mission.
    """
    act.require(Action.DECIDE, mission, to_look=True)
    chosen = tuple(dict.fromkeys(ids))
    if not 0 < len(chosen) <= MOST:
        raise InputError(
            Sentence("{count} are ticked; tick 1 to {most} to decide them together.", count=len(chosen), most=MOST),
            Issue(field="id", reason=Sentence("not 1 to {most}", most=MOST)),
        )
    return tuple(_item(act, mission, designation_id) for designation_id in chosen)


def _item(act: Act, mission: str, designation_id: str) -> Item:
    found = register.show(act, designation_id)
    if found.mission != mission:
        raise register.UnknownDesignationError(designation_id)
    asked = found.last(_ASKING) or found.steps[0]
    person = act.tx.people.by_id(asked.person_id)
    return Item(
        designation=found,
        version=history.version(act, designation_id),
        asked=asked,
        asked_by=person.name if person else asked.person_id,
    )


def decide(
    act: Act,
    mission: str,
    kind: StepKind,
    seen: Mapping[str, str],
    *,
    reason: str | None = None,
    review_by: date | None = None,
) -> tuple[Designation, ...]:
    """Take one of KINDS on each of `seen`: id -> the version that was looked at. `review_by` is for reviews.

    Raises BatchError, and InputError where a reason or a day is missing; then the caller's transaction must not stand.
    """
    if kind not in KINDS:
        raise AssertionError(f"{kind} is not decided on several together")
    act.refuse_stale()
    return tuple(
        _decided(act, item, kind, seen[item.designation.designation_id], reason=reason, review_by=review_by)
        for item in items(act, mission, tuple(seen))
    )


def _decided(
    act: Act, item: Item, kind: StepKind, version: str, *, reason: str | None, review_by: date | None
) -> Designation:
    designation_id = item.designation.designation_id
    if item.version != version:
        raise BatchError(designation_id, Sentence("{id} has changed since you looked.", id=designation_id))
    try:
        if kind is StepKind.REVIEWED:
            return register.review(act, designation_id, _day(review_by), reason)
        return register.decide(act, designation_id, kind, reason)
    except RefusedError as refusal:
        raise BatchError(designation_id, refusal.sentence) from refusal


def _day(review_by: date | None) -> date:
    if review_by is None:
        raise InputError(
            Sentence("Say by which day they are looked at again."), Issue(field="review_by", reason=Sentence("missing"))
        )
    return review_by
