"""`premises`: propose, decide, lift, rename, look.

Two persons sign: `propose` then `designate`; `add-alone` then `confirm`; `propose-lift` then `lift`.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from geo_offlimits.cli import letters
from geo_offlimits.cli.door import Door, signed
from geo_offlimits.cli.parameters import MISSION, MOMENT, TEXT
from geo_offlimits.cli.proposal import described, proposal
from geo_offlimits.domain.decisions import DECISIONS, Decision
from geo_offlimits.domain.designation import StepKind
from geo_offlimits.domain.flags import FlagKind
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.domain.premises import Name, NameKind

if TYPE_CHECKING:
    from geo_offlimits.domain.designation import Designation
    from geo_offlimits.domain.flags import Flag

ID = click.argument("designation_id", metavar="ID")
KNOWN_AT = click.option("--known-at", type=MOMENT, help="As it was known then.  [default: now]")


@click.group()
def premises() -> None:
    """The register: what is proposed, in force and lifted."""


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
    from geo_offlimits.services import missions
    from geo_offlimits.services.positions import territory_of

    with door.reading() as act:
        code = door.mission(act, mission)
        territory = territory_of(act, code)
    subject, terms = described(facts, territory)
    with door.acting() as act:
        valid = missions.days(act, code, facts["valid_from"], facts["valid_to"])
        published = missions.days(act, code, facts["not_before"], None)
        terms = replace(terms, valid=valid, not_before=published.start)
        made = step(act, code, subject, terms, reason, confirm_outside=facts["confirm_outside"])
    _say(door, made, act.now)


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
    @signed
    def decide(door: Door, designation_id: str, reason: str | None) -> None:
        from geo_offlimits.services import register

        with door.acting() as act:
            made = register.decide(act, designation_id, decision.kind, reason)
        _say(door, made, act.now)


for _decision in DECISIONS:
    _add_command(_decision)


@premises.command()
@ID
@click.option("--review-by", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Day of the next review.")
@click.option("--reason", type=TEXT, required=True, help="Kept in the register.")
@signed
def review(door: Door, designation_id: str, review_by: datetime, reason: str) -> None:
    """Look at a listing again and keep it until the next review."""
    from geo_offlimits.services import register

    with door.acting() as act:
        made = register.review(act, designation_id, review_by.date(), reason)
    _say(door, made, act.now)


@premises.command()
@ID
@click.argument("name", type=TEXT)
@click.option("--lang", help="BCP 47 tag, such as sr-Cyrl.")
@signed
def rename(door: Door, designation_id: str, name: str, lang: str | None) -> None:
    """Give premises a new name; the listing stays and the old name stays searchable."""
    from geo_offlimits.services import register

    with door.acting() as act:
        made = register.rename(act, designation_id, Name(text=name, lang=lang, kind=NameKind.SIGN))
    _say(door, made, act.now)


@premises.command()
@ID
@KNOWN_AT
@signed
def show(door: Door, designation_id: str, known_at: datetime | None) -> None:
    """One designation with its steps."""
    from geo_offlimits.services import register

    with door.reading() as act:
        found = register.show(act, designation_id, known_at)
    _say(door, found, known_at or act.now)


@premises.command()
@ID
@click.option("--at", type=MOMENT, help="Say first whether it was in force at this time.")
@KNOWN_AT
@signed
def history(door: Door, designation_id: str, at: datetime | None, known_at: datetime | None) -> None:
    """Everything recorded on one listing, oldest first: decisions, and each description with its date."""
    from geo_offlimits.services import register

    with door.reading() as act:
        found = register.show(act, designation_id, known_at)
        items = [
            item for item in register.history(act, designation_id) if known_at is None or item.recorded_at <= known_at
        ]
    rows = [
        {
            "recorded_at": format_instant(item.recorded_at),
            "what": item.step.kind if item.step else "described",
            "text": item.text,
            "person": item.person,
            "reason": item.reason,
        }
        for item in items
    ]
    lines = [
        "  ".join(str(word) for word in (row["recorded_at"], row["text"], row["person"], row["reason"]) if word)
        for row in rows
    ]
    seen_at = known_at or act.now
    if at:
        lines.insert(0, _held(found, at, seen_at))
    held = _held_json(found, at, seen_at) if at else {}
    document = {"id": found.designation_id, **held, **_standing(found, seen_at), "history": rows}
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


def _standing(found: "Designation", at: datetime) -> dict[str, str | None]:
    begins_at, ended_at = found.begins_at(at), found.ended_at(at)
    return {
        "state": found.state,
        "begins_at": format_instant(begins_at) if begins_at else None,
        "ended_at": format_instant(ended_at) if ended_at else None,
    }


def _say(door: Door, found: "Designation", at: datetime) -> None:
    from geo_offlimits.formats.words import standing

    steps = [
        {"kind": step.kind, "at": format_instant(step.recorded_at), "person": step.person_id, "reason": step.reason}
        for step in found.steps
    ]
    document = {
        "id": found.designation_id,
        **_standing(found, at),
        "name": found.subject.label,
        "locality": found.subject.locality,
        "restriction": found.terms.restriction,
        "steps": steps,
    }
    lines = [f"{found.designation_id}  {found.subject.label}: {standing(found, at, format_instant)}"]
    lines += [f"  {step['at']}  {step['kind']}{'  ' + str(step['reason']) if step['reason'] else ''}" for step in steps]
    door.say(document, "\n".join(lines))
