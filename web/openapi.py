"""The OpenAPI document of `/api/v1`, made from one table; a test holds the table to the routes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from typing import Any

from geo_offlimits.domain.designation import Basis, Restriction, State
from geo_offlimits.domain.mission import ContactKind, Mission, Organisation
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.premises import NameKind, SubjectKind, VenueKind
from geo_offlimits.lookup.verdict import ReasonCode, Verdict
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
_DAY: Schema = {"type": "string", "format": "date"}
_SHA: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_GEOMETRY: Schema = {"type": "object", "description": "GeoJSON Point, Polygon or MultiPolygon, longitude first"}
_EDITION: Schema = {"type": "object", "description": "GeoJSON FeatureCollection with the member offlimits"}
_ENTRY_FEATURE: Schema = {"type": "object", "description": "GeoJSON Feature as in an edition"}
_PLACE = _object(
    lat={"type": "number", "minimum": -90, "maximum": 90},
    lon={"type": "number", "minimum": -180, "maximum": 180},
    text={"type": "string", "description": "a position in any notation, in place of lat and lon"},
    uncertainty_m={"type": "number", "minimum": 0, "maximum": 100000},
)
_FACILITY = _object(("name", "kind", "distance_m"), name=_TEXT, kind=_TEXT, distance_m=_NUMBER)
_VERDICT = _one_of(Verdict)
_PROPERTIES: Mapping[str, Schema] = {
    "names": _list(_object(("text", "lang", "kind"), text=_TEXT, lang=_or_null(_TEXT), kind=_one_of(NameKind))),
    "subject": _one_of(SubjectKind),
    "category": _or_null(_one_of(VenueKind)),
    "address": _or_null(_TEXT),
    "locality": _or_null(_TEXT),
    "part": _or_null(_object((), floor=_or_null(_TEXT), entrance=_or_null(_TEXT), text=_or_null(_TEXT))),
    "sector": _or_null(_TEXT),
    "applies_to": _list(_one_of(PersonnelCategory)),
    "hours": _or_null(_object(("tz", "weekly"), tz=_TEXT, weekly=_list({"type": "object"}))),
    "exceptions": _list(_TEXT),
}
_ENTRY: Mapping[str, Schema] = {
    "entry_id": _TEXT,
    "name": _TEXT,
    "restriction": _one_of(Restriction),
    "since": _DAY,
    "directive": _TEXT,
    "issuer": _TEXT,
    **_PROPERTIES,
}
_OF_POSITION: Mapping[str, Schema] = {
    "applies": {"type": "boolean"},
    "why_not": _or_null(_TEXT),
    "distance_m": _or_null(_NUMBER),
    "bearing_deg": _or_null(_NUMBER),
    "decides": {"type": "boolean", "description": "whether the verdict rests on it"},
}
_OF_NAME: Mapping[str, Schema] = {
    "matched": {"type": "string", "description": "the name that is like the one asked for"},
    "score": {"type": "number", "minimum": 0, "maximum": 100},
    "reason": _TEXT,
}
_RULE = _object(
    ("entry_id", "name", "category", "restriction", "issuer", "directive"),
    entry_id=_TEXT,
    name=_TEXT,
    category=_or_null(_one_of(VenueKind)),
    restriction=_one_of(Restriction),
    issuer=_TEXT,
    directive=_TEXT,
)
_CONTACT = _object(
    ("kind", "name"),
    kind=_one_of(ContactKind),
    name=_TEXT,
    phone=_or_null(_TEXT),
    email=_or_null(_TEXT),
    hours=_or_null(_TEXT),
)
_REASON = _object(("code", "text", "entry_ids"), code=_one_of(ReasonCode), text=_TEXT, entry_ids=_list(_TEXT))
_ANSWER = _object(
    ("verdict", "headline", "reasons", "matches", "rules", "nearest_m", "facilities", "stale", "position"),
    verdict=_VERDICT,
    headline={"type": "string", "description": "the verdict in the reader's language"},
    reasons=_list(_REASON),
    matches=_list(_ref("Match")),
    rules=_list(_RULE),
    nearest_m=_or_null(_NUMBER),
    facilities=_list(_FACILITY),
    stale={"type": "boolean"},
    position=_ref("Position"),
    notations={"type": "object", "additionalProperties": _TEXT},
)
_EDITION_HEADER = _object(
    ("mission", "number", "sha256", "previous_sha256", "issued_at", "expires_at"),
    mission=_TEXT,
    number={"type": "integer", "minimum": 1},
    sha256=_SHA,
    previous_sha256=_or_null(_SHA),
    issued_at=_TIME,
    expires_at=_TIME,
    stale={"type": "boolean"},
    entries=_COUNT,
)
_DELTA = _object(
    ("from", "to", "full", "added", "changed", "removed", "sha256"),
    **{"from": _COUNT, "to": _COUNT},
    full={"const": False},
    added=_list(_ENTRY_FEATURE),
    changed=_list(_ENTRY_FEATURE),
    removed=_list(_object(("id", "name"), id=_TEXT, name=_TEXT)),
    sha256=_SHA,
)
_FULL = _object(
    ("from", "to", "full", "edition", "sha256"),
    **{"from": {"type": "null"}, "to": _COUNT},
    full={"const": True, "description": "the edition named by `from` is not known here: drop it and take this one"},
    edition=_EDITION,
    sha256=_SHA,
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
    "Match": _object((*_ENTRY, *_OF_POSITION), **_ENTRY, **_OF_POSITION),
    "NameMatch": _object((*_ENTRY, *_OF_NAME), **_ENTRY, **_OF_NAME),
    "Contact": _CONTACT,
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
        summary=f"What the list says about up to {MAX_POSITIONS} positions; nothing of the question is kept",
        body=_ref("Check"),
        answer=_object(
            ("edition", "answers", "contacts"),
            edition=_or_null(_ref("EditionHeader")),
            answers=_list(_ref("Answer")),
            contacts=_list(_ref("Contact")),
        ),
        refusals=(401, 403, 404, 413, 422),
    ),
    Operation(
        method="post",
        path="/api/v1/find",
        summary="Entries by name, tolerant of case, accents and typing errors; nothing of the question is kept",
        body=_object(("name",), mission=_TEXT, name=_TEXT, limit={"type": "integer", "minimum": 1, "maximum": 100}),
        answer=_object(
            ("edition", "verdict", "matches", "contacts"),
            edition=_or_null(_ref("EditionHeader")),
            verdict=_VERDICT,
            matches=_list(_ref("NameMatch")),
            contacts=_list(_ref("Contact")),
        ),
        refusals=(401, 403, 404, 413, 422),
    ),
    Operation(
        method="get",
        path=_EDITIONS,
        summary="Every edition of the mission by its header, newest first; whoever may read one gets its bytes below",
        answer=_list(_ref("EditionHeader")),
    ),
    Operation(
        method="get",
        path=_EDITIONS + "/{number}",
        summary="An edition's canonical bytes; the strong ETag is their SHA-256",
        answer=_EDITION,
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
        summary="What changed since the edition named by `from`; where that one is not known, the full edition",
        query=("from",),
        answer={"oneOf": [_DELTA, _FULL]},
        refusals=(401, 404, 422),
    ),
    Operation(
        method="post",
        path="/api/v1/missions/{code}/premises",
        summary="Propose to put something off limits; another person decides",
        status=201,
        body=_ref("Proposal"),
        answer=_object(("id", "mission", "state"), id=_TEXT, mission=_TEXT, state=_one_of(State)),
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
