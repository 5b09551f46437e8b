"""`premises`: propose, decide, lift, rename, look.

Two persons sign: `propose` then `designate`; `add-alone` then `confirm`; `propose-lift` then `lift`.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from geo_offlimits.cli import attachments, letters
from geo_offlimits.cli.describing import COMMANDS
from geo_offlimits.cli.door import Door, signed
from geo_offlimits.cli.listings import ID, SEEN, looked_at, say, standing_json
from geo_offlimits.cli.parameters import MISSION, MOMENT, TEXT
from geo_offlimits.cli.proposal import described, proposal
from geo_offlimits.domain.decisions import DECISIONS, Decision
from geo_offlimits.domain.designation import StepKind
from geo_offlimits.domain.flags import FlagKind
from geo_offlimits.domain.hours import Hours
from geo_offlimits.domain.instants import format_instant

if TYPE_CHECKING:
    from geo_offlimits.domain.designation import Designation
    from geo_offlimits.domain.flags import Flag

KNOWN_AT = click.option("--known-at", type=MOMENT, help="As it was known then.  [default: now]")


@click.group()
def premises() -> None:
    """The register: what is proposed, in force and lifted."""


for _command in attachments.COMMANDS:
    premises.add_command(_command)
premises.add_command(letters.letter)


@premises.command()
@MISSION
@proposal
@signed
def propose(door: Door, mission: str | None, reason: str | None, **facts: Any) -> None:
    """Propose a listing; another person designates it."""
    from geo_offlimits.services import register

    _open(door, register.propose, mission, reason, facts)


@premises.command("add-alone")
@MISSION
@proposal
@signed
def add_alone(door: Door, mission: str | None, reason: str | None, **facts: Any) -> None:
    """As head of mission, put it off limits at once; a second person confirms within 14 days."""
    from geo_offlimits.services import register

    _open(door, register.add_alone, mission, reason, facts)


def _open(
    door: Door, step: Callable[..., "Designation"], mission: str | None, reason: str | None, facts: dict[str, Any]
) -> None:
    from geo_offlimits.services import duplicates, missions
    from geo_offlimits.services.positions import territory_of

    with door.reading() as act:
        code = door.mission(act, mission)
        subject, terms = described(facts, territory_of(act, code))
        duplicates.prepare(act, code, subject)
    with door.acting() as act:
        valid = missions.days(act, code, facts["valid_from"], facts["valid_to"])
        published = missions.days(act, code, facts["not_before"], None)
        hours = Hours(tz=missions.mission(act, code).timezone, weekly=facts["weekly"]) if facts["weekly"] else None
        terms = replace(terms, valid=valid, not_before=published.start, hours=hours)
        confirmed = {name: facts[name] for name in ("confirm_outside", "confirm_alike")}
        made = step(act, code, subject, terms, reason, **confirmed)
    say(door, made, act.now)


_WORDS = {
    StepKind.NOTICE_GIVEN: "Record that the owner was told in writing and may answer.",
    StepKind.NOTICE_DEFERRED: "Put the notice off for 14 days; telling can endanger victims.",
    StepKind.REPLIED: "Record what the owner answered.",
    StepKind.DESIGNATED: "Put a proposal in force; not by who proposed it.",
    StepKind.CONFIRMED: "Sign as the second person what a head added alone.",
    StepKind.REJECTED: "Turn a proposal down.",
    StepKind.WITHDRAWN: "Take your own proposal back.",
    StepKind.LIFT_PROPOSED: "As the first of two, propose that a listing end; it holds until then.",
    StepKind.LIFT_REFUSED: "Keep a listing whose lift was proposed.",
    StepKind.LIFTED: "As the second of two, end a listing; another proposed it, took the petition or suspended.",
    StepKind.PETITIONED: "Record that the owner asks for a review; possible as long as it is in force.",
    StepKind.PETITION_REFUSED: "Keep a listing against a petition.",
    StepKind.SUSPENDED: "Take a manifest error out of force alone, at once; a second person lifts within 14 days.",
    StepKind.REINSTATED: "Put a suspended listing back in force.",
}


def _add_command(decision: Decision) -> None:
    @premises.command(decision.verb, help=_WORDS[decision.kind])
    @ID
    @click.option("--reason", type=TEXT, required=decision.reason_needed, help="Kept in the register.")
    @SEEN
    @signed
    def decide(door: Door, designation_id: str, reason: str | None, seen: str | None) -> None:
        from geo_offlimits.services import history, register

        with door.acting() as act:
            history.refuse_changed(act, designation_id, seen)
            made = register.decide(act, designation_id, decision.kind, reason)
        say(door, made, act.now)


for _decision in DECISIONS:
    _add_command(_decision)


@premises.command()
@ID
@click.option("--review-by", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Day of the next review.")
@click.option("--reason", type=TEXT, required=True, help="Kept in the register.")
@SEEN
@signed
def review(door: Door, designation_id: str, review_by: datetime, reason: str, seen: str | None) -> None:
    """Look at a listing again and keep it until the next review."""
    from geo_offlimits.services import history, register

    with door.acting() as act:
        history.refuse_changed(act, designation_id, seen)
        made = register.review(act, designation_id, review_by.date(), reason)
    say(door, made, act.now)


for _command in COMMANDS:
    premises.add_command(_command)


@premises.command()
@ID
@KNOWN_AT
@signed
def show(door: Door, designation_id: str, known_at: datetime | None) -> None:
    """One designation with its steps; as it stands now, also its version and the change that waits, field by field."""
    from geo_offlimits.services import changes, history, register

    with door.reading() as act:
        found = register.show(act, designation_id, known_at)
        version = None if known_at else history.version(act, designation_id)
        change = None if known_at else changes.waiting_on(act, designation_id)
        outside = change is not None and changes.leads_outside(act, change)
    say(door, found, known_at or act.now, looked_at(found, version, change, outside=outside))


@premises.command()
@ID
@click.option("--at", type=MOMENT, help="Say first whether it was in force at this time.")
@KNOWN_AT
@signed
def history(door: Door, designation_id: str, at: datetime | None, known_at: datetime | None) -> None:
    """Everything recorded on one listing, oldest first: decisions, descriptions, changes, who ran it."""
    from geo_offlimits.services import register
    from geo_offlimits.services.history import history as everything

    with door.reading() as act:
        found = register.show(act, designation_id, known_at)
        items = everything(act, designation_id, known_at)
    rows = [
        {
            "recorded_at": format_instant(item.recorded_at),
            "what": item.step.kind if item.step else item.kind,
            "text": item.text,
            "detail": item.detail,
            "person": item.person,
            "reason": item.reason,
        }
        for item in items
    ]
    lines = [
        "  ".join(str(row[word]) for word in ("recorded_at", "text", "person", "detail", "reason") if row[word])
        for row in rows
    ]
    seen_at = known_at or act.now
    if at:
        lines.insert(0, _held(found, at, seen_at))
    held = _held_json(found, at, seen_at) if at else {}
    document = {"id": found.designation_id, **held, **standing_json(found, seen_at), "history": rows}
    door.say(document, "\n".join(lines))


def _held(found: "Designation", at: datetime, known_at: datetime) -> str:
    fact = "In force" if found.holds(at) else "Not in force"
    return f"{fact} at {format_instant(at)}, as known at {format_instant(known_at)}."


def _held_json(found: "Designation", at: datetime, known_at: datetime) -> dict[str, Any]:
    return {"at": format_instant(at), "known_at": format_instant(known_at), "in_force": found.holds(at)}


@premises.command()
@ID
@MISSION
@click.option("--kind", type=click.Choice([kind.value for kind in FlagKind]), required=True, help="What looks wrong.")
@click.option("--note", type=TEXT, help="For officers only.")
@signed
def flag(door: Door, designation_id: str, mission: str | None, kind: str, note: str | None) -> None:
    """Say that an entry of the current list looks wrong; it stays listed until somebody decides."""
    from geo_offlimits.services import flags

    with door.acting() as act:
        code = door.mission(act, mission)
        made = flags.raise_flag(act, door.wiring.shelf, code, designation_id, kind=FlagKind(kind), note=note)
    door.say(_flag_json(made), f"{made.flag_id}: {made.designation_id} is flagged as {made.kind}.")


@premises.command()
@click.argument("flag_id")
@click.option("--resolution", type=TEXT, required=True, help="What was done; kept in the register.")
@signed
def settle(door: Door, flag_id: str, resolution: str) -> None:
    """Say what was done about a flag."""
    from geo_offlimits.services import flags

    with door.acting() as act:
        made = flags.settle(act, flag_id, resolution)
    door.say(_flag_json(made), f"{made.flag_id} on {made.designation_id} is settled.")


def _flag_json(made: "Flag") -> dict[str, Any]:
    return {
        "flag_id": made.flag_id,
        "id": made.designation_id,
        "kind": made.kind,
        "note": made.note,
        "edition": made.edition,
        "resolution": made.resolution,
    }


@premises.command()
@MISSION
@signed
def due(door: Door, mission: str | None) -> None:
    """What waits for a decision, a second signature or a review."""
    from geo_offlimits.services import flags, register

    with door.reading() as act:
        code = door.mission(act, mission)
        waiting, flagged = register.worklist(act, code), flags.open_flags(act, code)
    told = [f"  {one.flag_id}  {one.designation_id}  {one.kind}  {one.note or ''}".rstrip() for one in flagged]
    document = {**waiting.as_json(), "flags": [_flag_json(one) for one in flagged]}
    door.say(document, "\n".join([waiting.as_text(), *told]))
