"""The shapes of what the API tells of partners' lists and of drift, as JSON Schema."""

from collections.abc import Mapping

from geo_offlimits.domain.drift import DriftStatus
from geo_offlimits.domain.origins import OriginStanding
from geo_offlimits.domain.partners import PartnerState
from web.schemas import SHA, TEXT, TIME, Schema, a_list, an_object, one_of, or_null, ref

_COUNT: Schema = {"type": "integer", "minimum": 0}
_PERSON: Schema = {**or_null(TEXT), "description": "the person's id"}
_ORIGIN: Mapping[str, Schema] = {
    "code": TEXT,
    "standing": one_of(OriginStanding),
    "dated": {**TIME, "description": "when a signed edition was issued, or a transcribed list was received"},
    "sha256": SHA,
    "edition": {**or_null(_COUNT), "description": "of a signed one"},
    "reference": {**or_null(TEXT), "description": "the partner's own, of a transcribed one"},
    "entered_by": _PERSON,
    "confirmed_by": _PERSON,
    "entered_by_name": or_null(TEXT),
    "confirmed_by_name": or_null(TEXT),
}
_LIST: Mapping[str, Schema] = {
    "id": TEXT,
    "mission": {**TEXT, "description": "whose register it lies beside"},
    "state": one_of(PartnerState),
    "origin": ref("Origin"),
    "file": TEXT,
    "entries": {**_COUNT, "description": "how many there are"},
    "recorded_at": TIME,
    "recorded_by": TEXT,
    "recorded_by_name": or_null(TEXT),
    "settled_by": _PERSON,
    "settled_by_name": or_null(TEXT),
    "settled_at": or_null(TIME),
    "reason": {**or_null(TEXT), "description": "why it was refused"},
    "superseded_by": {**or_null(TEXT), "description": "the newer list in its place"},
    "expires_at": or_null(TIME),
    "key_id": {**or_null(TEXT), "description": "of the key by which its signature was verified"},
}
READ: Mapping[str, Schema] = {
    **_LIST,
    "rows": {
        "type": "object",
        "additionalProperties": {"type": "integer"},
        "description": "entry id -> row of the file, of a transcribed one",
    },
    "not_read": {**a_list({"type": "integer"}), "description": "rows of the file that could not be understood"},
    "list": {"type": "object", "description": "GeoJSON FeatureCollection of its entries, as in an edition"},
}
_SIDE: Mapping[str, Schema] = {
    **_ORIGIN,
    "stale": {"type": "boolean", "description": "it has expired"},
    "left_out": {**_COUNT, "description": "entries that the limit left out"},
    "whole": {"type": "boolean", "description": "no limit held for it: the other's territory is not known"},
}
_NAMED = an_object(
    ("id", "name", "locality", "issuer", "ended"),
    id=TEXT,
    name=TEXT,
    locality=or_null(TEXT),
    issuer=TEXT,
    ended={"type": "boolean", "description": "its end has passed since the list came"},
)
_LINE: Mapping[str, Schema] = {
    "row": {"type": "integer", "minimum": 1},
    "status": one_of(DriftStatus),
    "here": a_list(_NAMED),
    "there": a_list(_NAMED),
    "fields": {**a_list(TEXT), "description": "what both tell otherwise"},
    "distance_m": {**or_null({"type": "number"}), "description": "between the two places"},
}
DRIFT = an_object(
    ("here", "there", "within_m", "counts", "lines"),
    here=an_object(tuple(_SIDE), **_SIDE),
    there=an_object(tuple(_SIDE), **_SIDE),
    within_m=or_null({"type": "number"}),
    counts={"type": "object", "additionalProperties": _COUNT, "description": "lines by status, where there are any"},
    lines=a_list(ref("DriftLine")),
)
SCHEMAS: Mapping[str, Schema] = {
    "Origin": an_object(tuple(_ORIGIN), **_ORIGIN),
    "PartnerList": an_object(tuple(_LIST), **_LIST),
    "DriftLine": an_object(tuple(_LINE), **_LINE),
}
