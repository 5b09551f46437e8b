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


def _decision(verb: str, kind: StepKind, action: Action, tag: AuditTag, *, reason_needed: bool = True) -> Decision:
    return Decision(verb=verb, kind=kind, action=action, tag=tag, reason_needed=reason_needed)


_PROPOSE, _DECIDE = Action.PROPOSE, Action.DECIDE
# In the order in which a door offers them.
DECISIONS: tuple[Decision, ...] = (
    _decision("notice", StepKind.NOTICE_GIVEN, _PROPOSE, AuditTag.PREMISES_NOTICE_GIVEN, reason_needed=False),
    _decision("defer-notice", StepKind.NOTICE_DEFERRED, _DECIDE, AuditTag.PREMISES_NOTICE_DEFERRED),
    _decision("reply", StepKind.REPLIED, _PROPOSE, AuditTag.PREMISES_REPLIED),
    _decision("designate", StepKind.DESIGNATED, _DECIDE, AuditTag.PREMISES_DESIGNATED, reason_needed=False),
    _decision("confirm", StepKind.CONFIRMED, _DECIDE, AuditTag.PREMISES_CONFIRMED, reason_needed=False),
    _decision("reject", StepKind.REJECTED, _DECIDE, AuditTag.PREMISES_REJECTED),
    _decision("withdraw", StepKind.WITHDRAWN, _PROPOSE, AuditTag.PREMISES_WITHDRAWN, reason_needed=False),
    _decision("petition", StepKind.PETITIONED, _PROPOSE, AuditTag.PREMISES_PETITIONED),
    _decision("refuse-petition", StepKind.PETITION_REFUSED, _DECIDE, AuditTag.PREMISES_PETITION_REFUSED),
    _decision("propose-lift", StepKind.LIFT_PROPOSED, _PROPOSE, AuditTag.PREMISES_LIFT_PROPOSED),
    _decision("refuse-lift", StepKind.LIFT_REFUSED, _DECIDE, AuditTag.PREMISES_LIFT_REFUSED),
    _decision("lift", StepKind.LIFTED, _DECIDE, AuditTag.PREMISES_LIFTED),
    _decision("suspend", StepKind.SUSPENDED, _DECIDE, AuditTag.PREMISES_SUSPENDED),
    _decision("reinstate", StepKind.REINSTATED, _DECIDE, AuditTag.PREMISES_REINSTATED),
)
