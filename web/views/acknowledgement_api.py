"""`/api/v1/missions/{code}/acknowledgements`: a person's own, for a client in which they are signed in.

No token opens it: a device does not acknowledge for a person.
"""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from geo_offlimits.domain.acknowledgement import Channel
from geo_offlimits.domain.people import Action
from geo_offlimits.services import acknowledged, acknowledging, editions, stamps, standings, statements
from geo_offlimits.services.acknowledging import Manner
from web import bodies, door, language, members
from web.answers import edition_number
from web.policy import needs, signed_in

acknowledgement_api = Blueprint("acknowledgement_api", __name__, url_prefix="/api/v1/missions")


@acknowledgement_api.get("/<code>/acknowledgements")
@needs(Action.ACKNOWLEDGE)
def mine(code: str) -> Response:
    """What the caller said about editions of the mission, newest first, and what there is to acknowledge now."""
    given = [acknowledged.as_json(one) for one in acknowledged.mine(door.act(), code)]
    return jsonify({"person": door.act().person_id, "current": _current(code), "given": given})


def _current(code: str) -> dict[str, Any] | None:
    """The current edition's statement, with the stamp that says when it was given."""
    act, session = door.act(), door.visit().session
    header = editions.newest(act, code)
    if header is None or session is None:
        return None
    shown = statements.statement(act, header, request.args.get("language") or language.current())
    return {
        "edition": header.number,
        "sha256": header.sha256,
        "language": shown.language,
        "statement": shown.text,
        "source": shown.source,
        "stamp": stamps.stamp(act, session, header, shown),
        "asked": standings.mine(act, code) == header.number,
    }


@acknowledgement_api.post("/<code>/acknowledgements")
@needs(Action.ACKNOWLEDGE, writes=True)
def acknowledge(code: str) -> tuple[dict[str, Any], int]:
    """Bound to the edition's hash and to the statement; what it is worth comes from what the session has shown."""
    body = members.json_body()
    edition = bodies.count(body, "edition", unless_given=0, most=10**9)
    sha256, shown = (bodies.text(body, name, required=True) or "" for name in ("sha256", "language"))
    manner = Manner(
        channel=Channel.API,
        session=door.visit().session,
        stamp=bodies.text(body, "stamp"),
        client_at=bodies.moment(body, "client_at"),
    )
    acknowledging.acknowledge(door.act(), code, edition, sha256, shown, manner=manner)
    return _told(code, edition), 201


@acknowledgement_api.get("/<code>/acknowledgements/<number>")
@signed_in()
def one(code: str, number: str) -> dict[str, Any]:
    """What the caller said last about an edition, and the receipt of it."""
    asked = edition_number(number)
    return _told(code, asked if isinstance(asked, int) else editions.header(door.act(), code).number)


def _told(code: str, number: int) -> dict[str, Any]:
    return acknowledged.told(acknowledged.receipt(door.act(), code, number))
