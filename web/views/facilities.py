"""`/register/<code>/facilities`: approved welfare and recreation places; officers read, a head adds and retires."""

from flask import Blueprint, g, render_template, request, url_for
from shapely.geometry import Point
from werkzeug.wrappers import Response

from geo_offlimits.domain.people import Action
from geo_offlimits.services import facilities as service
from geo_offlimits.services.outside import OutsideTerritoryError
from geo_offlimits.services.positions import read_position
from web import bodies, door, rendering
from web.policy import needs

facilities = Blueprint("facilities", __name__, url_prefix="/register")
_PLAIN_FIELDS = ("address", "locality")


@facilities.get("/<code>/facilities")
@needs(Action.READ_REGISTER)
def page(code: str) -> str:
    return render_template(
        "register/facilities.html",
        code=code,
        facilities=service.all_of(door.act(), code),
        sent=request.form,
        outside=isinstance(g.get("refusal"), OutsideTerritoryError) or "confirm_outside" in request.form,
    )


@facilities.post("/<code>/facilities")
@needs(Action.MANAGE_FACILITIES, writes=True, again="facilities.page")
def add(code: str) -> Response:
    form = request.form
    name, kind, written = (bodies.text(form, field, required=True) or "" for field in ("name", "kind", "position"))
    found = read_position(door.act(), code, written)
    facts = {field: bodies.text(form, field) for field in _PLAIN_FIELDS}
    described = service.new(name=name, kind=kind, geometry=Point(found.lon, found.lat), **facts)
    service.add(door.act(), code, described, confirm_outside="confirm_outside" in form)
    return rendering.go_to(url_for(".page", code=code), "facility_added")


@facilities.post("/<code>/facilities/<facility_id>/retire")
@needs(Action.MANAGE_FACILITIES, writes=True)
def retire(code: str, facility_id: str) -> Response:
    service.retire(door.act(), code, facility_id)
    return rendering.go_to(url_for(".page", code=code), "facility_retired")
