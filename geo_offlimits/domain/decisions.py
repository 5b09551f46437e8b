"""What can be decided on a designation once it is proposed: the one table for the register and every door."""

from dataclasses import dataclass

from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.designation import StepKind
from geo_offlimits.domain.people import Action


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One kind of step: what it is called at a door (`propose-lift`), what it needs and how it is audited."""

    verb: str
    kind: StepKind
    action: Action
    tag: AuditTag
    reason_needed: bool = False


# In the order in which a door offers them.
DECISIONS: tuple[Decision, ...] = (
    Decision(verb="designate", kind=StepKind.DESIGNATED, action=Action.DECIDE, tag=AuditTag.PREMISES_DESIGNATED),
    Decision(verb="confirm", kind=StepKind.CONFIRMED, action=Action.DECIDE, tag=AuditTag.PREMISES_CONFIRMED),
    Decision(
        verb="reject",
        kind=StepKind.REJECTED,
        action=Action.DECIDE,
        tag=AuditTag.PREMISES_REJECTED,
        reason_needed=True,
    ),
    Decision(verb="withdraw", kind=StepKind.WITHDRAWN, action=Action.PROPOSE, tag=AuditTag.PREMISES_WITHDRAWN),
    Decision(
        verb="propose-lift",
        kind=StepKind.LIFT_PROPOSED,
        action=Action.PROPOSE,
        tag=AuditTag.PREMISES_LIFT_PROPOSED,
        reason_needed=True,
    ),
    Decision(
        verb="refuse-lift",
        kind=StepKind.LIFT_REFUSED,
        action=Action.DECIDE,
        tag=AuditTag.PREMISES_LIFT_REFUSED,
        reason_needed=True,
    ),
    Decision(verb="lift", kind=StepKind.LIFTED, action=Action.DECIDE, tag=AuditTag.PREMISES_LIFTED, reason_needed=True),
)
