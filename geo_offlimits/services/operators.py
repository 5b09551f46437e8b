"""Who runs a place. A new operator never de-lists: the listing waits for a review that weighs it against them.

Restricted: an operator's name reaches no edition, no export and no leaf of the audit tree.
"""

from datetime import date

from geo_offlimits.domain import texts
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.changes import Operator
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import RefusedError, Sentence
from geo_offlimits.services import missions
from geo_offlimits.services.act import Act
from geo_offlimits.services.changes import standing
from geo_offlimits.services.register import permitted


def record(act: Act, designation_id: str, name: str, since: date | None = None) -> Operator:
    """Record who runs the place, from a day in the mission's time zone on (None: as long as is known).

    Raises OverError, RefusedError for who runs it already, InputError for a name that cannot be written.
    """
    found = standing(act, designation_id)
    known = act.tx.operators.on(found.subject_id)
    began = missions.days(act, found.mission, since, None).start
    new = Operator(
        subject_id=found.subject_id,
        mission=found.mission,
        name=name.strip(),
        since=began,
        person_id=act.person_id,
        recorded_at=act.now,
        follows=bool(known),
    )
    texts.refuse(*new.unfit())
    if known and (known[-1].name, known[-1].since) == (new.name, new.since):
        raise RefusedError(Sentence("{id} has this operator already; nothing to record.", id=designation_id))
    act.tx.operators.record(new)
    act.record(AuditTag.OPERATOR_RECORDED, subject=designation_id, mission=found.mission)
    return new


def of(act: Act, designation_id: str) -> tuple[Operator, ...]:
    """Everybody recorded as running the place, oldest record first."""
    found = permitted(act, designation_id, Action.READ_REGISTER)
    return act.tx.operators.on(found.subject_id)
