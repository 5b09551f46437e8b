"""The token that a request brings: `Authorization: Bearer TOKEN`, or HTTP Basic with it as the password of any user.

1. A request that brings one is answered by it alone: a session's cookie beside it counts for nothing, and a token that
   is none is refused, never passed over.
2. No answer asks a browser for it (no `WWW-Authenticate: Basic`), or browsers would keep it and send it by themselves.
   A viewer of KML sends one only when it is asked, so it is, where the route takes tokens.
3. A token is never logged, shown or sent back.
"""

from flask import g, request

from web import hosts

_SCHEMES = ("basic", "bearer")
CHALLENGE = 'Bearer realm="geo_offlimits", error="invalid_token"'
QUESTION = 'Basic realm="geo_offlimits", charset="UTF-8"'


def is_asked_for() -> bool:
    """Whether a viewer is to be asked for its user's token. What comes from a browser says so (Fetch Metadata)."""
    permission = g.visit.permission if "visit" in g else None
    told = f"{request.headers.get('Accept', '')} {request.headers.get('User-Agent', '')}".lower()
    takes_tokens = permission is not None and permission.token is not None
    return takes_tokens and "kml" in told and "Sec-Fetch-Site" not in request.headers and "text/html" not in told


def is_brought() -> bool:
    return _scheme() in _SCHEMES


def _scheme() -> str:
    return request.headers.get("Authorization", "").partition(" ")[0].lower()


def brought() -> str | None:
    """The text of the request's token; '' for one that cannot be read, None where there is none.

    Raises PlainHttpError where it came over a network in clear.
    """
    if not is_brought():
        return None
    hosts.refuse_plain_http()
    given = request.authorization
    if given is None:
        return ""
    return (given.password if _scheme() == "basic" else given.token) or ""
