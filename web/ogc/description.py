"""The OpenAPI 3.0 document of `/ogc/`: QGIS and GDAL read from it how many features they may ask for at once.

It is made for the caller, whose collections it names. That of `/api/v1` is 3.1 and stands apart (`web.openapi`).
"""

from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

from flask import url_for

from geo_offlimits.lookup.reference_systems import ReferenceSystem
from geo_offlimits.services.features import Collection, queryables
from web import language
from web.ogc.documents import DESCRIPTION, GEOJSON, HTML, JSON, SCHEMA, TITLE, schema_of, title
from web.ogc.parameters import CQL2_TEXT, DEFAULT_LIMIT, FORMATS, MAX_LIMIT

PROBLEM = "application/problem+json"
_TEXT = {"type": "string"}
_SYSTEM = {"type": "string", "format": "uri", "enum": [system.value for system in ReferenceSystem]}
_LIMIT = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
_NUMBERS = {
    "type": "array",
    "items": {"type": "number"},
    "minItems": 4,
    "maxItems": 6,
}
Document = dict[str, Any]


def _parameter(name: str, schema: Document, about: str = "", *, style: str = "form") -> Document:
    told = {"name": name, "in": "query", "required": False, "schema": schema, "style": style, "explode": False}
    return told | ({"description": about} if about else {})


_SHARED = {
    "f": _parameter("f", _TEXT | {"enum": list(FORMATS)}, "the form of the answer; else as the header Accept says"),
    "limit": _parameter("limit", _LIMIT, "most features of an answer; a larger number is taken for the most"),
    "offset": _parameter("offset", {"type": "integer", "minimum": 0, "default": 0}, "features to pass over"),
    "bbox": _parameter("bbox", _NUMBERS, "west,south,east,north; what has no place is in every answer"),
    "bbox-crs": _parameter("bbox-crs", _SYSTEM, "of the numbers in bbox"),
    "crs": _parameter("crs", _SYSTEM, "of the geometries in the answer"),
    "datetime": _parameter("datetime", _TEXT, "a moment, or two with / between, .. where open"),
    "filter": _parameter("filter", _TEXT, "a condition in CQL2 text"),
    "filter-lang": _parameter("filter-lang", _TEXT | {"enum": [CQL2_TEXT], "default": CQL2_TEXT}),
    "filter-crs": _parameter("filter-crs", _SYSTEM, "of the geometries in the filter"),
}
_OF_ITEMS = tuple(name for name in _SHARED if name != "limit")
_REFUSALS = {
    "400": "A parameter is not known or cannot be; the problem names it",
    "401": "No token, or one that no longer holds",
    "403": "Over plain HTTP",
    "404": "There is no such thing for the caller",
    "414": "The address is too long",
    "429": "Too fast",
    "503": "The store cannot be used now",
}


def document(collections: Iterable[Collection]) -> Document:
    """The description of what these collections' reader may ask."""
    paths: Document = {
        "/": _operation("The landing page", JSON),
        "/conformance": _operation("What of the standard is here", JSON),
        "/collections": _operation("The collections that the caller may read", JSON),
    }
    for one in collections:
        paths |= _of_collection(one)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": language.said(TITLE),
            "description": language.said(DESCRIPTION),
            "version": version("geo_offlimits"),
        },
        "servers": [{"url": url_for("ogc.landing", _external=True).rstrip("/")}],
        "paths": paths,
        "security": [{"basic": []}, {"bearer": []}],
        "components": {
            "parameters": _SHARED,
            "securitySchemes": {
                "basic": {"type": "http", "scheme": "basic", "description": "a token as the password of any user name"},
                "bearer": {"type": "http", "scheme": "bearer", "description": "a token"},
            },
        },
    }


def _of_collection(told: Collection) -> Document:
    below = f"/collections/{told.collection_id}"
    columns = {name: schema_of(column) for name, column in queryables(told.kind).items()}
    own = [_parameter(name, schema) for name, schema in ({"mission": _TEXT} | columns).items()]
    # The limit stands here in full: some readers follow no reference.
    parameters = [_SHARED["limit"], *(_shared(name) for name in _OF_ITEMS), *own]
    feature_id = {"name": "featureId", "in": "path", "required": True, "schema": _TEXT}
    return {
        below: _operation(title(told), JSON),
        f"{below}/queryables": _operation("The properties that a filter may name", SCHEMA),
        f"{below}/items": _operation("The features, a page at a time", GEOJSON, parameters),
        f"{below}/items/{{featureId}}": _operation("One feature", GEOJSON, [feature_id, _shared("f"), _shared("crs")]),
    }


def _shared(name: str) -> Document:
    return {"$ref": f"#/components/parameters/{name}"}


def _operation(summary: str, media: str, parameters: list[Document] | None = None) -> Document:
    forms = {one: {"schema": {"type": "object"}} for one in (media,)} | {HTML: {"schema": _TEXT}}
    refused = {"content": {PROBLEM: {"schema": {"type": "object"}}}}
    answers: Document = {"200": {"description": "The answer", "content": forms}}
    answers |= {status: {"description": why} | refused for status, why in _REFUSALS.items()}
    return {"get": {"summary": summary, "parameters": parameters or [_shared("f")], "responses": answers}}
