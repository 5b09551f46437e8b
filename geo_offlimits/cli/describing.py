"""`premises rename|move|correct|operator` and the decision on a change: what is said of a place, set right."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from geo_offlimits.cli.door import Door, signed
from geo_offlimits.cli.listings import ID, SEEN, say
from geo_offlimits.cli.parameters import DAY, TEXT
from geo_offlimits.cli.proposal import place, placed
from geo_offlimits.domain.changes import ChangeKind
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.domain.premises import Name, NameKind, Part, Subject, VenueKind

if TYPE_CHECKING:
    from geo_offlimits.domain.designation import Designation

_CLEARABLE = ("address", "locality", "part", "category")
_REASON = click.option("--reason", type=TEXT, required=True, help="Kept in the register.")


@click.command()
@ID
@click.argument("name", type=TEXT)
@click.option("--lang", help="BCP 47 tag, such as sr-Cyrl.")
@signed
def rename(door: Door, designation_id: str, name: str, lang: str | None) -> None:
    """Give premises a new name; the listing stays and the old name stays searchable."""
    from geo_offlimits.services import changes

    with door.acting() as act:
        made = changes.rename(act, designation_id, Name(text=name, lang=lang, kind=NameKind.SIGN))
    say(door, made, act.now)


@click.command()
@ID
@place
@_REASON
@signed
def move(door: Door, designation_id: str, reason: str, **facts: Any) -> None:
    """Propose another footprint for the same place; a second person makes it so (make-change).

    An establishment that moved house is another place: lift this one and propose that.
    """
    _propose(door, designation_id, ChangeKind.MOVED, reason, facts)


@click.command()
@ID
@click.option("--name", "names", multiple=True, type=TEXT, help="In place of every name; may be given several times.")
@click.option("--category", type=click.Choice([v.value for v in VenueKind]), help="Kind of venue.")
@place
@click.option("--clear", multiple=True, type=click.Choice(_CLEARABLE), help="Not known or wrong; several times.")
@_REASON
@signed
def correct(door: Door, designation_id: str, reason: str, **facts: Any) -> None:
    """Propose to correct what was described wrongly; a second person makes it so (make-change).

    What is not given stays as it is. What was believed before stays in the history.
    """
    _propose(door, designation_id, ChangeKind.CORRECTED, reason, facts)


def _propose(door: Door, designation_id: str, kind: ChangeKind, reason: str, facts: dict[str, Any]) -> None:
    from geo_offlimits.services import changes, register
    from geo_offlimits.services.positions import territory_of

    with door.reading() as act:
        found = register.show(act, designation_id)
        territory = territory_of(act, found.mission)
    told = _told(facts) | placed(facts, territory)
    with door.acting() as act:
        made = changes.propose(
            act,
            designation_id,
            kind,
            lambda subject: _described(subject, told),
            reason,
            confirm_outside=facts["confirm_outside"],
        )
    document = {"id": designation_id, "change_id": made.change_id, "kind": made.kind, "state": made.state}
    door.say(document, f"{designation_id}: {made.change_id} waits for a second person (premises make-change).")


def _told(facts: dict[str, Any]) -> dict[str, Any]:
    """What the options say of the subject; what was not given is left out."""
    told: dict[str, Any] = dict.fromkeys(facts.get("clear", ()))
    told |= {field: facts[field] for field in ("address", "locality") if facts[field]}
    if facts.get("names"):
        told["names"] = tuple(Name(text=text, kind=NameKind.SIGN) for text in facts["names"])
    if facts.get("category"):
        told["category"] = VenueKind(facts["category"])
    if facts["floor"] or facts["entrance"]:
        told["part"] = Part(floor=facts["floor"], entrance=facts["entrance"])
    return told


def _described(subject: Subject, told: dict[str, Any]) -> Subject:
    return replace(subject, **told)


def _decision(verb: str, words: str, *, reason_needed: bool) -> Callable[[Callable[..., Any]], click.Command]:
    def made(decide: Callable[..., "Designation"]) -> click.Command:
        @click.command(verb, help=words)
        @ID
        @click.option("--reason", type=TEXT, required=reason_needed, help="Kept in the register.")
        @SEEN
        @signed
        def command(door: Door, designation_id: str, reason: str | None, seen: str | None) -> None:
            from geo_offlimits.services import history

            with door.acting() as act:
                history.refuse_changed(act, designation_id, seen)
                found = decide(act, designation_id, reason)
            say(door, found, act.now)

        return command

    return made


@_decision("make-change", "As the second person, move or correct as another proposed.", reason_needed=False)
def make_change(*told: Any) -> "Designation":
    from geo_offlimits.services import changes

    return changes.make(*told)


@_decision("refuse-change", "Leave it described as it is.", reason_needed=True)
def refuse_change(*told: Any) -> "Designation":
    from geo_offlimits.services import changes

    return changes.refuse(*told)


@_decision("withdraw-change", "Take your own proposed change back.", reason_needed=False)
def withdraw_change(*told: Any) -> "Designation":
    from geo_offlimits.services import changes

    return changes.withdraw(*told)


@click.command()
@ID
@click.argument("name", type=TEXT)
@click.option("--since", type=DAY, help="First day, in the mission's time zone.  [default: as long as is known]")
@signed
def operator(door: Door, designation_id: str, name: str, since: date | None) -> None:
    """Record who runs the place; restricted. The listing stays, and a new operator calls for a review."""
    from geo_offlimits.services import operators

    with door.acting() as act:
        made = operators.record(act, designation_id, name, since)
    document = {
        "id": designation_id,
        "operator": made.name,
        "since": format_instant(made.since) if made.since else None,
        "review_called_for": made.follows,
    }
    door.say(document, f"{designation_id}: run by {made.name}.")


COMMANDS = (rename, move, correct, make_change, refuse_change, withdraw_change, operator)
