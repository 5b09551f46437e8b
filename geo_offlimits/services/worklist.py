"""What waits in the register, in the order in which it should be looked at."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

from geo_offlimits.domain.designation import IN_FORCE_STATES, SECOND_SIGNATURE_DAYS, Designation, State
from geo_offlimits.domain.instants import format_instant

_TITLES = {
    "overdue": "Second signature overdue",
    "to_confirm": "Awaiting second signature",
    "to_decide": "Proposed, to be decided",
    "to_lift": "Lift proposed, to be decided",
    "to_review": "Review date passed (still in force)",
}


@dataclass(frozen=True, kw_only=True)
class Worklist:
    """Designations by what they wait for, oldest first. `overdue` are those of `to_confirm` past their 14 days."""

    overdue: tuple[Designation, ...] = ()
    to_confirm: tuple[Designation, ...] = ()
    to_decide: tuple[Designation, ...] = ()
    to_lift: tuple[Designation, ...] = ()
    to_review: tuple[Designation, ...] = ()

    @property
    def empty(self) -> bool:
        return not any(getattr(self, item.name) for item in fields(self))

    def as_json(self) -> dict[str, list[dict[str, str]]]:
        return {item.name: [_row(one) for one in getattr(self, item.name)] for item in fields(self)}

    def as_text(self) -> str:
        lines = []
        for name, title in _TITLES.items():
            waiting = getattr(self, name)
            lines += [f"{title}: {len(waiting)}"] if waiting else []
            lines += [f"  {one.designation_id}  {one.subject.label}  since {_since(one)}" for one in waiting]
        return "\n".join(lines) or "Nothing waits."


def _since(designation: Designation) -> str:
    return format_instant(designation.steps[-1].recorded_at)


def _row(designation: Designation) -> dict[str, str]:
    return {
        "id": designation.designation_id,
        "name": designation.subject.label,
        "state": designation.state,
        "since": _since(designation),
    }


def gather(designations: Iterable[Designation], now: datetime, today: date) -> Worklist:
    """The worklist of these designations at `now`, which is `today` where the mission is."""
    known = sorted(designations, key=lambda one: one.steps[-1].recorded_at)
    by_state = {state: tuple(one for one in known if one.state is state) for state in State}
    awaiting = by_state[State.AWAITING_SECOND]
    limit = now - timedelta(days=SECOND_SIGNATURE_DAYS)
    return Worklist(
        overdue=tuple(one for one in awaiting if one.steps[-1].recorded_at <= limit),
        to_confirm=awaiting,
        to_decide=by_state[State.PROPOSED],
        to_lift=by_state[State.LIFT_PROPOSED],
        to_review=tuple(
            one for one in known if one.state in IN_FORCE_STATES and one.terms.review_by and one.terms.review_by < today
        ),
    )
