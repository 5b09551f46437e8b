"""The OpenAPI document of `/api/v1`, made from one table; a test holds the table to the routes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from typing import Any

from geo_offlimits.domain.designation import State
from geo_offlimits.domain.flags import FlagKind
from geo_offlimits.domain.mission import Mission
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.tokens import Purpose
from web.answers import ENVELOPE
from web.bodies import MAX_POSITIONS
from web.partner_schemas import DRIFT, READ
from web.partner_schemas import SCHEMAS as OF_PARTNERS
from web.schemas import (
    ALSO,
    CONSULTED,
    DELTA,
    EDITION,
    FULL,
    TEXT,
    TIME,
    TO_ACKNOWLEDGE,
    TOLD,
    WANTS_RECEIPT,
    WITH_RECEIPT,
    Schema,
    a_list,
    an_object,
    one_of,
    or_left_out,
    or_null,
    ref,
    what_is_sent,
)
from web.schemas import SCHEMAS as USUAL

JSON, PROBLEM = "application/json", "application/problem+json"
SCHEMAS: Mapping[str, Schema] = {**USUAL, **OF_PARTNERS}


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter of a query."""

    name: str
    schema: Schema
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One method of one path. `answer` is the schema of its 2xx body, `refusals` the statuses it can refuse with.

    `token` is the least that a token must be for, None where none opens it; a test holds it to the view.
    """

    method: str
    path: str
    summary: str
    answer: Schema
    status: int = 200
    media: str = JSON
    body: Schema | None = None
    query: tuple[Parameter, ...] = ()
    token: Purpose | None = Purpose.SYNC
    refusals: tuple[int, ...] = field(default=(401, 404))


def mission_json(mission: Mission) -> dict[str, Any]:
    return {
        "code": mission.code,
        "name": mission.name,
        "organisation": mission.organisation,
        "timezone": mission.timezone,
        "languages": list(mission.languages),
        "recognises": list(mission.recognises),
        "demonstration": mission.demonstration,
    }


_SESSION: dict[str, list[str]] = {"session": []}
_TOKENS: tuple[dict[str, list[str]], ...] = ({"bearer": []}, {"basic": []})
_SCHEMES = {
    "session": {"type": "apiKey", "in": "cookie", "name": "__Host-session"},
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": "X-CSRF-Token",
        "description": "of the session, from a page's `csrf-token`; not asked of a token",
    },
    "bearer": {"type": "http", "scheme": "bearer", "description": "a token of a device or another program"},
    "basic": {"type": "http", "scheme": "basic", "description": "the token as the password of any user name"},
}
_WAIT = {"schema": {"type": "integer", "minimum": 1}, "description": "seconds until the next request may pass"}
NUMBER_OF_EDITION: Schema = {"type": "string", "pattern": "^[0-9]{1,9}$"}
_EDITIONS = "/api/v1/missions/{code}/editions"
_ACKNOWLEDGEMENTS = "/api/v1/missions/{code}/acknowledgements"
_PARTNERS = "/api/v1/missions/{code}/partners"
OPERATIONS: tuple[Operation, ...] = (
    Operation(
        method="get",
        path="/api/v1/openapi.json",
        summary="This description",
        answer={"type": "object"},
        refusals=(401,),
    ),
    Operation(
        method="get",
        path="/api/v1/missions",
        summary="The missions that the caller may see",
        answer=a_list(ref("Mission")),
        refusals=(401,),
    ),
    Operation(
        method="get",
        path="/api/v1/keys",
        summary="The public keys that sign editions, with fingerprints and validity",
        answer=a_list(
            an_object(
                ("key_id", "fingerprint", "pem", "valid_from", "valid_to", "revoked_from"),
                key_id=TEXT,
                fingerprint=TEXT,
                pem=TEXT,
                valid_from=or_null(TIME),
                valid_to=or_null(TIME),
                revoked_from=or_null(TIME),
            )
        ),
        refusals=(401,),
    ),
    Operation(
        method="post",
        path="/api/v1/check",
        token=Purpose.API,
        summary=f"What the list says about up to {MAX_POSITIONS} positions; nothing of the question is kept",
        body=ref("Check"),
        answer=an_object((*CONSULTED, "answers"), **CONSULTED, answers=a_list(ref("Answer"))),
        refusals=(401, 404, 413, 422),
    ),
    Operation(
        method="post",
        path="/api/v1/find",
        token=Purpose.API,
        summary="Entries by name in spite of slips; one that matches is answered as a check with its entry chosen",
        body=what_is_sent(
            ("name",),
            mission=TEXT,
            name=TEXT,
            at=TIME,
            personnel=one_of(PersonnelCategory),
            limit={"type": "integer", "minimum": 1, "maximum": 100},
            also=ALSO,
            receipt=WANTS_RECEIPT,
        ),
        answer=an_object(
            (*CONSULTED, *TOLD, "matches", "position"),
            **CONSULTED,
            **TOLD,
            matches=a_list(ref("NameMatch")),
            position={"type": "boolean", "description": "the text is meant as a position: ask check about it"},
            receipt=ref("Receipt"),
        ),
        refusals=(401, 404, 413, 422),
    ),
    Operation(
        method="get",
        path=_EDITIONS,
        summary="Every edition of the mission by its header, newest first; whoever may read one gets its bytes below",
        answer=a_list(ref("EditionHeader")),
    ),
    Operation(
        method="get",
        path=_EDITIONS + "/{number}",
        summary="An edition's canonical bytes; the strong ETag is their SHA-256",
        answer=EDITION,
        media="application/geo+json",
    ),
    Operation(
        method="get",
        path=_EDITIONS + "/{number}/envelope",
        summary="The edition's signature as a DSSE envelope",
        answer={"type": "object"},
        media=ENVELOPE,
    ),
    Operation(
        method="get",
        path=_EDITIONS + "/{number}/delta",
        summary="What changed since the edition named by `from`; where that is too old or not known, the full edition",
        query=(Parameter(name="from", schema=NUMBER_OF_EDITION, required=True),),
        answer={"oneOf": [DELTA, FULL]},
        refusals=(401, 404, 422),
    ),
    Operation(
        method="get",
        path=_ACKNOWLEDGEMENTS,
        token=None,
        summary="What the caller said about editions, newest first, and the statement of the current one",
        answer=an_object(
            ("person", "current", "given"),
            person={**TEXT, "description": "the caller's id, to tell two people at one device apart"},
            current=or_null(TO_ACKNOWLEDGE),
            given=a_list(ref("AcknowledgementRecord")),
        ),
    ),
    Operation(
        method="post",
        path=_ACKNOWLEDGEMENTS,
        token=None,
        summary="Acknowledge the current edition, bound to its hash and to the statement that was shown",
        status=201,
        body=what_is_sent(
            ("edition", "sha256", "language"),
            edition={"type": "integer", "minimum": 1, "maximum": 10**9},
            sha256=TEXT,
            language={**TEXT, "description": "of the statement that was shown"},
            stamp={**TEXT, "description": "as it came with the statement: when that was shown"},
            client_at={**TIME, "description": "by the client's own clock; kept, and never believed"},
        ),
        answer=WITH_RECEIPT,
        refusals=(401, 404, 409, 413, 422),
    ),
    Operation(
        method="get",
        path=_ACKNOWLEDGEMENTS + "/{number}",
        token=None,
        summary="What the caller said last about an edition, with a receipt that needs no server to be verified",
        answer=WITH_RECEIPT,
    ),
    Operation(
        method="get",
        path=_PARTNERS,
        token=None,
        summary="The lists of partners beside the register, in the order of entering, each with where it stands",
        answer=a_list(ref("PartnerList")),
    ),
    Operation(
        method="get",
        path=_PARTNERS + "/{edition_id}",
        token=None,
        summary="One of them with its entries, wherever it stands",
        answer=an_object(tuple(READ), **READ),
    ),
    Operation(
        method="get",
        path="/api/v1/missions/{code}/drift",
        token=None,
        summary="The mission's edition beside another mission's or a partner's list; nothing is changed",
        query=(
            Parameter(
                name="with", schema={**TEXT, "description": "a code, or the id of a partner's list"}, required=True
            ),
            Parameter(name="within_m", schema={"type": "number", "minimum": 0, "maximum": 1_000_000}),
            Parameter(name="edition", schema={"type": "string", "pattern": "^(current|[0-9]{1,9})$"}),
        ),
        answer=DRIFT,
        refusals=(401, 404, 422),
    ),
    Operation(
        method="post",
        path="/api/v1/missions/{code}/premises/{entry_id}/flags",
        token=Purpose.DEVICE,
        summary="Say that an entry of the current edition looks wrong; officers are told, and it stays listed",
        status=201,
        body=what_is_sent(("kind",), kind=one_of(FlagKind), note=TEXT, claimed_at=TIME),
        answer=an_object(
            ("flag_id", "id", "kind", "edition"),
            flag_id=TEXT,
            id=TEXT,
            kind=one_of(FlagKind),
            edition={"type": "integer"},
        ),
        refusals=(401, 404, 413, 422),
    ),
    Operation(
        method="post",
        path="/api/v1/missions/{code}/premises/nearby",
        token=Purpose.API,
        summary="What stands in the register within 250 m of a place or is called like a name, before it is proposed",
        body=ref("Sketch"),
        answer=an_object(("nearby",), nearby=a_list(ref("Neighbour"))),
        refusals=(401, 404, 413, 422),
    ),
    Operation(
        method="post",
        path="/api/v1/missions/{code}/premises",
        token=Purpose.API,
        summary="Propose to put something off limits; another person decides",
        status=201,
        body=ref("Proposal"),
        answer=an_object(("id", "mission", "state"), id=TEXT, mission=TEXT, state=one_of(State)),
        refusals=(401, 404, 409, 413, 422),
    ),
)


@cache
def body_of(method: str, rule: str) -> Schema:
    """What is sent to the route of this Flask rule."""
    path = rule.translate(str.maketrans("<>", "{}"))
    body = next(one.body for one in OPERATIONS if (one.method, one.path) == (method.lower(), path))
    if body is None:
        raise AssertionError(f"nothing is sent to {method} {rule}")
    return body


@cache
def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "geo_offlimits", "version": version("geo_offlimits")},
        "paths": paths,
        "components": {
            "schemas": {name: or_left_out(schema) for name, schema in SCHEMAS.items()},
            "securitySchemes": _SCHEMES,
        },
        "security": [_SESSION, *_TOKENS],
    }


def _described(operation: Operation) -> dict[str, Any]:
    answers = {str(operation.status): _content("Done", operation.media, operation.answer)}
    answers |= {str(status): _content("A problem", PROBLEM, ref("Problem")) for status in operation.refusals}
    answers["403"] = _content("Over plain HTTP, or from a page that is not ours", PROBLEM, ref("Problem"))
    answers["503"] = _content("The store cannot be used now", PROBLEM, ref("Problem"))
    answers["429"] = _content("Too fast", PROBLEM, ref("Problem")) | {"headers": {"Retry-After": _WAIT}}
    described: dict[str, Any] = {"summary": operation.summary, "responses": answers}
    if operation.method == "post" or operation.token is None:
        session = _SESSION | ({"csrf": []} if operation.method == "post" else {})
        described["security"] = [session, *(_TOKENS if operation.token else ())]
    if operation.token in (Purpose.API, Purpose.DEVICE):
        purposes = "api" if operation.token is Purpose.API else "device or api"
        described["description"] = f"With a token: one of purpose {purposes}."
    if parameters := _parameters(operation):
        described["parameters"] = parameters
    if operation.body is not None:
        described["requestBody"] = {"required": True, "content": {JSON: {"schema": or_left_out(operation.body)}}}
    return described


def _content(what: str, media: str, schema: Schema) -> dict[str, Any]:
    return {"description": what, "content": {media: {"schema": schema}}}


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    found = [{"name": name, "in": "path", "required": True, "schema": TEXT} for name in names]
    found += [
        {"name": one.name, "in": "query", "required": one.required, "schema": one.schema} for one in operation.query
    ]
    return found
