"""An edition's own bytes as an answer: the strong ETag is their SHA-256, and nothing in between is kept."""

from functools import lru_cache

from flask import Response, request

from geo_offlimits.errors import AbsentError
from geo_offlimits.services import editions
from web import compression, door, reading

_KEPT = 4


def edition_number(text: str) -> int | str:
    """`3` or `current`. Anything else is an edition that does not exist."""
    if text == "current":
        return text
    if text.isascii() and text.isdigit() and len(text) < 10:  # noqa: PLR2004  (no mission publishes a billion)
        return int(text)
    raise AbsentError(f"There is no edition {text!r}; give its number, or 'current'.")


def edition_answer(code: str, number: str, *, download: bool = False) -> Response:
    """The canonical bytes of an edition, or 304. A person's copy is theirs: `private, no-store`."""
    header = editions.header(door.act(), code, edition_number(number))
    if header.sha256 in request.if_none_match:
        answer = Response(status=304)
    else:
        answer = _whole(code, header.number)
        if download:
            name = f"{code}-edition-{header.number}.geojson"
            answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.set_etag(header.sha256)
    answer.vary.add("Accept-Encoding")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _whole(code: str, number: int) -> Response:
    content = reading.edition(code, number).content
    answer = Response(content, content_type="application/geo+json")
    if compression.accepted():
        answer.set_data(_packed(content))
        answer.headers["Content-Encoding"] = "gzip"
    return answer


@lru_cache(_KEPT)
def _packed(content: bytes) -> bytes:
    return compression.packed(content)
