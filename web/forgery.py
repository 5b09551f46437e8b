"""Requests that somebody else's page makes in a person's name are refused.

1. Every unsafe route needs the CSRF token, in the form field `csrf_token` or the header `X-CSRF-Token`.
2. An `Origin` or `Sec-Fetch-Site` that names another site is refused, whatever the token. Browsers send
   `Origin: null` with our own forms, because our pages ask them to name no referrer; then the token decides.
3. A request that brings a token for devices (`web.bearer`) needs no CSRF token, because no page can send one for
   somebody. What is said in 2 holds for it too: a browser that was given HTTP Basic once sends it by itself.
4. The CSRF token is the session's secret, or before a session a random cookie's, masked anew in each answer.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from flask import g, request
from werkzeug.wrappers import Response

from geo_offlimits.errors import OfflimitsError, Sentence
from web import cookies

_SECRET_BYTES = 32
FIELD, HEADER = "csrf_token", "X-CSRF-Token"
_VISITOR = "visitor"


class ForgeryError(OfflimitsError):
    """A request that does not come from a page of ours."""

    def __init__(self, fact: str) -> None:
        super().__init__(Sentence("{fact}. Nothing was changed; open the page again and send it once more.", fact=fact))


def new_secret() -> str:
    return secrets.token_hex(_SECRET_BYTES)


def _secret(*, create: bool) -> str | None:
    session = g.visit.session if "visit" in g else None
    if session:
        return str(session.csrf)
    known = g.get("visitor_secret") or cookies.read(_VISITOR)
    if create and not known:
        known = new_secret()
    if create:
        g.visitor_secret = known
    return known


def masked_token() -> str:
    """The token of this visitor, never the same text twice."""
    secret = _secret(create=True) or ""
    mask = secrets.token_bytes(_SECRET_BYTES)
    return urlsafe_b64encode(mask + _xor(mask, _bytes_of(secret))).decode()


def _bytes_of(secret: str) -> bytes:
    """The secret's bytes. A visitor's cookie can hold anything, so whatever it holds becomes 32 bytes."""
    try:
        raw = bytes.fromhex(secret)
    except ValueError:
        raw = b""
    return raw if len(raw) == _SECRET_BYTES else hashlib.sha256(secret.encode()).digest()


def _xor(left: bytes, right: bytes) -> bytes:
    return (int.from_bytes(left) ^ int.from_bytes(right)).to_bytes(_SECRET_BYTES)


def _fits(token: str) -> bool:
    secret = _secret(create=False)
    try:
        raw = urlsafe_b64decode(token.encode())
    except ValueError:
        return False
    if secret is None or len(raw) != 2 * _SECRET_BYTES:
        return False
    mask, hidden = raw[:_SECRET_BYTES], raw[_SECRET_BYTES:]
    return hmac.compare_digest(_xor(mask, hidden), _bytes_of(secret))


def refuse_forgery() -> None:
    """Raises ForgeryError unless this request comes from a page of ours."""
    refuse_other_sites()
    if not _fits(request.headers.get(HEADER) or request.form.get(FIELD, "")):
        raise ForgeryError(Sentence("The page's token is missing or too old"))


def refuse_other_sites() -> None:
    """Raises ForgeryError for a request that a browser says another site has made."""
    origin = request.headers.get("Origin", "null")
    if origin != "null" and origin != f"{request.scheme}://{request.host}":  # noqa: PLR1714  (the host is asked last)
        raise ForgeryError(Sentence("This request comes from a page of another site ({site})", site=origin[:100]))
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise ForgeryError(Sentence("This request was started by another site"))


def remember_visitor(response: Response) -> Response:
    """Sends the cookie that a token given out before a session rests on."""
    if secret := g.get("visitor_secret"):
        cookies.give(response, _VISITOR, secret)
    return response
