"""A listing as the prompt tells it, in words and as JSON."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from geo_offlimits.cli.door import Door
from geo_offlimits.domain.instants import format_instant

if TYPE_CHECKING:
    from geo_offlimits.domain.designation import Designation

ID = click.argument("designation_id", metavar="ID")


def standing_json(found: "Designation", at: datetime) -> dict[str, str | None]:
    """Where it stands at `at`."""
    begins_at, ended_at = found.begins_at(at), found.ended_at(at)
    return {
        "state": found.state,
        "begins_at": format_instant(begins_at) if begins_at else None,
        "ended_at": format_instant(ended_at) if ended_at else None,
    }


def say(door: Door, found: "Designation", at: datetime) -> None:
    """Where it stands at `at`, and its steps."""
    from geo_offlimits.formats.words import standing

    steps = [
        {"kind": step.kind, "at": format_instant(step.recorded_at), "person": step.person_id, "reason": step.reason}
        for step in found.steps
    ]
    document = {
        "id": found.designation_id,
        **standing_json(found, at),
        "name": found.subject.label,
        "locality": found.subject.locality,
        "restriction": found.terms.restriction,
        "steps": steps,
    }
    lines = [f"{found.designation_id}  {found.subject.label}: {standing(found, at, format_instant)}"]
    lines += [f"  {step['at']}  {step['kind']}{'  ' + str(step['reason']) if step['reason'] else ''}" for step in steps]
    door.say(document, "\n".join(lines))
