"""`premises`: propose, decide, lift, rename, look."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from geo_offlimits.cli.door import Door, answering
from geo_offlimits.cli.parameters import MISSION, MOMENT
from geo_offlimits.domain.designation import Basis, Designation, Restriction, Terms
from geo_offlimits.domain.instants import Period, format_instant
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.position import Position
from geo_offlimits.domain.premises import Name, NameKind, Part, Subject, SubjectKind, VenueKind
from geo_offlimits.errors import InputError


@click.group()
def premises() -> None:
    """The register: what is proposed, in force and lifted."""


def proposal(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that describe a subject and the terms put on it."""
    options = [
        click.option("--name", "names", multiple=True, help="What the sign says; may be given several times."),
        click.option("--position", help="In any notation; leave out when the place is not known."),
        click.option("--uncertainty-m", type=float, help="95 % uncertainty of the position."),
        click.option(
            "--outline", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="GeoJSON polygon."
        ),
        click.option("--subject", type=click.Choice([k.value for k in SubjectKind]), default="premises"),
        click.option("--category", type=click.Choice([v.value for v in VenueKind])),
        click.option("--address"),
        click.option("--locality"),
        click.option("--floor", help="Only this floor of the building is meant."),
        click.option("--entrance", help="Only what this entrance leads to is meant."),
        click.option("--restriction", type=click.Choice([r.value for r in Restriction]), default="off_limits"),
        click.option("--basis", type=click.Choice([b.value for b in Basis]), required=True),
        click.option("--authority", required=True, help="Who decides, such as 'Head of Mission'."),
        click.option("--directive", required=True, help="Reference of the directive."),
        click.option("--applies-to", multiple=True, type=click.Choice([c.value for c in PersonnelCategory])),
        click.option("--valid-from", type=MOMENT),
        click.option("--valid-to", type=MOMENT),
        click.option("--note", help="Restricted: never leaves the register."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@premises.command()
@MISSION
@proposal
@answering
def propose(door: Door, mission: str | None, **facts: Any) -> None:
    """Propose a listing; another person designates it."""
    from geo_offlimits.services import register

    subject, terms = described(facts)
    with door.acting() as act:
        made = register.propose(act, _mission(door, mission), subject, terms)
    _say(door, made)


@premises.command("add-alone")
@MISSION
@proposal
@answering
def add_alone(door: Door, mission: str | None, **facts: Any) -> None:
    """As head of mission, put it off limits at once; a second person confirms within 14 days."""
    from geo_offlimits.services import register

    subject, terms = described(facts)
    with door.acting() as act:
        made = register.add_alone(act, _mission(door, mission), subject, terms)
    _say(door, made)


def described(facts: dict[str, Any]) -> tuple[Subject, Terms]:
    """The subject and terms that the options of `proposal` describe."""
    position = _position(facts)
    geometry = _outline(facts["outline"]) if facts["outline"] else None
    if position:
        from shapely import Point

        geometry = Point(position.lon, position.lat)
    part = Part(floor=facts["floor"], entrance=facts["entrance"]) if facts["floor"] or facts["entrance"] else None
    subject = Subject(
        kind=SubjectKind(facts["subject"]),
        names=tuple(Name(text=text, kind=NameKind.SIGN) for text in facts["names"]),
        category=VenueKind(facts["category"]) if facts["category"] else None,
        geometry=geometry,
        uncertainty_m=position.uncertainty_m if position else facts["uncertainty_m"],
        address=facts["address"],
        locality=facts["locality"],
        part=part,
    )
    terms = Terms(
        restriction=Restriction(facts["restriction"]),
        basis=Basis(facts["basis"]),
        authority=facts["authority"],
        directive=facts["directive"],
        valid=Period(start=facts["valid_from"], end=facts["valid_to"]),
        applies_to=tuple(PersonnelCategory(word) for word in facts["applies_to"]),
        note=facts["note"],
    )
    return subject, terms


def _position(facts: dict[str, Any]) -> Position | None:
    from geo_offlimits.lookup.coordinates import parse_position

    if facts["position"] and facts["outline"]:
        raise click.UsageError("Give --position or --outline, not both.")
    if not facts["position"]:
        return None
    return parse_position(facts["position"], uncertainty_m=facts["uncertainty_m"])


def _outline(file: Path) -> Any:
    from shapely.errors import GEOSException
    from shapely.geometry import shape

    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        outline = shape(document.get("geometry", document))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, GEOSException) as fault:
        raise InputError(
            f"{file} is not a GeoJSON polygon: {fault}. Draw one polygon and save it as GeoJSON."
        ) from None
    if not outline.is_valid:
        raise InputError(f"The polygon in {file} crosses itself; draw it again.")
    return outline


def _decision(name: str, words: str, *, reason_needed: bool = False) -> None:
    """Add the command of one decision: each is the same step with another service."""

    @premises.command(name, help=words)
    @click.argument("designation_id", metavar="ID")
    @click.option("--reason", required=reason_needed, help="Kept in the register.")
    @answering
    def decide(door: Door, designation_id: str, reason: str | None) -> None:
        from geo_offlimits.services import register

        service = getattr(register, name.replace("-", "_"))
        with door.acting() as act:
            made = service(act, designation_id, reason=reason)
        _say(door, made)


_decision("designate", "Put a proposal in force; not by who proposed it.")
_decision("confirm", "Sign as the second person what a head added alone.")
_decision("reject", "Turn a proposal down.", reason_needed=True)
_decision("withdraw", "Take a proposal back.")
_decision("propose-lift", "Propose that a listing end.", reason_needed=True)
_decision("refuse-lift", "Keep a listing whose lift was proposed.", reason_needed=True)
_decision("lift", "End a listing whose lift another person proposed.", reason_needed=True)


@premises.command()
@click.argument("designation_id", metavar="ID")
@click.argument("name")
@click.option("--lang", help="BCP 47 tag, such as sr-Cyrl.")
@answering
def rename(door: Door, designation_id: str, name: str, lang: str | None) -> None:
    """Give premises a new name; the listing stays and the old name stays searchable."""
    from geo_offlimits.services import register

    with door.acting() as act:
        made = register.rename(act, designation_id, Name(text=name, lang=lang, kind=NameKind.SIGN))
    _say(door, made)


@premises.command()
@click.argument("designation_id", metavar="ID")
@answering
def show(door: Door, designation_id: str) -> None:
    """One designation with its steps."""
    from geo_offlimits.services import register

    with door.reading() as act:
        found = register.show(act, designation_id)
    _say(door, found)


@premises.command()
@MISSION
@answering
def due(door: Door, mission: str | None) -> None:
    """What waits for a decision or a second signature."""
    from geo_offlimits.services import register

    with door.reading() as act:
        waiting = register.worklist(act, _mission(door, mission))
    door.say(waiting.as_json(), waiting.as_text)


def _mission(door: Door, mission: str | None) -> str:
    from geo_offlimits.services.lookup import mission_asked

    with door.wiring.reading() as act:
        return mission_asked(act, mission or door.settings.mission)


def _say(door: Door, found: Designation) -> None:
    steps = [
        {"kind": step.kind, "at": format_instant(step.recorded_at), "person": step.person_id, "reason": step.reason}
        for step in found.steps
    ]
    document = {
        "id": found.designation_id,
        "state": found.state,
        "name": found.subject.label,
        "locality": found.subject.locality,
        "restriction": found.terms.restriction,
        "steps": steps,
    }
    lines = [f"{found.designation_id}  {found.subject.label}: {found.state.replace('_', ' ')}"]
    lines += [f"  {step['at']}  {step['kind']}{'  ' + str(step['reason']) if step['reason'] else ''}" for step in steps]
    door.say(document, "\n".join(lines))
