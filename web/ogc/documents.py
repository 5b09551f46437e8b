"""The documents of `/ogc/`, as JSON has them; a page shows the same.

Each tells of which editions it is made, with number, SHA-256 and expiry, and that what is listed is suspected only.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from flask import request, url_for

from geo_offlimits.domain.instants import format_instant
from geo_offlimits.errors import Sentence
from geo_offlimits.formats.edition import geometry_member
from geo_offlimits.layer import Column, ColumnKind
from geo_offlimits.lookup.reference_systems import ReferenceSystem
from geo_offlimits.services.features import Bounds, Collection, Feature, Found, Kind, Question, queryables
from geo_offlimits.services.headers import PublishedHeader
from web import door, language
from web.ogc.parameters import MAX_LIMIT
from web.rendering import visible_missions

JSON, GEOJSON, HTML = "application/json", "application/geo+json", "text/html"
SCHEMA = "application/schema+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
_PRECAUTION = "suspected, precautionary"
QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
_FEATURES, _CQL2 = "http://www.opengis.net/spec/ogcapi-features-", "http://www.opengis.net/spec/cql2/1.0/conf/"
CONFORMANCE = (
    *(f"{_FEATURES}1/1.0/conf/{name}" for name in ("core", "geojson", "html", "oas30")),
    f"{_FEATURES}2/1.0/conf/crs",
    *(
        f"{_FEATURES}3/1.0/conf/{name}"
        for name in ("queryables", "queryables-query-parameters", "filter", "features-filter")
    ),
    *(f"{_CQL2}{name}" for name in ("cql2-text", "basic-cql2", "advanced-comparison-operators")),
    *(f"{_CQL2}{name}" for name in ("case-insensitive-comparison", "basic-spatial-functions")),
    *(f"{_CQL2}{name}" for name in ("basic-spatial-functions-plus", "spatial-functions", "temporal-functions")),
)
TITLE = Sentence("Off-limits lists as features")
DESCRIPTION = Sentence(
    "What a mission has put off limits as a precaution, with its boundaries and the places it approves, for programs "
    "that draw maps (OGC API Features). What is listed is suspected, not found; what is not listed is only not on this "
    "list."
)
_TITLES = {
    Kind.PREMISES: Sentence("Off-limits list"),
    Kind.BOUNDARIES: Sentence("Boundaries"),
    Kind.FACILITIES: Sentence("Approved facilities"),
}
_DESCRIPTIONS = {
    Kind.PREMISES: Sentence(
        "Premises, areas and rules that are off limits or call for caution: suspected, precautionary. What has no "
        "place may be anywhere, so it is in the answer to every bbox; a filter on its geometry is unknown. At most "
        "{most} features an answer.",
        most=MAX_LIMIT,
    ),
    Kind.BOUNDARIES: Sentence("Territory and sectors, with the dates between which they hold."),
    Kind.FACILITIES: Sentence("Places that are approved for welfare and recreation."),
}
_TYPES = {ColumnKind.TEXT: {"type": "string"}, ColumnKind.METRES: {"type": "number"}}
_MOMENT = {"type": "string", "format": "date-time"}
Document = dict[str, Any]
NOTHING: Mapping[str, Any] = MappingProxyType({})


def link(rel: str, media: str, endpoint: str, title: str = "", values: Mapping[str, Any] = NOTHING) -> Document:
    """A link to one of our own addresses, which `values` fill."""
    made = {"rel": rel, "type": media, "href": url_for(f"ogc.{endpoint}", **{"_external": True, **values})}
    return made | ({"title": language.said(title)} if title else {})


def in_both_forms(media: str, endpoint: str, values: Mapping[str, Any] = NOTHING) -> list[Document]:
    """The links of a document to itself and to its other form."""
    forms = [(media, {**values, "f": "json"}), (HTML, {**values, "f": "html"})]
    own = HTML if request.args.get("f") == "html" else media
    return [link("self" if form == own else "alternate", form, endpoint, values=told) for form, told in forms]


def landing() -> Document:
    return {
        "title": language.said(TITLE),
        "description": language.said(DESCRIPTION),
        "links": [
            *in_both_forms(JSON, "landing"),
            link("service-desc", OPENAPI, "description", Sentence("Description of this interface")),
            link("conformance", JSON, "conformance", Sentence("What of the standard is here")),
            link("data", JSON, "collections", Sentence("Collections")),
        ],
    }


def conformance() -> Document:
    return {"links": in_both_forms(JSON, "conformance"), "conformsTo": list(CONFORMANCE)}


def collections(all_of_them: Iterable[tuple[Collection, Bounds | None]]) -> Document:
    """Every collection that the caller may read."""
    return {
        "links": in_both_forms(JSON, "collections"),
        "collections": [collection(one, bounds) for one, bounds in all_of_them],
    }


def collection(told: Collection, bounds: Bounds | None) -> Document:
    """One collection. bounds : around its features, None where not known or where none has a place."""
    of = {"collection_id": told.collection_id}
    extent = {"spatial": {"bbox": [list(bounds)], "crs": ReferenceSystem.CRS84.value}} if bounds else {}
    return {
        "id": told.collection_id,
        "title": title(told),
        "description": description(told),
        "itemType": "feature",
        **({"extent": extent} if extent else {}),
        "crs": [system.value for system in ReferenceSystem],
        "storageCrs": ReferenceSystem.CRS84.value,
        "links": [
            *in_both_forms(JSON, "collection", of),
            # Without a query: GDAL writes the id of a feature behind it.
            link("items", GEOJSON, "items", title(told), of),
            link("items", HTML, "items", title(told), {**of, "f": "html"}),
            link(QUERYABLES, SCHEMA, "queryables", Sentence("Properties that a filter may name"), of),
        ],
        "offlimits": _offlimits(told),
    }


def title(told: Collection) -> str:
    if not told.frozen:
        return language.said(_TITLES[told.kind])
    (edition,) = told.editions
    return language.said(
        Sentence("Off-limits list of {mission}, edition {number}", mission=edition.mission, number=edition.number)
    )


def description(told: Collection) -> str:
    """What it holds, and of which editions."""
    return " ".join([language.said(_DESCRIPTIONS[told.kind]), *map(_edition_words, told.editions)])


def _edition_words(header: PublishedHeader) -> str:
    return language.said(
        Sentence(
            "Edition {number} of {mission}, SHA-256 {sha256}, expires {expires}.",
            number=header.number,
            mission=header.mission,
            sha256=header.sha256,
            expires=format_instant(header.expires_at),
        )
    )


def _offlimits(told: Collection) -> Document:
    """Of which editions it is, in the member beside what the standard knows."""
    demonstrations = {mission.code for mission in visible_missions() if mission.demonstration}
    return {
        "standing": _PRECAUTION,
        "editions": [
            {
                "mission": header.mission,
                "number": header.number,
                "sha256": header.sha256,
                "issued_at": format_instant(header.issued_at),
                "expires_at": format_instant(header.expires_at),
                "expired": door.visit().now >= header.expires_at,
                "demonstration": header.mission in demonstrations,
            }
            for header in told.editions
        ],
    }


def schema_of(column: Column) -> Document:
    kind = _TYPES.get(column.kind, _MOMENT)
    return kind | ({"enum": [str(word) for word in column.words]} if column.words else {})


def queryable_properties(told: Collection) -> Document:
    """The properties that a filter may name, as JSON schema."""
    named = {name: {"title": name, **schema_of(one)} for name, one in queryables(told.kind).items()}
    place = {"title": "geometry", "format": "geometry-any"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": url_for("ogc.queryables", collection_id=told.collection_id, _external=True),
        "type": "object",
        "title": title(told),
        "properties": named | {"mission": {"title": "mission", "type": "string"}, "geometry": place},
        "additionalProperties": False,
    }


def items(told: Collection, asked: Question, found: Found, system: ReferenceSystem) -> Document:
    """One page of a collection, with the pages before and behind it."""
    own, asked_for = {"collection_id": told.collection_id}, request.args.to_dict()
    links = in_both_forms(GEOJSON, "items", own | asked_for)
    media = HTML if request.args.get("f") == "html" else GEOJSON
    after, before = asked.offset + len(found.features), max(0, asked.offset - asked.limit)
    if found.features and after < found.matched:
        links.append(link("next", media, "items", values={**own, **asked_for, "offset": after}))
    if asked.offset:
        links.append(link("prev", media, "items", values={**own, **asked_for, "offset": before}))
    links.append(link("collection", JSON, "collection", title(told), own))
    return {
        "type": "FeatureCollection",
        "features": [_feature(one, system) for one in found.features],
        "links": links,
        "timeStamp": format_instant(door.visit().now),
        "numberMatched": found.matched,
        "numberReturned": len(found.features),
        "offlimits": _offlimits(told),
    }


def item(told: Collection, feature: Feature, system: ReferenceSystem) -> Document:
    own = {"collection_id": told.collection_id}
    address = own | {"feature_id": feature.feature_id} | request.args.to_dict()
    return _feature(feature, system) | {
        "links": [
            *in_both_forms(GEOJSON, "item", address),
            link("collection", JSON, "collection", title(told), own),
        ],
        "offlimits": _offlimits(told),
    }


def _feature(feature: Feature, system: ReferenceSystem) -> Document:
    placed = feature.geometry
    return {
        "type": "Feature",
        "id": feature.feature_id,
        "geometry": None if placed is None else geometry_member(system.given(placed)),
        "properties": feature.properties,
    }
