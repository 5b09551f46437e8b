"""What is set right on a subject by two persons, and who runs it: the place stays the place, whatever is said of it.

Premises are a place. When an establishment moves house, the old place is lifted and the new one proposed; what is moved
here is a footprint that stood in the wrong place or was drawn too coarsely. A rename is not a change of this kind: it
keeps every name and one officer records it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from geo_offlimits.domain import texts
from geo_offlimits.domain.designation import Designation, StepKind
from geo_offlimits.domain.premises import Subject
from geo_offlimits.errors import Issue


class ChangeKind(StrEnum):
    MOVED = "moved"  # the footprint, its uncertainty, address or part
    CORRECTED = "corrected"  # anything that was wrong, names too


class ChangeState(StrEnum):
    PROPOSED = "proposed"
    MADE = "made"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class HistoryKind(StrEnum):
    """What is recorded on a listing beside the steps of its designation."""

    DESCRIBED = "described"
    CHANGE_PROPOSED = "change_proposed"
    CHANGE_MADE = "change_made"
    CHANGE_REFUSED = "change_refused"
    CHANGE_WITHDRAWN = "change_withdrawn"
    OPERATOR = "operator"


@dataclass(frozen=True, kw_only=True)
class Change:
    """A new description of a subject, which holds once another person than `person_id` has decided on it."""

    change_id: str
    mission: str
    subject_id: str
    kind: ChangeKind
    state: ChangeState
    described: Subject
    person_id: str
    reason: str
    recorded_at: datetime
    decided_by: str | None = None
    resolution: str | None = None

    @property
    def is_open(self) -> bool:
        return self.state is ChangeState.PROPOSED

    def unfit(self) -> tuple[Issue | None, ...]:
        """What keeps each of its texts from being written."""
        return (
            *self.described.unfit(),
            texts.text("reason", self.reason, needed=True),
            texts.text("reason", self.resolution),
        )


@dataclass(frozen=True, kw_only=True)
class Operator:
    """Who runs a subject from `since` on (None: as long as is known). Restricted; never published.

    follows : another was recorded before.
    """

    subject_id: str
    mission: str
    name: str
    since: datetime | None
    person_id: str
    recorded_at: datetime
    follows: bool = False

    def unfit(self) -> tuple[Issue | None, ...]:
        """What keeps its text from being written."""
        return (texts.line("operator", self.name, needed=True),)

    def awaits_review(self, listing: Designation) -> bool:
        """Whether this operator came after the last decision on the listing: nobody has weighed it against them yet."""
        decided = listing.last(_WEIGHING)
        began = listing.in_force_since
        is_new = self.follows or (self.since is not None and began is not None and self.since > began)
        return is_new and decided is not None and decided.recorded_at < self.recorded_at


_WEIGHING = frozenset(
    {
        StepKind.DESIGNATED,
        StepKind.ADDED_ALONE,
        StepKind.CONFIRMED,
        StepKind.REVIEWED,
        StepKind.LIFT_REFUSED,
        StepKind.PETITION_REFUSED,
        StepKind.REINSTATED,
    }
)
