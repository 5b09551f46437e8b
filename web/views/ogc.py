"""`/ogc/`: published lists for QGIS, GDAL and whatever else speaks OGC API Features, with a session or a token.

A page of features is not the list, so reading one says nothing of which edition its reader holds.

`ogc.html` gets `title`, `description`, `table` (the rows below the headings in its first; each cell is a text and the
address it leads to, or None) and `links`.
"""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, render_template, url_for

from geo_offlimits.domain.tokens import Purpose
from geo_offlimits.lookup.reference_systems import ReferenceSystem
from geo_offlimits.services import features
from geo_offlimits.services.features import Bounds, Collection
from web import answers, door, language
from web.ogc import description as openapi
from web.ogc import documents, parameters
from web.ogc.documents import GEOJSON, JSON, OPENAPI, SCHEMA, Document
from web.policy import signed_in

ogc = Blueprint("ogc", __name__, url_prefix="/ogc")
Cell = tuple[str, str | None]
_COLUMNS = ("name", "mission", "restriction", "category", "kind", "locality", "since")


@ogc.get("/")
@signed_in(token=Purpose.SYNC)
def landing() -> Response:
    parameters.refuse_unknown()
    return _answer(documents.landing(), JSON, language.said(documents.TITLE))


@ogc.get("/conformance")
@signed_in(token=Purpose.SYNC)
def conformance() -> Response:
    parameters.refuse_unknown()
    told = documents.conformance()
    rows: list[Sequence[Cell]] = [[("conformsTo", None)], *([(one, None)] for one in told["conformsTo"])]
    return _answer(told, JSON, language.said(documents.TITLE), rows)


@ogc.get("/api")
@signed_in(token=Purpose.SYNC)
def description() -> Response:
    """OpenAPI 3.0; its content type stands as QGIS looks for it."""
    parameters.refuse_unknown()
    return _written(openapi.document(features.collections(door.act())), OPENAPI)


@ogc.get("/collections")
@signed_in(token=Purpose.SYNC)
def collections() -> Response:
    parameters.refuse_unknown()
    every = features.collections(door.act())
    # To say where the features of each edition lie, each would have to be opened.
    told = documents.collections((one, None if one.frozen else _bounds(one)) for one in every)
    rows: list[Sequence[Cell]] = [[("id", None), ("title", None)]]
    rows += ([(one["id"], _path("collection", one["id"])), (one["title"], None)] for one in told["collections"])
    return _answer(told, JSON, language.said(documents.TITLE), rows)


@ogc.get("/collections/<collection_id>")
@signed_in(token=Purpose.SYNC)
def collection(collection_id: str) -> Response:
    parameters.refuse_unknown()
    asked = features.collection(door.act(), collection_id)
    return _answer(documents.collection(asked, _bounds(asked)), JSON, documents.title(asked))


@ogc.get("/collections/<collection_id>/queryables")
@signed_in(token=Purpose.SYNC)
def queryables(collection_id: str) -> Response:
    parameters.refuse_unknown()
    asked = features.collection(door.act(), collection_id)
    told = documents.queryable_properties(asked)
    rows: list[Sequence[Cell]] = [[("property", None), ("type", None)]]
    rows += ([(name, None), (one.get("format") or one["type"], None)] for name, one in told["properties"].items())
    return _answer(told, SCHEMA, documents.title(asked), rows, asked)


@ogc.get("/collections/<collection_id>/items")
@signed_in(token=Purpose.SYNC)
def items(collection_id: str) -> Response:
    asked = features.collection(door.act(), collection_id)
    question, system = parameters.question(asked.kind), parameters.crs()
    found = features.find(door.act(), door.wiring().shelf, asked, question)
    told = documents.items(asked, question, found, system)
    return _placed(_answer(told, GEOJSON, documents.title(asked), _table(asked, told["features"]), asked), system)


@ogc.get("/collections/<collection_id>/items/<feature_id>")
@signed_in(token=Purpose.SYNC)
def item(collection_id: str, feature_id: str) -> Response:
    parameters.refuse_unknown(*parameters.OF_ITEM)
    asked, system = features.collection(door.act(), collection_id), parameters.crs()
    found = features.feature(door.act(), door.wiring().shelf, asked, feature_id)
    told = documents.item(asked, found, system)
    rows: list[Sequence[Cell]] = [[("property", None), ("value", None)]]
    rows += ([(name, None), (_shown(value), None)] for name, value in told["properties"].items())
    return _placed(_answer(told, GEOJSON, feature_id, rows, asked), system)


def _bounds(asked: Collection) -> Bounds | None:
    return features.bounds(door.act(), door.wiring().shelf, asked)


def _path(endpoint: str, collection_id: str, feature_id: str | None = None) -> str:
    return url_for(f"ogc.{endpoint}", collection_id=collection_id, feature_id=feature_id, f="html")


def _table(asked: Collection, found: list[Document]) -> list[Sequence[Cell]]:
    shown = [name for name in _COLUMNS if found and name in found[0]["properties"]]
    rows: list[Sequence[Cell]] = [[("id", None), *((name, None) for name in shown)]]
    for one in found:
        address = _path("item", asked.collection_id, one["id"])
        rows.append([(one["id"], address), *((_shown(one["properties"][name]), None) for name in shown)])
    return rows


def _shown(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _answer(
    told: Document, media: str, title: str, table: Sequence[Sequence[Cell]] = (), about: Collection | None = None
) -> Response:
    """The document, or the page of it. about : the collection that it is a part of."""
    if not parameters.is_for_people():
        return _written(told, media)
    page = render_template(
        "ogc.html",
        title=title,
        description=documents.description(about) if about else told.get("description", ""),
        matched=told.get("numberMatched"),
        table=table,
        links=[one | {"href": _here(one["href"])} for one in told.get("links", ())],
    )
    return answers.kept_by_devices(Response(page, content_type="text/html; charset=utf-8"))


def _here(address: str) -> str:
    """Of an address of ours what a page needs."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _written(told: Any, media: str) -> Response:
    body = json.dumps(told, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    answer = Response(body, content_type=media)
    answer.vary.add("Accept")
    return answers.kept_by_devices(answer)


def _placed(answer: Response, system: ReferenceSystem) -> Response:
    answer.headers["Content-Crs"] = f"<{system.value}>"
    return answer
