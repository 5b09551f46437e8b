"""Renames, moves, corrections and operators on the register's pages."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, g, render_template, request, url_for
from werkzeug.wrappers import Response

from geo_offlimits.domain.changes import ChangeKind
from geo_offlimits.domain.designation import Designation
from geo_offlimits.domain.people import Action
from geo_offlimits.domain.premises import Name, NameKind, Subject, VenueKind
from geo_offlimits.services import changes as service
from geo_offlimits.services import history, missions, operators, register
from geo_offlimits.services.outside import OutsideTerritoryError
from web import bodies, door, frame, proposals, reading, rendering
from web.policy import needs

changes = Blueprint("changes", __name__, url_prefix="/register/<code>/<designation_id>")
_FORM_KB = 1024  # an outline with many corners


@changes.post("/rename")
@needs(Action.PROPOSE, writes=True, again="register.designation")
def rename(code: str, designation_id: str) -> Response:
    register.of_mission(door.act(), code, designation_id)
    form = request.form
    kind = NameKind(form.get("kind", NameKind.SIGN)) if form.get("kind") in tuple(NameKind) else NameKind.SIGN
    name = Name(text=form.get("name", "").strip(), lang=form.get("lang", "").strip() or None, kind=kind)
    service.rename(door.act(), designation_id, name)
    return _back(code, designation_id, "renamed")


@changes.get("/change")
@needs(Action.PROPOSE)
def form(code: str, designation_id: str) -> str:
    """The description as it stands, to be set right."""
    found = register.of_mission(door.act(), code, designation_id)
    mission = missions.mission(door.act(), code)
    parts = frame.parts(mission, url_for("api.edition", code=code, number="current"), officer=True)
    geometry = found.subject.geometry
    return render_template(
        "register/change.html",
        code=code,
        designation=found,
        middle=None if geometry is None else geometry.representative_point(),
        parts=parts,
        map_script=url_for("lookup.script", mission=code, v=frame.fingerprint(parts.script)),
        venues=tuple(VenueKind),
        version=history.version(door.act(), designation_id),
        sent=request.form,
        outside=isinstance(g.get("refusal"), OutsideTerritoryError) or "confirm_outside" in request.form,
    )


@changes.post("/change")
@needs(Action.PROPOSE, writes=True, body_kb=_FORM_KB, again="changes.form")
def propose(code: str, designation_id: str) -> Response:
    found = reading.looked_at(code, designation_id)
    described = proposals.described_anew(code, request.form, found.subject)
    service.propose(
        door.act(),
        designation_id,
        _kind(found.subject, described),
        lambda _: described,
        request.form.get("reason"),
        confirm_outside="confirm_outside" in request.form,
    )
    return _back(code, designation_id, "change_proposed")


def _kind(before: Subject, after: Subject) -> ChangeKind:
    """A move touches the place alone."""
    moved = replace(before, **{field: getattr(after, field) for field in _OF_A_PLACE})
    return ChangeKind.MOVED if moved == after else ChangeKind.CORRECTED


_OF_A_PLACE = ("geometry", "uncertainty_m", "address", "locality", "part")


@changes.post("/operator")
@needs(Action.PROPOSE, writes=True, again="register.designation")
def operator(code: str, designation_id: str) -> Response:
    register.of_mission(door.act(), code, designation_id)
    since = bodies.day(request.form, "since")
    operators.record(door.act(), designation_id, request.form.get("operator", ""), since)
    return _back(code, designation_id, "operator_recorded")


def _back(code: str, designation_id: str, message: str) -> Response:
    return rendering.go_to(url_for("register.designation", code=code, designation_id=designation_id), message)


def _decision(verb: str, action: Action, decide: Callable[[Any, str, str | None], Designation], message: str) -> None:
    @needs(action, writes=True, again="register.designation")
    def view(code: str, designation_id: str) -> Response:
        reading.looked_at(code, designation_id)
        decide(door.act(), designation_id, request.form.get("reason", "").strip() or None)
        return _back(code, designation_id, message)

    changes.add_url_rule(f"/{verb}", verb.replace("-", "_"), view, methods=["POST"])


_decision("make-change", Action.DECIDE, service.make, "change_made")
_decision("refuse-change", Action.DECIDE, service.refuse, "change_refused")
_decision("withdraw-change", Action.PROPOSE, service.withdraw, "change_withdrawn")
