"""Flags from the list page, which needs no JavaScript, and their settling on the register's pages."""

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from geo_offlimits.domain.flags import FlagKind
from geo_offlimits.domain.people import Action
from geo_offlimits.services import flags as service
from web import bodies, door, rendering
from web.policy import needs

flags = Blueprint("flags", __name__)


@flags.post("/flag")
@needs(Action.LOOK_UP, writes=True, again="list.page")
def raise_flag() -> Response:
    form = request.form
    kind = bodies.member(form, "kind", FlagKind, required=True) or FlagKind.OTHER
    note = bodies.text(form, "note")
    code = bodies.text(form, "mission") or door.code()
    service.raise_flag(door.act(), door.wiring().shelf, code, form.get("entry_id", ""), kind=kind, note=note)
    return rendering.go_to(url_for("list.page"), "flagged")


@flags.post("/register/<code>/flags/<flag_id>/settle")
@needs(Action.PROPOSE, writes=True)
def settle(code: str, flag_id: str) -> Response:
    settled = service.settle(door.act(), flag_id, request.form.get("resolution", ""))
    return rendering.go_to(url_for("register.designation", code=code, designation_id=settled.designation_id), "settled")
