"""Asking another server: in so many seconds, for so many bytes, at that address and no other.

1. HTTPS, with the system's authorities; plain HTTP to this machine alone.
2. No redirect is followed, no proxy of the environment used, no cookie kept.
3. `within_s` holds from the question to the last byte of the answer, however slowly it drips; connecting takes
   `CONNECT_S` at most beside it. Of an answer that is longer than MOST_BYTES nothing is used.
"""

import ipaddress
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Event, Timer
from urllib.parse import SplitResult, urlsplit

CONNECT_S = 5.0
MOST_BYTES = 256 * 1024
_NO = 4  # the hundreds of a status


class FetchError(Exception):
    """What was asked for did not come. The message is for an operator."""


class DeclinedError(FetchError):
    """The other server understood and said no (a status of 400 to 499)."""


def refuse_address(address: str) -> None:
    """Raises FetchError for what is no address of a server that may be asked."""
    _parts(address)


def fetch(address: str, *, within_s: float, form: str | None = None, headers: Mapping[str, str] | None = None) -> bytes:
    """The body of a 200, asked by GET, or by POST of `form` (application/x-www-form-urlencoded).

    Raises FetchError, of which a DeclinedError is a no to what was asked.
    """
    parts = _parts(address)
    connection = _connection(parts, min(CONNECT_S, within_s))
    sent = {"Accept": "application/json", "User-Agent": "geo_offlimits"} | dict(headers or {})
    if form is not None:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.connect()
        with _no_longer_than(within_s, connection.sock):
            connection.request("GET" if form is None else "POST", path, form, sent)
            with connection.getresponse() as answer:
                body = answer.read(MOST_BYTES + 1)
    except (OSError, HTTPException, ValueError) as fault:
        raise FetchError(f"{parts.hostname}: {type(fault).__name__}") from None
    finally:
        connection.close()
    if len(body) > MOST_BYTES:
        raise FetchError(f"{parts.hostname}: an answer of more than {MOST_BYTES} bytes")
    if answer.status != HTTPStatus.OK:
        refusal = DeclinedError if answer.status // 100 == _NO else FetchError
        raise refusal(f"{parts.hostname}: status {answer.status}")
    return body


@contextmanager
def connected(address: str, silence_s: float, *, within_s: float) -> Iterator[HTTPConnection]:
    """A connection to the server of this address, given up after so many seconds without a byte, or so many at all.

    Raises FetchError for what is no address of a server that may be asked, OSError as the system does.
    """
    connection = _connection(_parts(address), CONNECT_S)
    try:
        connection.connect()
        connection.sock.settimeout(silence_s)
        with _no_longer_than(within_s, connection.sock):
            yield connection
    finally:
        connection.close()


def _parts(address: str) -> SplitResult:
    if not address.isascii() or not address.isprintable() or set(address) & set(" \"'<>\\"):
        raise FetchError("an address with signs that none has")
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise FetchError("no address") from None
    if not parts.hostname or parts.username or parts.password or parts.fragment or port == 0:
        raise FetchError("no address of a server alone")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_here(parts.hostname)):
        raise FetchError(f"{parts.hostname}: neither https nor this machine")
    return parts


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _connection(parts: SplitResult, connect_s: float) -> HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "http":
        return HTTPConnection(host, parts.port, timeout=connect_s)
    return HTTPSConnection(host, parts.port, timeout=connect_s, context=ssl.create_default_context())


@contextmanager
def _no_longer_than(seconds: float, sock: socket.socket) -> Iterator[None]:
    """Cuts the connection then; a time limit of the socket's would begin anew with each byte."""
    late = Event()

    def cut() -> None:
        late.set()
        with suppress(OSError):  # closed already
            # Of TCP, beneath TLS: whoever reads hears the end at once.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)

    timer = Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
    if late.is_set():
        raise TimeoutError
