"""A file as an answer: for the disk, never shown here."""

from flask import Response

from web import headers


def to_save(content: bytes, kind: str, name: str) -> Response:
    """`kind` is its media type. It may hold what people wrote: a browser that opens it after all runs nothing of it."""
    answer = Response(content, content_type=kind)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["Content-Security-Policy"] = headers.SEALED_POLICY
    return answer
