"""A process of the server: it works only on requests that have arrived whole, as a proxy in front would see to.

Gunicorn reads a request in the thread that answers it, for as long as it trickles in: a handful of half-sent ones would
hold every thread. So

1. many threads wait for requests, few of them work at once; a body is here before the application is asked;
2. a request that has not arrived whole in time (handshake, head and body together) is closed, a body with 408; a long
   one has this time for each megabyte;
3. who takes nothing of an answer is not waited for without end, nor who does not close a connection after it;
4. what a request needed for a moment goes back to the machine: opening a long list takes as much again as keeping it;
5. what is logged of a fault is its kind and where, never its text, which can hold what was sent.
"""

import ctypes
import io
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from gunicorn import util
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

WAITING = 96
# More would take the interpreter from each other at every step of the database: four answer fewer look-ups than two.
# One would let a single long export hold up everybody of its process.
WORKING = 2
# A longer body (a sheet, an outline) is read by its view, which asks first whether its sender may send it.
RECEIVED_BYTES = 1024**2
TAKEN_WITHIN_S = 60
FAREWELL_S = 1.0
GIVE_BACK_EVERY_S = 10.0
# Of the C library of most Linux systems; where another stands in, it does this by itself or not at all.
_give_back_memory = getattr(ctypes.CDLL(None), "malloc_trim", None)

Environ = dict[str, Any]
Gateway = Callable[[Environ, Any], Iterable[bytes]]


class UnfitRequestError(Exception):
    """A request that the application is not asked about: what to answer instead."""

    def __init__(self, status: int, reason: str, sentence: str) -> None:
        self.answer = (status, reason, sentence)
        super().__init__(reason)


class Log(Logger):  # type: ignore[misc]  # gunicorn publishes no types
    def exception(self, *_told: object, **_how: object) -> None:
        """The kind of a fault and where it came up."""
        kind, _, trace = sys.exc_info()
        places = "".join(traceback.format_list(traceback.extract_tb(trace)))
        self.error("%s\n%s", kind.__name__ if kind else "fault", places)

    def warning(self, told: str, *values: object, **_how: object) -> None:
        """Of what is no HTTP, gunicorn would log the line at fault; the sender is told, and nobody else."""
        if not told.startswith("Invalid request"):
            super().warning(told, *values)


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn publishes no types
    """`app` is a Server, whose settings say within how many seconds a request must be here."""

    wsgi: Gateway

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # thread -> the connection it waits for, and until when
        self._arriving: dict[int, tuple[Any, float]] = {}
        self._places = threading.BoundedSemaphore(WORKING)
        self._given_back = (0, 0.0)  # how many requests had been answered then, and when

    def load_wsgi(self) -> None:
        super().load_wsgi()
        self.wsgi = self._once_whole(self.wsgi)

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
            util.write_error(conn.sock, *unfit.answer)
            return False
        except TimeoutError:  # nobody takes the answer
            return False
        return kept

    def murder_keepalived(self, *how: Any, **more: Any) -> None:
        """Gunicorn's loop calls this every second. What is late is ended here; its thread then reads the end."""
        super().murder_keepalived(*how, **more)
        now = time.monotonic()
        for conn, until in list(self._arriving.values()):
            if now > until:
                with suppress(OSError):  # TLS is passed by: another thread is using it
                    socket.socket.shutdown(conn.sock, socket.SHUT_RD)
        self._give_back(now)

    def _give_back(self, now: float) -> None:
        """Now and then, where something was answered since; the allocator keeps freed memory for itself otherwise."""
        answered, at = self._given_back
        if _give_back_memory and self.nr != answered and now - at > GIVE_BACK_EVERY_S:
            self._given_back = (self.nr, now)
            _give_back_memory(0)

    def _once_whole(self, application: Gateway) -> Gateway:
        def asked(environ: Environ, start_response: Any) -> Iterable[bytes]:
            self._receive(environ)
            with self._places:
                return application(environ, start_response)

        return asked

    def _receive(self, environ: Environ) -> None:
        thread = threading.get_ident()
        if long := int(environ.get("CONTENT_LENGTH") or 0) // (RECEIVED_BYTES + 1):
            conn, until = self._arriving[thread]
            self._arriving[thread] = (conn, until + long * self.app.settings.receive_seconds)
            return
        environ["wsgi.input"] = io.BytesIO(whole_body(environ))
        self._arriving.pop(thread, None)
        environ["gunicorn.socket"].settimeout(TAKEN_WITHIN_S)


def whole_body(environ: Environ) -> bytes:
    """Raises UnfitRequestError for a body that ends early, or is long without having said so."""
    body: bytes = environ["wsgi.input"].read(RECEIVED_BYTES + 1)
    if len(body) < int(environ.get("CONTENT_LENGTH") or 0):
        raise UnfitRequestError(408, "Request Timeout", "The request did not arrive whole in time. Send it again.")
    if len(body) > RECEIVED_BYTES:
        raise UnfitRequestError(411, "Length Required", "This is long; say how long it is in Content-Length.")
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
