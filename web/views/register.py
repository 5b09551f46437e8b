"""`/register/…`: officers propose, heads decide. Each step is a POST; who may take it is declared beside it."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from shapely.geometry.base import BaseGeometry
from werkzeug.wrappers import Response

from geo_offlimits.domain.changes import Change
from geo_offlimits.domain.designation import PROPOSED_STATES, Basis, Designation, Restriction, State, Terms
from geo_offlimits.domain.people import Action, PersonnelCategory, Restricted
from geo_offlimits.domain.position import Position
from geo_offlimits.domain.premises import Subject, SubjectKind, VenueKind
from geo_offlimits.errors import Sentence
from geo_offlimits.lookup.coordinates import notations
from geo_offlimits.services import attachments, batch, changes, letters, missions, operators, partners
from geo_offlimits.services import flags as flag_service
from geo_offlimits.services import history as history_service
from geo_offlimits.services import register as service
from geo_offlimits.services.attachments import Listed
from geo_offlimits.services.notice import notice_of
from geo_offlimits.services.outside import OutsideTerritoryError
from geo_offlimits.services.register import Decision
from web import bodies, door, frame, paging, proposals, reading, rendering, vocabulary
from web.policy import needs

register = Blueprint("register", __name__, url_prefix="/register")
_FORM_KB = 1024  # an outline with many corners


@register.get("/")
@needs(Action.READ_REGISTER)
def start() -> Response:
    return redirect(url_for(".worklist", code=door.code()), 303)


@register.get("/<code>/")
@needs(Action.READ_REGISTER)
def worklist(code: str) -> str:
    waiting = service.worklist(door.act(), code)
    return render_template(
        "register/worklist.html",
        code=code,
        worklist=waiting,
        ticks=batch.open_to(door.act(), waiting),
        waits_for=batch.WAITS_FOR,
        most=paging.A_PAGE,
        decision_words=vocabulary.DECISIONS,
        partner_lists=partners.waiting(door.act(), code),
    )


@register.get("/<code>/in-force")
@needs(Action.READ_REGISTER)
def in_force(code: str) -> str:
    """What was in force at one time, as it was known at another; both now unless asked otherwise."""
    timezone = missions.mission(door.act(), code).timezone
    at, known_at = (bodies.wall_time(request.args, field, timezone) for field in ("at", "known_at"))
    known = service.all_of(door.act(), code, known_at)
    moment = at or door.act().now
    held = [one for one in known if one.holds(moment)]
    later = [one for one in known if one.begins_at(moment)]
    open_or_done = {one.designation_id for one in (*held, *later)}
    over = [one for one in known if one.designation_id not in open_or_done and one.state not in PROPOSED_STATES]
    groups, page, pages = paging.paged(held, later, over)
    return render_template(
        "register/in_force.html",
        code=code,
        groups=groups,
        totals=(len(held), len(later), len(over)),
        page=page,
        pages=pages,
        asked=bool(at or known_at),
        timezone=timezone,
    )


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
        outside=isinstance(g.get("refusal"), OutsideTerritoryError) or "confirm_outside" in request.form,
        alike=getattr(g.get("refusal"), "alike", ()),
        states=tuple(State),
        latest=_latest_terms(code),
    )


def _latest_terms(code: str) -> Terms | None:
    """Authority and directive of a proposal are most often those of the one before."""
    known = service.all_of(door.act(), code)
    return max(known, key=lambda one: one.steps[0].recorded_at).terms if known else None


def _proposal() -> tuple[Subject, Terms]:
    with door.looking() as act:
        timezone = missions.mission(act, door.code()).timezone
        return proposals.ready(door.code(), proposals.from_form(request.form, timezone))


@register.post("/<code>/propose")
@needs(Action.PROPOSE, writes=True, body_kb=_FORM_KB, again="register.proposal_form", first=_proposal)
def propose(code: str) -> Response:
    """Proposed, or with `alone` put in force by a head's one signature; the service asks who may."""
    subject, terms = door.visit().found
    alone = request.form.get("do") == "add_alone"
    step = service.add_alone if alone else service.propose
    reason = request.form.get("reason") or None
    confirmed = {name: name in request.form for name in ("confirm_outside", "confirm_alike")}
    made = step(door.act(), code, subject, terms, reason, **confirmed)
    address = url_for(".designation", code=code, designation_id=made.designation_id)
    return rendering.go_to(address, _message("added_alone" if alone else "proposed", made))


@register.get("/<code>/<designation_id>")
@needs(Action.READ_REGISTER)
def designation(code: str, designation_id: str) -> str:
    found, mission = service.of_mission(door.act(), code, designation_id), missions.mission(door.act(), code)
    possible = service.possible(door.act(), found)
    change = changes.waiting_on(door.act(), designation_id)
    decisions = [(one, _endpoint(one)) for one in service.DECISIONS if one.kind in possible]
    others = [pair for pair in decisions if pair[0].kind in vocabulary.OTHER_STEPS]
    return render_template(
        "register/designation.html",
        code=code,
        designation=found,
        history=history_service.history(door.act(), designation_id),
        version=history_service.version(door.act(), designation_id),
        **_waiting(found, change),
        operators=operators.of(door.act(), designation_id),
        notations=_notations(found.subject.geometry),
        decisions=[pair for pair in decisions if pair not in others],
        others=others,
        flags=flag_service.on(door.act(), code, designation_id),
        attached=attachments.count(door.act(), found),
        attachments=_attachments(found),
        sent_other=request.endpoint in {f"register.{endpoint}" for _, endpoint in others},
        decision_words=vocabulary.DECISIONS,
        notice=notice_of(found, mission, door.act().now),
        papers=letters.offered(found, door.act().now),
        has_petition_address=bool(mission.petition_address),
        stands=found.state in service.STANDING,
    )


def _waiting(found: Designation, change: Change | None) -> dict[str, Any]:
    """What `register/_change.html` shows of a change that waits, every field of it."""
    if change is None:
        return {"change": None}
    return {
        "change": change,
        "change_steps": changes.possible(door.act(), found, change),
        "changed_fields": changes.differing(found.subject, change.described),
        "outside": changes.leads_outside(door.act(), change),
        "shift_m": changes.shift_m(found.subject, change.described),
        "changed": vocabulary.changed,
        "corners": changes.corners,
        "middle": history_service.middle,
    }


def _attachments(found: Designation) -> tuple[Listed, ...]:
    may_read = door.act().may_see(Restricted.ATTACHMENT, found.mission)
    return attachments.all_of(door.act(), found.designation_id) if may_read else ()


@register.post("/<code>/<designation_id>/review")
@needs(Action.DECIDE, writes=True, again="register.designation")
def review(code: str, designation_id: str) -> Response:
    reading.looked_at(code, designation_id)
    form = request.form
    review_by = bodies.day(form, "review_by")
    if review_by is None:
        raise bodies.refused("review_by", Sentence("missing"), Sentence("fill it in"))
    service.review(door.act(), designation_id, review_by, form.get("reason"))
    return rendering.go_to(url_for(".designation", code=code, designation_id=designation_id), "reviewed")


def _message(step: str, made: Designation) -> str:
    """The key of what is said after a step; of what begins later it is not said that it is in force."""
    later = f"{step}_later"
    return later if later in vocabulary.MESSAGES and made.begins_at(door.act().now) else step


def _notations(geometry: BaseGeometry | None) -> dict[str, str]:
    if geometry is None:
        return {}
    middle = geometry.representative_point()
    return notations(Position(lat=middle.y, lon=middle.x))


def _endpoint(decision: Decision) -> str:
    return decision.verb.replace("-", "_")


def _add_route(decision: Decision) -> None:
    @needs(decision.action, writes=True, again="register.designation")
    def take(code: str, designation_id: str) -> Response:
        reading.looked_at(code, designation_id)
        reason = request.form.get("reason", "").strip() or None
        made = service.decide(door.act(), designation_id, decision.kind, reason)
        address = url_for(".designation", code=code, designation_id=designation_id)
        return rendering.go_to(address, _message(decision.kind.value, made))

    register.add_url_rule(f"/<code>/<designation_id>/{decision.verb}", _endpoint(decision), take, methods=["POST"])


for _decision in service.DECISIONS:
    _add_route(_decision)
