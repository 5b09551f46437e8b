"""One line of JSON a request on standard error, where the setting `request_log` asks for it.

A line tells when, the method, the route's *pattern*, the status and the milliseconds. It tells no path and no query,
which hold names and positions, and nothing of who asked: no person, no address, no browser.
"""

import json
import logging
import time
from collections.abc import Iterable
from http import HTTPMethod
from typing import Any

from flask import Flask, Response, request
from werkzeug.wsgi import ClosingIterator

from geo_offlimits.bootstrap import Clock
from web.headers import Gateway

_LOG = logging.getLogger("geo_offlimits.requests")
_ROUTE = "geo_offlimits.route"
_METHODS = frozenset(HTTPMethod)


def install(app: Flask, clock: Clock) -> None:
    if not any(isinstance(handler, _Lines) for handler in _LOG.handlers):
        _LOG.addHandler(_Lines())
    _LOG.setLevel(logging.INFO)
    _LOG.propagate = False
    app.after_request(_note_route)
    app.wsgi_app = _journalled(app.wsgi_app, clock)  # type: ignore[assignment, method-assign]  # so does Flask's manual


class _Lines(logging.StreamHandler[Any]):
    """Standard error, bare: a line is JSON and nothing else."""


def _note_route(response: Response) -> Response:
    request.environ[_ROUTE] = request.url_rule.rule if request.url_rule else None
    return response


def _journalled(answer: Gateway, clock: Clock) -> Gateway:
    def journalled(environ: Any, start_response: Any) -> Iterable[bytes]:
        began, told = time.perf_counter(), {"status": 0}

        def start(status: str, *more: Any) -> Any:
            told["status"] = int(status[:3])
            return start_response(status, *more)

        def note() -> None:
            _LOG.info("%s", _line(environ, clock, told["status"], time.perf_counter() - began))

        return ClosingIterator(answer(environ, start), note)

    return journalled


def _line(environ: Any, clock: Clock, status: int, took_s: float) -> str:
    method = environ.get("REQUEST_METHOD", "")
    line = {
        "time": clock().isoformat(timespec="milliseconds"),
        # Anything can stand there, so only what is a method is told.
        "method": method if method in _METHODS else None,
        "route": environ.get(_ROUTE),
        "status": status,
        "ms": round(took_s * 1000, 1),
    }
    return json.dumps(line)
