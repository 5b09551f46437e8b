"""Over which connections somebody may sign in, and under which names this server answers.

1. Plain HTTP is for this machine alone. The other end of the connection decides, never a header; what a proxy says of
   it counts only when the settings declare one (ProxyFix).
2. Over plain HTTP the name in `Host` must be ours or an address: a page elsewhere could let its own name point to this
   machine and would then be of our origin (DNS rebinding). Over HTTPS the certificate sees to that.
3. What can be no host's name is refused before Flask, which could not even say so on a page.
"""

import ipaddress
import re
from functools import lru_cache
from typing import Any

from flask import Flask, request

from geo_offlimits.errors import AbsentError, OfflimitsError, Sentence
from geo_offlimits.services.keys import Party
from web.headers import Gateway

_NO_HOST = (
    b'{"type":"urn:geo-offlimits:problem:bad-request","title":"Bad Request","status":400,'
    b'"detail":"The Host of this request can be no name of a host. Correct the address and try again."}'
)
_HANDED_ON = ("Forwarded", "Via", "X-Forwarded-For", "X-Real-IP")
_HOST = re.compile(r"([a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?|\[[0-9a-f:.]+\])?(:[0-9]{1,5})?", re.IGNORECASE)


class PlainHttpError(OfflimitsError):
    """Passphrases and sessions do not travel over a network in clear."""

    def __init__(self, host: str) -> None:
        self.host = host
        super().__init__(
            Sentence(
                "This connection to {host} is not encrypted, so nobody can sign in over it. Use the https:// address; "
                "an operator sets it up with serve --tls-cert or a proxy (behind_proxy).",
                host=host,
            )
        )


class ForeignHostError(OfflimitsError):
    """A name that is not ours."""

    def __init__(self, host: str) -> None:
        self.host = host
        super().__init__(
            Sentence(
                "This server is not called {host} over plain HTTP. Use http://localhost or the https:// address; an "
                "operator sets it up with serve --tls-cert or a proxy that sends X-Forwarded-Proto (behind_proxy).",
                host=host[:100],
            )
        )


def source() -> str:
    """The address at the other end of the connection, or the one that a declared proxy names."""
    return request.remote_addr or ""


def origin() -> str:
    """With what an address of ours begins, as it was reached."""
    return f"{request.scheme}://{request.host.lower()}"


def party() -> Party | None:
    """Under which name this request reached us, for keys; None for an address, which no key answers to."""
    name = request.host.rpartition(":")[0] if ":" in request.host else request.host
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return Party(id=name.lower(), origin=origin())
    return None


def refuse_plain_http() -> None:
    """Raises PlainHttpError for plain HTTP from anywhere but this machine."""
    if not request.is_secure and not _is_loopback(source()):
        raise PlainHttpError(request.host)


def refuse_other_machines(*, behind_proxy: bool) -> None:
    """Raises AbsentError unless it is this machine that asks.

    What a proxy here hands on comes from this machine too: it says for whom, and where none is declared, that is enough
    to know that it is for somebody else.
    """
    handed_on = not behind_proxy and any(name in request.headers for name in _HANDED_ON)
    if handed_on or not _is_loopback(source()):
        raise AbsentError("Metrics are for this machine: ask at its loopback address, or with a token for them.")


def refuse_foreign_host(bound: str) -> None:
    """Raises ForeignHostError for plain HTTP under a name that is neither this machine's own nor `bound`."""
    environ = request.environ
    host = environ.get("HTTP_HOST", "")
    if environ["wsgi.url_scheme"] == "http" and not _is_ours(host, bound):
        raise ForeignHostError(host)


@lru_cache(64)
def _is_ours(host: str, bound: str) -> bool:
    name = host.partition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]
    name = name.casefold().removesuffix(".")
    return name in {"", "localhost", bound.casefold()} or name.endswith(".localhost") or _address(name) is not None


def _is_loopback(source: str) -> bool:
    address = _address(source)
    mapped = getattr(address, "ipv4_mapped", None)
    return address is not None and (mapped or address).is_loopback


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


@lru_cache(64)
def _can_be_a_host(host: str) -> bool:
    return _HOST.fullmatch(host) is not None


def _of_a_host(answer: Gateway) -> Gateway:
    def gate(environ: Any, start_response: Any) -> Any:
        if _can_be_a_host(environ.get("HTTP_HOST", "")):
            return answer(environ, start_response)
        fields = [("Content-Type", "application/problem+json"), ("Content-Length", str(len(_NO_HOST)))]
        start_response("400 BAD REQUEST", [*fields, ("Cache-Control", "no-store")])
        return [_NO_HOST]

    return gate


def install(app: Flask) -> None:
    app.wsgi_app = _of_a_host(app.wsgi_app)  # type: ignore[assignment, method-assign]  # so does Flask's manual
