"""Text leaves compressed. Static files and editions are compressed once; the rest here, each answer for itself.

Brotli takes a quarter less than gzip of a list of thousands. Browsers take it over HTTPS and from the machine itself;
what is made for each answer stays gzip, which is quicker to make.

A page that shows both a secret and what the visitor typed would betray the secret by its compressed size (BREACH).
The only secret on our pages is the CSRF token, and it is masked with new random bytes in every answer.
"""

import gzip

import brotli
from flask import Response, request

MIN_BYTES = 860  # below this a packet is a packet
_LEVEL = 6
_TIGHTEST = 10
_TEXT = (
    "text/",
    "application/json",
    "application/problem+json",
    "application/geo+json",
    "application/gpx+xml",
    "application/vnd.google-earth.kml+xml",
    "image/svg+xml",
)


def accepted() -> bool:
    """Whether this visitor reads gzip."""
    return request.accept_encodings["gzip"] > 0


def coding() -> str | None:
    """The coding in which this visitor gets what is compressed once: `br`, `gzip`, or None for as it is."""
    if request.accept_encodings["br"] > 0:
        return "br"
    return "gzip" if accepted() else None


def pressed(text: bytes) -> bytes:
    """By Brotli as tight as it goes, for what is kept: a file of 150 kB takes a second."""
    return bytes(brotli.compress(text, mode=brotli.MODE_TEXT, quality=_TIGHTEST))


def packed(text: bytes, level: int = 9) -> bytes:
    """The same bytes for the same text: no time stamp."""
    return gzip.compress(text, compresslevel=level, mtime=0)


def _worth_it(response: Response) -> bool:
    return (
        not response.direct_passthrough
        and not response.is_streamed
        and len(response.get_data()) >= MIN_BYTES
        and "Content-Encoding" not in response.headers
        and "Content-Range" not in response.headers
        and (response.mimetype or "").startswith(_TEXT)
    )


def compress(response: Response) -> Response:
    if not _worth_it(response):
        return response
    response.vary.add("Accept-Encoding")
    if accepted():
        response.set_data(packed(response.get_data(), _LEVEL))
        response.headers["Content-Encoding"] = "gzip"
    return response
