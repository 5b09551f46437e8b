"""The record of what a person said about an edition: one row, and the leaf of the audit tree that speaks of it."""

from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from geo_offlimits.domain.acknowledgement import Acknowledgement, AcknowledgementState
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.people import Role, RoleGrant
from geo_offlimits.services.act import Act
from geo_offlimits.services.shelf import Header
from geo_offlimits.services.statements import Statement

_TAGS = MappingProxyType(
    {
        AcknowledgementState.ACKNOWLEDGED: AuditTag.ACKNOWLEDGED,
        AcknowledgementState.REFUSED: AuditTag.ACKNOWLEDGEMENT_REFUSED,
        AcknowledgementState.WITHDRAWN: AuditTag.ACKNOWLEDGEMENT_WITHDRAWN,
    }
)


def said(act: Act, edition: Header, shown: Statement, **how: Any) -> Acknowledgement:
    """What somebody says about an edition now, unless `how` tells another time; nothing is written."""
    facts: dict[str, Any] = {
        "mission": edition.mission,
        "edition_number": edition.number,
        "edition_sha256": edition.sha256,
        "statement_sha256": shown.sha256,
        "source_sha256": shown.source_sha256,
        "language": shown.language,
        "acknowledged_at": act.now,
        "recorded_at": act.now,
        "entered_by": act.person_id,
    }
    return Acknowledgement(**facts | how)


def record(act: Act, made: Acknowledgement) -> Acknowledgement:
    """Writes it, with who they were then. Raises RefusedError for what does not follow from what they said before."""
    made = replace(made, leaf=act.tx.audit.next_position, **_as_then(act, made))
    act.tx.acknowledgements.add(made)
    act.record(
        _TAGS[made.state],
        subject=made.person_id,
        mission=made.mission,
        edition=made.edition_number,
        sha256=made.edition_sha256,
        statement_sha256=made.statement_sha256,
        channel=made.channel.value,
        strength=made.strength.value,
    )
    return made


def _as_then(act: Act, made: Acknowledgement) -> dict[str, Any]:
    """Unit, category and roles of the person; on paper, as they were known on the day of the signature."""
    actor = act.require_actor()
    at = made.acknowledged_at
    if made.person_id == actor.person.person_id:
        person, grants = actor.person, actor.grants
    else:
        people = act.tx.people
        known = people.by_id(made.person_id, at) or people.by_id(made.person_id)
        if known is None:
            return {}
        person, grants = known, people.grants(made.person_id)
    return {"unit": person.unit, "category": person.category, "roles": _roles(grants, made.mission, at)}


def _roles(grants: tuple[RoleGrant, ...], mission: str, at: datetime) -> tuple[Role, ...]:
    """Those that they held, whether or not a second factor was shown for them."""
    held = {grant.role for grant in grants if grant.mission in (None, mission) and grant.valid.holds(at)}
    return tuple(role for role in Role if role in held)
