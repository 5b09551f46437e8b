"""What waits in the register, in the order in which it should be looked at."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta

from geo_offlimits.domain.designation import (
    IN_FORCE_STATES,
    PROPOSED_STATES,
    SECOND_SIGNATURE_DAYS,
    Designation,
    State,
    Step,
)
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.domain.mission import Mission
from geo_offlimits.services.lacking import COARSE_M, Lacking
from geo_offlimits.services.notice import notice_of
from geo_offlimits.store.waiting import Waiting

PETITION_DAYS = 30
# An edition is issued at a whole second, in which the last decision before it may have been taken.
_A_SECOND = timedelta(seconds=1)
_TITLES = {
    "overdue": "Second signature overdue",
    "petitions_overdue": f"Petition unanswered for {PETITION_DAYS} days",
    "to_publish": "Ended, described anew or due to appear since the current edition; publish within 24 hours",
    "suspended": "Suspended, to be lifted by a second person or put back in force",
    "to_confirm": "Awaiting second signature",
    "to_decide": "Proposed, to be decided",
    "to_lift": "Lift proposed, to be decided",
    "to_change": "Move or correction, to be decided by a second person",
    "petitions": "Petition, to be decided",
    "new_operator": "Somebody else runs it since the last decision (still in force)",
    "to_notify": "Notice to the owner due",
    "flagged": "Said to be wrong by somebody there",
    "to_review": "Review date passed (still in force)",
    "no_name": "No name from its sign (still in force)",
    "coarse_position": f"Position coarser than {COARSE_M} m, or none (still in force)",
    "outside_territory": "Outside the territory (still in force)",
}


@dataclass(frozen=True, kw_only=True)
class Worklist:
    """Designations by what they wait for, oldest first.

    overdue : of `to_confirm` and `suspended`, those past their 14 days. petitions_overdue : of `petitions`.
    to_publish : staff still read them in the current edition, although they were lifted or suspended after it; or they
    do not yet, although the day has come; or under a name or at a place that is no longer so. new_operator : somebody
    else runs it than when it was last decided on.
    no_name, coarse_position, outside_territory : what those in force lack.
    """

    overdue: tuple[Designation, ...] = ()
    petitions_overdue: tuple[Designation, ...] = ()
    to_publish: tuple[Designation, ...] = ()
    suspended: tuple[Designation, ...] = ()
    to_confirm: tuple[Designation, ...] = ()
    to_decide: tuple[Designation, ...] = ()
    to_lift: tuple[Designation, ...] = ()
    to_change: tuple[Designation, ...] = ()
    petitions: tuple[Designation, ...] = ()
    new_operator: tuple[Designation, ...] = ()
    to_notify: tuple[Designation, ...] = ()
    flagged: tuple[Designation, ...] = ()
    to_review: tuple[Designation, ...] = ()
    no_name: tuple[Designation, ...] = ()
    coarse_position: tuple[Designation, ...] = ()
    outside_territory: tuple[Designation, ...] = ()

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


@dataclass(frozen=True, kw_only=True)
class Moment:
    """What the worklist is made for: `now`, which is `today` where the mission is.

    issued_at : when its current edition was issued; None before the first.
    """

    mission: Mission
    now: datetime
    today: date
    issued_at: datetime | None
    waiting: Waiting


def gather(designations: Iterable[Designation], moment: Moment, lacking: Lacking) -> Worklist:
    """What of these designations waits, with what those in force lack, in the order given; see `together`."""
    now, issued_at, waits = moment.now, moment.issued_at, moment.waiting
    known = tuple(designations)

    def at(*states: State) -> tuple[Designation, ...]:
        return tuple(one for one in known if one.state in states)

    waiting, petitions = at(State.AWAITING_SECOND, State.SUSPENDED), at(State.PETITIONED)
    return Worklist(
        overdue=_older(waiting, now - timedelta(days=SECOND_SIGNATURE_DAYS)),
        petitions_overdue=_older(petitions, now - timedelta(days=PETITION_DAYS)),
        to_publish=tuple(one for one in known if issued_at and _is_to_publish(one, issued_at, now)),
        suspended=at(State.SUSPENDED),
        to_confirm=at(State.AWAITING_SECOND),
        to_decide=at(*PROPOSED_STATES),
        to_lift=at(State.LIFT_PROPOSED),
        to_change=tuple(one for one in known if one.subject_id in waits.changing),
        petitions=petitions,
        new_operator=tuple(one for one in known if _has_new_operator(one, waits)),
        to_notify=tuple(one for one in known if notice_of(one, moment.mission, now).is_due),
        flagged=tuple(one for one in known if one.designation_id in waits.flagged),
        to_review=tuple(
            one
            for one in known
            if one.state in IN_FORCE_STATES and one.terms.review_by and one.terms.review_by < moment.today
        ),
        no_name=lacking.no_name,
        coarse_position=lacking.coarse_position,
        outside_territory=lacking.outside_territory,
    )


def together(parts: Iterable[Worklist]) -> Worklist:
    """The worklists of the parts of a register as one."""
    known = tuple(parts)
    return Worklist(**{item.name: _oldest_first(known, item.name) for item in fields(Worklist)})


def _oldest_first(parts: Iterable[Worklist], name: str) -> tuple[Designation, ...]:
    waiting = [one for part in parts for one in getattr(part, name)]
    return tuple(sorted(waiting, key=lambda one: one.steps[-1].recorded_at))


def _has_new_operator(designation: Designation, waits: Waiting) -> bool:
    operator = waits.operators.get(designation.subject_id)
    standing = designation.state in IN_FORCE_STATES or designation.state is State.SUSPENDED
    return standing and operator is not None and operator.awaits_review(designation)


def _older(designations: Iterable[Designation], limit: datetime) -> tuple[Designation, ...]:
    """Those that have stood where they stand since `limit` or longer."""
    return tuple(one for one in designations if one.standing_since <= limit)


def _is_to_publish(designation: Designation, issued_at: datetime, now: datetime) -> bool:
    not_before = designation.terms.not_before
    is_due = not_before is not None and issued_at + _A_SECOND <= not_before <= now
    appears = is_due and designation.state in IN_FORCE_STATES
    return appears or _is_described_anew(designation, issued_at) or _is_still_published(designation, issued_at)


def _is_described_anew(designation: Designation, issued_at: datetime) -> bool:
    published = replace(designation, steps=_taken_before(designation, issued_at) or designation.steps[:1])
    return (
        published.state in IN_FORCE_STATES
        and designation.state in IN_FORCE_STATES
        and issued_at + _A_SECOND <= designation.described_at
    )


def _taken_before(designation: Designation, issued_at: datetime) -> tuple[Step, ...]:
    """The steps that the edition issued then could know."""
    return tuple(step for step in designation.steps if step.recorded_at < issued_at + _A_SECOND)


def _is_still_published(designation: Designation, issued_at: datetime) -> bool:
    then = _taken_before(designation, issued_at)
    not_before = designation.terms.not_before
    return (
        designation.state in (State.LIFTED, State.SUSPENDED)
        and bool(then)
        and replace(designation, steps=then).state in IN_FORCE_STATES
        and (not_before is None or not_before <= issued_at)
    )
