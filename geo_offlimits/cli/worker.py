"""A process of the server: it works only on requests that have arrived whole, as a proxy in front would see to.

Gunicorn reads a request in the thread that answers it, for as long as it trickles in: a handful of half-sent ones would
hold every thread. So

1. many threads wait for requests, few of them work at once; a body is here before the application is asked;
2. a request that has not arrived whole in time (handshake, head and body together) is closed, a body with 408; a long
   one has this time for each megabyte;
3. who takes nothing of an answer is not waited for without end, nor who does not close a connection after it;
4. nobody waits without end for one of the few to be free, and an answer on which one works without end is given up
   with its process, because a thread cannot be ended by itself: what it was writing is rolled back by the store;
5. what a request needed for a moment goes back to the machine: opening a long list takes as much again as keeping
   it;
6. what is logged of a fault is its kind and where, never its text, which can hold what was sent;
7. what it answers itself is a problem like any other, with the application's headers, and repeats nothing of what was
   sent.
"""

import gc
import io
import json
import os
import socket
import ssl
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from gunicorn import util
from gunicorn.glogging import Logger
from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

from geo_offlimits.cli.memory import give_back

WAITING = 96
# More would take the interpreter from each other at every step of the database: four answer fewer look-ups than two.
# One would let a single long export hold up everybody of its process.
WORKING = 2
# A longer body (a sheet, an outline) is read by its view, which asks first whether its sender may send it.
RECEIVED_BYTES = 1024**2
TAKEN_WITHIN_S = 60
FAREWELL_S = 1.0
GIVE_BACK_EVERY_S = 10.0

Environ = dict[str, Any]
Gateway = Callable[[Environ, Any], Iterable[bytes]]


@dataclass(frozen=True)
class Refusal:
    """What is answered in place of the application."""

    status: HTTPStatus
    sentence: str

    def written(self, headers: Mapping[str, str]) -> bytes:
        """The whole answer as it goes over the line; after it the connection is closed."""
        kind = f"urn:geo-offlimits:problem:{self.status.name.lower().replace('_', '-')}"
        told = {"type": kind, "title": self.status.phrase, "status": self.status, "detail": self.sentence}
        body = json.dumps(told).encode()
        fields = {
            "Connection": "close",
            "Content-Type": "application/problem+json",
            "Content-Length": len(body),
            "Cache-Control": "no-store",
            **headers,
        }
        lines = [
            f"HTTP/1.1 {self.status} {self.status.phrase}",
            *(f"{name}: {fields[name]}" for name in fields),
            "",
            "",
        ]
        return "\r\n".join(lines).encode() + body


# Of what is no request. The first family that fits decides.
REFUSALS: tuple[tuple[type[Exception], Refusal], ...] = (
    (errors.LimitRequestLine, Refusal(HTTPStatus.REQUEST_URI_TOO_LONG, "This address is too long. Shorten it.")),
    (
        errors.LimitRequestHeaders,
        Refusal(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The head of this request is too large. Send less in it."),
    ),
    (errors.ExpectationFailed, Refusal(HTTPStatus.EXPECTATION_FAILED, "This cannot be expected here. Send no Expect.")),
    (
        errors.UnsupportedTransferCoding,
        Refusal(HTTPStatus.NOT_IMPLEMENTED, "This transfer coding is not known here. Send the body as it is."),
    ),
    (errors.ParseException, Refusal(HTTPStatus.BAD_REQUEST, "This is no HTTP request. Correct it and send it again.")),
)
# Families of errors.ParseException that are faults of this server.
FAULTS = (errors.InvalidResponseHeader, errors.InvalidResponseHeaderName, errors.ConfigurationProblem)
FAULT = Refusal(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "The server failed on this request. Try again; if it stays, tell your administrator.",
)
TOO_LATE = Refusal(HTTPStatus.REQUEST_TIMEOUT, "The request did not arrive whole in time. Send it again.")
BUSY = Refusal(HTTPStatus.SERVICE_UNAVAILABLE, "The server is busy. Try again in a minute.")
TOO_LONG = Refusal(HTTPStatus.SERVICE_UNAVAILABLE, "This took too long and was given up. Ask for less at a time.")
NO_LENGTH = Refusal(HTTPStatus.LENGTH_REQUIRED, "This is long; say how long it is in Content-Length.")


def refusal_of(error: Exception) -> Refusal:
    if isinstance(error, FAULTS):
        return FAULT
    return next((refusal for family, refusal in REFUSALS if isinstance(error, family)), FAULT)


class UnfitRequestError(Exception):
    """A request that the application is not asked about: what to answer instead."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.sentence)


class Log(Logger):  # type: ignore[misc]  # gunicorn publishes no types
    def exception(self, *_told: object, **_how: object) -> None:
        """The kind of a fault and where it came up."""
        kind, _, trace = sys.exc_info()
        places = "".join(traceback.format_list(traceback.extract_tb(trace)))
        self.error("%s\n%s", kind.__name__ if kind else "fault", places)


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn publishes no types
    """`app` is a Server, whose settings say within how many seconds a request must be here."""

    wsgi: Gateway

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # thread -> the connection it waits for, and until when
        self._arriving: dict[int, tuple[Any, float]] = {}
        # thread -> the connection it works for, and until when
        self._working: dict[int, tuple[socket.socket, float]] = {}
        self._places = threading.BoundedSemaphore(WORKING)
        self._given_back = (0, 0.0)  # how many requests had been answered then, and when

    def load_wsgi(self) -> None:
        super().load_wsgi()
        self.wsgi = self._once_whole(self.wsgi)
        # The application stays for good. To look through all of it for what nobody needs any more takes a fifth of a
        # second, in which this process answers nobody.
        gc.collect()
        gc.freeze()

    def handle(self, conn: Any) -> Any:
        """In a thread: one request of a connection, from its first byte to the last of the answer."""
        until = time.monotonic() + self.app.settings.receive_seconds
        self._arriving[threading.get_ident()] = (conn, until)
        try:
            kept = super().handle(conn)
        finally:
            self._arriving.pop(threading.get_ident(), None)
        if kept is False:
            say_farewell(conn.sock)
        return kept

    def handle_request(self, req: Any, conn: Any) -> bool:
        try:
            kept: bool = super().handle_request(req, conn)
        except UnfitRequestError as unfit:
            self._refuse(conn.sock, unfit.refusal)
            return False
        except TimeoutError:  # nobody takes the answer
            return False
        return kept

    def handle_error(self, _req: Any, client: Any, _addr: Any, exc: Exception) -> None:
        """What gunicorn would say repeats what was sent, to its sender and in the log."""
        if isinstance(exc, ssl.SSLError):  # there is no way to say anything
            return
        refusal = refusal_of(exc)
        if refusal is FAULT:
            self.log.exception("fault")  # noqa: LOG004  (gunicorn calls this while it handles it)
        self._refuse(client, refusal)

    def _refuse(self, opened: socket.socket, refusal: Refusal) -> None:
        with suppress(OSError):  # nobody is there any more
            util.write_nonblock(opened, refusal.written(self.app.headers))

    def murder_keepalived(self, *how: Any, **more: Any) -> None:
        """Gunicorn's loop calls this every second. What is late is ended here; its thread then reads the end."""
        super().murder_keepalived(*how, **more)
        now = time.monotonic()
        for conn, until in list(self._arriving.values()):
            if now > until:
                with suppress(OSError):  # TLS is passed by: another thread is using it
                    socket.socket.shutdown(conn.sock, socket.SHUT_RD)
        self._give_back(now)
        if late := [opened for opened, until in list(self._working.values()) if now > until]:
            self._give_up(late)

    def _give_up(self, late: list[socket.socket]) -> None:
        self.log.error("An answer took longer than %d s; this process ends.", self.app.settings.answer_seconds)
        for opened, _ in list(self._working.values()):
            self._refuse(opened, TOO_LONG if opened in late else BUSY)
        os._exit(1)  # in any other way the process would wait for the very thread that does not end

    def _give_back(self, now: float) -> None:
        """Now and then, where something was answered since; the allocator keeps freed memory for itself otherwise."""
        answered, at = self._given_back
        if self.nr != answered and now - at > GIVE_BACK_EVERY_S:
            self._given_back = (self.nr, now)
            give_back()

    def _once_whole(self, application: Gateway) -> Gateway:
        def asked(environ: Environ, start_response: Any) -> Iterable[bytes]:
            self._receive(environ)
            with self._place(environ["gunicorn.socket"]):
                return application(environ, start_response)

        return asked

    @contextmanager
    def _place(self, opened: socket.socket) -> Iterator[None]:
        """Raises UnfitRequestError where none becomes free in time."""
        limit_s = self.app.settings.answer_seconds
        if not self._places.acquire(timeout=limit_s):
            raise UnfitRequestError(BUSY)
        self._working[threading.get_ident()] = (opened, time.monotonic() + limit_s)
        try:
            yield
        finally:
            self._working.pop(threading.get_ident(), None)
            self._places.release()

    def _receive(self, environ: Environ) -> None:
        thread = threading.get_ident()
        if long := int(environ.get("CONTENT_LENGTH") or 0) // (RECEIVED_BYTES + 1):
            conn, until = self._arriving[thread]
            self._arriving[thread] = (conn, until + long * self.app.settings.receive_seconds)
            return
        body = whole_body(environ)
        environ |= {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        self._arriving.pop(thread, None)
        environ["gunicorn.socket"].settimeout(TAKEN_WITHIN_S)


def whole_body(environ: Environ) -> bytes:
    """Raises UnfitRequestError for a body that ends early, or is long without having said so."""
    body: bytes = environ["wsgi.input"].read(RECEIVED_BYTES + 1)
    if len(body) < int(environ.get("CONTENT_LENGTH") or 0):
        raise UnfitRequestError(TOO_LATE)
    if len(body) > RECEIVED_BYTES:
        raise UnfitRequestError(NO_LENGTH)
    return body


def say_farewell(opened: socket.socket) -> None:
    """Closes our side and waits a little for the other's, so that an answer on its way is not cut off.

    Gunicorn does the same in its one loop, where somebody who does not close would hold up everybody else; after this
    it finds nothing left to wait for.
    """
    with suppress(OSError):
        socket.socket.shutdown(opened, socket.SHUT_WR)
        until = time.monotonic() + FAREWELL_S
        while (left := until - time.monotonic()) > 0:
            opened.settimeout(left)
            if not socket.socket.recv(opened, 65536):
                break
    with suppress(OSError):
        socket.socket.shutdown(opened, socket.SHUT_RD)
