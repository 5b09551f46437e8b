"""`/api/v1`: the same services for programs, with JSON in and out and RFC 9457 problems.

`web.openapi` holds the table of these routes from which the OpenAPI document is made.
"""

from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from geo_offlimits.domain.designation import Terms
from geo_offlimits.domain.flags import FlagKind
from geo_offlimits.domain.people import Action
from geo_offlimits.domain.premises import Subject
from geo_offlimits.domain.tokens import Purpose
from geo_offlimits.lookup.coordinates import is_meant_as_position
from geo_offlimits.services import deltas, duplicates, editions, flags, lookup, missions, receipts, register
from geo_offlimits.services.shelf import DamagedEditionError
from web import bodies, door, language, members, openapi, proposals
from web.answers import (
    ENVELOPE,
    edition_answer,
    edition_number,
    full_edition,
    given,
    held_number,
    kept_by_devices,
)
from web.bodies import Body
from web.policy import needs, signed_in

api = Blueprint("api", __name__, url_prefix="/api/v1")
_CHECK_BODY_KB = 1024
_PROPOSAL_BODY_KB = 1024
_NEARBY = 50


@api.get("/openapi.json")
@signed_in(token=Purpose.SYNC)
def description() -> dict[str, Any]:
    return openapi.document()


@api.get("/missions")
@signed_in(token=Purpose.SYNC)
def all_missions() -> Response:
    return jsonify([openapi.mission_json(mission) for mission in missions.visible(door.act())])


@api.get("/keys")
@signed_in(token=Purpose.SYNC)
def keys() -> Response:
    return jsonify([key.as_json() for key in door.wiring().keyring.public_keys()])


@api.post("/check")
@signed_in(body_kb=_CHECK_BODY_KB, token=Purpose.API)
def check() -> dict[str, Any]:
    """Permission on the mission named in the body is asked by the service. Neither position nor text is kept."""
    body = members.json_body()
    asked, written = bodies.check_request(body), bodies.flag(body, "notations")
    result = lookup.check(door.act(), door.wiring().shelf, asked)
    told = result.as_json(language.gettext, language.current(), written=written)
    if bodies.flag(body, "receipt"):
        made = receipts.of_check(door.act(), asked, result, language.gettext, language.current())
        for answer, one in zip(told["answers"], made, strict=True):
            answer["receipt"] = one.as_json(language.gettext)
    return told


@api.post("/find")
@signed_in(token=Purpose.API)
def find() -> dict[str, Any]:
    body = members.json_body()
    asked = bodies.name_asked(body)
    result = lookup.find(door.act(), door.wiring().shelf, **asked)
    told = result.as_json(language.gettext, language.current()) | {"position": is_meant_as_position(asked["text"])}
    if bodies.flag(body, "receipt"):
        made = receipts.of_find(
            door.act(),
            result,
            asked["text"],
            at=asked["at"],
            personnel=asked["personnel"],
            translate=language.gettext,
            language=language.current(),
        )
        told["receipt"] = made.as_json(language.gettext)
    return told


@api.get("/missions/<code>/editions")
@needs(Action.LOOK_UP, token=Purpose.SYNC)
def all_editions(code: str) -> Response:
    return jsonify([header.as_json() for header in editions.headers(door.act(), code)])


@api.get("/missions/<code>/editions/<number>")
@needs(Action.LOOK_UP, token=Purpose.SYNC)
def edition(code: str, number: str) -> AnyResponse:
    return edition_answer(code, number)


@api.get("/missions/<code>/editions/<number>/envelope")
@needs(Action.LOOK_UP, token=Purpose.SYNC)
def envelope(code: str, number: str) -> Response:
    content = editions.envelope(door.act(), code, edition_number(number))
    return kept_by_devices(Response(content, content_type=ENVELOPE))


@api.get("/missions/<code>/editions/<number>/delta")
@needs(Action.LOOK_UP, token=Purpose.SYNC, costly=True)
def delta(code: str, number: str) -> Response:
    """What changed, or the full edition where the one that the caller holds is too old, not known or not believed."""
    header = editions.header(door.act(), code, edition_number(number))
    held = held_number(request.args.get("from", ""))
    if deltas.is_too_old(door.act(), code, held, header.number):
        return full_edition(code, header.number)
    try:
        found = deltas.document(door.act(), code, held, header.number)
    except (editions.UnknownEditionError, DamagedEditionError) as absent:
        if absent.number != held:
            raise
        return full_edition(code, header.number)
    return given(jsonify(found | {"full": False}), header.number)


@api.post("/missions/<code>/premises/<entry_id>/flags")
@needs(Action.LOOK_UP, writes=True, token=Purpose.DEVICE)
def flag(code: str, entry_id: str) -> tuple[dict[str, Any], int]:
    """Something looks wrong at this door. It is told to officers and changes nothing."""
    body = members.json_body()
    kind = bodies.member(body, "kind", FlagKind, required=True) or FlagKind.OTHER
    note, claimed_at = bodies.text(body, "note"), bodies.moment(body, "claimed_at")
    made = flags.raise_flag(
        door.act(), door.wiring().shelf, code, entry_id, kind=kind, note=note, claimed_at=claimed_at
    )
    return {"flag_id": made.flag_id, "id": made.designation_id, "kind": made.kind, "edition": made.edition}, 201


@api.post("/missions/<code>/premises/nearby")
@needs(Action.PROPOSE, body_kb=_PROPOSAL_BODY_KB, token=Purpose.API)
def nearby(code: str) -> dict[str, Any]:
    """What stands near a place or is called like a name; of the question nothing is kept."""
    subject = proposals.sketched(code, members.json_body())
    return {"nearby": [one.as_json() for one in duplicates.beside(door.act(), code, subject)[:_NEARBY]]}


def _proposal() -> tuple[Body, Subject, Terms]:
    with door.looking():
        body = members.json_body()
        return body, *proposals.ready(door.code(), body)


@api.post("/missions/<code>/premises")
@needs(Action.PROPOSE, writes=True, body_kb=_PROPOSAL_BODY_KB, first=_proposal, token=Purpose.API)
def propose(code: str) -> tuple[dict[str, Any], int]:
    body, subject, terms = door.visit().found
    made = register.propose(
        door.act(),
        code,
        subject,
        terms,
        reason=bodies.text(body, "reason"),
        confirm_outside=bodies.flag(body, "confirm_outside"),
        confirm_alike=bodies.flag(body, "confirm_alike"),
    )
    return {"id": made.designation_id, "mission": made.mission, "state": made.state}, 201
