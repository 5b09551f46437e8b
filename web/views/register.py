"""`/register/…`: officers propose, heads decide. Each step is a POST; who may take it is declared beside it."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from geo_offlimits.lookup.coordinates import notations
from shapely.geometry.base import BaseGeometry
from werkzeug.wrappers import Response

from geo_offlimits.domain.designation import (
    IN_FORCE_STATES,
    OTHER_PERSON,
    TRANSITIONS,
    Basis,
    Designation,
    Restriction,
    State,
    StepKind,
)
from geo_offlimits.domain.people import Action, PersonnelCategory
from geo_offlimits.domain.position import Position
from geo_offlimits.domain.premises import Name, NameKind, SubjectKind, VenueKind
from geo_offlimits.errors import AbsentError
from geo_offlimits.services import missions
from geo_offlimits.services import register as service
from geo_offlimits.services.register import HistoryItem
from web import door, frame, proposals, rendering, vocabulary
from web.policy import needs

register = Blueprint("register", __name__, url_prefix="/register")
_FORM_KB = 1024  # an outline with many corners


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One step on a designation as a button of its page. `message` is its kind, told after it was taken."""

    path: str
    kind: StepKind
    action: Action
    decide: Callable[..., Designation]
    reason_needed: bool = False

    @property
    def endpoint(self) -> str:
        return self.path.replace("-", "_")


DECISIONS = (
    Decision(path="designate", kind=StepKind.DESIGNATED, action=Action.DECIDE, decide=service.designate),
    Decision(path="confirm", kind=StepKind.CONFIRMED, action=Action.DECIDE, decide=service.confirm),
    Decision(path="reject", kind=StepKind.REJECTED, action=Action.DECIDE, decide=service.reject, reason_needed=True),
    Decision(path="withdraw", kind=StepKind.WITHDRAWN, action=Action.PROPOSE, decide=service.withdraw),
    Decision(
        path="propose-lift",
        kind=StepKind.LIFT_PROPOSED,
        action=Action.PROPOSE,
        decide=service.propose_lift,
        reason_needed=True,
    ),
    Decision(
        path="refuse-lift",
        kind=StepKind.LIFT_REFUSED,
        action=Action.DECIDE,
        decide=service.refuse_lift,
        reason_needed=True,
    ),
    Decision(path="lift", kind=StepKind.LIFTED, action=Action.DECIDE, decide=service.lift, reason_needed=True),
)


@register.get("/")
@needs(Action.READ_REGISTER)
def start() -> Response:
    return redirect(url_for(".worklist", code=door.code()), 303)


@register.get("/<code>/")
@needs(Action.READ_REGISTER)
def worklist(code: str) -> str:
    return render_template("register/worklist.html", code=code, worklist=service.worklist(door.act(), code))


@register.get("/<code>/in-force")
@needs(Action.READ_REGISTER)
def in_force(code: str) -> str:
    return render_template("register/in_force.html", code=code, designations=service.in_force(door.act(), code))


@register.get("/<code>/propose")
@needs(Action.PROPOSE)
def proposal_form(code: str) -> str:
    mission = missions.mission(door.act(), code)
    edition_url = url_for("api.edition", code=code, number="current")
    parts = frame.parts(mission, edition_url, officer=True)
    return render_template(
        "register/propose.html",
        code=code,
        parts=parts,
        map_script=url_for("lookup.script", mission=code, v=frame.fingerprint(parts.script)),
        sent=request.form,
        subjects=tuple(SubjectKind),
        venues=tuple(VenueKind),
        categories=tuple(PersonnelCategory),
        restrictions=tuple(Restriction),
        bases=tuple(Basis),
        timezone=mission.timezone,
    )


@register.post("/<code>/propose")
@needs(Action.PROPOSE, writes=True, body_kb=_FORM_KB, again="register.proposal_form")
def propose(code: str) -> Response:
    """Proposed, or with `alone` put in force by a head's one signature; the service asks who may."""
    mission = missions.mission(door.act(), code)
    subject, terms = proposals.subject_and_terms(proposals.from_form(request.form, mission.timezone))
    alone = request.form.get("do") == "add_alone"
    step = service.add_alone if alone else service.propose
    made = step(door.act(), code, subject, terms, reason=request.form.get("reason") or None)
    address = url_for(".designation", code=code, designation_id=made.designation_id)
    return rendering.go_to(address, "added_alone" if alone else "proposed")


@register.get("/<code>/<designation_id>")
@needs(Action.READ_REGISTER)
def designation(code: str, designation_id: str) -> str:
    found = _of_mission(code, designation_id)
    history = service.history(door.act(), designation_id)
    return render_template(
        "register/designation.html",
        code=code,
        designation=found,
        history=history,
        names=_names(history),
        notations=_notations(found.subject.geometry),
        decisions=[one for one in DECISIONS if _possible(found, one)],
        decision_words=vocabulary.DECISIONS,
        may_rename=found.state in (*IN_FORCE_STATES, State.PROPOSED),
    )


@register.post("/<code>/<designation_id>/rename")
@needs(Action.PROPOSE, writes=True, again="register.designation")
def rename(code: str, designation_id: str) -> Response:
    _of_mission(code, designation_id)
    form = request.form
    kind = NameKind(form.get("kind", NameKind.SIGN)) if form.get("kind") in tuple(NameKind) else NameKind.SIGN
    name = Name(text=form.get("name", "").strip(), lang=form.get("lang", "").strip() or None, kind=kind)
    service.rename(door.act(), designation_id, name)
    return rendering.go_to(url_for(".designation", code=code, designation_id=designation_id), "renamed")


def _of_mission(code: str, designation_id: str) -> Designation:
    found = service.show(door.act(), designation_id)
    if found.mission != code:
        raise AbsentError(f"{designation_id} is not of {code}; open it under its own mission.")
    return found


def _possible(found: Designation, decision: Decision) -> bool:
    """Whether this person could take the step now: the state allows it, and it does not need another person."""
    visit = door.visit()
    actor = visit.actor
    if actor is None or not actor.may(decision.action, found.mission, visit.now):
        return False
    if decision.kind is StepKind.WITHDRAWN and found.steps[0].person_id != actor.person.person_id:
        return False
    earlier = found.last(OTHER_PERSON.get(decision.kind, frozenset()))
    own = earlier is not None and earlier.person_id == actor.person.person_id
    return (found.state, decision.kind) in TRANSITIONS and not own


def _names(history: tuple[HistoryItem, ...]) -> dict[str, str]:
    """The names of those who took the steps, by person id."""
    ids = {item.step.person_id for item in history if item.step}
    people = door.act().tx.people
    return {person_id: person.name for person_id in ids if (person := people.by_id(person_id))}


def _notations(geometry: BaseGeometry | None) -> dict[str, str]:
    if geometry is None:
        return {}
    middle = geometry.representative_point()
    return notations(Position(lat=middle.y, lon=middle.x))


def _add_route(decision: Decision) -> None:
    @needs(decision.action, writes=True, again="register.designation")
    def take(code: str, designation_id: str) -> Response:
        _of_mission(code, designation_id)
        reason = request.form.get("reason", "").strip() or None
        decision.decide(door.act(), designation_id, reason=reason)
        address = url_for(".designation", code=code, designation_id=designation_id)
        return rendering.go_to(address, decision.kind.value)

    register.add_url_rule(f"/<code>/<designation_id>/{decision.path}", decision.endpoint, take, methods=["POST"])


for _decision in DECISIONS:
    _add_route(_decision)
