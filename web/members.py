"""The members of a JSON request, held to what its route is described with (`web.openapi`).

A slip in a member's name, such as `postions`, must not be passed over: the question would be answered as another one.
"""

from collections.abc import Iterator
from typing import Any

from flask import request

from geo_offlimits.errors import Sentence
from web import bodies, openapi
from web.bodies import Body, refused
from web.schemas import SCHEMAS, Schema


def json_body() -> Body:
    """The request's JSON object. Raises InputError as `bodies.json_body` does, and for a member that is not known."""
    return checked(bodies.json_body(), request.method, str(request.url_rule))


def checked(body: Body, method: str, rule: str) -> Body:
    """A body that is meant for this route. Raises InputError for a member that is not known there."""
    for where, name, known in _unknown(openapi.body_of(method, rule), body, ""):
        raise refused(
            f"{where}{name}"[:80], Sentence("unknown"), Sentence("use one of {members}", members=", ".join(known))
        )
    return body


def _unknown(schema: Schema, value: Any, where: str) -> Iterator[tuple[str, str, list[str]]]:
    """(where, member, what is known there) of each member that an object closed by its schema does not have."""
    if reference := schema.get("$ref"):
        schema = SCHEMAS[reference.rsplit("/", 1)[1]]
    if isinstance(value, dict) and schema.get("additionalProperties") is False:
        known = schema["properties"]
        yield from ((where, name, sorted(known)) for name in value if name not in known)
        for name in value.keys() & known:
            yield from _unknown(known[name], value[name], f"{where}{name}.")
    elif isinstance(value, list) and "items" in schema:
        for at, one in enumerate(value):
            yield from _unknown(schema["items"], one, f"{where.removesuffix('.')}[{at}].")
