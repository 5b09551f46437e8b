"""Lines of JSON on standard error: of each request, where the setting `request_log` asks for it; of attacks, always.

A line tells when, the method, the route's *pattern*, the status and the milliseconds, or what was refused: a request
that was forged, that came too fast, or that named a host that is not ours. It tells no path and no query, which hold
names and positions, and nothing of who asked: no person, no address, no browser.
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
_ATTACKS = logging.getLogger("geo_offlimits.attacks")
_ROUTE = "geo_offlimits.route"
_METHODS = frozenset(HTTPMethod)


def install(app: Flask, clock: Clock) -> None:
    _to_standard_error(_LOG)
    app.after_request(_note_route)
    app.wsgi_app = _journalled(app.wsgi_app, clock)  # type: ignore[assignment, method-assign]  # so does Flask's manual


def note_attack(kind: str, status: int, clock: Clock) -> None:
    """That this request was refused as `kind`."""
    _to_standard_error(_ATTACKS)
    route = request.url_rule.rule if request.url_rule else None
    _ATTACKS.info("%s", json.dumps(_head(clock, request.method, route, status) | {"refused": kind}))


def _to_standard_error(log: logging.Logger) -> None:
    if not any(isinstance(handler, _Lines) for handler in log.handlers):
        log.addHandler(_Lines())
    log.setLevel(logging.INFO)
    log.propagate = False


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
    head = _head(clock, environ.get("REQUEST_METHOD", ""), environ.get(_ROUTE), status)
    return json.dumps(head | {"ms": round(took_s * 1000, 1)})


def _head(clock: Clock, method: str, route: str | None, status: int) -> dict[str, Any]:
    return {
        "time": clock().isoformat(timespec="milliseconds"),
        # Anything can stand there, so only what is a method is told.
        "method": method if method in _METHODS else None,
        "route": route,
        "status": status,
    }
