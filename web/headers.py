"""The headers of every answer, errors too."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response

_SOURCES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "connect-src": "'self'",
    "font-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
# Of a file that somebody sent or is to save: should a browser open it after all, it shows, loads and runs nothing.
SEALED_POLICY = "default-src 'none'; sandbox"
CONTENT_SECURITY_POLICY = "; ".join(f"{kind} {sources}" for kind, sources in _SOURCES.items())
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Of every answer over HTTPS, ours or a declared proxy's.
STAY_ENCRYPTED = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
_FIXED = tuple(SECURITY_HEADERS.items())
Gateway = Callable[[Any, Any], Iterable[bytes]]


def _protected(answer: Gateway) -> Gateway:
    """Adds the headers that are always the same as the answer leaves. A view sets none of them.

    The one exception is a stricter content policy of a view's own, for what people sent us: browsers hold an answer to
    all the policies that it carries.
    Here they are checked once for good; in a response's own headers each value would be checked on every answer.
    """

    def protected(environ: Any, start_response: Any) -> Iterable[bytes]:
        stay = STAY_ENCRYPTED.items() if environ["wsgi.url_scheme"] == "https" else ()

        def start(status: str, fields: list[tuple[str, str]], *fault: Any) -> Any:
            return start_response(status, [*fields, *_FIXED, *stay], *fault)

        return answer(environ, start)

    return protected


def keep_private(response: Response) -> Response:
    # What a view does not declare cacheable is somebody's own page.
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response


def install(app: Flask) -> None:
    app.wsgi_app = _protected(app.wsgi_app)  # type: ignore[assignment, method-assign]  # so does Flask's manual
