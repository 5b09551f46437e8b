"""A listing as the prompt tells it, in words and as JSON."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from geo_offlimits.cli.door import Door
from geo_offlimits.domain.instants import format_instant

if TYPE_CHECKING:
    from geo_offlimits.domain.changes import Change
    from geo_offlimits.domain.designation import Designation
    from geo_offlimits.domain.premises import Subject

ID = click.argument("designation_id", metavar="ID")
SEEN = click.option("--seen", metavar="VERSION", help="Only as it was looked at: the version that `show` told.")


def standing_json(found: "Designation", at: datetime) -> dict[str, str | None]:
    """Where it stands at `at`."""
    begins_at, ended_at = found.begins_at(at), found.ended_at(at)
    return {
        "state": found.state,
        "begins_at": format_instant(begins_at) if begins_at else None,
        "ended_at": format_instant(ended_at) if ended_at else None,
    }


def looked_at(
    found: "Designation", version: str | None, change: "Change | None", *, outside: bool = False
) -> dict[str, Any]:
    """What whoever decides signs besides its name: its place, its hours, and of a change that waits every field.

    outside : whether the change puts it outside the mission's territory.
    """
    from geo_offlimits.formats.words import hours_of
    from geo_offlimits.services.changes import differing
    from geo_offlimits.services.history import described

    hours = found.terms.hours
    return {
        "version": version,
        "described": described(found.subject),
        "hours": hours_of(hours, "", "en") if hours else None,
        "change": change
        and {
            "change_id": change.change_id,
            "kind": change.kind,
            "reason": change.reason,
            "outside_territory": outside,
            "fields": {
                field: {"stands": _said(field, found.subject), "proposed": _said(field, change.described)}
                for field in differing(found.subject, change.described)
            },
        },
    }


def _said(field: str, subject: "Subject") -> str | None:
    from geo_offlimits.services.changes import corners
    from geo_offlimits.services.history import middle

    value = getattr(subject, field)
    if field == "names":
        return ", ".join(f"{name.text} ({name.kind})" for name in value)
    if field == "geometry" and value is not None:
        return f"{middle(value)} ({corners(value)} corners)" if corners(value) else middle(value)
    if field == "part" and value is not None:
        return " · ".join(one for one in (value.floor, value.entrance, value.text) if one)
    return None if value is None else str(value)


def _told(looked: dict[str, Any]) -> list[str]:
    """The same in lines."""
    lines = [f"  {word}: {looked[word]}" for word in ("described", "hours", "version") if looked[word]]
    if change := looked["change"]:
        lines.append(f"  {change['change_id']} waits ({change['kind']}): {change['reason']}")
        lines += [
            f"    {field}: {said['stands'] or '-'} -> {said['proposed'] or '-'}"
            for field, said in change["fields"].items()
        ]
        lines += ["    As proposed, it lies outside the territory of the mission."] * change["outside_territory"]
    return lines


def say(door: Door, found: "Designation", at: datetime, looked: dict[str, Any] | None = None) -> None:
    """Where it stands at `at`, and its steps; and what of it was `looked_at`."""
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
        **(looked or {}),
    }
    lines = [f"{found.designation_id}  {found.subject.label}: {standing(found, at, format_instant)}"]
    lines += [f"  {step['at']}  {step['kind']}{'  ' + str(step['reason']) if step['reason'] else ''}" for step in steps]
    door.say(document, "\n".join([*lines, *(_told(looked) if looked else [])]))
