"""The headers of every answer, errors too."""

from flask import Flask, Response, request

_SOURCES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "connect-src": "'self'",
    "font-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
CONTENT_SECURITY_POLICY = "; ".join(f"{kind} {sources}" for kind, sources in _SOURCES.items())
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_FIXED = tuple(SECURITY_HEADERS.items())
_HSTS = "max-age=31536000"


def _protect(response: Response) -> Response:
    response.headers.extend(_FIXED)  # none of these is set by a view, so none is there twice
    # What a view does not declare cacheable is somebody's own page.
    response.headers.setdefault("Cache-Control", "private, no-store")
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = _HSTS
    return response


def install(app: Flask) -> None:
    app.after_request(_protect)
