"""`/api/v1/missions/{code}/partners` and `…/drift`: what others list, and where it differs from the mission's list.

They only read: what a partner gave is entered and settled by people. No token opens them, because none carries the
right to read the register.
"""

from flask import Blueprint, Response, jsonify, request

from geo_offlimits.domain.people import Action
from geo_offlimits.errors import Sentence
from geo_offlimits.formats import partner_list
from geo_offlimits.services import drift, partners
from web import door, filters
from web.answers import edition_number
from web.bodies import refused
from web.policy import needs

partners_api = Blueprint("partners_api", __name__, url_prefix="/api/v1/missions")
_OF_DRIFT = ("with", "within_m", "edition")


@partners_api.get("/<code>/partners")
@needs(Action.READ_REGISTER)
def lists(code: str) -> Response:
    return jsonify([one.as_json() for one in partners.all_of(door.act(), code)])


@partners_api.get("/<code>/partners/<edition_id>")
@needs(Action.READ_REGISTER, costly=True)
def one(code: str, edition_id: str) -> Response:
    return jsonify(partner_list.told(partners.of_mission(door.act(), code, edition_id)))


@partners_api.get("/<code>/drift")
@needs(Action.READ_REGISTER, costly=True)
def compared(code: str) -> Response:
    """The mission's edition beside the list named by `with`; the page of the same name shows this."""
    asked = filters.once(request.args, _OF_DRIFT)
    if "with" not in asked:
        raise refused("with", Sentence("missing"), Sentence("fill it in"))
    found = drift.compare(
        door.act(),
        door.wiring().shelf,
        code,
        asked["with"],
        number=edition_number(asked.get("edition", "current")),
        within_m=filters.limit_m(asked.get("within_m", "")),
    )
    return jsonify(found.as_json())
