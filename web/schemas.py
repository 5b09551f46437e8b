"""The shapes of what the API takes and gives, as JSON Schema."""

from collections.abc import Mapping
from typing import Any

from geo_offlimits.domain.acknowledgement import AcknowledgementState, Channel, Strength
from geo_offlimits.domain.designation import Basis, Restriction, State
from geo_offlimits.domain.mission import ContactKind, Organisation
from geo_offlimits.domain.people import PersonnelCategory, Role
from geo_offlimits.domain.premises import NameKind, SubjectKind, VenueKind
from geo_offlimits.lookup.verdict import ReasonCode, Verdict, WhyNot
from web.bodies import MAX_MISSIONS, MAX_POSITIONS, MAX_RADIUS_M

Schema = dict[str, Any]


def an_object(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required)}


def what_is_sent(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    """An object that people's programs write: a member not named here is a slip and is refused (`web.members`)."""
    return an_object(required, **properties) | {"additionalProperties": False}


def or_left_out(schema: Schema) -> Schema:
    """What is sent as programs are told of it: a member that need not be there may as well be null."""
    if "items" in schema:
        return schema | {"items": or_left_out(schema["items"])}
    if schema.get("additionalProperties") is not False:
        return schema
    told = {name: or_left_out(one) for name, one in schema["properties"].items()}
    return schema | {
        "properties": {name: one if name in schema["required"] else _or_absent(one) for name, one in told.items()}
    }


def _or_absent(schema: Schema) -> Schema:
    said = {"description": schema["description"]} if "description" in schema else {}
    return {"anyOf": [schema, {"type": "null"}], **said}


def a_list(items: Schema, **limits: int | str) -> Schema:
    return {"type": "array", "items": items, **limits}


def one_of(kind: Any) -> Schema:
    return {"type": "string", "enum": [str(one) for one in kind]}


def or_null(schema: Schema) -> Schema:
    return {"oneOf": [schema, {"type": "null"}]}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "number"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
TIME: Schema = {"type": "string", "format": "date-time"}
_DAY: Schema = {"type": "string", "format": "date"}
SHA: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_GEOMETRY: Schema = {"type": "object", "description": "GeoJSON Point, Polygon or MultiPolygon, longitude first"}
EDITION: Schema = {"type": "object", "description": "GeoJSON FeatureCollection with the member offlimits"}
_ENTRY_FEATURE: Schema = {"type": "object", "description": "GeoJSON Feature as in an edition"}
_PLACE = what_is_sent(
    lat={"type": "number", "minimum": -90, "maximum": 90},
    lon={"type": "number", "minimum": -180, "maximum": 180},
    text={"type": "string", "description": "a position in any notation, in place of lat and lon"},
    uncertainty_m={"type": "number", "minimum": 0, "maximum": 100000},
) | {"oneOf": [{"required": ["lat", "lon"]}, {"required": ["text"]}]}
_SPAN = what_is_sent(
    ("days", "from", "to"), days=a_list({"type": "integer", "minimum": 1, "maximum": 7}), **{"from": TEXT, "to": TEXT}
)
_FACILITY = an_object(("name", "kind", "distance_m", "issuer"), name=TEXT, kind=TEXT, distance_m=_NUMBER, issuer=TEXT)
_VERDICT = one_of(Verdict)
_PROPERTIES: Mapping[str, Schema] = {
    "names": a_list(an_object(("text", "lang", "kind"), text=TEXT, lang=or_null(TEXT), kind=one_of(NameKind))),
    "subject": one_of(SubjectKind),
    "category": or_null(one_of(VenueKind)),
    "address": or_null(TEXT),
    "locality": or_null(TEXT),
    "part": or_null(an_object((), floor=or_null(TEXT), entrance=or_null(TEXT), text=or_null(TEXT))),
    "sector": or_null(TEXT),
    "applies_to": a_list(one_of(PersonnelCategory)),
    "hours": or_null(an_object(("tz", "weekly"), tz=TEXT, weekly=a_list({"type": "object"}))),
    "exceptions": a_list(TEXT),
}
_ENTRY: Mapping[str, Schema] = {
    "entry_id": TEXT,
    "name": TEXT,
    "restriction": one_of(Restriction),
    "since": _DAY,
    "directive": TEXT,
    "issuer": TEXT,
    **_PROPERTIES,
}
_APPLIES: Mapping[str, Schema] = {
    "applies": {"type": "boolean", "description": "whether it is in force then and binds who asks"},
    "why_not": or_null(one_of(WhyNot)),
    "decides": {"type": "boolean", "description": "whether the verdict rests on it"},
}
_OF_POSITION: Mapping[str, Schema] = {
    **_APPLIES,
    "distance_m": or_null(_NUMBER),
    "bearing_deg": or_null(_NUMBER),
}
_OF_NAME: Mapping[str, Schema] = {
    "is_match": {"type": "boolean", "description": "whether the name is enough like it to count as chosen"},
    **_APPLIES,
    "matched": {"type": "string", "description": "the name that is like the one asked for"},
    "score": {"type": "number", "minimum": 0, "maximum": 100},
    "reason": TEXT,
}
_RULE = an_object(
    ("entry_id", "name", "category", "restriction", "issuer", "directive"),
    entry_id=TEXT,
    name=TEXT,
    category=or_null(one_of(VenueKind)),
    restriction=one_of(Restriction),
    issuer=TEXT,
    directive=TEXT,
)
_CONTACT = an_object(
    ("kind", "name"),
    kind=one_of(ContactKind),
    name=TEXT,
    phone=or_null(TEXT),
    email=or_null(TEXT),
    hours=or_null(TEXT),
)
_REASON = an_object(
    ("code", "text", "mission", "entry_ids"),
    code=one_of(ReasonCode),
    text=TEXT,
    mission=or_null({"type": "string", "description": "whose list is in doubt, where the reason is about a list"}),
    entry_ids=a_list(TEXT),
)
TOLD: Mapping[str, Schema] = {
    "verdict": _VERDICT,
    "headline": {"type": "string", "description": "the verdict in the reader's language"},
    "reasons": a_list(_REASON),
}
CONSULTED: Mapping[str, Schema] = {
    "edition": or_null(ref("EditionHeader")),
    "recognised": {
        **a_list(ref("EditionHeader")),
        "description": "editions of recognised missions that were asked too",
    },
    "contacts": a_list(ref("Contact")),
}
_ANSWER = an_object(
    (*TOLD, "matches", "rules", "nearest_m", "facilities", "stale"),
    **TOLD,
    matches=a_list(ref("Match")),
    rules=a_list(_RULE),
    nearest_m=or_null(_NUMBER),
    facilities=a_list(_FACILITY),
    stale={"type": "boolean"},
    position=or_null(ref("Position")),
    notations={
        "type": "object",
        "additionalProperties": TEXT,
        "description": "the position in every notation, where asked for: decimal, dms, dm, mgrs, utm, plus, geo",
    },
    receipt=ref("Receipt"),
)
_EDITION_HEADER = an_object(
    ("mission", "number", "sha256", "previous_sha256", "issued_at", "expires_at"),
    mission=TEXT,
    number={"type": "integer", "minimum": 1},
    sha256=SHA,
    previous_sha256=or_null(SHA),
    issued_at=TIME,
    expires_at=TIME,
    stale={"type": "boolean"},
    entries=_COUNT,
)
_SIGNATURE = an_object(
    ("payloadType", "signatures"),
    payloadType=TEXT,
    signatures=a_list(an_object(("keyid", "sig"), keyid=TEXT, sig=TEXT)),
)
DELTA = an_object(
    ("from", "to", "full", "added", "changed", "removed", "offlimits", "bbox", "sha256", "signature"),
    **{"from": _COUNT, "to": _COUNT},
    full={"const": False},
    added=a_list(_ENTRY_FEATURE),
    changed=a_list(_ENTRY_FEATURE),
    removed=a_list(an_object(("id", "name"), id=TEXT, name=TEXT)),
    offlimits={"type": "object", "description": "those members of the edition's own that differ"},
    bbox={"description": "of the newer edition, null where nothing has a place", **or_null(a_list({"type": "number"}))},
    sha256=SHA,
    signature=_SIGNATURE,
)
FULL = an_object(
    ("from", "to", "full", "edition", "sha256", "signature"),
    **{"from": {"type": "null"}, "to": _COUNT},
    full={
        "const": True,
        "description": "the edition named by `from` is too old or not known: drop it and take this one",
    },
    edition=EDITION,
    sha256=SHA,
    signature=_SIGNATURE,
)
ALSO = a_list(TEXT, maxItems=MAX_MISSIONS, description="missions whose lists count too, beside the recognised ones")
WANTS_RECEIPT: Schema = {"type": "boolean", "description": "sign each answer; nothing of it is kept"}
_RECEIPT = an_object(
    ("text", "code", "envelope"),
    text={"type": "string", "description": "for people; ends with the code"},
    code={"type": "string", "description": "the envelope in one line, for a QR code"},
    envelope={"type": "object", "description": "DSSE over the receipt"},
)
_SUBJECT: Mapping[str, Schema] = {
    "subject": one_of(SubjectKind),
    "names": a_list(what_is_sent(("text",), text=TEXT, lang=TEXT, kind=one_of(NameKind))),
    "category": one_of(VenueKind),
    "position": ref("Position"),
    "geometry": _GEOMETRY,
    "uncertainty_m": _NUMBER,
    "address": TEXT,
    "locality": TEXT,
}
_NEIGHBOUR = an_object(
    ("id", "name", "state", "distance_m", "score", "alike"),
    id=TEXT,
    name=TEXT,
    state=one_of(State),
    distance_m={**or_null(_NUMBER), "description": "null where it is more than 250 m away or its place is not known"},
    score={"type": "number", "minimum": 0, "maximum": 100, "description": "how alike the names are"},
    alike={"type": "boolean", "description": "whether a proposal waits for confirm_alike because of it"},
)
TO_ACKNOWLEDGE = an_object(
    ("edition", "sha256", "language", "statement", "source", "stamp", "asked"),
    edition={"type": "integer"},
    sha256=TEXT,
    language=TEXT,
    statement=TEXT,
    source={**or_null(TEXT), "description": "the English that was translated"},
    stamp={**TEXT, "description": "to be sent back: when this was shown"},
    asked={"type": "boolean", "description": "a campaign waits for it"},
)
_MOMENT_OR_NONE = or_null(TIME)
_RECORD = an_object(
    ("mission", "edition", "sha256", "state", "acknowledged_at", "channel", "strength"),
    mission=TEXT,
    edition={"type": "integer"},
    sha256=TEXT,
    state=one_of(AcknowledgementState),
    statement_sha256=TEXT,
    source_sha256=or_null(TEXT),
    language=TEXT,
    acknowledged_at=TIME,
    recorded_at=TIME,
    served_at=_MOMENT_OR_NONE,
    client_at=_MOMENT_OR_NONE,
    channel=one_of(Channel),
    strength=one_of(Strength),
    unit=or_null(TEXT),
    category=or_null(one_of(PersonnelCategory)),
    roles=or_null(a_list(one_of(Role))),
    by_another={"type": "boolean", "description": "another person entered it"},
    reason=or_null(TEXT),
)
WITH_RECEIPT = an_object(
    ("record", "receipt"),
    record=ref("AcknowledgementRecord"),
    receipt={"type": "object", "description": "DSSE over record, audit leaf, inclusion proof and signed checkpoint"},
)
SCHEMAS: Mapping[str, Schema] = {
    "Problem": an_object(
        ("type", "title", "status", "detail"),
        type=TEXT,
        title=TEXT,
        status={"type": "integer"},
        detail={"type": "string", "description": "the fact, then the remedy, in the reader's language"},
        issues=a_list(an_object(("field", "reason"), field=TEXT, reason=TEXT, remedy=TEXT, value=TEXT)),
        readings=a_list(an_object(("lat", "lon", "uncertainty_m"), lat=_NUMBER, lon=_NUMBER, uncertainty_m=_NUMBER)),
        alike={
            **a_list(ref("Neighbour")),
            "description": "what it looks like; confirm_alike says it is another",
        },
    ),
    "Position": _PLACE,
    "Neighbour": _NEIGHBOUR,
    "Sketch": what_is_sent((), **_SUBJECT),
    "Answer": _ANSWER,
    "Match": an_object((*_ENTRY, *_OF_POSITION), **_ENTRY, **_OF_POSITION),
    "NameMatch": an_object((*_ENTRY, *_OF_NAME), **_ENTRY, **_OF_NAME),
    "Receipt": _RECEIPT,
    "AcknowledgementRecord": _RECORD,
    "Contact": _CONTACT,
    "EditionHeader": _EDITION_HEADER,
    "Mission": an_object(
        ("code", "name", "organisation", "timezone"),
        code=TEXT,
        name=TEXT,
        organisation=one_of(Organisation),
        timezone=TEXT,
        languages=a_list(TEXT),
        recognises=a_list(TEXT),
        demonstration={"type": "boolean"},
    ),
    "Check": what_is_sent(
        mission=TEXT,
        positions=a_list(ref("Position"), maxItems=MAX_POSITIONS),
        radius_m={"type": "number", "exclusiveMinimum": 0, "maximum": MAX_RADIUS_M},
        at=TIME,
        known_at=TIME,
        personnel=one_of(PersonnelCategory),
        venue=one_of(VenueKind),
        entry_id=TEXT,
        also=ALSO,
        notations={"type": "boolean", "description": "answer each position in every notation, too"},
        receipt=WANTS_RECEIPT,
    ),
    "Proposal": what_is_sent(
        ("basis", "authority", "directive"),
        **_SUBJECT,
        part=what_is_sent(floor=TEXT, entrance=TEXT, text=TEXT),
        restriction=one_of(Restriction),
        basis=one_of(Basis),
        authority=TEXT,
        directive=TEXT,
        **{"from": TIME, "to": TIME},
        not_before={**TIME, "description": "in no edition issued before then"},
        review_by={"type": "string", "format": "date"},
        applies_to=a_list(one_of(PersonnelCategory)),
        hours=what_is_sent(("tz", "weekly"), tz=TEXT, weekly=a_list(_SPAN)),
        exceptions=a_list(TEXT),
        note=TEXT,
        reason=TEXT,
        confirm_outside={"type": "boolean", "description": "yes, it lies outside the mission's territory"},
        confirm_alike={"type": "boolean", "description": "yes, it is another one than what it looks like"},
    ),
}
