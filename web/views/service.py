"""`/campaigns/<code>/people`: who has come and is to be briefed, and who is away."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from geo_offlimits.delivery import catalogue
from geo_offlimits.domain.people import Action
from geo_offlimits.formats.conduct import conduct
from geo_offlimits.services import inductions
from geo_offlimits.services import leave as leave_service
from web import bodies, door, language, rendering
from web.policy import needs

service_pages = Blueprint("service_pages", __name__, url_prefix="/campaigns")


@service_pages.get("/<code>/people")
@needs(Action.ENTER_ACKNOWLEDGEMENT)
def page(code: str) -> str:
    return render_template(
        "campaigns/people.html",
        code=code,
        awaiting=inductions.awaiting(door.act(), code),
        conduct=conduct(language.gettext),
        spoken=catalogue.languages(),
    )


@service_pages.post("/<code>/induction")
@needs(Action.ENTER_ACKNOWLEDGEMENT, writes=True, again="service_pages.page")
def induction(code: str) -> AnyResponse:
    form = request.form
    inductions.record_induction(
        door.act(),
        code,
        bodies.text(form, "person", required=True) or "",
        day=bodies.day(form, "date"),
        language=form.get("language", ""),
        briefed_by=bodies.text(form, "briefed_by"),
    )
    return rendering.go_to(url_for(".page", code=code), "induction_recorded")


@service_pages.post("/<code>/leave")
@needs(Action.ENTER_ACKNOWLEDGEMENT, writes=True, again="service_pages.page")
def leave(code: str) -> AnyResponse:
    form = request.form
    reference = bodies.text(form, "away", required=True) or ""
    inductions.colleague(door.act(), code, reference)
    if "back" in form:
        leave_service.take_back(door.act(), reference)
    else:
        leave_service.enter(door.act(), reference, bodies.day(form, "from"), bodies.day(form, "to"))
    return rendering.go_to(url_for(".page", code=code), "leave_entered")
