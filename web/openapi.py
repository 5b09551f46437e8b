"""The OpenAPI document of `/api/v1`, made from one table; a test holds the table to the routes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from typing import Any

from geo_offlimits.domain.designation import Basis, Restriction, State
from geo_offlimits.domain.mission import Mission, Organisation
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.premises import NameKind, SubjectKind, VenueKind
from web.bodies import MAX_POSITIONS

Schema = dict[str, Any]
JSON, PROBLEM = "application/json", "application/problem+json"


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One method of one path. `answer` is the schema of its 2xx body, `refusals` the statuses it can refuse with."""

    method: str
    path: str
    summary: str
    answer: Schema
    status: int = 200
    media: str = JSON
    body: Schema | None = None
    query: tuple[str, ...] = ()
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


def _object(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required)}


def _list(items: Schema, **limits: int) -> Schema:
    return {"type": "array", "items": items, **limits}


def _one_of(kind: Any) -> Schema:
    return {"type": "string", "enum": [str(one) for one in kind]}


def _or_null(schema: Schema) -> Schema:
    return {"oneOf": [schema, {"type": "null"}]}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "number"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_TIME: Schema = {"type": "string", "format": "date-time"}
_SHA: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_GEOMETRY: Schema = {"type": "object", "description": "GeoJSON Point, Polygon or MultiPolygon, longitude first"}
_PLACE = _object(
    lat={"type": "number", "minimum": -90, "maximum": 90},
    lon={"type": "number", "minimum": -180, "maximum": 180},
    text={"type": "string", "description": "a position in any notation, in place of lat and lon"},
    uncertainty_m={"type": "number", "minimum": 0, "maximum": 100000},
)
_NEAR = _object(("name", "distance_m"), name=_TEXT, distance_m=_NUMBER)
_ANSWER = _object(
    ("verdict", "reasons", "matches", "rules", "nearest_m", "facilities"),
    verdict={"type": "string", "enum": ["listed", "not_listed", "cannot_tell"]},
    reasons=_list(_object(("code", "text"), code=_TEXT, text=_TEXT)),
    matches=_list({"type": "object"}),
    rules=_list({"type": "object"}),
    nearest_m=_or_null(_NUMBER),
    facilities=_list(_NEAR),
    stale={"type": "boolean"},
    position=_ref("Position"),
    notations={"type": "object", "additionalProperties": _TEXT},
)
_EDITION_HEADER = _object(
    ("mission", "number", "sha256", "issued_at", "expires_at"),
    mission=_TEXT,
    number={"type": "integer", "minimum": 1},
    sha256=_SHA,
    issued_at=_TIME,
    expires_at=_TIME,
    stale={"type": "boolean"},
)
SCHEMAS: Mapping[str, Schema] = {
    "Problem": _object(
        ("type", "title", "status", "detail"),
        type=_TEXT,
        title=_TEXT,
        status={"type": "integer"},
        detail={"type": "string", "description": "the fact, then the remedy"},
        issues=_list(_object(("field", "reason"), field=_TEXT, reason=_TEXT, remedy=_TEXT, value=_TEXT)),
        readings=_list(_object(("lat", "lon"), lat=_NUMBER, lon=_NUMBER)),
    ),
    "Position": _PLACE,
    "Answer": _ANSWER,
    "EditionHeader": _EDITION_HEADER,
    "Mission": _object(
        ("code", "name", "organisation", "timezone"),
        code=_TEXT,
        name=_TEXT,
        organisation=_one_of(Organisation),
        timezone=_TEXT,
        languages=_list(_TEXT),
        recognises=_list(_TEXT),
        demonstration={"type": "boolean"},
    ),
    "Check": _object(
        mission=_TEXT,
        positions=_list(_ref("Position"), maxItems=MAX_POSITIONS),
        radius_m=_NUMBER,
        at=_TIME,
        known_at=_TIME,
        personnel=_one_of(PersonnelCategory),
        venue=_one_of(VenueKind),
        entry_id=_TEXT,
        notations={"type": "boolean", "description": "answer each position in every notation, too"},
    ),
    "Proposal": _object(
        ("basis", "authority", "directive"),
        subject=_one_of(SubjectKind),
        names=_list(_object(("text",), text=_TEXT, lang=_TEXT, kind=_one_of(NameKind))),
        category=_one_of(VenueKind),
        position=_ref("Position"),
        geometry=_GEOMETRY,
        uncertainty_m=_NUMBER,
        address=_TEXT,
        locality=_TEXT,
        part=_object(floor=_TEXT, entrance=_TEXT, text=_TEXT),
        restriction=_one_of(Restriction),
        basis=_one_of(Basis),
        authority=_TEXT,
        directive=_TEXT,
        **{"from": _TIME, "to": _TIME},
        review_by={"type": "string", "format": "date"},
        applies_to=_list(_one_of(PersonnelCategory)),
        hours=_object(("tz", "weekly"), tz=_TEXT, weekly=_list({"type": "object"})),
        exceptions=_list(_TEXT),
        note=_TEXT,
        reason=_TEXT,
    ),
}
_EDITIONS = "/api/v1/missions/{code}/editions"
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
        answer=_list(_ref("Mission")),
        refusals=(401,),
    ),
    Operation(
        method="get",
        path="/api/v1/keys",
        summary="The public keys that sign editions, with fingerprints and validity",
        answer=_list(
            _object(
                ("key_id", "fingerprint", "pem", "valid_from", "valid_to"),
                key_id=_TEXT,
                fingerprint=_TEXT,
                pem=_TEXT,
                valid_from=_or_null(_TIME),
                valid_to=_or_null(_TIME),
            )
        ),
        refusals=(401,),
    ),
    Operation(
        method="post",
        path="/api/v1/check",
        summary="What the list says about up to 1000 positions; nothing of the question is kept",
        body=_ref("Check"),
        answer=_object(("edition", "answers"), edition=_or_null(_ref("EditionHeader")), answers=_list(_ref("Answer"))),
        refusals=(401, 403, 404, 413, 422),
    ),
    Operation(
        method="post",
        path="/api/v1/find",
        summary="Entries by name, tolerant of case, accents and typing errors; nothing of the question is kept",
        body=_object(("name",), mission=_TEXT, name=_TEXT, limit={"type": "integer", "minimum": 1, "maximum": 100}),
        answer=_object(("edition", "matches"), edition=_or_null(_ref("EditionHeader")), matches=_list({})),
        refusals=(401, 403, 404, 413, 422),
    ),
    Operation(
        method="get",
        path=_EDITIONS,
        summary="The editions that the caller may read, newest first",
        answer=_list(_ref("EditionHeader")),
    ),
    Operation(
        method="get",
        path=_EDITIONS + "/{number}",
        summary="An edition's canonical bytes; the strong ETag is their SHA-256",
        answer={"type": "object", "description": "GeoJSON FeatureCollection with the member offlimits"},
        media="application/geo+json",
    ),
    Operation(
        method="get",
        path=_EDITIONS + "/{number}/envelope",
        summary="The edition's signature as a DSSE envelope",
        answer={"type": "object"},
        media="application/vnd.dsse.envelope.v1+json",
    ),
    Operation(
        method="get",
        path=_EDITIONS + "/{number}/delta",
        summary="What changed since the edition named by `from`",
        query=("from",),
        answer=_object(
            ("from", "to", "added", "changed", "removed", "sha256"),
            **{"from": _COUNT, "to": _COUNT},
            added=_list({"type": "object"}),
            changed=_list({"type": "object"}),
            removed=_list(_object(("id", "name"), id=_TEXT, name=_TEXT)),
            sha256=_SHA,
        ),
    ),
    Operation(
        method="post",
        path="/api/v1/missions/{code}/premises",
        summary="Propose to put something off limits; another person decides",
        status=201,
        body=_ref("Proposal"),
        answer=_object(
            ("designation_id", "mission", "state"), designation_id=_TEXT, mission=_TEXT, state=_one_of(State)
        ),
        refusals=(401, 403, 404, 409, 413, 422),
    ),
)


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
            "schemas": dict(SCHEMAS),
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": "__Host-session"}},
        },
        "security": [{"session": []}],
    }


def _described(operation: Operation) -> dict[str, Any]:
    answers = {str(operation.status): _content("Done", operation.media, operation.answer)}
    answers |= {str(status): _content("A problem", PROBLEM, _ref("Problem")) for status in operation.refusals}
    described: dict[str, Any] = {"summary": operation.summary, "responses": answers}
    if parameters := _parameters(operation):
        described["parameters"] = parameters
    if operation.body is not None:
        described["requestBody"] = {"required": True, "content": {JSON: {"schema": operation.body}}}
    return described


def _content(what: str, media: str, schema: Schema) -> dict[str, Any]:
    return {"description": what, "content": {media: {"schema": schema}}}


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    found = [{"name": name, "in": "path", "required": True, "schema": _TEXT} for name in names]
    found += [{"name": name, "in": "query", "required": True, "schema": _TEXT} for name in operation.query]
    if operation.method == "post":
        found.append({"name": "X-CSRF-Token", "in": "header", "required": True, "schema": _TEXT})
    return found
