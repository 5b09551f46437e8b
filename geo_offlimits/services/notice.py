"""Notice to the owner: written word of a proposal, with time to answer, before anybody decides (32 CFR 631.11).

1. Whether notice comes first, and for how many days, is each mission's rule; the owner has all of the last day. A head
   who adds alone decides at once; the notice is then due afterwards.
2. Notice can warn those who hold victims. It may be deferred for a reason; after 14 days somebody has to look again.
3. Nothing of it is published. A notice names suspicion and precaution, never a person or a source.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from geo_offlimits.domain.designation import IN_FORCE_STATES, PROPOSED_STATES, Designation, State, StepKind
from geo_offlimits.domain.instants import days, format_instant, time_zone
from geo_offlimits.domain.mission import Mission
from geo_offlimits.errors import RefusedError, Sentence

DEFERRED_FOR = timedelta(days=14)
ASKED_BY = frozenset({StepKind.DESIGNATED, StepKind.NOTICE_DEFERRED})
_GIVEN, _DEFERRED = frozenset({StepKind.NOTICE_GIVEN}), frozenset({StepKind.NOTICE_DEFERRED})
_TO_TELL = IN_FORCE_STATES | PROPOSED_STATES


class NoticeMissingError(RefusedError):
    """The owner has not been told, and nobody has deferred that."""

    def __init__(self, designation_id: str, mission: str, days: int) -> None:
        self.designation_id = designation_id
        super().__init__(
            Sentence(
                "The owner of {id} has had no notice, and {mission} decides {days} days after it; an officer gives "
                "notice (notice), or a head defers it with a reason (defer-notice).",
                id=designation_id,
                mission=mission,
                days=days,
            )
        )


class NoticeRunningError(RefusedError):
    """The owner still has time to answer."""

    def __init__(self, designation_id: str, until: datetime) -> None:
        self.designation_id, self.until = designation_id, until
        super().__init__(
            Sentence(
                "The owner of {id} may answer until {until}; decide then, or once an officer has recorded the answer "
                "(reply).",
                id=designation_id,
                until=format_instant(until),
            )
        )


class NothingToDeferError(RefusedError):
    """The mission has no rule that notice comes first."""

    def __init__(self, mission: str) -> None:
        super().__init__(
            Sentence("{mission} decides without notice first, so there is nothing to defer.", mission=mission)
        )


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Where notice stands. `is_due`: somebody has to give or defer it. `answer_until`: the owner has till then."""

    is_due: bool = False
    given_at: datetime | None = None
    deferred_until: datetime | None = None
    answer_until: datetime | None = None


def notice_of(designation: Designation, mission: Mission, now: datetime) -> Notice:
    """Where notice of this designation stands at `now`."""
    given, deferred = designation.last(_GIVEN), designation.last(_DEFERRED)
    until = deferred.recorded_at + DEFERRED_FOR if deferred else None
    if given:
        answer_until = _end_of(answer_by(mission, given.effective_at), mission)
        waits = designation.state is State.NOTICED and answer_until is not None and now < answer_until
        return Notice(given_at=given.effective_at, answer_until=answer_until if waits else None)
    wanted = mission.notice_days > 0 and designation.state in _TO_TELL
    return Notice(is_due=wanted and (until is None or now >= until), deferred_until=until)


def answer_by(mission: Mission, given_at: datetime) -> date | None:
    """The last day on which the owner may answer a notice of `given_at`; None where the mission has no such rule."""
    first = given_at.astimezone(time_zone(mission.timezone)).date()
    return first + timedelta(days=mission.notice_days) if mission.notice_days else None


def _end_of(day: date | None, mission: Mission) -> datetime | None:
    return days(None, day, time_zone(mission.timezone)).end


def refuse(kind: StepKind, designation: Designation, mission: Mission, now: datetime) -> None:
    """Whether the mission's rule for notice lets one of the steps ASKED_BY be taken.

    Raises NoticeMissingError, NoticeRunningError or NothingToDeferError.
    """
    if kind is StepKind.NOTICE_DEFERRED:
        if not mission.notice_days:
            raise NothingToDeferError(mission.code)
        return
    found = notice_of(designation, mission, now)
    if found.is_due:
        raise NoticeMissingError(designation.designation_id, mission.code, mission.notice_days)
    if found.answer_until:
        raise NoticeRunningError(designation.designation_id, found.answer_until)
